//! [`Json`]: a schema as it is written, each number with all its digits.

use crate::yaml::json::{Error, Target, decode};
use crate::yaml::{Limits, Str, StrMap};

/// A JSON value.
#[derive(Clone, Debug)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// As it is written.
    Number(Str),
    String(Str),
    List(Vec<Self>),
    Map(StrMap<Self>),
}

impl Json {
    /// Reads a text.
    pub(super) fn read(text: &[u8]) -> Result<Self, Error> {
        decode(text, &Limits::default())
    }

    /// Returns the value of a key, if this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key.as_bytes())
    }

    pub(super) fn as_map(&self) -> Option<&StrMap<Self>> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    pub(super) fn as_text(&self) -> Option<&Str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

impl Target for Json {
    fn null() -> Self {
        Self::Null
    }

    fn bool(value: bool) -> Self {
        Self::Bool(value)
    }

    fn number(written: &[u8]) -> Option<Self> {
        Some(Self::Number(written.into()))
    }

    fn string(text: Str) -> Self {
        Self::String(text)
    }

    fn list(items: Vec<Self>) -> Self {
        Self::List(items)
    }

    fn map(entries: Vec<(Str, Self)>) -> Self {
        Self::Map(entries.into_iter().collect())
    }
}
