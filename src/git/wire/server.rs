//! [`Server`]: the [`Remote`] behind a network.

use std::collections::BTreeMap;

use super::upload::{Content, Depth, Wanted};
use super::{Wire, receive, upload};
use crate::git::{Error, Id, Outcome, RefName, Remote, Store, Together, Update};

/// A repository on a server. Every call is a conversation of its own: a long one would be told what stood when it began.
pub(in crate::git) struct Server<W> {
    wire: W,
    store: Store,
}

impl<W: Wire> Server<W> {
    pub(in crate::git) fn new(wire: W, store: &Store) -> Self {
        Self { wire, store: store.clone() }
    }
}

impl<W: Wire> Remote for Server<W> {
    fn address(&self) -> &str {
        self.wire.address()
    }

    fn default_branch(&mut self) -> Result<Option<RefName>, Error> {
        let head = upload::list(&mut self.wire, &[])?.head;
        head.filter(|name| name.starts_with("refs/heads/")).map(|name| RefName::branch(&name)).transpose()
    }

    fn tips(&mut self, branches: &[RefName]) -> Result<BTreeMap<RefName, Id>, Error> {
        if branches.is_empty() {
            return Ok(BTreeMap::new());
        }
        Ok(upload::list(&mut self.wire, branches)?.tips)
    }

    fn fetch(&mut self, commits: &[Id], since: Option<Id>) -> Result<(), Error> {
        let depth = match since {
            Some(since) if self.store.known_tips().contains(&since) => Depth::New,
            Some(id) => return Err(Error::Missing { id }),
            None => Depth::One,
        };
        upload::fetch(&mut self.wire, &self.store, &Wanted { ids: commits, depth, content: Content::Trees })
    }

    fn history(&mut self, commit: Id, since: i64) -> Result<(), Error> {
        // A server has nothing to say about a time after its youngest commit.
        let since = since.min(self.store.commit(commit)?.time);
        let wanted = Wanted { ids: &[commit], depth: Depth::Since(since), content: Content::Nothing };
        upload::fetch(&mut self.wire, &self.store, &wanted)
    }

    fn blobs(&mut self, ids: &[Id]) -> Result<(), Error> {
        let missing: Vec<Id> = ids.iter().copied().filter(|id| !self.store.has(*id)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        upload::fetch(
            &mut self.wire,
            &self.store,
            &Wanted { ids: &missing, depth: Depth::New, content: Content::Objects },
        )
    }

    fn push(&mut self, updates: &[Update], objects: &[Id], together: Together) -> Result<Vec<Outcome>, Error> {
        receive::push(&mut self.wire, &self.store, updates, objects, together)
    }
}
