//! `plainsail render`: writes the hydrated output of a folder, or says what of it is out of date.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::cli::open::not_rendered;
use crate::cli::{CliError, ErrorKind, Exit, Session, report};
use crate::plan::Plan;
use crate::work_tree::{Scope, Work};

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
    /// Read and render everything, and keep no record of it.
    #[arg(long)]
    no_cache: bool,
    /// Write nothing; print the SHA-256 of what `helm template` prints for each release.
    #[arg(long, conflicts_with = "check")]
    hashes: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the fleet cannot be read or files cannot be written.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let folder = session.folder();
    let (scope, records) = (Scope::new(&arguments.scope), session.records(arguments.no_cache));
    let work = Work { folder: &folder, scope: &scope, records: records.as_ref(), began: session.began() };
    session.ui.progress("rendering");
    if arguments.hashes {
        return print_hashes(&work, session);
    }
    let found = work.compare();
    session.ui.progress_done();
    let found = found.map_err(not_rendered)?;
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

/// Renders everything and prints a line for each release: the hash, the name that its chart sees.
fn print_hashes(work: &Work<'_>, session: &Session) -> Result<Exit, CliError> {
    let printed = work.print(&|release, printed| match printed {
        Ok(text) => Ok(format!("{} {}", hexadecimal(&Sha256::digest(text)), release.release_name())),
        Err(error) => Err((release.address().to_string(), error.to_string())),
    });
    session.ui.progress_done();
    let (mut text, mut failures) = (String::new(), Vec::new());
    for line in printed.map_err(not_rendered)? {
        match line {
            Ok(line) => {
                text.push_str(&line);
                text.push('\n');
            }
            Err(failure) => failures.push(failure),
        }
    }
    session.ui.bytes(text.as_bytes());
    for (address, error) in &failures {
        session.ui.failure(&format!("{address}: {error}"));
    }
    Ok(if failures.is_empty() { Exit::Done } else { Exit::Partial })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
