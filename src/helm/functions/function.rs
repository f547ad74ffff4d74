//! What a template function is: a name, Go parameter types, and a body.

use crate::helm::limits::Cap;
use crate::helm::profile::Profile;
use crate::helm::value::{ListType, Value};
use crate::yaml::{self, Data, Str};

/// The Go type of a parameter; the engine converts and checks an argument by it before the body sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Param {
    /// `interface {}`: anything, nil too.
    Any,
    /// `string`
    Str,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `int64`
    Int64,
    /// `uint32`
    Uint32,
    /// `float64`
    Float,
    /// `[]interface {}`
    List,
    /// `[]string`
    Strings,
    /// `map[string]interface {}`
    Map,
    /// `[]uint8`
    Bytes,
    /// `time.Duration`
    Duration,
    /// `reflect.Value`, as Go's own builtins take: any value, and a missing one is an error of its own.
    Reflect,
    /// Another Go type, by its name: `time.Time`, `sprig.certificate`.
    Named(&'static str),
}

impl Param {
    /// Returns the Go type, as errors name it.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::Str => "string",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Float => "float64",
            Self::List => "[]interface {}",
            Self::Strings => "[]string",
            Self::Map => "map[string]interface {}",
            Self::Bytes => "[]uint8",
            Self::Duration => "time.Duration",
            Self::Reflect => "reflect.Value",
            Self::Named(name) => name,
        }
    }
}

/// Why a function failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The Go function returned an error (or panicked) with this text; the engine adds the place.
    Error(String),
    /// A cap that can be set was reached; the text gives its value.
    Cap(Cap, String),
    /// A fixed cap of ours was reached; the text names it.
    Limit(String),
    /// The function of that name needs a clock or randomness, and the rendering allows neither.
    Impure(&'static str),
    /// What Go would print is a memory address, another one each time.
    Address,
    /// The function is known but not built yet; never turned into output.
    NotBuilt(String),
}

impl From<crate::helm::go::fmt::Error> for Failure {
    fn from(error: crate::helm::go::fmt::Error) -> Self {
        match error {
            crate::helm::go::fmt::Error::Address => Self::Address,
            other => Self::Limit(other.to_string()),
        }
    }
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Self::Error(text)
    }
}

impl From<&str> for Failure {
    fn from(text: &str) -> Self {
        Self::Error(text.to_owned())
    }
}

/// What one element of a new list, or entry of a new map, counts: about the memory that it takes, in bytes.
pub(super) const ELEMENT: usize = 16;

/// What a short text of its own counts, as an element of a list: it lies in a piece of memory of its own.
pub(super) const TEXT: usize = 2 * ELEMENT;

/// Returns what a value counts that was not there before it was returned, without what lies in its elements: for those a function
/// counts by itself.
pub(crate) fn size_of_new(value: &Value) -> usize {
    match value {
        Value::Str(text) | Value::Bytes(text) if !text.is_shared() => text.len(),
        Value::List(list) if list.list_type() == ListType::Strings => list.own_len() * TEXT,
        Value::List(list) => list.own_len() * ELEMENT,
        Value::Map(map) => map.own_len() * ELEMENT,
        _ => 0,
    }
}

/// What a function may ask of the rendering that calls it. Everything impure comes in through here.
pub trait Context {
    /// Which Helm is followed.
    fn profile(&self) -> Profile;

    /// The time, for `now`, `ago`, certificates: nanoseconds since 1970, or a failure where a clock is not allowed.
    ///
    /// # Errors
    /// Where the rendering is to be pure.
    fn now(&mut self, function: &'static str) -> Result<i128, Failure>;

    /// Fills a buffer with random bytes, or fails where randomness is not allowed.
    ///
    /// # Errors
    /// Where the rendering is to be pure.
    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure>;

    /// Counts work against the caps of the rendering, in bytes or elements.
    ///
    /// # Errors
    /// Where the cap is reached.
    fn spend(&mut self, units: usize) -> Result<(), Failure>;

    /// Returns an address in memory, the same during a rendering, or fails where none may be shown.
    ///
    /// # Errors
    /// Where the rendering is to be pure.
    fn address(&self) -> Result<u64, Failure> {
        Err(Failure::Address)
    }

    /// Tells whether certificates have an end.
    fn certificates_end(&self) -> bool {
        true
    }

    /// How much YAML or JSON may be read at once.
    fn yaml_limits(&self) -> yaml::Limits {
        yaml::Limits::default()
    }

    /// Returns what a text of YAML was read as before in this rendering: charts read the same few lines again and again.
    fn read_before(&self, text: &Str) -> Option<Data> {
        let _ = text;
        None
    }

    /// Remembers what a text was read as.
    fn remember(&mut self, text: &Str, data: &Data) {
        let _ = (text, data);
    }

    /// Takes notice of a `lookup`, which finds nothing without a cluster.
    fn looked_up(&mut self) {}
}

/// The body of a function. The arguments have been checked against the parameters.
pub type Body = fn(&mut dyn Context, &[Value]) -> Result<Value, Failure>;

/// A function that templates can call.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name in templates.
    pub name: &'static str,
    /// The types of the parameters, without the variadic one.
    pub params: &'static [Param],
    /// The element type of the variadic parameter, if there is one.
    pub variadic: Option<Param>,
    /// The body.
    pub body: Body,
}
