//! Numbers by a verb.

use super::{Error, Printer};
use crate::helm::go::{
    quote,
    strconv::{self, FloatFormat},
    utf8,
};
use crate::helm::value::Value;
use crate::yaml::push_uint;

impl Printer {
    pub(super) fn print_integer(&mut self, number: i128, signed: bool, verb: char, value: &Value) -> Result<(), Error> {
        // As in Go, the bits of a negative number, to be read as unsigned by %c, %q and %U.
        let bits = number as u64;
        match verb {
            'v' if self.flags.sharp_v && !signed => self.integer_with_prefix(bits),
            'v' | 'd' => self.integer(bits, signed, 10, verb),
            'b' => self.integer(bits, signed, 2, verb),
            'o' | 'O' => self.integer(bits, signed, 8, verb),
            'x' | 'X' => self.integer(bits, signed, 16, verb),
            'c' => {
                let mut text = Vec::new();
                utf8::push_number(&mut text, bits);
                self.pad(&text);
            }
            'q' => {
                let mut text = Vec::new();
                quote::append_quoted_rune(&mut text, bits, self.flags.plus);
                self.pad(&text);
            }
            'U' => self.print_code_point(bits),
            _ => self.bad_verb(verb, value)?,
        }
        Ok(())
    }

    pub(super) fn integer_with_prefix(&mut self, bits: u64) {
        let before = std::mem::replace(&mut self.flags.sharp, true);
        self.integer(bits, false, 16, 'v');
        self.flags.sharp = before;
    }

    pub(super) fn integer(&mut self, bits: u64, signed: bool, base: u32, verb: char) {
        let flags = self.flags;
        let negative = signed && (bits as i64) < 0;
        let size = if negative { bits.wrapping_neg() } else { bits };
        if flags.precision == Some(0) && size == 0 {
            return self.fill(flags.width.unwrap_or(0), b' ');
        }
        let mut text = Vec::with_capacity(20);
        match base {
            2 => text.extend_from_slice(format!("{size:b}").as_bytes()),
            8 => text.extend_from_slice(format!("{size:o}").as_bytes()),
            16 if verb == 'X' => text.extend_from_slice(format!("{size:X}").as_bytes()),
            16 => text.extend_from_slice(format!("{size:x}").as_bytes()),
            _ => push_uint(&mut text, size),
        }
        let signs = usize::from(negative || flags.plus || flags.space);
        let digits = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero && !flags.minus => width.saturating_sub(signs),
            _ => 0,
        };
        let mut head = Vec::new();
        if negative {
            head.push(b'-');
        } else if flags.plus {
            head.push(b'+');
        } else if flags.space {
            head.push(b' ');
        }
        if verb == 'O' {
            head.extend_from_slice(b"0o");
        }
        let zeros = digits.saturating_sub(text.len());
        if flags.sharp {
            match base {
                2 => head.extend_from_slice(b"0b"),
                8 if zeros == 0 && text.first() != Some(&b'0') => head.push(b'0'),
                16 => head.extend_from_slice(if verb == 'X' { b"0X" } else { b"0x" }),
                _ => {}
            }
        }
        head.resize(head.len() + zeros, b'0');
        head.append(&mut text);
        self.pad_with(&head, b' ');
    }

    /// Prints `U+0078`, with the sharp flag `U+0078 'x'`.
    pub(super) fn print_code_point(&mut self, bits: u64) {
        let digits = self.flags.precision.filter(|&precision| precision > 4).unwrap_or(4);
        let number = format!("{bits:X}");
        let mut text = b"U+".to_vec();
        text.resize(text.len() + digits.saturating_sub(number.len()), b'0');
        text.extend_from_slice(number.as_bytes());
        if self.flags.sharp
            && let Some(rune) = u32::try_from(bits).ok().and_then(char::from_u32).filter(|&rune| quote::is_print(rune))
        {
            text.extend_from_slice(format!(" '{rune}'").as_bytes());
        }
        self.pad_with(&text, b' ');
    }

    pub(super) fn print_float(&mut self, number: f64, verb: char, value: &Value) -> Result<(), Error> {
        let (format, default) = match verb {
            'v' | 'g' | 'G' => (FloatFormat::General, None),
            'b' => (FloatFormat::Binary, None),
            'x' | 'X' => (FloatFormat::Hexadecimal, None),
            'e' | 'E' => (FloatFormat::Exponent, Some(6)),
            'f' | 'F' => (FloatFormat::Plain, Some(6)),
            _ => return self.bad_verb(verb, value),
        };
        let precision = self.flags.precision.or(default);
        let mut text = vec![b'+'];
        strconv::append_float(&mut text, number, format, precision);
        if verb.is_ascii_uppercase() && number.is_finite() {
            text.make_ascii_uppercase();
        }
        if matches!(text.get(1), Some(b'-' | b'+')) {
            text.remove(0);
        }
        if self.flags.space && text[0] == b'+' && !self.flags.plus {
            text[0] = b' ';
        }
        if !number.is_finite() {
            let shown = if number.is_nan() && !self.flags.space && !self.flags.plus { &text[1..] } else { &text };
            self.pad_with(shown, b' ');
            return Ok(());
        }
        if self.flags.sharp && verb != 'b' {
            restore_zeros(&mut text, verb, precision);
        }
        let signed = self.flags.plus || text[0] != b'+';
        match self.flags.width {
            Some(width) if signed && self.flags.zero && !self.flags.minus && width > text.len() => {
                self.out.push(text[0]);
                self.fill(width - text.len(), b'0');
                self.out.extend_from_slice(&text[1..]);
            }
            _ if signed => self.pad(&text),
            _ => self.pad(&text[1..]),
        }
        Ok(())
    }

    pub(super) fn print_complex(&mut self, real: f64, imaginary: f64, verb: char, value: &Value) -> Result<(), Error> {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(verb, value);
        }
        self.out.push(b'(');
        self.print_float(real, verb, value)?;
        let before = std::mem::replace(&mut self.flags.plus, true);
        self.print_float(imaginary, verb, value)?;
        self.flags.plus = before;
        self.write("i)");
        Ok(())
    }
}

/// Restores the point and the zeros that the sharp flag asks for; the text begins with its sign.
fn restore_zeros(text: &mut Vec<u8>, verb: char, precision: Option<usize>) {
    let mut wanted = match verb {
        'v' | 'g' | 'G' | 'x' => precision.unwrap_or(6) as i64,
        _ => 0,
    };
    let is_exponent = |byte: u8| match byte {
        b'p' | b'P' => true,
        b'e' | b'E' => verb != 'x' && verb != 'X',
        _ => false,
    };
    let end = text.iter().position(|&byte| is_exponent(byte)).unwrap_or(text.len());
    let tail = text.split_off(end);
    let mut significant = false;
    for &byte in text[1..].iter().filter(|&&byte| byte != b'.') {
        significant |= byte != b'0';
        wanted -= i64::from(significant);
    }
    if !text.contains(&b'.') {
        if text.len() == 2 && text[1] == b'0' {
            wanted -= 1;
        }
        text.push(b'.');
    }
    text.resize(text.len() + usize::try_from(wanted).unwrap_or(0), b'0');
    text.extend_from_slice(&tail);
}
