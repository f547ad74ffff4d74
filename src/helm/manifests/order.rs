//! [`sort_manifests`]: Helm's install order.

use std::collections::BTreeMap;

use super::hook::{Sort, sort_of};
use super::split::{split, trim};
use super::{Error, Head, Hook, Manifest};
use crate::helm::profile::Profile;
use crate::helm::template::Limits;
use crate::yaml::Str;

/// Documents in Helm's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted {
    /// What is installed.
    pub manifests: Vec<Manifest>,
    /// What runs at events.
    pub hooks: Vec<Hook>,
    /// What was dropped.
    pub warnings: Vec<String>,
}

/// Sorts what templates printed, by the path of the template, into manifests and hooks.
///
/// # Errors
/// If a document is no YAML object, or a cap is reached.
pub fn sort_manifests(files: &BTreeMap<String, Vec<u8>>, profile: Profile, limits: &Limits) -> Result<Sorted, Error> {
    let mut count = 0;
    let mut sorted = Sorted::default();
    for (source, text) in files {
        let is_partial = source.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
        if is_partial || trim(text).is_empty() {
            continue;
        }
        for document in split(text, profile) {
            count += 1;
            if count > limits.objects {
                return Err(Error::TooMany { limit: limits.objects });
            }
            sorted.add(source, document, profile, limits)?;
        }
    }
    // Both sorts keep the order of what is equal.
    sorted.manifests.sort_by_cached_key(|manifest| rank(&manifest.head.kind, profile));
    sorted.hooks.sort_by_cached_key(|hook| rank(&hook.manifest.head.kind, profile));
    Ok(sorted)
}

/// Returns the line with its number; at the end of the document the last line with something on it.
fn shown_line(document: &[u8], line: Option<usize>) -> Option<(usize, String)> {
    let lines = document.split(|byte| *byte == b'\n').take(line?).enumerate();
    let (index, text) = lines.filter(|(_, text)| !text.trim_ascii().is_empty()).last()?;
    Some((index + 1, String::from_utf8_lossy(text).into_owned()))
}

impl Sorted {
    fn add(&mut self, source: &str, document: &[u8], profile: Profile, limits: &Limits) -> Result<(), Error> {
        let head = Head::read(document, profile, &limits.yaml).map_err(|error| {
            let (line, line_text) = shown_line(document, error.line).unzip();
            Error::Yaml {
                source_path: source.to_owned(),
                cause: error.message,
                cap: error.cap,
                line,
                line_text: line_text.unwrap_or_default(),
            }
        })?;
        let sort = sort_of(&head);
        let manifest = Manifest { source: source.to_owned(), text: Str::from(document), head };
        match sort {
            Sort::Plain => self.manifests.push(manifest),
            Sort::Hook(events, weight) => self.hooks.push(Hook { manifest, events, weight }),
            Sort::Unknown(names) => {
                self.warnings.push(format!("{source}: skipping a document with the unknown hook {names}"));
            }
        }
        Ok(())
    }
}

/// The place of a kind; unknown kinds come last, by name.
fn rank(kind: &Str, profile: Profile) -> (usize, Str) {
    let known = profile.rules().install_order;
    match known.iter().position(|name| *kind == **name) {
        Some(place) => (place, Str::default()),
        None => (known.len(), kind.clone()),
    }
}
