//! The values that templates work on: Go's `interface{}` with the types that can be seen from a template.
//!
//! A [`Value`] belongs to one rendering and one thread; what is shared between renderings is [`crate::yaml::Data`].
//! Maps and lists are references, as in Go: `set` through one alias is seen through all.

mod host;
mod list;
mod map;
mod tree;

pub use host::{Host, Timestamp};
pub use list::{List, ListType};
pub use map::{Map, MapType};

use std::rc::Rc;
use std::sync::Arc;

use crate::yaml::{Data, Str};

/// A Go value as a template sees it.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// A nil `interface {}`: a null, what a missing key gives, what a function returns for nothing.
    #[default]
    Nil,
    /// Go's zero `reflect.Value`: what a nil is once it has gone through a pipeline. Only the template machine and Go's
    /// builtins (parameters of [`Param::Reflect`](crate::helm::functions::Param::Reflect)) ever see it.
    Invalid,
    /// `bool`
    Bool(bool),
    /// `int`, the type of integer literals, `len`, `int`, list indexes.
    Int(i64),
    /// `int64`, from `--set`, `int64`, `add`.
    Int64(i64),
    /// `float64`, every number that was read from YAML or JSON.
    Float(f64),
    /// `string`
    Str(Str),
    /// `[]uint8`
    Bytes(Str),
    /// A slice: `[]interface {}`, `[]string` and others, see [`ListType`].
    List(List),
    /// A map with string keys: `map[string]interface {}` and others, see [`MapType`].
    Map(Map),
    /// A number of a rarer Go type.
    Number(Number),
    /// A Go struct or pointer with fields and methods: capabilities, files, times, versions.
    Host(Rc<dyn Host>),
}

/// A number of a Go type that templates meet seldom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// `uint8`, an element of a string or of bytes.
    Uint8(u8),
    /// `int32`, a rune.
    Int32(i32),
    /// `uint32`
    Uint32(u32),
    /// `uint64`, the parts of a version.
    Uint64(u64),
    /// `time.Duration`, in nanoseconds.
    Duration(i64),
    /// `time.Month`
    Month(i64),
    /// `time.Weekday`
    Weekday(i64),
    /// `complex128`, from a literal such as `1+2i`: real and imaginary part.
    Complex(f64, f64),
}

impl Value {
    /// Tells a nil: of no type, or a nil map or list.
    pub fn is_nil(&self) -> bool {
        match self {
            Self::Nil | Self::Invalid => true,
            Self::List(list) => list.is_nil(),
            Self::Map(map) => map.is_nil(),
            _ => false,
        }
    }

    fn is_container(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_))
    }

    /// Returns a string value.
    pub fn str(text: impl Into<Str>) -> Self {
        Self::Str(text.into())
    }

    /// Returns a `[]interface {}`.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(List::new(ListType::Any, items))
    }

    /// Returns a `[]string`.
    pub fn strings<T: Into<Str>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(List::new(ListType::Strings, items.into_iter().map(Self::str).collect()))
    }

    /// Returns a fresh, empty `map[string]interface {}`.
    pub fn map() -> Self {
        Self::Map(Map::new(MapType::Any))
    }
}

/// Drops values without recursion: a template can nest lists deeper than the stack of a thread.
fn release(mut pending: Vec<Value>) {
    while let Some(value) = pending.pop() {
        match value {
            Value::List(mut list) => {
                pending.extend(list.take_unshared().unwrap_or_default().into_iter().filter(Value::is_container));
            }
            Value::Map(mut map) => {
                pending.extend(map.take_unshared().unwrap_or_default().into_values().filter(Value::is_container));
            }
            _ => {}
        }
    }
}

impl From<&Data> for Value {
    fn from(data: &Data) -> Self {
        match data {
            Data::Null => Self::Nil,
            Data::Bool(value) => Self::Bool(*value),
            Data::Int(value) => Self::Int64(*value),
            Data::Float(value) => Self::Float(*value),
            Data::String(text) => Self::Str(text.clone()),
            Data::List(items) => Self::List(List::from_data(Arc::clone(items))),
            Data::Map(map) => Self::Map(Map::from_data(Arc::clone(map))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_value_is_dropped_without_a_deep_stack() {
        let mut value = Value::map();
        for _ in 0..200_000 {
            let outer = Map::new(MapType::Any);
            outer.insert("a".into(), Value::list(vec![value]));
            value = Value::Map(outer);
        }
        drop(value);
    }
}
