//! [`Diagnostic`]: something to say about a file of the fleet, as data. Printing belongs to the command line.

use serde::Serialize;

use super::secrecy::mask;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Notice,
    /// Probably not what was meant; the file is used as it is.
    Warning,
    /// The file, or what it describes, is not used.
    Error,
}

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// The rule, a stable name in kebab case: `unknown-key`.
    pub id: &'static str,
    /// What is the matter: a lower-case fragment. What looks like a secret is masked.
    pub message: String,
    /// The file, from the root of the repository.
    pub file: String,
    /// The place in the file, where there is one.
    pub span: Option<Span>,
    /// The line of the file on which the span starts, without its end. What looks like a secret is masked, column by column.
    pub line: Option<String>,
    /// What else belongs to it: how a template was reached, say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// Returns a diagnostic about a file as a whole, or about a file that is missing.
    pub fn of_file(severity: Severity, id: &'static str, file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity,
            id,
            message: mask(&message.into()),
            file: file.into(),
            span: None,
            line: None,
            notes: Vec::new(),
            hint: None,
        }
    }

    /// Returns the diagnostic at a place, with the text of its line.
    pub fn at(mut self, span: Span, line: &str) -> Self {
        self.span = Some(span);
        self.line = Some(mask(line));
        self
    }

    /// Returns the diagnostic with what else belongs to it.
    pub fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes.iter().map(|note| mask(note)).collect();
        self
    }

    /// Returns the diagnostic with a hint.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Tells whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
