//! JSON Schemas of the three files, made from the types that read them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

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
    if let Some(root) = schema.as_object_mut() {
        root.iter_mut().for_each(|(_, part)| allow_nothing(part));
        allow_nothing_in_properties(root);
    }
    // A file that says nothing is a file: an empty document reads as null.
    if schema.get("required").is_none() {
        schema.insert("type".to_owned(), serde_json::json!(["object", "null"]));
    }
    schema
}

/// A key with nothing behind it is read as if it were not there, unless it is required.
fn allow_nothing(part: &mut Value) {
    match part {
        Value::Array(items) => items.iter_mut().for_each(allow_nothing),
        Value::Object(map) => {
            map.iter_mut().for_each(|(_, below)| allow_nothing(below));
            allow_nothing_in_properties(map);
        }
        _ => {}
    }
}

fn allow_nothing_in_properties(schema: &mut Map<String, Value>) {
    let required: Vec<String> = match schema.get("required") {
        Some(Value::Array(names)) => names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    for (key, property) in properties.iter_mut().filter(|(key, _)| !required.contains(key)) {
        let Value::Object(map) = property else { continue };
        match map.get("type").cloned() {
            Some(Value::String(name)) if name != "null" && !map.contains_key("enum") => {
                map.insert("type".to_owned(), json!([name, "null"]));
            }
            Some(Value::Array(_)) => {}
            _ if accepts_null(map) => {}
            _ => {
                let description = map.remove("description").unwrap_or_else(|| json!(key));
                let whole = std::mem::take(map);
                map.insert("description".to_owned(), description);
                map.insert("anyOf".to_owned(), json!([whole, {"type": "null"}]));
            }
        }
    }
}

fn accepts_null(schema: &Map<String, Value>) -> bool {
    matches!(schema.get("anyOf"), Some(Value::Array(choices)) if choices.iter().any(|choice| choice.get("type") == Some(&json!("null"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Memory;
    use crate::fleet::Fleet;
    use crate::fleet::init::{Options, files};

    /// Tells what editors and validators tell of a file.
    fn accepts(schema: &Schema, text: &str) -> bool {
        let schema = crate::helm::schema::Schema::compile(schema.as_value().to_string().as_bytes()).unwrap();
        let values = crate::yaml::parse(text.as_bytes(), &crate::yaml::Limits::default()).unwrap();
        schema.check(&values).unwrap().is_ok()
    }

    #[test]
    fn the_sample_fleet_is_valid() {
        for (path, text) in files(&Options { sample: true, repository: None, branch: "main" }).unwrap() {
            let schema = match path.as_str() {
                "plainsail.yaml" => fleet(),
                path if path.ends_with("/environment.yaml") => environment(),
                path if path.starts_with("environments/") => release(),
                _ => continue,
            };
            assert!(accepts(&schema, &text.lossy()), "{path}");
        }
    }

    #[test]
    fn the_schemas_and_the_reader_agree() {
        let loads = |path: &str, text: &str| {
            let mut tree: Memory =
                [("plainsail.yaml", ""), ("environments/dev/environment.yaml", "")].into_iter().collect();
            tree.insert(path, text);
            Fleet::load(&tree).is_ok_and(|fleet| fleet.broken().count() == 0)
        };
        let image = |line: &str| format!("chart: c\nimages: {{ a: {{ repository: example.com/a, {line} }} }}\n");
        for (path, schema, text, sound) in [
            ("plainsail.yaml", fleet(), String::new(), true),
            (
                "plainsail.yaml",
                fleet(),
                "values: { a: [1] }\nhelm: \"3.21.4\"\nkubeVersion: \"1.33\"\n".to_owned(),
                true,
            ),
            (
                "plainsail.yaml",
                fleet(),
                "values:\nregistries:\n  example.com: { kind: oci, endpoint: \"http://example.com\" }\n".to_owned(),
                true,
            ),
            ("plainsail.yaml", fleet(), "git: { author: { name: x } }\nlayout: folder\n".to_owned(), true),
            ("plainsail.yaml", fleet(), "registry: {}\n".to_owned(), false),
            ("plainsail.yaml", fleet(), "kubeVersion: 1.33\n".to_owned(), false),
            ("plainsail.yaml", fleet(), "helm: \"3.0.0\"\n".to_owned(), false),
            ("plainsail.yaml", fleet(), "apiVersions: x\n".to_owned(), false),
            ("plainsail.yaml", fleet(), "git: { author: { nam: x } }\n".to_owned(), false),
            ("environments/dev/environment.yaml", environment(), String::new(), true),
            (
                "environments/dev/environment.yaml",
                environment(),
                "destination: { name: x }\ndelivery: direct\n".to_owned(),
                true,
            ),
            (
                "environments/dev/environment.yaml",
                environment(),
                "hold: { reason: x, until: \"2026-12-01\" }\n".to_owned(),
                true,
            ),
            ("environments/dev/environment.yaml", environment(), "hold: frozen\nproject: p\n".to_owned(), true),
            (
                "environments/dev/environment.yaml",
                environment(),
                "destination: { name: x, server: y }\n".to_owned(),
                false,
            ),
            ("environments/dev/environment.yaml", environment(), "destination: {}\n".to_owned(), false),
            ("environments/dev/environment.yaml", environment(), "hold: { who: x }\n".to_owned(), false),
            ("environments/dev/environment.yaml", environment(), "hold: { reason: x, why: y }\n".to_owned(), false),
            ("environments/dev/environment.yaml", environment(), "delivery: maybe\n".to_owned(), false),
            ("environments/dev/environment.yaml", environment(), "promotesFrom: Dev\n".to_owned(), false),
            ("environments/dev/environment.yaml", environment(), "gates: [soak]\n".to_owned(), false),
            (
                "environments/dev/web.yaml",
                release(),
                "chart: c\nvalueFiles:\nvalues:\nimages:\nhold:\n".to_owned(),
                true,
            ),
            (
                "environments/dev/web.yaml",
                release(),
                image("tag: \"0012345\", into: { tag: x }, pin: tag, policy: pushed"),
                true,
            ),
            (
                "environments/dev/web.yaml",
                release(),
                image("tag: \"\", digest: \"\", pushedAt: \"\", match: '^x$'"),
                true,
            ),
            (
                "environments/dev/web.yaml",
                release(),
                "chart: c\ncrds: skip\nallowSecrets: [a]\nreleaseName: b\n".to_owned(),
                true,
            ),
            ("environments/dev/web.yaml", release(), String::new(), false),
            ("environments/dev/web.yaml", release(), "chart: 1\n".to_owned(), false),
            ("environments/dev/web.yaml", release(), "chart: { repository: oci://x, name: y }\n".to_owned(), false),
            ("environments/dev/web.yaml", release(), image("tag: 1234567"), false),
            ("environments/dev/web.yaml", release(), image("tags: a"), false),
            ("environments/dev/web.yaml", release(), image("digest: sha256:0"), false),
            ("environments/dev/web.yaml", release(), image("into: { path: a }"), false),
            (
                "environments/dev/web.yaml",
                release(),
                "chart: c\nimages: { A: { repository: example.com/a } }\n".to_owned(),
                false,
            ),
            ("environments/dev/web.yaml", release(), "chart: c\ncrds: none\n".to_owned(), false),
        ] {
            assert_eq!(accepts(&schema, &text), sound, "the schema on {path}: {text}");
            assert_eq!(loads(path, &text), sound, "the reader on {path}: {text}");
        }
    }

    #[test]
    fn every_key_is_described() {
        fn walk(at: &str, node: &Value) {
            if let Some(properties) = node.get("properties").and_then(Value::as_object) {
                for (key, property) in properties {
                    assert!(property.get("description").is_some(), "{at}.{key} has no description");
                }
            }
            match node {
                Value::Object(map) => map.iter().for_each(|(key, value)| walk(&format!("{at}.{key}"), value)),
                Value::Array(items) => items.iter().for_each(|item| walk(at, item)),
                _ => {}
            }
        }
        for schema in [fleet(), environment(), release()] {
            walk("", schema.as_value());
        }
    }
}
