//! Turns a failure into an [`Error`]: the places, and the text as Go writes it and Helm rewrites it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::sync::Arc;

use memchr::{memchr_iter, memmem};

use super::Machine;
use super::calls::FrameKind;
use crate::helm::functions::Failure;
use crate::helm::go::quote;
use crate::helm::template::ast::NodeId;
use crate::helm::template::code::{DYNAMIC_NODE, Unit};
use crate::helm::template::error::{Error, Place};
use crate::helm::template::write::node_text;

/// What `required` and `fail` put around their messages.
const WARN_START: &str = "HELM_ERR_START";
const WARN_END: &str = "HELM_ERR_END";

/// With more frames than this a trace is shortened.
const LONG_TRACE: usize = 200;

/// A failure on its way out of the running template.
#[derive(Debug)]
pub(super) struct Raised {
    pub(super) failure: Failure,
    /// The function or method that failed, if one did.
    pub(super) called: Option<String>,
}

impl From<String> for Raised {
    fn from(text: String) -> Self {
        Self { failure: Failure::Error(text), called: None }
    }
}

impl From<Failure> for Raised {
    fn from(failure: Failure) -> Self {
        Self { failure, called: None }
    }
}

impl Machine<'_> {
    /// Says where and why the running templates failed.
    pub(super) fn explain(&self, raised: Raised, file: &str) -> Error {
        let places = self.places();
        let trace = places.iter().map(|(_, place)| place.clone()).collect();
        match raised.failure {
            Failure::Cap(cap, limit) => Error::Limit { limit, cap: Some(cap), trace },
            Failure::Limit(limit) => Error::Limit { limit, cap: None, trace },
            Failure::Address => Error::Address { trace },
            Failure::NotBuilt(what) => Error::NotBuilt { what, trace },
            Failure::Impure(function) => Error::Impure { function, trace },
            Failure::Error(message) => {
                let plain = warning(&message).unwrap_or(&message).to_owned();
                let text = if self.program.is_plain() {
                    self.chain(&places, raised.called, &plain).text
                } else {
                    let chain = self.chain(&places, raised.called, &message);
                    let traces = self.world.profile.rules().traces_errors;
                    if traces { chain.many_lines(file) } else { chain.one_line(file) }
                };
                Error::Execution { text, trace, message: plain }
            }
        }
    }

    /// Returns the places of the frames, outermost first. Of very many, those that no text names are left out.
    fn places(&self) -> Vec<(usize, Place)> {
        let mut nodes = HashMap::new();
        let is_long = self.frames.len() > LONG_TRACE;
        (0..self.frames.len())
            .filter(|index| !is_long || !self.runs_template(*index))
            .map(|index| (index, self.place(index, &mut nodes).unwrap_or_default()))
            .collect()
    }

    /// Tells whether a frame is left for a `template`; Go's errors name only the innermost of such frames.
    fn runs_template(&self, index: usize) -> bool {
        matches!(self.frames.get(index + 1).map(|frame| &frame.kind), Some(FrameKind::Template))
    }

    fn place(&self, index: usize, nodes: &mut HashMap<(*const Unit, u32), Place>) -> Option<Place> {
        let frame = self.frames.get(index)?;
        let node = match *frame.code()?.nodes.get(frame.position as usize)? {
            DYNAMIC_NODE => self.decided_at,
            node => node,
        };
        let is_last = index + 1 == self.frames.len();
        let node = self.failed_at.filter(|_| is_last).unwrap_or(node);
        let template = frame.unit.templates.get(frame.template as usize)?;
        let place = match nodes.entry((Arc::as_ptr(&frame.unit), node)) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(Self::place_of(&frame.unit, NodeId(node))?),
        };
        Some(Place { template: template.name.to_string(), ..place.clone() })
    }

    fn place_of(unit: &Unit, node: NodeId) -> Option<Place> {
        let ast = &unit.ast;
        let before = unit.text.get(..ast.node(node).position as usize)?;
        let line = memchr_iter(b'\n', before).count() as u32 + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() as u32;
        let node = node_text(ast, &unit.text, node);
        let line_text = unit.text.get(before.len() - column as usize..)?;
        let line_text = line_text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line_text = String::from_utf8_lossy(line_text).into_owned();
        Some(Place { file: unit.name.to_string(), line, column, template: String::new(), node, line_text })
    }

    /// Writes the whole error as Go does: each template that was run by a function wraps the error of the one inside.
    fn chain(&self, places: &[(usize, Place)], called: Option<String>, message: &str) -> Chain {
        let mut chain = Chain { text: String::new(), levels: Vec::new(), is_execution: !places.is_empty() };
        for (index, place) in places {
            if self.runs_template(*index) {
                continue;
            }
            let inner = self.frames.get(index + 1).map(|frame| &frame.kind);
            chain.level();
            chain.text.push_str(&place.prefix());
            match inner {
                Some(FrameKind::Include(_)) => chain.text.push_str("error calling include: "),
                Some(FrameKind::Tpl(text)) => {
                    chain.text.push_str("error calling tpl: ");
                    chain.level();
                    let text = quote::quote_text(text);
                    let _ = write!(chain.text, "error during tpl function execution for {text}: ");
                }
                _ => {}
            }
        }
        if let Some(name) = called {
            let _ = write!(chain.text, "error calling {name}: ");
            chain.level();
        }
        chain.text.push_str(message);
        chain
    }
}

/// An error that wraps others: the text, and where each of the wrapped ones begins in it.
struct Chain {
    text: String,
    levels: Vec<usize>,
    is_execution: bool,
}

impl Chain {
    fn level(&mut self) {
        self.levels.push(self.text.len());
    }

    /// What Helm 3 makes of it.
    fn one_line(self, file: &str) -> String {
        if self.is_execution { self.warning(file).unwrap_or(self.text) } else { self.text }
    }

    /// What Helm 4 makes of it: a trace, unless one of the errors is not of a template.
    fn many_lines(self, file: &str) -> String {
        if !self.is_execution {
            return self.text;
        }
        if let Some(text) = self.warning(file) {
            return text;
        }
        let mut lines = Vec::new();
        for level in &self.levels {
            let Some(traced) = Traced::parse(&self.text[*level..]) else { return self.text };
            if lines.last() != Some(&traced) {
                lines.push(traced);
            }
        }
        let text: String = lines.iter().map(Traced::text).collect();
        text.trim().to_owned()
    }

    /// The message of `required` or `fail`, if there is one anywhere.
    fn warning(&self, file: &str) -> Option<String> {
        let mut tokens = self.text.splitn(3, ": ");
        let (_, location, rest) = (tokens.next()?, tokens.next(), tokens.next());
        let (Some(location), Some(rest)) = (location, rest) else {
            return Some(format!("execution error in ({file}): {}", self.text));
        };
        warning(rest).map(|message| format!("execution error at ({location}): {message}"))
    }
}

/// Returns what stands between Helm's marks.
fn warning(text: &str) -> Option<&str> {
    let from = memmem::find(text.as_bytes(), WARN_START.as_bytes())? + WARN_START.len();
    let inner = text.get(from..)?;
    inner.rfind(WARN_END).and_then(|end| inner.get(..end))
}

/// One error of a chain, as Helm 4 takes it apart.
#[derive(Debug, PartialEq, Eq)]
struct Traced<'t> {
    location: &'t str,
    function: String,
    message: &'t str,
}

impl<'t> Traced<'t> {
    fn parse(whole: &'t str) -> Option<Self> {
        let rest = whole.strip_prefix("template: ")?;
        if rest.starts_with("no template ") {
            return Some(Self { location: "", function: String::new(), message: whole });
        }
        Self::parse_executing(rest).or_else(|| {
            let (location, message) = rest.rsplit_once(": ")?;
            Some(Self { location, function: String::new(), message: until_next(message) })
        })
    }

    fn parse_executing(rest: &'t str) -> Option<Self> {
        let (location, after) = rest.split_once(": executing ")?;
        let (function, after) = after.strip_prefix('"')?.split_once('"')?;
        let (node, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
        let function = format!("executing \"{function}\" at <{node}>:");
        Some(Self { location, function, message: until_next(message) })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if !self.location.is_empty() {
            let _ = write!(text, "{}\n  ", self.location);
        }
        if !self.function.is_empty() {
            let _ = write!(text, "{}\n    ", self.function);
        }
        if !self.message.is_empty() {
            let _ = writeln!(text, "{}", self.message);
        }
        text
    }
}

/// Cuts off the wrapped error.
fn until_next(message: &str) -> &str {
    message.find(" template:").map_or(message, |end| &message[..end])
}
