//! What every verb ends in: a text that is quoted, shown as hexadecimal digits, cut or padded.

use super::Printer;
use crate::helm::go::{quote, utf8};

impl Printer {
    pub(super) fn print_text(&mut self, text: &[u8]) {
        let text = self.cut(text);
        self.pad(text);
    }

    pub(super) fn print_quoted(&mut self, text: &[u8]) {
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

    pub(super) fn print_hex(&mut self, text: &[u8], digits: &[u8; 17]) {
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
    pub(super) fn cut<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        match self.flags.precision {
            None => text,
            Some(precision) => utf8::runes(text).nth(precision).map_or(text, |(position, _, _)| &text[..position]),
        }
    }

    pub(super) fn pad(&mut self, text: &[u8]) {
        self.pad_with(text, if self.flags.zero && !self.flags.minus { b'0' } else { b' ' });
    }

    pub(super) fn pad_with(&mut self, text: &[u8], filler: u8) {
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

    pub(super) fn fill(&mut self, count: usize, filler: u8) {
        self.out.resize(self.out.len() + count, filler);
    }
}
