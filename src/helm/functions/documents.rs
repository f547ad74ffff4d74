//! YAML, JSON and TOML, to text and from text.
//!
//! Helm's own rules for what cannot be read or written: `to…` gives an empty text, `from…` puts the error into the result,
//! `must…` fails.

use super::times::TimeHost;
use super::{Context, ELEMENT, Failure, Function, Param, arguments};
use crate::helm::go::toml;
use crate::helm::limits::Cap;
use crate::helm::value::{List, ListType, Map, MapType, Value};
use crate::yaml::json::{self, EncodeError, Html};
use crate::yaml::{self, Data, EmitError};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    to_text("toYaml", |context, arguments| or_empty(context, to_yaml(arguments::any(arguments, 0)))),
    to_text("mustToYaml", |context, arguments| or_fail(context, to_yaml(arguments::any(arguments, 0)))),
    // Its library panics at a type that it does not know; other errors it has none.
    to_text("toYamlPretty", |context, arguments| or_fail(context, to_yaml_pretty(arguments::any(arguments, 0)))),
    from_text("fromYaml", from_yaml),
    from_text("fromYamlArray", from_yaml_array),
    to_text("toJson", |context, arguments| or_empty(context, to_json(arguments::any(arguments, 0), Html::Escaped))),
    to_text("mustToJson", |context, arguments| or_fail(context, to_json(arguments::any(arguments, 0), Html::Escaped))),
    to_text("toPrettyJson", |context, arguments| or_empty(context, to_pretty_json(arguments::any(arguments, 0)))),
    to_text("mustToPrettyJson", |context, arguments| or_fail(context, to_pretty_json(arguments::any(arguments, 0)))),
    to_text("toRawJson", |context, arguments| or_fail(context, to_json(arguments::any(arguments, 0), Html::Raw))),
    to_text("mustToRawJson", |context, arguments| or_fail(context, to_json(arguments::any(arguments, 0), Html::Raw))),
    to_text("toToml", to_toml),
    to_text("mustToToml", must_to_toml),
    from_text("fromToml", from_toml),
    from_text("fromJson", from_json),
    from_text("fromJsonArray", from_json_array),
    from_text("mustFromJson", must_from_json),
];

const fn to_text(name: &'static str, body: super::Body) -> Function {
    Function { name, params: &[Param::Any], variadic: None, body }
}

const fn from_text(name: &'static str, body: super::Body) -> Function {
    Function { name, params: &[Param::Str], variadic: None, body }
}

/// Why a value has no text.
enum Unwritten {
    /// Go's library says so.
    Error(String),
    /// A cap of ours.
    Limit(String),
}

fn or_empty(context: &mut dyn Context, written: Result<Vec<u8>, Unwritten>) -> Result<Value, Failure> {
    match written {
        Err(Unwritten::Error(_)) => Ok(Value::str("")),
        other => or_fail(context, other),
    }
}

fn or_fail(context: &mut dyn Context, written: Result<Vec<u8>, Unwritten>) -> Result<Value, Failure> {
    match written {
        Ok(text) => {
            context.spend(text.len())?;
            Ok(Value::str(text))
        }
        Err(Unwritten::Error(text)) => Err(Failure::Error(text)),
        Err(Unwritten::Limit(text)) => Err(Failure::Limit(text)),
    }
}

/// Returns what `toYaml` gives.
pub(crate) fn yaml_or_empty(context: &mut dyn Context, value: &Value) -> Result<Value, Failure> {
    or_empty(context, to_yaml(value))
}

/// Returns a value as YAML with its last newline.
pub(crate) fn yaml_or_fail(context: &mut dyn Context, value: &Value) -> Result<Value, Failure> {
    or_fail(context, yaml::emit(value).map_err(unwritten_yaml))
}

fn to_yaml(value: &Value) -> Result<Vec<u8>, Unwritten> {
    yaml::emit(value).map(without_newline).map_err(unwritten_yaml)
}

fn to_yaml_pretty(value: &Value) -> Result<Vec<u8>, Unwritten> {
    yaml::emit_pretty(value).map(without_newline).map_err(unwritten_yaml)
}

fn to_json(value: &Value, html: Html) -> Result<Vec<u8>, Unwritten> {
    json::encode(value, html).map_err(unwritten_json)
}

fn to_pretty_json(value: &Value) -> Result<Vec<u8>, Unwritten> {
    json::encode_pretty(value, "  ").map_err(unwritten_json)
}

fn without_newline(mut text: Vec<u8>) -> Vec<u8> {
    if text.last() == Some(&b'\n') {
        text.pop();
    }
    text
}

fn unwritten_yaml(error: EmitError) -> Unwritten {
    match error {
        EmitError::TooDeep { .. }
        | EmitError::TooLong { .. }
        | EmitError::Json(EncodeError::Cycle(_) | EncodeError::TooLong { .. }) => Unwritten::Limit(error.to_string()),
        EmitError::Json(_) | EmitError::Yaml { .. } => Unwritten::Error(error.to_string()),
    }
}

fn unwritten_json(error: EncodeError) -> Unwritten {
    match error {
        // Go tells a cycle from mere depth; here both are the cap.
        EncodeError::Cycle(_) | EncodeError::TooLong { .. } => Unwritten::Limit(error.to_string()),
        EncodeError::Value(_) | EncodeError::Type(_) | EncodeError::Method(_) => Unwritten::Error(error.to_string()),
    }
}

/// Takes what was read into the rendering; its size has little to do with that of the text where aliases repeat it.
fn value_of(context: &mut dyn Context, data: &Data) -> Result<Value, Failure> {
    /// Counts in elements: a text lies beside its place in a list, a list and a map are two more pieces, an entry has a key.
    fn elements(data: &Data) -> usize {
        match data {
            Data::List(items) => 3 + items.iter().map(elements).sum::<usize>(),
            Data::Map(map) => 3 + map.values().map(|value| 2 + elements(value)).sum::<usize>(),
            Data::String(_) => 2,
            _ => 1,
        }
    }
    context.spend(elements(data) * ELEMENT)?;
    Ok(Value::from(data))
}

fn from_yaml(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let Some(Value::Str(text)) = arguments.first() else { return Err("a text that is none".into()) };
    context.spend(text.len())?;
    if let Some(data) = context.read_before(text) {
        return value_of(context, &data);
    }
    let limits = context.yaml_limits();
    match yaml::parse(text, &limits) {
        Ok(data @ Data::Map(_)) => {
            context.remember(text, &data);
            value_of(context, &data)
        }
        // Go's decoder forgets the map that it was to fill, and Helm still has it.
        Ok(Data::Null) => Ok(Value::map()),
        Ok(_) => {
            yaml::parse_map(text, &limits).map_or_else(in_map_yaml, |map| value_of(context, &Data::Map(map.into())))
        }
        Err(error) => in_map_yaml(error),
    }
}

fn from_yaml_array(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    context.spend(text.len())?;
    let limits = context.yaml_limits();
    match yaml::parse(text, &limits) {
        Ok(Data::List(items)) => value_of(context, &Data::List(items)),
        Ok(Data::Null) => Ok(Value::list(Vec::new())),
        Ok(_) => yaml::parse_list(text, &limits)
            .map_or_else(in_list_yaml, |items| value_of(context, &Data::List(items.into()))),
        Err(error) => in_list_yaml(error),
    }
}

fn from_json(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    context.spend(text.len())?;
    match json::parse_map(text, &context.yaml_limits()) {
        Ok((map, None)) if map.is_empty() && is_json_null(text) => Ok(Value::Map(Map::nil(MapType::Any))),
        Ok((mut map, error)) => {
            if let Some(error) = error {
                map.insert("Error".into(), Data::from(error.to_string().as_str()));
            }
            value_of(context, &Data::Map(map.into()))
        }
        Err(error) if json_cap(&error).is_some() => Err(capped(json_cap(&error), error.to_string())),
        Err(error) => Ok(in_map(error.to_string())),
    }
}

fn from_json_array(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    context.spend(text.len())?;
    match json::parse_list(text, &context.yaml_limits()) {
        Ok(items) if items.is_empty() && is_json_null(text) => Ok(Value::List(List::nil(ListType::Any))),
        Ok(items) => value_of(context, &Data::List(items.into())),
        Err(error) if json_cap(&error).is_some() => Err(capped(json_cap(&error), error.to_string())),
        Err(error) => Ok(in_list(error.to_string())),
    }
}

fn must_from_json(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    context.spend(text.len())?;
    match json::parse(text, &context.yaml_limits()) {
        Ok(data) => value_of(context, &data),
        Err(error) if json_cap(&error).is_some() => Err(capped(json_cap(&error), error.to_string())),
        Err(error) => Err(Failure::Error(error.to_string())),
    }
}

/// Unlike its relatives, gives the error's text.
fn to_toml(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    match toml::encode(arguments::any(arguments, 0)) {
        Err(error) if !matches!(error, toml::EncodeError::Nothing) && !error.is_limit() => {
            Ok(Value::str(error.to_string()))
        }
        written => toml_text(context, written),
    }
}

fn must_to_toml(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    toml_text(context, toml::encode(arguments::any(arguments, 0)))
}

fn toml_text(context: &mut dyn Context, written: Result<Vec<u8>, toml::EncodeError>) -> Result<Value, Failure> {
    or_fail(
        context,
        written.map_err(|error| match error {
            error if error.is_limit() => Unwritten::Limit(error.to_string()),
            error => Unwritten::Error(error.to_string()),
        }),
    )
}

fn from_toml(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    context.spend(text.len())?;
    match toml::decode(text, TimeHost::value) {
        Ok(value) => Ok(value),
        Err(toml::Stop::Error(text)) => Ok(in_map(text)),
        Err(toml::Stop::Bug(text)) => Err(Failure::Error(text)),
        Err(toml::Stop::Limit(text)) => Err(Failure::Limit(text)),
    }
}

fn is_json_null(text: &[u8]) -> bool {
    text.trim_ascii() == b"null"
}

fn in_map_yaml(error: yaml::Error) -> Result<Value, Failure> {
    match Cap::of_yaml(&error) {
        None => Ok(in_map(error.to_string())),
        cap => Err(capped(cap, error.to_string())),
    }
}

fn in_list_yaml(error: yaml::Error) -> Result<Value, Failure> {
    match Cap::of_yaml(&error) {
        None => Ok(in_list(error.to_string())),
        cap => Err(capped(cap, error.to_string())),
    }
}

fn capped(cap: Option<Cap>, text: String) -> Failure {
    cap.map_or_else(|| Failure::Limit(text.clone()), |cap| Failure::Cap(cap, text.clone()))
}

fn json_cap(error: &json::Error) -> Option<Cap> {
    match error {
        json::Error::TooLarge { .. } => Some(Cap::YamlBytes),
        json::Error::TooDeep { .. } => Some(Cap::YamlDepth),
        json::Error::TooManyNodes { .. } => Some(Cap::YamlValues),
        _ => None,
    }
}

/// Puts an error's text where Helm puts it: the key `Error`.
pub(super) fn in_map(text: String) -> Value {
    Value::Map(Map::from_entries(MapType::Any, [("Error".into(), Value::str(text))]))
}

fn in_list(text: String) -> Value {
    Value::list(vec![Value::str(text)])
}
