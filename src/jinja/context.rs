//! From the data tree to minijinja's values.

use minijinja::Value;

use crate::yaml::Data;

/// Whole numbers up to here are exact in a float64.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Converts data. Numbers from YAML are floats; whole ones become integers, so that `3` prints as `3`.
pub fn to_jinja(data: &Data) -> Value {
    match data {
        Data::Null => Value::from(()),
        Data::Bool(value) => Value::from(*value),
        Data::Int(value) => Value::from(*value),
        Data::Float(value) if value.fract() == 0.0 && value.abs() <= EXACT => Value::from(*value as i64),
        Data::Float(value) => Value::from(*value),
        Data::String(text) => Value::from(text.lossy().into_owned()),
        Data::List(items) => Value::from(items.iter().map(to_jinja).collect::<Vec<_>>()),
        Data::Map(map) => Value::from(
            map.iter()
                .map(|(key, value)| (key.lossy().into_owned(), to_jinja(value)))
                .collect::<std::collections::BTreeMap<_, _>>(),
        ),
    }
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
