//! Renders a release so that made-up values stay what is committed (`nonDeterminism: keep`).
//!
//! What a chart makes up flows through its templates: it is encoded, joined with other text, hashed for an annotation. So no
//! text is put into the output afterwards. The release is rendered; what was made up is looked for in it; what stands at those
//! places in the committed objects goes back into the templates, and the release is rendered again with that. Whether the
//! result still depends on chance anywhere that is committed already is found by rendering with other dice: then nothing
//! right can be said, and that is an error.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::committed::{Committed, Leaf, leaves};
use super::{Error, RenderedObject, trace_back};
use crate::helm::{self, Becomes, Known, Made, Piece, Rehearsed, World, rehearse};
use crate::yaml::Str;

/// Each round finds values that stand beside those of the round before; more than this no chart nests.
const ROUNDS: usize = 6;

/// So many calls are tried to find the one that an error is about.
const SUSPECTS: usize = 32;

/// Reads the documents of a rendering as objects.
pub(super) type Reader<'a> = &'a dyn Fn(&helm::Rendered) -> Result<Vec<RenderedObject>, Error>;

/// Renders a release with what is committed.
///
/// # Errors
/// As rendering does, and where it cannot be told what a value has to be.
pub(super) fn render(piece: Piece<'_>, committed: &Committed, read: Reader<'_>) -> Result<helm::Rendered, Error> {
    let mut known = Known::new();
    let mut round = 0;
    loop {
        let own = rehearse(piece, &known, World::Own).map_err(failed)?;
        if own.made.is_empty() || committed.is_empty() {
            return Ok(own.rendered);
        }
        let stage = Stage::new(piece, &known, own, read)?;
        if stage.varying(committed).next().is_none() {
            return Ok(stage.own.rendered);
        }
        let found = if round < ROUNDS { stage.find(committed)? } else { Known::new() };
        if found.is_empty() {
            return stage.settle(piece, &known, committed, read);
        }
        known.extend(found);
        round += 1;
    }
}

fn failed(error: helm::Error) -> Error {
    Error::Helm(Box::new(error))
}

type Leaves = BTreeMap<Leaf, Str>;

/// A rendering with what is known so far, and what of it is otherwise with other dice.
struct Stage {
    own: Rehearsed,
    leaves: Leaves,
    /// The leaves with other dice; those that are the same are left out.
    others: BTreeMap<Leaf, Option<Str>>,
    /// What was made with other dice.
    other_made: HashMap<blake3::Hash, Made>,
}

impl Stage {
    fn new(piece: Piece<'_>, known: &Known, own: Rehearsed, read: Reader<'_>) -> Result<Self, Error> {
        let leaves = leaves(&read(&own.rendered)?);
        let other = rehearse_other(piece, known, World::Other(&HashSet::new()))?;
        let (other_leaves, made) =
            other.map(|other| (leaves_or_none(&other.rendered, read), other.made)).unwrap_or_default();
        let others = differing(&leaves, &other_leaves);
        Ok(Self { own, leaves, others, other_made: made.into_iter().map(|made| (made.site, made)).collect() })
    }

    /// Returns the leaves that depend on chance although they are committed.
    fn varying<'a>(&'a self, committed: &'a Committed) -> impl Iterator<Item = &'a Leaf> {
        self.others.keys().filter(|leaf| committed.leaves.contains_key(*leaf))
    }

    /// Looks in what is committed for what was made up.
    fn find(&self, committed: &Committed) -> Result<Known, Error> {
        let mut known = Known::new();
        for made in self.own.made.iter().filter(|made| made.becomes == Becomes::Fresh) {
            for (part, text) in &made.texts {
                let mut found: BTreeMap<Str, &Leaf> = BTreeMap::new();
                for (leaf, other) in &self.others {
                    let (Some(own), Some(there)) = (self.leaves.get(leaf), committed.leaves.get(leaf)) else {
                        continue;
                    };
                    let other =
                        other.as_ref().zip(self.other_made.get(&made.site).and_then(|made| made.texts.get(part)));
                    if let Some(older) = trace_back::older(text, own, there, other) {
                        found.insert(older, leaf);
                    }
                }
                let mut found = found.into_iter();
                let Some((older, first)) = found.next() else { continue };
                if let Some((_, second)) = found.next() {
                    let reason = format!("{} holds another value of the same `{}`", second.shown(), made.function);
                    return Err(Error::NotKept { leaf: first.shown(), reason, cause: None });
                }
                known.entry(made.site).or_default().insert(*part, older);
            }
        }
        // A key without its certificate says nothing, and a certificate without the key that is shown is not the pair.
        let keyless = |made: &Made| made.texts.get("Key").is_none_or(|key| !self.is_shown(key));
        let keyless: HashSet<_> = self.own.made.iter().filter(|made| keyless(made)).map(|made| made.site).collect();
        known.retain(|site, texts| {
            texts.contains_key("")
                || texts.contains_key("Cert") && (texts.contains_key("Key") || keyless.contains(site))
        });
        Ok(known)
    }

    /// Tells whether what is left may be made up anew: it stands where nothing is committed yet, or what is committed does not
    /// fit any more.
    fn settle(
        self,
        piece: Piece<'_>,
        known: &Known,
        committed: &Committed,
        read: Reader<'_>,
    ) -> Result<helm::Rendered, Error> {
        let mut anew: HashSet<blake3::Hash> = HashSet::new();
        let mut open: BTreeMap<[u8; 32], blake3::Hash> = BTreeMap::new();
        for made in &self.own.made {
            match made.becomes {
                Becomes::Known => {}
                Becomes::Unfit => _ = anew.insert(made.site),
                Becomes::Fresh if self.is_new(made, committed) => _ = anew.insert(made.site),
                Becomes::Fresh => _ = open.insert(*made.site.as_bytes(), made.site),
            }
        }
        let depending = |world: World<'_>| -> Result<BTreeSet<Leaf>, Error> {
            let other = rehearse_other(piece, known, world)?;
            let other = other.map(|other| leaves_or_none(&other.rendered, read)).unwrap_or_default();
            let differing = differing(&self.leaves, &other).into_keys();
            Ok(differing.filter(|leaf| committed.leaves.contains_key(leaf)).collect())
        };
        let Some(leaf) = depending(World::Other(&anew))?.pop_first() else { return Ok(self.own.rendered) };
        let mut guilty = None;
        for site in open.into_values().take(SUSPECTS) {
            if depending(World::OtherOnly(site))?.contains(&leaf) {
                guilty = Some(site);
                break;
            }
        }
        let cause = guilty.and_then(|site| rehearse(piece, known, World::Without(site)).err()).map(Box::new);
        let reason = "what is committed there does not show the value that it is made of".to_owned();
        Err(Error::NotKept { leaf: leaf.shown(), reason, cause })
    }

    fn is_shown(&self, text: &Str) -> bool {
        self.others.keys().any(|leaf| self.leaf_shows(leaf, text))
    }

    fn leaf_shows(&self, leaf: &Leaf, text: &Str) -> bool {
        self.leaves.get(leaf).is_some_and(|own| trace_back::shows(text, own))
    }

    /// Tells whether everything that shows a value is new.
    fn is_new(&self, made: &Made, committed: &Committed) -> bool {
        // A certificate is as new as its key.
        let key = made.texts.get("Key").filter(|key| self.is_shown(key));
        let texts: Vec<&Str> = key.map_or_else(|| made.texts.values().collect(), |key| vec![key]);
        let mut shows = self.others.keys().filter(|leaf| texts.iter().any(|text| self.leaf_shows(leaf, text)));
        let mut is_shown = false;
        let is_new = shows.all(|leaf| {
            is_shown = true;
            !committed.leaves.contains_key(leaf)
        });
        is_shown && is_new
    }
}

/// Renders with other dice; nothing where it fails with them, since then everything depends on them.
fn rehearse_other(piece: Piece<'_>, known: &Known, world: World<'_>) -> Result<Option<Rehearsed>, Error> {
    match rehearse(piece, known, world) {
        Ok(other) => Ok(Some(other)),
        Err(error @ helm::Error::Template(helm::template::Error::Limit { .. })) => Err(failed(error)),
        Err(_) => Ok(None),
    }
}

fn leaves_or_none(rendered: &helm::Rendered, read: Reader<'_>) -> Leaves {
    read(rendered).map(|objects| leaves(&objects)).unwrap_or_default()
}

/// Returns the leaves that another rendering has otherwise, or has not.
fn differing(own: &Leaves, other: &Leaves) -> BTreeMap<Leaf, Option<Str>> {
    own.iter()
        .filter(|(leaf, text)| other.get(leaf) != Some(text))
        .map(|(leaf, _)| (leaf.clone(), other.get(leaf).cloned()))
        .collect()
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
