//! Rendered text to manifests: splitting, hooks, install order, printing.
//!
//! [`sort_manifests`] takes what the templates printed and gives [`Manifest`]s and [`Hook`]s in Helm's order, each with its
//! text as it will be printed and its head, so that nobody above needs to read YAML again. Knows nothing of charts.

mod head;
mod hook;
mod order;
mod print;
mod split;

pub use head::Head;
pub use hook::{Event, Hook};
pub use order::{Sorted, sort_manifests};
pub use print::{print_document, show_only, trim};

use super::limits::Cap;
use crate::yaml::Str;

/// A document that was rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The template, by its path from the root chart: `chart/templates/service.yaml`.
    pub source: String,
    /// The text as Helm prints it.
    pub text: Str,
    /// What the text says of itself.
    pub head: Head,
}

/// Why rendered text is no manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A document is no YAML, or not of the shape of an object.
    #[error("YAML parse error on {source_path}: {cause}")]
    Yaml {
        /// The template.
        source_path: String,
        /// Helm's words.
        cause: String,
        /// The cap that was reached, if that is what is wrong.
        cap: Option<Cap>,
        /// The line in the document, where it is known.
        line: Option<usize>,
        /// The text of that line, as it was printed.
        line_text: String,
    },
    /// A cap of ours: there are too many documents.
    #[error("the cap of {limit} objects for one release is reached")]
    TooMany {
        /// The cap.
        limit: usize,
    },
    /// A template that was asked for gave nothing.
    #[error("could not find template {pattern} in chart")]
    NotFound {
        /// What was asked for.
        pattern: String,
    },
}
