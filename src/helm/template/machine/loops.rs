//! `range`: walking through lists, maps and numbers.

use super::{Machine, Raised};
use crate::helm::go::fmt;
use crate::helm::template::code::Code;
use crate::helm::value::{List, ListType, Map, MapType, Number, Value};
use crate::yaml::Str;

/// A loop that is running.
#[derive(Debug)]
pub(super) enum Walk {
    /// The elements of a slice; its length was fixed when the loop began.
    List {
        list: List,
        next: usize,
        length: usize,
    },
    /// The entries that a map had when the loop began.
    Map {
        entries: std::vec::IntoIter<(Str, Value)>,
        is_boxed: bool,
    },
    Bytes {
        bytes: Str,
        next: usize,
    },
    /// From zero to a number, of its type.
    Count {
        next: i64,
        end: i64,
        of: Count,
    },
}

/// The type of a counting loop's element.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    Int,
    Int64,
    Number(Number),
}

impl Machine<'_> {
    /// Begins to walk through a value; false if there is nothing in it.
    pub(super) fn begin_loop(&mut self, code: &Code, index: u32, value: Value) -> Result<bool, Raised> {
        let variables = code.loops.get(index as usize).map_or(0, |of| of.variables);
        let walk = match value {
            Value::Nil | Value::Invalid => return Ok(false),
            Value::List(list) => Walk::List { length: list.len(), list, next: 0 },
            Value::Map(map) => map_walk(&map),
            Value::Bytes(bytes) => Walk::Bytes { bytes, next: 0 },
            value => match count_of(&value) {
                Some((end, of)) if variables <= 1 => Walk::Count { next: 0, end, of },
                Some(_) => {
                    let text = fmt::display(&value, self.world.profile).unwrap_or_default();
                    return Err(format!("can't use {text} to iterate over more than one variable").into());
                }
                None => {
                    let text = fmt::display(&value, self.world.profile).unwrap_or_default();
                    return Err(format!("range can't iterate over {text}").into());
                }
            },
        };
        if walk.is_empty() {
            return Ok(false);
        }
        self.walks.push(walk);
        Ok(true)
    }

    /// Puts the next element into the loop's slots, or ends the loop and returns where to go on.
    pub(super) fn next_element(&mut self, code: &Code, index: u32) -> Option<u32> {
        let of = code.loops.get(index as usize)?;
        let Some((key, element, is_boxed)) = self.walks.last_mut().and_then(Walk::next) else {
            self.walks.pop();
            return Some(of.end);
        };
        if self.world.is_watched() {
            self.draws.label(self.walks.len(), &key, &element);
        }
        if let Some(slot) = of.index {
            self.set_slot(slot, key, false);
        }
        if let Some(slot) = of.element {
            self.set_slot(slot, element.clone(), is_boxed);
        }
        self.set_slot(of.dot, element, is_boxed);
        None
    }
}

impl Walk {
    fn is_empty(&self) -> bool {
        match self {
            Self::List { length, .. } => *length == 0,
            Self::Map { entries, .. } => entries.as_slice().is_empty(),
            Self::Bytes { bytes, .. } => bytes.is_empty(),
            Self::Count { end, .. } => *end <= 0,
        }
    }

    /// Returns the next index or key, its element, and whether that sits in an interface.
    fn next(&mut self) -> Option<(Value, Value, bool)> {
        match self {
            Self::List { list, next, length } => {
                if next >= length {
                    return None;
                }
                let element = list.get(*next)?;
                let index = Value::Int(*next as i64);
                *next += 1;
                Some((index, element, list.list_type() == ListType::Any))
            }
            Self::Map { entries, is_boxed } => {
                entries.next().map(|(key, element)| (Value::Str(key), element, *is_boxed))
            }
            Self::Bytes { bytes, next } => {
                let byte = *bytes.get(*next)?;
                let index = Value::Int(*next as i64);
                *next += 1;
                Some((index, Value::Number(Number::Uint8(byte)), false))
            }
            Self::Count { next, end, of } => {
                if next >= end {
                    return None;
                }
                let value = of.value(*next);
                *next += 1;
                Some((Value::Invalid, value, false))
            }
        }
    }
}

impl Count {
    fn value(self, number: i64) -> Value {
        match self {
            Self::Int => Value::Int(number),
            Self::Int64 => Value::Int64(number),
            Self::Number(like) => Value::Number(match like {
                Number::Uint8(_) => Number::Uint8(number as u8),
                Number::Int32(_) => Number::Int32(number as i32),
                Number::Uint32(_) => Number::Uint32(number as u32),
                Number::Uint64(_) => Number::Uint64(number as u64),
                Number::Duration(_) => Number::Duration(number),
                Number::Month(_) => Number::Month(number),
                Number::Weekday(_) => Number::Weekday(number),
                Number::Complex(..) => like,
            }),
        }
    }
}

fn map_walk(map: &Map) -> Walk {
    let entries: Vec<(Str, Value)> = map.entries().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    Walk::Map { entries: entries.into_iter(), is_boxed: matches!(map.map_type(), MapType::Any | MapType::Values) }
}

fn count_of(value: &Value) -> Option<(i64, Count)> {
    Some(match value {
        Value::Int(end) => (*end, Count::Int),
        Value::Int64(end) => (*end, Count::Int64),
        Value::Number(Number::Complex(..)) => return None,
        Value::Number(number) => {
            let end = crate::helm::go::types::integer(*number);
            (i64::try_from(end).unwrap_or(i64::MAX), Count::Number(*number))
        }
        _ => return None,
    })
}
