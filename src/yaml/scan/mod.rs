//! go-yaml v2's scanner and parser: from a text to tokens to events.
//!
//! The rules are libyaml's with Go's changes, kept exactly, because what they accept and refuse is what Helm accepts and
//! refuses. Nothing here recurses; depth costs memory only, and is capped as in go-yaml.

mod block;
mod characters;
mod parser;
mod quoted;
mod scanner;
mod tags;
mod token;

pub(super) use characters::count_lines;
pub(super) use parser::{EventKind, Parser, Properties};
pub(super) use token::Mark;
pub use token::Style;

/// A text that the scanner or the parser refused, with go-yaml's words.
#[derive(Debug)]
pub(super) struct Refusal {
    /// go-yaml's words, with the line as it counts.
    pub(super) message: String,
    /// The line of the problem, from 1, where there is one.
    pub(super) line: Option<usize>,
}

impl Refusal {
    /// An error of the scanner: go-yaml names the line unless the problem or (then) the context is in the first.
    fn scanner(problem: impl Into<String>, context: Mark, at: Mark) -> Self {
        let line = if at.line != 0 { Some(at.line + 1) } else { Some(context.line).filter(|line| *line != 0) };
        Self::new(problem.into(), line, at)
    }

    /// An error of the parser: as the scanner's, but go-yaml names the line before the problem.
    fn parser(problem: &str, context: Mark, at: Mark) -> Self {
        let line = [at.line, context.line].into_iter().find(|line| *line != 0);
        Self::new(problem.to_owned(), line, at)
    }

    /// An error of the reader, which has no line to name.
    fn reader(problem: &str, at: Mark) -> Self {
        Self::new(problem.to_owned(), None, at)
    }

    fn new(problem: String, named: Option<usize>, at: Mark) -> Self {
        let message = named.map_or_else(|| problem.clone(), |line| format!("line {line}: {problem}"));
        Self { message, line: Some(at.line + 1) }
    }
}

type Scan<T> = Result<T, Refusal>;
