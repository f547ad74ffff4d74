//! `if`, `with`, `range` and what leaves them.

use super::scope::ScopeMark;
use super::{Branch, Compiler, Loop, NodeId, NodeKind, Op, OpenLoop, Target, Task};
use crate::helm::template::ast::Control;

/// A step of compiling a control structure.
pub(super) enum Branching {
    /// After the pipeline.
    Test { branch: Branch, outer: ScopeMark },
    /// After the first list of an `if` or `with`.
    First { branch: Branch, outer: ScopeMark, inner: ScopeMark, jump: usize },
    /// After the list of a `range`.
    Body { branch: Branch, outer: ScopeMark, inner: ScopeMark, jump: usize, loop_id: u32 },
    /// After the second list.
    Second { outer: ScopeMark, jump: Option<usize>, of_loop: Option<(u32, Vec<usize>)> },
}

impl Compiler<'_> {
    pub(super) fn branch(&mut self, branch: Branch) {
        let outer = self.scope.mark();
        self.tasks.push(Task::Pipe(branch.pipe));
        self.tasks.push(Task::Branching(Branching::Test { branch, outer }));
    }

    pub(super) fn branching(&mut self, branching: Branching) {
        match branching {
            Branching::Test { branch, outer } => self.test(branch, outer),
            Branching::First { branch, outer, inner, jump } => self.after_first(branch, outer, inner, jump),
            Branching::Body { branch, outer, inner, jump, loop_id } => {
                self.after_body(branch, outer, inner, jump, loop_id);
            }
            Branching::Second { outer, jump, of_loop } => self.after_second(outer, jump, of_loop),
        }
    }

    fn test(&mut self, branch: Branch, outer: ScopeMark) {
        let inner = self.scope.mark();
        let list = branch.list;
        match branch.control {
            Control::If => {
                let jump = self.emit_open(Op::JumpUnless(0));
                self.tasks.push(Task::List(list));
                self.tasks.push(Task::Branching(Branching::First { branch, outer, inner, jump }));
            }
            Control::With => {
                let slot = self.scope.slot();
                let jump = self.emit_open(Op::With(slot, 0));
                self.scope.set_dot(slot);
                self.tasks.push(Task::List(list));
                self.tasks.push(Task::Branching(Branching::First { branch, outer, inner, jump }));
            }
            Control::Range => self.begin_loop(branch, outer, inner),
        }
    }

    fn begin_loop(&mut self, branch: Branch, outer: ScopeMark, inner: ScopeMark) {
        let NodeKind::Pipe(pipe) = self.ast.kind(branch.pipe) else { return };
        let variables = self.ast.children(pipe.variables).len() as u32;
        let dot = self.scope.slot();
        let (index, element) = match (variables, pipe.assigns) {
            (0, _) => (None, None),
            (1, true) => (None, Some(self.scope.slot())),
            (_, true) => (Some(self.scope.slot()), Some(self.scope.slot())),
            // The pipeline has declared them last, so they lie just below the dot.
            (1, false) => (None, Some(dot - 1)),
            (_, false) => (Some(dot - 2), Some(dot - 1)),
        };
        let loop_id = self.add_loop(Loop { variables, dot, element, index, end: 0 });
        let jump = self.emit_open(Op::Range(loop_id, 0));
        let next = self.here();
        self.emit(Op::Next(loop_id));
        if pipe.assigns {
            let slots = index.into_iter().chain(element);
            for (variable, slot) in self.ast.children(pipe.variables).iter().zip(slots) {
                let name = self.variable_name(*variable);
                self.emit(Op::Slot(slot));
                self.assign(name);
                self.emit(Op::Pop);
            }
        }
        self.scope.set_dot(dot);
        self.loops.push(OpenLoop { next, breaks: Vec::new() });
        self.tasks.push(Task::List(branch.list));
        self.tasks.push(Task::Branching(Branching::Body { branch, outer, inner, jump, loop_id }));
    }

    fn after_first(&mut self, branch: Branch, outer: ScopeMark, inner: ScopeMark, jump: usize) {
        self.scope.restore(inner);
        let end = branch.other.map(|_| self.emit_open(Op::Jump(0)));
        self.land(jump);
        self.second(branch.other, Branching::Second { outer, jump: end, of_loop: None });
    }

    fn after_body(&mut self, branch: Branch, outer: ScopeMark, inner: ScopeMark, jump: usize, loop_id: u32) {
        let breaks = self.loops.pop().map_or_else(Vec::new, |open| {
            self.emit(Op::Jump(open.next));
            open.breaks
        });
        self.scope.restore(inner);
        self.land(jump);
        self.second(branch.other, Branching::Second { outer, jump: None, of_loop: Some((loop_id, breaks)) });
    }

    fn second(&mut self, list: Option<NodeId>, after: Branching) {
        self.tasks.extend(list.map(Task::List));
        self.tasks.push(Task::Branching(after));
    }

    fn after_second(&mut self, outer: ScopeMark, jump: Option<usize>, of_loop: Option<(u32, Vec<usize>)>) {
        self.scope.restore(outer);
        if let Some(jump) = jump {
            self.land(jump);
        }
        if let Some((loop_id, breaks)) = of_loop {
            let end: Target = self.here();
            if let Some(of) = self.code.loops.get_mut(loop_id as usize) {
                of.end = end;
            }
            for jump in breaks {
                self.land(jump);
            }
        }
    }

    pub(super) fn leave_loop(&mut self) {
        let jump = self.emit_open(Op::Break(0));
        if let Some(open) = self.loops.last_mut() {
            open.breaks.push(jump);
        }
    }

    pub(super) fn next_iteration(&mut self) {
        if let Some(next) = self.loops.last().map(|open| open.next) {
            self.emit(Op::Jump(next));
        }
    }
}
