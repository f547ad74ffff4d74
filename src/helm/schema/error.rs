//! [`Error`]: why a schema cannot be used, in the words of Helm's library.

use crate::helm::go::{quote::quote_text, regex};
use crate::yaml::json;

/// Why a schema cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The text is no JSON.
    #[error(transparent)]
    Json(#[from] json::Error),
    /// An address cannot be read.
    #[error("error in parsing {}: {cause}", quoted(.url))]
    Address {
        /// The address.
        url: String,
        /// Go's words.
        cause: String,
    },
    /// A reference leads to a document that is not there.
    #[error("failing loading {}: {cause}", quoted(.url))]
    Load {
        /// The address.
        url: String,
        /// Why not.
        cause: String,
    },
    /// `$schema` is no address.
    #[error("invalid $schema in {}: {cause}", quoted(.place))]
    SchemaAddress {
        /// Where it stands.
        place: String,
        /// Go's words.
        cause: String,
    },
    /// A schema says that it is its own schema.
    #[error("draft {} is not supported", quoted(.url))]
    Draft {
        /// The address.
        url: String,
    },
    /// Schemas are each other's schemas.
    #[error("cycle in resolving $schema in {}", quoted(.url))]
    SchemaCycle {
        /// The address.
        url: String,
    },
    /// An identifier is no address.
    #[error("error in parsing id at {}", quoted(.place))]
    Id {
        /// Where it stands.
        place: String,
    },
    /// The fragment of an identifier cannot be read.
    #[error("error in parsing anchor at {}", quoted(.place))]
    Anchor {
        /// Where it stands.
        place: String,
    },
    /// Two schemas have one identifier.
    #[error("duplicate id {} in {} at {} and {}", quoted(.id), quoted(.url), quoted(.second), quoted(.first))]
    DuplicateId {
        /// The identifier.
        id: String,
        /// The document.
        url: String,
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
    },
    /// Two schemas have one anchor.
    #[error("duplicate anchor {} in {} at {} and {}", quoted(.anchor), quoted(.url), quoted(.first), quoted(.second))]
    DuplicateAnchor {
        /// The anchor.
        anchor: String,
        /// The document.
        url: String,
        /// Where it stands first.
        first: String,
        /// Where it stands again.
        second: String,
    },
    /// There is no such anchor.
    #[error("anchor in {} not found in schema {}", quoted(.reference), quoted(.url))]
    NoAnchor {
        /// The reference.
        reference: String,
        /// The document.
        url: String,
    },
    /// A JSON pointer has a wrong escape.
    #[error("invalid json-pointer {}", quoted(.place))]
    Pointer {
        /// The pointer, with its document.
        place: String,
    },
    /// A JSON pointer leads nowhere.
    #[error("json-pointer in {} not found", quoted(.place))]
    NoPlace {
        /// The pointer, with its document.
        place: String,
    },
    /// A regular expression cannot be used.
    #[error("invalid regex {} at {}: {cause}", quoted(.pattern), quoted(.place))]
    Pattern {
        /// The expression.
        pattern: String,
        /// Where it stands.
        place: String,
        /// Go's words.
        cause: regex::Error,
    },
    /// The schema is not what its own schema says.
    #[error("{} is not valid against metaschema: {report}", quoted(.place))]
    Metaschema {
        /// The schema, or the part of it.
        place: String,
        /// What is wrong with it.
        report: String,
    },
    /// Checking the schema itself went over a cap, or broke Helm's library.
    #[error(transparent)]
    Check(#[from] Stop),
}

/// Why a check ended without a verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// The schema looks at values too often.
    #[error("checking the values against this schema would look at them more often than the cap of {limit}")]
    Looks {
        /// The cap.
        limit: u64,
    },
    /// There is too much wrong with the values.
    #[error("what does not fit this schema is longer than the cap of {limit} bytes")]
    Report {
        /// The cap.
        limit: usize,
    },
    /// A regular expression is too large.
    #[error(transparent)]
    Pattern(#[from] regex::Error),
    /// Helm's library breaks.
    #[error("unable to validate schema: runtime error: {0}")]
    Panic(&'static str),
}

fn quoted(text: &str) -> String {
    quote_text(text.as_bytes())
}
