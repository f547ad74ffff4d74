//! [`Error`]: what went wrong in a Jinja template, with its place.

use std::error::Error as _;

use minijinja::ErrorKind;

use super::measure::TooMuch;
use super::meter::Metered;
use crate::helm::Cap;

/// A Jinja template that cannot be parsed or rendered.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{file}{}: {message}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct Error {
    /// The template.
    pub file: String,
    /// The line, from 1, where one is known.
    pub line: Option<usize>,
    /// The column in bytes, from 0, where one is known.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// The text of the line, empty where none is known.
    pub line_text: String,
    /// The cap that was reached, if that is what is wrong and it can be set.
    pub cap: Option<Cap>,
}

impl Error {
    /// Takes over a minijinja error, with the place where it happened first: inside an included file, if there is one. Its own
    /// long form prints the values of the variables involved, so it is never used.
    pub(super) fn of<'s>(
        error: &minijinja::Error,
        file: &str,
        source_of: impl Fn(&str) -> Option<&'s Metered<'s>>,
    ) -> Self {
        let mut innermost = error;
        let mut next = Some(error);
        while let Some(error) = next {
            if error.line().is_some() {
                innermost = error;
            }
            next = error.source().and_then(|source| source.downcast_ref());
        }
        let file = innermost.name().unwrap_or(file);
        let metered = source_of(file);
        let source = metered.map(|metered| metered.source).unwrap_or_default();
        let line = innermost.line();
        let cap = match innermost.kind() {
            ErrorKind::OutOfFuel => Some(Cap::Steps),
            _ => makes_too_much(error).then_some(Cap::OutputBytes),
        };
        let range = innermost.range().filter(|range| range.start < range.end);
        let mut message = innermost.kind().to_string();
        if let Some(detail) = innermost.detail() {
            message = format!("{message}: {detail}");
        }
        let column = range.and_then(|range| {
            let before = source.get(..metered?.place(range.start))?;
            Some(before.len() - before.rfind('\n').map_or(0, |at| at + 1))
        });
        let line_text = line.and_then(|line| source.lines().nth(line.saturating_sub(1))).unwrap_or_default().to_owned();
        Self { file: file.to_owned(), line, column, message, line_text, cap }
    }

    /// Returns an error about a file as a whole.
    pub(super) fn of_file(file: &str, message: &str) -> Self {
        let message = message.to_owned();
        Self { file: file.to_owned(), line: None, column: None, message, line_text: String::new(), cap: None }
    }

    /// Returns the error for a cap that was reached.
    pub(super) fn cap(file: &str, what: &str, limit: usize, cap: Option<Cap>) -> Self {
        Self { cap, ..Self::of_file(file, &format!("{what} is over the cap of {limit} bytes")) }
    }
}

fn makes_too_much(error: &minijinja::Error) -> bool {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error.is::<TooMuch>() {
            return true;
        }
        next = error.source();
    }
    false
}
