//! glob.json: the patterns of `.Files.Glob`.

use plainsail::helm::glob::Glob;

use crate::table::{Table, Tally, same};

#[test]
fn finds_files_as_helm_does() {
    let table = Table::load("glob");
    let strings = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
    };
    let files = strings(&table.root["files"]);
    let mut tally = Tally::default();
    for case in table.cases() {
        let glob = Glob::for_files(case["pattern"].as_str().unwrap()).unwrap();
        let mut got: Vec<String> = files.iter().filter(|file| glob.matches(file).unwrap()).cloned().collect();
        got.sort();
        table.count(&mut tally, case["name"].as_str().unwrap(), same("files", got, strings(&case["expect"])));
    }
    // The library is the same in both.
    table.finish("4.2.4 and 3.21.4", &tally);
}
