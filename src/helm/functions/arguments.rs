//! Reading the arguments of a function, which the engine has already checked against its parameters.

use std::rc::Rc;

use crate::helm::value::{Host, Value};

use super::Failure;

/// Returns a `string` argument.
pub(super) fn text(arguments: &[Value], index: usize) -> Result<&[u8], Failure> {
    match arguments.get(index) {
        Some(Value::Str(text) | Value::Bytes(text)) => Ok(text),
        _ => Err(unexpected(index, "string")),
    }
}

/// Returns a `string` argument as UTF-8, with invalid bytes replaced.
pub(super) fn utf8(arguments: &[Value], index: usize) -> Result<String, Failure> {
    text(arguments, index).map(|text| String::from_utf8_lossy(text).into_owned())
}

/// Returns an `int` argument.
pub(super) fn int(arguments: &[Value], index: usize) -> Result<i64, Failure> {
    match arguments.get(index) {
        Some(Value::Int(number) | Value::Int64(number)) => Ok(*number),
        _ => Err(unexpected(index, "int")),
    }
}

/// Returns an argument of any type; one that is not there is nil.
pub(super) fn any(arguments: &[Value], index: usize) -> &Value {
    arguments.get(index).unwrap_or(&Value::Nil)
}

/// Returns an argument of a Go struct type.
pub(super) fn host<'a, T: Host + 'static>(arguments: &'a [Value], index: usize, name: &str) -> Result<&'a T, Failure> {
    match arguments.get(index) {
        Some(Value::Host(host)) => as_host(host),
        _ => None,
    }
    .ok_or_else(|| unexpected(index, name))
}

/// Returns the concrete struct behind a host.
pub(super) fn as_host<T: Host + 'static>(host: &Rc<dyn Host>) -> Option<&T> {
    host.as_any().downcast_ref()
}

fn unexpected(index: usize, wanted: &str) -> Failure {
    Failure::Error(format!("argument {index} is not of type {wanted}"))
}
