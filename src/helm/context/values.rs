//! The methods of Helm's `Values`.

use super::methods::Method;
use crate::helm::functions::{Context, Failure, Param, yaml_or_fail};
use crate::helm::go::quote::quote_text;
use crate::helm::value::{Map, MapType, Value};

pub(super) const METHODS: &[Method] = &[
    Method { name: "AsMap", params: &[], body: as_map },
    Method { name: "Encode", params: &[Param::Named("io.Writer")], body: encode },
    Method { name: "PathValue", params: &[Param::Str], body: path_value },
    Method { name: "Table", params: &[Param::Str], body: table },
    Method { name: "YAML", params: &[], body: to_yaml },
];

fn receiver(value: &Value) -> Result<&Map, Failure> {
    match value {
        Value::Map(map) => Ok(map),
        _ => Err("a method of Values on another type".into()),
    }
}

fn argument(arguments: &[Value]) -> Result<&[u8], Failure> {
    match arguments.first() {
        Some(Value::Str(text)) => Ok(text),
        _ => Err("a path that is no string".into()),
    }
}

fn as_map(_: &mut dyn Context, values: &Value, _: &[Value]) -> Result<Value, Failure> {
    let map = receiver(values)?;
    Ok(if map.is_empty() { Value::map() } else { Value::Map(map.retyped(MapType::Any)) })
}

/// No template value is an `io.Writer`, so only nil fits.
fn encode(_: &mut dyn Context, _: &Value, _: &[Value]) -> Result<Value, Failure> {
    Err("runtime error: invalid memory address or nil pointer dereference".into())
}

fn to_yaml(context: &mut dyn Context, values: &Value, _: &[Value]) -> Result<Value, Failure> {
    yaml_or_fail(context, values)
}

fn table(_: &mut dyn Context, values: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    let found = find_table(receiver(values)?, argument(arguments)?);
    found.map(Value::Map).map_err(|key| Failure::Error(format!("{} is not a table", quote_text(&key))))
}

/// Finds a table by a path with dots, as Helm's `Table` does.
pub(super) fn find_table(values: &Map, path: &[u8]) -> Result<Map, Vec<u8>> {
    let mut table = values.clone();
    for key in path.split(|byte| *byte == b'.') {
        table = match table.get(key) {
            Some(Value::Map(inner)) if matches!(inner.map_type(), MapType::Any | MapType::Values) => {
                inner.retyped(MapType::Values)
            }
            _ => return Err(key.to_vec()),
        };
    }
    Ok(table)
}

fn path_value(_: &mut dyn Context, values: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    let (map, path) = (receiver(values)?, argument(arguments)?);
    if path.is_empty() {
        return Err("YAML path cannot be empty".into());
    }
    let (folder, key) = match path.iter().rposition(|byte| *byte == b'.') {
        Some(dot) => (Some(&path[..dot]), &path[dot + 1..]),
        None => (None, path),
    };
    let table = folder.map_or_else(|| Some(map.clone()), |folder| find_table(map, folder).ok());
    match table.and_then(|table| table.get(key)) {
        Some(Value::Map(inner)) if inner.map_type() == MapType::Any => Err(no_value(key)),
        Some(value) => Ok(value),
        None => Err(no_value(key)),
    }
}

fn no_value(key: &[u8]) -> Failure {
    Failure::Error(format!("{} is not a value", quote_text(key)))
}
