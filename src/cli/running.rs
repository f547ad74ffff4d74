//! Runs the main job for a command: opens everything, reconciles, turns its errors into words.

use super::{CliError, ErrorKind, Session};
use crate::fleet::Fleet;
use crate::git::{self, RealPace, Store};
use crate::plan::Plan;
use crate::reconcile::{self, Error, Outside, Request};

/// Reconciles the repository that was named, or that of the clone.
pub(super) fn reconcile(session: &Session, repository: Option<&str>, request: &Request) -> Result<Plan, CliError> {
    let address = session.repository(repository)?;
    let store = Store::new().map_err(|error| CliError::of(ErrorKind::Internal, &error))?;
    let mut remote = session.remote(&address, &store)?;
    let registries = LazyRegistries { session };
    let forge = |fleet: &Fleet| session.forge(fleet, &address);
    let progress = |text: &str| session.ui.progress(text);
    let mut pace = RealPace::new(session.world.jitter_seed());
    let mut outside = Outside {
        remote: remote.as_mut(),
        store: &store,
        registries: &|fleet: &Fleet| registries.open(fleet),
        forge: &forge,
        now: session.world.now(),
        pace: &mut pace,
        progress: &progress,
    };
    let plan = reconcile::reconcile(request, &mut outside).map_err(words);
    session.ui.progress_done();
    plan
}

/// Registries are described in `plainsail.yaml`, which is only known once the repository was read.
struct LazyRegistries<'a> {
    session: &'a Session,
}

impl LazyRegistries<'_> {
    fn open(&self, fleet: &Fleet) -> Result<Box<dyn crate::choose::Registries>, crate::registry::Error> {
        Ok(Box::new(self.session.registries(&fleet.config)?))
    }
}

/// Puts an error of the main job into words, with a hint where one is known.
pub(super) fn words(error: Error) -> CliError {
    match error {
        Error::Fleet(diagnostics) => super::open::broken_fleet(diagnostics),
        Error::Git(error) => git_words(&error),
        error @ (Error::NoBranch { .. } | Error::Files(_)) => CliError::of(ErrorKind::Remote, &error),
        error @ Error::Texts(_) => CliError::of(ErrorKind::Configuration, &error),
        error @ (Error::Forge(_) | Error::Registry(_)) => CliError::of(ErrorKind::Remote, &error),
        error @ (Error::NoRelease { .. } | Error::NoImage { .. }) => CliError::of(ErrorKind::Usage, &error),
        error @ Error::Promoted { .. } => CliError::of(ErrorKind::Policy, &error)
            .hint("bump the environment it promotes from; the pull request follows by itself"),
    }
}

fn git_words(error: &git::Error) -> CliError {
    let kind = match error.kind() {
        git::Kind::Conflict => ErrorKind::Conflict,
        _ => ErrorKind::Remote,
    };
    let words = CliError::of(kind, error);
    match error {
        git::Error::Denied { .. } => {
            words.hint("set PLAINSAIL_GIT_TOKEN, or PLAINSAIL_GIT_USERNAME and PLAINSAIL_GIT_PASSWORD")
        }
        git::Error::Rejected { remote_text, .. } if !remote_text.trim().is_empty() => {
            let mut words = words;
            words.chain.push(format!("the server says: {}", remote_text.trim()));
            words
        }
        git::Error::GaveUp { .. } => words.hint("somebody keeps moving the branch; the next run tries again"),
        _ => words,
    }
}
