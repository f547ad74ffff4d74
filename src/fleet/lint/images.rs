//! Rules about images and how they are chosen.

use super::super::Environment;
use super::super::diagnostic::{Diagnostic, Severity};
use super::super::image::{Image, Pin};
use super::super::model::{ImageSource, Release};
use super::super::names::ImageName;
use super::{Context, Rule};

fn images<'a>(context: &Context<'a>) -> Vec<(&'a Environment, &'a Release, &'a ImageName, &'a Image)> {
    context
        .releases()
        .flat_map(|(environment, release)| {
            release.file.images.iter().map(move |(name, image)| (environment, release, name, image))
        })
        .collect()
}

pub(super) fn not_chosen(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (environment, release, name, image) in images(context) {
        if image.is_chosen() {
            continue;
        }
        let span = release.source.span(&["images", name.as_str(), "tag"]);
        let message = format!("the image `{name}` is not chosen yet, so the release is left out");
        let hint = match environment.image_source(image) {
            ImageSource::Policy(_) => "`plainsail reconcile` chooses one".to_owned(),
            ImageSource::Promotion => "`plainsail reconcile` takes over what the environment before runs".to_owned(),
            ImageSource::Person => format!("`plainsail bump {} --image {name}=TAG` sets one", release.address()),
        };
        found.push(release.source.diagnostic(Severity::Notice, rule.id, span, message).with_hint(hint));
    }
    found
}

/// plainsail writes the digest and the push time below the tag, but never guesses where a tag belongs.
pub(super) fn missing_key(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (environment, release, name, image) in images(context) {
        if environment.image_source(image) == ImageSource::Person {
            continue;
        }
        let source = &release.source;
        if source.node(&["images", name.as_str(), "tag"]).is_none() {
            let span = source.key_span(&["images", name.as_str()]);
            let message = format!("the image `{name}` has no key `tag` for plainsail to write");
            found.push(source.diagnostic(Severity::Error, rule.id, span, message).with_hint("add tag: \"\""));
        }
    }
    found
}

pub(super) fn unanchored_match(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, release, name, image) in images(context) {
        let Some(pattern) = &image.tags else { continue };
        if pattern.as_str().starts_with('^') && pattern.as_str().ends_with('$') {
            continue;
        }
        let span = release.source.span(&["images", name.as_str(), "match"]);
        let message =
            format!("`{}` also takes tags that only contain such a text, of signatures for one", pattern.as_str());
        let hint = format!("write \"^{}$\"", pattern.as_str().trim_start_matches('^').trim_end_matches('$'));
        found.push(release.source.diagnostic(Severity::Warning, rule.id, span, message).with_hint(hint));
    }
    found
}

pub(super) fn tag_without_digest(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, release, name, image) in images(context) {
        let Some(tag) = image.tag.as_ref().filter(|_| image.digest.is_none() && image.pin == Pin::Digest) else {
            continue;
        };
        let span = release.source.span(&["images", name.as_str(), "tag"]);
        let message = format!("the tag `{tag}` has no digest, and may stand for another image tomorrow");
        let hint = format!(
            "`plainsail bump {} --image {name}={tag}` pins it; `pin: tag` says that this is meant",
            release.address()
        );
        found.push(release.source.diagnostic(Severity::Warning, rule.id, span, message).with_hint(hint));
    }
    found
}
