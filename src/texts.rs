//! The texts that plainsail writes for people: commit messages, titles and bodies of pull requests.
//!
//! Made from the templates in the repository's `templates/`, or from the built-in ones where it has none. Trailers are not
//! the templates' business: plainsail reads them back, so it writes them itself.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use crate::diff::ChangeKind;
use crate::files::Files;
use crate::fleet::{Environment, Fleet};
use crate::jinja;
use crate::plan::{ImageState, ReleasePlan};

/// The trailer that says which image plainsail set, and lets a later run see that a person has left it since.
pub const SET_TRAILER: &str = "Plainsail-Set";

/// The trailer that every commit of plainsail has.
pub const VERSION_TRAILER: &str = "Plainsail-Version";

/// How many objects a pull request names; the rest is counted.
const OBJECTS_SHOWN: usize = 200;

const COMMIT: (&str, &str) = ("templates/commit.j2", include_str!("../templates/commit.j2"));
const PULL_REQUEST: (&str, &str) = ("templates/pull-request.j2", include_str!("../templates/pull-request.j2"));

/// Why a text could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The template cannot be read.
    #[error(transparent)]
    Files(#[from] crate::files::Error),
    /// The template is wrong.
    #[error(transparent)]
    Template(#[from] jinja::Error),
    /// The template gives nothing.
    #[error("{file} gives an empty text")]
    Empty {
        /// The template.
        file: &'static str,
    },
}

#[derive(Serialize)]
struct Context<'a> {
    environments: Vec<&'a str>,
    environment: Option<&'a str>,
    previous: Option<&'a str>,
    branch: Option<&'a str>,
    base: Option<&'a str>,
    bumps: Vec<Bump<'a>>,
    renders: Vec<Render<'a>>,
    removals: Vec<Place<'a>>,
    skipped: Vec<Skipped<'a>>,
    objects: Vec<Object<'a>>,
    objects_total: usize,
    holds: Vec<Held>,
    version: &'static str,
}

#[derive(Serialize)]
struct Bump<'a> {
    environment: &'a str,
    release: &'a str,
    image: &'a str,
    repository: &'a str,
    from: State<'a>,
    to: State<'a>,
    reason: &'static str,
    previous: Option<&'a str>,
}

#[derive(Serialize)]
struct State<'a> {
    tag: &'a str,
    digest: &'a str,
    pushed_at: Option<&'a str>,
}

#[derive(Serialize)]
struct Render<'a> {
    environment: &'a str,
    release: &'a str,
    added: usize,
    changed: usize,
    removed: usize,
}

#[derive(Serialize)]
struct Place<'a> {
    environment: &'a str,
    release: &'a str,
}

#[derive(Serialize)]
struct Skipped<'a> {
    environment: &'a str,
    release: &'a str,
    error: &'a str,
}

#[derive(Serialize)]
struct Object<'a> {
    release: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    change: ChangeKind,
}

#[derive(Serialize)]
struct Held {
    release: String,
    reason: String,
    who: Option<String>,
    until: Option<String>,
}

/// Where a pull request stands.
#[derive(Clone, Copy, Debug)]
pub struct PullRequestPlace<'a> {
    /// The environment.
    pub environment: &'a Environment,
    /// The branch of the pull request.
    pub branch: &'a str,
    /// The branch that it goes to.
    pub base: &'a str,
}

/// Title and body.
#[derive(Clone, Debug)]
pub struct PullRequestText {
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
}

/// Writes the message of a commit that holds these releases.
///
/// # Errors
/// Where the repository's template is wrong.
pub fn commit_message(files: &dyn Files, fleet: &Fleet, releases: &[&ReleasePlan]) -> Result<String, Error> {
    let text = render(files, COMMIT, &context(fleet, releases, None))?;
    let mut message = text.trim().to_owned();
    message.push_str("\n\n");
    for release in releases {
        for bump in release.bumps() {
            let digest = bump.to.as_ref().map(|to| to.digest.as_str()).unwrap_or_default();
            let _ = writeln!(message, "{SET_TRAILER}: {} {} {digest}", release.address(), bump.image);
        }
    }
    let _ = writeln!(message, "{VERSION_TRAILER}: {}", env!("CARGO_PKG_VERSION"));
    Ok(message)
}

/// Writes title and body of a pull request.
///
/// # Errors
/// Where the repository's template is wrong.
pub fn pull_request(
    files: &dyn Files,
    fleet: &Fleet,
    releases: &[&ReleasePlan],
    place: PullRequestPlace<'_>,
) -> Result<PullRequestText, Error> {
    let text = render(files, PULL_REQUEST, &context(fleet, releases, Some(place)))?;
    let (title, body) = text.trim().split_once('\n').unwrap_or((text.trim(), ""));
    Ok(PullRequestText { title: title.trim().to_owned(), body: body.trim().to_owned() })
}

fn render(files: &dyn Files, (path, built_in): (&'static str, &str), context: &Context<'_>) -> Result<String, Error> {
    let own = files.read(path)?;
    let source = own.as_ref().map_or(built_in.into(), |text| text.lossy());
    let text = jinja::render_with(path, &source, context, jinja::Caps::default())?;
    if text.trim().is_empty() { Err(Error::Empty { file: path }) } else { Ok(text) }
}

fn context<'a>(fleet: &'a Fleet, releases: &[&'a ReleasePlan], place: Option<PullRequestPlace<'a>>) -> Context<'a> {
    let previous_of = |environment: &str| {
        fleet
            .environment(environment)
            .and_then(|environment| environment.file.promotes_from.as_ref())
            .map(crate::fleet::EnvironmentName::as_str)
    };
    let written = || releases.iter().copied().filter(|release| release.changes());
    let gone = |release: &ReleasePlan| release.removed;
    let changed: BTreeSet<&str> = written().map(|release| release.environment.as_str()).collect();
    let order = |name: &str| fleet.environments.iter().position(|environment| environment.name.as_str() == name);
    let mut environments: Vec<&str> = changed.into_iter().collect();
    environments.sort_by_key(|name| order(name));
    let objects: Vec<Object<'_>> = written()
        .flat_map(|release| {
            release.objects.iter().map(|change| Object {
                release: &release.release,
                kind: &change.object.kind,
                namespace: &change.object.namespace,
                name: &change.object.name,
                change: change.change,
            })
        })
        .collect();
    let objects_total = objects.len();
    Context {
        environments,
        environment: place.map(|place| place.environment.name.as_str()),
        previous: place.and_then(|place| previous_of(place.environment.name.as_str())),
        branch: place.map(|place| place.branch),
        base: place.map(|place| place.base),
        bumps: written().flat_map(|release| bumps(release, previous_of(&release.environment))).collect(),
        renders: written().filter(|release| !release.objects.is_empty() && !gone(release)).map(Render::of).collect(),
        removals: written().filter(|release| gone(release)).map(Place::of).collect(),
        skipped: releases.iter().filter_map(|release| Skipped::of(release)).collect(),
        objects: objects.into_iter().take(OBJECTS_SHOWN).collect(),
        objects_total,
        holds: releases.iter().flat_map(|release| holds(fleet, release)).collect(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn bumps<'a>(release: &'a ReleasePlan, previous: Option<&'a str>) -> Vec<Bump<'a>> {
    release
        .bumps()
        .filter_map(|bump| {
            let reason = match bump.code.as_str() {
                "promoted" => "promotion",
                "given" => "given",
                _ => "policy",
            };
            Some(Bump {
                environment: &release.environment,
                release: &release.release,
                image: &bump.image,
                repository: &bump.repository,
                from: State::of(&bump.from),
                to: State::of(bump.to.as_ref()?),
                reason,
                previous,
            })
        })
        .collect()
}

fn holds(fleet: &Fleet, release: &ReleasePlan) -> Vec<Held> {
    let is_held = |code: &str| matches!(code, "held" | "held-by-hand" | "left-by-a-person");
    let Some(decision) = release.images.iter().find(|image| is_held(&image.code)) else { return Vec::new() };
    let environment = fleet.environment(&release.environment);
    let hold = environment.and_then(|environment| {
        let file = environment.releases.values().find(|known| known.name.as_str() == release.release)?;
        file.file.hold.as_ref().or(environment.file.hold.as_ref())
    });
    let known = hold.filter(|_| decision.code == "held");
    vec![Held {
        release: release.release.clone(),
        reason: known.map_or_else(|| decision.reason.clone(), |hold| hold.reason.clone()),
        who: known.and_then(|hold| hold.who.clone()),
        until: known.and_then(|hold| hold.until.map(|until| until.to_string())),
    }]
}

impl<'a> State<'a> {
    fn of(state: &'a ImageState) -> Self {
        let pushed_at = (!state.pushed_at.is_empty()).then_some(state.pushed_at.as_str());
        Self { tag: &state.tag, digest: &state.digest, pushed_at }
    }
}

impl<'a> Render<'a> {
    fn of(release: &'a ReleasePlan) -> Self {
        let count = |kind: ChangeKind| release.objects.iter().filter(|object| object.change == kind).count();
        Self {
            environment: &release.environment,
            release: &release.release,
            added: count(ChangeKind::Added),
            changed: count(ChangeKind::Changed),
            removed: count(ChangeKind::Removed),
        }
    }
}

impl<'a> Place<'a> {
    fn of(release: &'a ReleasePlan) -> Self {
        Self { environment: &release.environment, release: &release.release }
    }
}

impl<'a> Skipped<'a> {
    fn of(release: &'a ReleasePlan) -> Option<Self> {
        let failure = release.failure.as_ref()?;
        Some(Self { environment: &release.environment, release: &release.release, error: &failure.code })
    }
}
