//! Renders a folder: what `render` and `diff` do in somebody's clone. Registries and git are not asked.
//!
//! With a [`record`](crate::record) of the last run, only that is read and rendered which changed since.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::deadline::Deadline;
use crate::files::{Files, Folder, Witness};
use crate::fleet::{Diagnostic, Environment, Fleet, Release};
use crate::hydrate::{self, Changes, Chosen, Hydrated, Known};
use crate::plan::ReleasePlan;
use crate::recall::Memory;
use crate::record;
use crate::render::{self, Prepared, Renderer};

/// Which releases are meant.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// `ENV` or `ENV/RELEASE`; empty for all.
    wanted: BTreeSet<String>,
}

impl Scope {
    /// Takes what was typed.
    pub fn new(words: &[String]) -> Self {
        Self { wanted: words.iter().cloned().collect() }
    }

    /// Tells whether everything is meant.
    pub fn is_all(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Tells whether a release is meant.
    pub fn takes(&self, environment: &str, release: &str) -> bool {
        self.takes_environment(environment) || self.wanted.contains(&format!("{environment}/{release}"))
    }

    /// Tells whether an environment is meant, those releases included that are gone.
    pub fn takes_environment(&self, environment: &str) -> bool {
        self.is_all() || self.wanted.contains(environment)
    }

    /// Returns the first word that names nothing; `exists` is asked for environments and for releases.
    pub fn unknown(&self, exists: &dyn Fn(&str, Option<&str>) -> bool) -> Option<&str> {
        self.wanted.iter().map(String::as_str).find(|word| match word.split_once('/') {
            Some((environment, release)) => !exists(environment, Some(release)),
            None => !exists(word, None),
        })
    }
}

/// Why a folder could not be rendered as a whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error(transparent)]
    Files(#[from] crate::files::Error),
    /// `plainsail.yaml`, an environment or their order is wrong.
    #[error("the fleet's files are wrong")]
    Fleet(Vec<Diagnostic>),
    /// A word that names no environment and no release.
    #[error("there is no environment or release {word}")]
    Unknown {
        /// The word.
        word: String,
    },
}

/// A folder to render.
pub struct Work<'a> {
    /// The folder.
    pub folder: &'a Folder,
    /// Which releases of it.
    pub scope: &'a Scope,
    /// Where records are kept; without, everything is read and rendered.
    pub records: Option<&'a record::Store>,
    /// The time at which the run began, in nanoseconds since 1970. What was written shortly before is read again by the next.
    pub began: i128,
}

/// The bytes of a release as `helm template` prints them, or why there are none.
pub type Printed = Result<Vec<u8>, render::Error>;

/// What rendering finds.
#[derive(Default)]
pub struct Found {
    /// Every release of the scope, environments in their order, releases by name.
    pub releases: Vec<ReleasePlan>,
    /// The files that differ.
    pub changes: Changes,
    /// How much was done for it.
    pub effort: Effort,
}

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Releases that were as they were, so nothing of them was read.
    pub unread: usize,
    /// Releases that were read, and render to something known.
    pub known: usize,
    /// Releases that were rendered, also in vain.
    pub rendered: usize,
}

impl Work<'_> {
    /// Renders the releases of the scope and compares them with what the folder has. No image is chosen; markers keep what
    /// they say.
    ///
    /// A release is left alone where nothing changed that it was rendered from, nor what it became. Of the others, those that
    /// render to something known are compared only.
    ///
    /// # Errors
    /// Where the folder cannot be read, or the fleet is wrong as a whole.
    pub fn compare(&self) -> Result<Found, Error> {
        let mut memory = self.records.map(|records| Memory::recall(records, self.folder, self.began));
        let witness = Witness::new(self.folder, self.began);
        // Remembering costs a little; without a record nobody asks.
        let files: &dyn Files = if memory.is_some() { &witness } else { self.folder };
        let fleet = load(files, memory.as_mut())?;
        self.refuse_unknown(&fleet, memory.as_ref())?;
        let mut unread = memory.as_ref().map(|memory| self.unread(memory)).unwrap_or_default();
        let mut outcomes = self.hydrate(files, &fleet, memory.as_ref())?;
        if let Some(memory) = &mut memory {
            memory.learn(&witness.testimony(), &outcomes, self.scope.is_all());
            memory.save();
        }
        let mut found = Found::default();
        for (environment, outcomes) in &mut outcomes {
            let mut plans = unread.remove(environment.name.as_str()).unwrap_or_default();
            found.effort.unread += plans.len();
            for outcome in outcomes {
                found.effort.rendered += usize::from(outcome.is_rendered);
                found.effort.known += usize::from(outcome.outputs.is_some() && !outcome.is_rendered);
                if outcome.plan.failure.is_none() {
                    hydrate::name_objects(self.folder, outcome)?;
                    found.changes.extend(std::mem::take(&mut outcome.changes));
                }
                plans.push(std::mem::replace(&mut outcome.plan, ReleasePlan::new("", "")));
            }
            plans.sort_by(|a, b| a.release.cmp(&b.release));
            found.releases.append(&mut plans);
        }
        tracing::info!("{:?}", found.effort);
        Ok(found)
    }

    /// Returns what is to be said of the releases that are as they were, by environment.
    fn unread(&self, memory: &Memory<'_>) -> BTreeMap<String, Vec<ReleasePlan>> {
        let mut plans: BTreeMap<String, Vec<ReleasePlan>> = BTreeMap::new();
        for release in memory.current().filter(|release| self.scope.takes(&release.environment, &release.name)) {
            let notices = release.notices.iter().map(ToString::to_string).collect();
            let plan = ReleasePlan { notices, ..ReleasePlan::new(&release.environment, &release.name) };
            plans.entry(release.environment.to_string()).or_default().push(plan);
        }
        plans
    }

    /// Renders the releases of the scope to the bytes that `helm template` prints, and hands each to `take` on whatever core it was
    /// rendered. Nothing is compared, and no record is used. Returns what `take` gave, in order.
    ///
    /// # Errors
    /// Where the folder cannot be read, or the fleet is wrong as a whole.
    pub fn print<T: Send>(&self, take: &(dyn Fn(&Release, &Printed) -> T + Sync)) -> Result<Vec<T>, Error> {
        let fleet = load(self.folder, None)?;
        self.refuse_unknown(&fleet, None)?;
        let renderer = Renderer::new(self.folder, &fleet);
        let releases: Vec<(&Environment, &Release)> = fleet
            .releases()
            .filter(|(environment, release)| self.scope.takes(environment.name.as_str(), release.name.as_str()))
            .collect();
        let print = |(environment, release): (&Environment, &Release)| {
            let printed = hydrate::prepare(&renderer, environment, release, &Chosen::new());
            let print = |prepared: Prepared| prepared.print(&Deadline::of_seconds(prepared.limits().seconds));
            take(release, &printed.and_then(print))
        };
        Ok(releases.into_par_iter().map(print).collect())
    }

    fn hydrate<'f>(
        &self,
        files: &dyn Files,
        fleet: &'f Fleet,
        memory: Option<&Memory<'_>>,
    ) -> Result<Vec<(&'f Environment, Vec<Hydrated>)>, Error> {
        let known: Option<Known<'_>> = memory.map(Memory::known_outputs);
        let renderer = Renderer::new(files, fleet);
        let mut found = Vec::new();
        for environment in &fleet.environments {
            let name = environment.name.as_str();
            let wanted = |release: &str| self.scope.takes(name, release);
            let mut outcomes = hydrate::environment(&renderer, environment, &wanted, &Chosen::new(), known.as_ref())?;
            // What is current is not in the fleet; but then nothing is gone either.
            if self.scope.takes_environment(name) && !memory.is_some_and(Memory::is_shared_current) {
                outcomes.extend(hydrate::removed_releases(files, environment)?);
            }
            found.push((environment, outcomes));
        }
        Ok(found)
    }

    fn refuse_unknown(&self, fleet: &Fleet, memory: Option<&Memory<'_>>) -> Result<(), Error> {
        let exists = |environment: &str, release: Option<&str>| {
            fleet.environment(environment).is_some_and(|found| {
                release.is_none_or(|release| {
                    found.releases.contains_key(release)
                        || found.broken.iter().any(|broken| broken.name == release)
                        || memory.is_some_and(|memory| memory.is_current(environment, release))
                })
            })
        };
        match self.scope.unknown(&exists) {
            Some(word) => Err(Error::Unknown { word: word.to_owned() }),
            None => Ok(()),
        }
    }
}

/// Reads the fleet, but for the releases that are as they were.
fn load(files: &dyn Files, memory: Option<&mut Memory<'_>>) -> Result<Fleet, Error> {
    let Some(memory) = memory else { return Fleet::load(files).map_err(Error::Fleet) };
    let known = memory.known_files();
    let part = Fleet::load_but(files, &known).map_err(Error::Fleet)?;
    if part.value_files.is_disjoint(&known.releases) {
        return Ok(part.fleet);
    }
    // What was a release is a values file now, because another release names it: its output has to go.
    memory.stand_down();
    Fleet::load(files).map_err(Error::Fleet)
}
