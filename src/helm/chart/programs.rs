//! [`Programs`]: the compiled templates of a chart, kept with it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::helm::profile::Profile;
use crate::helm::template::Program;
use crate::yaml::Str;

/// How many sets of enabled subcharts are kept compiled.
const KEPT: usize = 8;

/// The names of the templates of a program tell it from others of the same chart.
type Key = (Vec<Str>, Profile);

/// The compiled templates of a chart, by which subcharts are enabled. A cache: it changes nothing that can be seen.
#[derive(Default)]
pub(crate) struct Programs {
    known: Mutex<Vec<(Key, Arc<Program>)>>,
}

impl Programs {
    /// Returns the program of these templates, if one was kept.
    pub(crate) fn find(&self, names: &[Str], profile: Profile) -> Option<Arc<Program>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|((of, with), _)| *with == profile && of == names)?;
        Some(Arc::clone(&found.1))
    }

    /// Keeps a program.
    pub(crate) fn keep(&self, names: Vec<Str>, profile: Profile, program: Arc<Program>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push(((names, profile), program));
    }
}

impl fmt::Debug for Programs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Programs")
    }
}
