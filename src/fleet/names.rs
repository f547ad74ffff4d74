//! Names as types: environments, releases, images of a release, short SHAs. Tags and digests are [`crate::image`]'s.
//!
//! Names become paths, branches and labels, so what a name may be made of is decided here, once.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a text is not such a name. What follows a line break in the text is the hint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Empty.
    #[error("{kind} name is empty")]
    Empty {
        /// What was to be named.
        kind: &'static str,
    },
    /// Longer than allowed.
    #[error("{kind} name `{text}` has more than {limit} characters")]
    TooLong {
        /// What was to be named.
        kind: &'static str,
        /// As written.
        text: String,
        /// How many are allowed.
        limit: usize,
    },
    /// Made of something else than allowed.
    #[error(
        "{kind} name `{text}` is not made of {}\nstart and end with a letter or a digit",
        if *dots { "lower-case letters, digits, `-` and single dots" } else { "lower-case letters, digits and `-`" }
    )]
    Characters {
        /// What was to be named.
        kind: &'static str,
        /// As written.
        text: String,
        /// Whether it may hold dots.
        dots: bool,
    },
    /// A word that means something else.
    #[error("`{text}` is reserved and cannot name a {kind}")]
    Reserved {
        /// What was to be named.
        kind: &'static str,
        /// As written.
        text: String,
    },
    /// Not a short SHA.
    #[error("`{text}` is not a short SHA\n7 to 40 of 0-9 and a-f")]
    ShortSha {
        /// As written.
        text: String,
    },
}

/// Checks a name that becomes part of paths and branches.
fn check_name(kind: &'static str, text: &str, limit: usize, dots: bool) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { kind });
    }
    if text.len() > limit {
        return Err(NameError::TooLong { kind, text: text.to_owned(), limit });
    }
    let is_edge = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let sound = text.chars().all(|character| is_edge(character) || character == '-' || (dots && character == '.'))
        && text.starts_with(is_edge)
        && text.ends_with(is_edge)
        && !text.contains("..");
    if !sound {
        return Err(NameError::Characters { kind, text: text.to_owned(), dots });
    }
    Ok(())
}

macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $check:expr, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schemars(!try_from, !into, extend("pattern" = $pattern))]
        pub struct $name(String);

        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                let check: fn(&str) -> Result<(), NameError> = $check;
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

text_type!(
    /// The name of an environment: its folder, its branch `plainsail/<name>`.
    EnvironmentName,
    |text| check_name("environment", text, 63, false),
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
);

text_type!(
    /// The name of a release: its file, its folder. As long as Helm lets a release name be.
    ReleaseName,
    |text| {
        if text == "environment" {
            return Err(NameError::Reserved { kind: "release", text: text.to_owned() });
        }
        check_name("release", text, 53, true)
    },
    r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"
);

text_type!(
    /// The name of an image within a release.
    ImageName,
    |text| check_name("image", text, 63, true),
    r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"
);

text_type!(
    /// The start of a commit id, 7 to 40 hexadecimal digits; always a string.
    ShortSha,
    |text| {
        if (7..=40).contains(&text.len()) && is_lower_hex(text) { Ok(()) } else { Err(NameError::ShortSha { text: text.to_owned() }) }
    },
    r"^[0-9a-f]{7,40}$"
);

fn is_lower_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// A release of an environment, written `ENV/RELEASE`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "String")]
pub struct Address {
    /// The environment.
    pub environment: EnvironmentName,
    /// The release.
    pub release: ReleaseName,
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.environment, self.release)
    }
}

impl FromStr for Address {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        let (environment, release) = text.split_once('/').ok_or_else(|| NameError::Characters {
            kind: "release (write ENV/RELEASE)",
            text: text.to_owned(),
            dots: true,
        })?;
        Ok(Self { environment: environment.parse()?, release: release.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_names_that_play_with_paths_and_branches() {
        for text in [
            "",
            ".",
            "..",
            "a..b",
            "../x",
            "a/b",
            ".git",
            "-x",
            "x-",
            "Prod",
            "a b",
            "a\nb",
            "prod\u{200c}",
            "a_b",
            "~",
            "a:b",
        ] {
            assert!(text.parse::<EnvironmentName>().is_err(), "{text:?}");
            assert!(text.parse::<ReleaseName>().is_err(), "{text:?}");
        }
        assert!("environment".parse::<ReleaseName>().is_err());
        assert!("a".repeat(54).parse::<ReleaseName>().is_err());
        assert!("eu-west-1.prod".parse::<EnvironmentName>().is_err());
        assert!("eu-west-1-prod".parse::<EnvironmentName>().is_ok());
        assert!("web-1.2".parse::<ReleaseName>().is_ok());
    }

    #[test]
    fn a_short_sha_is_seven_to_forty_hexadecimal_digits() {
        for text in ["abcdef0", "1234567", "0012345", "12e4567", "f00ba47f00ba47f00ba47f00ba47f00ba47f00ba4"] {
            assert_eq!(text.parse::<ShortSha>().is_ok(), text.len() <= 40, "{text}");
        }
        for text in ["", "abcdef", "ABCDEF0", "abcdefg", "abcdef0\n"] {
            assert!(text.parse::<ShortSha>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_address_has_two_parts() {
        assert_eq!("dev/web".parse::<Address>().unwrap().to_string(), "dev/web");
        assert!("dev".parse::<Address>().is_err());
        assert!("dev/web/x".parse::<Address>().is_err());
    }
}
