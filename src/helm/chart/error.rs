//! [`Error`]: why a chart cannot be loaded, in Helm's words where Helm has words for it.

use crate::helm::limits::Cap;

/// Why a chart cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no Chart.yaml.
    #[error("Chart.yaml file is missing")]
    NoChartFile,
    /// A file of the chart is not what it should be.
    #[error("cannot load {file}: {cause}")]
    File {
        /// The path in its chart.
        file: String,
        /// Helm's words.
        cause: String,
        /// The line, where it is known.
        line: Option<usize>,
        /// The cap that was reached, if that is what is wrong.
        cap: Option<Cap>,
    },
    /// Chart.yaml breaks a rule.
    #[error("validation: {message}")]
    Validation {
        /// Helm's words.
        message: String,
    },
    /// `apiVersion` is none that this Helm knows.
    #[error("unsupported chart version")]
    ApiVersion,
    /// `apiVersion` is one that this Helm reads but does not install.
    #[error("invalid chart apiVersion")]
    ApiVersionNotInstallable,
    /// A chart below `charts/` cannot be loaded.
    #[error("error unpacking subchart {name} in {parent}: {cause}")]
    Subchart {
        /// The name below `charts/`.
        name: String,
        /// The chart that holds it.
        parent: String,
        /// Why.
        cause: Box<Self>,
    },
    /// A folder stands where an archive is expected.
    #[error("error unpacking subchart tar in {parent}: expected {name}, got {got}")]
    NotAnArchive {
        /// The chart that holds it.
        parent: String,
        /// The name below `charts/`.
        name: String,
        /// The first file found there.
        got: String,
    },
    /// An archive is broken or unsafe.
    #[error("{message}")]
    Archive {
        /// What is wrong.
        message: String,
    },
    /// A limit is exceeded.
    #[error("{what} is larger than the maximum {unit} {limit}")]
    TooLarge {
        /// What is too large.
        what: String,
        /// What is counted.
        unit: &'static str,
        /// The limit.
        limit: u64,
        /// The cap, where it is one that can be set.
        cap: Option<Cap>,
    },
    /// `.helmignore` is malformed.
    #[error("{message}")]
    Ignore {
        /// What is wrong with the rule.
        message: String,
    },
    /// A file of the chart cannot be read.
    #[error("{message}")]
    Read {
        /// The path and the reason.
        message: String,
    },
}
