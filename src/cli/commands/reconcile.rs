//! `plainsail reconcile`: the main job, once. What the CronJob runs.

use crate::cli::{CliError, Exit, Session, report, running};

/// What `plainsail reconcile` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plainsail reconcile --repository https://github.com/acme/gitops.git --dry-run\n\n\
    It works on the remote repository and never touches a work tree. Exit codes: 0 done or up to date, 3 the fleet's files are\n\
    wrong, 6 somebody kept moving the branch, 7 a server could not be reached or refused, 8 some releases failed, the others went on.")]
pub struct Arguments {
    #[command(flatten)]
    target: running::Target,
}

/// Runs the command.
///
/// # Errors
/// Where the run as a whole cannot be done.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let plan = running::reconcile(session, &arguments.target, None)?;
    Ok(report::plan(&session.ui, &plan, report::Detail::Names))
}
