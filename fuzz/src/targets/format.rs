//! `printf`: the first line is the format; each byte after it an argument.

use plainsail::helm::Profile;
use plainsail::helm::go::fmt::{display, sprint, sprintf, sprintln};
use plainsail::helm::value::{List, ListType, Map, MapType, Number, Value};
use plainsail::yaml::Str;

/// The longest text that a short format may give: two numbers of a width and a precision of a million each.
const LONGEST: usize = 64 << 20;

/// Formats with arguments.
pub(crate) fn format(input: &[u8]) {
    let (format, arguments) = super::first_line(input);
    let arguments: Vec<Value> = arguments.iter().take(6).map(|byte| argument(*byte)).collect();
    for profile in [Profile::V4, Profile::V3] {
        let printed = sprintf(format, &arguments, profile);
        assert_eq!(printed, sprintf(format, &arguments, profile));
        assert!(printed.is_err() || printed.is_ok_and(|printed| printed.len() <= LONGEST));
        let _ = (sprint(&arguments, profile), sprintln(&arguments, profile));
        for argument in &arguments {
            let _ = display(argument, profile);
        }
    }
}

fn argument(byte: u8) -> Value {
    let bytes = |bytes: &[u8]| Value::Bytes(Str::from(bytes));
    match byte {
        b'n' => Value::Nil,
        b't' => Value::Bool(true),
        b'i' => Value::Int(-5),
        b'j' => Value::Int64(i64::MIN),
        b'k' => Value::Int(0x1_F600),
        b'f' => Value::Float(-7.25),
        b'g' => Value::Float(1e21),
        b'h' => Value::Float(f64::NAN),
        b'I' => Value::Float(f64::NEG_INFINITY),
        b'e' => Value::Float(5e-324),
        b's' => Value::str("hello"),
        b'u' => Value::Str(Str::from(&b"h\xff\xc3\xa9\n\"\xf0\x9f\x98\x80`"[..])),
        b'b' => bytes(b"a\0z"),
        b'l' => Value::list(vec![Value::Int(1), Value::str("a"), Value::Nil, bytes(b"x")]),
        b'L' => Value::strings(["x", "y z"]),
        b'm' => {
            Value::Map(Map::from_entries(MapType::Any, [("b".into(), Value::Float(1.5)), ("a".into(), Value::Nil)]))
        }
        b'M' => Value::Map(Map::nil(MapType::Strings)),
        b'F' => Value::List(List::new(ListType::Floats, vec![Value::Float(1.0), Value::Float(1e7)])),
        b'd' => Value::Number(Number::Duration(90_500_000_000)),
        b'D' => Value::Number(Number::Month(2)),
        b'w' => Value::Number(Number::Weekday(9)),
        b'U' => Value::Number(Number::Uint64(u64::MAX)),
        b'8' => Value::Number(Number::Uint8(65)),
        other => Value::Int(i64::from(other) * 1000),
    }
}
