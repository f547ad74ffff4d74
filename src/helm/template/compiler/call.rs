//! Commands and their arguments: fields, methods, functions, `and` and `or`.

use super::{Compiler, Constant, Expected, Found, Literal, Names, NodeId, NodeKind, Op, Param, Piped, Span, Task};
use crate::helm::functions::{Function, is_impure};
use crate::helm::template::machine::{literal_for, nil_for};

/// An `and` or `or` whose arguments are being compiled.
pub(super) struct OpenDecision {
    /// The truth that decides.
    truth: bool,
    jumps: Vec<usize>,
    /// The operation that forgets the variables that the arguments declare.
    unset: Option<usize>,
}

impl<'a> Compiler<'a> {
    pub(super) fn command(&mut self, node: NodeId, piped: Piped) {
        let NodeKind::Command(arguments) = self.ast.kind(node) else { return };
        let Some((&first, rest)) = self.ast.children(arguments).split_first() else { return };
        let has_arguments = !rest.is_empty() || piped == Piped::Yes;
        match self.ast.kind(first) {
            NodeKind::Field(names) => {
                self.at(first);
                self.dot_fields(names, has_arguments.then_some((first, rest, piped)));
            }
            NodeKind::Chain(base, _) => {
                self.at(first);
                self.tasks.push(Task::Argument(base, Expected::Anything));
                self.tasks.push(Task::ChainFields { chain: first, command: Some(node), piped });
            }
            NodeKind::Identifier(_) => self.function(first, node, rest, piped),
            NodeKind::Pipe(_) if has_arguments => self.not_a_function(first),
            NodeKind::Pipe(_) => self.tasks.push(Task::Pipe(first)),
            NodeKind::Variable(names) => {
                self.at(first);
                let (name, fields) = self.variable_parts(names);
                if fields.is_empty() {
                    self.variable(name);
                    if has_arguments {
                        self.not_a_function(first);
                    }
                } else {
                    self.variable_fields(name, fields, has_arguments.then_some((first, rest, piped)));
                }
            }
            _ => {
                self.at(first);
                if has_arguments {
                    self.not_a_function(first);
                } else {
                    self.plain(first);
                }
            }
        }
    }

    fn not_a_function(&mut self, first: NodeId) {
        let message = format!("can't give argument to non-function {}", self.text_of(first));
        self.fail(message);
    }

    /// A dot or a literal as a command.
    fn plain(&mut self, node: NodeId) {
        match self.ast.kind(node) {
            NodeKind::Dot => {
                let dot = self.scope.dot();
                self.emit(Op::Slot(dot));
            }
            NodeKind::Nil => self.fail("nil is not a command".to_owned()),
            _ => self.literal_argument(node, Expected::Param(Param::Any)),
        }
    }

    fn dot_fields(&mut self, names: Names, call: Option<(NodeId, &[NodeId], Piped)>) {
        let dot = self.scope.dot();
        self.slot_fields(Some(dot), None, names, call);
    }

    fn variable_fields(&mut self, name: &'a [u8], fields: Names, call: Option<(NodeId, &[NodeId], Piped)>) {
        if let Found::Slot(slot) = self.scope.find(name) {
            self.slot_fields(Some(slot), None, fields, call);
        } else {
            self.variable(name);
            self.slot_fields(None, None, fields, call);
        }
    }

    /// The fields of a slot's value, or of the value on the stack; with arguments the last one must be a method.
    fn slot_fields(
        &mut self,
        slot: Option<u32>,
        chain: Option<NodeId>,
        names: Names,
        call: Option<(NodeId, &[NodeId], Piped)>,
    ) {
        let (plain, method) = match (call, self.ast.names(names).last()) {
            (Some(call), Some(last)) => (names.without_last(), Some((*last, call))),
            _ => (names, None),
        };
        match slot {
            Some(slot) if plain.is_empty() => self.emit(Op::Slot(slot)),
            Some(slot) => self.emit(Op::Field(slot, plain)),
            None if plain.is_empty() => {}
            None => self.emit(Op::Chain(plain, chain.map_or(self.node, |chain| chain.0))),
        }
        if let Some((last, (node, arguments, piped))) = method {
            self.method(last, node, arguments, piped);
        }
    }

    fn method(&mut self, name: Span, node: NodeId, arguments: &[NodeId], piped: Piped) {
        let name = self.name(name.of(self.text).into());
        let count = arguments.len() as u32;
        let begin = self.emit_open(Op::Method(name, count, piped, 0));
        for (index, argument) in arguments.iter().enumerate() {
            self.tasks.push(Task::Argument(*argument, Expected::Method(index as u32)));
        }
        if piped == Piped::Yes {
            self.tasks.push(Task::Emit(Op::Rotate(count)));
            self.tasks.push(Task::Check(Expected::Method(count)));
        }
        self.tasks.extend([Task::EmitAt(node, Op::MethodCall), Task::Land(begin)]);
    }

    pub(super) fn chain_fields(&mut self, chain: NodeId, command: Option<NodeId>, piped: Piped) {
        let NodeKind::Chain(_, names) = self.ast.kind(chain) else { return };
        let arguments = match command.map(|command| self.ast.kind(command)) {
            Some(NodeKind::Command(arguments)) => self.ast.children(arguments).get(1..).unwrap_or_default(),
            _ => &[],
        };
        let has_arguments = !arguments.is_empty() || piped == Piped::Yes;
        self.slot_fields(None, Some(chain), names, has_arguments.then_some((chain, arguments, piped)));
    }

    /// An argument for a parameter, as Go's `evalArg` takes it.
    pub(super) fn argument(&mut self, node: NodeId, expected: Expected) {
        self.at(node);
        match self.ast.kind(node) {
            NodeKind::Dot => {
                let dot = self.scope.dot();
                self.emit(Op::Slot(dot));
                self.check(expected);
            }
            NodeKind::Nil => match expected {
                Expected::Param(param) => match nil_for(param) {
                    Some(constant) => self.constant(constant),
                    None => self.fail(format!("cannot assign nil to {}", param.type_name())),
                },
                Expected::Method(index) => self.emit(Op::MethodNil(index)),
                Expected::Anything => self.constant(Constant::Invalid),
            },
            NodeKind::Field(names) => {
                self.dot_fields(names, None);
                self.check(expected);
            }
            NodeKind::Variable(names) => {
                let (name, fields) = self.variable_parts(names);
                if fields.is_empty() {
                    self.variable(name);
                } else {
                    self.variable_fields(name, fields, None);
                }
                self.check(expected);
            }
            NodeKind::Pipe(_) => self.tasks.extend([Task::Pipe(node), Task::Check(expected)]),
            NodeKind::Identifier(_) => self.tasks.extend([Task::Function(node), Task::Check(expected)]),
            NodeKind::Chain(base, _) => self.tasks.extend([
                Task::Argument(base, Expected::Anything),
                Task::ChainFields { chain: node, command: None, piped: Piped::No },
                Task::Check(expected),
            ]),
            _ => self.literal_argument(node, expected),
        }
    }

    fn literal_argument(&mut self, node: NodeId, expected: Expected) {
        let Some(literal) = Literal::of(self.ast, self.text, node) else {
            return self.fail(format!("can't evaluate command {}", self.text_of(node)));
        };
        match expected {
            Expected::Param(param) => match literal_for(literal, param) {
                Ok(constant) => self.constant(constant),
                Err(message) => self.fail(message),
            },
            Expected::Method(index) => self.emit(Op::MethodLiteral(node, index)),
            Expected::Anything => {}
        }
    }

    pub(super) fn check(&mut self, expected: Expected) {
        match expected {
            // A call turns what is invalid into nil for these itself.
            Expected::Param(Param::Any | Param::Reflect) | Expected::Anything => {}
            Expected::Param(param) => self.emit(Op::Check(param)),
            Expected::Method(index) => self.emit(Op::MethodCheck(index)),
        }
    }

    /// A call; `node` is where its failing is reported.
    pub(super) fn function(&mut self, identifier: NodeId, node: NodeId, arguments: &[NodeId], piped: Piped) {
        self.at(identifier);
        let NodeKind::Identifier(function) = self.ast.kind(identifier) else { return };
        let count = arguments.len() + usize::from(piped == Piped::Yes);
        if let Some(message) = wrong_count(function, arguments.len(), count) {
            return self.fail(message);
        }
        if matches!(function.name, "and" | "or") {
            return self.decision(function.name == "or", arguments, piped);
        }
        let param = |index: usize| function.params.get(index).copied().or(function.variadic).unwrap_or(Param::Any);
        let names_callee = function.name == "call";
        if names_callee {
            match arguments.first() {
                Some(first) => self.constant(Constant::Str(self.text_of(*first).into())),
                None => self.constant(Constant::Invalid),
            }
        }
        for (index, argument) in arguments.iter().enumerate() {
            self.tasks.push(Task::Argument(*argument, Expected::Param(param(index))));
        }
        let below = arguments.len() + usize::from(names_callee);
        if piped == Piped::Yes {
            if below > 0 {
                self.tasks.push(Task::Emit(Op::Rotate(below as u32)));
            }
            self.tasks.push(Task::Check(Expected::Param(param(count - 1))));
        }
        let op = match function.name {
            "include" => Op::Include,
            "tpl" => Op::Tpl,
            _ => {
                self.code.functions.push(function);
                let (index, count) = (self.code.functions.len() as u32 - 1, (count + usize::from(names_callee)) as u32);
                if is_impure(function.name) { Op::Draw(index, count) } else { Op::Call(index, count) }
            }
        };
        self.tasks.push(Task::EmitAt(node, op));
    }

    /// `and` and `or`: the first argument whose truth decides is the value, and those after it do not run.
    fn decision(&mut self, truth: bool, arguments: &[NodeId], piped: Piped) {
        let unset = self.ast.has_inner_declarations.then(|| {
            let first = self.scope.next();
            self.emit_open(Op::Unset(first, 0))
        });
        self.decisions.push(OpenDecision { truth, jumps: Vec::new(), unset });
        for (index, argument) in arguments.iter().enumerate() {
            self.tasks.push(Task::Argument(*argument, Expected::Param(Param::Reflect)));
            if index + 1 < arguments.len() || piped == Piped::Yes {
                self.tasks.push(Task::Decide);
            }
        }
        self.tasks.push(Task::Decided(piped));
    }

    pub(super) fn decide(&mut self) {
        let Some(truth) = self.decisions.last().map(|decision| decision.truth) else { return };
        let jump = self.emit_open(Op::JumpKeeping(truth, 0));
        if let Some(decision) = self.decisions.last_mut() {
            if decision.jumps.is_empty() {
                self.scope.set_conditional(true);
            }
            decision.jumps.push(jump);
        }
    }

    pub(super) fn decided(&mut self, piped: Piped) {
        let Some(decision) = self.decisions.pop() else { return };
        if let Some(unset) = decision.unset {
            let next = self.scope.next();
            if let Some(Op::Unset(first, count)) = self.code.ops.get_mut(unset) {
                *count = next - *first;
            }
        }
        if decision.jumps.is_empty() {
            return;
        }
        self.scope.set_conditional(false);
        self.emit(Op::Mark);
        let over = (piped == Piped::Yes).then(|| self.emit_open(Op::Jump(0)));
        for jump in decision.jumps {
            self.land(jump);
        }
        if let Some(over) = over {
            self.emit(Op::Nip);
            self.land(over);
        }
        self.node = super::DYNAMIC_NODE;
    }
}

fn wrong_count(function: &Function, written: usize, count: usize) -> Option<String> {
    let (name, wanted) = (function.name, function.params.len());
    if function.variadic.is_some() {
        (count < wanted).then(|| format!("wrong number of args for {name}: want at least {wanted} got {written}"))
    } else {
        (count != wanted).then(|| format!("wrong number of args for {name}: want {wanted} got {count}"))
    }
}
