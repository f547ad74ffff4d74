//! Rules 2 and 3: what is true before anything is compared.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::input::{Image, Input, Policy};
use super::outcome::{Dropped, Failure, Finding};
use crate::image::Digest;

/// The listing with one entry per digest, and what runs seen in its light.
pub(super) struct Facts<'a> {
    pub(super) images: Vec<Entry<'a>>,
    by_tag: HashMap<&'a str, usize>,
    by_digest: HashMap<&'a str, usize>,
    pub(super) running: Option<RunningFacts<'a>>,
    moving_tag_runs: bool,
}

/// One image: the first entry of its digest, with the tags and the latest push time of all.
pub(super) struct Entry<'a> {
    pub(super) image: &'a Image,
    pub(super) tags: Vec<&'a str>,
    pub(super) pushed_at: Option<Timestamp>,
}

/// What runs: what the file says, completed from the listing.
pub(super) struct RunningFacts<'a> {
    pub(super) tag: &'a str,
    pub(super) pushed_at: Option<Timestamp>,
    /// The entry of its digest.
    pub(super) listed: Option<usize>,
    /// The entry that its tag stands for now.
    tagged: Option<usize>,
}

impl<'a> Facts<'a> {
    pub(super) fn gather(input: &Input<'a>) -> Result<Self, Failure> {
        if !input.listing.complete {
            return Err(Failure::IncompleteListing);
        }
        let mut images: Vec<Entry<'a>> = Vec::with_capacity(input.listing.images.len());
        let mut by_digest: HashMap<&str, usize> = HashMap::new();
        for image in &input.listing.images {
            Digest::parse(&image.digest).map_err(|_| Failure::MalformedListing)?;
            let at = *by_digest.entry(&image.digest).or_insert_with(|| {
                images.push(Entry { image, tags: Vec::new(), pushed_at: None });
                images.len() - 1
            });
            if let Some(entry) = images.get_mut(at) {
                entry.pushed_at = entry.pushed_at.max(image.pushed_at);
                for tag in &image.tags {
                    if !entry.tags.contains(&tag.as_str()) {
                        entry.tags.push(tag);
                    }
                }
            }
        }
        let mut by_tag = HashMap::new();
        for (at, entry) in images.iter().enumerate() {
            for &tag in &entry.tags {
                if by_tag.insert(tag, at).is_some() {
                    return Err(Failure::InconsistentListing);
                }
            }
        }
        let mut facts =
            Self { images, by_tag, by_digest, running: None, moving_tag_runs: input.settings.policy == Policy::Digest };
        facts.running = input.running.map(|running| {
            let tagged = facts.by_tag.get(running.tag.as_str()).copied();
            let digest = running.digest.as_deref().or_else(|| Some(facts.images.get(tagged?)?.image.digest.as_str()));
            let listed = digest.and_then(|digest| facts.by_digest.get(digest).copied());
            let listed_time = listed.and_then(|at| facts.images.get(at)?.pushed_at);
            RunningFacts { tag: &running.tag, pushed_at: running.pushed_at.or(listed_time), listed, tagged }
        });
        Ok(facts)
    }

    /// Returns the entry that a tag stands for.
    pub(super) fn tagged(&self, tag: &str) -> Option<usize> {
        self.by_tag.get(tag).copied()
    }

    /// Tells whether a tag of an entry is the running tag on a digest that does not run.
    pub(super) fn is_moved(&self, at: usize, tag: &str) -> bool {
        !self.moving_tag_runs
            && self.running.as_ref().is_some_and(|running| running.tag == tag && running.listed != Some(at))
    }

    pub(super) fn runs(&self, at: usize) -> bool {
        self.running.as_ref().is_some_and(|running| running.listed == Some(at))
    }

    /// What the listing says about what runs.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let Some(running) = &self.running else {
            return Vec::new();
        };
        let found = match (running.tagged, running.listed) {
            (Some(tagged), listed) if listed != Some(tagged) => (!self.moving_tag_runs).then_some(Finding::TagMoved),
            (Some(_), _) => None,
            (None, Some(_)) => Some(Finding::TagGone),
            (None, None) => Some(Finding::Vanished),
        };
        found.into_iter().collect()
    }

    pub(super) fn running_tag_was_dropped_as_moved(&self, dropped: &BTreeMap<&str, Dropped>) -> bool {
        self.running.as_ref().is_some_and(|running| dropped.get(running.tag) == Some(&Dropped::TagMoved))
    }
}
