//! The tree of a template's text: nodes in one arena, so that neither building, printing nor dropping it recurses.

use super::token::Span;
use crate::yaml::Str;

/// The place of a node in its arena. Parsing the same text again gives the same ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) u32);

/// What a text was parsed into.
#[derive(Debug, Default)]
pub(super) struct Ast {
    nodes: Vec<Node>,
    /// The definitions, the text's own tree among them, in order of first appearance.
    pub(super) trees: Vec<Tree>,
}

/// A definition: `{{define}}`, `{{block}}`, or what is left of the text without them.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    pub(super) name: Str,
    pub(super) root: NodeId,
    /// Whether there is nothing but space and comments; such a tree does not replace another.
    pub(super) is_empty: bool,
}

/// A node and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) position: u32,
}

/// The nodes of `text/template/parse`.
#[derive(Debug)]
pub(super) enum NodeKind {
    List(Vec<NodeId>),
    Text(Span),
    Action(NodeId),
    Pipe(Pipe),
    Command(Vec<NodeId>),
    Identifier(Span),
    Variable(Vec<Span>),
    Field(Vec<Span>),
    Chain(NodeId, Vec<Span>),
    Dot,
    Nil,
    Bool(bool),
    Number(Span, Number),
    String(Span, Str),
    Branch(Branch),
    Template(Str, Option<NodeId>),
    Break,
    Continue,
}

/// Commands joined by `|`, whose value may go into variables.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    pub(super) assigns: bool,
    pub(super) variables: Vec<NodeId>,
    pub(super) commands: Vec<NodeId>,
}

/// Which control structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    If,
    With,
    Range,
}

impl Control {
    /// Returns the keyword.
    pub(super) fn keyword(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::With => "with",
            Self::Range => "range",
        }
    }
}

/// `{{if}}`, `{{with}}` or `{{range}}`.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) control: Control,
    pub(super) pipe: NodeId,
    pub(super) list: NodeId,
    pub(super) other: Option<NodeId>,
}

/// A number under every Go type that can hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Number {
    pub(super) int: Option<i64>,
    pub(super) uint: Option<u64>,
    pub(super) float: Option<f64>,
    pub(super) complex: Option<(f64, f64)>,
}

impl Ast {
    pub(super) fn push(&mut self, position: u32, kind: NodeKind) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { kind, position });
        id
    }

    /// Returns a node. Every id comes from this arena, so the fallback is never seen.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        const NOTHING: &Node = &Node { kind: NodeKind::Nil, position: 0 };
        self.nodes.get(id.0 as usize).unwrap_or(NOTHING)
    }

    pub(super) fn kind(&self, id: NodeId) -> &NodeKind {
        &self.node(id).kind
    }

    /// Returns all nodes.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter()
    }

    /// Returns the number of nodes.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }
}
