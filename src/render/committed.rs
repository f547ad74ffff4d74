//! [`Committed`]: what the objects of a release hold that are committed, leaf by leaf.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::object::{parts_of, string_at};
use super::{Error, RenderedObject};
use crate::yaml::{Data, Limits, Str, json, parse};

/// A scalar of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leaf {
    /// Group, kind, namespace and name. Not the version, which a chart may raise.
    object: [String; 4],
    /// The keys that lead there; in a list the `name` of the element where it has one, else its number.
    path: Vec<String>,
}

impl Leaf {
    /// Returns it as a person names it.
    pub(super) fn shown(&self) -> String {
        format!("{} {}, {}", self.object[1], self.object[3], self.path.join("."))
    }
}

/// What is committed of a release.
#[derive(Clone, Debug, Default)]
pub(super) struct Committed {
    pub(super) leaves: BTreeMap<Leaf, Str>,
}

impl Committed {
    /// Reads the manifests of a release by path.
    ///
    /// # Errors
    /// The first that is no YAML: what it holds would be lost.
    pub(super) fn read(manifests: &BTreeMap<String, Str>) -> Result<Self, Error> {
        let mut committed = Self::default();
        for (path, text) in manifests {
            let data = parse(text, &Limits::default()).map_err(|error| Error::Values {
                file: path.clone(),
                line: None,
                cap: None,
                reason: format!("what is committed cannot be read, so nothing of it can be kept: {error}"),
            })?;
            for part in parts_of(&data) {
                add(&mut committed.leaves, part);
            }
        }
        Ok(committed)
    }

    /// Tells whether nothing is committed yet.
    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }
}

/// Returns the leaves of objects.
pub(super) fn leaves(objects: &[RenderedObject]) -> BTreeMap<Leaf, Str> {
    let mut found = BTreeMap::new();
    for object in objects {
        for part in object.parts() {
            add(&mut found, part);
        }
    }
    found
}

fn add(leaves: &mut BTreeMap<Leaf, Str>, object: &Data) {
    let version = string_at(object, "apiVersion");
    let group = version.rsplit_once('/').map_or("", |(group, _)| group).to_owned();
    let metadata = object.get("metadata");
    let of_metadata = |key| metadata.map(|metadata| string_at(metadata, key)).unwrap_or_default();
    let kind = string_at(object, "kind");
    let is_secret = group.is_empty() && kind == "Secret";
    let object_key = [group, kind, of_metadata("namespace"), of_metadata("name")];
    // A list of its own instead of recursion: objects nest as deep as their text.
    let mut open: Vec<(Vec<String>, &Data)> = vec![(Vec::new(), object)];
    while let Some((path, data)) = open.pop() {
        let below = |key: String| path.iter().cloned().chain([key]).collect::<Vec<_>>();
        match data {
            Data::Map(map) => {
                open.extend(map.iter().map(|(key, value)| (below(key.lossy().into_owned()), value)));
            }
            Data::List(items) => {
                let names: Vec<String> = items.iter().map(|item| string_at(item, "name")).collect();
                for (index, item) in items.iter().enumerate() {
                    let name = names.get(index).filter(|name| !name.is_empty());
                    let is_own = name.is_some_and(|name| names.iter().filter(|other| *other == name).count() == 1);
                    let key = name.filter(|_| is_own).map_or_else(|| index.to_string(), |name| format!("[{name}]"));
                    open.push((below(key), item));
                }
            }
            Data::Null => {}
            scalar => {
                let (path, text) = plain(is_secret, path, text_of(scalar));
                leaves.insert(Leaf { object: object_key.clone(), path }, text);
            }
        }
    }
}

/// The two ways to write a Secret are one: the text that it holds.
fn plain(is_secret: bool, mut path: Vec<String>, text: Str) -> (Vec<String>, Str) {
    if is_secret
        && path.len() == 2
        && let Some(first) = path.first_mut().filter(|first| *first == "data")
        && let Ok(decoded) = STANDARD.decode(text.trim_ascii())
    {
        "stringData".clone_into(first);
        return (path, decoded.into());
    }
    (path, text)
}

fn text_of(scalar: &Data) -> Str {
    match scalar {
        Data::String(text) => text.clone(),
        other => json::encode(other, json::Html::Raw).unwrap_or_default().into(),
    }
}
