//! [`History`]: the commits behind a tip, as far as they were fetched.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::{Commit, Error, Id, Store};

/// The commits behind a tip, newest first by commit time; ends where parents were not fetched.
pub struct History {
    store: Store,
    waiting: BinaryHeap<(i64, Reverse<Id>)>,
    seen: BTreeSet<Id>,
    cut: bool,
}

impl History {
    fn add(&mut self, id: Id) -> Result<(), Error> {
        if self.seen.contains(&id) {
            return Ok(());
        }
        match self.store.commit(id) {
            Ok(commit) => {
                self.seen.insert(id);
                self.waiting.push((commit.time, Reverse(id)));
            }
            Err(Error::Missing { .. }) => self.cut = true,
            Err(cause) => return Err(cause),
        }
        Ok(())
    }

    /// Tells whether commits were left out because they were not fetched.
    pub fn is_cut(&self) -> bool {
        self.cut
    }
}

impl Iterator for History {
    type Item = Result<Commit, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let (_, Reverse(id)) = self.waiting.pop()?;
        let commit = match self.store.commit(id) {
            Ok(commit) => commit,
            Err(cause) => return Some(Err(cause)),
        };
        for parent in &commit.parents {
            if let Err(cause) = self.add(*parent) {
                return Some(Err(cause));
            }
        }
        Some(Ok(commit))
    }
}

impl Store {
    /// Returns the commits behind a tip, the tip first.
    ///
    /// # Errors
    /// Fails where the tip was not fetched.
    pub fn history(&self, tip: Id) -> Result<History, Error> {
        let commit = self.commit(tip)?;
        let waiting = BinaryHeap::from([(commit.time, Reverse(tip))]);
        Ok(History { store: self.clone(), waiting, seen: BTreeSet::from([tip]), cut: false })
    }

    /// Returns the commits that a tip has and another commit has not, newest first.
    ///
    /// # Errors
    /// Fails where the tip was not fetched.
    pub fn commits_since(&self, tip: Id, since: Id) -> Result<Vec<Commit>, Error> {
        let old: BTreeSet<Id> = match self.history(since) {
            Ok(history) => history.map(|commit| commit.map(|commit| commit.id)).collect::<Result<_, _>>()?,
            Err(Error::Missing { .. }) => BTreeSet::new(),
            Err(cause) => return Err(cause),
        };
        let new = |commit: &Result<Commit, Error>| {
            commit.as_ref().map_or(true, |commit| !old.contains(&commit.id) && commit.id != since)
        };
        self.history(tip)?.filter(new).collect()
    }

    /// Tells whether a commit is part of a tip's history, as far as that was fetched; a commit is part of its own.
    ///
    /// # Errors
    /// Fails where the tip was not fetched.
    pub fn reaches(&self, tip: Id, commit: Id) -> Result<bool, Error> {
        if tip == commit {
            return Ok(true);
        }
        for found in self.history(tip)? {
            let found = found?;
            if found.id == commit || found.parents.contains(&commit) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
