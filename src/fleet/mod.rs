//! The fleet: `plainsail.yaml`, environments and releases as types, and where their files are.
//!
//! [`Fleet::load`] is the way in. Files are read into a [`Document`] (text with places, no types), then into the types here;
//! what does not fit is a [`Diagnostic`], data with file, line and hint. `values:` are read as values files are, with Go's
//! rules. Knows nothing of registries, git or rendering; changes no file (that is [`crate::bump`]).

mod chart;
mod check;
mod config;
mod decode;
mod diagnostic;
mod document;
mod environment;
mod hold;
mod image;
pub mod init;
mod limits;
pub mod lint;
mod load;
mod model;
mod names;
mod order;
mod path;
mod release;
pub mod sample;
mod scalar;
pub mod schema;
mod secrecy;
mod settings;
#[cfg(test)]
mod tests;
mod values;
mod values_path;

pub use chart::{ChartSource, RemoteChart};
pub use config::{Author, Config, Forge, ForgeKind, Git, Layout, Registry, RegistryKind};
pub use diagnostic::{Diagnostic, Severity, Span};
pub use document::{Content, Document, Node};
pub use environment::{Delivery, Destination, EnvironmentFile};
pub use hold::Hold;
pub use image::{DEFAULT_MATCH, Image, Pin, Policy, TagPattern, Targets};
pub use limits::LimitSettings;
pub use load::{CONFIG_PATH, ENVIRONMENTS, Known, Part};
pub use model::{Broken, Environment, Fleet, ImageSource, Release, ValueFile};
pub use names::{Address, EnvironmentName, ImageName, NameError, ReleaseName, ShortSha};
pub use release::{Crds, ReleaseFile};
pub use scalar::{Shape, shape};
pub use settings::{HelmVersion, KubeVersion, NonDeterminism, SeedSettings};
pub use values::Values;
pub use values_path::ValuesPath;
