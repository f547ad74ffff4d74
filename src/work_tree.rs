//! Renders a folder: what `render` and `diff` do in somebody's clone. Registries and git are not asked.

use std::collections::BTreeSet;

use crate::files::Files;
use crate::fleet::Fleet;
use crate::hydrate::{self, Changes, Chosen};
use crate::plan::ReleasePlan;
use crate::render::Renderer;

/// Which releases are meant.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// `ENV` or `ENV/RELEASE`; empty for all.
    wanted: BTreeSet<String>,
}

/// A word that names no environment and no release.
#[derive(Clone, Debug, thiserror::Error)]
#[error("there is no environment or release {word}")]
pub struct UnknownScope {
    /// The word.
    word: String,
}

impl Scope {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first word that names nothing.
    pub fn parse(words: &[String], fleet: &Fleet) -> Result<Self, UnknownScope> {
        for word in words {
            let (environment, release) = word
                .split_once('/')
                .map_or((word.as_str(), None), |(environment, release)| (environment, Some(release)));
            let found = fleet.environment(environment).is_some_and(|environment| {
                release.is_none_or(|release| {
                    environment.releases.keys().any(|name| name.as_str() == release)
                        || environment.broken.iter().any(|broken| broken.name == release)
                })
            });
            if !found {
                return Err(UnknownScope { word: word.clone() });
            }
        }
        Ok(Self { wanted: words.iter().cloned().collect() })
    }

    fn is_all(&self) -> bool {
        self.wanted.is_empty()
    }

    fn takes(&self, environment: &str, release: &str) -> bool {
        self.is_all() || self.wanted.contains(environment) || self.wanted.contains(&format!("{environment}/{release}"))
    }
}

/// What rendering finds.
#[derive(Default)]
pub struct Found {
    /// Every release of the scope.
    pub releases: Vec<ReleasePlan>,
    /// The files that differ.
    pub changes: Changes,
}

/// Renders the releases of a scope and compares them with what the folder has. No image is chosen; markers keep what they say.
///
/// # Errors
/// Where the folder cannot be read.
pub fn compare(files: &dyn Files, fleet: &Fleet, scope: &Scope) -> Result<Found, crate::files::Error> {
    let mut found = Found::default();
    let renderer = Renderer::new(files, fleet);
    for environment in &fleet.environments {
        let name = environment.name.as_str();
        let mut outcomes =
            hydrate::environment(&renderer, environment, &|release| scope.takes(name, release), &Chosen::new())?;
        if scope.is_all() || scope.wanted.contains(name) {
            outcomes.extend(hydrate::removed_releases(files, environment)?);
        }
        for mut outcome in outcomes {
            if outcome.plan.failure.is_none() {
                hydrate::name_objects(files, &mut outcome)?;
                found.changes.append(&mut outcome.changes);
            }
            found.releases.push(outcome.plan);
        }
    }
    Ok(found)
}
