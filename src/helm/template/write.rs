//! Writes a node the way Go's `Node.String` does: the text that stands between `<` and `>` in an error.

use super::ast::{Ast, NodeId, NodeKind, Pipe};
use super::literal;
use crate::helm::go::quote;

/// What is still to be written; a stack instead of recursion, since texts nest as deep as they like.
enum Task<'a> {
    Node(NodeId),
    /// An operand, which stands in parentheses if it is a pipeline.
    Operand(NodeId),
    Bytes(&'a [u8]),
}

/// Returns the text of a node.
pub(super) fn node_text(ast: &Ast, source: &[u8], node: NodeId) -> String {
    let mut out = Vec::new();
    let mut tasks = vec![Task::Node(node)];
    while let Some(task) = tasks.pop() {
        let from = tasks.len();
        match task {
            Task::Bytes(bytes) => out.extend_from_slice(bytes),
            Task::Operand(id) if matches!(ast.kind(id), NodeKind::Pipe(_)) => {
                tasks.extend([Task::Bytes(b"("), Task::Node(id), Task::Bytes(b")")]);
            }
            Task::Operand(id) | Task::Node(id) => write_node(ast, source, id, &mut out, &mut tasks),
        }
        tasks[from..].reverse();
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes a leaf, or lists what a node consists of.
fn write_node<'a>(ast: &Ast, source: &'a [u8], node: NodeId, out: &mut Vec<u8>, tasks: &mut Vec<Task<'a>>) {
    match ast.kind(node) {
        NodeKind::List(nodes) => tasks.extend(ast.children(nodes).iter().copied().map(Task::Node)),
        NodeKind::Text(span) | NodeKind::Number(span, _) | NodeKind::String(span) => {
            out.extend_from_slice(span.of(source));
        }
        NodeKind::Identifier(function) => out.extend_from_slice(function.name.as_bytes()),
        NodeKind::Action(pipe) => tasks.extend([Task::Bytes(b"{{"), Task::Node(pipe), Task::Bytes(b"}}")]),
        NodeKind::Pipe(pipe) => write_pipe(ast, pipe, tasks),
        NodeKind::Command(arguments) => {
            for (index, argument) in ast.children(arguments).iter().enumerate() {
                if index > 0 {
                    tasks.push(Task::Bytes(b" "));
                }
                tasks.push(Task::Operand(*argument));
            }
        }
        NodeKind::Variable(names) => {
            for (index, name) in ast.names(names).iter().enumerate() {
                if index > 0 {
                    out.push(b'.');
                }
                out.extend_from_slice(name.of(source));
            }
        }
        NodeKind::Field(names) => {
            for name in ast.names(names) {
                out.push(b'.');
                out.extend_from_slice(name.of(source));
            }
        }
        NodeKind::Chain(node, names) => {
            tasks.push(Task::Operand(node));
            for name in ast.names(names) {
                tasks.extend([Task::Bytes(b"."), Task::Bytes(name.of(source))]);
            }
        }
        NodeKind::Dot => out.push(b'.'),
        NodeKind::Nil => out.extend_from_slice(b"nil"),
        NodeKind::Bool(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        NodeKind::Branch(branch) => {
            tasks.extend([
                Task::Bytes(b"{{"),
                Task::Bytes(branch.control.keyword().as_bytes()),
                Task::Bytes(b" "),
                Task::Node(branch.pipe),
                Task::Bytes(b"}}"),
                Task::Node(branch.list),
            ]);
            if let Some(other) = branch.other {
                tasks.extend([Task::Bytes(b"{{else}}"), Task::Node(other)]);
            }
            tasks.push(Task::Bytes(b"{{end}}"));
        }
        NodeKind::Template(name, pipe) => {
            out.extend_from_slice(b"{{template ");
            out.extend_from_slice(&quote::quote(&literal::text(name.of(source))));
            if let Some(pipe) = pipe {
                tasks.extend([Task::Bytes(b" "), Task::Node(pipe)]);
            }
            tasks.push(Task::Bytes(b"}}"));
        }
        NodeKind::Break => out.extend_from_slice(b"{{break}}"),
        NodeKind::Continue => out.extend_from_slice(b"{{continue}}"),
    }
}

fn write_pipe(ast: &Ast, pipe: Pipe, tasks: &mut Vec<Task<'_>>) {
    for (index, variable) in ast.children(pipe.variables).iter().enumerate() {
        if index > 0 {
            tasks.push(Task::Bytes(b", "));
        }
        tasks.push(Task::Node(*variable));
    }
    if pipe.has_variables() {
        tasks.push(Task::Bytes(if pipe.assigns { b" = " } else { b" := " }));
    }
    for (index, command) in ast.children(pipe.commands).iter().enumerate() {
        if index > 0 {
            tasks.push(Task::Bytes(b" | "));
        }
        tasks.push(Task::Node(*command));
    }
}
