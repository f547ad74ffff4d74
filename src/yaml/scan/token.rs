//! The tokens that the scanner makes of a text.

use std::borrow::Cow;

/// A place in the scanned text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::yaml) struct Mark {
    /// Bytes before the place.
    pub(in crate::yaml) offset: usize,
    /// Line breaks before the place.
    pub(in crate::yaml) line: usize,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A token with its place.
#[derive(Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) start: Mark,
    pub(super) end: Mark,
}

/// What a token is.
#[derive(Debug)]
pub(super) enum TokenKind<'t> {
    StreamStart,
    StreamEnd,
    VersionDirective { major: u8, minor: u8 },
    TagDirective(Box<TagDirective>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t [u8]),
    Anchor(&'t [u8]),
    Tag(Box<TagName>),
    Scalar { value: Cow<'t, [u8]>, style: Style },
}

/// `%TAG handle prefix`
#[derive(Clone, Debug)]
pub(super) struct TagDirective {
    pub(super) handle: Vec<u8>,
    pub(super) prefix: Vec<u8>,
}

/// `!handle!suffix`
#[derive(Debug)]
pub(super) struct TagName {
    pub(super) handle: Vec<u8>,
    pub(super) suffix: Vec<u8>,
}
