//! TOML as BurntSushi/toml 1.6.0 writes and reads it.

mod decode;
mod encode;
mod lexer;

pub use decode::{Stop, decode};
pub use encode::{EncodeError, encode};

/// The zones that mark what a date or time of TOML does not say.
const LOCAL_DATETIME: &str = "datetime-local";
const LOCAL_DATE: &str = "date-local";
const LOCAL_TIME: &str = "time-local";
