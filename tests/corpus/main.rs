//! Real charts with the output of the real Helm, where `PLAINSAIL_CORPUS` names them: the folders are not in this repository.
//!
//! `PLAINSAIL_CORPUS` is either three paths like a `PATH` variable, in the order of the corpus' own checker (index, charts,
//! golden), or one folder that holds `index.json`, `charts/` and `golden/`. `PLAINSAIL_CORPUS_ONLY` takes the cases whose name
//! has that text. Without the variable the tests say that they skip.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test panics, and says what it skips")]

mod equal;
mod folders;
mod seed;
#[path = "../tools/validity.rs"]
mod validity;
