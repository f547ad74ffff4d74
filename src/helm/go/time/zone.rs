//! [`Zone`]: what Go calls a location.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone.
#[derive(Clone, Debug)]
pub enum Zone {
    /// UTC.
    Utc,
    /// Local time, which is UTC under another name.
    Local,
    /// One offset, read from a text.
    Fixed {
        /// The abbreviation, perhaps none.
        name: Arc<str>,
        /// Seconds east of Greenwich.
        offset: i64,
    },
    /// A zone of the database.
    Named(TimeZone),
}

/// What a zone is at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// The abbreviation; without one the offset is shown.
    pub(super) name: String,
    /// Seconds east of Greenwich.
    pub(super) seconds: i64,
    /// Daylight saving time.
    pub(super) is_saving: bool,
}

impl Zone {
    /// Finds a zone by its name, as `time.LoadLocation` does on a system that tells upper from lower case.
    pub fn load(name: &str) -> Option<Self> {
        match name {
            "" | "UTC" => Some(Self::Utc),
            "Local" => Some(Self::Local),
            _ => DATABASE.get(name).ok().filter(|zone| zone.iana_name() == Some(name)).map(Self::Named),
        }
    }

    /// Returns the name, as Go's `Location` prints it.
    pub fn name(&self) -> &str {
        match self {
            Self::Utc => "UTC",
            Self::Local => "Local",
            Self::Fixed { name, .. } => name,
            Self::Named(zone) => zone.iana_name().unwrap_or_default(),
        }
    }

    /// Tells whether daylight saving time holds at an instant.
    pub fn is_saving(&self, seconds: i64) -> bool {
        self.at(seconds).is_saving
    }

    /// Tells whether Go has the same location behind both: not only an equal one.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Utc, Self::Utc) | (Self::Local, Self::Local) => true,
            (Self::Fixed { name, offset }, Self::Fixed { name: other_name, offset: other_offset }) => {
                // Go keeps nameless zones of whole hours, and the TOML library its three.
                let is_kept = (name.is_empty() && offset % 3600 == 0 && (-12..=14).contains(&(offset / 3600)))
                    || name.ends_with("-local");
                Arc::ptr_eq(name, other_name) || (is_kept && name == other_name && offset == other_offset)
            }
            _ => false,
        }
    }

    pub(super) fn at(&self, seconds: i64) -> Offset {
        match self {
            Self::Utc | Self::Local => Offset { name: "UTC".to_owned(), seconds: 0, is_saving: false },
            Self::Fixed { name, offset } => Offset { name: name.to_string(), seconds: *offset, is_saving: false },
            Self::Named(zone) => {
                let (first, last) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                let timestamp = Timestamp::from_second(seconds.clamp(first, last)).unwrap_or_default();
                let info = zone.to_offset_info(timestamp);
                Offset {
                    name: info.abbreviation().to_owned(),
                    seconds: info.offset().seconds().into(),
                    is_saving: info.dst().is_dst(),
                }
            }
        }
    }
}
