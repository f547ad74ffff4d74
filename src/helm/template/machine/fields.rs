//! Fields and methods: `.Values.image.tag`, `.Files.Get "x"`. Go's `evalField`.

use std::rc::Rc;

use super::{Machine, Raised};
use crate::helm::context::{Method, method_of};
use crate::helm::functions::{Failure, Param};
use crate::helm::go::types;
use crate::helm::template::code::Piped;
use crate::helm::template::token::Span;
use crate::helm::value::{Host, MapType, Value};
use crate::yaml::Str;

/// The names behind a value: `.a.b`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'u> {
    pub(super) names: &'u [Span],
    /// The text that they stand in.
    pub(super) text: &'u [u8],
}

impl<'u> Path<'u> {
    fn split_first(self) -> Option<(&'u [u8], Self)> {
        let (name, names) = self.names.split_first()?;
        Some((name.of(self.text), Self { names, ..self }))
    }
}

/// A method call whose arguments are being evaluated.
#[derive(Debug)]
pub(super) struct PendingCall {
    receiver: Value,
    callee: Callee,
    count: usize,
    name: Str,
}

/// A method.
#[derive(Debug)]
enum Callee {
    Host(Rc<dyn Host>, String, &'static [Param]),
    Type(&'static Method),
}

impl Callee {
    fn find(receiver: &Value, name: &[u8]) -> Option<Self> {
        match receiver {
            Value::Host(host) => {
                let name = std::str::from_utf8(name).ok()?;
                let params = host.method(name)?;
                Some(Self::Host(Rc::clone(host), name.to_owned(), params))
            }
            Value::Map(_) | Value::List(_) | Value::Number(_) => method_of(receiver, name).map(Self::Type),
            _ => None,
        }
    }

    /// Returns Go's words where the method cannot be called.
    fn refusal(&self) -> Result<(), String> {
        match self {
            Self::Host(host, name, _) => host.uncallable(name).map_or(Ok(()), Err),
            Self::Type(_) => Ok(()),
        }
    }

    fn params(&self) -> &'static [Param] {
        match self {
            Self::Host(_, _, params) => params,
            Self::Type(method) => method.params,
        }
    }
}

/// Takes the first step of a path where it is the key of an ordinary map, which is what most are.
pub(super) fn first_of_map<'u>(receiver: &Value, path: Path<'u>) -> Option<(Value, Path<'u>)> {
    let (Value::Map(map), Some((name, rest))) = (receiver, path.split_first()) else { return None };
    let is_key = match map.map_type() {
        MapType::Any => true,
        MapType::Values => method_of(receiver, name).is_none(),
        MapType::Strings | MapType::Named(_) => false,
    };
    is_key.then(|| (map.get(name).unwrap_or(Value::Nil), rest))
}

/// Tells whether a struct has a field of that name that templates cannot reach.
fn is_private(receiver: &Value, name: &[u8]) -> bool {
    let Value::Host(host) = receiver else { return false };
    host.fields().unwrap_or_default().iter().any(|(field, _)| name == field.as_bytes())
}

fn field_of(host: &dyn Host, name: &[u8]) -> Option<Value> {
    host.field(std::str::from_utf8(name).ok()?)
}

fn nil_pointer(name: &[u8]) -> String {
    format!("nil pointer evaluating interface {{}}.{}", String::from_utf8_lossy(name))
}

fn wrong_number(name: &[u8], wanted: usize, got: usize) -> String {
    format!("wrong number of args for {}: want {wanted} got {got}", String::from_utf8_lossy(name))
}

impl Machine<'_> {
    /// Follows a chain of fields.
    pub(super) fn fields(&mut self, receiver: Value, is_boxed: bool, path: Path<'_>) -> Result<Value, Raised> {
        let mut value = receiver;
        self.is_boxed = is_boxed;
        let mut path = path;
        while let Some((next, rest)) = first_of_map(&value, path) {
            value = next;
            path = rest;
            self.is_boxed = true;
        }
        while let Some((name, rest)) = path.split_first() {
            value = self.field(value, name)?;
            path = rest;
        }
        Ok(value)
    }

    /// Returns a field, the value of a key, or the result of a method without parameters.
    fn field(&mut self, receiver: Value, name: &[u8]) -> Result<Value, Raised> {
        match &receiver {
            Value::Invalid => return Ok(Value::Invalid),
            Value::Nil => return Err(nil_pointer(name).into()),
            Value::Map(map) if map.map_type() == MapType::Any => {
                self.is_boxed = true;
                return Ok(map.get(name).unwrap_or(Value::Nil));
            }
            _ => {}
        }
        if let Some(callee) = Callee::find(&receiver, name) {
            let wanted = callee.params().len();
            if wanted != 0 {
                return Err(wrong_number(name, wanted, 0).into());
            }
            callee.refusal()?;
            return self.invoke(&callee, &receiver, name, &[]);
        }
        self.plain_field(&receiver, name)
    }

    fn plain_field(&mut self, receiver: &Value, name: &[u8]) -> Result<Value, Raised> {
        if let Value::Host(host) = receiver
            && let Ok(field) = std::str::from_utf8(name)
            && let Some(promise) = self.promises.of_field(host, field)
        {
            self.is_boxed = false;
            return Ok(promise);
        }
        let field = match receiver {
            Value::Map(map) => {
                let found = map.get(name);
                let missing = match map.map_type() {
                    MapType::Any | MapType::Values => Value::Nil,
                    MapType::Strings => Value::str(""),
                    MapType::Named(_) => Value::Bytes(Str::default()),
                };
                Some((found.unwrap_or(missing), matches!(map.map_type(), MapType::Any | MapType::Values)))
            }
            Value::Host(host) => field_of(&**host, name).map(|value| (value, false)),
            _ => None,
        };
        match field {
            Some((value, is_boxed)) => {
                self.is_boxed = is_boxed;
                Ok(value)
            }
            None if is_private(receiver, name) => Err(self.private_field(receiver, name).into()),
            None => Err(self.no_field(receiver, name).into()),
        }
    }

    fn no_field(&self, receiver: &Value, name: &[u8]) -> String {
        format!("can't evaluate field {} in type {}", String::from_utf8_lossy(name), self.receiver_type(receiver))
    }

    fn private_field(&self, receiver: &Value, name: &[u8]) -> String {
        let type_name = types::type_name(receiver, self.world.profile);
        let name = String::from_utf8_lossy(name);
        format!("{name} is an unexported field of struct type {type_name}")
    }

    fn receiver_type(&self, receiver: &Value) -> String {
        if self.is_boxed {
            "interface {}".to_owned()
        } else {
            types::type_name(receiver, self.world.profile).into_owned()
        }
    }

    /// Begins the call of a method with arguments on the value on the stack; false if there is nothing to call it on, and
    /// then that is the value.
    pub(super) fn begin_method(&mut self, name: &Str, written: usize, piped: Piped) -> Result<bool, Raised> {
        let receiver = self.pop();
        let count = written + usize::from(piped == Piped::Yes);
        match &receiver {
            Value::Invalid => {
                if piped == Piped::Yes {
                    self.pop();
                }
                self.stack.push(Value::Invalid);
                return Ok(false);
            }
            Value::Nil => return Err(nil_pointer(name).into()),
            _ => {}
        }
        let Some(callee) = Callee::find(&receiver, name) else {
            return Err(match &receiver {
                Value::Map(_) => format!("{name} is not a method but has arguments"),
                _ if is_private(&receiver, name) => self.private_field(&receiver, name),
                Value::Host(host) if field_of(&**host, name).is_some() => {
                    format!("{name} has arguments but cannot be invoked as function")
                }
                _ => self.no_field(&receiver, name),
            }
            .into());
        };
        let wanted = callee.params().len();
        if count != wanted {
            return Err(wrong_number(name, wanted, count).into());
        }
        callee.refusal()?;
        self.calls.push(PendingCall { receiver, callee, count, name: name.clone() });
        Ok(true)
    }

    /// Returns a parameter of the method that is being called.
    pub(super) fn method_param(&self, index: u32) -> Param {
        let params = self.calls.last().map(|call| call.callee.params()).unwrap_or_default();
        params.get(index as usize).copied().unwrap_or(Param::Any)
    }

    /// Calls the method whose arguments are on the stack.
    pub(super) fn call_method(&mut self) -> Result<(), Raised> {
        let Some(call) = self.calls.pop() else { return Ok(()) };
        let mut arguments = self.stack.split_off(self.stack.len().saturating_sub(call.count));
        self.promises.redeem_all(&mut arguments);
        let value = self.invoke(&call.callee, &call.receiver, &call.name, &arguments)?;
        self.stack.push(value);
        Ok(())
    }

    fn invoke(&mut self, callee: &Callee, receiver: &Value, name: &[u8], arguments: &[Value]) -> Result<Value, Raised> {
        let result = match callee {
            Callee::Host(host, name, _) => host.call(name, arguments),
            Callee::Type(method) => (method.body)(&mut self.world, receiver, arguments),
        };
        self.is_boxed = false;
        result.map_err(|failure: Failure| Raised { failure, called: Some(String::from_utf8_lossy(name).into_owned()) })
    }
}
