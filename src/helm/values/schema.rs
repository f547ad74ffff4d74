//! Checks values against the `values.schema.json` of a chart and its subcharts.
//!
//! No network and no files: a reference that leaves the schema is an error that names it, and an unresolved `urn:` accepts
//! everything, as in Helm.

use std::fmt::Write as _;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, PatternOptions, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value as Json;

use super::tree::{ChartTree, NodeId};
use super::{Error, schema_cost};
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
        && let Err(problem) = check_single(of_chart.compiled_schema.get_or_init(|| Compiled(compile(schema))), values)
    {
        let _ = write!(report, "{}:\n{problem}", tree.name(chart));
    }
    for &subchart in tree.subcharts(chart) {
        let Some(below) = values.as_map().and_then(|map| map.get(&**tree.name(subchart))) else { continue };
        if let Data::Map(_) = below {
            check_chart(tree, subchart, below, report);
        }
    }
}

/// A schema, compiled when it is first needed, or what is wrong with it.
#[derive(Debug)]
pub(crate) struct Compiled(Result<Schema, String>);

#[derive(Debug)]
struct Schema {
    validator: Validator,
    /// The schema itself, where it has to be found out for each values how long checking takes.
    multiplies: Option<Json>,
}

fn compile(schema: &[u8]) -> Result<Schema, String> {
    let schema: Json = serde_json::from_slice(schema)
        .map_err(|error| if error.is_eof() { "unexpected EOF".to_owned() } else { error.to_string() })?;
    let mut options = jsonschema::options().with_retriever(InDocument).with_pattern_options(PatternOptions::regex());
    if schema.get("$schema").is_none() {
        options = options.with_draft(Draft::Draft202012);
    }
    let validator = options
        .without_content_media_type_support("application/json")
        .without_content_encoding_support("base64")
        .build(&schema)
        .map_err(|error| format!("schema is invalid: {error}\n"))?;
    Ok(Schema { validator, multiplies: schema_cost::may_multiply(&schema).then_some(schema) })
}

fn check_single(schema: &Compiled, values: &Data) -> Result<(), String> {
    let Schema { validator, multiplies } = schema.0.as_ref().map_err(String::clone)?;
    let values = json(values);
    if let Some(problem) = multiplies.as_ref().and_then(|schema| schema_cost::check(schema, &values)) {
        return Err(format!("{problem}\n"));
    }
    if validator.is_valid(&values) {
        return Ok(());
    }
    let mut lines: Vec<String> = validator.iter_errors(&values).map(|error| describe(&error)).collect();
    lines.sort();
    if lines.is_empty() { Ok(()) } else { Err(format!("{}\n", lines.join("\n"))) }
}

/// Gives nothing from outside.
struct InDocument;

impl Retrieve for InDocument {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        if uri.scheme().as_str() == "urn" {
            return Ok(Json::Bool(true));
        }
        Err(format!("reference to {uri} is not supported: schemas are read without network and files").into())
    }
}

/// Whole numbers become integers, since JSON does not tell `1` from `1.0`.
fn json(data: &Data) -> Json {
    match data {
        Data::Null => Json::Null,
        Data::Bool(value) => Json::Bool(*value),
        Data::Int(value) => Json::from(*value),
        Data::Float(value) if value.fract() == 0.0 && value.abs() < 9e18 => Json::from(*value as i64),
        Data::Float(value) => Json::from(*value),
        Data::String(text) => Json::String(text.lossy().into_owned()),
        Data::List(items) => Json::Array(items.iter().map(json).collect()),
        Data::Map(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.lossy().into_owned(), json(value))).collect())
        }
    }
}

/// Says what is wrong in the manner of Helm's library.
fn describe(error: &ValidationError<'_>) -> String {
    let path = error.instance_path().to_string();
    let instance = error.instance();
    let problem = match error.kind() {
        ValidationErrorKind::Required { property } => {
            format!("missing property '{}'", property.as_str().unwrap_or_default())
        }
        ValidationErrorKind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or "),
            };
            format!("got {}, want {wanted}", type_name(instance))
        }
        ValidationErrorKind::Minimum { limit } => format!("minimum: got {instance}, want {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("maximum: got {instance}, want {limit}"),
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let names: Vec<String> = unexpected.iter().map(|name| format!("'{name}'")).collect();
            format!("additional properties {} not allowed", names.join(", "))
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(|option| option.as_str().map_or_else(|| option.to_string(), |text| format!("'{text}'")))
                .collect();
            format!("value must be one of {}", options.join(", "))
        }
        ValidationErrorKind::Pattern { pattern } => {
            format!("{} does not match pattern '{pattern}'", quoted(instance))
        }
        other => format!("{}: {error}", other.keyword()),
    };
    format!("- at '{path}': {problem}")
}

fn quoted(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("'{text}'"))
}

fn type_name(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
