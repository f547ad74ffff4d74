//! [`Tag`]: the label of an image.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A tag as OCI allows it. Always a text, never a number: `0012345` and `12e4567` are seven characters each.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

/// A text that no tag may be.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is no tag: a letter, digit or `_`, then at most 127 of letters, digits, `_`, `.` and `-`")]
pub struct TagError {
    /// The text, cut where it is very long.
    pub text: String,
}

impl Tag {
    /// Reads a tag.
    pub fn parse(text: &str) -> Result<Self, TagError> {
        if Self::allows(text) { Ok(Self(text.to_owned())) } else { Err(TagError { text: cut(text) }) }
    }

    /// Tells whether `text` follows the grammar of tags.
    pub fn allows(text: &str) -> bool {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut bytes = text.bytes();
        text.len() <= 128
            && bytes.next().is_some_and(word)
            && bytes.all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for Tag {
    type Error = TagError;

    fn try_from(text: String) -> Result<Self, TagError> {
        Self::parse(&text)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

/// Shortens a text from outside so that an error stays readable.
pub(super) fn cut(text: &str) -> String {
    const MOST: usize = 160;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(MOST).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_grammar() {
        for text in ["0012345", "12e4567", "_x", "v1.2.3-rc.1", &"a".repeat(128)] {
            assert!(Tag::allows(text), "{text}");
        }
        for text in ["", "-rf", ".git", "a b", "a\n", "$(id)", "é", "; rm -rf /", "a\u{202e}b", &"a".repeat(129)] {
            assert!(!Tag::allows(text), "{text}");
        }
    }
}
