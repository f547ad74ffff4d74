//! `plainsail schema`: the JSON Schemas of the fleet's files, for editors.

use crate::cli::{CliError, Exit, Session};
use crate::fleet::schema;

/// What `plainsail schema` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plainsail schema release > .vscode/plainsail-release.json")]
pub struct Arguments {
    /// Which file.
    #[arg(value_enum)]
    file: File,
}

/// The files that have a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum File {
    /// plainsail.yaml
    Fleet,
    /// environments/<env>/environment.yaml
    Environment,
    /// environments/<env>/<release>.yaml
    Release,
}

/// Runs the command.
///
/// # Errors
/// None.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let schema = match arguments.file {
        File::Fleet => schema::fleet(),
        File::Environment => schema::environment(),
        File::Release => schema::release(),
    };
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    session.ui.out(&format!("{text}\n"));
    Ok(Exit::Done)
}
