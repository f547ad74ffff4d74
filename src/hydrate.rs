//! Renders the releases of an environment and says what would change in its hydrated output. Shared by everything that
//! renders: `render`, `diff`, `reconcile`, promotion. Writes nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rayon::prelude::*;

use crate::deadline::Deadline;
use crate::diff;
use crate::files::{Digest, Files, digest};
use crate::fleet::{Broken, CONFIG_PATH, ChartSource, Diagnostic, Environment, Release};
use crate::helm::Cap;
use crate::plan::{Failure, ReleasePlan, Stage};
use crate::record::{self, Key};
use crate::render::{Error, MarkedImage, Prepared, RenderedRelease, Renderer, hydrated};
use crate::yaml::Str;

/// Files by path; `None` removes.
pub type Changes = BTreeMap<String, Option<Str>>;

/// What plainsail chose itself, per release (`ENV/RELEASE`) and image, in this run. Only such a choice changes the image
/// lines of a marker; for all others the marker keeps what it says.
pub type Chosen = BTreeMap<(String, String), MarkedImage>;

/// The outcome for one release: the plan so far, and the files to write where it rendered.
pub struct Hydrated {
    /// What became of it.
    pub plan: ReleasePlan,
    /// The files that differ from the tree.
    pub changes: Changes,
    /// What it renders to, where that may be recorded.
    pub outputs: Option<Outputs>,
    /// Whether its chart was run.
    pub is_rendered: bool,
}

/// What a release renders to, by key and digests.
pub struct Outputs {
    /// What it depends on.
    pub key: Key,
    /// The digest of each file by path.
    pub files: Vec<(Box<str>, Digest)>,
}

/// What earlier runs have rendered.
pub type Known<'a> = HashMap<Key, &'a record::Release>;

/// Renders every release of an environment that `wanted` takes, against the tree of files that the renderer reads. Failures
/// stay with their release. Each release is read, rendered and compared on whatever core is free; one whose output is
/// `known` and lies in its place is not rendered.
///
/// # Errors
/// Where the tree itself cannot be read.
pub fn environment(
    renderer: &Renderer<'_>,
    environment: &Environment,
    wanted: &dyn Fn(&str) -> bool,
    chosen: &Chosen,
    known: Option<&Known<'_>>,
) -> Result<Vec<Hydrated>, crate::files::Error> {
    let releases: Vec<&Release> =
        environment.releases.values().filter(|release| wanted(release.name.as_str())).collect();
    let mut outcomes: Vec<Hydrated> = releases
        .into_par_iter()
        .map(|release| hydrate(renderer, environment, release, chosen, known))
        .collect::<Result<_, _>>()?;
    let broken = environment.broken.iter().filter(|broken| wanted(&broken.name));
    outcomes.extend(broken.map(|broken| Hydrated::broken(environment, broken)));
    outcomes.sort_by(|a, b| a.plan.release.cmp(&b.plan.release));
    Ok(outcomes)
}

/// Renders one release and compares.
fn hydrate(
    renderer: &Renderer<'_>,
    environment: &Environment,
    release: &Release,
    chosen: &Chosen,
    known: Option<&Known<'_>>,
) -> Result<Hydrated, crate::files::Error> {
    let mut plan = ReleasePlan::new(environment.name.as_str(), release.name.as_str());
    let unchosen = release.unchosen();
    if !unchosen.is_empty() {
        let names: Vec<&str> = unchosen.iter().map(|name| name.as_str()).collect();
        plan.left_out = Some(format!("no image is chosen yet for {}", names.join(", ")));
        return Ok(Hydrated::nothing(plan));
    }
    let prepared = match prepare(renderer, environment, release, chosen) {
        Ok(prepared) => prepared,
        Err(error) => return Ok(Hydrated::failed(plan, release, &error)),
    };
    let files = renderer.files();
    let key = known.and_then(|_| renderer.key(environment, release, &prepared));
    if let Some((key, earlier)) = key.and_then(|key| Some((key, *known?.get(&key)?)))
        && is_in_place(files, &release.rendered_folder(), &earlier.outputs())?
    {
        plan.notices = earlier.notices.iter().map(ToString::to_string).collect();
        let files = earlier.outputs().into_iter().map(|(path, digest)| (path.into(), digest)).collect();
        let outputs = Some(Outputs { key, files });
        return Ok(Hydrated { outputs, ..Hydrated::nothing(plan) });
    }
    // What else is wrong with a release is looked for in the time that it has left.
    let deadline = Deadline::of_seconds(prepared.limits().seconds);
    match prepared.render(&deadline) {
        Ok(rendered) => Hydrated::compared(files, plan, &rendered, key),
        Err(error) => {
            let mut failed = Hydrated { is_rendered: true, ..Hydrated::failed(plan, release, &error) };
            if let Some(failure) = &mut failed.plan.failure {
                (failure.diagnostic, failure.further) =
                    prepared.explain(&error, &renderer.sources(environment, release), &deadline);
                failure.hint = failure.diagnostic.as_ref().and_then(|found| found.hint.clone()).or(failure.hint.take());
            }
            Ok(failed)
        }
    }
}

/// Tells whether a folder holds these files and no others.
fn is_in_place(files: &dyn Files, folder: &str, outputs: &[(&str, Digest)]) -> Result<bool, crate::files::Error> {
    let there = hydrated::paths_below(files, folder).map_err(files_error)?;
    let wanted: BTreeSet<&str> = outputs.iter().map(|(path, _)| *path).collect();
    if there.len() != wanted.len() || !there.iter().all(|path| wanted.contains(path.as_str())) {
        return Ok(false);
    }
    for (path, wanted) in outputs {
        if files.read(path)?.is_none_or(|text| digest(&text) != *wanted) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Returns what has to go: the hydrated output of releases whose file is gone.
///
/// # Errors
/// Where the tree cannot be read.
pub fn removed_releases(files: &dyn Files, environment: &Environment) -> Result<Vec<Hydrated>, crate::files::Error> {
    let mut outcomes = Vec::new();
    let name = environment.name.as_str();
    let is_there = |release: &str| {
        environment.releases.contains_key(release) || environment.broken.iter().any(|broken| broken.name == release)
    };
    for release in hydrated::releases(files, name, &is_there).map_err(files_error)? {
        let folder = format!("{}/{name}/{release}", hydrated::RENDERED);
        let changes: Changes =
            hydrated::paths_below(files, &folder).map_err(files_error)?.into_iter().map(|path| (path, None)).collect();
        let mut plan = ReleasePlan::new(name, &release);
        plan.notices.push("its release file is gone, so its hydrated output goes too".to_owned());
        plan.removed = true;
        plan.other_files = true;
        outcomes.push(Hydrated { changes, ..Hydrated::nothing(plan) });
    }
    Ok(outcomes)
}

/// Names the changed objects. The old text of every changed file must be readable by now.
///
/// # Errors
/// Where a file cannot be read.
pub fn name_objects(files: &dyn Files, outcome: &mut Hydrated) -> Result<(), crate::files::Error> {
    let is_manifest = |path: &str| path.starts_with(hydrated::RENDERED) && !path.ends_with(crate::render::MARKER);
    let (mut old, mut new) = (BTreeMap::new(), BTreeMap::new());
    for (path, text) in outcome.changes.iter().filter(|(path, _)| is_manifest(path)) {
        if let Some(before) = files.read(path)? {
            old.insert(path.clone(), before);
        }
        if let Some(text) = text {
            new.insert(path.clone(), text.clone());
        }
    }
    outcome.plan.objects = diff::compare(&old, &new);
    outcome.plan.other_files |= outcome.changes.keys().any(|path| !is_manifest(path));
    Ok(())
}

/// Reads what a release needs. What its marker says of images stays, but for those that are chosen now.
///
/// # Errors
/// Where the chart or a values file is missing or wrong.
pub(crate) fn prepare(
    renderer: &Renderer<'_>,
    environment: &Environment,
    release: &Release,
    chosen: &Chosen,
) -> Result<Prepared, Error> {
    let marker = hydrated::marker(renderer.files(), &release.rendered_folder())?;
    let address = release.address().to_string();
    let images = release
        .file
        .images
        .iter()
        .map(|(name, image)| {
            let of_file = || MarkedImage {
                tag: image.tag.as_ref().map(ToString::to_string).unwrap_or_default(),
                digest: image.digest.as_ref().map(ToString::to_string).unwrap_or_default(),
            };
            let marked = chosen
                .get(&(address.clone(), name.to_string()))
                .or_else(|| marker.as_ref()?.images.get(name.as_str()))
                .cloned()
                .unwrap_or_else(of_file);
            (name.to_string(), marked)
        })
        .collect();
    renderer.prepare(environment, release, images)
}

impl Hydrated {
    pub(crate) fn nothing(plan: ReleasePlan) -> Self {
        Self { plan, changes: Changes::new(), outputs: None, is_rendered: false }
    }

    fn broken(environment: &Environment, broken: &Broken) -> Self {
        let mut plan = ReleasePlan::new(environment.name.as_str(), &broken.name);
        let first = broken.diagnostics.iter().find(|diagnostic| diagnostic.is_error()).or(broken.diagnostics.first());
        let is_first = |diagnostic: &&Diagnostic| first.is_some_and(|first| std::ptr::eq(first, *diagnostic));
        let others = broken.diagnostics.iter().filter(|diagnostic| !is_first(diagnostic));
        plan.failure = Some(Failure {
            stage: Stage::Load,
            code: first.map_or("unreadable", |diagnostic| diagnostic.id).to_owned(),
            messages: first.iter().map(|diagnostic| diagnostic.message.clone()).collect(),
            file: Some(broken.path.clone()),
            line: first.and_then(|diagnostic| Some(diagnostic.span.as_ref()?.line)),
            hint: first.and_then(|diagnostic| diagnostic.hint.clone()),
            diagnostic: first.cloned().map(Box::new),
            further: others.cloned().collect(),
        });
        Self::nothing(plan)
    }

    fn failed(mut plan: ReleasePlan, release: &Release, error: &Error) -> Self {
        plan.failure = Some(failure_of(error, release));
        Self::nothing(plan)
    }

    fn compared(
        files: &dyn Files,
        mut plan: ReleasePlan,
        rendered: &RenderedRelease,
        key: Option<Key>,
    ) -> Result<Self, crate::files::Error> {
        let wanted = rendered.files();
        let mut changes = Changes::new();
        for (path, text) in &wanted {
            if !files.holds(path, text)? {
                changes.insert(path.clone(), Some(text.clone()));
            }
        }
        let there: BTreeSet<String> =
            hydrated::paths_below(files, &rendered.folder).map_err(files_error)?.into_iter().collect();
        changes.extend(there.into_iter().filter(|path| !wanted.contains_key(path)).map(|path| (path, None)));
        plan.notices.clone_from(&rendered.notices);
        let outputs = key.map(|key| Outputs {
            key,
            files: wanted.iter().map(|(path, text)| (path.as_str().into(), digest(text))).collect(),
        });
        Ok(Self { plan, changes, outputs, is_rendered: true })
    }
}

/// The functions of [`hydrated`] that are used here fail only where files cannot be read.
fn files_error(error: Error) -> crate::files::Error {
    match error {
        Error::Files(error) => error,
        other => crate::files::Error { path: hydrated::RENDERED.to_owned(), cause: other.to_string() },
    }
}

/// Puts a rendering error into the words of the plan.
fn failure_of(error: &Error, release: &Release) -> Failure {
    let release_file = release.path.as_str();
    let (code, hint) = match error {
        error if let Some(cap) = error.cap() => ("limit", Some(raise(cap))),
        Error::Files(_) => ("unreadable", None),
        Error::Helm(_) => ("helm", None),
        Error::Values { .. } => ("values", None),
        Error::Missing { .. } => ("missing", None),
        Error::NotBuilt { .. } => ("not-built", None),
        Error::NotKept { .. } => (
            "not-kept",
            Some(
                "give the value in a values file, or remove the object from what is committed to have it made anew"
                    .to_owned(),
            ),
        ),
        Error::NotDeployed { image, .. } => (
            "not-deployed",
            Some(format!(
                "let the chart print the digest, name a values path for it under images.{image}.into (tagWithDigest, reference), or set pin: tag"
            )),
        ),
        Error::Empty => ("empty", Some("remove the release file if the release is to go".to_owned())),
        Error::NotAnObject { .. } => ("not-an-object", None),
        Error::NamesCollide { .. } => ("names-collide", None),
        Error::PlainSecret { name, .. } => (
            "plain-secret",
            Some(format!(
                "use an ExternalSecret or a SealedSecret, or allow it: `allowSecrets: [{name}]` in {release_file}"
            )),
        ),
        Error::Unreadable { .. } => ("unreadable-for-argo", None),
        Error::TooLarge { .. } => ("too-large", None),
        Error::NotOurs { folder } => (
            "not-ours",
            Some(format!("move away what is in {folder}, or add a marker if it is meant to be overwritten")),
        ),
    };
    let (file, line) = match error {
        Error::Values { file, line, .. } => (file.clone(), *line),
        Error::Helm(error) | Error::NotKept { cause: Some(error), .. } => match error.place() {
            Some(place) => (in_repository(&release.file.chart, error, place.file), place.line),
            None => (release_file.to_owned(), None),
        },
        _ => (release_file.to_owned(), None),
    };
    let mut messages = vec![shortened(error.to_string())];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        messages.push(shortened(cause.to_string()));
        source = cause.source();
    }
    Failure {
        stage: Stage::Render,
        code: code.to_owned(),
        messages,
        file: Some(file),
        line,
        hint,
        diagnostic: None,
        further: Vec::new(),
    }
}

/// Says how a cap is raised.
fn raise(cap: Cap) -> String {
    let (name, (_, highest)) = (cap.name(), cap.range());
    format!(
        "if this chart is to be trusted with more, set `limits: {{{name}: NUMBER}}` in {CONFIG_PATH} or environment.yaml, at most {highest}"
    )
}

/// Helm names files from within the chart, with the chart's name in front where templates are meant; a person looks for them
/// in the repository.
fn in_repository(chart: &ChartSource, error: &crate::helm::Error, file: String) -> String {
    let ChartSource::Folder(chart) = chart else { return file };
    let chart = chart.trim_end_matches('/');
    match error {
        crate::helm::Error::Chart(_) => format!("{chart}/{file}"),
        crate::helm::Error::Template(_) | crate::helm::Error::Foreign(_) | crate::helm::Error::Manifest(_) => {
            match file.split_once('/') {
                Some((_, rest)) => format!("{chart}/{rest}"),
                None => file,
            }
        }
        _ => file,
    }
}

/// Cuts the middle out of a message that nobody would read: a template that includes itself gives the same words a thousand
/// times. What matters stands at both ends.
fn shortened(message: String) -> String {
    const SIDE: usize = 1000;
    let count = message.chars().count();
    if count <= 3 * SIDE {
        return message;
    }
    let start: String = message.chars().take(SIDE).collect();
    let end: String = message.chars().skip(count - SIDE).collect();
    format!("{start} [… {} characters left out …] {end}", count - 2 * SIDE)
}
