//! [`Limits`]: how much a chart may hold. The first two are Helm's own; the others keep hostile archives small.

use crate::yaml;

/// Caps on a chart while it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files, archives inside the chart included, as unpacked.
    pub chart_bytes: u64,
    /// Files, those of archives inside the chart included.
    pub entries: usize,
    /// Times that an archive may grow when unpacked, once it is larger than [`Limits::RATIO_FLOOR`].
    pub ratio: u64,
    /// Charts inside charts.
    pub depth: usize,
    /// Reading one of its YAML files.
    pub yaml: yaml::Limits,
}

impl Limits {
    /// Below this many unpacked bytes the ratio is not looked at.
    pub const RATIO_FLOOR: u64 = 10 * 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 5 * 1024 * 1024,
            chart_bytes: 100 * 1024 * 1024,
            entries: 10_000,
            ratio: 200,
            depth: 32,
            yaml: yaml::Limits::default(),
        }
    }
}

/// What is left of the limits while a chart, and the charts inside it, are read.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) limits: Limits,
    pub(crate) bytes_left: u64,
    pub(crate) entries_left: usize,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, bytes_left: limits.chart_bytes, entries_left: limits.entries }
    }
}
