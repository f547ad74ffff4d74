//! `template`, `include` and `tpl`: templates that run others.

use std::sync::Arc;

use memchr::memmem;

use super::arguments::passed;
use super::names::{Namespace, TemplateRef};
use super::{Flow, Machine, Raised, Slot, without_no_value};
use crate::helm::functions::{Context, Failure};
use crate::helm::go::quote;
use crate::helm::template::code::{Code, Unit};
use crate::helm::value::Value;
use crate::yaml::Str;

/// How often Helm lets a name be included within itself.
const DEEPEST_INCLUDE: usize = 1_000;

/// So many bytes of what an `include` gives count as one unit of work: the text is a value that may be kept.
const BYTES_PER_UNIT: usize = 4;

/// The texts of `tpl` that are kept compiled, together.
const FRAGMENT_BYTES: usize = 4 << 20;

/// What compiling one byte of a `tpl` counts.
const COMPILING: usize = 4;

/// How deep Go lets `template` nest.
const DEEPEST_TEMPLATE: u32 = 100_000;

/// A template that is running.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) unit: Arc<Unit>,
    pub(super) template: u32,
    /// The operation that runs, or where it left for another frame.
    pub(super) position: u32,
    pub(super) kind: FrameKind,
    /// Where its slots begin.
    pub(super) slots: usize,
    /// Where its output begins.
    out: usize,
    /// How many `template`s it is deep.
    depth: u32,
    /// Its number among all frames.
    pub(super) number: u64,
    /// How many loops run around it.
    pub(super) walks: usize,
    /// The namespace of the frame below.
    pub(super) namespace: Namespace,
}

/// What started a frame, and what becomes of its output.
#[derive(Debug)]
pub(super) enum FrameKind {
    /// The file that is rendered.
    File,
    /// `template`: the output stays where it is.
    Template,
    /// `include`: the output is the value.
    Include(Str),
    /// `tpl`: the output is the value.
    Tpl(Str),
}

impl Frame {
    pub(super) fn code(&self) -> Option<&Code> {
        self.unit.code(self.template)
    }
}

impl Machine<'_> {
    /// Begins to run a file.
    pub(super) fn start(&mut self, name: &[u8], dot: Value) -> Result<(), Raised> {
        let Some(found) = self.program.find(name).cloned() else { return Err(no_template(name)) };
        self.enter(found, dot, FrameKind::File, 0)
    }

    fn enter(&mut self, found: TemplateRef, dot: Value, kind: FrameKind, depth: u32) -> Result<(), Raised> {
        self.world.check_depth(self.frames.len())?;
        let Some(code) = found.unit.code(found.index) else { return Ok(()) };
        let slots = self.slots.len();
        let size = code.slots as usize;
        self.entered += 1;
        self.frames.push(Frame {
            template: found.index,
            position: 0,
            kind,
            slots,
            out: self.out.len(),
            depth,
            number: self.entered,
            walks: self.walks.len(),
            namespace: self.namespace.clone(),
            unit: found.unit,
        });
        self.slots.push(Slot { value: dot, is_boxed: false, is_set: true });
        self.slots.resize_with(slots + size, Slot::default);
        Ok(())
    }

    /// Ends the running template.
    pub(super) fn leave(&mut self) -> Result<Flow, Raised> {
        if let Some(Frame { kind: FrameKind::Include(_) | FrameKind::Tpl(_), out, .. }) = self.frames.last() {
            self.world.spend(self.out.len().saturating_sub(*out) / BYTES_PER_UNIT)?;
        }
        let Some(frame) = self.frames.pop() else { return Ok(Flow::Done) };
        self.slots.truncate(frame.slots);
        self.namespace = frame.namespace;
        match frame.kind {
            FrameKind::File => return Ok(Flow::Done),
            FrameKind::Template => {}
            FrameKind::Include(name) => {
                if let Some(count) = self.included.get_mut(&name) {
                    *count = count.saturating_sub(1);
                }
                let text = Str::from(self.out.get(frame.out..).unwrap_or_default());
                self.out.truncate(frame.out);
                self.stack.push(Value::Str(text));
            }
            FrameKind::Tpl(_) => {
                let text = without_no_value(self.out.split_off(frame.out));
                self.stack.push(Value::str(text));
            }
        }
        self.is_boxed = false;
        // The caller goes on after the operation that called.
        if let Some(caller) = self.frames.last_mut() {
            caller.position += 1;
        }
        Ok(Flow::Switch)
    }

    pub(super) fn check_template(&mut self, code: &Code, name: u32) -> Result<(), Raised> {
        let name = code.names.get(name as usize).cloned().unwrap_or_default();
        if self.namespace.find(&name, self.program).is_none() {
            return Err(format!("template {} not defined", quote::quote_text(&name)).into());
        }
        if self.depth() == DEEPEST_TEMPLATE {
            return Err(format!("exceeded maximum template depth ({DEEPEST_TEMPLATE})").into());
        }
        Ok(())
    }

    pub(super) fn template(&mut self, code: &Code, name: u32, position: usize) -> Result<Flow, Raised> {
        let name = code.names.get(name as usize).cloned().unwrap_or_default();
        let dot = self.pop();
        self.leave_at(position);
        let Some(found) = self.namespace.find(&name, self.program).cloned() else { return Ok(Flow::Next) };
        let depth = self.depth() + 1;
        self.enter(found, dot, FrameKind::Template, depth)?;
        Ok(Flow::Switch)
    }

    pub(super) fn include(&mut self, position: usize) -> Result<Flow, Raised> {
        let dot = passed(self.pop());
        let name = self.pop_text();
        self.leave_at(position);
        let raised = |failure: Failure| Raised { failure, called: Some("include".to_owned()) };
        let count = self.included.entry(name.clone()).or_default();
        if *count > DEEPEST_INCLUDE {
            let text = format!("rendering template has a nested reference name: {name}: unable to execute template");
            return Err(raised(text.into()));
        }
        *count += 1;
        let Some(found) = self.namespace.find(&name, self.program).cloned() else {
            return Err(raised(no_template(&name).failure));
        };
        self.enter(found, dot, FrameKind::Include(name), 0)?;
        Ok(Flow::Switch)
    }

    pub(super) fn tpl(&mut self, position: usize) -> Result<Flow, Raised> {
        let dot = passed(self.pop());
        let text = self.pop_text();
        self.leave_at(position);
        self.is_boxed = false;
        if memmem::find(&text, b"{{").is_none() {
            let plain = match memmem::find(&text, super::NO_VALUE) {
                Some(_) => without_no_value(text.to_vec()).into(),
                None => text,
            };
            self.stack.push(Value::Str(plain));
            return Ok(Flow::Next);
        }
        let raised = |failure: Failure| Raised { failure, called: Some("tpl".to_owned()) };
        let unit = self.fragment(&text).map_err(raised)?;
        let main = unit.templates.iter().position(|template| template.name == unit.name);
        let found = TemplateRef { index: main.unwrap_or_default() as u32, unit };
        let inner = self.namespace.within(&found.unit, self.program);
        self.enter(found, dot, FrameKind::Tpl(text), 0)?;
        self.namespace = inner;
        Ok(Flow::Switch)
    }

    /// Returns the compiled text of a `tpl`.
    fn fragment(&mut self, text: &Str) -> Result<Arc<Unit>, Failure> {
        if let Some(unit) = self.fragments.get(text) {
            return Ok(Arc::clone(unit));
        }
        self.world.spend(text.len().saturating_mul(COMPILING))?;
        if self.fragment_bytes + text.len() > FRAGMENT_BYTES {
            self.fragments.clear();
            self.fragment_bytes = 0;
        }
        self.fragment_bytes += text.len();
        let unit = self.program.fragment(text).map_err(|error| {
            Failure::Error(format!("cannot parse template {}: {}", quote::quote_text(text), error.text()))
        })?;
        self.fragments.insert(text.clone(), Arc::clone(&unit));
        Ok(unit)
    }

    fn depth(&self) -> u32 {
        self.frames.last().map_or(0, |frame| frame.depth)
    }

    fn pop_text(&mut self) -> Str {
        let mut value = self.pop();
        self.promises.redeem(&mut value);
        match value {
            Value::Str(text) => text,
            _ => Str::default(),
        }
    }
}

fn no_template(name: &[u8]) -> Raised {
    let name = quote::quote_text(name);
    Raised::from(format!("template: no template {name} associated with template \"gotpl\""))
}
