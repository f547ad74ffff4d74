//! Reads an age as people write it: `90s`, `30m`, `1h`, `2d`, `1w`.

use jiff::SignedDuration;

/// Reads an age: a whole number and one unit of `s`, `m`, `h`, `d` (24 hours) or `w`.
pub fn parse_age(text: &str) -> Option<SignedDuration> {
    let (number, seconds) = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800)]
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<i64>().ok()?.checked_mul(seconds).map(SignedDuration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ages() {
        assert_eq!(parse_age("1h"), Some(SignedDuration::from_hours(1)));
        assert_eq!(parse_age("2d"), Some(SignedDuration::from_hours(48)));
        for text in ["", "h", "1", "-1h", "1.5h", "1h30m", "99999999999999999999w", "1 h"] {
            assert_eq!(parse_age(text), None, "{text}");
        }
    }
}
