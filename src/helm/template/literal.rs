//! Go's literals: quoted strings as `strconv.Unquote` reads them, numbers as `text/template/parse` does.

use memchr::memchr;

use super::ast::Number;
use super::token::Kind;
use crate::helm::go::{quote, strconv, utf8};
use crate::yaml::Str;

/// Go's `strconv.ErrSyntax`.
pub(super) const SYNTAX: &str = "invalid syntax";

/// Checks a string literal, with its quotes. The lexer has made sure that it is closed.
pub(super) fn check(literal: &[u8]) -> Result<(), String> {
    if plain(literal).is_some() { Ok(()) } else { unquote(literal).map(|_| ()) }
}

/// Returns the text of a string literal that was checked.
pub(super) fn text(literal: &[u8]) -> Str {
    match plain(literal) {
        Some(plain) => plain.into(),
        None => unquote(literal).unwrap_or_default().into(),
    }
}

/// Returns what is in the quotes, if that is the text.
fn plain(literal: &[u8]) -> Option<&[u8]> {
    match literal {
        [b'`', inner @ .., b'`'] if memchr(b'\r', inner).is_none() => Some(inner),
        [b'"', inner @ .., b'"'] if memchr(b'\\', inner).is_none() && std::str::from_utf8(inner).is_ok() => Some(inner),
        _ => None,
    }
}

fn unquote(literal: &[u8]) -> Result<Vec<u8>, String> {
    match literal {
        [b'`', inner @ .., b'`'] => Ok(inner.iter().copied().filter(|byte| *byte != b'\r').collect()),
        [b'"', inner @ .., b'"'] => unescape(inner),
        _ => Err(SYNTAX.to_owned()),
    }
}

fn unescape(mut inner: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(inner.len());
    while !inner.is_empty() {
        let (unit, rest) = unquote_unit(inner, b'"').ok_or(SYNTAX)?;
        match unit {
            Unit::Byte(byte) => out.push(byte),
            Unit::Rune(rune) => out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        inner = rest;
    }
    Ok(out)
}

/// What one character of a literal stands for.
enum Unit {
    Byte(u8),
    Rune(char),
}

fn unquote_unit(text: &[u8], quote: u8) -> Option<(Unit, &[u8])> {
    let (&first, rest) = text.split_first()?;
    if first == quote {
        return None;
    }
    if !first.is_ascii() {
        let (rune, width) = utf8::decode(text);
        return Some((Unit::Rune(rune), text.get(width..)?));
    }
    if first != b'\\' {
        return Some((Unit::Byte(first), rest));
    }
    let (&escape, rest) = rest.split_first()?;
    let byte = match escape {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'\'' | b'"' if escape == quote => quote,
        b'x' => {
            let value = digits(rest.get(..2)?, 16)?;
            return Some((Unit::Byte(value as u8), rest.get(2..)?));
        }
        b'u' | b'U' => {
            let length = if escape == b'u' { 4 } else { 8 };
            let rune = char::from_u32(digits(rest.get(..length)?, 16)?)?;
            return Some((Unit::Rune(rune), rest.get(length..)?));
        }
        b'0'..=b'7' => {
            let value = digits(text.get(1..4)?, 8)?;
            return Some((Unit::Byte(u8::try_from(value).ok()?), text.get(4..)?));
        }
        _ => return None,
    };
    Some((Unit::Byte(byte), rest))
}

fn digits(text: &[u8], base: u32) -> Option<u32> {
    text.iter().try_fold(0_u32, |value, byte| Some(value.wrapping_mul(base) | char::from(*byte).to_digit(base)?))
}

/// Reads a number or a character constant.
pub(super) fn number(text: &[u8], kind: Kind) -> Result<Number, String> {
    match kind {
        Kind::CharacterConstant => character(text),
        Kind::Complex => complex(text),
        _ => real(text),
    }
}

fn character(text: &[u8]) -> Result<Number, String> {
    let inner = text.get(1..).unwrap_or_default();
    let (unit, tail) = unquote_unit(inner, b'\'').ok_or(SYNTAX)?;
    if tail != b"'" {
        return Err(format!("malformed character constant: {}", String::from_utf8_lossy(text)));
    }
    let value = match unit {
        Unit::Byte(byte) => u32::from(byte),
        Unit::Rune(rune) => u32::from(rune),
    };
    Ok(Number {
        int: Some(i64::from(value)),
        uint: Some(u64::from(value)),
        float: Some(f64::from(value)),
        complex: None,
    })
}

/// Reads `1+2i`: the second sign that is not of an exponent starts the imaginary part.
fn complex(text: &[u8]) -> Result<Number, String> {
    let is_hexadecimal = |part: &[u8]| part.windows(2).any(|pair| matches!(pair, [b'0', b'x' | b'X']));
    let split = (1..text.len()).find(|index| {
        let exponent = match text[index - 1] {
            b'e' | b'E' => !is_hexadecimal(&text[..*index]),
            b'p' | b'P' => true,
            _ => false,
        };
        matches!(text[*index], b'+' | b'-') && !exponent
    });
    let parts = split.and_then(|at| {
        let imaginary = text[at..].strip_suffix(b"i")?;
        let imaginary = imaginary.strip_prefix(b"+").unwrap_or(imaginary);
        Some((strconv::parse_float(&text[..at]).ok()?, strconv::parse_float(imaginary).ok()?))
    });
    let (real, imaginary) = parts.ok_or("syntax error scanning complex number")?;
    Ok(simplified(real, imaginary))
}

fn simplified(real: f64, imaginary: f64) -> Number {
    let mut number = Number { complex: Some((real, imaginary)), ..Number::default() };
    if imaginary == 0.0 {
        number.float = Some(real);
        number.int = whole_int(real);
        number.uint = whole_uint(real);
    }
    number
}

fn real(text: &[u8]) -> Result<Number, String> {
    if let Some(imaginary) = text.strip_suffix(b"i")
        && let Ok(value) = strconv::parse_float(imaginary)
    {
        return Ok(simplified(0.0, value));
    }
    let mut number =
        Number { uint: strconv::parse_uint(text, 0).ok(), int: strconv::parse_int(text, 0).ok(), ..Number::default() };
    if number.int == Some(0) {
        number.uint = Some(0);
    }
    if let Some(value) = number.int {
        number.float = Some(value as f64);
    } else if let Some(value) = number.uint {
        number.float = Some(value as f64);
    } else if let Ok(value) = strconv::parse_float(text) {
        if !has_float_syntax(text) {
            return Err(format!("integer overflow: {}", quote::quote_text(text)));
        }
        number = Number { int: whole_int(value), uint: whole_uint(value), float: Some(value), complex: None };
    }
    if number == Number::default() {
        return Err(format!("illegal number syntax: {}", quote::quote_text(text)));
    }
    Ok(number)
}

/// Tells whether a number's text looks like a float's.
pub(super) fn has_float_syntax(text: &[u8]) -> bool {
    text.iter().any(|byte| b".eEpP".contains(byte))
}

fn whole_int(value: f64) -> Option<i64> {
    let limit = 2_f64.powi(63);
    (value.trunc() == value && value >= -limit && value < limit).then_some(value as i64)
}

fn whole_uint(value: f64) -> Option<u64> {
    (value.trunc() == value && value >= 0.0 && value < 2_f64.powi(64)).then_some(value as u64)
}
