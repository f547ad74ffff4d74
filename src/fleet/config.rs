//! [`Config`]: `plainsail.yaml`, the fleet as a whole.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::limits::LimitSettings;
use super::settings::{HelmVersion, KubeVersion, NonDeterminism, SeedSettings};
use super::values::Values;

/// plainsail.yaml: what holds for the whole fleet. Every key may be left out.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the keys of plainsail.yaml")]
#[schemars(title = "plainsail.yaml")]
pub struct Config {
    /// Values for every release, above the chart's own and below those of the environment.
    #[serde(default)]
    pub values: Values,
    /// The Helm release whose output is reproduced. Default: 4.2.4.
    pub helm: Option<HelmVersion>,
    /// The Kubernetes version that charts see, such as "1.33". An environment may say another.
    pub kube_version: Option<KubeVersion>,
    /// API versions that charts see besides the built-in ones, such as `monitoring.coreos.com/v1`.
    #[serde(default)]
    pub api_versions: Vec<String>,
    /// What to do when what is committed depends on the clock or on chance. An environment or a release may say otherwise.
    /// Default: error.
    pub non_determinism: Option<NonDeterminism>,
    /// What made-up values follow from; for `nonDeterminism: seed` and `keep`.
    #[serde(default)]
    pub seed: SeedSettings,
    /// Caps on what charts may ask for. An environment may say others.
    #[serde(default)]
    pub limits: LimitSettings,
    /// The Argo CD project of the Applications. An environment may say another. Default: `default`.
    pub project: Option<String>,
    /// How to talk to registries, by host. Only needed where the host does not tell.
    #[serde(default)]
    pub registries: BTreeMap<String, Registry>,
    /// Where pull requests are opened. Default: what the git remote's host tells.
    pub forge: Option<Forge>,
    /// How commits are made.
    #[serde(default)]
    pub git: Git,
    /// Where the rendered manifests go. Default: folder.
    #[serde(default)]
    pub layout: Layout,
}

/// How to talk to one registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the settings of a registry")]
pub struct Registry {
    /// What it is. Default: `ecr` for hosts of Amazon ECR, `oci` for all others.
    pub kind: Option<RegistryKind>,
    /// For `layout`: the folder that holds one OCI image layout per repository; relative to where the command runs.
    pub path: Option<String>,
    /// For `oci`: the URL to talk to, where it is not https:// and the host.
    pub endpoint: Option<String>,
}

/// What a registry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RegistryKind {
    /// Amazon ECR, through its own API.
    Ecr,
    /// Any registry, over the OCI distribution API.
    Oci,
    /// A folder of OCI image layouts.
    Layout,
}

/// Where pull requests are opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the settings of a forge")]
pub struct Forge {
    /// What it is. Default: what the git remote's host tells.
    pub kind: Option<ForgeKind>,
    /// The URL of its API, where it is not the public one.
    pub url: Option<String>,
    /// The repository as the forge names it: `owner/name`. Default: from the git remote.
    pub repository: Option<String>,
}

/// What a forge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForgeKind {
    /// GitHub and GitHub Enterprise.
    Github,
    /// GitLab. Not built yet.
    #[schemars(skip)]
    Gitlab,
    /// Gitea and Forgejo. Not built yet.
    #[schemars(skip)]
    Gitea,
    /// Bitbucket. Not built yet.
    #[schemars(skip)]
    Bitbucket,
    /// AWS CodeCommit. Not built yet.
    #[schemars(skip)]
    Codecommit,
    /// None: branches are pushed and no pull request is opened.
    None,
}

/// How commits are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the settings of git")]
pub struct Git {
    /// The branch that environments live on. Default: the remote's own default branch.
    pub branch: Option<String>,
    /// Who commits.
    #[serde(default)]
    pub author: Author,
}

/// Who commits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, expecting = "a name and an email")]
pub struct Author {
    /// The name.
    pub name: String,
    /// The email address.
    pub email: String,
}

impl Default for Author {
    fn default() -> Self {
        Self { name: "plainsail".to_owned(), email: "plainsail@noreply.invalid".to_owned() }
    }
}

/// Where the rendered manifests go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// The folder `rendered/` of the same branch.
    #[default]
    Folder,
    /// A branch for each environment. Not built yet.
    #[schemars(skip)]
    Branch,
    /// A repository of its own. Not built yet.
    #[schemars(skip)]
    Repository,
}
