//! [`Fleet`], [`Environment`], [`Release`]: what was loaded, with the answers that span several files.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::chart::ChartSource;
use super::config::Config;
use super::diagnostic::Diagnostic;
use super::document::Document;
use super::environment::{Delivery, EnvironmentFile};
use super::hold::Hold;
use super::image::{Image, Policy};
use super::names::{Address, EnvironmentName, ImageName, ReleaseName};
use super::path;
use super::release::ReleaseFile;
use super::settings::{KubeVersion, NonDeterminism, SeedSettings};
use crate::helm::Limits;
use crate::helm::profile::Profile;
use crate::image::{Digest, Tag};
use crate::yaml::{Data, DataMap, Str};

/// All releases of all environments of one GitOps repository.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// What `plainsail.yaml` says.
    pub config: Config,
    /// Where it says it.
    pub source: Arc<Document>,
    /// The environments, each after the one it promotes from.
    pub environments: Vec<Environment>,
}

/// A place to deploy.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name, that of its folder.
    pub name: EnvironmentName,
    /// The path of its `environment.yaml`.
    pub path: String,
    /// What the file says.
    pub file: EnvironmentFile,
    /// Where it says it.
    pub source: Arc<Document>,
    /// The releases that can be used, by name.
    pub releases: BTreeMap<ReleaseName, Release>,
    /// The release files that cannot be used.
    pub broken: Vec<Broken>,
}

/// A release file that cannot be used, and why. What is committed for it stays.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The file's name without its ending; not necessarily a sound release name.
    pub name: String,
    /// The path of the file.
    pub path: String,
    /// What is wrong, at least one error.
    pub diagnostics: Vec<Diagnostic>,
}

/// One chart with values in one environment.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its name, that of its file.
    pub name: ReleaseName,
    /// The environment it belongs to.
    pub environment: EnvironmentName,
    /// The path of its file.
    pub path: String,
    /// What the file says.
    pub file: ReleaseFile,
    /// Where it says it.
    pub source: Arc<Document>,
}

/// Who decides what an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageSource {
    /// A policy over the registry's tags.
    Policy(Policy),
    /// The environment before.
    Promotion,
    /// A person.
    Person,
}

/// Where a file with values is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueFile {
    /// In this repository, at a path from its root.
    InRepository(String),
    /// In the package of a chart that is not a folder of this repository.
    InChart(String),
}

impl Fleet {
    /// Returns an environment.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// Returns a release.
    pub fn release(&self, address: &Address) -> Option<&Release> {
        self.environment(address.environment.as_str())?.releases.get(&address.release)
    }

    /// Returns all releases, environments in their order, releases by name.
    pub fn releases(&self) -> impl Iterator<Item = (&Environment, &Release)> {
        self.environments
            .iter()
            .flat_map(|environment| environment.releases.values().map(move |release| (environment, release)))
    }

    /// Returns the environment that one promotes from.
    pub fn previous(&self, environment: &Environment) -> Option<&Environment> {
        self.environment(environment.file.promotes_from.as_ref()?.as_str())
    }

    /// Returns what is wrong with release files, environment by environment.
    pub fn broken(&self) -> impl Iterator<Item = (&Environment, &Broken)> {
        self.environments
            .iter()
            .flat_map(|environment| environment.broken.iter().map(move |broken| (environment, broken)))
    }

    /// Returns the image of the same name of the same release in the environment before.
    pub fn promoted_from(&self, environment: &Environment, release: &Release, image: &ImageName) -> Option<&Image> {
        self.previous(environment)?.releases.get(&release.name)?.file.images.get(image)
    }

    /// Returns the Helm release that a release follows.
    pub fn profile(&self, release: &Release) -> Profile {
        release.file.helm.or(self.config.helm).unwrap_or_default().into()
    }

    /// Returns what to do when what is committed depends on the clock or on chance.
    pub fn non_determinism(&self, environment: &Environment, release: &Release) -> NonDeterminism {
        let choice = release.file.non_determinism.or(environment.file.non_determinism);
        choice.or(self.config.non_determinism).unwrap_or_default()
    }

    /// Returns what made-up values of a release follow from.
    pub fn seed(&self, environment: &Environment, release: &Release) -> SeedSettings {
        release.file.seed.over(&environment.file.seed).over(&self.config.seed)
    }

    /// Returns the Kubernetes version that charts of an environment see; `None` for Helm's own.
    pub fn kube_version<'a>(&'a self, environment: &'a Environment) -> Option<&'a KubeVersion> {
        environment.file.kube_version.as_ref().or(self.config.kube_version.as_ref())
    }

    /// Returns the API versions that charts of an environment see besides the built-in ones.
    pub fn api_versions<'a>(&'a self, environment: &'a Environment) -> Vec<&'a str> {
        self.config.api_versions.iter().chain(&environment.file.api_versions).map(String::as_str).collect()
    }

    /// Returns the caps of charts in an environment.
    pub fn limits(&self, environment: &Environment) -> Limits {
        let mut limits = Limits::default();
        self.config.limits.apply(&mut limits);
        environment.file.limits.apply(&mut limits);
        limits
    }

    /// Returns the Argo CD project of an environment.
    pub fn project<'a>(&'a self, environment: &'a Environment) -> &'a str {
        environment.file.project.as_deref().or(self.config.project.as_deref()).unwrap_or("default")
    }
}

impl Environment {
    /// Returns how changes arrive.
    pub fn delivery(&self) -> Delivery {
        self.file.delivery()
    }

    /// Returns the hold of a release or of the whole environment that stands at a time.
    pub fn hold<'a>(&'a self, release: &'a Release, now: Timestamp) -> Option<&'a Hold> {
        [&release.file.hold, &self.file.hold].into_iter().flatten().find(|hold| hold.is_active(now))
    }

    /// Returns who decides what an image of the environment is.
    pub fn image_source(&self, image: &Image) -> ImageSource {
        match (&self.file.promotes_from, image.policy) {
            (Some(_), _) => ImageSource::Promotion,
            (None, Some(policy)) => ImageSource::Policy(policy),
            (None, None) => ImageSource::Person,
        }
    }
}

impl Release {
    /// Returns `ENV/RELEASE`.
    pub fn address(&self) -> Address {
        Address { environment: self.environment.clone(), release: self.name.clone() }
    }

    /// Returns the name that charts see.
    pub fn release_name(&self) -> &str {
        self.file.release_name.as_ref().unwrap_or(&self.name).as_str()
    }

    /// Returns the namespace.
    pub fn namespace(&self) -> &str {
        self.file.namespace.as_deref().unwrap_or_else(|| self.release_name())
    }

    /// Returns the folder of its rendered manifests.
    pub fn rendered_folder(&self) -> String {
        format!("rendered/{}/{}", self.environment, self.name)
    }

    /// Returns the names of the images for which nothing is chosen yet; with one of those the release is left out.
    pub fn unchosen(&self) -> Vec<&ImageName> {
        self.file.images.iter().filter(|(_, image)| !image.is_chosen()).map(|(name, _)| name).collect()
    }

    /// Returns where the files with values are, in order.
    pub fn value_files(&self) -> Vec<ValueFile> {
        // Loading has refused a release with a path that fails here.
        self.file.value_files.iter().filter_map(|text| self.value_file(text).ok()).collect()
    }

    /// Returns where one file with values is.
    pub(super) fn value_file(&self, text: &str) -> Result<ValueFile, String> {
        if text.starts_with("./") {
            let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            return path::join(folder, text).map(ValueFile::InRepository);
        }
        match &self.file.chart {
            ChartSource::Folder(folder) if !self.file.chart.is_archive() => {
                path::join(folder, text).map(ValueFile::InRepository)
            }
            _ => path::normalise(text).map(ValueFile::InChart),
        }
    }

    /// Returns the values that the images become: the highest layer.
    pub fn image_values(&self) -> DataMap {
        let mut values = DataMap::new();
        for image in self.file.images.values() {
            let Some(targets) = self.file.targets(image) else { continue };
            let tag = image.tag.as_ref().map(Tag::as_str);
            let digest = image.digest.as_ref().map(Digest::as_str);
            let repository = match &targets.registry {
                Some(_) => image.repository.name(),
                None => image.repository.as_str(),
            };
            let with_digest = match (tag, digest) {
                (Some(tag), Some(digest)) => Some(format!("{tag}@{digest}")),
                (Some(tag), None) => Some(tag.to_owned()),
                _ => None,
            };
            let texts = [
                (&targets.registry, Some(image.repository.host().to_owned())),
                (&targets.repository, Some(repository.to_owned())),
                (&targets.tag, tag.map(str::to_owned)),
                (&targets.digest, digest.map(str::to_owned)),
                (&targets.reference, Some(image.reference())),
                (&targets.tag_with_digest, with_digest),
            ];
            for (path, text) in texts {
                if let (Some(path), Some(text)) = (path, text) {
                    set(&mut values, path.keys(), text);
                }
            }
        }
        values
    }
}

/// Sets a text at a path. Paths do not overlap: loading has refused a release where they do.
fn set(values: &mut DataMap, keys: &[String], text: String) {
    let Some((first, rest)) = keys.split_first() else { return };
    let key = Str::from(first.as_str());
    if rest.is_empty() {
        values.insert(key, Data::from(text));
        return;
    }
    let below = values.get_or_insert_with(key, Data::map);
    if !matches!(below, Data::Map(_)) {
        *below = Data::map();
    }
    if let Data::Map(map) = below {
        set(Arc::make_mut(map), rest, text);
    }
}
