//! Checks values against the `values.schema.json` of a chart and its subcharts.

use std::fmt::Write as _;

use super::Error;
use super::tree::{ChartTree, NodeId};
use crate::helm::schema::{self, Schema};
use crate::yaml::Data;

/// Checks the values of a release, each chart's table against its own schema.
pub(super) fn check(tree: &ChartTree, values: &Data) -> Result<(), Error> {
    let mut report = String::new();
    check_chart(tree, tree.root(), values, &mut report);
    if report.is_empty() { Ok(()) } else { Err(Error::Schema { report }) }
}

fn check_chart(tree: &ChartTree, chart: NodeId, values: &Data, report: &mut String) {
    let of_chart = tree.chart(chart);
    if let Some(schema) = &of_chart.schema
        && let Err(problem) =
            check_single(of_chart.compiled_schema.get_or_init(|| Compiled(Schema::compile(schema))), values)
    {
        let _ = write!(report, "{}:\n{problem}", tree.name(chart));
    }
    for &subchart in tree.subcharts(chart) {
        let Some(below) = values.as_map().and_then(|map| map.get(tree.name(subchart))) else { continue };
        if let Data::Map(_) = below {
            check_chart(tree, subchart, below, report);
        }
    }
}

/// A schema, compiled when it is first needed, or what is wrong with it.
#[derive(Debug)]
pub(crate) struct Compiled(Result<Schema, schema::Error>);

fn check_single(schema: &Compiled, values: &Data) -> Result<(), String> {
    let schema = schema.0.as_ref().map_err(ToString::to_string)?;
    schema.check(values).map_err(|error| format!("{error}\n"))?
}
