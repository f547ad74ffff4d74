//! Reads and writes YAML and JSON with the rules of Go's libraries: go-yaml v2 through sigs.k8s.io/yaml, go-yaml v3, encoding/json.
//!
//! Helm's output is defined by those libraries, so no crate's taste may show through here. Pure: text in, data out.
//! Start at [`Data`], the tree that everything reads into.

mod data;
mod str;

pub use data::{Data, DataMap};
pub use str::Str;
