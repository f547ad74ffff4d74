//! Anchors, tags and directives.

use super::Scan;
use super::characters::{break_width, is_blank_or_end, is_word};
use super::scanner::Scanner;
use super::token::{Mark, TagDirective, TagName, TokenKind};

impl<'t> Scanner<'t> {
    fn scan_word(&mut self) -> Scan<&'t [u8]> {
        let start = self.at;
        while is_word(self.byte()) {
            self.at += 1;
        }
        self.check_readable(1)?;
        Ok(&self.text[start..self.at])
    }

    /// Scans the name after `*` or `&`.
    pub(super) fn scan_anchor(&mut self, start: Mark) -> Scan<&'t [u8]> {
        self.at += 1;
        let name = self.scan_word()?;
        let ends = is_blank_or_end(self.rest())
            || matches!(self.byte(), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if name.is_empty() || !ends {
            return self.refuse(start, "did not find expected alphabetic or numeric character");
        }
        Ok(name)
    }

    /// Scans `!<uri>`, `!handle!suffix`, `!suffix` or `!`.
    pub(super) fn scan_tag(&mut self, start: Mark) -> Scan<TagName> {
        let tag = if self.byte_at(1) == b'<' {
            self.at += 2;
            let suffix = self.scan_tag_uri(&[], start)?;
            if self.byte() != b'>' {
                return self.refuse(start, "did not find the expected '>'");
            }
            self.at += 1;
            TagName { handle: Vec::new(), suffix }
        } else {
            let handle = self.scan_tag_handle(false, start)?;
            if handle.len() > 1 && handle.ends_with(b"!") {
                let suffix = self.scan_tag_uri(&[], start)?;
                TagName { handle, suffix }
            } else {
                let suffix = self.scan_tag_uri(&handle, start)?;
                // A lone `!` is a suffix without handle.
                if suffix.is_empty() {
                    TagName { handle: Vec::new(), suffix: b"!".to_vec() }
                } else {
                    TagName { handle: b"!".to_vec(), suffix }
                }
            }
        };
        if !is_blank_or_end(self.rest()) {
            return self.refuse(start, "did not find expected whitespace or line break");
        }
        Ok(tag)
    }

    fn scan_tag_handle(&mut self, directive: bool, start: Mark) -> Scan<Vec<u8>> {
        if self.byte() != b'!' {
            return self.refuse(start, "did not find expected '!'");
        }
        self.at += 1;
        let mut handle = b"!".to_vec();
        handle.extend_from_slice(self.scan_word()?);
        if self.byte() == b'!' {
            self.at += 1;
            handle.push(b'!');
        } else if directive && handle != b"!" {
            return self.refuse(start, "did not find expected '!'");
        }
        Ok(handle)
    }

    /// Scans a URI; `head` is what was already read of it, with its `!`, which does not belong to it.
    fn scan_tag_uri(&mut self, head: &[u8], start: Mark) -> Scan<Vec<u8>> {
        let mut uri = head.get(1..).unwrap_or_default().to_vec();
        let mut found = !head.is_empty();
        loop {
            let byte = self.byte();
            match byte {
                b'%' => self.scan_uri_escape(&mut uri, start)?,
                _ if is_word(byte) || b";/?:@&=+$,.!~*'()[]".contains(&byte) => {
                    uri.push(byte);
                    self.at += 1;
                }
                _ => break,
            }
            found = true;
        }
        if found { Ok(uri) } else { self.refuse(start, "did not find expected tag URI") }
    }

    /// Scans the `%xx` of one UTF-8 character.
    fn scan_uri_escape(&mut self, uri: &mut Vec<u8>, start: Mark) -> Scan<()> {
        let mut left = None;
        while left != Some(0) {
            let hex = |byte: u8| char::from(byte).to_digit(16);
            let (b'%', Some(high), Some(low)) = (self.byte(), hex(self.byte_at(1)), hex(self.byte_at(2))) else {
                return self.refuse(start, "did not find URI escaped octet");
            };
            let octet = (high * 16 + low) as u8;
            let width = match left {
                Some(left) if octet & 0xc0 == 0x80 => left,
                Some(_) => return self.refuse(start, "found an incorrect trailing UTF-8 octet"),
                None => match octet {
                    0..=0x7f => 1,
                    0xc0..=0xdf => 2,
                    0xe0..=0xef => 3,
                    0xf0..=0xf7 => 4,
                    _ => return self.refuse(start, "found an incorrect leading UTF-8 octet"),
                },
            };
            uri.push(octet);
            self.at += 3;
            left = Some(width - 1);
        }
        Ok(())
    }

    /// Scans a line that starts with `%`.
    pub(super) fn scan_directive(&mut self) -> Scan<(TokenKind<'t>, Mark)> {
        let start = self.mark();
        self.at += 1;
        let name = self.scan_word()?;
        if name.is_empty() {
            return self.refuse(start, "could not find expected directive name");
        }
        if !is_blank_or_end(self.rest()) {
            return self.refuse(start, "found unexpected non-alphabetical character");
        }
        let kind = match name {
            b"YAML" => self.scan_version(start)?,
            b"TAG" => self.scan_tag_directive(start)?,
            _ => return self.refuse(start, "found unknown directive name"),
        };
        let end = self.mark();
        self.skip_blanks();
        if self.byte() == b'#' {
            self.skip_comment();
        }
        if break_width(self.rest()) == 0 && !self.is_at_end() {
            return self.refuse(start, "did not find expected comment or line break");
        }
        self.skip_break()?;
        Ok((kind, end))
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), b' ' | b'\t') {
            self.at += 1;
        }
    }

    fn scan_version(&mut self, start: Mark) -> Scan<TokenKind<'t>> {
        self.skip_blanks();
        let major = self.scan_version_number(start)?;
        if self.byte() != b'.' {
            return self.refuse(start, "did not find expected digit or '.' character");
        }
        self.at += 1;
        let minor = self.scan_version_number(start)?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn scan_version_number(&mut self, start: Mark) -> Scan<u8> {
        let mut value = 0;
        let mut length = 0;
        while self.byte().is_ascii_digit() {
            length += 1;
            if length > 2 {
                return self.refuse(start, "found extremely long version number");
            }
            value = value * 10 + (self.byte() - b'0');
            self.at += 1;
        }
        if length == 0 {
            return self.refuse(start, "did not find expected version number");
        }
        Ok(value)
    }

    fn scan_tag_directive(&mut self, start: Mark) -> Scan<TokenKind<'t>> {
        self.skip_blanks();
        let handle = self.scan_tag_handle(true, start)?;
        if !matches!(self.byte(), b' ' | b'\t') {
            return self.refuse(start, "did not find expected whitespace");
        }
        self.skip_blanks();
        let prefix = self.scan_tag_uri(&[], start)?;
        if !is_blank_or_end(self.rest()) {
            return self.refuse(start, "did not find expected whitespace or line break");
        }
        Ok(TokenKind::TagDirective(Box::new(TagDirective { handle, prefix })))
    }
}
