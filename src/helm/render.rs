//! [`render`]: the pipeline of `helm template`, from a chart and values to documents.
//!
//! Everything that can be shared is: the chart with its parsed defaults, and its compiled templates, which are kept in the
//! chart and reused by every release that enables the same subcharts. Per release remain layering, running and the heads.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::capabilities::Capabilities;
use super::chart::{Chart, extension};
use super::error::Error;
use super::foreign::{self, ForeignTemplates};
use super::limits::Limits;
use super::manifests::{self, Hook, Manifest, print_document, show_only, sort_manifests};
use super::patience::{Patience, Timed, check};
use super::profile::Profile;
use super::release::Release;
use super::run::Run;
use super::template::{self, Environment, Machine, Program, Source};
use super::value::Value;
use super::values::{ChartTree, Processed, is_compatible, missing_dependencies};
use crate::yaml::{Data, Str};

/// How a release is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Options<'f> {
    /// Which Helm is followed; the chart must have been loaded for it.
    pub profile: Profile,
    /// Values are not checked against schemas.
    pub skip_schemas: bool,
    /// The caps.
    pub limits: Limits,
    /// Says when it takes too long; without it only steps are counted.
    pub patience: Option<&'f dyn Patience>,
    /// What renders files that are not Go templates; without it such a file is an error.
    pub foreign: Option<&'f dyn ForeignTemplates>,
}

impl Options<'_> {
    /// Returns the usual options of a profile.
    pub fn new(profile: Profile) -> Self {
        Self { profile, skip_schemas: false, limits: Limits::default(), patience: None, foreign: None }
    }
}

/// A file below `crds/`, which Helm does not render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomResource {
    /// The path from the root chart.
    pub source: String,
    /// The file as it is.
    pub text: Str,
}

/// What a release renders to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// Which Helm was followed.
    pub profile: Profile,
    /// The files below `crds/` of all charts in use.
    pub crds: Vec<CustomResource>,
    /// What is installed, in Helm's order.
    pub manifests: Vec<Manifest>,
    /// What runs at events, in Helm's order.
    pub hooks: Vec<Hook>,
    /// NOTES.txt of the root chart.
    pub notes: Str,
    /// What Helm warns of.
    pub warnings: Vec<String>,
}

/// Which documents are printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintOptions {
    /// `--include-crds`
    pub include_crds: bool,
    /// `--no-hooks`
    pub no_hooks: bool,
    /// `--skip-tests`
    pub skip_tests: bool,
    /// `--show-only`: patterns of templates; empty for all.
    pub show_only: Vec<String>,
}

/// Renders a release of a chart with the user's values.
///
/// # Errors
/// Where Helm fails, with its message.
pub fn render(
    chart: &Arc<Chart>,
    user: &Data,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options<'_>,
    environment: &mut dyn Environment,
) -> Result<Rendered, Error> {
    let profile = options.profile;
    let mut environment = Timed { inner: environment, patience: options.patience };
    check_installable(chart, profile)?;
    release.check_name(profile)?;
    let processed = Processed::new(chart, user, profile).map_err(|error| {
        let prefix = profile.rules().words.values_of_dependencies;
        Error::Dependencies { prefix, error }
    })?;
    let layered = processed.layer(user)?;
    if !options.skip_schemas {
        layered.check_schemas()?;
    }
    check_kube_version(chart, capabilities, profile)?;
    check(options.patience)?;
    let run = Run::new(chart, &layered, release, capabilities, options)?;
    let Files { texts: mut files, has_looked_up } = run_templates(&run, &mut environment)?;
    check(options.patience)?;
    let notes = take_notes(chart, &mut files);
    let sorted = sort_manifests(&files, profile, &options.limits.template)?;
    let mut warnings = chart.warnings.clone();
    warnings.extend_from_slice(layered.warnings());
    warnings.extend(sorted.warnings);
    if has_looked_up {
        warnings.push(LOOKUP_WARNING.to_owned());
    }
    Ok(Rendered {
        profile,
        crds: custom_resources(layered.tree()),
        manifests: sorted.manifests,
        hooks: sorted.hooks,
        notes,
        warnings,
    })
}

/// Renders the text of `--name-template`.
///
/// # Errors
/// If it is no template, or fails.
pub fn render_name(template: &str, profile: Profile, environment: &mut dyn Environment) -> Result<String, Error> {
    const NAME: &str = "name-template";
    let program = Program::compile_plain(Source { name: NAME.into(), text: template.into() }, profile)?;
    let name = Machine::new(&program, environment, template::Limits::default()).render(NAME, Value::Invalid)?;
    Ok(String::from_utf8_lossy(&name).into_owned())
}

fn check_installable(chart: &Chart, profile: Profile) -> Result<(), Error> {
    let chart_type = &chart.metadata.chart_type;
    if !chart_type.is_empty() && *chart_type != "application" {
        return Err(Error::NotInstallable { chart_type: chart_type.lossy().into_owned() });
    }
    let names = missing_dependencies(chart);
    if !names.is_empty() {
        return Err(Error::MissingDependencies { prefix: profile.rules().words.missing_dependencies, names });
    }
    Ok(())
}

fn check_kube_version(chart: &Chart, capabilities: &Capabilities, profile: Profile) -> Result<(), Error> {
    let constraint = &chart.metadata.kube_version;
    let version = &capabilities.kube_version;
    if constraint.is_empty() || is_compatible(constraint, &version.normalized.as_str().into()) {
        return Ok(());
    }
    let version =
        if profile.rules().keeps_version_suffix { version.version.clone() } else { version.normalized.clone() };
    Err(Error::KubeVersion { constraint: constraint.lossy().into_owned(), version })
}

fn run_templates(run: &Run<'_>, environment: &mut Timed<'_>) -> Result<Files, Error> {
    let mut machine = run.machine(environment);
    let mut texts = BTreeMap::new();
    for template in run.files() {
        texts.insert(template.path.clone(), run.render(&mut machine, template)?);
    }
    Ok(Files { texts, has_looked_up: machine.has_looked_up() })
}

/// What the templates of a release gave.
struct Files {
    /// By their paths.
    texts: BTreeMap<String, Vec<u8>>,
    has_looked_up: bool,
}

const LOOKUP_WARNING: &str = "the chart uses `lookup`, which finds nothing: it is rendered without a cluster";

/// Takes out everything that is named NOTES.txt, and returns that of the root chart.
fn take_notes(chart: &Chart, files: &mut BTreeMap<String, Vec<u8>>) -> Str {
    let own = format!("{}/templates/NOTES.txt", chart.name());
    let jinja = files.remove(&format!("{own}{}", foreign::JINJA));
    let notes = files.remove(&own).or(jinja).unwrap_or_default();
    files.retain(|path, _| !path.strip_suffix(foreign::JINJA).unwrap_or(path).ends_with("NOTES.txt"));
    notes.into()
}

fn custom_resources(tree: &ChartTree) -> Vec<CustomResource> {
    let mut found = Vec::new();
    for node in tree.walk() {
        let folder = tree.path(node);
        for file in &tree.chart(node).files {
            let suffix = extension(&file.name);
            let is_manifest = [".yaml", ".yml", ".json"].iter().any(|wanted| suffix.eq_ignore_ascii_case(wanted));
            if file.name.starts_with("crds/") && is_manifest {
                found.push(CustomResource { source: format!("{folder}/{}", file.name), text: file.data.clone() });
            }
        }
    }
    found
}

impl Rendered {
    /// Returns what `helm template` prints on standard output.
    ///
    /// # Errors
    /// If `--show-only` names a template that printed nothing.
    pub fn print(&self, options: &PrintOptions) -> Result<Vec<u8>, manifests::Error> {
        let crds = self.crds.iter().filter(|_| options.include_crds).map(|crd| (crd.source.as_str(), &crd.text));
        let documents = crds.chain(self.manifests.iter().map(|manifest| (manifest.source.as_str(), &manifest.text)));
        let mut out = Vec::with_capacity(documents.clone().map(|(source, text)| source.len() + text.len() + 32).sum());
        for (source, text) in documents {
            print_document(&mut out, source, text);
        }
        // It begins with a separator, so that only the end can be trimmed.
        out.truncate(manifests::trim(&out).len());
        out.push(b'\n');
        for hook in self.printed_hooks(options) {
            print_document(&mut out, &hook.manifest.source, &hook.manifest.text);
        }
        if options.show_only.is_empty() {
            return Ok(out);
        }
        show_only(&out, &options.show_only, self.profile)
    }

    /// Returns the hooks that are printed.
    pub fn printed_hooks<'a>(&'a self, options: &'a PrintOptions) -> impl Iterator<Item = &'a Hook> {
        let hooks = if options.no_hooks { &[][..] } else { &self.hooks };
        hooks.iter().filter(|hook| !(options.skip_tests && hook.is_test()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::chart::{self, File};
    use crate::helm::template::Pure;

    fn load(files: &[(&str, &str)]) -> Arc<Chart> {
        let files = files.iter().map(|(name, text)| File { name: (*name).to_owned(), data: (*text).into() });
        Chart::load(files.collect(), Profile::V4, chart::Limits::default()).unwrap()
    }

    fn release(chart: &Arc<Chart>, name: &str) -> Result<Rendered, Error> {
        let release = Release { name: name.to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        render(chart, &Data::map(), &release, &Capabilities::default(), &Options::new(Profile::V4), &mut Pure)
    }

    const CHART: (&str, &str) = ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");

    #[test]
    fn documents_carry_their_heads() {
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: x\n  annotations: {a: 1}\n";
        let rendered = release(&load(&[CHART, ("templates/a.yaml", text)]), "api").unwrap();
        let head = &rendered.manifests[0].head;
        assert_eq!((&head.kind, &head.name, &head.namespace), (&"ConfigMap".into(), &"api".into(), &"x".into()));
        assert_eq!(head.annotation("a"), Some(&"1".into()));
        assert_eq!(rendered.manifests[0].source, "web/templates/a.yaml");
    }

    #[test]
    fn templates_are_compiled_once_for_all_releases_of_a_chart() {
        let chart = load(&[CHART, ("templates/a.yaml", "a: {{ .Release.Name }}\n")]);
        release(&chart, "one").unwrap();
        let names = [Str::from("web/templates/a.yaml")];
        let find = || {
            let compile = |_: &[Str]| Err::<Program, _>("it is there");
            chart.programs.get_or_compile(names.to_vec(), Profile::V4, compile).unwrap()
        };
        let first = find();
        assert_eq!(release(&chart, "two").unwrap().manifests[0].text, "a: two\n");
        assert!(Arc::ptr_eq(&first, &find()));
    }

    #[test]
    fn what_a_template_sets_is_seen_by_the_next_but_not_by_the_next_release() {
        let chart = load(&[
            CHART,
            ("values.yaml", "a: {}\n"),
            ("templates/b.yaml", "{{ $_ := set .Values.a \"x\" .Release.Name }}b: 1\n"),
            ("templates/a.yaml", "a: {{ .Values.a.x }}\n"),
        ]);
        for name in ["one", "two"] {
            assert_eq!(release(&chart, name).unwrap().manifests[0].text, format!("a: {name}\n").as_str());
        }
    }

    #[test]
    fn a_dict_may_have_the_context_as_a_key_by_mistake() {
        let chart = load(&[CHART, ("templates/a.yaml", "a: {{ get (dict \"a\" 1 . \"b\") \"a\" }}\n")]);
        assert_eq!(release(&chart, "api").unwrap().manifests[0].text, "a: 1\n");
        // What it is cannot be printed.
        let chart = load(&[CHART, ("templates/a.yaml", "a: {{ keys (dict . \"b\") }}\n")]);
        assert!(release(&chart, "api").is_err());
    }

    #[test]
    fn a_jinja_file_is_never_run_as_a_go_template() {
        let chart = load(&[CHART, ("templates/a.yaml.j2", "a: {{ .Release.Name }}\n")]);
        let error = release(&chart, "api").unwrap_err();
        assert!(matches!(error, Error::Foreign(foreign::Error::NoEngine { .. })), "{error}");
        assert_eq!(error.place().unwrap().file, "web/templates/a.yaml.j2");
    }

    #[test]
    fn charts_can_be_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<Arc<Chart>>();
        shared::<Error>();
    }

    #[test]
    fn an_error_names_the_place() {
        let chart = load(&[CHART, ("templates/a.yaml", "a: 1\nb: {{ required \"tell me b\" .Values.b }}\n")]);
        let error = release(&chart, "api").unwrap_err();
        assert_eq!(error.to_string(), "execution error at (web/templates/a.yaml:2:6): tell me b");
        let place = error.place().unwrap();
        assert_eq!((place.file.as_str(), place.line, place.column), ("web/templates/a.yaml", Some(2), Some(6)));
        assert!(error.is_from_rendering());
        let chart = load(&[CHART, ("templates/a.yaml", "a: 1\nb: [\n")]);
        let place = release(&chart, "api").unwrap_err().place().unwrap();
        assert_eq!(place.file, "web/templates/a.yaml");
    }
}
