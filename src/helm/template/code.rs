//! [`Unit`]: one parsed text, its templates compiled to flat lists of [`Op`]s for the machine when they first run.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::ast::{Ast, Names, NodeId, NodeKind, Number, Tree};
use super::compiler;
use super::token::Span;
use crate::helm::functions::{Function, Param};
use crate::helm::value::ListType;
use crate::yaml::Str;

/// A place in the list of operations.
pub(super) type Target = u32;

/// A step of the machine. Values go over a stack; variables and dots live in numbered slots of the running template.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    /// Writes a part of the text.
    Text(Span),
    /// Pushes a constant.
    Constant(u32),
    /// Pushes what is in a slot.
    Slot(u32),
    /// Pushes the first slot of a list that is set: a variable that may not have been declared.
    Search(u32),
    /// Pushes the fields of a slot's value.
    Field(u32, Names),
    /// Replaces the value by its fields, and the node at which a method among them fails.
    Chain(Names, u32),
    /// Takes the value out of its interface, as the end of each command does: a nil interface becomes invalid.
    Unwrap,
    /// Checks and converts the value for a parameter.
    Check(Param),
    /// Moves the value below a number of others to the top: the last argument of a piped call.
    Rotate(u32),
    /// Calls a function with a number of arguments.
    Call(u32, u32),
    /// Calls a function whose result may be another each time: function, how many arguments.
    Draw(u32, u32),
    /// Runs a template by name, for `include`.
    Include,
    /// Runs a text as a template, for `tpl`.
    Tpl,
    /// Begins a method call on the value: name, how many arguments are written, and where to go if there is no receiver.
    Method(u32, u32, Piped, Target),
    /// Checks the value for a parameter of the method that is being called.
    MethodCheck(u32),
    /// Pushes a literal as an argument of the method that is being called: its node, parameter.
    MethodLiteral(NodeId, u32),
    /// Pushes nil as an argument of the method that is being called.
    MethodNil(u32),
    /// Calls the method.
    MethodCall,
    /// Writes the value.
    Print,
    /// Removes the value.
    Pop,
    /// Removes the value below the top one.
    Nip,
    /// Copies the value to a slot.
    Store(u32),
    /// Copies the value to the first slot of a list that is set.
    StoreSearch(u32),
    /// Marks slots as not set: the first, how many.
    Unset(u32, u32),
    /// Goes elsewhere.
    Jump(Target),
    /// Removes the value and goes elsewhere if it is false.
    JumpUnless(Target),
    /// Goes elsewhere, keeping the value, if its truth is this; else removes it.
    JumpKeeping(bool, Target),
    /// Remembers the node of this step for errors of the steps whose node depends on the way to them.
    Mark,
    /// Removes the value, and makes it the dot in a slot if it is true; else goes elsewhere.
    With(u32, Target),
    /// Removes the value and begins to walk through it; goes elsewhere if there is nothing in it.
    Range(u32, Target),
    /// Takes the next element into the loop's slots; at the end goes on after the loop.
    Next(u32),
    /// Leaves the loop and goes elsewhere.
    Break(Target),
    /// Fails unless a template may be called: name.
    TemplateCheck(u32),
    /// Removes the value and runs a template with it as its dot: name.
    Template(u32),
    /// Ends the template.
    Return,
    /// Fails with a text.
    Fail(u32),
}

/// Whether a call gets the value of the command before it as its last argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piped {
    Yes,
    No,
}

/// A loop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loop {
    /// How many variables it has.
    pub(super) variables: u32,
    pub(super) dot: u32,
    /// Where the element goes beside the dot.
    pub(super) element: Option<u32>,
    pub(super) index: Option<u32>,
    pub(super) end: Target,
}

/// A constant; a value of its own is made each time it is used.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Nil,
    Invalid,
    Bool(bool),
    Int(i64),
    Int64(i64),
    Uint32(u32),
    Duration(i64),
    Float(f64),
    Complex(f64, f64),
    Str(Str),
    NilList(ListType),
    NilMap,
    NilBytes,
}

/// A literal whose type depends on the parameter that it is for; numbers and texts as they are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Literal<'t> {
    Bool(bool),
    Number(Number, &'t [u8]),
    String(&'t [u8]),
}

impl<'t> Literal<'t> {
    /// Returns the literal that a node is, if it is one.
    pub(super) fn of(ast: &Ast, text: &'t [u8], node: NodeId) -> Option<Self> {
        Some(match ast.kind(node) {
            NodeKind::Bool(value) => Self::Bool(value),
            NodeKind::Number(span, number) => Self::Number(ast.number(number), span.of(text)),
            NodeKind::String(span) => Self::String(span.of(text)),
            _ => return None,
        })
    }
}

/// A template of a unit.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) name: Str,
    pub(super) is_empty: bool,
    pub(super) root: NodeId,
    code: OnceLock<Code>,
}

/// One parsed text: a file, or the argument of a `tpl`.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) name: Str,
    pub(super) text: Str,
    pub(super) ast: Ast,
    pub(super) templates: Vec<Template>,
}

impl Unit {
    pub(super) fn new(name: Str, text: Str, mut ast: Ast) -> Self {
        let trees = std::mem::take(&mut ast.trees).into_iter();
        let template =
            |tree: Tree| Template { name: tree.name, is_empty: tree.is_empty, root: tree.root, code: OnceLock::new() };
        Self { name, text, templates: trees.map(template).collect(), ast }
    }

    /// Returns the operations of a template. Most definitions of a library are never run, so none is compiled before.
    pub(super) fn code(&self, template: u32) -> Option<&Code> {
        let template = self.templates.get(template as usize)?;
        Some(template.code.get_or_init(|| compiler::compile(&self.ast, &self.text, template.root)))
    }
}

/// What a template is compiled to.
#[derive(Debug, Default)]
pub(super) struct Code {
    /// How many slots it needs.
    pub(super) slots: u32,
    pub(super) ops: Vec<Op>,
    /// The node that an error of the operation is reported at; [`DYNAMIC_NODE`] where that depends on the way.
    pub(super) nodes: Vec<u32>,
    pub(super) names: Vec<Str>,
    pub(super) constants: Vec<Constant>,
    pub(super) functions: Vec<&'static Function>,
    pub(super) searches: Vec<(Str, Vec<u32>)>,
    pub(super) loops: Vec<Loop>,
    pub(super) failures: Vec<String>,
    /// What tells the calls apart that matter for made-up values; found where one is made.
    pub(super) sites: OnceLock<Sites>,
}

/// What tells a call from others, whatever lines are added elsewhere, by its operation.
pub(super) type Sites = HashMap<u32, blake3::Hash>;

/// Stands for a node that the machine knows.
pub(super) const DYNAMIC_NODE: u32 = u32::MAX;
