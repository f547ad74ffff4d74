//! [`Civil`]: a date and a time of day, without a zone.

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A date and time of day in the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// The year; there is a year 0.
    pub year: i64,
    /// From 1; beyond 12 the years go on.
    pub month: i64,
    /// From 1; beyond the month's end the months go on.
    pub day: i64,
    /// From 0.
    pub hour: i64,
    /// From 0.
    pub minute: i64,
    /// From 0.
    pub second: i64,
    /// The part of the second.
    pub nanosecond: u32,
}

impl Civil {
    /// Returns date and time of some seconds since 1970.
    pub fn from_unix(seconds: i64, nanosecond: u32) -> Self {
        let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
        let (year, month, day) = date_of_days(days);
        Self { year, month, day, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60, nanosecond }
    }

    /// Returns the seconds since 1970; fields out of their range go over into the next.
    pub fn unix_seconds(&self) -> i64 {
        let months = self.month.saturating_sub(1);
        let year = self.year.saturating_add(months.div_euclid(12));
        let days = days_of_date(year, months.rem_euclid(12) + 1, 1).saturating_add(self.day).saturating_sub(1);
        days.saturating_mul(DAY)
            .saturating_add(self.hour.saturating_mul(3600))
            .saturating_add(self.minute.saturating_mul(60))
            .saturating_add(self.second)
    }

    /// Returns the day of the week, Sunday is 0.
    pub fn weekday(&self) -> i64 {
        days_of_date(self.year, self.month, self.day).saturating_add(4).rem_euclid(7)
    }

    /// Returns the day of the year, from 1.
    pub fn day_of_year(&self) -> i64 {
        days_of_date(self.year, self.month, self.day) - days_of_date(self.year, 1, 1) + 1
    }
}

/// Tells whether a year has 366 days.
pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Returns the number of days of a month from 1 to 12.
pub(super) fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970 of a date, by years that begin in March.
fn days_of_date(year: i64, month: i64, day: i64) -> i64 {
    let year = i128::from(if month <= 2 { year.saturating_sub(1) } else { year });
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = i128::from((month + 9) % 12);
    let day_of_year = (153 * shifted + 2) / 5 + i128::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    (era * 146_097 + day_of_era - 719_468).clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

fn date_of_days(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_are_the_same_in_both_directions() {
        for days in (-800_000..800_000).step_by(13) {
            let civil = Civil::from_unix(days * DAY, 0);
            assert_eq!(civil.unix_seconds(), days * DAY);
        }
        assert_eq!(Civil::from_unix(1_136_214_245, 0).weekday(), 1);
        assert_eq!(Civil::from_unix(951_782_400, 0).day_of_year(), 60);
    }
}
