//! [`Meter`]: how much the values of a template may grow, and the filters that measure it.
//!
//! They are put into templates by [`super::meter`]; nobody writes them. A value is refused when it is nested too deep, or when
//! all that can be reached in it is too much; what it takes itself is counted, so that many values of allowed size end as well.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::environment::Caps;

/// What stays as it is: operands, lists, results of calls.
pub(super) const KEPT: &str = "_kept";
/// What a filter made: the texts in a list are new, too.
pub(super) const MADE: &str = "_made";
/// What is stored in a namespace.
pub(super) const STORED: &str = "_stored";

/// Values within each other.
const DEEPEST: usize = 250;
/// Values within one.
const MOST_VALUES: u64 = 500_000;
/// What an element of a list counts, in bytes.
const ELEMENT: u64 = 16;
/// How many times what a template may print it may make.
const TIMES: u64 = 4;
/// How many lists `batch` and `slice` make, or how long they fill them up.
const MOST_FILLED: usize = 1_000_000;

/// The source of an error: a template made too much.
#[derive(Debug, thiserror::Error)]
#[error("the template makes too much")]
pub(super) struct TooMuch;

/// What is left for the values of one rendering.
#[derive(Debug)]
pub(super) struct Meter {
    left: AtomicU64,
    /// Bytes of one value.
    largest: u64,
}

impl Meter {
    pub(super) fn new(caps: Caps) -> Self {
        let largest = caps.output as u64;
        Self { left: AtomicU64::new(largest.saturating_mul(TIMES)), largest }
    }

    /// Counts bytes that were made or printed.
    pub(super) fn charge(&self, bytes: u64) -> Result<(), Error> {
        let left = self.left.load(Ordering::Relaxed);
        let Some(left) = left.checked_sub(bytes) else {
            let most = self.largest.saturating_mul(TIMES);
            return Err(too_much(format!("the values of the template are over the cap of {most} bytes together")));
        };
        self.left.store(left, Ordering::Relaxed);
        Ok(())
    }

    fn pass(&self, value: Value, meter: &str) -> Result<Value, Error> {
        match value.kind() {
            ValueKind::String | ValueKind::Bytes => {
                let length = length(&value);
                if length > self.largest {
                    return Err(self.too_large());
                }
                self.charge(length)?;
                Ok(value)
            }
            ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => {
                // What is made on demand would nest with each use; as a list it stands by itself.
                let value = if value.kind() == ValueKind::Iterable { self.listed(&value)? } else { value };
                self.measure(&value, meter == STORED)?;
                let mut own = ELEMENT * value.len().unwrap_or_default() as u64;
                if meter == MADE && value.kind() == ValueKind::Seq {
                    own += value.try_iter()?.map(|item| length(&item)).sum::<u64>();
                }
                self.charge(own)?;
                Ok(value)
            }
            _ => Ok(value),
        }
    }

    fn listed(&self, value: &Value) -> Result<Value, Error> {
        let Ok(items) = value.try_iter() else { return Ok(value.clone()) };
        let mut list = Vec::new();
        for item in items {
            if list.len() as u64 >= MOST_VALUES {
                return Err(self.too_large());
            }
            list.push(item);
        }
        Ok(Value::from(list))
    }

    /// Looks at all that can be reached in a value, as often as it can be.
    fn measure(&self, value: &Value, is_stored: bool) -> Result<(), Error> {
        let (mut values, mut bytes) = (0_u64, 0_u64);
        if is_stored && is_namespace(value) {
            return Err(tied());
        }
        let mut pending = vec![(value.clone(), 0_usize)];
        while let Some((value, depth)) = pending.pop() {
            values += 1;
            bytes = bytes.saturating_add(length(&value));
            if values > MOST_VALUES || bytes > self.largest {
                return Err(self.too_large());
            }
            let is_map = value.kind() == ValueKind::Map;
            if !is_map && !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
                continue;
            }
            if depth > DEEPEST {
                return Err(too_much(format!("a value is nested deeper than the cap of {DEEPEST}")));
            }
            if depth > 0 && is_namespace(&value) {
                return Err(tied());
            }
            let Ok(items) = value.try_iter() else { continue };
            for item in items {
                if is_map {
                    pending.push((value.get_item(&item).unwrap_or_default(), depth + 1));
                }
                pending.push((item, depth + 1));
                if pending.len() as u64 > MOST_VALUES {
                    return Err(self.too_large());
                }
            }
        }
        Ok(())
    }

    fn too_large(&self) -> Error {
        let most = self.largest;
        too_much(format!("a value of the template is over the cap of {most} bytes or of {MOST_VALUES} values"))
    }
}

fn too_much(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message).with_source(TooMuch)
}

fn tied() -> Error {
    Error::new(ErrorKind::InvalidOperation, "a namespace cannot lie in another value")
}

fn length(value: &Value) -> u64 {
    value.as_str().map(str::len).or_else(|| value.as_bytes().map(<[u8]>::len)).unwrap_or_default() as u64
}

fn is_namespace(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.type_name().ends_with("::Namespace"))
}

/// Adds the filters of a rendering, and takes the place of those of minijinja that make much of little at once.
pub(super) fn add_to(environment: &mut Environment<'_>, meter: &Arc<Meter>) {
    for name in [KEPT, MADE, STORED] {
        let meter = Arc::clone(meter);
        environment.add_filter(name, move |value: Value| meter.pass(value, name));
    }
    let of_replace = Arc::clone(meter);
    environment.add_filter("replace", move |value: Value, from: Value, to: Value| {
        let [text, from, to] = [value, from, to].map(|value| super::filters::plain(&value));
        let found = text.matches(from.as_str()).count() as u64;
        if found.saturating_mul(to.len() as u64) > of_replace.largest {
            return Err(of_replace.too_large());
        }
        Ok(text.replace(from.as_str(), &to))
    });
    let of_join = Arc::clone(meter);
    environment.add_filter(
        "join",
        move |value: Value, joiner: Option<String>, attribute: Option<String>, named: Kwargs| {
            let attribute = match attribute {
                Some(attribute) => Some(attribute),
                None => named.get::<Option<String>>("attribute")?,
            };
            named.assert_all_used()?;
            join(&of_join, &value, &joiner.unwrap_or_default(), attribute.as_deref())
        },
    );
    environment.add_filter("batch", |state: &State<'_, '_>, value: Value, count: usize, fill: Option<Value>| {
        check_filled(count)?;
        minijinja::filters::batch(state, value, count, fill)
    });
    environment.add_filter("slice", |state: &State<'_, '_>, value: Value, count: usize, fill: Option<Value>| {
        check_filled(count)?;
        minijinja::filters::slice(state, value, count, fill)
    });
}

fn check_filled(count: usize) -> Result<(), Error> {
    if count > MOST_FILLED {
        return Err(too_much(format!("{count} is over the cap of {MOST_FILLED} elements")));
    }
    Ok(())
}

fn join(meter: &Meter, value: &Value, joiner: &str, attribute: Option<&str>) -> Result<String, Error> {
    let mut out = String::new();
    for (index, item) in value.try_iter()?.enumerate() {
        let item = match attribute {
            Some(path) => path.split('.').try_fold(item, |item, name| item.get_attr(name))?,
            None => item,
        };
        if item.is_undefined() {
            return Err(ErrorKind::UndefinedError.into());
        }
        if index > 0 {
            out.push_str(joiner);
        }
        // Lists in lists are shown in full.
        if item.as_str().is_none() {
            meter.measure(&item, false)?;
        }
        out.push_str(&super::filters::joined(&item));
        if out.len() as u64 > meter.largest {
            return Err(meter.too_large());
        }
    }
    Ok(out)
}
