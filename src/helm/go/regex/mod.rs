//! Go's `regexp`: its syntax and its errors, on the matcher of the `regex` crates.
//!
//! [`syntax`] reads a pattern as Go does and hands the matcher a tree, not a text, so that nothing of the crate's own
//! syntax shows. Both sides find the leftmost match, the first alternative first, in linear time.

mod class;
mod replace;
mod syntax;

pub use replace::Work;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex_automata::Input;
use regex_automata::meta;
use regex_automata::util::captures::Captures;

use super::{quote, utf8};

/// A compiled pattern may take this many bytes.
const LARGEST_PROGRAM: usize = 1 << 23;

/// A thread keeps this many compiled patterns.
const MOST_CACHED: usize = 128;

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Go refuses the pattern, with this text.
    #[error("error parsing regexp: {code}: `{expression}`")]
    Syntax {
        /// What is wrong, in Go's words.
        code: &'static str,
        /// The part of the pattern that is wrong.
        expression: String,
    },
    /// A cap of ours: the pattern is too deep or compiles to too much.
    #[error("the regular expression is over the cap of {LARGEST_PROGRAM} bytes of program, or nests too deep")]
    TooLarge,
}

impl Error {
    /// Returns the text with which `regexp.MustCompile` panics.
    pub fn panic_message(&self, pattern: &[u8]) -> String {
        let quoted = if quote::can_backquote(pattern) {
            format!("`{}`", String::from_utf8_lossy(pattern))
        } else {
            quote::quote_text(pattern)
        };
        format!("regexp: Compile({quoted}): {self}")
    }
}

/// Where a match lies, and each of its groups; group 0 is the whole.
pub type Groups = Vec<Option<(usize, usize)>>;

/// The texts that a pattern is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Any.
    All,
    /// Those that are ASCII, as most are: without the other runes of its classes a pattern is compiled in a tenth of the time.
    Ascii,
}

/// A compiled pattern.
#[derive(Debug)]
pub struct Regex {
    matcher: meta::Regex,
    /// The names of the groups; empty where a group has none.
    names: Vec<String>,
    is_empty: bool,
}

type Cache = RefCell<HashMap<Vec<u8>, Rc<Regex>>>;

thread_local! {
    static FOR_ALL: Cache = RefCell::default();
    static FOR_ASCII: Cache = RefCell::default();
}

impl Regex {
    /// Returns the pattern compiled for a text, which the thread keeps for the next call.
    ///
    /// # Errors
    /// Where Go refuses the pattern, or it is too large.
    pub fn cached(pattern: &[u8], text: &[u8]) -> Result<Rc<Self>, Error> {
        let (texts, cache) = if text.is_ascii() { (Texts::Ascii, &FOR_ASCII) } else { (Texts::All, &FOR_ALL) };
        if let Some(known) = cache.with_borrow(|cache| cache.get(pattern).cloned()) {
            return Ok(known);
        }
        let regex = Rc::new(Self::for_texts(pattern, texts)?);
        cache.with_borrow_mut(|cache| {
            if cache.len() >= MOST_CACHED {
                cache.clear();
            }
            cache.insert(pattern.to_vec(), Rc::clone(&regex));
        });
        Ok(regex)
    }

    /// Returns about how many bytes the compiled pattern takes, which is also a measure of the work it was.
    pub fn size(&self) -> usize {
        self.matcher.memory_usage()
    }

    /// Tells whether Go takes a pattern, without compiling it.
    ///
    /// # Errors
    /// Where Go refuses the pattern, or it nests too deep.
    pub fn check(pattern: &[u8]) -> Result<(), Error> {
        syntax::parse(pattern, Texts::All).map(|_| ())
    }

    /// Compiles a pattern for all texts.
    ///
    /// # Errors
    /// As [`Self::cached`].
    pub fn new(pattern: &[u8]) -> Result<Self, Error> {
        Self::for_texts(pattern, Texts::All)
    }

    /// Compiles a pattern for some texts.
    ///
    /// # Errors
    /// As [`Self::cached`].
    pub fn for_texts(pattern: &[u8], texts: Texts) -> Result<Self, Error> {
        let parsed = syntax::parse(pattern, texts)?;
        // Most patterns see a few short texts: what would take longer to build than to match without is left out.
        let config = meta::Config::new().nfa_size_limit(Some(LARGEST_PROGRAM)).onepass(false).dfa(false);
        let matcher =
            meta::Builder::new().configure(config).build_from_hir(&parsed.tree).map_err(|_| Error::TooLarge)?;
        Ok(Self { matcher, names: parsed.names, is_empty: pattern.is_empty() })
    }

    /// Returns the number of the first group with a name.
    fn group_named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

/// A text made fit for matching: the matcher knows only valid UTF-8, Go takes each invalid byte for U+FFFD.
pub struct Subject<'a> {
    original: &'a [u8],
    /// The text with replacements, and where the characters of each replacement lie in it.
    replaced: Option<(Vec<u8>, Vec<usize>)>,
}

impl<'a> Subject<'a> {
    /// Prepares a text.
    pub fn new(original: &'a [u8]) -> Self {
        if std::str::from_utf8(original).is_ok() {
            return Self { original, replaced: None };
        }
        let (mut text, mut places) = (Vec::with_capacity(original.len() + 16), Vec::new());
        for (_, rune, width) in utf8::runes(original) {
            if utf8::is_invalid(rune, width) {
                places.push(text.len());
            }
            utf8::push(&mut text, rune);
        }
        Self { original, replaced: Some((text, places)) }
    }

    /// Returns the text that is matched.
    pub fn text(&self) -> &[u8] {
        self.replaced.as_ref().map_or(self.original, |(text, _)| text)
    }

    /// Returns a part of the original, by positions in the text that is matched.
    pub fn part(&self, start: usize, end: usize) -> &'a [u8] {
        let Some((_, places)) = &self.replaced else { return &self.original[start..end] };
        // Every replacement before a position made the text two bytes longer.
        let original = |position: usize| position - 2 * places.partition_point(|&place| place < position);
        &self.original[original(start)..original(end)]
    }
}

impl Regex {
    /// Returns the first match that begins at a position or after it.
    fn find_at(&self, text: &[u8], position: usize) -> Option<(usize, usize)> {
        self.matcher.search(&Input::new(text).span(position..text.len())).map(|found| (found.start(), found.end()))
    }

    fn groups_at(&self, text: &[u8], position: usize) -> Option<Groups> {
        let mut captures: Captures = self.matcher.create_captures();
        self.matcher.search_captures(&Input::new(text).span(position..text.len()), &mut captures);
        captures.is_match().then(|| {
            let group = |index| captures.get_group(index).map(|span| (span.start, span.end));
            (0..self.names.len()).map(group).collect()
        })
    }

    /// Tells whether the pattern matches anywhere.
    pub fn is_match(&self, text: &[u8]) -> bool {
        self.find_at(Subject::new(text).text(), 0).is_some()
    }

    /// Returns the first match.
    pub fn find<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let subject = Subject::new(text);
        self.find_at(subject.text(), 0).map(|(start, end)| subject.part(start, end))
    }

    /// Returns up to a number of matches that do not overlap, as positions; `count` is asked before each search and told
    /// how much text is left.
    ///
    /// # Errors
    /// Where `count` fails.
    pub fn find_all<E>(
        &self,
        text: &[u8],
        limit: usize,
        mut count: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Vec<(usize, usize)>, E> {
        let (mut found, mut position, mut previous_end) = (Vec::new(), 0, None);
        while found.len() < limit && position <= text.len() {
            count(text.len() - position)?;
            let Some((start, end)) = self.find_at(text, position) else { break };
            // An empty match right after another one is none.
            let accepted = end != position || previous_end != Some(start);
            position = if end == position { next_position(text, position) } else { end };
            previous_end = Some(end);
            if accepted {
                found.push((start, end));
            }
        }
        Ok(found)
    }

    /// Splits a text as `Regexp.Split`; zero gives nothing, a negative number all parts.
    ///
    /// # Errors
    /// Where `count` fails, see [`Self::find_all`].
    pub fn split<'a, E>(
        &self,
        text: &'a [u8],
        limit: i64,
        count: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Option<Vec<&'a [u8]>>, E> {
        if limit == 0 {
            return Ok(None);
        }
        if !self.is_empty && text.is_empty() {
            return Ok(Some(vec![text]));
        }
        let subject = Subject::new(text);
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut parts, mut begin, mut end) = (Vec::new(), 0, 0);
        for (match_start, match_end) in self.find_all(subject.text(), most, count)? {
            if parts.len() == most - 1 {
                break;
            }
            end = match_start;
            if match_end != 0 {
                parts.push(subject.part(begin, end));
            }
            begin = match_end;
        }
        if end != subject.text().len() {
            parts.push(subject.part(begin, subject.text().len()));
        }
        Ok(Some(parts))
    }
}

/// Returns the position after the next rune, or one behind the end.
fn next_position(text: &[u8], position: usize) -> usize {
    position + utf8::decode(&text[position..]).1.max(1)
}

/// Returns a pattern that matches the text literally.
pub fn quote_meta(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if br"\.+*?()|[]{}^$".contains(&byte) {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out
}
