//! Values: what the user gives, laid over what charts bring, and what follows from it for subcharts.
//!
//! [`UserValues`] layers value files and `--set` lines; [`Layered`] processes the dependencies of a chart (aliases, tags,
//! conditions, imports), lays the user's values over the defaults, and checks schemas. Knows nothing of templates.

mod coalesce;
mod dependencies;
mod error;
mod files;
mod json;
mod layer;
mod merge;
mod schema;
mod set;
mod tree;
mod user;

pub use dependencies::missing_dependencies;
pub use error::Error;
pub use tree::{ChartTree, NodeId};
pub use user::{UserValues, ValueFile};

pub(crate) use dependencies::is_compatible;
pub(crate) use files::read_values;
pub(crate) use merge::merge_maps;
pub(crate) use schema::Compiled as CompiledSchema;

use std::sync::Arc;

use coalesce::Coalescing;
use dependencies::Processing;
use layer::Table;

use super::chart::Chart;
use super::profile::Profile;
use super::value::Map;
use crate::yaml::{Data, DataMap};

/// The charts that take part in a release: dependencies are processed, values not yet layered.
#[derive(Debug)]
pub struct Processed {
    tree: ChartTree,
    profile: Profile,
    warnings: Vec<String>,
}

impl Processed {
    /// Applies aliases, tags and conditions, and imports values.
    ///
    /// # Errors
    /// If the values for a subchart are no map, or nest too deep.
    pub fn new(chart: &Arc<Chart>, user: &Data, profile: Profile) -> Result<Self, Error> {
        let mut tree = ChartTree::new(chart);
        let mut warnings = Vec::new();
        let nothing = DataMap::new();
        let user = user.as_map().unwrap_or(&nothing);
        Processing::new(&mut tree, profile, &mut warnings).run(user)?;
        Ok(Self { tree, profile, warnings })
    }

    /// Lays the user's values over the defaults.
    ///
    /// # Errors
    /// If the values for a subchart are no map.
    pub fn layer(self, user: &Data) -> Result<Layered, Error> {
        let Self { tree, profile, mut warnings } = self;
        let nothing = DataMap::new();
        let user = user.as_map().unwrap_or(&nothing);
        let root = tree.root();
        let table = Coalescing { tree: &tree, profile, merge: false, warnings: &mut warnings }.run(root, user)?;
        Ok(Layered { tree, table, warnings })
    }
}

/// The values of a release and the charts that take part in it.
#[derive(Debug)]
pub struct Layered {
    tree: ChartTree,
    table: Table,
    warnings: Vec<String>,
}

impl Layered {
    /// Processes dependencies and lays the user's values over the defaults.
    ///
    /// # Errors
    /// If the values for a subchart are no map, or nest too deep.
    pub fn new(chart: &Arc<Chart>, user: &Data, profile: Profile) -> Result<Self, Error> {
        Processed::new(chart, user, profile)?.layer(user)
    }

    /// Checks the values against the schemas of the charts.
    ///
    /// # Errors
    /// If a value breaks a schema, or a schema cannot be used.
    pub fn check_schemas(&self) -> Result<(), Error> {
        if self.tree.walk().iter().all(|node| self.tree.chart(*node).schema.is_none()) {
            return Ok(());
        }
        schema::check(&self.tree, &self.table.freeze()?)
    }

    /// Returns the charts that take part.
    pub fn tree(&self) -> &ChartTree {
        &self.tree
    }

    /// Returns what Helm warns of.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns the values as plain data.
    ///
    /// # Errors
    /// If they nest too deep.
    pub fn to_data(&self) -> Result<Data, Error> {
        self.table.freeze()
    }

    /// Returns the values for templates, with the tables that charts share.
    ///
    /// # Errors
    /// If they nest too deep.
    pub fn to_map(&self) -> Result<Map, Error> {
        self.table.to_map()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::chart::{File, Limits};
    use crate::helm::value::Value;

    fn chart(files: &[(&str, &str)]) -> Arc<Chart> {
        let files = files.iter().map(|(name, text)| File { name: (*name).to_owned(), data: (*text).into() });
        Chart::load(files.collect(), Profile::V4, Limits::default()).unwrap()
    }

    fn layered(chart: &Arc<Chart>, user: &str) -> Layered {
        let user = read_values(user.as_bytes(), Profile::V4, &crate::yaml::Limits::default()).unwrap();
        Layered::new(chart, &user, Profile::V4).unwrap()
    }

    fn inner(map: &Map, path: &[&str]) -> Map {
        path.iter().fold(map.clone(), |map, key| match map.get(key.as_bytes()) {
            Some(Value::Map(inner)) => inner,
            other => panic!("{key}: {other:?}"),
        })
    }

    const SUBCHART: &[(&str, &str)] = &[
        ("Chart.yaml", "apiVersion: v2\nname: root\nversion: 0.1.0\n"),
        ("values.yaml", "global: {a: {b: {c: 1}}}\nbig: {x: {y: 1}}\n"),
        ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
        ("charts/sub/values.yaml", "global: {a: {b: {d: 2}}}\n"),
    ];

    #[test]
    fn what_charts_share_below_global_is_one_map_for_templates() {
        let values = layered(&chart(SUBCHART), "{}").to_map().unwrap();
        let of_root = inner(&values, &["global", "a", "b"]);
        let of_sub = inner(&values, &["sub", "global", "a", "b"]);
        assert!(of_root.is_same(&of_sub));
        // So the subchart's defaults reach the parent, as they do in Helm.
        assert_eq!(of_root.len(), 2);
        assert!(!inner(&values, &["global", "a"]).is_same(&inner(&values, &["sub", "global", "a"])));
    }

    #[test]
    fn untouched_defaults_are_shared_between_releases() {
        let chart = chart(SUBCHART);
        let pick = |data: Data| match data.get("big").and_then(|big| big.get("x")).cloned() {
            Some(Data::Map(map)) => map,
            other => panic!("{other:?}"),
        };
        let one = pick(layered(&chart, "big: {z: 1}").to_data().unwrap());
        let two = pick(layered(&chart, "{}").to_data().unwrap());
        assert!(Arc::ptr_eq(&one, &two));
    }

    #[test]
    fn an_import_that_ties_a_table_into_itself_is_an_error() {
        let chart = chart(&[
            (
                "Chart.yaml",
                "apiVersion: v2\nname: root\nversion: 0.1.0\ndependencies:\n- name: sub\n  version: 0.1.0\n  \
                 import-values:\n  - {child: data.x, parent: x}\n  - {child: data, parent: x}\n",
            ),
            ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
            ("charts/sub/values.yaml", "data: {x: {y: 1}}\n"),
        ]);
        let error = Layered::new(&chart, &Data::map(), Profile::V4).unwrap_err();
        assert!(matches!(error, Error::TooDeep { .. }), "{error}");
    }
}
