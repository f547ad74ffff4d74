//! [`Promises`]: texts that take long to make and that most outputs do not show, keys and certificates above all.
//!
//! A field that is promised goes through the templates as a stand-in, which is replaced where it reaches the output or
//! anything that looks at texts. What is printed is the same as without; only what nobody reads is never made.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use memchr::memmem;

use crate::helm::value::{Host, Map, MapType, Value};

/// The digits that tell one stand-in of a rendering from another.
const DIGITS: usize = 8;

/// The texts that were promised to a rendering.
#[derive(Debug, Default)]
pub(super) struct Promises {
    /// What all stand-ins begin with: nothing that a chart could know.
    mark: Vec<u8>,
    made: Vec<Promise>,
    /// Maps of texts in which stand-ins are values.
    holders: Vec<Map>,
}

#[derive(Debug)]
struct Promise {
    host: Rc<dyn Host>,
    field: &'static str,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Base64,
}

impl Promises {
    /// Tells whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Returns a stand-in for a field, if the host promises it.
    pub(super) fn of_field(&mut self, host: &Rc<dyn Host>, name: &str) -> Option<Value> {
        let field = host.promised(name)?;
        Some(self.promise(Promise { host: Rc::clone(host), field, form: Form::Plain }))
    }

    fn promise(&mut self, promise: Promise) -> Value {
        if self.mark.is_empty() {
            // It never shows. Letters of base64 only, and no number.
            let half = || RandomState::new().build_hasher().finish();
            self.mark = format!("LS0t{:016x}{:016x}", half(), half()).into_bytes();
        }
        let mut text = self.mark.clone();
        text.extend_from_slice(format!("{:0DIGITS$x}", self.made.len()).as_bytes());
        self.made.push(promise);
        Value::str(text)
    }

    /// Does what a function would do with a stand-in, if that can wait as well.
    pub(super) fn defer(&mut self, function: &str, arguments: &[Value]) -> Option<Value> {
        let ("b64enc", [Value::Str(text)]) = (function, arguments) else { return None };
        let promise = self.at(text).filter(|_| text.len() == self.mark.len() + DIGITS)?;
        let encoded = match promise.form {
            Form::Plain => Promise { host: Rc::clone(&promise.host), field: promise.field, form: Form::Base64 },
            Form::Base64 => return None,
        };
        Some(self.promise(encoded))
    }

    /// Tells whether a function gives one of its arguments as it is, and asks of the others at most whether they are empty, which
    /// nothing that is promised is.
    pub(super) fn are_passed_on(function: &str) -> bool {
        matches!(function, "coalesce" | "default" | "ternary")
    }

    /// Tells whether a function may read the text with its stand-ins: `fromYaml`, where each is all of a value and, being
    /// base64, nothing that YAML would read in another way.
    pub(super) fn may_be_read(&self, function: &str, arguments: &[Value]) -> bool {
        let ("fromYaml", [Value::Str(text)]) = (function, arguments) else { return false };
        let length = self.mark.len() + DIGITS;
        memmem::find_iter(text, &self.mark).all(|at| {
            let is_base64 = text.get(at..).and_then(|rest| self.at(rest)).is_some_and(|of| of.form == Form::Base64);
            let begins = text.get(..at).is_some_and(|before| before.ends_with(b": "));
            is_base64 && begins && matches!(text.get(at + length), None | Some(b'\n'))
        })
    }

    /// Remembers a map that was read from a text with stand-ins; false if it is not simple enough for that.
    pub(super) fn hold(&mut self, result: &Value) -> bool {
        let Value::Map(map) = result else { return false };
        if map.map_type() != MapType::Any || map.contains_key(b"Error") {
            return false;
        }
        let is_simple = map.entries().iter().all(|(key, value)| {
            memmem::find(key, &self.mark).is_none() && !matches!(value, Value::Map(_) | Value::List(_))
        });
        if is_simple {
            self.holders.push(map.clone());
        }
        is_simple
    }

    /// Replaces the stand-ins in values that something is going to look at.
    pub(super) fn redeem_all(&mut self, values: &mut [Value]) {
        for value in values {
            self.redeem(value);
        }
    }

    /// Replaces the stand-ins in a value that something is going to look at.
    pub(super) fn redeem(&mut self, value: &mut Value) {
        match value {
            Value::Str(text) => {
                if let Some(whole) = self.without_stand_ins(text) {
                    *value = Value::str(whole);
                }
            }
            Value::Map(map) => {
                let Some(found) = self.holders.iter().position(|holder| holder.is_same(map)) else { return };
                self.holders.swap_remove(found);
                for entry in map.entries_mut().values_mut() {
                    if let Value::Str(text) = entry
                        && let Some(whole) = self.without_stand_ins(text)
                    {
                        *entry = Value::str(whole);
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the text with what was promised, where anything was.
    pub(super) fn without_stand_ins(&self, text: &[u8]) -> Option<Vec<u8>> {
        if self.is_empty() {
            return None;
        }
        let mut out = Vec::new();
        let mut from = 0;
        for at in memmem::find_iter(text, &self.mark) {
            let Some(promise) = text.get(at..).and_then(|rest| self.at(rest)) else { continue };
            out.extend_from_slice(text.get(from..at).unwrap_or_default());
            out.extend_from_slice(&promise.keep());
            from = at + self.mark.len() + DIGITS;
        }
        if from == 0 {
            return None;
        }
        out.extend_from_slice(text.get(from..).unwrap_or_default());
        Some(out)
    }

    /// Finds the promise whose stand-in a text begins with.
    fn at(&self, text: &[u8]) -> Option<&Promise> {
        let digits = text.strip_prefix(self.mark.as_slice())?.get(..DIGITS)?;
        let index = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        self.made.get(index)
    }
}

impl Promise {
    /// Makes the text.
    fn keep(&self) -> Vec<u8> {
        let Some(Value::Str(text)) = self.host.field(self.field) else { return Vec::new() };
        match self.form {
            Form::Plain => text.to_vec(),
            Form::Base64 => STANDARD.encode(&text).into_bytes(),
        }
    }
}
