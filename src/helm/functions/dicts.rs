//! sprig's functions on maps. `set`, `unset` and the merges change the map they were given, and every alias sees it.

use std::collections::BTreeSet;

use super::{Context, ELEMENT, Failure, Function, Param, arguments, convert, merge};
use crate::helm::go::types;
use crate::helm::value::{Map, MapType, Value};
use crate::yaml::Str;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "dict", params: &[], variadic: Some(Param::Any), body: dict },
    Function { name: "dig", params: &[], variadic: Some(Param::Any), body: dig },
    Function { name: "get", params: &[Param::Map, Param::Str], variadic: None, body: get },
    Function { name: "hasKey", params: &[Param::Map, Param::Str], variadic: None, body: has_key },
    Function { name: "keys", params: &[], variadic: Some(Param::Map), body: keys },
    Function { name: "merge", params: &[Param::Map], variadic: Some(Param::Map), body: merge_quietly },
    Function { name: "mergeOverwrite", params: &[Param::Map], variadic: Some(Param::Map), body: overwrite_quietly },
    Function { name: "mustMerge", params: &[Param::Map], variadic: Some(Param::Map), body: must_merge },
    Function { name: "mustMergeOverwrite", params: &[Param::Map], variadic: Some(Param::Map), body: must_overwrite },
    Function { name: "omit", params: &[Param::Map], variadic: Some(Param::Str), body: omit },
    Function { name: "pick", params: &[Param::Map], variadic: Some(Param::Str), body: pick },
    Function { name: "pluck", params: &[Param::Str], variadic: Some(Param::Map), body: pluck },
    Function { name: "set", params: &[Param::Map, Param::Str, Param::Any], variadic: None, body: set },
    Function { name: "unset", params: &[Param::Map, Param::Str], variadic: None, body: unset },
    Function { name: "values", params: &[Param::Map], variadic: None, body: values },
];

/// Returns a map argument; a nil is a nil map.
fn map(arguments: &[Value], index: usize) -> Map {
    match arguments.get(index) {
        Some(Value::Map(map)) => map.clone(),
        _ => Map::nil(MapType::Any),
    }
}

fn key(arguments: &[Value], index: usize) -> Str {
    match arguments.get(index) {
        Some(Value::Str(text)) => text.clone(),
        _ => Str::default(),
    }
}

fn dict(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len() * ELEMENT)?;
    let dict = Map::new(MapType::Any);
    for pair in arguments.chunks(2) {
        let value = pair.get(1).cloned().unwrap_or_else(|| Value::str(""));
        dict.insert(convert::key(context, &pair[0])?, value);
    }
    Ok(Value::Map(dict))
}

fn get(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(map(arguments, 0).get(arguments::text(arguments, 1)?).unwrap_or_else(|| Value::str("")))
}

fn has_key(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(map(arguments, 0).contains_key(arguments::text(arguments, 1)?)))
}

fn set(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let map = map(arguments, 0);
    if map.is_nil() {
        return Err("assignment to entry in nil map".into());
    }
    context.spend(ELEMENT)?;
    map.insert(key(arguments, 1), arguments::any(arguments, 2).clone());
    Ok(Value::Map(map))
}

fn unset(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let map = map(arguments, 0);
    map.remove(arguments::text(arguments, 1)?);
    Ok(Value::Map(map))
}

fn pluck(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len() * ELEMENT)?;
    let key = arguments::text(arguments, 0)?;
    Ok(Value::list((1..arguments.len()).filter_map(|index| map(arguments, index).get(key)).collect()))
}

/// Go gives the keys in random order; here they are sorted.
fn keys(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut keys = Vec::new();
    for index in 0..arguments.len() {
        let map = map(arguments, index);
        context.spend(map.len() * ELEMENT)?;
        keys.extend(map.entries().keys().cloned());
    }
    Ok(Value::strings(keys))
}

/// Go gives the values in random order; here they come in the order of their keys.
fn values(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let map = map(arguments, 0);
    context.spend(map.len() * ELEMENT)?;
    Ok(Value::list(map.entries().values().cloned().collect()))
}

fn pick(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    context.spend(arguments.len() * ELEMENT)?;
    let (map, picked) = (map(arguments, 0), Map::new(MapType::Any));
    for index in 1..arguments.len() {
        let key = key(arguments, index);
        if let Some(value) = map.get(&key) {
            picked.insert(key, value);
        }
    }
    Ok(Value::Map(picked))
}

fn omit(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let map = map(arguments, 0);
    context.spend((map.len() + arguments.len()) * ELEMENT)?;
    let omitted: BTreeSet<Str> = (1..arguments.len()).map(|index| key(arguments, index)).collect();
    let entries = map.entries();
    let kept = entries.iter().filter(|(key, _)| !omitted.contains(*key));
    Ok(Value::Map(Map::from_entries(MapType::Any, kept.map(|(key, value)| (key.clone(), value.clone())))))
}

fn dig(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let [keys @ .., default, dict] = arguments else { return Err("dig needs at least three arguments".into()) };
    if keys.is_empty() {
        return Err("dig needs at least three arguments".into());
    }
    let mut dict = as_dict(context, dict)?;
    let keys = keys.iter().map(|key| match key {
        Value::Str(key) => Ok(key),
        other => Err(wrong_type(context, other, "string")),
    });
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    for (index, key) in keys.iter().enumerate() {
        let Some(step) = dict.get(key) else { return Ok(default.clone()) };
        if index + 1 == keys.len() {
            return Ok(step);
        }
        dict = as_dict(context, &step)?;
    }
    Ok(default.clone())
}

/// Go's type assertion, which takes no other map type than this.
fn as_dict(context: &dyn Context, value: &Value) -> Result<Map, Failure> {
    match value {
        Value::Map(map) if map.map_type() == MapType::Any => Ok(map.clone()),
        _ => Err(wrong_type(context, value, "map[string]interface {}")),
    }
}

fn wrong_type(context: &dyn Context, value: &Value, wanted: &str) -> Failure {
    let name = match value {
        Value::Nil | Value::Invalid => "nil".into(),
        _ => types::type_name(value, context.profile()),
    };
    Failure::Error(format!("interface conversion: interface {{}} is {name}, not {wanted}"))
}

fn merge_quietly(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    quietly(merged(context, arguments, false))
}

fn overwrite_quietly(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    quietly(merged(context, arguments, true))
}

fn must_merge(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    merged(context, arguments, false).map_err(merge::Error::into_failure)
}

fn must_overwrite(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    merged(context, arguments, true).map_err(merge::Error::into_failure)
}

/// sprig's `merge` drops the library's errors and gives an empty text; a panic or a limit of ours goes through.
fn quietly(result: Result<Value, merge::Error>) -> Result<Value, Failure> {
    match result {
        Ok(value) => Ok(value),
        Err(merge::Error::Returned(_)) => Ok(Value::str("")),
        Err(error) => Err(error.into_failure()),
    }
}

fn merged(context: &mut dyn Context, arguments: &[Value], overwrite: bool) -> Result<Value, merge::Error> {
    let mut target = map(arguments, 0);
    for index in 1..arguments.len() {
        let source = map(arguments, index);
        if target.is_nil() && !source.is_nil() {
            target = Map::new(MapType::Any);
        }
        merge::merge(context, &target, &source, overwrite)?;
    }
    Ok(Value::Map(target))
}
