//! Go's way through bytes that are mostly UTF-8: a byte that starts no valid sequence is a replacement rune of width one.

/// Reads the first rune and its width; an invalid byte gives U+FFFD and 1, no bytes give U+FFFD and 0.
pub fn decode(bytes: &[u8]) -> (char, usize) {
    match bytes.first() {
        None => (char::REPLACEMENT_CHARACTER, 0),
        Some(&byte) if byte < 0x80 => (char::from(byte), 1),
        Some(&byte) => {
            let width = match byte {
                0xC2..=0xDF => 2,
                0xE0..=0xEF => 3,
                0xF0..=0xF4 => 4,
                _ => return (char::REPLACEMENT_CHARACTER, 1),
            };
            let rune =
                bytes.get(..width).and_then(|head| std::str::from_utf8(head).ok()).and_then(|s| s.chars().next());
            rune.map_or((char::REPLACEMENT_CHARACTER, 1), |rune| (rune, width))
        }
    }
}

/// Reads the last rune and its width, by the same rules.
pub fn decode_last(bytes: &[u8]) -> (char, usize) {
    for width in 1..=bytes.len().min(4) {
        let tail = &bytes[bytes.len() - width..];
        let (rune, read) = decode(tail);
        if read == width && !is_invalid(rune, read) {
            return (rune, width);
        }
    }
    (char::REPLACEMENT_CHARACTER, bytes.len().min(1))
}

/// Tells whether [`decode`] met an invalid byte, and not a replacement character that stands in the text.
pub fn is_invalid(rune: char, width: usize) -> bool {
    rune == char::REPLACEMENT_CHARACTER && width == 1
}

/// Returns the runes with the position and width of each.
pub fn runes(bytes: &[u8]) -> Runes<'_> {
    Runes { bytes, position: 0 }
}

/// The runes of a byte string, see [`runes`].
#[derive(Clone, Debug)]
pub struct Runes<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl Iterator for Runes<'_> {
    type Item = (usize, char, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let position = self.position;
        let (rune, width) = decode(self.bytes.get(position..)?);
        self.position += width;
        (width > 0).then_some((position, rune, width))
    }
}

/// Counts the runes.
pub fn count(bytes: &[u8]) -> usize {
    if bytes.is_ascii() { bytes.len() } else { runes(bytes).count() }
}

/// Appends a rune as UTF-8.
pub fn push(out: &mut Vec<u8>, rune: char) {
    out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Appends a rune that is given as a number; what is no rune becomes U+FFFD.
pub fn push_number(out: &mut Vec<u8>, rune: u64) {
    push(out, u32::try_from(rune).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_byte_is_one_rune() {
        let runes: Vec<_> = runes(b"a\xff\xc3\xa9\xe2\x82").map(|(_, rune, width)| (rune, width)).collect();
        assert_eq!(runes, [('a', 1), ('\u{fffd}', 1), ('é', 2), ('\u{fffd}', 1), ('\u{fffd}', 1)]);
    }

    #[test]
    fn the_last_rune_is_read_backwards() {
        assert_eq!(decode_last("xé".as_bytes()), ('é', 2));
        assert_eq!(decode_last(b"x\xa9"), ('\u{fffd}', 1));
        assert_eq!(decode_last(b""), ('\u{fffd}', 0));
    }
}
