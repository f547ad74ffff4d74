//! templates.json: the template language, for both profiles.

use plainsail::helm::Profile;
use serde_json::Value;

use crate::engine::{Expected, expected, render};
use crate::table::{Table, Tally};

#[test]
fn runs_templates_as_helm_does() {
    run_table("templates");
}

/// What reflection says of every Go type that a template can reach: its fields and methods, printed, compared, copied, written.
#[test]
fn calls_methods_as_helm_does() {
    run_table("methods");
}

/// Every function with arguments of every kind, most of which it was not made for.
#[test]
fn takes_and_refuses_arguments_as_helm_does() {
    run_table("arguments");
}

fn run_table(name: &'static str) {
    let table = Table::load(name);
    for (profile, name) in [(Profile::V4, "4.2.4"), (Profile::V3, "3.21.4")] {
        let mut tally = Tally::default();
        for case in table.cases() {
            let name = case["name"].as_str().expect("a case has a name");
            table.count(&mut tally, name, run(&table, case, profile));
        }
        table.finish(name, &tally);
    }
}

pub(crate) fn run(table: &Table, case: &Value, profile: Profile) -> Result<(), String> {
    let got = render(table, case, profile);
    let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match (expected(case, profile), got) {
        (Expected::Text(wanted), Ok(got)) if got == wanted => Ok(()),
        (Expected::Error(wanted, _), Err(got)) if got == wanted => Ok(()),
        (Expected::Error(_, false), Err(got)) if !got.starts_with("OURS") => Ok(()),
        (Expected::Text(wanted), got) => {
            Err(format!("{}: got {:?}, wanted {:?}", case["template"], got.map(|bytes| show(&bytes)), show(&wanted)))
        }
        (Expected::Error(wanted, _), got) => {
            Err(format!("{}: got {:?}, wanted error {wanted:?}", case["template"], got.map(|bytes| show(&bytes))))
        }
    }
}
