//! `plainsail diff`: what rendering would change in a folder's hydrated output, per object.

use crate::cli::open::not_rendered;
use crate::cli::{CliError, Exit, Session, report};
use crate::plan::Plan;
use crate::work_tree::{Scope, Work};

/// What `plainsail diff` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  plainsail diff staging --exit-code\n\nExit codes: 0 done, 8 some releases failed, 10 (--exit-code) there are changes."
)]
pub struct Arguments {
    /// Environments and releases; without any, the whole fleet.
    #[arg(value_name = "ENV[/RELEASE]")]
    scope: Vec<String>,
    /// Name objects and fields instead of printing the lines that differ.
    #[arg(long)]
    summary: bool,
    /// Read and render everything, and keep no record of it.
    #[arg(long)]
    no_cache: bool,
    /// End with exit code 10 if there are changes.
    #[arg(long)]
    exit_code: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the fleet cannot be read.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let folder = session.folder();
    let (scope, records) = (Scope::new(&arguments.scope), session.records(arguments.no_cache));
    let work = Work { folder: &folder, scope: &scope, records: records.as_ref(), began: session.began() };
    let found = work.compare().map_err(not_rendered)?;
    let changed = !found.changes.is_empty();
    let plan = Plan { dry_run: true, releases: found.releases, branches: Vec::new() };
    let detail = if arguments.summary { report::Detail::Names } else { report::Detail::Lines };
    let exit = report::plan(&session.ui, &plan, detail);
    if !changed && exit == Exit::Done {
        session.ui.status("no changes");
    }
    Ok(match exit {
        Exit::Done if arguments.exit_code && changed => Exit::Changes,
        exit => exit,
    })
}
