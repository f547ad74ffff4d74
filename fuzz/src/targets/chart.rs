//! Charts in memory, rendered within small caps, and what must hold of the outcome.

use std::sync::Arc;

use plainsail::helm::chart::{self, Chart, File};
use plainsail::helm::functions::Failure;
use plainsail::helm::template::{self, Environment};
use plainsail::helm::{self, Capabilities, Options, Profile, Release, Rendered, explain};
use plainsail::jinja::ChartTemplates;
use plainsail::yaml::Data;

use super::LONGEST_MESSAGE;

/// The Chart.yaml of charts that are about something else.
pub(super) const CHART: &[u8] = b"apiVersion: v2\nname: web\nversion: 0.1.0\n";

/// Bytes that a chart may print here.
const OUTPUT: usize = 1 << 20;

/// A clock that stands and randomness that is none, so that functions that need them run.
struct Fixed;

impl Environment for Fixed {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(1_700_000_000_000_000_000)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        for (index, byte) in buffer.iter_mut().enumerate() {
            *byte = (index * 37 + 11) as u8;
        }
        Ok(())
    }
}

/// Returns a file of a chart.
pub(super) fn file(name: &str, data: &[u8]) -> File {
    File { name: name.to_owned(), data: data.into() }
}

/// Loads a chart.
pub(super) fn load(files: &[File], profile: Profile) -> Result<Arc<Chart>, chart::Error> {
    Chart::load(files.to_vec(), profile, chart::Limits::default())
}

/// Renders a chart within small caps.
pub(super) fn render(chart: &Arc<Chart>, profile: Profile) -> Result<Rendered, helm::Error> {
    let template =
        template::Limits { steps: 100_000, output: OUTPUT, depth: 5_000, objects: 100, ..Default::default() };
    let options = Options {
        limits: helm::Limits { template, ..helm::Limits::default() },
        foreign: Some(&ChartTemplates),
        ..Options::new(profile)
    };
    let release = Release { name: "web".to_owned(), namespace: "shop".to_owned(), is_upgrade: false };
    helm::render(chart, &Data::map(), &release, &Capabilities::default(), &options, &mut Fixed)
}

/// Renders a chart from its files, several times, and checks the outcome.
pub(super) fn check_chart(files: &[File], profile: Profile) {
    let Ok(chart) = load(files, profile) else { return };
    let first = render(&chart, profile);
    assert_eq!(first, render(&chart, profile), "a compiled chart renders to something else");
    if let Ok(other) = load(files, profile) {
        assert_eq!(first, render(&other, profile), "a chart that is loaded again renders to something else");
    }
    match first {
        Ok(rendered) => {
            let printed: usize = rendered.manifests.iter().map(|manifest| manifest.text.len()).sum();
            assert!(printed <= OUTPUT, "{printed} bytes were printed");
            let _ = rendered.print(&helm::PrintOptions { include_crds: true, ..helm::PrintOptions::default() });
        }
        Err(error) => check_error(&error, &chart, files, profile),
    }
}

/// Checks that an error is short, and that its place lies inside the text.
fn check_error(error: &helm::Error, chart: &Arc<Chart>, files: &[File], profile: Profile) {
    let message = error.to_string();
    assert!(message.len() <= LONGEST_MESSAGE, "a message of {} bytes", message.len());
    let text_of = |path: &str| {
        let name = path.strip_prefix("web/").unwrap_or(path);
        files.iter().find(|file| file.name == name).map(|file| &*file.data)
    };
    let is_printed = matches!(error, helm::Error::Manifest(_));
    if let Some(place) = error.place()
        && let Some(text) = text_of(&place.file)
        && let Some(line) = place.line
        && !is_printed
    {
        let found = line_of(text, line);
        let found = found.unwrap_or_else(|| panic!("line {line} of {}: {message}", place.file));
        let column = place.column.unwrap_or_default();
        assert!(column <= found.len(), "column {column} of {}:{line}: {message}", place.file);
    }
    let known = helm::explain::Release { chart, values: &Data::map(), sources: &[], profile, folder: None };
    let Some(explanation) = explain(error, known) else { return };
    for spot in explanation.chain.iter().chain([&explanation.spot]) {
        let is_whole = String::from_utf8_lossy(spot.text.as_bytes()).len() == spot.text.len();
        assert!(!is_whole || spot.column <= spot.text.len(), "column {} of {:?}", spot.column, spot.text);
        if let Some(text) = text_of(&spot.file)
            && !spot.is_in_tpl
            && !spot.is_printed
        {
            assert!(spot.start <= text.len(), "byte {} of {}", spot.start, spot.file);
            assert!(spot.line == 0 || line_of(text, spot.line).is_some(), "line {} of {}", spot.line, spot.file);
        }
    }
}

/// Returns a line of a text, counted from 1.
fn line_of(text: &[u8], line: usize) -> Option<&[u8]> {
    text.split(|byte| *byte == b'\n').nth(line.checked_sub(1)?)
}
