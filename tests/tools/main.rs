//! What plainsail makes, given to the programs that people use on it. A program that is not installed is said and skipped.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that lacks something ends there"
)]

mod argo;
mod chance;
mod charts;
mod context;
mod helm;
mod nasty;
mod openssl;
mod validity;
