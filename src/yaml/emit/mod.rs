//! Writes YAML as `toYaml` (JSON, then go-yaml v2) and `toYamlPretty` (go-yaml v3) do.
//!
//! Values are written straight into one buffer. What a trip through JSON would change (characters that go-yaml's reader
//! refuses or folds, very long keys) really takes that trip, so that it is changed in the same way.

mod emitter;
mod order;
mod scalar;
mod walk;

use super::decode::Integers;
use super::json::{self, Html};
use super::resolve::Version;
use super::{EmitError, Error, Limits, Tree};
use walk::{Stop, Walk};

/// Writes a value as `sigs.k8s.io/yaml.Marshal` does, with the final newline (which `toYaml` then cuts off).
///
/// # Errors
/// The value has no JSON form, or its JSON form is no YAML to go-yaml.
pub fn emit<T: Tree>(value: &T) -> Result<Vec<u8>, EmitError> {
    let mut out = Vec::with_capacity(256);
    emit_into(&mut out, value)?;
    Ok(out)
}

/// Appends a value to a buffer; see [`emit`]. On an error the buffer is as it was.
///
/// # Errors
/// As [`emit`].
pub fn emit_into<T: Tree>(out: &mut Vec<u8>, value: &T) -> Result<(), EmitError> {
    let start = out.len();
    let stop = match Walk::new(out, Version::V2).document(value) {
        Ok(()) => return Ok(()),
        Err(stop) => stop,
    };
    out.truncate(start);
    match stop {
        Stop::TooDeep => Err(EmitError::TooDeep { limit: super::MAXIMUM_DEPTH }),
        Stop::TooLong => Err(EmitError::TooLong { limit: super::MAXIMUM_TEXT }),
        Stop::Unsupported(_) | Stop::ChangedByJson => through_json(out, value),
    }
}

/// Takes the way that Go takes: the JSON text is read as YAML, and what was read is written.
fn through_json<T: Tree>(out: &mut Vec<u8>, value: &T) -> Result<(), EmitError> {
    let text = json::encode(value, Html::Escaped)?;
    let limits = Limits { bytes: usize::MAX, nodes: usize::MAX, ..Limits::default() };
    let data = super::read::first_document(&text, &limits, Integers::Kept).map_err(|error| match error {
        Error::Syntax { message, .. } => EmitError::Yaml { message: format!("yaml: {message}") },
        Error::TooDeep { limit } => EmitError::TooDeep { limit },
        other => EmitError::Yaml { message: other.to_string() },
    })?;
    Walk::after_json(out).document(&data).map_err(Stop::into_error)
}

/// Writes a value as go-yaml v3's encoder does with an indent of 2, with the final newline (which `toYamlPretty` then cuts off).
///
/// # Errors
/// The value holds a type that YAML does not know.
pub fn emit_pretty<T: Tree>(value: &T) -> Result<Vec<u8>, EmitError> {
    let mut out = Vec::with_capacity(256);
    Walk::new(&mut out, Version::V3).document(value).map_err(Stop::into_error)?;
    Ok(out)
}
