//! The tree of a template's text: nodes in arenas, so that neither building, printing nor dropping it recurses.

use super::token::Span;
use crate::helm::functions::Function;
use crate::yaml::Str;

/// The place of a node in its arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(pub(super) u32);

/// Nodes side by side below another, see [`Ast::children`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Children {
    start: u32,
    end: u32,
}

/// The parts of `.a.b` or `$a.b`, see [`Ast::names`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    start: u32,
    end: u32,
}

impl Names {
    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(super) fn without_first(self) -> Self {
        Self { start: self.end.min(self.start + 1), ..self }
    }

    pub(super) fn without_last(self) -> Self {
        Self { end: self.start.max(self.end.saturating_sub(1)), ..self }
    }
}

/// What a text was parsed into. Lists of nodes and of names lie in arenas of their own, so that a node is a few numbers.
#[derive(Debug, Default)]
pub(super) struct Ast {
    nodes: Vec<Node>,
    children: Vec<NodeId>,
    names: Vec<Span>,
    numbers: Vec<Number>,
    /// The definitions, the text's own tree among them, in order of first appearance.
    pub(super) trees: Vec<Tree>,
    /// Whether a variable is declared inside parentheses anywhere, so that `and` and `or` may skip a declaration.
    pub(super) has_inner_declarations: bool,
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: NodeKind,
    pub(super) position: u32,
}

/// The nodes of `text/template/parse`. Texts in quotes are kept as they are written, see [`literal::text`](super::literal::text).
#[derive(Clone, Copy, Debug)]
pub(super) enum NodeKind {
    List(Children),
    Text(Span),
    Action(NodeId),
    Pipe(Pipe),
    Command(Children),
    Identifier(&'static Function),
    Variable(Names),
    Field(Names),
    Chain(NodeId, Names),
    Dot,
    Nil,
    Bool(bool),
    Number(Span, NumberId),
    String(Span),
    Branch(Branch),
    Template(Span, Option<NodeId>),
    Break,
    Continue,
}

/// Commands joined by `|`, whose value may go into variables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pipe {
    pub(super) assigns: bool,
    pub(super) variables: Children,
    pub(super) commands: Children,
}

impl Pipe {
    /// Tells whether the value goes into variables.
    pub(super) fn has_variables(self) -> bool {
        self.variables.start < self.variables.end
    }
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
#[derive(Clone, Copy, Debug)]
pub(super) struct Branch {
    pub(super) control: Control,
    pub(super) pipe: NodeId,
    pub(super) list: NodeId,
    pub(super) other: Option<NodeId>,
}

/// The place of a number in its arena.
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberId(u32);

/// A number under every Go type that can hold it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Number {
    pub(super) int: Option<i64>,
    pub(super) uint: Option<u64>,
    pub(super) float: Option<f64>,
    pub(super) complex: Option<(f64, f64)>,
}

impl Ast {
    /// Returns an empty tree with room for what a text of that length usually gives.
    pub(super) fn for_text(length: usize) -> Self {
        const MOST: usize = 1 << 12;
        let room = |bytes: usize| (length / bytes).min(MOST);
        Self {
            nodes: Vec::with_capacity(room(24)),
            children: Vec::with_capacity(room(32)),
            names: Vec::with_capacity(room(48)),
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, position: u32, kind: NodeKind) -> NodeId {
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node { kind, position });
        id
    }

    /// Puts another node in the place of one.
    pub(super) fn replace(&mut self, id: NodeId, position: u32, kind: NodeKind) {
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            *node = Node { kind, position };
        }
    }

    pub(super) fn add_children(&mut self, nodes: impl IntoIterator<Item = NodeId>) -> Children {
        let start = self.children.len() as u32;
        self.children.extend(nodes);
        Children { start, end: self.children.len() as u32 }
    }

    pub(super) fn add_name(&mut self, name: Span) -> Names {
        let start = self.names.len() as u32;
        self.names.push(name);
        Names { start, end: start + 1 }
    }

    /// Adds a name behind others, which were the last that were added.
    pub(super) fn add_name_to(&mut self, names: Names, name: Span) -> Names {
        Names { start: names.start, end: self.add_name(name).end }
    }

    pub(super) fn add_number(&mut self, number: Number) -> NumberId {
        self.numbers.push(number);
        NumberId(self.numbers.len() as u32 - 1)
    }

    /// Returns a node. Every id comes from this arena, so the fallback is never seen.
    pub(super) fn node(&self, id: NodeId) -> Node {
        const NOTHING: Node = Node { kind: NodeKind::Nil, position: 0 };
        self.nodes.get(id.0 as usize).copied().unwrap_or(NOTHING)
    }

    pub(super) fn kind(&self, id: NodeId) -> NodeKind {
        self.node(id).kind
    }

    pub(super) fn children(&self, of: Children) -> &[NodeId] {
        self.children.get(of.start as usize..of.end as usize).unwrap_or_default()
    }

    pub(super) fn names(&self, of: Names) -> &[Span] {
        self.names.get(of.start as usize..of.end as usize).unwrap_or_default()
    }

    pub(super) fn number(&self, id: NumberId) -> Number {
        self.numbers.get(id.0 as usize).copied().unwrap_or_default()
    }
}
