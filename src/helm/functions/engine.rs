//! Helm's functions that belong to the engine: `include`, `tpl`, `required`, `fail`, `lookup`.

use super::arguments::{any, text};
use super::{Context, Failure, Function, Param};
use crate::helm::value::Value;

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "include", params: &[Param::Str, Param::Any], variadic: None, body: compiled },
    Function { name: "tpl", params: &[Param::Str, Param::Any], variadic: None, body: compiled },
    Function { name: "required", params: &[Param::Str, Param::Any], variadic: None, body: required },
    Function { name: "fail", params: &[Param::Str], variadic: None, body: fail },
    Function {
        name: "lookup",
        params: &[Param::Str, Param::Str, Param::Str, Param::Str],
        variadic: None,
        body: lookup,
    },
];

/// The machine runs these itself.
fn compiled(_: &mut dyn Context, _: &[Value]) -> Result<Value, Failure> {
    Err(Failure::NotBuilt("include and tpl outside a template".to_owned()))
}

fn required(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let value = any(arguments, 1);
    match value {
        Value::Nil | Value::Invalid => Err(warning(arguments)?),
        Value::Str(text) if text.is_empty() => Err(warning(arguments)?),
        value => Ok(value.clone()),
    }
}

fn fail(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Err(warning(arguments)?)
}

/// Marks the chart's own message, so that Helm's error shows nothing else.
fn warning(arguments: &[Value]) -> Result<Failure, Failure> {
    let message = String::from_utf8_lossy(text(arguments, 0)?).into_owned();
    Ok(Failure::Error(format!("HELM_ERR_START{message}HELM_ERR_END")))
}

/// There is no cluster, as in `helm template`: nothing is ever found.
fn lookup(context: &mut dyn Context, _: &[Value]) -> Result<Value, Failure> {
    context.looked_up();
    Ok(Value::map())
}
