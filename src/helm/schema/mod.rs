//! JSON Schema as `santhosh-tekuri/jsonschema` has it, which Helm uses: the same verdicts, with the same words in the same order.
//!
//! [`Schema::compile`] reads a schema ([`json`]), finds what has a name in it ([`document`]), checks it with the schema of its draft
//! ([`meta`], [`library`]), and compiles all that it refers to ([`compile`], [`keywords`]) to [`rules`]. [`Schema::check`] looks at
//! values with them ([`machine`], [`look`]) and says what does not fit ([`problem`], [`words`]).
//!
//! Where Go goes through a map the order of its words is random; here it is that of the keys. No network and no files: a reference
//! that leaves the schema is an error that names it, and a `urn:` accepts everything, as in Helm.

mod address;
mod compile;
mod decimal;
mod document;
mod draft;
mod error;
mod formats;
mod frame;
mod inside;
mod instance;
mod json;
mod keywords;
mod library;
mod look;
mod machine;
mod meta;
mod problem;
mod rules;
mod trail;
mod words;

use crate::yaml::Data;
use rules::{SchemaRef, Schemas};

pub(crate) use error::Error;

/// The address under which Helm gives the schema to its library.
const URL: &str = "file:///values.schema.json";

/// A compiled schema.
#[derive(Debug)]
pub(crate) struct Schema(Schemas);

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// If it cannot be used.
    pub(crate) fn compile(text: &[u8]) -> Result<Self, Error> {
        let root = json::Json::read(text)?;
        compile::compile(URL, &root).map(Self)
    }

    /// Checks values: what does not fit is a report with a line for each problem.
    ///
    /// # Errors
    /// If that would take too long.
    pub(crate) fn check(&self, values: &Data) -> Result<Result<(), String>, Error> {
        Ok(machine::check(SchemaRef::new(&self.0, 0), values, None)?)
    }
}
