//! [`Decimal`]: a number of any size, exactly as it is written.
//!
//! Helm's library computes with fractions of whole numbers. What is written in JSON is a decimal; kept as digits it is compared
//! without multiplying anything out, so that `1e999999` costs no more than `1`.

use std::cmp::Ordering;

use num_bigint::BigUint;

use super::instance::Number;
use crate::helm::go::strconv::{FloatFormat, append_float};

/// Beyond this exponent of ten Go takes a text for no number.
const LARGEST_EXPONENT: i64 = 1_000_000;

/// A decimal number: `digits` · 10^`exponent`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Decimal {
    is_negative: bool,
    /// Without zeros at either end; none for zero.
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// Returns the value of a number; none where Go's `Rat.SetString` gives up.
    pub(super) fn of(number: Number<'_>) -> Option<Self> {
        let mut text = Vec::new();
        match number {
            Number::Written(written) => return Self::parse(written),
            Number::Int(value) => text.extend_from_slice(value.to_string().as_bytes()),
            Number::Float(value) => append_float(&mut text, value, FloatFormat::General, None),
        }
        Self::parse(&text)
    }

    /// Reads a number of JSON.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (is_negative, text) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
        let end = text.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(text.len());
        let (mantissa, exponent) = text.split_at(end);
        let exponent = match exponent {
            [] => 0,
            [_, written @ ..] => std::str::from_utf8(written).ok()?.parse::<i64>().ok()?,
        };
        let point = mantissa.iter().position(|&byte| byte == b'.');
        let fraction = point.map_or(0, |point| mantissa.len() - point - 1);
        let mut digits: Vec<u8> = mantissa.iter().copied().filter(u8::is_ascii_digit).collect();
        if digits.is_empty() {
            return None;
        }
        let trailing = digits.iter().rev().take_while(|&&digit| digit == b'0').count();
        if trailing == digits.len() {
            return Some(Self { is_negative: false, digits: Vec::new(), exponent: 0 });
        }
        let exponent = exponent.checked_sub(i64::try_from(fraction).ok()?)?;
        if exponent.unsigned_abs() > LARGEST_EXPONENT.unsigned_abs() {
            return None;
        }
        digits.truncate(digits.len() - trailing);
        digits.drain(..digits.iter().take_while(|&&digit| digit == b'0').count());
        Some(Self { is_negative, digits, exponent: exponent + trailing as i64 })
    }

    fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Tells whether this is a whole number.
    pub(super) fn is_whole(&self) -> bool {
        self.exponent >= 0
    }

    /// Returns the number of digits, which is what computing with it costs.
    pub(super) fn size(&self) -> usize {
        self.digits.len()
    }

    /// Returns the nearest float.
    pub(super) fn to_f64(&self) -> f64 {
        let sign = if self.is_negative { "-" } else { "" };
        let digits = if self.is_zero() { "0".into() } else { String::from_utf8_lossy(&self.digits) };
        format!("{sign}{digits}e{}", self.exponent).parse().unwrap_or_default()
    }

    /// Returns the last 64 bits of a whole number, as Go's `int(n.Num().Int64())`.
    pub(super) fn to_wrapped_i64(&self) -> i64 {
        let digits = self.digits.iter();
        let value = digits.fold(0_u64, |value, digit| value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')));
        // From 2^64 on nothing is left of a power of ten.
        let value = (0..self.exponent.min(64)).fold(value, |value, _| value.wrapping_mul(10));
        let value = value as i64;
        if self.is_negative { value.wrapping_neg() } else { value }
    }

    fn compare_sizes(&self, other: &Self) -> Ordering {
        // Where the first digit stands.
        let height = |number: &Self| number.digits.len() as i64 + number.exponent;
        match (self.is_zero(), other.is_zero()) {
            (false, false) => height(self).cmp(&height(other)).then_with(|| self.digits.cmp(&other.digits)),
            (is_zero, other_is_zero) => other_is_zero.cmp(&is_zero),
        }
    }

    /// Tells whether this is a whole multiple of a number that is not zero.
    pub(super) fn is_multiple_of(&self, other: &Self) -> bool {
        if self.is_zero() {
            return true;
        }
        let Some(factor) = u32::try_from(self.exponent.saturating_sub(other.exponent)).ok() else {
            // The other is a multiple of ten times the place of the last digit, which is not zero.
            return false;
        };
        if self.compare_sizes(other) == Ordering::Less {
            return false;
        }
        let (Some(own), Some(divisor)) =
            (BigUint::parse_bytes(&self.digits, 10), BigUint::parse_bytes(&other.digits, 10))
        else {
            return false;
        };
        let power = BigUint::from(10_u32).modpow(&BigUint::from(factor), &divisor);
        (own * power % divisor) == BigUint::ZERO
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => self.compare_sizes(other),
            (true, true) => other.compare_sizes(self),
            (is_negative, _) => {
                if is_negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        for (one, other) in [("1", "1.0"), ("10", "1e1"), ("0", "-0.00e5"), ("0.5", "5e-1"), ("1200", "12E+2")] {
            assert_eq!(decimal(one), decimal(other));
        }
    }

    #[test]
    fn numbers_are_ordered() {
        let ordered = ["-1e900000", "-2", "-1.5", "-0.001", "0", "1e-900000", "0.1", "0.12", "9", "10", "1e999999"];
        for pair in ordered.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
        assert_eq!(Decimal::parse(b"1e1000001"), None);
    }

    #[test]
    fn multiples_are_exact() {
        for (number, divisor) in [("0.3", "0.1"), ("1e999999", "7e-3"), ("1e6", "0.5"), ("-4.5", "1.5"), ("0", "3")] {
            let expected = number != "1e999999";
            assert_eq!(decimal(number).is_multiple_of(&decimal(divisor)), expected, "{number} {divisor}");
        }
        for (number, divisor) in [("1", "3"), ("0.75", "0.5"), ("1", "2"), ("5", "10"), ("0.1", "1e5")] {
            assert!(!decimal(number).is_multiple_of(&decimal(divisor)), "{number} {divisor}");
        }
    }

    #[test]
    fn whole_numbers_wrap() {
        assert_eq!(decimal("1e20").to_wrapped_i64(), 7_766_279_631_452_241_920);
        assert_eq!(decimal("-3").to_wrapped_i64(), -3);
        assert!(decimal("1.50e1").is_whole() && !decimal("1.5").is_whole());
    }
}
