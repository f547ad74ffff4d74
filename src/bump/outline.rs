//! [`Outline`]: the nodes of a file as far as an edit must not change them, as two readers see them.
//!
//! YAML 1.1 and 1.2 disagree on line breaks, blanks, colons inside of braces, comments, indents and directives, and readers go their own
//! ways on top of that. There is no end to a list of such rules, so a file is read twice: as Helm and Kubernetes read it (go-yaml v2, our
//! own reader), and by the rules of YAML 1.2 (granit-parser, which reads the fleet's files). An edit is made where both see the same
//! nodes, before it and after it.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use super::Error;
use crate::yaml::nodes::{Node, NodeKind, each_document};
use crate::yaml::{Limits, Style};

/// All nodes of a file in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outline {
    steps: Vec<Step>,
}

/// The beginning or end of a node. Anchors are counted: an alias names the one that it stands for by its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A list or a map begins.
    Open { list: bool, anchor: Option<usize>, tag: Option<Vec<u8>> },
    /// A list or a map ends.
    Close,
    /// `*name`
    Alias(usize),
    /// Text.
    Scalar { text: Vec<u8>, style: Style, anchor: Option<usize>, tag: Option<Vec<u8>> },
}

impl Step {
    /// Returns a text without anchor and tag.
    pub(super) fn text(text: &str, style: Style) -> Self {
        Self::Scalar { text: text.as_bytes().to_vec(), style, anchor: None, tag: None }
    }
}

impl Outline {
    /// Reads a file, in which both readers must see the same.
    pub(super) fn of(file: &[u8]) -> Result<Self, Error> {
        let (steps, starts) = with_document(file, |root| Ok(first_reader(root)))?;
        let text = std::str::from_utf8(file).map_err(|_| Error::Encoding)?;
        let others = second_reader(text).map_err(|line| Error::Ambiguous { line })?;
        if steps == others {
            return Ok(Self { steps });
        }
        let same = steps.iter().zip(&others).take_while(|(left, right)| left == right).count();
        // By line feeds, as people count: what else breaks a line is one of the things that readers do not agree on.
        let before = &file[..starts.get(same).or(starts.last()).copied().unwrap_or(0)];
        Err(Error::Ambiguous { line: before.split(|byte| *byte == b'\n').count() })
    }

    /// Puts steps before the one of an index.
    pub(super) fn insert<const COUNT: usize>(&mut self, index: usize, steps: [Step; COUNT]) {
        let index = index.min(self.steps.len());
        self.steps.splice(index..index, steps);
    }

    /// Makes another text in double quotes of a scalar.
    pub(super) fn replace_text(&mut self, index: usize, value: &str) {
        if let Some(Step::Scalar { text, style, .. }) = self.steps.get_mut(index) {
            *text = value.as_bytes().to_vec();
            *style = Style::DoubleQuoted;
        }
    }
}

/// Calls a function with the only document of a file.
pub(super) fn with_document<T>(file: &[u8], mut look: impl FnMut(Node<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let mut count = 0;
    let mut found = None;
    each_document(file, &Limits::default(), |document| {
        count += 1;
        if count == 1 {
            found = Some(look(document.root()));
        }
        Ok(true)
    })?;
    match found {
        Some(found) if count == 1 => found,
        _ => Err(Error::Documents { count }),
    }
}

/// Calls a function with each node from the first to the last, and with `None` where a list or a map ends, until it returns false.
fn walk<'n>(root: Node<'n>, mut visit: impl FnMut(Option<Node<'n>>) -> bool) {
    let mut open = vec![Some(root)];
    while let Some(step) = open.pop() {
        if !visit(step) {
            return;
        }
        if let Some(node) = step
            && matches!(node.kind(), NodeKind::List { .. } | NodeKind::Map { .. })
        {
            let children: Vec<Node<'_>> = node.children().collect();
            open.push(None);
            open.extend(children.into_iter().rev().map(Some));
        }
    }
}

/// Returns the index of the step that a node begins with.
pub(super) fn index_of(root: Node<'_>, wanted: Node<'_>) -> usize {
    let mut index = 0;
    walk(root, |node| {
        let is_found = node.is_some_and(|node| node.is_same(wanted));
        index += usize::from(!is_found);
        !is_found
    });
    index
}

/// What go-yaml sees, and where each step stands.
fn first_reader(root: Node<'_>) -> (Vec<Step>, Vec<usize>) {
    let (mut steps, mut starts) = (Vec::new(), Vec::new());
    // No two nodes with an anchor start at the same byte.
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    walk(root, |node| {
        starts.push(node.map_or(starts.last().copied().unwrap_or(0), Node::start));
        let Some(node) = node else {
            steps.push(Step::Close);
            return true;
        };
        let anchor = node.anchor().map(|_| {
            let number = anchors.len();
            *anchors.entry(node.start()).or_insert(number)
        });
        let tag = node.tag().map(<[u8]>::to_vec);
        steps.push(match node.kind() {
            // To the other reader nothing is the same as a tilde.
            NodeKind::Scalar(b"", Style::Plain) if tag.is_none() => {
                Step::Scalar { text: b"~".to_vec(), style: Style::Plain, anchor, tag }
            }
            NodeKind::Scalar(text, style) => Step::Scalar { text: text.to_vec(), style, anchor, tag },
            NodeKind::Alias(_) => {
                let number = node.target().and_then(|target| anchors.get(&target.start()));
                Step::Alias(number.copied().unwrap_or(usize::MAX))
            }
            NodeKind::List { .. } => Step::Open { list: true, anchor, tag },
            NodeKind::Map { .. } => Step::Open { list: false, anchor, tag },
        });
        true
    });
    (steps, starts)
}

/// What a reader of YAML 1.2 sees, or the line where it stops.
fn second_reader(text: &str) -> Result<Vec<Step>, usize> {
    let mut steps = Vec::new();
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    let mut documents = 0;
    for event in Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        let (event, span) = event.map_err(|error| error.marker().line())?;
        let anchor = event.anchor_id().map(|id| {
            let number = anchors.len();
            *anchors.entry(id).or_insert(number)
        });
        let tag = event.tag().map(Tag::to_string).map(String::into_bytes);
        steps.push(match event {
            Event::Scalar(text, style, ..) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal => Style::Literal,
                    ScalarStyle::Folded => Style::Folded,
                };
                Step::Scalar { text: text.into_owned().into_bytes(), style, anchor, tag }
            }
            Event::Alias(id) => Step::Alias(anchors.get(&id).copied().unwrap_or(usize::MAX)),
            Event::SequenceStart(..) => Step::Open { list: true, anchor, tag },
            Event::MappingStart(..) => Step::Open { list: false, anchor, tag },
            Event::SequenceEnd | Event::MappingEnd => Step::Close,
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(span.start.line());
                }
                continue;
            }
            _ => continue,
        });
    }
    Ok(steps)
}
