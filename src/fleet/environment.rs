//! [`EnvironmentFile`]: `environments/<env>/environment.yaml`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::hold::Hold;
use super::limits::LimitSettings;
use super::names::EnvironmentName;
use super::settings::{KubeVersion, NonDeterminism, SeedSettings};
use super::values::Values;

/// environment.yaml: a place to deploy.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the keys of environment.yaml")]
#[schemars(title = "environments/<env>/environment.yaml")]
pub struct EnvironmentFile {
    /// How changes arrive. Default: `direct`; with `promotesFrom`: `pull-request`.
    pub delivery: Option<Delivery>,
    /// The environment whose images this one takes over.
    pub promotes_from: Option<EnvironmentName>,
    /// The cluster, as Argo CD knows it. Default: the one that Argo CD runs in.
    pub destination: Option<Destination>,
    /// The Argo CD project of the Applications. Default: that of plainsail.yaml.
    pub project: Option<String>,
    /// The Kubernetes version that charts see, such as "1.33". Default: that of plainsail.yaml, then Helm's own.
    pub kube_version: Option<KubeVersion>,
    /// API versions that charts see, besides the built-in ones and those of plainsail.yaml.
    #[serde(default)]
    pub api_versions: Vec<String>,
    /// What to do when what is committed depends on the clock or on chance. Default: that of plainsail.yaml, then error.
    pub non_determinism: Option<NonDeterminism>,
    /// What made-up values follow from, above what plainsail.yaml says.
    #[serde(default)]
    pub seed: SeedSettings,
    /// Values for every release of the environment, above those of plainsail.yaml and below the release's value files.
    #[serde(default)]
    pub values: Values,
    /// Caps on what charts may ask for, over those of plainsail.yaml.
    #[serde(default)]
    pub limits: LimitSettings,
    /// Stops bumps and promotions of the whole environment.
    pub hold: Option<Hold>,
    /// Conditions for a promotion. Not built yet.
    #[serde(default)]
    #[schemars(skip)]
    pub gates: Option<Gates>,
}

/// Conditions for a promotion: only their presence is known so far.
#[derive(Clone, Copy, Debug)]
pub struct Gates;

impl<'de> Deserialize<'de> for Gates {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// How changes arrive in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// As commits on the branch.
    Direct,
    /// As one living pull request.
    PullRequest,
}

/// A cluster as Argo CD knows it: by name or by the address of its API server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Destination {
    /// By the name that Argo CD has for it.
    Name(String),
    /// By the address of its API server.
    Server(String),
}

impl<'de> Deserialize<'de> for Destination {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "a mapping of `name` or `server`")]
        struct Fields {
            name: Option<String>,
            server: Option<String>,
        }
        match Fields::deserialize(deserializer)? {
            Fields { name: Some(name), server: None } => Ok(Self::Name(name)),
            Fields { name: None, server: Some(server) } => Ok(Self::Server(server)),
            _ => Err(serde::de::Error::custom("a destination is either a `name` or a `server`\nwrite one of the two")),
        }
    }
}

impl JsonSchema for Destination {
    fn schema_name() -> Cow<'static, str> {
        "Destination".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A cluster as Argo CD knows it: by name or by the address of its API server.",
            "type": "object",
            "properties": {
                "name": {"description": "The name that Argo CD has for it.", "type": "string"},
                "server": {"description": "The address of its API server.", "type": "string"}
            },
            "additionalProperties": false,
            "oneOf": [{"required": ["name"]}, {"required": ["server"]}]
        })
    }
}

impl Default for Destination {
    fn default() -> Self {
        Self::Server("https://kubernetes.default.svc".to_owned())
    }
}

impl EnvironmentFile {
    /// Returns how changes arrive: an environment that promotes from another is reviewed unless it says otherwise.
    pub fn delivery(&self) -> Delivery {
        self.delivery.unwrap_or(if self.promotes_from.is_some() { Delivery::PullRequest } else { Delivery::Direct })
    }

    /// Returns the cluster.
    pub fn destination(&self) -> Destination {
        self.destination.clone().unwrap_or_default()
    }
}
