//! Rules about holds.

use super::super::diagnostic::{Diagnostic, Severity};
use super::super::document::Document;
use super::super::hold::Hold;
use super::{Context, Rule};

pub(super) fn expired(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let environments =
        context.fleet.environments.iter().map(|environment| (&environment.file.hold, environment.source.as_ref()));
    let releases = context.releases().map(|(_, release)| (&release.file.hold, release.source.as_ref()));
    environments
        .chain(releases)
        .filter_map(|(hold, source): (&Option<Hold>, &Document)| {
            let until = hold.as_ref().filter(|hold| !hold.is_active(context.now))?.until?;
            let span = source.span(&["hold", "until"]);
            let message = format!("this hold ended at {until} and holds nothing");
            Some(
                source
                    .diagnostic(Severity::Warning, rule.id, span, message)
                    .with_hint("remove it, or set a later time"),
            )
        })
        .collect()
}
