//! The methods of `time.Duration`, `time.Month` and `time.Weekday`, which the methods of a time give.

use super::methods::Method;
use crate::helm::functions::{Context, Failure, Param};
use crate::helm::go::time::{round_duration, truncate_duration};
use crate::helm::go::types::number_text;
use crate::helm::value::{Number, Value};

pub(super) const DURATION_METHODS: &[Method] = &[
    Method { name: "Abs", params: &[], body: abs },
    Method { name: "Hours", params: &[], body: |_, value, _| parts(value, 3_600_000_000_000) },
    Method { name: "Microseconds", params: &[], body: |_, value, _| whole(value, 1_000) },
    Method { name: "Milliseconds", params: &[], body: |_, value, _| whole(value, 1_000_000) },
    Method { name: "Minutes", params: &[], body: |_, value, _| parts(value, 60_000_000_000) },
    Method { name: "Nanoseconds", params: &[], body: |_, value, _| whole(value, 1) },
    Method { name: "Round", params: &[Param::Duration], body: round },
    Method { name: "Seconds", params: &[], body: |_, value, _| parts(value, 1_000_000_000) },
    Method { name: "String", params: &[], body: text },
    Method { name: "Truncate", params: &[Param::Duration], body: truncate },
];

/// The methods of months and days of the week.
pub(super) const NAME_METHODS: &[Method] = &[Method { name: "String", params: &[], body: text }];

fn nanoseconds(value: Option<&Value>) -> Result<i64, Failure> {
    match value {
        Some(Value::Number(Number::Duration(nanoseconds))) => Ok(*nanoseconds),
        _ => Err("a duration that is none".into()),
    }
}

fn duration(nanoseconds: i64) -> Value {
    Value::Number(Number::Duration(nanoseconds))
}

fn abs(_: &mut dyn Context, value: &Value, _: &[Value]) -> Result<Value, Failure> {
    Ok(duration(nanoseconds(Some(value))?.saturating_abs()))
}

fn round(_: &mut dyn Context, value: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(duration(round_duration(nanoseconds(Some(value))?, nanoseconds(arguments.first())?)))
}

fn truncate(_: &mut dyn Context, value: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(duration(truncate_duration(nanoseconds(Some(value))?, nanoseconds(arguments.first())?)))
}

fn whole(value: &Value, unit: i64) -> Result<Value, Failure> {
    Ok(Value::Int64(nanoseconds(Some(value))? / unit))
}

/// Go adds the whole units and the rest, which is not the same as one division.
fn parts(value: &Value, unit: i64) -> Result<Value, Failure> {
    let nanoseconds = nanoseconds(Some(value))?;
    Ok(Value::Float((nanoseconds / unit) as f64 + (nanoseconds % unit) as f64 / unit as f64))
}

fn text(_: &mut dyn Context, value: &Value, _: &[Value]) -> Result<Value, Failure> {
    let text = match value {
        Value::Number(number) => number_text(*number),
        _ => None,
    };
    text.map(Value::str).ok_or_else(|| "a number without a name".into())
}
