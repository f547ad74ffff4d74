//! What Go's reflection says of a value: the names of its type and kind, and whether it is true or empty.

use std::borrow::Cow;

use super::time::{MONTHS, WEEKDAYS};
use crate::helm::profile::Profile;
use crate::helm::value::{ListType, MapType, Number, Value};

/// Returns the type as `%T` and `typeOf` print it.
pub fn type_name(value: &Value, profile: Profile) -> Cow<'_, str> {
    Cow::Borrowed(match value {
        Value::Nil | Value::Invalid => "<nil>",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Int64(_) => "int64",
        Value::Float(_) => "float64",
        Value::Str(_) => "string",
        Value::Bytes(_) => "[]uint8",
        Value::List(list) => list_type_name(list.list_type()),
        Value::Map(map) => map_type_name(map.map_type(), profile),
        Value::Number(number) => number_type_name(*number),
        Value::Host(host) => host.type_name(),
    })
}

/// Returns the name of a slice type.
pub fn list_type_name(list_type: ListType) -> &'static str {
    match list_type {
        ListType::Any => "[]interface {}",
        ListType::Strings => "[]string",
        ListType::Ints => "[]int",
        ListType::Floats => "[]float64",
        ListType::Named(name) => name,
    }
}

/// Returns the name of a map type.
pub fn map_type_name(map_type: MapType, profile: Profile) -> &'static str {
    match map_type {
        MapType::Any => "map[string]interface {}",
        MapType::Strings => "map[string]string",
        MapType::Values => profile.rules().types.values,
        MapType::Named(name) => name,
    }
}

fn number_type_name(number: Number) -> &'static str {
    match number {
        Number::Duration(_) => "time.Duration",
        Number::Month(_) => "time.Month",
        Number::Weekday(_) => "time.Weekday",
        Number::Uint8(_) | Number::Int32(_) | Number::Uint32(_) | Number::Uint64(_) | Number::Complex(..) => {
            number_kind_name(number)
        }
    }
}

fn number_kind_name(number: Number) -> &'static str {
    match number {
        Number::Uint8(_) => "uint8",
        Number::Int32(_) => "int32",
        Number::Uint32(_) => "uint32",
        Number::Uint64(_) => "uint64",
        Number::Complex(..) => "complex128",
        Number::Duration(_) => "int64",
        Number::Month(_) | Number::Weekday(_) => "int",
    }
}

/// Returns the kind as `kindOf` prints it.
pub fn kind_name(value: &Value) -> &'static str {
    match value {
        Value::Nil | Value::Invalid => "invalid",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Int64(_) => "int64",
        Value::Float(_) => "float64",
        Value::Str(_) => "string",
        Value::Bytes(_) | Value::List(_) => "slice",
        Value::Map(_) => "map",
        Value::Number(number) => number_kind_name(*number),
        Value::Host(host) => host.kind(),
    }
}

/// Tells whether a value is true in an `if`: not zero, not empty, not nil.
pub fn truth(value: &Value) -> bool {
    match value {
        Value::Nil | Value::Invalid => false,
        Value::Bool(value) => *value,
        Value::Int(value) | Value::Int64(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::Str(text) | Value::Bytes(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.is_empty(),
        Value::Number(Number::Complex(real, imaginary)) => *real != 0.0 || *imaginary != 0.0,
        Value::Number(number) => integer(*number) != 0,
        Value::Host(host) => host.truth(),
    }
}

/// Returns a number of a rarer type as a whole number; a complex one, which is none, gives zero.
pub fn integer(number: Number) -> i128 {
    match number {
        Number::Uint8(value) => value.into(),
        Number::Int32(value) => value.into(),
        Number::Uint32(value) => value.into(),
        Number::Uint64(value) => value.into(),
        Number::Duration(value) | Number::Month(value) | Number::Weekday(value) => value.into(),
        Number::Complex(..) => 0,
    }
}

/// Returns what the `String` method of a number's type gives: durations, months, weekdays have one.
pub fn number_text(number: Number) -> Option<String> {
    match number {
        Number::Duration(nanoseconds) => Some(duration_text(nanoseconds)),
        Number::Month(month) => Some(name_of(&MONTHS, month, 1, "Month")),
        Number::Weekday(day) => Some(name_of(&WEEKDAYS, day, 0, "Weekday")),
        Number::Uint8(_) | Number::Int32(_) | Number::Uint32(_) | Number::Uint64(_) | Number::Complex(..) => None,
    }
}

fn name_of(names: &[&str], number: i64, first: i64, type_name: &str) -> String {
    let index = number.checked_sub(first).and_then(|index| usize::try_from(index).ok());
    index.and_then(|index| names.get(index)).map_or_else(
        // Go writes the number as an unsigned one.
        || format!("%!{type_name}({})", number as u64),
        |&name| name.to_owned(),
    )
}

/// Returns a duration as Go prints it: `1h15m30.5s`, `1.5ms`, `0s`.
pub fn duration_text(nanoseconds: i64) -> String {
    let size = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let fraction = |value: u64, digits: usize| {
        let text = format!("{value:0digits$}");
        let shown = text.trim_end_matches('0');
        if shown.is_empty() { String::new() } else { format!(".{shown}") }
    };
    match size {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{size}ns"),
        1_000..1_000_000 => format!("{sign}{}{}µs", size / 1_000, fraction(size % 1_000, 3)),
        1_000_000..1_000_000_000 => format!("{sign}{}{}ms", size / 1_000_000, fraction(size % 1_000_000, 6)),
        _ => {
            let (seconds, rest) = (size / 1_000_000_000, fraction(size % 1_000_000_000, 9));
            let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
            match (hours, minutes) {
                (0, 0) => format!("{sign}{seconds}{rest}s"),
                (0, _) => format!("{sign}{minutes}m{seconds}{rest}s"),
                _ => format!("{sign}{hours}h{minutes}m{seconds}{rest}s"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_durations_as_go_does() {
        let texts =
            [0, 1, 1_500, 2_000_000, 1_234_567_890, -60_000_000_000, 5_445_500_000_000, i64::MIN].map(duration_text);
        let expected = ["0s", "1ns", "1.5µs", "2ms", "1.23456789s", "-1m0s", "1h30m45.5s", "-2562047h47m16.854775808s"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn names_months_and_what_is_none() {
        assert_eq!(number_text(Number::Month(1)).as_deref(), Some("January"));
        assert_eq!(number_text(Number::Month(13)).as_deref(), Some("%!Month(13)"));
        assert_eq!(number_text(Number::Weekday(6)).as_deref(), Some("Saturday"));
    }
}
