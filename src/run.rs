//! What every run shares: [`Outside`], all that is not in git, and the steps that both branches and pull requests take:
//! open a commit's files, ask its history, write the commit of a plan.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::files::Files;
use crate::fleet::{Diagnostic, Fleet};
use crate::forge::Forge;
use crate::git::{self, CommitTree, Draft, Id, Pace, Person, Remote, Store};
use crate::hydrate::Changes;
use crate::plan::{Failure, ReleasePlan, Stage};
use crate::registry::{self, Registries};
use crate::stages::{self, Background, Setting};
use crate::texts;

/// How long all attempts at one branch may take together.
pub(crate) const DEADLINE: Duration = Duration::from_mins(2);

/// Makes the registries that a fleet's settings describe.
pub type OpenRegistries<'a> = dyn Fn(&Fleet) -> Result<Registries, registry::Error> + 'a;

/// Makes the forge that a fleet's settings describe, where there is one.
pub type OpenForge<'a> = dyn Fn(&Fleet) -> Result<Option<Box<dyn Forge>>, crate::forge::Error> + 'a;

/// What a run works with; everything that is not in git comes in here.
pub struct Outside<'a> {
    /// The GitOps repository.
    pub remote: &'a mut dyn Remote,
    /// The store that the remote was opened with.
    pub store: &'a Store,
    /// Makes the image registries that the fleet's settings describe.
    pub registries: &'a OpenRegistries<'a>,
    /// Makes the forge that the fleet's settings ask for; none where the repository has no forge.
    pub forge: &'a OpenForge<'a>,
    /// The clock.
    pub now: Timestamp,
    /// Waiting, and chance.
    pub pace: &'a mut dyn Pace,
    /// Told what happens.
    pub progress: &'a dyn Fn(&str),
}

/// Why a run could not be done as a whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The repository cannot be read or written.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// `plainsail.yaml`, an environment or their order is wrong.
    #[error("the fleet's files are wrong")]
    Fleet(Vec<Diagnostic>),
    /// A file cannot be read.
    #[error(transparent)]
    Files(#[from] crate::files::Error),
    /// A text cannot be made.
    #[error("cannot write the commit message or the pull request")]
    Texts(#[from] texts::Error),
    /// The registries' settings are wrong.
    #[error("the registries cannot be used")]
    Registry(#[from] registry::Error),
    /// The forge's settings are wrong.
    #[error("the forge cannot be used")]
    Forge(#[from] crate::forge::Error),
    /// The repository has no commit.
    #[error("{repository} has no branch {branch}")]
    NoBranch {
        /// The repository.
        repository: String,
        /// The branch.
        branch: String,
    },
    /// The release of a bump does not exist.
    #[error("there is no release {address}")]
    NoRelease {
        /// Its address.
        address: String,
    },
    /// The image of a bump does not exist.
    #[error("release {address} has no image {image}")]
    NoImage {
        /// The release.
        address: String,
        /// The image.
        image: String,
    },
    /// A bump of an environment that takes its images from another.
    #[error("{environment} takes its images from {previous}, through a pull request")]
    Promoted {
        /// The environment.
        environment: String,
        /// Where it takes them from.
        previous: String,
    },
}

impl From<stages::Error> for Error {
    fn from(error: stages::Error) -> Self {
        match error {
            stages::Error::Files(error) => Self::Files(error),
            stages::Error::Git(error) => Self::Git(error),
        }
    }
}

/// Makes the commit of a plan on a tip; none where nothing would change. The same inputs give the same commit: its date is
/// the newest push time, never before that of the tip, so that history stays in order.
pub(crate) fn write_commit(
    store: &Store,
    fleet: &Fleet,
    files: &dyn Files,
    tip: Id,
    changes: &Changes,
    releases: &[ReleasePlan],
    newest_push: Option<Timestamp>,
) -> Result<(Option<Id>, Option<String>), Error> {
    if changes.is_empty() {
        return Ok((None, None));
    }
    let shown: Vec<&ReleasePlan> = releases.iter().collect();
    let message = texts::commit_message(files, fleet, &shown)?;
    let author = &fleet.config.git.author;
    let person = Person::new(&author.name, &author.email)?;
    let time = newest_push.map_or(i64::MIN, Timestamp::as_second).max(store.commit(tip)?.time);
    let draft = Draft {
        parents: &[tip],
        base: Some(tip),
        changes,
        message: &message,
        author: &person,
        committer: &person,
        time,
    };
    let commit = store.write_commit(&draft)?;
    Ok((commit, commit.map(|_| message)))
}

/// The history and the files of the target branch.
pub(crate) struct GitBackground<'a> {
    pub(crate) remote: &'a mut dyn Remote,
    pub(crate) store: &'a Store,
    pub(crate) tip: Id,
    pub(crate) tree: &'a CommitTree,
}

impl Background for GitBackground<'_> {
    fn made_before(&mut self, settings: &[Setting], since: Timestamp) -> Result<BTreeSet<Setting>, stages::Error> {
        // One second earlier: the limit itself is left out by servers, and our commit may carry exactly that time.
        let since = since.as_second() - 1;
        self.remote.history(self.tip, since)?;
        let wanted: BTreeSet<&Setting> = settings.iter().collect();
        let mut found = BTreeSet::new();
        for commit in self.store.history(self.tip)? {
            let commit = commit?;
            if commit.time < since {
                break;
            }
            for line in commit.trailers(texts::SET_TRAILER) {
                let mut words = line.split(' ');
                let setting = (words.next(), words.next(), words.next());
                if let (Some(address), Some(image), Some(digest)) = setting {
                    let setting = (address.to_owned(), image.to_owned(), digest.to_owned());
                    if wanted.contains(&setting) {
                        found.insert(setting);
                    }
                }
            }
        }
        Ok(found)
    }

    fn fetch(&mut self, paths: &BTreeSet<String>) -> Result<(), stages::Error> {
        Ok(self.tree.prefetch(self.remote, &|path| paths.contains(path))?)
    }
}

/// Makes a failure of a branch.
pub(crate) fn branch_failure(code: &str, error: &dyn std::error::Error, hint: Option<String>) -> Failure {
    let mut messages = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        messages.push(cause.to_string());
        source = cause.source();
    }
    Failure {
        stage: Stage::Push,
        code: code.to_owned(),
        messages,
        file: None,
        line: None,
        hint,
        diagnostic: None,
        further: Vec::new(),
    }
}
