//! One policy a file: what each compares.

pub(super) mod created;
pub(super) mod follow;
mod number;
pub(super) mod semver;

use jiff::Timestamp;

use self::number::Number;
use self::semver::Version;
use super::facts::Entry;
use super::input::{Image, Input, Policy};
use super::outcome::Dropped;
use super::pattern::Match;

/// What a policy compares; greater is newer. Within one choice all keys are of one kind.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Key {
    /// The policy has no order of its own.
    None,
    /// A time.
    Time(Timestamp),
    /// The place of the commit on the branch.
    Place(usize),
    /// A version.
    Version(Version),
    /// A number of any length.
    Number(Number),
    /// A name.
    Name(String),
}

impl Key {
    /// Returns the key of a tag that counts; the place of its commit comes in later.
    pub(super) fn of(input: &Input<'_>, entry: &Entry<'_>, found: &Match<'_>) -> Result<Self, Dropped> {
        match input.settings.policy {
            Policy::Semver => semver::key(input.settings, found.order).map(Self::Version),
            Policy::Number => Number::parse(found.order).map(Self::Number).ok_or(Dropped::NotANumber),
            Policy::Name => Ok(Self::Name(found.order.to_owned())),
            Policy::Created => created::date(input, entry.image).map(Self::Time).ok_or(Dropped::NoBuildDate),
            // A push time that is not known is an error and not a rule: see `candidate::gather`.
            Policy::Pushed => Ok(entry.pushed_at.map_or(Self::None, Self::Time)),
            Policy::Ancestry | Policy::Digest | Policy::Follow => Ok(Self::None),
        }
    }

    /// Returns the key of what runs, where it can be told.
    pub(super) fn of_running(
        input: &Input<'_>,
        tag: &str,
        pushed_at: Option<Timestamp>,
        listed: Option<&Image>,
    ) -> Self {
        let settings = input.settings;
        let order = || settings.pattern.read(tag).map_or(tag, |found| found.order);
        let key = match settings.policy {
            Policy::Semver => semver::parse(settings.kind, order()).map(Self::Version),
            Policy::Number => Number::parse(order()).map(Self::Number),
            Policy::Name => Some(Self::Name(order().to_owned())),
            Policy::Created => listed.and_then(|image| created::date(input, image)).map(Self::Time),
            Policy::Pushed => pushed_at.map(Self::Time),
            Policy::Ancestry | Policy::Digest | Policy::Follow => None,
        };
        key.unwrap_or(Self::None)
    }
}
