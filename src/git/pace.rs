//! [`Pace`]: time and chance for those who wait, handed in from the top.

use std::time::{Duration, Instant};

/// Time and chance.
pub trait Pace {
    /// Returns the time since some fixed moment.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&mut self, time: Duration);

    /// Returns a number from 0 up to, not including, 1.
    fn jitter(&mut self) -> f64;
}

/// The machine's clock, and numbers that follow from a seed.
#[derive(Debug)]
pub struct RealPace {
    start: Instant,
    state: u64,
}

impl RealPace {
    /// Starts now. Workers that run at the same time need different seeds.
    pub fn new(seed: u64) -> Self {
        Self { start: Instant::now(), state: seed }
    }
}

impl Pace for RealPace {
    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    /// SplitMix64: the distance between workers matters here, not the quality of the numbers.
    fn jitter(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Waits that grow, spread by chance so that those who collided do not meet again, within a time that ends.
pub(super) struct Backoff<'a> {
    pace: &'a mut dyn Pace,
    end: Duration,
    step: u32,
}

impl<'a> Backoff<'a> {
    const FIRST: Duration = Duration::from_millis(60);
    const LONGEST: Duration = Duration::from_secs(2);

    pub(super) fn new(pace: &'a mut dyn Pace, deadline: Duration) -> Self {
        let end = pace.elapsed() + deadline;
        Self { pace, end, step: 0 }
    }

    /// Waits for the next attempt, or says that there is no time for one. `asked` is what a server asked for.
    pub(super) fn wait(&mut self, asked: Option<Duration>) -> Result<(), OutOfTime> {
        let grown = Self::FIRST.saturating_mul(1 << self.step.min(10)).min(Self::LONGEST);
        self.step += 1;
        let spread = grown.mul_f64(0.5 + self.pace.jitter().clamp(0.0, 1.0));
        let wait = asked.map_or(spread, |asked| asked + spread);
        if self.pace.elapsed() + wait >= self.end {
            return Err(OutOfTime);
        }
        self.pace.sleep(wait);
        Ok(())
    }
}

/// There is no time for another attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct OutOfTime;
