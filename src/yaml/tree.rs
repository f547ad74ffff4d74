//! [`Tree`]: what can be written as YAML or JSON without being copied into another tree first.

use super::{Data, Str, StrMap};

/// A value of Go's, seen one level deep.
#[derive(Debug)]
pub enum View<'a, T> {
    /// nil
    Null,
    /// A bool.
    Bool(bool),
    /// A signed integer of any width.
    Int(i64),
    /// An unsigned integer of any width.
    Uint(u64),
    /// A float64.
    Float(f64),
    /// A string.
    Str(&'a [u8]),
    /// A `[]byte`: base64 in JSON, a list of numbers in YAML.
    Bytes(&'a [u8]),
    /// A `time.Duration` in nanoseconds: a number in JSON, `1h0m0s` in YAML.
    Duration(i64),
    /// A `time.Time` as a text: a string in JSON, plain in go-yaml v3. Some cannot be written as JSON, with Go's words.
    Time(&'a [u8], Option<&'a str>),
    /// A slice.
    List(&'a [T]),
    /// A value of a type that can be written as neither, by its Go name.
    Unsupported(&'static str),
    /// A map with string keys.
    Map(&'a StrMap<T>),
    /// A struct, whose fields keep their order in JSON and in go-yaml v3: its fields as JSON names them and as go-yaml does.
    Fields(&'a [(Str, T)], &'a [(Str, T)]),
    /// A slice that is nil: null, in go-yaml v3 an empty list.
    NilList,
    /// A map that is nil: null, in go-yaml v3 an empty map.
    NilMap,
}

/// A tree of Go values that can be looked at level by level.
pub trait Tree: Sized {
    /// Calls a function with the view of this value; borrows that the view needs end when the function returns.
    fn view<R>(&self, look: impl FnOnce(View<'_, Self>) -> R) -> R;
}

impl Tree for Data {
    fn view<R>(&self, look: impl FnOnce(View<'_, Self>) -> R) -> R {
        look(match self {
            Self::Null => View::Null,
            Self::Bool(value) => View::Bool(*value),
            Self::Int(value) => View::Int(*value),
            Self::Float(value) => View::Float(*value),
            Self::String(text) => View::Str(text),
            Self::List(items) => View::List(items),
            Self::Map(map) => View::Map(map),
        })
    }
}
