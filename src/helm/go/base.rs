//! base64 and base32 as Go's `encoding` packages read them, with the byte that is wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The offset of the byte that does not belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt(pub usize);

impl Corrupt {
    /// Returns Go's text for base64.
    pub fn base64_text(self) -> String {
        format!("illegal base64 data at input byte {}", self.0)
    }

    /// Returns Go's text for base32.
    pub fn base32_text(self) -> String {
        format!("illegal base32 data at input byte {}", self.0)
    }
}

/// Writes base64 of the standard alphabet, padded.
pub fn encode64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads base64 of the standard alphabet; line ends are skipped, bits left over are ignored.
pub fn decode64(text: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let mut at = 0;
    while at < text.len() {
        at = decode_quantum(text, at, &mut out)?;
    }
    Ok(out)
}

/// Reads four digits (or the last, padded ones) from an offset on, and returns the offset behind them.
fn decode_quantum(text: &[u8], from: usize, out: &mut Vec<u8>) -> Result<usize, Corrupt> {
    let is_line_end = |at: usize| matches!(text.get(at), Some(b'\n' | b'\r'));
    let (mut at, mut count, mut digits) = (from, 0, 0u32);
    while count < 4 {
        let Some(&byte) = text.get(at) else {
            return if count == 0 { Ok(at) } else { Err(Corrupt(at - count)) };
        };
        at += 1;
        if let Some(digit) = digit64(byte) {
            digits = digits << 6 | digit;
            count += 1;
            continue;
        }
        match byte {
            b'\n' | b'\r' => continue,
            b'=' if count >= 2 => {}
            _ => return Err(Corrupt(at - 1)),
        }
        if count == 2 {
            while is_line_end(at) {
                at += 1;
            }
            match text.get(at) {
                None => return Err(Corrupt(text.len())),
                Some(b'=') => at += 1,
                Some(_) => return Err(Corrupt(at - 1)),
            }
        }
        while is_line_end(at) {
            at += 1;
        }
        if at < text.len() {
            return Err(Corrupt(at));
        }
        break;
    }
    let bytes = (digits << (6 * (4 - count))).to_be_bytes();
    out.extend_from_slice(&bytes[1..count]);
    Ok(at)
}

fn digit64(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(digit.into())
}

/// Writes base32 of the standard alphabet, padded.
pub fn encode32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut padded = [0; 8];
        padded[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(padded);
        let digits = (chunk.len() * 8).div_ceil(5);
        for index in 0..8 {
            let digit = (bits >> (35 - 5 * index)) & 31;
            out.push(if index < digits { char::from(ALPHABET[digit as usize]) } else { '=' });
        }
    }
    out
}

/// Reads base32 of the standard alphabet; line ends are skipped.
pub fn decode32(text: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5 + 5);
    let (mut at, mut is_last) = (0, false);
    while at < text.len() && !is_last {
        let (mut count, mut digits) = (0, 0u64);
        while count < 8 {
            let Some(&byte) = text.get(at) else { return Err(Corrupt(at - count)) };
            at += 1;
            let left = text.len() - at;
            if byte == b'=' && count >= 2 && left < 8 {
                if left + count < 7 {
                    return Err(Corrupt(text.len()));
                }
                if let Some(wrong) = text[at..].iter().take(7 - count).position(|byte| *byte != b'=') {
                    return Err(Corrupt(at + wrong - 1));
                }
                if matches!(count, 1 | 3 | 6) {
                    return Err(Corrupt(at - 1));
                }
                is_last = true;
                break;
            }
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'2'..=b'7' => byte - b'2' + 26,
                _ => return Err(Corrupt(at - 1)),
            };
            digits = digits << 5 | u64::from(digit);
            count += 1;
        }
        let bytes = (digits << (5 * (8 - count))).to_be_bytes();
        out.extend_from_slice(&bytes[3..3 + count * 5 / 8]);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_wrong_byte_of_base64_as_go_does() {
        let cases: [(&str, Result<&str, usize>); 9] = [
            ("aGVsbG8=", Ok("hello")),
            ("aGVs\nbG8=\n", Ok("hello")),
            ("aGVsbG8", Err(4)),
            ("aGVsbG8=x", Err(8)),
            ("aA=", Err(3)),
            ("aA=x", Err(2)),
            ("a===", Err(1)),
            ("aGV\nsbG8=\r\n", Ok("hello")),
            ("_-8=", Err(0)),
        ];
        for (text, wanted) in cases {
            let got = decode64(text.as_bytes());
            assert_eq!(got, wanted.map(|text| text.as_bytes().to_vec()).map_err(Corrupt), "{text}");
        }
    }

    #[test]
    fn reads_base32_of_every_length_back() {
        let bytes: Vec<u8> = (0..40).collect();
        for end in 0..bytes.len() {
            assert_eq!(decode32(encode32(&bytes[..end]).as_bytes()), Ok(bytes[..end].to_vec()));
        }
        assert_eq!(decode32(b"nbswy3dp"), Err(Corrupt(0)));
        assert_eq!(decode32(b"JBSWY3D"), Err(Corrupt(0)));
    }
}
