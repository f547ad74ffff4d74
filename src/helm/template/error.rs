//! [`Error`]: why templates could not be read or run, with the text that Helm prints and the places as data.

use crate::helm::limits::Cap;
use crate::yaml::Str;

/// What Go's parser says about a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ParseError {
    pub(super) name: Str,
    pub(super) line: u32,
    pub(super) message: String,
}

impl ParseError {
    /// Returns the text of Go's error.
    pub(super) fn text(&self) -> String {
        format!("template: {}:{}: {}", self.name, self.line, self.message)
    }
}

/// A place in a template that was being executed when an error happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, by its path in the chart, or `gotpl` for the text of a `tpl`.
    pub file: String,
    /// The line, from one.
    pub line: u32,
    /// The column in bytes, from zero, as Go counts it.
    pub column: u32,
    /// The template: the file's own, or a definition.
    pub template: String,
    /// The expression, as Go writes it.
    pub node: String,
    /// The text of the line.
    pub line_text: String,
}

impl Place {
    /// Returns the beginning of Go's error for this place.
    pub(super) fn prefix(&self) -> String {
        let Self { file, line, column, template, node, .. } = self;
        // Go writes the name through `%q` of a text that it has not escaped.
        let quoted = crate::helm::go::quote::quote_text(template.as_bytes());
        format!("template: {file}:{line}:{column}: executing {quoted} at <{node}>: ")
    }
}

/// Why templates could not be read or run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A text is no template.
    #[error("{text}")]
    Parse {
        /// What Helm prints.
        text: String,
        /// The file.
        file: String,
        /// The line, from one.
        line: u32,
        /// What is wrong there.
        message: String,
    },
    /// Running a template failed.
    #[error("{text}")]
    Execution {
        /// What Helm prints: one line in 3.x, a trace of several lines in 4.x.
        text: String,
        /// Where, from the file that was rendered to the expression that failed.
        trace: Vec<Place>,
        /// What is wrong there: of `fail` and `required` the chart's own message.
        message: String,
    },
    /// A cap of the rendering was reached.
    #[error("{limit} is reached")]
    Limit {
        /// The cap and its value, in words.
        limit: String,
        /// The cap, where it is one that can be set.
        cap: Option<Cap>,
        /// Where.
        trace: Vec<Place>,
    },
    /// The chart uses the clock or randomness where that is not allowed.
    #[error("`{function}` gives another result each time")]
    Impure {
        /// The function.
        function: &'static str,
        /// Where.
        trace: Vec<Place>,
    },
    /// The chart prints a memory address, which is another one each time.
    #[error("the memory address of a value cannot be printed")]
    Address {
        /// Where.
        trace: Vec<Place>,
    },
    /// The chart needs something that plainsail does not have yet.
    #[error("{what} is not built yet")]
    NotBuilt {
        /// What is missing.
        what: String,
        /// Where.
        trace: Vec<Place>,
    },
}

impl Error {
    /// Returns what is wrong, without the places that Helm puts before it.
    pub fn message(&self) -> String {
        match self {
            Self::Parse { message, .. } | Self::Execution { message, .. } => message.clone(),
            other => other.to_string(),
        }
    }
}
