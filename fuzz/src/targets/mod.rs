//! The fuzz targets: each takes any bytes and panics where a promise of plainsail is broken.
//!
//! The promises are more than "no crash": caps hold, what is written is read back equal, rendering twice gives the same
//! bytes, orders are orders, and the place of an error lies inside the text. `main.rs` hands one of these functions to
//! libFuzzer, `fuzz/run` runs all; `tests/fuzz` of the main package runs them over what was found before, so that they
//! cannot rot.
#![expect(clippy::panic, reason = "a promise that is broken ends the run")]

mod archive;
pub(crate) mod bump;
mod chart;
mod fleet;
mod format;
mod glob;
mod helmignore;
mod jinja;
pub(crate) mod readers;
mod regex;
mod schema;
mod semver;
mod template;
mod time;
mod toml;
mod values;
pub(crate) mod yaml;

/// Takes any bytes; panics where a promise is broken.
pub(crate) type Target = fn(&[u8]);

/// All targets by name.
pub(crate) const TARGETS: &[(&str, Target)] = &[
    ("archive", archive::archive),
    ("bump", bump::bump),
    ("fleet", fleet::fleet),
    ("format", format::format),
    ("glob", glob::glob),
    ("helmignore", helmignore::helmignore),
    ("jinja", jinja::jinja),
    ("regex", regex::regex),
    ("schema", schema::schema),
    ("semver", semver::semver),
    ("template", template::template),
    ("time", time::time),
    ("toml", toml::toml),
    ("values", values::values),
    ("yaml", yaml::yaml),
];

/// Splits an input at its first line break, for targets that take two texts.
fn first_line(input: &[u8]) -> (&[u8], &[u8]) {
    match input.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (input, b""),
    }
}

/// The longest message that a small input may cause.
const LONGEST_MESSAGE: usize = 1 << 20;
