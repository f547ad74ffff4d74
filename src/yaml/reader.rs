//! The text that is scanned: UTF-8 without byte order mark, and where go-yaml would stop reading it.

use std::borrow::Cow;

use super::utf8::first_char;

/// go-yaml decodes its input in pieces of this size, and finds bad characters when it decodes, not when it scans.
const PIECE: usize = 512;

const INCOMPLETE: &str = "incomplete UTF-8 octet sequence";

/// A text to be scanned.
pub(super) struct Source<'t> {
    /// What can be scanned, without byte order mark; cut where `failure` strikes.
    pub(super) text: Cow<'t, [u8]>,
    /// Where `text` starts in what was given; byte positions are off by this.
    pub(super) origin: usize,
    /// Where the first piece ends that go-yaml decodes.
    pub(super) first_piece: usize,
    /// What go-yaml says when it wants to read on after the end of `text`.
    pub(super) failure: Option<&'static str>,
}

impl<'t> Source<'t> {
    /// Checks a text for what go-yaml's reader refuses.
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
            return Self::utf16(rest, u16::from_le_bytes);
        }
        if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
            return Self::utf16(rest, u16::from_be_bytes);
        }
        let (text, origin) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (rest, 3),
            None => (bytes, 0),
        };
        let first_piece = piece_end(text, 0, PIECE - origin);
        let Some((at, problem)) = first_problem(text) else {
            return Self { text: Cow::Borrowed(text), origin, first_piece, failure: None };
        };
        // Go's reader only knows that a text has ended when it asks for more.
        let readable = if problem == INCOMPLETE { at } else { last_piece_before(text, at, PIECE - origin) };
        Self {
            text: Cow::Borrowed(&text[..readable]),
            origin,
            first_piece: first_piece.min(readable),
            failure: Some(problem),
        }
    }

    fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Self {
        let (pairs, odd) = bytes.as_chunks::<2>();
        let mut text = String::with_capacity(bytes.len());
        let mut failure = (!odd.is_empty()).then_some("incomplete UTF-16 character");
        for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
            match decoded {
                Ok(value) => text.push(value),
                Err(lone) => {
                    let low = lone.unpaired_surrogate() >= 0xdc00;
                    failure = Some(if low { "unexpected low surrogate area" } else { "expected low surrogate area" });
                    break;
                }
            }
        }
        if let Some((at, problem)) = first_problem(text.as_bytes()) {
            text.truncate(at);
            failure = Some(problem);
        }
        if failure.is_some() {
            text.clear();
        }
        // The mark that tells the encoding is one of the 256 pairs of bytes in a piece.
        let first_piece = text.char_indices().nth(PIECE / 2 - 1).map_or(text.len(), |(at, _)| at);
        Self { text: Cow::Owned(text.into_bytes()), origin: 0, first_piece, failure }
    }
}

/// Texts are looked through in pieces of this size.
const PLAIN: usize = 32;

// Without a branch a whole piece is looked at in a few instructions.
#[expect(clippy::needless_bitwise_bool)]
#[inline]
fn is_plain(byte: u8) -> bool {
    (0x20..0x7f).contains(&byte) | (byte == b'\n')
}

/// Finds the first character that go-yaml's reader refuses.
pub(super) fn first_problem(text: &[u8]) -> Option<(usize, &'static str)> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        // Whole pieces at a time, without a branch for each byte.
        let pieces =
            rest.chunks_exact(PLAIN).take_while(|piece| piece.iter().fold(true, |all, byte| all & is_plain(*byte)));
        let rest = &rest[pieces.count() * PLAIN..];
        let plain = rest.iter().position(|&byte| !is_plain(byte))?;
        let rest = &rest[plain..];
        at = text.len() - rest.len();
        match rest[0] {
            b'\t' | b'\r' => at += 1,
            0..=0x7f => return Some((at, "control characters are not allowed")),
            _ => match first_char(rest) {
                Some(('\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}', _)) => {
                    return Some((at, "control characters are not allowed"));
                }
                Some((_, width)) => at += width,
                None => return Some((at, utf8_problem(rest))),
            },
        }
    }
    None
}

fn utf8_problem(bytes: &[u8]) -> &'static str {
    let first = bytes[0];
    let (width, bits) = match first {
        0xc0..=0xdf => (2, u32::from(first & 0x1f)),
        0xe0..=0xef => (3, u32::from(first & 0x0f)),
        0xf0..=0xf7 => (4, u32::from(first & 0x07)),
        _ => return "invalid leading UTF-8 octet",
    };
    let Some(sequence) = bytes.get(..width) else { return INCOMPLETE };
    if sequence[1..].iter().any(|byte| byte & 0xc0 != 0x80) {
        return "invalid trailing UTF-8 octet";
    }
    let value = sequence[1..].iter().fold(bits, |value, byte| (value << 6) | u32::from(byte & 0x3f));
    let shortest = match width {
        2 => 0x80,
        3 => 0x800,
        _ => 0x10000,
    };
    if value < shortest { "invalid length of a UTF-8 sequence" } else { "invalid Unicode character" }
}

/// Returns the end of the last piece that go-yaml decodes without seeing the problem at `at`.
fn last_piece_before(text: &[u8], at: usize, first_piece: usize) -> usize {
    let mut start = 0;
    let mut end = first_piece;
    while end <= at {
        start = piece_end(text, start, end);
        end = start + PIECE;
    }
    start
}

/// Returns where a piece ends that would end at `end`: a character that is cut there belongs to the next one.
fn piece_end(text: &[u8], start: usize, end: usize) -> usize {
    let mut end = end.min(text.len());
    while end > start && text.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(bytes: &[u8]) -> Option<&'static str> {
        Source::new(bytes).failure
    }

    #[test]
    fn finds_what_go_yaml_refuses_to_read() {
        assert_eq!(failure("a: é\u{85}\u{a0}\u{feff}\u{fffd}😀\t\r\n".as_bytes()), None);
        assert_eq!(failure(b"a: \x01"), Some("control characters are not allowed"));
        assert_eq!(failure("a: \u{7f}".as_bytes()), Some("control characters are not allowed"));
        assert_eq!(failure("a: \u{ffff}".as_bytes()), Some("control characters are not allowed"));
        assert_eq!(failure(b"a: \xff"), Some("invalid leading UTF-8 octet"));
        assert_eq!(failure(b"a: \xc3"), Some("incomplete UTF-8 octet sequence"));
        assert_eq!(failure(b"a: \xc3x"), Some("invalid trailing UTF-8 octet"));
        assert_eq!(failure(b"a: \xc0\x80"), Some("invalid length of a UTF-8 sequence"));
        assert_eq!(failure(b"a: \xed\xa0\x80"), Some("invalid Unicode character"));
    }

    #[test]
    fn lets_the_pieces_before_a_problem_be_read() {
        let mut text = b"a: b\n".repeat(300);
        text[1200] = 1;
        assert_eq!(Source::new(&text).text.len(), 1024);
    }

    #[test]
    fn reads_utf16() {
        let bytes: Vec<u8> = "\u{feff}a: é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(&*Source::new(&bytes).text, "a: é".as_bytes());
    }
}
