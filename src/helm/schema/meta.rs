//! Checks schemas with the schemas of schemas, which are compiled when the first schema of their draft comes.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::address::located;
use super::compile::compile_built_in;
use super::document::{Document, Spot};
use super::draft::{Dialect, Draft};
use super::error::Error;
use super::instance::View;
use super::json::Json;
use super::machine;
use super::rules::{Dynamic, Id, Logic, Place, Schema, SchemaRef, Schemas};
use super::trail::Trail;

/// The schema of the schemas of one dialect.
#[derive(Debug)]
struct Metaschema {
    schemas: Schemas,
    id: Id,
    /// What messages call it.
    name: String,
}

/// Checks a schema and all below it, each with the schema that it names.
pub(super) fn check(document: &Document<'_>, spot: Spot<'_>, pointer: &str) -> Result<(), Error> {
    let mut metaschemas = Vec::with_capacity(document.resources.len());
    let mut resources: HashMap<*const _, usize> = HashMap::new();
    for resource in &document.resources {
        if let Json::Map(map) = resource.node {
            resources.insert(std::ptr::from_ref(map), metaschemas.len());
        }
        metaschemas.push(metaschema(&resource.dialect)?);
    }
    let reference = |index: usize| metaschemas.get(index).map(|found| SchemaRef::new(&found.schemas, found.id));
    let dialects = |value: View<'_, Json>| match value {
        View::Map(map) => reference(*resources.get(&std::ptr::from_ref(map))?),
        _ => None,
    };
    let resource = document.resource_of(spot.node, spot.resource);
    let (Some(schema), Some(found)) = (reference(resource), metaschemas.get(resource)) else { return Ok(()) };
    machine::check(schema, spot.node, Some(&dialects))?.map_err(|report| {
        let header = format!("jsonschema validation failed with {}", super::words::quoted(found.name.as_bytes()));
        let report = format!("{header}\n{}", report.trim_end_matches('\n'));
        Error::Metaschema { place: located(&document.trail.url, pointer), report }
    })
}

/// Returns the schema of the schemas of a dialect.
fn metaschema(dialect: &Dialect) -> Result<Arc<Metaschema>, Error> {
    static KNOWN: [OnceLock<Arc<Metaschema>>; 5] = [const { OnceLock::new() }; 5];
    if dialect.vocabularies.is_some() {
        return of_vocabularies(dialect).map(Arc::new);
    }
    let known = match dialect.draft {
        Draft::Four => &KNOWN[0],
        Draft::Six => &KNOWN[1],
        Draft::Seven => &KNOWN[2],
        Draft::Year2019 => &KNOWN[3],
        Draft::Year2020 => &KNOWN[4],
    };
    if let Some(known) = known.get() {
        return Ok(Arc::clone(known));
    }
    let (schemas, ids) = compile_built_in(&[dialect.draft.url().to_owned()])?;
    let id = ids.first().copied().unwrap_or_default();
    Ok(Arc::clone(known.get_or_init(|| Arc::new(Metaschema { schemas, id, name: located(dialect.draft.url(), "") }))))
}

/// Puts a schema of schemas together from those of its vocabularies.
fn of_vocabularies(dialect: &Dialect) -> Result<Metaschema, Error> {
    let folder = dialect.draft.url().trim_end_matches("schema");
    let chosen = dialect.vocabularies.as_deref().unwrap_or_default();
    let urls: Vec<String> = chosen.iter().map(|name| format!("{folder}meta/{name}")).collect();
    let (mut schemas, all_of) = compile_built_in(&urls)?;
    let name = "urn:mem:metaschema".to_owned();
    let mut trail = Trail::new(&name);
    let step = trail.start(String::new());
    schemas.trails.push(trail);
    let place = Place { document: (schemas.trails.len() - 1) as u32, step };
    let id = schemas.list.len() as Id;
    let mut schema = Schema::new(place, dialect.draft, id);
    schema.logic = Some(Box::new(Logic { all_of, ..Logic::default() }));
    if dialect.draft >= Draft::Year2020 {
        let anchors = [("meta".into(), id)].into();
        schema.dynamic = Some(Box::new(Dynamic { anchor: Some("meta".into()), anchors, ..Dynamic::default() }));
    }
    schemas.list.push(schema);
    Ok(Metaschema { schemas, id, name })
}
