//! The main job: make git match the plan, once. What the CronJob runs.
//!
//! It works on the remote repository, never on somebody's work tree: fetch the tip, plan on it, commit, push expecting that
//! tip; when somebody else was faster, plan again on the new tip. Direct environments come in one commit on the branch;
//! the others each in their own pull request ([`crate::promote`]).

use jiff::Timestamp;

use crate::choose::{Facts, GivenImage};
use crate::fleet::{Address, Delivery, Fleet};
use crate::git::{Id, Published, Publisher, RefName, Remote, Store};
use crate::hydrate::Changes;
use crate::plan::{BranchAction, BranchPlan, Plan, ReleasePlan};
use crate::promote;
use crate::run::{DEADLINE, Error, GitBackground, Outside, write_commit};
use crate::stages::{EnvironmentChanges, Job};
use crate::tip::Tip;

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

/// Runs the main job.
///
/// # Errors
/// Where the run as a whole cannot be done. What fails for single releases is in the plan.
pub fn reconcile(request: &Request, outside: &mut Outside<'_>) -> Result<Plan, Error> {
    let (branch, mut tip) = target_branch(request, outside)?;
    let registries = (outside.registries)(&tip.fleet)?;
    let facts = Facts::new(&registries);
    let mut plan = Plan { dry_run: request.dry_run, ..Plan::default() };
    let commit = bring_direct_environments_up_to_date(request, outside, &branch, &mut tip, &facts, &mut plan)?;
    if request.given.is_none() {
        let tip = tip.moved_to(outside.store, outside.remote, commit)?;
        promote::bring_pull_requests_up_to_date(request.dry_run, outside, &branch, tip, &facts, &mut plan)?;
    }
    Ok(plan)
}

/// Returns the branch that environments live on (the one asked for, the fleet's own setting, or the repository's default)
/// with what stands there.
fn target_branch(request: &Request, outside: &mut Outside<'_>) -> Result<(RefName, Tip), Error> {
    let repository = outside.remote.address().to_owned();
    let named = request.branch.as_deref().map(RefName::branch).transpose()?;
    let branch = if let Some(branch) = &named {
        branch.clone()
    } else {
        let default = outside.remote.default_branch()?;
        default.ok_or_else(|| Error::NoBranch { repository: repository.clone(), branch: "by default".to_owned() })?
    };
    let tip = tip_of(outside, &branch)?;
    match tip.fleet.config.git.branch.as_deref().filter(|_| named.is_none()) {
        Some(other) if other != branch.short() => {
            let branch = RefName::branch(other)?;
            let tip = tip_of(outside, &branch)?;
            Ok((branch, tip))
        }
        _ => Ok((branch, tip)),
    }
}

fn tip_of(outside: &mut Outside<'_>, branch: &RefName) -> Result<Tip, Error> {
    let tip = outside.remote.tips(std::slice::from_ref(branch))?.get(branch).copied();
    let repository = || outside.remote.address().to_owned();
    let tip = tip.ok_or_else(|| Error::NoBranch { repository: repository(), branch: branch.to_string() })?;
    outside.remote.fetch(&[tip], None)?;
    Tip::open(outside.store, outside.remote, tip)
}

/// Plans and pushes the one commit of all direct environments. Returns the tip on which pull requests are built.
fn bring_direct_environments_up_to_date(
    request: &Request,
    outside: &mut Outside<'_>,
    branch: &RefName,
    known: &mut Tip,
    facts: &Facts<'_>,
    plan: &mut Plan,
) -> Result<Id, Error> {
    let mut last: Option<Planned> = None;
    let repository = outside.remote.address().to_owned();
    let (store, now, progress, dry_run) = (outside.store, outside.now, outside.progress, request.dry_run);
    let mut build = |remote: &mut dyn Remote, tip: Option<Id>| -> Result<Option<Id>, Error> {
        let tip = tip.ok_or_else(|| Error::NoBranch { repository: repository.clone(), branch: branch.to_string() })?;
        progress(&format!("planning on {branch} at {}", tip.short()));
        let tip = known.moved_to(store, remote, tip)?;
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
    tip: &Tip,
    now: Timestamp,
    facts: &Facts<'_>,
) -> Result<Planned, Error> {
    let Tip { commit: tip, tree, fleet, charts } = tip;
    check_given(request, fleet)?;
    let mut changes = Changes::new();
    let mut releases = Vec::new();
    let mut newest_push = None;
    for environment in fleet.environments.iter().filter(|environment| environment.delivery() == Delivery::Direct) {
        if request.given.as_ref().is_some_and(|(address, _)| address.environment != environment.name) {
            continue;
        }
        let given = request.given.as_ref();
        let job = Job {
            files: tree,
            fleet,
            charts,
            environment,
            facts,
            now,
            only: given.map(|(address, _)| address.release.as_str()),
            given: given.map_or(&[], |(_, images)| images),
        };
        let mut background = GitBackground { remote, store, tip: *tip, tree };
        let EnvironmentChanges { releases: mut planned, changes: changed, newest_push: pushed } =
            job.run(&mut background)?;
        releases.append(&mut planned);
        changes.extend(changed);
        newest_push = newest_push.max(pushed);
    }
    let (commit, message) = write_commit(store, fleet, tree, *tip, &changes, &releases, newest_push)?;
    Ok(Planned { tip: *tip, commit, message, paths: changes.into_keys().collect(), releases })
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
