//! What a rendering may know and spend: the profile, the clock, randomness, the caps.

use std::cell::Cell;
use std::fmt;

use crate::helm::functions::{Context, Failure};
use crate::helm::limits::Cap;
use crate::helm::profile::Profile;
use crate::helm::template::ByText;
use crate::helm::value::Value;
use crate::yaml::{self, Data, Str};

/// The caps of one rendering; reaching one is [`Error::Limit`](super::Error::Limit). The same program and values always
/// reach them at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps of the machine, and units of work that functions report.
    pub steps: u64,
    /// Bytes of output of all files together, those of a running `include` or `tpl` among them.
    pub output: usize,
    /// Templates within templates, through `template`, `include` and `tpl` together.
    pub depth: usize,
    /// Objects that a release may have.
    pub objects: usize,
    /// Reading one YAML or JSON text.
    pub yaml: yaml::Limits,
}

impl Default for Limits {
    /// Returns caps that no honest chart reaches.
    fn default() -> Self {
        Self { steps: 200_000_000, output: 64 << 20, depth: 250_000, objects: 20_000, yaml: yaml::Limits::default() }
    }
}

/// What a rendering may ask of the world outside its values.
pub trait Environment {
    /// Returns the time in nanoseconds since 1970.
    ///
    /// # Errors
    /// Where a clock is not allowed.
    fn now(&mut self, function: &'static str) -> Result<i128, Failure>;

    /// Fills a buffer with random bytes.
    ///
    /// # Errors
    /// Where randomness is not allowed.
    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure>;

    /// Tells whether [`Self::calling`] wants to know of calls: finding their places is work.
    fn is_watching(&self) -> bool {
        false
    }

    /// Tells whether [`Self::called`] wants to know of results as well.
    fn is_recording(&self) -> bool {
        false
    }

    /// Is told of a call of a function whose result may be another each time, before it runs.
    fn calling(&mut self, _: Draw) {}

    /// Is told of the arguments and the result of such a call; what it returns is the result.
    ///
    /// # Errors
    /// Where the result cannot be had.
    fn called(&mut self, _: Draw, _: &[Value], result: Value) -> Result<Value, Failure> {
        Ok(result)
    }

    /// Returns where in memory the values of this rendering lie.
    ///
    /// # Errors
    /// Where that is not to be known, as it is another place each time.
    fn address(&self) -> Result<u64, Failure> {
        Err(Failure::Address)
    }

    /// Tells whether certificates have an end. Where the clock stands nothing would make them anew.
    fn certificates_end(&self) -> bool {
        true
    }

    /// Is asked every now and then, always after the same steps, whether the rendering may go on: the place for a deadline,
    /// which needs a clock that this room has not.
    ///
    /// # Errors
    /// [`Failure::Cap`], with the name of the cap and its value, where the time is over.
    fn may_go_on(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}

/// A call of a function whose result may be another each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The function.
    pub function: &'static str,
    /// Where it is called: the file, the way of includes to it, the text of the line, the element of each loop, the arguments,
    /// and how many calls in this run of the file had all that in common. It stays the same when something is added elsewhere.
    pub place: blake3::Hash,
    /// The place but for the arguments.
    pub site: blake3::Hash,
}

/// The environment without clock and randomness: the functions that need one fail.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pure;

impl Environment for Pure {
    fn now(&mut self, function: &'static str) -> Result<i128, Failure> {
        Err(Failure::Impure(function))
    }

    fn random(&mut self, function: &'static str, _: &mut [u8]) -> Result<(), Failure> {
        Err(Failure::Impure(function))
    }
}

/// After so many steps the environment is asked whether to go on: some milliseconds of work.
const ASKED_EVERY: u64 = 1 << 16;

/// Copying so many bytes counts as one step.
const BYTES_PER_STEP: usize = 32;

/// The texts of `fromYaml` that are remembered have so many bytes together.
const REMEMBERED: usize = 256 << 10;

/// The environment with what is left of the caps.
pub(super) struct World<'p> {
    pub(super) profile: Profile,
    environment: &'p mut dyn Environment,
    limits: Limits,
    steps: u64,
    /// Whether something was looked for in the cluster that is not there.
    pub(super) looked_up: bool,
    /// The environment is asked again when so many steps are left.
    ask_at: u64,
    /// Bytes that the files before this one printed.
    printed: usize,
    is_watched: bool,
    /// Where values lie, once that was asked for.
    address: Cell<Option<u64>>,
    /// What texts of YAML were read as, and the lengths of these texts together.
    documents: ByText<Data>,
    document_bytes: usize,
}

impl fmt::Debug for World<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("World").field("profile", &self.profile).field("limits", &self.limits).finish()
    }
}

impl<'p> World<'p> {
    pub(super) fn new(profile: Profile, environment: &'p mut dyn Environment, limits: Limits) -> Self {
        let ask_at = limits.steps.saturating_sub(ASKED_EVERY);
        let is_watched = environment.is_watching();
        Self {
            profile,
            environment,
            limits,
            steps: limits.steps,
            looked_up: false,
            ask_at,
            printed: 0,
            is_watched,
            address: Cell::new(None),
            documents: ByText::default(),
            document_bytes: 0,
        }
    }

    pub(super) fn is_watched(&self) -> bool {
        self.is_watched
    }

    pub(super) fn is_recorded(&self) -> bool {
        self.environment.is_recording()
    }

    pub(super) fn calling(&mut self, draw: Draw) {
        self.environment.calling(draw);
    }

    pub(super) fn called(&mut self, draw: Draw, arguments: &[Value], result: Value) -> Result<Value, Failure> {
        self.environment.called(draw, arguments, result)
    }

    /// Counts one step.
    pub(super) fn step(&mut self) -> Result<(), Failure> {
        self.count(1)
    }

    /// Returns how many steps are left.
    pub(super) fn steps_left(&self) -> u64 {
        self.steps
    }

    /// Counts bytes of a new text.
    pub(super) fn made(&mut self, bytes: u64) -> Result<(), Failure> {
        self.count(bytes)
    }

    /// Counts the handling of bytes that are copied, but not kept.
    pub(super) fn copied(&mut self, bytes: usize) -> Result<(), Failure> {
        self.count((bytes / BYTES_PER_STEP) as u64)
    }

    /// Remembers what a file printed.
    pub(super) fn finish_file(&mut self, bytes: usize) {
        self.printed = self.printed.saturating_add(bytes);
    }

    fn count(&mut self, units: u64) -> Result<(), Failure> {
        match self.steps.checked_sub(units) {
            Some(steps) => self.steps = steps,
            None => return Err(self.out_of_steps()),
        }
        if self.steps < self.ask_at {
            self.ask_at = self.steps.saturating_sub(ASKED_EVERY);
            self.environment.may_go_on()?;
        }
        Ok(())
    }

    #[cold]
    fn out_of_steps(&self) -> Failure {
        Failure::Cap(Cap::Steps, format!("the cap of {} steps for one rendering", self.limits.steps))
    }

    pub(super) fn check_output(&self, bytes: usize) -> Result<(), Failure> {
        if self.printed.saturating_add(bytes) > self.limits.output {
            return Err(Failure::Cap(Cap::OutputBytes, format!("the cap of {} bytes of output", self.limits.output)));
        }
        Ok(())
    }

    pub(super) fn check_depth(&self, frames: usize) -> Result<(), Failure> {
        if frames >= self.limits.depth {
            let text = format!("the cap of {} templates within templates", self.limits.depth);
            return Err(Failure::Cap(Cap::TemplateDepth, text));
        }
        Ok(())
    }
}

impl Context for World<'_> {
    fn profile(&self) -> Profile {
        self.profile
    }

    fn now(&mut self, function: &'static str) -> Result<i128, Failure> {
        self.environment.now(function)
    }

    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        self.environment.random(function, buffer)
    }

    fn address(&self) -> Result<u64, Failure> {
        if let Some(known) = self.address.get() {
            return Ok(known);
        }
        let address = self.environment.address()?;
        self.address.set(Some(address));
        Ok(address)
    }

    fn certificates_end(&self) -> bool {
        self.environment.certificates_end()
    }

    fn looked_up(&mut self) {
        self.looked_up = true;
    }

    fn read_before(&self, text: &Str) -> Option<Data> {
        self.documents.get(text).cloned()
    }

    fn remember(&mut self, text: &Str, data: &Data) {
        let bytes = self.document_bytes + text.len();
        // With aliases, data may be many times as large as its text.
        if bytes <= REMEMBERED && memchr::memchr(b'*', text).is_none() {
            self.document_bytes = bytes;
            self.documents.insert(text.clone(), data.clone());
        }
    }

    fn yaml_limits(&self) -> yaml::Limits {
        self.limits.yaml
    }

    fn spend(&mut self, units: usize) -> Result<(), Failure> {
        self.count(units as u64)
    }
}
