//! Reading a time by a layout.

use std::fmt::Write as _;

use super::civil::{days_in_month, is_leap};
use super::format::{MONTHS, WEEKDAYS};
use super::layout::{self, Element, ZoneOffset};
use super::{Civil, Time, Zone};

/// A text that does not fit the layout, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ParseError(String);

/// A value that does not fit an element.
#[derive(Debug)]
struct Bad;

/// What has been read of a time.
#[derive(Debug, Default)]
struct Parts {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    is_before_noon: bool,
    is_after_noon: bool,
    is_utc: bool,
    offset: Option<i64>,
    zone: Vec<u8>,
    /// What is out of its range.
    out_of_range: Option<&'static str>,
}

impl Time {
    /// Reads a time as `time.ParseInLocation` does with local time.
    ///
    /// # Errors
    /// The text does not fit the layout, or names no day that exists.
    pub fn parse(layout: &[u8], text: &[u8]) -> Result<Self, ParseError> {
        let mut parts = Parts::default();
        let (mut rest_of_layout, mut rest) = (layout, text);
        let cannot = |value: &[u8], element: &[u8]| {
            ParseError(format!(
                "parsing time {} as {}: cannot parse {} as {}",
                quote(text),
                quote(layout),
                quote(value),
                quote(element)
            ))
        };
        let wrong = |what: &str| ParseError(format!("parsing time {}: {what}", quote(text)));
        loop {
            let (before, element, after) = layout::next(rest_of_layout);
            rest = skip(rest, before).map_err(|left| cannot(left, before))?;
            let Some(element) = element else {
                if !rest.is_empty() {
                    return Err(wrong(&format!("extra text: {}", quote(rest))));
                }
                break;
            };
            let spelling = &rest_of_layout[before.len()..rest_of_layout.len() - after.len()];
            rest_of_layout = after;
            let read = parts.read(element, rest, after);
            if let Some(what) = parts.out_of_range {
                return Err(wrong(&format!("{what} out of range")));
            }
            rest = read.map_err(|Bad| cannot(rest, spelling))?;
        }
        parts.finish().map_err(wrong)
    }
}

impl Parts {
    /// Reads the value of one element, and returns what follows it.
    fn read<'a>(&mut self, element: Element, text: &'a [u8], layout: &[u8]) -> Result<&'a [u8], Bad> {
        match element {
            Element::Year => {
                let (digits, rest) = text.split_at_checked(2).ok_or(Bad)?;
                let year = signed_number(digits)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
                Ok(rest)
            }
            Element::LongYear => {
                let (digits, rest) = text.split_at_checked(4).ok_or(Bad)?;
                if !digits[0].is_ascii_digit() {
                    return Err(Bad);
                }
                self.year = signed_number(digits)?;
                Ok(rest)
            }
            Element::Month => self.read_name(text, MONTHS.iter().map(|name| &name[..3])),
            Element::LongMonth => self.read_name(text, MONTHS.into_iter()),
            Element::Weekday => find_name(text, WEEKDAYS.iter().map(|name| &name[..3])).map(|(_, rest)| rest),
            Element::LongWeekday => find_name(text, WEEKDAYS.into_iter()).map(|(_, rest)| rest),
            Element::NumericMonth | Element::ZeroMonth => {
                let (month, rest) = digits2(text, element == Element::ZeroMonth)?;
                self.month = Some(month);
                self.check((1..=12).contains(&month), "month");
                Ok(rest)
            }
            Element::Day | Element::SpaceDay | Element::ZeroDay => {
                let text = if element == Element::SpaceDay { text.strip_prefix(b" ").unwrap_or(text) } else { text };
                let (day, rest) = digits2(text, element == Element::ZeroDay)?;
                self.day = Some(day);
                Ok(rest)
            }
            Element::SpaceYearDay | Element::ZeroYearDay => {
                let mut text = text;
                for _ in 0..2 {
                    if element == Element::SpaceYearDay {
                        text = text.strip_prefix(b" ").unwrap_or(text);
                    }
                }
                let count = text.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                if count == 0 || (element == Element::ZeroYearDay && count != 3) {
                    return Err(Bad);
                }
                self.day_of_year = Some(signed_number(&text[..count])?);
                Ok(&text[count..])
            }
            Element::Hour => {
                let (hour, rest) = digits2(text, false)?;
                self.hour = hour;
                self.check(hour < 24, "hour");
                Ok(rest)
            }
            Element::Hour12 | Element::ZeroHour12 => {
                let (hour, rest) = digits2(text, element == Element::ZeroHour12)?;
                self.hour = hour;
                self.check(hour <= 12, "hour");
                Ok(rest)
            }
            Element::Minute | Element::ZeroMinute => {
                let (minute, rest) = digits2(text, element == Element::ZeroMinute)?;
                self.minute = minute;
                self.check(minute < 60, "minute");
                Ok(rest)
            }
            Element::Second | Element::ZeroSecond => self.read_second(element, text, layout),
            Element::UpperNoon => self.read_noon(text, b"AM", b"PM"),
            Element::LowerNoon => self.read_noon(text, b"am", b"pm"),
            Element::ZoneName => self.read_zone_name(text),
            Element::ZoneOffset(shape) => self.read_offset(shape, text),
            Element::Fraction { digits, .. } => {
                let (fraction, rest) = text.split_at_checked(1 + digits).ok_or(Bad)?;
                self.read_fraction(fraction)?;
                Ok(rest)
            }
            Element::ShortFraction { .. } => match fraction_length(text) {
                Some(length) => {
                    self.read_fraction(&text[..length])?;
                    Ok(&text[length..])
                }
                None => Ok(text),
            },
        }
    }

    fn check(&mut self, holds: bool, what: &'static str) {
        if !holds {
            self.out_of_range = Some(what);
        }
    }

    fn read_name<'a>(&mut self, text: &'a [u8], names: impl Iterator<Item = &'static str>) -> Result<&'a [u8], Bad> {
        let (index, rest) = find_name(text, names)?;
        self.month = Some(index as i64 + 1);
        Ok(rest)
    }

    /// A fraction may follow that the layout does not have.
    fn read_second<'a>(&mut self, element: Element, text: &'a [u8], layout: &[u8]) -> Result<&'a [u8], Bad> {
        let (second, rest) = digits2(text, element == Element::ZeroSecond)?;
        self.second = second;
        if second >= 60 {
            self.out_of_range = Some("second");
            return Ok(rest);
        }
        let Some(length) = fraction_length(rest) else { return Ok(rest) };
        if matches!(layout::next(layout).1, Some(Element::Fraction { .. } | Element::ShortFraction { .. })) {
            return Ok(rest);
        }
        self.read_fraction(&rest[..length])?;
        Ok(&rest[length..])
    }

    /// Reads a separator and digits; beyond nanoseconds they are cut off.
    fn read_fraction(&mut self, text: &[u8]) -> Result<(), Bad> {
        if !matches!(text.first(), Some(b'.' | b',')) {
            return Err(Bad);
        }
        let digits = &text[1..text.len().min(10)];
        let number = signed_number(digits)?;
        if number < 0 {
            self.out_of_range = Some("fractional second");
            return Ok(());
        }
        self.nanosecond = number * 10_i64.pow(9 - digits.len() as u32);
        Ok(())
    }

    fn read_noon<'a>(&mut self, text: &'a [u8], before: &[u8], after: &[u8]) -> Result<&'a [u8], Bad> {
        let (value, rest) = text.split_at_checked(2).ok_or(Bad)?;
        if value == after {
            self.is_after_noon = true;
        } else if value == before {
            self.is_before_noon = true;
        } else {
            return Err(Bad);
        }
        Ok(rest)
    }

    fn read_zone_name<'a>(&mut self, text: &'a [u8]) -> Result<&'a [u8], Bad> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.is_utc = true;
            return Ok(rest);
        }
        let length = zone_name_length(text).ok_or(Bad)?;
        self.zone = text[..length].to_vec();
        Ok(&text[length..])
    }

    fn read_offset<'a>(&mut self, shape: ZoneOffset, text: &'a [u8]) -> Result<&'a [u8], Bad> {
        if shape.iso
            && let Some(rest) = text.strip_prefix(b"Z")
        {
            self.is_utc = true;
            return Ok(rest);
        }
        let pairs = 1 + usize::from(shape.minutes) + usize::from(shape.seconds);
        let step = if shape.colons { 3 } else { 2 };
        let length = 1 + 2 + (pairs - 1) * step;
        let (value, rest) = text.split_at_checked(length).ok_or(Bad)?;
        if shape.colons && (1..pairs).any(|index| value[index * step] != b':') {
            return Err(Bad);
        }
        // What comes behind a number that is malformed is not read, but what stands before it is still checked.
        let mut numbers = [0; 3];
        let mut read = Ok(());
        for (index, number) in numbers.iter_mut().enumerate().take(pairs) {
            let at = 1 + index * step;
            let Ok((digits, _)) = digits2(&value[at..at + 2], true) else {
                read = Err(Bad);
                break;
            };
            *number = digits;
        }
        let [hours, minutes, seconds] = numbers;
        self.check(hours <= 24, "time zone offset hour");
        self.check(minutes <= 60, "time zone offset minute");
        self.check(seconds <= 60, "time zone offset second");
        read?;
        let offset = (hours * 60 + minutes) * 60 + seconds;
        self.offset = Some(match value[0] {
            b'+' => offset,
            b'-' => -offset,
            _ => return Err(Bad),
        });
        Ok(rest)
    }

    fn finish(mut self) -> Result<Time, &'static str> {
        if self.is_after_noon && self.hour < 12 {
            self.hour += 12;
        } else if self.is_before_noon && self.hour == 12 {
            self.hour = 0;
        }
        if let Some(day_of_year) = self.day_of_year {
            self.set_date_of_year(day_of_year)?;
        }
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > days_in_month(self.year, month) {
            return Err("day out of range");
        }
        let civil = Civil {
            year: self.year,
            month,
            day,
            hour: self.hour,
            minute: self.minute,
            second: self.second,
            nanosecond: self.nanosecond as u32,
        };
        let name = String::from_utf8_lossy(&self.zone).into_owned();
        if self.is_utc {
            return Ok(Time::from_civil(&civil, 0, Zone::Utc));
        }
        // Go keeps "no offset" as -1, so an offset of -1 second is none either.
        if let Some(offset) = self.offset.filter(|offset| *offset != -1) {
            // Local time is UTC, and is taken where it fits.
            let fits = offset == 0 && (name.is_empty() || name == "UTC");
            let zone = if fits { Zone::Local } else { Zone::Fixed { name: name.into(), offset } };
            return Ok(Time::from_civil(&civil, offset, zone));
        }
        if !name.is_empty() {
            let hours = name.strip_prefix("GMT").and_then(|hours| hours.parse::<i64>().ok()).unwrap_or(0);
            let offset = hours * 3600;
            return Ok(Time::from_civil(&civil, offset, Zone::Fixed { name: name.into(), offset }));
        }
        Ok(Time::from_civil(&civil, 0, Zone::Local))
    }

    fn set_date_of_year(&mut self, day_of_year: i64) -> Result<(), &'static str> {
        let last = if is_leap(self.year) { 366 } else { 365 };
        if day_of_year < 1 || day_of_year > last {
            return Err("day-of-year out of range");
        }
        let (mut month, mut day) = (1, day_of_year);
        while day > days_in_month(self.year, month) {
            day -= days_in_month(self.year, month);
            month += 1;
        }
        if self.month.is_some_and(|known| known != month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|known| known != day) {
            return Err("day-of-year does not match day");
        }
        self.month = Some(month);
        self.day = Some(day);
        Ok(())
    }
}

/// Takes literal text off; a run of spaces fits any other. The error is what was left of the text.
fn skip<'a>(text: &'a [u8], literal: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    let (mut text, mut literal) = (text, literal);
    while let Some((&first, rest)) = literal.split_first() {
        if first == b' ' {
            if text.first().is_some_and(|byte| *byte != b' ') {
                return Err(text);
            }
            literal = without_spaces(literal);
            text = without_spaces(text);
            continue;
        }
        if text.first() != Some(&first) {
            return Err(text);
        }
        literal = rest;
        text = &text[1..];
    }
    Ok(text)
}

fn without_spaces(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|byte| **byte == b' ').count()..]
}

/// Reads one or two digits.
fn digits2(text: &[u8], both: bool) -> Result<(i64, &[u8]), Bad> {
    let digit = |at: usize| text.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'));
    match (digit(0), digit(1)) {
        (Some(first), Some(second)) => Ok((first * 10 + second, &text[2..])),
        (Some(first), None) if !both => Ok((first, &text[1..])),
        _ => Err(Bad),
    }
}

/// Reads digits with an optional sign; no digits are zero.
fn signed_number(text: &[u8]) -> Result<i64, Bad> {
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let mut number = 0;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return Err(Bad);
        }
        number = number * 10 + i64::from(byte - b'0');
    }
    Ok(if negative { -number } else { number })
}

fn find_name(text: &[u8], names: impl Iterator<Item = &'static str>) -> Result<(usize, &[u8]), Bad> {
    for (index, name) in names.enumerate() {
        if let Some((head, rest)) = text.split_at_checked(name.len())
            && head.eq_ignore_ascii_case(name.as_bytes())
        {
            return Ok((index, rest));
        }
    }
    Err(Bad)
}

/// The length of a fraction with at least one digit at the beginning.
fn fraction_length(text: &[u8]) -> Option<usize> {
    if !matches!(text.first(), Some(b'.' | b',')) {
        return None;
    }
    let digits = text[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0).then_some(1 + digits)
}

/// The length of what looks like an abbreviation of a zone.
fn zone_name_length(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_hours_length(rest));
    }
    if matches!(text[0], b'+' | b'-') {
        return Some(signed_hours_length(text)).filter(|length| *length > 0);
    }
    let capitals = text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count();
    match capitals {
        3 => Some(3),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        5 if text[4] == b'T' => Some(5),
        _ => None,
    }
}

/// The length of a sign and a number up to 23, or 0.
fn signed_hours_length(text: &[u8]) -> usize {
    if !matches!(text.first(), Some(b'+' | b'-')) {
        return 0;
    }
    let digits = text[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = text[1..=digits]
        .iter()
        .fold(0_u64, |number, byte| number.saturating_mul(10).saturating_add(u64::from(byte - b'0')));
    if digits == 0 || number > 23 { 0 } else { 1 + digits }
}

/// The quoting of Go's `time`, which is not that of `strconv`.
pub(super) fn quote(text: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in text {
        match byte {
            b'"' | b'\\' => {
                out.push('\\');
                out.push(char::from(*byte));
            }
            b' '..0x80 => out.push(char::from(*byte)),
            _ => {
                let _ = write!(out, "\\x{byte:02x}");
            }
        }
    }
    out.push('"');
    out
}
