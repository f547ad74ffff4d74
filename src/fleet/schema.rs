//! JSON Schemas of the three files, made from the types that read them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::config::Config;
use super::environment::EnvironmentFile;
use super::release::ReleaseFile;

/// Returns the schema of `plainsail.yaml`.
pub fn fleet() -> Schema {
    generate::<Config>()
}

/// Returns the schema of `environments/<env>/environment.yaml`.
pub fn environment() -> Schema {
    generate::<EnvironmentFile>()
}

/// Returns the schema of `environments/<env>/<release>.yaml`.
pub fn release() -> Schema {
    generate::<ReleaseFile>()
}

fn generate<T: JsonSchema>() -> Schema {
    // Editors know draft 7 best.
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    // A file that says nothing is a file: an empty document reads as null.
    if schema.get("required").is_none() {
        schema.insert("type".to_owned(), serde_json::json!(["object", "null"]));
    }
    schema
}
