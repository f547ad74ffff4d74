//! The parser: from tokens to events, as a machine with its own stack of states.

use std::borrow::Cow;

use super::scanner::Scanner;
use super::token::{Mark, Style, TagDirective, TagName, TokenKind};
use super::{Refusal, Scan};

/// A step of a document.
#[derive(Debug)]
pub(in crate::yaml) struct Event<'t> {
    pub(in crate::yaml) kind: EventKind<'t>,
    /// Where it starts, anchor and tag included.
    pub(in crate::yaml) start: Mark,
    /// Where it ends.
    pub(in crate::yaml) end: Mark,
}

/// What the step is.
#[derive(Debug)]
pub(in crate::yaml) enum EventKind<'t> {
    StreamStart,
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(&'t [u8]),
    Scalar {
        properties: Properties<'t>,
        value: Cow<'t, [u8]>,
        style: Style,
        /// The value may be more than a string: it is plain, or tagged `!`.
        implicit: bool,
        /// Where the value itself starts.
        content: Mark,
    },
    SequenceStart {
        properties: Properties<'t>,
        flow: bool,
    },
    SequenceEnd,
    MappingStart {
        properties: Properties<'t>,
        flow: bool,
    },
    MappingEnd,
}

/// What stands before a node.
#[derive(Debug, Default)]
pub(in crate::yaml) struct Properties<'t> {
    pub(in crate::yaml) anchor: Option<&'t [u8]>,
    pub(in crate::yaml) tag: Option<Box<[u8]>>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    StreamStart,
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequenceEntryMappingKey,
    FlowSequenceEntryMappingValue,
    FlowSequenceEntryMappingEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

/// Makes events of a text.
pub(in crate::yaml) struct Parser<'t> {
    scanner: Scanner<'t>,
    state: State,
    states: Vec<State>,
    marks: Vec<Mark>,
    tag_directives: Vec<TagDirective>,
}

/// Where a token leads, without borrowing it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    FlowSequenceEnd,
    FlowMappingEnd,
    Content,
}

impl<'t> Parser<'t> {
    pub(in crate::yaml) fn new(text: &'t [u8], first_piece: usize, failure: Option<&'static str>) -> Self {
        Self {
            scanner: Scanner::new(text, first_piece, failure),
            state: State::StreamStart,
            states: Vec::new(),
            marks: Vec::new(),
            tag_directives: Vec::new(),
        }
    }

    /// Returns the next event; after the end of the stream there is only that end.
    pub(in crate::yaml) fn next_event(&mut self) -> Scan<Event<'t>> {
        match self.state {
            State::StreamStart => {
                let token = self.scanner.take()?;
                self.state = State::ImplicitDocumentStart;
                Ok(Event { kind: EventKind::StreamStart, start: token.start, end: token.end })
            }
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::BlockSequenceFirstEntry => self.block_sequence_entry(true),
            State::BlockSequenceEntry => self.block_sequence_entry(false),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingFirstKey => self.block_mapping_key(true),
            State::BlockMappingKey => self.block_mapping_key(false),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirstEntry => self.flow_sequence_entry(true),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowSequenceEntryMappingKey => self.flow_sequence_entry_mapping_key(),
            State::FlowSequenceEntryMappingValue => self.flow_sequence_entry_mapping_value(),
            State::FlowSequenceEntryMappingEnd => {
                let start = self.scanner.peek()?.start;
                self.state = State::FlowSequenceEntry;
                Ok(Event { kind: EventKind::MappingEnd, start, end: start })
            }
            State::FlowMappingFirstKey => self.flow_mapping_key(true),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.flow_mapping_value(true),
            State::End => {
                let mark = self.scanner.mark();
                Ok(Event { kind: EventKind::StreamEnd, start: mark, end: mark })
            }
        }
    }

    fn next(&mut self) -> Scan<(Next, Mark)> {
        let token = self.scanner.peek()?;
        let next = match token.kind {
            TokenKind::StreamEnd => Next::StreamEnd,
            TokenKind::VersionDirective { .. } => Next::VersionDirective,
            TokenKind::TagDirective(_) => Next::TagDirective,
            TokenKind::DocumentStart => Next::DocumentStart,
            TokenKind::DocumentEnd => Next::DocumentEnd,
            TokenKind::BlockEnd => Next::BlockEnd,
            TokenKind::BlockEntry => Next::BlockEntry,
            TokenKind::FlowEntry => Next::FlowEntry,
            TokenKind::Key => Next::Key,
            TokenKind::Value => Next::Value,
            TokenKind::FlowSequenceEnd => Next::FlowSequenceEnd,
            TokenKind::FlowMappingEnd => Next::FlowMappingEnd,
            _ => Next::Content,
        };
        Ok((next, token.start))
    }

    fn pop_state(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    fn empty_scalar(at: Mark) -> Event<'t> {
        let kind = EventKind::Scalar {
            properties: Properties::default(),
            value: Cow::Borrowed(&[]),
            style: Style::Plain,
            implicit: true,
            content: at,
        };
        Event { kind, start: at, end: at }
    }

    fn document_start(&mut self, implicit: bool) -> Scan<Event<'t>> {
        let (mut next, mut start) = self.next()?;
        if !implicit {
            while next == Next::DocumentEnd {
                self.scanner.take()?;
                (next, start) = self.next()?;
            }
        }
        let starts_explicitly = matches!(next, Next::VersionDirective | Next::TagDirective | Next::DocumentStart);
        if next == Next::StreamEnd {
            let token = self.scanner.take()?;
            self.state = State::End;
            return Ok(Event { kind: EventKind::StreamEnd, start: token.start, end: token.end });
        }
        self.directives()?;
        if implicit && !starts_explicitly {
            self.states.push(State::DocumentEnd);
            self.state = State::BlockNode;
            return Ok(Event { kind: EventKind::DocumentStart, start, end: start });
        }
        let (next, at) = self.next()?;
        if next != Next::DocumentStart {
            return Err(Refusal::parser("did not find expected <document start>", Mark::default(), at));
        }
        self.states.push(State::DocumentEnd);
        self.state = State::DocumentContent;
        let token = self.scanner.take()?;
        Ok(Event { kind: EventKind::DocumentStart, start, end: token.end })
    }

    fn directives(&mut self) -> Scan<()> {
        let mut version_seen = false;
        loop {
            let (next, at) = self.next()?;
            match next {
                Next::VersionDirective | Next::TagDirective => {}
                _ => break,
            }
            match self.scanner.peek()?.kind {
                TokenKind::VersionDirective { .. } if version_seen => {
                    return Err(Refusal::parser("found duplicate %YAML directive", Mark::default(), at));
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => version_seen = true,
                TokenKind::VersionDirective { .. } => {
                    return Err(Refusal::parser("found incompatible YAML document", Mark::default(), at));
                }
                TokenKind::TagDirective(ref directive) => {
                    if self.tag_directives.iter().any(|known| known.handle == directive.handle) {
                        return Err(Refusal::parser("found duplicate %TAG directive", Mark::default(), at));
                    }
                    self.tag_directives.push(TagDirective::clone(directive));
                }
                _ => {}
            }
            self.scanner.take()?;
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if !self.tag_directives.iter().any(|known| known.handle == handle.as_bytes()) {
                self.tag_directives.push(TagDirective { handle: handle.into(), prefix: prefix.into() });
            }
        }
        Ok(())
    }

    fn document_content(&mut self) -> Scan<Event<'t>> {
        let (next, at) = self.next()?;
        match next {
            Next::VersionDirective | Next::TagDirective | Next::DocumentStart | Next::DocumentEnd | Next::StreamEnd => {
                self.pop_state();
                Ok(Self::empty_scalar(at))
            }
            _ => self.node(true, false),
        }
    }

    fn document_end(&mut self) -> Scan<Event<'t>> {
        let (next, start) = self.next()?;
        let end = if next == Next::DocumentEnd { self.scanner.take()?.end } else { start };
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        Ok(Event { kind: EventKind::DocumentEnd, start, end })
    }

    fn node(&mut self, block: bool, indentless_sequence: bool) -> Scan<Event<'t>> {
        let token = self.scanner.peek()?;
        let start = token.start;
        if let TokenKind::Alias(name) = token.kind {
            let end = token.end;
            self.pop_state();
            self.scanner.take()?;
            return Ok(Event { kind: EventKind::Alias(name), start, end });
        }
        let (properties, properties_end) = self.properties(start)?;
        let token = self.scanner.peek()?;
        let (content, end) = (token.start, token.end);
        let kind = match token.kind {
            TokenKind::BlockEntry if indentless_sequence => {
                self.state = State::IndentlessSequenceEntry;
                EventKind::SequenceStart { properties, flow: false }
            }
            TokenKind::Scalar { .. } => {
                self.pop_state();
                let TokenKind::Scalar { value, style } = self.scanner.take()?.kind else {
                    return Ok(Self::empty_scalar(content));
                };
                let implicit = match properties.tag.as_deref() {
                    None => style == Style::Plain,
                    Some(tag) => tag == b"!",
                };
                EventKind::Scalar { properties, value, style, implicit, content }
            }
            TokenKind::FlowSequenceStart => {
                self.state = State::FlowSequenceFirstEntry;
                EventKind::SequenceStart { properties, flow: true }
            }
            TokenKind::FlowMappingStart => {
                self.state = State::FlowMappingFirstKey;
                EventKind::MappingStart { properties, flow: true }
            }
            TokenKind::BlockSequenceStart if block => {
                self.state = State::BlockSequenceFirstEntry;
                EventKind::SequenceStart { properties, flow: false }
            }
            TokenKind::BlockMappingStart if block => {
                self.state = State::BlockMappingFirstKey;
                EventKind::MappingStart { properties, flow: false }
            }
            _ if properties.anchor.is_some() || properties.tag.is_some() => {
                self.pop_state();
                let implicit = properties.tag.is_none();
                let value = Cow::Borrowed(&[][..]);
                let content = properties_end;
                let kind = EventKind::Scalar { properties, value, style: Style::Plain, implicit, content };
                return Ok(Event { kind, start, end: properties_end });
            }
            _ => return Err(Refusal::parser("did not find expected node content", start, content)),
        };
        Ok(Event { kind, start, end })
    }

    /// Takes an anchor and a tag in either order.
    fn properties(&mut self, start: Mark) -> Scan<(Properties<'t>, Mark)> {
        let mut properties = Properties::default();
        let mut tag: Option<(Box<TagName>, Mark)> = None;
        let mut end = start;
        loop {
            let token = self.scanner.peek()?;
            let wanted = match token.kind {
                TokenKind::Anchor(_) => properties.anchor.is_none(),
                TokenKind::Tag(_) => tag.is_none(),
                _ => false,
            };
            if !wanted {
                break;
            }
            let token = self.scanner.take()?;
            end = token.end;
            match token.kind {
                TokenKind::Anchor(name) => properties.anchor = Some(name),
                TokenKind::Tag(name) => tag = Some((name, token.start)),
                _ => {}
            }
        }
        if let Some((name, at)) = tag {
            properties.tag = Some(self.full_tag(*name, start, at)?);
        }
        Ok((properties, end))
    }

    fn full_tag(&self, name: TagName, start: Mark, at: Mark) -> Scan<Box<[u8]>> {
        if name.handle.is_empty() {
            return Ok(name.suffix.into());
        }
        match self.tag_directives.iter().find(|directive| directive.handle == name.handle) {
            Some(directive) => {
                let mut tag = directive.prefix.clone();
                tag.extend_from_slice(&name.suffix);
                Ok(tag.into())
            }
            None => Err(Refusal::parser("found undefined tag handle", start, at)),
        }
    }

    fn enter(&mut self, first: bool) -> Scan<()> {
        if first {
            let token = self.scanner.take()?;
            self.marks.push(token.start);
        }
        Ok(())
    }

    fn leave(&mut self, kind: EventKind<'t>) -> Scan<Event<'t>> {
        self.pop_state();
        self.marks.pop();
        let token = self.scanner.take()?;
        Ok(Event { kind, start: token.start, end: token.end })
    }

    fn refuse(&mut self, problem: &str, at: Mark) -> Scan<Event<'t>> {
        let context = self.marks.pop().unwrap_or_default();
        Err(Refusal::parser(problem, context, at))
    }

    fn block_sequence_entry(&mut self, first: bool) -> Scan<Event<'t>> {
        self.enter(first)?;
        match self.next()? {
            (Next::BlockEntry, _) => {
                let mark = self.scanner.take()?.end;
                if matches!(self.next()?.0, Next::BlockEntry | Next::BlockEnd) {
                    self.state = State::BlockSequenceEntry;
                    return Ok(Self::empty_scalar(mark));
                }
                self.states.push(State::BlockSequenceEntry);
                self.node(true, false)
            }
            (Next::BlockEnd, _) => self.leave(EventKind::SequenceEnd),
            (_, at) => self.refuse("did not find expected '-' indicator", at),
        }
    }

    fn indentless_sequence_entry(&mut self) -> Scan<Event<'t>> {
        match self.next()? {
            (Next::BlockEntry, _) => {
                let mark = self.scanner.take()?.end;
                if matches!(self.next()?.0, Next::BlockEntry | Next::Key | Next::Value | Next::BlockEnd) {
                    self.state = State::IndentlessSequenceEntry;
                    return Ok(Self::empty_scalar(mark));
                }
                self.states.push(State::IndentlessSequenceEntry);
                self.node(true, false)
            }
            (_, at) => {
                self.pop_state();
                Ok(Event { kind: EventKind::SequenceEnd, start: at, end: at })
            }
        }
    }

    fn block_mapping_key(&mut self, first: bool) -> Scan<Event<'t>> {
        self.enter(first)?;
        match self.next()? {
            (Next::Key, _) => {
                let mark = self.scanner.take()?.end;
                if matches!(self.next()?.0, Next::Key | Next::Value | Next::BlockEnd) {
                    self.state = State::BlockMappingValue;
                    return Ok(Self::empty_scalar(mark));
                }
                self.states.push(State::BlockMappingValue);
                self.node(true, true)
            }
            (Next::BlockEnd, _) => self.leave(EventKind::MappingEnd),
            (_, at) => self.refuse("did not find expected key", at),
        }
    }

    fn block_mapping_value(&mut self) -> Scan<Event<'t>> {
        match self.next()? {
            (Next::Value, _) => {
                let mark = self.scanner.take()?.end;
                if matches!(self.next()?.0, Next::Key | Next::Value | Next::BlockEnd) {
                    self.state = State::BlockMappingKey;
                    return Ok(Self::empty_scalar(mark));
                }
                self.states.push(State::BlockMappingKey);
                self.node(true, true)
            }
            (_, at) => {
                self.state = State::BlockMappingKey;
                Ok(Self::empty_scalar(at))
            }
        }
    }

    fn flow_sequence_entry(&mut self, first: bool) -> Scan<Event<'t>> {
        self.enter(first)?;
        let (mut next, mut at) = self.next()?;
        if next != Next::FlowSequenceEnd && !first {
            if next != Next::FlowEntry {
                return self.refuse("did not find expected ',' or ']'", at);
            }
            self.scanner.take()?;
            (next, at) = self.next()?;
        }
        match next {
            Next::FlowSequenceEnd => self.leave(EventKind::SequenceEnd),
            Next::Key => {
                let end = self.scanner.take()?.end;
                self.state = State::FlowSequenceEntryMappingKey;
                let kind = EventKind::MappingStart { properties: Properties::default(), flow: true };
                Ok(Event { kind, start: at, end })
            }
            _ => {
                self.states.push(State::FlowSequenceEntry);
                self.node(false, false)
            }
        }
    }

    fn flow_sequence_entry_mapping_key(&mut self) -> Scan<Event<'t>> {
        match self.next()?.0 {
            Next::Value | Next::FlowEntry | Next::FlowSequenceEnd => {
                // go-yaml takes the token here, so that `[? ]` does not end where it should.
                let mark = self.scanner.take()?.end;
                self.state = State::FlowSequenceEntryMappingValue;
                Ok(Self::empty_scalar(mark))
            }
            _ => {
                self.states.push(State::FlowSequenceEntryMappingValue);
                self.node(false, false)
            }
        }
    }

    fn flow_sequence_entry_mapping_value(&mut self) -> Scan<Event<'t>> {
        let (next, at) = self.next()?;
        if next == Next::Value {
            self.scanner.take()?;
            let (next, _) = self.next()?;
            if !matches!(next, Next::FlowEntry | Next::FlowSequenceEnd) {
                self.states.push(State::FlowSequenceEntryMappingEnd);
                return self.node(false, false);
            }
        }
        self.state = State::FlowSequenceEntryMappingEnd;
        Ok(Self::empty_scalar(at))
    }

    fn flow_mapping_key(&mut self, first: bool) -> Scan<Event<'t>> {
        self.enter(first)?;
        let (mut next, at) = self.next()?;
        if next != Next::FlowMappingEnd && !first {
            if next != Next::FlowEntry {
                return self.refuse("did not find expected ',' or '}'", at);
            }
            self.scanner.take()?;
            (next, _) = self.next()?;
        }
        match next {
            Next::FlowMappingEnd => self.leave(EventKind::MappingEnd),
            Next::Key => {
                self.scanner.take()?;
                let (next, at) = self.next()?;
                if matches!(next, Next::Value | Next::FlowEntry | Next::FlowMappingEnd) {
                    self.state = State::FlowMappingValue;
                    return Ok(Self::empty_scalar(at));
                }
                self.states.push(State::FlowMappingValue);
                self.node(false, false)
            }
            _ => {
                self.states.push(State::FlowMappingEmptyValue);
                self.node(false, false)
            }
        }
    }

    fn flow_mapping_value(&mut self, empty: bool) -> Scan<Event<'t>> {
        let (mut next, mut at) = self.next()?;
        if !empty && next == Next::Value {
            self.scanner.take()?;
            (next, at) = self.next()?;
            if !matches!(next, Next::FlowEntry | Next::FlowMappingEnd) {
                self.states.push(State::FlowMappingKey);
                return self.node(false, false);
            }
        }
        self.state = State::FlowMappingKey;
        Ok(Self::empty_scalar(at))
    }
}
