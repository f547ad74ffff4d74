//! Runs the tables of expected results; each module is one table, its data lies in `data`.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that lacks something ends there"
)]

mod engine;
mod functions;
mod glob;
mod go_fmt;
mod go_regex;
mod go_time;
mod go_toml;
mod helmignore;
mod manifests;
mod schemas;
mod select;
mod semver;
mod table;
mod templates;
mod value;
mod values;
mod yaml;
