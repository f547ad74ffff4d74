//! [`Exit`]: the exit codes, the same for every command.

use std::process::ExitCode;

/// Why the program ended; the number is the exit code that scripts and CI can rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The work is done, or there was none.
    Done = 0,
    /// A mistake of plainsail itself.
    Internal = 1,
    /// The command line cannot be understood.
    Usage = 2,
    /// `plainsail.yaml`, an environment or a release file is wrong.
    Configuration = 3,
    /// A chart or values are wrong.
    Input = 4,
    /// A policy refused: a Secret, a chart that does not print the digest, a hold.
    Policy = 5,
    /// Somebody moved the branch and kept moving it.
    Conflict = 6,
    /// A registry, git server or forge could not be reached or refused.
    Remote = 7,
    /// Some releases failed; the others went on.
    Partial = 8,
    /// `diff --exit-code`, `render --check`: there are changes.
    Changes = 10,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
