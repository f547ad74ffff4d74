//! `plainsail render`: writes the hydrated output of a folder, or says what of it is out of date.

use std::collections::BTreeSet;

use crate::cli::{CliError, ErrorKind, Exit, Session, report};
use crate::plan::Plan;
use crate::work_tree::{self, Scope};

/// What `plainsail render` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  plainsail render              everything\n  plainsail render dev          one environment\n  \
    plainsail render dev/api --check\n\nExit codes: 0 done, 3 the fleet's files are wrong, 8 some releases failed, 10 (--check) something is out of date."
)]
pub struct Arguments {
    /// Environments and releases; without any, the whole fleet.
    #[arg(value_name = "ENV[/RELEASE]")]
    scope: Vec<String>,
    /// Write nothing; say what is out of date, and end with exit code 10 if anything is.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the fleet cannot be read or files cannot be written.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let folder = session.folder();
    let fleet = session.fleet()?;
    let scope = Scope::parse(&arguments.scope, &fleet).map_err(|error| CliError::of(ErrorKind::Usage, &error))?;
    session.ui.progress("rendering");
    let found = work_tree::compare(&folder, &fleet, &scope).map_err(|error| CliError::of(ErrorKind::Input, &error));
    session.ui.progress_done();
    let found = found?;
    if !arguments.check {
        folder.apply(&found.changes).map_err(|error| {
            CliError::of(ErrorKind::Internal, &error).while_doing("cannot write the hydrated output")
        })?;
    }
    let paths: BTreeSet<&String> = found.changes.keys().collect();
    let plan = Plan { dry_run: arguments.check, releases: found.releases, branches: Vec::new() };
    let exit = report::plan(&session.ui, &plan, report::Detail::Names);
    let (verb, count) = (if arguments.check { "out of date" } else { "written or removed" }, paths.len());
    session.ui.status(&match count {
        0 if exit == Exit::Partial => "nothing else is out of date".to_owned(),
        0 => "up to date".to_owned(),
        1 => format!("1 file {verb}"),
        count => format!("{count} files {verb}"),
    });
    Ok(match exit {
        Exit::Done if arguments.check && count > 0 => Exit::Changes,
        exit => exit,
    })
}
