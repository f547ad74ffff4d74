//! A rendering whose clock stands and whose randomness is counted out, for calling functions one by one.

use plainsail::helm::Profile;
use plainsail::helm::functions::{Context, Failure, lookup};
use plainsail::helm::value::Value;

/// The context of a call.
pub(crate) struct Fixed {
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// The next random byte.
    pub(crate) next: u8,
}

impl Context for Fixed {
    fn profile(&self) -> Profile {
        Profile::default()
    }

    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(i128::from(self.now) * 1_000_000_000)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        for byte in buffer {
            *byte = self.next;
            self.next = self.next.wrapping_mul(5).wrapping_add(3);
        }
        Ok(())
    }

    fn spend(&mut self, _: usize) -> Result<(), Failure> {
        Ok(())
    }
}

impl Fixed {
    /// Calls a function as a template does.
    pub(crate) fn call(&mut self, name: &str, arguments: &[Value]) -> Value {
        let function = lookup(name).expect("the function exists");
        (function.body)(self, arguments).expect("the call succeeds")
    }

    /// Calls a function that gives a text.
    pub(crate) fn text(&mut self, name: &str, arguments: &[Value]) -> String {
        match self.call(name, arguments) {
            Value::Str(text) => text.lossy().into_owned(),
            // A text that is not made yet.
            Value::Host(host) if host.stands_for_text().is_some() => field(&Value::Host(host), "Text"),
            other => panic!("{name} gives {other:?}"),
        }
    }
}

/// Reads a text field of a struct.
pub(crate) fn field(value: &Value, name: &str) -> String {
    match value {
        Value::Host(host) => match host.field(name) {
            Some(Value::Str(text)) => text.lossy().into_owned(),
            other => panic!("{name} is {other:?}"),
        },
        other => panic!("{other:?} has no fields"),
    }
}
