//! Go's `net/netip`: reading IP addresses, with its words for what is wrong.

use super::quote::quote_text;

/// An address as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// Four decimals.
    V4,
    /// Groups of hexadecimal digits.
    V6 {
        /// `%` and a name follow.
        has_zone: bool,
    },
}

/// Why a text is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ParseAddr({}): {message}{}", quote_text(.text), place(.rest))]
pub struct Error {
    text: Vec<u8>,
    message: &'static str,
    /// What follows the fault, where Go tells it.
    rest: Vec<u8>,
}

fn place(rest: &[u8]) -> String {
    if rest.is_empty() { String::new() } else { format!(" (at {})", quote_text(rest)) }
}

/// Reads an address.
///
/// # Errors
/// With the text of Go's `netip.ParseAddr`.
pub fn parse(text: &[u8]) -> Result<Address, Error> {
    let fail = |message| Error { text: text.to_vec(), message, rest: Vec::new() };
    match text.iter().find(|byte| b".:%".contains(byte)) {
        Some(b'.') => parse_v4(text, text).map(|()| Address::V4),
        Some(b':') => parse_v6(text),
        Some(_) => Err(fail("missing IPv6 address")),
        None => Err(fail("unable to parse IP")),
    }
}

/// Reads four decimals, which may be the end of a whole text.
fn parse_v4(whole: &[u8], decimals: &[u8]) -> Result<(), Error> {
    let fail = |message, rest: &[u8]| Err(Error { text: whole.to_vec(), message, rest: rest.to_vec() });
    let (mut value, mut dots, mut digits) = (0, 0, 0);
    for (index, &byte) in decimals.iter().enumerate() {
        let rest = &decimals[index..];
        match byte {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return fail("IPv4 field has octet with leading zero", b"");
                }
                value = value * 10 + u32::from(byte - b'0');
                digits += 1;
                if value > 255 {
                    return fail("IPv4 field has value >255", b"");
                }
            }
            b'.' => {
                if index == 0 || rest.len() == 1 || decimals[index - 1] == b'.' {
                    return fail("IPv4 field must have at least one digit", rest);
                }
                if dots == 3 {
                    return fail("IPv4 address too long", b"");
                }
                (value, digits, dots) = (0, 0, dots + 1);
            }
            _ => return fail("unexpected character", rest),
        }
    }
    if dots < 3 { fail("IPv4 address too short", b"") } else { Ok(()) }
}

fn parse_v6(text: &[u8]) -> Result<Address, Error> {
    let fail = |message, rest: &[u8]| Err(Error { text: text.to_vec(), message, rest: rest.to_vec() });
    let zone = text.iter().position(|&byte| byte == b'%');
    if zone.is_some_and(|zone| zone + 1 == text.len()) {
        return fail("zone must be a non-empty string", b"");
    }
    let found = Ok(Address::V6 { has_zone: zone.is_some() });
    let mut rest = &text[..zone.unwrap_or(text.len())];
    // Where `::` stands, and how many bytes of the address are read.
    let (mut ellipsis, mut read) = (None, 0);
    if let Some(behind) = rest.strip_prefix(b"::") {
        ellipsis = Some(0);
        rest = behind;
        if rest.is_empty() {
            return found;
        }
    }
    while read < 16 {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        match digits {
            0 => return fail("each colon-separated field must have at least one digit", rest),
            1..=4 => {}
            _ => return fail("each group must have 4 or less digits", rest),
        }
        if rest.get(digits) == Some(&b'.') {
            if ellipsis.is_none() && read != 12 {
                return fail("embedded IPv4 address must replace the final 2 fields of the address", rest);
            }
            if read + 4 > 16 {
                return fail("too many hex fields to fit an embedded IPv4 at the end of the address", rest);
            }
            parse_v4(text, rest)?;
            rest = b"";
            read += 4;
            break;
        }
        read += 2;
        rest = &rest[digits..];
        match rest {
            [] => break,
            [b':'] => return fail("colon must be followed by more characters", rest),
            [b':', b':', ..] if ellipsis.is_some() => return fail("multiple :: in address", &rest[1..]),
            [b':', b':', behind @ ..] => {
                ellipsis = Some(read);
                rest = behind;
                if rest.is_empty() {
                    break;
                }
            }
            [b':', behind @ ..] => rest = behind,
            _ => return fail("unexpected character, want colon", rest),
        }
    }
    match ellipsis {
        _ if !rest.is_empty() => fail("trailing garbage after address", rest),
        None if read < 16 => fail("address string too short", b""),
        Some(_) if read == 16 => fail("the :: must expand to at least one field of zeros", b""),
        _ => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_faults_in_go_s_words() {
        let cases = [
            ("1.2.3", "IPv4 address too short"),
            ("1.2..3", "IPv4 field must have at least one digit (at \".3\")"),
            ("1.2.3.256", "IPv4 field has value >255"),
            ("::1%", "zone must be a non-empty string"),
            ("1:2:3:4:5:6:7:8:9", "trailing garbage after address (at \"9\")"),
            ("1::2::3", "multiple :: in address (at \":3\")"),
            ("::12345", "each group must have 4 or less digits (at \"12345\")"),
            ("1:2:3:4:5:6:7::8", "the :: must expand to at least one field of zeros"),
            ("x", "unable to parse IP"),
        ];
        for (text, expected) in cases {
            let error = parse(text.as_bytes()).unwrap_err().to_string();
            assert_eq!(error, format!("ParseAddr({text:?}): {expected}"));
        }
        for text in ["::", "::1", "1::", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8"] {
            assert_eq!(parse(text.as_bytes()), Ok(Address::V6 { has_zone: false }));
        }
        assert_eq!(parse(b"fe80::1%eth0"), Ok(Address::V6 { has_zone: true }));
        assert_eq!(parse(b"1.2.3.4"), Ok(Address::V4));
    }
}
