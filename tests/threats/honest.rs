//! What the caps cost honest charts: nothing.
//!
//! `PLAINSAIL_CORPUS` names a corpus, as `tests/corpus` has it.

use std::path::PathBuf;

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::{self, Profile};
use plainsail::yaml::Data;

use crate::harness::*;

/// Of one folder its `charts/`, of three paths the second.
fn charts_of_the_corpus() -> Option<PathBuf> {
    let paths: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PLAINSAIL_CORPUS")?).collect();
    match paths.as_slice() {
        [folder] => Some(folder.join("charts")),
        paths => paths.get(1).cloned(),
    }
}

#[test]
fn b11_no_chart_of_the_corpus_reaches_a_cap() {
    let Some(corpus) = charts_of_the_corpus() else {
        println!("skipped: the charts of a corpus: PLAINSAIL_CORPUS names none");
        return;
    };
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
