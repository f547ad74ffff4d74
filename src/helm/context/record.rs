//! [`Record`]: a Go struct, or a pointer to one, made of named fields.

use std::any::Any;
use std::rc::Rc;

use crate::helm::functions::{ErrorHost, Failure, Param};
use crate::helm::value::{Host, Map, MapType, Value};
use crate::yaml::Str;

/// How a Go struct is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// By value, somewhere it can be changed: methods of the pointer type are there.
    InPlace,
    /// By value, as a copy: only methods of the type itself are there.
    Copied,
    /// Through a pointer.
    Pointed,
}

/// A field of a struct.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) value: Value,
    /// The name in JSON; `None` where the field's own fields take its place.
    pub(super) json: Option<&'static str>,
    /// Whether JSON leaves it out when it is empty.
    pub(super) omits_empty: bool,
    /// Whether templates can reach it; others are only printed.
    pub(super) is_exported: bool,
}

impl Field {
    /// Returns an exported field that JSON leaves out when it is empty.
    pub(super) fn new(name: &'static str, json: &'static str, value: Value) -> Self {
        Self { name, value, json: Some(json), omits_empty: true, is_exported: true }
    }

    /// Keeps the field in JSON when it is empty.
    pub(super) fn always(self) -> Self {
        Self { omits_empty: false, ..self }
    }
}

/// A method without parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Getter {
    pub(super) name: &'static str,
    pub(super) answer: Answer,
}

/// What a method without parameters returns.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// The value of a field; if that is empty, of the other.
    Field(&'static str, &'static str),
    /// A pointer to a copy.
    Copy,
    /// An error that is nil: what was loaded is valid.
    NoError,
}

/// A Go struct.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) type_name: &'static str,
    pub(super) held: Held,
    pub(super) fields: Vec<Field>,
    /// The methods of the pointer type.
    pub(super) getters: Vec<Getter>,
}

impl Record {
    pub(super) fn new(type_name: &'static str, held: Held, fields: Vec<Field>) -> Self {
        Self { type_name, held, fields, getters: Vec::new() }
    }

    /// Returns the value.
    pub(super) fn value(self) -> Value {
        Value::Host(Rc::new(self))
    }

    /// Gives the pointer type methods.
    pub(super) fn with(self, getters: Vec<Getter>) -> Self {
        Self { getters, ..self }
    }

    fn getter(&self, name: &str) -> Option<Value> {
        let has_methods = self.held != Held::Copied;
        let getter = self.getters.iter().find(|getter| has_methods && getter.name == name)?;
        Some(match getter.answer {
            Answer::Field(first, second) => {
                let value = |name| self.fields.iter().find(|field| field.name == name).map(|field| field.value.clone());
                value(first).filter(|value| !is_empty(value)).or_else(|| value(second))?
            }
            Answer::Copy => Self { held: Held::Pointed, ..self.clone() }.value(),
            Answer::NoError => ErrorHost::nil(),
        })
    }

    fn embedded(&self) -> impl Iterator<Item = &Rc<dyn Host>> {
        self.fields.iter().filter(|field| field.json.is_none()).filter_map(|field| match &field.value {
            Value::Host(host) => Some(host),
            _ => None,
        })
    }
}

impl Host for Record {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn kind(&self) -> &'static str {
        if self.held == Held::Pointed { "ptr" } else { "struct" }
    }

    fn field(&self, name: &str) -> Option<Value> {
        let own = self.fields.iter().find(|field| field.is_exported && field.name == name);
        own.map(|field| field.value.clone()).or_else(|| self.embedded().find_map(|host| host.field(name)))
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        let has_methods = self.held != Held::Copied;
        (has_methods && self.getters.iter().any(|getter| getter.name == name)).then_some(&[])
    }

    fn call(&self, name: &str, _: &[Value]) -> Result<Value, Failure> {
        self.getter(name).ok_or_else(|| Failure::Error(format!("no method {name}")))
    }

    fn print(&self, _: &mut Vec<u8>) {}

    fn text(&self) -> Option<Vec<u8>> {
        match self.getter("String") {
            Some(Value::Str(text)) => Some(text.to_vec()),
            _ => None,
        }
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(self.fields.iter().map(|field| (field.name, as_copy(&field.value))).collect())
    }

    fn flat_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let mut flat = Vec::new();
        for field in &self.fields {
            match (field.json, &field.value) {
                (None, Value::Host(host)) => flat.extend(host.flat_fields().unwrap_or_default()),
                (_, value) => flat.push((field.name, as_copy(value))),
            }
        }
        Some(flat)
    }

    fn json_fields(&self) -> Option<Vec<(Str, Value)>> {
        let mut written = Vec::new();
        for field in &self.fields {
            match (field.json, &field.value) {
                (None, Value::Host(host)) => written.extend(host.json_fields().unwrap_or_default()),
                (Some(name), value) if field.is_exported && !(field.omits_empty && is_empty(value)) => {
                    written.push((Str::from(name), as_copy(value)));
                }
                _ => {}
            }
        }
        Some(written)
    }

    fn to_plain(&self) -> Value {
        Value::Map(Map::from_entries(MapType::Any, self.json_fields().unwrap_or_default()))
    }

    fn copied(&self) -> Option<Value> {
        (self.held == Held::InPlace).then(|| Self { held: Held::Copied, ..self.clone() }.value())
    }

    fn pointee(&self) -> Option<Rc<dyn Host>> {
        (self.held == Held::Pointed).then(|| Rc::new(Self { held: Held::InPlace, ..self.clone() }) as Rc<dyn Host>)
    }

    fn deep_copied(&self, copy: &mut dyn FnMut(&Value) -> Result<Value, Failure>) -> Result<Option<Value>, Failure> {
        let mut copied = self.clone();
        for field in &mut copied.fields {
            field.value = if field.is_exported { copy(&field.value)? } else { Value::str("") };
        }
        Ok(Some(copied.value()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn as_copy(value: &Value) -> Value {
    match value {
        Value::Host(host) => host.copied().unwrap_or_else(|| value.clone()),
        other => other.clone(),
    }
}

/// Tells what `omitempty` leaves out; structs never are empty.
fn is_empty(value: &Value) -> bool {
    !matches!(value, Value::Host(_)) && !crate::helm::go::types::truth(value)
}
