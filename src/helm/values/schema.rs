//! Checks values against the `values.schema.json` of a chart and its subcharts.
//!
//! No network and no files: a reference that leaves the schema is an error that names it, and an unresolved `urn:` accepts
//! everything, as in Helm.

use std::fmt::Write as _;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, ReferencingError, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value as Json;

use super::formats::FORMATS;
use super::tree::{ChartTree, NodeId};
use super::{Error, problems, schema_cost};
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
        let Some(below) = values.as_map().and_then(|map| map.get(tree.name(subchart))) else { continue };
        if let Data::Map(_) = below {
            check_chart(tree, subchart, below, report);
        }
    }
}

/// The address under which Helm gives the schema to its library.
const BASE: &str = "file:///values.schema.json";

/// A schema, compiled when it is first needed, or what is wrong with it.
#[derive(Debug)]
pub(crate) struct Compiled(Result<Schema, String>);

#[derive(Debug)]
struct Schema {
    validator: Validator,
    text: Json,
    /// It has to be found out for each values how long checking takes.
    may_multiply: bool,
}

fn compile(schema: &[u8]) -> Result<Schema, String> {
    let schema: Json = serde_json::from_slice(schema)
        .map_err(|error| if error.is_eof() { "unexpected EOF".to_owned() } else { error.to_string() })?;
    let mut options = jsonschema::options().with_retriever(InDocument).with_pattern_options(PatternOptions::regex());
    if schema.get("$schema").is_none() {
        options = options.with_draft(Draft::Draft202012);
    }
    // Helm's library knows them in all drafts that ask for formats.
    for &(name, check) in FORMATS {
        options = options.with_format(name, move |text: &str| check(text).is_ok());
    }
    let validator = options
        .with_base_uri(BASE)
        .without_content_media_type_support("application/json")
        .without_content_encoding_support("base64")
        .build(&schema)
        .map_err(|error| unusable(&error))?;
    Ok(Schema { validator, may_multiply: schema_cost::may_multiply(&schema), text: schema })
}

fn check_single(schema: &Compiled, values: &Data) -> Result<(), String> {
    let Schema { validator, text, may_multiply } = schema.0.as_ref().map_err(String::clone)?;
    let values = json(values);
    if *may_multiply && let Some(problem) = schema_cost::check(text, &values) {
        return Err(format!("{problem}\n"));
    }
    if validator.is_valid(&values) {
        return Ok(());
    }
    let errors: Vec<_> = validator.iter_errors(&values).collect();
    if errors.is_empty() { Ok(()) } else { Err(problems::report(&errors, text)) }
}

/// Says why a schema cannot be used.
fn unusable(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, source }) => {
            format!("failing loading {uri:?}: {source}")
        }
        ValidationErrorKind::Referencing(ReferencingError::PointerToNowhere { pointer }) => {
            format!("json-pointer in \"{BASE}#{pointer}\" not found")
        }
        ValidationErrorKind::Referencing(other) => format!("schema is invalid: {other}"),
        _ => format!("\"{BASE}#\" is not valid against metaschema: {error}"),
    }
}

/// Gives nothing from outside.
struct InDocument;

impl Retrieve for InDocument {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        if uri.scheme().as_str() == "urn" {
            return Ok(Json::Bool(true));
        }
        Err("schemas are read without network and files".into())
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
