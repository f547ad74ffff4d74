//! Rule 12: which way the step from what runs to the best candidate goes.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::candidate::Candidate;
use super::commits::Commits;
use super::facts::{Facts, RunningFacts};
use super::history::History;
use super::input::Input;
use super::outcome::Finding;
use super::policy::Key;

/// Which way a step goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// To something newer.
    Forward,
    /// To something as new, in all that is known.
    Equal,
    /// To something older.
    Back,
    /// Nothing tells.
    Unknown,
}

/// Compares the best candidate with what runs, and notes what is odd about it.
pub(super) fn compare(
    input: &Input<'_>,
    facts: &Facts<'_>,
    commits: &Commits<'_>,
    best: &Candidate<'_>,
    findings: &mut Vec<Finding>,
) -> Step {
    let Some(running) = &facts.running else {
        return Step::Forward;
    };
    let by_time = by_time(best.pushed_at, running.pushed_at);
    match (commits.history(), best.commit) {
        (Some(history), Some(commit)) => {
            let step = by_history(history, commit, &commits.of_running(input, facts), by_time, findings);
            let opposed = matches!((step, by_time), (Step::Forward, Step::Back) | (Step::Back, Step::Forward));
            if input.settings.cross_check && opposed {
                findings.push(Finding::OrdersDisagree);
            }
            step
        }
        _ => by_key(input, facts, running, best, by_time),
    }
}

fn by_history(
    history: &History<'_>,
    best: usize,
    running: &[usize],
    by_time: Step,
    findings: &mut Vec<Finding>,
) -> Step {
    match running {
        [] => {
            findings.push(Finding::RunningUnknown);
            by_time
        }
        [running] => {
            let on_branch = history.is_on_branch(*running);
            if !on_branch {
                findings.push(Finding::RunningOffBranch);
            }
            if *running == best {
                // Another build of the same commit; without a later push there is no reason to move.
                if by_time == Step::Unknown { Step::Equal } else { by_time }
            } else if history.contains(best, *running) {
                Step::Forward
            } else if on_branch || history.contains(*running, best) {
                Step::Back
            } else {
                by_time
            }
        }
        several if several.iter().all(|running| history.contains(best, *running)) => Step::Forward,
        _ => {
            findings.push(Finding::RunningUnknown);
            by_time
        }
    }
}

fn by_key(
    input: &Input<'_>,
    facts: &Facts<'_>,
    running: &RunningFacts<'_>,
    best: &Candidate<'_>,
    by_time: Step,
) -> Step {
    let listed = running.listed.and_then(|at| facts.images.get(at)).map(|entry| entry.image);
    let key = Key::of_running(input, running.tag, running.pushed_at, listed);
    if key == Key::None || best.key == Key::None {
        return by_time;
    }
    match best.key.cmp(&key) {
        Ordering::Greater => Step::Forward,
        Ordering::Less => Step::Back,
        Ordering::Equal if by_time == Step::Unknown => Step::Equal,
        Ordering::Equal => by_time,
    }
}

fn by_time(best: Option<Timestamp>, running: Option<Timestamp>) -> Step {
    match (best, running) {
        (Some(best), Some(running)) => match best.cmp(&running) {
            Ordering::Greater => Step::Forward,
            Ordering::Equal => Step::Equal,
            Ordering::Less => Step::Back,
        },
        _ => Step::Unknown,
    }
}
