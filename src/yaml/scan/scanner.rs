//! The scanner: indentation, simple keys, and which token comes next.

use std::borrow::Cow;
use std::collections::VecDeque;

use memchr::memchr2;

use super::characters::{break_width, is_blank_or_end};
use super::token::{Mark, Style, Token, TokenKind};
use super::{Refusal, Scan};

/// go-yaml's cap on nested flow collections and on indentation levels.
const MAXIMUM_LEVELS: usize = 10_000;

/// A place where a key may have started that is only known to be one when its `:` comes.
#[derive(Clone, Copy, Debug, Default)]
struct SimpleKey {
    possible: bool,
    required: bool,
    token_number: usize,
    mark: Mark,
    column: usize,
}

/// Makes tokens of a text.
pub(super) struct Scanner<'t> {
    pub(super) text: &'t [u8],
    failure: Option<&'static str>,
    /// Where go-yaml's first piece of the text ends, if it starts with a byte order mark and was not left yet. go-yaml looks for
    /// a mark at the start of its buffer instead of the line, so it skips the first character of every line as long.
    marked_to: Option<usize>,
    pub(super) at: usize,
    pub(super) line: usize,
    pub(super) line_start: usize,
    /// A place on this line and its column, so that long lines are not counted again and again.
    counted: (usize, usize),
    tokens: VecDeque<Token<'t>>,
    tokens_parsed: usize,
    token_available: bool,
    started: bool,
    pub(super) stream_ended: bool,
    /// The column of the current block collection; -1 outside of any.
    pub(super) indent: isize,
    indents: Vec<isize>,
    pub(super) flow_level: usize,
    pub(super) simple_key_allowed: bool,
    simple_keys: Vec<SimpleKey>,
    /// Numbers of tokens that may start a simple key, in order, with the indexes of the keys. go-yaml forgets an entry when
    /// the flow level of that token's number ends, and then hands out the token without waiting for a `:`.
    key_tokens: VecDeque<(usize, usize)>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t [u8], first_piece: usize, failure: Option<&'static str>) -> Self {
        Self {
            text,
            failure,
            marked_to: text.starts_with("\u{feff}".as_bytes()).then_some(first_piece),
            at: 0,
            line: 0,
            line_start: 0,
            counted: (0, 0),
            tokens: VecDeque::with_capacity(16),
            tokens_parsed: 0,
            token_available: false,
            started: false,
            stream_ended: false,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            key_tokens: VecDeque::new(),
        }
    }

    /// Returns the next token without taking it.
    pub(super) fn peek(&mut self) -> Scan<&Token<'t>> {
        if !self.token_available {
            self.fetch_more()?;
        }
        match self.tokens.front() {
            Some(token) => Ok(token),
            // Only after the end of the stream, which the parser does not read past.
            None => Err(Refusal::reader("attempted to go past the end of stream; corrupted value?", self.mark())),
        }
    }

    /// Takes the token that was peeked.
    pub(super) fn take(&mut self) -> Scan<Token<'t>> {
        self.peek()?;
        self.token_available = false;
        self.tokens_parsed += 1;
        match self.tokens.pop_front() {
            Some(token) => {
                self.stream_ended = matches!(token.kind, TokenKind::StreamEnd);
                Ok(token)
            }
            None => Err(Refusal::reader("attempted to go past the end of stream; corrupted value?", self.mark())),
        }
    }

    // Places.

    pub(super) fn mark(&self) -> Mark {
        Mark { offset: self.at, line: self.line }
    }

    #[inline]
    pub(super) fn byte(&self) -> u8 {
        self.byte_at(0)
    }

    #[inline]
    pub(super) fn byte_at(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(super) fn is_at_line_start(&self) -> bool {
        self.at == self.line_start
    }

    /// Returns the number of characters before the current place on its line.
    pub(super) fn column(&mut self) -> usize {
        let (from, column) = if self.counted.0 >= self.line_start { self.counted } else { (self.line_start, 0) };
        let between = self.text.get(from..self.at).unwrap_or_default();
        let column = column + between.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.counted = (self.at, column);
        column
    }

    /// Takes a line break, if there is one, and returns its width. go-yaml reads two characters to see how wide it is.
    pub(super) fn skip_break(&mut self) -> Scan<usize> {
        let width = break_width(self.rest());
        if width > 0 {
            self.check_readable(2)?;
            self.at += width;
            self.line += 1;
            self.line_start = self.at;
        }
        Ok(width)
    }

    /// Takes a line break into a text: LS and PS as they are, every other as a line feed.
    pub(super) fn read_break(&mut self, into: &mut Vec<u8>) -> Scan<()> {
        let start = self.at;
        if self.skip_break()? == 3 {
            into.extend_from_slice(&self.text[start..self.at]);
        } else if self.at > start {
            into.push(b'\n');
        }
        Ok(())
    }

    /// Tells whether `---` or `...` stands at the start of the line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.is_at_line_start()
            && (self.rest().starts_with(b"---") || self.rest().starts_with(b"..."))
            && is_blank_or_end(self.text.get(self.at + 3..).unwrap_or_default())
    }

    /// Fails where the text was cut because go-yaml's reader stops there.
    pub(super) fn check_readable(&mut self, ahead: usize) -> Scan<()> {
        if self.marked_to.is_some_and(|end| !self.has_characters(ahead, end)) {
            self.marked_to = None;
        }
        match self.failure {
            Some(problem) if !self.has_characters(ahead, self.text.len()) => Err(Refusal::reader(problem, self.mark())),
            _ => Ok(()),
        }
    }

    /// Tells whether so many characters stand between here and an end.
    fn has_characters(&self, count: usize, end: usize) -> bool {
        let rest = self.text.get(self.at..end).unwrap_or_default();
        rest.iter().filter(|byte| **byte & 0xc0 != 0x80).take(count).count() == count
    }

    pub(super) fn refuse<T>(&mut self, context: Mark, problem: &str) -> Scan<T> {
        self.check_readable(1)?;
        Err(Refusal::scanner(problem, context, self.mark()))
    }

    // The queue.

    fn push(&mut self, kind: TokenKind<'t>, start: Mark, end: Mark) {
        self.tokens.push_back(Token { kind, start, end });
    }

    /// Inserts a token by its number; at the end where that token is gone already.
    fn insert(&mut self, number: usize, kind: TokenKind<'t>, mark: Mark) {
        let token = Token { kind, start: mark, end: mark };
        match number.checked_sub(self.tokens_parsed) {
            Some(index) if index < self.tokens.len() => self.tokens.insert(index, token),
            _ => self.tokens.push_back(token),
        }
    }

    fn fetch_more(&mut self) -> Scan<()> {
        // A key may still turn out to start with the head of the queue; then KEY has to come first.
        while self.tokens.is_empty() || self.starts_simple_key()? {
            self.fetch_next()?;
        }
        self.token_available = true;
        Ok(())
    }

    fn starts_simple_key(&mut self) -> Scan<bool> {
        while let Some(&(number, index)) = self.key_tokens.front() {
            if number > self.tokens_parsed {
                break;
            }
            if number == self.tokens_parsed {
                return if index < self.simple_keys.len() { self.is_simple_key_valid(index) } else { Ok(false) };
            }
            self.key_tokens.pop_front();
        }
        Ok(false)
    }

    fn forget_key_token(&mut self, number: usize) {
        if let Some(index) = self.key_tokens.iter().rposition(|(known, _)| *known <= number)
            && self.key_tokens[index].0 == number
        {
            self.key_tokens.remove(index);
        }
    }

    /// A simple key ends on its line and within 1024 characters.
    fn is_simple_key_valid(&mut self, index: usize) -> Scan<bool> {
        let key = self.simple_keys[index];
        if !key.possible {
            return Ok(false);
        }
        if key.mark.line < self.line || self.is_further_than_1024(key.mark.offset) {
            if key.required {
                return self.refuse(key.mark, "could not find expected ':'");
            }
            self.simple_keys[index].possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    fn is_further_than_1024(&self, offset: usize) -> bool {
        let distance = self.at - offset;
        distance > 1024
            && (distance > 4 * 1024
                || self.text[offset..self.at].iter().filter(|byte| **byte & 0xc0 != 0x80).count() > 1024)
    }

    fn save_simple_key(&mut self) -> Scan<()> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let column = if self.flow_level == 0 { self.column() } else { 0 };
        let key = SimpleKey {
            possible: true,
            required: self.flow_level == 0 && self.indent == column as isize,
            token_number: self.tokens_parsed + self.tokens.len(),
            mark: self.mark(),
            column,
        };
        self.remove_simple_key()?;
        if let Some(last) = self.simple_keys.last_mut() {
            *last = key;
        }
        self.forget_key_token(key.token_number);
        self.key_tokens.push_back((key.token_number, self.simple_keys.len() - 1));
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Scan<()> {
        let Some(last) = self.simple_keys.last_mut() else { return Ok(()) };
        if !last.possible {
            return Ok(());
        }
        let key = *last;
        if key.required {
            return self.refuse(key.mark, "could not find expected ':'");
        }
        last.possible = false;
        self.forget_key_token(key.token_number);
        Ok(())
    }

    // Indentation.

    fn roll_indent(&mut self, column: usize, number: Option<usize>, kind: TokenKind<'t>, mark: Mark) -> Scan<()> {
        if self.flow_level > 0 || self.indent >= column as isize {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column as isize;
        if self.indents.len() > MAXIMUM_LEVELS {
            let context = self.simple_keys.last().map_or_else(Mark::default, |key| key.mark);
            return self.refuse(context, &format!("exceeded max depth of {MAXIMUM_LEVELS}"));
        }
        match number {
            Some(number) => self.insert(number, kind, mark),
            None => self.tokens.push_back(Token { kind, start: mark, end: mark }),
        }
        Ok(())
    }

    fn unroll_indent(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            let mark = self.mark();
            self.tokens.push_back(Token { kind: TokenKind::BlockEnd, start: mark, end: mark });
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    // The next token.

    fn fetch_next(&mut self) -> Scan<()> {
        self.check_readable(1)?;
        if !self.started {
            self.started = true;
            let mark = self.mark();
            self.push(TokenKind::StreamStart, mark, mark);
            return Ok(());
        }
        self.skip_to_next_token()?;
        if self.flow_level == 0 {
            let column = self.column();
            self.unroll_indent(column as isize);
        }
        self.check_readable(4)?;
        if self.is_at_end() {
            return self.fetch_stream_end();
        }
        let first = self.byte();
        if self.is_at_line_start() {
            if first == b'%' {
                return self.fetch_directive();
            }
            if self.is_document_indicator() {
                let kind = if first == b'-' { TokenKind::DocumentStart } else { TokenKind::DocumentEnd };
                return self.fetch_document_indicator(kind);
            }
        }
        let in_block = self.flow_level == 0;
        let before_blank = is_blank_or_end(self.text.get(self.at + 1..).unwrap_or_default());
        match first {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if before_blank => self.fetch_block_entry(),
            b'?' if !in_block || before_blank => self.fetch_key(),
            b':' if !in_block || before_blank => self.fetch_value(),
            b'*' | b'&' => self.fetch_anchor(),
            b'!' => self.fetch_tag(),
            b'|' if in_block => self.fetch_block_scalar(Style::Literal),
            b'>' if in_block => self.fetch_block_scalar(Style::Folded),
            b'\'' => self.fetch_flow_scalar(Style::SingleQuoted),
            b'"' => self.fetch_flow_scalar(Style::DoubleQuoted),
            b'-' => self.fetch_plain_scalar(),
            b'?' | b':' if in_block => self.fetch_plain_scalar(),
            b'|' | b'>' | b'%' | b'@' | b'`' | b'#' | b'\t' => self.refuse_start(),
            _ => self.fetch_plain_scalar(),
        }
    }

    fn refuse_start(&mut self) -> Scan<()> {
        self.refuse(self.mark(), "found character that cannot start any token")
    }

    fn skip_to_next_token(&mut self) -> Scan<()> {
        loop {
            self.check_readable(1)?;
            if self.marked_to.is_some() && self.is_at_line_start() {
                self.at += self.rest().iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80).count() + 1;
            }
            // Tabs separate tokens, but are no indentation.
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            while matches!(self.byte(), b' ') || (tabs && self.byte() == b'\t') {
                self.at += 1;
            }
            if self.byte() == b'#' {
                self.skip_comment();
            }
            if self.skip_break()? == 0 {
                return self.check_readable(1);
            }
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    /// Goes to the end of the line.
    pub(super) fn skip_comment(&mut self) {
        let rest = self.rest();
        let line = &rest[..memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())];
        // How the other line breaks begin.
        if memchr2(0xc2, 0xe2, line).is_none() {
            self.at += line.len();
            return;
        }
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'\n' | b'\r' => return,
                0xc2 | 0xe2 if break_width(self.rest()) > 0 => return,
                _ => self.at += 1,
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Scan<()> {
        // go-yaml takes the end for a line of its own.
        if !self.is_at_line_start() {
            self.line += 1;
            self.line_start = self.at;
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let mark = self.mark();
        self.push(TokenKind::StreamEnd, mark, mark);
        Ok(())
    }

    fn fetch_directive(&mut self) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let (kind, end) = self.scan_directive()?;
        self.push(kind, start, end);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    fn push_indicator(&mut self, kind: TokenKind<'t>, width: usize) {
        let start = self.mark();
        self.at += width;
        let end = self.mark();
        self.push(kind, start, end);
    }

    fn fetch_flow_start(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.save_simple_key()?;
        let token_number = self.tokens_parsed + self.tokens.len();
        self.simple_keys.push(SimpleKey { token_number, mark: self.mark(), ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > MAXIMUM_LEVELS {
            return self.refuse(self.mark(), &format!("exceeded max depth of {MAXIMUM_LEVELS}"));
        }
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind<'t>) -> Scan<()> {
        self.remove_simple_key()?;
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(key) = self.simple_keys.pop() {
                self.forget_key_token(key.token_number);
            }
        }
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Scan<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Scan<()> {
        // In flow context the parser refuses it.
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.refuse(self.mark(), "block sequence entries are not allowed in this context");
            }
            let (column, mark) = (self.column(), self.mark());
            self.roll_indent(column, None, TokenKind::BlockSequenceStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Scan<()> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.refuse(self.mark(), "mapping keys are not allowed in this context");
            }
            let (column, mark) = (self.column(), self.mark());
            self.roll_indent(column, None, TokenKind::BlockMappingStart, mark)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Scan<()> {
        let last = self.simple_keys.len().saturating_sub(1);
        if self.is_simple_key_valid(last)? {
            let key = self.simple_keys[last];
            self.insert(key.token_number, TokenKind::Key, key.mark);
            self.roll_indent(key.column, Some(key.token_number), TokenKind::BlockMappingStart, key.mark)?;
            self.simple_keys[last].possible = false;
            self.forget_key_token(key.token_number);
            // A simple key cannot follow another simple key.
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.refuse(self.mark(), "mapping values are not allowed in this context");
                }
                let (column, mark) = (self.column(), self.mark());
                self.roll_indent(column, None, TokenKind::BlockMappingStart, mark)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let is_alias = self.byte() == b'*';
        let name = self.scan_anchor(start)?;
        let kind = if is_alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) };
        let end = self.mark();
        self.push(kind, start, end);
        Ok(())
    }

    fn fetch_tag(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let tag = self.scan_tag(start)?;
        let end = self.mark();
        self.push(TokenKind::Tag(Box::new(tag)), start, end);
        Ok(())
    }

    fn fetch_block_scalar(&mut self, style: Style) -> Scan<()> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.mark();
        let (value, end) = self.scan_block_scalar(start, style)?;
        self.push(TokenKind::Scalar { value, style }, start, end);
        Ok(())
    }

    fn fetch_flow_scalar(&mut self, style: Style) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let value = self.scan_flow_scalar(start, style)?;
        let end = self.mark();
        self.push(TokenKind::Scalar { value, style }, start, end);
        Ok(())
    }

    fn fetch_plain_scalar(&mut self) -> Scan<()> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.mark();
        let (value, end) = self.scan_plain_scalar(start)?;
        self.push(TokenKind::Scalar { value, style: Style::Plain }, start, end);
        Ok(())
    }
}

/// A scalar's text: a piece of the source as long as that is what it is, a text of its own from the first fold or escape on.
pub(super) struct Text {
    start: usize,
    end: usize,
    own: Option<Vec<u8>>,
}

impl Text {
    /// Starts an empty text at a place.
    pub(super) fn new(at: usize) -> Self {
        Self { start: at, end: at, own: None }
    }

    /// Appends a piece of the source that may follow the last one after blanks that belong to the text.
    pub(super) fn append_through(&mut self, source: &[u8], from: usize, to: usize) {
        match &mut self.own {
            Some(own) => own.extend_from_slice(source.get(from..to).unwrap_or_default()),
            None => self.end = to,
        }
    }

    /// Returns the text as bytes of its own.
    pub(super) fn own(&mut self, source: &[u8]) -> &mut Vec<u8> {
        let (start, end) = (self.start, self.end);
        self.own.get_or_insert_with(|| source.get(start..end).unwrap_or_default().to_vec())
    }

    /// Returns the finished value.
    pub(super) fn finish(self, source: &[u8]) -> Cow<'_, [u8]> {
        match self.own {
            Some(own) => Cow::Owned(own),
            None => Cow::Borrowed(source.get(self.start..self.end).unwrap_or_default()),
        }
    }
}

/// The line breaks between two lines of a flow scalar, which fold to a space or to one break less than there are.
#[derive(Default)]
pub(super) struct Fold {
    first: Vec<u8>,
    others: Vec<u8>,
}

impl Fold {
    /// Takes a line break.
    pub(super) fn read(&mut self, scanner: &mut Scanner<'_>, is_first: bool) -> Scan<()> {
        scanner.read_break(if is_first { &mut self.first } else { &mut self.others })
    }

    /// Appends what the breaks fold to, and forgets them.
    pub(super) fn fold_into(&mut self, text: &mut Vec<u8>) {
        if self.first.first() == Some(&b'\n') {
            if self.others.is_empty() {
                text.push(b' ');
            }
        } else {
            text.append(&mut self.first);
        }
        text.append(&mut self.others);
        self.first.clear();
    }
}
