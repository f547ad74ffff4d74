//! [`calls_of`]: where a text names functions. Reads the text only; nothing is run.

use memchr::memchr_iter;

use super::ast::NodeKind;
use super::parser;
use crate::helm::functions;
use crate::helm::profile::Profile;
use crate::yaml::Str;

/// A call of a function in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) function: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The first byte in the line, from 0.
    pub(crate) column: usize,
    /// The first byte in the text.
    pub(crate) start: usize,
    pub(crate) line_text: String,
}

/// Finds the calls of some functions; none where the text is no template.
pub(crate) fn calls_of(text: &Str, profile: Profile, wanted: &[&str]) -> Vec<Call> {
    let is_known = |name: &[u8]| {
        let function = std::str::from_utf8(name).ok().and_then(functions::lookup);
        function.is_some_and(|function| functions::is_in(function.name, profile))
    };
    let Ok(ast) = parser::parse(&Str::default(), text, &is_known) else { return Vec::new() };
    let mut found = Vec::new();
    for node in ast.nodes() {
        let NodeKind::Identifier(span) = node.kind else { continue };
        let function = String::from_utf8_lossy(span.of(text)).into_owned();
        let start = span.start as usize;
        let Some(before) = text.get(..start).filter(|_| wanted.contains(&function.as_str())) else { continue };
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
        let line_text = text.get(start - column..).unwrap_or_default().split(|byte| *byte == b'\n').next();
        found.push(Call {
            function,
            line: memchr_iter(b'\n', before).count() + 1,
            column,
            start,
            line_text: String::from_utf8_lossy(line_text.unwrap_or_default()).into_owned(),
        });
    }
    found
}
