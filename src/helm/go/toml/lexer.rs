//! Splits TOML into items: a state machine, with a stack of the states to come back to.
//!
//! Every state is the library's, because which character an error names depends on them.

use std::collections::VecDeque;

use super::decode::Stop;
use crate::helm::go::quote::{append_quoted_rune, quote_text};
use crate::helm::go::utf8::decode;

/// The kinds of items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Eof,
    Text,
    String,
    EscapedString,
    RawString,
    MultilineString,
    RawMultilineString,
    Bool,
    Integer,
    Float,
    Datetime,
    Array,
    ArrayEnd,
    TableStart,
    TableEnd,
    ArrayTableStart,
    ArrayTableEnd,
    KeyStart,
    KeyEnd,
    CommentStart,
    InlineTableStart,
    InlineTableEnd,
}

/// An item with its text.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) text: Vec<u8>,
    pub(super) line: usize,
}

/// An error of the lexer; the parser adds the last key.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) line: usize,
    pub(super) message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Top,
    TopEnd,
    TableStart,
    TableEnd,
    ArrayTableEnd,
    TableNameStart,
    TableNameEnd,
    BareName,
    QuotedName,
    KeyStart,
    KeyNameStart,
    KeyEnd,
    Value,
    ArrayValue,
    ArrayValueEnd,
    ArrayEnd,
    InlineTableValue,
    InlineTableValueEnd,
    InlineTableEnd,
    String,
    MultilineString,
    RawString,
    RawMultilineString,
    MultilineEscape,
    Escape,
    HexEscape(usize),
    NumberOrDateStart,
    NumberOrDate,
    Datetime,
    HexInteger,
    OctalInteger,
    BinaryInteger,
    Decimal,
    DecimalStart,
    BaseNumberOrDate,
    Float,
    Bool,
    CommentStart,
    Comment,
    /// After an error nothing is read any more.
    Done,
}

/// The end of the text, which a NUL cannot be mistaken for since control characters are refused.
const END: char = '\0';

/// The reader of a text.
pub(super) struct Lexer<'a> {
    input: &'a [u8],
    start: usize,
    at: usize,
    line: usize,
    state: State,
    items: VecDeque<Result<Item, Fault>>,
    escaped: bool,
    widths: [usize; 4],
    known_widths: usize,
    at_end: bool,
    stack: Vec<State>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            start: 0,
            at: 0,
            line: 1,
            state: State::Top,
            items: VecDeque::new(),
            escaped: false,
            widths: [0; 4],
            known_widths: 0,
            at_end: false,
            stack: Vec::new(),
        }
    }

    /// Returns the next item.
    pub(super) fn next_item(&mut self) -> Result<Result<Item, Fault>, Stop> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Ok(item);
            }
            if self.state == State::Done {
                return Err(Stop::Bug("BUG in lexer: no states to pop".to_owned()));
            }
            self.state = self.step(self.state)?;
        }
    }

    fn pop(&mut self) -> State {
        self.stack.pop().unwrap_or(State::Done)
    }

    fn current(&self) -> &'a [u8] {
        self.input.get(self.start..self.at).unwrap_or_default()
    }

    fn emit(&mut self, kind: Kind) {
        if self.start > self.at {
            let byte = self.input.get(self.at).copied().unwrap_or_default();
            self.error(format!("invalid UTF-8 byte: 0x{byte:02x}"));
            return;
        }
        self.items.push_back(Ok(Item { kind, text: self.current().to_vec(), line: self.line }));
        self.start = self.at;
    }

    /// Emits what has been read, and goes back to the state before.
    fn finish(&mut self, kind: Kind) -> State {
        self.emit(kind);
        self.pop()
    }

    fn next(&mut self) -> Result<char, Stop> {
        if self.at_end {
            return Err(Stop::Bug("BUG in lexer: next called after EOF".to_owned()));
        }
        let Some(&first) = self.input.get(self.at) else {
            self.at_end = true;
            return Ok(END);
        };
        if first == b'\n' {
            self.line += 1;
        }
        self.widths.rotate_right(1);
        self.known_widths = (self.known_widths + 1).min(4);
        let (rune, width) = decode(&self.input[self.at..]);
        if rune == char::REPLACEMENT_CHARACTER && width == 1 {
            self.error(format!("invalid UTF-8 byte: 0x{first:02x}"));
            return Ok(rune);
        }
        let lone_return = first == b'\r' && self.input.get(self.at + 1) != Some(&b'\n');
        if is_control(rune) || lone_return {
            self.push_fault(
                self.line,
                format!("TOML files cannot contain control characters: '0x{:02x}'", u32::from(rune)),
            );
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        self.widths[0] = width;
        self.at += width;
        Ok(rune)
    }

    fn backup(&mut self) -> Result<(), Stop> {
        if self.at_end {
            self.at_end = false;
            return Ok(());
        }
        if self.known_widths < 1 {
            return Err(Stop::Bug("BUG in lexer: backed up too far".to_owned()));
        }
        let width = self.widths[0];
        self.widths.rotate_left(1);
        self.widths[3] = self.widths[2];
        self.known_widths -= 1;
        self.at = self.at.saturating_sub(width);
        if self.input.get(self.at) == Some(&b'\n') {
            self.line -= 1;
        }
        Ok(())
    }

    fn accept(&mut self, valid: char) -> Result<bool, Stop> {
        if self.next()? == valid {
            return Ok(true);
        }
        self.backup()?;
        Ok(false)
    }

    fn peek(&mut self) -> Result<char, Stop> {
        let rune = self.next()?;
        self.backup()?;
        Ok(rune)
    }

    fn ignore(&mut self) {
        self.start = self.at;
    }

    fn skip_spaces(&mut self) -> Result<(), Stop> {
        while is_space(self.next()?) {}
        self.backup()?;
        self.ignore();
        Ok(())
    }

    /// Ignores what has been read and goes on.
    fn then(&mut self, state: State) -> State {
        self.ignore();
        state
    }

    fn push_fault(&mut self, line: usize, message: String) {
        self.items.push_back(Err(Fault { line, message }));
    }

    /// The library's `error`: at the end of the text the line before is named.
    fn error(&mut self, message: String) -> State {
        let line = if self.at_end { self.line.saturating_sub(1) } else { self.line };
        self.push_fault(line, message);
        State::Done
    }

    /// The library's `errorPrevLine`.
    fn error_on_line_before(&mut self, message: String) -> State {
        self.push_fault(self.line.saturating_sub(1), message);
        State::Done
    }

    /// The library's `errorf`: the line before is named only behind a newline at the end of the text.
    fn fail(&mut self, message: impl Into<String>) -> State {
        let behind_newline = self.at >= 1 && self.input.get(self.at - 1) == Some(&b'\n');
        let line = if self.at_end && behind_newline { self.line.saturating_sub(1) } else { self.line };
        self.push_fault(line, message.into());
        State::Done
    }

    fn step(&mut self, state: State) -> Result<State, Stop> {
        match state {
            State::Top | State::TopEnd | State::CommentStart | State::Comment => self.step_top(state),
            State::TableStart
            | State::TableEnd
            | State::ArrayTableEnd
            | State::TableNameStart
            | State::TableNameEnd
            | State::BareName
            | State::QuotedName
            | State::KeyStart
            | State::KeyNameStart
            | State::KeyEnd => self.step_name(state),
            State::Value
            | State::ArrayValue
            | State::ArrayValueEnd
            | State::ArrayEnd
            | State::InlineTableValue
            | State::InlineTableValueEnd
            | State::InlineTableEnd
            | State::Bool => self.step_value(state),
            State::String
            | State::MultilineString
            | State::RawString
            | State::RawMultilineString
            | State::MultilineEscape
            | State::Escape
            | State::HexEscape(_) => self.step_string(state),
            _ => self.step_number(state),
        }
    }

    fn step_top(&mut self, state: State) -> Result<State, Stop> {
        if state == State::CommentStart {
            self.ignore();
            self.emit(Kind::CommentStart);
            return Ok(State::Comment);
        }
        let rune = self.next()?;
        Ok(match (state, rune) {
            (State::Comment, '\n' | '\r' | END) => {
                self.backup()?;
                self.finish(Kind::Text)
            }
            (State::Comment, _) => State::Comment,
            (_, '#') => {
                self.stack.push(State::Top);
                State::CommentStart
            }
            (State::Top, ' ' | '\t' | '\n' | '\r') => self.then(State::Top),
            (State::Top, '[') => State::TableStart,
            (State::Top, END) if self.at > self.start => self.fail("unexpected EOF"),
            (_, END) => {
                self.emit(Kind::Eof);
                State::Done
            }
            (State::Top, _) => {
                self.backup()?;
                self.stack.push(State::TopEnd);
                State::KeyStart
            }
            (_, ' ' | '\t') => State::TopEnd,
            (_, '\n' | '\r') => self.then(State::Top),
            (_, rune) => self.fail(format!(
                "expected a top-level item to end with a newline, comment, or EOF, but got {} instead",
                quoted(rune)
            )),
        })
    }

    fn step_name(&mut self, state: State) -> Result<State, Stop> {
        Ok(match state {
            State::TableStart => {
                if self.peek()? == '[' {
                    self.next()?;
                    self.emit(Kind::ArrayTableStart);
                    self.stack.push(State::ArrayTableEnd);
                } else {
                    self.emit(Kind::TableStart);
                    self.stack.push(State::TableEnd);
                }
                State::TableNameStart
            }
            State::TableEnd => {
                self.emit(Kind::TableEnd);
                State::TopEnd
            }
            State::ArrayTableEnd => match self.next()? {
                ']' => {
                    self.emit(Kind::ArrayTableEnd);
                    State::TopEnd
                }
                rune => self
                    .fail(format!("expected end of table array name delimiter ']', but got {} instead", quoted(rune))),
            },
            State::TableNameStart => {
                self.skip_spaces()?;
                match self.peek()? {
                    ']' | END => self.fail("unexpected end of table name (table names cannot be empty)"),
                    '.' => self.fail("unexpected table separator (table names cannot be empty)"),
                    '"' | '\'' => {
                        self.ignore();
                        self.stack.push(State::TableNameEnd);
                        State::QuotedName
                    }
                    _ => {
                        self.stack.push(State::TableNameEnd);
                        State::BareName
                    }
                }
            }
            State::TableNameEnd => {
                self.skip_spaces()?;
                match self.next()? {
                    '.' => self.then(State::TableNameStart),
                    ']' => self.pop(),
                    rune => {
                        self.fail(format!("expected '.' or ']' to end table name, but got {} instead", quoted(rune)))
                    }
                }
            }
            State::BareName => {
                let rune = self.next()?;
                if rune.is_ascii_alphanumeric() || matches!(rune, '_' | '-') {
                    State::BareName
                } else {
                    self.backup()?;
                    self.finish(Kind::Text)
                }
            }
            State::QuotedName => match self.next()? {
                '"' => self.then(State::String),
                '\'' => self.then(State::RawString),
                rune => self.fail(format!("expected value but found {} instead", quoted(rune))),
            },
            State::KeyStart => {
                self.skip_spaces()?;
                match self.peek()? {
                    '=' | END => self.fail("unexpected '=': key name appears blank"),
                    '.' => self.fail("unexpected '.': keys cannot start with a '.'"),
                    rune => {
                        if matches!(rune, '"' | '\'') {
                            self.ignore();
                        }
                        self.emit(Kind::KeyStart);
                        State::KeyNameStart
                    }
                }
            }
            State::KeyNameStart => {
                self.skip_spaces()?;
                match self.peek()? {
                    '"' | '\'' => {
                        self.ignore();
                        self.stack.push(State::KeyEnd);
                        State::QuotedName
                    }
                    '=' | END => self.fail("unexpected '='"),
                    '.' => self.fail("unexpected '.'"),
                    _ => {
                        self.stack.push(State::KeyEnd);
                        State::BareName
                    }
                }
            }
            _ => {
                self.skip_spaces()?;
                match self.next()? {
                    END => self.fail("unexpected EOF; expected key separator '='"),
                    '.' => self.then(State::KeyNameStart),
                    '=' => {
                        self.emit(Kind::KeyEnd);
                        self.then(State::Value)
                    }
                    '\n' => self.error_on_line_before("expected '.' or '=', but got '\\n' instead".to_owned()),
                    rune => self.fail(format!("expected '.' or '=', but got {} instead", quoted(rune))),
                }
            }
        })
    }

    fn step_value(&mut self, state: State) -> Result<State, Stop> {
        match state {
            State::Value => return self.step_any_value(),
            State::Bool => return self.step_bool(),
            State::ArrayEnd => {
                self.ignore();
                return Ok(self.finish(Kind::ArrayEnd));
            }
            State::InlineTableEnd => {
                self.ignore();
                return Ok(self.finish(Kind::InlineTableEnd));
            }
            _ => {}
        }
        let rune = self.next()?;
        Ok(match (state, rune) {
            (_, ' ' | '\t' | '\n' | '\r') => self.then(state),
            (_, '#') => {
                self.stack.push(state);
                State::CommentStart
            }
            (State::ArrayValue | State::InlineTableValue, ',') => self.fail("unexpected comma"),
            (State::ArrayValue | State::ArrayValueEnd, ']') => State::ArrayEnd,
            (State::ArrayValue, _) => {
                self.backup()?;
                self.stack.push(State::ArrayValueEnd);
                State::Value
            }
            (State::ArrayValueEnd, ',') => self.then(State::ArrayValue),
            (State::ArrayValueEnd, rune) => {
                self.fail(format!("expected a comma (',') or array terminator (']'), but got {}", rune_or_end(rune)))
            }
            (_, '}') => State::InlineTableEnd,
            (State::InlineTableValue, _) => {
                self.backup()?;
                self.stack.push(State::InlineTableValueEnd);
                State::KeyStart
            }
            (_, ',') => {
                self.ignore();
                self.skip_spaces()?;
                if self.peek()? == '}' { State::InlineTableValueEnd } else { State::InlineTableValue }
            }
            (_, rune) => self.fail(format!(
                "expected a comma or an inline table terminator '}}', but got {} instead",
                rune_or_end(rune)
            )),
        })
    }

    fn step_any_value(&mut self) -> Result<State, Stop> {
        let rune = self.next()?;
        Ok(match rune {
            ' ' | '\t' => self.then(State::Value),
            '0'..='9' => {
                self.backup()?;
                State::NumberOrDateStart
            }
            '[' => {
                self.ignore();
                self.emit(Kind::Array);
                State::ArrayValue
            }
            '{' => {
                self.ignore();
                self.emit(Kind::InlineTableStart);
                State::InlineTableValue
            }
            '"' | '\'' => {
                let (multiline, single) = if rune == '"' {
                    (State::MultilineString, State::String)
                } else {
                    (State::RawMultilineString, State::RawString)
                };
                if self.accept(rune)? {
                    if self.accept(rune)? {
                        return Ok(self.then(multiline));
                    }
                    self.backup()?;
                }
                self.then(single)
            }
            '.' => self.fail("floats must start with a digit, not '.'"),
            '-' | '+' => State::DecimalStart,
            'i' | 'n' if self.accept_infinity()? => self.finish(Kind::Float),
            rune if rune.is_alphabetic() => {
                self.backup()?;
                State::Bool
            }
            END if self.at_end => self.fail("unexpected EOF; expected value"),
            '\n' => self.error_on_line_before("expected value but found '\\n' instead".to_owned()),
            rune => self.fail(format!("expected value but found {} instead", quoted(rune))),
        })
    }

    fn accept_infinity(&mut self) -> Result<bool, Stop> {
        Ok((self.accept('n')? && self.accept('f')?) || (self.accept('a')? && self.accept('n')?))
    }

    fn step_bool(&mut self) -> Result<State, Stop> {
        let mut word = String::new();
        loop {
            let rune = self.next()?;
            if !rune.is_alphabetic() {
                self.backup()?;
                break;
            }
            word.push(rune);
        }
        Ok(match word.as_str() {
            "true" | "false" => self.finish(Kind::Bool),
            _ => self.fail(format!("expected value but found {} instead", quote_text(word.as_bytes()))),
        })
    }

    fn step_string(&mut self, state: State) -> Result<State, Stop> {
        if let State::HexEscape(count) = state {
            return self.step_hex_escape(count);
        }
        let rune = self.next()?;
        Ok(match (state, rune) {
            (State::String, END) => self.fail("unexpected EOF; expected '\"'"),
            (State::RawString, END) => self.fail("unexpected EOF; expected \"'\""),
            (State::MultilineString, END) => self.fail("unexpected EOF; expected '\"\"\"'"),
            (State::RawMultilineString, END) => self.fail("unexpected EOF; expected \"'''\""),
            (State::String | State::RawString, '\n' | '\r') => {
                self.error_on_line_before("strings cannot contain newlines".to_owned())
            }
            (State::String, '\\') => {
                self.stack.push(State::String);
                State::Escape
            }
            (State::MultilineString, '\\') => State::MultilineEscape,
            (State::String, '"') | (State::RawString, '\'') => {
                self.backup()?;
                let kind = match state {
                    State::RawString => Kind::RawString,
                    _ if std::mem::take(&mut self.escaped) => Kind::EscapedString,
                    _ => Kind::String,
                };
                self.emit(kind);
                self.next()?;
                self.ignore();
                self.pop()
            }
            (State::MultilineString, '"') | (State::RawMultilineString, '\'') => self.end_multiline(state, rune)?,
            (State::MultilineEscape, '\n' | '\r') => State::MultilineString,
            (State::MultilineEscape, _) => {
                self.backup()?;
                self.stack.push(State::MultilineString);
                State::Escape
            }
            (State::Escape, rune) => self.step_escape(rune),
            (state, _) => state,
        })
    }

    /// Three quotes end a string, up to two more belong to it.
    fn end_multiline(&mut self, state: State, mark: char) -> Result<State, Stop> {
        if !self.accept(mark)? {
            return Ok(state);
        }
        if !self.accept(mark)? {
            self.backup()?;
            return Ok(state);
        }
        if self.peek()? == mark {
            let five = [mark as u8; 5];
            let current = self.current();
            let is_escaped = mark == '"' && current.ends_with(b"\\\"\"\"\"\"");
            if current.ends_with(&five) && !is_escaped {
                let message = if mark == '"' { "unexpected '\"\"\"\"\"\"'" } else { "unexpected \"''''''\"" };
                return Ok(self.fail(message));
            }
            self.backup()?;
            self.backup()?;
            return Ok(state);
        }
        for _ in 0..3 {
            self.backup()?;
        }
        if mark == '"' {
            self.escaped = false;
            self.emit(Kind::MultilineString);
        } else {
            self.emit(Kind::RawMultilineString);
        }
        for _ in 0..3 {
            self.next()?;
        }
        self.ignore();
        Ok(self.pop())
    }

    fn step_escape(&mut self, rune: char) -> State {
        self.escaped = true;
        match rune {
            'e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\' => self.pop(),
            'x' => State::HexEscape(2),
            'u' => State::HexEscape(4),
            'U' => State::HexEscape(8),
            rune => self.error(format!("invalid escape in string '\\{rune}'")),
        }
    }

    fn step_hex_escape(&mut self, count: usize) -> Result<State, Stop> {
        let (number, letter) = match count {
            2 => ("two", 'x'),
            4 => ("four", 'u'),
            _ => ("eight", 'U'),
        };
        for _ in 0..count {
            if !self.next()?.is_ascii_hexdigit() {
                let current = quote_text(self.current());
                return Ok(self.fail(format!(
                    "expected {number} hexadecimal digits after '\\{letter}', but got {current} instead"
                )));
            }
        }
        Ok(self.pop())
    }

    fn step_number(&mut self, state: State) -> Result<State, Stop> {
        let rune = self.next()?;
        let digit = rune.is_ascii_digit();
        Ok(match (state, rune) {
            (State::NumberOrDateStart, '0') => State::BaseNumberOrDate,
            (State::NumberOrDateStart, _) => State::NumberOrDate,
            (State::DecimalStart, _) => return self.step_signed(rune),
            (State::BaseNumberOrDate | State::NumberOrDate, _) if digit => State::NumberOrDate,
            (State::Datetime | State::Decimal | State::Float, _) if digit => state,
            (State::HexInteger, _) if rune.is_ascii_hexdigit() => state,
            (State::OctalInteger, '0'..='7') | (State::BinaryInteger, '0' | '1') => state,
            (State::HexInteger | State::OctalInteger | State::BinaryInteger, '_') => state,
            (State::NumberOrDate, '-' | ':') => State::Datetime,
            (State::NumberOrDate | State::BaseNumberOrDate | State::Decimal, '_') => State::Decimal,
            (State::NumberOrDate | State::BaseNumberOrDate | State::Decimal, '.' | 'e' | 'E') => State::Float,
            (State::BaseNumberOrDate, 'b') => {
                self.base("a binary", State::BinaryInteger, |rune| matches!(rune, '0' | '1'))?
            }
            (State::BaseNumberOrDate, 'o') => {
                self.base("an octal", State::OctalInteger, |rune| matches!(rune, '0'..='7'))?
            }
            (State::BaseNumberOrDate, 'x') => {
                self.base("a hexadecimal", State::HexInteger, |rune| rune.is_ascii_hexdigit())?
            }
            (State::Datetime, '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+') => state,
            (State::Float, '_' | '.' | '-' | '+' | 'e' | 'E') => state,
            (State::Datetime, _) => {
                self.backup()?;
                let text = self.current().trim_ascii().to_vec();
                self.items.push_back(Ok(Item { kind: Kind::Datetime, text, line: self.line }));
                self.start = self.at;
                self.pop()
            }
            (state, _) => {
                self.backup()?;
                self.finish(if state == State::Float { Kind::Float } else { Kind::Integer })
            }
        })
    }

    fn base(&mut self, name: &str, state: State, fits: impl Fn(char) -> bool) -> Result<State, Stop> {
        let rune = self.peek()?;
        if !fits(rune) {
            let current = String::from_utf8_lossy(self.current()).into_owned();
            self.fail(format!("not {name} number: '{current}{rune}'"));
        }
        Ok(state)
    }

    fn step_signed(&mut self, rune: char) -> Result<State, Stop> {
        match rune {
            'i' | 'n' => {
                let (second, third) = if rune == 'i' { ('n', 'f') } else { ('a', 'n') };
                if !self.accept(second)? || !self.accept(third)? {
                    let current = String::from_utf8_lossy(self.current()).into_owned();
                    return Ok(self.fail(format!("invalid float: '{current}'")));
                }
                Ok(self.finish(Kind::Float))
            }
            '0' if matches!(self.peek()?, 'b' | 'o' | 'x') => {
                let base = self.peek()?;
                let current = String::from_utf8_lossy(self.current()).into_owned();
                Ok(self.fail(format!("cannot use sign with non-decimal numbers: '{current}{base}'")))
            }
            '.' => Ok(self.fail("floats must start with a digit, not '.'")),
            '0'..='9' => Ok(State::Decimal),
            rune => Ok(self.fail(format!("expected a digit but got {}", quoted(rune)))),
        }
    }
}

fn is_space(rune: char) -> bool {
    matches!(rune, ' ' | '\t')
}

fn is_control(rune: char) -> bool {
    !matches!(rune, '\t' | '\r' | '\n') && rune.is_ascii_control()
}

/// Go's `%q` of a rune.
fn quoted(rune: char) -> String {
    let mut out = Vec::new();
    append_quoted_rune(&mut out, u64::from(u32::from(rune)), false);
    String::from_utf8_lossy(&out).into_owned()
}

fn rune_or_end(rune: char) -> String {
    if rune == END { "end of file".to_owned() } else { format!("'{rune}'") }
}
