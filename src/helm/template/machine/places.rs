//! Places of calls whose result may be another each time, so that a made-up value can follow from where it is made.
//!
//! A place must not move when a line is added elsewhere, so it is no line number: it is the file, the way of includes from
//! there, at each step the text of the line, the element of each loop, and the arguments. A file that is included by its
//! name, for a checksum above all, begins a way of its own: its calls have the places that they have when it is printed.

use std::collections::HashMap;

use memchr::{memchr, memrchr};

use super::calls::{Frame, FrameKind};
use super::trace::Raised;
use super::{Draw, Machine};
use crate::helm::functions::{Context, Failure, Function};
use crate::helm::template::ast::NodeId;
use crate::helm::template::code::{Code, Op, Sites, Unit};
use crate::helm::value::{Host, Value};

/// What finding a place counts against the caps of a rendering, beside the frames that it goes through.
const COST: usize = 1_000;

/// What is known of the calls so far.
#[derive(Debug, Default)]
pub(super) struct Draws {
    /// How many calls had all but their number in common, by the run of the file and that.
    counts: HashMap<(u64, blake3::Hash), u64>,
    /// What names the element of each running loop; those beyond the loops that run are of loops that ended.
    labels: Vec<Value>,
}

impl Draws {
    /// Adds how many calls of a run of a file had all before this in common.
    fn numbered(&mut self, run: u64, mut hasher: Hasher) -> blake3::Hash {
        let count = self.counts.entry((run, hasher.0.finalize())).or_default();
        hasher.add(&count.to_le_bytes());
        *count += 1;
        hasher.0.finalize()
    }

    /// Remembers what names the element of the innermost of the running loops.
    pub(super) fn label(&mut self, walks: usize, key: &Value, element: &Value) {
        let Some(at) = walks.checked_sub(1) else { return };
        self.labels.resize(walks, Value::Nil);
        if let Some(label) = self.labels.get_mut(at) {
            *label = label_of(key, element);
        }
    }
}

/// What names an element wherever it stands: the key in a map; in a list the element, or its `name`.
fn label_of(key: &Value, element: &Value) -> Value {
    match (key, element) {
        (Value::Str(_), _) => key.clone(),
        (_, Value::Map(map)) => map.get(b"name").unwrap_or_default(),
        (_, element) => element.clone(),
    }
}

impl Machine<'_> {
    /// Calls a function whose result may be another each time.
    pub(super) fn draw(&mut self, code: &Code, function: u32, count: usize, position: usize) -> Result<(), Raised> {
        let (true, Some(called)) = (self.world.is_watched(), code.functions.get(function as usize)) else {
            return self.call(code, function, count);
        };
        let from = self.stack.len().saturating_sub(count);
        if let Some(arguments) = self.stack.get_mut(from..) {
            self.promises.redeem_all(arguments);
        }
        let draw = self.place_of_draw(called, from, position)?;
        self.world.calling(draw);
        if !self.world.is_recorded() {
            return self.call(code, function, count);
        }
        let arguments = self.stack.get(from..).unwrap_or_default().to_vec();
        self.call(code, function, count)?;
        let mut result = self.pop();
        self.promises.redeem(&mut result);
        let raised = |failure: Failure| Raised { failure, called: Some(called.name.to_owned()) };
        let result = self.world.called(draw, &arguments, result).map_err(raised)?;
        self.stack.push(result);
        Ok(())
    }

    fn place_of_draw(&mut self, function: &Function, arguments: usize, position: usize) -> Result<Draw, Raised> {
        let file = self.frames.iter().rposition(is_file).unwrap_or_default();
        self.world.spend(COST + self.frames.len() - file)?;
        let mut hasher = Hasher::default();
        let frames = self.frames.get(file..).unwrap_or_default();
        for (index, frame) in frames.iter().enumerate() {
            let is_innermost = index + 1 == frames.len();
            let position = if is_innermost { position } else { frame.position as usize };
            hasher.add(&frame.unit.name);
            hasher.add(frame.unit.templates.get(frame.template as usize).map_or(b"", |template| &template.name));
            let site = frame.code().and_then(|code| sites(&frame.unit, code).get(&(position as u32)));
            if let Some(site) = site {
                hasher.add(site.as_bytes());
            }
        }
        let outer = frames.first().map_or(0, |frame| frame.walks);
        let running = self.walks.len();
        for label in self.draws.labels.iter().take(running).skip(outer) {
            let mut label = label.clone();
            self.promises.redeem(&mut label);
            hasher.add_value(&label);
        }
        hasher.add(function.name.as_bytes());
        let run = frames.first().map_or(0, |frame| frame.number);
        let site = self.draws.numbered(run, hasher.clone());
        for argument in self.stack.get(arguments..).unwrap_or_default() {
            hasher.add_value(argument);
        }
        Ok(Draw { function: function.name, place: self.draws.numbered(run, hasher), site })
    }
}

/// Tells whether a frame runs a whole file of templates, not a definition or a text of `tpl`.
fn is_file(frame: &Frame) -> bool {
    !matches!(frame.kind, FrameKind::Tpl(_))
        && frame.unit.templates.get(frame.template as usize).is_some_and(|template| template.name == frame.unit.name)
}

/// Finds the calls of a template, each by the text of its line and by how many of that text come before it.
fn sites<'u>(unit: &Unit, code: &'u Code) -> &'u Sites {
    code.sites.get_or_init(|| {
        let mut sites = Sites::new();
        let mut counts: HashMap<blake3::Hash, u64> = HashMap::new();
        for (position, (op, node)) in code.ops.iter().zip(&code.nodes).enumerate() {
            let kind: &[u8] = match op {
                Op::Draw(function, _) => code.functions.get(*function as usize).map_or(b"", |of| of.name.as_bytes()),
                Op::Include => b"include",
                Op::Tpl => b"tpl",
                Op::Template(_) => b"template",
                _ => continue,
            };
            let start = unit.ast.node(NodeId(*node)).position as usize;
            let mut hasher = Hasher::default();
            hasher.add(line_at(&unit.text, start));
            hasher.add(kind);
            let count = counts.entry(hasher.0.finalize()).or_default();
            hasher.add(&count.to_le_bytes());
            *count += 1;
            sites.insert(position as u32, hasher.0.finalize());
        }
        sites
    })
}

fn line_at(text: &[u8], at: usize) -> &[u8] {
    let (before, after) = text.split_at_checked(at).unwrap_or_default();
    let start = memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let end = at + memchr(b'\n', after).unwrap_or(after.len());
    text.get(start..end).unwrap_or_default().trim_ascii()
}

/// Hashes parts so that no two lists of parts look the same.
#[derive(Clone, Default)]
struct Hasher(blake3::Hasher);

impl Hasher {
    fn add(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Adds a text or a number, and of a list each of them; of anything else only what it is: a certificate has a place of
    /// its own.
    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Str(text) | Value::Bytes(text) => self.add(text),
            Value::Int(number) | Value::Int64(number) => self.add(number.to_string().as_bytes()),
            Value::Number(number) => self.add(format!("{number:?}").as_bytes()),
            Value::Float(number) => self.add(number.to_string().as_bytes()),
            Value::Bool(truth) => self.add(if *truth { b"true" } else { b"false" }),
            Value::List(list) => {
                let items = list.items();
                self.add(format!("list {}", items.len()).as_bytes());
                for item in items.iter() {
                    match item {
                        Value::Str(text) => self.add(text),
                        _ => self.add(b""),
                    }
                }
            }
            Value::Host(host) => self.add(Host::type_name(&**host).as_bytes()),
            _ => self.add(b""),
        }
    }
}
