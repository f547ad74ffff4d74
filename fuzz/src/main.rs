//! libFuzzer's entry: runs the target that `FUZZ_TARGET` names. `fuzz/run` builds and starts it.
#![no_main]

mod targets;

use std::sync::LazyLock;

use targets::{TARGETS, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    let found = TARGETS.iter().find(|(name, _)| *name == wanted);
    found.unwrap_or_else(|| panic!("FUZZ_TARGET is {wanted:?}, and not one of {}", names.join(", "))).1
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| TARGET(input));
