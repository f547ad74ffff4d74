//! [`Renderer`] reads what releases need, [`Prepared`] renders one of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use memchr::memmem;

use super::charts::LoadedChart;
use super::committed::Committed;
use super::object::string_at;
use super::{
    Charts, Error, MarkedImage, Marker, RenderedObject, RenderedRelease, checks, explain, hydrated, images, keep, names,
};
use crate::files::{Files, Kind};
use crate::fleet::{
    ChartSource, Crds, Destination, Diagnostic, Environment, Fleet, NonDeterminism, Pin, Release, ValueFile,
};
use crate::helm::chart::{Chart, Limits as ChartLimits};
use crate::helm::manifests::print_document;
use crate::helm::values;
use crate::helm::{self, Capabilities, KubeVersion, Patience, Profile, Release as HelmRelease, Seed, ValueSource};
use crate::jinja::ChartTemplates;
use crate::yaml::{self, Data, Limits, Str, json, parse, parse_head};

/// Reads what releases need.
pub struct Renderer<'a> {
    files: &'a dyn Files,
    fleet: &'a Fleet,
    charts: Arc<Charts>,
}

/// Everything that one release needs to be rendered: data only, so any thread can do it.
#[derive(Clone, Debug)]
pub struct Prepared {
    release: Release,
    chart: Arc<Chart>,
    values: Data,
    helm_release: HelmRelease,
    capabilities: Capabilities,
    limits: helm::Limits,
    profile: Profile,
    marker: Marker,
    non_determinism: NonDeterminism,
    seed: Seed,
    /// What is committed, where that is to be kept.
    committed: Committed,
}

impl<'a> Renderer<'a> {
    /// Reads from a tree of files.
    pub fn new(files: &'a dyn Files, fleet: &'a Fleet) -> Self {
        Self::sharing(files, fleet, Arc::default())
    }

    /// Reads from a tree of files whose charts are those that another renderer has loaded.
    pub fn sharing(files: &'a dyn Files, fleet: &'a Fleet, charts: Arc<Charts>) -> Self {
        Self { files, fleet, charts }
    }

    /// Returns the tree that is read.
    pub fn files(&self) -> &'a dyn Files {
        self.files
    }

    /// Reads what a release needs. `images` is what its marker is to say of its images.
    ///
    /// # Errors
    /// Where the chart or a values file is missing or wrong.
    pub fn prepare(
        &self,
        environment: &Environment,
        release: &Release,
        images: BTreeMap<String, MarkedImage>,
    ) -> Result<Prepared, Error> {
        let profile = self.fleet.profile(release);
        let limits = self.fleet.limits(environment);
        let chart = self.chart(release, profile, limits.chart)?;
        let values = self.user_values(environment, release)?;
        let mut capabilities = Capabilities::default();
        if let Some(version) = self.fleet.kube_version(environment) {
            capabilities.kube_version = KubeVersion::parse(version.as_str()).map_err(|error| Error::Values {
                file: environment.path.clone(),
                line: None,
                reason: error.to_string(),
                cap: None,
            })?;
        }
        capabilities.api_versions.extend(self.fleet.api_versions(environment).into_iter().map(str::to_owned));
        let helm_release = HelmRelease {
            name: release.release_name().to_owned(),
            namespace: release.namespace().to_owned(),
            is_upgrade: false,
        };
        let mut marker = Marker {
            environment: environment.name.to_string(),
            release: release.name.to_string(),
            namespace: release.namespace().to_owned(),
            project: self.fleet.project(environment).to_owned(),
            destination: destination(environment),
            images,
            engine: format!("helm {}", profile.version()),
            inputs: String::new(),
        };
        let non_determinism = self.fleet.non_determinism(environment, release);
        let settings = self.fleet.seed(environment, release);
        let seed = Seed {
            salt: settings.salt.unwrap_or_default(),
            scope: environment.name.to_string(),
            time: settings.time.map(Timestamp::as_second),
        };
        let mut inputs = inputs_hasher(&chart.digest, &values, &helm_release, &capabilities, release, &marker);
        if non_determinism != NonDeterminism::Error {
            inputs.update(format!("{non_determinism:?} {} {:?}", seed.scope, (&seed.salt, seed.time)).as_bytes());
        }
        marker.inputs = format!("blake3:{}", inputs.finalize().to_hex());
        Ok(Prepared {
            release: release.clone(),
            chart: chart.chart,
            values,
            helm_release,
            capabilities,
            limits,
            profile,
            marker,
            non_determinism,
            seed,
            committed: self.committed(release, non_determinism)?,
        })
    }

    /// Returns the hash of everything that the files of a release depend on: the same hash, the same files. None where they
    /// depend on more than that, such as on what is committed.
    pub fn key(&self, environment: &Environment, release: &Release, prepared: &Prepared) -> Option<[u8; 32]> {
        if self.fleet.non_determinism(environment, release) == NonDeterminism::Keep {
            return None;
        }
        let mut hasher = blake3::Hasher::new();
        // The marker has the hash of chart, values and names; the settings are in the three files.
        let marker = prepared.marker.to_text();
        let texts = [&self.fleet.source, &environment.source, &release.source].map(|file| file.text().as_bytes());
        for part in texts.into_iter().chain([release.path.as_bytes(), &marker]) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Some(*hasher.finalize().as_bytes())
    }

    /// Returns the layers of values of a release, lowest first, the chart's own among them.
    ///
    /// # Errors
    /// Where the chart or a values file is missing or wrong.
    pub fn layers(&self, environment: &Environment, release: &Release) -> Result<Vec<ValueSource>, Error> {
        let limits = self.fleet.limits(environment).chart;
        let chart = self.chart(release, self.fleet.profile(release), limits)?;
        let folder = match &release.file.chart {
            ChartSource::Folder(folder) => folder.clone(),
            ChartSource::Remote(remote) => format!("{}/{}", remote.repository, remote.name),
        };
        let Chart { values, values_text, .. } = &*chart.chart;
        let mut layers = vec![ValueSource {
            name: format!("{folder}/values.yaml"),
            values: values.clone(),
            text: values_text.clone(),
            below: &[],
        }];
        layers.extend(self.user_layers(environment, release)?);
        Ok(layers)
    }

    /// Returns the layers of the user's values with the texts in which they stand, lowest first; those that can be read.
    pub fn sources(&self, environment: &Environment, release: &Release) -> Vec<ValueSource> {
        let mut sources = self.user_layers(environment, release).unwrap_or_default();
        for document in [&self.fleet.source, &environment.source, &release.source] {
            if let Some(source) = sources.iter_mut().find(|source| source.name == within(document.path())) {
                document.path().clone_into(&mut source.name);
                source.text = document.text().into();
                source.below = &["values"];
            }
        }
        sources
    }

    fn committed(&self, release: &Release, choice: NonDeterminism) -> Result<Committed, Error> {
        if choice != NonDeterminism::Keep {
            return Ok(Committed::default());
        }
        Committed::read(&hydrated::manifests(self.files, &release.rendered_folder())?)
    }

    fn user_values(&self, environment: &Environment, release: &Release) -> Result<Data, Error> {
        let layers = self.user_layers(environment, release)?;
        Ok(layers.into_iter().fold(Data::map(), |below, layer| values::merge_maps(below, &layer.values)))
    }

    fn user_layers(&self, environment: &Environment, release: &Release) -> Result<Vec<ValueSource>, Error> {
        let limits = self.fleet.limits(environment).chart.yaml;
        let mut layers = vec![
            layer(within(crate::fleet::CONFIG_PATH), self.fleet.config.values.to_data()),
            layer(within(&environment.path), environment.file.values.to_data()),
        ];
        for file in release.value_files() {
            layers.push(self.value_file(release, &file, &limits)?);
        }
        layers.push(layer(within(&release.path), release.file.values.to_data()));
        layers.push(layer(format!("{} (images)", release.path), Data::from(release.image_values())));
        layers.retain(|layer| layer.values.as_map().is_none_or(|map| !map.is_empty()));
        Ok(layers)
    }

    fn value_file(&self, release: &Release, file: &ValueFile, limits: &Limits) -> Result<ValueSource, Error> {
        let path = match file {
            ValueFile::InRepository(path) => path,
            ValueFile::InChart(path) => {
                return Err(Error::NotBuilt { what: format!("reading {path} of a chart outside of the repository") });
            }
        };
        if self.files.kind(path)? == Some(Kind::Link) {
            let cause = "this is a symbolic link, which is not followed".to_owned();
            return Err(crate::files::Error { path: path.clone(), cause }.into());
        }
        let text = self.files.read(path)?.ok_or_else(|| Error::Missing { what: "values file", path: path.clone() })?;
        let values = values::read_values(&text, self.fleet.profile(release), limits).map_err(|error| {
            Error::Values { file: path.clone(), line: error.line, reason: error.message, cap: error.cap }
        })?;
        Ok(ValueSource { name: path.clone(), values, text, below: &[] })
    }

    fn chart(&self, release: &Release, profile: Profile, limits: ChartLimits) -> Result<LoadedChart, Error> {
        match &release.file.chart {
            ChartSource::Folder(folder) => self.charts.load(self.files, folder, profile, limits),
            ChartSource::Remote(remote) => {
                Err(Error::NotBuilt { what: format!("chart {} of {}", remote.name, remote.repository) })
            }
        }
    }
}

/// Says that values stand in a part of a file.
fn within(path: &str) -> String {
    format!("{path} (values)")
}

/// Makes a layer of values whose text is not needed.
fn layer(name: String, values: Data) -> ValueSource {
    ValueSource { name, values, text: Str::default(), below: &[] }
}

fn destination(environment: &Environment) -> BTreeMap<String, String> {
    match &environment.file.destination {
        Some(Destination::Name(name)) => BTreeMap::from([("name".to_owned(), name.clone())]),
        Some(Destination::Server(server)) => BTreeMap::from([("server".to_owned(), server.clone())]),
        // The cluster that Argo CD runs in.
        None => BTreeMap::from([("server".to_owned(), "https://kubernetes.default.svc".to_owned())]),
    }
}

/// Hashes everything that the text depends on, so that equal hashes mean equal text.
fn inputs_hasher(
    chart: &blake3::Hash,
    values: &Data,
    helm_release: &HelmRelease,
    capabilities: &Capabilities,
    release: &Release,
    marker: &Marker,
) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    let mut add = |part: &[u8]| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    add(chart.as_bytes());
    // Values come from YAML, where every number is a float: their JSON is their identity.
    add(&json::encode(values, json::Html::Raw).unwrap_or_default());
    for part in [&helm_release.name, &helm_release.namespace, &marker.engine, &capabilities.kube_version.version] {
        add(part.as_bytes());
    }
    for version in &capabilities.api_versions {
        add(version.as_bytes());
    }
    add(if release.file.crds == Crds::Skip { b"without crds" } else { b"with crds" });
    hasher
}

impl Prepared {
    /// Returns the caps of rendering it.
    pub fn limits(&self) -> &helm::Limits {
        &self.limits
    }

    /// Returns the release.
    pub fn release(&self) -> &Release {
        &self.release
    }

    /// Says of an error of [`Self::render`] what is known beside its message: the line, the way there, the value. What else is
    /// wrong with the release comes second. `sources` is what its values were made of.
    pub fn explain(
        &self,
        error: &Error,
        sources: &[ValueSource],
        patience: &dyn Patience,
    ) -> (Option<Box<Diagnostic>>, Vec<Diagnostic>) {
        let (Error::Helm(error) | Error::NotKept { cause: Some(error), .. }) = error else { return (None, Vec::new()) };
        let folder = match &self.release.file.chart {
            ChartSource::Folder(folder) => Some(folder.as_str()),
            ChartSource::Remote(_) => None,
        };
        let Self { chart, values, helm_release, capabilities, .. } = self;
        let options = self.options(patience);
        let further = match self.non_determinism {
            NonDeterminism::Error => {
                helm::further_errors_pure(error, chart, values, helm_release, capabilities, &options)
            }
            NonDeterminism::Seed | NonDeterminism::Keep => {
                let mut seeded = helm::Seeded::new(&self.seed, chart.name(), helm_release);
                helm::further_errors(error, chart, values, helm_release, capabilities, &options, &mut seeded)
            }
        };
        let known = helm::explain::Release { chart, values, sources, profile: self.profile, folder };
        let explain = |error: &helm::Error| helm::explain(error, known);
        let (first, further) = explain::diagnostics(error, &further, explain, folder);
        (first.map(Box::new), further)
    }

    fn options<'p>(&self, patience: &'p dyn Patience) -> helm::Options<'p> {
        helm::Options {
            limits: self.limits,
            patience: Some(patience),
            foreign: Some(&ChartTemplates),
            ..helm::Options::new(self.profile)
        }
    }

    /// Renders the release into files. Pure: no file, network or chance; a clock only to give up by.
    ///
    /// # Errors
    /// Where the chart fails, or gives what must not be committed.
    pub fn render(&self, patience: &dyn Patience) -> Result<RenderedRelease, Error> {
        let rendered = self.render_chart(&self.options(patience))?;
        let objects = self.objects(&rendered)?;
        if objects.is_empty() {
            return Err(Error::Empty);
        }
        self.check(&objects)?;
        let folder = self.release.rendered_folder();
        let names = names::file_names(&objects)?;
        let manifests = names
            .iter()
            .zip(&objects)
            .map(|(name, object)| (format!("{folder}/{name}"), object.text.clone()))
            .collect();
        Ok(RenderedRelease { folder, manifests, marker: self.marker.clone(), objects, notices: rendered.warnings })
    }

    /// Renders the release to the bytes that `helm template` prints for it. Pure, as [`Self::render`] is.
    ///
    /// # Errors
    /// Where the chart fails.
    pub fn print(&self, patience: &dyn Patience) -> Result<Vec<u8>, Error> {
        let rendered = self.render_chart(&self.options(patience))?;
        let printed = rendered.print(&helm::PrintOptions::default());
        printed.map_err(|error| Error::Helm(Box::new(error.into())))
    }

    fn render_chart(&self, options: &helm::Options<'_>) -> Result<helm::Rendered, Error> {
        let Self { chart, values: user, helm_release: release, capabilities, seed, .. } = self;
        let rendered = match self.non_determinism {
            NonDeterminism::Error => helm::render_pure(chart, user, release, capabilities, options),
            NonDeterminism::Seed => helm::render_seeded(chart, user, release, capabilities, options, seed),
            NonDeterminism::Keep => {
                let piece = helm::Piece { chart, user, release, capabilities, options, seed };
                return keep::render(piece, &self.committed, &|rendered| self.objects(rendered));
            }
        };
        rendered.map_err(|error| Error::Helm(Box::new(error)))
    }

    /// Takes every document that is an object: custom resource definitions unless they are skipped, manifests, and hooks
    /// (Argo CD maps their annotations) but for those of tests. A document that holds comments only is dropped.
    fn objects(&self, rendered: &helm::Rendered) -> Result<Vec<RenderedObject>, Error> {
        let mut documents: Vec<(&str, Str)> = Vec::new();
        if self.release.file.crds == Crds::Include {
            for file in &rendered.crds {
                documents.extend(split_documents(&file.text).into_iter().map(|text| (file.source.as_str(), text)));
            }
        }
        documents.extend(rendered.manifests.iter().map(|manifest| (manifest.source.as_str(), manifest.text.clone())));
        let hooks = rendered.hooks.iter().filter(|hook| !hook.is_test());
        documents.extend(hooks.map(|hook| (hook.manifest.source.as_str(), hook.manifest.text.clone())));
        let mut objects = Vec::new();
        let limits = &self.limits.template.yaml;
        for (source, text) in documents {
            let unreadable =
                |error: yaml::Error| Error::Unreadable { source_file: source.to_owned(), reason: error.to_string() };
            let mut data = parse_head(&text, limits).map_err(unreadable)?;
            if data == Data::Null {
                continue;
            }
            if self.needs_all(&data, &text) {
                data = parse(&text, limits).map_err(unreadable)?;
            }
            let mut printed = Vec::new();
            print_document(&mut printed, source, &text);
            objects.push(RenderedObject { source: source.to_owned(), text: Str::from(printed), data });
        }
        Ok(objects)
    }

    /// Tells whether more than the head of an object must be known to check it. Most objects are a head and much else.
    fn needs_all(&self, head: &Data, text: &[u8]) -> bool {
        let kind = string_at(head, "kind");
        let is_named = head.get("metadata").is_some_and(|metadata| !string_at(metadata, "name").is_empty());
        // In double quotes any character may be written otherwise.
        let may_name = |digest: &str| memmem::find(text, digest.as_bytes()).is_some() || text.contains(&b'\\');
        kind == "Secret"
            || kind.ends_with("List")
            || !is_named
            || self.non_determinism == NonDeterminism::Keep
            || self
                .release
                .file
                .images
                .values()
                .filter_map(|image| image.digest.as_ref())
                .any(|digest| may_name(digest.as_str()))
    }

    fn check(&self, objects: &[RenderedObject]) -> Result<(), Error> {
        checks::readable_by_argo(objects)?;
        checks::no_plain_secrets(objects, &self.release.file.allow_secrets)?;
        for (name, image) in &self.release.file.images {
            let Some(digest) = image.digest.as_ref().filter(|_| image.pin == Pin::Digest) else { continue };
            if !images::is_deployed(objects, digest.as_str()) {
                return Err(Error::NotDeployed { image: name.to_string(), digest: digest.to_string() });
            }
        }
        Ok(())
    }
}

/// Splits a file of custom resource definitions, which Helm prints as it is, into its documents.
fn split_documents(text: &[u8]) -> Vec<Str> {
    let mut documents = Vec::new();
    let mut document: Vec<u8> = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"---") && line[3..].iter().all(u8::is_ascii_whitespace) {
            documents.push(Str::from(std::mem::take(&mut document)));
        } else {
            document.extend_from_slice(line);
        }
    }
    documents.push(Str::from(document));
    documents.retain(|document| !document.trim_ascii().is_empty());
    documents
}
