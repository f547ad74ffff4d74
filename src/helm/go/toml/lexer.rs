//! Splits TOML into items: a state machine, with a stack of the states to come back to.
//!
//! Every state is the library's, because which character an error names depends on them.

mod values;

use std::collections::VecDeque;

use super::decode::Stop;
use crate::helm::go::quote::append_quoted_rune;
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
