//! [`impure_calls`]: where a chart names functions that give another result each time, whether they are ever run or not.

use super::chart::Chart;
use super::functions::IMPURE;
use super::profile::Profile;
use super::template::{Call, calls_of};

/// A call of a function that gives another result each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpureCall {
    /// The function.
    pub function: String,
    /// The file, by its path in the chart, subcharts by their names below `charts/`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The first byte in the line, from 0.
    pub column: usize,
    /// The first byte in the file.
    pub start: usize,
    /// The text of the line.
    pub line_text: String,
}

/// Lists the calls in a chart and its subcharts, by file and place. A file that is no template is left out; rendering
/// says why.
pub fn impure_calls(chart: &Chart, profile: Profile) -> Vec<ImpureCall> {
    let mut found = Vec::new();
    let mut charts = vec![(chart, String::new())];
    while let Some((chart, folder)) = charts.pop() {
        let below = |name: String| format!("{folder}charts/{name}/");
        charts.extend(chart.subcharts.iter().map(|inner| (inner.as_ref(), below(inner.name().lossy().into_owned()))));
        for file in chart.templates.iter().filter(|file| !super::foreign::is_foreign(&file.name)) {
            for Call { function, line, column, start, line_text } in calls_of(&file.data, profile, IMPURE) {
                let file = format!("{folder}{}", file.name);
                found.push(ImpureCall { function, file, line, column, start, line_text });
            }
        }
    }
    found.sort_by(|left, right| (&left.file, left.line, left.column).cmp(&(&right.file, right.line, right.column)));
    found
}
