//! Reads and writes YAML and JSON with the rules of Go's libraries: go-yaml v2 through sigs.k8s.io/yaml, go-yaml v3, encoding/json.
//!
//! Helm's output is defined by those libraries, so no crate's taste may show through here. Pure: text in, data out.
//! Start at [`Data`], the tree that everything reads into.

mod data;
mod decode;
mod emit;
mod error;
mod head;
pub mod json;
mod limits;
mod map;
pub mod nodes;
pub(crate) mod number;
mod read;
mod reader;
mod resolve;
mod scan;
mod str;
mod tree;
mod utf8;

pub use data::{Data, DataMap};
pub use emit::{emit, emit_into, emit_pretty};
pub use error::{EmitError, Error};
pub use head::parse_head;
pub use limits::Limits;
pub use map::StrMap;
pub(crate) use number::{push_int, push_uint};
pub use read::{parse, parse_documents, parse_list, parse_map, parse_typed};
pub use scan::Style;
pub use str::Str;
pub use tree::{Tree, View};

/// How deep values may be nested to be written; what is read is capped by [`Limits::depth`].
pub(crate) const MAXIMUM_DEPTH: usize = 500;

/// How many bytes YAML and JSON may have that are written.
pub(crate) const MAXIMUM_TEXT: usize = 64 << 20;
