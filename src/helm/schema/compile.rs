//! [`compile`]: from documents to [`Schemas`]. Each schema is compiled once, however many lead to it, in the order in which they are found.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use super::address::{Address, Fragment};
use super::document::{Document, Found, Node, Spot};
use super::draft::{Dialect, Draft, LATEST};
use super::error::Error;
use super::json::Json;
use super::keywords;
use super::library;
use super::meta;
use super::rules::{Dynamic, Id, Place, Schema, Schemas};
use crate::yaml::{Str, StrMap};

/// Compiles the schema at the root of a document.
///
/// # Errors
/// If it is not what its own schema says, or refers to what is not there.
pub(super) fn compile(url: &str, root: &Json) -> Result<Schemas, Error> {
    let mut compiler = Compiler::new(false);
    compiler.add_document(url, root)?;
    compiler.enqueue_root(0);
    compiler.run()?;
    Ok(compiler.finish())
}

/// Compiles built-in documents, as the schemas of schemas: formats always count.
///
/// # Errors
/// If one is not there.
pub(super) fn compile_built_in(urls: &[String]) -> Result<(Schemas, Vec<Id>), Error> {
    let mut compiler = Compiler::new(true);
    let mut ids = Vec::new();
    for url in urls {
        let document = compiler.document_at(url)?;
        ids.push(compiler.enqueue_root(document));
    }
    compiler.run()?;
    Ok((compiler.finish(), ids))
}

/// Schemas that are being compiled.
pub(super) struct Compiler<'d> {
    documents: Vec<Document<'d>>,
    by_url: BTreeMap<String, usize>,
    ids: HashMap<Node, Id, FixedState>,
    /// Found, by number; those before `schemas.len()` are compiled.
    queue: Vec<Queued<'d>>,
    schemas: Vec<Schema>,
    asserts_formats: bool,
}

/// A schema that waits to be compiled.
struct Queued<'d> {
    document: usize,
    found: Result<Spot<'d>, Error>,
    /// Its place, where no keyword has told it.
    pointer: String,
}

/// The schema that is being compiled.
pub(super) struct Current<'d> {
    document: usize,
    spot: Spot<'d>,
    pub(super) dialect: Dialect,
    pub(super) asserts_formats: bool,
}

impl<'d> Compiler<'d> {
    fn new(asserts_formats: bool) -> Self {
        Self {
            documents: Vec::new(),
            by_url: BTreeMap::new(),
            ids: HashMap::default(),
            queue: Vec::new(),
            schemas: Vec::new(),
            asserts_formats,
        }
    }

    fn add_document(&mut self, url: &str, root: &'d Json) -> Result<usize, Error> {
        let document = Document::new(url, root, LATEST)?;
        if !library::is_trusted(url) {
            meta::check(&document, Spot { node: root, resource: 0 }, "")?;
        }
        self.documents.push(document);
        self.by_url.insert(url.to_owned(), self.documents.len() - 1);
        Ok(self.documents.len() - 1)
    }

    fn document_at(&mut self, url: &str) -> Result<usize, Error> {
        match self.by_url.get(url) {
            Some(&known) => Ok(known),
            None => self.add_document(url, library::load(url)?),
        }
    }

    fn enqueue_root(&mut self, document: usize) -> Id {
        let resource = &self.documents[document].resources[0];
        let found = Found { spot: Ok(Spot { node: resource.node, resource: 0 }), pointer: String::new() };
        self.enqueue(document, found)
    }

    fn enqueue(&mut self, document: usize, found: Found<'d>) -> Id {
        let id = self.queue.len() as Id;
        if let Ok(spot) = &found.spot {
            let known = *self.ids.entry(spot.node).or_insert(id);
            if known != id {
                return known;
            }
        }
        self.queue.push(Queued { document, found: found.spot, pointer: found.pointer });
        id
    }

    /// Returns the schema below a keyword of the current one.
    pub(super) fn below(&mut self, current: &Current<'d>, node: &'d Json) -> Id {
        if let Some(&known) = self.ids.get(&std::ptr::from_ref(node)) {
            return known;
        }
        let resource = self.documents[current.document].resource_of(node, current.spot.resource);
        self.enqueue(current.document, Found { spot: Ok(Spot { node, resource }), pointer: String::new() })
    }

    /// Returns the schema that a reference of the current one leads to.
    pub(super) fn referenced(&mut self, current: &Current<'d>, reference: &Str) -> Result<Id, Error> {
        let document = &self.documents[current.document];
        let base = &document.resources[current.spot.resource].id;
        let Address { url, fragment } = Address::join(base, &reference.lossy())?;
        if let Some(resource) = document.resource_at(&url) {
            let found = document.find(resource, &fragment)?;
            return Ok(self.enqueue(current.document, found));
        }
        let other = self.document_at(&url)?;
        let found = self.documents[other].find(0, &fragment)?;
        Ok(self.enqueue(other, found))
    }

    fn run(&mut self) -> Result<(), Error> {
        while let Some(next) = self.queue.get_mut(self.schemas.len()) {
            let document = next.document;
            // The error is there for nobody else.
            let spot = match &mut next.found {
                Ok(spot) => *spot,
                Err(error) => return Err(error.clone()),
            };
            let pointer = std::mem::take(&mut next.pointer);
            self.compile_one(document, spot, pointer)?;
        }
        Ok(())
    }

    fn compile_one(&mut self, document: usize, spot: Spot<'d>, pointer: String) -> Result<(), Error> {
        let step = if let Some(step) = self.documents[document].step_of(spot.node) {
            step
        } else {
            let step = self.documents[document].add_schema(spot, pointer.clone())?;
            meta::check(&self.documents[document], spot, &pointer)?;
            step
        };
        let spot = Spot { resource: self.documents[document].resource_of(spot.node, spot.resource), ..spot };
        let resource = &self.documents[document].resources[spot.resource];
        let (resource_node, dialect) = (resource.node, resource.dialect.clone());
        let id = self.schemas.len() as Id;
        let found = Found { spot: Ok(Spot { node: resource_node, ..spot }), pointer: String::new() };
        let resource = self.enqueue(document, found);
        let place = Place { document: document as u32, step };
        let mut schema = Schema::new(place, dialect.draft, resource);
        if resource == id && dialect.draft >= Draft::Year2020 {
            let anchors = self.dynamic_anchors(document, spot);
            if !anchors.is_empty() {
                schema.dynamic = Some(Box::new(Dynamic { anchors, ..Dynamic::default() }));
            }
        }
        match spot.node {
            Json::Bool(value) => schema.always = Some(*value),
            Json::Map(map) if map.is_empty() => schema.always = Some(true),
            Json::Map(map) => {
                let asserts_formats = self.asserts_formats || dialect.asserts_formats();
                let current = Current { document, spot, dialect, asserts_formats };
                keywords::compile(self, &current, map, &mut schema)?;
            }
            _ => {}
        }
        self.schemas.push(schema);
        Ok(())
    }

    /// Finds the dynamic anchors of a resource.
    fn dynamic_anchors(&mut self, document: usize, spot: Spot<'d>) -> StrMap<Id> {
        let mut ids = StrMap::new();
        for anchor in self.documents[document].resources[spot.resource].dynamic_anchors.clone() {
            if let Ok(found) =
                self.documents[document].find(spot.resource, &Fragment::Anchor(anchor.lossy().into_owned()))
            {
                ids.insert(anchor, self.enqueue(document, found));
            }
        }
        ids
    }

    /// Returns where a keyword of the current schema stands, as messages name it.
    pub(super) fn place_of(&self, current: &Current<'d>, keyword: &str) -> String {
        let document = &self.documents[current.document];
        let mut pointer = document.pointer_to(current.spot.node);
        super::address::push_token(&mut pointer, keyword);
        super::address::located(&document.trail.url, &pointer)
    }

    fn finish(self) -> Schemas {
        let trails = self.documents.into_iter().map(|document| document.trail).collect();
        Schemas { list: self.schemas, trails }
    }
}
