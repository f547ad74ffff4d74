//! [`Problems`]: what does not fit, as the tree that Helm's library prints.

use std::fmt::Write as _;

use super::error::Stop;
use super::words::quoted;

/// The number of a problem.
pub(super) type ProblemId = u32;

/// What is known not to fit may take this many bytes.
const MOST_BYTES: usize = 64 << 20;

/// Problems, each below the one that it is a cause of. They lie side by side: a tree may be as deep as values are.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
    bytes: usize,
}

/// A line of a report, with those below it.
#[derive(Debug)]
struct Problem {
    /// A JSON pointer.
    at: String,
    text: String,
    kind: Kind,
    causes: Vec<ProblemId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    /// Several problems of one schema.
    Group,
    /// A reference, which has no line of its own over a single problem.
    Reference,
}

const GROUP: &str = "validation failed";

impl Problems {
    fn push(&mut self, problem: Problem) -> Result<ProblemId, Stop> {
        self.bytes += problem.at.len() + problem.text.len() + size_of::<Problem>();
        if self.bytes > MOST_BYTES {
            return Err(Stop::Report { limit: MOST_BYTES });
        }
        self.list.push(problem);
        Ok((self.list.len() - 1) as ProblemId)
    }

    /// Adds a problem with its causes.
    pub(super) fn add(&mut self, at: String, text: String, causes: Vec<ProblemId>) -> Result<ProblemId, Stop> {
        self.push(Problem { at, text, kind: Kind::Plain, causes })
    }

    /// Makes one of the problems of a schema.
    pub(super) fn group(
        &mut self,
        at: impl FnOnce() -> String,
        mut problems: Vec<ProblemId>,
    ) -> Result<ProblemId, Stop> {
        match problems.pop() {
            Some(only) if problems.is_empty() => Ok(only),
            last => {
                problems.extend(last);
                self.push(Problem { at: at(), text: GROUP.to_owned(), kind: Kind::Group, causes: problems })
            }
        }
    }

    /// Puts a reference above a problem, or above those of a group.
    pub(super) fn behind_reference(&mut self, at: String, problem: ProblemId) -> Result<ProblemId, Stop> {
        let causes = self.ungrouped(problem);
        self.push(Problem { at, text: GROUP.to_owned(), kind: Kind::Reference, causes })
    }

    /// Returns the problems of a group, or the one problem.
    pub(super) fn ungrouped(&mut self, problem: ProblemId) -> Vec<ProblemId> {
        match self.list.get_mut(problem as usize) {
            Some(group) if group.kind == Kind::Group => std::mem::take(&mut group.causes),
            _ => vec![problem],
        }
    }

    /// Writes a problem as a list with lists below; a group at the top has no line.
    pub(super) fn report(mut self, problem: ProblemId) -> String {
        let mut out = String::new();
        let mut pending: Vec<(ProblemId, usize)> =
            self.ungrouped(problem).into_iter().rev().map(|id| (id, 0)).collect();
        while let Some((id, indent)) = pending.pop() {
            let Some(problem) = self.list.get(id as usize) else { continue };
            let is_shown = problem.kind != Kind::Reference || problem.causes.len() != 1;
            if is_shown {
                let _ =
                    writeln!(out, "{}- at {}: {}", "  ".repeat(indent), quoted(problem.at.as_bytes()), problem.text);
            }
            pending.extend(problem.causes.iter().rev().map(|&cause| (cause, indent + usize::from(is_shown))));
        }
        out
    }
}
