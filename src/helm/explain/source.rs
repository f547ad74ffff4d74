//! [`ValueSource`]: one of the places that values of a release come from, so that a message can say which of them set one.

use std::sync::Arc;

use super::spot::subchart;
use crate::helm::chart::Chart;
use crate::yaml::nodes::{Node, each_document};
use crate::yaml::{Data, Limits, Str, json};

/// The longest text of a value that is shown.
const LONGEST: usize = 40;

/// Words in names of values that are not to be shown.
const SECRET: &[&str] =
    &["pass", "secret", "token", "key", "credential", "private", "cert", "auth", "salt", "dsn", "url"];

/// Something that sets values: a file, a part of a file, a flag.
#[derive(Clone, Debug)]
pub struct ValueSource {
    /// What a person calls it.
    pub name: String,
    /// The values.
    pub values: Data,
    /// The file in which they stand; empty where they stand in none.
    pub text: Str,
    /// The keys below which they stand there.
    pub below: &'static [&'static str],
}

impl ValueSource {
    /// Returns the value at a path (dots between keys) on one line, if it is set here.
    pub fn shown(&self, path: &str) -> Option<String> {
        let value = at(&self.values, path.split('.'))?;
        Some(match value {
            Data::String(text) => format!("{:?}", text.lossy()),
            other => {
                json::encode(other, json::Html::Raw).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).ok()?
            }
        })
    }
}

/// Where a value is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The file or flag.
    pub(super) name: String,
    /// The line, from 1, where there is one.
    pub(super) line: Option<usize>,
    /// The first byte of its key in the text.
    pub(super) start: usize,
    pub(super) text: Str,
    /// Whether it is a file of the chart, named by its path from the root chart.
    pub(super) is_of_chart: bool,
}

/// Follows keys, and indexes of lists, into values.
pub(super) fn at<'v, 'k>(values: &'v Data, mut keys: impl Iterator<Item = &'k str>) -> Option<&'v Data> {
    keys.try_fold(values, |value, key| match value {
        Data::List(items) => items.get(key.parse::<usize>().ok()?),
        value => value.get(key),
    })
}

/// Finds what sets a value: `keys` lead there from the top of the release's values. The user's sources are `sources`, the lowest
/// first; below them are the values of the charts on the way to the value.
pub(super) fn origin(keys: &[&str], sources: &[ValueSource], chart: &Arc<Chart>) -> Option<Origin> {
    let is_set = |values: &Data, keys: &[&str]| at(values, keys.iter().copied()).is_some();
    if let Some(source) = sources.iter().rev().find(|source| is_set(&source.values, keys)) {
        let inner: Vec<&str> = source.below.iter().chain(keys).copied().collect();
        return Some(place(source.name.clone(), &source.text, &inner, false));
    }
    // The defaults of a parent lie over those of its subcharts.
    let (mut chart, mut keys, mut folder) = (chart, keys, chart.name().lossy().into_owned());
    loop {
        if is_set(&chart.values, keys) {
            return Some(place(format!("{folder}/values.yaml"), &chart.values_text, keys, true));
        }
        let (first, rest) = keys.split_first()?;
        chart = subchart(chart, first)?;
        folder = format!("{folder}/charts/{first}");
        keys = rest;
    }
}

fn place(name: String, text: &Str, keys: &[&str], is_of_chart: bool) -> Origin {
    let found = position(text, keys);
    let (line, start) = found.map_or((None, 0), |(line, start)| (Some(line), start));
    Origin { name, line, start, text: text.clone(), is_of_chart }
}

/// Finds the line and the first byte of a key in a YAML text.
fn position(text: &Str, keys: &[&str]) -> Option<(usize, usize)> {
    let mut found = None;
    let visit = each_document(text, &Limits::default(), |document| {
        found = key_of(document.root(), keys).map(|node| (node.line(), node.start()));
        Ok(false)
    });
    visit.ok().and(found)
}

/// Returns the key, or the element of a list, that keys lead to.
fn key_of<'n>(root: Node<'n>, keys: &[&str]) -> Option<Node<'n>> {
    let (mut node, mut key) = (root, None);
    for name in keys {
        node = node.target().unwrap_or(node);
        (key, node) = if node.is_map() {
            let (key, value) = node.entries().filter(|(key, _)| key.text() == Some(name.as_bytes())).last()?;
            (Some(key), value)
        } else {
            let item = node.children().nth(name.parse().ok()?)?;
            (Some(item), item)
        };
    }
    key
}

/// Shows a value that is short and no secret; of others it says what they are.
pub(super) fn shown(path: &str, value: &Data) -> String {
    let kind = || match value {
        Data::Null => "null",
        Data::Bool(_) => "a bool",
        Data::Int(_) | Data::Float(_) => "a number",
        Data::String(text) if text.is_empty() => "an empty string",
        Data::String(_) => "a string",
        Data::List(items) if items.is_empty() => "an empty list",
        Data::List(_) => "a list",
        Data::Map(map) if map.is_empty() => "an empty map",
        Data::Map(_) => "a map",
    };
    let is_secret = || {
        let path = path.to_lowercase();
        SECRET.iter().any(|word| path.contains(word))
    };
    match value {
        Data::Bool(value) => value.to_string(),
        Data::Int(_) | Data::Float(_) if !is_secret() => json::encode(value, json::Html::Raw)
            .map_or_else(|_| kind().to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned()),
        Data::String(text) if !text.is_empty() && text.len() <= LONGEST && !is_secret() => {
            format!("the string {:?}", text.lossy())
        }
        _ => kind().to_owned(),
    }
}
