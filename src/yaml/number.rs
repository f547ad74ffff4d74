//! Numbers as Go's strconv reads and prints them, as far as YAML and JSON need it.

/// Appends a signed integer.
pub(crate) fn push_int(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    push_uint(out, value.unsigned_abs());
}

/// Appends an unsigned integer.
pub(crate) fn push_uint(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0_u8; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends a finite float as `encoding/json` does: plain digits, an exponent below 1e-6 and from 1e21 on.
pub(crate) fn push_json_float(out: &mut Vec<u8>, value: f64) {
    let magnitude = value.abs();
    if magnitude < 9e15 && value.trunc() == value {
        if value.is_sign_negative() {
            out.push(b'-');
        }
        return push_uint(out, magnitude as u64);
    }
    let (digits, exponent) = parts(&shortest(magnitude));
    if (1e-6..1e21).contains(&magnitude) {
        push_plain(out, value.is_sign_negative(), &digits, exponent);
    } else {
        push_scientific(out, value.is_sign_negative(), &digits, exponent, 1);
    }
}

/// Appends a float as `strconv.FormatFloat(value, 'g', -1, 64)` does.
pub(crate) fn push_shortest_float(out: &mut Vec<u8>, value: f64) {
    push_general(out, value, || shortest(value));
}

/// Appends a float as `strconv.FormatFloat(value, 'g', -1, 32)` does: with the digits of a float32.
pub(crate) fn push_shortest_float32(out: &mut Vec<u8>, value: f64) {
    let single = value as f32;
    push_general(out, single.into(), || shortest32(single));
}

/// Returns the shortest text in exponent form that is read back as the same float.
pub(crate) fn shortest(value: f64) -> String {
    const FEWEST: usize = 15;
    even_of_two(format!("{value:e}"), FEWEST, |text| text.parse() == Ok(value), |places| format!("{value:.places$e}"))
}

/// As [`shortest`], for a float32. A power of two that lies half-way (2^-12) goes up: there Go has the rule of float64 only.
fn shortest32(value: f32) -> String {
    const FEWEST: usize = 7;
    const MANTISSA: u32 = (1 << 23) - 1;
    if value.to_bits() & MANTISSA == 0 {
        return format!("{value:e}");
    }
    even_of_two(format!("{value:e}"), FEWEST, |text| text.parse() == Ok(value), |places| format!("{value:.places$e}"))
}

/// Of two shortest texts that are equally near Go takes the one that ends in an even digit, Rust the larger, but not where it
/// rounds to a given number of places. Only numbers of many digits lie half-way.
fn even_of_two(
    text: String,
    fewest: usize,
    is_same: impl Fn(&str) -> bool,
    rounded: impl Fn(usize) -> String,
) -> String {
    let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    if digits < fewest {
        return text;
    }
    let nearest = rounded(digits - 1);
    if is_same(&nearest) { nearest } else { text }
}

/// Returns the digits and the exponent of a text in exponent form.
fn parts(text: &str) -> (Vec<u8>, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa.bytes().filter(u8::is_ascii_digit).collect(), exponent.parse().unwrap_or(0))
}

fn push_general(out: &mut Vec<u8>, value: f64, scientific: impl Fn() -> String) {
    if value.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if value.is_infinite() {
        return out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    }
    let (digits, exponent) = parts(&scientific());
    if (-4..6).contains(&exponent) {
        push_plain(out, value.is_sign_negative(), &digits, exponent);
    } else {
        push_scientific(out, value.is_sign_negative(), &digits, exponent, 2);
    }
}

fn push_plain(out: &mut Vec<u8>, negative: bool, digits: &[u8], exponent: i32) {
    if negative {
        out.push(b'-');
    }
    if exponent < 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', (-exponent - 1) as usize));
        out.extend_from_slice(digits);
        return;
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        out.extend_from_slice(digits);
        out.extend(std::iter::repeat_n(b'0', whole - digits.len()));
    } else {
        out.extend_from_slice(&digits[..whole]);
        out.push(b'.');
        out.extend_from_slice(&digits[whole..]);
    }
}

fn push_scientific(out: &mut Vec<u8>, negative: bool, digits: &[u8], exponent: i32, exponent_digits: usize) {
    if negative {
        out.push(b'-');
    }
    let Some((first, rest)) = digits.split_first() else { return };
    out.push(*first);
    if !rest.is_empty() {
        out.push(b'.');
        out.extend_from_slice(rest);
    }
    out.push(b'e');
    out.push(if exponent < 0 { b'-' } else { b'+' });
    let exponent = exponent.unsigned_abs();
    if exponent_digits == 2 && exponent < 10 {
        out.push(b'0');
    }
    push_uint(out, exponent.into());
}

/// Appends what `time.Duration.String` returns.
pub(crate) fn push_duration(out: &mut Vec<u8>, nanoseconds: i64) {
    let total = nanoseconds.unsigned_abs();
    if total == 0 {
        return out.extend_from_slice(b"0s");
    }
    if nanoseconds < 0 {
        out.push(b'-');
    }
    for (limit, unit, name) in [(1_000, 1, "ns"), (1_000_000, 1_000, "µs"), (1_000_000_000, 1_000_000, "ms")] {
        if total < limit {
            push_fraction(out, total, unit);
            return out.extend_from_slice(name.as_bytes());
        }
    }
    let seconds = total / 1_000_000_000;
    if seconds >= 3600 {
        push_uint(out, seconds / 3600);
        out.push(b'h');
    }
    if seconds >= 60 {
        push_uint(out, seconds / 60 % 60);
        out.push(b'm');
    }
    push_fraction(out, total % 60_000_000_000, 1_000_000_000);
    out.push(b's');
}

/// Appends a number of units of ten to the power of something, without trailing zeros.
fn push_fraction(out: &mut Vec<u8>, value: u64, unit: u64) {
    push_uint(out, value / unit);
    let mut rest = value % unit;
    if rest > 0 {
        out.push(b'.');
        let mut place = unit / 10;
        while rest > 0 {
            out.push(b'0' + (rest / place) as u8);
            rest %= place;
            place /= 10;
        }
    }
}

/// Reads an integer as `strconv.ParseInt(text, base, 64)` does; base 0 looks at the prefix.
pub(crate) fn parse_int(text: &[u8], base: u32) -> Option<i64> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let magnitude = parse_uint(digits, base)?;
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { i64::try_from(magnitude).ok() }
}

/// Reads an integer as `strconv.ParseUint(text, base, 64)` does, for a text without underscores.
pub(crate) fn parse_uint(text: &[u8], base: u32) -> Option<u64> {
    let (digits, base) = match (base, text) {
        (0, [b'0', b'x' | b'X', rest @ ..]) if !rest.is_empty() => (rest, 16),
        (0, [b'0', b'b' | b'B', rest @ ..]) if !rest.is_empty() => (rest, 2),
        (0, [b'0', b'o' | b'O', rest @ ..]) if !rest.is_empty() => (rest, 8),
        (0, [b'0']) => return Some(0),
        (0, [b'0', rest @ ..]) => (rest, 8),
        (0, _) => (text, 10),
        _ => (text, base),
    };
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = char::from(*digit).to_digit(base)?;
        value.checked_mul(base.into())?.checked_add(digit.into())
    })
}

/// Reads a decimal float, `None` where it is none or out of range; for a text of the form that the caller has checked.
pub(crate) fn parse_float(text: &[u8]) -> Option<f64> {
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// Tells whether underscores stand only between digits, as Go's literals want it (for a text without base prefix).
pub(crate) fn underscores_separate_digits(text: &[u8]) -> bool {
    let mut last = b'^';
    for &byte in text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text) {
        match byte {
            b'0'..=b'9' => last = b'0',
            b'_' if last != b'0' => return false,
            b'_' => last = b'_',
            _ if last == b'_' => return false,
            _ => last = b'!',
        }
    }
    last != b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn general(value: f64) -> String {
        let mut out = Vec::new();
        push_shortest_float(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    fn json(value: f64) -> String {
        let mut out = Vec::new();
        push_json_float(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn prints_floats_with_the_exponent_rule_of_g() {
        for (value, expected) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (100_000.0, "100000"),
            (999_999.0, "999999"),
            (1_000_000.0, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (123_456_789.123, "1.23456789123e+08"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (1e21, "1e+21"),
            (-2.5e-10, "-2.5e-10"),
            (1e100, "1e+100"),
            // Half-way between two texts of as many digits.
            (2.0_f64.powi(-25), "2.9802322387695312e-08"),
            (2.0_f64.powi(-24), "5.960464477539063e-08"),
            (562_949_953_421_312.0 + 0.25, "5.629499534213122e+14"),
        ] {
            assert_eq!(general(value), expected);
        }
    }

    #[test]
    fn prints_float32_with_the_digits_that_it_has() {
        for (value, expected) in [
            (0.1, "0.1"),
            (380_144.125, "380144.12"),
            (1_112.406_25, "1112.4062"),
            (2.0_f64.powi(-12), "0.00024414063"),
            (1e40, "+Inf"),
        ] {
            let mut out = Vec::new();
            push_shortest_float32(&mut out, value);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn prints_json_floats_plain_between_the_bounds() {
        for (value, expected) in [
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (-0.0, "-0"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (1.5e300, "1.5e+300"),
            (123_456_789.123, "123456789.123"),
            (562_949_953_421_312.0 + 0.25, "562949953421312.2"),
        ] {
            assert_eq!(json(value), expected);
        }
    }

    #[test]
    fn prints_durations() {
        for (nanoseconds, expected) in [
            (0, "0s"),
            (5, "5ns"),
            (1_500, "1.5µs"),
            (-2_000_000, "-2ms"),
            (90_500_000_000, "1m30.5s"),
            (3_600_000_000_000, "1h0m0s"),
        ] {
            let mut out = Vec::new();
            push_duration(&mut out, nanoseconds);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn reads_integers_by_their_prefix() {
        for (text, expected) in [
            ("010", Some(8)),
            ("0x1F", Some(31)),
            ("0b101", Some(5)),
            ("0o10", Some(8)),
            ("00", Some(0)),
            ("0", Some(0)),
            ("08", None),
            ("0x", None),
            ("-010", Some(-8)),
            ("+1", Some(1)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(parse_int(text.as_bytes(), 0), expected, "{text}");
        }
    }
}
