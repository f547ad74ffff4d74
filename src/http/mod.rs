//! The one HTTP client that registries, git and forges share.
//!
//! Blocking; trusts the built-in certificates and those of the machine, also where there are none; follows no redirect;
//! every request has a deadline and every body a cap; no error carries a credential. [`Settings`] is plain data and always
//! built, the client needs the feature `http`.

mod settings;

pub use settings::Settings;
