//! One file a command, each with the same parts: its arguments (whose doc comments are the help), its `run`, small helpers.

mod template;

use clap::Subcommand;

use super::{CliError, Exit, Session};
use crate::fleet::Diagnostic;

/// What plainsail can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Render a chart as `helm template` does, on standard output.
    Template(template::Arguments),
}

/// Runs a command.
///
/// # Errors
/// What the command reports.
pub(super) fn run(command: Command, session: &mut Session) -> Result<Exit, CliError> {
    match command {
        Command::Template(arguments) => template::run(&arguments, session),
    }
}

/// Returns a finding as JSON.
pub(super) fn diagnostic_json(diagnostic: &Diagnostic) -> serde_json::Value {
    serde_json::json!({
        "id": diagnostic.id,
        "severity": format!("{:?}", diagnostic.severity).to_lowercase(),
        "message": diagnostic.message,
        "file": diagnostic.file,
        "line": diagnostic.span.as_ref().map(|span| span.line),
        "column": diagnostic.span.as_ref().map(|span| span.column),
        "hint": diagnostic.hint,
    })
}
