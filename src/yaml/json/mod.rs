//! Reads and writes JSON as Go's `encoding/json` does, down to escapes, number formats and error texts.
//!
//! [`encode`] and its relatives write any [`Tree`](super::Tree); [`parse`] reads into [`Data`](super::Data), numbers as
//! float64; [`decode()`] reads into any [`Target`].

mod decode;
mod encode;

pub(crate) use decode::json_type;
pub use decode::{Error, Target, decode, parse, parse_list, parse_map};
pub(crate) use encode::push_string;
pub use encode::{EncodeError, Html, encode, encode_into, encode_pretty};
