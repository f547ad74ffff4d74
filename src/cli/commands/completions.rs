//! `plainsail completions`: what a shell needs to complete our commands.

use clap::CommandFactory as _;

use crate::cli::{CliError, Exit, Session};

/// What `plainsail completions` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plainsail completions bash > /etc/bash_completion.d/plainsail")]
pub struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

/// Runs the command.
///
/// # Errors
/// None.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::cli::Arguments::command(), "plainsail", &mut text);
    session.ui.bytes(&text);
    Ok(Exit::Done)
}
