//! Charts: folders and archives of files, `.helmignore`, Chart.yaml, subcharts.
//!
//! Pure: charts come in as files in memory ([`Chart::load`]) or as the bytes of an archive ([`Chart::load_archive`]);
//! reading a folder is [`crate::files`]' work. A loaded [`Chart`] never changes and is shared between releases and threads;
//! what a release does to it (aliases, disabled subcharts) is [`crate::helm::values`]' work.

mod archive;
mod error;
pub mod ignore;
mod limits;
mod load;
mod lock;
mod metadata;
mod programs;

pub use archive::unpack;
pub use error::Error;
pub use limits::Limits;
pub use load::{Chart, File};
pub use metadata::{Dependency, Maintainer, Metadata};

pub(crate) use limits::Budget;
pub(crate) use load::extension;
