//! [`Memory`]: what the record says of a folder, checked against the folder, and brought up to date with what a run found.
//!
//! What makes a release's output is recorded in three parts: the settings and environments, which all releases share, the
//! files of its chart, and what is its own. A part that changed takes the standing of all that depends on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use crate::files::{Folder, Kind, Seen, Testimony};
use crate::fleet::{self, CONFIG_PATH, ChartSource, ENVIRONMENTS, Environment, Release, ValueFile};
use crate::hydrate::{Hydrated, Known, Outputs};
use crate::record::{self, Chart, Current, Group, Record, Store, Verdict};
use crate::render::hydrated::RENDERED;

/// The record of a folder during a run.
pub(crate) struct Memory<'a> {
    store: &'a Store,
    root: &'a Path,
    record: Record,
    /// Whether settings, environments and the list of hydrated folders are as they were.
    is_shared_current: bool,
    is_changed: bool,
}

impl<'a> Memory<'a> {
    /// Reads the record and looks at every file that it names.
    pub(crate) fn recall(store: &'a Store, folder: &'a Folder, began: i128) -> Self {
        let root = folder.root();
        let record = store.load(root).unwrap_or_default();
        let mut memory = Self { store, root, record, is_shared_current: false, is_changed: false };
        memory.look_again(folder, began);
        memory
    }

    fn look_again(&mut self, folder: &Folder, began: i128) {
        let shared = self.record.shared.look_again(folder, began);
        self.is_shared_current = shared != Verdict::Changed && !self.record.shared.files.is_empty();
        if !self.is_shared_current {
            self.stand_down();
            return;
        }
        let charts: Vec<Verdict> =
            self.record.charts.par_iter_mut().map(|chart| chart.group.look_again(folder, began)).collect();
        let mut verdicts = charts.iter();
        self.record.charts.retain(|_| verdicts.next().is_some_and(|verdict| *verdict != Verdict::Changed));
        let sound: BTreeSet<&str> = self.record.charts.iter().map(|chart| &*chart.folder).collect();
        let releases: Vec<Verdict> = self
            .record
            .releases
            .par_iter_mut()
            .map(|release| {
                let Some(current) = &mut release.current else { return Verdict::Same };
                let verdict = if sound.contains(&*current.chart) {
                    current.group.look_again(folder, began)
                } else {
                    Verdict::Changed
                };
                if verdict == Verdict::Changed {
                    release.stand_down();
                }
                verdict
            })
            .collect();
        self.is_changed = [shared].iter().chain(&charts).chain(&releases).any(|verdict| *verdict != Verdict::Same);
    }

    /// Tells whether a folder of hydrated output may be left that nobody has seen.
    pub(crate) fn is_shared_current(&self) -> bool {
        self.is_shared_current
    }

    /// Returns the releases that need not be looked at.
    pub(crate) fn current(&self) -> impl Iterator<Item = &record::Release> {
        self.record.releases.iter().filter(|release| release.current.is_some())
    }

    /// Tells whether a release need not be looked at.
    pub(crate) fn is_current(&self, environment: &str, name: &str) -> bool {
        self.current().any(|release| *release.environment == *environment && *release.name == *name)
    }

    /// Returns which release files need not be read.
    pub(crate) fn known_files(&self) -> fleet::Known {
        let beside = self.current().filter_map(|release| release.current.as_ref()).flat_map(|current| &current.beside);
        fleet::Known {
            releases: self.current().map(path_of).collect(),
            value_files: beside.map(ToString::to_string).collect(),
        }
    }

    /// Takes the standing of all releases back. What they render to stays known.
    pub(crate) fn stand_down(&mut self) {
        self.is_shared_current = false;
        self.record.shared = Group::default();
        self.record.releases.iter_mut().for_each(record::Release::stand_down);
    }

    /// Returns what is known to render to what.
    pub(crate) fn known_outputs(&self) -> Known<'_> {
        self.record.releases.iter().map(|release| (release.key, release)).collect()
    }

    /// Takes over what a run found. `is_complete` says that it looked at all releases and all folders of hydrated output.
    pub(crate) fn learn(&mut self, testimony: &Testimony, found: &[(&Environment, Vec<Hydrated>)], is_complete: bool) {
        if is_complete && !self.is_shared_current {
            let has_leftovers = found.iter().flat_map(|(_, outcomes)| outcomes).any(|outcome| outcome.plan.removed);
            self.record.shared = shared(testimony).filter(|_| !has_leftovers).unwrap_or_default();
            self.is_changed = true;
        }
        let mut read_again: BTreeSet<&str> = BTreeSet::new();
        let mut charts: BTreeMap<Box<str>, Group> =
            self.record.charts.drain(..).map(|chart| (chart.folder, chart.group)).collect();
        let mut releases: BTreeMap<(Box<str>, Box<str>), record::Release> = self
            .record
            .releases
            .drain(..)
            .filter(|_| self.is_shared_current || !is_complete)
            .map(|release| ((release.environment.clone(), release.name.clone()), release))
            .collect();
        for folder in found.iter().flat_map(|(environment, _)| environment.releases.values()).filter_map(chart_of) {
            if !read_again.contains(folder) && !testimony.is_untouched(folder) {
                match testimony.below(folder) {
                    Some(files) => charts.insert(folder.into(), group(files)),
                    None => charts.remove(folder),
                };
            }
            read_again.insert(folder);
        }
        for (environment, outcomes) in found {
            for outcome in outcomes {
                let id: (Box<str>, Box<str>) =
                    (outcome.plan.environment.as_str().into(), outcome.plan.release.as_str().into());
                let release = environment.releases.get(outcome.plan.release.as_str());
                let learnt = release.zip(outcome.outputs.as_ref()).map(|(release, outputs)| {
                    let is_current = outcome.changes.is_empty();
                    let current = is_current.then(|| current(testimony, release, outputs, &charts)).flatten();
                    learnt(outcome, outputs, current)
                });
                self.is_changed |= releases.get(&id) != learnt.as_ref();
                match learnt {
                    Some(learnt) => releases.insert(id, learnt),
                    None => releases.remove(&id),
                };
            }
        }
        self.record.charts = charts.into_iter().map(|(folder, group)| Chart { folder, group }).collect();
        self.record.releases = releases.into_values().collect();
    }

    /// Writes the record where there is anything new in it.
    pub(crate) fn save(&self) {
        if self.is_changed
            && let Err(error) = self.store.save(self.root, &self.record)
        {
            tracing::debug!("the record is not kept: {error}");
        }
    }
}

/// Returns the path of a release's own file.
fn path_of(release: &record::Release) -> String {
    format!("{ENVIRONMENTS}/{}/{}.yaml", release.environment, release.name)
}

/// Returns the folder of a release's chart.
fn chart_of(release: &Release) -> Option<&str> {
    match &release.file.chart {
        ChartSource::Folder(folder) => Some(folder),
        ChartSource::Remote(_) => None,
    }
}

fn learnt(outcome: &Hydrated, outputs: &Outputs, current: Option<Current>) -> record::Release {
    record::Release {
        environment: outcome.plan.environment.as_str().into(),
        name: outcome.plan.release.as_str().into(),
        key: outputs.key,
        // A release that is up to date has its output among its files.
        outputs: if current.is_some() { Vec::new() } else { outputs.files.clone() },
        notices: outcome.plan.notices.iter().map(|notice| notice.as_str().into()).collect(),
        current,
    }
}

/// Returns how a release lies in its folder; none where a part of that changed during the run.
fn current(
    testimony: &Testimony,
    release: &Release,
    outputs: &Outputs,
    charts: &BTreeMap<Box<str>, Group>,
) -> Option<Current> {
    let chart = chart_of(release).filter(|chart| charts.contains_key(*chart))?;
    let mut own: Vec<(&str, Seen)> = vec![(&release.path, testimony.of(&release.path)?)];
    let value_files: Vec<String> = release
        .value_files()
        .into_iter()
        .map(|file| match file {
            ValueFile::InRepository(path) => Some(path),
            ValueFile::InChart(_) => None,
        })
        .collect::<Option<_>>()?;
    for path in &value_files {
        own.push((path, testimony.of(path)?));
    }
    let folder = release.rendered_folder();
    let output = testimony.below(&folder)?;
    let is_same =
        outputs.files.iter().all(|(path, digest)| testimony.of(path).is_some_and(|seen| seen.digest == *digest));
    own.extend(output);
    let folder = release.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = value_files.iter().filter(|path| path.rsplit_once('/').is_some_and(|(parent, _)| parent == folder));
    let beside = beside.map(|path| path.as_str().into()).collect();
    is_same.then(|| Current { chart: chart.into(), group: group(own), beside })
}

fn group(files: Vec<(&str, Seen)>) -> Group {
    Group { files: files.into_iter().map(|(path, seen)| (path.into(), seen)).collect() }
}

/// Returns what all releases share: the settings, the environments, and the names of all that is in the folders of environments
/// and of hydrated output. None where that changed during the run, or there is no hydrated output yet.
fn shared(testimony: &Testimony) -> Option<Group> {
    let is_shared = |path: &str| match path.split('/').collect::<Vec<_>>().as_slice() {
        [CONFIG_PATH | ENVIRONMENTS | RENDERED] => true,
        [ENVIRONMENTS | RENDERED, _] => testimony.of(path).is_none_or(|seen| seen.kind == Kind::Folder),
        [ENVIRONMENTS, _, "environment.yaml"] => true,
        _ => false,
    };
    let files = testimony.paths().filter(|path| is_shared(path));
    let files: Vec<(&str, Seen)> = files.map(|path| Some((path, testimony.of(path)?))).collect::<Option<_>>()?;
    files.iter().any(|(path, _)| *path == RENDERED).then(|| group(files))
}
