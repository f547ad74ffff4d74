//! Durations: reading and rounding; they are printed by [`crate::helm::go::types::duration_text`].

use super::parse::quote;

/// Reads a duration such as `1h30m` into nanoseconds.
///
/// # Errors
/// Go's words for what is wrong.
pub fn parse_duration(text: &[u8]) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    let (negative, mut rest) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    const LIMIT: u64 = 1 << 63;
    let mut total = 0_u64;
    while !rest.is_empty() {
        if !matches!(rest[0], b'.' | b'0'..=b'9') {
            return Err(invalid());
        }
        let before = rest.len();
        let (whole, after) = leading_integer(rest).ok_or_else(invalid)?;
        let has_whole = after.len() != before;
        rest = after;
        let (mut fraction, mut scale, mut has_fraction) = (0, 1.0, false);
        if let Some(after) = rest.strip_prefix(b".") {
            let digits;
            (fraction, scale, digits) = leading_fraction(after);
            has_fraction = digits > 0;
            rest = &after[digits..];
        }
        if !has_whole && !has_fraction {
            return Err(invalid());
        }
        let length = rest.iter().take_while(|byte| !matches!(byte, b'.' | b'0'..=b'9')).count();
        if length == 0 {
            return Err(format!("time: missing unit in duration {}", quote(text)));
        }
        let unit = unit(&rest[..length])
            .ok_or_else(|| format!("time: unknown unit {} in duration {}", quote(&rest[..length]), quote(text)))?;
        rest = &rest[length..];
        if whole > LIMIT / unit {
            return Err(invalid());
        }
        let mut part = whole * unit;
        if fraction > 0 {
            part += (fraction as f64 * (unit as f64 / scale)) as u64;
            if part > LIMIT {
                return Err(invalid());
            }
        }
        total = total.wrapping_add(part);
        if total > LIMIT {
            return Err(invalid());
        }
    }
    if negative {
        return Ok((total as i64).wrapping_neg());
    }
    i64::try_from(total).map_err(|_| invalid())
}

/// Rounds towards zero to a multiple.
pub fn truncate_duration(duration: i64, multiple: i64) -> i64 {
    if multiple <= 0 { duration } else { duration - duration % multiple }
}

/// Rounds to the nearest multiple, half away from zero; at the ends of the range it stays there.
pub fn round_duration(duration: i64, multiple: i64) -> i64 {
    if multiple <= 0 {
        return duration;
    }
    let remainder = i128::from(duration % multiple).abs();
    let away = if remainder * 2 < multiple.into() { -remainder } else { i128::from(multiple) - remainder };
    let rounded = if duration < 0 { i128::from(duration) - away } else { i128::from(duration) + away };
    rounded.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

fn leading_integer(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut number = 0_u64;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    for byte in &text[..digits] {
        number = number.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
        if number > 1 << 63 {
            return None;
        }
    }
    Some((number, &text[digits..]))
}

/// Reads digits as far as 63 bits hold them, with the power of ten that they are divided by, and counts all.
fn leading_fraction(text: &[u8]) -> (u64, f64, usize) {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut number, mut scale) = (0_u64, 1.0);
    for byte in &text[..digits] {
        if number > i64::MAX as u64 / 10 {
            break;
        }
        let next = number * 10 + u64::from(byte - b'0');
        if next > 1 << 63 {
            break;
        }
        number = next;
        scale *= 10.0;
    }
    (number, scale, digits)
}

fn unit(name: &[u8]) -> Option<u64> {
    Some(match name {
        b"ns" => 1,
        b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => 1_000,
        b"ms" => 1_000_000,
        b"s" => 1_000_000_000,
        b"m" => 60_000_000_000,
        b"h" => 3_600_000_000_000,
        _ => return None,
    })
}
