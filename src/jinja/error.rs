//! [`Error`]: what went wrong in a Jinja template, with its place.

/// A Jinja template that cannot be parsed or rendered.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{file}{}: {message}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct Error {
    /// The template.
    pub file: String,
    /// The line, from 1, where one is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// The text of the line, empty where none is known.
    pub line_text: String,
}

impl Error {
    /// Takes over a minijinja error. Its own long form prints the values of the variables involved, so it is never used.
    pub(super) fn of(error: &minijinja::Error, file: &str, source: &str) -> Self {
        let line = error.line();
        let mut message = error.kind().to_string();
        if let Some(detail) = error.detail() {
            message = format!("{message}: {detail}");
        }
        let line_text = line.and_then(|line| source.lines().nth(line - 1)).unwrap_or_default().to_owned();
        Self { file: error.name().unwrap_or(file).to_owned(), line, message, line_text }
    }
}
