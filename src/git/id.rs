//! [`Id`]: the name git gives to an object.

use std::fmt;
use std::str::FromStr;

/// The id of an object: a SHA-1, written as forty lower-case hexadecimal digits.
///
/// Text from outside becomes an id only as forty digits, never through git's revision syntax.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 20]);

/// Why a text is no object id.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("an object id is forty hexadecimal digits")]
pub struct BadId;

impl Id {
    /// Takes the twenty bytes of an id.
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Returns the twenty bytes.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// Returns the first digits, for people.
    pub fn short(&self) -> String {
        self.to_string().chars().take(9).collect()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let digits: Vec<u8> = text
            .chars()
            .map(|digit| if digit.is_ascii_uppercase() { None } else { digit.to_digit(16) }.map(|digit| digit as u8))
            .collect::<Option<_>>()
            .ok_or(BadId)?;
        let bytes: Vec<u8> =
            digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        if digits.len() != 40 {
            return Err(BadId);
        }
        bytes.try_into().map(Self).map_err(|_| BadId)
    }
}

impl TryFrom<&[u8]> for Id {
    type Error = BadId;

    fn try_from(bytes: &[u8]) -> Result<Self, BadId> {
        bytes.try_into().map(Self).map_err(|_| BadId)
    }
}

impl From<git2::Oid> for Id {
    fn from(id: git2::Oid) -> Self {
        let mut bytes = [0; 20];
        bytes.iter_mut().zip(id.as_bytes()).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        let text = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        assert_eq!(text.parse::<Id>().unwrap().short(), "012345678");
    }

    #[test]
    fn takes_no_revision_syntax() {
        for text in [
            "",
            "HEAD",
            ":/x",
            "HEAD^{/x}",
            "@{-1}",
            "0123456",
            "0123456789ABCDEF0123456789abcdef01234567",
            "zz23456789abcdef0123456789abcdef01234567",
        ] {
            assert_eq!(text.parse::<Id>(), Err(BadId), "{text}");
        }
    }
}
