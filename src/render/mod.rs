//! A release to a tree of files: values and images into the chart, Helm's text out, one file per object, the marker beside
//! them. Refuses what must not be committed: Secrets in plain text, values that differ from run to run, what Argo CD would
//! misread, an image that no manifest names.
//!
//! [`Renderer::prepare`] reads everything that a release needs; [`Prepared::render`] is pure and runs on any thread;
//! [`hydrated`] knows the folder that is there already.

mod charts;
mod checks;
mod committed;
mod error;
mod explain;
pub mod hydrated;
mod images;
mod keep;
mod marker;
mod names;
mod object;
mod prepare;
mod rendered;
mod trace_back;

pub use charts::Charts;
pub use error::Error;
pub use explain::diagnostics;
pub use marker::{MARKER, MarkedImage, Marker};
pub use object::RenderedObject;
pub use prepare::{Prepared, Renderer};
pub use rendered::RenderedRelease;
