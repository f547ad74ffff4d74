//! Turns a tree into operations.
//!
//! Go's executor keeps the node that it looks at for its error messages, and forgets to set it back; the compiler follows it
//! step by step, so that each operation knows its node and the machine has nothing to keep. Trees are walked with a stack
//! of tasks, since they nest as deep as their texts.

mod call;
mod control;
mod scope;

use self::call::OpenDecision;
use self::control::Branching;
use self::scope::{Found, Scope};
use super::ast::{Ast, Branch, Names, NodeId, NodeKind};
use super::code::{Code, Constant, DYNAMIC_NODE, Literal, Loop, Op, Piped, Target};
use super::literal;
use super::token::Span;
use super::write::node_text;
use crate::helm::functions::Param;
use crate::yaml::Str;

/// As many operations most definitions have.
const ROOM: usize = 32;

/// Compiles a template of a parsed text.
pub(super) fn compile(ast: &Ast, text: &[u8], root: NodeId) -> Code {
    let mut compiler = Compiler {
        ast,
        text,
        code: Code { ops: Vec::with_capacity(ROOM), nodes: Vec::with_capacity(ROOM), ..Code::default() },
        tasks: vec![Task::List(root)],
        scope: Scope::default(),
        node: root.0,
        loops: Vec::new(),
        decisions: Vec::new(),
    };
    while let Some(task) = compiler.tasks.pop() {
        let from = compiler.tasks.len();
        compiler.run(task);
        compiler.tasks[from..].reverse();
    }
    compiler.emit(Op::Return);
    Code { slots: compiler.scope.size(), ..compiler.code }
}

/// Compiles one template.
struct Compiler<'a> {
    ast: &'a Ast,
    text: &'a [u8],
    code: Code,
    tasks: Vec<Task>,
    scope: Scope<'a>,
    /// The node that Go would report an error at now.
    node: u32,
    /// The loops around the current place: where `continue` goes, and the jumps of `break` that wait for the end.
    loops: Vec<OpenLoop>,
    decisions: Vec<OpenDecision>,
}

struct OpenLoop {
    next: Target,
    breaks: Vec<usize>,
}

/// Something still to be compiled.
enum Task {
    /// Everything in a list.
    List(NodeId),
    Statement(NodeId),
    Pipe(NodeId),
    Command(NodeId, Piped),
    /// The end of a pipeline: its variables get the value.
    Variables(NodeId),
    /// An argument for a parameter.
    Argument(NodeId, Expected),
    /// Checks the value.
    Check(Expected),
    /// One operation, for an error at whatever node is current.
    Emit(Op),
    /// One operation that looks at a node only to report its errors there.
    EmitAt(NodeId, Op),
    /// The fields of a chain, and a call if they have arguments.
    ChainFields {
        chain: NodeId,
        command: Option<NodeId>,
        piped: Piped,
    },
    /// An operation goes to the current place.
    Land(usize),
    /// A function without arguments of its own.
    Function(NodeId),
    /// After an argument of `and` or `or` that may decide.
    Decide,
    /// After all arguments of `and` or `or`.
    Decided(Piped),
    Branching(Branching),
}

/// What an argument is for.
#[derive(Clone, Copy)]
enum Expected {
    Param(Param),
    /// A parameter of the method that is being called, known only when it runs.
    Method(u32),
    /// Nothing in particular: the start of a chain.
    Anything,
}

impl<'a> Compiler<'a> {
    /// Compiles what a task stands for; tasks that it adds come before those that wait, in their order.
    fn run(&mut self, task: Task) {
        match task {
            Task::List(list) => {
                self.at(list);
                if let NodeKind::List(nodes) = self.ast.kind(list) {
                    self.tasks.extend(self.ast.children(nodes).iter().copied().map(Task::Statement));
                }
            }
            Task::Statement(node) => self.statement(node),
            Task::Pipe(pipe) => self.pipe(pipe),
            Task::Command(command, piped) => self.command(command, piped),
            Task::Variables(pipe) => self.variables(pipe),
            Task::Argument(node, expected) => self.argument(node, expected),
            Task::Check(expected) => self.check(expected),
            Task::Emit(op) => self.emit(op),
            Task::EmitAt(node, op) => {
                self.emit(op);
                if let Some(last) = self.code.nodes.last_mut() {
                    *last = node.0;
                }
            }
            Task::ChainFields { chain, command, piped } => self.chain_fields(chain, command, piped),
            Task::Land(index) => self.land(index),
            Task::Function(node) => self.function(node, node, &[], Piped::No),
            Task::Decide => self.decide(),
            Task::Decided(piped) => self.decided(piped),
            Task::Branching(branching) => self.branching(branching),
        }
    }

    fn statement(&mut self, node: NodeId) {
        self.at(node);
        match self.ast.kind(node) {
            NodeKind::Text(span) => self.emit(Op::Text(span)),
            NodeKind::Action(pipe) => {
                let declares = matches!(self.ast.kind(pipe), NodeKind::Pipe(pipe) if pipe.has_variables());
                self.tasks.push(Task::Pipe(pipe));
                self.tasks.push(if declares { Task::Emit(Op::Pop) } else { Task::EmitAt(node, Op::Print) });
            }
            NodeKind::Branch(branch) => self.branch(branch),
            NodeKind::Template(name, pipe) => {
                let name = self.name(literal::text(name.of(self.text)));
                self.emit(Op::TemplateCheck(name));
                match pipe {
                    Some(pipe) => self.tasks.push(Task::Pipe(pipe)),
                    None => self.constant(Constant::Invalid),
                }
                self.tasks.push(Task::EmitAt(node, Op::Template(name)));
            }
            NodeKind::Break => self.leave_loop(),
            NodeKind::Continue => self.next_iteration(),
            _ => self.fail(format!("unknown node: {}", self.text_of(node))),
        }
    }

    fn pipe(&mut self, node: NodeId) {
        self.at(node);
        let NodeKind::Pipe(pipe) = self.ast.kind(node) else { return };
        for (index, command) in self.ast.children(pipe.commands).iter().enumerate() {
            let piped = if index > 0 { Piped::Yes } else { Piped::No };
            self.tasks.push(Task::Command(*command, piped));
            self.tasks.push(Task::Emit(Op::Unwrap));
        }
        if pipe.has_variables() {
            self.tasks.push(Task::Variables(node));
        }
    }

    fn variables(&mut self, node: NodeId) {
        let NodeKind::Pipe(pipe) = self.ast.kind(node) else { return };
        for variable in self.ast.children(pipe.variables) {
            let name = self.variable_name(*variable);
            if pipe.assigns {
                self.assign(name);
            } else {
                let slot = self.scope.declare(name);
                self.emit(Op::Store(slot));
            }
        }
    }

    fn assign(&mut self, name: &'a [u8]) {
        match self.scope.find(name) {
            Found::Nothing => self.fail(undefined(name)),
            Found::Slot(slot) => self.emit(Op::Store(slot)),
            Found::OneOf(slots) => {
                let search = self.search(name, slots);
                self.emit(Op::StoreSearch(search));
            }
        }
    }

    /// Pushes the value of a variable.
    fn variable(&mut self, name: &'a [u8]) {
        match self.scope.find(name) {
            Found::Nothing => self.fail(undefined(name)),
            Found::Slot(slot) => self.emit(Op::Slot(slot)),
            Found::OneOf(slots) => {
                let search = self.search(name, slots);
                self.emit(Op::Search(search));
            }
        }
    }

    fn search(&mut self, name: &[u8], slots: Vec<u32>) -> u32 {
        self.code.searches.push((name.into(), slots));
        self.code.searches.len() as u32 - 1
    }

    fn variable_name(&self, node: NodeId) -> &'a [u8] {
        match self.ast.kind(node) {
            NodeKind::Variable(names) => self.variable_parts(names).0,
            _ => &[],
        }
    }

    /// Returns the name of a variable and the fields behind it.
    fn variable_parts(&self, names: Names) -> (&'a [u8], Names) {
        let name = self.ast.names(names).first().map_or(&[][..], |span| span.of(self.text));
        (name, names.without_first())
    }

    // Emitting.

    /// Follows Go in looking at a node.
    fn at(&mut self, node: NodeId) {
        self.node = node.0;
    }

    fn here(&self) -> Target {
        self.code.ops.len() as Target
    }

    fn emit(&mut self, op: Op) {
        self.code.ops.push(op);
        self.code.nodes.push(self.node);
    }

    /// Emits an operation whose target is not known yet.
    fn emit_open(&mut self, op: Op) -> usize {
        self.emit(op);
        self.code.ops.len() - 1
    }

    /// Lets an operation go to the current place.
    fn land(&mut self, index: usize) {
        let here = self.here();
        let Some(op) = self.code.ops.get_mut(index) else { return };
        match op {
            Op::Jump(target)
            | Op::JumpUnless(target)
            | Op::JumpKeeping(_, target)
            | Op::Method(.., target)
            | Op::With(_, target)
            | Op::Range(_, target)
            | Op::Break(target) => *target = here,
            _ => {}
        }
    }

    fn constant(&mut self, constant: Constant) {
        self.code.constants.push(constant);
        let index = self.code.constants.len() as u32 - 1;
        self.emit(Op::Constant(index));
    }

    fn fail(&mut self, message: String) {
        self.code.failures.push(message);
        let index = self.code.failures.len() as u32 - 1;
        self.emit(Op::Fail(index));
    }

    fn text_of(&self, node: NodeId) -> String {
        node_text(self.ast, self.text, node)
    }

    fn name(&mut self, name: Str) -> u32 {
        self.code.names.push(name);
        self.code.names.len() as u32 - 1
    }

    fn add_loop(&mut self, of: Loop) -> u32 {
        self.code.loops.push(of);
        self.code.loops.len() as u32 - 1
    }
}

fn undefined(name: &[u8]) -> String {
    format!("undefined variable: {}", String::from_utf8_lossy(name))
}
