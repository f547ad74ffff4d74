//! Reading a table, counting its cases, and the lists of exceptions.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use plainsail::helm::Profile;
use serde_json::Value;

/// Both profiles.
pub(crate) const PROFILES: [Profile; 2] = [Profile::V4, Profile::V3];

/// A table with its exceptions.
pub(crate) struct Table {
    name: &'static str,
    /// The whole file.
    pub(crate) root: Value,
    exceptions: BTreeMap<String, String>,
}

/// What came of running a table for one profile.
#[derive(Default)]
pub(crate) struct Tally {
    equal: usize,
    excepted: usize,
    failures: Vec<String>,
    used: Vec<String>,
}

impl Table {
    /// Reads `<name>.json` from the project, or from the folder that `PLAINSAIL_TABLES` names, and `more/<name>.json` beside it.
    pub(crate) fn load(name: &'static str) -> Self {
        let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/tables");
        let folder = std::env::var_os("PLAINSAIL_TABLES").map_or_else(|| here.join("data"), PathBuf::from);
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).expect("the table is readable");
        let mut root: Value = serde_json::from_str(&text).expect("the table is JSON");
        if let Ok(text) = fs::read_to_string(folder.join(format!("more/{name}.json"))) {
            append(&mut root, serde_json::from_str(&text).expect("the table is JSON"));
        }
        let exceptions = fs::read_to_string(here.join(format!("exceptions/{name}.txt"))).unwrap_or_default();
        Self { name, root, exceptions: read_exceptions(&exceptions) }
    }

    /// Returns the cases.
    pub(crate) fn cases(&self) -> &[Value] {
        self.root["cases"].as_array().expect("a table has cases")
    }

    /// Counts one case: `outcome` is an error with the difference where the result is not the expected one.
    pub(crate) fn count(&self, tally: &mut Tally, case: &str, outcome: Result<(), String>) {
        match (outcome, self.exceptions.get(case)) {
            (Ok(()), None) => tally.equal += 1,
            (Ok(()), Some(_)) => tally.failures.push(format!("{case}: is equal now, take it out of the exceptions")),
            (Err(_), Some(_)) => {
                tally.excepted += 1;
                tally.used.push(case.to_owned());
            }
            (Err(difference), None) => tally.failures.push(format!("{case}: {difference}")),
        }
    }

    /// Prints the count, and fails where a case differs.
    pub(crate) fn finish(&self, profile: &str, tally: &Tally) {
        let total = tally.equal + tally.excepted + tally.failures.len();
        println!("{} {profile}: {} of {total} equal, {} excepted", self.name, tally.equal, tally.excepted);
        let limit = std::env::var("PLAINSAIL_SHOWN").ok().and_then(|text| text.parse().ok()).unwrap_or(40);
        let shown: Vec<&str> = tally.failures.iter().take(limit).map(String::as_str).collect();
        assert!(tally.failures.is_empty(), "{} cases differ:\n{}", tally.failures.len(), shown.join("\n"));
    }
}

/// Appends the cases of another table to those of a table.
fn append(root: &mut Value, more: Value) {
    let Value::Object(more) = more else { panic!("a table is an object") };
    for (list, cases) in more {
        let (Some(Value::Array(root)), Value::Array(cases)) = (root.get_mut(&list), cases) else {
            panic!("{list} is no list of cases");
        };
        root.extend(cases);
    }
}

/// Reads lines of `case: reason`; `#` begins a comment.
fn read_exceptions(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (case, reason) = line.split_once(": ").expect("an exception has a reason");
            (case.trim().to_owned(), reason.trim().to_owned())
        })
        .collect()
}

/// Compares two texts.
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("{what}: got {got:?}, wanted {wanted:?}")) }
}

/// Returns what a profile is to give: a result, or the text of an error.
pub(crate) fn expected(case: &Value, profile: Profile) -> Result<&Value, &str> {
    let pick = |result: &str, error: &str| match (case.get(result), case.get(error)) {
        (Some(result), _) => Some(Ok(result)),
        (None, Some(error)) => Some(Err(error.as_str().expect("an error is a text"))),
        (None, None) => None,
    };
    let of_3 = (profile == Profile::V3).then(|| pick("expect_3", "error_3")).flatten();
    of_3.or_else(|| pick("expect", "error")).expect("a case has a result")
}
