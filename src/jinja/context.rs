//! From the data tree to minijinja's values.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::helm::Profile;
use crate::helm::go::fmt as helm_fmt;
use crate::helm::value as helm;
use crate::yaml::Data;

/// Whole numbers up to here are exact in a float64.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Converts data. Numbers from YAML are floats; whole ones become integers, so that `3` prints as `3`.
pub fn to_jinja(data: &Data) -> Value {
    match data {
        Data::Null => Value::from(()),
        Data::Bool(value) => Value::from(*value),
        Data::Int(value) => Value::from(*value),
        Data::Float(value) => number(*value),
        Data::String(text) => Value::from(text.lossy().into_owned()),
        Data::List(items) => Value::from(items.iter().map(to_jinja).collect::<Vec<_>>()),
        Data::Map(map) => Value::from(
            map.iter().map(|(key, value)| (key.lossy().into_owned(), to_jinja(value))).collect::<BTreeMap<_, _>>(),
        ),
    }
}

/// Deeper values than this do not go into Jinja; charts can tie values into themselves.
const DEEPEST: usize = 200;

/// More values than this do not go into Jinja.
const MOST: usize = 2_000_000;

/// Converts a value of Go templates.
///
/// # Errors
/// In words, where it is nested too deep, too large, or of a type that has no counterpart.
pub(super) fn from_helm(value: &helm::Value) -> Result<Value, String> {
    convert(value, 0, &mut 0)
}

fn convert(value: &helm::Value, depth: usize, count: &mut usize) -> Result<Value, String> {
    use helm::Value as Go;
    *count += 1;
    if depth > DEEPEST {
        return Err(format!("the values are nested more than {DEEPEST} deep"));
    }
    if *count > MOST {
        return Err(format!("the values hold more than {MOST} values"));
    }
    Ok(match value {
        Go::Nil | Go::Invalid => Value::from(()),
        Go::Bool(value) => Value::from(*value),
        Go::Int(value) | Go::Int64(value) => Value::from(*value),
        Go::Float(value) => number(*value),
        Go::Str(text) => Value::from(text.lossy().into_owned()),
        Go::Bytes(bytes) => Value::from_bytes(bytes.to_vec()),
        Go::List(list) => {
            Value::from(list.items().iter().map(|item| convert(item, depth + 1, count)).collect::<Result<Vec<_>, _>>()?)
        }
        Go::Map(map) => {
            let mut entries = BTreeMap::new();
            for (key, value) in map.entries().iter() {
                entries.insert(key.lossy().into_owned(), convert(value, depth + 1, count)?);
            }
            Value::from(entries)
        }
        Go::Host(host) => convert(&host.to_plain(), depth + 1, count)?,
        Go::Number(_) => {
            let text = helm_fmt::display(value, Profile::default()).map_err(|error| error.to_string())?;
            Value::from(text.lossy().into_owned())
        }
    })
}

fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() <= EXACT { Value::from(value as i64) } else { Value::from(value) }
}

/// Converts a minijinja value back, for the filters that write YAML and JSON.
pub(super) fn from_jinja(value: &Value, depth: usize) -> Result<Data, minijinja::Error> {
    use minijinja::value::ValueKind;
    if depth > 100 {
        return Err(minijinja::Error::new(
            minijinja::ErrorKind::InvalidOperation,
            "the value is nested more than 100 deep",
        ));
    }
    Ok(match value.kind() {
        ValueKind::None => Data::Null,
        ValueKind::Undefined => return Err(minijinja::ErrorKind::UndefinedError.into()),
        ValueKind::Bool => Data::Bool(value.is_true()),
        ValueKind::Number => match value.as_i64().filter(|_| value.is_integer()) {
            Some(whole) => Data::Int(whole),
            None => Data::Float(f64::try_from(value.clone())?),
        },
        ValueKind::Seq | ValueKind::Iterable => {
            Data::from(value.try_iter()?.map(|item| from_jinja(&item, depth + 1)).collect::<Result<Vec<_>, _>>()?)
        }
        ValueKind::Map => {
            let mut map = crate::yaml::DataMap::new();
            for key in value.try_iter()? {
                map.insert(key.to_string().into(), from_jinja(&value.get_item(&key)?, depth + 1)?);
            }
            Data::from(map)
        }
        _ => Data::from(value.to_string()),
    })
}
