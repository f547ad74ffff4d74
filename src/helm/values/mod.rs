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
        Processing { tree: &mut tree, profile, warnings: &mut warnings }.run(user)?;
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
