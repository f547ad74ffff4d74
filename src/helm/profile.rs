//! [`Profile`]: which Helm release is followed, and every rule on which they differ.

/// A Helm release whose output is reproduced byte for byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Helm 4.2.4.
    #[default]
    V4,
    /// Helm 3.21.4.
    V3,
}

impl Profile {
    /// Returns the version as written: `4.2.4`.
    pub fn version(self) -> &'static str {
        match self {
            Self::V4 => "4.2.4",
            Self::V3 => "3.21.4",
        }
    }

    /// Returns the profile of a version as written.
    pub fn from_version(version: &str) -> Option<Self> {
        [Self::V4, Self::V3].into_iter().find(|profile| profile.version() == version)
    }
}
