//! Settings that several files of the fleet share: Helm profile, Kubernetes version, determinism.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::helm::profile::Profile;

/// A Helm release whose output is reproduced byte for byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum HelmVersion {
    /// Helm 4.2.4.
    #[default]
    #[serde(rename = "4.2.4")]
    V4,
    /// Helm 3.21.4.
    #[serde(rename = "3.21.4")]
    V3,
}

impl From<HelmVersion> for Profile {
    fn from(version: HelmVersion) -> Self {
        match version {
            HelmVersion::V4 => Self::V4,
            HelmVersion::V3 => Self::V3,
        }
    }
}

/// What to do when what is committed depends on the clock or on chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NonDeterminism {
    /// It is an error.
    #[default]
    Error,
    /// Such a value follows from the chart, the release and the place where it is made: the same inputs give the same.
    #[serde(alias = "seeded")]
    Seed,
    /// Such a value is taken from what is committed; where the object or the key is new, it is made as with `seed`.
    Keep,
}

/// What made-up values follow from, beside the chart, the release and the place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the settings of made-up values")]
pub struct SeedSettings {
    /// A long random text. Without it anybody who knows chart, release and namespace can work out the values.
    pub salt: Option<String>,
    /// What the clock shows, such as "2026-11-01T00:00:00Z"; certificates begin then and end after the days that the chart
    /// asks for. Default: the beginning of 2020, and certificates have no end.
    #[schemars(with = "Option<String>")]
    pub time: Option<Timestamp>,
}

impl SeedSettings {
    /// Returns these settings with those of a wider scope where these say nothing.
    #[must_use]
    pub fn over(&self, wider: &Self) -> Self {
        Self { salt: self.salt.clone().or_else(|| wider.salt.clone()), time: self.time.or(wider.time) }
    }
}

/// A Kubernetes version as charts see it: `1.33`, `v1.33.4`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(!try_from, !into, extend("pattern" = r"^v?[0-9]+\.[0-9]+(\.[0-9]+([-+][0-9A-Za-z.+-]+)?)?$"))]
pub struct KubeVersion(String);

impl KubeVersion {
    /// Returns the version as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for KubeVersion {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let refuse = || Err(format!("`{text}` is not a Kubernetes version\nwrite it like \"1.33\" or \"v1.33.4\""));
        let numbers = text.strip_prefix('v').unwrap_or(&text);
        let (numbers, suffix) = match numbers.find(['-', '+']) {
            Some(at) => numbers.split_at(at),
            None => (numbers, ""),
        };
        let parts: Vec<&str> = numbers.split('.').collect();
        let is_number =
            |part: &&str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
        let suffix_is_sound = suffix.is_empty()
            || (parts.len() == 3
                && suffix.len() > 1
                && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+')));
        if !matches!(parts.len(), 2 | 3) || !parts.iter().all(is_number) || !suffix_is_sound {
            return refuse();
        }
        Ok(Self(text))
    }
}

impl From<KubeVersion> for String {
    fn from(version: KubeVersion) -> Self {
        version.0
    }
}

impl fmt::Display for KubeVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kubernetes_version_has_two_or_three_numbers() {
        for text in ["1.33", "v1.33", "1.33.4", "v1.33.4-gke.1", "1.33.4+k3s1"] {
            assert!(KubeVersion::try_from(text.to_owned()).is_ok(), "{text}");
        }
        for text in ["", "1", "v", "1.x", "1.33.", "1.33-eks", "latest", "1.33.4-", "1.33.4 x"] {
            assert!(KubeVersion::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
