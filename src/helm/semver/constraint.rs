//! [`Constraints`]: reading a constraint, and asking it.

use std::fmt;
use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::helm::go::quote::quote_text;

use super::check::{self, Failed};
use super::terms::{Term, is_space, terms};
use super::{Error, Version};

/// The longest constraint that is read.
const MAX_LENGTH: usize = 512;
/// The most `||` groups that are read.
const MAX_GROUPS: usize = 32;

const VERSION: &str = r"v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
/// Go's `\s`, which has no vertical tab.
const SPACE: &str = r"[\t\n\f\r ]";

static RANGE: LazyLock<Regex> =
    LazyLock::new(|| compile(&format!("{SPACE}*({VERSION}){SPACE}+-{SPACE}+({VERSION}){SPACE}*")));

#[expect(clippy::expect_used, reason = "the expressions are constants, and every one is used by the tests")]
fn compile(expression: &str) -> Regex {
    regex::bytes::RegexBuilder::new(expression).unicode(false).build().expect("a constant expression compiles")
}

/// A constraint: groups of comparisons, of which one has to hold in all its parts.
#[derive(Clone, Debug)]
pub struct Constraints {
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    comparisons: Vec<Comparison>,
    /// A pre-release in one comparison lets pre-releases in for the whole group.
    takes_prereleases: bool,
}

/// One operator with one version.
#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub(super) version: Version,
    pub(super) text: String,
    pub(super) operator: Operator,
    spelling: String,
    /// Some part of the version is missing or a wildcard.
    pub(super) wild: bool,
    /// The minor number is the first such part.
    pub(super) wild_minor: bool,
    /// The patch number is.
    pub(super) wild_patch: bool,
}

/// What a comparison asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operator {
    EqualOrTilde,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

impl Constraints {
    /// Reads a constraint.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, Error> {
        let text = text.as_ref();
        if text.len() > MAX_LENGTH {
            return Err(Error::ConstraintTooLong { max: MAX_LENGTH });
        }
        let text = rewrite_ranges(text);
        let groups = split_on(&text, b"||");
        if groups.len() > MAX_GROUPS {
            return Err(Error::TooManyGroups { max: MAX_GROUPS });
        }
        let groups = groups.into_iter().map(Group::parse).collect::<Result<_, _>>()?;
        Ok(Self { groups })
    }

    /// Tells whether a version satisfies the constraint.
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            group
                .comparisons
                .iter()
                .all(|comparison| check::check(comparison, version, group.takes_prereleases).is_ok())
        })
    }

    /// Says why a version does not satisfy the constraint.
    ///
    /// # Errors
    /// The reasons, one for each comparison that does not hold, in Helm's words.
    pub fn explain(&self, version: &Version) -> Result<(), Vec<String>> {
        let mut reasons = Vec::new();
        let mut prerelease_said = false;
        for group in &self.groups {
            let mut holds = true;
            for comparison in &group.comparisons {
                if !group.takes_prereleases && !version.prerelease().is_empty() {
                    if !prerelease_said {
                        reasons.push(Failed::Prerelease.words(version, &comparison.text));
                        prerelease_said = true;
                    }
                    holds = false;
                } else if let Err(failed) = check::check(comparison, version, group.takes_prereleases) {
                    reasons.push(failed.words(version, &comparison.text));
                    holds = false;
                }
            }
            if holds {
                return Ok(());
            }
        }
        Err(reasons)
    }
}

impl fmt::Display for Constraints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, group) in self.groups.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" || ")?;
            }
            for (index, comparison) in group.comparisons.iter().enumerate() {
                let space = if index > 0 { " " } else { "" };
                write!(formatter, "{space}{}{}", comparison.spelling, comparison.text)?;
            }
        }
        Ok(())
    }
}

impl Group {
    fn parse(text: &[u8]) -> Result<Self, Error> {
        let terms = std::str::from_utf8(text).ok().and_then(terms).ok_or_else(|| improper(text))?;
        let comparisons: Vec<Comparison> = terms.into_iter().map(Comparison::new).collect::<Result<_, _>>()?;
        let takes_prereleases = comparisons.iter().any(|comparison| !comparison.version.prerelease().is_empty());
        Ok(Self { comparisons, takes_prereleases })
    }
}

impl Comparison {
    fn new(term: Term<'_>) -> Result<Self, Error> {
        let Term { operator: spelling, version: text, major, minor, patch, prerelease } = term;
        let is_wild = |number: &str| matches!(number, "" | "x" | "X" | "*" | ".x" | ".X" | ".*");
        let (wild_minor, wild_patch, plain) = if is_wild(major) {
            (false, false, Some(format!("0.0.0{prerelease}")))
        } else if is_wild(minor) {
            (true, false, Some(format!("{major}.0.0{prerelease}")))
        } else if is_wild(patch) {
            (false, true, Some(format!("{major}{minor}.0{prerelease}")))
        } else {
            (false, false, None)
        };
        let wild = plain.is_some();
        let version = Version::parse(plain.as_deref().unwrap_or(text)).map_err(|_| Error::ConstraintParser)?;
        let operator = Operator::from_spelling(spelling);
        let (text, spelling) = (text.to_owned(), spelling.to_owned());
        Ok(Self { version, text, operator, spelling, wild, wild_minor, wild_patch })
    }
}

impl Operator {
    fn from_spelling(spelling: &str) -> Self {
        match spelling {
            "!=" => Self::NotEqual,
            ">" => Self::Greater,
            "<" => Self::Less,
            ">=" | "=>" => Self::GreaterOrEqual,
            "<=" | "=<" => Self::LessOrEqual,
            "~" | "~>" => Self::Tilde,
            "^" => Self::Caret,
            _ => Self::EqualOrTilde,
        }
    }
}

/// Turns `1.2 - 1.4` into `>= 1.2, <= 1.4 `.
fn rewrite_ranges(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    if !text.windows(2).any(|pair| is_space(pair[0]) && pair[1] == b'-') {
        return out;
    }
    for captures in RANGE.captures_iter(text) {
        let part = |index: usize| captures.get(index).map_or(&b""[..], |found| found.as_bytes());
        let comparison = [b">= ", part(1), b", <= ", part(11), b" "].concat();
        let whole = part(0);
        if let Some(at) = out.windows(whole.len()).position(|window| window == whole) {
            out.splice(at..at + whole.len(), comparison);
        }
    }
    out
}

fn split_on<'a>(text: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.windows(separator.len()).position(|window| window == separator) {
        parts.push(&rest[..at]);
        rest = &rest[at + separator.len()..];
    }
    parts.push(rest);
    parts
}

fn improper(text: &[u8]) -> Error {
    Error::Improper { quoted: quote_text(text) }
}
