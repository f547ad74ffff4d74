//! A YAML document as it stands in its text: nodes with their places, styles, anchors and aliases.
//!
//! For what has to know where a value stands (edits, heads of manifests). For the value alone use [`parse`](super::parse).

use std::borrow::Cow;
use std::collections::HashMap;

use super::reader::Source;
use super::scan::{EventKind, Mark, Parser, Properties, Refusal, Style, count_lines};
use super::{Error, Limits};

/// One document of a text.
#[derive(Debug)]
pub struct Document<'t> {
    /// In the order of the text; a node is followed by all nodes below it.
    nodes: Vec<Entry<'t>>,
}

#[derive(Debug)]
struct Entry<'t> {
    kind: Kind<'t>,
    tag: Option<Box<[u8]>>,
    anchor: Option<&'t [u8]>,
    start: usize,
    content: usize,
    end: usize,
    line: usize,
    /// The index after the last node below this one.
    next: usize,
}

#[derive(Debug)]
enum Kind<'t> {
    Scalar { value: Cow<'t, [u8]>, style: Style, implicit: bool },
    Alias { name: &'t [u8], target: usize },
    List { flow: bool },
    Map { flow: bool },
}

/// What a node is.
#[derive(Clone, Copy, Debug)]
pub enum NodeKind<'n> {
    /// A scalar: its value and how it is written.
    Scalar(&'n [u8], Style),
    /// An alias of an earlier node, by its name.
    Alias(&'n [u8]),
    /// A list, and whether it is written with brackets.
    List {
        /// `[…]`
        flow: bool,
    },
    /// A map, and whether it is written with braces.
    Map {
        /// `{…}`
        flow: bool,
    },
}

/// A node of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Node<'n> {
    document: &'n Document<'n>,
    index: usize,
}

impl<'n> Node<'n> {
    fn entry(self) -> &'n Entry<'n> {
        &self.document.nodes[self.index]
    }

    /// Returns what the node is.
    pub fn kind(self) -> NodeKind<'n> {
        match &self.entry().kind {
            Kind::Scalar { value, style, .. } => NodeKind::Scalar(value, *style),
            Kind::Alias { name, .. } => NodeKind::Alias(name),
            Kind::List { flow } => NodeKind::List { flow: *flow },
            Kind::Map { flow } => NodeKind::Map { flow: *flow },
        }
    }

    /// Returns the value of a scalar, as written: `yes` is `yes`.
    pub fn text(self) -> Option<&'n [u8]> {
        match self.kind() {
            NodeKind::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Returns the bytes of the text that the node stands on, without anchor and tag.
    ///
    /// A block map or list ends where the next thing starts; an empty scalar is where its value would have started.
    pub fn span(self) -> std::ops::Range<usize> {
        let entry = self.entry();
        entry.content..entry.end
    }

    /// Returns where the node starts, anchor and tag included.
    pub fn start(self) -> usize {
        self.entry().start
    }

    /// Returns the line that the node starts on, from 1.
    pub fn line(self) -> usize {
        self.entry().line
    }

    /// Returns the anchor.
    pub fn anchor(self) -> Option<&'n [u8]> {
        self.entry().anchor
    }

    /// Returns the tag in its long form.
    pub fn tag(self) -> Option<&'n [u8]> {
        self.entry().tag.as_deref()
    }

    /// Returns the node that an alias stands for.
    pub fn target(self) -> Option<Self> {
        match self.entry().kind {
            Kind::Alias { target, .. } => Some(Self { document: self.document, index: target }),
            _ => None,
        }
    }

    /// Tells whether a scalar may be more than a string.
    pub(super) fn is_implicit(self) -> bool {
        matches!(self.entry().kind, Kind::Scalar { implicit: true, .. })
    }

    pub(super) fn index(self) -> usize {
        self.index
    }

    /// Tells whether both are the same node of the same document.
    pub fn is_same(self, other: Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }

    /// Tells whether the node is a map.
    pub fn is_map(self) -> bool {
        matches!(self.entry().kind, Kind::Map { .. })
    }

    /// Returns the nodes directly below: the items of a list, keys and values of a map in turn.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let end = self.entry().next;
        let mut index = self.index + 1;
        std::iter::from_fn(move || {
            if index >= end {
                return None;
            }
            let child = Self { document: self.document, index };
            index = child.entry().next;
            Some(child)
        })
    }

    /// Returns the keys of a map with their values; nothing for other nodes.
    pub fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let mut children = self.is_map().then(|| self.children()).into_iter().flatten();
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// Returns the value of the last key of that name, which is the one that counts.
    pub fn get(self, key: &[u8]) -> Option<Self> {
        self.entries().filter(|(name, _)| name.text() == Some(key)).last().map(|(_, value)| value)
    }
}

impl Document<'_> {
    /// Returns the top of the document.
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: 0 }
    }
}

/// Calls a function with each document of a text, as long as it asks for the next one by returning true.
///
/// # Errors
/// go-yaml refuses the text, or it goes over a limit.
pub fn each_document(
    text: &[u8],
    limits: &Limits,
    mut visit: impl FnMut(&Document<'_>) -> Result<bool, Error>,
) -> Result<(), Error> {
    if text.len() > limits.bytes {
        return Err(Error::TooLarge { size: text.len(), limit: limits.bytes });
    }
    let source = Source::new(text);
    let mut parser = Parser::new(&source.text, source.first_piece, source.failure);
    let inside = |error| inside(error, &source.text);
    loop {
        let event = parser.next_event().map_err(refused).map_err(inside)?;
        match event.kind {
            EventKind::StreamEnd => return Ok(()),
            EventKind::DocumentStart => {
                let document = Builder::new(source.origin, limits).build(&mut parser).map_err(inside)?;
                if !visit(&document)? {
                    return Ok(());
                }
            }
            _ => {}
        }
    }
}

fn refused(refusal: Refusal) -> Error {
    Error::Syntax { message: refusal.message, line: refusal.line }
}

/// Moves the place of an error into the text: go-yaml takes the end for a line of its own, even where no line break is before it.
fn inside(mut error: Error, text: &[u8]) -> Error {
    if let Error::Syntax { line: Some(line), .. } = &mut error {
        *line = (*line).min(count_lines(text));
    }
    error
}

struct Builder<'t, 'l> {
    nodes: Vec<Entry<'t>>,
    open: Vec<usize>,
    anchors: HashMap<&'t [u8], usize>,
    origin: usize,
    limits: &'l Limits,
}

impl<'t, 'l> Builder<'t, 'l> {
    fn new(origin: usize, limits: &'l Limits) -> Self {
        Self { nodes: Vec::new(), open: Vec::new(), anchors: HashMap::new(), origin, limits }
    }

    /// Reads events up to the end of the document, which has been started.
    fn build(mut self, parser: &mut Parser<'t>) -> Result<Document<'t>, Error> {
        loop {
            let event = parser.next_event().map_err(refused)?;
            let (start, end) = (event.start, event.end);
            match event.kind {
                EventKind::DocumentEnd => break,
                EventKind::StreamEnd => {
                    let message = "attempted to go past the end of stream; corrupted value?".to_owned();
                    return Err(Error::Syntax { message, line: Some(start.line + 1) });
                }
                EventKind::StreamStart | EventKind::DocumentStart => {}
                EventKind::Alias(name) => {
                    let Some(&target) = self.anchors.get(name) else {
                        let message = format!("unknown anchor '{}' referenced", String::from_utf8_lossy(name));
                        return Err(Error::Syntax { message, line: Some(start.line + 1) });
                    };
                    self.add(Kind::Alias { name, target }, Properties::default(), start, start, end)?;
                }
                EventKind::Scalar { properties, value, style, implicit, content } => {
                    self.add(Kind::Scalar { value, style, implicit }, properties, start, content, end)?;
                }
                EventKind::SequenceStart { properties, flow } => {
                    self.open(Kind::List { flow }, properties, start, end)?;
                }
                EventKind::MappingStart { properties, flow } => {
                    self.open(Kind::Map { flow }, properties, start, end)?;
                }
                EventKind::SequenceEnd | EventKind::MappingEnd => self.close(end),
            }
        }
        Ok(Document { nodes: self.nodes })
    }

    fn add(
        &mut self,
        kind: Kind<'t>,
        properties: Properties<'t>,
        start: Mark,
        content: Mark,
        end: Mark,
    ) -> Result<(), Error> {
        let index = self.nodes.len();
        if index >= self.limits.nodes {
            return Err(Error::TooManyNodes { limit: self.limits.nodes });
        }
        if let Some(anchor) = properties.anchor {
            self.anchors.insert(anchor, index);
        }
        self.nodes.push(Entry {
            kind,
            tag: properties.tag,
            anchor: properties.anchor,
            start: start.offset + self.origin,
            content: content.offset + self.origin,
            end: end.offset + self.origin,
            line: start.line + 1,
            next: index + 1,
        });
        Ok(())
    }

    fn open(&mut self, kind: Kind<'t>, properties: Properties<'t>, start: Mark, end: Mark) -> Result<(), Error> {
        if self.open.len() >= self.limits.depth {
            return Err(Error::TooDeep { limit: self.limits.depth });
        }
        self.open.push(self.nodes.len());
        self.add(kind, properties, start, end, end)
    }

    fn close(&mut self, end: Mark) {
        let next = self.nodes.len();
        if let Some(index) = self.open.pop() {
            let entry = &mut self.nodes[index];
            entry.next = next;
            entry.end = end.offset + self.origin;
        }
    }
}
