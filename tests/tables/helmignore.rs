//! helmignore.json: which files of a folder are loaded.

use std::collections::BTreeSet;

use plainsail::helm::chart::ignore::Rules;

use crate::table::{Table, Tally, same};

#[test]
fn leaves_files_out_as_helm_does() {
    let table = Table::load("helmignore");
    let files: Vec<&str> = table.root["files"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut tally = Tally::default();
    for case in table.cases() {
        let outcome = match (load(&files, case["helmignore"].as_str()), case.get("error")) {
            (Ok(loaded), None) => {
                let wanted = case["expect"].as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned());
                same("files", loaded, wanted.collect())
            }
            (Err(error), Some(wanted)) => same("error", Some(error.as_str()), wanted.as_str()),
            (got, wanted) => Err(format!("got {got:?}, wanted {wanted:?}")),
        };
        table.count(&mut tally, case["name"].as_str().unwrap(), outcome);
    }
    // The rules are the same in both.
    table.finish("4.2.4 and 3.21.4", &tally);
}

/// Walks the files as Helm walks a folder: a folder that is left out is not entered.
fn load(files: &[&str], helmignore: Option<&str>) -> Result<BTreeSet<String>, String> {
    let rules = match helmignore {
        Some(text) => Rules::parse(text.as_bytes()).map_err(|error| error.to_string())?,
        None => Rules::default(),
    }
    .with_defaults();
    let all = files.iter().copied().chain(helmignore.map(|_| ".helmignore"));
    let is_loaded = |path: &&str| {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let mut folders = folders.map(|folder| rules.ignores(folder.as_bytes(), true));
        !folders.any(|ignored| ignored) && !rules.ignores(path.as_bytes(), false)
    };
    let loaded: BTreeSet<String> = all.filter(is_loaded).map(str::to_owned).collect();
    if loaded.contains("Chart.yaml") { Ok(loaded) } else { Err("Chart.yaml file is missing".to_owned()) }
}
