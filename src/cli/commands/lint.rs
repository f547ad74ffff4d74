//! `plainsail lint`: what is wrong, or probably not meant, in the fleet's files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::cli::open::broken_fleet;
use crate::cli::{CliError, Exit, Session};
use crate::fleet::{Diagnostic, Fleet, Severity, lint};

/// What `plainsail lint` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  plainsail lint -C gitops\n\nExit codes: 0 nothing is wrong (warnings may be there), 3 something is."
)]
pub struct Arguments {
    /// Treat warnings as errors.
    #[arg(long)]
    strict: bool,
}

/// Runs the command.
///
/// # Errors
/// Where something is wrong.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let folder = session.folder();
    let found = match Fleet::load(&folder) {
        Ok(fleet) => lint::lint(&fleet, &folder, session.world.now()),
        Err(diagnostics) => diagnostics,
    };
    let is_wrong = |diagnostic: &&Diagnostic| {
        diagnostic.is_error() || (arguments.strict && diagnostic.severity == Severity::Warning)
    };
    let wrong = found.iter().filter(is_wrong).count();
    if session.ui.is_json() {
        // One document, whatever was found; the exit code tells the rest.
        session.ui.result("", &found);
        return Ok(if wrong > 0 { Exit::Configuration } else { Exit::Done });
    }
    if wrong > 0 {
        return Err(broken_fleet(found));
    }
    for diagnostic in &found {
        session.ui.diagnostic(diagnostic);
    }
    session.ui.status(&summary(&found));
    Ok(Exit::Done)
}

fn summary(found: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for diagnostic in found {
        *counts.entry(diagnostic.severity).or_default() += 1;
    }
    let mut text = "no errors".to_owned();
    for (severity, count) in counts.iter().rev() {
        let word = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        let _ = write!(text, ", {count} {word}{}", if *count == 1 { "" } else { "s" });
    }
    text
}
