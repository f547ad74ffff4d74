//! Processes dependencies: aliases, tags, conditions, and values imported from subcharts.

use std::collections::BTreeSet;

use super::coalesce::Coalescing;
use super::layer::{Layer, Table};
use super::tree::{ChartTree, DependencyId, NodeId};
use super::{Error, coalesce};
use crate::helm::chart::Chart;
use crate::helm::profile::Profile;
use crate::helm::semver::{Constraints, Version};
use crate::yaml::{Data, DataMap, Str};

/// Returns the names of declared dependencies that are not below `charts/`.
pub fn missing_dependencies(chart: &Chart) -> Vec<String> {
    chart
        .metadata
        .dependencies()
        .filter(|dependency| !chart.subcharts.iter().any(|subchart| subchart.metadata.name == dependency.name))
        .map(|dependency| dependency.name.lossy().into_owned())
        .collect()
}

/// Tells whether a version satisfies a constraint; what does not parse satisfies nothing.
pub(crate) fn is_compatible(constraint: &Str, version: &Str) -> bool {
    let (Ok(version), Ok(constraints)) = (Version::parse(version), Constraints::parse(constraint)) else {
        return false;
    };
    constraints.check(&version)
}

/// Works on the tree of one release.
pub(super) struct Processing<'a> {
    pub(super) tree: &'a mut ChartTree,
    pub(super) profile: Profile,
    pub(super) warnings: &'a mut Vec<String>,
    /// Dependencies whose values were imported.
    imported: BTreeSet<DependencyId>,
}

impl<'a> Processing<'a> {
    pub(super) fn new(tree: &'a mut ChartTree, profile: Profile, warnings: &'a mut Vec<String>) -> Self {
        Self { tree, profile, warnings, imported: BTreeSet::new() }
    }
}

impl Processing<'_> {
    /// Applies aliases, removes what is disabled, imports values.
    pub(super) fn run(&mut self, values: &DataMap) -> Result<(), Error> {
        let root = self.tree.root;
        self.enable(root, values, "")?;
        self.import(root)
    }

    fn coalesce(&mut self, chart: NodeId, values: &DataMap, merge: bool) -> Result<Table, Error> {
        let Self { tree, profile, warnings, .. } = self;
        Coalescing { tree, profile: *profile, merge, warnings }.run(chart, values)
    }

    /// Renames and removes subcharts, this chart's and then theirs.
    fn enable(&mut self, chart: NodeId, values: &DataMap, path: &str) -> Result<(), Error> {
        let Some(declared) = self.tree.nodes[chart].declared.clone() else { return Ok(()) };
        self.pick_charts(chart, &declared);
        for id in &declared {
            self.tree.dependencies[*id].enabled = true;
        }
        let coalesced = self.coalesce(chart, values, false)?;
        self.apply_tags(&declared, &coalesced);
        self.apply_conditions(&declared, &coalesced, path);
        let disabled: Vec<Str> = declared
            .iter()
            .map(|id| &self.tree.dependencies[*id])
            .filter(|dependency| !dependency.enabled)
            .map(|dependency| dependency.name.clone())
            .collect();
        let subcharts: Vec<NodeId> = self
            .tree
            .subcharts(chart)
            .iter()
            .copied()
            .filter(|subchart| !disabled.contains(self.tree.name(*subchart)))
            .collect();
        let kept: Vec<DependencyId> =
            declared.into_iter().filter(|id| !disabled.contains(&self.tree.dependencies[*id].name)).collect();
        if !subcharts.is_empty() {
            let Data::Map(values) = coalesced.freeze()? else { return Ok(()) };
            for &subchart in &subcharts {
                let below = format!("{path}{}.", self.tree.name(subchart));
                self.enable(subchart, &values, &below)?;
            }
        }
        // Go appends nothing to a nil slice: without dependencies left the slice is nil again.
        self.tree.nodes[chart].declared = (!kept.is_empty()).then_some(kept);
        self.set_subcharts(chart, subcharts);
        Ok(())
    }

    fn set_subcharts(&mut self, chart: NodeId, subcharts: Vec<NodeId>) {
        for &subchart in &subcharts {
            self.tree.nodes[subchart].parent = Some(chart);
        }
        self.tree.nodes[chart].subcharts = subcharts;
    }

    /// Chooses a loaded chart for every declared dependency; charts that are not declared stay.
    fn pick_charts(&mut self, chart: NodeId, declared: &[DependencyId]) {
        let loaded = self.tree.subcharts(chart).to_vec();
        let fits = |tree: &ChartTree, subchart: NodeId, id: DependencyId| {
            let dependency = &tree.dependencies[id];
            *tree.name(subchart) == dependency.name
                && is_compatible(&dependency.version, &tree.chart(subchart).metadata.version)
        };
        let mut chosen: Vec<NodeId> = loaded
            .iter()
            .copied()
            .filter(|subchart| !declared.iter().any(|id| fits(self.tree, *subchart, *id)))
            .collect();
        for &id in declared {
            if let Some(&subchart) = loaded.iter().find(|subchart| fits(self.tree, **subchart, id)) {
                chosen.push(self.copy_chart(subchart, id));
            }
            let dependency = &mut self.tree.dependencies[id];
            if !dependency.alias.is_empty() {
                dependency.name = dependency.alias.clone();
            }
        }
        self.set_subcharts(chart, chosen);
    }

    /// Copies a chart for a dependency. Helm 3 shares the declared dependencies and the subcharts of the copy with the
    /// original, so that what is done to one alias is done to all.
    fn copy_chart(&mut self, original: NodeId, id: DependencyId) -> NodeId {
        let mut copy = self.tree.nodes[original].clone();
        let alias = &self.tree.dependencies[id].alias;
        if !alias.is_empty() {
            copy.name = alias.clone();
        }
        let copy_id = self.tree.nodes.len();
        if !self.profile.rules().copies_aliased_charts {
            self.tree.nodes.push(copy);
            return copy_id;
        }
        if let Some(declared) = &mut copy.declared {
            for id in declared {
                let dependency = self.tree.dependencies[*id].clone();
                *id = self.tree.dependencies.len();
                self.tree.dependencies.push(dependency);
            }
        }
        let subcharts = std::mem::take(&mut copy.subcharts);
        self.tree.nodes.push(copy);
        let copies = subcharts
            .into_iter()
            .map(|subchart| {
                let copy = self.tree.nodes[subchart].clone();
                self.tree.nodes.push(copy);
                self.tree.nodes.len() - 1
            })
            .collect();
        self.set_subcharts(copy_id, copies);
        copy_id
    }

    /// A dependency with tags is disabled if one of them is false and none is true.
    fn apply_tags(&mut self, declared: &[DependencyId], values: &Table) {
        let Some(tags) = values.table(b"tags") else { return };
        for &id in declared {
            let dependency = &mut self.tree.dependencies[id];
            let (mut has_true, mut has_false) = (false, false);
            for tag in dependency.tags.iter().flatten() {
                match tags.get(tag) {
                    Some(Layer::Plain(Data::Bool(true))) => has_true = true,
                    Some(Layer::Plain(Data::Bool(false))) => has_false = true,
                    Some(_) => self
                        .warnings
                        .push(format!("Warning: Tag '{tag}' for chart {} returned non-bool value", dependency.name)),
                    None => {}
                }
            }
            dependency.enabled = has_true || !has_false;
        }
    }

    /// The first path of a condition that leads to a bool decides.
    fn apply_conditions(&mut self, declared: &[DependencyId], values: &Table, prefix: &str) {
        for &id in declared {
            let dependency = &mut self.tree.dependencies[id];
            let condition = dependency.condition.lossy().into_owned();
            for path in condition.trim().split(',').filter(|path| !path.is_empty()) {
                match values.path_value(&format!("{prefix}{path}")) {
                    Some(Data::Bool(value)) => {
                        dependency.enabled = value;
                        break;
                    }
                    Some(_) => self.warnings.push(format!(
                        "Warning: Condition path '{path}' for chart {} returned non-bool value",
                        dependency.name
                    )),
                    None => {}
                }
            }
        }
    }

    /// Imports values into all charts, the deepest first.
    fn import(&mut self, chart: NodeId) -> Result<(), Error> {
        for subchart in self.tree.subcharts(chart).to_vec() {
            self.import(subchart)?;
        }
        let Some(declared) = self.tree.nodes[chart].declared.clone() else { return Ok(()) };
        let coalesced = self.coalesce(chart, &DataMap::new(), true)?;
        let imported = Table::default();
        for id in declared {
            let dependency = &mut self.tree.dependencies[id];
            let name = dependency.name.clone();
            let imports = std::mem::take(&mut dependency.import_values);
            let mut done = Vec::new();
            // Helm leaves maps of another type in their place. Where aliases share the dependency it comes by once more, does not
            // know them, and drops them.
            let imports = if self.imported.insert(id) { imports } else { Vec::new() };
            for import in imports {
                let (child, parent) = match &import {
                    Data::Map(map) => {
                        let text = |key: &[u8]| map.get(key).map_or_else(|| "<nil>".to_owned(), plain_text);
                        (text(b"child"), text(b"parent"))
                    }
                    Data::String(export) => (format!("exports.{export}"), ".".to_owned()),
                    _ => continue,
                };
                done.push(Data::from(DataMap::from([
                    ("child".into(), Data::from(child.as_str())),
                    ("parent".into(), Data::from(parent.as_str())),
                ])));
                let Some(found) = coalesced.path(&format!("{name}.{child}")) else {
                    self.warnings.push(format!("Warning: ImportValues missing table from chart {name}: {child}"));
                    continue;
                };
                found.identify_entries();
                // Go's `AsMap` makes a new map of an empty one: only then nothing is shared with the subchart's values.
                let found = if found.is_empty() { Table::default() } else { found };
                self.lay_import(&imported, found, &parent);
            }
            self.tree.dependencies[id].import_values = done;
        }
        // Helm copies deeply here, so that what is shared ends.
        let own = coalesced.freeze()?;
        let imported = imported.freeze()?;
        self.tree.nodes[chart].values = match (&own, imported) {
            (_, Data::Map(imported)) if imported.is_empty() => own,
            (Data::Map(own), Data::Map(imported)) => {
                let Self { tree, profile, warnings, .. } = self;
                let mut coalescing = Coalescing { tree, profile: *profile, merge: true, warnings };
                let target = Table::new(own);
                coalescing.lay_table(&target, &Table::new(&imported), "");
                target.freeze()?
            }
            _ => own,
        };
        Ok(())
    }

    /// Lays a table under what was imported so far, at a path of the parent.
    fn lay_import(&mut self, imported: &Table, found: Table, parent: &str) {
        let mut source = found;
        if parent != "." {
            for part in parent.split('.').rev() {
                let outer = Table::default();
                outer.insert(Str::from(part), Layer::Table(source));
                source = outer;
            }
        }
        let Self { tree, profile, warnings, .. } = self;
        let mut coalescing = coalesce::Coalescing { tree, profile: *profile, merge: true, warnings };
        coalescing.lay_table(imported, &source, "");
    }
}

/// Go's `%v` of a value that is meant to be text.
fn plain_text(data: &Data) -> String {
    match data {
        Data::Null => "<nil>".to_owned(),
        Data::Bool(value) => value.to_string(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::String(text) => text.lossy().into_owned(),
        Data::List(items) => format!("[{}]", items.iter().map(plain_text).collect::<Vec<_>>().join(" ")),
        Data::Map(map) => {
            let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", plain_text(value))).collect();
            format!("map[{}]", entries.join(" "))
        }
    }
}
