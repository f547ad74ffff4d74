//! `plainsail template`: a drop-in for `helm template`, no repository needed.

use crate::cli::{CliError, ErrorKind, Exit, Session};

/// What `plainsail template` takes.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The name of the release.
    release: String,
    /// The folder or archive of the chart.
    chart: String,
}

/// Runs the command.
///
/// # Errors
/// What the chart or the values did wrong.
pub(super) fn run(arguments: &Arguments, _session: &mut Session) -> Result<Exit, CliError> {
    Err(CliError::new(
        ErrorKind::Internal,
        format!("rendering of {} from {} is not built yet", arguments.release, arguments.chart),
    ))
}
