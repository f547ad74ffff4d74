//! From what [`crate::helm::explain`] knows of a failure to a [`Diagnostic`], with the files named as a person finds them.

use crate::fleet::{Diagnostic, Severity, Span};
use crate::helm::explain::path_in;
use crate::helm::{self, Explanation, Further, Spot};

/// Returns the diagnostic; `folder` is where the chart lies, if it is a folder.
fn diagnostic(explanation: &Explanation, folder: Option<&str>) -> Diagnostic {
    let spot = &explanation.spot;
    let mut file = if spot.is_users { spot.file.clone() } else { path_in(folder, &spot.file) };
    if spot.is_in_tpl {
        file.push_str(" (a text given to tpl)");
    } else if spot.is_printed {
        file.push_str(" (what it printed)");
    }
    let found = Diagnostic::of_file(Severity::Error, "render", file, explanation.message.as_str());
    let found = if spot.text.is_empty() { found } else { found.at(span_of(spot), &spot.text) };
    let notes = explanation.chain.iter().map(|outer| {
        let Spot { line, column, node, .. } = outer;
        format!("reached from {}:{line}:{column}: {node}", path_in(folder, &outer.file))
    });
    let found = found.with_notes(notes.collect());
    match &explanation.hint {
        Some(hint) => found.with_hint(hint.as_str()),
        None => found,
    }
}

/// Returns the diagnostic of the error that ended a rendering, as far as there is something to say beside its message, and
/// those of what else is wrong.
pub fn diagnostics(
    error: &helm::Error,
    further: &Further,
    explain: impl Fn(&helm::Error) -> Option<Explanation>,
    folder: Option<&str>,
) -> (Option<Diagnostic>, Vec<Diagnostic>) {
    let shown = |error: &helm::Error, same: &[String]| {
        let mut found = explain(error).map(|found| diagnostic(&found, folder))?;
        if !same.is_empty() {
            let files: Vec<String> = same.iter().map(|file| path_in(folder, file)).collect();
            found.notes.push(format!("fails in the same way: {}", files.join(", ")));
        }
        Some(found)
    };
    let others = further.errors.iter().map(|(error, same)| {
        shown(error, same).unwrap_or_else(|| {
            let file = error.place().map(|place| path_in(folder, &place.file)).unwrap_or_default();
            Diagnostic::of_file(Severity::Error, "render", file, error.to_string())
        })
    });
    let mut others: Vec<Diagnostic> = others.collect();
    if let Some((count, file)) = &further.left {
        let files = if *count == 1 { "1 file was".to_owned() } else { format!("{count} files were") };
        let message = format!("{files} not looked at: this one may change values that they see");
        others.push(Diagnostic::of_file(Severity::Notice, "render", path_in(folder, file), message));
    }
    (shown(error, &further.same), others)
}

fn span_of(spot: &Spot) -> Span {
    let before = spot.text.get(..spot.column).unwrap_or(&spot.text);
    Span { line: spot.line, column: before.chars().count() + 1, start: spot.start, end: spot.start + spot.length }
}
