//! [`Charts`]: the charts of one tree of files, each loaded once, however many releases, environments and threads use it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::Error;
use crate::files::{Files, read_chart_folder};
use crate::fleet::ENVIRONMENTS;
use crate::helm::Profile;
use crate::helm::chart::{Chart, Limits};

/// The charts that were loaded from one tree of files.
#[derive(Debug, Default)]
pub struct Charts {
    known: Mutex<BTreeMap<ChartKey, Arc<Slot>>>,
}

/// A chart that is loaded by whoever asks first.
type Slot = OnceLock<Result<LoadedChart, Error>>;

/// The folder of a chart, the version of Helm that it is loaded for, and the caps of loading it.
type ChartKey = (String, &'static str, Limits);

/// A chart, and the hash of the files that it was loaded from.
#[derive(Clone, Debug)]
pub(super) struct LoadedChart {
    pub(super) chart: Arc<Chart>,
    pub(super) digest: blake3::Hash,
}

impl Charts {
    /// Returns the chart of a folder. Who asks while another thread loads it waits for that one.
    ///
    /// # Errors
    /// Where the chart is missing or wrong; the same for everyone who asks.
    pub(super) fn load(
        &self,
        files: &dyn Files,
        folder: &str,
        profile: Profile,
        limits: Limits,
    ) -> Result<LoadedChart, Error> {
        if holds_releases(folder) {
            return load(files, folder, profile, limits);
        }
        let slot = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry((folder.to_owned(), profile.version(), limits)).or_default())
        };
        slot.get_or_init(|| load(files, folder, profile, limits)).clone()
    }
}

/// Tells whether release files lie in the folder of a chart. They differ between the trees that share charts: images are
/// written into them before they are rendered.
fn holds_releases(folder: &str) -> bool {
    let folder = folder.trim_matches('/');
    matches!(folder, "" | ".") || folder.split('/').next() == Some(ENVIRONMENTS)
}

fn load(files: &dyn Files, folder: &str, profile: Profile, limits: Limits) -> Result<LoadedChart, Error> {
    if files.list(folder)?.is_empty() {
        return Err(Error::Missing { what: "chart", path: folder.to_owned() });
    }
    let wrong = |error: crate::helm::chart::Error| Error::Helm(Box::new(error.into()));
    let files = read_chart_folder(files, folder, limits).map_err(wrong)?;
    let mut hasher = blake3::Hasher::new();
    for file in &files {
        for part in [file.name.as_bytes(), file.data.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    let digest = hasher.finalize();
    let chart = Chart::load(files, profile, limits).map_err(wrong)?;
    Ok(LoadedChart { chart, digest })
}
