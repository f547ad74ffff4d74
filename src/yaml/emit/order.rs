//! The "natural" order in which go-yaml writes keys: numbers by value, letters after everything else.

use std::sync::LazyLock;

use regex::Regex;

use crate::yaml::resolve::Version;
use crate::yaml::utf8::first_char;

static LETTER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{L}$").ok());
static DIGIT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\p{Nd}$").ok());

/// Sorts entries by their keys.
///
/// Go's comparison is no total order, so that neither `slice::sort_by` can be used nor is there a right order for each set
/// of keys: for some of them Go's own result changes from run to run.
pub(super) fn sort_by_key<T>(entries: &mut Vec<(&[u8], T)>, version: Version) {
    let is_sorted = entries.windows(2).all(|pair| comes_before(pair[0].0, pair[1].0, version));
    if !is_sorted {
        *entries = merge_sort(std::mem::take(entries), version);
    }
}

fn merge_sort<T>(mut entries: Vec<(&[u8], T)>, version: Version) -> Vec<(&[u8], T)> {
    if entries.len() < 2 {
        return entries;
    }
    let right = entries.split_off(entries.len() / 2);
    let mut left = merge_sort(entries, version).into_iter().peekable();
    let mut right = merge_sort(right, version).into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
        let next = if comes_before(other.0, one.0, version) { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Tells whether Go's `Less` puts the first key before the second.
fn comes_before(one: &[u8], other: &[u8], version: Version) -> bool {
    if one.is_ascii() && other.is_ascii() {
        return less(one, other, version);
    }
    less(&runes(one), &runes(other), version)
}

/// Returns the runes of a Go string; a byte that is no UTF-8 is U+FFFD.
fn runes(mut text: &[u8]) -> Vec<u32> {
    let mut runes = Vec::with_capacity(text.len());
    while !text.is_empty() {
        let (rune, width) = first_char(text).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
        runes.push(rune.into());
        text = &text[width..];
    }
    runes
}

fn less<R: Copy + Into<u32> + PartialEq>(one: &[R], other: &[R], version: Version) -> bool {
    let Some(at) = one.iter().zip(other).position(|(a, b)| a != b) else {
        return one.len() < other.len();
    };
    let (a, b): (u32, u32) = (one[at].into(), other[at].into());
    let (a_letter, b_letter) = (is_letter(a), is_letter(b));
    if a_letter && b_letter {
        return a < b;
    }
    if a_letter || b_letter {
        // v3 keeps `a1` before `ab1`: after a digit a letter ends the number.
        let after_digit = version == Version::V3 && at > 0 && is_digit(one[at - 1].into());
        return if after_digit { a_letter } else { b_letter };
    }
    // A zero counts as a digit of the number before it, not as a leading one.
    let zero = u32::from('0');
    let inside_number = (a == zero || b == zero)
        && one[..at]
            .iter()
            .rev()
            .map(|rune| (*rune).into())
            .take_while(|rune: &u32| is_digit(*rune))
            .any(|rune| rune != zero);
    let start = i64::from(inside_number);
    let (a_number, a_end) = number(one, at, start);
    let (b_number, b_end) = number(other, at, start);
    if a_number != b_number {
        return a_number < b_number;
    }
    if a_end != b_end {
        return a_end < b_end;
    }
    a < b
}

fn number<R: Copy + Into<u32>>(runes: &[R], from: usize, start: i64) -> (i64, usize) {
    let digits = runes[from..].iter().map(|rune| (*rune).into()).take_while(|rune| is_digit(*rune));
    digits.fold((start, from), |(value, end), rune: u32| {
        let digit = i64::from(rune) - i64::from(b'0');
        (value.wrapping_mul(10).wrapping_add(digit), end + 1)
    })
}

fn is_letter(rune: u32) -> bool {
    is_of(rune, |byte| byte.is_ascii_alphabetic(), &LETTER)
}

fn is_digit(rune: u32) -> bool {
    is_of(rune, |byte| byte.is_ascii_digit(), &DIGIT)
}

fn is_of(rune: u32, ascii: impl Fn(u8) -> bool, class: &LazyLock<Option<Regex>>) -> bool {
    match u8::try_from(rune) {
        Ok(byte) if byte.is_ascii() => ascii(byte),
        _ => char::from_u32(rune)
            .is_some_and(|rune| class.as_ref().is_some_and(|class| class.is_match(rune.encode_utf8(&mut [0; 4])))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(keys: &[&'static str], version: Version) -> Vec<&'static str> {
        let mut entries: Vec<(&[u8], &str)> = keys.iter().map(|key| (key.as_bytes(), *key)).collect();
        sort_by_key(&mut entries, version);
        entries.into_iter().map(|(_, key)| key).collect()
    }

    #[test]
    fn compares_numbers_by_value_and_puts_letters_last() {
        let keys = ["a10", "a2", "b", "a", "a-b", "A", "_", "1", "10", "2", "ab"];
        assert_eq!(sorted(&keys, Version::V2), ["_", "1", "2", "10", "A", "a", "a-b", "a2", "a10", "ab", "b"]);
    }

    #[test]
    fn survives_an_order_that_is_none() {
        let keys = ["v1", "v1alpha1", "v1beta1", "v2", "v10", "k1", "k1a", "k11", "k2", "00", "0a", "a0", "a00"];
        assert_eq!(sorted(&keys, Version::V2).len(), keys.len());
    }
}
