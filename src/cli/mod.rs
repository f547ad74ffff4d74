//! The command line: arguments into calls of the use cases, results into text or JSON, errors into words, hints and exit codes.
//!
//! Nothing below this room prints, reads the environment, or ends the program. One file a command in [`commands`].

mod arguments;
pub mod commands;
mod error;
mod exit;
mod open;
mod redact;
mod report;
mod running;
mod ui;

pub use arguments::{Arguments, GlobalArguments, OutputFormat};
pub use error::{CliError, ErrorKind};
pub use exit::Exit;
pub use ui::Ui;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::world::World;

/// What every command gets: where it stands, how it speaks, and the outside world.
pub struct Session {
    /// The options that every command has.
    pub global: GlobalArguments,
    /// Where to print.
    pub ui: Ui,
    /// Clock, environment variables and randomness, read once.
    pub world: World,
}

/// Runs the program with the arguments of the process, and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let world = World::of_this_process();
    redact::hide_secrets_of(&world, &arguments);
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let ui = Ui::new(&arguments.global, &world);
    ui::start_log(&arguments.global, &world);
    let mut session = Session { global: arguments.global, ui, world };
    match commands::run(arguments.command, &mut session) {
        Ok(exit) => exit.into(),
        Err(error) => {
            session.ui.error(&error);
            error.exit().into()
        }
    }
}

/// Prints what clap says: help and version on standard output, mistakes on standard error.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        ui::print_mistake(&error.render());
        Exit::Usage.into()
    } else {
        // A closed pipe is no mistake.
        let _ = error.print();
        Exit::Done.into()
    }
}
