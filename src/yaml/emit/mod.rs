//! Writes YAML as `toYaml` (JSON, then go-yaml v2) and `toYamlPretty` (go-yaml v3) do.

use super::{EmitError, Tree};

/// Writes a value as `sigs.k8s.io/yaml.Marshal` does, with the final newline (which `toYaml` then cuts off).
///
/// # Errors
/// The value has no JSON form, or its JSON form is no YAML to go-yaml.
pub fn emit<T: Tree>(value: &T) -> Result<Vec<u8>, EmitError> {
    let _ = value;
    Err(EmitError::Yaml { message: "writing YAML is not built yet".to_owned() })
}

/// Writes a value as go-yaml v3's encoder does with an indent of 2, with the final newline (which `toYamlPretty` then cuts off).
///
/// # Errors
/// The value holds a type that YAML does not know.
pub fn emit_pretty<T: Tree>(value: &T) -> Result<Vec<u8>, EmitError> {
    let _ = value;
    Err(EmitError::Yaml { message: "writing YAML is not built yet".to_owned() })
}
