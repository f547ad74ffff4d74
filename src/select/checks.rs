//! Rule 11: what an image must have before it is taken.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::facts::Facts;
use super::input::{Image, Input, Known};
use super::outcome::{Dropped, Failure};

/// What an image must have before it is taken. What runs is not checked: a check does not undo a choice.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Checks {
    /// A signature by the key of this name.
    pub signature: Option<String>,
    /// A complete scan without a finding at or above this level.
    pub scan: Option<Level>,
    /// Labels with these values.
    pub labels: BTreeMap<String, String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Nobody said.
    Undefined,
    /// For information.
    Informational,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Level {
    /// Returns the level of a name as written.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "undefined" => Self::Undefined,
            "informational" => Self::Informational,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }
}

/// A signature that was found for an image.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signature {
    /// The name of the key that made it.
    pub key: String,
    /// The digest that it signs.
    pub digest: String,
    /// Whether its payload could be read.
    pub readable: bool,
}

/// The result of a scan.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scan {
    /// How far it came.
    pub status: ScanStatus,
    /// How many findings there are, by level.
    pub findings: BTreeMap<Level, u64>,
    /// Whether the findings were cut off.
    pub truncated: bool,
}

/// How far a scan came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ScanStatus {
    /// It is finished.
    Complete,
    /// It is under way.
    Pending,
    /// It failed, or the scanner cannot scan this image.
    Failed,
}

/// Drops candidates from the best down, until what runs or one that passes comes first; older ones are not looked at.
pub(super) fn drop_failing<'a>(
    input: &Input<'_>,
    facts: &Facts<'a>,
    candidates: &mut Vec<Candidate<'a>>,
    dropped: &mut BTreeMap<&'a str, Dropped>,
) -> Result<(), Failure> {
    let mut failing = 0;
    for candidate in candidates.iter() {
        let Some(entry) = facts.images.get(candidate.at).filter(|_| !candidate.runs) else { break };
        match check(&input.settings.checks, entry.image)? {
            None => break,
            Some(reason) => {
                dropped.insert(candidate.written, reason);
                failing += 1;
            }
        }
    }
    candidates.drain(..failing);
    Ok(())
}

fn check(checks: &Checks, image: &Image) -> Result<Option<Dropped>, Failure> {
    if let Some(key) = &checks.signature
        && let Some(reason) = signature(key, image)?
    {
        return Ok(Some(reason));
    }
    if let Some(level) = checks.scan
        && let Some(reason) = scan(level, image)?
    {
        return Ok(Some(reason));
    }
    let labelled = checks.labels.iter().all(|(name, value)| image.labels.get(name) == Some(value));
    Ok((!labelled).then_some(Dropped::MissingLabel))
}

fn signature(key: &str, image: &Image) -> Result<Option<Dropped>, Failure> {
    let signatures = match &image.signatures {
        Known::Unknown => return Err(Failure::CheckFailed),
        Known::Absent => return Ok(Some(Dropped::Unsigned)),
        Known::Value(signatures) if signatures.is_empty() => return Ok(Some(Dropped::Unsigned)),
        Known::Value(signatures) => signatures,
    };
    let good = |signature: &Signature| signature.readable && signature.key == key && signature.digest == image.digest;
    Ok((!signatures.iter().any(good)).then_some(Dropped::BadSignature))
}

fn scan(level: Level, image: &Image) -> Result<Option<Dropped>, Failure> {
    let scan = match &image.scan {
        Known::Unknown => return Err(Failure::CheckFailed),
        Known::Absent => return Ok(Some(Dropped::ScanMissing)),
        Known::Value(scan) => scan,
    };
    Ok(match scan.status {
        ScanStatus::Pending => Some(Dropped::ScanPending),
        ScanStatus::Failed => Some(Dropped::ScanFailed),
        ScanStatus::Complete if scan.truncated => Some(Dropped::ScanFailed),
        ScanStatus::Complete => {
            let found = scan.findings.iter().any(|(found, count)| *found >= level && *count > 0);
            found.then_some(Dropped::ScanFindings)
        }
    })
}
