//! [`Pattern`]: a regular expression over tags.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// Which tags count. Searched anywhere in the tag, so `^` and `$` are for the writer to set.
///
/// Two named groups mean something: `sha` is the hash in the tag, `order` is what `semver`, `number` and `name` compare.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

/// A text that is no regular expression.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is no regular expression: {reason}")]
pub struct PatternError {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What a pattern took out of a tag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Match<'t> {
    /// The hash, in whatever case it was written.
    pub(super) hash: Option<&'t str>,
    /// What is compared by `semver`, `number` and `name`.
    pub(super) order: &'t str,
}

/// Short SHAs of 7 to 40 digits.
pub(super) const DEFAULT: &str = "^[0-9a-f]{7,40}$";
/// A compiled pattern takes no more than this.
const MOST_BYTES: usize = 1 << 20;

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        RegexBuilder::new(text).size_limit(MOST_BYTES).build().map(Self).map_err(|error| PatternError {
            text: text.to_owned(),
            // The crate draws the pattern over several lines; its last line says what is wrong.
            reason: error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
        })
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Tells whether the pattern takes a tag.
    pub fn takes(&self, tag: &str) -> bool {
        self.0.is_match(tag)
    }

    pub(super) fn read<'t>(&self, tag: &'t str) -> Option<Match<'t>> {
        let captures = self.0.captures(tag)?;
        let group = |name: &str| captures.name(name).map(|found| found.as_str());
        let hash = if self.0.capture_names().flatten().any(|name| name == "sha") {
            group("sha").filter(|hash| is_hash(hash))
        } else {
            Some(tag).filter(|tag| is_hash(tag))
        };
        Some(Match { hash, order: group("order").unwrap_or(tag) })
    }
}

impl Default for Pattern {
    #[expect(clippy::unwrap_used, reason = "a constant, compiled in a test")]
    fn default() -> Self {
        static COMPILED: LazyLock<Regex> = LazyLock::new(|| Regex::new(DEFAULT).unwrap());
        Self(COMPILED.clone())
    }
}

pub(super) fn is_hash(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_takes_short_hashes_only() {
        let pattern = Pattern::default();
        for tag in ["1234567", "0e00000", "defaced", &"a".repeat(40)] {
            assert_eq!(pattern.read(tag).unwrap().hash, Some(tag));
        }
        for tag in ["123456", "ABC1234", "abc1234\n", &"a".repeat(41), "v1234567"] {
            assert!(!pattern.takes(tag), "{tag:?}");
        }
    }

    #[test]
    fn groups_take_hash_and_order_out() {
        let pattern = Pattern::parse("^(?P<order>[0-9]+)-(?P<sha>[0-9a-f]{7})?$").unwrap();
        let found = pattern.read("17-abc1234").unwrap();
        assert_eq!((found.hash, found.order), (Some("abc1234"), "17"));
        assert_eq!(pattern.read("99-").unwrap().hash, None);
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(Pattern::parse("(").unwrap_err().reason, "unclosed group");
        assert!(Pattern::parse("(a{1000}){1000}").is_err());
    }
}
