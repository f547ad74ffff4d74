//! The functions that templates can call: Go's builtins, Helm's own, and sprig 3.3.0.
//!
//! A [`Function`] is data: name, Go parameter types (the template engine checks and converts arguments by them, with Go's
//! error texts) and a body. Each family of functions is a file with a `FUNCTIONS` table; [`lookup`] finds a name in all.

mod arguments;
mod builtins;
mod certificates;
mod compare;
mod convert;
mod copy;
mod crypto;
mod dates;
mod decimal;
mod dicts;
mod documents;
mod encoding;
mod engine;
mod equal;
mod errors;
mod function;
mod lists;
mod merge;
mod numbers;
mod older;
mod paths;
mod random;
mod regex;
mod semver;
mod strings;
mod times;
mod types;
mod urls;
mod words;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::profile::Profile;

pub(crate) use convert::append_text;
pub(crate) use documents::{yaml_or_empty, yaml_or_fail};
pub(crate) use errors::ErrorHost;
pub(crate) use function::size_of_new;
pub use function::{Body, Context, Failure, Function, Param};
use function::{ELEMENT, TEXT};
pub(crate) use older::{Texts, older, texts};

/// The tables of all families.
const FAMILIES: &[&[Function]] = &[
    builtins::FUNCTIONS,
    certificates::FUNCTIONS,
    compare::FUNCTIONS,
    crypto::FUNCTIONS,
    dates::FUNCTIONS,
    dicts::FUNCTIONS,
    documents::FUNCTIONS,
    encoding::FUNCTIONS,
    engine::FUNCTIONS,
    lists::FUNCTIONS,
    numbers::FUNCTIONS,
    paths::FUNCTIONS,
    random::FUNCTIONS,
    regex::FUNCTIONS,
    semver::FUNCTIONS,
    strings::FUNCTIONS,
    types::FUNCTIONS,
    urls::FUNCTIONS,
    words::FUNCTIONS,
];

/// The functions whose result is another each time they are called. Those of dates are, where they are not given one.
pub(crate) const IMPURE: &[&str] = &[
    "ago",
    "bcrypt",
    "encryptAES",
    "genCA",
    "genCAWithKey",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "htpasswd",
    "now",
    "randAlpha",
    "randAlphaNum",
    "randAscii",
    "randBytes",
    "randInt",
    "randNumeric",
    "shuffle",
    "uuidv4",
];

/// The functions that Helm adds to sprig's and Go's.
pub(crate) const OF_HELM: &[&str] = &[
    "fromJsonArray",
    "fromToml",
    "fromYaml",
    "fromYamlArray",
    "include",
    "lookup",
    "mustToToml",
    "mustToYaml",
    "required",
    "toToml",
    "toYaml",
    "toYamlPretty",
    "tpl",
];

/// The functions that show a time, which may be now.
const DATED: &[&str] =
    &["date", "dateInZone", "date_in_zone", "durationRound", "htmlDate", "htmlDateInZone", "unixEpoch"];

/// Tells whether the result of a function may be another each time.
pub(crate) fn is_impure(name: &str) -> bool {
    IMPURE.contains(&name) || DATED.contains(&name)
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static Function, foldhash::fast::RandomState>> = LazyLock::new(|| {
    FAMILIES.iter().flat_map(|family| family.iter()).map(|function| (function.name, function)).collect()
});

/// Finds a function by the name that a template uses.
pub fn lookup(name: &str) -> Option<&'static Function> {
    BY_NAME.get(name).copied()
}

/// Returns the names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().flat_map(|family| family.iter()).map(|function| function.name)
}

/// Tells whether a function is there in a Helm release.
pub fn is_in(name: &str, profile: Profile) -> bool {
    !profile.rules().missing_functions.contains(&name)
}
