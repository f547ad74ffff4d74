//! Rule 8: which commit a tag stands for, and whether the branch was ever there.

use std::collections::{BTreeMap, HashSet};

use super::candidate::Candidate;
use super::facts::Facts;
use super::filter::Counted;
use super::history::History;
use super::input::{Input, Policy, SourceState};
use super::outcome::{Dropped, Failure};
use super::pattern::is_hash;
use super::policy::Key;

/// The label in which an image names its commit. A base image's is inherited, so it counts only where the source knows it.
const REVISION: &str = "org.opencontainers.image.revision";

/// The commits of the source, where they take part.
pub(super) struct Commits<'a> {
    history: Option<History<'a>>,
    /// Tags that fit several commits, by entry.
    ambiguous: Vec<(usize, Vec<usize>)>,
    /// Entries of which some tag names one commit.
    settled: HashSet<usize>,
}

/// A tag that counts, with its commit.
pub(super) struct Placed<'a> {
    pub(super) tag: Counted<'a>,
    pub(super) commit: Option<usize>,
    pub(super) place: Option<usize>,
}

enum Found {
    One(usize),
    Several(Vec<usize>),
    None(Dropped),
}

impl<'a> Commits<'a> {
    pub(super) fn look_up(input: &Input<'a>) -> Result<Self, Failure> {
        let history = match input.source {
            _ if !input.settings.uses_commits() => None,
            SourceState::None | SourceState::Unavailable => return Err(Failure::SourceUnavailable),
            SourceState::Known(source) => Some(History::read(source, input.settings.branch.as_deref())?),
        };
        Ok(Self { history, ambiguous: Vec::new(), settled: HashSet::new() })
    }

    pub(super) fn history(&self) -> Option<&History<'a>> {
        self.history.as_ref()
    }

    /// Places tags on the branch, and drops those that have no place there.
    pub(super) fn place(
        &mut self,
        input: &Input<'_>,
        facts: &Facts<'_>,
        counted: Vec<Counted<'a>>,
        dropped: &mut BTreeMap<&'a str, Dropped>,
    ) -> Result<Vec<Placed<'a>>, Failure> {
        let Some(history) = &self.history else {
            return Ok(counted.into_iter().map(|tag| Placed { tag, commit: None, place: None }).collect());
        };
        let mut placed = Vec::new();
        let (mut known, mut unknown) = (false, false);
        for mut tag in counted {
            let found = find(history, tag.hash, label(facts, tag.at));
            known |= !matches!(found, Found::None(Dropped::UnknownCommit | Dropped::NoCommit));
            let reason = match found {
                Found::One(commit) => {
                    self.settled.insert(tag.at);
                    match history.place(commit) {
                        Some(place) => {
                            if matches!(input.settings.policy, Policy::Pushed | Policy::Ancestry) {
                                tag.key = Key::Place(place);
                            }
                            placed.push(Placed { tag, commit: Some(commit), place: Some(place) });
                            continue;
                        }
                        None if history.is_on_branch(commit) => Dropped::MergedIn,
                        None => Dropped::OffBranch,
                    }
                }
                Found::Several(commits) => {
                    self.ambiguous.push((tag.at, commits));
                    Dropped::AmbiguousPrefix
                }
                Found::None(reason) => reason,
            };
            unknown |= reason == Dropped::UnknownCommit;
            dropped.insert(tag.tag, reason);
        }
        if unknown && !known && !history.complete {
            return Err(Failure::IncompleteHistory);
        }
        Ok(placed)
    }

    /// Fails where a tag that fits several commits could be newer than the best candidate.
    pub(super) fn refuse_ambiguity(&self, best: Option<&Candidate<'_>>) -> Result<(), Failure> {
        let Some(history) = &self.history else {
            return Ok(());
        };
        let best = best.and_then(|best| best.place);
        let could_win =
            |commit: &usize| history.place(*commit).is_some_and(|place| best.is_none_or(|best| place > best));
        let open = self
            .ambiguous
            .iter()
            .filter(|(at, _)| !self.settled.contains(at))
            .any(|(_, commits)| commits.iter().any(could_win));
        if open { Err(Failure::AmbiguousPrefix) } else { Ok(()) }
    }

    /// Returns the commits that what runs may be: one, several, or none that can be told.
    pub(super) fn of_running(&self, input: &Input<'_>, facts: &Facts<'_>) -> Vec<usize> {
        let (Some(history), Some(running)) = (&self.history, &facts.running) else {
            return Vec::new();
        };
        let hash = match input.settings.pattern.read(running.tag) {
            Some(found) => found.hash,
            None => Some(running.tag).filter(|tag| is_hash(tag)),
        };
        match find(history, hash, running.listed.and_then(|at| label(facts, at))) {
            Found::One(commit) => vec![commit],
            Found::Several(commits) => commits,
            Found::None(_) => Vec::new(),
        }
    }
}

fn label<'a>(facts: &Facts<'a>, at: usize) -> Option<&'a str> {
    facts.images.get(at)?.image.labels.get(REVISION).map(String::as_str)
}

fn find(history: &History<'_>, hash: Option<&str>, label: Option<&str>) -> Found {
    let labelled = label.and_then(|label| history.by_id(label));
    let Some(hash) = hash else {
        return labelled.map_or(Found::None(Dropped::NoCommit), Found::One);
    };
    let mut commits = history.find(hash);
    match (commits.len(), labelled) {
        (0, _) => Found::None(Dropped::UnknownCommit),
        (_, Some(labelled)) if history.begins_with(labelled, hash) => Found::One(labelled),
        (_, Some(_)) => Found::None(Dropped::LabelMismatch),
        (1, None) => commits.pop().map_or(Found::None(Dropped::UnknownCommit), Found::One),
        (_, None) => Found::Several(commits),
    }
}
