//! Runs rows made by Go's own fmt and strconv: `format TAB arguments TAB expected`, see `data/go_fmt.tsv`.
//!
//! The first column is a format (or `int0`, `int10`, `float`, `quote`); the second names the arguments: a number is one of
//! [`values`], `a` and a number one of [`lists`], `f` and hexadecimal digits the bits of a float.

use std::fmt::Write as _;

use plainsail::helm::go::strconv::{parse_float, parse_int};
use plainsail::helm::go::{fmt, quote};
use plainsail::helm::profile::Profile;
use plainsail::helm::value::{List, ListType, Map, MapType, Number, Value};
use plainsail::yaml::Str;

fn map(map_type: MapType, entries: Vec<(&str, Value)>) -> Value {
    Value::Map(Map::from_entries(map_type, entries.into_iter().map(|(key, value)| (Str::from(key), value))))
}

fn values() -> Vec<Value> {
    let text = |text: &str| Value::str(text);
    let bytes = |bytes: &[u8]| Value::Bytes(Str::from(bytes));
    vec![
        Value::Nil,
        Value::Bool(true),
        Value::Int(1),
        Value::Int(-5),
        Value::Int(0),
        Value::Int64(123_456),
        Value::Int64(i64::MIN),
        Value::Float(3.0),
        Value::Float(-7.25),
        Value::Float(0.0),
        Value::Float(-0.0),
        Value::Float(1e6),
        Value::Float(999_999.0),
        Value::Float(1e21),
        Value::Float(1e-5),
        Value::Float(123_456_789.123),
        Value::Float(f64::INFINITY),
        Value::Float(f64::NEG_INFINITY),
        Value::Float(f64::NAN),
        Value::Float(5e-324),
        Value::Float(f64::MAX),
        Value::Float(0.1),
        Value::Float(2.5),
        text(""),
        text("hello"),
        Value::Str(Str::from(&b"h\xff\xc3\xa9\n\"\xf0\x9f\x98\x80`"[..])),
        text("日本"),
        bytes(b"a\0z"),
        Value::list(vec![
            Value::Int(1),
            text("a"),
            Value::Nil,
            Value::Float(2.5),
            Value::list(vec![Value::Bool(true)]),
        ]),
        Value::strings(["x", "y z"]),
        map(
            MapType::Any,
            vec![("b", Value::Float(1.5)), ("a", Value::Nil), ("c", map(MapType::Any, vec![("d", text("e"))]))],
        ),
        map(MapType::Strings, vec![("k", text("v"))]),
        Value::Number(Number::Uint8(65)),
        Value::Number(Number::Int32(-3)),
        Value::Number(Number::Uint64(1 << 63)),
        Value::Number(Number::Duration(90_500_000_000)),
        Value::Number(Number::Month(2)),
        Value::Number(Number::Weekday(9)),
        Value::List(List::new(ListType::Ints, vec![Value::Int(1), Value::Int(2)])),
        Value::List(List::new(ListType::Floats, vec![Value::Float(1.0), Value::Float(1e7)])),
        Value::list(Vec::new()),
        Value::map(),
        Value::list(vec![bytes(b"hi"), Value::Number(Number::Duration(5))]),
        Value::Float(1e5),
        Value::Int(65),
        Value::Int(0x1_F600),
        Value::Int(0xD800),
    ]
}

#[expect(clippy::approx_constant, reason = "the number that the table was made with")]
fn lists() -> Vec<Vec<Value>> {
    let int = Value::Int;
    vec![
        vec![],
        vec![int(1)],
        vec![int(1), int(2)],
        vec![int(3), Value::Float(4.5), int(6)],
        vec![Value::str("a"), Value::Nil, Value::Bool(true)],
        vec![int(-5), int(7)],
        vec![int(5), int(-3)],
        vec![int(2_000_000), int(1)],
        vec![Value::Int64(6), Value::str("x")],
        vec![int(2), Value::Float(3.14159)],
    ]
}

/// Undoes Go's `strconv.QuoteToASCII`.
pub(crate) fn unquote(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut letters = text[1..text.len() - 1].chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let digits = match letters.next().expect("an escape") {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            short => {
                let index = "abfnrtv\\\"".find(short).expect("a known escape");
                out.push(b"\x07\x08\x0c\n\r\t\x0b\\\""[index]);
                continue;
            }
        };
        let code = letters.by_ref().take(digits).fold(0, |code, digit| code * 16 + digit.to_digit(16).expect("hex"));
        match digits {
            2 => out.push(u8::try_from(code).expect("a byte")),
            _ => out.extend_from_slice(char::from_u32(code).expect("a rune").to_string().as_bytes()),
        }
    }
    out
}

fn parsed<T>(
    function: &str,
    text: &[u8],
    result: Result<T, plainsail::helm::go::strconv::NumberError>,
    show: fn(T) -> Value,
) -> Vec<u8> {
    match result {
        Ok(number) => fmt::display(&show(number), Profile::V4).expect("a number").to_vec(),
        Err(error) => format!("err {}", error.message(function, text)).into_bytes(),
    }
}

fn run(format: &str, arguments: &str) -> Vec<u8> {
    let sprintf = |format: &[u8], arguments: &[Value]| match fmt::sprintf(format, arguments, Profile::V4) {
        Ok(text) => text,
        Err(error) => error.to_string().into_bytes(),
    };
    match format {
        "int0" => parsed("ParseInt", &unquote(arguments), parse_int(&unquote(arguments), 0), Value::Int),
        "int10" => parsed("ParseInt", &unquote(arguments), parse_int(&unquote(arguments), 10), Value::Int),
        "float" => parsed("ParseFloat", &unquote(arguments), parse_float(&unquote(arguments)), Value::Float),
        "quote" => {
            let rune = char::from_u32(arguments.parse().expect("a number")).expect("a rune");
            quote::quote(rune.to_string().as_bytes())
        }
        _ if arguments.starts_with('a') => {
            sprintf(&unquote(format), &lists()[arguments[1..].parse::<usize>().expect("an index")])
        }
        _ if arguments.starts_with('f') => {
            let bits = u64::from_str_radix(&arguments[1..], 16).expect("bits");
            sprintf(format.as_bytes(), &[Value::Float(f64::from_bits(bits))])
        }
        _ => sprintf(format.as_bytes(), &values()[arguments.parse::<usize>().expect("an index")..][..1]),
    }
}

#[test]
fn prints_and_parses_as_go_does() {
    let path = std::env::var("PLAINSAIL_GO_FMT")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tables/data/go_fmt.tsv").to_owned());
    let table = std::fs::read_to_string(path).expect("the table");
    let (mut total, mut wrong, mut report) = (0, 0, String::new());
    for line in table.lines() {
        let [format, arguments, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("a row: {line}") };
        let (got, expected) = (run(format, arguments), unquote(expected));
        total += 1;
        if got != expected {
            wrong += 1;
            if wrong <= 40 {
                let _ = writeln!(
                    report,
                    "{format:?} {arguments}: {:?}, expected {:?}",
                    String::from_utf8_lossy(&got[..got.len().min(99)]),
                    String::from_utf8_lossy(&expected[..expected.len().min(99)])
                );
            }
        }
    }
    println!("go_fmt: {} of {total} equal", total - wrong);
    assert!(wrong == 0, "{report}");
}
