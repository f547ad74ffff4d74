//! Writing a time by a layout.

use super::layout::{self, Element, ZoneOffset};
use super::{Civil, Time};

pub(in crate::helm::go) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(in crate::helm::go) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Time {
    /// Writes the time by a layout.
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        let offset = self.zone().at(self.unix());
        let civil = self.civil();
        let mut out = Vec::with_capacity(layout.len() + 10);
        let mut rest = layout;
        loop {
            let (before, element, after) = layout::next(rest);
            out.extend_from_slice(before);
            let Some(element) = element else { return out };
            rest = after;
            match element {
                Element::ZoneName if offset.name.is_empty() => {
                    push_offset(&mut out, offset.seconds, true, false, false);
                }
                Element::ZoneName => out.extend_from_slice(offset.name.as_bytes()),
                Element::ZoneOffset(ZoneOffset { iso: true, .. }) if offset.seconds == 0 => out.push(b'Z'),
                Element::ZoneOffset(shape) => {
                    push_offset(&mut out, offset.seconds, shape.minutes, shape.colons, shape.seconds);
                }
                Element::Fraction { digits, separator } => {
                    out.push(separator);
                    out.extend(fraction(civil.nanosecond, digits));
                }
                Element::ShortFraction { digits, separator } => {
                    let mut shown = fraction(civil.nanosecond, digits);
                    while shown.last() == Some(&b'0') {
                        shown.pop();
                    }
                    if !shown.is_empty() {
                        out.push(separator);
                        out.extend(shown);
                    }
                }
                element => push_part(&mut out, &civil, element),
            }
        }
    }
}

fn push_part(out: &mut Vec<u8>, civil: &Civil, element: Element) {
    let month = MONTHS.get((civil.month - 1) as usize).copied().unwrap_or_default();
    let weekday = WEEKDAYS.get(civil.weekday() as usize).copied().unwrap_or_default();
    let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    match element {
        Element::Year => push_number(out, civil.year.abs() % 100, 2),
        Element::LongYear => push_number(out, civil.year, 4),
        Element::Month => out.extend_from_slice(&month.as_bytes()[..3]),
        Element::LongMonth => out.extend_from_slice(month.as_bytes()),
        Element::NumericMonth => push_number(out, civil.month, 0),
        Element::ZeroMonth => push_number(out, civil.month, 2),
        Element::Weekday => out.extend_from_slice(&weekday.as_bytes()[..3]),
        Element::LongWeekday => out.extend_from_slice(weekday.as_bytes()),
        Element::Day => push_number(out, civil.day, 0),
        Element::SpaceDay => out.extend_from_slice(format!("{:2}", civil.day).as_bytes()),
        Element::ZeroDay => push_number(out, civil.day, 2),
        Element::SpaceYearDay => out.extend_from_slice(format!("{:3}", civil.day_of_year()).as_bytes()),
        Element::ZeroYearDay => push_number(out, civil.day_of_year(), 3),
        Element::Hour => push_number(out, civil.hour, 2),
        Element::Hour12 => push_number(out, hour12, 0),
        Element::ZeroHour12 => push_number(out, hour12, 2),
        Element::Minute => push_number(out, civil.minute, 0),
        Element::ZeroMinute => push_number(out, civil.minute, 2),
        Element::Second => push_number(out, civil.second, 0),
        Element::ZeroSecond => push_number(out, civil.second, 2),
        Element::UpperNoon => out.extend_from_slice(if civil.hour >= 12 { b"PM" } else { b"AM" }),
        Element::LowerNoon => out.extend_from_slice(if civil.hour >= 12 { b"pm" } else { b"am" }),
        // Zones and fractions are not parts of a date or of a time of day.
        Element::ZoneName | Element::ZoneOffset(_) | Element::Fraction { .. } | Element::ShortFraction { .. } => {}
    }
}

/// Writes a number with zeros up to a width; the sign does not count.
fn push_number(out: &mut Vec<u8>, number: i64, width: usize) {
    if number < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(format!("{:0width$}", number.unsigned_abs()).as_bytes());
}

fn push_offset(out: &mut Vec<u8>, offset: i64, minutes: bool, colons: bool, seconds: bool) {
    // Go looks at the sign after it has cut off the seconds.
    let zone = offset / 60;
    out.push(if zone < 0 { b'-' } else { b'+' });
    push_number(out, zone.abs() / 60, 2);
    if colons {
        out.push(b':');
    }
    if minutes {
        push_number(out, zone.abs() % 60, 2);
    }
    if seconds {
        if colons {
            out.push(b':');
        }
        let offset = if zone < 0 { -offset } else { offset };
        push_number(out, offset % 60, 2);
    }
}

fn fraction(nanosecond: u32, digits: usize) -> Vec<u8> {
    let mut shown = format!("{nanosecond:09}").into_bytes();
    shown.truncate(digits);
    shown
}
