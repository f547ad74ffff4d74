//! Writes a selected image into a release file: replaces single scalars of a YAML file and keeps every other byte.
//!
//! Comments, order, quotes, spacing, line ends, byte order mark, a missing final newline: all stays. What is written is always
//! in double quotes, so that `1234567`, `0012345` and `12e4567` stay strings to every YAML reader. Whatever is not understood (an
//! alias, a value of several lines, a missing key) is an error and never a rewrite. Knows nothing of fleets and images:
//! start at [`edit`].

mod edit;
mod error;
mod outline;
mod quote;

pub use edit::{Edit, edit};
pub use error::{Error, Place};
