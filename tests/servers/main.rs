//! Tests with real servers: git over HTTP and SSH, registries, forges.
//!
//! A tool that is missing skips its tests visibly; with `PLAINSAIL_TOOLS=require` it fails them. `tests/tools/install` gets
//! the tools.

#![expect(clippy::unwrap_used, reason = "a test that lacks something ends there")]

mod ecr;
mod fake_github;
mod fake_http;
mod git;
mod git_lies;
mod github;
mod harness;
mod oci;
mod oci_hostile;
mod proxy;
mod whole;
