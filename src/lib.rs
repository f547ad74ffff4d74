//! plainsail: a GitOps repository manager and renderer.
//!
//! The main job, one pass: discover → select → bump → render → diff → commit → push or pull request. Each stage is a room
//! (a module) named after it; arrows point one way only, kept by `tests/house`.
//!
//! Where to start reading: `main.rs`, `cli/commands/reconcile.rs`, `reconcile.rs`, `render/mod.rs`.
//!
//! - Pure rooms (text and data in, text and data out): [`yaml`], [`helm`], [`jinja`], [`select`], [`bump`], [`diff`]. They
//!   build with no Cargo feature.
//! - Rooms that read trees of files: [`files`], [`fleet`], [`render`].
//! - Nouns that several rooms share: [`image`].
//! - Rooms that talk to others: [`registry`], `git`, `forge`; all three through [`http`].
//! - Use cases, one a file, and above them `cli`.

pub mod bump;
pub mod choose;
#[cfg(feature = "cli")]
pub mod cli;
pub mod deadline;
#[cfg(feature = "git")]
pub mod demo;
pub mod diff;
pub mod files;
pub mod fleet;
#[cfg(feature = "http")]
pub mod forge;
#[cfg(feature = "git")]
pub mod git;
pub mod helm;
pub mod http;
pub mod hydrate;
pub mod image;
pub mod jinja;
pub mod plan;
#[cfg(feature = "git")]
pub mod promote;
mod recall;
#[cfg(feature = "git")]
pub mod reconcile;
pub mod record;
pub mod registry;
pub mod render;
#[cfg(feature = "git")]
pub mod run;
pub mod select;
pub mod stages;
pub mod texts;
#[cfg(feature = "git")]
mod tip;
pub mod work_tree;
pub mod world;
pub mod yaml;
