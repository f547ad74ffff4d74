//! shopspring/decimal, as far as `addf`, `subf`, `mulf` and `divf` need it.

use num_bigint::{BigInt, Sign};

use super::Failure;
use crate::yaml::number::shortest;

/// A quotient is rounded to this many digits after the point.
const DIVISION_DIGITS: i64 = 16;

/// More decimal places than this are not calculated with; a float64 has about 1,100 at most.
const MOST_DIGITS: u64 = 20_000;

/// The number value · 10^exponent.
pub(super) struct Decimal {
    value: BigInt,
    exponent: i64,
}

impl Decimal {
    /// Returns the shortest decimal that reads back as the float.
    pub(super) fn from_float(number: f64) -> Result<Self, Failure> {
        if !number.is_finite() {
            let name = if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "+Inf"
            } else {
                "-Inf"
            };
            return Err(Failure::Error(format!("Cannot create a Decimal from {name}")));
        }
        let text = shortest(number);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let places = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i64);
        let digits: String = mantissa.chars().filter(|&letter| letter != '.').collect();
        let value = digits.parse().unwrap_or_default();
        Ok(Self { value, exponent: exponent.parse::<i64>().unwrap_or(0) - places })
    }

    /// Returns the nearest float.
    pub(super) fn to_float(&self) -> f64 {
        format!("{}e{}", self.value, self.exponent).parse().unwrap_or(0.0)
    }

    /// Returns the sum.
    pub(super) fn add(&self, other: &Self) -> Result<Self, Failure> {
        let exponent = self.exponent.min(other.exponent);
        Ok(Self { value: self.scaled(exponent)? + other.scaled(exponent)?, exponent })
    }

    /// Returns the difference.
    pub(super) fn subtract(&self, other: &Self) -> Result<Self, Failure> {
        self.add(&Self { value: -&other.value, exponent: other.exponent })
    }

    /// Returns the product.
    pub(super) fn multiply(&self, other: &Self) -> Result<Self, Failure> {
        if self.value.bits() + other.value.bits() > 4 * MOST_DIGITS {
            return Err(too_long());
        }
        Ok(Self { value: &self.value * &other.value, exponent: self.exponent + other.exponent })
    }

    /// Returns the quotient, rounded half away from zero.
    pub(super) fn divide(&self, other: &Self) -> Result<Self, Failure> {
        if other.value.sign() == Sign::NoSign {
            return Err("decimal division by 0".into());
        }
        let shift = self.exponent - other.exponent + DIVISION_DIGITS;
        let (dividend, divisor) = if shift < 0 {
            (self.value.clone(), &other.value * power_of_ten(-shift)?)
        } else {
            (&self.value * power_of_ten(shift)?, other.value.clone())
        };
        let mut quotient = &dividend / &divisor;
        let rest = &dividend - &quotient * &divisor;
        if rest.magnitude() * 2_u32 >= *divisor.magnitude() {
            let negative = (dividend.sign() == Sign::Minus) != (divisor.sign() == Sign::Minus);
            quotient += if negative { -1 } else { 1 };
        }
        Ok(Self { value: quotient, exponent: -DIVISION_DIGITS })
    }

    /// Returns the value for a smaller exponent.
    fn scaled(&self, exponent: i64) -> Result<BigInt, Failure> {
        Ok(&self.value * power_of_ten(self.exponent - exponent)?)
    }
}

fn power_of_ten(exponent: i64) -> Result<BigInt, Failure> {
    let exponent = u32::try_from(exponent).ok().filter(|&exponent| u64::from(exponent) <= MOST_DIGITS);
    exponent.map(|exponent| BigInt::from(10).pow(exponent)).ok_or_else(too_long)
}

fn too_long() -> Failure {
    Failure::Limit(format!("a number of more than {MOST_DIGITS} digits cannot be calculated with"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(number: f64) -> Decimal {
        Decimal::from_float(number).expect("a number")
    }

    #[test]
    fn calculates_without_binary_errors() {
        assert_eq!(decimal(0.1).add(&decimal(0.2)).expect("a sum").to_float(), 0.3);
        assert_eq!(decimal(1.1).multiply(&decimal(1.1)).expect("a product").to_float(), 1.21);
        assert_eq!(decimal(-2.0).divide(&decimal(3.0)).expect("a quotient").to_float(), -0.666_666_666_666_666_7);
        assert!(decimal(1.0).divide(&decimal(0.0)).is_err());
    }
}
