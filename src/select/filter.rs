//! Rules 4 to 7: which tags count at all.

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use super::facts::{Entry, Facts};
use super::input::{Input, Kind, Policy};
use super::outcome::Dropped;
use super::pattern::Match;
use super::policy::{Key, created, follow};
use crate::image::Tag;

/// How far a clock may be ahead.
const LEEWAY: SignedDuration = SignedDuration::from_secs(300);

/// A tag that counts, of the entry `at`.
pub(super) struct Counted<'a> {
    pub(super) at: usize,
    pub(super) tag: &'a str,
    pub(super) hash: Option<&'a str>,
    pub(super) key: Key,
}

/// Returns the tags that count, and why the others do not.
pub(super) fn tags<'a>(
    input: &Input<'a>,
    facts: &Facts<'a>,
    dropped: &mut BTreeMap<&'a str, Dropped>,
) -> Vec<Counted<'a>> {
    let children: HashSet<&str> =
        facts.images.iter().flat_map(|entry| &entry.image.children).map(String::as_str).collect();
    let mut counted = Vec::new();
    for (at, entry) in facts.images.iter().enumerate() {
        for &tag in &entry.tags {
            let verdict = read(input, facts, at, tag).and_then(|found| {
                image(input, entry, &children)?;
                let key = Key::of(input, entry, &found)?;
                Ok(Counted { at, tag, hash: found.hash, key })
            });
            match verdict {
                Ok(tag) => counted.push(tag),
                Err(reason) => {
                    dropped.insert(tag, reason);
                }
            }
        }
    }
    counted
}

/// Looks at the text of a tag, and at where it stands.
fn read<'a>(input: &Input<'a>, facts: &Facts<'a>, at: usize, tag: &'a str) -> Result<Match<'a>, Dropped> {
    if !Tag::allows(tag) {
        return Err(Dropped::InvalidTag);
    }
    let found = if input.settings.policy == Policy::Digest {
        // The moving tag is named, not matched; the hash, if any, is still taken out of it.
        input.settings.pattern.read(tag).unwrap_or(Match { hash: None, order: tag })
    } else {
        input.settings.pattern.read(tag).ok_or(Dropped::NotMatching)?
    };
    if input.settings.ignore.iter().any(|pattern| pattern.takes(tag)) {
        return Err(Dropped::Ignored);
    }
    if !follow::is_followed(input, facts, at, tag) {
        return Err(Dropped::NotFollowed);
    }
    if facts.is_moved(at, tag) {
        return Err(Dropped::TagMoved);
    }
    Ok(found)
}

/// Looks at the image that a tag stands for.
fn image(input: &Input<'_>, entry: &Entry<'_>, children: &HashSet<&str>) -> Result<(), Dropped> {
    let (settings, image) = (input.settings, entry.image);
    if image.kind != settings.kind || has_no_image(image.platforms.as_deref()) {
        return Err(Dropped::WrongKind);
    }
    if children.contains(image.digest.as_str()) {
        return Err(Dropped::ChildOfIndex);
    }
    if let Some(wanted) = &settings.platform
        && settings.kind == Kind::Image
        && !image.platforms.iter().flatten().any(|platform| fits(wanted, platform))
    {
        return Err(Dropped::MissingPlatform);
    }
    let clock = match settings.policy {
        Policy::Pushed => entry.pushed_at,
        Policy::Created => Some(created::date(input, image).ok_or(Dropped::NoBuildDate)?),
        _ => None,
    };
    if clock.is_some_and(|time| is_ahead(time, input.now)) {
        return Err(Dropped::InFuture);
    }
    if let Some(minimum) = settings.minimum_age {
        let old_enough = entry.pushed_at.is_some_and(|pushed| input.now.duration_since(pushed) >= minimum);
        if !old_enough {
            return Err(Dropped::TooYoung);
        }
    }
    Ok(())
}

fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time.duration_since(now) > LEEWAY
}

/// An index of attestations only: every entry is of the platform `unknown/…`.
fn has_no_image(platforms: Option<&[String]>) -> bool {
    platforms.is_some_and(|platforms| !platforms.is_empty() && platforms.iter().all(|platform| is_unknown(platform)))
}

fn is_unknown(platform: &str) -> bool {
    platform.split('/').next() == Some("unknown")
}

/// `linux/arm64` is `linux/arm64/v8` by definition; other variants count where they are asked for.
pub(super) fn fits(wanted: &str, platform: &str) -> bool {
    let parts = |text: &str| {
        let mut parts = text.splitn(3, '/').map(str::to_owned);
        (parts.next(), parts.next(), parts.next())
    };
    let (wanted, found) = (parts(wanted), parts(platform));
    let usual = |architecture: Option<&str>, variant: Option<String>| match (architecture, variant.as_deref()) {
        (Some("arm64"), Some("v8")) => None,
        _ => variant,
    };
    let asked = usual(wanted.1.as_deref(), wanted.2.clone());
    let there = usual(found.1.as_deref(), found.2.clone());
    !is_unknown(platform) && wanted.0 == found.0 && wanted.1 == found.1 && (asked == there || wanted.2.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_count_where_they_are_asked_for() {
        for (wanted, platform, good) in [
            ("linux/arm64", "linux/arm64/v8", true),
            ("linux/arm64/v8", "linux/arm64", true),
            ("linux/arm/v7", "linux/arm/v6", false),
            ("linux/arm/v7", "linux/arm", false),
            ("linux/arm", "linux/arm/v7", true),
            ("linux/amd64", "windows/amd64", false),
            ("unknown/unknown", "unknown/unknown", false),
        ] {
            assert_eq!(fits(wanted, platform), good, "{wanted} {platform}");
        }
    }
}
