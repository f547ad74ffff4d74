//! The functions that templates can call: Go's builtins, Helm's own, and sprig 3.3.0.
//!
//! A [`Function`] is data: name, Go parameter types (the template engine checks and converts arguments by them, with Go's
//! error texts) and a body. Each family of functions is a file with a `FUNCTIONS` table; [`lookup`] finds a name in all.

mod arguments;
mod certificates;
mod crypto;
mod documents;
mod encoding;
mod function;
mod semver;

pub use function::{Body, Context, Failure, Function, Param};

/// The tables of all families.
const FAMILIES: &[&[Function]] =
    &[certificates::FUNCTIONS, crypto::FUNCTIONS, documents::FUNCTIONS, encoding::FUNCTIONS, semver::FUNCTIONS];

/// Finds a function by the name that a template uses.
pub fn lookup(name: &str) -> Option<&'static Function> {
    FAMILIES.iter().flat_map(|family| family.iter()).find(|function| function.name == name)
}
