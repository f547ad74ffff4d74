//! Dates and durations.

use super::times::{TIME, TimeHost, time_argument};
use super::{Context, Failure, Function, Param, arguments};
use crate::helm::go::time::{self, Time, Zone};
use crate::helm::go::types::duration_text;
use crate::helm::value::{Number, Value};

const SECOND: i64 = 1_000_000_000;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "now", params: &[], variadic: None, body: now },
    Function { name: "date", params: &[Param::Str, Param::Any], variadic: None, body: date },
    Function { name: "dateInZone", params: &[Param::Str, Param::Any, Param::Str], variadic: None, body: date_in_zone },
    Function {
        name: "date_in_zone",
        params: &[Param::Str, Param::Any, Param::Str],
        variadic: None,
        body: date_in_zone,
    },
    Function { name: "htmlDate", params: &[Param::Any], variadic: None, body: html_date },
    Function { name: "htmlDateInZone", params: &[Param::Any, Param::Str], variadic: None, body: html_date_in_zone },
    Function { name: "dateModify", params: &[Param::Str, TIME], variadic: None, body: date_modify },
    Function { name: "date_modify", params: &[Param::Str, TIME], variadic: None, body: date_modify },
    Function { name: "mustDateModify", params: &[Param::Str, TIME], variadic: None, body: must_date_modify },
    Function { name: "must_date_modify", params: &[Param::Str, TIME], variadic: None, body: must_date_modify },
    Function { name: "toDate", params: &[Param::Str, Param::Str], variadic: None, body: to_date },
    Function { name: "mustToDate", params: &[Param::Str, Param::Str], variadic: None, body: must_to_date },
    Function { name: "ago", params: &[Param::Any], variadic: None, body: ago },
    Function { name: "duration", params: &[Param::Any], variadic: None, body: duration },
    Function { name: "durationRound", params: &[Param::Any], variadic: None, body: duration_round },
    Function { name: "unixEpoch", params: &[TIME], variadic: None, body: unix_epoch },
];

fn now(context: &mut dyn Context, _: &[Value]) -> Result<Value, Failure> {
    current(context, "now").map(TimeHost::value)
}

fn date(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let time = date_of(context, "date", arguments::any(arguments, 1))?;
    Ok(Value::str(time.with_zone(Zone::Local).format(arguments::text(arguments, 0)?)))
}

fn date_in_zone(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let time = date_of(context, "dateInZone", arguments::any(arguments, 1))?;
    let zone = zone(arguments::text(arguments, 2)?);
    Ok(Value::str(time.with_zone(zone).format(arguments::text(arguments, 0)?)))
}

fn html_date(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let time = date_of(context, "htmlDate", arguments::any(arguments, 0))?;
    Ok(Value::str(time.with_zone(Zone::Local).format(b"2006-01-02")))
}

fn html_date_in_zone(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let time = date_of(context, "htmlDateInZone", arguments::any(arguments, 0))?;
    Ok(Value::str(time.with_zone(zone(arguments::text(arguments, 1)?)).format(b"2006-01-02")))
}

fn date_modify(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let time = time_argument(arguments, 1)?;
    Ok(match time::parse_duration(arguments::text(arguments, 0)?) {
        Ok(duration) => TimeHost::value(time.add(duration)),
        Err(_) => arguments::any(arguments, 1).clone(),
    })
}

fn must_date_modify(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let time = time_argument(arguments, 1)?;
    Ok(TimeHost::value(time.add(time::parse_duration(arguments::text(arguments, 0)?)?)))
}

fn to_date(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let time = Time::parse(arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(TimeHost::value(time.unwrap_or_else(|_| Time::zero())))
}

fn must_to_date(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Time::parse(arguments::text(arguments, 0)?, arguments::text(arguments, 1)?)
        .map(TimeHost::value)
        .map_err(|error| Failure::Error(error.to_string()))
}

fn ago(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let now = current(context, "ago")?;
    let then = known_date(arguments::any(arguments, 0)).unwrap_or_else(|| now.clone());
    Ok(Value::str(duration_text(time::round_duration(now.since(&then), SECOND))))
}

fn duration(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let seconds = match arguments::any(arguments, 0) {
        Value::Str(text) => parse_seconds(text),
        Value::Int64(seconds) => *seconds,
        _ => 0,
    };
    Ok(Value::str(duration_text(seconds.wrapping_mul(SECOND))))
}

/// Go's `ParseInt`, of which the error is ignored: beyond the range its value is the end of the range.
fn parse_seconds(text: &[u8]) -> i64 {
    use crate::helm::go::strconv::{NumberError, parse_int};
    match parse_int(text, 10) {
        Ok(seconds) => seconds,
        Err(NumberError::Range) if text.starts_with(b"-") => i64::MIN,
        Err(NumberError::Range) => i64::MAX,
        Err(_) => 0,
    }
}

fn duration_round(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let duration = match arguments::any(arguments, 0) {
        Value::Str(text) => time::parse_duration(text).unwrap_or(0),
        Value::Int64(nanoseconds) => *nanoseconds,
        Value::Host(host) => match arguments::as_host::<TimeHost>(host) {
            Some(host) => current(context, "durationRound")?.since(&host.time),
            None => 0,
        },
        _ => 0,
    };
    let nanoseconds = duration.unsigned_abs();
    let hour = 3_600 * SECOND as u64;
    let units = [
        (hour * 24 * 365, "y"),
        (hour * 24 * 30, "mo"),
        (hour * 24, "d"),
        (hour, "h"),
        (60 * SECOND as u64, "m"),
        (SECOND as u64, "s"),
    ];
    let shown = units.iter().find(|(unit, _)| nanoseconds > *unit);
    Ok(Value::str(shown.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", nanoseconds / unit))))
}

fn unix_epoch(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(time_argument(arguments, 0)?.unix().to_string()))
}

fn current(context: &mut dyn Context, function: &'static str) -> Result<Time, Failure> {
    context.now(function).map(Time::from_unix_nanoseconds)
}

/// A time, or seconds since 1970; anything else is now.
fn date_of(context: &mut dyn Context, function: &'static str, value: &Value) -> Result<Time, Failure> {
    match value {
        Value::Number(Number::Int32(seconds)) => Ok(Time::from_unix((*seconds).into())),
        value => known_date(value).map_or_else(|| current(context, function), Ok),
    }
}

fn known_date(value: &Value) -> Option<Time> {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => Some(Time::from_unix(*seconds)),
        Value::Host(host) => arguments::as_host::<TimeHost>(host).map(|host| host.time.clone()),
        _ => None,
    }
}

/// A zone that is not known is UTC.
fn zone(name: &[u8]) -> Zone {
    std::str::from_utf8(name).ok().and_then(Zone::load).unwrap_or(Zone::Utc)
}
