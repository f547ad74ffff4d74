//! Rules about what made-up values follow from.

use jiff::SignedDuration;

use super::super::NonDeterminism;
use super::super::diagnostic::{Diagnostic, Severity};
use super::{Context, Rule};

/// Most charts ask for a year; this long before that it is time to do something.
const OLD: SignedDuration = SignedDuration::from_hours(330 * 24);

/// Finds releases that commit made-up Secrets which anybody can work out who knows their names.
pub(super) fn guessable(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let releases = context.releases().filter(|(environment, release)| {
        let is_made_up = context.fleet.non_determinism(environment, release) != NonDeterminism::Error;
        let has_salt = context.fleet.seed(environment, release).salt.is_some_and(|salt| !salt.is_empty());
        is_made_up && !has_salt && !release.file.allow_secrets.is_empty()
    });
    releases
        .map(|(_, release)| {
            let span = release.source.key_span(&["allowSecrets"]);
            let message = "what the chart makes up for these Secrets follows from public names only";
            release.source.diagnostic(Severity::Warning, rule.id, span, message.to_owned()).with_hint(
                "set `seed: { salt: … }` in plainsail.yaml or environment.yaml: `openssl rand -hex 32` makes one",
            )
        })
        .collect()
}

/// Finds times at which certificates that were made then are not valid any more, or not yet.
pub(super) fn time(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let fleet = context.fleet;
    let files = [(&fleet.config.seed, fleet.source.as_ref())].into_iter();
    let environments =
        fleet.environments.iter().map(|environment| (&environment.file.seed, environment.source.as_ref()));
    let releases = context.releases().map(|(_, release)| (&release.file.seed, release.source.as_ref()));
    files
        .chain(environments)
        .chain(releases)
        .filter_map(|(seed, source)| {
            let time = seed.time?;
            let age = context.now.duration_since(time);
            let message = if age.is_negative() {
                "certificates that are made for this time are not valid yet".to_owned()
            } else if age > OLD {
                let days = age.as_hours() / 24;
                format!("this time is {days} days ago: certificates for a year have ended, or are about to")
            } else {
                return None;
            };
            let span = source.span(&["seed", "time"]);
            Some(source.diagnostic(Severity::Warning, rule.id, span, message).with_hint("set it to the present day"))
        })
        .collect()
}
