//! [`Program`]: all templates of a chart, ready to run.

use super::ast::Ast;
use super::error::{Error, ParseError};
use super::parser;
use crate::helm::functions;
use crate::helm::profile::Profile;
use crate::yaml::Str;

/// A file of templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as Helm names it: `chart/templates/service.yaml`.
    pub name: Str,
    /// The text.
    pub text: Str,
}

/// All templates of a chart and its subcharts, compiled.
#[derive(Debug)]
pub struct Program {
    profile: Profile,
}

impl Program {
    /// Parses and compiles files in the order in which Helm parses them (deepest path first, the root chart last): of equal
    /// definitions the last one that is not empty wins.
    ///
    /// # Errors
    /// The first [`Error::Parse`], as Helm stops at it.
    pub fn compile(sources: &[Source], profile: Profile) -> Result<Self, Error> {
        for source in sources {
            let _: Ast = parser::parse(&source.name, &source.text, &|name| is_function(name, profile))
                .map_err(|error| in_file(&source.name, &error))?;
        }
        Ok(Self { profile })
    }

    /// Returns the Helm release that the program was compiled for.
    pub fn profile(&self) -> Profile {
        self.profile
    }
}

fn is_function(name: &[u8], _profile: Profile) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| functions::lookup(name).is_some())
}

/// Turns Go's error into Helm's: only what stands after the last `: ` survives.
fn in_file(file: &Str, error: &ParseError) -> Error {
    let whole = error.text();
    let mut tokens = whole.split(": ");
    let location = tokens.nth(1).unwrap_or_default().to_owned();
    let message = whole.rsplit(": ").next().unwrap_or_default();
    Error::Parse {
        text: format!("parse error at ({location}): {message}"),
        file: file.to_string(),
        line: error.line,
        message: error.message.clone(),
    }
}
