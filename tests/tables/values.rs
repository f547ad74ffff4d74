//! values.json: `--set` and its relatives, value files, and the layering of values over charts.

#![expect(clippy::unwrap_used, reason = "a table of another shape is a failing test")]

use plainsail::helm::Profile;
use plainsail::helm::chart::{Chart, File, Limits};
use plainsail::helm::values::{Layered, UserValues, ValueFile};
use plainsail::yaml::{Data, Str};
use serde_json::Value;

use crate::table::{PROFILES, Table, Tally, expected, same};
use crate::value::data;

#[test]
fn makes_the_values_that_helm_makes() {
    let table = Table::load("values");
    for profile in PROFILES {
        let mut tally = Tally::default();
        for case in table.cases() {
            let outcome = match (run(case, profile), expected(case, profile)) {
                (Ok(got), Ok(wanted)) => same("values", got, data(wanted)),
                (Err(got), Err(wanted)) => same("error", got.as_str(), wanted),
                (Ok(got), Err(wanted)) => Err(format!("got {got:?}, wanted the error {wanted}")),
                (Err(got), Ok(wanted)) => Err(format!("got the error {got}, wanted {wanted}")),
            };
            table.count(&mut tally, case["name"].as_str().unwrap(), outcome);
        }
        table.finish(profile.version(), &tally);
    }
}

fn run(case: &Value, profile: Profile) -> Result<Data, String> {
    let read = |name: &str| match case["inputs"].get(name) {
        Some(text) => Ok(Str::from(text.as_str().unwrap())),
        None => Err(format!("open {name}: no such file or directory")),
    };
    let lines = |field: &str| -> Vec<String> {
        let lines = case[field].as_array().into_iter().flatten();
        lines.map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    let file = |name: String| -> Result<ValueFile, String> { Ok(ValueFile { text: read(&name)?, name }) };
    let user = UserValues {
        files: lines("f").into_iter().map(file).collect::<Result<_, _>>()?,
        set_json: lines("set_json"),
        set: lines("set"),
        set_string: lines("set_string"),
        set_file: lines("set_file"),
        set_literal: lines("set_literal"),
        ..UserValues::default()
    };
    let values = user.merge(profile, &read).map_err(|error| error.to_string())?;
    let Some(files) = case.get("chart") else { return Ok(values) };
    let chart = Chart::load(chart_files(files), profile, Limits::default()).map_err(|error| error.to_string())?;
    let layered = Layered::new(&chart, &values, profile).map_err(|error| error.to_string())?;
    layered.to_data().map_err(|error| error.to_string())
}

/// Makes files of a table's `path: text`.
pub(crate) fn chart_files(files: &Value) -> Vec<File> {
    let files = files.as_object().unwrap().iter();
    files.map(|(name, text)| File { name: name.clone(), data: Str::from(text.as_str().unwrap()) }).collect()
}
