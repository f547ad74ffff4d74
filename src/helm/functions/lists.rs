//! sprig's functions on lists. All but `sortAlpha` leave the list they were given as it is.

use super::{Context, ELEMENT, Failure, Function, Param, TEXT, arguments, convert, equal, types};
use crate::helm::value::{List, ListType, Value};

/// The functions of this family; what a `must` function returns as an error, the other one panics with: to a template the same.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "append", params: &[Param::Any, Param::Any], variadic: None, body: append },
    Function { name: "chunk", params: &[Param::Int, Param::Any], variadic: None, body: chunk },
    Function { name: "compact", params: &[Param::Any], variadic: None, body: compact },
    Function { name: "concat", params: &[], variadic: Some(Param::Any), body: concat },
    Function { name: "first", params: &[Param::Any], variadic: None, body: first },
    Function { name: "has", params: &[Param::Any, Param::Any], variadic: None, body: has },
    Function { name: "initial", params: &[Param::Any], variadic: None, body: initial },
    Function { name: "last", params: &[Param::Any], variadic: None, body: last },
    Function { name: "list", params: &[], variadic: Some(Param::Any), body: list },
    Function { name: "mustAppend", params: &[Param::Any, Param::Any], variadic: None, body: append },
    Function { name: "mustChunk", params: &[Param::Int, Param::Any], variadic: None, body: chunk },
    Function { name: "mustCompact", params: &[Param::Any], variadic: None, body: compact },
    Function { name: "mustFirst", params: &[Param::Any], variadic: None, body: first },
    Function { name: "mustHas", params: &[Param::Any, Param::Any], variadic: None, body: has },
    Function { name: "mustInitial", params: &[Param::Any], variadic: None, body: initial },
    Function { name: "mustLast", params: &[Param::Any], variadic: None, body: last },
    Function { name: "mustPrepend", params: &[Param::Any, Param::Any], variadic: None, body: prepend },
    Function { name: "mustPush", params: &[Param::Any, Param::Any], variadic: None, body: append },
    Function { name: "mustRest", params: &[Param::Any], variadic: None, body: rest },
    Function { name: "mustReverse", params: &[Param::Any], variadic: None, body: reverse },
    Function { name: "mustSlice", params: &[Param::Any], variadic: Some(Param::Any), body: slice },
    Function { name: "mustUniq", params: &[Param::Any], variadic: None, body: uniq },
    Function { name: "mustWithout", params: &[Param::Any], variadic: Some(Param::Any), body: without },
    Function { name: "prepend", params: &[Param::Any, Param::Any], variadic: None, body: prepend },
    Function { name: "push", params: &[Param::Any, Param::Any], variadic: None, body: append },
    Function { name: "rest", params: &[Param::Any], variadic: None, body: rest },
    Function { name: "reverse", params: &[Param::Any], variadic: None, body: reverse },
    Function { name: "slice", params: &[Param::Any], variadic: Some(Param::Any), body: slice },
    Function { name: "tuple", params: &[], variadic: Some(Param::Any), body: list },
    Function { name: "uniq", params: &[Param::Any], variadic: None, body: uniq },
    Function { name: "without", params: &[Param::Any], variadic: Some(Param::Any), body: without },
];

/// Returns the elements of the first argument, which are copied and so counted.
fn items(context: &mut dyn Context, arguments: &[Value], complaint: &str) -> Result<Vec<Value>, Failure> {
    let items = convert::slice(arguments::any(arguments, 0), complaint)?;
    context.spend(items.len() * ELEMENT)?;
    Ok(items)
}

fn list(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len() * ELEMENT)?;
    Ok(Value::list(arguments.to_vec()))
}

fn append(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut items = items(context, arguments, "Cannot push on type")?;
    items.push(arguments::any(arguments, 1).clone());
    Ok(Value::list(items))
}

fn prepend(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut items = items(context, arguments, "Cannot prepend on type")?;
    items.insert(0, arguments::any(arguments, 1).clone());
    Ok(Value::list(items))
}

fn concat(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut joined = Vec::new();
    for value in arguments {
        let items = convert::slice(value, "Cannot concat type").map_err(|failure| match failure {
            Failure::Error(text) if text.starts_with("Cannot") => Failure::Error(format!("{text} as list")),
            other => other,
        })?;
        context.spend(items.len() * ELEMENT)?;
        joined.extend(items);
    }
    // Go's slice is nil until something is appended.
    let nothing = joined.is_empty();
    Ok(if nothing { Value::List(List::nil(ListType::Any)) } else { Value::list(joined) })
}

fn chunk(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let size = arguments::int(arguments, 0)?;
    let items = convert::slice(arguments::any(arguments, 1), "Cannot chunk type")?;
    context.spend(items.len() * ELEMENT)?;
    // sprig counts in floats, which is where negative sizes and zero go wrong.
    let count = convert::float_to_int(((items.len() as f64 - 1.0) / size as f64).floor() + 1.0);
    context.spend(usize::try_from(count).unwrap_or_default().saturating_mul(2 * TEXT))?;
    if count < 0 || (count > 0 && size <= 0) {
        return Err("runtime error: makeslice: len out of range".into());
    }
    let chunks = match usize::try_from(size) {
        Ok(size) if count > 0 => items.chunks(size).map(|chunk| Value::list(chunk.to_vec())).collect(),
        _ => Vec::new(),
    };
    Ok(Value::List(List::new(ListType::Named("[][]interface {}"), chunks)))
}

/// Returns one element, without copying the list.
fn element(arguments: &[Value], complaint: &str, pick: impl Fn(usize) -> Option<usize>) -> Result<Value, Failure> {
    match arguments::any(arguments, 0) {
        Value::List(list) => Ok(pick(list.len()).and_then(|index| list.get(index)).unwrap_or_default()),
        value => {
            let items = convert::slice(value, complaint)?;
            Ok(pick(items.len()).and_then(|index| items.get(index).cloned()).unwrap_or_default())
        }
    }
}

fn first(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    element(arguments, "Cannot find first on type", |_| Some(0))
}

fn last(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    element(arguments, "Cannot find last on type", |length| length.checked_sub(1))
}

fn rest(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let items = items(context, arguments, "Cannot find rest on type")?;
    Ok(items.get(1..).map_or_else(|| Value::List(List::nil(ListType::Any)), |items| Value::list(items.to_vec())))
}

fn initial(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut items = items(context, arguments, "Cannot find initial on type")?;
    Ok(if items.pop().is_some() { Value::list(items) } else { Value::List(List::nil(ListType::Any)) })
}

fn reverse(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut items = items(context, arguments, "Cannot find reverse on type")?;
    items.reverse();
    Ok(Value::list(items))
}

fn compact(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut items = items(context, arguments, "Cannot compact on type")?;
    items.retain(|item| !types::is_empty(item));
    Ok(Value::list(items))
}

/// Tells whether a list holds a value; the number of comparisons is counted, since callers do this in a loop.
fn holds(context: &mut dyn Context, items: &[Value], wanted: &Value) -> Result<bool, Failure> {
    context.spend(items.len())?;
    for item in items {
        if equal::deep_equal(context, wanted, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn uniq(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut kept = Vec::new();
    for item in items(context, arguments, "Cannot find uniq on type")? {
        if !holds(context, &kept, &item)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn without(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut kept = Vec::new();
    for item in items(context, arguments, "Cannot find without on type")? {
        if !holds(context, &arguments[1..], &item)? {
            kept.push(item);
        }
    }
    Ok(Value::list(kept))
}

fn has(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (needle, haystack) = (arguments::any(arguments, 0), arguments::any(arguments, 1));
    let items = match haystack {
        Value::Nil | Value::Invalid => return Ok(Value::Bool(false)),
        _ => convert::slice(haystack, "Cannot find has on type")?,
    };
    Ok(Value::Bool(holds(context, &items, needle)?))
}

fn slice(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let value = arguments::any(arguments, 0);
    let items = items(context, arguments, "list should be type of slice or array but")?;
    if items.is_empty() {
        return Ok(Value::Nil);
    }
    let start = arguments.get(1).map_or(0, convert::int64);
    let end = arguments.get(2).map_or(items.len() as i64, convert::int64);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let part = range.and_then(|(start, end)| items.get(start..end));
    let part = part.ok_or("reflect.Value.Slice: slice index out of bounds")?;
    Ok(match value {
        Value::List(list) => Value::List(List::new(list.list_type(), part.to_vec())),
        _ => Value::Bytes(arguments::text(arguments, 0)?[start as usize..end as usize].into()),
    })
}
