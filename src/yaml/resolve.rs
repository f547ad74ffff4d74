//! What a plain scalar means: go-yaml's resolver, version 2 and 3.

use super::number::{parse_float, parse_int, parse_uint, underscores_separate_digits};

/// A resolved scalar. A string is not kept: it is the text itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond int64.
    Uint(u64),
    Float(f64),
    Timestamp,
    Str,
}

impl Scalar {
    /// Returns the short name of the tag.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool(_) => "!!bool",
            Self::Int(_) | Self::Uint(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Timestamp => "!!timestamp",
            Self::Str => "!!str",
        }
    }
}

/// The library whose rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// go-yaml v2: the booleans of YAML 1.1.
    V2,
    /// go-yaml v3: the booleans of YAML 1.2, and `0o` octals.
    V3,
}

/// Resolves a plain scalar without a tag.
pub(super) fn resolve(text: &[u8], version: Version) -> Scalar {
    let Some(&first) = text.first() else { return Scalar::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' => known_word(text, version).unwrap_or_else(|| resolve_number(text, version)),
        b'.' => known_word(text, version).unwrap_or_else(|| resolve_fraction(text)),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            known_word(text, version).unwrap_or(Scalar::Str)
        }
        _ => Scalar::Str,
    }
}

fn known_word(text: &[u8], version: Version) -> Option<Scalar> {
    if text.len() > 5 {
        return None;
    }
    Some(match text {
        b"true" | b"True" | b"TRUE" => Scalar::Bool(true),
        b"false" | b"False" | b"FALSE" => Scalar::Bool(false),
        b"~" | b"null" | b"Null" | b"NULL" => Scalar::Null,
        b".nan" | b".NaN" | b".NAN" => Scalar::Float(f64::NAN),
        b".inf" | b".Inf" | b".INF" | b"+.inf" | b"+.Inf" | b"+.INF" => Scalar::Float(f64::INFINITY),
        b"-.inf" | b"-.Inf" | b"-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ if version == Version::V2 => Scalar::Bool(old_bool(text)?),
        _ => return None,
    })
}

/// Returns the truth of a word that is a boolean in YAML 1.1 alone.
pub(super) fn old_bool(text: &[u8]) -> Option<bool> {
    match text {
        b"y" | b"Y" | b"yes" | b"Yes" | b"YES" | b"on" | b"On" | b"ON" => Some(true),
        b"n" | b"N" | b"no" | b"No" | b"NO" | b"off" | b"Off" | b"OFF" => Some(false),
        _ => None,
    }
}

fn resolve_fraction(text: &[u8]) -> Scalar {
    // Go's own float syntax: underscores between digits, no need of YAML's form.
    if !underscores_separate_digits(text) {
        return Scalar::Str;
    }
    let plain: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'_').collect();
    match has_float_form(&plain).then(|| parse_float(&plain)).flatten() {
        Some(value) => Scalar::Float(value),
        None => Scalar::Str,
    }
}

fn resolve_number(text: &[u8], version: Version) -> Scalar {
    // No number holds anything else than these.
    if !text.iter().all(|byte| byte.is_ascii_hexdigit() || b"+-._:xXoObBeETtZ ,".contains(byte)) {
        return Scalar::Str;
    }
    if is_timestamp(text) {
        return Scalar::Timestamp;
    }
    let without_underscores: Vec<u8>;
    let plain = if text.contains(&b'_') {
        without_underscores = text.iter().copied().filter(|byte| *byte != b'_').collect();
        &without_underscores
    } else {
        text
    };
    if let Some(value) = parse_int(plain, 0) {
        return Scalar::Int(value);
    }
    if let Some(value) = parse_uint(plain, 0) {
        return Scalar::Uint(value);
    }
    if has_float_form(plain)
        && let Some(value) = parse_float(plain)
    {
        return Scalar::Float(value);
    }
    // What is left has a second sign after its prefix.
    resolve_prefixed(plain, b"0b", b"-0b", 2)
        .or_else(|| (version == Version::V3).then(|| resolve_prefixed(plain, b"0o", b"-0o", 8)).flatten())
        .unwrap_or(Scalar::Str)
}

fn resolve_prefixed(plain: &[u8], prefix: &[u8], negative_prefix: &[u8], base: u32) -> Option<Scalar> {
    if let Some(digits) = plain.strip_prefix(prefix) {
        return parse_int(digits, base).map(Scalar::Int).or_else(|| parse_uint(digits, base).map(Scalar::Uint));
    }
    let digits = plain.strip_prefix(negative_prefix)?;
    let mut signed = b"-".to_vec();
    signed.extend_from_slice(digits);
    parse_int(&signed, base).map(Scalar::Int)
}

/// Tells whether a text is `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn has_float_form(text: &[u8]) -> bool {
    fn digits(text: &[u8]) -> (usize, &[u8]) {
        let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (count, &text[count..])
    }
    fn signless(text: &[u8]) -> &[u8] {
        match text {
            [b'+' | b'-', rest @ ..] => rest,
            _ => text,
        }
    }
    let (whole, mut rest) = digits(signless(text));
    let mut fraction = 0;
    if let [b'.', after @ ..] = rest {
        (fraction, rest) = digits(after);
    }
    if whole + fraction == 0 {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', after @ ..] => {
            let (count, end) = digits(signless(after));
            count > 0 && end.is_empty()
        }
        _ => false,
    }
}

/// Tells whether go-yaml takes a text for a date: `2001-1-2`, `2001-1-2 3:4:5.6`, `2001-1-2T3:4:5.6Z`, `…+07:00`.
pub(super) fn is_timestamp(text: &[u8]) -> bool {
    let Some((year, rest)) = text.split_at_checked(4) else { return false };
    if !year.iter().all(u8::is_ascii_digit) || rest.first() != Some(&b'-') {
        return false;
    }
    let year = number(year);
    date(&rest[1..], year).is_some_and(|rest| match rest {
        [] => true,
        [b'T' | b't', rest @ ..] => time(rest).is_some_and(is_zone),
        [b' ', ..] => {
            let spaces = rest.iter().take_while(|byte| **byte == b' ').count();
            let rest = &rest[spaces..];
            time(rest).is_some_and(<[u8]>::is_empty)
        }
        _ => false,
    })
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
}

/// Takes a number of one or two digits.
fn short_number(text: &[u8]) -> Option<(u32, &[u8])> {
    let width = text.iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
    (width > 0).then(|| (number(&text[..width]), &text[width..]))
}

fn date(text: &[u8], year: u32) -> Option<&[u8]> {
    let (month, rest) = short_number(text)?;
    let (day, rest) = short_number(rest.strip_prefix(b"-")?)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

fn time(text: &[u8]) -> Option<&[u8]> {
    let (hour, rest) = short_number(text)?;
    let (minute, rest) = short_number(rest.strip_prefix(b":")?)?;
    let (second, rest) = short_number(rest.strip_prefix(b":")?)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    match rest {
        [b'.' | b',', digits @ ..] => {
            let width = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
            Some(if width > 0 { &digits[width..] } else { rest })
        }
        _ => Some(rest),
    }
}

fn is_zone(text: &[u8]) -> bool {
    match text {
        b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit())
                && number(&[*h1, *h2]) <= 24
                && number(&[*m1, *m2]) <= 60
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_as_go_yaml_does() {
        for (text, v2, v3) in [
            ("y", Scalar::Bool(true), Scalar::Str),
            ("Off", Scalar::Bool(false), Scalar::Str),
            ("True", Scalar::Bool(true), Scalar::Bool(true)),
            ("", Scalar::Null, Scalar::Null),
            ("<<", Scalar::Str, Scalar::Str),
            ("0o17", Scalar::Int(15), Scalar::Int(15)),
            ("0o-17", Scalar::Str, Scalar::Int(-15)),
            ("0b-11", Scalar::Int(-3), Scalar::Int(-3)),
            ("08", Scalar::Float(8.0), Scalar::Float(8.0)),
            ("1_000", Scalar::Int(1000), Scalar::Int(1000)),
            ("0x_F", Scalar::Int(15), Scalar::Int(15)),
            ("9223372036854775808", Scalar::Uint(1 << 63), Scalar::Uint(1 << 63)),
            ("1e400", Scalar::Str, Scalar::Str),
            ("12e4567", Scalar::Str, Scalar::Str),
            (".5_0", Scalar::Float(0.5), Scalar::Float(0.5)),
            ("._5", Scalar::Str, Scalar::Str),
            ("12:30:45", Scalar::Str, Scalar::Str),
            ("2001-01-01", Scalar::Timestamp, Scalar::Timestamp),
            ("2001-02-29", Scalar::Str, Scalar::Str),
            ("2001-1-2T3:4:5.678Z", Scalar::Timestamp, Scalar::Timestamp),
            ("2001-1-2t3:4:5+07:00", Scalar::Timestamp, Scalar::Timestamp),
            ("2001-1-2T3:4:5", Scalar::Str, Scalar::Str),
            ("2001-1-2 3:4:5,5", Scalar::Timestamp, Scalar::Timestamp),
        ] {
            assert_eq!(resolve(text.as_bytes(), Version::V2), v2, "{text}");
            assert_eq!(resolve(text.as_bytes(), Version::V3), v3, "{text}");
        }
    }
}
