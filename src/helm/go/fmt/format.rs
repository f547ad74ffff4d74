//! The format string of `printf`: its directives with flags, indexes, widths and precisions.

use super::{Error, Flags, LARGEST_NUMBER, Printer};
use crate::helm::go::{types, utf8};
use crate::helm::value::{Number, Value};

impl Printer {
    pub(super) fn printf(&mut self, format: &[u8], arguments: &[Value]) -> Result<(), Error> {
        let mut next = 0;
        let mut position = 0;
        while position < format.len() {
            self.good_index = true;
            let rest = &format[position..];
            let literal = rest.iter().position(|&byte| byte == b'%').unwrap_or(rest.len());
            self.out.extend_from_slice(&rest[..literal]);
            position += literal;
            if position >= format.len() {
                break;
            }
            position = self.directive(format, position + 1, arguments, &mut next)?;
        }
        if !self.reordered && next < arguments.len() {
            self.extra_arguments(&arguments[next..])?;
        }
        Ok(())
    }

    /// Prints by one directive, which begins after its percent sign, and returns where it ends.
    pub(super) fn directive(
        &mut self,
        format: &[u8],
        start: usize,
        arguments: &[Value],
        next: &mut usize,
    ) -> Result<usize, Error> {
        let mut position = self.read_flags(format, start);
        // Most directives are a percent sign and a letter.
        if let (Some(letter), Some(argument)) =
            (format.get(position).filter(|c| c.is_ascii_lowercase()), arguments.get(*next))
        {
            *next += 1;
            self.print_verb(argument, char::from(*letter))?;
            return Ok(position + 1);
        }
        let mut after_index = false;
        self.read_index(format, &mut position, arguments.len(), next, &mut after_index);
        self.read_width(format, &mut position, arguments, next, &mut after_index);
        self.read_precision(format, &mut position, arguments, next, &mut after_index);
        if !after_index {
            self.read_index(format, &mut position, arguments.len(), next, &mut after_index);
        }
        if position >= format.len() {
            self.write("%!(NOVERB)");
            return Ok(position);
        }
        let (verb, size) = utf8::decode(&format[position..]);
        if verb == '%' {
            self.out.push(b'%');
        } else if !self.good_index {
            self.mark(verb, "(BADINDEX)");
        } else if let Some(argument) = arguments.get(*next) {
            *next += 1;
            self.print_verb(argument, verb)?;
        } else {
            self.mark(verb, "(MISSING)");
        }
        Ok(position + size)
    }

    pub(super) fn read_flags(&mut self, format: &[u8], start: usize) -> usize {
        self.flags = Flags::default();
        let mut position = start;
        while let Some(&byte) = format.get(position) {
            match byte {
                b'#' => self.flags.sharp = true,
                b'0' => self.flags.zero = true,
                b'+' => self.flags.plus = true,
                b'-' => self.flags.minus = true,
                b' ' => self.flags.space = true,
                _ => break,
            }
            position += 1;
        }
        position
    }

    /// Reads `[n]`, which sets the next argument.
    pub(super) fn read_index(
        &mut self,
        format: &[u8],
        position: &mut usize,
        count: usize,
        next: &mut usize,
        after_index: &mut bool,
    ) {
        *after_index = false;
        let Some(rest) = format.get(*position..).filter(|rest| rest.first() == Some(&b'[')) else { return };
        self.reordered = true;
        let (index, width, readable) = parse_index(rest);
        *position += width;
        *after_index = readable;
        match index.filter(|&index| readable && index < count) {
            Some(index) => {
                *next = index;
                *after_index = true;
            }
            None => self.good_index = false,
        }
    }

    pub(super) fn read_width(
        &mut self,
        format: &[u8],
        position: &mut usize,
        arguments: &[Value],
        next: &mut usize,
        after_index: &mut bool,
    ) {
        if format.get(*position) == Some(&b'*') {
            *position += 1;
            match take_integer(arguments, next) {
                None => self.write("%!(BADWIDTH)"),
                Some(width) => {
                    self.flags.width = usize::try_from(width.unsigned_abs()).ok();
                    if width < 0 {
                        self.flags.minus = true;
                        self.flags.zero = false;
                    }
                }
            }
            *after_index = false;
        } else {
            self.flags.width = parse_number(format, position);
            if *after_index && self.flags.width.is_some() {
                self.good_index = false;
            }
        }
    }

    pub(super) fn read_precision(
        &mut self,
        format: &[u8],
        position: &mut usize,
        arguments: &[Value],
        next: &mut usize,
        after_index: &mut bool,
    ) {
        if *position + 1 >= format.len() || format[*position] != b'.' {
            return;
        }
        *position += 1;
        if *after_index {
            self.good_index = false;
        }
        self.read_index(format, position, arguments.len(), next, after_index);
        if format.get(*position) == Some(&b'*') {
            *position += 1;
            self.flags.precision = take_integer(arguments, next).and_then(|precision| usize::try_from(precision).ok());
            if self.flags.precision.is_none() {
                self.write("%!(BADPREC)");
            }
            *after_index = false;
        } else {
            self.flags.precision = Some(parse_number(format, position).unwrap_or(0));
        }
    }

    pub(super) fn mark(&mut self, verb: char, text: &str) {
        self.write("%!");
        utf8::push(&mut self.out, verb);
        self.write(text);
    }

    pub(super) fn extra_arguments(&mut self, arguments: &[Value]) -> Result<(), Error> {
        self.flags = Flags::default();
        self.write("%!(EXTRA ");
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.write(", ");
            }
            if matches!(argument, Value::Nil | Value::Invalid) {
                self.write("<nil>");
            } else {
                self.write(&types::type_name(argument, self.printing.profile));
                self.out.push(b'=');
                self.print_argument(argument, 'v')?;
            }
        }
        self.out.push(b')');
        Ok(())
    }
}

/// Reads digits; `None` where there are none, or where Go gives up because they are too many (and skips all the rest).
fn parse_number(format: &[u8], position: &mut usize) -> Option<usize> {
    let mut number = None;
    while let Some(digit) = format.get(*position).filter(|byte| byte.is_ascii_digit()) {
        let before = number.unwrap_or(0);
        if before > LARGEST_NUMBER as usize {
            *position = format.len();
            return None;
        }
        number = Some(before * 10 + usize::from(digit - b'0'));
        *position += 1;
    }
    number
}

/// Reads `[n]` into a zero-based index, the width of the text, and whether it is well-formed.
fn parse_index(text: &[u8]) -> (Option<usize>, usize, bool) {
    let Some(end) = text.iter().position(|&byte| byte == b']').filter(|_| text.len() >= 3) else {
        return (None, 1, false);
    };
    let mut position = 1;
    match parse_number(&text[..end], &mut position) {
        Some(number) if position == end => (number.checked_sub(1), end + 1, true),
        _ => (None, end + 1, false),
    }
}

/// Takes the next argument for a `*`, if it is a whole number of a sensible size.
fn take_integer(arguments: &[Value], next: &mut usize) -> Option<i64> {
    let argument = arguments.get(*next)?;
    *next += 1;
    let number = match argument {
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Number(Number::Complex(..)) => return None,
        Value::Number(number) => i64::try_from(types::integer(*number)).ok()?,
        _ => return None,
    };
    (-LARGEST_NUMBER..=LARGEST_NUMBER).contains(&number).then_some(number)
}
