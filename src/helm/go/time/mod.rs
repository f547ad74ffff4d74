//! Go's `time`: instants with a zone, layouts, parsing, durations.
//!
//! Local time is UTC: a rendering does not depend on the machine. Zones come from the database that is built in, never from
//! the machine's files.

mod civil;
mod duration;
mod format;
mod layout;
mod parse;
mod zone;

pub use civil::Civil;
pub use duration::{parse_duration, round_duration, truncate_duration};
pub(super) use format::{MONTHS, WEEKDAYS};
pub use parse::ParseError;
pub use zone::Zone;

use std::cmp::Ordering;

/// The seconds of Go's zero time, 0001-01-01 00:00:00 UTC.
const ZERO_SECONDS: i64 = -62_135_596_800;

/// `2006-01-02T15:04:05Z07:00`
pub const RFC3339: &[u8] = b"2006-01-02T15:04:05Z07:00";

/// `2006-01-02T15:04:05.999999999Z07:00`
pub const RFC3339_NANO: &[u8] = b"2006-01-02T15:04:05.999999999Z07:00";

/// A `time.Time`.
#[derive(Clone, Debug)]
pub struct Time {
    seconds: i64,
    nanoseconds: u32,
    zone: Zone,
}

impl Time {
    /// Returns Go's zero time.
    pub fn zero() -> Self {
        Self { seconds: ZERO_SECONDS, nanoseconds: 0, zone: Zone::Utc }
    }

    /// Returns the local time of some seconds since 1970.
    pub fn from_unix(seconds: i64) -> Self {
        Self { seconds, nanoseconds: 0, zone: Zone::Local }
    }

    /// Returns the local time of some nanoseconds since 1970.
    pub fn from_unix_nanoseconds(nanoseconds: i128) -> Self {
        let seconds = nanoseconds.div_euclid(1_000_000_000) as i64;
        Self { seconds, nanoseconds: nanoseconds.rem_euclid(1_000_000_000) as u32, zone: Zone::Local }
    }

    /// Returns the instant of a civil date and time in a zone that has one offset only.
    pub(super) fn from_civil(civil: &Civil, offset: i64, zone: Zone) -> Self {
        Self { seconds: civil.unix_seconds().wrapping_sub(offset), nanoseconds: civil.nanosecond, zone }
    }

    /// Returns the seconds since 1970.
    pub fn unix(&self) -> i64 {
        self.seconds
    }

    /// Returns the nanoseconds since 1970, which may be more than 64 bits hold.
    pub fn unix_nanoseconds(&self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanoseconds)
    }

    /// Returns the part of the second.
    pub fn nanosecond(&self) -> u32 {
        self.nanoseconds
    }

    /// Returns the same instant in another zone.
    pub fn with_zone(&self, zone: Zone) -> Self {
        Self { zone, ..self.clone() }
    }

    /// Returns the zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Returns date and time as the zone's clock shows them.
    pub fn civil(&self) -> Civil {
        let offset = self.zone.at(self.seconds).seconds;
        Civil::from_unix(self.seconds.saturating_add(offset), self.nanoseconds)
    }

    /// Tells whether this is the zero time.
    pub fn is_zero(&self) -> bool {
        self.seconds == ZERO_SECONDS && self.nanoseconds == 0
    }

    /// Returns the seconds since the zero time, which is what Go counts, and where its count overflows.
    fn since_zero(&self) -> i64 {
        self.seconds.wrapping_sub(ZERO_SECONDS)
    }

    /// Orders instants; zones take no part.
    pub fn compare(&self, other: &Self) -> Ordering {
        (self.since_zero(), self.nanoseconds).cmp(&(other.since_zero(), other.nanoseconds))
    }

    /// Returns the time some nanoseconds later.
    pub fn add(&self, nanoseconds: i64) -> Self {
        let sum = self.unix_nanoseconds() + i128::from(nanoseconds);
        Self { zone: self.zone.clone(), ..Self::from_unix_nanoseconds(sum) }
    }

    /// Returns the nanoseconds from another time to this one, at most what 64 bits hold.
    pub fn since(&self, other: &Self) -> i64 {
        let seconds = i128::from(self.since_zero()) - i128::from(other.since_zero());
        let difference = seconds * 1_000_000_000 + i128::from(self.nanoseconds) - i128::from(other.nanoseconds);
        difference.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    /// Returns the time some years, months and days later; days that a month has not go over into the next.
    pub fn add_date(&self, years: i64, months: i64, days: i64) -> Self {
        let civil = self.civil();
        let moved = Civil {
            year: civil.year.saturating_add(years),
            month: civil.month.saturating_add(months),
            day: civil.day.saturating_add(days),
            ..civil
        };
        // The offset may be another one on the new day; two looks settle it, as in Go.
        let unshifted = moved.unix_seconds();
        let first = self.zone.at(unshifted.saturating_sub(self.zone.at(unshifted).seconds)).seconds;
        Self { seconds: unshifted.saturating_sub(first), ..self.clone() }
    }

    /// Rounds down to a multiple of a duration since the zero time.
    pub fn truncate(&self, duration: i64) -> Self {
        if duration <= 0 { self.clone() } else { self.back(self.remainder(duration)) }
    }

    /// Rounds to the nearest multiple of a duration since the zero time, half up.
    pub fn round(&self, duration: i64) -> Self {
        if duration <= 0 {
            return self.clone();
        }
        let remainder = self.remainder(duration);
        let duration = i128::from(duration);
        if remainder * 2 < duration { self.back(remainder) } else { self.back(remainder - duration) }
    }

    fn remainder(&self, duration: i64) -> i128 {
        let since_zero = self.unix_nanoseconds() - i128::from(ZERO_SECONDS) * 1_000_000_000;
        since_zero.rem_euclid(duration.into())
    }

    fn back(&self, nanoseconds: i128) -> Self {
        Self { zone: self.zone.clone(), ..Self::from_unix_nanoseconds(self.unix_nanoseconds() - nanoseconds) }
    }

    /// Returns the text of RFC 3339, or the words of the method that writes it where it has none.
    pub fn text_of(&self, method: &str) -> Result<Vec<u8>, String> {
        if !(0..=9999).contains(&self.civil().year) {
            return Err(format!("{method}: year outside of range [0,9999]"));
        }
        let offset = self.zone.at(self.seconds).seconds;
        if offset.abs() / 3600 >= 24 {
            return Err(format!("{method}: timezone hour outside of range [0,23]"));
        }
        Ok(self.format(RFC3339_NANO))
    }

    /// Returns Go's binary form.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let (mut version, mut minutes, mut seconds) = (1_u8, -1_i16, 0_i8);
        if !matches!(self.zone, Zone::Utc) {
            let offset = self.zone.at(self.seconds).seconds;
            if offset % 60 != 0 {
                version = 2;
                seconds = (offset % 60) as i8;
            }
            minutes = i16::try_from(offset / 60)
                .ok()
                .filter(|minutes| *minutes != -1)
                .ok_or("Time.MarshalBinary: unexpected zone offset")?;
        }
        let mut out = vec![version];
        out.extend(self.seconds.wrapping_sub(ZERO_SECONDS).to_be_bytes());
        out.extend(self.nanoseconds.to_be_bytes());
        out.extend(minutes.to_be_bytes());
        if version == 2 {
            out.extend(seconds.to_be_bytes());
        }
        Ok(out)
    }

    /// Returns what `%#v` prints.
    pub fn go_text(&self) -> String {
        let Civil { year, month, day, hour, minute, second, nanosecond } = self.civil();
        let month = MONTHS.get((month - 1) as usize).copied().unwrap_or_default();
        let zone = match &self.zone {
            Zone::Utc => "time.UTC".to_owned(),
            Zone::Local => "time.Local".to_owned(),
            other => format!("time.Location({})", parse::quote(other.name().as_bytes())),
        };
        format!("time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanosecond}, {zone})")
    }

    /// Returns what `%v` prints.
    pub fn text(&self) -> Vec<u8> {
        self.format(b"2006-01-02 15:04:05.999999999 -0700 MST")
    }
}
