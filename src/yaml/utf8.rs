//! UTF-8 one rune at a time, as Go's `utf8.DecodeRune` walks over bytes that need not be valid.

/// Returns the first rune and its width in bytes, or `None` where the bytes do not start with a valid one.
pub(crate) fn first_char(bytes: &[u8]) -> Option<(char, usize)> {
    let width = match bytes.first()? {
        0..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let text = std::str::from_utf8(bytes.get(..width)?).ok()?;
    Some((text.chars().next()?, width))
}

/// Returns the text with every byte that is no UTF-8 replaced by U+FFFD, as a trip through JSON does.
pub(crate) fn replace_invalid(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let (value, width) = first_char(rest).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
        out.extend_from_slice(value.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[width..];
    }
    out
}
