//! Go's `fmt` for template values: `printf`, `print`, `println` and the text of a value in the output.
//!
//! Everything of Go's formatter that a template can reach is here, with Go's marks for mistakes (`%!d(string=x)`). Memory
//! addresses are made up, and an error where none may be shown.

mod bytes;
mod format;
mod number;
mod text;
mod value;

use crate::helm::go::printing::Printing;
use crate::helm::go::strconv::{self, FloatFormat};
use crate::helm::value::Value;
use crate::yaml::{Str, push_int};

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
pub fn sprintf(format: &[u8], arguments: &[Value], printing: impl Into<Printing>) -> Result<Vec<u8>, Error> {
    let mut printer = Printer::new(Vec::with_capacity(format.len() + 16), printing.into());
    printer.printf(format, arguments)?;
    Ok(printer.out)
}

/// Formats as `fmt.Sprint`: a space between two operands if neither is a string.
///
/// # Errors
/// As [`sprintf`].
pub fn sprint(arguments: &[Value], printing: impl Into<Printing>) -> Result<Vec<u8>, Error> {
    let mut printer = Printer::new(Vec::new(), printing.into());
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
pub fn sprintln(arguments: &[Value], printing: impl Into<Printing>) -> Result<Vec<u8>, Error> {
    let mut printer = Printer::new(Vec::new(), printing.into());
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
pub fn display(value: &Value, printing: impl Into<Printing>) -> Result<Str, Error> {
    if let Value::Str(text) = value {
        return Ok(text.clone());
    }
    let mut out = Vec::new();
    append_display(&mut out, value, printing)?;
    Ok(out.into())
}

/// Appends a value as `%v` prints it.
///
/// # Errors
/// As [`sprintf`]; the text may then be there in part.
pub fn append_display(out: &mut Vec<u8>, value: &Value, printing: impl Into<Printing>) -> Result<(), Error> {
    match value {
        Value::Str(text) => out.extend_from_slice(text),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) | Value::Int64(number) => push_int(out, *number),
        Value::Float(number) => strconv::append_float(out, *number, FloatFormat::General, None),
        Value::Nil | Value::Invalid => out.extend_from_slice(b"<nil>"),
        _ => {
            let mut printer = Printer::new(std::mem::take(out), printing.into());
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
    printing: Printing,
    flags: Flags,
    /// Inside of `%!d(…)`, where methods such as `String` are not called.
    erroring: bool,
    reordered: bool,
    good_index: bool,
}

impl Printer {
    fn new(out: Vec<u8>, printing: Printing) -> Self {
        let start = out.len();
        Self { out, start, printing, flags: Flags::default(), erroring: false, reordered: false, good_index: true }
    }

    fn write(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}
