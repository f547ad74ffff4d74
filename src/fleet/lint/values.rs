//! Rules about values and the paths that images are written to.

use super::super::ChartSource;
use std::collections::BTreeSet;

use super::super::diagnostic::{Diagnostic, Severity};
use super::super::document::{Content, Document, Node};
use super::super::scalar::{Shape, shape};
use super::{Context, Rule};

pub(super) fn unknown_path(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, release) in context.releases() {
        let ChartSource::Folder(folder) = &release.file.chart else { continue };
        let path = format!("{folder}/values.yaml");
        let Ok(Some(bytes)) = context.files.read(&path) else { continue };
        let Ok(defaults) = Document::parse_first(&path, &bytes) else { continue };
        let subcharts = subcharts(context, folder);
        for (name, image) in &release.file.images {
            let Some(targets) = release.file.targets(image) else { continue };
            for (key, target) in targets.named() {
                let keys: Vec<&str> = target.keys().iter().map(String::as_str).collect();
                if is_known(&defaults, &keys) || keys.first().is_some_and(|first| subcharts.contains(*first)) {
                    continue;
                }
                let span = release.source.span(&["images", name.as_str(), "into", key]);
                let message =
                    format!("the image `{name}` goes into `{target}`, which the chart's values.yaml does not have");
                let hint = match key {
                    "digest" => {
                        "charts without a key for the digest take it with the tag: into: { repository: …, tagWithDigest: … }"
                    }
                    _ => {
                        "a chart may read values that it has no default for; if it does not, the manifests will not change"
                    }
                };
                found.push(release.source.diagnostic(Severity::Warning, rule.id, span, message).with_hint(hint));
            }
        }
    }
    found
}

/// Tells whether a path exists in the defaults, or leads into a mapping that they leave open.
fn is_known(defaults: &Document, keys: &[&str]) -> bool {
    let mut node = defaults.root();
    for (depth, key) in keys.iter().enumerate() {
        match &node.content {
            Content::Mapping(entries) if entries.is_empty() && depth > 0 => return true,
            Content::Alias => return true,
            _ => {}
        }
        match node.get(key) {
            Some(next) => node = next,
            None => return false,
        }
    }
    true
}

/// Returns the top-level keys that belong to subcharts, and `global`.
fn subcharts(context: &Context<'_>, folder: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["global".to_owned()]);
    names.extend(
        context.files.list(&format!("{folder}/charts")).unwrap_or_default().into_iter().map(|entry| entry.name),
    );
    let path = format!("{folder}/Chart.yaml");
    if let Ok(Some(bytes)) = context.files.read(&path)
        && let Ok(chart) = Document::parse_first(&path, &bytes)
    {
        let dependencies = chart.node(&["dependencies"]).map(Node::items).unwrap_or_default();
        names.extend(
            dependencies
                .iter()
                .filter_map(|item| item.get("alias").or_else(|| item.get("name"))?.text().map(str::to_owned)),
        );
    }
    names
}

pub(super) fn shadowed(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (environment, release) in context.releases() {
        for (name, image) in &release.file.images {
            let Some(targets) = release.file.targets(image) else { continue };
            for (_, target) in targets.named() {
                for (document, below) in context.values_of(environment, release) {
                    let keys: Vec<&str> =
                        below.iter().copied().chain(target.keys().iter().map(String::as_str)).collect();
                    if document.node(&keys).is_none() {
                        continue;
                    }
                    let message = format!(
                        "`{target}` has no effect: the image `{name}` of `{}` writes over it",
                        release.address()
                    );
                    let span = document.key_span(&keys);
                    found.push(
                        document.diagnostic(Severity::Warning, rule.id, span, message).with_hint("remove the line"),
                    );
                }
            }
        }
    }
    found
}

pub(super) fn number_shaped_tag(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (environment, release) in context.releases() {
        for (document, below) in context.values_of(environment, release) {
            let Some(root) = document.node(below) else { continue };
            each_entry(root, &mut |key, value| {
                let is_tag =
                    key.text().is_some_and(|name| name == "tag" || name.ends_with("Tag") || name.ends_with("_tag"));
                if let Content::Scalar { text, plain: true } = &value.content
                    && is_tag
                    && shape(text) == Shape::Number
                {
                    let span = document.span_of(value.range.clone());
                    let message = format!("`{text}` without quotes is a number to Helm, and prints as one");
                    let hint = format!("write \"{text}\"");
                    found.push(document.diagnostic(Severity::Warning, rule.id, span, message).with_hint(hint));
                }
            });
        }
    }
    found
}

/// Calls a function for each key and value at any depth. Documents nest no deeper than their reader allows.
pub(super) fn each_entry<'a>(node: &'a Node, visit: &mut dyn FnMut(&'a Node, &'a Node)) {
    match &node.content {
        Content::Mapping(entries) => {
            for (key, value) in entries {
                visit(key, value);
                each_entry(value, visit);
            }
        }
        Content::Sequence(items) => items.iter().for_each(|item| each_entry(item, visit)),
        Content::Scalar { .. } | Content::Alias => {}
    }
}
