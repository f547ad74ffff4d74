//! sprig's functions that ask what a value is: its type, its kind, whether it is empty, whether two are equal.

use super::{Context, Failure, Function, Param, arguments, copy, equal};
use crate::helm::go::types;
use crate::helm::value::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "all", params: &[], variadic: Some(Param::Any), body: all },
    Function { name: "any", params: &[], variadic: Some(Param::Any), body: any },
    Function { name: "coalesce", params: &[], variadic: Some(Param::Any), body: coalesce },
    Function { name: "deepCopy", params: &[Param::Any], variadic: None, body: deep_copy },
    Function { name: "deepEqual", params: &[Param::Any, Param::Any], variadic: None, body: deep_equal },
    Function { name: "default", params: &[Param::Any], variadic: Some(Param::Any), body: default },
    Function { name: "empty", params: &[Param::Any], variadic: None, body: empty },
    Function { name: "kindIs", params: &[Param::Str, Param::Any], variadic: None, body: kind_is },
    Function { name: "kindOf", params: &[Param::Any], variadic: None, body: kind_of },
    Function { name: "mustDeepCopy", params: &[Param::Any], variadic: None, body: deep_copy },
    Function { name: "ternary", params: &[Param::Any, Param::Any, Param::Bool], variadic: None, body: ternary },
    Function { name: "typeIs", params: &[Param::Str, Param::Any], variadic: None, body: type_is },
    Function { name: "typeIsLike", params: &[Param::Str, Param::Any], variadic: None, body: type_is_like },
    Function { name: "typeOf", params: &[Param::Any], variadic: None, body: type_of },
];

/// Tells whether sprig holds a value for not set: zero, empty, false, nil; a struct is never empty.
pub(super) fn is_empty(value: &Value) -> bool {
    !types::truth(value)
}

fn default(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let given = arguments.get(1).filter(|given| !is_empty(given));
    Ok(given.unwrap_or_else(|| arguments::any(arguments, 0)).clone())
}

fn empty(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(is_empty(arguments::any(arguments, 0))))
}

fn coalesce(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(arguments.iter().find(|value| !is_empty(value)).cloned().unwrap_or_default())
}

fn all(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(!arguments.iter().any(is_empty)))
}

fn any(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(!arguments.iter().all(is_empty)))
}

fn ternary(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let chosen = usize::from(!matches!(arguments.get(2), Some(Value::Bool(true))));
    Ok(arguments::any(arguments, chosen).clone())
}

fn type_of(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(&*types::type_name(arguments::any(arguments, 0), context.profile())))
}

fn type_is(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let name = types::type_name(arguments::any(arguments, 1), context.profile());
    Ok(Value::Bool(arguments::text(arguments, 0)? == name.as_bytes()))
}

fn type_is_like(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let name = types::type_name(arguments::any(arguments, 1), context.profile());
    let target = arguments::text(arguments, 0)?;
    let pointed = name.strip_prefix('*').is_some_and(|pointed| pointed.as_bytes() == target);
    Ok(Value::Bool(pointed || target == name.as_bytes()))
}

fn kind_of(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(types::kind_name(arguments::any(arguments, 0))))
}

fn kind_is(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let kind = types::kind_name(arguments::any(arguments, 1));
    Ok(Value::Bool(arguments::text(arguments, 0)? == kind.as_bytes()))
}

fn deep_equal(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (a, b) = (arguments::any(arguments, 0), arguments::any(arguments, 1));
    Ok(Value::Bool(equal::deep_equal(context, a, b)?))
}

fn deep_copy(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    match arguments::any(arguments, 0) {
        Value::Nil | Value::Invalid => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        value => copy::deep_copy(context, value),
    }
}
