//! Rules about what an environment takes over from the one before.

use super::super::diagnostic::{Diagnostic, Severity};
use super::{Context, Rule};

pub(super) fn policy_with_promotion(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (environment, release) in context.releases() {
        let Some(previous) = &environment.file.promotes_from else { continue };
        for (name, _) in release.file.images.iter().filter(|(_, image)| image.policy.is_some()) {
            let span = release.source.key_span(&["images", name.as_str(), "policy"]);
            let message = format!("the image `{name}` comes from `{previous}` and cannot have a policy as well");
            found.push(release.source.diagnostic(Severity::Error, rule.id, span, message).with_hint("remove the line"));
        }
    }
    found
}

pub(super) fn no_twin(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (environment, release) in context.releases() {
        let Some(previous) = context.fleet.previous(environment) else { continue };
        // A broken file may well hold the twin; it is reported already.
        if previous.broken.iter().any(|broken| broken.name == release.name.as_str()) {
            continue;
        }
        for name in release.file.images.keys() {
            if context.fleet.promoted_from(environment, release, name).is_some() {
                continue;
            }
            let message = match previous.releases.get(&release.name) {
                Some(_) => format!("`{}/{}` has no image `{name}` to promote", previous.name, release.name),
                None => format!("there is no `{}/{}` to promote the image `{name}` from", previous.name, release.name),
            };
            let span = release.source.key_span(&["images", name.as_str()]);
            found.push(
                release
                    .source
                    .diagnostic(Severity::Warning, rule.id, span, message)
                    .with_hint("releases and images are found by their names"),
            );
        }
    }
    found
}
