//! [`Publisher`]: moves a branch that others move as well, without losing or repeating anything.
//!
//! Fetch the tip, build on it, push expecting it. On any outcome but "applied" (a refusal too: a load balancer that delivers a
//! request twice has the second one refused) look whether the commit arrived before building again on the new tip. The
//! server compares where the branch stands with what the push expects; that comparison is the only lock there is.

mod refusals;
#[cfg(test)]
mod tests;

use std::time::Duration;

use self::refusals::Refusals;
use super::pace::{Backoff, OutOfTime};
use super::{Commit, Error, Id, Kind, Outcome, Pace, RefName, Remote, Store, Together, Update};

/// What is needed to move one branch.
pub struct Publisher<'a> {
    /// The repository.
    pub remote: &'a mut dyn Remote,
    /// The store the remote was opened with.
    pub store: &'a Store,
    /// The branch.
    pub branch: &'a RefName,
    /// How long all attempts together may take.
    pub deadline: Duration,
    /// Time and chance.
    pub pace: &'a mut dyn Pace,
}

/// How [`Publisher::publish`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// There is nothing to do, or somebody else did it.
    Nothing {
        /// Where the branch stands.
        tip: Option<Id>,
    },
    /// The commit is part of the branch.
    Pushed {
        /// The commit.
        commit: Id,
        /// Where the branch stood before it.
        before: Option<Id>,
        /// How many pushes it took.
        attempts: u32,
    },
}

/// How [`Publisher::rewrite`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// The branch stood there already.
    Unchanged,
    /// The branch was made.
    Created,
    /// The branch was moved.
    Updated,
    /// The branch was deleted.
    Deleted,
}

/// A commit that was sent.
#[derive(Clone, Copy)]
struct Sent {
    commit: Id,
    before: Option<Id>,
}

impl Publisher<'_> {
    /// Adds a commit to the branch. `build` makes it on the tip it is given (`None` where the branch does not exist yet), or
    /// says with `None` that nothing is to be done there; it may be called several times.
    ///
    /// # Errors
    /// Fails with [`Error::Rejected`] where the server refuses and nobody else moved the branch, with [`Error::GaveUp`]
    /// when the time is up, with what `build` fails with, and with what the remote fails with where trying again is of no use.
    pub fn publish<E: From<Error>>(
        &mut self,
        mut build: impl FnMut(&mut dyn Remote, Option<Id>) -> Result<Option<Id>, E>,
    ) -> Result<Published, E> {
        let mut backoff = Backoff::new(&mut *self.pace, self.deadline);
        let mut sent: Vec<Sent> = Vec::new();
        let mut refusals = Refusals::default();
        let mut known: Option<Option<Id>> = None;
        let mut last = String::new();
        let mut asked = None;
        let mut collided = false;
        loop {
            let tip = match look(&mut *self.remote, self.store, self.branch, known.flatten()) {
                Ok(tip) => tip,
                Err(cause) => {
                    last = retry(&mut backoff, self.branch, sent.len(), cause)?;
                    continue;
                }
            };
            let attempts = sent.len() as u32;
            for Sent { commit, before } in sent.iter().rev().copied() {
                if let Some(tip) = tip
                    && self.store.reaches(tip, commit)?
                {
                    return Ok(Published::Pushed { commit, before, attempts });
                }
            }
            let moved = known.is_some_and(|known| known != tip);
            refusals.verdict(self.branch, moved)?;
            known = Some(tip);
            if std::mem::take(&mut collided) {
                // The wait makes what was just seen old: look again after it.
                backoff.wait(asked.take()).map_err(|OutOfTime| gave_up(self.branch, attempts, &last))?;
                continue;
            }
            let Some(commit) = build(&mut *self.remote, tip)? else { return Ok(Published::Nothing { tip }) };
            check_parent(self.store, self.branch, commit, tip)?;
            let update = Update { branch: self.branch.clone(), old: tip, new: Some(commit) };
            match push_one(&mut *self.remote, self.store, update) {
                Ok(Outcome::Applied) => return Ok(Published::Pushed { commit, before: tip, attempts: attempts + 1 }),
                Ok(outcome) => (last, asked) = refusals.note(outcome),
                Err(cause) => {
                    last = retry(&mut backoff, self.branch, sent.len(), cause)?;
                    continue;
                }
            }
            sent.push(Sent { commit, before: tip });
            collided = true;
        }
    }

    /// Moves one of plainsail's own branches to a commit, wherever it stood, or deletes it with `None`. It must stand where
    /// `expected` says, on a commit that `is_ours` takes for plainsail's.
    ///
    /// # Errors
    /// Fails with [`Error::NotOwn`] for any other branch, with [`Error::Foreign`] where somebody else's commit stands there,
    /// with [`Error::Moved`] where it stands elsewhere, and as [`Publisher::publish`] does.
    pub fn rewrite(
        &mut self,
        expected: Option<Id>,
        new: Option<Id>,
        is_ours: &dyn Fn(&Commit) -> bool,
    ) -> Result<Rewritten, Error> {
        if !self.branch.is_own() {
            return Err(Error::NotOwn { branch: self.branch.clone() });
        }
        let done = match (expected, new) {
            (old, new) if old == new => return Ok(Rewritten::Unchanged),
            (None, _) => Rewritten::Created,
            (_, None) => Rewritten::Deleted,
            _ => Rewritten::Updated,
        };
        let mut backoff = Backoff::new(&mut *self.pace, self.deadline);
        let mut refusals = Refusals::default();
        let mut attempts = 0;
        let (mut last, mut asked) = (String::new(), None);
        loop {
            let found = match look(&mut *self.remote, self.store, self.branch, None) {
                Ok(found) => found,
                Err(cause) => {
                    retry(&mut backoff, self.branch, attempts, cause)?;
                    continue;
                }
            };
            if found == new {
                return Ok(if attempts > 0 { done } else { Rewritten::Unchanged });
            }
            if let Some(found) = found {
                let commit = self.store.commit(found)?;
                if !is_ours(&commit) {
                    let author = commit.author.to_string();
                    return Err(Error::Foreign { branch: self.branch.clone(), commit: found, author });
                }
            }
            if found != expected {
                return Err(Error::Moved { branch: self.branch.clone(), expected, found });
            }
            refusals.verdict(self.branch, false)?;
            if attempts > 0 {
                backoff.wait(asked.take()).map_err(|OutOfTime| gave_up(self.branch, attempts as u32, &last))?;
            }
            let update = Update { branch: self.branch.clone(), old: expected, new };
            attempts += 1;
            match push_one(&mut *self.remote, self.store, update) {
                Ok(Outcome::Applied) => return Ok(done),
                Ok(outcome) => (last, asked) = refusals.note(outcome),
                Err(cause) => last = retry(&mut backoff, self.branch, attempts, cause)?,
            }
        }
    }
}

/// Returns where the branch stands, with the commit and what came since the last look in the store.
fn look(remote: &mut dyn Remote, store: &Store, branch: &RefName, since: Option<Id>) -> Result<Option<Id>, Error> {
    let tip = remote.tips(std::slice::from_ref(branch))?.get(branch).copied();
    if let Some(tip) = tip
        && !store.objects_of(tip).is_empty()
    {
        // It was made here, so nothing of it needs to be fetched.
        store.known_tips().insert(tip);
    }
    let rewritten = |was| Error::Rewritten { branch: branch.clone(), was };
    match (tip, since) {
        (Some(tip), Some(since)) => {
            if !store.known_tips().contains(&tip) {
                remote.fetch(&[tip], Some(since))?;
            }
            if !store.reaches(tip, since)? {
                return Err(rewritten(since));
            }
        }
        (Some(tip), None) => {
            if !store.known_tips().contains(&tip) {
                remote.fetch(&[tip], None)?;
            }
        }
        (None, Some(since)) => return Err(rewritten(since)),
        (None, None) => {}
    }
    Ok(tip)
}

/// The server compares where the branch stands, not what the new commit descends from: a commit beside the tip would be taken,
/// and drop what others did.
fn check_parent(store: &Store, branch: &RefName, commit: Id, tip: Option<Id>) -> Result<(), Error> {
    let parents = store.commit(commit)?.parents;
    match tip {
        Some(tip) if !parents.contains(&tip) => Err(Error::NotOnTip { branch: branch.clone(), commit }),
        _ => Ok(()),
    }
}

fn push_one(remote: &mut dyn Remote, store: &Store, update: Update) -> Result<Outcome, Error> {
    let objects = update.new.map(|new| store.objects_of(new)).unwrap_or_default();
    let address = remote.address().to_owned();
    let outcomes = remote.push(&[update], &objects, Together::Single)?;
    let silent = || Outcome::Unknown { cause: Error::Protocol { remote: address, cause: "no outcome".to_owned() } };
    Ok(outcomes.into_iter().next().unwrap_or_else(silent))
}

/// Waits after an error that may pass, and returns its words; gives back one that does not pass.
fn retry(backoff: &mut Backoff<'_>, branch: &RefName, attempts: usize, cause: Error) -> Result<String, Error> {
    let asked = match cause.kind() {
        Kind::Unavailable => None,
        Kind::RateLimited { after } => after,
        _ => return Err(cause),
    };
    match backoff.wait(asked) {
        Ok(()) => Ok(cause.to_string()),
        // Nothing was ever sent: the plain reason says more than "gave up".
        Err(OutOfTime) if attempts == 0 => Err(cause),
        Err(OutOfTime) => Err(gave_up(branch, attempts as u32, &cause.to_string())),
    }
}

fn gave_up(branch: &RefName, attempts: u32, last: &str) -> Error {
    Error::GaveUp { branch: branch.clone(), attempts, last: last.to_owned() }
}
