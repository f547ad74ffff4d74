//! One file a command, each with the same parts: its arguments (whose doc comments are the help), its `run`, small helpers.

mod bump;
mod completions;
mod demo;
mod diff;
mod explain;
mod init;
mod lint;
mod reconcile;
mod render;
mod schema;
mod status;
mod template;

use clap::Subcommand;

use super::{CliError, Exit, Session};
use crate::fleet::Diagnostic;

/// What plainsail can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a small fleet in a folder and run the main job on it.
    Demo(demo::Arguments),
    /// Write the files of a new GitOps repository into an empty clone.
    Init(init::Arguments),
    /// Write the hydrated output, or check that it is up to date.
    Render(render::Arguments),
    /// Show what rendering would change, per object.
    Diff(diff::Arguments),
    /// Find new images, render, commit, push, see to pull requests: the main job, once.
    Reconcile(reconcile::Arguments),
    /// Set an image of one release to a given tag: the main job for a CI job.
    Bump(bump::Arguments),
    /// Show which image runs where, since when.
    Status(status::Arguments),
    /// Show why a release runs what it runs, or which file set a value.
    Explain(explain::Arguments),
    /// Render a chart as `helm template` does, on standard output.
    Template(template::Arguments),
    /// Check the fleet's files.
    Lint(lint::Arguments),
    /// Print the JSON Schema of a fleet's file.
    Schema(schema::Arguments),
    /// Print the completions for a shell.
    Completions(completions::Arguments),
}

/// Runs a command.
///
/// # Errors
/// What the command reports.
pub(super) fn run(command: Command, session: &mut Session) -> Result<Exit, CliError> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments, session),
        Command::Init(arguments) => init::run(&arguments, session),
        Command::Render(arguments) => render::run(&arguments, session),
        Command::Diff(arguments) => diff::run(&arguments, session),
        Command::Reconcile(arguments) => reconcile::run(&arguments, session),
        Command::Bump(arguments) => bump::run(&arguments, session),
        Command::Status(arguments) => status::run(&arguments, session),
        Command::Explain(arguments) => explain::run(&arguments, session),
        Command::Template(arguments) => template::run(&arguments, session),
        Command::Lint(arguments) => lint::run(&arguments, session),
        Command::Schema(arguments) => schema::run(&arguments, session),
        Command::Completions(arguments) => completions::run(&arguments, session),
    }
}

/// Returns a finding as JSON.
pub(super) fn diagnostic_json(diagnostic: &Diagnostic) -> serde_json::Value {
    serde_json::to_value(diagnostic).unwrap_or_default()
}
