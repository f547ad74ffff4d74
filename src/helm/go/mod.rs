//! The parts of Go's standard library whose output can be seen from a template: fmt, strconv, time, regexp syntax.

pub mod base;
pub mod fmt;
pub mod netip;
pub mod path;
pub mod printing;
pub mod quote;
pub mod regex;
pub mod strconv;
pub mod time;
pub mod toml;
pub mod types;
pub mod unicode;
pub mod url;
pub mod utf8;
