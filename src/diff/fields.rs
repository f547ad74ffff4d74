//! [`FieldChange`]: which field of an object changed, from what to what.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::yaml::{Data, DataMap, Str, json};

/// A field whose value differs. Paths read `spec.template.spec.containers[web].image`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Where.
    pub path: String,
    /// The old value on one line, absent where there was none.
    pub old: Option<String>,
    /// The new value on one line, absent where there is none.
    pub new: Option<String>,
}

/// What is shown in place of a Secret's value.
const MASK: &str = "***";

/// Deeper structures are compared as a whole: a path that long says nothing to a reader.
const DEEPEST: usize = 64;

/// Returns the fields that differ between two manifests. With `mask`, values are not shown.
pub fn field_changes(old: &Data, new: &Data, mask: bool) -> Vec<FieldChange> {
    let mut walk = Walk { changes: Vec::new(), mask };
    walk.compare(&mut String::new(), Some(old), Some(new), 0);
    walk.changes
}

struct Walk {
    changes: Vec<FieldChange>,
    mask: bool,
}

impl Walk {
    fn compare(&mut self, path: &mut String, old: Option<&Data>, new: Option<&Data>, depth: usize) {
        if old == new {
            return;
        }
        match (old, new) {
            (Some(Data::Map(old)), Some(Data::Map(new))) if depth < DEEPEST => self.compare_maps(path, old, new, depth),
            (Some(Data::List(old)), Some(Data::List(new))) if depth < DEEPEST => match (named(old), named(new)) {
                (Some(old), Some(new)) => self.compare_named(path, &old, &new, depth),
                _ => self.compare_items(path, old, new, depth),
            },
            _ => self.changes.push(FieldChange {
                path: path.clone(),
                old: old.map(|value| self.shown(value)),
                new: new.map(|value| self.shown(value)),
            }),
        }
    }

    fn compare_maps(&mut self, path: &mut String, old: &DataMap, new: &DataMap, depth: usize) {
        let keys: BTreeSet<&Str> = old.keys().chain(new.keys()).collect();
        for key in keys {
            let dot = if path.is_empty() { "" } else { "." };
            let key_text = key.lossy();
            let step =
                if key_text.contains(['.', '[', '/']) { format!("[{key_text:?}]") } else { format!("{dot}{key_text}") };
            self.step(path, &step, old.get(key), new.get(key), depth);
        }
    }

    fn compare_named(&mut self, path: &mut String, old: &[(String, &Data)], new: &[(String, &Data)], depth: usize) {
        let find = |side: &[(String, &Data)], name: &str| side.iter().position(|(other, _)| other == name);
        for (name, item) in old {
            let twin = find(new, name).map(|at| new[at].1);
            self.step(path, &format!("[{name}]"), Some(item), twin, depth);
        }
        for (name, item) in new.iter().filter(|(name, _)| find(old, name).is_none()) {
            self.step(path, &format!("[{name}]"), None, Some(item), depth);
        }
    }

    fn compare_items(&mut self, path: &mut String, old: &[Data], new: &[Data], depth: usize) {
        for index in 0..old.len().max(new.len()) {
            self.step(path, &format!("[{index}]"), old.get(index), new.get(index), depth);
        }
    }

    fn step(&mut self, path: &mut String, step: &str, old: Option<&Data>, new: Option<&Data>, depth: usize) {
        let length = path.len();
        path.push_str(step);
        self.compare(path, old, new, depth + 1);
        path.truncate(length);
    }

    fn shown(&self, value: &Data) -> String {
        if self.mask { MASK.to_owned() } else { json_line(value) }
    }
}

/// Returns the items of a list by their `name`, if all have one of their own: containers, variables, volumes, ports.
fn named(items: &[Data]) -> Option<Vec<(String, &Data)>> {
    let named: Vec<(String, &Data)> = items
        .iter()
        .map(|item| Some((item.get("name")?.as_str()?.lossy().into_owned(), item)))
        .collect::<Option<_>>()?;
    let distinct: BTreeSet<&String> = named.iter().map(|(name, _)| name).collect();
    (distinct.len() == named.len()).then_some(named)
}

/// Returns a value as JSON on one line; a text without its quotes reads better in a list of changes.
fn json_line(value: &Data) -> String {
    match value {
        Data::String(text) => text.lossy().into_owned(),
        // A number that JSON cannot carry (NaN) cannot come out of a manifest; it would show as nothing.
        other => json::encode(other, json::Html::Raw)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default(),
    }
}
