//! yaml.json: how YAML is read, and written by `toYaml` and `toYamlPretty`.

use plainsail::yaml::{self, Limits};
use serde_json::Value;

use crate::table::{Table, Tally, same};
use crate::value::{bytes, data};

fn cases<'t>(table: &'t Table, list: &str) -> impl Iterator<Item = (&'t str, &'t Value)> {
    table.root[list].as_array().expect("a list").iter().map(|case| (case["name"].as_str().expect("a name"), case))
}

#[test]
fn reads_as_helm_does() {
    let table = Table::load("yaml");
    let mut tally = Tally::default();
    for (name, case) in cases(&table, "parse") {
        let got = yaml::parse(case["doc"].as_str().expect("a text").as_bytes(), &Limits::default());
        let outcome = match (got, case.get("error")) {
            (Ok(got), None) => same("value", got, data(&case["expect"])),
            (Err(error), Some(wanted)) => same("error", error.to_string().as_str(), wanted.as_str().expect("a text")),
            (Ok(got), Some(wanted)) => Err(format!("got {got:?}, wanted the error {wanted}")),
            (Err(error), None) => Err(format!("got the error {error}, wanted {}", case["expect"])),
        };
        table.count(&mut tally, name, outcome);
    }
    // The libraries are the same in both.
    table.finish("parse, 4.2.4 and 3.21.4", &tally);
}

#[test]
fn writes_as_helm_does() {
    let table = Table::load("yaml");
    let mut tally = Tally::default();
    for (name, case) in cases(&table, "emit") {
        let value = data(&case["value"]);
        let cut = |mut text: Vec<u8>| {
            text.pop_if(|last| *last == b'\n');
            String::from_utf8_lossy(&text).into_owned()
        };
        let wanted = |field: &str| String::from_utf8_lossy(&bytes(&case[field])).into_owned();
        let plain = match (yaml::emit(&value), case.get("marshal_error")) {
            (Ok(text), None) => same("toYaml", cut(text), wanted("expect")),
            (Err(error), Some(wanted)) => same("error", error.to_string().as_str(), wanted.as_str().expect("a text")),
            (got, wanted) => Err(format!("toYaml: got {:?}, wanted error {wanted:?}", got.map(cut))),
        };
        let pretty = match yaml::emit_pretty(&value) {
            Ok(text) => same("toYamlPretty", cut(text), wanted("pretty")),
            Err(error) => Err(format!("toYamlPretty: {error}")),
        };
        table.count(&mut tally, name, plain.and(pretty));
    }
    // The libraries are the same in both.
    table.finish("emit, 4.2.4 and 3.21.4", &tally);
}
