//! [`Registries`]: opens each registry once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Error, Registry, Repository, Settings, open};

/// The registries of a run, opened when they are first needed and kept: connections and tokens are shared.
pub struct Registries {
    settings: Settings,
    opened: Mutex<BTreeMap<String, Arc<dyn Registry>>>,
}

impl Registries {
    /// Prepares; nothing is opened yet.
    pub fn new(settings: Settings) -> Self {
        Self { settings, opened: Mutex::default() }
    }

    /// Puts a registry in place of whatever would serve a host. For tests.
    pub fn insert(&self, host: &str, registry: Arc<dyn Registry>) {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), registry);
    }

    /// Returns the registry that serves a repository.
    pub fn of(&self, repository: &Repository) -> Result<Arc<dyn Registry>, Error> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(registry) = opened.get(repository.host()) {
            return Ok(Arc::clone(registry));
        }
        let registry: Arc<dyn Registry> = open(repository, &self.settings)?.into();
        opened.insert(repository.host().to_owned(), Arc::clone(&registry));
        Ok(registry)
    }
}
