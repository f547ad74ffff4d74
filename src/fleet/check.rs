//! What a release file must keep beyond its types; a file that breaks one of these is not used.

use super::Release;
use super::diagnostic::{Diagnostic, Severity};
use super::names::ImageName;
use super::values_path::ValuesPath;

/// Returns what makes a release unusable by itself.
pub(super) fn release(release: &Release) -> Vec<Diagnostic> {
    let mut found = targets(release);
    found.extend(value_files(release));
    found.extend(namespace(release));
    found
}

/// Several images must each say which values they become, and no two paths may overlap.
fn targets(release: &Release) -> Vec<Diagnostic> {
    let source = &release.source;
    let mut found = Vec::new();
    let mut taken: Vec<(&ImageName, &'static str, ValuesPath)> = Vec::new();
    for (name, image) in &release.file.images {
        let Some(targets) = release.file.targets(image) else {
            let span = source.key_span(&["images", name.as_str()]);
            let message = format!("the image `{name}` does not say which values it becomes");
            found.push(source.diagnostic(Severity::Error, "images-without-into", span, message).with_hint(
                "with several images each needs `into`, such as into: { repository: image.repository, tag: image.tag }",
            ));
            continue;
        };
        if targets.named().is_empty() {
            let span = source.key_span(&["images", name.as_str(), "into"]);
            let message = format!("`into` of the image `{name}` names no path");
            found.push(source.diagnostic(Severity::Error, "images-without-into", span, message));
        }
        for (key, path) in targets.named() {
            if let Some((other, other_key, other_path)) = taken.iter().find(|(_, _, other)| other.overlaps(path)) {
                let span = source.span(&["images", name.as_str(), "into", key]);
                let message =
                    format!("`{path}` overlaps `{other_path}`, which is `{other_key}` of the image `{other}`");
                found.push(source.diagnostic(Severity::Error, "overlapping-into", span, message));
            }
            taken.push((name, key, path.clone()));
        }
    }
    found
}

fn value_files(release: &Release) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, text) in release.file.value_files.iter().enumerate() {
        if let Err(problem) = release.value_file(text) {
            let span = release.source.span(&["valueFiles", &index.to_string()]);
            let (message, hint) = problem.split_once('\n').unwrap_or((&problem, "write a path within this repository"));
            found.push(release.source.diagnostic(Severity::Error, "value-file-path", span, message).with_hint(hint));
        }
    }
    found
}

/// A namespace is a DNS label; anything else would be refused by the cluster later.
fn namespace(release: &Release) -> Option<Diagnostic> {
    let name = release.file.namespace.as_deref()?;
    let is_edge = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let sound = !name.is_empty()
        && name.len() <= 63
        && name.chars().all(|character| is_edge(character) || character == '-')
        && name.starts_with(is_edge)
        && name.ends_with(is_edge);
    let span = release.source.span(&["namespace"]);
    (!sound).then(|| {
        release
            .source
            .diagnostic(Severity::Error, "invalid-name", span, format!("`{name}` is not the name of a namespace"))
            .with_hint("up to 63 lower-case letters, digits and `-`")
    })
}
