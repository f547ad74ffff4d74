//! What the caps cost honest charts: nothing.
//!
//! `PLAINSAIL_CORPUS` names a folder of charts.

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::{self, Profile};
use plainsail::yaml::Data;

use crate::harness::*;

#[test]
fn b11_no_chart_of_the_corpus_reaches_a_cap() {
    let Ok(corpus) = std::env::var("PLAINSAIL_CORPUS") else { return };
    let steps = std::env::var("PLAINSAIL_STEPS").ok().and_then(|steps| steps.parse().ok());
    let steps = steps.unwrap_or(helm::template::Limits::default().steps);
    let files = Folder::new(&corpus);
    let (mut rendered, mut failed) = (0, Vec::new());
    for entry in std::fs::read_dir(&corpus).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let Ok(read) = read_chart_folder(&files, &name, Limits::default()) else { continue };
        let chart = match Chart::load(read, Profile::V4, Limits::default()) {
            Ok(chart) => chart,
            Err(error) => {
                println!("{name}: {error}");
                continue;
            }
        };
        match render_chart(&chart, &Data::map(), &options(steps)) {
            Ok(_) => rendered += 1,
            Err(error) if names_a_cap(&error.to_string()) && error.to_string().ends_with("is reached") => {
                failed.push(format!("{name}: {error}"));
            }
            Err(_) => {}
        }
    }
    println!("{rendered} charts rendered");
    assert!(failed.is_empty(), "{failed:#?}");
}
