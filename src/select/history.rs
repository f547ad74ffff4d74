//! [`Source`] and what its commits say: which contains which, and which the branch has once been at.

use std::collections::{BTreeMap, HashMap};

use super::outcome::Failure;

/// The commits of an application's source repository.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The commits, parents before children.
    pub commits: Vec<Commit>,
    /// The heads of the branches.
    pub branches: BTreeMap<String, String>,
    /// Whether all parents are there; a shallow clone lacks some.
    pub complete: bool,
}

/// One commit.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Commit {
    /// The full id, in lower case.
    pub id: String,
    /// The ids of its parents, the first one first.
    pub parents: Vec<String>,
}

/// The commits seen from one branch. A commit is its index.
pub(super) struct History<'a> {
    /// The ids in order, for prefixes.
    sorted: Vec<(&'a str, usize)>,
    parents: Vec<Vec<usize>>,
    /// The place on the line of first parents, the oldest first.
    places: Vec<Option<usize>>,
    reachable: Vec<bool>,
    pub(super) complete: bool,
}

impl<'a> History<'a> {
    pub(super) fn read(source: &'a Source, branch: Option<&str>) -> Result<Self, Failure> {
        let index: HashMap<&str, usize> =
            source.commits.iter().enumerate().map(|(at, commit)| (commit.id.as_str(), at)).collect();
        let parents: Vec<Vec<usize>> = source
            .commits
            .iter()
            .map(|commit| commit.parents.iter().filter_map(|id| index.get(id.as_str()).copied()).collect())
            .collect();
        let head = branch
            .and_then(|branch| source.branches.get(branch))
            .and_then(|id| index.get(id.as_str()).copied())
            .ok_or(Failure::NoBranch)?;
        let mut sorted: Vec<(&str, usize)> = index.iter().map(|(id, at)| (*id, *at)).collect();
        sorted.sort_unstable();
        let mut history = Self {
            sorted,
            places: vec![None; parents.len()],
            reachable: Vec::new(),
            parents,
            complete: source.complete,
        };
        history.reachable = history.ancestry(head);
        // A first parent that was cut off must not be taken for the second: read the line from the ids.
        let mut line = Vec::new();
        let mut next = Some(head);
        while let Some(at) = next {
            line.push(at);
            let first = source.commits.get(at).and_then(|commit| commit.parents.first());
            next = first.and_then(|id| index.get(id.as_str()).copied()).filter(|_| line.len() <= history.parents.len());
        }
        for (place, at) in line.into_iter().rev().enumerate() {
            if let Some(slot) = history.places.get_mut(at) {
                *slot = Some(place);
            }
        }
        Ok(history)
    }

    /// Returns the commits whose ids begin with a hash.
    pub(super) fn find(&self, hash: &str) -> Vec<usize> {
        let hash = hash.to_ascii_lowercase();
        let from = self.sorted.partition_point(|(id, _)| *id < hash.as_str());
        self.sorted.iter().skip(from).take_while(|(id, _)| id.starts_with(&hash)).map(|(_, at)| *at).collect()
    }

    /// Returns the commit of a full id, in any case.
    pub(super) fn by_id(&self, id: &str) -> Option<usize> {
        let id = id.to_ascii_lowercase();
        let at = self.sorted.binary_search_by(|(known, _)| (*known).cmp(&id)).ok()?;
        self.sorted.get(at).map(|(_, at)| *at)
    }

    /// Tells whether the id of a commit begins with a hash.
    pub(super) fn begins_with(&self, commit: usize, hash: &str) -> bool {
        self.find(hash).contains(&commit)
    }

    /// Returns the place on the branch's own line; `None` for commits that it never was at.
    pub(super) fn place(&self, commit: usize) -> Option<usize> {
        self.places.get(commit).copied().flatten()
    }

    /// Tells whether the branch contains a commit.
    pub(super) fn is_on_branch(&self, commit: usize) -> bool {
        self.reachable.get(commit).copied().unwrap_or(false)
    }

    /// Tells whether one commit contains another one.
    pub(super) fn contains(&self, descendant: usize, ancestor: usize) -> bool {
        descendant != ancestor && self.ancestry(descendant).get(ancestor).copied().unwrap_or(false)
    }

    fn ancestry(&self, head: usize) -> Vec<bool> {
        let mut seen = vec![false; self.parents.len()];
        let mut open = vec![head];
        while let Some(at) = open.pop() {
            let Some(slot) = seen.get_mut(at).filter(|slot| !**slot) else { continue };
            *slot = true;
            open.extend(self.parents.get(at).into_iter().flatten());
        }
        seen
    }
}
