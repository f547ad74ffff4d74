//! Which style a string is written in.

use crate::yaml::Style;
use crate::yaml::resolve::{Scalar, Version, old_bool, resolve};

/// What libyaml finds out about a scalar before it chooses a style.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Analysis {
    /// Holds a line break.
    pub(super) multiline: bool,
    plain_allowed: bool,
    single_quoted_allowed: bool,
    block_allowed: bool,
    line_feed: bool,
    /// Would not come through JSON and go-yaml's reader as it is.
    pub(super) changed_by_json: bool,
}

/// Looks at the characters of a valid UTF-8 text; `None` where it is none.
pub(super) fn analyze(text: &[u8], version: Version) -> Option<Analysis> {
    if text.is_empty() {
        return Some(Analysis { plain_allowed: true, single_quoted_allowed: true, ..Analysis::default() });
    }
    if is_a_word(text) {
        let allowed = Analysis { plain_allowed: true, single_quoted_allowed: true, ..Analysis::default() };
        return Some(Analysis { block_allowed: true, ..allowed });
    }
    if !text.is_ascii() && std::str::from_utf8(text).is_err() {
        return None;
    }
    let mut indicators = text.starts_with(b"---") || text.starts_with(b"...");
    let (mut line_breaks, mut line_feed, mut special, mut tabs, mut changed_by_json) =
        (false, false, false, false, false);
    let (mut space_break, mut break_space, mut previous_space, mut previous_break) = (false, false, false, false);
    let mut preceded_by_blank = true;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = &text[at..];
        let mut width = 1;
        let mut is_break = false;
        match byte {
            b' ' => {
                break_space |= previous_break;
                previous_space = true;
                previous_break = false;
                preceded_by_blank = true;
                at += 1;
                continue;
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {}
            b'\n' => {
                is_break = true;
                line_feed = true;
            }
            b'\r' => {
                is_break = true;
                special = true;
            }
            b'\t' if version == Version::V3 => tabs = true,
            0x7f => {
                special = true;
                changed_by_json = true;
            }
            0..=0x1f => special = true,
            b'#' => indicators |= preceded_by_blank,
            b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%' | b'@' | b'`'
                if at == 0 =>
            {
                indicators = true;
            }
            b':' => indicators |= is_followed_by_blank(rest),
            b'?' | b'-' if at == 0 => indicators |= is_followed_by_blank(rest),
            0x80.. => {
                width = width_of(byte);
                special |= !is_printable(rest);
                is_break = matches!(rest, [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..]);
                changed_by_json |= matches!(rest, [0xc2, 0x80..=0x9f, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..]);
            }
            _ => {}
        }
        if is_break {
            line_breaks = true;
            space_break |= previous_space;
        }
        previous_space = false;
        previous_break = is_break;
        preceded_by_blank = is_break || byte == b'\t' || byte == 0;
        at += width;
    }
    let trailing_space = previous_space;
    let leading = text[0] == b' ' || starts_with_break(text);
    Some(Analysis {
        multiline: line_breaks,
        plain_allowed: !(leading
            || trailing_space
            || previous_break
            || break_space
            || space_break
            || tabs
            || special
            || line_breaks
            || indicators),
        single_quoted_allowed: !(break_space || space_break || tabs || special),
        block_allowed: !(trailing_space || space_break || special),
        line_feed,
        changed_by_json,
    })
}

/// Tells what most texts are: nothing in them asks for quotes.
fn is_a_word(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphanumeric)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-'))
}

/// Chooses the style of a string; `as_key` is a key on one line.
pub(super) fn style(text: &[u8], analysis: Analysis, as_key: bool, version: Version) -> Style {
    if analysis.line_feed {
        return if analysis.block_allowed && !as_key { Style::Literal } else { Style::DoubleQuoted };
    }
    if !is_plainly_a_string(text, version) {
        return Style::DoubleQuoted;
    }
    if analysis.multiline && as_key {
        return Style::DoubleQuoted;
    }
    quotes(analysis)
}

/// Chooses the style of a text that needs no quotes to be a string.
pub(super) fn quotes(analysis: Analysis) -> Style {
    if analysis.plain_allowed {
        Style::Plain
    } else if analysis.single_quoted_allowed {
        Style::SingleQuoted
    } else {
        Style::DoubleQuoted
    }
}

/// Tells whether a string without quotes is read as a string, in base 60 as well.
fn is_plainly_a_string(text: &[u8], version: Version) -> bool {
    resolve(text, version) == Scalar::Str && !is_base60(text) && !(version == Version::V3 && old_bool(text).is_some())
}

/// Tells whether a text is `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`, a number in YAML 1.1.
fn is_base60(text: &[u8]) -> bool {
    if !matches!(text.first(), Some(b'+' | b'-' | b'0'..=b'9')) || !text.contains(&b':') {
        return false;
    }
    let digits = match text {
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    };
    let (number, fraction) = match digits.iter().position(|byte| *byte == b'.') {
        Some(dot) => (&digits[..dot], &digits[dot + 1..]),
        None => (digits, &[][..]),
    };
    let is_digit_or_underscore = |byte: &u8| byte.is_ascii_digit() || *byte == b'_';
    let mut parts = number.split(|byte| *byte == b':');
    let whole = parts.next().unwrap_or_default();
    let mut sixties = 0;
    let are_sixties = parts.all(|part| {
        sixties += 1;
        matches!(part, [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
    });
    whole.first().is_some_and(u8::is_ascii_digit)
        && whole.iter().all(is_digit_or_underscore)
        && sixties > 0
        && are_sixties
        && fraction.iter().all(is_digit_or_underscore)
}

fn is_followed_by_blank(rest: &[u8]) -> bool {
    matches!(rest.get(1), None | Some(b' ' | b'\t'))
}

/// Tells whether a text starts with a line break.
pub(super) fn starts_with_break(text: &[u8]) -> bool {
    matches!(text, [b'\n' | b'\r', ..] | [0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..])
}

/// Returns the width of a character by its first byte.
pub(super) fn width_of(byte: u8) -> usize {
    match byte {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        _ => 4,
    }
}

/// Tells whether libyaml writes the first character as it is; nothing beyond the basic plane, for one.
pub(super) fn is_printable(text: &[u8]) -> bool {
    match text {
        [0x0a | 0x20..=0x7e | 0xc3..=0xec | 0xee, ..] => true,
        [0xc2, second, ..] => *second >= 0xa0,
        [0xed, second, ..] => *second < 0xa0,
        [0xef, 0xbb, 0xbf, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => false,
        [0xef, ..] => true,
        _ => false,
    }
}
