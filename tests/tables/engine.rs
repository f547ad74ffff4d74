//! Renders one template of a small chart, as templates.json and functions.json were made.

use std::collections::BTreeMap;
use std::sync::Arc;

use plainsail::helm::chart::{Chart, File, Limits as ChartLimits};
use plainsail::helm::context::Contexts;
use plainsail::helm::functions::Failure;
use plainsail::helm::template::{Environment, Error, Limits, Machine, Program, Source};
use plainsail::helm::value::{Map, MapType, Value};
use plainsail::helm::values::ChartTree;
use plainsail::helm::{Capabilities, Profile, Release};
use plainsail::yaml::{Data, DataMap, Str};
use serde_json::Value as Json;

use crate::table::Table;

const CHART: &str = "apiVersion: v2\nname: chart\nversion: 1.2.3\nappVersion: 4.5.6\ndescription: d\ntype: application\n\
                     keywords: [k1, k2]\nmaintainers:\n- name: m\n  email: m@example.com\nannotations:\n  a: b\n";

/// A clock that stands still and randomness that is none.
struct Fixed(u64);

impl Environment for Fixed {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(1_763_700_000_123_456_789)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        for byte in buffer {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }

    fn address(&self) -> Result<u64, Failure> {
        Ok(0xc0_0012_3000)
    }
}

/// What a case expects for a profile: a text, or an error and whether its wording counts.
pub(crate) enum Expected {
    Text(Vec<u8>),
    Error(String, bool),
}

/// Returns what a case expects.
pub(crate) fn expected(case: &Json, profile: Profile) -> Expected {
    let is_3 = profile == Profile::V3;
    let exact = case.get("error_exact").and_then(Json::as_bool).unwrap_or(true);
    let text = |key: &str| case.get(key).map(|value| Expected::Text(bytes(value)));
    let error = |key: &str| case.get(key).map(|value| Expected::Error(value.as_str().unwrap_or("").to_owned(), exact));
    let special = if is_3 { text("expect_3").or_else(|| error("error_3")) } else { None };
    special.or_else(|| text("expect")).or_else(|| error("error")).expect("a case expects something")
}

/// Reads a text that may not be UTF-8.
fn bytes(value: &Json) -> Vec<u8> {
    use base64::Engine as _;
    match value {
        Json::String(text) => text.clone().into_bytes(),
        other => base64::engine::general_purpose::STANDARD
            .decode(other["$base64"].as_str().expect("base64"))
            .expect("base64"),
    }
}

/// Reads JSON as the tables write Go values.
pub(crate) fn data(value: &Json) -> Data {
    match value {
        Json::Null => Data::Null,
        Json::Bool(value) => Data::Bool(*value),
        Json::Number(number) => Data::Float(number.as_f64().expect("a number")),
        Json::String(text) => Data::from(text.as_str()),
        Json::Array(items) => Data::from(items.iter().map(data).collect::<Vec<_>>()),
        Json::Object(map) => {
            if let Some(number) = map.get("$int") {
                return Data::Int(number.as_str().expect("a text").parse().expect("a number"));
            }
            if let Some(number) = map.get("$float") {
                return Data::Float(match number.as_str().expect("a text") {
                    "+Inf" => f64::INFINITY,
                    "-Inf" => f64::NEG_INFINITY,
                    "NaN" => f64::NAN,
                    other => other.parse().expect("a float"),
                });
            }
            let entries: DataMap = map.iter().map(|(key, value)| (Str::from(key.as_str()), data(value))).collect();
            Data::from(entries)
        }
    }
}

/// Renders a case and returns the text of `templates/main.yaml`, or Helm's error.
pub(crate) fn render(table: &Table, case: &Json, profile: Profile) -> Result<Vec<u8>, String> {
    let files = chart_files(table, case);
    let chart = Chart::load(files, profile, ChartLimits::default()).map_err(|error| error.to_string())?;
    let tree = ChartTree::new(&chart);
    let values = match Value::from(&data(&table.root["data"][case["data"].as_str().unwrap_or("main")])) {
        Value::Map(map) => map,
        _ => Map::new(MapType::Values),
    };
    let release = Release { name: "rel".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
    let contexts = Contexts::build(&tree, values, &release, &Capabilities::default(), profile);
    let mut templates = all_templates(&tree);
    templates.sort_by(|a, b| depth(&b.0).cmp(&depth(&a.0)).then_with(|| b.0.cmp(&a.0)));
    let sources: Vec<Source> =
        templates.iter().map(|(name, _, text)| Source { name: name.as_str().into(), text: text.clone() }).collect();
    let program = Program::compile(&sources, profile).map_err(|error| error.to_string())?;
    let mut environment = Fixed(7);
    let limits = Limits { steps: 50_000_000, ..Limits::default() };
    let mut machine = Machine::new(&program, &mut environment, limits);
    let mut result = None;
    for (name, node, _) in &templates {
        if is_partial(name) {
            continue;
        }
        let out = machine.render(name, contexts.dot(*node, name)).map_err(|error| match error {
            Error::Execution { text, .. } => text,
            other => format!("OURS: {other}"),
        })?;
        if name == "chart/templates/main.yaml" {
            result = Some(out);
        }
    }
    result.ok_or_else(|| "nothing rendered".to_owned())
}

fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
}

fn depth(name: &str) -> usize {
    name.matches('/').count()
}

fn all_templates(tree: &ChartTree) -> Vec<(String, usize, Str)> {
    let mut found = Vec::new();
    for node in tree.walk() {
        let chart: &Arc<Chart> = tree.chart(node);
        let is_library = chart.metadata.chart_type.eq_ignore_ascii_case(b"library");
        for file in chart.templates.iter().filter(|file| !is_library || is_partial(&file.name)) {
            found.push((format!("{}/{}", tree.path(node), file.name), node, file.data.clone()));
        }
    }
    found
}

fn chart_files(table: &Table, case: &Json) -> Vec<File> {
    let mut files = BTreeMap::from([("Chart.yaml".to_owned(), Str::from(CHART))]);
    let more = match &case["files"] {
        Json::String(name) => &table.root["file_sets"][name.as_str()],
        other => other,
    };
    for (name, text) in more.as_object().into_iter().flatten() {
        files.insert(name.clone(), bytes(text).into());
    }
    files.insert("templates/main.yaml".to_owned(), bytes(&case["template"]).into());
    files.into_iter().map(|(name, data)| File { name, data }).collect()
}
