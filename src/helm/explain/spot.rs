//! [`Spot`]: a place in a file with its text, and how it is found in a chart.

use std::sync::Arc;

use super::source::Origin;
use crate::helm::chart::Chart;
use crate::helm::template::Place;
use crate::yaml::Str;

/// A place in a chart, with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The file: of the chart by its path from the root chart, of the user by the name of its [`super::ValueSource`].
    pub file: String,
    /// Whether the file is the user's.
    pub is_users: bool,
    /// The line, from 1; 0 where it is not known.
    pub line: usize,
    /// The first byte that is meant, from 0.
    pub column: usize,
    /// The same byte, from the beginning of the file; of the line, where the text is none of a file.
    pub start: usize,
    /// How many bytes are meant.
    pub length: usize,
    /// The text of the line; empty where it is not known.
    pub text: String,
    /// The expression, as Go writes it; empty where it is not known.
    pub node: String,
    /// Whether the place lies in a text that was given to `tpl`, rather than in the file itself.
    pub is_in_tpl: bool,
    /// Whether the text is what a template printed, rather than the template.
    pub is_printed: bool,
}

pub(super) fn spot_of(trace: &[Place], index: usize, chart: &Arc<Chart>) -> Option<Spot> {
    let place = trace.get(index)?;
    let text = place.line_text.clone();
    let (column, length) = span_of(&text, place.column as usize, &place.node);
    let is_in_tpl = place.file == TPL;
    // The file that gave the text to tpl is one that a person can open.
    let file = trace[..=index].iter().rev().find(|place| place.file != TPL).unwrap_or(place).file.clone();
    Some(Spot {
        file,
        line: place.line as usize,
        column,
        start: if is_in_tpl { column } else { column + line_start(chart, &place.file, place.line as usize) },
        length,
        text,
        node: place.node.clone(),
        is_in_tpl,
        ..Spot::default()
    })
}

/// Returns the place of a key in a file of values.
pub(super) fn of_key(origin: &Origin) -> Option<Spot> {
    let line = origin.line?;
    let text = origin.text.lossy().lines().nth(line - 1)?.trim_end().to_owned();
    let before = origin.text.get(..origin.start)?;
    let column = origin.start - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    Some(Spot {
        file: origin.name.clone(),
        is_users: !origin.is_of_chart,
        line,
        column: column.min(text.len()),
        start: origin.start,
        length: text.len().saturating_sub(column),
        text,
        ..Spot::default()
    })
}

/// What Helm calls the text of a `tpl`.
const TPL: &str = "gotpl";

/// Finds an expression around a column: Go counts the column of `.Values.a.b` at `.a`.
fn span_of(line: &str, column: usize, node: &str) -> (usize, usize) {
    let covers = |start: &usize| !node.is_empty() && *start <= column && column < start + node.len();
    if let Some(start) = line.match_indices(node).map(|(start, _)| start).find(covers) {
        return (start, node.len());
    }
    let rest = line.get(column..).unwrap_or_default();
    let length = rest.find([' ', ')', '}', '|']).unwrap_or(rest.len()).max(1);
    (column.min(line.len()), length)
}

pub(super) fn in_file(chart: &Arc<Chart>, path: &str, line: usize, column: Option<usize>) -> Spot {
    let text = file_text(chart, path).and_then(|text| Some(text.lines().nth(line.checked_sub(1)?)?.to_owned()));
    let text = text.unwrap_or_default();
    let start = column.unwrap_or(text.len() - text.trim_start().len()).min(text.len());
    let length = match column {
        Some(_) => text.get(start..).and_then(|rest| rest.find([' ', ')', '}', '|'])).unwrap_or(1).max(1),
        None => text.trim_end().len().saturating_sub(start),
    };
    let line_start = line_start(chart, path, line);
    Spot { file: path.to_owned(), line, column: start, start: line_start + start, length, text, ..Spot::default() }
}

/// Returns the first byte of a line of a template, also where bytes before it are no UTF-8.
pub(super) fn line_start(chart: &Arc<Chart>, path: &str, line: usize) -> usize {
    let bytes = file_bytes(chart, path).map(|bytes| &**bytes).unwrap_or_default();
    bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum()
}

pub(super) fn file_text(chart: &Arc<Chart>, path: &str) -> Option<String> {
    Some(file_bytes(chart, path)?.lossy().into_owned())
}

/// Finds a template by its path from the root chart.
fn file_bytes<'c>(chart: &'c Arc<Chart>, path: &str) -> Option<&'c Str> {
    let (charts, name) = split_path(path)?;
    let chart = charts.iter().skip(1).try_fold(chart, |chart, name| subchart(chart, name))?;
    chart.templates.iter().find(|file| file.name == name).map(|file| &file.data)
}

/// Splits `web/charts/sub/templates/a.yaml` into the names of the charts and the path in the last one.
pub(super) fn split_path(path: &str) -> Option<(Vec<&str>, &str)> {
    let (root, mut rest) = path.split_once('/')?;
    let mut charts = vec![root];
    while let Some((name, inner)) = rest.strip_prefix("charts/").and_then(|rest| rest.split_once('/')) {
        charts.push(name);
        rest = inner;
    }
    Some((charts, rest))
}

/// Finds a subchart by its name, or by the alias that its parent gives it.
pub(super) fn subchart<'c>(chart: &'c Arc<Chart>, name: &str) -> Option<&'c Arc<Chart>> {
    let alias = chart.metadata.dependencies().find(|dependency| dependency.alias == name);
    let name = alias.map_or_else(|| name.into(), |dependency| dependency.name.lossy());
    chart.subcharts.iter().find(|subchart| *subchart.name() == *name)
}

/// Replaces the chart's name, with which Helm begins, by the folder in which the chart lies.
pub fn path_in(folder: Option<&str>, file: &str) -> String {
    match (folder, file.split_once('/')) {
        (Some(folder), Some((_, rest))) => format!("{}/{rest}", folder.trim_end_matches('/')),
        _ => file.to_owned(),
    }
}
