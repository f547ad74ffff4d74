//! Rules 9 and 10: one candidate per digest, the newest first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::commits::Placed;
use super::facts::Facts;
use super::input::{Input, Policy};
use super::outcome::{Dropped, Failure, Ranked};
use super::policy::Key;

/// An image that may be chosen.
pub(super) struct Candidate<'a> {
    pub(super) at: usize,
    pub(super) digest: &'a str,
    /// The tag that would be written.
    pub(super) written: &'a str,
    /// How many of its tags count.
    pub(super) tags: usize,
    /// What the policy compares: that of its best tag.
    pub(super) key: Key,
    pub(super) pushed_at: Option<Timestamp>,
    pub(super) runs: bool,
    /// The commit of its best tag.
    pub(super) commit: Option<usize>,
    pub(super) place: Option<usize>,
}

impl Candidate<'_> {
    pub(super) fn ranked(&self) -> Ranked {
        Ranked { tag: self.written.to_owned(), digest: self.digest.to_owned(), pushed_at: self.pushed_at }
    }

    /// Tells whether this image is older than another by history and was pushed later.
    pub(super) fn disagrees_with(&self, best: &Self) -> bool {
        self.place < best.place && best.pushed_at.is_some() && self.pushed_at > best.pushed_at
    }
}

/// Makes candidates of tags and sorts them, the best first.
pub(super) fn rank<'a>(
    input: &Input<'_>,
    facts: &Facts<'a>,
    placed: Vec<Placed<'a>>,
    dropped: &mut BTreeMap<&'a str, Dropped>,
) -> Result<Vec<Candidate<'a>>, Failure> {
    let mut by_entry: BTreeMap<usize, Vec<Placed<'a>>> = BTreeMap::new();
    for tag in placed {
        by_entry.entry(tag.tag.at).or_default().push(tag);
    }
    let mut candidates = Vec::with_capacity(by_entry.len());
    for (at, tags) in by_entry {
        candidates.extend(candidate(facts, at, tags, dropped));
    }
    let needs_push_times = input.settings.policy == Policy::Pushed && !input.settings.uses_commits();
    if needs_push_times && candidates.iter().any(|candidate| candidate.pushed_at.is_none()) {
        return Err(Failure::NoPushTime);
    }
    candidates.sort_by(|left, right| {
        let rank = |candidate: &Candidate<'a>| (candidate.pushed_at, candidate.runs, candidate.digest);
        right.key.cmp(&left.key).then_with(|| rank(right).cmp(&rank(left)))
    });
    Ok(candidates)
}

fn candidate<'a>(
    facts: &Facts<'a>,
    at: usize,
    tags: Vec<Placed<'a>>,
    dropped: &mut BTreeMap<&'a str, Dropped>,
) -> Option<Candidate<'a>> {
    let entry = facts.images.get(at)?;
    let best = tags.iter().max_by_key(|placed| {
        let tag = &placed.tag;
        (&tag.key, placed.place, tag.hash.map_or(0, str::len), Reverse((tag.tag.len(), tag.tag)))
    })?;
    let runs = facts.runs(at);
    let running = facts.running.as_ref().filter(|_| runs);
    let kept = running.and_then(|running| tags.iter().find(|placed| placed.tag.tag == running.tag));
    let written = kept.unwrap_or(best).tag.tag;
    let candidate = Candidate {
        at,
        digest: &entry.image.digest,
        written,
        tags: tags.len(),
        key: best.tag.key.clone(),
        pushed_at: entry.pushed_at,
        runs,
        commit: best.commit,
        place: best.place,
    };
    for placed in tags {
        if placed.tag.tag != written {
            dropped.insert(placed.tag.tag, Dropped::OtherTag);
        }
    }
    Some(candidate)
}
