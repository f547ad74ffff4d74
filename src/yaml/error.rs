//! What can go wrong when YAML is read or written, in the words of Go's libraries.

/// A text that could not be read, with the message that sigs.k8s.io/yaml gives for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// go-yaml refused the text. Its own line numbers are often off by one and often missing; `line` is the real one.
    #[error("error converting YAML to JSON: yaml: {message}")]
    Syntax {
        /// go-yaml's words, with the line as it counts.
        message: String,
        /// The line of the problem, from 1.
        line: Option<usize>,
    },
    /// The YAML is sound but has no JSON form: a key that is null or a container, an infinite number.
    #[error("error converting YAML to JSON: {message}")]
    Conversion {
        /// Go's words.
        message: String,
    },
    /// The value is sound but not of the type that was asked for.
    #[error(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value of type {wanted}"
    )]
    Type {
        /// The JSON type that was found.
        found: &'static str,
        /// The Go type that was asked for.
        wanted: &'static str,
    },
    /// The text is longer than [`super::Limits::bytes`].
    #[error("text of {size} bytes is larger than the limit of {limit}")]
    TooLarge {
        /// Size of the text.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// Maps and lists are nested deeper than [`super::Limits::depth`].
    #[error("maps and lists are nested deeper than the limit of {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The text holds, or its aliases expand to, more than [`super::Limits::nodes`] values.
    #[error("text holds more values than the limit of {limit}")]
    TooManyNodes {
        /// The limit.
        limit: usize,
    },
}

impl Error {
    /// Returns the line of the problem, from 1, where it is known.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Syntax { line, .. } => *line,
            _ => None,
        }
    }
}

/// A value that cannot be written, with the message that Go's libraries give for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// The value has no JSON form, and `toYaml` goes through JSON.
    #[error("error marshaling into JSON: {0}")]
    Json(#[from] super::json::EncodeError),
    /// The JSON form is no YAML to go-yaml: it holds a control character, or a key longer than 1024 characters.
    #[error("{message}")]
    Yaml {
        /// go-yaml's words.
        message: String,
    },
    /// The value is nested deeper than can be written (a map that contains itself, for one).
    #[error("value is nested deeper than the limit of {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The text would be longer than can be written.
    #[error("value is longer than the limit of {limit} bytes of text")]
    TooLong {
        /// The limit.
        limit: usize,
    },
}
