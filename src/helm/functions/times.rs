//! Go's `time.Time` and `*time.Location` as templates see them, with every method that a template can call.

use std::any::Any;
use std::rc::Rc;

use super::{Failure, Param, arguments};
use crate::helm::go::time::{RFC3339_NANO, Time, Zone};
use crate::helm::value::{Host, Number, Timestamp, Value};

/// The parameter of functions that take a time.
pub(super) const TIME: Param = Param::Named("time.Time");
const LOCATION: &str = "*time.Location";

/// Seconds from Go's zero time, the first of January of the year 1, to 1970.
const BEFORE_1970: i64 = 62_135_596_800;

/// Returns an argument that is a time.
pub(super) fn time_argument(arguments: &[Value], index: usize) -> Result<&Time, Failure> {
    arguments::host::<TimeHost>(arguments, index, "time.Time").map(|host| &host.time)
}

/// A `time.Time`.
#[derive(Debug)]
pub(super) struct TimeHost {
    pub(super) time: Time,
}

impl TimeHost {
    pub(super) fn value(time: Time) -> Value {
        Value::Host(Rc::new(Self { time }))
    }
}

impl Host for TimeHost {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn kind(&self) -> &'static str {
        "struct"
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        match name {
            "String" | "GoString" | "IsZero" | "Year" | "Month" | "Day" | "Weekday" | "Hour" | "Minute" | "Second"
            | "Nanosecond" | "YearDay" | "UTC" | "Local" | "Location" | "Unix" | "UnixMilli" | "UnixMicro"
            | "UnixNano" | "MarshalJSON" | "MarshalText" | "MarshalBinary" | "GobEncode" | "IsDST" | "Clock"
            | "Date" | "ISOWeek" | "Zone" | "ZoneBounds" => Some(&[]),
            "Format" => Some(&[Param::Str]),
            "AppendFormat" => Some(&[Param::Bytes, Param::Str]),
            "AppendText" | "AppendBinary" => Some(&[Param::Bytes]),
            "After" | "Before" | "Compare" | "Equal" | "Sub" => Some(&[TIME]),
            "Add" | "Truncate" | "Round" => Some(&[Param::Duration]),
            "AddDate" => Some(&[Param::Int, Param::Int, Param::Int]),
            "In" => Some(&[Param::Named(LOCATION)]),
            _ => None,
        }
    }

    fn uncallable(&self, name: &str) -> Option<String> {
        let second = match name {
            "Clock" | "Date" => return Some(format!("function {name} has 3 return values; should be 1 or 2")),
            "ISOWeek" | "Zone" => "int",
            "ZoneBounds" => "time.Time",
            _ => return None,
        };
        Some(format!("invalid function signature for {name}: second return value should be error; is {second}"))
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Failure> {
        let time = &self.time;
        let civil = time.civil();
        let compare = || time_argument(arguments, 0).map(|other| time.compare(other));
        let duration = || match arguments.first() {
            Some(Value::Number(Number::Duration(nanoseconds))) => Ok(*nanoseconds),
            _ => Err(Failure::from("the argument is no time.Duration")),
        };
        let appended = |text: Vec<u8>| Ok([arguments::text(arguments, 0)?, &text].concat());
        let bytes = |bytes: Result<Vec<u8>, Failure>| bytes.map(|bytes| Value::Bytes(bytes.into()));
        let unix = |unit: i128| Value::Int64(time.unix_nanoseconds().div_euclid(unit) as i64);
        Ok(match name {
            "String" => Value::str(time.text()),
            "GoString" => Value::str(time.go_text()),
            "Format" => Value::str(time.format(arguments::text(arguments, 0)?)),
            "AppendFormat" => bytes(appended(time.format(arguments::text(arguments, 1)?)))?,
            "AppendText" => bytes(time.text_of("Time.AppendText").map_err(Failure::from).and_then(appended))?,
            "AppendBinary" => bytes(time.bytes().map_err(Failure::from).and_then(appended))?,
            "MarshalText" => bytes(time.text_of("Time.MarshalText").map_err(Failure::from))?,
            "MarshalBinary" | "GobEncode" => bytes(time.bytes().map_err(Failure::from))?,
            "MarshalJSON" => {
                let text = time.text_of("Time.MarshalJSON").map_err(Failure::from)?;
                Value::Bytes([b"\"", &text[..], b"\""].concat().into())
            }
            "IsZero" => Value::Bool(time.is_zero()),
            "IsDST" => Value::Bool(time.zone().is_saving(time.unix())),
            "Year" => Value::Int(civil.year),
            "Month" => Value::Number(Number::Month(civil.month)),
            "Day" => Value::Int(civil.day),
            "Weekday" => Value::Number(Number::Weekday(civil.weekday())),
            "Hour" => Value::Int(civil.hour),
            "Minute" => Value::Int(civil.minute),
            "Second" => Value::Int(civil.second),
            "Nanosecond" => Value::Int(civil.nanosecond.into()),
            "YearDay" => Value::Int(civil.day_of_year()),
            "UTC" => Self::value(time.with_zone(Zone::Utc)),
            "Local" => Self::value(time.with_zone(Zone::Local)),
            "Location" => Value::Host(Rc::new(LocationHost { zone: time.zone().clone(), is_blank: false })),
            "In" => match arguments::any(arguments, 0) {
                Value::Host(host) if let Some(host) = arguments::as_host::<LocationHost>(host) => {
                    Self::value(time.with_zone(host.zone.clone()))
                }
                _ => return Err("time: missing Location in call to Time.In".into()),
            },
            "Unix" => Value::Int64(time.unix()),
            "UnixMilli" => unix(1_000_000),
            "UnixMicro" => unix(1_000),
            "UnixNano" => unix(1),
            "After" => Value::Bool(compare()?.is_gt()),
            "Before" => Value::Bool(compare()?.is_lt()),
            "Equal" => Value::Bool(compare()?.is_eq()),
            "Compare" => Value::Int(compare()? as i64),
            "Sub" => Value::Number(Number::Duration(time.since(time_argument(arguments, 0)?))),
            "Add" => Self::value(time.add(duration()?)),
            "Truncate" => Self::value(time.truncate(duration()?)),
            "Round" => Self::value(time.round(duration()?)),
            "AddDate" => Self::value(time.add_date(
                arguments::int(arguments, 0)?,
                arguments::int(arguments, 1)?,
                arguments::int(arguments, 2)?,
            )),
            _ => return Err(Failure::NotBuilt(format!("method {name} of time.Time"))),
        })
    }

    fn print(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.time.text());
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.time.text())
    }

    fn go_text(&self) -> Option<String> {
        Some(self.time.go_text())
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(vec![
            ("wall", Value::Number(Number::Uint64(self.time.nanosecond().into()))),
            ("ext", Value::Int64(self.time.unix().saturating_add(BEFORE_1970))),
            ("loc", Value::Host(Rc::new(LocationPointer { zone: self.time.zone().clone() }))),
        ])
    }

    fn to_plain(&self) -> Value {
        Value::str(self.time.format(RFC3339_NANO))
    }

    fn equals(&self, other: &dyn Host) -> Option<bool> {
        let other = other.as_any().downcast_ref::<Self>();
        Some(
            other.is_some_and(|other| {
                self.time.compare(&other.time).is_eq() && self.time.zone().is_same(other.time.zone())
            }),
        )
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let reason = self.time.text_of("Time.MarshalJSON").err();
        Some(Timestamp {
            text: self.time.format(RFC3339_NANO),
            json_error: reason.map(|reason| format!("error calling MarshalJSON for type time.Time: {reason}")),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A `*time.Location`.
#[derive(Debug)]
struct LocationHost {
    zone: Zone,
    /// A deep copy has no name, and no offsets.
    is_blank: bool,
}

impl LocationHost {
    fn name(&self) -> &str {
        if self.is_blank { "" } else { self.zone.name() }
    }
}

impl Host for LocationHost {
    fn type_name(&self) -> &'static str {
        LOCATION
    }

    fn kind(&self) -> &'static str {
        "ptr"
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        (name == "String").then_some(&[])
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, Failure> {
        Ok(Value::str(self.name()))
    }

    fn print(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.name().as_bytes());
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.name().as_bytes().to_vec())
    }

    fn to_plain(&self) -> Value {
        // All of its fields are private.
        Value::map()
    }

    fn deep_copied(&self, _: &mut dyn FnMut(&Value) -> Result<Value, Failure>) -> Result<Option<Value>, Failure> {
        Ok(Some(Value::Host(Rc::new(Self { zone: Zone::Local, is_blank: true }))))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The pointer to a zone in a time, of which only nil can be printed, which is UTC.
#[derive(Debug)]
struct LocationPointer {
    zone: Zone,
}

impl Host for LocationPointer {
    fn type_name(&self) -> &'static str {
        LOCATION
    }

    fn kind(&self) -> &'static str {
        "ptr"
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn is_nil(&self) -> bool {
        matches!(self.zone, Zone::Utc)
    }

    fn print(&self, _: &mut Vec<u8>) {}

    fn to_plain(&self) -> Value {
        Value::str(format!("{:?}", self.zone))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
