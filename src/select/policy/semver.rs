//! `semver`: strict semantic versions, and ranges of them.
//!
//! Not Helm's lenient reading (`helm::semver`): a short hash of digits must never pass for a version.

use std::cmp::Ordering;

use crate::select::input::{Kind, Settings};
use crate::select::outcome::Dropped;

/// A version; what follows a `+` has no rank and is not kept.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::select) struct Version {
    numbers: [u64; 3],
    pre_release: Vec<Part>,
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Part {
    // Numbers are below words.
    Number(NumberPart),
    Word(String),
}

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct NumberPart {
    length: usize,
    digits: String,
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| {
            match (self.pre_release.is_empty(), other.pre_release.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => self.pre_release.cmp(&other.pre_release),
            }
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Returns the key of a tag, or the rule that it breaks.
pub(super) fn key(settings: &Settings, text: &str) -> Result<Version, Dropped> {
    let version = parse(settings.kind, text).ok_or(Dropped::NotSemver)?;
    if !version.pre_release.is_empty() && !settings.pre_releases {
        return Err(Dropped::PreRelease);
    }
    match &settings.range {
        Some(range) if !range.takes(&version) => Err(Dropped::OutOfRange),
        _ => Ok(version),
    }
}

/// Reads a version; a tag has no `+`, so charts are pushed with `_` in its place.
pub(super) fn parse(kind: Kind, text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let text = if kind == Kind::Chart { text.replacen('_', "+", 1) } else { text.to_owned() };
    let (text, build) = text.split_once('+').map_or((text.as_str(), None), |(text, build)| (text, Some(build)));
    let (core, pre_release) = text.split_once('-').map_or((text, None), |(core, rest)| (core, Some(rest)));
    let numbers: Vec<u64> = core.split('.').map(number).collect::<Option<_>>()?;
    let numbers: [u64; 3] = numbers.try_into().ok()?;
    if !build.is_none_or(|build| build.split('.').all(is_identifier)) {
        return None;
    }
    let pre_release = match pre_release {
        None => Vec::new(),
        Some(text) => text.split('.').map(part).collect::<Option<Vec<Part>>>()?,
    };
    Some(Version { numbers, pre_release })
}

fn number(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain || (text.len() > 1 && text.starts_with('0')) {
        return None;
    }
    text.parse().ok()
}

fn part(text: &str) -> Option<Part> {
    if !is_identifier(text) {
        return None;
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Part::Word(text.to_owned()));
    }
    let fine = text.len() == 1 || !text.starts_with('0');
    fine.then(|| Part::Number(NumberPart { length: text.len(), digits: text.to_owned() }))
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Which versions count: comparisons joined by blanks, all of which must hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Range(Vec<Bounds>);

/// From the first (included) to the second (excluded).
#[derive(Clone, Debug, Eq, PartialEq)]
struct Bounds {
    from: Option<Bound>,
    to: Option<Bound>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Bound {
    numbers: [u64; 3],
    /// Whether pre-releases of exactly these numbers lie above the bound.
    before_pre_releases: bool,
}

/// A text that is no range.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is no range of versions: `^ ~ >= <= > < =` before one to three numbers, or `*`, joined by blanks")]
pub struct RangeError {
    /// The text.
    pub text: String,
}

impl Range {
    /// Reads a range.
    pub fn parse(text: &str) -> Result<Self, RangeError> {
        let fail = || RangeError { text: text.to_owned() };
        let bounds: Vec<Bounds> = text.split_ascii_whitespace().map(bounds).collect::<Option<_>>().ok_or_else(fail)?;
        if bounds.is_empty() { Err(fail()) } else { Ok(Self(bounds)) }
    }

    fn takes(&self, version: &Version) -> bool {
        self.0.iter().all(|bounds| {
            bounds.from.as_ref().is_none_or(|bound| bound.is_below(version))
                && bounds.to.as_ref().is_none_or(|bound| !bound.is_below(version))
        })
    }
}

impl Bound {
    fn is_below(&self, version: &Version) -> bool {
        match version.numbers.cmp(&self.numbers) {
            Ordering::Less => false,
            Ordering::Greater => true,
            Ordering::Equal => self.before_pre_releases || version.pre_release.is_empty(),
        }
    }
}

fn bounds(text: &str) -> Option<Bounds> {
    if text == "*" {
        return Some(Bounds { from: None, to: None });
    }
    let digits = text.find(|letter: char| letter.is_ascii_digit() || letter == 'v')?;
    let (operator, rest) = text.split_at(digits);
    let rest = rest.strip_prefix('v').unwrap_or(rest);
    let given: Vec<u64> = rest.split('.').map(number).collect::<Option<_>>()?;
    let at = |place: usize| given.get(place).copied().unwrap_or(0);
    let numbers = [at(0), at(1), at(2)];
    if given.len() > 3 {
        return None;
    }
    // `1.2` means all of 1.2.x; the first version after it begins with its pre-releases.
    let after = next(numbers, given.len() - 1);
    let exact = Bound { numbers, before_pre_releases: false };
    let (from, to) = match operator {
        "" | "=" => (Some(exact), Some(if given.len() == 3 { just_above(numbers)? } else { after? })),
        ">=" => (Some(exact), None),
        "<" => (None, Some(exact)),
        ">" => (Some(if given.len() == 3 { just_above(numbers)? } else { after? }), None),
        "<=" => (None, Some(if given.len() == 3 { just_above(numbers)? } else { after? })),
        "~" => (Some(exact), Some(next(numbers, given.len().min(2) - 1)?)),
        "^" => {
            let first = numbers.iter().position(|&number| number != 0).unwrap_or(given.len() - 1);
            (Some(exact), Some(next(numbers, first.min(given.len() - 1))?))
        }
        _ => return None,
    };
    Some(Bounds { from, to })
}

/// The bound between a version and everything above it: pre-releases of the next patch included.
fn just_above(numbers: [u64; 3]) -> Option<Bound> {
    next(numbers, 2)
}

/// Counts one number up, sets those after it to zero, and puts the bound before the pre-releases of that version.
fn next(mut numbers: [u64; 3], place: usize) -> Option<Bound> {
    let number = numbers.get_mut(place)?;
    *number = number.checked_add(1)?;
    for later in numbers.iter_mut().skip(place + 1) {
        *later = 0;
    }
    Some(Bound { numbers, before_pre_releases: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        parse(Kind::Image, text).unwrap()
    }

    #[test]
    fn follows_the_order_of_the_specification() {
        let order = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "v1.0.0",
            "1.0.1",
        ];
        for pair in order.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        for text in
            ["1", "1.2", "01.2.3", "1.2.3-01", "1.2.3.4", "1234567", "12e4567", "1.2.3-", "1.2.3-a..b", "V1.2.3", ""]
        {
            assert!(parse(Kind::Image, text).is_none(), "{text}");
        }
        assert!(parse(Kind::Chart, "0.2.0_0ab1234").is_some());
        assert!(parse(Kind::Image, "0.2.0_0ab1234").is_none());
    }

    #[test]
    fn ranges_take_what_they_say() {
        for (range, taken, refused) in [
            (">=1.0.0 <2.0.0", &["1.0.0", "1.12.3"][..], &["0.9.9", "2.0.0", "1.0.0-rc.1"][..]),
            ("^1.2", &["1.2.0", "1.9.0"], &["1.1.9", "2.0.0", "2.0.0-rc.1"]),
            ("^0.2.3", &["0.2.3", "0.2.9"], &["0.3.0", "0.2.2"]),
            ("^0.0.3", &["0.0.3"], &["0.0.4"]),
            ("^0", &["0.0.1", "0.9.0"], &["1.0.0"]),
            ("~1.2.3", &["1.2.3", "1.2.9"], &["1.3.0"]),
            ("~1", &["1.0.0", "1.9.0"], &["2.0.0"]),
            ("<=1.2", &["1.2.9", "0.1.0"], &["1.3.0"]),
            (">1.2", &["1.3.0"], &["1.2.9"]),
            (">1.2.3", &["1.2.4"], &["1.2.3"]),
            ("=1.2.3", &["1.2.3"], &["1.2.4", "1.2.3-rc.1"]),
            ("*", &["0.0.0", "9.9.9"], &[]),
        ] {
            let parsed = Range::parse(range).unwrap();
            for text in taken {
                assert!(parsed.takes(&version(text)), "{range} takes {text}");
            }
            for text in refused {
                assert!(!parsed.takes(&version(text)), "{range} refuses {text}");
            }
        }
        for text in ["", "1.2.3.4", "!1", "^", ">= 1", "1.x", "^01"] {
            assert!(Range::parse(text).is_err(), "{text}");
        }
    }
}
