//! Settings that several files of the fleet share: Helm profile, Kubernetes version, determinism.

use std::fmt;

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

/// What to do when a chart uses a value that differs from run to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NonDeterminism {
    /// It is an error: the output is committed.
    #[default]
    Error,
    /// The same inputs give the same value. Not built yet.
    #[schemars(skip)]
    Seeded,
    /// What is committed stays. Not built yet.
    #[schemars(skip)]
    Keep,
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
