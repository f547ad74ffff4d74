//! [`calls_of`] and [`uses_of`]: where texts name functions, and which definitions nothing runs. Reads the texts only.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memchr_iter;

use super::ast::{Ast, NodeId, NodeKind};
use super::{literal, parser};
use crate::helm::functions;
use crate::helm::profile::Profile;
use crate::yaml::Str;

/// A call of a function in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) function: String,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The first byte in the line, from 0.
    pub(crate) column: usize,
    /// The first byte in the text.
    pub(crate) start: usize,
    pub(crate) line_text: String,
    /// The definition that it stands in; none in the text itself.
    pub(crate) definition: Option<Str>,
}

/// Finds the calls of some functions; none where the text is no template.
pub(crate) fn calls_of(text: &Str, profile: Profile, wanted: &[&str]) -> Vec<Call> {
    let Some(ast) = parse(text, profile) else { return Vec::new() };
    let mut found = Vec::new();
    for (definition, nodes) in trees(&ast) {
        for node in nodes {
            let NodeKind::Identifier(function) = ast.kind(node) else { continue };
            let function = function.name.to_owned();
            let start = ast.node(node).position as usize;
            let Some(before) = text.get(..start).filter(|_| wanted.contains(&function.as_str())) else { continue };
            let column = before.iter().rev().take_while(|byte| **byte != b'\n').count();
            let line_text = text.get(start - column..).unwrap_or_default().split(|byte| *byte == b'\n').next();
            found.push(Call {
                function,
                line: memchr_iter(b'\n', before).count() + 1,
                column,
                start,
                line_text: String::from_utf8_lossy(line_text.unwrap_or_default()).into_owned(),
                definition: definition.clone(),
            });
        }
    }
    found
}

/// Which definitions texts run, by the names that they write out.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    /// By definition what it runs; without a name what the files that are rendered run.
    by: BTreeMap<Option<Str>, BTreeSet<Str>>,
    /// Whether a name is put together somewhere, in a way that could give the name of a definition.
    is_open: bool,
}

impl Uses {
    /// Adds what a text runs; `is_rendered` tells whether the text is more than definitions.
    pub(crate) fn add(&mut self, text: &Str, profile: Profile, is_rendered: bool) {
        let Some(ast) = parse(text, profile) else { return };
        for (definition, nodes) in trees(&ast) {
            if definition.is_none() && !is_rendered {
                continue;
            }
            for node in nodes {
                match ast.kind(node) {
                    NodeKind::Template(name, _) => self.run(definition.as_ref(), literal::text(name.of(text))),
                    NodeKind::Command(parts) => self.command(&ast, text, definition.as_ref(), ast.children(parts)),
                    _ => {}
                }
            }
        }
    }

    fn run(&mut self, by: Option<&Str>, name: Str) {
        self.by.entry(by.cloned()).or_default().insert(name);
    }

    fn command(&mut self, ast: &Ast, text: &Str, by: Option<&Str>, parts: &[NodeId]) {
        let [first, rest @ ..] = parts else { return };
        if !matches!(ast.kind(*first), NodeKind::Identifier(function) if function.name == "include") {
            return;
        }
        match rest.first().map(|name| ast.kind(*name)) {
            Some(NodeKind::String(name)) => self.run(by, literal::text(name.of(text))),
            // The name of a file, for a checksum.
            Some(NodeKind::Pipe(pipe)) if names_a_file(ast, text, ast.children(pipe.commands)) => {}
            _ => self.is_open = true,
        }
    }

    /// Returns the definitions that are run, directly or through others; `None` where any may be.
    pub(crate) fn run_definitions(&self) -> Option<BTreeSet<&Str>> {
        if self.is_open {
            return None;
        }
        let mut found: BTreeSet<&Str> = BTreeSet::new();
        let mut open: Vec<&Str> = self.by.get(&None).into_iter().flatten().collect();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(self.by.get(&Some(name.clone())).into_iter().flatten());
            }
        }
        Some(found)
    }
}

/// Tells whether a name is that of a file: it is put together with the folder of templates, or ends as a file does.
fn names_a_file(ast: &Ast, text: &Str, commands: &[NodeId]) -> bool {
    let mut nodes = Vec::new();
    for command in commands {
        collect(ast, *command, &mut nodes);
    }
    nodes.iter().any(|node| match ast.kind(*node) {
        NodeKind::Field(names) | NodeKind::Variable(names) => {
            ast.names(names).last().is_some_and(|name| name.of(text).ends_with(b"BasePath"))
        }
        NodeKind::String(name) => {
            let name = literal::text(name.of(text));
            name.ends_with(b".yaml") || name.ends_with(b".yml")
        }
        _ => false,
    })
}

fn parse(text: &Str, profile: Profile) -> Option<Ast> {
    let find = |name: &[u8]| {
        let function = functions::lookup(std::str::from_utf8(name).ok()?)?;
        functions::is_in(function.name, profile).then_some(function)
    };
    parser::parse(&Str::default(), text, &find).ok()
}

/// Returns the nodes of each definition; those of the text itself have no name.
fn trees(ast: &Ast) -> Vec<(Option<Str>, Vec<NodeId>)> {
    let of_tree = |tree: &super::ast::Tree| {
        let mut nodes = Vec::new();
        collect(ast, tree.root, &mut nodes);
        (Some(tree.name.clone()).filter(|name| !name.is_empty()), nodes)
    };
    ast.trees.iter().map(of_tree).collect()
}

/// Adds a node and all below it.
fn collect(ast: &Ast, root: NodeId, nodes: &mut Vec<NodeId>) {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        nodes.push(node);
        match ast.kind(node) {
            NodeKind::List(below) | NodeKind::Command(below) => open.extend(ast.children(below)),
            NodeKind::Action(below) | NodeKind::Chain(below, _) => open.push(below),
            NodeKind::Pipe(pipe) => {
                open.extend(ast.children(pipe.commands));
                open.extend(ast.children(pipe.variables));
            }
            NodeKind::Branch(branch) => {
                open.extend([branch.pipe, branch.list].into_iter().chain(branch.other));
            }
            NodeKind::Template(_, pipe) => open.extend(pipe),
            _ => {}
        }
    }
}
