//! Promises that hold for any input: what the fuzzers found, run again, and properties over generated inputs.
//!
//! The targets are those of the package in `fuzz/`, compiled here too, so that a change of what they call is seen at once.
//! Each file of `finds/TARGET` is an input that once broke a promise of that target; its name says which. `PROPTEST_CASES`
//! says how many inputs each property gets, in place of the few that keep the suite quick.

#![expect(clippy::unwrap_used, reason = "a test that lacks something ends there")]

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

mod any_bytes;
mod depth;
mod edits;
mod finds;
mod fleets;
mod generated;
mod rendered;
mod written;

use proptest::test_runner::{Config, RngSeed};

/// The settings of a property: so many inputs, the same in each run; or as many as `PROPTEST_CASES` says, others in each run.
/// What fails goes to `finds` by hand, with a name, and not to a file of seeds.
fn inputs(count: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok());
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(0x0070_6c61_696e_7361) };
    Config { cases: asked.unwrap_or(count), failure_persistence: None, rng_seed, ..Config::default() }
}
