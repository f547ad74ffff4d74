//! [`ObjectChange`]: one object that was added, removed or changed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{FieldChange, field_changes};
use crate::yaml::{Data, Limits, Str, parse};

/// What names an object in a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectKey {
    /// `apps/v1`
    pub api_version: String,
    /// `Deployment`
    pub kind: String,
    /// The namespace that the manifest states; empty where it states none.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl ObjectKey {
    /// Reads the key out of a manifest; what is missing is empty.
    pub fn of(manifest: &Data) -> Self {
        let text =
            |data: Option<&Data>| data.and_then(Data::as_str).map(|text| text.lossy().into_owned()).unwrap_or_default();
        let metadata = manifest.get("metadata");
        Self {
            api_version: text(manifest.get("apiVersion")),
            kind: text(manifest.get("kind")),
            namespace: text(metadata.and_then(|metadata| metadata.get("namespace"))),
            name: text(metadata.and_then(|metadata| metadata.get("name"))),
        }
    }
}

impl std::fmt::Display for ObjectKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.namespace.is_empty() {
            write!(formatter, "{}/{}", self.kind, self.name)
        } else {
            write!(formatter, "{}/{}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another now.
    Changed,
}

/// One object that differs between two trees.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectChange {
    /// The file that holds it.
    pub path: String,
    /// Which object; of the new side where there is one.
    pub object: ObjectKey,
    /// What happened.
    pub change: ChangeKind,
    /// The fields that differ; empty for whole objects and where only the text differs (a comment, quotes).
    pub fields: Vec<FieldChange>,
    /// The old text.
    #[serde(skip)]
    pub old: Option<Str>,
    /// The new text.
    #[serde(skip)]
    pub new: Option<Str>,
}

impl ObjectChange {
    /// Tells whether values must not be shown.
    pub fn is_secret(&self) -> bool {
        self.object.kind == "Secret"
    }
}

/// Compares the files of two trees, path by path, in order of paths.
pub fn compare(old: &BTreeMap<String, Str>, new: &BTreeMap<String, Str>) -> Vec<ObjectChange> {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    paths.into_iter().filter_map(|path| compare_file(path, old.get(path), new.get(path))).collect()
}

fn compare_file(path: &str, old: Option<&Str>, new: Option<&Str>) -> Option<ObjectChange> {
    let change = match (old, new) {
        (Some(old), Some(new)) if old == new => return None,
        (Some(_), Some(_)) => ChangeKind::Changed,
        (None, Some(_)) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Removed,
        (None, None) => return None,
    };
    // A file that cannot be read (somebody's hand) is still a change; it just has no fields to name.
    let read = |text: Option<&Str>| text.and_then(|text| parse(text, &Limits::default()).ok());
    let (old_data, new_data) = (read(old), read(new));
    let object = new_data.as_ref().or(old_data.as_ref()).map(ObjectKey::of).unwrap_or_default();
    let fields = match (&old_data, &new_data) {
        (Some(old), Some(new)) => field_changes(old, new, object.kind == "Secret"),
        _ => Vec::new(),
    };
    Some(ObjectChange { path: path.to_owned(), object, change, fields, old: old.cloned(), new: new.cloned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> BTreeMap<String, Str> {
        files.iter().map(|(path, text)| ((*path).to_owned(), Str::from(*text))).collect()
    }

    const OLD: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: a:1\n      - name: side\n        image: s:1\n";

    #[test]
    fn names_the_object_and_the_field_that_changed() {
        let new = OLD.replace("a:1", "a:2");
        let changes = compare(
            &tree(&[("d.yaml", OLD), ("same.yaml", "a: 1\n")]),
            &tree(&[("d.yaml", &new), ("same.yaml", "a: 1\n")]),
        );
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].object.to_string(), "Deployment/web");
        let field = &changes[0].fields[0];
        assert_eq!(
            (field.path.as_str(), field.old.as_deref(), field.new.as_deref()),
            ("spec.template.spec.containers[web].image", Some("a:1"), Some("a:2"))
        );
        assert_eq!(changes[0].fields.len(), 1);
    }

    #[test]
    fn tells_added_removed_and_text_only_changes_apart() {
        let changes = compare(
            &tree(&[("gone.yaml", "kind: A\n"), ("text.yaml", "kind: B\n")]),
            &tree(&[("new.yaml", "kind: C\n"), ("text.yaml", "kind: B # why\n")]),
        );
        let kinds: Vec<_> =
            changes.iter().map(|change| (change.path.as_str(), change.change, change.fields.len())).collect();
        assert_eq!(
            kinds,
            [
                ("gone.yaml", ChangeKind::Removed, 0),
                ("new.yaml", ChangeKind::Added, 0),
                ("text.yaml", ChangeKind::Changed, 0)
            ]
        );
    }

    #[test]
    fn never_shows_values_of_secrets() {
        let old = "kind: Secret\nmetadata: {name: s}\nstringData: {password: old-hunter2}\n";
        let new = "kind: Secret\nmetadata: {name: s}\nstringData: {password: new-hunter2}\n";
        let changes = compare(&tree(&[("s.yaml", old)]), &tree(&[("s.yaml", new)]));
        let shown = format!("{:?}{}", changes[0].fields, super::super::unified(&changes[0], 3));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("stringData.password"));
    }
}
