//! Splits a pattern into tokens.

use crate::helm::go::utf8;

use super::Error;

/// A token of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    End,
    Text(Vec<char>),
    Any,
    Super,
    Single,
    RangeOpen,
    RangeClose,
    RangeLow(char),
    RangeBetween,
    RangeHigh(char),
    Not,
    TermsOpen,
    TermsClose,
    Separator,
}

/// What stands for the end of the text; a NUL in the pattern counts as an end as well.
const END: char = '\0';

/// The reader of a pattern, with one rune that can be put back.
pub(super) struct Lexer<'a> {
    data: &'a [u8],
    at: usize,
    failed: Option<&'static str>,
    tokens: std::collections::VecDeque<Token>,
    terms: usize,
    last: char,
    last_width: usize,
    has_unread: bool,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            failed: None,
            tokens: std::collections::VecDeque::new(),
            terms: 0,
            last: END,
            last_width: 0,
            has_unread: false,
        }
    }

    /// Returns the next token. An error wins over tokens that were read before it.
    pub(super) fn next(&mut self) -> Result<Token, Error> {
        loop {
            if let Some(reason) = self.failed {
                return Err(Error::Syntax { reason: reason.to_owned() });
            }
            if let Some(token) = self.tokens.pop_front() {
                return Ok(token);
            }
            self.fetch();
        }
    }

    fn peek(&mut self) -> (char, usize) {
        if self.at >= self.data.len() {
            return (END, 0);
        }
        let (rune, width) = utf8::decode(&self.data[self.at..]);
        if rune == char::REPLACEMENT_CHARACTER {
            self.failed = Some("could not read rune");
            return (END, 0);
        }
        (rune, width)
    }

    fn read(&mut self) -> char {
        if self.has_unread {
            self.has_unread = false;
            self.at += self.last_width;
            return self.last;
        }
        let (rune, width) = self.peek();
        self.at += width;
        self.last = rune;
        self.last_width = width;
        rune
    }

    fn unread(&mut self) {
        if self.has_unread {
            self.failed = Some("could not unread rune");
            return;
        }
        self.at -= self.last_width;
        self.has_unread = true;
    }

    fn fetch(&mut self) {
        let in_terms = self.terms > 0;
        match self.read() {
            END => self.tokens.push_back(Token::End),
            '{' => {
                self.terms += 1;
                self.tokens.push_back(Token::TermsOpen);
            }
            ',' if in_terms => self.tokens.push_back(Token::Separator),
            '}' if in_terms => {
                self.tokens.push_back(Token::TermsClose);
                self.terms -= 1;
            }
            '[' => {
                self.tokens.push_back(Token::RangeOpen);
                self.fetch_range();
            }
            '?' => self.tokens.push_back(Token::Single),
            '*' => {
                if self.read() == '*' {
                    self.tokens.push_back(Token::Super);
                } else {
                    self.unread();
                    self.tokens.push_back(Token::Any);
                }
            }
            _ => {
                self.unread();
                self.fetch_text(if in_terms { &['?', '*', '[', '{', '}', ','] } else { &['?', '*', '[', '{'] });
            }
        }
    }

    fn fetch_range(&mut self) {
        let (mut wants_high, mut wants_close, mut seen_not) = (false, false, false);
        loop {
            let rune = self.read();
            if rune == END {
                self.failed = Some("unexpected end of input");
                return;
            }
            if wants_close {
                if rune == ']' {
                    self.tokens.push_back(Token::RangeClose);
                } else {
                    self.failed = Some("expected close range character");
                }
                return;
            }
            if wants_high {
                self.tokens.push_back(Token::RangeHigh(rune));
                wants_close = true;
                continue;
            }
            if !seen_not && rune == '!' {
                self.tokens.push_back(Token::Not);
                seen_not = true;
                continue;
            }
            let (next, width) = self.peek();
            if next == '-' {
                self.at += width;
                self.tokens.push_back(Token::RangeLow(rune));
                self.tokens.push_back(Token::RangeBetween);
                wants_high = true;
                continue;
            }
            self.unread();
            self.fetch_text(&[']']);
            wants_close = true;
        }
    }

    fn fetch_text(&mut self, breakers: &[char]) {
        let mut text = Vec::new();
        let mut escaped = false;
        loop {
            let rune = self.read();
            if rune == END {
                break;
            }
            if !escaped {
                if rune == '\\' {
                    escaped = true;
                    continue;
                }
                if breakers.contains(&rune) {
                    self.unread();
                    break;
                }
            }
            escaped = false;
            text.push(rune);
        }
        if !text.is_empty() {
            self.tokens.push_back(Token::Text(text));
        }
    }
}
