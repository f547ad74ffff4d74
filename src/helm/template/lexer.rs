//! Cuts a template's text into tokens, as `text/template/parse` does: same tokens, same positions, same errors.

use std::sync::LazyLock;

use memchr::{memchr_iter, memchr3, memmem};

use super::token::{Kind, Span, Token};
use crate::helm::go::{quote, utf8};

const LEFT: &[u8] = b"{{";
static LEFT_FINDER: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(LEFT));
const RIGHT: &[u8] = b"}}";
/// A dash and the space beside it.
const TRIM_MARKER: usize = 2;

/// A lexer over one text.
pub(super) struct Lexer<'t> {
    text: &'t [u8],
    position: usize,
    start: usize,
    at_end: bool,
    parentheses: i64,
    line: u32,
    start_line: u32,
    inside_action: bool,
    /// What is wrong, once something is.
    message: String,
}

/// What a state leads to.
enum Next {
    Token(Token),
    Text,
    Comment,
}

impl<'t> Lexer<'t> {
    /// Returns a lexer at the start of a text.
    pub(super) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            position: 0,
            start: 0,
            at_end: false,
            parentheses: 0,
            line: 1,
            start_line: 1,
            inside_action: false,
            message: String::new(),
        }
    }

    /// Returns what the error token says.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Returns the next token; at the end of the text [`Kind::End`], again and again.
    pub(super) fn next_token(&mut self) -> Token {
        if self.inside_action {
            return self.inside_action();
        }
        let mut state = Next::Text;
        loop {
            state = match state {
                Next::Token(token) => return token,
                Next::Text => self.text(),
                Next::Comment => self.comment(),
            };
        }
    }

    fn rest(&self) -> &'t [u8] {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// Consumes a rune; `None` at the end.
    fn next(&mut self) -> Option<char> {
        let rest = self.rest();
        if rest.is_empty() {
            self.at_end = true;
            return None;
        }
        let (rune, width) = decode(rest);
        self.position += width;
        if rune == '\n' {
            self.line += 1;
        }
        Some(rune)
    }

    fn peek(&self) -> Option<char> {
        let rest = self.rest();
        (!rest.is_empty()).then(|| decode(rest).0)
    }

    /// Steps back one rune, unless the end has been seen.
    fn backup(&mut self) {
        if self.at_end || self.position == 0 {
            return;
        }
        let (rune, width) = utf8::decode_last(&self.text[..self.position]);
        self.position -= width;
        if rune == '\n' {
            self.line -= 1;
        }
    }

    fn token(&mut self, kind: Kind) -> Token {
        let span = Span { start: self.start as u32, end: self.position as u32 };
        let token = Token { kind, span, line: self.start_line };
        self.start = self.position;
        self.start_line = self.line;
        token
    }

    /// Skips what was passed without [`next`](Self::next), counting its lines.
    fn ignore(&mut self) {
        self.count_lines();
        self.start = self.position;
        self.start_line = self.line;
    }

    fn count_lines(&mut self) {
        self.line += newlines(&self.text[self.start..self.position]);
    }

    /// Ends the scan: an error is the last token that means anything.
    fn error(&mut self, message: impl Into<String>) -> Token {
        let span = Span { start: self.start as u32, end: self.start as u32 };
        let token = Token { kind: Kind::Error, span, line: self.start_line };
        if self.message.is_empty() {
            self.message = message.into();
        }
        self.start = 0;
        self.position = 0;
        self.text = &[];
        token
    }

    fn accept(&mut self, valid: &str) -> bool {
        match self.peek() {
            Some(rune) if valid.contains(rune) => {
                self.next();
                true
            }
            None => {
                self.at_end = true;
                false
            }
            Some(_) => false,
        }
    }

    fn accept_run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }

    fn text(&mut self) -> Next {
        let Some(offset) = LEFT_FINDER.find(self.rest()) else {
            self.position = self.text.len();
            if self.position > self.start {
                self.count_lines();
                return Next::Token(self.token(Kind::Text));
            }
            return Next::Token(self.token(Kind::End));
        };
        if offset > 0 {
            self.position += offset;
            let trimmed = if has_left_trim_marker(&self.text[self.position + LEFT.len()..]) {
                trailing_spaces(&self.text[self.start..self.position])
            } else {
                0
            };
            self.position -= trimmed;
            self.count_lines();
            let token = self.token(Kind::Text);
            self.position += trimmed;
            self.ignore();
            if token.span.start < token.span.end {
                return Next::Token(token);
            }
        }
        self.left_delimiter()
    }

    fn left_delimiter(&mut self) -> Next {
        self.position += LEFT.len();
        let marker = if has_left_trim_marker(self.rest()) { TRIM_MARKER } else { 0 };
        if self.rest()[marker..].starts_with(b"/*") {
            self.position += marker;
            self.ignore();
            return Next::Comment;
        }
        let token = self.token(Kind::LeftDelimiter);
        self.inside_action = true;
        self.position += marker;
        self.ignore();
        self.parentheses = 0;
        Next::Token(token)
    }

    fn comment(&mut self) -> Next {
        self.position += 2;
        let Some(offset) = memmem::find(self.rest(), b"*/") else {
            return Next::Token(self.error("unclosed comment"));
        };
        self.position += offset + 2;
        let Some(trims) = self.at_right_delimiter() else {
            return Next::Token(self.error("comment ends before closing delimiter"));
        };
        self.ignore();
        self.pass_right_delimiter(trims);
        self.ignore();
        Next::Text
    }

    fn pass_right_delimiter(&mut self, trims: bool) {
        if trims {
            self.position += TRIM_MARKER;
        }
        self.position += RIGHT.len();
        if trims {
            self.position += leading_spaces(self.rest());
        }
    }

    /// Tells whether an action ends here, and if so, whether it trims the text after it.
    fn at_right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_trim_marker(rest) && rest[TRIM_MARKER..].starts_with(RIGHT) {
            return Some(true);
        }
        rest.starts_with(RIGHT).then_some(false)
    }

    fn right_delimiter(&mut self) -> Token {
        let trims = self.at_right_delimiter() == Some(true);
        if trims {
            self.position += TRIM_MARKER;
            self.ignore();
        }
        self.position += RIGHT.len();
        let token = self.token(Kind::RightDelimiter);
        if trims {
            self.position += leading_spaces(self.rest());
            self.ignore();
        }
        self.inside_action = false;
        token
    }

    fn inside_action(&mut self) -> Token {
        if matches!(self.rest().first(), Some(b'}' | b' ' | b'\t' | b'\r' | b'\n'))
            && self.at_right_delimiter().is_some()
        {
            if self.parentheses == 0 {
                return self.right_delimiter();
            }
            return self.error("unclosed left paren");
        }
        let Some(rune) = self.next() else {
            return self.error("unclosed action");
        };
        match rune {
            ' ' | '\t' | '\r' | '\n' => {
                self.backup();
                self.space()
            }
            '=' => self.token(Kind::Assign),
            ':' => {
                if self.next() != Some('=') {
                    return self.error("expected :=");
                }
                self.token(Kind::Declare)
            }
            '|' => self.token(Kind::Pipe),
            '"' => self.quoted('"', Kind::String, "unterminated quoted string"),
            '`' => self.raw_string(),
            '$' => self.field_or_variable(Kind::Variable),
            '\'' => self.quoted('\'', Kind::CharacterConstant, "unterminated character constant"),
            '.' if self.rest().first().is_some_and(|byte| !byte.is_ascii_digit()) => {
                self.field_or_variable(Kind::Field)
            }
            '.' | '+' | '-' | '0'..='9' => {
                self.backup();
                self.number()
            }
            rune if is_alphanumeric(rune) => {
                self.backup();
                self.identifier()
            }
            '(' => {
                self.parentheses += 1;
                self.token(Kind::LeftParenthesis)
            }
            ')' => {
                self.parentheses -= 1;
                if self.parentheses < 0 {
                    return self.error("unexpected right paren");
                }
                self.token(Kind::RightParenthesis)
            }
            rune if rune == ' ' || rune.is_ascii_graphic() => self.token(Kind::Character),
            rune => {
                let message = format!("unrecognized character in action: {}", unicode(rune));
                self.error(message)
            }
        }
    }

    fn space(&mut self) -> Token {
        let spaces = leading_spaces(self.rest());
        self.line += newlines(&self.rest()[..spaces]);
        self.position += spaces;
        let last = &self.text[self.position - 1..];
        if has_right_trim_marker(last) && last[TRIM_MARKER..].starts_with(RIGHT) {
            self.backup();
            if spaces == 1 {
                return self.right_delimiter();
            }
        }
        self.token(Kind::Space)
    }

    fn identifier(&mut self) -> Token {
        self.pass_alphanumeric();
        if !self.at_terminator() {
            return self.bad_character();
        }
        let word = &self.text[self.start..self.position];
        let kind = match word {
            b"true" | b"false" => Kind::Bool,
            word => Kind::of_word(word).unwrap_or(Kind::Identifier),
        };
        self.token(kind)
    }

    /// Scans what follows a dot or a dollar.
    fn field_or_variable(&mut self, kind: Kind) -> Token {
        if self.at_terminator() {
            return self.token(if kind == Kind::Variable { Kind::Variable } else { Kind::Dot });
        }
        self.pass_alphanumeric();
        if !self.at_terminator() {
            return self.bad_character();
        }
        self.token(kind)
    }

    fn pass_alphanumeric(&mut self) {
        loop {
            let is_plain = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
            self.position += self.rest().iter().take_while(is_plain).count();
            match self.peek() {
                Some(rune) if !rune.is_ascii() && is_alphanumeric(rune) => self.next(),
                _ => return,
            };
        }
    }

    fn bad_character(&mut self) -> Token {
        // The end of the text is a terminator, so there is a character.
        let message = format!("bad character {}", unicode(self.peek().unwrap_or('\u{fffd}')));
        self.error(message)
    }

    fn at_terminator(&self) -> bool {
        matches!(
            self.rest(),
            [] | [b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b')' | b'(', ..] | [b'}', b'}', ..]
        )
    }

    fn quoted(&mut self, quote: char, kind: Kind, unterminated: &str) -> Token {
        loop {
            // Nothing else is of interest.
            let rest = self.rest();
            self.position += memchr3(quote as u8, b'\\', b'\n', rest).unwrap_or(rest.len());
            match self.next() {
                Some('\\') => match self.next() {
                    Some('\n') | None => return self.error(unterminated),
                    Some(_) => {}
                },
                Some('\n') | None => return self.error(unterminated),
                Some(rune) if rune == quote => return self.token(kind),
                Some(_) => {}
            }
        }
    }

    fn raw_string(&mut self) -> Token {
        loop {
            match self.next() {
                None => return self.error("unterminated raw quoted string"),
                Some('`') => return self.token(Kind::RawString),
                Some(_) => {}
            }
        }
    }

    fn number(&mut self) -> Token {
        if !self.scan_number() {
            return self.bad_number();
        }
        if matches!(self.peek(), Some('+' | '-')) {
            if !self.scan_number() || self.text.get(self.position - 1) != Some(&b'i') {
                return self.bad_number();
            }
            return self.token(Kind::Complex);
        }
        self.token(Kind::Number)
    }

    fn bad_number(&mut self) -> Token {
        let text = quote::quote_text(&self.text[self.start..self.position]);
        self.error(format!("bad number syntax: {text}"))
    }

    /// Passes what looks like a number; whether it is one, the parser decides.
    fn scan_number(&mut self) -> bool {
        const DECIMAL: &str = "0123456789_";
        const HEXADECIMAL: &str = "0123456789abcdefABCDEF_";
        self.accept("+-");
        let mut digits = DECIMAL;
        if self.accept("0") {
            if self.accept("xX") {
                digits = HEXADECIMAL;
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits {
            DECIMAL => "eE",
            HEXADECIMAL => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run(DECIMAL);
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}

fn decode(bytes: &[u8]) -> (char, usize) {
    match bytes.first() {
        Some(byte) if byte.is_ascii() => (char::from(*byte), 1),
        _ => utf8::decode(bytes),
    }
}

fn newlines(text: &[u8]) -> u32 {
    match text {
        [] => 0,
        [byte] => u32::from(*byte == b'\n'),
        _ => memchr_iter(b'\n', text).count() as u32,
    }
}

fn is_space_byte(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn leading_spaces(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_space_byte(**byte)).count()
}

fn trailing_spaces(text: &[u8]) -> usize {
    text.iter().rev().take_while(|byte| is_space_byte(**byte)).count()
}

fn has_left_trim_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space_byte(*space))
}

fn has_right_trim_marker(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space_byte(*space))
}

/// Letters, digits and the underscore, by Unicode's categories L and Nd as in Go.
fn is_alphanumeric(rune: char) -> bool {
    if rune.is_ascii() {
        return rune == '_' || rune.is_ascii_alphanumeric();
    }
    static LETTER_OR_DIGIT: LazyLock<Option<regex::Regex>> =
        LazyLock::new(|| regex::Regex::new(r"^[\p{L}\p{Nd}]").ok());
    LETTER_OR_DIGIT.as_ref().is_some_and(|pattern| pattern.is_match(rune.encode_utf8(&mut [0; 4])))
}

/// Writes a rune as Go's `%#U` does: `U+0040 '@'`.
fn unicode(rune: char) -> String {
    let code = u32::from(rune);
    if quote::is_print(rune) { format!("U+{code:04X} '{rune}'") } else { format!("U+{code:04X}") }
}
