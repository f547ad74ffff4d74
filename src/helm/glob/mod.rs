//! Glob patterns as gobwas/glob 0.2.3 matches them, which is what `.Files.Glob` uses (separator `/`).
//!
//! The library compiles a pattern into matchers and rearranges them; some rearrangements change what is matched (`{}x` does
//! not match `x`, `?` within a longer pattern does not match a rune of several bytes). Charts see that, so the same
//! matchers are built here rather than a cleaner automaton. For `.helmignore` see [`crate::helm::chart`], which uses
//! another syntax.

mod compile;
mod lexer;
mod matcher;
mod syntax;

use matcher::{Matcher, Work};

/// The longest pattern that is compiled; the library's rearranging takes cubic time.
const MAX_PATTERN: usize = 1024;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Glob {
    matcher: Matcher,
}

/// Why a pattern does not compile, or a match gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The pattern is malformed.
    #[error("{reason}")]
    Syntax {
        /// The library's words.
        reason: String,
    },
    /// The pattern is longer or deeper than we compile, or a match takes more work than we do.
    #[error("glob pattern too complex: {what}")]
    Limit {
        /// What was exceeded.
        what: &'static str,
    },
    /// The library itself crashes on this pattern with this name.
    #[error("runtime error: slice bounds out of range [:{end}] with length {length}")]
    OutOfRange {
        /// The end of the slice that it takes.
        end: usize,
        /// The length of what it takes it of.
        length: usize,
    },
}

impl Glob {
    /// Compiles a pattern; `*` and `?` do not match a separator.
    pub fn compile(pattern: impl AsRef<[u8]>, separators: &[char]) -> Result<Self, Error> {
        let pattern = pattern.as_ref();
        if pattern.len() > MAX_PATTERN {
            return Err(Error::Limit { what: "length" });
        }
        let tree = syntax::parse(pattern)?;
        Ok(Self { matcher: compile::compile(&tree, separators)? })
    }

    /// Compiles a pattern as `.Files.Glob` does: a malformed one matches every file.
    pub fn for_files(pattern: impl AsRef<[u8]>) -> Result<Self, Error> {
        match Self::compile(pattern, &['/']) {
            Err(Error::Syntax { .. }) => Ok(Self { matcher: Matcher::Super }),
            other => other,
        }
    }

    /// Tells whether the whole name matches.
    pub fn matches(&self, name: impl AsRef<[u8]>) -> Result<bool, Error> {
        self.matcher.matches(name.as_ref(), &Work::default())
    }
}
