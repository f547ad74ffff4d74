//! Chooses one image of a listing by a policy, or says why nothing is chosen.
//!
//! Pure: every fact comes in as an argument, and unknown is never taken for absent. The digest is the identity of an image, a
//! tag is a text. Nothing moves backwards unasked, and nothing that an image says of itself takes part in the order (except
//! its build date where the policy is `created`). The rules have numbers in `tests/tables/README.md`; [`select`] is the list
//! of them, one step a file.

mod age;
mod backwards;
mod candidate;
mod checks;
mod commits;
mod facts;
mod filter;
mod history;
mod input;
mod outcome;
mod pattern;
mod policy;

use std::collections::BTreeMap;

pub use age::parse_age;
pub use checks::{Checks, Level, Scan, ScanStatus, Signature};
pub use history::{Commit, Source};
pub use input::{Image, Input, Kind, Known, Listing, Policy, Running, Settings, SourceState};
pub use outcome::{Decision, Dropped, Failure, Finding, Keep, Outcome, Ranked};
pub use pattern::{Pattern, PatternError};
pub use policy::semver::{Range, RangeError};

use self::backwards::Step;
use self::candidate::Candidate;
use self::commits::Commits;
use self::facts::Facts;

/// Chooses an image.
pub fn select(input: &Input<'_>) -> Outcome {
    if let Some(keep) = held(input) {
        return Outcome::without_details(Decision::Keep(keep));
    }
    choose(input).unwrap_or_else(|failure| Outcome::without_details(Decision::Failed(failure)))
}

/// Rule 1: a held release is not looked at, so that a broken registry is no error for it.
fn held(input: &Input<'_>) -> Option<Keep> {
    if input.settings.hold {
        return Some(Keep::Held);
    }
    let marker = input.marker?;
    let running = input.running?;
    (running.digest.as_deref() != Some(marker)).then_some(Keep::HeldByHand)
}

fn choose(input: &Input<'_>) -> Result<Outcome, Failure> {
    let facts = Facts::gather(input)?;
    let mut commits = Commits::look_up(input)?;
    let mut findings = facts.findings();
    let mut dropped = BTreeMap::new();

    let counted = filter::tags(input, &facts, &mut dropped);
    let placed = commits.place(input, &facts, counted, &mut dropped)?;
    let mut candidates = candidate::rank(input, &facts, placed, &mut dropped)?;
    commits.refuse_ambiguity(candidates.first())?;
    checks::drop_failing(input, &facts, &mut candidates, &mut dropped)?;

    let decision = if policy::follow::is_paired(input, &facts) {
        decide(input, &facts, &commits, &candidates, &mut findings)
    } else {
        Decision::Keep(Keep::NotPaired)
    };
    let decision = match decision {
        // A person must look: the tag that runs is now something else.
        Decision::Keep(Keep::UpToDate | Keep::NoCandidate | Keep::Backwards | Keep::CannotCompare)
            if facts.running_tag_was_dropped_as_moved(&dropped) =>
        {
            Decision::Keep(Keep::TagMoved)
        }
        other => other,
    };
    findings.sort_unstable();
    findings.dedup();
    let dropped = dropped.into_iter().map(|(tag, reason)| (tag.to_owned(), reason)).collect();
    let ranked = candidates.iter().map(Candidate::ranked).collect();
    Ok(Outcome { decision, findings, ranked, dropped })
}

/// Rules 11 and 12 for the best candidate that is left; those below it come along for what is said about them.
fn decide(
    input: &Input<'_>,
    facts: &Facts<'_>,
    commits: &Commits<'_>,
    ranked: &[Candidate<'_>],
    findings: &mut Vec<Finding>,
) -> Decision {
    let Some((best, others)) = ranked.split_first() else {
        return Decision::Keep(Keep::NoCandidate);
    };
    if best.tags > 1 {
        findings.push(Finding::SeveralTags);
    }
    if others.first().is_some_and(|second| second.key == best.key && second.pushed_at == best.pushed_at) {
        findings.push(Finding::Tie);
    }
    if input.settings.cross_check && others.iter().any(|other| other.disagrees_with(best)) {
        findings.push(Finding::OrdersDisagree);
    }
    if best.runs {
        return Decision::Keep(Keep::UpToDate);
    }
    let Ranked { tag, digest, pushed_at } = best.ranked();
    let choice = Decision::Choose { tag, digest, pushed_at };
    let keep = match backwards::compare(input, facts, commits, best, findings) {
        Step::Forward => return choice,
        Step::Equal => {
            findings.push(Finding::Tie);
            Keep::UpToDate
        }
        Step::Back => Keep::Backwards,
        Step::Unknown => Keep::CannotCompare,
    };
    if input.settings.allow_backwards { choice } else { Decision::Keep(keep) }
}
