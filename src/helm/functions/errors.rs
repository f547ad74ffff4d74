//! Go errors that a method returns as its only result: templates see them as values, and go on.

use std::any::Any;
use std::rc::Rc;

use super::{Failure, Param};
use crate::helm::value::{Host, Value};

/// An `error`, perhaps nil.
#[derive(Debug)]
pub(crate) struct ErrorHost {
    type_name: &'static str,
    text: Option<String>,
}

impl ErrorHost {
    /// Returns an error that is nil.
    pub(crate) fn nil() -> Value {
        Value::Host(Rc::new(Self { type_name: "error", text: None }))
    }

    /// Returns an error of a Go type.
    pub(super) fn value(type_name: &'static str, text: String) -> Value {
        Value::Host(Rc::new(Self { type_name, text: Some(text) }))
    }
}

impl Host for ErrorHost {
    fn type_name(&self) -> &str {
        self.type_name
    }

    fn kind(&self) -> &'static str {
        "ptr"
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        (name == "Error").then_some(&[])
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, Failure> {
        let text = self.text.as_ref().ok_or("runtime error: invalid memory address or nil pointer dereference")?;
        Ok(Value::str(text.as_str()))
    }

    fn print(&self, _: &mut Vec<u8>) {}

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.text.as_deref().unwrap_or("<nil>").as_bytes().to_vec())
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        self.text.as_ref().map(|text| vec![("s", Value::str(text.as_str()))])
    }

    fn is_nil(&self) -> bool {
        self.text.is_none()
    }

    fn truth(&self) -> bool {
        self.text.is_some()
    }

    fn copied(&self) -> Option<Value> {
        self.text.is_none().then_some(Value::Nil)
    }

    fn to_plain(&self) -> Value {
        // The text is a private field.
        if self.text.is_none() { Value::Nil } else { Value::map() }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
