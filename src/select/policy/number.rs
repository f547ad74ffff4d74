//! `number`: digits of any length.

/// A natural number, as its digits: no machine number is long enough for a time stamp with a run number behind it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::select) struct Number {
    length: usize,
    digits: String,
}

impl Number {
    /// Reads a number.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = text.trim_start_matches('0').to_owned();
        Some(Self { length: digits.len(), digits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_value() {
        let number = |text| Number::parse(text).unwrap();
        assert!(number("1000") > number("999"));
        assert!(number("18446744073709551617") > number("18446744073709551616"));
        assert_eq!(number("007"), number("7"));
        assert_eq!(number("000"), number("0"));
        for text in ["", "-1", "1.0", "1e3", "٣"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }
}
