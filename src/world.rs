//! [`World`]: clock, environment variables and randomness, read once at the top and handed down.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What a run may know of the machine it runs on. Nothing below the command line reads these from the process.
#[derive(Clone, Debug)]
pub struct World {
    now: Timestamp,
    variables: BTreeMap<String, String>,
    seed: u64,
}

impl World {
    /// Reads the world of this process. Variables that are not UTF-8 are left out.
    pub fn of_this_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        // Differs from process to process; good enough to keep two writers from retrying in step.
        let seed = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), std::process::id());
        Self { now: Timestamp::now(), variables, seed }
    }

    /// Makes a world for tests and the demo.
    pub fn fixed(now: Timestamp, variables: BTreeMap<String, String>) -> Self {
        Self { now, variables, seed: 0 }
    }

    /// Returns the time at which the run began.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns an environment variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns all environment variables.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns a number that differs from process to process, for jitter only.
    pub fn jitter_seed(&self) -> u64 {
        self.seed
    }
}
