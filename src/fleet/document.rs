//! [`Document`]: a file of the fleet with the place of every part of it.
//!
//! Keeps what a reader of values throws away: where each key and scalar stands and how it was quoted. Decides no types.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};

use super::diagnostic::{Diagnostic, Severity, Span};
use super::secrecy::mask;

/// How deep a file of the fleet may nest.
pub(super) const DEPTH_LIMIT: usize = 100;
/// How large a file of the fleet may be.
const SIZE_LIMIT: usize = 5 * 1024 * 1024;

/// A file of the fleet, read.
#[derive(Clone, Debug)]
pub struct Document {
    path: String,
    text: String,
    line_starts: Vec<usize>,
    root: Node,
}

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub content: Content,
    /// Its bytes in the file.
    pub range: Range<usize>,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, and whether it was written without quotes.
    Scalar {
        /// After unquoting.
        text: String,
        /// Without quotes, so that its type is the reader's guess.
        plain: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in order.
    Mapping(Vec<(Node, Node)>),
    /// `*name`.
    Alias,
}

impl Node {
    /// Returns the text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Returns the entry of a key, if this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<&(Self, Self)> {
        match &self.content {
            Content::Mapping(entries) => entries.iter().find(|(name, _)| name.text() == Some(key)),
            _ => None,
        }
    }

    /// Returns the value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// Returns the items of a list; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::Sequence(items) => items,
            _ => &[],
        }
    }

    /// Returns what the node is, in words.
    pub(super) fn describe(&self) -> &'static str {
        match &self.content {
            Content::Scalar { plain: true, text } => match super::scalar::shape(text) {
                super::scalar::Shape::Null => "nothing",
                super::scalar::Shape::Boolean => "a boolean",
                super::scalar::Shape::Number => "a number",
                super::scalar::Shape::Text => "a string",
            },
            Content::Scalar { .. } => "a string",
            Content::Sequence(_) => "a list",
            Content::Mapping(_) => "a mapping",
            Content::Alias => "an alias",
        }
    }
}

impl Document {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not one YAML document in UTF-8, within limits.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        Self::read(path, bytes, false)
    }

    fn read(path: &str, bytes: &[u8], several: bool) -> Result<Self, Box<Diagnostic>> {
        let refuse = |message: String| Box::new(Diagnostic::of_file(Severity::Error, "yaml", path, message));
        if bytes.len() > SIZE_LIMIT {
            return Err(refuse(format!("the file has more than {SIZE_LIMIT} bytes")));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| refuse(format!("the file is not UTF-8: byte {} is not", error.valid_up_to() + 1)))?
            .to_owned();
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let empty = Node { content: Content::Mapping(Vec::new()), range: 0..0 };
        let mut document = Self { path: path.to_owned(), text, line_starts, root: empty };
        document.root = Builder::default().build(&document, several)?;
        Ok(document)
    }

    /// Reads the first document of a file with values, which may hold several.
    pub(super) fn parse_first(path: &str, bytes: &[u8]) -> Result<Self, Box<Diagnostic>> {
        Self::read(path, bytes, true)
    }

    /// Returns the path from the root of the repository.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the whole.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Returns the node at a path of keys (a list's item by its index).
    pub fn node(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(&self.root, |node, key| match &node.content {
            Content::Sequence(items) => items.get(key.parse::<usize>().ok()?),
            _ => node.get(key),
        })
    }

    /// Returns the place of the value at a path of keys, or of the nearest part above it that is there.
    pub fn span(&self, keys: &[&str]) -> Span {
        let mut node = &self.root;
        let mut range = node.range.clone();
        for key in keys {
            let next = match &node.content {
                Content::Sequence(items) => {
                    key.parse::<usize>().ok().and_then(|index| items.get(index)).map(|item| (item, item))
                }
                _ => node.entry(key).map(|(name, value)| (name, value)),
            };
            let Some((name, value)) = next else { break };
            // A scalar shows itself; what has parts is shown by its key, and so is an empty value, which has no place.
            let is_shown = matches!(value.content, Content::Scalar { .. } | Content::Alias) && !value.range.is_empty();
            range = if is_shown { value.range.clone() } else { name.range.clone() };
            node = value;
        }
        self.span_of(range)
    }

    /// Returns the place of a key itself, or of the nearest part above it.
    pub fn key_span(&self, keys: &[&str]) -> Span {
        let Some((last, parents)) = keys.split_last() else { return self.span(keys) };
        match self.node(parents).and_then(|parent| parent.entry(last)) {
            Some((key, _)) => self.span_of(key.range.clone()),
            None => self.span(keys),
        }
    }

    /// Returns the place of some bytes.
    pub fn span_of(&self, range: Range<usize>) -> Span {
        let start = range.start.min(self.text.len());
        let line = self.line_starts.partition_point(|&at| at <= start).max(1);
        let line_start = self.line_starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(line_start..start).unwrap_or_default();
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        Span { line, column, start, end: range.end.clamp(start, self.text.len()) }
    }

    /// Returns the place of a line, from 1, without its leading blanks.
    pub fn line_span(&self, line: usize) -> Span {
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let text = self.line(line);
        let blanks = text.len() - text.trim_start().len();
        self.span_of(start + blanks..start + text.len())
    }

    /// Returns a line, from 1, without its end.
    pub fn line(&self, line: usize) -> &str {
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let rest = self.text.get(start..).unwrap_or_default();
        rest.split('\n').next().unwrap_or_default().trim_end_matches('\r').trim_start_matches('\u{feff}')
    }

    /// Returns a diagnostic at a place.
    pub fn diagnostic(
        &self,
        severity: Severity,
        id: &'static str,
        span: Span,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            span: Some(span),
            line: Some(mask(self.line(span.line))),
            ..Diagnostic::of_file(severity, id, &self.path, message)
        }
    }
}

/// A collection that is still open.
enum Open {
    Sequence(Vec<Node>, usize),
    Mapping(Vec<(Node, Node)>, Option<Node>, usize),
}

/// Builds the tree from the parser's events without recursion.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder {
    fn build(mut self, document: &Document, several: bool) -> Result<Node, Box<Diagnostic>> {
        let bom = if document.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let text = document.text.get(bom..).unwrap_or_default();
        let error = |range: Range<usize>, message: String| {
            Box::new(document.diagnostic(Severity::Error, "yaml", document.span_of(range), message))
        };
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|problem| {
                let at = bom + problem.marker().byte_offset().unwrap_or_default();
                error(at..at, format!("this is not YAML: {}", problem.info()))
            })?;
            let range = span.byte_range().map_or(0..0, |range| range.start + bom..range.end + bom);
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 && several {
                        break;
                    }
                    if documents > 1 {
                        return Err(error(range, "a second document in the file".to_owned()));
                    }
                }
                Event::Scalar(text, style, _, tag) => {
                    let is_string = tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                    let plain = style == ScalarStyle::Plain && !is_string;
                    self.add(Node { content: Content::Scalar { text: text.into_owned(), plain }, range });
                }
                Event::Alias(_) | Event::UnresolvedAlias(_) => self.add(Node { content: Content::Alias, range }),
                Event::SequenceStart(..) => self.open.push(Open::Sequence(Vec::new(), range.start)),
                Event::MappingStart(..) => self.open.push(Open::Mapping(Vec::new(), None, range.start)),
                Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
                _ => {}
            }
            if self.open.len() > DEPTH_LIMIT {
                let at = bom + span.byte_range().map_or(0, |range| range.start);
                return Err(error(at..at, format!("this nests more than {DEPTH_LIMIT} levels deep")));
            }
        }
        Ok(self.root.unwrap_or(Node { content: Content::Mapping(Vec::new()), range: 0..0 }))
    }

    fn add(&mut self, node: Node) {
        match self.open.last_mut() {
            Some(Open::Sequence(items, _)) => items.push(node),
            Some(Open::Mapping(entries, key, _)) => match key.take() {
                Some(name) => entries.push((name, node)),
                None => *key = Some(node),
            },
            None => self.root = Some(node),
        }
    }

    fn close(&mut self, end: usize) {
        let node = match self.open.pop() {
            Some(Open::Sequence(items, start)) => {
                Node { content: Content::Sequence(items), range: start..end.max(start) }
            }
            Some(Open::Mapping(entries, _, start)) => {
                Node { content: Content::Mapping(entries), range: start..end.max(start) }
            }
            None => return,
        };
        self.add(node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::parse("x.yaml", text.as_bytes()).unwrap()
    }

    #[test]
    fn finds_the_place_of_a_scalar() {
        let document = document("a: 1\r\nb:\r\n  ü: \"x\" # c\r\n  d: {e: 'f'}\r\n");
        let span = document.span(&["b", "ü"]);
        assert_eq!((span.line, span.column), (3, 6));
        assert_eq!(&document.text()[span.start..span.end], "\"x\"");
        assert_eq!(document.line(3), "  ü: \"x\" # c");
        assert_eq!(document.span(&["b", "d", "e"]).column, 10);
    }

    #[test]
    fn a_byte_order_mark_moves_no_column() {
        let document = document("\u{feff}a: 1\n");
        let span = document.span(&["a"]);
        assert_eq!((span.line, span.column), (1, 4));
        assert_eq!(&document.text()[span.start..span.end], "1");
    }

    #[test]
    fn an_empty_value_is_shown_by_its_key() {
        let span = document("a:\n  tag:\n").span(&["a", "tag"]);
        assert_eq!((span.line, span.column), (2, 3));
    }

    #[test]
    fn refuses_what_is_not_one_small_document() {
        for text in ["a: [", "a: 1\n---\nb: 2\n", &"[".repeat(1000), "a: *x\n", "a: 'x", "%", "a: b: c"] {
            assert!(Document::parse("x.yaml", text.as_bytes()).is_err(), "{text}");
        }
        assert!(Document::parse("x.yaml", b"a: \xff").is_err());
        assert_eq!(document("").root().content, Content::Mapping(Vec::new()));
        assert_eq!(document("# only a comment\n").root().content, Content::Mapping(Vec::new()));
    }
}
