//! `.Files`: a Go map of bytes with methods.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::methods::Method;
use crate::helm::functions::{Context, Failure, Param, yaml_or_empty};
use crate::helm::glob::Glob;
use crate::helm::value::{Map, MapType, Value};
use crate::yaml::Str;

/// The Go type.
pub(super) const TYPE: &str = "engine.files";

pub(super) const METHODS: &[Method] = &[
    Method { name: "AsConfig", params: &[], body: as_config },
    Method { name: "AsSecrets", params: &[], body: as_secrets },
    Method { name: "Get", params: &[Param::Str], body: get },
    Method { name: "GetBytes", params: &[Param::Str], body: get_bytes },
    Method { name: "Glob", params: &[Param::Str], body: glob },
    Method { name: "Lines", params: &[Param::Str], body: lines },
];

/// Returns the object; of equal names the last one wins.
pub(super) fn object<'f>(files: impl IntoIterator<Item = (&'f str, &'f Str)>) -> Value {
    let entries = files.into_iter().map(|(name, data)| (Str::from(name), Value::Bytes(data.clone())));
    Value::Map(Map::from_entries(MapType::Named(TYPE), entries))
}

fn find(files: &Value, arguments: &[Value]) -> Option<Str> {
    let (Value::Map(map), Some(Value::Str(name))) = (files, arguments.first()) else { return None };
    match map.get(name) {
        Some(Value::Bytes(data)) => Some(data),
        _ => None,
    }
}

fn get(_: &mut dyn Context, files: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Str(find(files, arguments).unwrap_or_default()))
}

fn get_bytes(_: &mut dyn Context, files: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bytes(find(files, arguments).unwrap_or_default()))
}

/// A pattern that is none matches everything.
fn glob(context: &mut dyn Context, files: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    let (Value::Map(map), Some(Value::Str(pattern))) = (files, arguments.first()) else {
        return Err("a pattern that is no string".into());
    };
    let glob = Glob::for_files(&**pattern).map_err(|error| Failure::Limit(error.to_string()))?;
    let mut found = Vec::new();
    for (name, data) in map.entries().iter() {
        context.spend(name.len())?;
        if glob.matches(&**name).map_err(|error| Failure::Limit(error.to_string()))? {
            found.push((name.clone(), data.clone()));
        }
    }
    Ok(Value::Map(Map::from_entries(MapType::Named(TYPE), found)))
}

fn as_config(context: &mut dyn Context, files: &Value, _: &[Value]) -> Result<Value, Failure> {
    flat(context, files, |data| Value::Str(data.clone()))
}

fn as_secrets(context: &mut dyn Context, files: &Value, _: &[Value]) -> Result<Value, Failure> {
    flat(context, files, |data| Value::str(STANDARD.encode(data)))
}

/// Writes a YAML map of the files by their base names; Helm takes one at random where two are equal, we take the last.
fn flat(context: &mut dyn Context, files: &Value, content: impl Fn(&Str) -> Value) -> Result<Value, Failure> {
    let Value::Map(map) = files else { return Ok(Value::str("")) };
    let flat = Map::new(MapType::Strings);
    for (name, data) in map.entries().iter() {
        if let Value::Bytes(data) = data {
            context.spend(data.len())?;
            flat.insert(Str::from(base_name(name)), content(data));
        }
    }
    yaml_or_empty(context, &Value::Map(flat))
}

/// Go's `path.Base`.
fn base_name(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    let trimmed = &path[..end];
    if trimmed.is_empty() {
        return b"/";
    }
    trimmed.rsplit(|byte| *byte == b'/').next().unwrap_or(trimmed)
}

fn lines(context: &mut dyn Context, files: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    let Some(data) = find(files, arguments) else { return Ok(Value::strings::<Str>([])) };
    if data.is_empty() {
        return if context.profile().rules().lines_of_nothing_fail {
            Err("runtime error: index out of range [-1]".into())
        } else {
            Ok(Value::strings::<Str>([]))
        };
    }
    context.spend(data.len())?;
    let text = data.strip_suffix(b"\n").unwrap_or(&data);
    Ok(Value::strings(text.split(|byte| *byte == b'\n')))
}
