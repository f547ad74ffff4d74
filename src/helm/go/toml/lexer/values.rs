//! The states within values: strings with their escapes, numbers, booleans.

use super::{END, Item, Kind, Lexer, State, Stop, quoted, rune_or_end};
use crate::helm::go::quote::quote_text;

impl Lexer<'_> {
    pub(super) fn step_value(&mut self, state: State) -> Result<State, Stop> {
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

    pub(super) fn step_bool(&mut self) -> Result<State, Stop> {
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

    pub(super) fn step_string(&mut self, state: State) -> Result<State, Stop> {
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

    pub(super) fn step_number(&mut self, state: State) -> Result<State, Stop> {
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
