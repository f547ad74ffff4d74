//! Go's `reflect.DeepEqual`.

use super::{Context, Failure};
use crate::helm::value::Value;

/// Two values nested deeper than this are not compared.
const DEEPEST: usize = 500;

/// Tells whether two values are equal in type and content, all the way down.
///
/// # Errors
/// Where they nest too deep or too many parts would have to be looked at.
pub(super) fn deep_equal(context: &mut dyn Context, a: &Value, b: &Value) -> Result<bool, Failure> {
    Comparison { context, pending: 0 }.equal(a, b, 0)
}

struct Comparison<'a> {
    context: &'a mut dyn Context,
    /// Work that has not been told yet; most comparisons are of two short texts.
    pending: usize,
}

impl Comparison<'_> {
    fn equal(&mut self, a: &Value, b: &Value, depth: usize) -> Result<bool, Failure> {
        if depth > DEEPEST {
            return Err(Failure::Limit(format!("values nested deeper than {DEEPEST} levels cannot be compared")));
        }
        self.pending += 1;
        if self.pending >= 64 {
            self.context.spend(std::mem::take(&mut self.pending))?;
        }
        Ok(match (a, b) {
            (Value::Nil | Value::Invalid, Value::Nil | Value::Invalid) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) | (Value::Int64(a), Value::Int64(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Str(a), Value::Str(b)) | (Value::Bytes(a), Value::Bytes(b)) => {
                self.pending += if a.len() == b.len() { a.len() / 32 } else { 0 };
                a == b
            }
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::List(a), Value::List(b)) => {
                if a.list_type() != b.list_type() || a.is_nil() != b.is_nil() || a.len() != b.len() {
                    return Ok(false);
                }
                if a.is_same(b) {
                    return Ok(true);
                }
                for (a, b) in a.items().iter().zip(b.items().iter()) {
                    if !self.equal(a, b, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Map(a), Value::Map(b)) => {
                if a.map_type() != b.map_type() || a.is_nil() != b.is_nil() || a.len() != b.len() {
                    return Ok(false);
                }
                if a.is_same(b) {
                    return Ok(true);
                }
                for ((a_key, a), (b_key, b)) in a.entries().iter().zip(b.entries().iter()) {
                    if a_key != b_key || !self.equal(a, b, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Value::Host(a), Value::Host(b)) => {
                if std::rc::Rc::ptr_eq(a, b) {
                    return Ok(true);
                }
                if a.type_name() != b.type_name() {
                    return Ok(false);
                }
                let (Some(a_fields), Some(b_fields)) = (a.fields(), b.fields()) else {
                    return self.equal(&a.to_plain(), &b.to_plain(), depth + 1);
                };
                for ((_, a), (_, b)) in a_fields.iter().zip(&b_fields) {
                    if !self.equal(a, b, depth + 1)? {
                        return Ok(false);
                    }
                }
                true
            }
            _ => false,
        })
    }
}
