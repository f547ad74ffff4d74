//! [`Document`]: a text with schemas, and what in it has a name of its own: resources (`$id`) and anchors.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::address::{Address, Fragment, located, split, token};
use super::draft::{Dialect, Draft};
use super::error::Error;
use super::json::Json;
use super::library;
use super::trail::{StepId, Trail};
use crate::helm::go::url::Url;
use crate::yaml::Str;

/// A place in a document, by where it lies in memory.
pub(super) type Node = *const Json;

/// A document whose names are known.
#[derive(Debug)]
pub(super) struct Document<'d> {
    pub(super) trail: Trail,
    pub(super) resources: Vec<Resource<'d>>,
    by_node: HashMap<Node, usize, FixedState>,
    by_id: BTreeMap<String, usize>,
    /// The places that are known to be schemas.
    known: HashMap<Node, StepId, FixedState>,
}

/// A schema with an identifier; the whole document has one in any case.
#[derive(Debug)]
pub(super) struct Resource<'d> {
    pub(super) node: &'d Json,
    pub(super) id: String,
    pub(super) dialect: Dialect,
    anchors: BTreeMap<Str, &'d Json>,
    /// Those of the anchors that are dynamic.
    pub(super) dynamic_anchors: Vec<Str>,
}

/// Where a reference leads. A way that leads nowhere is an error only when it is gone.
#[derive(Debug)]
pub(super) struct Found<'d> {
    pub(super) spot: Result<Spot<'d>, Error>,
    pub(super) pointer: String,
}

/// A schema whose names are to be found.
struct Pending<'d> {
    schema: &'d Json,
    /// The resource above; nothing for the root.
    base: Option<usize>,
    /// The dialect above.
    dialect: Dialect,
    step: StepId,
}

/// A schema in a document, with the resource that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'d> {
    pub(super) node: &'d Json,
    pub(super) resource: usize,
}

impl<'d> Document<'d> {
    /// Finds the names in a document.
    pub(super) fn new(url: &str, root: &'d Json, draft: Draft) -> Result<Self, Error> {
        let mut document = Self {
            trail: Trail::new(url),
            resources: Vec::new(),
            by_node: HashMap::default(),
            by_id: BTreeMap::new(),
            known: HashMap::default(),
        };
        let step = document.trail.start(String::new());
        document.collect(Pending { schema: root, base: None, dialect: Dialect::plain(draft), step })?;
        Ok(document)
    }

    fn add_resource(&mut self, node: &'d Json, id: String, dialect: Dialect) -> usize {
        let number = self.resources.len();
        self.by_id.insert(id.clone(), number);
        self.by_node.insert(node, number);
        let (anchors, dynamic_anchors) = (BTreeMap::new(), Vec::new());
        self.resources.push(Resource { node, id, dialect, anchors, dynamic_anchors });
        number
    }

    /// Returns the place of a schema.
    pub(super) fn step_of(&self, node: &Json) -> Option<StepId> {
        self.known.get(&std::ptr::from_ref(node)).copied()
    }

    /// Takes a place for a schema that no keyword says to be one.
    pub(super) fn add_schema(&mut self, spot: Spot<'d>, pointer: String) -> Result<StepId, Error> {
        let step = self.trail.start(pointer);
        let dialect = self.resources[spot.resource].dialect.clone();
        self.collect(Pending { schema: spot.node, base: Some(spot.resource), dialect, step })?;
        Ok(step)
    }

    /// Finds the names in a schema and those below it.
    fn collect(&mut self, start: Pending<'d>) -> Result<(), Error> {
        let mut pending = vec![start];
        while let Some(next) = pending.pop() {
            let Pending { schema, step, .. } = next;
            if self.known.insert(schema, step).is_some() {
                continue;
            }
            if schema.as_map().is_none() {
                if next.base.is_none() {
                    self.add_resource(schema, self.trail.url.to_string(), next.dialect);
                }
                continue;
            }
            let (draft, base) = self.collect_one(next)?;
            self.collect_anchors(schema, base)?;
            let from = pending.len();
            let (trail, dialect) = (&mut self.trail, &self.resources[base].dialect);
            draft.each_subschema(schema, |keyword, part, below| {
                let step = trail.below(step, keyword, part);
                pending.push(Pending { schema: below, base: Some(base), dialect: dialect.clone(), step });
            });
            pending[from..].reverse();
        }
        Ok(())
    }

    /// Finds out the draft of a schema and its resource.
    fn collect_one(&mut self, found: Pending<'d>) -> Result<(Draft, usize), Error> {
        let Pending { schema, base, dialect: fallback, step } = found;
        let own_url = base.is_none().then(|| Arc::clone(&self.trail.url));
        let mut draft = draft_of(schema, own_url.as_deref(), fallback.draft, &|| self.trail.location(step))?;
        let mut has_schema = schema.get("$schema").and_then(Json::as_text).is_some();
        let mut id = draft.id_of(schema);
        if id.is_none() && base.is_some() {
            draft = fallback.draft;
            has_schema = false;
            id = draft.id_of(schema);
        }
        let id = match (id, base) {
            (None, Some(base)) => return Ok((draft, base)),
            (None, None) => self.trail.url.to_string(),
            (Some(id), base) => {
                let base = base.map_or(&*self.trail.url, |base| &self.resources[base].id);
                Address::join(base, id).map_err(|_| Error::Id { place: self.trail.location(step) })?.url
            }
        };
        if let Some(&same) = self.by_id.get(&id) {
            let first = self.resources[same].node;
            if !std::ptr::eq(first, schema) {
                let (first, second) = (self.pointer_to(first), self.pointer_to(schema));
                return Err(Error::DuplicateId { id, url: self.trail.url.to_string(), first, second });
            }
            return Ok((draft, same));
        }
        let dialect =
            if has_schema { Dialect { draft, vocabularies: vocabularies_of(schema, draft)? } } else { fallback };
        Ok((draft, self.add_resource(schema, id, dialect)))
    }

    fn collect_anchors(&mut self, schema: &'d Json, resource: usize) -> Result<(), Error> {
        let draft = self.resources[resource].dialect.draft;
        let text = |key: &str| schema.get(key).and_then(Json::as_text);
        if draft < Draft::Year2019 {
            if schema.get("$ref").is_some() {
                return Ok(());
            }
            if let Some(id) = text(draft.id_keyword()).and_then(Str::as_utf8) {
                let place = || located(&self.trail.url, &self.pointer_to(schema));
                let fragment = Fragment::of(id).map_err(|_| Error::Anchor { place: place() })?;
                if let Fragment::Anchor(anchor) = fragment {
                    self.add_anchor(&Str::from(anchor), schema, resource)?;
                }
            }
            return Ok(());
        }
        if let Some(anchor) = text("$anchor") {
            self.add_anchor(anchor, schema, resource)?;
        }
        if draft >= Draft::Year2020
            && let Some(anchor) = text("$dynamicAnchor")
        {
            self.add_anchor(anchor, schema, resource)?;
            self.resources[resource].dynamic_anchors.push(anchor.clone());
        }
        Ok(())
    }

    fn add_anchor(&mut self, anchor: &Str, schema: &'d Json, resource: usize) -> Result<(), Error> {
        match self.resources[resource].anchors.insert(anchor.clone(), schema) {
            Some(first) if !std::ptr::eq(first, schema) => Err(Error::DuplicateAnchor {
                anchor: anchor.lossy().into_owned(),
                url: self.trail.url.to_string(),
                first: self.pointer_to(first),
                second: self.pointer_to(schema),
            }),
            _ => Ok(()),
        }
    }

    /// Returns the resource that a schema below another one's keyword belongs to.
    pub(super) fn resource_of(&self, node: &Json, parent: usize) -> usize {
        self.by_node.get(&std::ptr::from_ref(node)).copied().unwrap_or(parent)
    }

    /// Returns the anchor of a resource.
    pub(super) fn anchored(&self, resource: usize, anchor: &[u8]) -> Option<&'d Json> {
        self.resources[resource].anchors.get(anchor).copied()
    }

    /// Returns the resource with an address.
    pub(super) fn resource_at(&self, url: &str) -> Option<usize> {
        // The document has its own address even where its root calls itself something else.
        if url == &*self.trail.url { Some(0) } else { self.by_id.get(url).copied() }
    }

    /// Follows a fragment from a resource.
    pub(super) fn find(&self, resource: usize, fragment: &Fragment) -> Result<Found<'d>, Error> {
        match fragment {
            Fragment::Anchor(anchor) => {
                let node = self.anchored(resource, anchor.as_bytes()).ok_or_else(|| {
                    let reference = Address { url: self.resources[resource].id.clone(), fragment: fragment.clone() };
                    Error::NoAnchor { reference: reference.text(), url: self.trail.url.to_string() }
                })?;
                Ok(Found { spot: Ok(Spot { node, resource }), pointer: self.pointer_to(node) })
            }
            Fragment::Pointer(pointer) => {
                let start = Spot { node: self.resources[resource].node, resource };
                let whole = format!("{}{pointer}", self.pointer_to(start.node));
                Ok(Found { spot: self.walk(start, pointer, &whole), pointer: whole })
            }
        }
    }

    fn walk(&self, start: Spot<'d>, pointer: &str, whole: &str) -> Result<Spot<'d>, Error> {
        let place = || located(&self.trail.url, whole);
        let mut at = start;
        for escaped in pointer.split('/').skip(1) {
            let token = token(escaped).ok_or_else(|| Error::Pointer { place: place() })?;
            let below = match at.node {
                Json::Map(map) => map.get(token.as_bytes()),
                Json::List(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
                _ => None,
            };
            let node = below.ok_or_else(|| Error::NoPlace { place: place() })?;
            at = Spot { node, resource: self.resource_of(node, at.resource) };
        }
        Ok(at)
    }

    /// Returns the JSON pointer to a schema.
    pub(super) fn pointer_to(&self, schema: &Json) -> String {
        self.step_of(schema).map_or_else(String::new, |step| self.trail.pointer(step))
    }
}

/// Finds out which draft a schema follows, by its schema, by the schema of that, and so on. Only the root of a document can be
/// its own schema.
fn draft_of(schema: &Json, own_url: Option<&str>, fallback: Draft, place: &dyn Fn() -> String) -> Result<Draft, Error> {
    let mut passed: Vec<&str> = Vec::new();
    let mut at = schema;
    loop {
        let Some(named) = at.get("$schema").and_then(Json::as_text).and_then(Str::as_utf8) else { return Ok(fallback) };
        if let Some(draft) = Draft::of_url(named) {
            return Ok(draft);
        }
        let (url, _) = split(named);
        if let Err(error) = Url::parse(url.as_bytes()) {
            let place = passed.last().map_or_else(place, |url| located(url, ""));
            return Err(Error::SchemaAddress { place, cause: error.to_string() });
        }
        if passed.last().copied().or(own_url) == Some(url) {
            return Err(Error::Draft { url: url.to_owned() });
        }
        if passed.contains(&url) {
            return Err(Error::SchemaCycle { url: url.to_owned() });
        }
        passed.push(url);
        at = library::load(url)?;
    }
}

/// Returns the vocabularies that the schema of a schema chooses.
fn vocabularies_of(schema: &Json, draft: Draft) -> Result<Option<Vec<&'static str>>, Error> {
    match schema.get("$schema").and_then(Json::as_text).and_then(Str::as_utf8) {
        Some(named) if Draft::of_url(named).is_none() => Ok(Dialect::chosen(draft, library::load(split(named).0)?)),
        _ => Ok(None),
    }
}
