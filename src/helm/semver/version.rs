//! [`Version`]: reading, printing and ordering one version.

use std::cmp::Ordering;
use std::fmt;

use super::Error;

/// The longest text that is read as a version.
const MAX_LENGTH: usize = 256;

/// A semantic version, with the text that it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    major: u64,
    minor: u64,
    patch: u64,
    prerelease: String,
    metadata: String,
    original: String,
}

impl Version {
    /// Reads a version leniently: a leading `v` and missing minor and patch numbers are accepted.
    pub fn parse(text: impl AsRef<[u8]>) -> Result<Self, Error> {
        let text = text.as_ref();
        if text.len() > MAX_LENGTH {
            return Err(Error::VersionTooLong { max: MAX_LENGTH });
        }
        // Anything that is not ASCII cannot have the shape of a version.
        let original = std::str::from_utf8(text).map_err(|_| Error::Invalid)?;
        let shape = Shape::of(original).ok_or(Error::Invalid)?;
        let version = Self {
            major: lenient_number(shape.numbers[0])?,
            minor: lenient_number(shape.numbers[1])?,
            patch: lenient_number(shape.numbers[2])?,
            prerelease: shape.prerelease.to_owned(),
            metadata: shape.metadata.to_owned(),
            original: original.to_owned(),
        };
        if !version.prerelease.is_empty() {
            validate_prerelease(&version.prerelease)?;
        }
        if !version.metadata.is_empty() {
            validate_metadata(&version.metadata)?;
        }
        Ok(version)
    }

    /// Reads a version as the specification has it: three numbers, no leading `v`, no leading zeros.
    pub fn parse_strict(text: impl AsRef<[u8]>) -> Result<Self, Error> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(Error::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(Error::VersionTooLong { max: MAX_LENGTH });
        }
        let original = String::from_utf8_lossy(text).into_owned();
        let mut parts = original.splitn(3, '.');
        let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Error::Invalid);
        };
        let (rest, metadata) = rest.split_once('+').map_or((rest, None), |(rest, metadata)| (rest, Some(metadata)));
        if let Some(metadata) = metadata {
            validate_metadata(metadata)?;
        }
        let (patch, prerelease) = rest.split_once('-').map_or((rest, None), |(patch, pre)| (patch, Some(pre)));
        if let Some(prerelease) = prerelease {
            validate_prerelease(prerelease)?;
        }
        for part in [major, minor, patch] {
            if !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Error::Characters);
            }
            if part.len() > 1 && part.starts_with('0') {
                return Err(Error::LeadingZero);
            }
        }
        Ok(Self {
            major: strict_number(major)?,
            minor: strict_number(minor)?,
            patch: strict_number(patch)?,
            prerelease: prerelease.unwrap_or_default().to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: original.clone(),
        })
    }

    /// Returns the first number.
    pub fn major(&self) -> u64 {
        self.major
    }

    /// Returns the second number.
    pub fn minor(&self) -> u64 {
        self.minor
    }

    /// Returns the third number.
    pub fn patch(&self) -> u64 {
        self.patch
    }

    /// Returns what stands behind `-`, or nothing.
    pub fn prerelease(&self) -> &str {
        &self.prerelease
    }

    /// Returns what stands behind `+`, or nothing.
    pub fn metadata(&self) -> &str {
        &self.metadata
    }

    /// Returns the text that was read.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// Returns the next major version, `None` where the number would overflow.
    pub fn next_major(&self) -> Option<Self> {
        Some(self.release(self.major.checked_add(1)?, 0, 0))
    }

    /// Returns the next minor version, `None` where the number would overflow.
    pub fn next_minor(&self) -> Option<Self> {
        Some(self.release(self.major, self.minor.checked_add(1)?, 0))
    }

    /// Returns the next patch version (of a pre-release: its release), `None` where the number would overflow.
    pub fn next_patch(&self) -> Option<Self> {
        let patch = if self.prerelease.is_empty() { self.patch.checked_add(1)? } else { self.patch };
        Some(self.release(self.major, self.minor, patch))
    }

    /// Returns the version with another pre-release part.
    pub fn with_prerelease(&self, prerelease: &str) -> Result<Self, Error> {
        if !prerelease.is_empty() {
            validate_prerelease(prerelease)?;
        }
        Ok(Self { prerelease: prerelease.to_owned(), ..self.clone() }.renamed())
    }

    /// Returns the version with other metadata.
    pub fn with_metadata(&self, metadata: &str) -> Result<Self, Error> {
        if !metadata.is_empty() {
            validate_metadata(metadata)?;
        }
        Ok(Self { metadata: metadata.to_owned(), ..self.clone() }.renamed())
    }

    /// Orders two versions; metadata takes no part.
    pub fn compare(&self, other: &Self) -> Ordering {
        self.major.cmp(&other.major).then(self.minor.cmp(&other.minor)).then(self.patch.cmp(&other.patch)).then_with(
            || match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_prerelease(&self.prerelease, &other.prerelease),
            },
        )
    }

    fn release(&self, major: u64, minor: u64, patch: u64) -> Self {
        let bare = Self { major, minor, patch, prerelease: String::new(), metadata: String::new(), ..self.clone() };
        bare.renamed()
    }

    /// Makes the original text the printed one, keeping a `v` in front.
    fn renamed(mut self) -> Self {
        let prefix = if self.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{prefix}{self}");
        self
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(formatter, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(formatter, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// The parts of a lenient version: `v?N(.N)?(.N)?(-IDS)?(+IDS)?`.
struct Shape<'a> {
    numbers: [&'a str; 3],
    prerelease: &'a str,
    metadata: &'a str,
}

impl<'a> Shape<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = text.split_once('+').map_or((text, None), |(text, metadata)| (text, Some(metadata)));
        let (text, prerelease) = text.split_once('-').map_or((text, None), |(text, pre)| (text, Some(pre)));
        if !metadata.is_none_or(is_identifiers) || !prerelease.is_none_or(is_identifiers) {
            return None;
        }
        let mut numbers = [""; 3];
        for (index, part) in text.split('.').enumerate() {
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *numbers.get_mut(index)? = part;
        }
        Some(Self { numbers, prerelease: prerelease.unwrap_or_default(), metadata: metadata.unwrap_or_default() })
    }
}

fn is_identifiers(text: &str) -> bool {
    text.split('.').all(|part| !part.is_empty() && is_allowed(part))
}

fn is_allowed(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn lenient_number(digits: &str) -> Result<u64, Error> {
    if digits.is_empty() {
        return Ok(0);
    }
    digits.parse().map_err(|_| Error::Range { segment: digits.to_owned() })
}

fn strict_number(digits: &str) -> Result<u64, Error> {
    let reason = if digits.is_empty() { "invalid syntax" } else { "value out of range" };
    digits.parse().map_err(|_| Error::Number { segment: digits.to_owned(), reason })
}

fn validate_prerelease(text: &str) -> Result<(), Error> {
    for part in text.split('.') {
        if part.is_empty() {
            return Err(Error::Prerelease);
        }
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            if part.len() > 1 && part.starts_with('0') {
                return Err(Error::LeadingZero);
            }
        } else if !is_allowed(part) {
            return Err(Error::Prerelease);
        }
    }
    Ok(())
}

fn validate_metadata(text: &str) -> Result<(), Error> {
    if is_identifiers(text) { Ok(()) } else { Err(Error::Metadata) }
}

/// Orders two pre-release parts, piece by piece; a missing piece is the lower one.
pub(super) fn compare_prerelease(left: &str, right: &str) -> Ordering {
    let mut left = left.split('.');
    let mut right = right.split('.');
    loop {
        let (one, other) = (left.next(), right.next());
        if one.is_none() && other.is_none() {
            return Ordering::Equal;
        }
        let order = compare_piece(one.unwrap_or_default(), other.unwrap_or_default());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Numbers come before texts, and are compared as numbers if they fit 64 bits.
fn compare_piece(one: &str, other: &str) -> Ordering {
    if one.is_empty() || other.is_empty() {
        return one.len().cmp(&other.len());
    }
    match (one.parse::<u64>(), other.parse::<u64>()) {
        (Err(_), Err(_)) => one.cmp(other),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Ok(one), Ok(other)) => one.cmp(&other),
    }
}
