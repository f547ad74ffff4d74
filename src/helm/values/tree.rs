//! [`ChartTree`]: a chart and its subcharts as one release sees them: renamed by aliases, without what is disabled.
//!
//! The charts themselves are shared and never change; what Helm changes in them while it processes dependencies is kept
//! here. Nodes may be reached from several parents while Helm 3 is followed, which copies less than Helm 4.

use std::sync::Arc;

use crate::helm::chart::{Chart, Dependency, Metadata};
use crate::yaml::{Data, Str};

/// A chart in a [`ChartTree`].
pub type NodeId = usize;

/// A declared dependency in a [`ChartTree`].
pub(super) type DependencyId = usize;

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) chart: Arc<Chart>,
    pub(super) name: Str,
    /// `None` where Go's slice is nil, which skips the processing.
    pub(super) declared: Option<Vec<DependencyId>>,
    pub(super) subcharts: Vec<NodeId>,
    pub(super) parent: Option<NodeId>,
    pub(super) values: Data,
}

/// A chart and its subcharts as one release sees them.
#[derive(Clone, Debug)]
pub struct ChartTree {
    pub(super) nodes: Vec<Node>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) root: NodeId,
}

impl ChartTree {
    /// Starts with the charts as they were loaded.
    pub fn new(chart: &Arc<Chart>) -> Self {
        let mut tree = Self { nodes: Vec::new(), dependencies: Vec::new(), root: 0 };
        tree.root = tree.add(chart, None);
        tree
    }

    fn add(&mut self, chart: &Arc<Chart>, parent: Option<NodeId>) -> NodeId {
        let declared = chart.metadata.dependencies.as_ref().map(|_| {
            let first = self.dependencies.len();
            self.dependencies.extend(chart.metadata.dependencies().cloned());
            (first..self.dependencies.len()).collect()
        });
        let id = self.nodes.len();
        self.nodes.push(Node {
            chart: Arc::clone(chart),
            name: chart.name().clone(),
            declared,
            subcharts: Vec::new(),
            parent,
            values: chart.values.clone(),
        });
        let subcharts = chart.subcharts.iter().map(|subchart| self.add(subchart, Some(id))).collect();
        self.nodes[id].subcharts = subcharts;
        id
    }

    /// Returns the root.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// Returns the chart of a node as it was loaded.
    pub fn chart(&self, node: NodeId) -> &Arc<Chart> {
        &self.nodes[node].chart
    }

    /// Returns the name of a chart: its alias, where it has one.
    pub fn name(&self, node: NodeId) -> &Str {
        &self.nodes[node].name
    }

    /// Returns the charts that a chart uses.
    pub fn subcharts(&self, node: NodeId) -> &[NodeId] {
        &self.nodes[node].subcharts
    }

    /// Returns the parent of a chart.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        self.nodes[node].parent
    }

    /// Returns the default values of a chart, with what it imports.
    pub fn values(&self, node: NodeId) -> &Data {
        &self.nodes[node].values
    }

    /// Returns the path of a chart below the root: `root/charts/sub`.
    pub fn path(&self, node: NodeId) -> String {
        let mut names = vec![self.name(node).lossy()];
        let mut current = node;
        // A chart is never its own ancestor, so this ends.
        while let Some(parent) = self.parent(current) {
            names.push(self.name(parent).lossy());
            current = parent;
        }
        names.reverse();
        names.join("/charts/")
    }

    /// Returns what `.Chart` shows of a chart: Chart.yaml with the alias as name and the enabled dependencies.
    pub fn metadata(&self, node: NodeId) -> Metadata {
        let Node { chart, name, declared, .. } = &self.nodes[node];
        let mut metadata = Metadata { name: name.clone(), ..chart.metadata.clone() };
        metadata.dependencies =
            declared.as_ref().map(|ids| ids.iter().map(|id| Some(self.dependencies[*id].clone())).collect());
        metadata
    }

    /// Returns all charts in use, parents before their subcharts.
    pub fn walk(&self) -> Vec<NodeId> {
        let mut order = Vec::new();
        let mut stack = vec![self.root];
        while let Some(node) = stack.pop() {
            order.push(node);
            stack.extend(self.subcharts(node).iter().rev());
        }
        order
    }
}
