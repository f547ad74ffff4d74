//! Builds the tree of a template's text, as `text/template/parse` does: the same trees, the same errors on the same lines.
//!
//! Blocks and parentheses nest on stacks of our own, so the depth of a text is no danger to the thread that reads it.

use super::ByText;
use super::ast::{Ast, Branch, Children, Control, NodeId, NodeKind, Tree};
use super::error::ParseError;
use super::lexer::Lexer;
use super::literal;
use super::token::{Kind, Span, Token};
use crate::helm::functions::Function;
use crate::helm::go::quote;
use crate::yaml::Str;

mod pipeline;

/// Finds a function by its name.
pub(super) type FindFunction<'f> = dyn Fn(&[u8]) -> Option<&'static Function> + 'f;

/// Go's limit for nested parentheses.
const MAX_EXPRESSION_DEPTH: usize = 10_000;

/// Parses a text and its definitions.
///
/// # Errors
/// What Go's parser says, with the line where it says it.
pub(super) fn parse(name: &Str, text: &[u8], find_function: &FindFunction<'_>) -> Result<Ast, ParseError> {
    let mut parser = Parser {
        name,
        text,
        lexer: Lexer::new(text),
        ast: Ast::for_text(text.len()),
        find_function,
        state: State::default(),
        outer: Vec::new(),
        open: Vec::new(),
        pending: Vec::new(),
        tree_of_name: ByText::default(),
    };
    match parser.parse() {
        Ok(()) => Ok(parser.ast),
        Err(message) => Err(ParseError { name: name.clone(), line: parser.state.tokens[0].line, message }),
    }
}

/// Parses one text.
struct Parser<'t> {
    name: &'t Str,
    text: &'t [u8],
    lexer: Lexer<'t>,
    ast: Ast,
    find_function: &'t FindFunction<'t>,
    state: State<'t>,
    /// The states of the trees around a `{{define}}` or `{{block}}`.
    outer: Vec<State<'t>>,
    open: Vec<Open>,
    /// The nodes of all lists, pipelines and commands that have not ended, those of the innermost last.
    pending: Vec<NodeId>,
    tree_of_name: ByText<usize>,
}

/// What Go keeps per tree while parsing.
struct State<'t> {
    /// Three tokens of look-ahead; errors name the line of the first.
    tokens: [Token; 3],
    peeked: usize,
    variables: Vec<&'t [u8]>,
    /// The line where the current action starts, for errors in actions of several lines; 0 for none.
    action_line: u32,
    range_depth: usize,
}

impl Default for State<'_> {
    fn default() -> Self {
        let nothing = || Token { kind: Kind::End, span: Span::default(), line: 0 };
        Self {
            tokens: [nothing(), nothing(), nothing()],
            peeked: 0,
            variables: vec![b"$"],
            action_line: 0,
            range_depth: 0,
        }
    }
}

/// A list of nodes that has not ended.
struct Open {
    position: u32,
    /// Where its nodes begin among those that are pending.
    nodes: usize,
    of: Of,
}

/// What an open list belongs to.
enum Of {
    Text,
    Define(Str),
    Block { name: Span, pipe: NodeId },
    Control(OpenControl),
}

struct OpenControl {
    control: Control,
    pipe: NodeId,
    position: u32,
    /// The first list, once the second has begun.
    list: Option<NodeId>,
    /// How many variables there were before.
    variables: usize,
    /// Whether `{{else if}}` opened it, so that one `{{end}}` ends it and what is around it.
    is_implied: bool,
}

/// What a part of a text turned out to be.
enum Piece {
    Node(NodeId),
    /// A list was opened; its nodes come next.
    Opened,
    End,
    Else {
        position: u32,
    },
}

impl Parser<'_> {
    fn parse(&mut self) -> Result<(), String> {
        let position = self.peek().span.start;
        self.open_list(position, Of::Text);
        loop {
            let in_text = self.open.len() == 1 && matches!(self.open[0].of, Of::Text);
            if in_text {
                if self.peek().kind == Kind::End {
                    break;
                }
                if self.peek().kind == Kind::LeftDelimiter {
                    let delimiter = self.next();
                    if self.next_non_space().kind == Kind::Define {
                        self.define()?;
                        continue;
                    }
                    self.backup2(delimiter);
                }
            } else if self.peek_non_space().kind == Kind::End {
                return Err("unexpected EOF".to_owned());
            }
            match self.piece()? {
                Piece::Node(node) => self.append(node),
                Piece::Opened => {}
                Piece::End if in_text => return Err("unexpected {{end}}".to_owned()),
                Piece::Else { .. } if in_text => return Err("unexpected {{else}}".to_owned()),
                Piece::End => self.end()?,
                Piece::Else { position } => self.begin_else(position)?,
            }
        }
        if let Some(open) = self.open.pop() {
            let root = self.close_list(&open);
            self.add_tree(self.name.clone(), root)?;
        }
        Ok(())
    }

    // Tokens.

    fn next(&mut self) -> Token {
        let state = &mut self.state;
        if state.peeked > 0 {
            state.peeked -= 1;
        } else {
            state.tokens[0] = self.lexer.next_token();
        }
        state.tokens[state.peeked]
    }

    fn backup(&mut self) {
        self.state.peeked += 1;
    }

    /// Backs up two tokens; the last is still in its place.
    fn backup2(&mut self, before: Token) {
        self.state.tokens[1] = before;
        self.state.peeked = 2;
    }

    /// Backs up three tokens.
    fn backup3(&mut self, first: Token, second: Token) {
        self.state.tokens[1] = second;
        self.state.tokens[2] = first;
        self.state.peeked = 3;
    }

    fn peek(&mut self) -> Token {
        let state = &mut self.state;
        if state.peeked == 0 {
            state.peeked = 1;
            state.tokens[0] = self.lexer.next_token();
        }
        state.tokens[state.peeked - 1]
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        loop {
            let token = self.peek();
            if token.kind != Kind::Space {
                return token;
            }
            self.next();
        }
    }

    fn expect(&mut self, kinds: &[Kind], context: &str) -> Result<Token, String> {
        let token = self.next_non_space();
        if kinds.contains(&token.kind) { Ok(token) } else { Err(self.unexpected(&token, context)) }
    }

    fn unexpected(&self, token: &Token, context: &str) -> String {
        if token.kind != Kind::Error {
            return format!("unexpected {} in {context}", self.describe(token));
        }
        let line = self.state.action_line;
        if line == 0 || line == token.line {
            return self.lexer.message().to_owned();
        }
        let started = format!("started at {}:{line}", self.name);
        let message = self.lexer.message();
        if message.ends_with(" action") {
            format!("{message} {started}")
        } else {
            format!("{message} in action {started}")
        }
    }

    fn describe(&self, token: &Token) -> String {
        let bytes = token.span.of(self.text);
        if token.kind == Kind::End {
            return "EOF".to_owned();
        }
        if token.kind > Kind::Keyword {
            return format!("<{}>", String::from_utf8_lossy(bytes));
        }
        if bytes.len() > 10 {
            return format!("{}...", quote::quote_text(first_runes(bytes, 10)));
        }
        quote::quote_text(bytes)
    }

    // Lists and what they belong to.

    fn open_list(&mut self, position: u32, of: Of) {
        self.open.push(Open { position, nodes: self.pending.len(), of });
    }

    fn close_list(&mut self, open: &Open) -> NodeId {
        let nodes = self.take_pending(open.nodes);
        self.ast.push(open.position, NodeKind::List(nodes))
    }

    /// Moves the last of the pending nodes to where they stay.
    fn take_pending(&mut self, from: usize) -> Children {
        self.ast.add_children(self.pending.drain(from..))
    }

    fn append(&mut self, node: NodeId) {
        self.pending.push(node);
    }

    /// Text, or an action.
    fn piece(&mut self) -> Result<Piece, String> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Text => Ok(Piece::Node(self.ast.push(token.span.start, NodeKind::Text(token.span)))),
            Kind::LeftDelimiter => {
                self.state.action_line = token.line;
                let piece = self.action()?;
                if !matches!(piece, Piece::Opened) {
                    self.state.action_line = 0;
                }
                Ok(piece)
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self) -> Result<Piece, String> {
        let token = self.next_non_space();
        match token.kind {
            Kind::Block => self.block(),
            Kind::Break => self.leave_range(&token, "{{break}}", NodeKind::Break),
            Kind::Continue => self.leave_range(&token, "{{continue}}", NodeKind::Continue),
            Kind::Else => self.else_action(),
            Kind::EndKeyword => {
                self.expect(&[Kind::RightDelimiter], "end")?;
                Ok(Piece::End)
            }
            Kind::If => self.control(Control::If, false),
            Kind::Range => self.control(Control::Range, false),
            Kind::With => self.control(Control::With, false),
            Kind::Template => self.template(),
            _ => {
                self.backup();
                let position = self.peek().span.start;
                let pipe = self.pipeline("command", Kind::RightDelimiter)?;
                Ok(Piece::Node(self.ast.push(position, NodeKind::Action(pipe))))
            }
        }
    }

    fn leave_range(&mut self, token: &Token, text: &str, kind: NodeKind) -> Result<Piece, String> {
        let after = self.next_non_space();
        if after.kind != Kind::RightDelimiter {
            return Err(self.unexpected(&after, text));
        }
        if self.state.range_depth == 0 {
            return Err(format!("{text} outside {{{{range}}}}"));
        }
        Ok(Piece::Node(self.ast.push(token.span.start, kind)))
    }

    fn else_action(&mut self) -> Result<Piece, String> {
        let peeked = self.peek_non_space();
        let position = peeked.span.start;
        if matches!(peeked.kind, Kind::If | Kind::With) {
            return Ok(Piece::Else { position });
        }
        let token = self.expect(&[Kind::RightDelimiter], "else")?;
        Ok(Piece::Else { position: token.span.start })
    }

    fn template(&mut self) -> Result<Piece, String> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = if self.next_non_space().kind == Kind::RightDelimiter {
            None
        } else {
            self.backup();
            Some(self.pipeline(CONTEXT, Kind::RightDelimiter)?)
        };
        Ok(Piece::Node(self.ast.push(token.span.start, NodeKind::Template(name, pipe))))
    }

    fn template_name(&self, token: &Token, context: &str) -> Result<Span, String> {
        match token.kind {
            Kind::String | Kind::RawString => {
                literal::check(token.span.of(self.text))?;
                Ok(token.span)
            }
            _ => Err(self.unexpected(token, context)),
        }
    }

    fn control(&mut self, control: Control, is_implied: bool) -> Result<Piece, String> {
        let variables = self.state.variables.len();
        let pipe = self.pipeline(control.keyword(), Kind::RightDelimiter)?;
        if control == Control::Range {
            self.state.range_depth += 1;
        }
        let position = self.ast.node(pipe).position;
        let start = self.peek_non_space().span.start;
        let of = OpenControl { control, pipe, position, list: None, variables, is_implied };
        self.open_list(start, Of::Control(of));
        Ok(Piece::Opened)
    }

    fn define(&mut self) -> Result<(), String> {
        const CONTEXT: &str = "define clause";
        self.outer.push(std::mem::take(&mut self.state));
        let token = self.expect(&[Kind::String, Kind::RawString], CONTEXT)?;
        let name = token.span.of(self.text);
        literal::check(name)?;
        self.expect(&[Kind::RightDelimiter], CONTEXT)?;
        let position = self.peek_non_space().span.start;
        self.open_list(position, Of::Define(literal::text(name)));
        Ok(())
    }

    fn block(&mut self) -> Result<Piece, String> {
        const CONTEXT: &str = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, Kind::RightDelimiter)?;
        self.outer.push(std::mem::take(&mut self.state));
        let position = self.peek_non_space().span.start;
        self.open_list(position, Of::Block { name, pipe });
        Ok(Piece::Opened)
    }

    /// Ends the innermost list, and with it everything that `{{else if}}` put around it.
    fn end(&mut self) -> Result<(), String> {
        while let Some(open) = self.open.pop() {
            let list = self.close_list(&open);
            match open.of {
                Of::Text => return Ok(()),
                Of::Define(name) => {
                    self.add_tree(name, list)?;
                    self.leave_tree();
                    return Ok(());
                }
                Of::Block { name, pipe } => {
                    self.add_tree(literal::text(name.of(self.text)), list)?;
                    self.leave_tree();
                    self.state.action_line = 0;
                    let node = self.ast.push(name.start, NodeKind::Template(name, Some(pipe)));
                    self.append(node);
                    return Ok(());
                }
                Of::Control(of) => {
                    if of.control == Control::Range && of.list.is_none() {
                        self.state.range_depth -= 1;
                    }
                    let (first, other) = of.list.map_or((list, None), |first| (first, Some(list)));
                    let branch = Branch { control: of.control, pipe: of.pipe, list: first, other };
                    let node = self.ast.push(of.position, NodeKind::Branch(branch));
                    self.state.variables.truncate(of.variables);
                    self.state.action_line = 0;
                    self.append(node);
                    if !of.is_implied {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    /// Ends the first list of a control structure and begins its second.
    fn begin_else(&mut self, position: u32) -> Result<(), String> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let list = self.close_list(&open);
        let mut of = match open.of {
            Of::Control(of) => of,
            Of::Define(_) => return Err("unexpected {{else}} in define clause".to_owned()),
            Of::Block { .. } => {
                self.leave_tree();
                return Err("unexpected {{else}} in block clause".to_owned());
            }
            Of::Text => return Err("unexpected {{else}}".to_owned()),
        };
        if of.list.is_some() {
            return Err("expected end; found {{else}}".to_owned());
        }
        if of.control == Control::Range {
            self.state.range_depth -= 1;
        }
        let control = of.control;
        of.list = Some(list);
        let continues = match control {
            Control::If => self.peek().kind == Kind::If,
            Control::With => self.peek().kind == Kind::With,
            Control::Range => false,
        };
        if continues {
            self.next();
            self.open_list(position, Of::Control(of));
            self.control(control, true)?;
            return Ok(());
        }
        let start = self.peek_non_space().span.start;
        self.open_list(start, Of::Control(of));
        Ok(())
    }

    fn leave_tree(&mut self) {
        if let Some(state) = self.outer.pop() {
            self.state = state;
        }
    }

    fn add_tree(&mut self, name: Str, root: NodeId) -> Result<(), String> {
        let is_empty = self.is_empty(root);
        let tree = Tree { name, root, is_empty };
        let known = self.tree_of_name.get(&tree.name).copied();
        match known.and_then(|index| self.ast.trees.get_mut(index)) {
            None => {
                self.tree_of_name.insert(tree.name.clone(), self.ast.trees.len());
                self.ast.trees.push(tree);
            }
            Some(other) if other.is_empty => *other = tree,
            Some(_) if is_empty => {}
            Some(_) => {
                return Err(format!("template: multiple definition of template {}", quote::quote_text(&tree.name)));
            }
        }
        Ok(())
    }

    fn is_empty(&self, root: NodeId) -> bool {
        let NodeKind::List(nodes) = self.ast.kind(root) else { return false };
        self.ast.children(nodes).iter().all(|node| match self.ast.kind(*node) {
            NodeKind::Text(span) => is_blank(span.of(self.text)),
            _ => false,
        })
    }
}

/// Tells whether a text is all space, as `bytes.TrimSpace` understands it.
fn is_blank(text: &[u8]) -> bool {
    match std::str::from_utf8(text) {
        Ok(text) => text.chars().all(char::is_whitespace),
        Err(_) => false,
    }
}

/// Returns the bytes of the first runes.
fn first_runes(bytes: &[u8], count: usize) -> &[u8] {
    let mut length = 0;
    for _ in 0..count {
        length += crate::helm::go::utf8::decode(bytes.get(length..).unwrap_or_default()).1;
    }
    bytes.get(..length).unwrap_or(bytes)
}
