//! Helm in Rust: from a chart, values and a release to the bytes that `helm template` prints.
//!
//! Pure: no clock, randomness, network, process or environment; charts come in as bytes. The way of a release:
//! [`chart`] (load) → [`values`] (layer, dependencies, [`schema`]) → [`context`] (what templates see) → [`template`] (parse, compile, run; calls [`functions`]) →
//! [`manifests`] (split, sort, print). [`value`] is what templates work on, [`go`] the parts of Go's standard library whose
//! output can be seen, [`profile`] what differs between Helm 4.2.4 and 3.21.4.

mod both;
pub mod capabilities;
pub mod chart;
pub mod context;
mod decode;
mod error;
pub mod explain;
pub mod foreign;
pub mod functions;
mod further;
pub mod glob;
pub mod go;
mod impure;
mod limits;
pub mod manifests;
mod nearest;
mod patience;
pub mod profile;
mod pure;
mod read;
mod rehearsal;
mod release;
mod render;
mod run;
pub(crate) mod schema;
mod seeded;
pub mod semver;
pub mod template;
pub mod value;
pub mod values;
pub mod x509;

pub(crate) use both::both;
pub use capabilities::{Capabilities, KubeVersion};
pub use error::{Error, Place};
pub use explain::{Explanation, Spot, ValueSource, explain};
pub use foreign::{ForeignTemplate, ForeignTemplates};
pub use further::{Further, further_errors};
pub use impure::{ASKS_THE_NETWORK, ImpureCall, impure_calls};
pub use limits::{Cap, CapError, Limits};
pub use nearest::nearest;
pub use patience::Patience;
pub use profile::Profile;
pub use pure::{further_errors_pure, render_pure};
pub(crate) use rehearsal::{Becomes, Known, Made, Piece, Rehearsed, World, rehearse};
pub use release::Release;
pub use render::{CustomResource, Options, PrintOptions, Rendered, render, render_name};
pub use seeded::{STANDING_TIME, Seed, Seeded, render_seeded};
