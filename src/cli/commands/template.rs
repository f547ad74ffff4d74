//! `plainsail template`: a drop-in for `helm template`, no repository needed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use crate::cli::{CliError, ErrorKind, Exit, Session};
use crate::deadline::Deadline;
use crate::files::{Folder, read_chart_folder};
use crate::helm::chart::{self, Chart};
use crate::helm::functions::Failure;
use crate::helm::manifests::{self, Manifest};
use crate::helm::template::{Environment, Pure};
use crate::helm::values::{self, UserValues, ValueFile};
use crate::helm::{
    self, Cap, Capabilities, KubeVersion, Limits, Options, PrintOptions, Profile, Release, Rendered, Seed, Seeded,
    further_errors, further_errors_pure, render, render_name, render_pure, render_seeded,
};
use crate::jinja::ChartTemplates;
use crate::render::diagnostics;
use crate::yaml::Str;

/// Largest value file and chart archive that is read.
const MAX_INPUT: u64 = 256 * 1024 * 1024;

/// What `plainsail template` takes: the flags of `helm template`.
#[derive(Debug, clap::Args)]
#[command(
    disable_version_flag = true,
    after_help = "Example:\n  plainsail template api ./charts/web -f values-dev.yaml --set image.tag=0a1b2c3 --namespace api"
)]
pub struct Arguments {
    /// The name of the release, and the folder or .tgz of the chart. Without a name it is `release-name`.
    #[arg(required = true, num_args = 1..=2, value_name = "[NAME] CHART")]
    name_and_chart: Vec<String>,

    /// Which Helm to follow.
    #[arg(long, value_name = "VERSION", default_value = "4.2.4", value_parser = ["4.2.4", "3.21.4"])]
    helm: String,

    /// Read values from a YAML file, `-` for standard input; several, or separated by commas.
    #[arg(short = 'f', long, value_name = "FILE", value_delimiter = ',')]
    values: Vec<String>,
    /// Set values: `key1=val1,key2=val2`.
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    set: Vec<String>,
    /// Set values that are always text.
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    set_string: Vec<String>,
    /// Set values to the text of files: `key1=path1,key2=path2`.
    #[arg(long, value_name = "KEY=PATH", allow_hyphen_values = true)]
    set_file: Vec<String>,
    /// Set values to JSON: `key1=json1`, or with Helm 4 a whole object.
    #[arg(long, value_name = "KEY=JSON", allow_hyphen_values = true)]
    set_json: Vec<String>,
    /// Set a value to text that is taken as it is.
    #[arg(long, value_name = "KEY=TEXT", allow_hyphen_values = true)]
    set_literal: Vec<String>,

    /// The namespace of the release.
    #[arg(short = 'n', long, value_name = "NAME")]
    namespace: Option<String>,
    /// The version of Kubernetes that templates see.
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    /// Further API versions that templates see; several, or separated by commas.
    #[arg(short = 'a', long, value_name = "VERSION", value_delimiter = ',')]
    api_versions: Vec<String>,
    /// Let templates see an upgrade instead of an installation.
    #[arg(long)]
    is_upgrade: bool,
    /// Do not check values against values.schema.json.
    #[arg(long)]
    skip_schema_validation: bool,
    /// What to do where the output depends on the clock or on chance: refuse it, or make up values that are the same each
    /// time. Without it both are those of this machine, as with Helm.
    #[arg(long, value_name = "CHOICE")]
    non_determinism: Option<NonDeterminism>,
    /// With `--non-determinism seed`: a text that all made-up values follow from, beside the release.
    #[arg(long, value_name = "TEXT", requires = "non_determinism")]
    seed_salt: Option<String>,
    /// With `--non-determinism seed`: what the clock shows, such as 2026-11-01T00:00:00Z.
    #[arg(long, value_name = "TIME", requires = "non_determinism")]
    seed_time: Option<jiff::Timestamp>,

    /// Print the files below crds/ too.
    #[arg(long)]
    include_crds: bool,
    /// Accepted as in Helm, where it has no effect here.
    #[arg(long)]
    skip_crds: bool,
    /// Leave hooks out.
    #[arg(long)]
    no_hooks: bool,
    /// Leave test hooks out.
    #[arg(long)]
    skip_tests: bool,
    /// Print only what these templates gave (patterns such as `templates/*.yaml`).
    #[arg(short = 's', long, value_name = "TEMPLATE")]
    show_only: Vec<String>,
    /// Write a file per template into this folder instead of standard output.
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
    /// Put the name of the release into the path of --output-dir.
    #[arg(long)]
    release_name: bool,
    /// Accepted as in Helm, where it has no effect here.
    #[arg(short = 'g', long)]
    generate_name: bool,
    /// A template for the name of the release.
    #[arg(long, value_name = "TEMPLATE")]
    name_template: Option<String>,

    /// Set a cap on what the chart may ask for, such as `steps=400000000`; see docs/limits.md.
    #[arg(long, value_name = "NAME=VALUE")]
    limit: Vec<String>,

    #[command(flatten)]
    unsupported: Unsupported,
    #[command(flatten)]
    without_effect: WithoutEffect,
}

/// Flags of `helm template` that would need a cluster, a repository or another program.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Flags of Helm that are not supported")]
struct Unsupported {
    /// Needs a cluster.
    #[arg(long)]
    validate: bool,
    /// `client` is what happens anyway; `server` needs a cluster.
    #[arg(long, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    dry_run: Option<String>,
    /// Needs another program.
    #[arg(long, value_name = "PROGRAM")]
    post_renderer: Option<String>,
    /// Needs another program.
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    post_renderer_args: Vec<String>,
    /// Needs a repository of charts.
    #[arg(long)]
    dependency_update: bool,
    /// Needs the network.
    #[arg(long)]
    enable_dns: bool,
    /// Needs a repository of charts.
    #[arg(long, value_name = "URL")]
    repo: Option<String>,
    /// Needs a signature.
    #[arg(long)]
    verify: bool,
}

/// What to do where the output depends on the clock or on chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum NonDeterminism {
    Error,
    Seed,
}

/// Flags of `helm template` that change nothing in its output.
#[derive(Debug, clap::Args)]
struct WithoutEffect {
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    atomic: Option<String>,
    #[arg(long, hide = true)]
    create_namespace: bool,
    #[arg(long, hide = true)]
    debug: bool,
    #[arg(long, hide = true)]
    description: Option<String>,
    #[arg(long, hide = true)]
    devel: bool,
    #[arg(long, hide = true)]
    disable_openapi_validation: bool,
    #[arg(long, hide = true)]
    force: bool,
    #[arg(long, hide = true)]
    force_conflicts: bool,
    #[arg(long, hide = true)]
    force_replace: bool,
    #[arg(long, hide = true)]
    hide_notes: bool,
    #[arg(long, hide = true)]
    kube_context: Option<String>,
    #[arg(long, hide = true)]
    kubeconfig: Option<String>,
    #[arg(short = 'l', long, hide = true)]
    labels: Vec<String>,
    #[arg(long, hide = true)]
    render_subchart_notes: bool,
    #[arg(long, hide = true)]
    replace: bool,
    #[arg(long, hide = true)]
    rollback_on_failure: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    server_side: Option<String>,
    #[arg(long, hide = true)]
    take_ownership: bool,
    #[arg(long, hide = true)]
    timeout: Option<String>,
    #[arg(long, hide = true)]
    version: Option<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    wait: Option<String>,
    #[arg(long, hide = true)]
    wait_for_jobs: bool,
}

/// Runs the command.
///
/// # Errors
/// What the chart or the values did wrong.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    arguments.unsupported.check()?;
    let base = session.global.directory.clone().unwrap_or_default();
    let profile = Profile::from_version(&arguments.helm).unwrap_or_default();
    let capabilities = arguments.capabilities()?;
    let limits = arguments.limits()?;
    let mut world = ThisMachine { now: session.world.now().as_nanosecond() };
    let (name, name_of_chart) = match arguments.non_determinism {
        None => arguments.name_and_chart(&mut world, profile)?,
        Some(NonDeterminism::Error) => arguments.name_and_chart(&mut Pure, profile)?,
        // The name comes before the release, so it follows from the salt alone.
        Some(NonDeterminism::Seed) => {
            let nameless = Release { name: String::new(), namespace: String::new(), is_upgrade: false };
            arguments.name_and_chart(&mut Seeded::new(&arguments.seed(), &Str::default(), &nameless), profile)?
        }
    };
    let user = arguments.user_values(&base, &limits)?;
    let read = |path: &str| read_input(&base, path).map(Str::from);
    let user = user.merge(profile, &read).map_err(|error| input_error(&error.into()))?;
    let chart = load_chart(&base, &name_of_chart, profile, limits.chart)?;
    if chart.metadata.deprecated {
        session.ui.warning("this chart is deprecated");
    }
    let namespace = arguments.namespace.clone();
    let namespace = namespace.or_else(|| session.world.variable("HELM_NAMESPACE").map(str::to_owned));
    let release = Release {
        name,
        namespace: namespace.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned()),
        is_upgrade: arguments.is_upgrade,
    };
    let deadline = Deadline::of_seconds(limits.seconds);
    let options = Options {
        skip_schemas: arguments.skip_schema_validation,
        limits,
        patience: Some(&deadline),
        foreign: Some(&ChartTemplates),
        ..Options::new(profile)
    };
    let rendered = match arguments.non_determinism {
        None => render(&chart, &user, &release, &capabilities, &options, &mut world),
        Some(NonDeterminism::Error) => render_pure(&chart, &user, &release, &capabilities, &options),
        Some(NonDeterminism::Seed) => {
            render_seeded(&chart, &user, &release, &capabilities, &options, &arguments.seed())
        }
    };
    let rendered = rendered.map_err(|error| {
        let folder = base.join(&name_of_chart).is_dir().then_some(name_of_chart.as_str());
        let further = match arguments.non_determinism {
            Some(NonDeterminism::Error) => {
                further_errors_pure(&error, &chart, &user, &release, &capabilities, &options)
            }
            Some(NonDeterminism::Seed) => {
                let mut seeded = Seeded::new(&arguments.seed(), chart.name(), &release);
                further_errors(&error, &chart, &user, &release, &capabilities, &options, &mut seeded)
            }
            None => further_errors(&error, &chart, &user, &release, &capabilities, &options, &mut world),
        };
        let explain = |error: &helm::Error| helm::explain(error, &chart, &user, profile);
        let (first, others) = diagnostics(&error, &further, explain, folder);
        let details = first.into_iter().chain(others).collect();
        input_error(&error).with_details(details)
    })?;
    for warning in &rendered.warnings {
        session.ui.warning(warning);
    }
    arguments.print(&rendered, &release, &base, session)
}

impl Unsupported {
    fn check(&self) -> Result<(), CliError> {
        let refuse =
            |flag: &str, why: &str| Err(CliError::new(ErrorKind::Usage, format!("{flag} is not supported: {why}")));
        match self.dry_run.as_deref() {
            None | Some("client" | "true" | "1" | "t" | "T" | "TRUE" | "True" | "") => {}
            Some("server") => return refuse("--dry-run=server", "plainsail renders without a cluster"),
            Some(other) => {
                let message = format!("invalid dry-run value ({other:?}). Must be \"server\" or \"client\"");
                return Err(CliError::new(ErrorKind::Usage, message));
            }
        }
        if self.validate {
            return refuse("--validate", "plainsail renders without a cluster");
        }
        if self.post_renderer.is_some() || !self.post_renderer_args.is_empty() {
            return refuse("--post-renderer", "plainsail runs no other programs while it renders");
        }
        if self.dependency_update {
            return refuse("--dependency-update", "dependencies must be below charts/; run `helm dependency build`");
        }
        if self.enable_dns {
            return refuse("--enable-dns", "plainsail renders without network");
        }
        if self.repo.is_some() {
            return refuse("--repo", "charts are read from folders and .tgz files; run `helm pull` first");
        }
        if self.verify {
            return refuse("--verify", "signatures of charts are not checked");
        }
        Ok(())
    }
}

impl Arguments {
    fn capabilities(&self) -> Result<Capabilities, CliError> {
        let mut capabilities = Capabilities::default();
        if let Some(version) = self.kube_version.as_deref().filter(|version| !version.is_empty()) {
            capabilities.kube_version =
                KubeVersion::parse(version).map_err(|error| CliError::of(ErrorKind::Usage, &error))?;
        }
        capabilities.api_versions.extend(self.api_versions.iter().cloned());
        Ok(capabilities)
    }

    fn limits(&self) -> Result<Limits, CliError> {
        let mut limits = Limits::default();
        for setting in &self.limit {
            let usage = |message: String| CliError::new(ErrorKind::Usage, message);
            let known = || format!("Limits: {}.", Cap::all().map(Cap::name).collect::<Vec<_>>().join(", "));
            let (name, value) = setting
                .split_once('=')
                .ok_or_else(|| usage(format!("--limit {setting} is not of the form NAME=VALUE")).hint(known()))?;
            let cap = Cap::named(name).map_err(|error| usage(error.to_string()).hint(known()))?;
            let value = value.parse().map_err(|_| usage(format!("--limit {setting}: {value:?} is no whole number")))?;
            limits.set(cap, value).map_err(|error| usage(error.to_string()))?;
        }
        Ok(limits)
    }

    fn name_and_chart(&self, world: &mut dyn Environment, profile: Profile) -> Result<(String, String), CliError> {
        let usage = |message: &str| Err(CliError::new(ErrorKind::Usage, message));
        match (self.name_and_chart.as_slice(), &self.name_template) {
            ([_, _], _) if self.generate_name => usage("cannot set --generate-name and also specify a name"),
            ([_, _], Some(template)) if !template.is_empty() => {
                usage("cannot set --name-template and also specify a name")
            }
            ([name, chart], _) => Ok((name.clone(), chart.clone())),
            ([chart], Some(template)) if !template.is_empty() => {
                let name = render_name(template, profile, world).map_err(|error| input_error(&error))?;
                Ok((name, chart.clone()))
            }
            ([chart], _) => Ok(("release-name".to_owned(), chart.clone())),
            _ => usage("name and chart are missing"),
        }
    }

    fn seed(&self) -> Seed {
        Seed {
            salt: self.seed_salt.clone().unwrap_or_default(),
            scope: String::new(),
            time: self.seed_time.map(jiff::Timestamp::as_second),
        }
    }

    fn user_values(&self, base: &Path, limits: &Limits) -> Result<UserValues, CliError> {
        let file = |name: &String| match read_input(base, name) {
            Ok(text) => Ok(ValueFile { name: name.clone(), text: text.into() }),
            Err(message) => Err(CliError::new(ErrorKind::Input, message)),
        };
        Ok(UserValues {
            files: self.values.iter().map(file).collect::<Result<_, _>>()?,
            set_json: self.set_json.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
            limits: limits.chart.yaml,
        })
    }

    fn print(
        &self,
        rendered: &Rendered,
        release: &Release,
        base: &Path,
        session: &mut Session,
    ) -> Result<Exit, CliError> {
        let options = PrintOptions {
            include_crds: self.include_crds,
            no_hooks: self.no_hooks,
            skip_tests: self.skip_tests,
            show_only: self.show_only.clone(),
        };
        if let Some(folder) = &self.output_dir {
            let folder = if self.release_name { folder.join(&release.name) } else { folder.clone() };
            let log = write_files(rendered, &options, base, &folder)?;
            session.ui.bytes(log.as_bytes());
            return Ok(Exit::Done);
        }
        let printed = rendered.print(&options).map_err(|error| input_error(&error.into()))?;
        if session.ui.is_json() {
            session.ui.result("", &documents_json(rendered, &options));
        } else {
            session.ui.bytes(&printed);
        }
        Ok(Exit::Done)
    }
}

/// Loads the chart from a folder or an archive.
fn load_chart(base: &Path, name: &str, profile: Profile, limits: chart::Limits) -> Result<Arc<Chart>, CliError> {
    let path = base.join(name);
    let wrong = |error: chart::Error| input_error(&error.into());
    let Ok(found) = fs::metadata(&path) else {
        let error = CliError::new(ErrorKind::Input, format!("path {name:?} not found"));
        return Err(if name.contains("://") || !name.starts_with(['.', '/']) {
            error.hint("Charts are read from folders and .tgz files; fetch others with `helm pull` first.")
        } else {
            error
        });
    };
    if found.is_dir() {
        let files = read_chart_folder(&Folder::new(&path), "", limits).map_err(wrong)?;
        let place = path.join("Chart.yaml");
        if profile.rules().reads_chart_version_first && !place.exists() {
            let place = std::path::absolute(&place).unwrap_or(place);
            let place = place.display();
            let message = format!("unable to detect chart at {place}: open {place}: no such file or directory");
            return Err(CliError::new(ErrorKind::Input, message));
        }
        return Chart::load(files, profile, limits).map_err(wrong);
    }
    let bytes = read_file(&path).map_err(|error| CliError::new(ErrorKind::Input, open_error(name, &error)))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        let is_yaml = ["yaml", "yml"].iter().any(|end| path.extension().is_some_and(|found| found == *end));
        let message = if is_yaml {
            format!("file '{name}' seems to be a YAML file, but expected a gzipped archive")
        } else {
            format!("file '{name}' does not appear to be a gzipped archive")
        };
        return Err(CliError::new(ErrorKind::Input, message));
    }
    Chart::load_archive(&bytes, profile, limits).map_err(wrong)
}

/// Reads a value file, `-` for standard input.
fn read_input(base: &Path, name: &str) -> Result<Vec<u8>, String> {
    if name.trim() == "-" {
        let mut text = Vec::new();
        let read = std::io::stdin().take(MAX_INPUT).read_to_end(&mut text);
        return read.map(|_| text).map_err(|error| format!("standard input: {error}"));
    }
    if ["http://", "https://", "oci://"].iter().any(|scheme| name.starts_with(scheme)) {
        return Err(format!("value files from URLs are not supported: {name}"));
    }
    read_file(&base.join(name)).map_err(|error| open_error(name, &error))
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    fs::File::open(path)?.take(MAX_INPUT + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_INPUT {
        return Err(std::io::Error::other(format!("larger than {MAX_INPUT} bytes")));
    }
    Ok(text)
}

/// Go's words for a file that cannot be opened.
fn open_error(name: &str, error: &std::io::Error) -> String {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    format!("open {name}: {reason}")
}

/// Writes what is printed into files by template, as Helm does with `--output-dir`; returns what Helm says of it.
fn write_files(rendered: &Rendered, options: &PrintOptions, base: &Path, folder: &Path) -> Result<String, CliError> {
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut log = String::new();
    let crds = rendered.crds.iter().filter(|_| options.include_crds).map(|crd| (crd.source.as_str(), &crd.text));
    let plain = rendered.manifests.iter().map(|manifest| (manifest.source.as_str(), &manifest.text));
    let hooks = rendered.printed_hooks(options).map(|hook| (hook.manifest.source.as_str(), &hook.manifest.text));
    for (source, text) in crds.chain(plain).chain(hooks) {
        manifests::print_document(files.entry(source).or_default(), source, text);
        let _ = writeln!(log, "wrote {}", folder.join(source).display());
    }
    for (source, text) in files {
        let path = base.join(folder).join(source);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written
            .map_err(|error| CliError::new(ErrorKind::Input, format!("cannot write {}: {error}", path.display())))?;
    }
    log.push('\n');
    Ok(log)
}

fn documents_json(rendered: &Rendered, options: &PrintOptions) -> serde_json::Value {
    let document = |manifest: &Manifest| {
        json!({
            "source": manifest.source,
            "apiVersion": manifest.head.api_version.lossy(),
            "kind": manifest.head.kind.lossy(),
            "name": manifest.head.name.lossy(),
            "text": manifest.text.lossy(),
        })
    };
    let crds: Vec<_> = rendered
        .crds
        .iter()
        .filter(|_| options.include_crds)
        .map(|crd| json!({"source": crd.source, "text": crd.text.lossy()}))
        .collect();
    let hooks: Vec<_> = rendered.printed_hooks(options).map(|hook| document(&hook.manifest)).collect();
    json!({
        "crds": crds,
        "manifests": rendered.manifests.iter().map(document).collect::<Vec<_>>(),
        "hooks": hooks,
    })
}

/// Turns an error of the renderer into words.
fn input_error(error: &helm::Error) -> CliError {
    let made = CliError::of(ErrorKind::Input, error).as_helm();
    match error {
        helm::Error::Values(values::Error::SetJson { cause, .. } | values::Error::SetJsonObject { cause, .. }) => {
            made.hint(format!("The JSON is not valid: {cause}."))
        }
        helm::Error::Values(values::Error::Set { cause, .. }) if cause.ends_with("has no value") => made.hint(
            "A comma within a value is written `\\,`, a list `{a,b}`; a value that is to be taken as it is needs --set-literal.",
        ),
        _ => match error.cap() {
            Some(cap) => {
                let (name, (_, highest)) = (cap.name(), cap.range());
                made.hint(format!(
                    "If this chart is to be trusted with more: --limit {name}=NUMBER, at most {highest}."
                ))
            }
            None => made,
        },
    }
}

/// Clock and randomness of this machine, as Helm uses them.
struct ThisMachine {
    now: i128,
}

impl Environment for ThisMachine {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(self.now)
    }

    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        getrandom::fill(buffer).map_err(|error| Failure::Error(format!("{function}: no randomness: {error}")))
    }
}
