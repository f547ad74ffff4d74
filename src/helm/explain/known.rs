//! [`Known`]: what can be said of the values of a release: whether one is set, by what, and to what.

use std::sync::Arc;

use super::source::{Origin, ValueSource, origin, shown};
use super::spot::{path_in, split_path, subchart};
use super::{LONGEST_TRACE, Release};
use crate::helm::chart::Chart;
use crate::helm::nearest;
use crate::helm::template::Place;
use crate::helm::values::Layered;
use crate::yaml::{Data, DataMap};

/// The values of a release with where they come from.
pub(super) struct Known<'a> {
    pub(super) chart: &'a Arc<Chart>,
    sources: &'a [ValueSource],
    folder: Option<&'a str>,
    /// As templates see them.
    values: Data,
    nothing: Data,
}

/// The chart that a path belongs to, and the keys that lead to its values.
#[derive(Clone, Debug)]
pub(super) struct Owner<'a> {
    pub(super) chart: &'a Arc<Chart>,
    pub(super) keys: Vec<&'a str>,
}

/// What became of a value.
enum State<'v> {
    /// From this key on nothing is there; beside it stand these.
    Missing { path: String, key: String, siblings: &'v Data },
    /// It is there.
    Set { path: String, value: &'v Data },
}

impl<'a> Known<'a> {
    /// Layers the values of a release.
    pub(super) fn new(release: Release<'a>) -> Option<Self> {
        let Release { chart, values, sources, profile, folder } = release;
        let values = Layered::new(chart, values, profile).and_then(|layered| layered.to_data()).ok()?;
        Some(Self { chart, sources, folder, values, nothing: Data::map() })
    }

    /// Returns the chart that a template belongs to.
    pub(super) fn owner(&self, file: &'a str) -> Option<Owner<'a>> {
        let (charts, _) = split_path(file)?;
        let keys: Vec<&str> = charts.into_iter().skip(1).collect();
        let chart = keys.iter().try_fold(self.chart, |chart, name| subchart(chart, name))?;
        Some(Owner { chart, keys })
    }

    /// Returns the owners of the templates of a trace, the innermost first, and the root chart.
    pub(super) fn owners(&self, trace: &'a [Place]) -> Vec<Owner<'a>> {
        let mut owners: Vec<Owner<'a>> = Vec::new();
        let root = Owner { chart: self.chart, keys: Vec::new() };
        for owner in trace.iter().rev().take(LONGEST_TRACE).filter_map(|place| self.owner(&place.file)).chain([root]) {
            if !owners.iter().any(|known| known.keys == owner.keys) {
                owners.push(owner);
            }
        }
        owners
    }

    /// Returns the values of a chart, as its templates see them.
    pub(super) fn values_of(&self, owner: &Owner<'_>) -> &Data {
        owner.keys.iter().try_fold(&self.values, |values, key| values.get(key)).unwrap_or(&self.nothing)
    }

    /// Says what became of the value at a path of a chart: of what is nil, the first key that is not there.
    pub(super) fn describe(&self, owner: &Owner<'_>, path: &[&str]) -> String {
        match self.state(owner, path) {
            State::Missing { path, key, siblings } => {
                format!("{}{}", missing(owner, &path, &key, siblings), said_in_release(owner, &path))
            }
            State::Set { path, value } => self.set(owner, &path, value),
        }
    }

    /// As [`Self::describe`], but of what is nil the whole path, as somebody asked for it.
    pub(super) fn describe_wanted(&self, owner: &Owner<'_>, path: &[&str]) -> String {
        match self.state(owner, path) {
            State::Missing { path: found, .. } if found != path.join(".") => {
                let path = path.join(".");
                format!("`.Values.{path}` is nil: no values file sets it{}", said_in_release(owner, &path))
            }
            _ => self.describe(owner, path),
        }
    }

    fn set(&self, owner: &Owner<'_>, path: &str, value: &Data) -> String {
        let by = self.origin(owner, path).map(|origin| format!(", set in {}", self.words(&origin)));
        let by = by.unwrap_or_default();
        format!("`.Values.{path}` is {}{by}{}", shown(path, value), said_in_release(owner, path))
    }

    /// Names an origin as a person finds it.
    pub(super) fn words(&self, origin: &Origin) -> String {
        let file = if origin.is_of_chart { path_in(self.folder, &origin.name) } else { origin.name.clone() };
        match origin.line {
            Some(line) => format!("{file}:{line}"),
            None => file,
        }
    }

    /// Tells whether nothing, or null, is at a path.
    pub(super) fn is_nil(&self, owner: &Owner<'_>, path: &[&str]) -> bool {
        !matches!(self.state(owner, path), State::Set { value, .. } if *value != Data::Null)
    }

    /// Finds what sets a value of a chart.
    pub(super) fn origin(&self, owner: &Owner<'_>, path: &str) -> Option<Origin> {
        let keys: Vec<&str> = if path.starts_with("global.") {
            path.split('.').collect()
        } else {
            owner.keys.iter().copied().chain(path.split('.')).collect()
        };
        origin(&keys, self.sources, self.chart)
    }

    fn state(&self, owner: &Owner<'_>, path: &[&str]) -> State<'_> {
        let mut at = self.values_of(owner);
        let mut done = String::new();
        for key in path {
            let next = match at {
                Data::Map(map) => map.get(key.as_bytes()),
                Data::List(items) => key.parse().ok().and_then(|index: usize| items.get(index)),
                // What is no map has no keys; the path up to here says what it is.
                _ => break,
            };
            if !done.is_empty() {
                done.push('.');
            }
            done.push_str(key);
            match next {
                None => return State::Missing { path: done, key: (*key).to_owned(), siblings: at },
                Some(inner) => at = inner,
            }
        }
        State::Set { path: done, value: at }
    }
}

fn missing(owner: &Owner<'_>, path: &str, key: &str, siblings: &Data) -> String {
    let hint = format!("`.Values.{path}` is nil: no values file sets it");
    let parent = path.rsplit_once('.').map(|(parent, _)| parent);
    let names = siblings.as_map().into_iter().flat_map(DataMap::keys).filter_map(|key| key.as_utf8());
    let Some(found) = nearest(key, names) else { return hint };
    let mut above = parent.into_iter().flat_map(|parent| parent.split('.'));
    let defaults = above.try_fold(&owner.chart.values, |at, key| at.get(key));
    let is_default = defaults.is_some_and(|defaults| defaults.get(found).is_some());
    let place = if is_default { "`values.yaml` of the chart has" } else { "the values have" };
    let found = parent.map_or_else(|| found.to_owned(), |parent| format!("{parent}.{found}"));
    format!("{hint}; {place} `{found}`")
}

/// Says how values files of a release name a value of a subchart.
fn said_in_release(owner: &Owner<'_>, path: &str) -> String {
    if owner.keys.is_empty() || path == "global" || path.starts_with("global.") {
        return String::new();
    }
    format!("; values files of the release say `{}.{path}`", owner.keys.join("."))
}
