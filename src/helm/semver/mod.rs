//! Versions and constraints as Masterminds/semver 3.5.0 reads them, which is what Helm and sprig use everywhere.
//!
//! [`Version::parse`] is the lenient reader (`v1.2` is `1.2.0`), [`Version::parse_strict`] the strict one. [`Constraints`]
//! are `||` groups of comparisons; [`Constraints::check`] answers, [`Constraints::explain`] says why not, in Helm's words.

mod check;
mod constraint;
mod terms;
mod version;

pub use constraint::Constraints;
pub use version::Version;

/// Why a version or a constraint was refused; the texts are those of the Go library.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text has not the shape of a version.
    #[error("invalid semantic version")]
    Invalid,
    /// The strict reader got nothing.
    #[error("version string empty")]
    Empty,
    /// A part of a strict version is not a number.
    #[error("invalid characters in version")]
    Characters,
    /// A number has a leading zero.
    #[error("version segment starts with 0")]
    LeadingZero,
    /// The part behind `+` is malformed.
    #[error("invalid metadata string")]
    Metadata,
    /// The part behind `-` is malformed.
    #[error("invalid prerelease string")]
    Prerelease,
    /// The text is longer than the library accepts.
    #[error("version string is too long (max {max} bytes)")]
    VersionTooLong {
        /// The limit in bytes.
        max: usize,
    },
    /// A number of a lenient version does not fit 64 bits.
    #[error("error parsing version segment: strconv.ParseUint: parsing \"{segment}\": value out of range")]
    Range {
        /// The digits.
        segment: String,
    },
    /// A number of a strict version does not fit 64 bits, or is missing.
    #[error("strconv.ParseUint: parsing \"{segment}\": {reason}")]
    Number {
        /// The digits.
        segment: String,
        /// Go's words for what is wrong with them.
        reason: &'static str,
    },
    /// A constraint is longer than the library accepts.
    #[error("constraint string is too long (max {max} bytes)")]
    ConstraintTooLong {
        /// The limit in bytes.
        max: usize,
    },
    /// A constraint has more `||` groups than the library accepts.
    #[error("too many constraint groups (max {max})")]
    TooManyGroups {
        /// The limit.
        max: usize,
    },
    /// A group of a constraint is malformed.
    #[error("improper constraint: {quoted}")]
    Improper {
        /// The group, quoted as Go's `%q` does.
        quoted: String,
    },
    /// A constraint looks right, but its version does not parse.
    #[error("constraint parser error")]
    ConstraintParser,
}
