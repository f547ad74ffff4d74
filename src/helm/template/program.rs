//! [`Program`]: all templates of a chart, ready to run.

use std::sync::{Arc, Mutex, PoisonError};

use super::ByText;
use super::code::Unit;
use super::error::{Error, ParseError};
use super::machine::TemplateRef;
use super::parser;
use crate::helm::both;
use crate::helm::functions::{self, Function};
use crate::helm::profile::Profile;
use crate::yaml::Str;

/// A file of templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as Helm names it: `chart/templates/service.yaml`.
    pub name: Str,
    /// The text.
    pub text: Str,
}

/// All templates of a chart and its subcharts. Shared by all releases and threads that render the chart.
#[derive(Debug)]
pub struct Program {
    profile: Profile,
    host: Host,
    templates: ByText<TemplateRef>,
    fragments: Fragments,
}

/// What runs a program: which functions there are, and what becomes of Go's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Host {
    /// Helm's engine.
    Engine,
    /// Go's template package with sprig's functions.
    Sprig,
}

/// How many bytes of the texts of `tpl` are kept compiled.
const KEPT: usize = 1 << 20;

/// Files with so many bytes of text are compiled by two threads: half of them takes longer than starting one.
const WORTH_A_THREAD: usize = 32 << 10;

/// The texts of `tpl` that were compiled before. A cache: it changes nothing that can be seen.
#[derive(Debug, Default)]
struct Fragments {
    known: Mutex<(usize, ByText<Arc<Unit>>)>,
}

impl Fragments {
    fn find(&self, text: &Str) -> Option<Arc<Unit>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.1.get(text).map(Arc::clone)
    }

    fn keep(&self, text: &Str, unit: &Arc<Unit>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 + text.len() > KEPT {
            *known = (0, ByText::default());
        }
        known.0 += text.len();
        known.1.insert(text.clone(), Arc::clone(unit));
    }
}

impl Program {
    /// Parses files in the order in which Helm parses them (deepest path first, the root chart last): of equal
    /// definitions the last one that is not empty wins.
    ///
    /// # Errors
    /// The first [`Error::Parse`], as Helm stops at it.
    pub fn compile(sources: &[Source], profile: Profile) -> Result<Self, Error> {
        Self::for_host(sources, profile, Host::Engine)
    }

    /// Compiles a text that Helm hands to Go's template package without its engine: it sees none of Helm's own functions, and its
    /// errors keep Go's words.
    ///
    /// # Errors
    /// An [`Error::Parse`].
    pub fn compile_plain(source: Source, profile: Profile) -> Result<Self, Error> {
        Self::for_host(&[source], profile, Host::Sprig)
    }

    fn for_host(sources: &[Source], profile: Profile, host: Host) -> Result<Self, Error> {
        let mut program = Self { profile, host, templates: ByText::default(), fragments: Fragments::default() };
        let (first, second) = halves(sources);
        let (first, second) = if second.is_empty() {
            (program.units(first), Ok(Vec::new()))
        } else {
            both(|| program.units(first), || program.units(second))
        };
        for unit in first?.iter().chain(&second?) {
            program.add(unit);
        }
        Ok(program)
    }

    fn units(&self, sources: &[Source]) -> Result<Vec<Arc<Unit>>, Error> {
        let unit = |source: &Source| {
            self.unit(&source.name, &source.text).map_err(|error| match self.host {
                Host::Engine => in_file(&source.name, &error),
                Host::Sprig => Error::Parse {
                    text: error.text(),
                    file: source.name.to_string(),
                    line: error.line,
                    message: error.message,
                },
            })
        };
        sources.iter().map(unit).collect()
    }

    /// Tells whether Go's texts and errors reach the user as they are.
    pub(super) fn is_plain(&self) -> bool {
        self.host == Host::Sprig
    }

    /// Returns the Helm release that the program was compiled for.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Adds the definitions of a text. What is defined without a body replaces nothing.
    fn add(&mut self, unit: &Arc<Unit>) {
        for (index, template) in unit.templates.iter().enumerate() {
            if template.is_empty && self.templates.contains_key(&template.name) {
                continue;
            }
            let found = TemplateRef { unit: Arc::clone(unit), index: index as u32 };
            self.templates.insert(template.name.clone(), found);
        }
    }

    /// Finds a template by name.
    pub(super) fn find(&self, name: &[u8]) -> Option<&TemplateRef> {
        self.templates.get(name)
    }

    /// Compiles the text of a `tpl`.
    pub(super) fn fragment(&self, text: &Str) -> Result<Arc<Unit>, ParseError> {
        if let Some(unit) = self.fragments.find(text) {
            return Ok(unit);
        }
        let unit = self.unit(&"gotpl".into(), text)?;
        self.fragments.keep(text, &unit);
        Ok(unit)
    }

    fn unit(&self, name: &Str, text: &Str) -> Result<Arc<Unit>, ParseError> {
        let ast = parser::parse(name, text, &|function| self.function(function))?;
        Ok(Arc::new(Unit::new(name.clone(), text.clone(), ast)))
    }

    fn function(&self, name: &[u8]) -> Option<&'static Function> {
        let function = functions::lookup(std::str::from_utf8(name).ok()?)?;
        let is_there = match self.host {
            Host::Engine => functions::is_in(function.name, self.profile),
            Host::Sprig => !functions::OF_HELM.contains(&function.name),
        };
        is_there.then_some(function)
    }
}

/// Splits files in two parts of about as much text; the second is empty where a thread would cost more than it saves.
fn halves(sources: &[Source]) -> (&[Source], &[Source]) {
    let total: usize = sources.iter().map(|source| source.text.len()).sum();
    if total < WORTH_A_THREAD {
        return (sources, &[]);
    }
    let mut before = 0;
    let middle = sources.iter().take_while(|source| {
        before += source.text.len();
        before <= total / 2
    });
    sources.split_at(middle.count())
}

/// Turns Go's error into Helm's: only what stands after the last `: ` survives.
fn in_file(file: &Str, error: &ParseError) -> Error {
    let whole = error.text();
    let mut tokens = whole.split(": ");
    let location = tokens.nth(1).unwrap_or_default().to_owned();
    let message = whole.rsplit(": ").next().unwrap_or_default();
    Error::Parse {
        text: format!("parse error at ({location}): {message}"),
        file: file.to_string(),
        line: error.line,
        message: error.message.clone(),
    }
}
