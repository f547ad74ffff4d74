//! Pipelines: declarations, commands, operands, parentheses.

use super::{Kind, MAX_EXPRESSION_DEPTH, NodeId, NodeKind, Parser, Span, literal, quote};
use crate::helm::template::ast::Pipe;

/// A pipeline that has not ended. Its variables, commands and the arguments of its last command are the last pending nodes.
struct OpenPipe {
    position: u32,
    /// Where its variables begin among the pending nodes.
    variables: usize,
    /// Where its commands begin.
    commands: usize,
    assigns: bool,
    context: &'static str,
    end: Kind,
    command: Option<OpenCommand>,
}

/// A command that has not ended.
#[derive(Clone, Copy)]
struct OpenCommand {
    position: u32,
    /// Where its arguments begin among the pending nodes.
    arguments: usize,
}

/// What the next tokens make of an operand.
enum Term {
    Node(NodeId),
    Parenthesis,
    Nothing,
}

impl Parser<'_> {
    /// Parses a pipeline up to and with the token that ends it.
    pub(super) fn pipeline(&mut self, context: &'static str, end: Kind) -> Result<NodeId, String> {
        let mut stack = Vec::new();
        let mut current = self.open_pipe(context, end)?;
        loop {
            if current.command.is_none() {
                let token = self.next_non_space();
                if token.kind == current.end {
                    let has_variables = current.variables < current.commands;
                    let node = self.close_pipe(&current)?;
                    let Some(outer) = stack.pop() else { return Ok(node) };
                    self.ast.has_inner_declarations |= has_variables;
                    current = outer;
                    self.operand_done(&mut current, node)?;
                    continue;
                }
                if !starts_operand(token.kind) {
                    return Err(self.unexpected(&token, current.context));
                }
                self.backup();
                let position = self.peek_non_space().span.start;
                current.command = Some(OpenCommand { position, arguments: self.pending.len() });
            }
            self.peek_non_space();
            match self.term()? {
                Term::Node(node) => self.operand_done(&mut current, node)?,
                Term::Nothing => self.argument_done(&mut current)?,
                Term::Parenthesis => {
                    if stack.len() >= MAX_EXPRESSION_DEPTH {
                        return Err("max expression depth exceeded".to_owned());
                    }
                    let inner = self.open_pipe("parenthesized pipeline", Kind::RightParenthesis)?;
                    stack.push(std::mem::replace(&mut current, inner));
                }
            }
        }
    }

    /// Begins a pipeline with its declarations or assignments, if it has any.
    fn open_pipe(&mut self, context: &'static str, end: Kind) -> Result<OpenPipe, String> {
        let position = self.peek_non_space().span.start;
        let variables = self.pending.len();
        let mut assigns = false;
        while self.peek_non_space().kind == Kind::Variable {
            let variable = self.next();
            // Space is a token: whether `$x` is declared or an argument shows only after it.
            let after = self.peek();
            let next = self.peek_non_space();
            let is_comma = next.kind == Kind::Character && next.span.of(self.text) == b",";
            if matches!(next.kind, Kind::Assign | Kind::Declare) || is_comma {
                self.next_non_space();
                let node = self.variable_node(variable.span.start, variable.span);
                self.pending.push(node);
                self.state.variables.push(variable.span.of(self.text));
                if !is_comma {
                    assigns = next.kind == Kind::Assign;
                    break;
                }
                if context != "range" || self.pending.len() - variables >= 2 {
                    return Err(format!("too many declarations in {context}"));
                }
                match self.peek_non_space().kind {
                    Kind::Variable | Kind::RightDelimiter | Kind::RightParenthesis => {}
                    _ => return Err("range can only initialize variables".to_owned()),
                }
            } else {
                if after.kind == Kind::Space {
                    self.backup3(variable, after);
                } else {
                    self.backup2(variable);
                }
                break;
            }
        }
        let commands = self.pending.len();
        Ok(OpenPipe { position, variables, commands, assigns, context, end, command: None })
    }

    fn close_pipe(&mut self, open: &OpenPipe) -> Result<NodeId, String> {
        let commands = self.take_pending(open.commands);
        let variables = self.take_pending(open.variables);
        if self.ast.children(commands).is_empty() {
            return Err(format!("missing value for {}", open.context));
        }
        for (index, command) in self.ast.children(commands).iter().enumerate().skip(1) {
            let NodeKind::Command(arguments) = self.ast.kind(*command) else { continue };
            let first = self.ast.children(arguments).first().map(|argument| self.ast.kind(*argument));
            if let Some(
                NodeKind::Bool(_) | NodeKind::Dot | NodeKind::Nil | NodeKind::Number(..) | NodeKind::String(_),
            ) = first
            {
                return Err(format!("non executable command in pipeline stage {}", index + 1));
            }
        }
        Ok(self.ast.push(open.position, NodeKind::Pipe(Pipe { assigns: open.assigns, variables, commands })))
    }

    /// Adds the fields that follow a term and makes it an argument of the command.
    fn operand_done(&mut self, open: &mut OpenPipe, term: NodeId) -> Result<(), String> {
        let mut node = term;
        if self.peek().kind == Kind::Field {
            let position = self.peek().span.start;
            // The names of a field or a variable are the last that were read.
            let mut names = match self.ast.kind(term) {
                NodeKind::Field(names) | NodeKind::Variable(names) => names,
                _ => {
                    let first = self.next().span;
                    self.ast.add_name(without_dot(first))
                }
            };
            while self.peek().kind == Kind::Field {
                let name = without_dot(self.next().span);
                names = self.ast.add_name_to(names, name);
            }
            match self.ast.kind(term) {
                NodeKind::Field(_) => self.ast.replace(term, position, NodeKind::Field(names)),
                NodeKind::Variable(_) => self.ast.replace(term, position, NodeKind::Variable(names)),
                NodeKind::Bool(_) | NodeKind::String(_) | NodeKind::Number(..) | NodeKind::Nil | NodeKind::Dot => {
                    let text = crate::helm::template::write::node_text(&self.ast, self.text, term);
                    return Err(format!("unexpected . after term {}", quote::quote_text(text.as_bytes())));
                }
                _ => node = self.ast.push(position, NodeKind::Chain(term, names)),
            }
        }
        if open.command.is_some() {
            self.pending.push(node);
        }
        self.argument_done(open)
    }

    /// Looks at what follows an argument: another one, or the end of the command.
    fn argument_done(&mut self, open: &mut OpenPipe) -> Result<(), String> {
        let token = self.next();
        match token.kind {
            Kind::Space => return Ok(()),
            Kind::RightDelimiter | Kind::RightParenthesis => self.backup(),
            Kind::Pipe => {}
            _ => return Err(self.unexpected(&token, "operand")),
        }
        let Some(command) = open.command.take() else { return Ok(()) };
        if command.arguments == self.pending.len() {
            return Err("empty command".to_owned());
        }
        let arguments = self.take_pending(command.arguments);
        let command = self.ast.push(command.position, NodeKind::Command(arguments));
        self.pending.push(command);
        Ok(())
    }

    fn term(&mut self) -> Result<Term, String> {
        let token = self.next_non_space();
        let (position, span) = (token.span.start, token.span);
        let bytes = span.of(self.text);
        let kind = match token.kind {
            Kind::Identifier => {
                let Some(function) = (self.find_function)(bytes) else {
                    return Err(format!("function {} not defined", quote::quote_text(bytes)));
                };
                NodeKind::Identifier(function)
            }
            Kind::Dot => NodeKind::Dot,
            Kind::Nil => NodeKind::Nil,
            Kind::Variable => {
                if !self.state.variables.contains(&bytes) {
                    return Err(format!("undefined variable {}", quote::quote_text(bytes)));
                }
                NodeKind::Variable(self.ast.add_name(span))
            }
            Kind::Field => NodeKind::Field(self.ast.add_name(without_dot(span))),
            Kind::Bool => NodeKind::Bool(bytes == b"true"),
            Kind::CharacterConstant | Kind::Complex | Kind::Number => {
                let number = literal::number(bytes, token.kind)?;
                NodeKind::Number(span, self.ast.add_number(number))
            }
            Kind::String | Kind::RawString => {
                literal::check(bytes)?;
                NodeKind::String(span)
            }
            Kind::LeftParenthesis => return Ok(Term::Parenthesis),
            _ => {
                self.backup();
                return Ok(Term::Nothing);
            }
        };
        Ok(Term::Node(self.ast.push(position, kind)))
    }

    fn variable_node(&mut self, position: u32, span: Span) -> NodeId {
        let names = self.ast.add_name(span);
        self.ast.push(position, NodeKind::Variable(names))
    }
}

fn starts_operand(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Bool
            | Kind::CharacterConstant
            | Kind::Complex
            | Kind::Dot
            | Kind::Field
            | Kind::Identifier
            | Kind::Number
            | Kind::Nil
            | Kind::RawString
            | Kind::String
            | Kind::Variable
            | Kind::LeftParenthesis
    )
}

fn without_dot(span: Span) -> Span {
    Span { start: span.start + 1, end: span.end }
}
