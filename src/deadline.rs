//! [`Deadline`]: the clock that ends a rendering which takes too long. Charts are rendered by rooms without a clock; this is
//! what they are given instead.

use std::time::{Duration, Instant};

use crate::helm::Patience;

/// A time by which a release must have been rendered.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    end: Instant,
    seconds: u64,
}

impl Deadline {
    /// Grants a number of seconds from now on.
    pub fn of_seconds(seconds: u64) -> Self {
        Self { end: Instant::now() + Duration::from_secs(seconds), seconds }
    }
}

impl Patience for Deadline {
    fn is_over(&self) -> bool {
        Instant::now() >= self.end
    }

    fn seconds(&self) -> u64 {
        self.seconds
    }
}
