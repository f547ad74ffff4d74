//! `plainsail reconcile`: the main job, once. What the CronJob runs.

use crate::cli::{CliError, Exit, Session, report, running};
use crate::reconcile::Request;

/// What `plainsail reconcile` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plainsail reconcile --repository https://github.com/acme/gitops.git --dry-run\n\n\
    It works on the remote repository and never touches a work tree. Exit codes: 0 done or up to date, 3 the fleet's files are\n\
    wrong, 6 somebody kept moving the branch, 7 a server could not be reached or refused, 8 some releases failed, the others went on.")]
pub struct Arguments {
    /// The GitOps repository: a URL, or the path of a local bare repository. Default: the remote of the clone it runs in.
    #[arg(long, value_name = "URL", env = "PLAINSAIL_REPOSITORY", hide_env_values = true)]
    repository: Option<String>,
    /// The branch that environments live on. Default: `git.branch` of plainsail.yaml, then the repository's default branch.
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Write nothing; say what would be written.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the run as a whole cannot be done.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let request = Request { dry_run: arguments.dry_run, given: None, branch: arguments.branch.clone() };
    let plan = running::reconcile(session, arguments.repository.as_deref(), &request)?;
    Ok(report::plan(&session.ui, &plan, report::Detail::Names))
}
