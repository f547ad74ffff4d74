//! What changed between two trees of manifests, by object and by line. Pure.
//!
//! [`compare`] takes the files of both sides and gives [`ObjectChange`]s; [`unified`] prints one as people know it. Values of
//! Secrets are never shown.

mod fields;
mod object;
mod unified;

pub use fields::{FieldChange, field_changes};
pub use object::{ChangeKind, ObjectChange, ObjectKey, compare};
pub use unified::unified;
