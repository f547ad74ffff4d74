//! [`LimitSettings`]: the `limits:` of a file of the fleet, caps on what its charts may ask for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value, json};

use super::decode::suggestion;
use crate::helm::{Cap, Limits};

/// The caps that a file sets; all others stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitSettings(BTreeMap<Cap, u64>);

impl LimitSettings {
    /// Sets what the file sets.
    pub fn apply(&self, limits: &mut Limits) {
        for (cap, value) in &self.0 {
            // Reading the file has refused what is out of bounds.
            let _ = limits.set(*cap, *value);
        }
    }
}

impl<'de> Deserialize<'de> for LimitSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Settings;
        impl<'de> Visitor<'de> for Settings {
            type Value = LimitSettings;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a mapping of limits to whole numbers")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LimitSettings, A::Error> {
                let mut settings = BTreeMap::new();
                while let Some(cap) = map.next_key_seed(Name)? {
                    settings.insert(cap, map.next_value_seed(Number(cap))?);
                }
                Ok(LimitSettings(settings))
            }
        }
        deserializer.deserialize_map(Settings)
    }
}

/// Reads the name of a cap.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cap;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cap, D::Error> {
        let name = String::deserialize(deserializer)?;
        Cap::named(&name).map_err(|error| {
            let names: Vec<&str> = Cap::all().map(Cap::name).collect();
            D::Error::custom(format!("{error}\n{}", suggestion(&name, &names)))
        })
    }
}

/// Reads the value of a cap.
struct Number(Cap);

impl<'de> DeserializeSeed<'de> for Number {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_u64(self)
    }
}

impl Visitor<'_> for Number {
    type Value = u64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lowest, highest) = self.0.range();
        write!(formatter, "a whole number between {lowest} and {highest}")
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<u64, E> {
        match Limits::default().set(self.0, value) {
            Ok(()) => Ok(value),
            Err(error) => Err(E::custom(format!("{error}\nit counts {}", self.0.counts()))),
        }
    }
}

impl JsonSchema for LimitSettings {
    fn schema_name() -> Cow<'static, str> {
        "Limits".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let property = |cap: Cap| {
            let (lowest, highest) = cap.range();
            let counts = cap.counts();
            let description = format!("{}{}.", counts[..1].to_uppercase(), &counts[1..]);
            let default = cap.default_value();
            let schema = json!({
                "description": description, "type": "integer", "minimum": lowest, "maximum": highest, "default": default
            });
            (cap.name().to_owned(), schema)
        };
        let properties: Map<String, Value> = Cap::all().map(property).collect();
        json_schema!({
            "description": "Caps on what charts may ask for.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::files::Memory;
    use crate::fleet::Fleet;
    use crate::helm::Cap;

    fn fleet(config: &str, environment: &str) -> Result<Fleet, String> {
        let files = [("plainsail.yaml", config), ("environments/dev/environment.yaml", environment)];
        let files: Memory = files.into_iter().collect();
        let found = |diagnostics: Vec<crate::fleet::Diagnostic>| {
            let shown = |found: &crate::fleet::Diagnostic| format!("{} | {:?}", found.message, found.hint);
            diagnostics.iter().map(shown).collect::<Vec<_>>().join("\n")
        };
        Fleet::load(&files).map_err(found)
    }

    #[test]
    fn an_environment_sets_caps_over_those_of_the_fleet() {
        let fleet = fleet("limits: {steps: 5000, objects: 7}\n", "limits: {objects: 9}\n").unwrap();
        let limits = fleet.limits(&fleet.environments[0]);
        assert_eq!((limits.get(Cap::Steps), limits.get(Cap::Objects)), (5000, 9));
        assert_eq!(limits.get(Cap::Seconds), Cap::Seconds.default_value());
    }

    #[test]
    fn what_cannot_be_set_is_refused_with_a_hint() {
        for (config, expected) in [
            ("limits: {stepz: 5000}\n", "there is no limit `stepz` | Some(\"did you mean `steps`?\")"),
            (
                "limits: {yamlDepth: 9000}\n",
                "the limit `yamlDepth` must be between 10 and 500, not 9000 | Some(\"it counts lists and maps within each other in YAML and JSON\")",
            ),
            ("limits: [steps]\n", "expected a mapping of limits to whole numbers, found a list | None"),
        ] {
            assert_eq!(fleet(config, "{}\n").unwrap_err(), expected, "{config}");
        }
        for steps in ["many", "-1", "\"5000\"", "05000", "5e6", "99999999999999999999"] {
            let error = fleet(&format!("limits: {{steps: {steps}}}\n"), "{}\n").unwrap_err();
            assert!(error.starts_with("expected a whole number between 1000 and 20000000000, found"), "{error}");
        }
    }
}
