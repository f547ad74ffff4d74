//! Go's text/template as Helm runs it: lexer, parser, compiler, machine.
//!
//! A chart's templates are parsed once into a [`Program`], which all releases and threads share; a [`Machine`] runs it
//! for one release. Nothing here recurses with the depth of its input. Knows nothing of charts: which files there are and in
//! which order they are parsed is the caller's business.

mod ast;
mod calls;
mod changes;
mod code;
mod compiler;
mod error;
mod lexer;
mod literal;
mod machine;
mod parser;
mod program;
#[cfg(test)]
mod tests;
mod token;
mod write;

/// A table of things by a text that a chart names them with.
type ByText<T> = std::collections::HashMap<crate::yaml::Str, T, foldhash::fast::RandomState>;

pub(crate) use calls::{Call, Uses, calls_of};
pub(crate) use changes::{may_change_values, names_a_change};
pub use error::{Error, Place};
pub use machine::{Draw, Environment, Limits, Machine, Pure};
pub use program::{Program, Source};
