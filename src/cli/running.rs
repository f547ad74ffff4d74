//! Runs the main job for a command: opens everything, reconciles, turns its errors into words.

use super::{CliError, ErrorKind, Session};
use crate::choose::GivenImage;
use crate::fleet::{Address, Fleet};
use crate::git::{self, RealPace, Store};
use crate::plan::Plan;
use crate::reconcile::{self, Request};
use crate::run::{Error, Outside};

/// Where a run writes to, as arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Target {
    /// The GitOps repository: a URL, or the path of a local bare repository. Default: the remote of the clone it runs in.
    #[arg(long, value_name = "URL", env = "PLAINSAIL_REPOSITORY", hide_env_values = true)]
    pub(super) repository: Option<String>,
    /// The branch that environments live on. Default: `git.branch` of plainsail.yaml, then the repository's default branch.
    #[arg(long, value_name = "NAME")]
    pub(super) branch: Option<String>,
    /// Write nothing; say what would be written.
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl Target {
    /// The default branch of a repository.
    pub(super) fn of(repository: &str) -> Self {
        Self { repository: Some(repository.to_owned()), branch: None, dry_run: false }
    }
}

/// Reconciles the repository that was named, or that of the clone: everything, or one release with the images given.
pub(super) fn reconcile(
    session: &Session,
    target: &Target,
    given: Option<(Address, Vec<GivenImage>)>,
) -> Result<Plan, CliError> {
    let request = Request { dry_run: target.dry_run, given, branch: target.branch.clone() };
    let address = session.repository(target.repository.as_deref())?;
    let store = Store::new().map_err(|error| CliError::of(ErrorKind::Internal, &error))?;
    let mut remote = session.remote(&address, &store)?;
    let forge = |fleet: &Fleet| session.forge(fleet, &address);
    let progress = |text: &str| session.ui.progress(text);
    let mut pace = RealPace::new(session.world.jitter_seed());
    let mut outside = Outside {
        remote: remote.as_mut(),
        store: &store,
        registries: &|fleet: &Fleet| session.registries(&fleet.config),
        forge: &forge,
        now: session.world.now(),
        pace: &mut pace,
        progress: &progress,
    };
    let plan = reconcile::reconcile(&request, &mut outside).map_err(words);
    session.ui.progress_done();
    plan
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
