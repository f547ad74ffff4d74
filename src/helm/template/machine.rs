//! [`Machine`]: runs a [`Program`] for one release.

use super::error::Error;
use super::program::Program;
use crate::helm::value::Value;

/// The caps of one rendering; reaching one is [`Error::Limit`]. The same program and values always reach them at the same
/// place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps of the machine, and units of work that functions report.
    pub steps: u64,
    /// Bytes of output, those of `include` and `tpl` among them.
    pub output: usize,
    /// Templates within templates, through `template`, `include` and `tpl` together.
    pub depth: usize,
}

impl Limits {
    /// Returns caps that no honest chart reaches.
    pub fn generous() -> Self {
        Self { steps: 2_000_000_000, output: 1 << 30, depth: 250_000 }
    }
}

/// What a rendering may know of the world outside its values.
pub trait Environment {
    /// Returns the time in nanoseconds since 1970, or `None` where a clock is not allowed.
    fn now(&mut self, function: &'static str) -> Option<i128>;

    /// Fills a buffer with random bytes and says so, or says that randomness is not allowed.
    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> bool;
}

/// Runs the templates of a program for one release.
#[derive(Debug)]
pub struct Machine<'p> {
    program: &'p Program,
    limits: Limits,
}

impl<'p> Machine<'p> {
    /// Returns a machine for one release; everything that its templates share lives in it.
    pub fn new(program: &'p Program, limits: Limits) -> Self {
        Self { program, limits }
    }

    /// Renders a template with a dot.
    ///
    /// # Errors
    /// [`Error::Execution`] where the template fails, [`Error::Limit`] where a cap is reached.
    pub fn render(&mut self, template: &str, dot: Value) -> Result<Vec<u8>, Error> {
        let _ = (self.program, self.limits, template, dot);
        Err(Error::NotBuilt { what: "running templates".to_owned(), trace: Vec::new() })
    }
}
