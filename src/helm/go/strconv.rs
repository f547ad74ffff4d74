//! Numbers to text and back as Go's `strconv` does.

use std::fmt::Write as _;

use super::quote::quote_text;
use crate::yaml::number::shortest;
use crate::yaml::{push_int, push_uint};

/// Why a text is no number; the text of Go's error is [`NumberError::message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// `invalid syntax`
    Syntax,
    /// `value out of range`
    Range,
}

impl NumberError {
    /// Returns Go's text: `strconv.ParseInt: parsing "x": invalid syntax`.
    pub fn message(self, function: &str, text: &[u8]) -> String {
        let reason = match self {
            Self::Syntax => "invalid syntax",
            Self::Range => "value out of range",
        };
        format!("strconv.{function}: parsing {}: {reason}", quote_text(text))
    }
}

/// Reads an unsigned number; base 0 takes the base from the prefix and allows underscores.
///
/// # Errors
/// As `strconv.ParseUint` with 64 bits.
pub fn parse_uint(text: &[u8], base: u32) -> Result<u64, NumberError> {
    let (base, digits, by_prefix) = match (base, text) {
        (_, []) => return Err(NumberError::Syntax),
        (0, [b'0', b'b' | b'B', rest @ ..]) if !rest.is_empty() => (2, rest, true),
        (0, [b'0', b'o' | b'O', rest @ ..]) if !rest.is_empty() => (8, rest, true),
        (0, [b'0', b'x' | b'X', rest @ ..]) if !rest.is_empty() => (16, rest, true),
        (0, [b'0', rest @ ..]) => (8, rest, true),
        (0, _) => (10, text, true),
        _ => (base, text, false),
    };
    let mut value = Some(0_u64);
    let mut underscores = false;
    for &byte in digits {
        if byte == b'_' && by_prefix {
            underscores = true;
            continue;
        }
        let digit = char::from(byte).to_digit(base).ok_or(NumberError::Syntax)?;
        // Go stops at the first digit that does not fit, and does not look at what follows.
        value = value.and_then(|value| value.checked_mul(u64::from(base))?.checked_add(u64::from(digit)));
        if value.is_none() {
            return Err(NumberError::Range);
        }
    }
    if underscores && !underscores_are_right(text) {
        return Err(NumberError::Syntax);
    }
    value.ok_or(NumberError::Range)
}

/// Reads a signed number; base 0 takes the base from the prefix and allows underscores.
///
/// # Errors
/// As `strconv.ParseInt` with 64 bits.
pub fn parse_int(text: &[u8], base: u32) -> Result<i64, NumberError> {
    let (negative, digits) = match text {
        [b'+', rest @ ..] => (false, rest),
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let value = parse_uint(digits, base)?;
    let signed = if negative { 0_i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() };
    signed.ok_or(NumberError::Range)
}

/// Reads a bool as `strconv.ParseBool` does.
pub fn parse_bool(text: &[u8]) -> Option<bool> {
    match text {
        b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True" => Some(true),
        b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False" => Some(false),
        _ => None,
    }
}

/// Reads a float64, decimal or hexadecimal. Out of range is an error here, where Go gives an infinity beside it.
///
/// # Errors
/// As `strconv.ParseFloat` with 64 bits.
pub fn parse_float(text: &[u8]) -> Result<f64, NumberError> {
    let (negative, unsigned) = match text {
        [b'+', rest @ ..] => (false, rest),
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if unsigned.eq_ignore_ascii_case(b"inf") || unsigned.eq_ignore_ascii_case(b"infinity") {
        return Ok(if negative { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if text.eq_ignore_ascii_case(b"nan") {
        return Ok(f64::NAN);
    }
    if text.contains(&b'_') && !underscores_are_right(text) {
        return Err(NumberError::Syntax);
    }
    let digits: String = unsigned.iter().filter(|&&byte| byte != b'_').map(|&byte| char::from(byte)).collect();
    let hexadecimal = matches!(unsigned, [b'0', b'x' | b'X', _, ..]);
    let value = if hexadecimal { parse_hexadecimal(&digits[2..])? } else { parse_decimal(&digits)? };
    Ok(if negative { -value } else { value })
}

fn parse_decimal(text: &str) -> Result<f64, NumberError> {
    let is_part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    if !text.starts_with(|first: char| first.is_ascii_digit() || first == '.') || !text.bytes().all(is_part) {
        return Err(NumberError::Syntax);
    }
    let value: f64 = text.parse().map_err(|_| NumberError::Syntax)?;
    if value.is_infinite() { Err(NumberError::Range) } else { Ok(value) }
}

/// Reads what follows `0x`: hexadecimal digits with a point and a binary exponent, which must be there.
fn parse_hexadecimal(text: &str) -> Result<f64, NumberError> {
    let (mantissa_text, exponent_text) = text.split_once(['p', 'P']).ok_or(NumberError::Syntax)?;
    let exponent = exponent_text.strip_prefix(['+', '-']).unwrap_or(exponent_text);
    if exponent.is_empty() || !exponent.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    let size =
        exponent.bytes().fold(0_i64, |sum, digit| if sum < 10_000 { sum * 10 + i64::from(digit - b'0') } else { sum });
    let mut power = if exponent_text.starts_with('-') { -size } else { size };
    let (mut mantissa, mut seen_point, mut seen_digit) = (0_u64, false, false);
    for letter in mantissa_text.chars() {
        if letter == '.' && !seen_point {
            seen_point = true;
            continue;
        }
        let digit = u64::from(letter.to_digit(16).ok_or(NumberError::Syntax)?);
        seen_digit = true;
        if mantissa >> 56 == 0 {
            mantissa = mantissa << 4 | digit;
            power -= if seen_point { 4 } else { 0 };
        } else {
            // Only whether something non-zero was cut matters for rounding.
            mantissa |= u64::from(digit != 0);
            power += if seen_point { 0 } else { 4 };
        }
    }
    if seen_digit { scale(mantissa, power) } else { Err(NumberError::Syntax) }
}

/// Returns mantissa · 2^power, rounded once to the nearest even.
fn scale(mantissa: u64, power: i64) -> Result<f64, NumberError> {
    if mantissa == 0 {
        return Ok(0.0);
    }
    let leading = 63 - i64::from(mantissa.leading_zeros());
    let lowest = (leading + power - 52).max(-1074);
    let shift = lowest - power;
    let (kept, half_or_more) = match u32::try_from(shift) {
        Err(_) => (mantissa << shift.unsigned_abs().min(63), false),
        Ok(shift @ 0..=64) => {
            let wide = u128::from(mantissa);
            let (kept, rest) = ((wide >> shift) as u64, wide & ((1_u128 << shift) - 1));
            let half = if shift == 0 { u128::MAX } else { 1_u128 << (shift - 1) };
            (kept, rest > half || (rest == half && kept % 2 == 1))
        }
        Ok(_) => (0, false),
    };
    let rounded = kept + u64::from(half_or_more);
    let (rounded, lowest) = if rounded >> 53 != 0 { (rounded >> 1, lowest + 1) } else { (rounded, lowest) };
    if lowest > 971 {
        return Err(NumberError::Range);
    }
    let biased = if rounded >> 52 == 0 { 0 } else { (lowest + 1075) as u64 };
    Ok(f64::from_bits(biased << 52 | (rounded & ((1 << 52) - 1))))
}

/// Tells whether underscores stand only between digits, or between a base prefix and a digit.
fn underscores_are_right(text: &[u8]) -> bool {
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let (digits, hexadecimal, mut last) = match unsigned {
        [b'0', b'b' | b'B' | b'o' | b'O', rest @ ..] => (rest, false, '0'),
        [b'0', b'x' | b'X', rest @ ..] => (rest, true, '0'),
        _ => (unsigned, false, '^'),
    };
    for &byte in digits {
        last = match byte {
            _ if byte.is_ascii_digit() || (hexadecimal && byte.is_ascii_hexdigit()) => '0',
            b'_' if last == '0' => '_',
            b'_' => return false,
            _ if last == '_' => return false,
            _ => '!',
        };
    }
    last != '_'
}

/// How a float is written; the letters are Go's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatFormat {
    /// `%e`
    Exponent,
    /// `%f`
    Plain,
    /// `%g`: the exponent form for large and small numbers.
    General,
    /// `%b`: a decimal mantissa and a binary exponent.
    Binary,
    /// `%x`
    Hexadecimal,
}

/// Appends a float64 as `strconv.AppendFloat` writes it; no precision means the shortest text that reads back the same.
pub fn append_float(out: &mut Vec<u8>, value: f64, format: FloatFormat, precision: Option<usize>) {
    if value.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if value.is_infinite() {
        return out.extend_from_slice(if value < 0.0 { b"-Inf" } else { b"+Inf" });
    }
    if format == FloatFormat::General && precision.is_none() && append_small_integer(out, value) {
        return;
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let size = value.abs();
    match format {
        FloatFormat::Binary => append_binary(out, size),
        FloatFormat::Hexadecimal => append_hexadecimal(out, size, precision),
        FloatFormat::Plain => append_plain(out, size, precision),
        FloatFormat::Exponent => {
            let digits = Digits::of(size, precision.map(|precision| precision.saturating_add(1)));
            let fraction = precision.unwrap_or_else(|| digits.digits.len().saturating_sub(1));
            digits.append_exponent(out, fraction);
        }
        FloatFormat::General => append_general(out, size, precision),
    }
}

/// Writes the whole numbers that `%v` prints without an exponent, which is what nearly every number of a chart is.
fn append_small_integer(out: &mut Vec<u8>, value: f64) -> bool {
    let whole = value as i32;
    let fits = f64::from(whole).to_bits() == value.to_bits() && whole.unsigned_abs() < 1_000_000;
    if fits {
        push_int(out, i64::from(whole));
    }
    fits
}

/// The significant digits of a number, without trailing zeros; the value is 0.DIGITS · 10^point.
struct Digits {
    digits: Vec<u8>,
    point: i64,
}

impl Digits {
    /// Returns the shortest digits that read back the same, or the number rounded to a count of digits.
    fn of(value: f64, count: Option<usize>) -> Self {
        if value == 0.0 {
            return Self { digits: Vec::new(), point: 0 };
        }
        // No float64 has more than 767 significant digits; the formatter refuses precisions beyond 16 bits.
        let text = match count {
            None => shortest(value),
            Some(count) => format!("{value:.*e}", count.clamp(1, 800) - 1),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mut digits: Vec<u8> = mantissa.bytes().filter(|&byte| byte != b'.').collect();
        digits.truncate(digits.iter().rposition(|&digit| digit != b'0').map_or(0, |last| last + 1));
        Self { digits, point: exponent.parse::<i64>().unwrap_or(0) + 1 }
    }

    fn append_exponent(&self, out: &mut Vec<u8>, fraction: usize) {
        out.push(self.digits.first().copied().unwrap_or(b'0'));
        if fraction > 0 {
            out.push(b'.');
            let rest = self.digits.get(1..).unwrap_or_default();
            let shown = &rest[..rest.len().min(fraction)];
            out.extend_from_slice(shown);
            out.resize(out.len() + fraction - shown.len(), b'0');
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
        append_padded(out, exponent.unsigned_abs());
    }

    fn append_plain(&self, out: &mut Vec<u8>, fraction: usize) {
        let whole = usize::try_from(self.point).unwrap_or(0);
        let taken = whole.min(self.digits.len());
        if self.point > 0 {
            out.extend_from_slice(&self.digits[..taken]);
            out.resize(out.len() + whole - taken, b'0');
        } else {
            out.push(b'0');
        }
        if fraction > 0 {
            out.push(b'.');
            let end = out.len() + fraction;
            let zeros = usize::try_from(-self.point).unwrap_or(0).min(fraction);
            out.resize(out.len() + zeros, b'0');
            let rest = &self.digits[taken..];
            out.extend_from_slice(&rest[..rest.len().min(fraction - zeros)]);
            out.resize(end, b'0');
        }
    }
}

/// Appends an exponent with at least two digits.
fn append_padded(out: &mut Vec<u8>, exponent: u64) {
    if exponent < 10 {
        out.push(b'0');
    }
    push_uint(out, exponent);
}

fn append_plain(out: &mut Vec<u8>, value: f64, precision: Option<usize>) {
    let Some(precision) = precision else {
        let digits = Digits::of(value, None);
        let fraction = usize::try_from(digits.digits.len() as i64 - digits.point).unwrap_or(0);
        return digits.append_plain(out, fraction);
    };
    // The last digit of the smallest float64 is the 1074th after the point.
    let exact = precision.min(1080);
    let text = format!("{value:.exact$}");
    out.extend_from_slice(text.as_bytes());
    out.resize(out.len() + precision - exact, b'0');
}

fn append_general(out: &mut Vec<u8>, value: f64, precision: Option<usize>) {
    let digits = Digits::of(value, precision.map(|precision| precision.max(1)));
    let count = digits.digits.len();
    let shown = precision.map_or(count, |precision| precision.max(1));
    let limit = match precision {
        None => 6,
        Some(_) if shown > count && count as i64 >= digits.point => count,
        Some(_) => shown,
    };
    let exponent = digits.point - 1;
    if exponent < -4 || exponent >= limit as i64 {
        return digits.append_exponent(out, shown.min(count).saturating_sub(1));
    }
    let shown = if shown as i64 > digits.point { count } else { shown };
    digits.append_plain(out, usize::try_from(shown as i64 - digits.point).unwrap_or(0));
}

/// Returns mantissa and exponent so that the value is mantissa · 2^(exponent - 52).
fn parts(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    if biased == 0 { (fraction, -1022) } else { (fraction | 1 << 52, biased - 1023) }
}

fn append_binary(out: &mut Vec<u8>, value: f64) {
    let (mantissa, exponent) = parts(value);
    push_uint(out, mantissa);
    out.push(b'p');
    if exponent >= 52 {
        out.push(b'+');
    }
    push_int(out, exponent - 52);
}

fn append_hexadecimal(out: &mut Vec<u8>, value: f64, precision: Option<usize>) {
    let (mantissa, mut exponent) = parts(value);
    let mut mantissa = mantissa << 8;
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros() - 3;
        mantissa <<= shift;
        exponent -= i64::from(shift);
    }
    if let Some(precision) = precision.filter(|&precision| precision < 15) {
        let shift = precision as u32 * 4;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut text = format!("0x{}", mantissa >> 60 & 1);
    let fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let shown = match precision {
        None => fraction.trim_end_matches('0'),
        Some(precision) => &fraction[..precision.min(15)],
    };
    if !shown.is_empty() {
        let zeros = precision.unwrap_or(0).saturating_sub(shown.len());
        let _ = write!(text, ".{shown}");
        text.extend(std::iter::repeat_n('0', zeros));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(text, "p{sign}{:02}", exponent.abs());
    out.extend_from_slice(text.as_bytes());
}
