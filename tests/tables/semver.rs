//! semver.json: versions and constraints.

use plainsail::helm::semver::{Constraints, Version};
use serde_json::Value;

use crate::table::{Table, Tally, same};

#[test]
fn reads_versions_and_constraints_as_helm_does() {
    let table = Table::load("semver");
    let mut tally = Tally::default();
    for case in table.cases() {
        let name = case["name"].as_str().unwrap();
        // The library refuses an empty constraint (functions.json: semverCompare/8); for these cases the table
        // tells only whether the version is accepted.
        let has_constraint = text(case, "constraint").is_some_and(|constraint| !constraint.is_empty());
        let outcome = if has_constraint { run_constraint(case) } else { run_version(case) };
        table.count(&mut tally, name, outcome);
    }
    // The library is the same in both.
    table.finish("4.2.4 and 3.21.4", &tally);
}

fn text<'a>(case: &'a Value, key: &str) -> Option<&'a str> {
    case.get(key).and_then(Value::as_str)
}

fn run_version(case: &Value) -> Result<(), String> {
    let input = text(case, "version").unwrap();
    let lenient = Version::parse(input);
    same("accepted", Some(lenient.is_ok()), case["expect"].as_bool())?;
    if text(case, "constraint").is_some() {
        return same("empty constraint", Constraints::parse("").is_err(), true);
    }
    same(
        "strict error",
        Version::parse_strict(input).err().map(|error| error.to_string()).as_deref(),
        text(case, "strict_error"),
    )?;
    match lenient {
        Err(error) => same("error", Some(error.to_string().as_str()), text(case, "version_error")),
        Ok(version) => {
            let got = serde_json::json!({
                "major": version.major(), "minor": version.minor(), "patch": version.patch(),
                "prerelease": version.prerelease(), "metadata": version.metadata(),
                "original": version.original(), "string": version.to_string(),
            });
            same("parsed", &got, &case["parsed"])
        }
    }
}

fn run_constraint(case: &Value) -> Result<(), String> {
    let constraint = Constraints::parse(text(case, "constraint").unwrap());
    if let Ok(constraint) = &constraint {
        same("constraint", Some(constraint.to_string().as_str()), text(case, "constraint_string"))?;
    }
    let both = constraint.and_then(|constraint| Ok((constraint, Version::parse(text(case, "version").unwrap())?)));
    match both {
        Err(error) => same("error", Some(error.to_string().as_str()), text(case, "error")),
        Ok((constraint, version)) => {
            same("satisfied", Some(constraint.check(&version)), case.get("expect").and_then(Value::as_bool))?;
            let reasons = constraint.explain(&version).err().unwrap_or_default();
            let wanted: Vec<String> = case.get("reasons").map_or_else(Vec::new, |reasons| {
                reasons.as_array().unwrap().iter().map(|reason| reason.as_str().unwrap().to_owned()).collect()
            });
            same("reasons", reasons, wanted)
        }
    }
}
