//! [`Error`]: why values cannot be made, in Helm's words.

use crate::helm::limits::Cap;

/// Why values cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A value file is no YAML map.
    #[error("failed to parse {name}: {cause}")]
    File {
        /// The name of the file.
        name: String,
        /// Helm's words.
        cause: String,
        /// The line, where it is known.
        line: Option<usize>,
        /// The cap that was reached, if that is what is wrong.
        cap: Option<Cap>,
    },
    /// A line of `--set` and its relatives is malformed.
    #[error("failed parsing {flag} data: {cause}")]
    Set {
        /// The flag.
        flag: &'static str,
        /// The line.
        line: String,
        /// Helm's words.
        cause: String,
    },
    /// A line of `--set-json` is malformed.
    #[error("failed parsing --set-json data {line}")]
    SetJson {
        /// The line.
        line: String,
        /// What is wrong, which Helm does not say.
        cause: String,
    },
    /// An object given to `--set-json` is malformed.
    #[error("failed parsing --set-json data JSON: {line}")]
    SetJsonObject {
        /// The line.
        line: String,
        /// What is wrong, which Helm does not say.
        cause: String,
    },
    /// The values of a subchart are no map.
    #[error("type mismatch on {chart}: {found}")]
    TypeMismatch {
        /// The subchart.
        chart: String,
        /// What stands there, as Go prints it with the wrong verb.
        found: String,
    },
    /// Values are nested too deep, or contain themselves.
    #[error("values are nested deeper than {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// Values break a schema.
    #[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{report}")]
    Schema {
        /// What is wrong, by chart.
        report: String,
    },
}
