//! Why a file was not edited.

use std::fmt;

use crate::yaml;

/// The value that was to be edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// The line of what is in the way, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` (line {})", self.path.join("."), self.line)
    }
}

/// A file that was not edited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is no YAML.
    #[error("read the file as YAML")]
    Yaml(#[from] yaml::Error),
    /// The file is not UTF-8.
    #[error("file is not UTF-8")]
    Encoding,
    /// The file holds several documents, or none.
    #[error("file holds {count} YAML documents instead of one")]
    Documents {
        /// How many.
        count: usize,
    },
    /// There is no such key.
    #[error("there is no key {0}")]
    Missing(Place),
    /// The key stands there more than once.
    #[error("key {0} stands there twice")]
    Duplicate(Place),
    /// The value is taken from elsewhere.
    #[error("{0} is an alias of a value elsewhere")]
    Alias(Place),
    /// The value covers several lines.
    #[error("{0} is a value of several lines")]
    MultiLine(Place),
    /// A map or list stands where a single value should be.
    #[error("{0} is a map or a list, not a single value")]
    NotAScalar(Place),
    /// A single value or a list stands where a map should be.
    #[error("{0} is not a map")]
    NotAMap(Place),
    /// The value has a tag that makes something else of a string.
    #[error("{0} has a tag, so that it would not be read as a string")]
    Tagged(Place),
    /// The text around the value is written in a way that is not understood.
    #[error("{0} is written in a way that cannot be edited")]
    Unusual(Place),
    /// The edited file would differ in more than the value. Nothing that a user wrote can be the cause.
    #[error("edit of {0} would change more than its value")]
    Changed(Place),
}

impl Error {
    /// Returns the line that a person has to look at, from 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Yaml(error) => error.line(),
            Self::Encoding | Self::Documents { .. } => None,
            Self::Missing(place)
            | Self::Duplicate(place)
            | Self::Alias(place)
            | Self::MultiLine(place)
            | Self::NotAScalar(place)
            | Self::NotAMap(place)
            | Self::Tagged(place)
            | Self::Unusual(place)
            | Self::Changed(place) => Some(place.line),
        }
    }

    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Yaml(_) | Self::Changed(_) => None,
            Self::Encoding => Some("save the file as UTF-8"),
            Self::Documents { .. } => Some("keep one document in a file"),
            Self::Missing(_) => Some("write the key with an empty value: `tag: \"\"`"),
            Self::Duplicate(_) => Some("remove one of the two"),
            Self::Alias(_) => Some("write the value itself instead of the alias"),
            Self::MultiLine(_) | Self::NotAScalar(_) | Self::Tagged(_) | Self::Unusual(_) => {
                Some("write the value on one line after its key: `tag: \"\"`")
            }
            Self::NotAMap(_) => Some("write a map there, as the documentation of the file shows it"),
        }
    }
}
