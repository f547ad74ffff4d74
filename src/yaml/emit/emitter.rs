//! Writes indicators and scalars with libyaml's rules for white space, folding and escapes.

use super::scalar::{is_printable, starts_with_break, width_of};
use crate::yaml::Style;
use crate::yaml::resolve::Version;

/// Steps of indentation, in both libraries as Helm uses them.
const INDENT: usize = 2;

/// The output with what libyaml remembers of it.
pub(super) struct Emitter<'o> {
    pub(super) out: &'o mut Vec<u8>,
    /// Columns after which a space may become a line break.
    width: usize,
    column: usize,
    /// The current indentation; `None` outside of any collection.
    indent: Option<usize>,
    /// The last character was white space (or nothing was written yet).
    whitespace: bool,
    /// Only indentation and indicators were written on this line.
    pub(super) indention: bool,
}

/// The indentation to return to.
pub(super) struct Indent(Option<usize>);

impl<'o> Emitter<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>, version: Version) -> Self {
        let width = if version == Version::V2 { 80 } else { usize::MAX };
        Self { out, width, column: 0, indent: None, whitespace: true, indention: true }
    }

    /// Enters a collection or scalar; a flow one is indented even at the top.
    pub(super) fn increase_indent(&mut self, flow: bool, indentless: bool) -> Indent {
        let before = self.indent;
        self.indent = match before {
            None => Some(if flow { INDENT } else { 0 }),
            Some(indent) if indentless => Some(indent),
            Some(indent) => Some(indent + INDENT),
        };
        Indent(before)
    }

    /// Leaves it.
    pub(super) fn restore_indent(&mut self, before: Indent) {
        self.indent = before.0;
    }

    fn put(&mut self, byte: u8) {
        self.out.push(byte);
        self.column += 1;
    }

    fn put_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        self.indention = true;
    }

    /// Writes the first character of a text and returns its width.
    fn write(&mut self, text: &[u8]) -> usize {
        let width = width_of(text[0]).min(text.len());
        self.out.extend_from_slice(&text[..width]);
        self.column += 1;
        width
    }

    fn write_break(&mut self, text: &[u8]) -> usize {
        if text[0] == b'\n' {
            self.put_break();
            return 1;
        }
        let width = self.write(text);
        self.column = 0;
        self.indention = true;
        width
    }

    /// Goes to the current indentation, on a new line unless this one is still free.
    pub(super) fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.put_break();
        }
        if self.column < indent {
            self.out.resize(self.out.len() + indent - self.column, b' ');
            self.column = indent;
        }
        self.whitespace = true;
        self.indention = true;
    }

    /// Writes `-`, `?`, `:` or a bracket.
    pub(super) fn write_indicator(&mut self, indicator: &[u8], need_space: bool, is_space: bool, is_indention: bool) {
        self.write_space(need_space);
        self.out.extend_from_slice(indicator);
        self.column += indicator.len();
        self.whitespace = is_space;
        self.indention = self.indention && is_indention;
    }

    fn write_space(&mut self, needed: bool) {
        if needed && !self.whitespace {
            self.put(b' ');
        }
    }

    /// Writes a short ASCII text without quotes: a number, `null`, `true`.
    pub(super) fn write_word(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.write_space(true);
        let start = self.out.len();
        write(self.out);
        self.column += self.out.len() - start;
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes a tag.
    pub(super) fn write_tag(&mut self, tag: &[u8]) {
        self.write_space(true);
        self.out.extend_from_slice(tag);
        self.column += tag.len();
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes a string in a style; a key on one line is never folded.
    pub(super) fn write_scalar(&mut self, text: &[u8], style: Style, as_key: bool) {
        let before = self.increase_indent(true, false);
        match style {
            Style::Plain => self.write_plain(text, !as_key),
            Style::SingleQuoted => self.write_single_quoted(text, !as_key),
            Style::DoubleQuoted => self.write_double_quoted(text, !as_key),
            Style::Literal | Style::Folded => self.write_literal(text),
        }
        self.restore_indent(before);
    }

    fn fits(&self, text: &[u8]) -> bool {
        self.column.saturating_add(text.len()) <= self.width
    }

    fn write_plain(&mut self, text: &[u8], may_fold: bool) {
        self.write_space(true);
        if !may_fold || self.fits(text) {
            self.write_line(text);
        } else {
            self.write_folded(text);
        }
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes a text that has no line break and needs no fold.
    fn write_line(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
        self.column +=
            if text.is_ascii() { text.len() } else { text.iter().filter(|byte| **byte & 0xc0 != 0x80).count() };
    }

    /// Writes a plain text, with a new line for single spaces beyond the width.
    fn write_folded(&mut self, text: &[u8]) {
        let mut after_space = false;
        let mut at = 0;
        while at < text.len() {
            let is_space = text[at] == b' ';
            if is_space && !after_space && self.column > self.width && text.get(at + 1) != Some(&b' ') {
                self.write_indent();
                at += 1;
            } else {
                at += self.write(&text[at..]);
            }
            if !is_space {
                self.indention = false;
            }
            after_space = is_space;
        }
    }

    fn write_single_quoted(&mut self, text: &[u8], may_fold: bool) {
        self.write_indicator(b"'", true, false, false);
        let mut after_space = false;
        let mut after_break = false;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let rest = &text[at..];
            if byte == b' ' {
                let breaks = may_fold
                    && !after_space
                    && self.column > self.width
                    && at > 0
                    && at < text.len() - 1
                    && rest.get(1) != Some(&b' ');
                if breaks {
                    self.write_indent();
                    at += 1;
                } else {
                    at += self.write(rest);
                }
                after_space = true;
            } else if starts_with_break(rest) {
                if !after_break && byte == b'\n' {
                    self.put_break();
                }
                at += self.write_break(rest);
                after_break = true;
            } else {
                if after_break {
                    self.write_indent();
                }
                if byte == b'\'' {
                    self.put(b'\'');
                }
                at += self.write(rest);
                self.indention = false;
                after_space = false;
                after_break = false;
            }
        }
        self.write_indicator(b"'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_double_quoted(&mut self, text: &[u8], may_fold: bool) {
        self.write_indicator(b"\"", true, false, false);
        // libyaml looks for the byte order mark at the start of the text, wherever it is in it.
        let escapes_all = text.starts_with(b"\xef\xbb\xbf");
        let mut after_space = false;
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let rest = &text[at..];
            if escapes_all || !is_printable(rest) || matches!(byte, b'"' | b'\\') || starts_with_break(rest) {
                at += self.write_escape(rest);
                after_space = false;
            } else if byte == b' ' {
                if may_fold && !after_space && self.column > self.width && at > 0 && at < text.len() - 1 {
                    self.write_indent();
                    if rest.get(1) == Some(&b' ') {
                        self.put(b'\\');
                    }
                    at += 1;
                } else {
                    at += self.write(rest);
                }
                after_space = true;
            } else {
                at += self.write(rest);
                after_space = false;
            }
        }
        self.write_indicator(b"\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn write_escape(&mut self, text: &[u8]) -> usize {
        let (value, width) = crate::yaml::utf8::first_char(text).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
        let short = match value {
            '\0' => b'0',
            '\u{7}' => b'a',
            '\u{8}' => b'b',
            '\t' => b't',
            '\n' => b'n',
            '\u{b}' => b'v',
            '\u{c}' => b'f',
            '\r' => b'r',
            '\u{1b}' => b'e',
            '"' => b'"',
            '\\' => b'\\',
            '\u{85}' => b'N',
            '\u{a0}' => b'_',
            '\u{2028}' => b'L',
            '\u{2029}' => b'P',
            _ => 0,
        };
        self.put(b'\\');
        if short != 0 {
            self.put(short);
            return width;
        }
        let code = u32::from(value);
        let escape = match code {
            0..=0xff => format!("x{code:02X}"),
            0x100..=0xffff => format!("u{code:04X}"),
            _ => format!("U{code:08X}"),
        };
        self.out.extend_from_slice(escape.as_bytes());
        self.column += escape.len();
        width
    }

    fn write_literal(&mut self, text: &[u8]) {
        self.write_indicator(b"|", true, false, false);
        if text[0] == b' ' || starts_with_break(text) {
            self.write_indicator(b"2", false, false, false);
        }
        match trailing_breaks(text) {
            0 => self.write_indicator(b"-", false, false, false),
            1 => {}
            _ => self.write_indicator(b"+", false, false, false),
        }
        self.put_break();
        self.whitespace = true;
        let mut after_break = true;
        let mut at = 0;
        while at < text.len() {
            if starts_with_break(&text[at..]) {
                at += self.write_break(&text[at..]);
                after_break = true;
                continue;
            }
            if after_break {
                self.write_indent();
            }
            let line = line_width(&text[at..]);
            self.write_line(&text[at..at + line]);
            self.indention = false;
            after_break = false;
            at += line;
        }
    }
}

/// Returns the number of bytes before the next line break.
fn line_width(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let found = text[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r' | 0xc2 | 0xe2));
        match found {
            None => return text.len(),
            Some(offset) if starts_with_break(&text[at + offset..]) => return at + offset,
            Some(offset) => at += offset + 1,
        }
    }
}

/// Returns how many of the last two characters are line breaks, as libyaml counts them: a lone break is two.
fn trailing_breaks(text: &[u8]) -> usize {
    let last = last_char(text);
    if !starts_with_break(&text[last..]) {
        return 0;
    }
    if last == 0 || starts_with_break(&text[last_char(&text[..last])..]) { 2 } else { 1 }
}

/// Returns where the last character of a text starts.
fn last_char(text: &[u8]) -> usize {
    text.iter().rposition(|byte| byte & 0xc0 != 0x80).unwrap_or(0)
}
