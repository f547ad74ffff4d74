//! Go's own functions: `print`, `printf`, `println`, `len`, `index`, `not`, `html`, `js`, `urlquery`, `call`.
//!
//! Go's `slice` is not here: Helm has sprig's in its place. `and` and `or` do not evaluate all their arguments; the template compiler turns them into jumps.

use super::arguments::any;
use super::{Context, Failure, Function, Param, convert};
use crate::helm::go::{fmt, quote, types, utf8};
use crate::helm::profile::Profile;
use crate::helm::value::{MapType, Number, Value};
use crate::yaml::Str;

/// Go's `panic` for a value that is not there.
const ZERO_VALUE: &str = "reflect: call of reflect.Value.Type on zero Value";

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "and", params: &[Param::Reflect], variadic: Some(Param::Reflect), body: compiled },
    Function { name: "or", params: &[Param::Reflect], variadic: Some(Param::Reflect), body: compiled },
    Function { name: "call", params: &[Param::Reflect], variadic: Some(Param::Reflect), body: call },
    Function { name: "html", params: &[], variadic: Some(Param::Any), body: html },
    Function { name: "index", params: &[Param::Reflect], variadic: Some(Param::Reflect), body: index },
    Function { name: "js", params: &[], variadic: Some(Param::Any), body: js },
    Function { name: "len", params: &[Param::Reflect], variadic: None, body: len },
    Function { name: "not", params: &[Param::Reflect], variadic: None, body: not },
    Function { name: "print", params: &[], variadic: Some(Param::Any), body: print },
    Function { name: "printf", params: &[Param::Str], variadic: Some(Param::Any), body: printf },
    Function { name: "println", params: &[], variadic: Some(Param::Any), body: println },
    Function { name: "urlquery", params: &[], variadic: Some(Param::Any), body: urlquery },
];

fn compiled(_: &mut dyn Context, _: &[Value]) -> Result<Value, Failure> {
    Err(Failure::NotBuilt("and and or outside a template".to_owned()))
}

/// The template compiler puts the text of the called expression before the arguments. No value is a function, so no call
/// succeeds.
fn call(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let called = any(arguments, 1);
    if matches!(called, Value::Nil | Value::Invalid) {
        return Err("call of nil".into());
    }
    let type_name = types::type_name(called, context.profile());
    let name = match (any(arguments, 0), called) {
        (Value::Str(name), _) | (_, Value::Str(name)) => name.to_string(),
        _ => format!("<{type_name} Value>"),
    };
    Err(Failure::Error(format!("non-function {name} of type {type_name}")))
}

fn print(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = convert::printed(context, |printing| fmt::sprint(arguments, printing))?;
    spent(context, text)
}

fn println(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = convert::printed(context, |printing| fmt::sprintln(arguments, printing))?;
    spent(context, text)
}

fn printf(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (Value::Str(format), rest) = (any(arguments, 0), arguments.get(1..).unwrap_or_default()) else {
        return Err("printf without a format".into());
    };
    let text = convert::printed(context, |printing| fmt::sprintf(format, rest, printing))?;
    spent(context, text)
}

fn spent(context: &mut dyn Context, text: Vec<u8>) -> Result<Value, Failure> {
    context.spend(text.len())?;
    Ok(Value::str(text))
}

fn not(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(!types::truth(any(arguments, 0))))
}

fn len(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let length = match any(arguments, 0) {
        Value::Nil => return Err("len of nil pointer".into()),
        Value::Invalid => return Err(ZERO_VALUE.into()),
        Value::Str(text) | Value::Bytes(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        other => {
            let type_name = types::type_name(other, context.profile());
            return Err(Failure::Error(format!("len of type {}", pointee(&type_name))));
        }
    };
    Ok(Value::Int(length as i64))
}

/// Go looks through pointers.
fn pointee(type_name: &str) -> &str {
    type_name.strip_prefix('*').unwrap_or(type_name)
}

fn index(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let profile = context.profile();
    let Some((item, indexes)) = arguments.split_first() else { return Err("index of untyped nil".into()) };
    if matches!(item, Value::Nil | Value::Invalid) {
        return Err("index of untyped nil".into());
    }
    let mut item = item.clone();
    for index in indexes {
        item = match &item {
            Value::Nil | Value::Invalid => return Err("index of nil pointer".into()),
            Value::List(list) => {
                let at = index_argument(index, list.len(), profile)?;
                list.get(at).ok_or("reflect: slice index out of range")?
            }
            Value::Str(text) => {
                let at = index_argument(index, text.len(), profile)?;
                byte_at(text, at, "string")?
            }
            Value::Bytes(bytes) => {
                let at = index_argument(index, bytes.len(), profile)?;
                byte_at(bytes, at, "slice")?
            }
            Value::Map(map) => match index {
                Value::Str(key) => map.get(key).unwrap_or_else(|| zero_of(map.map_type())),
                Value::Nil | Value::Invalid => return Err("value is nil; should be of type string".into()),
                other => {
                    let type_name = types::type_name(other, profile);
                    return Err(Failure::Error(format!("value has type {type_name}; should be string")));
                }
            },
            other => {
                let type_name = types::type_name(other, profile);
                return Err(Failure::Error(format!("can't index item of type {}", pointee(&type_name))));
            }
        };
    }
    Ok(item)
}

/// What a key that is missing in a map gives.
fn zero_of(map_type: MapType) -> Value {
    match map_type {
        MapType::Any | MapType::Values => Value::Nil,
        MapType::Strings => Value::str(""),
        MapType::Named(_) => Value::Bytes(Str::default()),
    }
}

fn byte_at(text: &[u8], at: usize, kind: &str) -> Result<Value, Failure> {
    let byte = text.get(at).ok_or_else(|| format!("reflect: {kind} index out of range"))?;
    Ok(Value::Number(Number::Uint8(*byte)))
}

/// Reads an index; Go allows the length itself here, and fails a little later.
fn index_argument(index: &Value, length: usize, profile: Profile) -> Result<usize, Failure> {
    let number = match index {
        Value::Int(number) | Value::Int64(number) => i128::from(*number),
        Value::Number(number) if !matches!(number, Number::Complex(..)) => types::integer(*number),
        Value::Nil | Value::Invalid => return Err("cannot index slice/array with nil".into()),
        other => {
            let type_name = types::type_name(other, profile);
            return Err(Failure::Error(format!("cannot index slice/array with type {type_name}")));
        }
    };
    usize::try_from(number)
        .ok()
        .filter(|at| *at <= length)
        .ok_or_else(|| Failure::Error(format!("index out of range: {number}")))
}

fn html(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = joined(context, arguments)?;
    let mut out = Vec::with_capacity(text.len());
    for byte in &text {
        match byte {
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            b'"' => out.extend_from_slice(b"&#34;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            byte => out.push(*byte),
        }
    }
    spent(context, out)
}

fn js(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = joined(context, arguments)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some(&byte) = rest.first() {
        let (rune, width) = utf8::decode(rest);
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\'' => out.extend_from_slice(b"\\'"),
            b'"' => out.extend_from_slice(b"\\\""),
            b'<' | b'>' | b'&' | b'=' | 0..b' ' => out.extend_from_slice(format!("\\u{byte:04X}").as_bytes()),
            b' '..=0x7f => out.push(byte),
            _ if quote::is_print(rune) => out.extend_from_slice(&rest[..width]),
            _ => out.extend_from_slice(format!("\\u{:04X}", u32::from(rune)).as_bytes()),
        }
        rest = &rest[width..];
    }
    spent(context, out)
}

fn urlquery(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = joined(context, arguments)?;
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(byte),
            b' ' => out.push(b'+'),
            byte => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    spent(context, out)
}

/// Prints the arguments as the output of a template would: nil is `<no value>`, pointers are followed.
fn joined(context: &mut dyn Context, arguments: &[Value]) -> Result<Vec<u8>, Failure> {
    let arguments: Vec<Value> = arguments
        .iter()
        .map(|argument| match argument {
            Value::Nil | Value::Invalid => Value::str("<no value>"),
            Value::Host(host) => {
                let pointee = host.pointee().map(|pointee| pointee.copied().unwrap_or(Value::Host(pointee)));
                pointee.unwrap_or_else(|| argument.clone())
            }
            other => other.clone(),
        })
        .collect();
    convert::printed(context, |printing| fmt::sprint(&arguments, printing))
}
