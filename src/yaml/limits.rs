//! [`Limits`]: how much a text may ask for before it is refused.

/// Caps on what reading one text may cost; going over one is a typed error, never an exhausted stack or memory.
///
/// Helm has only go-yaml's alias rule; the caps here are far above what charts hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Limits {
    /// Size of the text in bytes.
    pub bytes: usize,
    /// Nesting of maps and lists.
    pub depth: usize,
    /// Number of keys, values, lists and maps, aliases expanded.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 128 << 20, depth: 500, nodes: 4_000_000 }
    }
}
