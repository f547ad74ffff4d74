//! [`explain`]: what a person needs beside Helm's message: the line, how the templates came there, which value it is about.
//!
//! Only data: how it is shown is the command line's business.

use std::sync::Arc;

use super::advice;
use super::chart::Chart;
use super::error::Error;
use super::foreign;
use super::functions;
use super::manifests;
use super::nearest;
use super::profile::Profile;
use super::template::{self, Place};
use super::values::{self, Layered};
use crate::yaml::{Data, Str};

/// How many of the templates that led to a place are named; of more, the outermost are left out.
const LONGEST_CHAIN: usize = 8;

/// What a person needs beside Helm's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What is wrong, without Helm's places.
    pub message: String,
    /// Where.
    pub spot: Spot,
    /// The `include`, `template` and `tpl` that led there, the innermost first.
    pub chain: Vec<Spot>,
    /// What to do about it, or what is known of the value.
    pub hint: Option<String>,
}

/// A place in a chart, with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The file, by its path from the root chart.
    pub file: String,
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

/// Explains why a release could not be rendered; `None` where the message says it all. `user` is what the release was
/// rendered with.
pub fn explain(error: &Error, chart: &Arc<Chart>, user: &Data, profile: Profile) -> Option<Explanation> {
    match error {
        Error::Template(error) => of_template(error, chart, user, profile),
        Error::Foreign(foreign::Error::Template { file, line, column, message, .. }) => {
            let spot = in_file(chart, file, line.unwrap_or_default(), *column);
            Some(Explanation { message: message.clone(), spot, chain: Vec::new(), hint: None })
        }
        Error::Manifest(manifests::Error::Yaml { source_path, cause, line, line_text, .. }) => {
            let text = line_text.clone();
            let hint = advice::on_printed(cause, &text);
            let column = text.len() - text.trim_start().len();
            let spot = Spot {
                file: source_path.clone(),
                line: line.unwrap_or_default(),
                column,
                start: column,
                length: text.trim_end().len().saturating_sub(column),
                text,
                is_printed: true,
                ..Spot::default()
            };
            Some(Explanation { message: cause.clone(), spot, chain: Vec::new(), hint })
        }
        Error::Values(values::Error::Schema { report }) => {
            let chart_of_report = report.split(':').next().unwrap_or_default();
            let file = format!("{chart_of_report}/values.schema.json");
            let hint = advice::on_schema(report)?;
            let message = "the values do not fit this schema".to_owned();
            Some(Explanation { message, spot: Spot { file, ..Spot::default() }, chain: Vec::new(), hint: Some(hint) })
        }
        _ => None,
    }
}

fn of_template(error: &template::Error, chart: &Arc<Chart>, user: &Data, profile: Profile) -> Option<Explanation> {
    let message = error.message();
    let trace = match error {
        template::Error::Parse { file, line, .. } => {
            let text = file_text(chart, file).unwrap_or_default();
            let hint = hint_for_names(&message, chart).or_else(|| advice::on_parsing(&message, &text, *line as usize));
            let spot = in_file(chart, file, *line as usize, None);
            return Some(Explanation { message, spot, chain: Vec::new(), hint });
        }
        template::Error::Execution { trace, .. }
        | template::Error::Limit { trace, .. }
        | template::Error::Impure { trace, .. }
        | template::Error::Address { trace }
        | template::Error::NotBuilt { trace, .. } => trace,
    };
    let hint = match error {
        template::Error::Impure { .. } => Some(
            "what is committed must be the same each time: give the value in a values file, so that the chart does not make it, \
             or let it follow from the release (`nonDeterminism: seed`)"
                .to_owned(),
        ),
        template::Error::Execution { .. } => hint_for_names(&message, chart).or_else(|| {
            let values = Layered::new(chart, user, profile).and_then(|layered| layered.to_data()).ok()?;
            let hint = hint_for_values(trace, chart, &values);
            let late = trace.last().and_then(|place| advice::on_nil(&message, &place.node, &place.line_text));
            match (hint, late) {
                (Some(hint), Some(late)) => Some(format!("{hint}; {late}")),
                (hint, late) => hint.or(late),
            }
        }),
        _ => None,
    };
    let mut spots: Vec<Spot> = (0..trace.len()).rev().filter_map(|index| spot_of(trace, index, chart)).collect();
    if spots.is_empty() {
        return None;
    }
    let spot = spots.remove(0);
    spots.dedup();
    spots.truncate(LONGEST_CHAIN);
    Some(Explanation { message, spot, chain: spots, hint })
}

fn spot_of(trace: &[Place], index: usize, chart: &Arc<Chart>) -> Option<Spot> {
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
        is_printed: false,
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

fn in_file(chart: &Arc<Chart>, path: &str, line: usize, column: Option<usize>) -> Spot {
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
fn line_start(chart: &Arc<Chart>, path: &str, line: usize) -> usize {
    let bytes = file_bytes(chart, path).map(|bytes| &**bytes).unwrap_or_default();
    bytes.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(<[u8]>::len).sum()
}

fn file_text(chart: &Arc<Chart>, path: &str) -> Option<String> {
    Some(file_bytes(chart, path)?.lossy().into_owned())
}

/// Finds a template by its path from the root chart.
fn file_bytes<'c>(chart: &'c Arc<Chart>, path: &str) -> Option<&'c Str> {
    let (charts, name) = split_path(path)?;
    let chart = charts.iter().skip(1).try_fold(chart, |chart, name| subchart(chart, name))?;
    chart.templates.iter().find(|file| file.name == name).map(|file| &file.data)
}

/// Splits `web/charts/sub/templates/a.yaml` into the names of the charts and the path in the last one.
fn split_path(path: &str) -> Option<(Vec<&str>, &str)> {
    let (root, mut rest) = path.split_once('/')?;
    let mut charts = vec![root];
    while let Some((name, inner)) = rest.strip_prefix("charts/").and_then(|rest| rest.split_once('/')) {
        charts.push(name);
        rest = inner;
    }
    Some((charts, rest))
}

/// Finds a subchart by its name, or by the alias that its parent gives it.
fn subchart<'c>(chart: &'c Arc<Chart>, name: &str) -> Option<&'c Arc<Chart>> {
    let alias = chart.metadata.dependencies().find(|dependency| dependency.alias == name);
    let name = alias.map_or_else(|| name.into(), |dependency| dependency.name.lossy());
    chart.subcharts.iter().find(|subchart| *subchart.name() == *name)
}

/// What to say where a function or a template does not exist.
fn hint_for_names(message: &str, chart: &Arc<Chart>) -> Option<String> {
    let quoted = |after: &str| message.split_once(after)?.1.split_once('"').map(|(name, _)| name.to_owned());
    if message.contains("not defined")
        && let Some(name) = quoted("function \"")
    {
        return nearest(&name, functions::names()).map(|found| format!("did you mean the function `{found}`?"));
    }
    let name =
        quoted("no template \"").or_else(|| quoted("template \"").filter(|_| message.contains("not defined")))?;
    let mut defined = Vec::new();
    let mut charts = vec![chart];
    while let Some(chart) = charts.pop() {
        charts.extend(&chart.subcharts);
        for file in &chart.templates {
            let text = file.data.lossy().into_owned();
            let names = text.split("define \"").skip(1).filter_map(|rest| rest.split_once('"'));
            defined.extend(names.map(|(name, _)| name.to_owned()));
        }
    }
    match nearest(&name, defined.iter().map(String::as_str)) {
        Some(found) => Some(format!("did you mean the template `{found}`?")),
        None => Some(format!(
            "no file of the chart or its dependencies defines `{name}`: is a library chart missing below charts/?"
        )),
    }
}

/// Says of the innermost value path that is named what became of it.
fn hint_for_values(trace: &[Place], chart: &Arc<Chart>, values: &Data) -> Option<String> {
    let mut known = None;
    for place in trace.iter().rev() {
        let Some((charts, _)) = split_path(&place.file) else { continue };
        let keys: Vec<&str> = charts.into_iter().skip(1).collect();
        let own = keys.iter().try_fold(values, |values, key| values.get(key));
        let owner = keys.iter().try_fold(chart, |chart, name| subchart(chart, name));
        let nothing = Data::map();
        for path in paths_in(&place.node) {
            match state_of(path, own.unwrap_or(&nothing)) {
                State::Missing { path, key, siblings } => {
                    return Some(missing(&path, key, siblings, owner.unwrap_or(chart), &keys));
                }
                State::Null { path } => return Some(format!("`.Values.{path}` is null")),
                State::Known { path, kind } => known = known.or(Some(format!("`.Values.{path}` is {kind}"))),
            }
        }
    }
    known
}

fn missing(path: &str, key: &str, siblings: &Data, chart: &Chart, below: &[&str]) -> String {
    let mut hint = format!("`.Values.{path}` is nil: no values file sets it");
    let parent = path.rsplit_once('.').map(|(parent, _)| parent);
    let names = siblings.as_map().into_iter().flat_map(crate::yaml::DataMap::keys).filter_map(|key| key.as_utf8());
    if let Some(found) = nearest(key, names) {
        let defaults =
            parent.into_iter().flat_map(|parent| parent.split('.')).try_fold(&chart.values, |at, key| at.get(key));
        let is_default = defaults.is_some_and(|defaults| defaults.get(found).is_some());
        let owner = if is_default { "`values.yaml` of the chart has" } else { "the values have" };
        let found = parent.map_or_else(|| found.to_owned(), |parent| format!("{parent}.{found}"));
        hint = format!("{hint}; {owner} `{found}`");
    }
    if !below.is_empty() {
        hint = format!("{hint}; values files of the release say `{}.{path}`", below.join("."));
    }
    hint
}

/// Finds what follows `.Values.` in an expression.
fn paths_in(node: &str) -> impl Iterator<Item = &str> {
    node.match_indices(".Values.").filter_map(|(at, found)| {
        let rest = node.get(at + found.len()..)?;
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        let path = rest.get(..end)?.trim_end_matches('.');
        (!path.is_empty()).then_some(path)
    })
}

/// What became of a value.
enum State<'v> {
    Missing { path: String, key: &'v str, siblings: &'v Data },
    Null { path: String },
    Known { path: String, kind: &'static str },
}

fn state_of<'v>(path: &'v str, values: &'v Data) -> State<'v> {
    let mut at = values;
    let mut done = String::new();
    for key in path.split('.') {
        if at.as_map().is_none() {
            break;
        }
        if !done.is_empty() {
            done.push('.');
        }
        done.push_str(key);
        match at.get(key) {
            None => return State::Missing { path: done, key, siblings: at },
            Some(Data::Null) => return State::Null { path: done },
            Some(inner) => at = inner,
        }
    }
    let kind = match at {
        Data::Null => "null",
        Data::Bool(_) => "a bool",
        Data::Int(_) | Data::Float(_) => "a number",
        Data::String(_) => "a string",
        Data::List(_) => "a list",
        Data::Map(_) => "a map",
    };
    State::Known { path: done, kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::chart::{File, Limits};
    use crate::helm::template::Pure;
    use crate::helm::{Capabilities, Options, Release, render};

    fn explained(files: &[(&str, &str)]) -> Explanation {
        let mut all = vec![("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")];
        all.extend_from_slice(files);
        let files = all.iter().map(|(name, text)| File { name: (*name).to_owned(), data: (*text).into() });
        let chart = Chart::load(files.collect(), Profile::V4, Limits::default()).unwrap();
        let release = Release { name: "api".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let options = Options::new(Profile::V4);
        let error = render(&chart, &Data::map(), &release, &Capabilities::default(), &options, &mut Pure).unwrap_err();
        explain(&error, &chart, &Data::map(), Profile::V4).unwrap()
    }

    fn meant(spot: &Spot) -> &str {
        &spot.text[spot.column..spot.column + spot.length]
    }

    #[test]
    fn a_missing_value_is_named_with_its_neighbour() {
        let found = explained(&[
            ("values.yaml", "images: {tag: x}\n"),
            ("templates/a.yaml", "a: 1\nb: {{ .Values.image.tag }}\n"),
        ]);
        assert_eq!((found.spot.file.as_str(), found.spot.line), ("web/templates/a.yaml", 2));
        assert_eq!(meant(&found.spot), ".Values.image.tag");
        assert_eq!((found.spot.column, found.spot.start), (6, 11));
        assert_eq!(
            found.hint.unwrap(),
            "`.Values.image` is nil: no values file sets it; `values.yaml` of the chart has `images`"
        );
    }

    #[test]
    fn the_chain_leads_from_the_place_to_the_file() {
        let found = explained(&[
            ("templates/_h.tpl", "{{ define \"inner\" }}{{ required \"say a port\" .Values.service.port }}{{ end }}\n"),
            ("values.yaml", "service: {}\n"),
            ("templates/a.yaml", "a: 1\nb: {{ include \"inner\" . }}\n"),
        ]);
        assert_eq!(found.message, "say a port");
        assert_eq!(found.spot.file, "web/templates/_h.tpl");
        let chain: Vec<(&str, usize)> = found.chain.iter().map(|spot| (spot.file.as_str(), spot.line)).collect();
        assert_eq!(chain, [("web/templates/a.yaml", 2)]);
        assert_eq!(found.hint.unwrap(), "`.Values.service.port` is nil: no values file sets it");
    }

    #[test]
    fn a_value_of_a_subchart_is_named_as_its_parent_says_it() {
        let found = explained(&[
            ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
            ("charts/sub/templates/a.yaml", "b: {{ .Values.image.tag }}\n"),
        ]);
        let hint = found.hint.unwrap();
        assert_eq!(hint, "`.Values.image` is nil: no values file sets it; values files of the release say `sub.image`");
    }

    #[test]
    fn what_is_misspelt_is_guessed() {
        let found = explained(&[("templates/a.yaml", "a: 1\n\nb: {{ toYml .Values }}\n")]);
        assert_eq!((found.spot.line, found.hint.as_deref()), (3, Some("did you mean the function `toYaml`?")));
        let define = ("templates/_h.tpl", "{{ define \"web.labels\" }}{{ end }}");
        let found = explained(&[define, ("templates/a.yaml", "b: {{ include \"web.lables\" . }}\n")]);
        assert_eq!(found.hint.unwrap(), "did you mean the template `web.labels`?");
    }

    #[test]
    fn a_printed_line_is_shown_where_the_manifest_is_no_yaml() {
        let found = explained(&[("templates/a.yaml", "{{ if true }}{{ end }}\na: 1\n b: {{ 2 }}\n")]);
        assert!(found.spot.is_printed && found.spot.text.contains("b: 2"), "{found:?}");
    }

    #[test]
    fn a_place_in_a_text_of_tpl_shows_the_text() {
        let found = explained(&[("templates/a.yaml", "a: {{ tpl \"x {{ .Values.a.b }}\" . }}\n")]);
        assert!(found.spot.is_in_tpl);
        assert_eq!((found.spot.file.as_str(), meant(&found.spot)), ("web/templates/a.yaml", ".Values.a.b"));
    }
}
