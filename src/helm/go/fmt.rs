//! Go's `fmt` for template values: `printf`, `print`, `println` and the text of a value in the output.
//!
//! Everything of Go's formatter that a template can reach is here, with Go's marks for mistakes (`%!d(string=x)`). What
//! Go would print as a memory address is an error, since it differs from run to run.

use super::quote;
use super::strconv::{self, FloatFormat};
use super::types;
use super::utf8;
use crate::helm::profile::Profile;
use crate::helm::value::{Host, List, Map, Number, Value};
use crate::yaml::{Str, push_int, push_uint};

/// Go takes no larger width, precision or argument index.
const LARGEST_NUMBER: i64 = 1_000_000;

/// Values nested deeper than this are not printed; a value that holds itself is the usual case.
const DEEPEST: usize = 1_000;

/// More text than this is not made by one call: values that share their parts can be small and print without end.
const LONGEST: usize = 1 << 26;

/// Why a value cannot be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The value nests too deep, or contains itself.
    #[error("a value nested deeper than {DEEPEST} levels cannot be printed")]
    TooDeep,
    /// The text would be too long.
    #[error("a text of more than {LONGEST} bytes cannot be printed at once")]
    TooLong,
    /// The text would be a memory address.
    #[error("the memory address of a value cannot be printed")]
    Address,
}

/// Formats as `fmt.Sprintf`.
///
/// # Errors
/// Where a value nests too deep, the text is too long, or would be an address.
pub fn sprintf(format: &[u8], arguments: &[Value], profile: Profile) -> Result<Vec<u8>, Error> {
    let mut printer = Printer::new(Vec::with_capacity(format.len() + 16), profile);
    printer.printf(format, arguments)?;
    Ok(printer.out)
}

/// Formats as `fmt.Sprint`: a space between two operands if neither is a string.
///
/// # Errors
/// As [`sprintf`].
pub fn sprint(arguments: &[Value], profile: Profile) -> Result<Vec<u8>, Error> {
    let mut printer = Printer::new(Vec::new(), profile);
    let mut text_before = true;
    for argument in arguments {
        let is_text = matches!(argument, Value::Str(_));
        if !is_text && !text_before {
            printer.out.push(b' ');
        }
        printer.print_argument(argument, 'v')?;
        text_before = is_text;
    }
    Ok(printer.out)
}

/// Formats as `fmt.Sprintln`: spaces between all operands and a newline.
///
/// # Errors
/// As [`sprintf`].
pub fn sprintln(arguments: &[Value], profile: Profile) -> Result<Vec<u8>, Error> {
    let mut printer = Printer::new(Vec::new(), profile);
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            printer.out.push(b' ');
        }
        printer.print_argument(argument, 'v')?;
    }
    printer.out.push(b'\n');
    Ok(printer.out)
}

/// Returns a value as `%v` prints it; a string is shared, not copied.
///
/// # Errors
/// As [`sprintf`].
pub fn display(value: &Value, profile: Profile) -> Result<Str, Error> {
    if let Value::Str(text) = value {
        return Ok(text.clone());
    }
    let mut out = Vec::new();
    append_display(&mut out, value, profile)?;
    Ok(out.into())
}

/// Appends a value as `%v` prints it.
///
/// # Errors
/// As [`sprintf`]; the text may then be there in part.
pub fn append_display(out: &mut Vec<u8>, value: &Value, profile: Profile) -> Result<(), Error> {
    match value {
        Value::Str(text) => out.extend_from_slice(text),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) | Value::Int64(number) => push_int(out, *number),
        Value::Float(number) => strconv::append_float(out, *number, FloatFormat::General, None),
        Value::Nil | Value::Invalid => out.extend_from_slice(b"<nil>"),
        _ => {
            let mut printer = Printer::new(std::mem::take(out), profile);
            let result = printer.print_argument(value, 'v');
            *out = printer.out;
            result?;
        }
    }
    Ok(())
}

/// The flags of a verb, named as in Go.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    width: Option<usize>,
    precision: Option<usize>,
    minus: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    /// `%+v`
    plus_v: bool,
    /// `%#v`
    sharp_v: bool,
}

struct Printer {
    out: Vec<u8>,
    /// How long the text was before this printer began.
    start: usize,
    profile: Profile,
    flags: Flags,
    /// Inside of `%!d(…)`, where methods such as `String` are not called.
    erroring: bool,
    reordered: bool,
    good_index: bool,
}

impl Printer {
    fn new(out: Vec<u8>, profile: Profile) -> Self {
        let start = out.len();
        Self { out, start, profile, flags: Flags::default(), erroring: false, reordered: false, good_index: true }
    }

    fn write(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    // The format string.

    fn printf(&mut self, format: &[u8], arguments: &[Value]) -> Result<(), Error> {
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
    fn directive(
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

    fn read_flags(&mut self, format: &[u8], start: usize) -> usize {
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
    fn read_index(
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

    fn read_width(
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

    fn read_precision(
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

    fn mark(&mut self, verb: char, text: &str) {
        self.write("%!");
        utf8::push(&mut self.out, verb);
        self.write(text);
    }

    fn extra_arguments(&mut self, arguments: &[Value]) -> Result<(), Error> {
        self.flags = Flags::default();
        self.write("%!(EXTRA ");
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                self.write(", ");
            }
            if matches!(argument, Value::Nil | Value::Invalid) {
                self.write("<nil>");
            } else {
                self.write(&types::type_name(argument, self.profile));
                self.out.push(b'=');
                self.print_argument(argument, 'v')?;
            }
        }
        self.out.push(b')');
        Ok(())
    }

    // Values.

    fn print_verb(&mut self, argument: &Value, verb: char) -> Result<(), Error> {
        if verb == 'v' || verb == 'w' {
            self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
            self.flags.plus_v = std::mem::take(&mut self.flags.plus);
        }
        self.print_argument(argument, verb)
    }

    fn print_argument(&mut self, argument: &Value, verb: char) -> Result<(), Error> {
        match (argument, verb) {
            (Value::Nil | Value::Invalid, 'T' | 'v') => self.pad(b"<nil>"),
            (_, 'T') => {
                let name = types::type_name(argument, self.profile);
                self.print_text(name.as_bytes());
            }
            (Value::List(_) | Value::Map(_) | Value::Bytes(_), 'p') => return Err(Error::Address),
            (Value::Host(host), 'p') if matches!(host.kind(), "ptr" | "map" | "slice") => return Err(Error::Address),
            (_, 'p') => self.bad_verb(verb, argument)?,
            (Value::Bytes(bytes), _) => self.print_bytes(bytes, verb, argument)?,
            _ => self.print_value(argument, verb, 0)?,
        }
        self.check_length()
    }

    fn check_length(&self) -> Result<(), Error> {
        if self.out.len() - self.start > LONGEST { Err(Error::TooLong) } else { Ok(()) }
    }

    fn bad_verb(&mut self, verb: char, value: &Value) -> Result<(), Error> {
        self.mark(verb, "(");
        if matches!(value, Value::Nil | Value::Invalid) {
            self.write("<nil>");
        } else {
            let before = std::mem::replace(&mut self.erroring, true);
            self.write(&types::type_name(value, self.profile));
            self.out.push(b'=');
            self.print_argument(value, 'v')?;
            self.erroring = before;
        }
        self.out.push(b')');
        Ok(())
    }

    fn print_value(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), Error> {
        match value {
            // Only for errors, and those do not come this way.
            _ if verb == 'w' && !self.erroring => self.bad_verb(verb, value),
            Value::Nil | Value::Invalid => self.bad_verb(verb, value),
            Value::Bool(truth) if matches!(verb, 't' | 'v') => {
                self.pad(if *truth { b"true" } else { b"false" });
                Ok(())
            }
            Value::Bool(_) => self.bad_verb(verb, value),
            Value::Int(number) | Value::Int64(number) => self.print_integer(i128::from(*number), true, verb, value),
            Value::Float(number) => self.print_float(*number, verb, value),
            Value::Str(text) => self.print_string(text, verb, value),
            Value::Bytes(bytes) => self.print_nested_bytes(bytes, verb, value),
            Value::List(list) => self.print_list(list, verb, depth),
            Value::Map(map) => self.print_map(map, verb, depth),
            Value::Number(number) => self.print_number(*number, verb, value),
            Value::Host(host) => self.print_host(&**host, verb, depth, value),
        }
    }

    /// Prints an element of a list or map, where a nil is `<nil>` whatever the verb.
    fn print_element(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), Error> {
        if matches!(value, Value::Nil | Value::Invalid) {
            self.write(if self.flags.sharp_v { "interface {}(nil)" } else { "<nil>" });
            return self.check_length();
        }
        if depth > DEEPEST {
            return Err(Error::TooDeep);
        }
        self.print_value(value, verb, depth)?;
        self.check_length()
    }

    fn separate(&mut self) {
        self.write(if self.flags.sharp_v { ", " } else { " " });
    }

    fn print_list(&mut self, list: &List, verb: char, depth: usize) -> Result<(), Error> {
        if self.flags.sharp_v {
            self.write(types::list_type_name(list.list_type()));
        }
        self.out.push(if self.flags.sharp_v { b'{' } else { b'[' });
        for (index, item) in list.items().iter().enumerate() {
            if index > 0 {
                self.separate();
            }
            self.print_element(item, verb, depth + 1)?;
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
        Ok(())
    }

    fn print_map(&mut self, map: &Map, verb: char, depth: usize) -> Result<(), Error> {
        if self.flags.sharp_v {
            self.write(types::map_type_name(map.map_type(), self.profile));
            self.out.push(b'{');
        } else {
            self.write("map[");
        }
        for (index, (key, item)) in map.entries().iter().enumerate() {
            if index > 0 {
                self.separate();
            }
            if verb == 'v' && !self.flags.sharp_v {
                self.print_text(key);
            } else {
                self.print_value(&Value::Str(key.clone()), verb, depth + 1)?;
            }
            self.out.push(b':');
            self.print_element(item, verb, depth + 1)?;
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
        Ok(())
    }

    fn print_number(&mut self, number: Number, verb: char, value: &Value) -> Result<(), Error> {
        if !self.erroring
            && !self.flags.sharp_v
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = types::number_text(number)
        {
            return self.print_string(text.as_bytes(), verb, value);
        }
        if let Number::Complex(real, imaginary) = number {
            return self.print_complex(real, imaginary, verb, value);
        }
        let signed = !matches!(number, Number::Uint8(_) | Number::Uint32(_) | Number::Uint64(_));
        self.print_integer(types::integer(number), signed, verb, value)
    }

    fn print_host(&mut self, host: &dyn Host, verb: char, depth: usize, value: &Value) -> Result<(), Error> {
        if !self.erroring
            && !self.flags.sharp_v
            && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && let Some(text) = host.text()
        {
            return self.print_string(&text, verb, value);
        }
        if self.flags.sharp_v
            && !self.erroring
            && let Some(text) = host.go_text()
        {
            self.print_text(text.as_bytes());
            return Ok(());
        }
        let fields = host.fields();
        if host.kind() == "ptr" && (depth > 0 || fields.is_none()) {
            return self.print_pointer(host, verb, value);
        }
        if let Some(fields) = fields {
            if host.kind() == "ptr" {
                self.out.push(b'&');
            }
            return self.print_fields(host, &fields, verb, depth);
        }
        if matches!(verb, 'v' | 's') && !self.flags.sharp_v {
            host.print(&mut self.out);
            return Ok(());
        }
        self.mark(verb, "(");
        self.write(host.type_name());
        self.out.push(b'=');
        host.print(&mut self.out);
        self.out.push(b')');
        Ok(())
    }

    /// Prints a pointer as the address that it is, which can be done for nil only.
    fn print_pointer(&mut self, host: &dyn Host, verb: char, value: &Value) -> Result<(), Error> {
        let shows_address = matches!(verb, 'v' | 'b' | 'o' | 'd' | 'x' | 'X');
        if shows_address && !host.is_nil() {
            return Err(Error::Address);
        }
        match verb {
            'v' if self.flags.sharp_v => {
                let text = format!("({})(nil)", host.type_name());
                self.write(&text);
                Ok(())
            }
            'v' => {
                self.pad(b"<nil>");
                Ok(())
            }
            _ if shows_address => self.print_integer(0, false, verb, value),
            _ => self.bad_verb(verb, value),
        }
    }

    fn print_fields(
        &mut self,
        host: &dyn Host,
        fields: &[(&'static str, Value)],
        verb: char,
        depth: usize,
    ) -> Result<(), Error> {
        if self.flags.sharp_v {
            self.write(host.type_name().trim_start_matches('*'));
        }
        self.out.push(b'{');
        for (index, (name, item)) in fields.iter().enumerate() {
            if index > 0 {
                self.separate();
            }
            if self.flags.plus_v || self.flags.sharp_v {
                self.write(name);
                self.out.push(b':');
            }
            self.print_element(item, verb, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    // Basic types.

    fn print_string(&mut self, text: &[u8], verb: char, value: &Value) -> Result<(), Error> {
        match verb {
            'v' if self.flags.sharp_v => self.print_quoted(text),
            'v' | 's' => self.print_text(text),
            'x' => self.print_hex(text, b"0123456789abcdefx"),
            'X' => self.print_hex(text, b"0123456789ABCDEFX"),
            'q' => self.print_quoted(text),
            _ => self.bad_verb(verb, value)?,
        }
        Ok(())
    }

    fn print_bytes(&mut self, bytes: &[u8], verb: char, value: &Value) -> Result<(), Error> {
        match verb {
            'v' | 'd' if self.flags.sharp_v => self.print_byte_list(bytes, "[]byte"),
            'v' | 'd' => {
                self.out.push(b'[');
                for (index, &byte) in bytes.iter().enumerate() {
                    if index > 0 {
                        self.out.push(b' ');
                    }
                    self.integer(u64::from(byte), false, 10, verb);
                    self.check_length()?;
                }
                self.out.push(b']');
            }
            _ => self.print_nested_bytes(bytes, verb, value)?,
        }
        Ok(())
    }

    fn print_byte_list(&mut self, bytes: &[u8], type_name: &str) {
        self.write(type_name);
        self.out.push(b'{');
        for (index, &byte) in bytes.iter().enumerate() {
            if index > 0 {
                self.write(", ");
            }
            self.integer_with_prefix(u64::from(byte));
        }
        self.out.push(b'}');
    }

    /// Prints bytes by reflection: as a text for the verbs of strings, else element by element.
    fn print_nested_bytes(&mut self, bytes: &[u8], verb: char, value: &Value) -> Result<(), Error> {
        match verb {
            's' | 'x' | 'X' | 'q' => return self.print_string(bytes, verb, value),
            'v' if self.flags.sharp_v => self.print_byte_list(bytes, "[]uint8"),
            _ => {
                self.write(if self.flags.sharp_v { "[]uint8{" } else { "[" });
                for (index, &byte) in bytes.iter().enumerate() {
                    if index > 0 {
                        self.separate();
                    }
                    let element = Value::Number(Number::Uint8(byte));
                    self.print_integer(i128::from(byte), false, verb, &element)?;
                    self.check_length()?;
                }
                self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
            }
        }
        Ok(())
    }

    fn print_integer(&mut self, number: i128, signed: bool, verb: char, value: &Value) -> Result<(), Error> {
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

    fn integer_with_prefix(&mut self, bits: u64) {
        let before = std::mem::replace(&mut self.flags.sharp, true);
        self.integer(bits, false, 16, 'v');
        self.flags.sharp = before;
    }

    fn integer(&mut self, bits: u64, signed: bool, base: u32, verb: char) {
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
    fn print_code_point(&mut self, bits: u64) {
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

    fn print_float(&mut self, number: f64, verb: char, value: &Value) -> Result<(), Error> {
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

    fn print_complex(&mut self, real: f64, imaginary: f64, verb: char, value: &Value) -> Result<(), Error> {
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

    // Padding.

    fn print_text(&mut self, text: &[u8]) {
        let text = self.cut(text);
        self.pad(text);
    }

    fn print_quoted(&mut self, text: &[u8]) {
        let text = self.cut(text);
        let mut quoted = Vec::with_capacity(text.len() + 2);
        if self.flags.sharp && quote::can_backquote(text) {
            quoted.push(b'`');
            quoted.extend_from_slice(text);
            quoted.push(b'`');
        } else {
            quote::append_quoted(&mut quoted, text, self.flags.plus);
        }
        self.pad(&quoted);
    }

    fn print_hex(&mut self, text: &[u8], digits: &[u8; 17]) {
        let text = &text[..self.flags.precision.unwrap_or(usize::MAX).min(text.len())];
        if text.is_empty() {
            return self
                .fill(self.flags.width.unwrap_or(0), if self.flags.zero && !self.flags.minus { b'0' } else { b' ' });
        }
        let mut encoded = Vec::with_capacity(text.len() * 2 + 2);
        for (index, byte) in text.iter().enumerate() {
            if self.flags.space && index > 0 {
                encoded.push(b' ');
            }
            if self.flags.sharp && (index == 0 || self.flags.space) {
                encoded.extend_from_slice(&[b'0', digits[16]]);
            }
            encoded.extend_from_slice(&[digits[usize::from(byte >> 4)], digits[usize::from(byte & 0xf)]]);
        }
        self.pad(&encoded);
    }

    /// Returns as many runes of the text as the precision allows.
    fn cut<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        match self.flags.precision {
            None => text,
            Some(precision) => utf8::runes(text).nth(precision).map_or(text, |(position, _, _)| &text[..position]),
        }
    }

    fn pad(&mut self, text: &[u8]) {
        self.pad_with(text, if self.flags.zero && !self.flags.minus { b'0' } else { b' ' });
    }

    fn pad_with(&mut self, text: &[u8], filler: u8) {
        let missing = match self.flags.width {
            None | Some(0) => return self.out.extend_from_slice(text),
            Some(width) => width.saturating_sub(utf8::count(text)),
        };
        if self.flags.minus {
            self.out.extend_from_slice(text);
            self.fill(missing, b' ');
        } else {
            self.fill(missing, filler);
            self.out.extend_from_slice(text);
        }
    }

    fn fill(&mut self, count: usize, filler: u8) {
        self.out.resize(self.out.len() + count, filler);
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
