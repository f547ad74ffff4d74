//! TOML as BurntSushi/toml 1.6.0 writes and reads it.

mod decode;
mod encode;
mod lexer;

pub use decode::{Stop, decode};
pub use encode::{EncodeError, encode};
