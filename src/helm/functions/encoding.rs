//! base64, base32 and checksums.

use sha2::Digest;

use super::{Function, Param, arguments};
use crate::helm::go::base;
use crate::helm::value::Value;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    of_text("b64enc", |_, arguments| Ok(Value::str(base::encode64(arguments::text(arguments, 0)?)))),
    of_text("b64dec", |_, arguments| {
        let decoded = base::decode64(arguments::text(arguments, 0)?);
        Ok(decoded.map_or_else(|corrupt| Value::str(corrupt.base64_text()), Value::str))
    }),
    of_text("b32enc", |_, arguments| Ok(Value::str(base::encode32(arguments::text(arguments, 0)?)))),
    of_text("b32dec", |_, arguments| {
        let decoded = base::decode32(arguments::text(arguments, 0)?);
        Ok(decoded.map_or_else(|corrupt| Value::str(corrupt.base32_text()), Value::str))
    }),
    of_text("sha1sum", |_, arguments| Ok(hex(&<sha1::Sha1 as sha1::Digest>::digest(arguments::text(arguments, 0)?)))),
    of_text("sha256sum", |_, arguments| Ok(hex(&sha2::Sha256::digest(arguments::text(arguments, 0)?)))),
    of_text("sha512sum", |_, arguments| Ok(hex(&sha2::Sha512::digest(arguments::text(arguments, 0)?)))),
    of_text("adler32sum", |_, arguments| Ok(Value::str(adler32(arguments::text(arguments, 0)?).to_string()))),
];

const fn of_text(name: &'static str, body: super::Body) -> Function {
    Function { name, params: &[Param::Str], variadic: None, body }
}

fn hex(bytes: &[u8]) -> Value {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    Value::str(digits.collect::<Vec<u8>>())
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1u32, 0u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    high << 16 | low
}
