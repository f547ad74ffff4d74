//! Formats of days, times and durations.

use super::{fail, quoted_character};
use crate::helm::go::strconv::{NumberError, parse_int};
use crate::helm::go::time::Time;

pub(super) fn duration(text: &str) -> Result<(), String> {
    let Some(text) = text.strip_prefix('P') else { return fail("must start with P") };
    if text.is_empty() {
        return fail("nothing after P");
    }
    if let Some(weeks) = text.strip_suffix('W') {
        let is_number = weeks.bytes().all(|byte| byte.is_ascii_digit());
        return match weeks {
            "" => fail("no number in week"),
            _ if is_number => Ok(()),
            _ => fail("invalid week"),
        };
    }
    for (index, mut part) in text.split('T').enumerate() {
        if index != 0 && part.is_empty() {
            return fail("no time elements");
        }
        let Some(all) = ["YMD", "HMS"].get(index) else { return fail("more than one T") };
        let mut units = *all;
        while !part.is_empty() {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            if rest.len() == part.len() {
                return fail("missing number");
            }
            let Some(unit) = rest.chars().next() else { return fail("missing unit") };
            let Some(place) = units.find(unit) else {
                // The library looks at one byte.
                let quoted = quoted_character(rest.as_bytes().first().copied().unwrap_or_default());
                let is_known = all.contains(unit);
                return Err(if is_known {
                    format!("unit {quoted} out of order")
                } else {
                    format!("invalid unit {quoted}")
                });
            };
            units = units.get(place + 1..).unwrap_or_default();
            part = rest.get(1..).unwrap_or_default();
        }
    }
    Ok(())
}

pub(super) fn date(text: &str) -> Result<(), String> {
    Time::parse(b"2006-01-02", text.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
}

/// Reads numbers with colons between them; the words say what they are.
fn clock(text: &str, parts: usize, words: &str) -> Result<Vec<i64>, String> {
    let read = |part: &str| match parse_int(part.as_bytes(), 10) {
        Ok(number) if number >= 0 => Ok(number),
        Ok(_) => Err(format!("non-positive {words}")),
        Err(NumberError::Syntax | NumberError::Range) => Err(format!("invalid {words}")),
    };
    text.splitn(parts, ':').map(read).collect()
}

pub(super) fn time(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return fail("less than 9 characters long");
    }
    let bytes = text.as_bytes();
    if bytes.get(2) != Some(&b':') || bytes.get(5) != Some(&b':') {
        return fail("missing colon in correct place");
    }
    // What is cut in the middle of a character is no number.
    let Some((clock_part, mut rest)) = text.split_at_checked(8) else { return fail("invalid hour/min/sec") };
    let [hour, minute, second] = clock(clock_part, 3, "hour/min/sec")?[..] else {
        return fail("missing hour/min/sec");
    };
    if hour > 23 || minute > 59 || second > 60 {
        return fail("hour/min/sec out of range");
    }
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return fail("no digits in second fraction");
        }
    }
    let minutes = match rest {
        "z" | "Z" => hour * 60 + minute,
        _ => {
            // The library puts what lies before midnight into the day, but not what lies after it.
            let minutes = hour * 60 + minute + offset(rest)?;
            if minutes < 0 { minutes + 24 * 60 } else { minutes }
        }
    };
    if second >= 60 && minutes != 24 * 60 - 1 { fail("invalid leap second") } else { Ok(()) }
}

/// Reads an offset, in minutes to UTC.
fn offset(text: &str) -> Result<i64, String> {
    if text.len() != 6 {
        return Err("offset must be 6 characters long".to_owned());
    }
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (-1, rest),
        Some(("-", rest)) => (1, rest),
        _ => return Err("offset must begin with plus/minus".to_owned()),
    };
    if rest.as_bytes().get(2) != Some(&b':') {
        return Err("missing colon in offset in correct place".to_owned());
    }
    match clock(rest, 2, "hour/min in offset")?[..] {
        [hours @ 0..24, minutes @ 0..60] => Ok(sign * (hours * 60 + minutes)),
        _ => Err("hour/min in offset out of range".to_owned()),
    }
}

pub(super) fn date_time(text: &str) -> Result<(), String> {
    if text.len() < 20 {
        return fail("less than 20 characters long");
    }
    if !matches!(text.as_bytes().get(10), Some(b't' | b'T')) {
        return fail("11th character must be t or T");
    }
    // The library cuts bytes, which may cut a character.
    let part = |range: &[u8]| String::from_utf8_lossy(range).into_owned();
    let (day, clock) = (part(&text.as_bytes()[..10]), part(&text.as_bytes()[11..]));
    date(&day).map_err(|reason| format!("invalid date element: {reason}"))?;
    time(&clock).map_err(|reason| format!("invalid time element: {reason}"))
}

/// A start and an end, one of which may be a duration.
pub(super) fn period(text: &str) -> Result<(), String> {
    let Some((start, end)) = text.split_once('/') else { return fail("missing slash") };
    let at = |which: &str, text: &str| date_time(text).map_err(|reason| format!("invalid {which} date-time: {reason}"));
    let lasts =
        |which: &str, text: &str| duration(text).map_err(|reason| format!("invalid {which} duration: {reason}"));
    if start.starts_with('P') {
        lasts("start", start)?;
        return at("end", end);
    }
    at("start", start)?;
    if end.starts_with('P') { lasts("end", end) } else { at("end", end) }
}
