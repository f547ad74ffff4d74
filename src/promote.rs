//! Promotion: each environment marked `pull-request` gets one branch `plainsail/<env>`, one commit over the target branch, and
//! one open pull request that is updated, never repeated.

use std::time::Duration;

use crate::choose::Facts;
use crate::fleet::{Delivery, Environment};
use crate::forge::{self, Forge, Kept, Proposal};
use crate::git::{self, Commit, Id, Publisher, RefName};
use crate::hydrate::Changes;
use crate::plan::{BranchAction, BranchPlan, Plan, PullRequestPlan, ReleasePlan};
use crate::run::{DEADLINE, Error, GitBackground, Outside, branch_failure, write_commit};
use crate::stages::Job;
use crate::texts::{self, PullRequestPlace, PullRequestText};
use crate::tip::Tip;

/// Brings the branch and the pull request of every environment that has one up to date.
///
/// # Errors
/// Where the target branch cannot be read. What fails for one environment is in the plan.
pub(crate) fn bring_pull_requests_up_to_date(
    dry_run: bool,
    outside: &mut Outside<'_>,
    base: &RefName,
    tip: &Tip,
    facts: &Facts<'_>,
    plan: &mut Plan,
) -> Result<(), Error> {
    let environments = tip.fleet.environments.iter();
    for environment in environments.filter(|environment| environment.delivery() == Delivery::PullRequest) {
        let mut promotion = Promotion { dry_run, base, tip, environment };
        let (releases, branch) = promotion.run(outside, facts)?;
        plan.releases.extend(releases);
        plan.branches.extend(branch);
    }
    Ok(())
}

/// The promotion of one environment.
struct Promotion<'a> {
    dry_run: bool,
    base: &'a RefName,
    tip: &'a Tip,
    environment: &'a Environment,
}

/// The commit that the branch should hold.
struct Wanted {
    commit: Id,
    message: Option<String>,
    changes: Changes,
    text: PullRequestText,
}

impl Promotion<'_> {
    fn run(
        &mut self,
        outside: &mut Outside<'_>,
        facts: &Facts<'_>,
    ) -> Result<(Vec<ReleasePlan>, Option<BranchPlan>), Error> {
        (outside.progress)(&format!("planning {}", self.environment.name));
        let Tip { commit: tip, tree, fleet, charts } = self.tip;
        let job = Job {
            files: tree,
            fleet,
            charts,
            environment: self.environment,
            facts,
            now: outside.now,
            only: None,
            given: &[],
        };
        let mut background = GitBackground { remote: outside.remote, store: outside.store, tip: *tip, tree };
        let found = job.run(&mut background)?;
        let branch = RefName::own(self.environment.name.as_str())?;
        let (commit, message) =
            write_commit(outside.store, fleet, tree, *tip, &found.changes, &found.releases, found.newest_push)?;
        let wanted = match commit {
            Some(commit) => {
                let place =
                    PullRequestPlace { environment: self.environment, branch: branch.short(), base: self.base.short() };
                let shown: Vec<&ReleasePlan> = found.releases.iter().collect();
                let text = texts::pull_request(tree, fleet, &shown, place)?;
                Some(Wanted { commit, message, changes: found.changes, text })
            }
            None => None,
        };
        let outcome = self.write(outside, &branch, wanted.as_ref());
        let plan = outcome.unwrap_or_else(|error| Some(failed(&branch, wanted.as_ref(), &error)));
        Ok((found.releases, plan))
    }

    /// Moves the branch where it has to move, then sees to the pull request.
    fn write(
        &self,
        outside: &mut Outside<'_>,
        branch: &RefName,
        wanted: Option<&Wanted>,
    ) -> Result<Option<BranchPlan>, Error> {
        let current = outside.remote.tips(std::slice::from_ref(branch))?.get(branch).copied();
        if let Some(current) = current {
            outside.remote.fetch(&[current], None)?;
        }
        let is_ours = |commit: &Commit| self.is_ours(commit);
        let (new, action) = match (current, wanted) {
            (None, None) => return Ok(None),
            (Some(_), None) => (None, BranchAction::Removed),
            (Some(current), Some(wanted)) if self.same_content(outside, current, wanted.commit)? => {
                let commit = outside.store.commit(current)?;
                if !is_ours(&commit) {
                    let author = commit.author.to_string();
                    return Err(git::Error::Foreign { branch: branch.clone(), commit: current, author }.into());
                }
                (Some(current), BranchAction::UpToDate)
            }
            (_, Some(wanted)) => (Some(wanted.commit), BranchAction::Pushed),
        };
        let action = match action {
            BranchAction::Pushed | BranchAction::Removed if self.dry_run => BranchAction::Planned,
            action => action,
        };
        if !self.dry_run && new != current {
            (outside.progress)(&format!("pushing {branch}"));
            Publisher { remote: outside.remote, store: outside.store, branch, deadline: DEADLINE, pace: outside.pace }
                .rewrite(current, new, &is_ours)?;
        }
        let pull_request = self.pull_request(outside, branch, wanted)?;
        Ok(Some(BranchPlan {
            branch: branch.to_string(),
            action,
            commit: new.map(|commit| commit.to_string()),
            message: wanted.and_then(|wanted| wanted.message.clone()),
            paths: wanted.map(|wanted| wanted.changes.keys().cloned().collect()).unwrap_or_default(),
            pull_request,
            failure: None,
        }))
    }

    /// Tells whether two commits hold the same environment. The branch is not rewritten because of commits elsewhere: that
    /// would dismiss approvals for nothing.
    fn same_content(&self, outside: &Outside<'_>, one: Id, other: Id) -> Result<bool, Error> {
        let (one, other) = (outside.store.tree(one)?, outside.store.tree(other)?);
        for folder in ["environments", "rendered"] {
            let folder = format!("{folder}/{}", self.environment.name);
            if one.files_below(&folder)? != other.files_below(&folder)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Tells whether a commit is plainsail's own: made by its person, with its trailer.
    fn is_ours(&self, commit: &Commit) -> bool {
        let author = &self.tip.fleet.config.git.author;
        let is_person = commit.committer.name() == author.name && commit.committer.email() == author.email;
        is_person && commit.trailers(texts::VERSION_TRAILER).next().is_some()
    }

    /// Opens, updates or closes the pull request of the branch.
    fn pull_request(
        &self,
        outside: &mut Outside<'_>,
        branch: &RefName,
        wanted: Option<&Wanted>,
    ) -> Result<Option<PullRequestPlan>, Error> {
        let planned = |action: &str, text: &PullRequestText| PullRequestPlan {
            title: text.title.clone(),
            body: text.body.clone(),
            action: action.to_owned(),
            number: None,
            url: None,
        };
        let forge = (outside.forge)(&self.tip.fleet)?;
        let Some(mut forge) = forge else { return Ok(wanted.map(|wanted| planned("no-forge", &wanted.text))) };
        if self.dry_run {
            return Ok(wanted.map(|wanted| planned("planned", &wanted.text)));
        }
        self.see_to(outside, forge.as_mut(), branch, wanted)
    }

    fn see_to(
        &self,
        outside: &mut Outside<'_>,
        forge: &mut dyn Forge,
        branch: &RefName,
        wanted: Option<&Wanted>,
    ) -> Result<Option<PullRequestPlan>, Error> {
        let Some(wanted) = wanted else { return self.close(forge, branch) };
        let proposal = Proposal {
            head: branch.short().to_owned(),
            base: self.base.short().to_owned(),
            title: wanted.text.title.clone(),
            body: wanted.text.body.clone(),
        };
        let mut wait = |attempt: u32| outside.pace.sleep(Duration::from_millis(400 * u64::from(attempt)));
        let kept = forge::keep(forge, &proposal, &mut wait)?;
        let action = match &kept {
            Kept::Created(_) => "created",
            Kept::Updated(_) => "updated",
            Kept::Unchanged(_) => "unchanged",
            Kept::NotOurs(_) => "not-ours",
        };
        let found = kept.pull_request();
        Ok(Some(PullRequestPlan {
            title: proposal.title,
            body: proposal.body,
            action: action.to_owned(),
            number: Some(found.number),
            url: Some(found.url.clone()),
        }))
    }

    /// Closes what plainsail opened for the branch; a pull request that a person opened for it stays.
    fn close(&self, forge: &mut dyn Forge, branch: &RefName) -> Result<Option<PullRequestPlan>, Error> {
        let marker = forge::marker(branch.short());
        let open = forge.find_open(branch.short(), self.base.short())?;
        let Some(open) = open.into_iter().find(|open| open.body.contains(&marker)) else { return Ok(None) };
        forge.close(open.number)?;
        Ok(Some(PullRequestPlan {
            title: open.title,
            body: open.body,
            action: "closed".to_owned(),
            number: Some(open.number),
            url: Some(open.url),
        }))
    }
}

fn failed(branch: &RefName, wanted: Option<&Wanted>, error: &Error) -> BranchPlan {
    let (code, hint) = match error {
        Error::Git(git::Error::Foreign { .. }) => (
            "foreign-commit",
            Some(format!("move the commit to a branch of its own, or delete {branch}: the next run makes it again")),
        ),
        Error::Git(git::Error::Rejected { .. }) => ("rejected", None),
        Error::Git(_) => ("git", None),
        Error::Forge(_) => ("forge", None),
        _ => ("branch", None),
    };
    let mut failure = branch_failure(code, error, hint);
    if let Error::Git(git::Error::Rejected { remote_text, .. }) = error
        && !remote_text.trim().is_empty()
    {
        failure.messages.push(format!("the server says: {}", remote_text.trim()));
    }
    BranchPlan {
        branch: branch.to_string(),
        action: BranchAction::Failed,
        commit: None,
        message: wanted.and_then(|wanted| wanted.message.clone()),
        paths: Vec::new(),
        pull_request: None,
        failure: Some(failure),
    }
}
