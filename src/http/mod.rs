//! The one HTTP client that registries, git and forges share.
//!
//! Blocking; trusts the built-in certificates and those of the machine, also where there are none; follows no redirect;
//! every request has a deadline and every body a cap; no error carries a credential. [`Settings`] is plain data and always
//! built, the client needs the feature `http`.

#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
mod error;
#[cfg(feature = "http")]
mod kind;
#[cfg(feature = "http")]
mod reach;
#[cfg(feature = "http")]
mod response;
mod secret;
mod settings;

#[cfg(feature = "http")]
pub use client::{Body, Client, Method, Request};
#[cfg(feature = "http")]
pub use error::Error;
#[cfg(feature = "http")]
pub use kind::Kind;
#[cfg(feature = "http")]
pub use reach::{OUT_OF_REACH, Reach};
#[cfg(feature = "http")]
pub use response::Response;
pub use secret::Secret;
pub use settings::Settings;
/// An address, as the `url` crate reads it.
#[cfg(feature = "http")]
pub use url::Url;

/// What we call ourselves.
pub const USER_AGENT: &str = concat!("plainsail/", env!("CARGO_PKG_VERSION"));
