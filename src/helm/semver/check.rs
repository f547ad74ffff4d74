//! Whether a version satisfies one comparison, and the words for why not.

use std::cmp::Ordering;

use super::Version;
use super::constraint::{Comparison, Operator};
use super::version::compare_prerelease;

/// Why a comparison does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    Prerelease,
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
    Major,
    MajorAndMinor,
    MinorBelowOne,
    Minor,
    Patch,
}

impl Failed {
    /// Returns the library's sentence.
    pub(super) fn words(self, version: &Version, constraint: &str) -> String {
        match self {
            Self::Prerelease => {
                format!("\"{version}\" is a prerelease version and the constraint is only looking for release versions")
            }
            Self::Equal => format!("\"{version}\" is equal to \"{constraint}\""),
            Self::NotEqual => format!("\"{version}\" is not equal to \"{constraint}\""),
            Self::LessOrEqual => format!("\"{version}\" is less than or equal to \"{constraint}\""),
            Self::GreaterOrEqual => format!("\"{version}\" is greater than or equal to \"{constraint}\""),
            Self::Less => format!("\"{version}\" is less than \"{constraint}\""),
            Self::Greater => format!("\"{version}\" is greater than \"{constraint}\""),
            Self::Major => format!("\"{version}\" does not have same major version as \"{constraint}\""),
            Self::MajorAndMinor => {
                format!("\"{version}\" does not have same major and minor version as \"{constraint}\"")
            }
            Self::MinorBelowOne => format!(
                "\"{version}\" does not have same minor version as \"{constraint}\". Expected minor versions to match when constraint major version is 0"
            ),
            Self::Minor => format!("\"{version}\" does not have same minor version as \"{constraint}\""),
            Self::Patch => format!(
                "\"{version}\" does not equal \"{constraint}\". Expect version and constraint to equal when major and minor versions are 0"
            ),
        }
    }
}

/// Tests a version against one comparison.
pub(super) fn check(comparison: &Comparison, version: &Version, takes_prereleases: bool) -> Result<(), Failed> {
    if !version.prerelease().is_empty() && !takes_prereleases {
        return Err(Failed::Prerelease);
    }
    match comparison.operator {
        Operator::EqualOrTilde if comparison.wild => tilde(comparison, version),
        Operator::EqualOrTilde => hold(version.compare(&comparison.version).is_eq(), Failed::NotEqual),
        Operator::NotEqual => hold(differs(comparison, version), Failed::Equal),
        Operator::Greater => hold(is_greater(comparison, version), Failed::LessOrEqual),
        Operator::Less => hold(version.compare(&comparison.version).is_lt(), Failed::GreaterOrEqual),
        Operator::GreaterOrEqual => hold(version.compare(&comparison.version).is_ge(), Failed::Less),
        Operator::LessOrEqual => hold(is_less_or_equal(comparison, version), Failed::Greater),
        Operator::Tilde => tilde(comparison, version),
        Operator::Caret => caret(comparison, version),
    }
}

fn hold(holds: bool, failed: Failed) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(failed) }
}

fn differs(comparison: &Comparison, version: &Version) -> bool {
    let wanted = &comparison.version;
    if !comparison.wild {
        return version.compare(wanted).is_ne();
    }
    if wanted.major() != version.major() {
        return true;
    }
    if comparison.wild_minor {
        return false;
    }
    if wanted.minor() != version.minor() {
        return true;
    }
    if comparison.wild_patch {
        let has_prerelease = !version.prerelease().is_empty() || !wanted.prerelease().is_empty();
        return has_prerelease && compare_prerelease(version.prerelease(), wanted.prerelease()).is_ne();
    }
    // All is wild: `!=*` compares with 0.0.0.
    wanted.patch() != version.patch() || version.compare(wanted).is_ne()
}

/// `>11` means 12 or higher, `>11.1` means 11.2 or higher.
fn is_greater(comparison: &Comparison, version: &Version) -> bool {
    let wanted = &comparison.version;
    if !comparison.wild {
        return version.compare(wanted).is_gt();
    }
    match version.major().cmp(&wanted.major()) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal if comparison.wild_minor => false,
        Ordering::Equal if comparison.wild_patch => version.minor() > wanted.minor(),
        Ordering::Equal => version.compare(wanted).is_gt(),
    }
}

/// `<=11` includes all of 11, `<=11.1` all of 11.1.
fn is_less_or_equal(comparison: &Comparison, version: &Version) -> bool {
    let wanted = &comparison.version;
    if !comparison.wild {
        return version.compare(wanted).is_le();
    }
    match version.major().cmp(&wanted.major()) {
        Ordering::Greater => false,
        Ordering::Less => true,
        Ordering::Equal => version.minor() <= wanted.minor() || comparison.wild_minor,
    }
}

/// `~1.2.3` is `>=1.2.3 <1.3.0`, `~1` is `>=1 <2`, `~0.0.0` is everything.
fn tilde(comparison: &Comparison, version: &Version) -> Result<(), Failed> {
    let wanted = &comparison.version;
    if version.compare(wanted).is_lt() {
        return Err(Failed::Less);
    }
    let is_zero = wanted.major() == 0 && wanted.minor() == 0 && wanted.patch() == 0;
    if is_zero && !comparison.wild_minor && !comparison.wild_patch {
        return Ok(());
    }
    hold(version.major() == wanted.major(), Failed::Major)?;
    hold(version.minor() == wanted.minor() || comparison.wild_minor, Failed::MajorAndMinor)
}

/// `^1.2.3` is `>=1.2.3 <2.0.0`, `^0.2.3` is `>=0.2.3 <0.3.0`, `^0.0.3` is `0.0.3`.
fn caret(comparison: &Comparison, version: &Version) -> Result<(), Failed> {
    let wanted = &comparison.version;
    if version.compare(wanted).is_lt() {
        return Err(Failed::Less);
    }
    if wanted.major() > 0 || comparison.wild_minor {
        return hold(version.major() == wanted.major(), Failed::Major);
    }
    hold(version.major() == 0, Failed::Major)?;
    if wanted.minor() > 0 || comparison.wild_patch {
        return hold(version.minor() == wanted.minor(), Failed::MinorBelowOne);
    }
    hold(version.minor() == 0, Failed::Minor)?;
    hold(version.patch() == wanted.patch(), Failed::Patch)
}
