//! Deep copies, as mitchellh/copystructure makes them.

use super::{Context, ELEMENT, Failure};
use crate::helm::value::{List, Map, Value};

/// Values nested deeper than this are not copied.
const DEEPEST: usize = 500;

/// What an empty list or map takes, in elements.
const COPY: usize = 4;

/// Returns a copy that shares no map and no list with the original; types and nils stay.
///
/// # Errors
/// Where the value nests too deep or is too large.
pub(super) fn deep_copy(context: &mut dyn Context, value: &Value) -> Result<Value, Failure> {
    copy(context, value, 0)
}

fn copy(context: &mut dyn Context, value: &Value, depth: usize) -> Result<Value, Failure> {
    if depth > DEEPEST {
        return Err(Failure::Limit(format!("a value nested deeper than {DEEPEST} levels cannot be copied")));
    }
    Ok(match value {
        Value::List(list) if list.is_nil() => value.clone(),
        Value::List(list) => {
            context.spend((list.len() + COPY) * ELEMENT)?;
            let items = list.items().iter().map(|item| copy(context, item, depth + 1)).collect::<Result<_, _>>()?;
            Value::List(List::new(list.list_type(), items))
        }
        Value::Map(map) if map.is_nil() => value.clone(),
        Value::Map(map) => {
            context.spend((2 * map.len() + COPY) * ELEMENT)?;
            let copied = Map::new(map.map_type());
            for (key, item) in map.entries().iter() {
                copied.insert(key.clone(), copy(context, item, depth + 1)?);
            }
            Value::Map(copied)
        }
        Value::Host(host) => {
            host.deep_copied(&mut |inner| copy(context, inner, depth + 1))?.unwrap_or_else(|| value.clone())
        }
        _ => value.clone(),
    })
}
