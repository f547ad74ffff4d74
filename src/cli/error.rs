//! [`CliError`]: the one error that people see. The only place where errors of the rooms turn into kinds and hints.

use std::error::Error;

use super::Exit;
use crate::fleet::Diagnostic;

/// What sort of failure it is; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A mistake of plainsail itself.
    Internal,
    /// The command line.
    Usage,
    /// The files of the fleet.
    Configuration,
    /// A chart or values.
    Input,
    /// Refused by a rule.
    Policy,
    /// Lost a race that could not be settled.
    Conflict,
    /// A registry, git server or forge.
    Remote,
}

impl ErrorKind {
    /// Returns the exit code.
    pub fn exit(self) -> Exit {
        match self {
            Self::Internal => Exit::Internal,
            Self::Usage => Exit::Usage,
            Self::Configuration => Exit::Configuration,
            Self::Input => Exit::Input,
            Self::Policy => Exit::Policy,
            Self::Conflict => Exit::Conflict,
            Self::Remote => Exit::Remote,
        }
    }
}

/// An error as a person reads it: what failed, why (the chain of causes), and what to try.
#[derive(Debug)]
pub struct CliError {
    /// Decides the exit code.
    pub kind: ErrorKind,
    /// What failed, outermost first, each a lower-case fragment.
    pub chain: Vec<String>,
    /// What to try, each a sentence or a command.
    pub hints: Vec<String>,
    /// Places in files, printed with the lines they are about.
    pub diagnostics: Vec<Diagnostic>,
    /// Places in files, printed after the message.
    pub details: Vec<Diagnostic>,
    /// What stands before the message.
    pub label: &'static str,
}

impl CliError {
    fn empty(kind: ErrorKind) -> Self {
        let nothing = Vec::new;
        Self { kind, chain: nothing(), hints: nothing(), diagnostics: Vec::new(), details: Vec::new(), label: "error" }
    }

    /// Makes an error of one sentence.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { chain: vec![message.into()], ..Self::empty(kind) }
    }

    /// Makes an error of another with all of its causes.
    pub fn of(kind: ErrorKind, error: &dyn Error) -> Self {
        let mut made = Self::empty(kind);
        let mut next = Some(error);
        while let Some(error) = next {
            made.chain.push(error.to_string());
            next = error.source();
        }
        made
    }

    /// Adds a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts what was being done before the causes.
    pub fn while_doing(mut self, what: impl Into<String>) -> Self {
        self.chain.insert(0, what.into());
        self
    }

    /// Adds places in files that are shown after the message.
    pub fn with_details(mut self, details: Vec<Diagnostic>) -> Self {
        self.details = details;
        self
    }

    /// Begins the message as Helm does.
    pub fn as_helm(self) -> Self {
        Self { label: "Error", ..self }
    }

    /// Adds places in files.
    pub fn with_diagnostics(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.diagnostics = diagnostics;
        self
    }

    /// Returns the exit code.
    pub fn exit(&self) -> Exit {
        self.kind.exit()
    }
}
