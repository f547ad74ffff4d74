//! Strings and bytes by a verb.

use super::{Error, Printer};
use crate::helm::value::{Number, Value};

impl Printer {
    pub(super) fn print_string(&mut self, text: &[u8], verb: char, value: &Value) -> Result<(), Error> {
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

    pub(super) fn print_bytes(&mut self, bytes: &[u8], verb: char, value: &Value) -> Result<(), Error> {
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

    pub(super) fn print_byte_list(&mut self, bytes: &[u8], type_name: &str) {
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
    pub(super) fn print_nested_bytes(&mut self, bytes: &[u8], verb: char, value: &Value) -> Result<(), Error> {
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
}
