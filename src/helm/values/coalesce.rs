//! Layers a chart's values: the user's over the chart's defaults over those of its subcharts, with `global` handed down.
//!
//! *Coalescing* takes keys away where a null lies over a value; *merging* keeps the null for a later coalescing.

use std::sync::Arc;

use super::Error;
use super::layer::{Layer, MAX_DEPTH, Table};
use super::tree::{ChartTree, NodeId};
use crate::helm::go::fmt;
use crate::helm::profile::Profile;
use crate::helm::value::Value;
use crate::yaml::{Data, DataMap, Str};

/// The key whose table every subchart gets.
const GLOBAL: &[u8] = b"global";

/// Layers values over the defaults of a chart and its subcharts.
pub(super) struct Coalescing<'a> {
    pub(super) tree: &'a ChartTree,
    pub(super) profile: Profile,
    /// Nulls are kept.
    pub(super) merge: bool,
    pub(super) warnings: &'a mut Vec<String>,
}

impl Coalescing<'_> {
    /// Layers `values` over what a chart and its subcharts bring.
    pub(super) fn run(&mut self, chart: NodeId, values: &DataMap) -> Result<Table, Error> {
        let table = Table::new(values);
        self.chart(chart, &table, "")?;
        Ok(table)
    }

    fn chart(&mut self, chart: NodeId, target: &Table, prefix: &str) -> Result<(), Error> {
        self.defaults(chart, target, prefix);
        self.subcharts(chart, target, prefix)
    }

    fn subcharts(&mut self, chart: NodeId, target: &Table, prefix: &str) -> Result<(), Error> {
        for &subchart in self.tree.subcharts(chart) {
            let name = self.tree.name(subchart).clone();
            match target.get(&name) {
                None => target.insert(name.clone(), Layer::Table(Table::default())),
                Some(layer) if layer.is_table() => {}
                Some(Layer::Plain(found)) => {
                    // Helm prints it with the verb of a bool.
                    let found = fmt::sprintf(b"%t", &[Value::from(&found)], self.profile)
                        .map_or_else(|error| error.to_string(), |text| String::from_utf8_lossy(&text).into_owned());
                    return Err(Error::TypeMismatch { chart: name.lossy().into_owned(), found });
                }
                Some(Layer::Table(_)) => {}
            }
            let Some(table) = target.table(&name) else { continue };
            let prefix = join(prefix, self.tree.name(chart));
            self.globals(&table, target, &prefix);
            self.chart(subchart, &table, &prefix)?;
        }
        Ok(())
    }

    /// Hands the parent's `global` down: its keys win, tables are laid together.
    fn globals(&mut self, target: &Table, source: &Table, prefix: &str) {
        let global = |table: &Table| match table.get(GLOBAL) {
            None => Some(Table::default()),
            Some(_) => table.table(GLOBAL),
        };
        let Some(down) = global(target) else {
            self.warn("warning: skipping globals because destination global is not a table.");
            return;
        };
        let Some(up) = global(source) else {
            self.warn("warning: skipping globals because source global is not a table.");
            return;
        };
        for key in up.keys() {
            if let Some(theirs) = up.table(&key) {
                theirs.identify_entries();
                let copy = theirs.shallow_copy();
                match (down.get(&key), down.table(&key)) {
                    (None, _) => down.insert(key, Layer::Table(copy)),
                    (Some(_), Some(ours)) => {
                        // Nulls always stay here; the chart's own coalescing takes them away.
                        let prefix = join(prefix, &key);
                        self.lay_table(&copy, &ours, &prefix);
                        down.insert(key, Layer::Table(copy));
                    }
                    (Some(_), None) => {
                        self.warn(&format!("Conflict: cannot merge map onto non-map for {key:?}. Skipping."));
                    }
                }
            } else if down.get(&key).is_some_and(|layer| layer.is_table()) {
                self.warn(&format!("key {key} is table. Skipping"));
            } else if let Some(value) = up.get(&key) {
                down.insert(key, value);
            }
        }
        target.insert(Str::from(GLOBAL), Layer::Table(down));
    }

    /// Lays the values of a chart under its defaults.
    fn defaults(&mut self, chart: NodeId, target: &Table, prefix: &str) {
        let Data::Map(defaults) = self.tree.values(chart).clone() else { return };
        let prefix = join(prefix, self.tree.name(chart));
        let drops_nulls = self.profile.rules().drops_null_defaults && !self.merge;
        for (key, default) in defaults.iter() {
            match target.get(key) {
                None if drops_nulls && *default == Data::Null => {}
                None if drops_nulls => target.insert(key.clone(), Layer::Plain(without_nulls(default))),
                None => target.insert(key.clone(), Layer::Plain(default.clone())),
                Some(layer) if layer.is_null() && !self.merge => target.remove(key),
                Some(_) => {
                    let Some(table) = target.table(key) else { continue };
                    match default {
                        Data::Map(source) => {
                            // Below the name of a subchart nulls stay, to be seen when the subchart's turn comes.
                            let keeps_nulls = self.merge || self.has_subchart(chart, key);
                            let prefix = join(&prefix, key);
                            if self.profile.rules().drops_null_defaults && !keeps_nulls {
                                if let Data::Map(source) = without_nulls(default) {
                                    self.lay(&table, &source, &prefix, keeps_nulls);
                                }
                            } else {
                                self.lay(&table, source, &prefix, keeps_nulls);
                            }
                        }
                        Data::Null => {}
                        _ => self.warn(&format!("warning: skipped value for {prefix}.{key}: Not a table.")),
                    }
                }
            }
        }
    }

    fn has_subchart(&self, chart: NodeId, name: &Str) -> bool {
        self.tree.subcharts(chart).iter().any(|subchart| self.tree.name(*subchart) == name)
    }

    /// Lays a table under another: what is there wins.
    fn lay(&mut self, target: &Table, source: &DataMap, prefix: &str, merge: bool) {
        for (key, value) in source {
            match target.get(key) {
                None => target.insert(key.clone(), Layer::Plain(value.clone())),
                Some(layer) if layer.is_null() => {
                    if !merge && *value != Data::Null {
                        target.remove(key);
                    }
                }
                Some(layer) => match (layer.is_table(), value) {
                    (true, Data::Map(source)) => {
                        if let Some(target) = target.table(key) {
                            self.lay(&target, source, &join(prefix, key), merge);
                        }
                    }
                    (true, Data::Null) => {}
                    (true, _) => self.warn_ignored(prefix, key),
                    (false, Data::Map(_)) => self.warn_overwrite(prefix, key),
                    (false, _) => {}
                },
            }
        }
    }

    /// As [`Self::lay`], keeping nulls, for a source that lives on: its maps are shared with the target, and the target's
    /// nulls are written into it, as Helm does.
    pub(super) fn lay_table(&mut self, target: &Table, source: &Table, prefix: &str) {
        self.lay_table_at(target, source, prefix, 0);
    }

    fn lay_table_at(&mut self, target: &Table, source: &Table, prefix: &str, depth: usize) {
        // Imports can tie a table into itself; Helm never returns from that, and freezing the result is an error here.
        if target.is_same(source) || depth > MAX_DEPTH {
            return;
        }
        for key in target.keys() {
            if target.get(&key).is_some_and(|layer| layer.is_null()) {
                source.insert(key, Layer::Plain(Data::Null));
            }
        }
        for key in source.keys() {
            let from = source.table(&key);
            let Some(value) = source.get(&key) else { continue };
            match target.get(&key) {
                None => target.insert(key, value),
                Some(layer) => match (layer.is_table(), from) {
                    (true, Some(from)) => {
                        if let Some(target) = target.table(&key) {
                            self.lay_table_at(&target, &from, &join(prefix, &key), depth + 1);
                        }
                    }
                    (true, None) if !value.is_null() => self.warn_ignored(prefix, &key),
                    (false, Some(_)) => self.warn_overwrite(prefix, &key),
                    _ => {}
                },
            }
        }
    }

    fn warn_ignored(&mut self, prefix: &str, key: &Str) {
        let full = join(prefix, key);
        self.warn(&format!("warning: destination for {full} is a table. Ignoring non-table value"));
    }

    fn warn_overwrite(&mut self, prefix: &str, key: &Str) {
        let full = join(prefix, key);
        self.warn(&format!("warning: cannot overwrite table with non table for {full}"));
    }

    fn warn(&mut self, warning: &str) {
        if !self.warnings.iter().any(|known| known == warning) {
            self.warnings.push(warning.to_owned());
        }
    }
}

fn join(prefix: &str, name: &Str) -> String {
    if prefix.is_empty() { name.lossy().into_owned() } else { format!("{prefix}.{name}") }
}

/// Returns a tree without the keys whose value is null; lists are left alone. What has none stays shared.
pub(super) fn without_nulls(data: &Data) -> Data {
    fn has_nulls(data: &Data) -> bool {
        data.as_map().is_some_and(|map| map.values().any(|value| *value == Data::Null || has_nulls(value)))
    }
    match data {
        Data::Map(map) if has_nulls(data) => Data::Map(Arc::new(
            map.iter()
                .filter(|(_, value)| **value != Data::Null)
                .map(|(key, value)| (key.clone(), without_nulls(value)))
                .collect(),
        )),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_a_tree_without_nulls() {
        let data: Data = DataMap::from([("a".into(), Data::from("x"))]).into();
        let (Data::Map(before), Data::Map(after)) = (&data, &without_nulls(&data)) else { panic!("maps") };
        assert!(Arc::ptr_eq(before, after));
    }

    #[test]
    fn drops_nulls_of_maps_but_not_of_lists() {
        let list = Data::from(vec![Data::Null]);
        let inner: Data = DataMap::from([("n".into(), Data::Null), ("l".into(), list.clone())]).into();
        let outer: Data = DataMap::from([("m".into(), inner)]).into();
        let want: Data = DataMap::from([("m".into(), DataMap::from([("l".into(), list)]).into())]).into();
        assert_eq!(without_nulls(&outer), want);
    }
}
