//! sprig's functions on paths; the `os` ones are those of Linux, where Helm's own results come from.

use super::{Context, Failure, Function, Param, arguments};
use crate::helm::go::path;
use crate::helm::value::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "base", params: &[Param::Str], variadic: None, body: base },
    Function { name: "clean", params: &[Param::Str], variadic: None, body: clean },
    Function { name: "dir", params: &[Param::Str], variadic: None, body: dir },
    Function { name: "ext", params: &[Param::Str], variadic: None, body: ext },
    Function { name: "isAbs", params: &[Param::Str], variadic: None, body: is_abs },
    Function { name: "osBase", params: &[Param::Str], variadic: None, body: base },
    Function { name: "osClean", params: &[Param::Str], variadic: None, body: clean },
    Function { name: "osDir", params: &[Param::Str], variadic: None, body: dir },
    Function { name: "osExt", params: &[Param::Str], variadic: None, body: ext },
    Function { name: "osIsAbs", params: &[Param::Str], variadic: None, body: is_abs },
];

fn base(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(path::base(arguments::text(arguments, 0)?)))
}

fn clean(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(path::clean(arguments::text(arguments, 0)?)))
}

fn dir(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(path::dir(arguments::text(arguments, 0)?)))
}

fn ext(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(path::ext(arguments::text(arguments, 0)?)))
}

fn is_abs(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(path::is_absolute(arguments::text(arguments, 0)?)))
}
