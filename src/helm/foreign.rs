//! [`ForeignTemplates`]: files of a chart that are not Go templates. Their language lives in a room of its own, which comes
//! in through [`Options`](super::Options).

use std::fmt::Debug;

use super::capabilities::Capabilities;
use super::chart::{Chart, Metadata};
use super::limits::{Cap, Limits};
use super::release::Release;
use super::value::Value;

/// Files below `templates/` that end in this are Jinja, and are never read as Go templates.
pub const JINJA: &str = ".j2";

/// Tells whether a file below `templates/` is written in another language than Go's.
pub fn is_foreign(path: &str) -> bool {
    path.ends_with(JINJA)
}

/// Renders the files of a chart that are not Go templates.
pub trait ForeignTemplates: Debug + Sync {
    /// Renders one file.
    ///
    /// # Errors
    /// The place and the reason.
    fn render(&self, template: &ForeignTemplate<'_>) -> Result<Vec<u8>, Error>;
}

/// A file to render, with everything that it may see.
#[derive(Clone, Copy, Debug)]
pub struct ForeignTemplate<'a> {
    /// The path from the root chart: `web/templates/service.yaml.j2`.
    pub path: &'a str,
    /// The folder of its chart, from the root chart: `web`.
    pub folder: &'a str,
    /// Its chart, whose files it may include.
    pub chart: &'a Chart,
    /// What Chart.yaml says, with the alias of the chart as its name.
    pub metadata: &'a Metadata,
    /// The chart's own `.Values` after layering, with what Go templates before it have set in them.
    pub values: &'a Value,
    /// The release.
    pub release: &'a Release,
    /// The cluster.
    pub capabilities: &'a Capabilities,
    /// What it may use up.
    pub limits: &'a Limits,
}

/// Why a file that is no Go template could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file is wrong.
    #[error("{file}{}: {message}", line.map(|line| format!(":{line}")).unwrap_or_default())]
    Template {
        /// The file, by its path from the root chart; the included one, where that is wrong.
        file: String,
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// The column in bytes, from 0, where it is known.
        column: Option<usize>,
        /// What is wrong.
        message: String,
        /// The cap that was reached, if that is what is wrong.
        cap: Option<Cap>,
    },
    /// Nobody is there to render it.
    #[error("{file} is a Jinja template, and there is nothing here to render it with")]
    NoEngine {
        /// The file.
        file: String,
    },
}
