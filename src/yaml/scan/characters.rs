//! Classes of characters.

/// Tells whether a line break starts there, and how many bytes it has: CR LF, CR, LF, NEL, LS, PS.
#[inline]
pub(super) fn break_width(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        [0xc2, 0x85, ..] => 2,
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
        _ => 0,
    }
}

/// Counts the lines of a text, one more than its line breaks.
pub(in super::super) fn count_lines(text: &[u8]) -> usize {
    let (mut at, mut lines) = (0, 1);
    while at < text.len() {
        let width = break_width(&text[at..]);
        lines += usize::from(width > 0);
        at += width.max(1);
    }
    lines
}

/// Tells whether a blank, a line break or the end is there.
#[inline]
pub(super) fn is_blank_or_end(bytes: &[u8]) -> bool {
    match bytes.first() {
        None | Some(b' ' | b'\t' | b'\r' | b'\n') => true,
        Some(0xc2 | 0xe2) => break_width(bytes) > 0,
        _ => false,
    }
}

/// Tells whether a byte is a letter, a digit, `_` or `-`.
#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}
