//! [`Fleet::load`]: from a tree of files to the fleet.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::chart::ChartSource;
use super::config::{Config, ForgeKind, Layout, Registry as RegistrySettings, RegistryKind};
use super::decode::decode;
use super::diagnostic::{Diagnostic, Severity};
use super::document::{Document, Node};
use super::environment::EnvironmentFile;
use super::image::Policy;
use super::names::{EnvironmentName, ReleaseName};
use super::release::ReleaseFile;
use super::values::Values;
use super::{Broken, Environment, Fleet, Release, path};
use crate::files::{Entry, Files, Kind};
use crate::image::Repository;

/// The file of the fleet.
pub const CONFIG_PATH: &str = "plainsail.yaml";
/// The folder of the environments.
pub const ENVIRONMENTS: &str = "environments";

impl Fleet {
    /// Reads a fleet.
    ///
    /// A release file that cannot be used does not hide the others: it is in [`Environment::broken`].
    ///
    /// # Errors
    /// What is wrong with `plainsail.yaml`, with an `environment.yaml` or with the order of the environments.
    pub fn load(files: &dyn Files) -> Result<Self, Vec<Diagnostic>> {
        Self::load_but(files, &Known::default()).map(|part| part.fleet)
    }

    /// Reads a fleet but for the release files that are known.
    ///
    /// # Errors
    /// As [`Fleet::load`].
    pub fn load_but(files: &dyn Files, known: &Known) -> Result<Part, Vec<Diagnostic>> {
        let mut errors = Vec::new();
        let mut value_files = BTreeSet::new();
        let config = load_config(files).map_err(|found| errors.extend(found)).ok();
        let mut environments = Vec::new();
        for entry in list(files, ENVIRONMENTS)? {
            if entry.kind != Kind::Folder || entry.name.starts_with('.') {
                continue;
            }
            match load_environment(files, &entry.name, known) {
                Ok(Some((environment, named))) => {
                    environments.push(environment);
                    value_files.extend(named);
                }
                Ok(None) => {}
                Err(found) => errors.extend(found),
            }
        }
        let environments = if errors.is_empty() {
            super::order::order(environments).map_err(|found| errors.extend(found)).ok()
        } else {
            None
        };
        match (config, environments) {
            (Some((config, source)), Some(environments)) if errors.is_empty() => {
                Ok(Part { fleet: Self { config, source, environments }, value_files })
            }
            _ => Err(errors),
        }
    }
}

/// What need not be read, because somebody knows it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Release files that are sound; they are left out of what is loaded.
    pub releases: BTreeSet<String>,
    /// The values files beside them that they name.
    pub value_files: BTreeSet<String>,
}

/// A fleet of which some releases were left out.
#[derive(Clone, Debug)]
pub struct Part {
    /// The rest.
    pub fleet: Fleet,
    /// The files beside release files that are values files, because a release names them.
    pub value_files: BTreeSet<String>,
}

impl Environment {
    /// Reads some release files again, from a tree that differs from the first in nothing but them.
    pub fn reread(&self, files: &dyn Files, changed: &dyn Fn(&str) -> bool) -> Self {
        let mut environment = self.clone();
        let releases = self.releases.values().map(|release| (release.name.as_str(), &release.path));
        let broken = self.broken.iter().map(|broken| (broken.name.as_str(), &broken.path));
        for (stem, path) in releases.chain(broken).filter(|(_, path)| changed(path)) {
            environment.releases.retain(|_, release| release.path != *path);
            environment.broken.retain(|broken| broken.path != *path);
            let document = match read(files, path) {
                Ok(Some(document)) => Ok(document),
                Ok(None) => continue,
                Err(found) => Err(found),
            };
            match document.and_then(|document| load_release(&self.name, stem, path, Arc::new(document))) {
                Ok(release) => {
                    environment.releases.insert(release.name.clone(), release);
                }
                Err(diagnostics) => {
                    environment.broken.push(Broken { name: stem.to_owned(), path: path.clone(), diagnostics });
                }
            }
        }
        environment
    }
}

fn load_config(files: &dyn Files) -> Result<(Config, Arc<Document>), Vec<Diagnostic>> {
    let missing = || {
        vec![
            Diagnostic::of_file(Severity::Error, "missing-file", CONFIG_PATH, "there is no plainsail.yaml here")
                .with_hint("`plainsail init` makes one; it may be empty"),
        ]
    };
    let document = read(files, CONFIG_PATH)?.ok_or_else(missing)?;
    let mut config: Config = decode(&document)?;
    config.values = values(&document)?;
    let mut problems = Vec::new();
    if config.layout != Layout::Folder {
        problems.push(not_built(&document, &["layout"], "this layout"));
    }
    let forge = config.forge.as_ref().and_then(|forge| forge.kind);
    if forge.is_some_and(|kind| !matches!(kind, ForgeKind::Github | ForgeKind::None)) {
        problems.push(not_built(&document, &["forge", "kind"], "this forge"));
    }
    for (host, registry) in &config.registries {
        problems.extend(registry_problem(&document, host, registry));
    }
    if problems.is_empty() { Ok((config, Arc::new(document))) } else { Err(problems) }
}

/// Reads an environment with the names of values files in it; none where the folder holds no YAML file.
fn load_environment(
    files: &dyn Files,
    folder: &str,
    known: &Known,
) -> Result<Option<(Environment, BTreeSet<String>)>, Vec<Diagnostic>> {
    let base = format!("{ENVIRONMENTS}/{folder}");
    let entries = list(files, &base)?;
    if !entries.iter().any(|entry| is_yaml(&entry.name)) {
        return Ok(None);
    }
    let name: EnvironmentName =
        folder.parse().map_err(|error: super::names::NameError| vec![name_problem(&base, &error.to_string())])?;
    let path = format!("{base}/environment.yaml");
    let missing = || {
        vec![
            Diagnostic::of_file(
                Severity::Error,
                "missing-file",
                &path,
                format!("the environment `{name}` has no environment.yaml"),
            )
            .with_hint("make one; it may be empty"),
        ]
    };
    let document = read(files, &path)?.ok_or_else(missing)?;
    let mut file: EnvironmentFile = decode(&document)?;
    file.values = values(&document)?;
    if file.gates.is_some() {
        return Err(vec![not_built(&document, &["gates"], "a gate")]);
    }
    let (releases, broken, value_files) = load_releases(files, &name, &base, &entries, known);
    Ok(Some((Environment { name, path, file, source: Arc::new(document), releases, broken }, value_files)))
}

type Releases = (BTreeMap<ReleaseName, Release>, Vec<Broken>, BTreeSet<String>);

fn load_releases(
    files: &dyn Files,
    environment: &EnvironmentName,
    base: &str,
    entries: &[Entry],
    known: &Known,
) -> Releases {
    let documents: Vec<_> = entries
        .par_iter()
        .filter(|entry| is_yaml(&entry.name) && entry.name != "environment.yaml")
        .map(|entry| (stem_of(&entry.name).unwrap_or_default(), format!("{base}/{}", entry.name)))
        .filter(|(_, path)| !known.releases.contains(path))
        .map(|(stem, path)| (stem, read(files, &path).map(|document| document.map(Arc::new)), path))
        .collect();
    // A YAML file beside the releases that one of them names with `./` holds values.
    let mut value_files: BTreeSet<String> = documents
        .iter()
        .filter_map(|(_, document, _)| document.as_ref().ok()?.as_ref()?.node(&["valueFiles"]))
        .flat_map(Node::items)
        .filter_map(|item| item.text().filter(|text| text.starts_with("./")))
        .filter_map(|text| path::join(base, text).ok())
        .filter(|path| path.rsplit_once('/').is_some_and(|(folder, _)| folder == base))
        .collect();
    value_files.extend(known.value_files.iter().cloned());
    let loaded: Vec<_> = documents
        .into_par_iter()
        .filter(|(_, _, path)| !value_files.contains(path))
        .filter_map(|(stem, document, path)| {
            let release = document.transpose()?.and_then(|document| load_release(environment, stem, &path, document));
            Some((stem, release, path))
        })
        .collect();
    let (mut releases, mut broken) = (BTreeMap::new(), Vec::new());
    for (stem, release, path) in loaded {
        match release {
            Ok(release) => {
                releases.insert(release.name.clone(), release);
            }
            Err(diagnostics) => broken.push(Broken { name: stem.to_owned(), path, diagnostics }),
        }
    }
    (releases, broken, value_files)
}

fn load_release(
    environment: &EnvironmentName,
    stem: &str,
    path: &str,
    document: Arc<Document>,
) -> Result<Release, Vec<Diagnostic>> {
    if path.rsplit_once('.').is_none_or(|(_, ending)| ending != "yaml") {
        let message = "a release file ends in .yaml";
        return Err(vec![Diagnostic::of_file(Severity::Error, "file-name", path, message).with_hint("rename it")]);
    }
    let name: ReleaseName =
        stem.parse().map_err(|error: super::names::NameError| vec![name_problem(path, &error.to_string())])?;
    let mut file: ReleaseFile = decode(&document)?;
    file.values = values(&document)?;
    let mut problems = Vec::new();
    if let ChartSource::Remote(_) = &file.chart {
        problems.push(not_built(&document, &["chart"], "a chart that is not a folder of this repository"));
    }
    for (image, _) in
        file.images.iter().filter(|(_, image)| image.policy.is_some_and(|policy| policy != Policy::Pushed))
    {
        problems.push(not_built(&document, &["images", image.as_str(), "policy"], "this policy"));
    }
    let release =
        Release { name, environment: environment.clone(), path: path.to_owned(), file, source: Arc::clone(&document) };
    problems.extend(super::check::release(&release));
    if problems.iter().any(Diagnostic::is_error) { Err(problems) } else { Ok(release) }
}

/// Reads a file as a document; `None` where there is none.
fn read(files: &dyn Files, path: &str) -> Result<Option<Document>, Vec<Diagnostic>> {
    let refuse = |message: String| vec![Diagnostic::of_file(Severity::Error, "unreadable", path, message)];
    match files.kind(path).map_err(|error| refuse(error.to_string()))? {
        None => return Ok(None),
        Some(Kind::File) => {}
        Some(Kind::Link) => return Err(refuse("this is a symbolic link, which is not followed".to_owned())),
        Some(Kind::Folder | Kind::Other) => return Err(refuse("this is not a file".to_owned())),
    }
    match files.read(path).map_err(|error| refuse(error.to_string()))? {
        Some(bytes) => Document::parse(path, &bytes).map(Some).map_err(|found| vec![*found]),
        None => Ok(None),
    }
}

fn list(files: &dyn Files, folder: &str) -> Result<Vec<Entry>, Vec<Diagnostic>> {
    files
        .list(folder)
        .map_err(|error| vec![Diagnostic::of_file(Severity::Error, "unreadable", folder, error.to_string())])
}

/// Returns the `values:` of a document, read as a values file is.
fn values(document: &Document) -> Result<Values, Vec<Diagnostic>> {
    super::values::read(document).map_err(|found| vec![*found])
}

fn is_yaml(name: &str) -> bool {
    !name.starts_with('.') && stem_of(name).is_some()
}

/// Returns a YAML file's name without its ending, however that is written.
fn stem_of(name: &str) -> Option<&str> {
    let (stem, ending) = name.rsplit_once('.')?;
    (ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml")).then_some(stem)
}

fn name_problem(path: &str, text: &str) -> Diagnostic {
    let (message, hint) = text.split_once('\n').map_or((text, None), |(message, hint)| (message, Some(hint)));
    Diagnostic { hint: hint.map(str::to_owned), ..Diagnostic::of_file(Severity::Error, "invalid-name", path, message) }
}

/// Finds settings of a registry that would otherwise be ignored.
fn registry_problem(document: &Document, host: &str, registry: &RegistrySettings) -> Option<Diagnostic> {
    let at = |key: &'static str| ["registries", host, key];
    let is_ecr = Repository::parse(&format!("{host}/a")).is_ok_and(|repository| repository.ecr().is_some());
    let kind = registry.kind.unwrap_or(if is_ecr { RegistryKind::Ecr } else { RegistryKind::Oci });
    match kind {
        RegistryKind::Layout if registry.path.is_none() => {
            let message = "a registry of the kind `layout` needs a `path`";
            return Some(document.diagnostic(Severity::Error, "no-path", document.span(&at("kind")), message));
        }
        RegistryKind::Ecr if !is_ecr => {
            return Some(not_built(document, &at("kind"), "ECR under a host of another name"));
        }
        RegistryKind::Oci if is_ecr => return Some(not_built(document, &at("kind"), "ECR as any other registry")),
        _ => {}
    }
    let endpoint = registry.endpoint.as_deref()?;
    let address = endpoint.strip_suffix('/').unwrap_or(endpoint);
    let is_host = ["http://", "https://"].iter().any(|scheme| address.strip_prefix(scheme) == Some(host));
    (kind != RegistryKind::Oci || !is_host)
        .then(|| not_built(document, &at("endpoint"), "an endpoint that is not http:// or https:// and the host"))
}

fn not_built(document: &Document, keys: &[&str], what: &str) -> Diagnostic {
    document.diagnostic(Severity::Error, "not-built-yet", document.span(keys), format!("{what} is not built yet"))
}
