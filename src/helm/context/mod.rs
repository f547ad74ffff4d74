//! What templates see: `.Values`, `.Release`, `.Chart`, `.Files`, `.Capabilities`, `.Subcharts`, as Helm's Go types.
//!
//! [`Contexts::build`] makes the objects of a chart and its subcharts for one release. Which templates there are and in
//! which order they run is the business of the rooms around.

mod build;
mod capabilities;
mod chart;
mod durations;
mod files;
mod methods;
mod record;
mod values;

pub use build::Contexts;
pub(crate) use methods::{Method, method_of};
