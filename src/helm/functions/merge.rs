//! dario.cat/mergo 1.0.1 on maps, with its surprises: nested maps are shared with the source, an overwriting nil or zero
//! counts, a nil of the source is skipped otherwise.

use super::{Context, ELEMENT, Failure};
use crate::helm::go::types;
use crate::helm::value::{Map, MapType, Number, Value};

/// Maps nested deeper than this are not merged.
const DEEPEST: usize = 500;

/// Why maps cannot be merged.
pub(super) enum Error {
    /// mergo returns an error with this text.
    Returned(&'static str),
    /// Reflection panics, or a cap is reached.
    Failed(Failure),
}

impl Error {
    /// Returns what the template sees where errors are not dropped.
    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Returned(text) => text.into(),
            Self::Failed(failure) => failure,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Merges the source into the target, in place.
pub(super) fn merge(context: &mut dyn Context, target: &Map, source: &Map, overwrite: bool) -> Result<(), Error> {
    merge_maps(context, target, source, overwrite, 0)
}

fn merge_maps(
    context: &mut dyn Context,
    target: &Map,
    source: &Map,
    overwrite: bool,
    depth: usize,
) -> Result<(), Error> {
    if depth > DEEPEST {
        let text = format!("maps nested deeper than {DEEPEST} levels cannot be merged");
        return Err(Failure::Limit(text).into());
    }
    context.spend((source.len() + 1) * ELEMENT)?;
    if target.is_nil() && !source.is_nil() {
        return Ok(());
    }
    let takes_texts_only = target.map_type() == MapType::Strings && source.map_type() != MapType::Strings;
    // The source may be the target itself, or hold it.
    let entries: Vec<_> = source.entries().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, new) in entries {
        let old = target.get(&key);
        let write = |value: Value| {
            if takes_texts_only {
                return Err(Failure::from(
                    "reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string",
                ));
            }
            target.insert(key.clone(), value);
            Ok(())
        };
        if matches!(new, Value::Nil) {
            if overwrite {
                write(Value::Nil)?;
            }
            continue;
        }
        match (&new, &old) {
            (Value::Map(new), Some(Value::Map(old))) => merge_maps(context, old, new, overwrite, depth + 1)?,
            (Value::Map(_), Some(Value::Host(old))) if old.kind() == "ptr" && !overwrite => {
                return Err(Error::Returned("src and dst must be of same type"));
            }
            (Value::List(_) | Value::Bytes(_), _) if overwrite => write(new.clone())?,
            _ => {}
        }
        // Looked at after the merge of nested maps, which may have filled an empty one.
        let old_counts = old.as_ref().is_some_and(|old| !is_empty(old));
        let stays = match (&new, &old) {
            (Value::List(_) | Value::Bytes(_), _) | (Value::Map(_), Some(Value::Map(_))) => old_counts,
            _ => false,
        };
        if !stays && (overwrite || !old_counts) {
            write(new)?;
        }
    }
    Ok(())
}

/// mergo's `isEmptyValue`: like sprig's `empty`, but a complex number never is.
fn is_empty(value: &Value) -> bool {
    !matches!(value, Value::Number(Number::Complex(..))) && !types::truth(value)
}
