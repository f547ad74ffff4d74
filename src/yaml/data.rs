//! [`Data`]: the tree that YAML and JSON are read into, shared between threads and releases.

use std::sync::Arc;

use super::{Str, StrMap};

/// A map of [`Data`], in byte order of its keys, which is the order in which Go's templates and JSON walk maps.
pub type DataMap = StrMap<Data>;

/// A value as Go's `interface{}` holds it after reading YAML or JSON.
///
/// A number from a file is always [`Data::Float`]; [`Data::Int`] (Go's int64) comes from `--set`. Containers are shared:
/// cloning is cheap, and `Arc::make_mut` copies only what is changed, so chart defaults are layered without deep copies.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Data {
    /// Go's nil.
    #[default]
    Null,
    /// A bool.
    Bool(bool),
    /// A Go int64.
    Int(i64),
    /// A Go float64.
    Float(f64),
    /// A string.
    String(Str),
    /// `[]interface {}`.
    List(Arc<Vec<Self>>),
    /// `map[string]interface {}`.
    Map(Arc<DataMap>),
}

impl Data {
    /// Returns an empty map.
    pub fn map() -> Self {
        Self::Map(Arc::default())
    }

    /// Returns the map, if it is one.
    pub fn as_map(&self) -> Option<&DataMap> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Returns the list, if it is one.
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// Returns the string, if it is one.
    pub fn as_str(&self) -> Option<&Str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the value of a key, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key.as_bytes())
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<bool> for Data {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<Self>> for Data {
    fn from(items: Vec<Self>) -> Self {
        Self::List(Arc::new(items))
    }
}

impl From<DataMap> for Data {
    fn from(map: DataMap) -> Self {
        Self::Map(Arc::new(map))
    }
}
