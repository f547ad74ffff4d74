//! `digest` and `follow`: a moving tag decides, and the other tags only say under which name.

use crate::select::facts::Facts;
use crate::select::input::{Input, Policy};

/// Tells whether a tag of the entry `at` is what the policy follows; always so for the other policies.
pub(in crate::select) fn is_followed(input: &Input<'_>, facts: &Facts<'_>, at: usize, tag: &str) -> bool {
    let track = input.settings.track.as_deref();
    match input.settings.policy {
        Policy::Digest => track == Some(tag),
        Policy::Follow => track.and_then(|track| facts.tagged(track)) == Some(at),
        _ => true,
    }
}

/// Tells whether the digest of the moving tag has a tag that the pattern takes, so that it can be written.
pub(in crate::select) fn is_paired(input: &Input<'_>, facts: &Facts<'_>) -> bool {
    if input.settings.policy != Policy::Follow {
        return true;
    }
    let Some(at) = input.settings.track.as_deref().and_then(|track| facts.tagged(track)) else {
        // The moving tag does not exist: that is no candidate, not half a pair.
        return true;
    };
    let takes = |tag: &&str| {
        input.settings.pattern.takes(tag) && !input.settings.ignore.iter().any(|pattern| pattern.takes(tag))
    };
    facts.images.get(at).is_some_and(|entry| entry.tags.iter().any(takes))
}
