//! [`impure_calls`]: where a chart names functions that give another result each time, whether they are ever run or not.

use super::chart::Chart;
use super::functions::IMPURE;
use super::profile::Profile;
use super::template::{Call, Uses, calls_of};

/// The function that asks the network, where there is one.
pub const ASKS_THE_NETWORK: &str = "getHostByName";

/// A call of a function that gives another result each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpureCall {
    /// The function.
    pub function: String,
    /// The file, by its path in the chart; subcharts by their folders or archives below `charts/`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The first byte in the line, from 0.
    pub column: usize,
    /// The first byte in the file.
    pub start: usize,
    /// The text of the line.
    pub line_text: String,
    /// The definition that it stands in, if no template of the chart includes that by its name.
    pub unused_definition: Option<String>,
}

/// Lists the calls in a chart and its subcharts, by file and place. A file that is no template is left out; rendering
/// says why.
pub fn impure_calls(chart: &Chart, profile: Profile) -> Vec<ImpureCall> {
    let wanted: Vec<&str> = IMPURE.iter().copied().chain([ASKS_THE_NETWORK]).collect();
    let mut calls: Vec<(String, Call)> = Vec::new();
    let mut uses = Uses::default();
    let mut charts = vec![(chart, String::new())];
    while let Some((chart, folder)) = charts.pop() {
        charts.extend(chart.subcharts.iter().map(|inner| (inner.as_ref(), format!("{folder}charts/{}/", inner.entry))));
        for file in chart.templates.iter().filter(|file| !super::foreign::is_foreign(&file.name)) {
            let is_partial = super::run::is_partial(&file.name) || chart.metadata.is_library();
            uses.add(&file.data, profile, !is_partial);
            let found = calls_of(&file.data, profile, &wanted).into_iter();
            calls.extend(found.map(|call| (format!("{folder}{}", file.name), call)));
        }
    }
    let run = uses.run_definitions();
    let is_unused = |name: &crate::yaml::Str| run.as_ref().is_some_and(|run| !run.contains(name));
    let mut found: Vec<ImpureCall> = calls
        .into_iter()
        .map(|(file, call)| {
            let Call { function, line, column, start, line_text, definition } = call;
            let unused_definition = definition.filter(is_unused).map(|name| name.lossy().into_owned());
            ImpureCall { function, file, line, column, start, line_text, unused_definition }
        })
        .collect();
    found.sort_by(|left, right| (&left.file, left.line, left.column).cmp(&(&right.file, right.line, right.column)));
    found
}
