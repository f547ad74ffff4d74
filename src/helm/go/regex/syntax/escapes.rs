//! What begins with a backslash, and classes in brackets.

use regex_syntax::hir::{ClassUnicode, Look};

use super::{Parser, check_utf8, error};
use crate::helm::go::regex::{Error, class};

impl<'a> Parser<'a> {
    /// Reads what begins with a backslash, outside of brackets.
    pub(super) fn escape(&mut self) -> Result<(), Error> {
        let start = self.rest;
        match start.get(1) {
            Some(b'A') => return self.push_look(Look::Start, 2),
            Some(b'b') => return self.push_look(Look::WordAscii, 2),
            Some(b'B') => return self.push_look(Look::WordAsciiNegate, 2),
            Some(b'z') => return self.push_look(Look::End, 2),
            Some(b'C') => return Err(error("invalid escape sequence", &start[..2])),
            Some(b'Q') => {
                let literal = &start[2..];
                let end = literal.windows(2).position(|pair| pair == b"\\E");
                let stop = end.map_or(&start[start.len()..], |end| &literal[end..]);
                self.rest = literal;
                while self.rest.len() > stop.len() {
                    // Go looks at the literal alone.
                    let Ok(rune) = self.next_rune() else {
                        return Err(error("invalid UTF-8", &self.rest[..self.rest.len() - stop.len()]));
                    };
                    self.push_literal(rune)?;
                }
                self.rest = stop.get(2..).unwrap_or_default();
                return Ok(());
            }
            _ => {}
        }
        if let Some(class) = self.escaped_class()? {
            return self.push_class(class);
        }
        let rune = self.escaped_rune()?;
        self.push_literal(rune)
    }

    /// Reads `\pN`, `\p{Name}`, `\d` and their negations, if one stands here.
    fn escaped_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let [b'\\', letter, ..] = *self.rest else { return Ok(None) };
        let (mut class, negated) = match letter {
            b'p' | b'P' => self.unicode_class(letter == b'P')?,
            _ => {
                let Some(found) = class::perl(letter) else { return Ok(None) };
                self.rest = &self.rest[2..];
                found
            }
        };
        if self.flags.fold_case {
            fold(&mut class);
        }
        if negated {
            class.negate();
        }
        Ok(Some(class))
    }

    fn unicode_class(&mut self, mut negated: bool) -> Result<(ClassUnicode, bool), Error> {
        let start = self.rest;
        self.rest = &start[2..];
        if self.rest.is_empty() {
            // Go reads the end of the text as a name of no letters.
            return Err(error("invalid character class range", start));
        }
        let first = self.next_rune()?;
        let name = if first == u32::from('{') {
            let Some(end) = start.iter().position(|&byte| byte == b'}') else {
                check_utf8(start)?;
                return Err(error("invalid character class range", start));
            };
            self.rest = &start[end + 1..];
            &start[3..end]
        } else {
            &start[2..start.len() - self.rest.len()]
        };
        check_utf8(name)?;
        let name = String::from_utf8_lossy(name);
        let plain = name.strip_prefix('^').unwrap_or(&name);
        negated ^= plain.len() != name.len();
        let expression = &start[..start.len() - self.rest.len()];
        let (class, inverted) =
            class::unicode(plain).ok_or_else(|| error("invalid character class range", expression))?;
        Ok((class, negated ^ inverted))
    }

    /// Reads an escape that means one rune.
    fn escaped_rune(&mut self) -> Result<u32, Error> {
        let start = self.rest;
        self.rest = &start[1..];
        if self.rest.is_empty() {
            return Err(error("trailing backslash at end of expression", b""));
        }
        let letter = self.next_rune()?;
        let is_octal = |byte: Option<&u8>| matches!(byte, Some(b'0'..=b'7'));
        let rune = match char::from_u32(letter).unwrap_or_default() {
            '1'..='7' if !is_octal(self.rest.first()) => None,
            digit @ '0'..='7' => {
                let mut value = u32::from(digit) - u32::from('0');
                for _ in 0..2 {
                    if is_octal(self.rest.first()) {
                        value = value * 8 + u32::from(self.rest[0] - b'0');
                        self.rest = &self.rest[1..];
                    }
                }
                Some(value)
            }
            'x' => self.hexadecimal()?,
            'a' => Some(7),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            sign if sign.is_ascii() && !sign.is_ascii_alphanumeric() => Some(letter),
            _ => None,
        };
        rune.ok_or_else(|| error("invalid escape sequence", &start[..start.len() - self.rest.len()]))
    }

    /// Reads the digits after `\x`.
    fn hexadecimal(&mut self) -> Result<Option<u32>, Error> {
        let digit = |rune: u32| char::from_u32(rune).and_then(|rune| rune.to_digit(16));
        if self.rest.is_empty() {
            return Ok(None);
        }
        let first = self.next_rune()?;
        if first != u32::from('{') {
            let high = digit(first);
            if self.rest.is_empty() {
                return Ok(None);
            }
            let low = digit(self.next_rune()?);
            return Ok(high.zip(low).map(|(high, low)| high * 16 + low));
        }
        let mut value = None;
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            let rune = self.next_rune()?;
            if rune == u32::from('}') {
                return Ok(value);
            }
            let Some(digit) = digit(rune) else { return Ok(None) };
            let next = value.unwrap_or(0) * 16 + digit;
            if next > u32::from(char::MAX) {
                return Ok(None);
            }
            value = Some(next);
        }
    }

    /// Reads a class in brackets.
    pub(super) fn class(&mut self) -> Result<(), Error> {
        let start = self.rest;
        self.rest = &start[1..];
        let negated = self.rest.first() == Some(&b'^');
        self.rest = &self.rest[usize::from(negated)..];
        let mut ranges = class::of(&[]);
        let mut first = true;
        while first || self.rest.first() != Some(&b']') {
            first = false;
            if let Some(named) = self.posix_class()? {
                ranges.union(&named);
            } else if let Some(escaped) = self.escaped_class()? {
                ranges.union(&escaped);
            } else {
                ranges.union(&self.range(start)?);
            }
        }
        self.rest = &self.rest[1..];
        if negated {
            ranges.negate();
        }
        self.push_class(ranges)
    }

    /// Reads `[:name:]`, if one stands here.
    fn posix_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let [b'[', b':', _, ..] = self.rest else { return Ok(None) };
        let Some(end) = self.rest[2..].windows(2).position(|pair| pair == b":]") else { return Ok(None) };
        let (whole, rest) = self.rest.split_at(end + 4);
        let name = &whole[2..end + 2];
        let plain = name.strip_prefix(b"^").unwrap_or(name);
        let mut class = class::posix(plain).ok_or_else(|| error("invalid character class range", whole))?;
        if self.flags.fold_case {
            fold(&mut class);
        }
        if plain.len() != name.len() {
            class.negate();
        }
        self.rest = rest;
        Ok(Some(class))
    }

    /// Reads a rune or a range of runes in brackets.
    fn range(&mut self, whole_class: &'a [u8]) -> Result<ClassUnicode, Error> {
        let start = self.rest;
        let low = self.class_rune(whole_class)?;
        let mut high = low;
        if let [b'-', next, ..] = *self.rest
            && next != b']'
        {
            self.rest = &self.rest[1..];
            high = self.class_rune(whole_class)?;
            if high < low {
                let expression = &start[..start.len() - self.rest.len()];
                return Err(error("invalid character class range", expression));
            }
        }
        let mut class = class::of_codes(low, high);
        if self.flags.fold_case {
            fold(&mut class);
        }
        Ok(class)
    }

    fn class_rune(&mut self, whole_class: &[u8]) -> Result<u32, Error> {
        match self.rest.first() {
            None => Err(error("missing closing ]", whole_class)),
            Some(b'\\') => self.escaped_rune(),
            Some(_) => self.next_rune(),
        }
    }
}

/// Adds the other cases of every rune.
pub(super) fn fold(class: &mut ClassUnicode) {
    // Fails only where the crate was built without its case tables; then nothing is added.
    let _ = class.try_case_fold_simple();
}
