//! Go's comparisons: `eq`, `ne`, `lt`, `le`, `gt`, `ge`. Numbers of different types are not comparable; nil is.

use std::cmp::Ordering;

use super::arguments::any;
use super::{Context, Failure, Function, Param};
use crate::helm::go::{fmt, types};
use crate::helm::profile::Profile;
use crate::helm::value::{Host, Number, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "eq", params: &[Param::Reflect], variadic: Some(Param::Reflect), body: eq },
    Function { name: "ge", params: &[Param::Reflect, Param::Reflect], variadic: None, body: ge },
    Function { name: "gt", params: &[Param::Reflect, Param::Reflect], variadic: None, body: gt },
    Function { name: "le", params: &[Param::Reflect, Param::Reflect], variadic: None, body: le },
    Function { name: "lt", params: &[Param::Reflect, Param::Reflect], variadic: None, body: lt },
    Function { name: "ne", params: &[Param::Reflect, Param::Reflect], variadic: None, body: ne },
];

/// What cannot be compared.
const BAD_TYPE: &str = "invalid type for comparison";

/// A value as Go's basic kinds.
#[derive(Clone, Copy, Debug)]
enum Basic<'v> {
    Bool(bool),
    Complex(f64, f64),
    Int(i64),
    Float(f64),
    Text(&'v [u8]),
    Uint(u64),
}

fn basic(value: &Value) -> Option<Basic<'_>> {
    Some(match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Basic::Int(*value),
        Value::Float(value) => Basic::Float(*value),
        Value::Str(text) => Basic::Text(text),
        Value::Number(Number::Complex(real, imaginary)) => Basic::Complex(*real, *imaginary),
        Value::Number(number @ (Number::Uint8(_) | Number::Uint32(_) | Number::Uint64(_))) => {
            Basic::Uint(types::integer(*number) as u64)
        }
        Value::Number(number) => Basic::Int(types::integer(*number) as i64),
        Value::Nil | Value::Invalid | Value::Bytes(_) | Value::List(_) | Value::Map(_) | Value::Host(_) => return None,
    })
}

fn eq(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let Some((first, others)) = arguments.split_first() else { return Err("missing argument for comparison".into()) };
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equal(first, other, context.profile())? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn ne(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(!equal(any(arguments, 0), any(arguments, 1), context.profile())?))
}

fn lt(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(less(any(arguments, 0), any(arguments, 1), context.profile())?))
}

fn le(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(less_or_equal(any(arguments, 0), any(arguments, 1), context.profile())?))
}

fn gt(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(!less_or_equal(any(arguments, 0), any(arguments, 1), context.profile())?))
}

fn ge(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(!less(any(arguments, 0), any(arguments, 1), context.profile())?))
}

fn less_or_equal(left: &Value, right: &Value, profile: Profile) -> Result<bool, Failure> {
    Ok(less(left, right, profile)? || equal(left, right, profile)?)
}

fn less(left: &Value, right: &Value, profile: Profile) -> Result<bool, Failure> {
    let (Some(first), Some(second)) = (basic(left), basic(right)) else { return Err(BAD_TYPE.into()) };
    Ok(match (first, second) {
        (Basic::Int(first), Basic::Int(second)) => first < second,
        (Basic::Uint(first), Basic::Uint(second)) => first < second,
        (Basic::Int(first), Basic::Uint(second)) => i128::from(first) < i128::from(second),
        (Basic::Uint(first), Basic::Int(second)) => i128::from(first) < i128::from(second),
        (Basic::Float(first), Basic::Float(second)) => first.partial_cmp(&second) == Some(Ordering::Less),
        (Basic::Text(first), Basic::Text(second)) => first < second,
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => return Err(BAD_TYPE.into()),
        _ => return Err(incompatible(left, right, profile)),
    })
}

fn equal(left: &Value, right: &Value, profile: Profile) -> Result<bool, Failure> {
    Ok(match (basic(left), basic(right)) {
        (Some(Basic::Bool(first)), Some(Basic::Bool(second))) => first == second,
        (Some(Basic::Complex(a, b)), Some(Basic::Complex(c, d))) => a == c && b == d,
        (Some(Basic::Int(first)), Some(Basic::Int(second))) => first == second,
        (Some(Basic::Uint(first)), Some(Basic::Uint(second))) => first == second,
        (Some(Basic::Int(first)), Some(Basic::Uint(second))) => i128::from(first) == i128::from(second),
        (Some(Basic::Uint(first)), Some(Basic::Int(second))) => i128::from(first) == i128::from(second),
        (Some(Basic::Float(first)), Some(Basic::Float(second))) => first == second,
        (Some(Basic::Text(first)), Some(Basic::Text(second))) => first == second,
        (None, None) => return equal_others(left, right, profile),
        _ if is_missing(left) || is_missing(right) => false,
        _ => return Err(incompatible(left, right, profile)),
    })
}

/// Compares what is no basic type: nil, slices, maps, structs, pointers.
fn equal_others(left: &Value, right: &Value, profile: Profile) -> Result<bool, Failure> {
    if !is_missing(left) && !is_missing(right) && types::kind_name(left) != types::kind_name(right) {
        let (left_type, right_type) = (types::type_name(left, profile), types::type_name(right, profile));
        let (left, right) = (shown(left, profile)?, fmt::display(&copied(right), profile)?);
        return Err(Failure::Error(format!("non-comparable types {left}: {left_type}, {right_type}: {right}")));
    }
    let is_nil = |value: &Value| value.is_nil() || is_missing(value);
    if is_nil(left) || is_nil(right) {
        return Ok(is_nil(left) == is_nil(right));
    }
    if let (Value::Host(left), Value::Host(right)) = (left, right)
        && is_comparable(&**right)
    {
        return Ok(same(&**left, &**right));
    }
    let (text, type_name) = (shown(right, profile)?, types::type_name(right, profile));
    Err(Failure::Error(format!("non-comparable type {text}: {type_name}")))
}

/// Tells whether Go compares values of a struct or pointer type.
fn is_comparable(host: &dyn Host) -> bool {
    host.kind() == "ptr"
        || host.fields().unwrap_or_default().iter().all(|(_, value)| match value {
            Value::List(_) | Value::Map(_) | Value::Bytes(_) => false,
            Value::Host(host) => is_comparable(&**host),
            _ => true,
        })
}

/// Go's `==`: pointers are equal that point to the same, structs whose fields are equal.
fn same(left: &dyn Host, right: &dyn Host) -> bool {
    if let Some(same) = left.equals(right) {
        return same;
    }
    if left.kind() == "ptr" || left.type_name() != right.type_name() {
        return std::ptr::addr_eq(left, right);
    }
    let (left, right) = (left.fields().unwrap_or_default(), right.fields().unwrap_or_default());
    left.iter().zip(&right).all(|((_, left), (_, right))| match (left, right) {
        (Value::Host(left), Value::Host(right)) => same(&**left, &**right),
        (Value::Str(left), Value::Str(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => left == right,
        _ => false,
    })
}

/// A value as a function gets it, without the methods of what can be changed in place.
fn copied(value: &Value) -> Value {
    match value {
        Value::Host(host) => host.copied().unwrap_or_else(|| value.clone()),
        other => other.clone(),
    }
}

/// Prints a value as a string, as Go's errors do here.
fn shown(value: &Value, profile: Profile) -> Result<String, Failure> {
    let text = fmt::sprintf(b"%s", &[copied(value)], profile)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn is_missing(value: &Value) -> bool {
    match value {
        Value::Nil | Value::Invalid => true,
        Value::Host(host) => host.is_nil(),
        _ => false,
    }
}

fn incompatible(left: &Value, right: &Value, profile: Profile) -> Failure {
    let (left, right) = (types::type_name(left, profile), types::type_name(right, profile));
    Failure::Error(format!("incompatible types for comparison: {left} and {right}"))
}
