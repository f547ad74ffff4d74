//! [`Host`]: Go structs and pointers that templates can reach into.

use std::any::Any;
use std::fmt::Debug;

use super::Value;

/// A Go value that is neither a basic type, a slice nor a map: `.Capabilities`, `.Files`, a `time.Time`, a `*semver.Version`.
pub trait Host: Debug {
    /// Returns the type as `typeOf` prints it: `*common.Capabilities`.
    fn type_name(&self) -> &str;

    /// Returns the kind as `kindOf` prints it: `struct`, `ptr`, `map`, `slice`.
    fn kind(&self) -> &'static str;

    /// Returns a field, or the result of a method that takes no arguments and cannot fail.
    fn field(&self, name: &str) -> Option<Value>;

    /// Tells whether there is a method of that name.
    fn has_method(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Calls a method; `None` where there is none of that name.
    ///
    /// # Errors
    /// The text of the error that the Go method returns.
    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, String>> {
        let _ = (name, arguments);
        None
    }

    /// Writes what `%v` prints.
    fn print(&self, out: &mut Vec<u8>);

    /// Returns the value as plain maps, lists and scalars, as `encoding/json` sees it.
    fn to_plain(&self) -> Value;

    /// Tells whether the value is true in an `if`: a non-nil pointer and a struct always are.
    fn truth(&self) -> bool {
        true
    }

    /// For the code that knows the concrete type.
    fn as_any(&self) -> &dyn Any;
}
