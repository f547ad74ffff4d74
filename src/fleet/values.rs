//! [`Values`]: a `values:` tree of a fleet file, read with Go's YAML rules like any values file.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::diagnostic::{Diagnostic, Severity};
use super::document::{DEPTH_LIMIT, Document};
use crate::yaml::{Data, DataMap, Limits};

/// Values for a chart.
///
/// serde only checks that a mapping stands there; the loader fills it from the same text through [`crate::yaml`], so a
/// number here is what it would be in a values file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(pub DataMap);

impl Values {
    /// Returns the values as data.
    pub fn to_data(&self) -> Data {
        Data::from(self.0.clone())
    }

    /// Tells whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Mapping;
        impl<'de> Visitor<'de> for Mapping {
            type Value = Values;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a mapping of values")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Values::default())
            }
        }
        deserializer.deserialize_map(Mapping)
    }
}

impl JsonSchema for Values {
    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["object", "null"]})
    }
}

/// Returns the `values:` of a document, read as a values file is.
///
/// The whole text must be YAML to Go's reader as well, also where it has no `values`: Argo CD and kubectl read with that one,
/// and two readers that disagree on a file are a trap.
pub(super) fn read(document: &Document) -> Result<Values, Box<Diagnostic>> {
    let refuse = |line: Option<usize>, message: String| {
        let span = match line {
            Some(line) => document.line_span(line),
            None => document.key_span(&["values"]),
        };
        Box::new(document.diagnostic(Severity::Error, "yaml", span, message))
    };
    let limits = Limits { depth: DEPTH_LIMIT, ..Limits::default() };
    let tree = crate::yaml::parse_map(document.text().as_bytes(), &limits)
        .map_err(|error| refuse(error.line(), error.to_string()))?;
    match tree.get(&b"values"[..]) {
        None | Some(Data::Null) => Ok(Values::default()),
        Some(Data::Map(map)) => Ok(Values(map.as_ref().clone())),
        Some(_) => Err(refuse(None, "`values` is not a mapping".to_owned())),
    }
}
