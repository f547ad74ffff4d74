//! [`Refusals`]: when a server's no is believed.

use std::time::Duration;

use crate::git::{Error, Kind, Outcome, RefName};

/// How often a refusal that no other writer explains is tried again.
const REFUSALS: u32 = 3;

/// Counts refusals, and answers that make no sense, until they are believed.
#[derive(Default)]
pub(super) struct Refusals {
    count: u32,
    last: Option<Refusal>,
}

enum Refusal {
    /// The server says no.
    Said { reason: String, remote_text: String },
    /// Its answer is of a kind that does not pass by waiting.
    Odd(Error),
}

impl Refusals {
    /// Takes an outcome that is not "applied", and returns its words and what the server asks to wait.
    pub(super) fn note(&mut self, outcome: Outcome) -> (String, Option<Duration>) {
        match outcome {
            Outcome::Applied => (String::new(), None),
            Outcome::Refused { reason, remote_text } => {
                let words = format!("refused: {reason}");
                self.last = Some(Refusal::Said { reason, remote_text });
                (words, None)
            }
            Outcome::Unknown { cause } => {
                let words = cause.to_string();
                let asked = match cause.kind() {
                    Kind::Unavailable => None,
                    Kind::RateLimited { after } => after,
                    _ => {
                        self.last = Some(Refusal::Odd(cause));
                        None
                    }
                };
                (words, asked)
            }
        }
    }

    /// Decides, once it is known whether the branch moved, if the last refusal is the end. Texts differ between servers and
    /// are never a proof: they only spare repetitions when nothing moved.
    pub(super) fn verdict(&mut self, branch: &RefName, moved: bool) -> Result<(), Error> {
        let Some(last) = self.last.take() else { return Ok(()) };
        let by_rule = matches!(&last, Refusal::Said { reason, .. } if is_by_rule(reason));
        if moved && !by_rule {
            self.count = 0;
            return Ok(());
        }
        self.count += 1;
        if self.count >= REFUSALS || (by_rule && !moved) {
            return Err(match last {
                Refusal::Said { reason, remote_text } => {
                    Error::Rejected { branch: branch.clone(), reason, remote_text }
                }
                Refusal::Odd(cause) => cause,
            });
        }
        Ok(())
    }
}

fn is_by_rule(reason: &str) -> bool {
    let rules = ["hook declined", "hidden ref", "funny refname", "protected branch", "deny", "prohibited", "denied"];
    let reason = reason.to_ascii_lowercase();
    rules.iter().any(|rule| reason.contains(rule))
}
