//! Jinja (minijinja): `.j2` files of charts, and plainsail's own texts (commit message, pull request, ApplicationSet).
//!
//! One set-up for both: undefined is an error, work is capped, and values print as YAML would write them, not as Python
//! does. [`render`] takes a template and a context; what is in the context is the caller's business. [`ChartTemplates`]
//! renders files of charts for [`crate::helm`], which knows nothing of it.

mod chart;
mod context;
mod environment;
mod error;
mod files;
mod filters;
mod measure;
mod meter;

pub use chart::ChartTemplates;
pub use context::to_jinja;
pub use environment::{Caps, render, render_with};
pub use error::Error;

use context::from_helm;
