//! [`Machine`]: looks at a value with a schema, as Helm's library does, in its order.
//!
//! Schemas lead to each other as deep as values are, so nothing here recurses: a schema that is being looked with is a
//! [`Frame`], what it still has to do lies on a stack of [`Job`]s, and what a frame finds is given to the frame below it.

use super::error::Stop;
use super::frame::{Frame, Group, Job, Purpose, Token, Work};
use super::inside;
use super::instance::{Instance, View};
use super::look;
use super::problem::{ProblemId, Problems};
use super::rules::{Id, SchemaRef};
use super::words;

/// How often values may be looked at.
const MOST_LOOKS: u64 = 20_000_000;

/// Tells which schema of schemas a part of a schema names for itself.
pub(super) type Dialects<'s, T> = &'s dyn Fn(View<'_, T>) -> Option<SchemaRef<'s>>;

/// Checks a value. What does not fit is a report, a line for each problem.
pub(super) fn check<'s, T: Instance>(
    schema: SchemaRef<'s>,
    value: &T,
    dialects: Option<Dialects<'s, T>>,
) -> Result<Result<(), String>, Stop> {
    // Nearly all values fit, which is found out without writing down what does not.
    if Machine::new(dialects, true).run(schema, value.view())?.is_none() {
        return Ok(Ok(()));
    }
    let mut machine = Machine::new(dialects, false);
    Ok(match machine.run(schema, value.view())?.flatten() {
        None => Ok(()),
        Some(problem) => Err(machine.problems.report(problem)),
    })
}

/// What is wrong with a value: something, and what that is where it is wanted.
pub(super) type Fault = Option<ProblemId>;

pub(super) struct Machine<'s, 'v, T> {
    pub(super) frames: Vec<Frame<'s, 'v, T>>,
    pub(super) jobs: Vec<Job<'v, T>>,
    /// The way to the value at hand.
    path: Vec<Token<'v>>,
    pub(super) problems: Problems,
    dialects: Option<Dialects<'s, T>>,
    is_quiet: bool,
    looks_left: u64,
}

impl<'s, 'v, T: Instance> Machine<'s, 'v, T> {
    fn new(dialects: Option<Dialects<'s, T>>, is_quiet: bool) -> Self {
        Self {
            frames: Vec::new(),
            jobs: Vec::new(),
            path: Vec::new(),
            problems: Problems::default(),
            dialects,
            is_quiet,
            looks_left: MOST_LOOKS,
        }
    }

    /// Looks at a value; returns a fault.
    fn run(&mut self, schema: SchemaRef<'s>, value: View<'v, T>) -> Result<Option<Fault>, Stop> {
        let mut first = Frame::new(schema, value, Purpose::Add, self.is_quiet);
        first.metaschema = self.dialects.is_some().then_some(schema);
        first.unevaluated = look::unevaluated_of(schema.rules(), value, false);
        self.begin(first)?;
        loop {
            let Some(frame) = self.frames.last() else { return Ok(None) };
            if self.jobs.len() > frame.jobs_from
                && let Some(job) = self.jobs.pop()
            {
                self.perform(job)?;
                continue;
            }
            let Some(mut frame) = self.frames.pop() else { return Ok(None) };
            let fault = self.fault_of(&mut frame)?;
            self.path.truncate(frame.path_to - usize::from(frame.is_inside));
            if self.frames.is_empty() {
                return Ok(fault);
            }
            self.receive(frame, fault)?;
        }
    }

    /// Counts looks at values.
    pub(super) fn charge(&mut self, looks: usize) -> Result<(), Stop> {
        match self.looks_left.checked_sub(looks as u64) {
            Some(left) => self.looks_left = left,
            None => return Err(Stop::Looks { limit: MOST_LOOKS }),
        }
        Ok(())
    }

    fn fault_of(&mut self, frame: &mut Frame<'s, 'v, T>) -> Result<Option<Fault>, Stop> {
        if frame.has_failed {
            return Ok(Some(None));
        }
        if frame.problems.is_empty() {
            return Ok(None);
        }
        let path = &self.path[frame.path_from..frame.path_to];
        let problems = std::mem::take(&mut frame.problems);
        self.problems.group(|| pointer(path), problems).map(|problem| Some(Some(problem)))
    }

    /// Starts to look with a schema.
    fn begin(&mut self, mut frame: Frame<'s, 'v, T>) -> Result<(), Stop> {
        self.charge(1)?;
        if let Some(metaschema) = frame.metaschema
            && metaschema == frame.schema
            && let Some(other) = self.dialects.and_then(|dialects| dialects(frame.value))
        {
            frame.schema = other;
            frame.metaschema = Some(other);
        }
        frame.jobs_from = self.jobs.len();
        self.frames.push(frame);
        look::begin(self)
    }

    fn perform(&mut self, job: Job<'v, T>) -> Result<(), Stop> {
        match job.work {
            Work::Look(id) => self.look(job, id),
            Work::Problem(problem) => {
                self.note(problem);
                Ok(())
            }
            Work::End(group) => self.end(group),
            Work::Unevaluated => look::unevaluated(self),
        }
    }

    fn look(&mut self, job: Job<'v, T>, id: Id) -> Result<(), Stop> {
        let Some(parent) = self.frames.last() else { return Ok(()) };
        let is_quiet = parent.is_quiet
            || matches!(job.purpose, Purpose::Not | Purpose::If)
            || (matches!(job.purpose, Purpose::OneOf(_)) && !parent.matched.is_empty());
        let schema = self.dynamic(parent.schema.sibling(id), job.purpose)?;
        if let Some(fits) = look::at_once(schema.rules(), job.value)?
            && (fits || is_quiet)
        {
            self.charge(1)?;
            return self.settle(job.purpose, if fits { None } else { Some(None) });
        }
        let is_inside = !matches!(job.token, Token::None);
        let Some(parent) = self.frames.last() else { return Ok(()) };
        let mut frame = Frame::new(schema, job.value, job.purpose, is_quiet);
        frame.metaschema = parent.metaschema;
        frame.scope_from = parent.scope_from;
        frame.path_from = parent.path_from;
        frame.depth = parent.depth;
        if let Purpose::Name(_) = job.purpose {
            // A name is a value of its own, and has no place in the others.
            frame.scope_from = self.frames.len();
            frame.path_from = self.path.len();
            frame.depth = 0;
        } else if is_inside {
            self.path.push(job.token);
            frame.is_inside = true;
            frame.depth += 1;
        }
        frame.path_to = self.path.len();
        let wants_rest = !is_inside && parent.wants_rest();
        frame.unevaluated = look::unevaluated_of(schema.rules(), job.value, wants_rest);
        self.begin(frame)
    }

    /// Finds out where a dynamic reference leads: to the outermost schema of the way that has its mark.
    fn dynamic(&mut self, target: SchemaRef<'s>, purpose: Purpose<'v>) -> Result<SchemaRef<'s>, Stop> {
        let (frames, frame) = match (purpose, self.frames.last()) {
            (Purpose::RecursiveRef | Purpose::DynamicRef, Some(frame)) => (&self.frames[frame.scope_from..], frame),
            _ => return Ok(target),
        };
        let (mut found, mut passed) = (None, 0);
        if matches!(purpose, Purpose::RecursiveRef) {
            if target.rules().is_recursive_anchor {
                found = frames.iter().map(|frame| frame.scope).find(|scope| {
                    passed += 1;
                    scope.resource().is_recursive_anchor
                });
            }
        } else {
            let wanted =
                frame.schema.rules().dynamic.as_ref().and_then(|dynamic| dynamic.reference.as_ref()?.anchor.as_ref());
            let own = target.rules().dynamic.as_ref().and_then(|dynamic| dynamic.anchor.as_ref());
            if let Some(anchor) = wanted.filter(|_| wanted == own) {
                found = frames.iter().map(|frame| frame.scope).find_map(|scope| {
                    passed += 1;
                    Some(scope.sibling(*scope.resource().dynamic.as_ref()?.anchors.get(anchor)?))
                });
            }
        }
        self.charge(passed)?;
        Ok(found.unwrap_or(target))
    }

    /// Takes what a frame has found.
    fn receive(&mut self, frame: Frame<'s, 'v, T>, fault: Option<Fault>) -> Result<(), Stop> {
        if fault.is_none()
            && !frame.is_inside
            && !matches!(frame.purpose, Purpose::Name(_))
            && let Some(parent) = self.frames.last_mut()
        {
            parent.merge(frame.unevaluated);
        }
        self.settle(frame.purpose, fault)
    }

    fn settle(&mut self, purpose: Purpose<'v>, fault: Option<Fault>) -> Result<(), Stop> {
        match (purpose, fault) {
            (Purpose::Add, Some(fault)) => self.blame(fault),
            (Purpose::Ref | Purpose::RecursiveRef | Purpose::DynamicRef, Some(fault)) => {
                let at = self.pointer_unless(fault.is_none());
                let fault = fault.map(|problem| self.problems.behind_reference(at, problem)).transpose()?;
                self.blame(fault);
            }
            (Purpose::Name(name), Some(fault)) => {
                let causes = fault.map(|problem| self.problems.ungrouped(problem));
                let text = || words::property_name(name);
                let fault = causes.map(|causes| self.problems.add(String::new(), text(), causes)).transpose()?;
                self.blame(fault);
            }
            (Purpose::Contains(index), None) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.matched.push(index);
                    frame.item_is_evaluated(index);
                }
            }
            (Purpose::AllOf, Some(None)) => self.blame(None),
            (Purpose::Contains(_) | Purpose::AllOf | Purpose::AnyOf | Purpose::OneOf(_), Some(fault)) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.held.extend(fault);
                }
            }
            (Purpose::Not, None) => self.find(|_| "'not' failed".to_owned(), Vec::new())?,
            (Purpose::AnyOf, None) => {
                let frame = self.frames.last_mut();
                let wants_rest = frame.is_some_and(|frame| {
                    frame.matched.push(0);
                    frame.wants_rest()
                });
                if !wants_rest {
                    self.skip_to_end();
                }
            }
            (Purpose::OneOf(index), None) => {
                let first = self.frames.last().and_then(|frame| frame.matched.first().copied());
                match (first, self.frames.last_mut()) {
                    (None, Some(frame)) => frame.matched.push(index),
                    (Some(first), _) => {
                        self.skip_to_end();
                        self.find(|_| words::two_matched(first, index), Vec::new())?;
                    }
                    _ => {}
                }
            }
            (Purpose::If, fault) => self.decide(fault.is_none()),
            (Purpose::Add | Purpose::Ref | Purpose::RecursiveRef | Purpose::DynamicRef, None) => {}
            (Purpose::Name(_) | Purpose::AllOf, None) | (Purpose::Not, Some(_)) => {}
        }
        Ok(())
    }

    /// Looks with `then` or `else`.
    fn decide(&mut self, fits: bool) {
        let Some(frame) = self.frames.last() else { return };
        let logic = frame.schema.rules().logic.as_ref();
        let next = logic.and_then(|logic| if fits { logic.then } else { logic.otherwise });
        if let Some(id) = next {
            self.jobs.push(Job::same(frame.value, Purpose::Add, id));
        }
    }

    /// Leaves out what is left of a group; what it found so far still counts, and its end comes.
    fn skip_to_end(&mut self) {
        while self.jobs.last().is_some_and(|job| !matches!(job.work, Work::End(_))) {
            self.jobs.pop();
        }
    }

    /// Says of a group what is to be said when all of it is looked with.
    fn end(&mut self, group: Group) -> Result<(), Stop> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let (held, matched) = (std::mem::take(&mut frame.held), std::mem::take(&mut frame.matched));
        match group {
            Group::AllOf if !held.is_empty() => self.find(|_| "'allOf' failed".to_owned(), held),
            Group::AnyOf if matched.is_empty() => self.find(|_| "'anyOf' failed".to_owned(), held),
            Group::OneOf if matched.is_empty() => self.find(|_| "'oneOf' failed, none matched".to_owned(), held),
            Group::Contains => inside::contained(self, held, &matched),
            _ => Ok(()),
        }
    }

    /// Notes that something is wrong, in words that are only made where they are wanted.
    pub(super) fn find(
        &mut self,
        text: impl FnOnce(&View<'_, T>) -> String,
        causes: Vec<ProblemId>,
    ) -> Result<(), Stop> {
        let fault = self.problem(text, causes)?;
        self.blame(fault);
        Ok(())
    }

    /// As [`Self::find`], for a problem that comes later.
    pub(super) fn problem(
        &mut self,
        text: impl FnOnce(&View<'_, T>) -> String,
        causes: Vec<ProblemId>,
    ) -> Result<Fault, Stop> {
        match self.frames.last() {
            Some(frame) if !frame.is_quiet => {
                let (at, text) = (self.pointer_unless(false), text(&frame.value));
                self.problems.add(at, text, causes).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn pointer_unless(&self, is_quiet: bool) -> String {
        match self.frames.last() {
            Some(frame) if !is_quiet => pointer(&self.path[frame.path_from..frame.path_to]),
            _ => String::new(),
        }
    }

    pub(super) fn blame(&mut self, fault: Fault) {
        match fault {
            Some(problem) => self.note(problem),
            None => {
                // Nothing that is still to come makes it fit.
                if let Some(frame) = self.frames.last_mut() {
                    frame.has_failed = true;
                    self.jobs.truncate(frame.jobs_from);
                }
            }
        }
    }

    fn note(&mut self, problem: ProblemId) {
        if let Some(frame) = self.frames.last_mut() {
            frame.problems.push(problem);
        }
    }
}

fn pointer(path: &[Token<'_>]) -> String {
    let mut pointer = String::new();
    for token in path {
        match token {
            Token::None => {}
            Token::Name(name) => super::address::push_token(&mut pointer, &name.lossy()),
            Token::Index(index) => super::address::push_token(&mut pointer, &index.to_string()),
        }
    }
    pointer
}
