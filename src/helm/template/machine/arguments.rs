//! Arguments: whether a value fits a parameter, and what a literal is for one. Go's `validateType` and `evalArg`.

use crate::helm::functions::{Function, Param};
use crate::helm::go::types;
use crate::helm::profile::Profile;
use crate::helm::template::ast::Number;
use crate::helm::template::code::{Constant, Literal};
use crate::helm::template::literal::{self, has_float_syntax};
use crate::helm::value::{ListType, MapType, Number as GoNumber, Value};

/// Checks a value for a parameter, and converts it where Go assigns between types.
pub(super) fn check(value: Value, param: Param, profile: Profile) -> Result<Value, String> {
    let fits = match (&value, param) {
        (Value::Invalid, _) => {
            let nil = nil_for(param).as_ref().map(super::value_of);
            return nil.ok_or_else(|| format!("invalid value; expected {}", param.type_name()));
        }
        (_, Param::Any | Param::Reflect)
        | (Value::Str(_), Param::Str)
        | (Value::Bool(_), Param::Bool)
        | (Value::Int(_), Param::Int)
        | (Value::Int64(_), Param::Int64)
        | (Value::Number(GoNumber::Uint32(_)), Param::Uint32)
        | (Value::Float(_), Param::Float)
        | (Value::Number(GoNumber::Duration(_)), Param::Duration)
        | (Value::Bytes(_), Param::Bytes) => true,
        (Value::Map(map), Param::Map) => match map.map_type() {
            MapType::Any => true,
            MapType::Values => return Ok(Value::Map(map.retyped(MapType::Any))),
            _ => false,
        },
        (Value::List(list), Param::List) => list.list_type() == ListType::Any,
        (Value::List(list), Param::Strings) => match list.list_type() {
            ListType::Strings => true,
            // A named type of the same elements.
            ListType::Named(name) => name.ends_with(".VersionSet"),
            _ => false,
        },
        (value, Param::Named(name)) => types::type_name(value, profile) == name,
        _ => false,
    };
    if fits {
        return Ok(value);
    }
    let found = if matches!(value, Value::Nil) { "interface {}".into() } else { types::type_name(&value, profile) };
    Err(format!("wrong type for value; expected {}; got {found}", param.type_name()))
}

/// Makes of values what a call passes: an invalid one is nil, a struct is copied. Parameters that take any `reflect.Value`
/// get the value as it is.
pub(super) fn pass(function: &Function, arguments: &mut [Value]) {
    for (index, argument) in arguments.iter_mut().enumerate() {
        if matches!(argument, Value::Invalid | Value::Host(_)) {
            let param = function.params.get(index).copied().or(function.variadic);
            if param == Some(Param::Reflect) {
                continue;
            }
            let passed = match argument {
                Value::Host(host) => host.copied(),
                _ => Some(Value::Nil),
            };
            if let Some(passed) = passed {
                *argument = passed;
            }
        }
    }
}

/// Makes of a value what a template gets that a function runs.
pub(super) fn passed(value: Value) -> Value {
    match &value {
        Value::Nil => Value::Invalid,
        Value::Host(host) => host.copied().unwrap_or(value),
        _ => value,
    }
}

/// Returns what an invalid value or a literal nil is for a parameter; `None` where its type cannot be nil.
pub(in crate::helm::template) fn nil_for(param: Param) -> Option<Constant> {
    match param {
        Param::Any => Some(Constant::Nil),
        Param::Reflect => Some(Constant::Invalid),
        Param::List => Some(Constant::NilList(ListType::Any)),
        Param::Strings => Some(Constant::NilList(ListType::Strings)),
        Param::Map => Some(Constant::NilMap),
        Param::Bytes => Some(Constant::NilBytes),
        // Pointers and interfaces.
        Param::Named(name) if name.starts_with('*') || name == "io.Writer" => Some(Constant::Nil),
        Param::Str
        | Param::Bool
        | Param::Int
        | Param::Int64
        | Param::Uint32
        | Param::Float
        | Param::Duration
        | Param::Named(_) => None,
    }
}

/// Returns what a literal is for a parameter.
pub(in crate::helm::template) fn literal_for(literal: Literal<'_>, param: Param) -> Result<Constant, String> {
    match (param, literal) {
        (Param::Any | Param::Reflect, Literal::Number(number, text)) => ideal(&number, text),
        (Param::Any | Param::Reflect | Param::Bool, Literal::Bool(value)) => Ok(Constant::Bool(value)),
        (Param::Any | Param::Reflect | Param::Str, Literal::String(text)) => Ok(Constant::Str(literal::text(text))),
        (Param::Int, Literal::Number(Number { int: Some(value), .. }, _)) => Ok(Constant::Int(value)),
        (Param::Int64, Literal::Number(Number { int: Some(value), .. }, _)) => Ok(Constant::Int64(value)),
        (Param::Duration, Literal::Number(Number { int: Some(value), .. }, _)) => Ok(Constant::Duration(value)),
        // Go cuts off what does not fit.
        (Param::Uint32, Literal::Number(Number { uint: Some(value), .. }, _)) => Ok(Constant::Uint32(value as u32)),
        (Param::Float, Literal::Number(Number { float: Some(value), .. }, _)) => Ok(Constant::Float(value)),
        _ => {
            let text = match literal {
                Literal::Bool(true) => "true".into(),
                Literal::Bool(false) => "false".into(),
                Literal::Number(_, text) | Literal::String(text) => String::from_utf8_lossy(text),
            };
            Err(match param {
                Param::Bool => format!("expected bool; found {text}"),
                Param::Str => format!("expected string; found {text}"),
                Param::Int | Param::Int64 | Param::Duration => format!("expected integer; found {text}"),
                Param::Uint32 => format!("expected unsigned integer; found {text}"),
                Param::Float => format!("expected float; found {text}"),
                _ => format!("can't handle {text} for arg of type {}", param.type_name()),
            })
        }
    }
}

/// Returns the value of a number for which no type is wanted: its syntax decides.
fn ideal(number: &Number, text: &[u8]) -> Result<Constant, String> {
    if let Some((real, imaginary)) = number.complex {
        return Ok(Constant::Complex(real, imaginary));
    }
    let is_rune = text.starts_with(b"'");
    let is_hexadecimal = text.len() > 2
        && text.starts_with(b"0")
        && matches!(text.get(1), Some(b'x' | b'X'))
        && !text.iter().any(|byte| b"pP".contains(byte));
    match number {
        Number { float: Some(value), .. } if !is_hexadecimal && !is_rune && has_float_syntax(text) => {
            Ok(Constant::Float(*value))
        }
        Number { int: Some(value), .. } => Ok(Constant::Int(*value)),
        Number { uint: Some(_), .. } => Err(format!("{} overflows int", String::from_utf8_lossy(text))),
        _ => Ok(Constant::Invalid),
    }
}
