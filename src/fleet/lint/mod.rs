//! What is sound by itself and yet probably not meant: the rules behind `plainsail lint`.
//!
//! A rule is a function from the whole fleet to findings, with an id that never changes; [`RULES`] lists them. What makes a
//! single file unusable is found while loading and comes first.

mod charts;
mod files;
mod holds;
mod images;
mod promotion;
mod secrets;
mod seeds;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::document::Document;
use super::model::{Fleet, Release, ValueFile};
use super::{Diagnostic, Environment};
use crate::files::Files;

/// A rule.
pub struct Rule {
    /// Its name, as findings carry it.
    pub id: &'static str,
    /// What it finds, in a sentence.
    pub summary: &'static str,
    check: fn(&Context<'_>, &Self) -> Vec<Diagnostic>,
}

/// All rules, by topic.
pub const RULES: &[Rule] = &[
    Rule { id: "no-environment", summary: "The fleet has no environment.", check: files::no_environment },
    Rule { id: "missing-chart", summary: "A release names a chart that is not there.", check: files::missing_chart },
    Rule {
        id: "missing-value-file",
        summary: "A release names a file with values that is not there.",
        check: files::missing_value_file,
    },
    Rule { id: "broken-value-file", summary: "A file with values is not YAML.", check: files::broken_value_file },
    Rule { id: "same-release", summary: "Two releases would manage the same objects.", check: files::same_release },
    Rule {
        id: "policy-with-promotion",
        summary: "An image has a policy and is promoted as well.",
        check: promotion::policy_with_promotion,
    },
    Rule {
        id: "no-twin",
        summary: "An image has nothing in the environment before to be promoted from.",
        check: promotion::no_twin,
    },
    Rule {
        id: "not-chosen",
        summary: "An image is not chosen yet, so its release is left out.",
        check: images::not_chosen,
    },
    Rule {
        id: "missing-image-key",
        summary: "An image lacks a key that plainsail is to write.",
        check: images::missing_key,
    },
    Rule {
        id: "unanchored-match",
        summary: "`match` also takes tags that only contain what is meant.",
        check: images::unanchored_match,
    },
    Rule {
        id: "tag-without-digest",
        summary: "A tag without a digest may stand for another image tomorrow.",
        check: images::tag_without_digest,
    },
    Rule {
        id: "unknown-values-path",
        summary: "An image goes into a value that the chart does not have.",
        check: values::unknown_path,
    },
    Rule { id: "shadowed-value", summary: "A value is written over by an image.", check: values::shadowed },
    Rule { id: "number-shaped-tag", summary: "A tag in values is a number to Helm.", check: values::number_shaped_tag },
    Rule {
        id: "non-deterministic",
        summary: "A chart names a function that gives another result each time.",
        check: charts::non_deterministic,
    },
    Rule { id: "secret-in-values", summary: "A value looks like a secret.", check: secrets::secret_in_values },
    Rule {
        id: "guessable-secret",
        summary: "A Secret that a chart makes up follows from public names only.",
        check: seeds::guessable,
    },
    Rule { id: "seed-time", summary: "Certificates of the time that is set are not valid now.", check: seeds::time },
    Rule { id: "expired-hold", summary: "A hold is over and its line still there.", check: holds::expired },
];

/// Checks a fleet against all rules; `now` decides what is over.
///
/// The findings come by file and place, those of release files that cannot be used among them.
pub fn lint(fleet: &Fleet, files: &dyn Files, now: Timestamp) -> Vec<Diagnostic> {
    let context = Context::new(fleet, files, now);
    let mut found: Vec<Diagnostic> =
        fleet.broken().flat_map(|(_, broken)| broken.diagnostics.iter().cloned()).collect();
    for rule in RULES {
        found.extend((rule.check)(&context, rule));
    }
    found.sort_by(|left, right| {
        let key =
            |diagnostic: &Diagnostic| (diagnostic.file.clone(), diagnostic.span.map(|span| span.start), diagnostic.id);
        key(left).cmp(&key(right)).then_with(|| left.message.cmp(&right.message))
    });
    found.dedup();
    found
}

/// What rules look at.
struct Context<'a> {
    fleet: &'a Fleet,
    files: &'a dyn Files,
    now: Timestamp,
    /// Files with values that can be read, by path.
    value_files: BTreeMap<String, Document>,
}

impl<'a> Context<'a> {
    fn new(fleet: &'a Fleet, files: &'a dyn Files, now: Timestamp) -> Self {
        let mut value_files = BTreeMap::new();
        for (_, release) in fleet.releases() {
            for path in value_file_paths(release) {
                if let Ok(Some(bytes)) = files.read(&path)
                    && let Ok(document) = Document::parse_first(&path, &bytes)
                {
                    value_files.insert(path, document);
                }
            }
        }
        Self { fleet, files, now, value_files }
    }

    fn releases(&self) -> impl Iterator<Item = (&'a Environment, &'a Release)> {
        self.fleet.releases()
    }

    /// Returns the documents that give a release values, with the keys that lead to them: low to high.
    fn values_of(
        &'a self,
        environment: &'a Environment,
        release: &'a Release,
    ) -> Vec<(&'a Document, &'static [&'static str])> {
        let mut documents: Vec<(&Document, &'static [&'static str])> =
            vec![(self.fleet.source.as_ref(), &["values"]), (environment.source.as_ref(), &["values"])];
        documents
            .extend(value_file_paths(release).iter().filter_map(|path| Some((self.value_files.get(path)?, &[][..]))));
        documents.push((release.source.as_ref(), &["values"]));
        documents
    }
}

/// Returns the paths of a release's files with values, those in this repository.
fn value_file_paths(release: &Release) -> Vec<String> {
    release
        .value_files()
        .into_iter()
        .filter_map(|file| match file {
            ValueFile::InRepository(path) => Some(path),
            ValueFile::InChart(_) => None,
        })
        .collect()
}
