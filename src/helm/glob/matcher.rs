//! The matchers, each with the library's three questions: does all of it match, where is the first match, how long is one.

use std::cell::Cell;

use crate::helm::go::utf8::{decode, runes};

use super::Error;

/// How many questions one match may ask; a pattern of many `*` multiplies them.
const MAX_QUESTIONS: usize = 2_000_000;

/// The count of what one match has done.
#[derive(Debug, Default)]
pub(super) struct Work(Cell<usize>);

impl Work {
    fn spend(&self, units: usize) -> Result<(), Error> {
        let done = self.0.get().saturating_add(units + 1);
        self.0.set(done);
        if done > MAX_QUESTIONS { Err(Error::Limit { what: "work" }) } else { Ok(()) }
    }
}

/// A compiled piece of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Nothing,
    Text { text: Vec<u8>, runes: usize },
    Super,
    Any(Vec<char>),
    Single(Vec<char>),
    List { runes: Vec<char>, not: bool },
    Range { low: char, high: char, not: bool },
    Contains { text: Vec<u8>, not: bool },
    Prefix(Vec<u8>),
    Suffix(Vec<u8>),
    PrefixSuffix { prefix: Vec<u8>, suffix: Vec<u8> },
    PrefixAny { prefix: Vec<u8>, separators: Vec<char> },
    SuffixAny { suffix: Vec<u8>, separators: Vec<char> },
    Min(usize),
    Max(usize),
    Row { matchers: Vec<Self>, length: usize },
    AnyOf(Vec<Self>),
    EveryOf(Vec<Self>),
    Tree(Box<Tree>),
}

/// A matcher that looks for one part, and asks others for what stands left and right of it.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) value: Matcher,
    pub(super) left: Option<Matcher>,
    pub(super) right: Option<Matcher>,
    left_length: Option<usize>,
    right_length: Option<usize>,
    length: Option<usize>,
}

/// Where a match begins, and the lengths that it may have from there.
type Found = Option<(usize, Vec<usize>)>;

impl Matcher {
    pub(super) fn text(runes: &[char]) -> Self {
        Self::Text { text: runes.iter().collect::<String>().into_bytes(), runes: runes.len() }
    }

    pub(super) fn tree(value: Self, left: Option<Self>, right: Option<Self>) -> Self {
        let side = |matcher: &Option<Self>| matcher.as_ref().map_or(Some(0), Self::length);
        let (left_length, right_length) = (side(&left), side(&right));
        let length =
            value.length().zip(left_length).zip(right_length).map(|((value, left), right)| value + left + right);
        Self::Tree(Box::new(Tree { value, left, right, left_length, right_length, length }))
    }

    /// Returns the fixed length in runes, if there is one.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Nothing => Some(0),
            Self::Text { runes, .. } => Some(*runes),
            Self::Single(_) | Self::List { .. } | Self::Range { .. } => Some(1),
            Self::Row { length, .. } => Some(*length),
            Self::AnyOf(matchers) => {
                let mut common = None;
                for matcher in matchers {
                    let length = matcher.length();
                    if common.is_none() {
                        common = length;
                    } else if length != common {
                        return None;
                    }
                }
                common
            }
            Self::Tree(tree) => tree.length,
            _ => None,
        }
    }

    /// Tells whether the whole text matches.
    pub(super) fn matches(&self, text: &[u8], work: &Work) -> Result<bool, Error> {
        work.spend(0)?;
        Ok(match self {
            Self::Nothing => text.is_empty(),
            Self::Text { text: wanted, .. } => text == wanted,
            Self::Super => true,
            Self::Any(separators) => find_any(text, separators).is_none(),
            Self::Single(_) | Self::List { .. } | Self::Range { .. } => {
                let (rune, width) = decode(text);
                text.len() <= width && self.takes(rune)
            }
            Self::Contains { text: wanted, not } => find(text, wanted).is_some() != *not,
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::Suffix(suffix) => text.ends_with(suffix),
            Self::PrefixSuffix { prefix, suffix } => text.starts_with(prefix) && text.ends_with(suffix),
            Self::PrefixAny { prefix, separators } => {
                text.strip_prefix(&prefix[..]).is_some_and(|rest| find_any(rest, separators).is_none())
            }
            Self::SuffixAny { suffix, separators } => {
                text.strip_suffix(&suffix[..]).is_some_and(|rest| find_any(rest, separators).is_none())
            }
            Self::Min(limit) => indices(text).nth(limit.saturating_sub(1)).is_some(),
            Self::Max(limit) => indices(text).nth(*limit).is_none(),
            Self::Row { matchers, length } => {
                indices(text).take(length + 1).count() == *length && matches_row(matchers, text, work)?
            }
            Self::AnyOf(matchers) => {
                for matcher in matchers {
                    if matcher.matches(text, work)? {
                        return Ok(true);
                    }
                }
                false
            }
            Self::EveryOf(matchers) => {
                for matcher in matchers {
                    if !matcher.matches(text, work)? {
                        return Ok(false);
                    }
                }
                true
            }
            Self::Tree(tree) => tree.matches(text, work)?,
        })
    }

    /// Tells whether a matcher of one rune takes this one.
    fn takes(&self, rune: char) -> bool {
        match self {
            Self::Single(separators) => !separators.contains(&rune),
            Self::List { runes, not } => runes.contains(&rune) != *not,
            Self::Range { low, high, not } => (*low <= rune && rune <= *high) != *not,
            _ => false,
        }
    }

    /// Finds the first match within a text.
    fn index(&self, text: &[u8], work: &Work) -> Result<Found, Error> {
        work.spend(text.len() / 8)?;
        Ok(match self {
            Self::Nothing => Some((0, vec![0])),
            Self::Text { text: wanted, .. } => find(text, wanted).map(|at| (at, vec![wanted.len()])),
            Self::Super => Some((0, starts(text, 0))),
            Self::Any(separators) => match find_any(text, separators) {
                Some(0) => Some((0, vec![0])),
                Some(end) => Some((0, starts(&text[..end], 0))),
                None => Some((0, starts(text, 0))),
            },
            Self::Single(_) | Self::List { .. } | Self::Range { .. } => {
                indices(text).find(|&(_, rune)| self.takes(rune)).map(|(at, rune)| (at, vec![rune.len_utf8()]))
            }
            Self::Contains { text: wanted, not } => contains(text, wanted, *not),
            Self::Prefix(prefix) => find(text, prefix).map(|at| (at, ends(&text[at + prefix.len()..], prefix.len()))),
            Self::Suffix(suffix) => find(text, suffix).map(|at| (0, vec![at + suffix.len()])),
            Self::PrefixSuffix { prefix, suffix } => prefix_suffix(text, prefix, suffix),
            Self::PrefixAny { prefix, separators } => find(text, prefix).map(|at| {
                let rest = &text[at + prefix.len()..];
                (at, ends(&rest[..find_any(rest, separators).unwrap_or(rest.len())], prefix.len()))
            }),
            Self::SuffixAny { suffix, separators } => find(text, suffix).map(|at| {
                let from = find_last_any(&text[..at], separators).map_or(0, |at| at + 1);
                (from, vec![at + suffix.len() - from])
            }),
            Self::Min(limit) => minimum(text, *limit),
            Self::Max(limit) => {
                let mut lengths = vec![0];
                lengths.extend(indices(text).take(*limit).map(|(at, rune)| at + rune.len_utf8()));
                Some((0, lengths))
            }
            Self::Row { matchers, length } => {
                for (at, _) in indices(text) {
                    if text.len() - at < *length {
                        break;
                    }
                    if matches_row(matchers, &text[at..], work)? {
                        return Ok(Some((at, vec![*length])));
                    }
                }
                None
            }
            Self::AnyOf(matchers) => index_of_any(matchers, text, work)?,
            Self::EveryOf(matchers) => index_of_every(matchers, text, work)?,
            // The library never looks for a tree within a text.
            Self::Tree(_) => None,
        })
    }
}

impl Tree {
    fn matches(&self, text: &[u8], work: &Work) -> Result<bool, Error> {
        if self.length.is_some_and(|length| length > text.len()) {
            return Ok(false);
        }
        let mut offset = self.left_length.unwrap_or(0);
        let limit = text.len().saturating_sub(self.right_length.unwrap_or(0));
        while offset < limit {
            let Some((index, lengths)) = self.value.index(&text[offset..limit], work)? else { return Ok(false) };
            let at = offset + index;
            let before = &text[..at];
            let left = match &self.left {
                Some(matcher) => matcher.matches(before, work)?,
                None => before.is_empty(),
            };
            if left {
                for length in lengths.iter().rev() {
                    let after = text.get(at + length..).unwrap_or_default();
                    let right = match &self.right {
                        Some(matcher) => matcher.matches(after, work)?,
                        None => after.is_empty(),
                    };
                    if right {
                        return Ok(true);
                    }
                }
            }
            let (_, step) = decode(&text[at..]);
            offset = at + step;
        }
        Ok(false)
    }
}

/// Matches a row piece by piece. A piece ends with the *first byte* of its last rune, which is what the library does.
fn matches_row(matchers: &[Matcher], text: &[u8], work: &Work) -> Result<bool, Error> {
    let mut at = 0;
    for matcher in matchers {
        let length = matcher.length().unwrap_or(0);
        let rest = text.get(at..).unwrap_or_default();
        let (mut last, mut count) = (0, 0);
        for (index, _) in indices(rest) {
            last = index;
            count += 1;
            if count == length {
                break;
            }
        }
        if count < length {
            return Ok(false);
        }
        let end = at + last + 1;
        let piece = text.get(at..end).ok_or(Error::OutOfRange { end, length: text.len() })?;
        if !matcher.matches(piece, work)? {
            return Ok(false);
        }
        at = end;
    }
    Ok(true)
}

/// The offsets of all runes and of the end, moved by an offset.
fn starts(text: &[u8], offset: usize) -> Vec<usize> {
    indices(text).map(|(at, _)| at).chain([text.len()]).map(|at| at + offset).collect()
}

/// The offset itself, then the ends of all runes from there.
fn ends(text: &[u8], offset: usize) -> Vec<usize> {
    std::iter::once(offset).chain(indices(text).map(|(at, rune)| offset + at + rune.len_utf8())).collect()
}

fn contains(text: &[u8], wanted: &[u8], not: bool) -> Found {
    let at = find(text, wanted);
    if not {
        return Some((0, starts(&text[..at.unwrap_or(text.len())], 0)));
    }
    let offset = at? + wanted.len();
    Some((0, if text.len() <= offset { vec![offset] } else { starts(&text[offset..], offset) }))
}

fn prefix_suffix(text: &[u8], prefix: &[u8], suffix: &[u8]) -> Found {
    let at = find(text, prefix)?;
    if suffix.is_empty() {
        return Some((at, vec![text.len() - at]));
    }
    let mut rest = &text[at..];
    let mut lengths = Vec::new();
    while let Some(found) = find_last(rest, suffix) {
        lengths.push(found + suffix.len());
        rest = &rest[..found];
    }
    lengths.reverse();
    (!lengths.is_empty()).then_some((at, lengths))
}

fn minimum(text: &[u8], limit: usize) -> Found {
    if text.len() < limit {
        return None;
    }
    let lengths: Vec<usize> =
        indices(text).skip(limit.saturating_sub(1)).map(|(at, rune)| at + rune.len_utf8()).collect();
    (!lengths.is_empty()).then_some((0, lengths))
}

fn index_of_any(matchers: &[Matcher], text: &[u8], work: &Work) -> Result<Found, Error> {
    let mut first: Found = None;
    for matcher in matchers {
        let Some((at, lengths)) = matcher.index(text, work)? else { continue };
        match &mut first {
            Some((best, _)) if at > *best => {}
            Some((best, known)) if at == *best => {
                known.extend(lengths);
                known.sort_unstable();
                known.dedup();
            }
            _ => first = Some((at, lengths)),
        }
    }
    Ok(first)
}

fn index_of_every(matchers: &[Matcher], text: &[u8], work: &Work) -> Result<Found, Error> {
    let (mut index, mut offset) = (0, 0);
    let mut current: Vec<usize> = Vec::new();
    let mut rest = text;
    for (number, matcher) in matchers.iter().enumerate() {
        let Some((at, lengths)) = matcher.index(rest, work)? else { return Ok(None) };
        if number == 0 {
            current = lengths;
        } else {
            let delta = index as i64 - (at + offset) as i64;
            current.retain(|known| lengths.iter().any(|length| *known as i64 + delta == *length as i64));
            // The library keeps the shifted lengths.
            for known in &mut current {
                *known = usize::try_from(*known as i64 + delta).unwrap_or(0);
            }
            if current.is_empty() {
                return Ok(None);
            }
        }
        index = at + offset;
        rest = text.get(index..).unwrap_or_default();
        offset += at;
    }
    Ok(Some((index, current)))
}

fn find_any(text: &[u8], runes: &[char]) -> Option<usize> {
    let mut buffer = [0; 4];
    runes.iter().find_map(|rune| find(text, rune.encode_utf8(&mut buffer).as_bytes()))
}

fn find_last_any(text: &[u8], runes: &[char]) -> Option<usize> {
    let mut buffer = [0; 4];
    runes.iter().find_map(|rune| find_last(text, rune.encode_utf8(&mut buffer).as_bytes()))
}

/// Walks the runes of a text with their offsets.
fn indices(text: &[u8]) -> impl Iterator<Item = (usize, char)> {
    runes(text).map(|(at, rune, _)| (at, rune))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() { Some(0) } else { text.windows(part.len()).position(|window| window == part) }
}

fn find_last(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() { Some(text.len()) } else { text.windows(part.len()).rposition(|window| window == part) }
}
