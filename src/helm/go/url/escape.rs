//! What may stand in the parts of an address, and the escapes for what may not.

use super::Error;

/// What a part of an address may contain unescaped, beside letters and digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Path,
    PathSegment,
    Host,
    Zone,
    UserPassword,
    Fragment,
}

impl Encoding {
    pub(super) fn keeps(self, byte: u8) -> bool {
        let signs: &[u8] = match self {
            Self::Path => b"$&+,-./:;=@_~",
            Self::PathSegment => b"$&+-.:=@_~",
            Self::Host | Self::Zone => b"!\"$&'()*+,-.:;<=>[]_~",
            Self::UserPassword => b"$&+,-.;=_~",
            Self::Fragment => b"!$&()*+,-./:;=?@_~",
        };
        byte.is_ascii_alphanumeric() || signs.contains(&byte)
    }

    pub(super) fn escape(self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for &byte in text {
            if self.keeps(byte) {
                out.push(byte);
            } else {
                out.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
        out
    }

    pub(super) fn unescape(self, text: &[u8]) -> Result<Vec<u8>, Error> {
        let is_host = matches!(self, Self::Host | Self::Zone);
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(&byte) = rest.first() {
            if byte != b'%' {
                if is_host && byte < 0x80 && !self.keeps(byte) {
                    return Err(Error::HostCharacter(byte));
                }
                out.push(byte);
                rest = &rest[1..];
                continue;
            }
            let fault = || Error::Escape(rest[..rest.len().min(3)].to_vec());
            let digit = |index: usize| rest.get(index).and_then(|&byte| char::from(byte).to_digit(16));
            let (high, low) = digit(1).zip(digit(2)).ok_or_else(fault)?;
            let value = (high * 16 + low) as u8;
            let is_percent = rest.starts_with(b"%25");
            // In a host only bytes beyond ASCII may be escaped; in a zone what could stand there anyway, and a space.
            if (self == Self::Host && high < 8 && !is_percent)
                || (self == Self::Zone && !is_percent && value != b' ' && !Self::Host.keeps(value))
            {
                return Err(fault());
            }
            out.push(value);
            rest = &rest[3..];
        }
        Ok(out)
    }

    /// Tells whether a text can stand as it is for what it means when unescaped.
    pub(super) fn is_valid(self, text: &[u8]) -> bool {
        text.iter().all(|&byte| b"!$&'()*+,;=:@[]%".contains(&byte) || self.keeps(byte))
    }
}

/// Escapes what stands between two slashes, as `url.PathEscape` does.
pub fn path_escape(text: &[u8]) -> Vec<u8> {
    Encoding::PathSegment.escape(text)
}

/// Takes the escapes out of a text, as `url.PathUnescape` does.
///
/// # Errors
/// If a percent sign is not followed by two hexadecimal digits.
pub fn path_unescape(text: &[u8]) -> Result<Vec<u8>, Error> {
    Encoding::PathSegment.unescape(text)
}
