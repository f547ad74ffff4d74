//! schemas.json: values that do not fit a schema, and what Helm says.

use plainsail::helm::Profile;
use plainsail::helm::chart::{Chart, File, Limits};
use plainsail::helm::values::Layered;
use plainsail::yaml::Data;
use serde_json::Value;

use crate::engine::data;
use crate::table::{Table, Tally};

const CHART: &str = "apiVersion: v2\nname: chart\nversion: 1.2.3\n";
const BEFORE: &str = "values don't meet the specifications of the schema(s) in the following chart(s):\nchart:\n";

#[test]
fn says_what_does_not_fit_as_helm_does() {
    let table = Table::load("schemas");
    let mut tally = Tally::default();
    for case in table.cases() {
        let got = run(case);
        let wanted = case["error"].as_str().map_or(Ok(()), |error| Err(error.to_owned()));
        let same = match (&got, &wanted) {
            // The words name the network or the files of the machine that the table was made on.
            (Err(_), Err(_)) if case["error_exact"] == false => true,
            // Helm's order is random.
            (Err(got), Err(wanted)) if case["unordered"] == true => sorted(got) == sorted(wanted),
            _ => got == wanted,
        };
        let outcome = if same { Ok(()) } else { Err(format!("{}: got {got:?}, wanted {wanted:?}", case["schema"])) };
        table.count(&mut tally, case["name"].as_str().unwrap(), outcome);
    }
    table.finish("4.2.4", &tally);
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn run(case: &Value) -> Result<(), String> {
    let file = |name: &str, data: String| File { name: name.to_owned(), data: data.into() };
    let files = vec![file("Chart.yaml", CHART.to_owned()), file("values.schema.json", case["schema"].to_string())];
    let chart = Chart::load(files, Profile::V4, Limits::default()).map_err(|error| error.to_string())?;
    let user: Data = data(&case["values"]);
    let layered = Layered::new(&chart, &user, Profile::V4).map_err(|error| error.to_string())?;
    layered.check_schemas().map_err(|error| {
        let text = error.to_string();
        text.strip_prefix(BEFORE).unwrap_or(&text).to_owned()
    })
}
