//! TOML as BurntSushi/toml 1.6.0 writes and reads it.

mod encode;

pub use encode::{EncodeError, encode};
