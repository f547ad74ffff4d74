//! The main job: make git match the plan, once. What the CronJob runs.
//!
//! It works on the remote repository, never on somebody's work tree: fetch the tip, plan on it, commit, push expecting that
//! tip; when somebody else was faster, plan again on the new tip. Direct environments come in one commit on the branch;
//! the others each in their own pull request ([`crate::promote`]).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::choose::{Facts, GivenImage, Registries};
use crate::files::Files;
use crate::fleet::{Address, Delivery, Diagnostic, Fleet};
use crate::forge::Forge;
use crate::git::{self, CommitTree, Draft, Id, Pace, Person, Published, Publisher, RefName, Remote, Store};
use crate::hydrate::Changes;
use crate::plan::{BranchAction, BranchPlan, Failure, Plan, ReleasePlan, Stage};
use crate::promote;
use crate::stages::{self, Background, EnvironmentChanges, Job, Setting};
use crate::texts;

/// How long all attempts at one branch may take together.
pub(crate) const DEADLINE: Duration = Duration::from_mins(2);

/// What a run is to do.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Write nothing, say what would be written.
    pub dry_run: bool,
    /// Only this release, with these images (`bump`); without it, everything.
    pub given: Option<(Address, Vec<GivenImage>)>,
    /// The branch that environments live on, where it is not the repository's default.
    pub branch: Option<String>,
}

/// Makes the registries that a fleet's settings describe.
pub type OpenRegistries<'a> = dyn Fn(&Fleet) -> Result<Box<dyn Registries>, crate::registry::Error> + 'a;

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
    Registry(#[from] crate::registry::Error),
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
            stages::Error::Fleet(diagnostics) => Self::Fleet(diagnostics),
            stages::Error::Git(error) => Self::Git(error),
        }
    }
}

/// Runs the main job.
///
/// # Errors
/// Where the run as a whole cannot be done. What fails for single releases is in the plan.
pub fn reconcile(request: &Request, outside: &mut Outside<'_>) -> Result<Plan, Error> {
    let (branch, fleet) = target_branch(request, outside)?;
    let registries = (outside.registries)(&fleet)?;
    let facts = Facts::new(registries.as_ref());
    let mut plan = Plan { dry_run: request.dry_run, ..Plan::default() };
    let tip = bring_direct_environments_up_to_date(request, outside, &branch, &facts, &mut plan)?;
    if request.given.is_none() {
        promote::bring_pull_requests_up_to_date(request, outside, &branch, tip, &facts, &mut plan)?;
    }
    Ok(plan)
}

/// Returns the branch that environments live on (the one asked for, the fleet's own setting, or the repository's default)
/// with the fleet as it stands there.
fn target_branch(request: &Request, outside: &mut Outside<'_>) -> Result<(RefName, Fleet), Error> {
    let repository = outside.remote.address().to_owned();
    let named = request.branch.as_deref().map(RefName::branch).transpose()?;
    let branch = if let Some(branch) = &named {
        branch.clone()
    } else {
        let default = outside.remote.default_branch()?;
        default.ok_or_else(|| Error::NoBranch { repository: repository.clone(), branch: "by default".to_owned() })?
    };
    let fleet = fleet_on(outside, &branch)?;
    match fleet.config.git.branch.as_deref().filter(|_| named.is_none()) {
        Some(other) if other != branch.short() => {
            let branch = RefName::branch(other)?;
            let fleet = fleet_on(outside, &branch)?;
            Ok((branch, fleet))
        }
        _ => Ok((branch, fleet)),
    }
}

fn fleet_on(outside: &mut Outside<'_>, branch: &RefName) -> Result<Fleet, Error> {
    let tip = outside.remote.tips(std::slice::from_ref(branch))?.get(branch).copied();
    let repository = || outside.remote.address().to_owned();
    let tip = tip.ok_or_else(|| Error::NoBranch { repository: repository(), branch: branch.to_string() })?;
    outside.remote.fetch(&[tip], None)?;
    let tree = open_tree(outside.store, outside.remote, tip)?;
    Fleet::load(&tree).map_err(Error::Fleet)
}

/// Opens the files of a commit, with the content of those that a plan always needs.
pub(crate) fn open_tree(store: &Store, remote: &mut dyn Remote, commit: Id) -> Result<CommitTree, git::Error> {
    let tree = store.tree(commit)?;
    // Hydrated output is compared by hash; only markers are read.
    tree.prefetch(remote, &|path| !path.starts_with("rendered/") || path.ends_with("/.plainsail"))?;
    Ok(tree)
}

/// Plans and pushes the one commit of all direct environments. Returns the tip on which pull requests are built.
fn bring_direct_environments_up_to_date(
    request: &Request,
    outside: &mut Outside<'_>,
    branch: &RefName,
    facts: &Facts<'_>,
    plan: &mut Plan,
) -> Result<Id, Error> {
    let mut last: Option<Planned> = None;
    let repository = outside.remote.address().to_owned();
    let (store, now, progress, dry_run) = (outside.store, outside.now, outside.progress, request.dry_run);
    let mut build = |remote: &mut dyn Remote, tip: Option<Id>| -> Result<Option<Id>, Error> {
        let tip = tip.ok_or_else(|| Error::NoBranch { repository: repository.clone(), branch: branch.to_string() })?;
        progress(&format!("planning on {branch} at {}", tip.short()));
        let planned = plan_commit(request, remote, store, tip, now, facts)?;
        let commit = planned.commit;
        last = Some(planned);
        Ok(if dry_run { None } else { commit })
    };
    let published =
        Publisher { remote: outside.remote, store, branch, deadline: DEADLINE, pace: outside.pace }.publish(&mut build);
    let Some(planned) = last else {
        // The branch could not even be looked at.
        published?;
        return Err(Error::NoBranch { repository, branch: branch.to_string() });
    };
    let published = published?;
    let action = match (&published, planned.commit) {
        (Published::Pushed { .. }, _) => BranchAction::Pushed,
        (Published::Nothing { .. }, Some(_)) if dry_run => BranchAction::Planned,
        (Published::Nothing { .. }, _) => BranchAction::UpToDate,
    };
    let (commit, tip) = match published {
        Published::Pushed { commit, .. } => (Some(commit), commit),
        Published::Nothing { tip } => (planned.commit, planned.commit.or(tip).unwrap_or(planned.tip)),
    };
    plan.branches.push(BranchPlan {
        branch: branch.to_string(),
        action,
        commit: commit.map(|commit| commit.to_string()),
        message: planned.message,
        paths: planned.paths,
        pull_request: None,
        failure: None,
    });
    plan.releases.extend(planned.releases);
    Ok(tip)
}

/// A commit that was built, and what is in it.
struct Planned {
    tip: Id,
    commit: Option<Id>,
    message: Option<String>,
    paths: Vec<String>,
    releases: Vec<ReleasePlan>,
}

fn plan_commit(
    request: &Request,
    remote: &mut dyn Remote,
    store: &Store,
    tip: Id,
    now: Timestamp,
    facts: &Facts<'_>,
) -> Result<Planned, Error> {
    let tree = open_tree(store, remote, tip)?;
    let fleet = Fleet::load(&tree).map_err(Error::Fleet)?;
    check_given(request, &fleet)?;
    let mut changes = Changes::new();
    let mut releases = Vec::new();
    let mut newest_push = None;
    for environment in fleet.environments.iter().filter(|environment| environment.delivery() == Delivery::Direct) {
        if request.given.as_ref().is_some_and(|(address, _)| address.environment != environment.name) {
            continue;
        }
        let given = request.given.as_ref();
        let job = Job {
            files: &tree,
            fleet: &fleet,
            environment,
            facts,
            now,
            only: given.map(|(address, _)| address.release.as_str()),
            given: given.map_or(&[], |(_, images)| images),
        };
        let mut background = GitBackground { remote, store, tip, tree: &tree };
        let EnvironmentChanges { releases: mut planned, changes: mut changed, newest_push: pushed } =
            job.run(&mut background)?;
        releases.append(&mut planned);
        changes.append(&mut changed);
        newest_push = newest_push.max(pushed);
    }
    let (commit, message) = write_commit(store, &fleet, &tree, tip, &changes, &releases, newest_push)?;
    Ok(Planned { tip, commit, message, paths: changes.into_keys().collect(), releases })
}

fn check_given(request: &Request, fleet: &Fleet) -> Result<(), Error> {
    let Some((address, images)) = &request.given else { return Ok(()) };
    let environment = fleet.environment(address.environment.as_str());
    if let Some(environment) = environment
        && environment.delivery() == Delivery::PullRequest
    {
        let previous = environment.file.promotes_from.as_ref().map(ToString::to_string).unwrap_or_default();
        return Err(Error::Promoted { environment: environment.name.to_string(), previous });
    }
    let broken = environment
        .is_some_and(|environment| environment.broken.iter().any(|broken| broken.name == address.release.as_str()));
    let Some(release) = fleet.release(address) else {
        return if broken { Ok(()) } else { Err(Error::NoRelease { address: address.to_string() }) };
    };
    match images.iter().find(|image| !release.file.images.contains_key(&image.name)) {
        Some(image) => Err(Error::NoImage { address: address.to_string(), image: image.name.to_string() }),
        None => Ok(()),
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
    Failure { stage: Stage::Push, code: code.to_owned(), messages, file: None, line: None, hint, diagnostic: None }
}

/// Groups releases by environment, for printing.
pub fn by_environment(releases: &[ReleasePlan]) -> BTreeMap<&str, Vec<&ReleasePlan>> {
    let mut groups: BTreeMap<&str, Vec<&ReleasePlan>> = BTreeMap::new();
    for release in releases {
        groups.entry(release.environment.as_str()).or_default().push(release);
    }
    groups
}
