//! Quoted scalars.

use std::borrow::Cow;

use super::Scan;
use super::characters::{break_width, is_blank_or_end};
use super::scanner::{Fold, Scanner, Text};
use super::token::{Mark, Style};

impl<'t> Scanner<'t> {
    /// Scans a quoted scalar with its quotes.
    pub(super) fn scan_flow_scalar(&mut self, start: Mark, style: Style) -> Scan<Cow<'t, [u8]>> {
        let source = self.text;
        let quote = if style == Style::SingleQuoted { b'\'' } else { b'"' };
        self.at += 1;
        let mut text = Text::new(self.at);
        let mut fold = Fold::default();
        loop {
            self.check_readable(4)?;
            if self.is_document_indicator() {
                return self.refuse(start, "found unexpected document indicator");
            }
            if self.is_at_end() {
                return self.refuse(start, "found unexpected end of stream");
            }
            let mut after_break = self.scan_quoted_run(&mut text, start, quote)?;
            if self.byte() == quote {
                self.at += 1;
                return Ok(text.finish(source));
            }
            // Blanks count only where no line break follows them.
            let blanks = self.at;
            let mut blanks_end = self.at;
            loop {
                match self.byte() {
                    b' ' | b'\t' => {
                        self.at += 1;
                        if !after_break {
                            blanks_end = self.at;
                        }
                    }
                    _ if break_width(self.rest()) > 0 => {
                        blanks_end = blanks;
                        // After an escaped line break the first one found here is not the first any more.
                        fold.read(self, !after_break)?;
                        after_break = true;
                    }
                    _ => break,
                }
            }
            if after_break {
                fold.fold_into(text.own(source));
            } else {
                text.append_through(source, blanks, blanks_end);
            }
        }
    }

    /// Takes characters up to a blank, a break, the end or the closing quote; tells whether an escaped break ended them.
    fn scan_quoted_run(&mut self, text: &mut Text, start: Mark, quote: u8) -> Scan<bool> {
        let source = self.text;
        loop {
            let run = self
                .rest()
                .iter()
                .position(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\\' | 0xc2 | 0xe2) || *byte == quote);
            let from = self.at;
            self.at = run.map_or(source.len(), |run| from + run);
            text.append_through(source, from, self.at);
            self.check_readable(2)?;
            match self.byte() {
                b'\'' if quote == b'\'' && self.byte_at(1) == b'\'' => {
                    text.own(source).push(b'\'');
                    self.at += 2;
                }
                b'\\' if quote == b'"' => {
                    if break_width(self.text.get(self.at + 1..).unwrap_or_default()) > 0 {
                        text.own(source);
                        self.at += 1;
                        self.skip_break()?;
                        return Ok(true);
                    }
                    let escaped = self.scan_escape(start)?;
                    text.own(source).extend_from_slice(escaped.encode_utf8(&mut [0; 4]).as_bytes());
                }
                byte if byte == quote || is_blank_or_end(self.rest()) => return Ok(false),
                // A backslash between single quotes, or a character that only starts like a line break.
                _ => {
                    let from = self.at;
                    self.at += 1;
                    text.append_through(source, from, self.at);
                }
            }
        }
    }

    fn scan_escape(&mut self, start: Mark) -> Scan<char> {
        let digits = match self.byte_at(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            plain => {
                let value = match plain {
                    b'0' => '\0',
                    b'a' => '\u{7}',
                    b'b' => '\u{8}',
                    b't' | b'\t' => '\t',
                    b'n' => '\n',
                    b'v' => '\u{b}',
                    b'f' => '\u{c}',
                    b'r' => '\r',
                    b'e' => '\u{1b}',
                    b' ' => ' ',
                    b'"' => '"',
                    b'\'' => '\'',
                    b'\\' => '\\',
                    b'N' => '\u{85}',
                    b'_' => '\u{a0}',
                    b'L' => '\u{2028}',
                    b'P' => '\u{2029}',
                    _ => return self.refuse(start, "found unknown escape character"),
                };
                self.at += 2;
                return Ok(value);
            }
        };
        self.at += 2;
        self.check_readable(digits)?;
        let mut value = 0_u32;
        for ahead in 0..digits {
            let Some(digit) = char::from(self.byte_at(ahead)).to_digit(16) else {
                return self.refuse(start, "did not find expected hexdecimal number");
            };
            value = (value << 4) | digit;
        }
        let Some(value) = char::from_u32(value) else {
            return self.refuse(start, "found invalid Unicode character escape code");
        };
        self.at += digits;
        Ok(value)
    }
}
