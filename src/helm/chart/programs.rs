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
    /// Returns the program of these templates, compiled now if none was kept. Who needs it at the same time waits: two threads
    /// that compile the same chart gain nothing.
    pub(crate) fn get_or_compile<E>(
        &self,
        names: Vec<Str>,
        profile: Profile,
        compile: impl FnOnce(&[Str]) -> Result<Program, E>,
    ) -> Result<Arc<Program>, E> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, program)) = known.iter().find(|((of, with), _)| *with == profile && *of == names) {
            return Ok(Arc::clone(program));
        }
        let program = Arc::new(compile(&names)?);
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push(((names, profile), Arc::clone(&program)));
        Ok(program)
    }
}

impl fmt::Debug for Programs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Programs")
    }
}
