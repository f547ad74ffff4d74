//! [`Tip`]: a commit of the target branch with everything that is read of it, once per run.

use std::sync::Arc;

use crate::fleet::Fleet;
use crate::git::{CommitTree, Id, Remote, Store};
use crate::render::Charts;
use crate::run::Error;

/// A commit, its files, the fleet in them, and the charts that were loaded from them so far.
pub(crate) struct Tip {
    /// The commit.
    pub(crate) commit: Id,
    /// Its files.
    pub(crate) tree: CommitTree,
    /// The fleet.
    pub(crate) fleet: Fleet,
    /// The charts.
    pub(crate) charts: Arc<Charts>,
}

impl Tip {
    /// Reads a commit, with the content of those files that a plan always needs.
    ///
    /// # Errors
    /// Where files cannot be had, or the fleet is wrong.
    pub(crate) fn open(store: &Store, remote: &mut dyn Remote, commit: Id) -> Result<Self, Error> {
        let tree = store.tree(commit)?;
        // Hydrated output is compared by hash; only markers are read.
        tree.prefetch(remote, &|path| !path.starts_with("rendered/") || path.ends_with("/.plainsail"))?;
        let fleet = Fleet::load(&tree).map_err(Error::Fleet)?;
        Ok(Self { commit, tree, fleet, charts: Arc::default() })
    }

    /// Reads another commit, unless it is the one that was read last.
    ///
    /// # Errors
    /// As [`Tip::open`].
    pub(crate) fn moved_to(&mut self, store: &Store, remote: &mut dyn Remote, commit: Id) -> Result<&Self, Error> {
        if self.commit != commit {
            *self = Self::open(store, remote, commit)?;
        }
        Ok(self)
    }
}
