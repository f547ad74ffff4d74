//! The whole program, as a process: what a person types, what comes back, and what is in the repository afterwards.
//!
//! Needs no tool: the repository is a local bare one, the registry a folder, the environment is empty. Servers are in
//! `tests/servers`.

#![expect(clippy::unwrap_used, reason = "a test that lacks something ends there")]

mod cache;
mod commands;
mod demo;
mod determinism;
mod edges;
mod limits;
mod malformed;
mod program;
mod promotion;
mod repository;
mod sample;
mod secrets;
mod tags;
