//! functions.json: every function that templates can call, for both profiles.

use std::collections::BTreeMap;

use plainsail::helm::Profile;

use crate::table::{Table, Tally};
use crate::templates::run;

#[test]
fn calls_functions_as_helm_does() {
    let table = Table::load("functions");
    let mut results = Vec::new();
    for (profile, name) in [(Profile::V4, "4.2.4"), (Profile::V3, "3.21.4")] {
        let mut tally = Tally::default();
        // For each function the cases that are equal, and all.
        let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for case in table.cases() {
            let [name, function] =
                ["name", "fn"].map(|key| case[key].as_str().expect("a case has a name and a function"));
            let outcome = run(&table, case, profile);
            let (equal, all) = counts.entry(function).or_default();
            *all += 1;
            *equal += usize::from(outcome.is_ok());
            table.count(&mut tally, name, outcome);
        }
        let open = counts.iter().filter(|(_, (equal, all))| equal < all);
        let open: Vec<String> = open.map(|(function, (equal, all))| format!("{function} {equal}/{all}")).collect();
        println!("functions {name}, not all equal: {}", open.join(", "));
        results.push((name, tally));
    }
    for (name, tally) in results {
        table.finish(name, &tally);
    }
}
