//! [`Patience`]: how long a rendering may take, told by somebody who has a clock.
//!
//! This room has none. What it does is bounded by counted steps, which are the same on every machine; the clock is a net
//! below them. A release that falls into it is an error, so no output ever depends on how fast a machine is.

use std::fmt::Debug;

use super::error::Error;
use super::functions::Failure;
use super::limits::Cap;
use super::template::{self, Draw, Environment};
use super::value::Value;

/// Knows whether a rendering has taken too long.
pub trait Patience: Debug + Sync {
    /// Tells whether the time is over.
    fn is_over(&self) -> bool;

    /// Returns the seconds that were granted.
    fn seconds(&self) -> u64;
}

/// Asks between two parts of a rendering that may each take long.
///
/// # Errors
/// Where the time is over.
pub(super) fn check(patience: Option<&dyn Patience>) -> Result<(), Error> {
    match over(patience) {
        None => Ok(()),
        Some(limit) => {
            Err(Error::Template(template::Error::Limit { limit, cap: Some(Cap::Seconds), trace: Vec::new() }))
        }
    }
}

/// Says which cap is reached, if the time is over.
fn over(patience: Option<&dyn Patience>) -> Option<String> {
    let seconds = patience.filter(|patience| patience.is_over())?.seconds();
    Some(format!("the cap of {seconds} seconds for one release"))
}

/// An environment with a deadline.
pub(super) struct Timed<'a> {
    pub(super) inner: &'a mut dyn Environment,
    pub(super) patience: Option<&'a dyn Patience>,
}

impl Environment for Timed<'_> {
    fn now(&mut self, function: &'static str) -> Result<i128, Failure> {
        self.inner.now(function)
    }

    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        self.inner.random(function, buffer)
    }

    fn address(&self) -> Result<u64, Failure> {
        self.inner.address()
    }

    fn is_watching(&self) -> bool {
        self.inner.is_watching()
    }

    fn is_recording(&self) -> bool {
        self.inner.is_recording()
    }

    fn calling(&mut self, draw: Draw) {
        self.inner.calling(draw);
    }

    fn called(&mut self, draw: Draw, arguments: &[Value], result: Value) -> Result<Value, Failure> {
        self.inner.called(draw, arguments, result)
    }

    fn certificates_end(&self) -> bool {
        self.inner.certificates_end()
    }

    fn may_go_on(&mut self) -> Result<(), Failure> {
        match over(self.patience) {
            Some(text) => Err(Failure::Cap(Cap::Seconds, text)),
            None => self.inner.may_go_on(),
        }
    }
}
