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
    /// With another value there, a reader would see more than that value change.
    #[error("{0} is written in a way that cannot be edited")]
    Unusual(Place),
    /// Readers of YAML 1.1, Helm's for one, and of YAML 1.2 see different things in the file.
    #[error("readers of YAML do not agree on line {line} of the file")]
    Ambiguous {
        /// Where they part, from 1.
        line: usize,
    },
}

impl Error {
    /// Returns the line that a person has to look at, from 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Yaml(error) => error.line(),
            Self::Encoding | Self::Documents { .. } => None,
            Self::Ambiguous { line } => Some(*line),
            Self::Missing(place)
            | Self::Duplicate(place)
            | Self::Alias(place)
            | Self::MultiLine(place)
            | Self::NotAScalar(place)
            | Self::NotAMap(place)
            | Self::Tagged(place)
            | Self::Unusual(place) => Some(place.line),
        }
    }

    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Yaml(_) => None,
            Self::Ambiguous { .. } => Some(
                "write it in a simpler way: a key and its value on a line, blanks for the indent, quotes around texts with signs",
            ),
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
