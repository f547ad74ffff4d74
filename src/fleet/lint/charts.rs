//! Rules about what charts do.

use std::collections::BTreeSet;

use super::super::ChartSource;
use super::super::diagnostic::{Diagnostic, Severity, Span};
use super::{Context, Rule};
use crate::files::read_chart_folder;
use crate::helm::chart::Chart;
use crate::helm::{ASKS_THE_NETWORK, ImpureCall, impure_calls};

/// Lists functions that give another result each time. Most stand in helpers that nobody calls, so this is no more than
/// worth knowing: where one is used, rendering fails and names it.
pub(super) fn non_deterministic(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (environment, release) in context.releases() {
        let ChartSource::Folder(folder) = &release.file.chart else { continue };
        if release.file.chart.is_archive() || !seen.insert(folder) {
            continue;
        }
        let profile = context.fleet.profile(release);
        let limits = context.fleet.limits(environment).chart;
        // What keeps a chart from loading is another's finding.
        let files = read_chart_folder(context.files, folder, limits);
        let Ok(chart) = files.and_then(|files| Chart::load(files, profile, limits)) else { continue };
        for call in impure_calls(&chart, profile) {
            let (message, hint) = words(&call);
            let column = call.line_text.get(..call.column).unwrap_or_default().chars().count() + 1;
            let span = Span { line: call.line, column, start: call.start, end: call.start + call.function.len() };
            let file = format!("{folder}/{}", call.file);
            found.push(
                Diagnostic::of_file(Severity::Notice, rule.id, file, message).at(span, &call.line_text).with_hint(hint),
            );
        }
    }
    found
}

fn words(call: &ImpureCall) -> (String, &'static str) {
    if call.function == ASKS_THE_NETWORK {
        let message = format!("`{}` gives an empty text: charts are rendered without network", call.function);
        return (message, "give the address in a values file");
    }
    let message = format!("`{}` gives another result each time", call.function);
    match &call.unused_definition {
        Some(name) => (
            format!("{message}; no template includes `{name}`, in which it stands, by that name"),
            "it does no harm unless a text given to `tpl` includes it",
        ),
        None => (
            message,
            "a release that uses the result is refused: give the value in a values file, or see `nonDeterminism`",
        ),
    }
}
