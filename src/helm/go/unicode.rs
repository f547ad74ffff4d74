//! Go's `unicode`: classes of runes, and case mappings that never change the number of runes. Unicode 15.0 where it shows.

use std::sync::LazyLock;

use super::utf8;

/// A sorted list of ranges of runes.
struct Class(Vec<(char, char)>);

impl Class {
    /// Reads a class as the regex syntax names it.
    fn named(pattern: &str) -> Self {
        use regex_syntax::hir::{Class as Parsed, HirKind};
        match regex_syntax::parse(pattern).map(regex_syntax::hir::Hir::into_kind) {
            Ok(HirKind::Class(Parsed::Unicode(class))) => {
                Self(class.ranges().iter().map(|range| (range.start(), range.end())).collect())
            }
            _ => Self(Vec::new()),
        }
    }

    fn contains(&self, rune: char) -> bool {
        let after = self.0.partition_point(|&(start, _)| start <= rune);
        after.checked_sub(1).is_some_and(|index| rune <= self.0[index].1)
    }
}

static UPPER: LazyLock<Class> = LazyLock::new(|| Class::named(r"\p{Lu}"));
static LOWER: LazyLock<Class> = LazyLock::new(|| Class::named(r"\p{Ll}"));
static TITLE: LazyLock<Class> = LazyLock::new(|| Class::named(r"\p{Lt}"));
static LETTER: LazyLock<Class> = LazyLock::new(|| Class::named(r"\p{L}"));
static DIGIT: LazyLock<Class> = LazyLock::new(|| Class::named(r"\p{Nd}"));
static NUMBER: LazyLock<Class> = LazyLock::new(|| Class::named(r"\p{N}"));
static PUNCTUATION: LazyLock<Class> = LazyLock::new(|| Class::named(r"\p{P}"));

/// Tells whether a rune is an upper-case letter.
pub fn is_upper(rune: char) -> bool {
    if rune.is_ascii() { rune.is_ascii_uppercase() } else { UPPER.contains(rune) }
}

/// Tells whether a rune is a lower-case letter.
pub fn is_lower(rune: char) -> bool {
    if rune.is_ascii() { rune.is_ascii_lowercase() } else { LOWER.contains(rune) }
}

/// Tells whether a rune is a title-case letter, which only a few ligatures are.
pub fn is_title(rune: char) -> bool {
    !rune.is_ascii() && TITLE.contains(rune)
}

/// Tells whether a rune is a letter.
pub fn is_letter(rune: char) -> bool {
    if rune.is_ascii() { rune.is_ascii_alphabetic() } else { LETTER.contains(rune) }
}

/// Tells whether a rune is a decimal digit.
pub fn is_digit(rune: char) -> bool {
    if rune.is_ascii() { rune.is_ascii_digit() } else { DIGIT.contains(rune) }
}

/// Tells whether a rune is a number of any kind.
pub fn is_number(rune: char) -> bool {
    if rune.is_ascii() { rune.is_ascii_digit() } else { NUMBER.contains(rune) }
}

/// Tells whether a rune is punctuation; `$+<=>^`, `|` and `~` are symbols.
pub fn is_punctuation(rune: char) -> bool {
    if rune.is_ascii() {
        rune.is_ascii_punctuation() && !"$+<=>^`|~".contains(rune)
    } else {
        PUNCTUATION.contains(rune)
    }
}

/// Tells whether a rune is white space.
pub fn is_space(rune: char) -> bool {
    rune.is_whitespace()
}

/// Returns the upper-case rune.
pub fn to_upper(rune: char) -> char {
    match u32::from(rune) {
        0..0x80 => rune.to_ascii_uppercase(),
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => shifted(rune, 8),
        0x1fb3 | 0x1fc3 | 0x1ff3 => shifted(rune, 9),
        0x19b | 0x264 => rune,
        code if is_newer(code) => rune,
        _ => single(rune.to_uppercase(), rune),
    }
}

/// Returns the lower-case rune.
pub fn to_lower(rune: char) -> char {
    match u32::from(rune) {
        0..0x80 => rune.to_ascii_lowercase(),
        0x130 => 'i',
        code if is_newer(code) => rune,
        _ => single(rune.to_lowercase(), rune),
    }
}

/// Returns the title-case rune, which is the upper-case one with few exceptions.
pub fn to_title(rune: char) -> char {
    match rune {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        '\u{10d0}'..='\u{10fa}' | '\u{10fd}'..='\u{10ff}' => rune,
        _ => to_upper(rune),
    }
}

/// Maps every rune of a text, as `strings.Map` does: invalid bytes become U+FFFD.
pub fn map(text: &[u8], mut mapping: impl FnMut(char) -> char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (_, rune, _) in utf8::runes(text) {
        utf8::push(&mut out, mapping(rune));
    }
    out
}

/// Returns the text without white space around it.
pub fn trim_space(text: &[u8]) -> &[u8] {
    trim(text, is_space)
}

/// Returns the text without the runes around it that fit.
pub fn trim(text: &[u8], fits: impl Fn(char) -> bool) -> &[u8] {
    let mut rest = text;
    while let (rune, width @ 1..) = utf8::decode(rest)
        && fits(rune)
    {
        rest = &rest[width..];
    }
    while let (rune, width @ 1..) = utf8::decode_last(rest)
        && fits(rune)
    {
        rest = &rest[..rest.len() - width];
    }
    rest
}

/// Tells whether the case mapping of a rune is newer than Unicode 15.0.
fn is_newer(code: u32) -> bool {
    matches!(
        code,
        0x1c89 | 0x1c8a
            | 0xa7cb..=0xa7cf
            | 0xa7d2..=0xa7d5
            | 0xa7da..=0xa7dc
            | 0x10d50..=0x10d85
            | 0x16ea0..=0x16ed3
    )
}

fn shifted(rune: char, by: u32) -> char {
    char::from_u32(u32::from(rune) + by).unwrap_or(rune)
}

/// Returns the only rune of a full case mapping; where that has several, the simple mapping is the rune itself.
fn single(mut mapped: impl Iterator<Item = char>, rune: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only,
        _ => rune,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_one_rune_to_one_rune() {
        assert_eq!(['ß', 'é', '\u{1f80}', '\u{149}'].map(to_upper), ['ß', 'É', '\u{1f88}', '\u{149}']);
        assert_eq!(['İ', 'É', 'ẞ'].map(to_lower), ['i', 'é', 'ß']);
        assert_eq!(to_title('ǆ'), 'ǅ');
    }

    #[test]
    fn trims_runes_of_any_width() {
        assert_eq!(trim_space("\u{a0}\t x\u{3000}\n".as_bytes()), b"x");
        assert_eq!(trim_space(b"\xff \xff"), b"\xff \xff");
    }
}
