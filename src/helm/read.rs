//! Where this room reads YAML: one place, so that what is read how can be seen at a glance.

use super::limits::Cap;
use crate::yaml::{self, Data, Limits};

/// A text that could not be read, in Helm's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Error {
    /// Helm's words.
    pub(crate) message: String,
    /// The line of the text, from 1, where it is known.
    pub(crate) line: Option<usize>,
    /// The cap that was reached, if that is what is wrong.
    pub(crate) cap: Option<Cap>,
}

impl Error {
    /// Returns the error with words put before it.
    pub(crate) fn within(self, before: &str) -> Self {
        Self { message: format!("{before}{}", self.message), ..self }
    }
}

impl From<yaml::Error> for Error {
    fn from(error: yaml::Error) -> Self {
        Self { message: error.to_string(), line: error.line(), cap: Cap::of_yaml(&error) }
    }
}

/// Reads the first document as sigs.k8s.io/yaml reads into `interface {}`: every number is a float.
pub(crate) fn plain(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    Ok(yaml::parse(text, limits)?)
}

/// Reads the first document with integers told from floats, as decoding into string fields needs it.
pub(crate) fn typed(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    Ok(yaml::parse_typed(text, limits)?)
}

/// As [`typed`], for a manifest of which only the head counts.
pub(crate) fn head(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    Ok(yaml::parse_head(text, limits)?)
}

/// Reads a map; null is an empty one.
pub(crate) fn map(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    let found = match plain(text, limits)? {
        Data::Null => return Ok(Data::map()),
        Data::Map(map) => return Ok(Data::Map(map)),
        Data::Bool(_) => "bool",
        Data::Int(_) | Data::Float(_) => "number",
        Data::String(_) => "string",
        Data::List(_) => "array",
    };
    let message = format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value of type map[string]interface {{}}"
    );
    Err(Error { message, line: None, cap: None })
}
