//! Versions and constraints: the first line is a constraint, each other line a version.

use std::cmp::Ordering;

use plainsail::helm::semver::{Constraints, Version};

/// Versions and constraints.
pub(crate) fn semver(input: &[u8]) {
    let mut lines = input.split(|byte| *byte == b'\n');
    let constraint = lines.next().unwrap_or_default();
    let versions: Vec<Version> = lines.take(6).filter_map(|line| Version::parse(line).ok()).collect();
    for version in &versions {
        check_version(version);
    }
    check_order(&versions);
    let Ok(constraints) = Constraints::parse(constraint) else { return };
    for version in &versions {
        let explained = constraints.explain(version);
        assert_eq!(constraints.check(version), explained.is_ok(), "{constraints} and {version}: {explained:?}");
    }
    // What a constraint is printed as is a constraint again, and means the same.
    let printed = constraints.to_string();
    if let Ok(again) = Constraints::parse(&printed) {
        for version in &versions {
            assert_eq!(constraints.check(version), again.check(version), "{constraints} and {version}");
        }
    }
}

fn check_version(version: &Version) {
    let printed = version.to_string();
    let strict = Version::parse_strict(&printed).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(version.compare(&strict), Ordering::Equal);
    assert_eq!(printed, strict.to_string());
    for next in [version.next_patch(), version.next_minor(), version.next_major()].into_iter().flatten() {
        assert_eq!(version.compare(&next), Ordering::Less, "{version} and {next}");
    }
}

/// The order is total: everything has a place, and the places agree.
fn check_order(versions: &[Version]) {
    for one in versions {
        assert_eq!(one.compare(one), Ordering::Equal);
        for two in versions {
            assert_eq!(one.compare(two), two.compare(one).reverse(), "{one} and {two}");
            for three in versions {
                if one.compare(two).is_le() && two.compare(three).is_le() {
                    assert!(one.compare(three).is_le(), "{one}, {two}, {three}");
                }
            }
        }
    }
}
