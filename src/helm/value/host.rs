//! [`Host`]: Go structs and pointers that templates can reach into.

use std::any::Any;
use std::fmt::Debug;
use std::rc::Rc;

use super::Value;
use crate::helm::functions::{Failure, Param};
use crate::yaml::Str;

/// A time as documents have it.
#[derive(Clone, Debug)]
pub struct Timestamp {
    /// RFC 3339.
    pub text: Vec<u8>,
    /// The words of `encoding/json` where it cannot write the time.
    pub json_error: Option<String>,
}

/// A Go value that is neither a basic type, a slice nor a map: `.Capabilities`, `.Files`, a `time.Time`, a `*semver.Version`.
pub trait Host: Debug {
    /// Returns the type as `typeOf` prints it: `*common.Capabilities`.
    fn type_name(&self) -> &str;

    /// Returns the kind as `kindOf` prints it: `struct`, `ptr`, `map`, `slice`.
    fn kind(&self) -> &'static str;

    /// Returns an exported field of the struct.
    fn field(&self, name: &str) -> Option<Value>;

    /// Returns the name of a text field that is made only when it is read and was not yet: what reads it may wait.
    fn promised(&self, field: &str) -> Option<&'static str> {
        let _ = field;
        None
    }

    /// Returns the name of the promised field that is all there is to this value, a text for templates.
    fn stands_for_text(&self) -> Option<&'static str> {
        None
    }

    /// Returns the parameters of a method, or `None` where there is none of that name. Methods win over fields.
    fn method(&self, name: &str) -> Option<&'static [Param]> {
        let _ = name;
        None
    }

    /// Returns Go's words where a method is there that no template can call, since it has several results.
    fn uncallable(&self, name: &str) -> Option<String> {
        let _ = name;
        None
    }

    /// Calls a method that [`method`](Self::method) knows, with arguments that fit its parameters.
    ///
    /// # Errors
    /// Where the Go method returns an error.
    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Failure> {
        let _ = arguments;
        Err(Failure::NotBuilt(format!("method {name} of {}", self.type_name())))
    }

    /// Writes what `%v` prints.
    fn print(&self, out: &mut Vec<u8>);

    /// Returns what the Go type's `String` or `Error` method gives, for the verbs of strings.
    fn text(&self) -> Option<Vec<u8>> {
        None
    }

    /// Returns what the Go type's `GoString` method gives, for `%#v`.
    fn go_text(&self) -> Option<String> {
        None
    }

    /// Tells a nil pointer.
    fn is_nil(&self) -> bool {
        false
    }

    /// Returns the fields of a struct in their order, for printing; without them [`Host::print`] is all there is.
    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        None
    }

    /// Returns the value as plain maps, lists and scalars, as `encoding/json` sees it.
    fn to_plain(&self) -> Value;

    /// Returns a time as documents have it.
    fn timestamp(&self) -> Option<Timestamp> {
        None
    }

    /// Returns the fields of a struct as `encoding/json` writes them, in their order.
    fn json_fields(&self) -> Option<Vec<(Str, Value)>> {
        None
    }

    /// Returns the fields of a struct with those of embedded structs among them.
    fn flat_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        self.fields()
    }

    /// Returns the fields of a struct as go-yaml v3 writes them where nothing else is said: in small letters, all that are exported.
    fn yaml_fields(&self) -> Vec<(Str, Value)> {
        let exported = |name: &&str| name.starts_with(|first: char| first.is_ascii_uppercase());
        let fields = self.fields().unwrap_or_default().into_iter().filter(|(name, _)| exported(name));
        fields.map(|(name, value)| (Str::from(name.to_ascii_lowercase().as_str()), value)).collect()
    }

    /// Returns a deep copy, made with a function that copies what is inside; private fields are left empty. `None` where the copy
    /// is the same.
    ///
    /// # Errors
    /// Where a part cannot be copied.
    fn deep_copied(&self, copy: &mut dyn FnMut(&Value) -> Result<Value, Failure>) -> Result<Option<Value>, Failure> {
        let _ = copy;
        Ok(None)
    }

    /// Tells whether the value is true in an `if`: a non-nil pointer and a struct always are.
    fn truth(&self) -> bool {
        true
    }

    /// Returns the value as it arrives in a function, which takes copies: what can be changed in place has methods that a
    /// copy has not, and a nil of a type of its own is nil. `None` where it is the same.
    fn copied(&self) -> Option<Value> {
        None
    }

    /// Returns what a pointer points to.
    fn pointee(&self) -> Option<Rc<dyn Host>> {
        None
    }

    /// Tells whether `==` holds for two values, where that is not decided by the fields of a struct or the identity of a pointer.
    fn equals(&self, other: &dyn Host) -> Option<bool> {
        let _ = other;
        None
    }

    /// For the code that knows the concrete type.
    fn as_any(&self) -> &dyn Any;
}
