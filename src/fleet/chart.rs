//! [`ChartSource`]: where the chart of a release comes from.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

/// Where the chart of a release comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ChartSource {
    /// A folder of this repository, or a packed chart (`.tgz`) in it.
    Folder(String),
    /// A chart of an OCI registry or an HTTP repository, in one exact version.
    Remote(RemoteChart),
}

/// A chart of an OCI registry or an HTTP repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoteChart {
    /// `oci://HOST/PATH` or `https://HOST/PATH`, without the chart's name.
    pub repository: String,
    /// The chart's name.
    pub name: String,
    /// The exact version.
    pub version: String,
}

impl ChartSource {
    /// Tells whether it is a packed chart of this repository.
    pub fn is_archive(&self) -> bool {
        let Self::Folder(path) = self else { return false };
        path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("tgz"))
    }
}

impl RemoteChart {
    /// Tells whether it lives in an OCI registry.
    pub fn is_oci(&self) -> bool {
        self.repository.starts_with("oci://")
    }
}

impl<'de> Deserialize<'de> for ChartSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = ChartSource;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a folder of this repository, or a mapping of `repository`, `name` and `version`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ChartSource, E> {
                if text.contains("://") {
                    return Err(E::custom(format!(
                        "`{text}` is not a folder of this repository\nwrite chart: {{ repository: oci://… or https://…, name: …, version: \"…\" }}"
                    )));
                }
                super::path::normalise(text).map(ChartSource::Folder).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ChartSource, A::Error> {
                let chart = RemoteChart::deserialize(MapAccessDeserializer::new(map))?;
                check(&chart).map_err(serde::de::Error::custom)?;
                Ok(ChartSource::Remote(chart))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

fn check(chart: &RemoteChart) -> Result<(), String> {
    let sound = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-' | '+'))
    };
    let host = ["oci://", "https://", "http://"].iter().find_map(|scheme| chart.repository.strip_prefix(scheme));
    match host {
        None => {
            return Err(format!(
                "`{}` is not a chart repository\nwrite oci://HOST/PATH or https://HOST/PATH",
                chart.repository
            ));
        }
        Some(rest) if rest.is_empty() || rest.starts_with('/') || rest.contains(char::is_whitespace) => {
            return Err(format!("`{}` is not a chart repository", chart.repository));
        }
        Some(rest) if rest.split('/').next().is_some_and(|authority| authority.contains('@')) => {
            return Err(
                "a chart repository with a user or a password in its URL\ncredentials do not belong into files"
                    .to_owned(),
            );
        }
        Some(_) => {}
    }
    if !sound(&chart.name) {
        return Err(format!("`{}` is not the name of a chart", chart.name));
    }
    let numbers: Vec<&str> =
        chart.version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default().split('.').collect();
    let exact = numbers.len() == 3
        && numbers.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if !sound(&chart.version) || !exact {
        return Err(format!(
            "`{}` is not one exact version\nranges would change the output without a commit: write \"1.2.3\"",
            chart.version
        ));
    }
    Ok(())
}

impl JsonSchema for ChartSource {
    fn schema_name() -> Cow<'static, str> {
        "Chart".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let remote = RemoteChart::json_schema(generator);
        json_schema!({
            "description": "A folder of this repository, or a chart of an OCI registry or an HTTP repository.",
            "anyOf": [{"type": "string", "minLength": 1}, remote]
        })
    }
}
