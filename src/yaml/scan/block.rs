//! Scalars whose end the indentation decides: plain ones and block scalars.

use std::borrow::Cow;

use super::Scan;
use super::characters::{break_width, is_blank_or_end};
use super::scanner::{Fold, Scanner, Text};
use super::token::{Mark, Style};

impl<'t> Scanner<'t> {
    /// Scans a plain scalar; the end that is returned is before trailing blanks.
    pub(super) fn scan_plain_scalar(&mut self, start: Mark) -> Scan<(Cow<'t, [u8]>, Mark)> {
        let source = self.text;
        let indent = self.indent + 1;
        let mut text = Text::new(self.at);
        let mut fold = Fold::default();
        let mut after_break = false;
        let mut blanks = self.at;
        let mut end = start;
        loop {
            self.check_readable(4)?;
            if self.is_document_indicator() || self.byte() == b'#' {
                break;
            }
            let run = self.plain_run();
            if run > 0 {
                let to = self.at + run;
                if after_break {
                    let own = text.own(source);
                    fold.fold_into(own);
                    own.extend_from_slice(&source[self.at..to]);
                    after_break = false;
                } else {
                    text.append_through(source, blanks, to);
                }
                self.at = to;
                end = self.mark();
                self.check_readable(2)?;
            }
            if !matches!(self.byte(), b' ' | b'\t') && break_width(self.rest()) == 0 {
                break;
            }
            blanks = self.at;
            loop {
                match self.byte() {
                    b' ' => self.at += 1,
                    b'\t' => {
                        if after_break && ((self.at - self.line_start) as isize) < indent {
                            return self.refuse(start, "found a tab character that violates indentation");
                        }
                        self.at += 1;
                    }
                    _ if break_width(self.rest()) > 0 => {
                        fold.read(self, !after_break)?;
                        after_break = true;
                    }
                    _ => break,
                }
            }
            if after_break && self.flow_level == 0 && ((self.at - self.line_start) as isize) < indent {
                break;
            }
        }
        if after_break {
            self.simple_key_allowed = true;
        }
        Ok((text.finish(source), end))
    }

    /// Returns how many bytes of a plain scalar stand here without a blank or a break between them.
    fn plain_run(&self) -> usize {
        let rest = self.rest();
        let in_flow = self.flow_level > 0;
        for (index, &byte) in rest.iter().enumerate() {
            let ends = match byte {
                b' ' | b'\t' | b'\n' | b'\r' => true,
                b':' => is_blank_or_end(&rest[index + 1..]),
                b',' | b'?' | b'[' | b']' | b'{' | b'}' => in_flow,
                0xc2 | 0xe2 => break_width(&rest[index..]) > 0,
                _ => false,
            };
            if ends {
                return index;
            }
        }
        rest.len()
    }

    /// Scans a literal or folded scalar.
    pub(super) fn scan_block_scalar(&mut self, start: Mark, style: Style) -> Scan<(Cow<'t, [u8]>, Mark)> {
        self.at += 1;
        let (chomping, increment) = self.scan_block_header(start)?;
        let mut end = self.mark();
        let mut indent = match increment {
            0 => 0,
            _ => self.indent.max(0) as usize + increment,
        };
        let mut text = Vec::new();
        let mut leading_break = Vec::new();
        let mut trailing_breaks = Vec::new();
        self.scan_block_breaks(&mut indent, &mut trailing_breaks, start, &mut end)?;
        let mut leading_blank = false;
        while self.at - self.line_start == indent && !self.is_at_end() {
            let starts_blank = matches!(self.byte(), b' ' | b'\t');
            let folds =
                style == Style::Folded && !leading_blank && !starts_blank && leading_break.first() == Some(&b'\n');
            if folds {
                if trailing_breaks.is_empty() {
                    text.push(b' ');
                }
                leading_break.clear();
            } else {
                text.append(&mut leading_break);
            }
            text.append(&mut trailing_breaks);
            leading_blank = starts_blank;
            let line = self.at;
            self.skip_comment();
            text.extend_from_slice(&self.text[line..self.at]);
            self.check_readable(1)?;
            self.read_break(&mut leading_break)?;
            self.scan_block_breaks(&mut indent, &mut trailing_breaks, start, &mut end)?;
        }
        self.check_readable(1)?;
        match chomping {
            Chomping::Strip => {}
            Chomping::Clip => text.append(&mut leading_break),
            Chomping::Keep => {
                text.append(&mut leading_break);
                text.append(&mut trailing_breaks);
            }
        }
        Ok((Cow::Owned(text), end))
    }

    fn scan_block_header(&mut self, start: Mark) -> Scan<(Chomping, usize)> {
        let mut chomping = Chomping::Clip;
        let mut increment = 0;
        let indicator_first = matches!(self.byte(), b'+' | b'-');
        if indicator_first {
            chomping = self.scan_chomping();
        }
        if self.byte().is_ascii_digit() {
            if self.byte() == b'0' {
                return self.refuse(start, "found an indentation indicator equal to 0");
            }
            increment = usize::from(self.byte() - b'0');
            self.at += 1;
            if !indicator_first && matches!(self.byte(), b'+' | b'-') {
                chomping = self.scan_chomping();
            }
        }
        while matches!(self.byte(), b' ' | b'\t') {
            self.at += 1;
        }
        if self.byte() == b'#' {
            self.skip_comment();
        }
        if self.skip_break()? == 0 && !self.is_at_end() {
            return self.refuse(start, "did not find expected comment or line break");
        }
        Ok((chomping, increment))
    }

    fn scan_chomping(&mut self) -> Chomping {
        let chomping = if self.byte() == b'+' { Chomping::Keep } else { Chomping::Strip };
        self.at += 1;
        chomping
    }

    /// Takes indentation and empty lines, and finds the indentation where it is still open.
    fn scan_block_breaks(&mut self, indent: &mut usize, breaks: &mut Vec<u8>, start: Mark, end: &mut Mark) -> Scan<()> {
        *end = self.mark();
        let mut deepest = 0;
        loop {
            while self.byte() == b' ' && (*indent == 0 || self.at - self.line_start < *indent) {
                self.at += 1;
            }
            let column = self.at - self.line_start;
            deepest = deepest.max(column);
            if self.byte() == b'\t' && (*indent == 0 || column < *indent) {
                return self.refuse(start, "found a tab character where an indentation space is expected");
            }
            if break_width(self.rest()) == 0 {
                break;
            }
            self.read_break(breaks)?;
            *end = self.mark();
        }
        if *indent == 0 {
            *indent = deepest.max((self.indent + 1).max(1) as usize);
        }
        Ok(())
    }
}

/// What becomes of the line breaks at the end of a block scalar.
#[derive(Clone, Copy)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}
