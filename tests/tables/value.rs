//! The values of the tables: JSON with `$int`, `$float` and `$base64` for what JSON cannot say.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plainsail::yaml::{Data, DataMap};
use serde_json::Value;

/// Returns the value that a table means.
pub(crate) fn data(value: &Value) -> Data {
    match value {
        Value::Null => Data::Null,
        Value::Bool(value) => Data::from(*value),
        Value::Number(number) => Data::Float(number.as_f64().expect("a float64")),
        Value::String(text) => Data::from(text.as_str()),
        Value::Array(items) => Data::from(items.iter().map(data).collect::<Vec<_>>()),
        Value::Object(entries) => special(entries).unwrap_or_else(|| {
            Data::from(entries.iter().map(|(key, value)| (key.as_str().into(), data(value))).collect::<DataMap>())
        }),
    }
}

/// Returns the bytes of a text that a table expects.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    match data(value) {
        Data::String(text) => text.to_vec(),
        other => panic!("a text, not {other:?}"),
    }
}

fn special(entries: &serde_json::Map<String, Value>) -> Option<Data> {
    let (name, value) = entries.iter().next().filter(|_| entries.len() == 1)?;
    let text = value.as_str()?;
    Some(match name.as_str() {
        "$int" => Data::Int(text.parse().expect("an int64")),
        "$float" => Data::Float(text.parse().expect("a float64")),
        "$base64" => Data::String(STANDARD.decode(text).expect("base64").into()),
        _ => return None,
    })
}
