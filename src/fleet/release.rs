//! [`ReleaseFile`]: `environments/<env>/<release>.yaml`, one chart with values in one environment.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::chart::ChartSource;
use super::hold::Hold;
use super::image::{Image, Targets};
use super::names::{ImageName, ReleaseName};
use super::settings::{HelmVersion, NonDeterminism, SeedSettings};
use super::values::Values;

/// A release: one chart with values in one environment.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the keys of a release")]
#[schemars(title = "environments/<env>/<release>.yaml")]
pub struct ReleaseFile {
    /// The chart: a folder of this repository, or a mapping of `repository`, `name` and `version`.
    pub chart: ChartSource,
    /// The namespace. Default: the release's name.
    pub namespace: Option<String>,
    /// The release's name as charts see it. Default: the file's name.
    pub release_name: Option<ReleaseName>,
    /// The images, by a name of your own.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<ImageName, Image>")]
    pub images: IndexMap<ImageName, Image>,
    /// Files with values, in order: relative to the chart, or with a leading `./` beside this file.
    #[serde(default)]
    pub value_files: Vec<String>,
    /// Values, above those of the files and below the images.
    #[serde(default)]
    pub values: Values,
    /// Stops bumps and promotions of this release.
    pub hold: Option<Hold>,
    /// `skip`: leaves out the chart's custom resource definitions.
    #[serde(default)]
    pub crds: Crds,
    /// Secrets that may be committed although they carry data, by name.
    #[serde(default)]
    pub allow_secrets: Vec<String>,
    /// The Helm release whose output is reproduced. Default: that of plainsail.yaml.
    pub helm: Option<HelmVersion>,
    /// What to do when what is committed depends on the clock or on chance. Default: that of the environment.
    pub non_determinism: Option<NonDeterminism>,
    /// What made-up values follow from, above what the environment says.
    #[serde(default)]
    pub seed: SeedSettings,
}

/// Whether a chart's custom resource definitions belong to the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Crds {
    /// They do.
    #[default]
    Include,
    /// They do not.
    Skip,
}

impl ReleaseFile {
    /// Returns the values paths of an image: its own, or the usual ones where it is the only image.
    pub fn targets(&self, image: &Image) -> Option<Targets> {
        match &image.into {
            Some(targets) => Some(targets.clone()),
            None if self.images.len() == 1 => Some(Targets::standard()),
            None => None,
        }
    }
}
