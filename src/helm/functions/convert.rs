//! How sprig turns values into others: `strval` for texts, spf13/cast for numbers, reflection for the elements of a list.

use super::{Context, Failure};
use crate::helm::go::printing::Printing;
use crate::helm::go::{fmt, strconv, types};
use crate::helm::value::{Number, Value};
use crate::yaml::Str;

/// What Go's runtime says when a function looks at the type of a nil.
pub(super) const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";

/// Returns a value as sprig's `strval` prints it: bytes as a text, and what has a `String` method by that.
pub(super) fn text(context: &mut dyn Context, value: &Value) -> Result<Str, Failure> {
    let text = match value {
        Value::Str(text) | Value::Bytes(text) => return Ok(text.clone()),
        Value::Number(number) if let Some(text) = types::number_text(*number) => text.into(),
        Value::Host(host) if let Some(text) = host.text() => text.into(),
        _ => printed(context, |printing| fmt::display(value, printing))?,
    };
    // Of a list every element may be the same large value.
    context.spend(text.len())?;
    Ok(text)
}

/// Prints, with addresses if there are pointers among the values: only then they are asked for.
pub(crate) fn printed<T>(
    context: &dyn Context,
    mut print: impl FnMut(Printing) -> Result<T, fmt::Error>,
) -> Result<T, Failure> {
    match print(context.profile().into()) {
        Err(fmt::Error::Address) => Ok(print(Printing::with_addresses(context.profile(), context.address()?))?),
        other => Ok(other?),
    }
}

/// Appends a value as `%v` prints it.
pub(crate) fn append_text(context: &dyn Context, out: &mut Vec<u8>, value: &Value) -> Result<(), Failure> {
    let before = out.len();
    printed(context, |printing| {
        out.truncate(before);
        fmt::append_display(out, value, printing)
    })
}

/// As [`text`], for a key of a `dict`. Charts pass the whole context as a key by mistake, and never look at it again: its text
/// holds addresses, so it gets one that no YAML can contain.
pub(super) fn key(context: &mut dyn Context, value: &Value) -> Result<Str, Failure> {
    if let Value::Str(text) = value {
        return Ok(text.clone());
    }
    match fmt::display(value, context.profile()) {
        Err(fmt::Error::Address) => Ok("\0the address of a value".into()),
        _ => text(context, value),
    }
}

/// Returns the elements of what Go calls a slice.
pub(super) fn elements(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(list) => Some(list.to_vec()),
        Value::Bytes(bytes) => Some(bytes.iter().map(|&byte| Value::Number(Number::Uint8(byte))).collect()),
        _ => None,
    }
}

/// Returns the elements of a slice, or the error of a sprig function that wants one.
pub(super) fn slice(value: &Value, complaint: &str) -> Result<Vec<Value>, Failure> {
    elements(value).ok_or_else(|| not_a_slice(value, complaint))
}

/// Returns the error of a sprig function that wants a slice: `Cannot push on type string`.
pub(super) fn not_a_slice(value: &Value, complaint: &str) -> Failure {
    match value {
        Value::Nil | Value::Invalid => Failure::from(NIL_POINTER),
        _ => Failure::Error(format!("{complaint} {}", types::kind_name(value))),
    }
}

/// Returns texts as sprig's `strslice`: of a list every element that is not nil, of another value its own text.
pub(super) fn texts(context: &mut dyn Context, value: &Value) -> Result<Vec<Str>, Failure> {
    match (value, elements(value)) {
        (Value::Nil | Value::Invalid, _) => Ok(Vec::new()),
        (_, None) => Ok(vec![text(context, value)?]),
        (_, Some(items)) => {
            items.iter().filter(|item| !matches!(item, Value::Nil)).map(|item| text(context, item)).collect()
        }
    }
}

/// Returns an int64 as `cast.ToInt64` does; what is no number is zero.
pub(super) fn int64(value: &Value) -> i64 {
    match value {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Float(number) => float_to_int(*number),
        Value::Bool(truth) => i64::from(*truth),
        Value::Str(text) => strconv::parse_int(trim_zero_decimal(text), 0).unwrap_or(0),
        Value::Number(number) => match number {
            Number::Uint8(number) => i64::from(*number),
            Number::Int32(number) => i64::from(*number),
            Number::Uint32(number) => i64::from(*number),
            Number::Uint64(number) => *number as i64,
            Number::Month(number) | Number::Weekday(number) => *number,
            Number::Duration(_) | Number::Complex(..) => 0,
        },
        _ => 0,
    }
}

/// Returns a float64 as `cast.ToFloat64` does; what is no number is zero.
pub(super) fn float64(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        Value::Str(text) => strconv::parse_float(text).unwrap_or(0.0),
        Value::Number(Number::Uint64(number)) => *number as f64,
        _ => int64(value) as f64,
    }
}

/// Converts as Go does on amd64, where what does not fit is the smallest number.
pub(super) fn float_to_int(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}

/// Cuts `.000` off the end of a number.
fn trim_zero_decimal(text: &[u8]) -> &[u8] {
    let whole = text.len() - text.iter().rev().take_while(|&&byte| byte == b'0').count();
    match &text[..whole] {
        [head @ .., b'.'] if whole < text.len() => head,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_as_cast_does() {
        let numbers = ["0x10", "010", "3.7", "12.0", "12.00", ".0", "1.0.0", "abc", "-5", "1_000"]
            .map(|text| int64(&Value::str(text)));
        assert_eq!(numbers, [16, 8, 0, 12, 12, 0, 0, 0, -5, 1000]);
        assert_eq!(float_to_int(f64::NAN), i64::MIN);
        assert_eq!(int64(&Value::Float(-3.9)), -3);
    }
}
