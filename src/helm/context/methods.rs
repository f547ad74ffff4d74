//! The methods of Go's named map, slice and number types: `.Values.Table`, `.Files.Get`, `.Capabilities.APIVersions.Has`.

use super::{capabilities, durations, files, values};
use crate::helm::functions::{Context, Failure, Param};
use crate::helm::value::{ListType, MapType, Number, Value};

/// The body of a method: what it may ask, the receiver, the arguments.
pub(super) type MethodBody = fn(&mut dyn Context, &Value, &[Value]) -> Result<Value, Failure>;

/// A method of a Go type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Method {
    /// The name in templates.
    pub(crate) name: &'static str,
    /// The types of the parameters.
    pub(crate) params: &'static [Param],
    /// The body. The arguments have been checked.
    pub(crate) body: MethodBody,
}

/// Finds a method of a value's Go type.
pub(crate) fn method_of(receiver: &Value, name: &[u8]) -> Option<&'static Method> {
    // As everything that Go exports, they begin with a capital letter.
    if !name.first().is_some_and(u8::is_ascii_uppercase) {
        return None;
    }
    let methods = match receiver {
        Value::Map(map) => match map.map_type() {
            MapType::Values => values::METHODS,
            MapType::Named(files::TYPE) => files::METHODS,
            _ => return None,
        },
        Value::List(list) => match list.list_type() {
            ListType::Named(name) if name.ends_with(capabilities::VERSION_SET) => capabilities::VERSION_METHODS,
            _ => return None,
        },
        Value::Number(Number::Duration(_)) => durations::DURATION_METHODS,
        Value::Number(Number::Month(_) | Number::Weekday(_)) => durations::NAME_METHODS,
        _ => return None,
    };
    methods.iter().find(|method| method.name.as_bytes() == name)
}
