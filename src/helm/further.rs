//! [`further_errors`]: what else is wrong with a release, beside the error that ended its rendering.
//!
//! Helm stops at the first file that fails. Its error stays the first; here the other files are rendered all the same, so that
//! a person can mend all of them at once. Only errors that are no consequence of another are told:
//!
//! - Where a text is no template, the other texts are parsed, and nothing is run: definitions may be missing.
//! - Where a file fails, the files after it are rendered, unless the failed one may change values that they see (`set`,
//!   `merge`): then what they complain of may be the fault of that one, and they are only counted.
//! - What files printed is checked in any case.
//! - Where a cap was reached, nothing more is tried.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::capabilities::Capabilities;
use super::chart::Chart;
use super::error::Error;
use super::foreign::is_foreign;
use super::manifests::sort_manifests;
use super::patience::Timed;
use super::release::Release;
use super::render::Options;
use super::run::{Run, templates_of};
use super::template::{self, Environment, Program, Source, may_change_values, names_a_change};
use super::values::Layered;
use crate::yaml::Data;

/// What else is wrong with a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Further {
    /// The files that fail at the same place as the first, by their paths from the root chart: in a helper that they share.
    pub same: Vec<String>,
    /// Other errors, in the order in which Helm would meet them, each with the files that fail there after it.
    pub errors: Vec<(Error, Vec<String>)>,
    /// How many files were not looked at, and the one because of which.
    pub left: Option<(usize, String)>,
}

/// Looks for what else is wrong with a release that could not be rendered.
pub fn further_errors(
    error: &Error,
    chart: &Arc<Chart>,
    user: &Data,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options<'_>,
    environment: &mut dyn Environment,
) -> Further {
    let Ok(layered) = Layered::new(chart, user, options.profile) else { return Further::default() };
    let mut found = Further::default();
    let environment = &mut Timed { inner: environment, patience: options.patience };
    match error {
        Error::Template(template::Error::Limit { .. }) => {}
        Error::Template(template::Error::Parse { .. }) => {
            for template in templates_of(layered.tree()).iter().filter(|template| !is_foreign(&template.path)) {
                let source = Source { name: template.path.as_str().into(), text: template.text.clone() };
                if let Err(other) = Program::compile(&[source], options.profile) {
                    found.add(error, &template.path, other.into());
                }
            }
        }
        Error::Template(_) | Error::Foreign(_) | Error::Manifest(_) => {
            let Ok(run) = Run::new(chart, &layered, release, capabilities, options) else { return found };
            let tpl_changes = layered.to_data().is_ok_and(|values| holds_a_change(&values));
            let mut machine = run.machine(environment);
            let mut printed = BTreeMap::new();
            let count = run.files().count();
            for (index, file) in run.files().enumerate() {
                let path = file.path.as_str();
                match run.render(&mut machine, file) {
                    Ok(text) => _ = printed.insert(path.to_owned(), text),
                    Err(Error::Template(template::Error::Limit { .. })) => break,
                    Err(other) => {
                        found.add(error, path, other);
                        let left = count - index - 1;
                        let may_change = || may_change_values(&run.program, path.as_bytes(), tpl_changes);
                        if left > 0 && !is_foreign(path) && may_change() {
                            found.left = Some((left, path.to_owned()));
                            break;
                        }
                    }
                }
            }
            found.check_printed(error, printed, options);
        }
        _ => {}
    }
    found
}

impl Further {
    /// Adds the error of a file, unless it is known.
    fn add(&mut self, first: &Error, file: &str, error: Error) {
        if error == *first {
            return;
        }
        let fault = fault(&error);
        if fault == self::fault(first) {
            self.same.push(file.to_owned());
            return;
        }
        match self.errors.iter_mut().find(|(known, _)| self::fault(known) == fault) {
            Some((known, _)) if *known == error => {}
            Some((_, files)) => files.push(file.to_owned()),
            None => self.errors.push((error, Vec::new())),
        }
    }

    fn check_printed(&mut self, first: &Error, printed: BTreeMap<String, Vec<u8>>, options: &Options<'_>) {
        for (path, text) in printed {
            // Notes are no manifests.
            if path.trim_end_matches(super::foreign::JINJA).ends_with("NOTES.txt") {
                continue;
            }
            let alone = BTreeMap::from([(path.clone(), text)]);
            if let Err(other) = sort_manifests(&alone, options.profile, &options.limits.template) {
                self.add(first, &path, other.into());
            }
        }
    }

    /// Keeps what is wrong in another run, too: of the errors of a chart that throws dice those that do not depend on them.
    pub(super) fn in_both(self, other: &Self) -> Self {
        let errors = self.errors.into_iter().filter(|found| other.errors.contains(found)).collect();
        let same: BTreeSet<&String> = other.same.iter().collect();
        Self { errors, same: self.same.into_iter().filter(|file| same.contains(file)).collect(), left: self.left }
    }
}

/// Returns what tells two faults apart: the place and the message, not the way there.
fn fault(error: &Error) -> (Option<super::error::Place>, String) {
    let message = match error {
        Error::Template(error) => error.message(),
        other => other.to_string(),
    };
    (error.place(), message)
}

/// Tells whether a text among values would change something, were it given to `tpl`.
fn holds_a_change(values: &Data) -> bool {
    let mut pending = vec![values];
    while let Some(value) = pending.pop() {
        match value {
            Data::String(text) if names_a_change(text) => return true,
            Data::List(items) => pending.extend(items.iter()),
            Data::Map(map) => pending.extend(map.values()),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::chart::{File, Limits};
    use crate::helm::profile::Profile;
    use crate::helm::render;
    use crate::helm::template::Pure;

    /// Returns the place of the first error and of the others, as `file:line`, and what was left.
    fn found(files: &[(&str, &str)]) -> (String, Vec<String>, Further) {
        let mut all = vec![("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")];
        all.extend_from_slice(files);
        let files = all.iter().map(|(name, text)| File { name: (*name).to_owned(), data: (*text).into() });
        let chart = Chart::load(files.collect(), Profile::V4, Limits::default()).unwrap();
        let release = Release { name: "api".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let (options, capabilities) = (Options::new(Profile::V4), Capabilities::default());
        let user = Data::map();
        let error = render(&chart, &user, &release, &capabilities, &options, &mut Pure).unwrap_err();
        let further = further_errors(&error, &chart, &user, &release, &capabilities, &options, &mut Pure);
        let shown = |error: &Error| {
            let place = error.place().unwrap();
            format!("{}:{}", place.file.trim_start_matches("web/templates/"), place.line.unwrap_or_default())
        };
        let places = further.errors.iter().map(|(error, _)| shown(error)).collect();
        (shown(&error), places, further)
    }

    #[test]
    fn every_file_that_fails_is_told() {
        let (first, others, further) = found(&[
            ("templates/a.yaml", "a: {{ .Values.x.y }}\n"),
            ("templates/b.yaml", "b: 1\n"),
            ("templates/c.yaml", "c: 1\nd: {{ required \"say d\" .Values.d }}\n"),
            ("templates/d.yaml", "d: [\n"),
            ("templates/e.yaml", "e: {{ fail \"no\" }}\n"),
        ]);
        assert_eq!(first, "e.yaml:1");
        assert_eq!(others, ["c.yaml:2", "a.yaml:1", "d.yaml:1"]);
        assert_eq!((further.same.len(), further.left), (0, None));
    }

    #[test]
    fn texts_that_are_no_templates_are_told_together() {
        let (first, others, _) = found(&[
            ("templates/a.yaml", "a: {{ if }}\n"),
            ("templates/b.yaml", "b: 1\n{{ nothing }}\n"),
            ("templates/c.yaml", "{{ .Values.x.y }}\n{{ end }}\n"),
        ]);
        assert_eq!((first.as_str(), others), ("c.yaml:2", vec!["b.yaml:2".to_owned(), "a.yaml:1".to_owned()]));
    }

    #[test]
    fn a_helper_that_fails_in_many_files_is_one_fault() {
        let helper = ("templates/_h.tpl", "{{ define \"h\" }}{{ required \"say h\" .Values.h }}{{ end }}");
        let (first, others, further) = found(&[
            helper,
            ("templates/a.yaml", "a: {{ include \"h\" . }}\n"),
            ("templates/b.yaml", "b: 1\nc: {{ include \"h\" . }}\n"),
            ("templates/c.yaml", "a: {{ include \"h\" . }}\n"),
        ]);
        assert_eq!((first.as_str(), others.len()), ("_h.tpl:1", 0));
        assert_eq!(further.same, ["web/templates/b.yaml", "web/templates/a.yaml"]);
    }

    #[test]
    fn what_may_follow_from_the_first_is_not_told() {
        let (first, others, further) = found(&[
            ("templates/a.yaml", "a: {{ .Values.made.y }}\n"),
            ("templates/b.yaml", "b: {{ .Values.b.c }}{{ $_ := set .Values \"made\" dict }}\n"),
            ("templates/c.yaml", "c: {{ required \"say c\" .Values.c }}\n"),
        ]);
        assert_eq!((first.as_str(), others), ("c.yaml:1", vec!["b.yaml:1".to_owned()]));
        assert_eq!(further.left, Some((1, "web/templates/b.yaml".to_owned())));
    }

    #[test]
    fn where_the_time_is_over_nothing_more_is_tried() {
        /// Time for so many questions.
        #[derive(Debug)]
        struct Questions(std::sync::atomic::AtomicUsize);
        impl crate::helm::Patience for Questions {
            fn is_over(&self) -> bool {
                self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 0
            }
            fn seconds(&self) -> u64 {
                7
            }
        }
        let files = ["Chart.yaml", "templates/a.yaml", "templates/b.yaml", "templates/c.yaml"];
        let files = files.map(|name| File {
            name: name.to_owned(),
            data: if name == "Chart.yaml" {
                "apiVersion: v2\nname: web\nversion: 0.1.0\n"
            } else {
                "a: {{ fail \"no\" }}"
            }
            .into(),
        });
        let chart = Chart::load(files.into(), Profile::V4, Limits::default()).unwrap();
        let release = Release { name: "api".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let (user, capabilities) = (Data::map(), Capabilities::default());
        let found = |questions: usize| {
            let patience = Questions(questions.into());
            let options = Options { patience: Some(&patience), ..Options::new(Profile::V4) };
            let error = render(&chart, &user, &release, &capabilities, &options, &mut Pure).unwrap_err();
            (
                error.cap(),
                further_errors(&error, &chart, &user, &release, &capabilities, &options, &mut Pure).errors.len(),
            )
        };
        // Before the templates, before the first file; then before each file once more.
        assert_eq!(found(1), (Some(crate::helm::Cap::Seconds), 0));
        assert_eq!((found(3), found(4), found(9)), ((None, 0), (None, 1), (None, 2)));
    }

    #[test]
    fn where_a_cap_is_reached_nothing_more_is_tried() {
        let (_, others, _) = found(&[
            ("templates/a.yaml", "a: {{ fail \"no\" }}\n"),
            ("templates/b.yaml", "{{ range until 1000000000 }}{{ end }}\n"),
        ]);
        assert!(others.is_empty());
    }
}
