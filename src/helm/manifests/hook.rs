//! [`Hook`]: a manifest that Helm runs at an event instead of installing it.

use super::{Head, Manifest};
use crate::yaml::Str;

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Event {
    PreInstall,
    PostInstall,
    PreDelete,
    PostDelete,
    PreUpgrade,
    PostUpgrade,
    PreRollback,
    PostRollback,
    Test,
}

impl Event {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "pre-install" => Self::PreInstall,
            "post-install" => Self::PostInstall,
            "pre-delete" => Self::PreDelete,
            "post-delete" => Self::PostDelete,
            "pre-upgrade" => Self::PreUpgrade,
            "post-upgrade" => Self::PostUpgrade,
            "pre-rollback" => Self::PreRollback,
            "post-rollback" => Self::PostRollback,
            "test" | "test-success" => Self::Test,
            _ => return None,
        })
    }
}

/// A manifest that Helm runs at an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Hook {
    /// The document.
    pub manifest: Manifest,
    /// When it runs.
    pub events: Vec<Event>,
    /// Its place among the hooks of an event; printing does not look at it.
    pub weight: i64,
}

impl Hook {
    /// Tells whether the hook is a test.
    pub fn is_test(&self) -> bool {
        self.events.contains(&Event::Test)
    }
}

/// What a document is.
pub(super) enum Sort {
    Plain,
    Hook(Vec<Event>, i64),
    /// A hook of an event that Helm does not know: it is dropped.
    Unknown(Str),
}

/// Tells by its annotations what a document is.
pub(super) fn sort_of(head: &Head) -> Sort {
    let Some(names) = head.annotation("helm.sh/hook") else { return Sort::Plain };
    let text = names.lossy();
    let events: Option<Vec<Event>> =
        text.split(',').map(|name| Event::from_name(&name.trim().to_lowercase())).collect();
    let Some(events) = events else { return Sort::Unknown(names.clone()) };
    let weight = head.annotation("helm.sh/hook-weight").and_then(Str::as_utf8);
    Sort::Hook(events, weight.and_then(|weight| weight.parse().ok()).unwrap_or(0))
}
