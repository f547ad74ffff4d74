//! Rules about files that are there or not.

use std::collections::BTreeMap;

use super::super::diagnostic::{Diagnostic, Severity};
use super::super::model::ValueFile;
use super::super::{ChartSource, ENVIRONMENTS};
use super::{Context, Rule};
use crate::files::Kind;
use crate::yaml::Limits;

pub(super) fn no_environment(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    if !context.fleet.environments.is_empty() {
        return Vec::new();
    }
    let message = "there is no environment";
    vec![
        Diagnostic::of_file(Severity::Warning, rule.id, ENVIRONMENTS, message)
            .with_hint("make environments/<name>/environment.yaml; it may be empty"),
    ]
}

pub(super) fn missing_chart(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, release) in context.releases() {
        let ChartSource::Folder(folder) = &release.file.chart else { continue };
        let message = match context.files.kind(folder) {
            Ok(Some(Kind::Folder)) => match context.files.kind(&format!("{folder}/Chart.yaml")) {
                Ok(Some(_)) => continue,
                _ => format!("`{folder}` is not a chart: it has no Chart.yaml"),
            },
            Ok(Some(Kind::File)) if release.file.chart.is_archive() => continue,
            Ok(Some(_)) => format!("`{folder}` is not a folder"),
            _ => format!("there is no chart at `{folder}`"),
        };
        let span = release.source.span(&["chart"]);
        found.push(
            release
                .source
                .diagnostic(Severity::Error, rule.id, span, message)
                .with_hint("the path begins at the top of the repository"),
        );
    }
    found
}

pub(super) fn missing_value_file(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, release) in context.releases() {
        for (index, file) in release.value_files().into_iter().enumerate() {
            let ValueFile::InRepository(path) = file else { continue };
            if matches!(context.files.kind(&path), Ok(Some(Kind::File))) {
                continue;
            }
            let span = release.source.span(&["valueFiles", &index.to_string()]);
            let message = format!("there is no file `{path}`");
            found.push(
                release
                    .source
                    .diagnostic(Severity::Error, rule.id, span, message)
                    .with_hint("value files are relative to the chart, or with a leading `./` beside the release file"),
            );
        }
    }
    found
}

pub(super) fn broken_value_file(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (_, release) in context.releases() {
        for path in super::value_file_paths(release) {
            let Ok(Some(bytes)) = context.files.read(&path) else { continue };
            let Err(error) = crate::yaml::parse_map(&bytes, &Limits::default()) else { continue };
            found.push(match (context.value_files.get(&path), error.line()) {
                (Some(document), Some(line)) => {
                    document.diagnostic(Severity::Error, rule.id, document.line_span(line), error.to_string())
                }
                _ => Diagnostic::of_file(Severity::Error, rule.id, &path, error.to_string()),
            });
        }
    }
    found
}

pub(super) fn same_release(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut taken = BTreeMap::new();
    let mut found = Vec::new();
    for (environment, release) in context.releases() {
        let place = (format!("{:?}", environment.file.destination()), release.namespace(), release.release_name());
        let Some(other) = taken.insert(place, release.address()) else { continue };
        let message = format!("`{other}` has the same release name in the same namespace of the same cluster");
        let span = release.source.span(&["releaseName"]);
        found.push(
            release
                .source
                .diagnostic(Severity::Warning, rule.id, span, message)
                .with_hint("set another `namespace` or `releaseName`, or the environment's `destination`"),
        );
    }
    found
}
