//! Hostile charts, values and fleets: the cases P01–P12 and D01–D12 of the project's list of threats that rendering meets.
//!
//! Each input runs on a thread with the stack of a test (2 MiB), must end in a typed error or a bounded result, and must
//! not show what lies outside of the chart. What is measured are counts and caps, never time; `--nocapture` prints the
//! time of each input and the peak memory of the process.
#![expect(
    clippy::format_push_string,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod deep;
mod deep_values;
mod exhaustion;
mod harness;
mod honest;
mod jinja;
mod paths;
