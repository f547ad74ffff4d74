//! The texts of items: escapes, line ends, and what is wrong with numbers.

use super::{Item, Parser, Stop};

impl Parser<'_> {
    pub(super) fn unescape(&self, item: &Item, text: &[u8]) -> Result<Vec<u8>, Stop> {
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            if text[at] != b'\\' {
                out.push(text[at]);
                at += 1;
                continue;
            }
            let escape = text.get(at + 1).copied().unwrap_or_default();
            at += 2;
            let digits = match escape {
                b'b' => Err(0x08),
                b't' => Err(b'\t'),
                b'n' => Err(b'\n'),
                b'f' => Err(0x0c),
                b'r' => Err(b'\r'),
                b'e' => Err(0x1b),
                b'"' | b'\\' => Err(escape),
                b'x' => Ok(2),
                b'u' => Ok(4),
                b'U' => Ok(8),
                other => {
                    return Err(self.error(item.line, &format!("invalid escape: '\\{}'", char::from(other))));
                }
            };
            match digits {
                Err(byte) => out.push(byte),
                Ok(count) => {
                    let hex = String::from_utf8_lossy(text.get(at..at + count).unwrap_or_default()).into_owned();
                    at += count;
                    let Some(rune) = u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32) else {
                        let message = format!("Escaped character '\\u{hex}' is not valid UTF-8.");
                        return Err(self.error(item.line, &message));
                    };
                    out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        }
        Ok(out)
    }
}

pub(super) fn strip_first_newline(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\n").or_else(|| text.strip_prefix(b"\r\n")).unwrap_or(text)
}

/// Drops a backslash at the end of a line, with all white space up to the next character.
pub(super) fn strip_escaped_newlines(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] != b'\\' {
            out.push(text[at]);
            at += 1;
            continue;
        }
        if text.get(at + 1) == Some(&b'\\') {
            out.extend_from_slice(b"\\\\");
            at += 2;
            continue;
        }
        let spaces = text[at + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        if text[at + 1..at + 1 + spaces].contains(&b'\n') {
            at += 1 + spaces;
        } else {
            out.push(b'\\');
            at += 1;
        }
    }
    out
}

pub(super) fn underscores_are_sound(text: &[u8]) -> bool {
    if matches!(text, b"nan" | b"+nan" | b"-nan" | b"inf" | b"+inf" | b"-inf") {
        return true;
    }
    let mut accepts = false;
    for byte in text {
        if *byte == b'_' && !accepts {
            return false;
        }
        accepts = byte.is_ascii_hexdigit();
    }
    accepts
}

pub(super) fn has_leading_zero(text: &[u8]) -> bool {
    match text {
        [b'0', second, ..] => !matches!(second, b'b' | b'o' | b'x'),
        [b'+' | b'-', b'0', _, ..] => true,
        _ => false,
    }
}

/// Go reads numbers of one digit where a layout has two; then the separators are at other places.
pub(super) fn misses_leading_zero(text: &[u8], layout: &[u8]) -> bool {
    for (at, byte) in layout.iter().enumerate() {
        if matches!(byte, b'.' | b'Z') {
            return false;
        }
        if !byte.is_ascii_digit() && text.get(at) != Some(byte) {
            return true;
        }
    }
    false
}
