//! [`Machine`]: runs a [`Program`] for one release.
//!
//! Templates, includes and `tpl` nest on a stack of frames on the heap: how deep a chart recurses does not matter to the
//! thread, only to [`Limits::depth`].

mod arguments;
mod calls;
mod fields;
mod loops;
mod names;
mod places;
mod promises;
mod trace;
mod world;

use std::sync::{Arc, LazyLock};

use memchr::memmem;

pub(super) use self::arguments::{literal_for, nil_for};
use self::calls::Frame;
use self::fields::{Path, PendingCall};
use self::loops::Walk;
use self::names::Namespace;
pub(super) use self::names::TemplateRef;
use self::places::Draws;
use self::promises::Promises;
use self::trace::Raised;
use self::world::World;
pub use self::world::{Draw, Environment, Limits, Pure};
use super::ByText;
use super::code::{Code, Constant, Literal, Op, Unit};
use super::error::Error;
use super::program::Program;
use crate::helm::functions::{Failure, Function, append_text, size_of_new};
use crate::helm::go::types;
use crate::helm::value::{List, Map, MapType, Number, Value};
use crate::yaml::Str;

/// What Go prints for a value that is not there; Helm takes it out of the output again.
const NO_VALUE: &[u8] = b"<no value>";

/// Runs the templates of a program for one release, one after the other; what they change in shared maps stays changed.
#[derive(Debug)]
pub struct Machine<'p> {
    program: &'p Program,
    world: World<'p>,
    out: Vec<u8>,
    stack: Vec<Value>,
    slots: Vec<Slot>,
    frames: Vec<Frame>,
    walks: Vec<Walk>,
    calls: Vec<PendingCall>,
    namespace: Namespace,
    /// How often each name is being included at the moment.
    included: ByText<usize>,
    fragments: ByText<Arc<Unit>>,
    promises: Promises,
    draws: Draws,
    /// How many frames there were.
    entered: u64,
    /// The lengths of the texts in `fragments`.
    fragment_bytes: usize,
    /// Whether the last value still sits in an interface, as an element of a map or list; only error texts show it.
    is_boxed: bool,
    /// The node of the last way out of an `and` or `or`.
    decided_at: u32,
    /// The node of the error, where it is not that of the step.
    failed_at: Option<u32>,
    slot_base: usize,
}

/// A variable or a dot.
#[derive(Clone, Debug, Default)]
struct Slot {
    value: Value,
    is_boxed: bool,
    is_set: bool,
}

/// Where to go on after a step.
enum Flow {
    Next,
    To(u32),
    /// In another frame.
    Switch,
    Done,
}

impl<'p> Machine<'p> {
    /// Returns a machine for one release; everything that its templates share lives in it.
    pub fn new(program: &'p Program, environment: &'p mut dyn Environment, limits: Limits) -> Self {
        Self {
            program,
            world: World::new(program.profile(), environment, limits),
            out: Vec::new(),
            stack: Vec::new(),
            slots: Vec::new(),
            frames: Vec::new(),
            walks: Vec::new(),
            calls: Vec::new(),
            namespace: Namespace::default(),
            included: ByText::default(),
            fragments: ByText::default(),
            promises: Promises::default(),
            draws: Draws::default(),
            entered: 0,
            fragment_bytes: 0,
            is_boxed: false,
            decided_at: 0,
            failed_at: None,
            slot_base: 0,
        }
    }

    /// Renders a template with a dot, as Helm renders a file: without what stands for values that are not there.
    ///
    /// # Errors
    /// [`Error::Execution`] where the template fails, [`Error::Limit`] where a cap is reached.
    pub fn render(&mut self, template: &str, dot: Value) -> Result<Vec<u8>, Error> {
        self.out.clear();
        let result = self.start(template.as_bytes(), dot).and_then(|()| self.run());
        match result {
            Ok(()) => {
                let out = std::mem::take(&mut self.out);
                let out = self.promises.without_stand_ins(&out).unwrap_or(out);
                self.world.finish_file(out.len());
                Ok(if self.program.is_plain() { out } else { without_no_value(out) })
            }
            Err(raised) => {
                let error = self.explain(raised, template);
                self.reset();
                Err(error)
            }
        }
    }

    /// Tells whether a template has called `lookup`.
    pub fn has_looked_up(&self) -> bool {
        self.world.looked_up
    }

    /// Goes back to a state from which another template can be rendered.
    fn reset(&mut self) {
        while let Some(frame) = self.frames.pop() {
            self.namespace = frame.namespace;
        }
        self.namespace = Namespace::default();
        self.stack.clear();
        self.slots.clear();
        self.walks.clear();
        self.calls.clear();
        self.included.clear();
        self.promises.clear();
        self.out.clear();
    }

    fn run(&mut self) -> Result<(), Raised> {
        loop {
            let Some(frame) = self.frames.last() else { return Ok(()) };
            let unit = Arc::clone(&frame.unit);
            let Some(code) = unit.code(frame.template) else { return Ok(()) };
            let mut position = frame.position as usize;
            self.slot_base = frame.slots;
            loop {
                let Some(op) = code.ops.get(position) else { return Ok(()) };
                let flow = self.world.step().map_err(Raised::from).and_then(|()| self.step(&unit, code, *op, position));
                match flow {
                    Ok(Flow::Next) => position += 1,
                    Ok(Flow::To(target)) => position = target as usize,
                    Ok(Flow::Switch) => break,
                    Ok(Flow::Done) => return Ok(()),
                    Err(raised) => {
                        self.leave_at(position);
                        return Err(raised);
                    }
                }
            }
        }
    }

    /// Remembers where the running frame is.
    fn leave_at(&mut self, position: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.position = position as u32;
        }
    }

    fn step(&mut self, unit: &Unit, code: &Code, op: Op, position: usize) -> Result<Flow, Raised> {
        match op {
            Op::Text(span) => {
                let text = span.of(&unit.text);
                self.world.copied(text.len())?;
                self.out.extend_from_slice(text);
                self.world.check_output(self.out.len())?;
            }
            Op::Constant(index) => {
                let constant = code.constants.get(index as usize).unwrap_or(&Constant::Invalid);
                self.is_boxed = false;
                self.stack.push(value_of(constant));
            }
            Op::Slot(slot) => self.push_slot(slot),
            Op::Search(index) => {
                let slot = self.search(code, index)?;
                self.push_slot(slot);
            }
            Op::Field(slot, names) => {
                let path = Path { names: unit.ast.names(names), text: &unit.text };
                let value = match self.slots.get(self.slot_base + slot as usize) {
                    Some(slot) => match fields::first_of_map(&slot.value, path) {
                        Some((value, rest)) => self.fields(value, true, rest)?,
                        None => self.fields(slot.value.clone(), slot.is_boxed, path)?,
                    },
                    None => self.fields(Value::Invalid, false, path)?,
                };
                self.stack.push(value);
            }
            Op::Chain(names, node) => {
                let path = Path { names: unit.ast.names(names), text: &unit.text };
                let receiver = self.pop();
                let value = self.fields(receiver, self.is_boxed, path).inspect_err(|raised| {
                    // Go is still at the last argument before the chain, until a method has failed.
                    if raised.called.is_some() {
                        self.failed_at = Some(node);
                    }
                })?;
                self.stack.push(value);
            }
            Op::Unwrap => {
                self.is_boxed = false;
                if let Some(value @ Value::Nil) = self.stack.last_mut() {
                    *value = Value::Invalid;
                }
            }
            Op::Check(param) => {
                let value = self.pop();
                let value = arguments::check(value, param, self.world.profile)?;
                self.stack.push(value);
            }
            Op::Rotate(count) => {
                let from = self.stack.len().saturating_sub(count as usize + 1);
                if let Some(part) = self.stack.get_mut(from..) {
                    part.rotate_left(1);
                }
            }
            Op::Call(function, count) => self.call(code, function, count as usize)?,
            Op::Draw(function, count) => self.draw(code, function, count as usize, position)?,
            Op::Include => return self.include(position),
            Op::Tpl => return self.tpl(position),
            Op::Method(name, count, piped, target) => {
                let name = code.names.get(name as usize).cloned().unwrap_or_default();
                if !self.begin_method(&name, count as usize, piped)? {
                    return Ok(Flow::To(target));
                }
            }
            Op::MethodCheck(index) => {
                let value = self.pop();
                let value = arguments::check(value, self.method_param(index), self.world.profile)?;
                self.stack.push(value);
            }
            Op::MethodLiteral(node, index) => {
                let param = self.method_param(index);
                if let Some(literal) = Literal::of(&unit.ast, &unit.text, node) {
                    self.stack.push(value_of(&literal_for(literal, param)?));
                }
            }
            Op::MethodNil(index) => {
                let param = self.method_param(index);
                let constant = nil_for(param).ok_or_else(|| format!("cannot assign nil to {}", param.type_name()))?;
                self.stack.push(value_of(&constant));
            }
            Op::MethodCall => self.call_method()?,
            Op::Print => {
                let mut value = self.pop();
                if let Value::Map(_) = value {
                    self.promises.redeem(&mut value);
                }
                self.print(&value)?;
            }
            Op::Pop => {
                self.pop();
            }
            Op::Nip => {
                let top = self.pop();
                self.pop();
                self.stack.push(top);
            }
            Op::Store(slot) => self.store(slot),
            Op::StoreSearch(index) => {
                let slot = self.search(code, index)?;
                self.store(slot);
            }
            Op::Unset(first, count) => {
                let from = self.slot_base + first as usize;
                for slot in self.slots.iter_mut().skip(from).take(count as usize) {
                    *slot = Slot::default();
                }
            }
            Op::Jump(target) => return Ok(Flow::To(target)),
            Op::JumpUnless(target) => {
                if !types::truth(&self.pop()) {
                    return Ok(Flow::To(target));
                }
            }
            Op::JumpKeeping(truth, target) => {
                if self.stack.last().is_some_and(|value| types::truth(value) == truth) {
                    self.decided_at = code.nodes.get(position).copied().unwrap_or_default();
                    return Ok(Flow::To(target));
                }
                self.pop();
            }
            Op::Mark => self.decided_at = code.nodes.get(position).copied().unwrap_or_default(),
            Op::With(slot, target) => {
                let value = self.pop();
                if !types::truth(&value) {
                    return Ok(Flow::To(target));
                }
                self.set_slot(slot, value, false);
            }
            Op::Range(index, target) => {
                let mut value = self.pop();
                if let Value::Str(_) = value {
                    self.promises.redeem(&mut value);
                }
                if !self.begin_loop(code, index, value)? {
                    return Ok(Flow::To(target));
                }
            }
            Op::Next(index) => {
                if let Some(end) = self.next_element(code, index) {
                    return Ok(Flow::To(end));
                }
            }
            Op::Break(target) => {
                self.walks.pop();
                return Ok(Flow::To(target));
            }
            Op::TemplateCheck(name) => self.check_template(code, name)?,
            Op::Template(name) => return self.template(code, name, position),
            Op::Return => return self.leave(),
            Op::Fail(index) => {
                let message = code.failures.get(index as usize).cloned().unwrap_or_default();
                return Err(message.into());
            }
        }
        Ok(Flow::Next)
    }

    fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::Invalid)
    }

    fn push_slot(&mut self, slot: u32) {
        if let Some(slot) = self.slots.get(self.slot_base + slot as usize) {
            self.is_boxed = slot.is_boxed;
            self.stack.push(slot.value.clone());
        }
    }

    fn set_slot(&mut self, slot: u32, value: Value, is_boxed: bool) {
        if let Some(slot) = self.slots.get_mut(self.slot_base + slot as usize) {
            *slot = Slot { value, is_boxed, is_set: true };
        }
    }

    fn store(&mut self, slot: u32) {
        let value = self.stack.last().cloned().unwrap_or(Value::Invalid);
        self.set_slot(slot, value, self.is_boxed);
    }

    /// Finds the innermost declaration of a variable that has really happened.
    fn search(&self, code: &Code, index: u32) -> Result<u32, Raised> {
        let Some((name, slots)) = code.searches.get(index as usize) else { return Ok(0) };
        let is_set = |slot: &u32| {
            *slot != u32::MAX && self.slots.get(self.slot_base + *slot as usize).is_some_and(|slot| slot.is_set)
        };
        slots.iter().copied().find(is_set).ok_or_else(|| format!("undefined variable: {name}").into())
    }

    fn print(&mut self, value: &Value) -> Result<(), Raised> {
        let before = self.out.len();
        match value {
            Value::Invalid | Value::Nil => self.out.extend_from_slice(NO_VALUE),
            Value::Host(host) => {
                let shown = host.pointee().map_or_else(|| value.clone(), Value::Host);
                append_text(&self.world, &mut self.out, &shown)?;
            }
            value => append_text(&self.world, &mut self.out, value)?,
        }
        self.world.copied(self.out.len() - before)?;
        self.world.check_output(self.out.len())?;
        Ok(())
    }

    fn call(&mut self, code: &Code, function: u32, count: usize) -> Result<(), Raised> {
        let Some(function) = code.functions.get(function as usize) else { return Ok(()) };
        let from = self.stack.len().saturating_sub(count);
        let arguments = self.stack.get_mut(from..).unwrap_or_default();
        arguments::pass(function, arguments);
        // Most functions look at all of a text; what they make of it they count themselves.
        let looked_at = arguments.iter().map(text_length).sum();
        self.world.copied(looked_at)?;
        let before = self.world.steps_left();
        let result = if self.promises.is_empty() {
            (function.body)(&mut self.world, arguments)
        } else {
            call_with_promises(function, &mut self.promises, &mut self.world, arguments)
        };
        self.stack.truncate(from);
        self.is_boxed = false;
        if let Ok(value) = &result {
            // Whatever a function counts by itself: what was not there before costs its size.
            let counted = before - self.world.steps_left();
            self.world.made((size_of_new(value) as u64).saturating_sub(counted))?;
        }
        match result {
            Ok(Value::Host(host)) => {
                let promise = host.stands_for_text().and_then(|field| self.promises.of_field(&host, field));
                self.stack.push(promise.unwrap_or(Value::Host(host)));
                Ok(())
            }
            Ok(value) => {
                self.stack.push(value);
                Ok(())
            }
            Err(failure) => Err(Raised { failure, called: Some(function.name.to_owned()) }),
        }
    }
}

/// Calls a function whose arguments may be texts that are not made yet.
fn call_with_promises(
    function: &Function,
    promises: &mut Promises,
    world: &mut World<'_>,
    arguments: &mut [Value],
) -> Result<Value, Failure> {
    if let Some(value) = promises.defer(function.name, arguments) {
        return Ok(value);
    }
    if Promises::are_passed_on(function.name) {
        return (function.body)(world, arguments);
    }
    if promises.may_be_read(function.name, arguments) {
        let result = (function.body)(world, arguments)?;
        if promises.hold(&result) {
            return Ok(result);
        }
    }
    promises.redeem_all(arguments);
    (function.body)(world, arguments)
}

fn text_length(value: &Value) -> usize {
    match value {
        Value::Str(text) | Value::Bytes(text) => text.len(),
        _ => 0,
    }
}

/// Makes a value of a constant.
fn value_of(constant: &Constant) -> Value {
    match constant {
        Constant::Nil => Value::Nil,
        Constant::Invalid => Value::Invalid,
        Constant::Bool(value) => Value::Bool(*value),
        Constant::Int(value) => Value::Int(*value),
        Constant::Int64(value) => Value::Int64(*value),
        Constant::Uint32(value) => Value::Number(Number::Uint32(*value)),
        Constant::Duration(value) => Value::Number(Number::Duration(*value)),
        Constant::Float(value) => Value::Float(*value),
        Constant::Complex(real, imaginary) => Value::Number(Number::Complex(*real, *imaginary)),
        Constant::Str(text) => Value::Str(text.clone()),
        Constant::NilList(list_type) => Value::List(List::nil(*list_type)),
        Constant::NilMap => Value::Map(Map::nil(MapType::Any)),
        Constant::NilBytes => Value::Bytes(Str::default()),
    }
}

/// Takes out what stands for values that are not there.
fn without_no_value(text: Vec<u8>) -> Vec<u8> {
    static FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(NO_VALUE));
    let mut found = FINDER.find_iter(&text).peekable();
    if found.peek().is_none() {
        return text;
    }
    let mut out = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in found {
        out.extend_from_slice(&text[from..at]);
        from = at + NO_VALUE.len();
    }
    out.extend_from_slice(&text[from..]);
    out
}
