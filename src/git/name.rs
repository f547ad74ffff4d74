//! [`RefName`]: the full name of a branch, checked before it goes anywhere.

use std::fmt;

use super::Error;

const LONGEST: usize = 200;
const OWN: &str = "refs/heads/plainsail/";

/// The full name of a branch, `refs/heads/…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefName(String);

impl RefName {
    /// Takes the name of a branch as people write it (`main`), or in full (`refs/heads/main`).
    ///
    /// # Errors
    /// Fails where git would refuse the name, and where it holds anything but visible ASCII characters.
    pub fn branch(name: &str) -> Result<Self, Error> {
        let short = name.strip_prefix("refs/heads/").unwrap_or(name);
        match flaw(short) {
            Some(cause) => Err(Error::BadBranch { name: printable(name), cause }),
            None => Ok(Self(format!("refs/heads/{short}"))),
        }
    }

    /// Makes the name of one of plainsail's own branches, `plainsail/<environment>`: the only ones that are ever rewritten.
    ///
    /// # Errors
    /// Fails where the environment's name holds anything but lower-case letters, digits, `-` and `/`.
    pub fn own(environment: &str) -> Result<Self, Error> {
        let plain = environment.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && environment.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '/');
        if !plain {
            let cause = "an own branch is named with lower-case letters, digits, \"-\" and \"/\"";
            return Err(Error::BadBranch { name: printable(environment), cause });
        }
        Self::branch(&format!("plainsail/{environment}"))
    }

    /// Tells whether the branch is one of plainsail's own, which alone may be rewritten.
    pub fn is_own(&self) -> bool {
        self.0.starts_with(OWN)
    }

    /// Returns the full name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name without `refs/heads/`.
    pub fn short(&self) -> &str {
        self.0.strip_prefix("refs/heads/").unwrap_or(&self.0)
    }
}

impl fmt::Display for RefName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.short())
    }
}

/// Returns what git (`check-ref-format`) or we dislike about the name of a branch.
fn flaw(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > LONGEST {
        return Some("a branch name has 1 to 200 bytes");
    }
    if !name.bytes().all(|byte| byte.is_ascii_graphic()) || name.contains(['~', '^', ':', '?', '*', '[', '\\']) {
        return Some("a branch name has visible ASCII characters, without ~ ^ : ? * [ \\");
    }
    if name.contains("..") || name.contains("@{") || name.contains("//") || name == "@" || name == "HEAD" {
        return Some("a branch name is not \"@\" or \"HEAD\" and has no \"..\", \"@{\" or \"//\"");
    }
    if name.starts_with(['-', '/']) || name.ends_with(['/', '.']) {
        return Some("a branch name does not begin with \"-\" or \"/\" nor end with \"/\" or \".\"");
    }
    let bad_part = |part: &str| part.starts_with('.') || part.to_ascii_lowercase().ends_with(".lock");
    name.split('/').any(bad_part).then_some("no part of a branch name begins with \".\" or ends with \".lock\"")
}

/// Makes text from outside fit for a message: no control characters, a bounded length.
pub(super) fn printable(text: &str) -> String {
    let mut out: String = text.chars().take(300).flat_map(char::escape_debug).collect();
    if text.chars().count() > 300 {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_names_that_people_use() {
        for name in ["main", "env/prod", "release-1.2", "Feature/X_1", "user@host", "refs/heads/main"] {
            assert!(RefName::branch(name).is_ok(), "{name}");
        }
        assert_eq!(RefName::branch("refs/heads/main").unwrap().as_str(), "refs/heads/main");
        assert!(RefName::own("staging").unwrap().is_own());
        assert!(!RefName::branch("plainsailing").unwrap().is_own());
    }

    #[test]
    fn refuses_hostile_names() {
        let long = "x".repeat(300);
        let hostile = [
            "",
            "-x",
            "a..b",
            "a@{b",
            "a.lock",
            "a/b.LOCK/c",
            ".a",
            "a/.b",
            "a//b",
            "/a",
            "a/",
            "a.",
            "a b",
            "a\nb",
            "a\0b",
            "a~1",
            "a^",
            "a:b",
            "a?b",
            "a*",
            "a[b",
            "a\\b",
            "@",
            "HEAD",
            "zürich",
            ":/x",
            "HEAD^{/x}",
            &long,
        ];
        for name in hostile {
            assert!(RefName::branch(name).is_err(), "{name:?}");
            assert!(RefName::own(name).is_err(), "{name:?}");
        }
        for name in ["Staging", "a_b", "a.b", "a@b"] {
            assert!(RefName::own(name).is_err(), "{name:?}");
        }
    }
}
