//! What a plain scalar may become: the shapes that one YAML reader or another takes for something else than a string.
//!
//! Readers disagree (YAML 1.1, 1.2, JSON schemas, Go's), so a text counts as a number here when any of them would read one.

/// What some reader makes of a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing, `~`, `null`.
    Null,
    /// `true`, `no`, `y` and their like.
    Boolean,
    /// A number, in whatever notation.
    Number,
    /// Text for every reader.
    Text,
}

/// Returns what some YAML reader may make of a plain scalar.
pub fn shape(text: &str) -> Shape {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Shape::Null,
        _ if is_boolean(text) => Shape::Boolean,
        _ if is_number(text) => Shape::Number,
        _ => Shape::Text,
    }
}

fn is_boolean(text: &str) -> bool {
    text.len() <= 5
        && matches!(text.to_ascii_lowercase().as_str(), "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false")
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), ".inf" | ".nan") {
        return true;
    }
    for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] {
        if let Some(digits) = lower.strip_prefix(prefix) {
            return digits.chars().any(|digit| digit != '_')
                && digits.chars().all(|digit| digit == '_' || digit.is_digit(radix));
        }
    }
    is_decimal(&lower) || is_base_sixty(&lower)
}

/// Digits with at most one point, underscores, and perhaps an exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (text, None),
    };
    mantissa.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && mantissa.contains(|digit: char| digit.is_ascii_digit())
        && mantissa.chars().all(|digit| digit.is_ascii_digit() || digit == '_' || digit == '.')
        && mantissa.matches('.').count() <= 1
        && exponent.is_none_or(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit()))
}

/// `1:30`, which YAML 1.1 reads as 90.
fn is_base_sixty(text: &str) -> bool {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let mut rest = parts.peekable();
    rest.peek().is_some()
        && first.starts_with(|digit: char| digit.is_ascii_digit())
        && first.chars().all(|digit| digit.is_ascii_digit() || digit == '_')
        && rest.all(|part| {
            let whole = part.split_once('.').map_or(part, |(whole, _)| whole);
            matches!(whole.len(), 1 | 2)
                && part.chars().all(|digit| digit.is_ascii_digit() || digit == '.' || digit == '_')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_every_notation_of_a_number_for_one() {
        for text in [
            "1234567",
            "0012345",
            "12e4567",
            "00e1234",
            "1234e56",
            "0b10110",
            "0x1f",
            "0o17",
            "1_000",
            "1.33",
            ".5",
            "-1",
            "+1",
            "1:30",
            "190:20:30",
            ".inf",
            "-.INF",
            ".nan",
            "5e00000",
            "1e+5",
            "12E4567",
            "1.",
        ] {
            assert_eq!(shape(text), Shape::Number, "{text}");
        }
    }

    #[test]
    fn takes_words_and_versions_for_text() {
        for text in [
            "f00ba47",
            "abc1234",
            "1.33.2",
            "v1",
            "12e45e7",
            "e12345",
            "1e",
            "sha256:ab",
            ".",
            "-",
            "0b2",
            "10.0.0.1",
            "a:1",
            "web",
        ] {
            assert_eq!(shape(text), Shape::Text, "{text}");
        }
    }

    #[test]
    fn knows_the_boolean_words_and_null() {
        for text in ["y", "NO", "On", "off", "true", "False"] {
            assert_eq!(shape(text), Shape::Boolean, "{text}");
        }
        for text in ["", "~", "null"] {
            assert_eq!(shape(text), Shape::Null, "{text}");
        }
    }
}
