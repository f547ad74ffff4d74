//! [`Contexts`]: the objects of a chart and its subcharts for one release.

use std::collections::BTreeMap;

use super::{capabilities, chart, files, values};
use crate::helm::capabilities::Capabilities;
use crate::helm::profile::Profile;
use crate::helm::release::Release;
use crate::helm::value::{Map, MapType, Value};
use crate::helm::values::{ChartTree, NodeId};
use crate::yaml::Str;

/// What the templates of a chart and its subcharts see in one release.
#[derive(Debug)]
pub struct Contexts {
    charts: BTreeMap<NodeId, ChartContext>,
    /// The names that are set for each template.
    names: [Str; 3],
}

#[derive(Debug)]
struct ChartContext {
    /// `.Template.BasePath`
    base_path: Value,
    entries: Map,
}

impl Contexts {
    /// Makes the objects of a chart whose dependencies have been processed, with its coalesced values.
    pub fn build(
        tree: &ChartTree,
        values: Map,
        release: &Release,
        capabilities: &Capabilities,
        profile: Profile,
    ) -> Self {
        let mut builder = Builder {
            tree,
            release: release_object(release),
            capabilities: capabilities::object(capabilities, profile),
            profile,
            charts: BTreeMap::new(),
        };
        builder.add(tree.root(), Value::Map(values.retyped(MapType::Values)));
        Self { charts: builder.charts, names: ["Name", "BasePath", "Template"].map(Str::from) }
    }

    /// Returns the dot for a template of a chart, by the template's full path. The map is the chart's own: what one template
    /// changes in it, the next one sees; only `.Template` is set anew.
    pub fn dot(&self, chart: NodeId, template: &str) -> Value {
        let Some(ChartContext { base_path, entries }) = self.charts.get(&chart) else { return Value::Nil };
        let [name, base_path_name, object] = &self.names;
        let fields = [(base_path_name.clone(), base_path.clone()), (name.clone(), Value::str(template))];
        entries.insert(object.clone(), Value::Map(Map::from_entries(MapType::Values, fields)));
        Value::Map(entries.retyped(MapType::Values))
    }
}

struct Builder<'t> {
    tree: &'t ChartTree,
    /// The objects that all charts of a release have in common.
    release: Value,
    capabilities: Value,
    profile: Profile,
    charts: BTreeMap<NodeId, ChartContext>,
}

impl Builder<'_> {
    /// Makes the objects of a chart and those below it. Charts nest only as deep as loading allows.
    fn add(&mut self, node: NodeId, values: Value) -> Map {
        let subcharts = Map::new(MapType::Any);
        let chart = self.tree.chart(node);
        let is_root = node == self.tree.root();
        let files = chart.files.iter().map(|file| (file.name.as_str(), &file.data));
        let entries = map(
            MapType::Any,
            [
                ("Chart", chart::object(&self.tree.metadata(node), is_root, self.profile)),
                ("Files", files::object(files)),
                ("Release", self.release.clone()),
                ("Capabilities", self.capabilities.clone()),
                ("Values", values),
                ("Subcharts", Value::Map(subcharts.clone())),
            ],
        );
        for subchart in self.tree.subcharts(node) {
            let name = self.tree.name(*subchart);
            let table = [b"Values.", &**name].concat();
            let values = values::find_table(&entries, &table).unwrap_or_else(|_| Map::new(MapType::Values));
            let inner = self.add(*subchart, Value::Map(values));
            subcharts.insert(name.clone(), Value::Map(inner));
        }
        let base_path = Value::str(format!("{}/templates", self.tree.path(node)));
        let context = ChartContext { base_path, entries: entries.clone() };
        self.charts.insert(node, context);
        entries
    }
}

fn map<const N: usize>(map_type: MapType, entries: [(&str, Value); N]) -> Map {
    Map::from_entries(map_type, entries.into_iter().map(|(key, value)| (Str::from(key), value)))
}

fn release_object(release: &Release) -> Value {
    let entries = [
        ("Name", Value::str(release.name.as_str())),
        ("Namespace", Value::str(release.namespace.as_str())),
        ("IsUpgrade", Value::Bool(release.is_upgrade)),
        ("IsInstall", Value::Bool(!release.is_upgrade)),
        ("Revision", Value::Int(1)),
        ("Service", Value::str("Helm")),
    ];
    Value::Map(map(MapType::Any, entries))
}
