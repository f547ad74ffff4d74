//! Reads a pattern as Go's `regexp/syntax` does with the Perl flags, with its errors, into the matcher's tree.

mod escapes;

use regex_syntax::hir::{Capture, Class, ClassUnicode, Hir, Look, Repetition};

use self::escapes::fold;
use super::{Error, Texts, class};
use crate::helm::go::utf8;

/// Groups nested deeper than this are not compiled; Go goes to 1,000.
const DEEPEST: usize = 250;

/// Go's cap on the number of instructions.
const LARGEST: u64 = (128 << 20) / 40;

/// Go's cap on counted repetitions, also where they are nested.
const MOST_COPIES: u64 = 1_000;

/// A pattern that was read.
pub(super) struct Parsed {
    pub(super) tree: Hir,
    /// The names of the groups, of group 0 on; empty where there is none.
    pub(super) names: Vec<String>,
}

/// Reads a pattern for some texts.
pub(super) fn parse(pattern: &[u8], texts: Texts) -> Result<Parsed, Error> {
    let (flags, levels, names) = (Flags::default(), Vec::new(), Vec::new());
    let mut parser = Parser { whole: pattern, rest: pattern, texts, flags, levels, names };
    parser.names.push(String::new());
    parser.levels.push(Level::new(None, Flags::default()));
    parser.run()?;
    if parser.levels.len() > 1 {
        return Err(error("missing closing )", pattern));
    }
    let tree = parser.levels.pop().map_or_else(Hir::empty, |level| level.finish().tree);
    Ok(Parsed { tree, names: parser.names })
}

fn error(code: &'static str, expression: &[u8]) -> Error {
    Error::Syntax { code, expression: String::from_utf8_lossy(expression).into_owned() }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    /// `i`
    fold_case: bool,
    /// `m`
    multi_line: bool,
    /// `s`
    dot_matches_newline: bool,
    /// `U`
    lazy: bool,
}

/// A part of the pattern with what Go's limits are counted by.
struct Node {
    tree: Hir,
    /// Instructions of the compiled program.
    size: u64,
    /// The largest product of counted repetitions inside of one another.
    copies: u64,
}

impl Node {
    fn new(tree: Hir) -> Self {
        Self { tree, size: 1, copies: 1 }
    }
}

/// An open group, or the whole pattern.
struct Level {
    group: Option<usize>,
    /// The flags outside of the group.
    flags: Flags,
    alternatives: Vec<Node>,
    sequence: Vec<Node>,
}

impl Level {
    fn new(group: Option<usize>, flags: Flags) -> Self {
        Self { group, flags, alternatives: Vec::new(), sequence: Vec::new() }
    }

    fn end_alternative(&mut self) {
        let sequence = std::mem::take(&mut self.sequence);
        let size = sequence.iter().map(|node| node.size).sum::<u64>().max(1);
        let copies = sequence.iter().map(|node| node.copies).max().unwrap_or(1);
        let tree = Hir::concat(sequence.into_iter().map(|node| node.tree).collect());
        self.alternatives.push(Node { tree, size, copies });
    }

    fn finish(mut self) -> Node {
        self.end_alternative();
        let size = self.alternatives.iter().map(|node| node.size + 1).sum::<u64>() - 1;
        let copies = self.alternatives.iter().map(|node| node.copies).max().unwrap_or(1);
        let tree = Hir::alternation(self.alternatives.into_iter().map(|node| node.tree).collect());
        Node { tree, size, copies }
    }
}

struct Parser<'a> {
    whole: &'a [u8],
    rest: &'a [u8],
    texts: Texts,
    flags: Flags,
    levels: Vec<Level>,
    names: Vec<String>,
}

impl<'a> Parser<'a> {
    fn run(&mut self) -> Result<(), Error> {
        // Where the repetition operator right before began.
        let mut repeated: Option<&'a [u8]> = None;
        while let Some(&first) = self.rest.first() {
            let start = self.rest;
            let mut repetition = None;
            match first {
                b'(' if start.get(1) == Some(&b'?') => self.flags_or_group()?,
                b'(' => {
                    self.rest = &start[1..];
                    self.open_group(Some(String::new()))?;
                }
                b'|' => {
                    self.rest = &start[1..];
                    self.level().end_alternative();
                }
                b')' => self.close_group()?,
                b'^' => self.push_look(if self.flags.multi_line { Look::StartLF } else { Look::Start }, 1)?,
                b'$' => self.push_look(if self.flags.multi_line { Look::EndLF } else { Look::End }, 1)?,
                b'.' => {
                    self.rest = &start[1..];
                    let except = if self.flags.dot_matches_newline { vec![] } else { vec![('\n', '\n')] };
                    let mut class = class::of(&except);
                    class.negate();
                    self.push_class(class)?;
                }
                b'[' => self.class()?,
                b'*' | b'+' | b'?' => {
                    let (least, most) = match first {
                        b'*' => (0, None),
                        b'+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(least, most, start, &start[1..], repeated, false)?;
                    repetition = Some(start);
                }
                b'{' => match parse_counts(start) {
                    None => {
                        self.rest = &start[1..];
                        self.push_literal(u32::from('{'))?;
                    }
                    Some((counts, after)) => {
                        let counts = counts.filter(|&(least, most)| {
                            least <= 1_000 && most.is_none_or(|most| most <= 1_000 && least <= most)
                        });
                        let (least, most) =
                            counts.ok_or_else(|| error("invalid repeat count", &start[..start.len() - after.len()]))?;
                        self.repeat(least, most, start, after, repeated, true)?;
                        repetition = Some(start);
                    }
                },
                b'\\' => self.escape()?,
                _ => {
                    let rune = self.next_rune()?;
                    self.push_literal(rune)?;
                }
            }
            repeated = repetition;
        }
        Ok(())
    }

    fn level(&mut self) -> &mut Level {
        // There is always the level of the whole pattern.
        if self.levels.is_empty() {
            self.levels.push(Level::new(None, Flags::default()));
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn next_rune(&mut self) -> Result<u32, Error> {
        let (rune, width) = utf8::decode(self.rest);
        if utf8::is_invalid(rune, width) {
            return Err(error("invalid UTF-8", self.rest));
        }
        self.rest = &self.rest[width..];
        Ok(u32::from(rune))
    }

    fn push(&mut self, node: Node) -> Result<(), Error> {
        if node.size > LARGEST {
            return Err(error("expression too large", self.whole));
        }
        self.level().sequence.push(node);
        Ok(())
    }

    fn push_look(&mut self, look: Look, width: usize) -> Result<(), Error> {
        self.rest = &self.rest[width..];
        self.push(Node::new(Hir::look(look)))
    }

    fn push_class(&mut self, mut class: ClassUnicode) -> Result<(), Error> {
        if self.texts == Texts::Ascii {
            class.intersect(&class::of(&[('\0', '\x7f')]));
        }
        self.push(Node::new(Hir::class(Class::Unicode(class))))
    }

    fn push_literal(&mut self, rune: u32) -> Result<(), Error> {
        let mut class = class::of_codes(rune, rune);
        if self.flags.fold_case {
            fold(&mut class);
        }
        self.push_class(class)
    }

    fn open_group(&mut self, name: Option<String>) -> Result<(), Error> {
        if self.levels.len() > DEEPEST {
            return Err(Error::TooLarge);
        }
        let group = name.map(|name| {
            self.names.push(name);
            self.names.len() - 1
        });
        self.levels.push(Level::new(group, self.flags));
        Ok(())
    }

    fn close_group(&mut self) -> Result<(), Error> {
        if self.levels.len() < 2 {
            return Err(error("unexpected )", self.whole));
        }
        self.rest = &self.rest[1..];
        let Some(level) = self.levels.pop() else { return Ok(()) };
        self.flags = level.flags;
        let group = level.group;
        let mut node = level.finish();
        if let Some(index) = group {
            let capture = Capture { index: index as u32, name: None, sub: Box::new(node.tree) };
            node = Node { tree: Hir::capture(capture), size: node.size + 2, copies: node.copies };
        }
        self.push(node)
    }

    /// Reads `(?…`: a named group, a group without a number, or flags.
    fn flags_or_group(&mut self) -> Result<(), Error> {
        let start = self.rest;
        let name_start = match start {
            [b'(', b'?', b'P', b'<', _, ..] => Some(4),
            [b'(', b'?', b'<', _, ..] => Some(3),
            _ => None,
        };
        if let Some(name_start) = name_start {
            let Some(end) = start.iter().position(|&byte| byte == b'>') else {
                check_utf8(start)?;
                return Err(error("invalid named capture", start));
            };
            let name = start.get(name_start..end).unwrap_or_default();
            check_utf8(name)?;
            if name.is_empty() || !name.iter().all(|&byte| byte == b'_' || byte.is_ascii_alphanumeric()) {
                return Err(error("invalid named capture", &start[..=end]));
            }
            self.rest = &start[end + 1..];
            return self.open_group(Some(String::from_utf8_lossy(name).into_owned()));
        }
        self.rest = &start[2..];
        let (mut flags, mut negative, mut saw_flag) = (self.flags, false, false);
        while !self.rest.is_empty() {
            let letter = char::from_u32(self.next_rune()?).unwrap_or_default();
            match letter {
                'i' => flags.fold_case = !negative,
                'm' => flags.multi_line = !negative,
                's' => flags.dot_matches_newline = !negative,
                'U' => flags.lazy = !negative,
                '-' if !negative => {
                    (negative, saw_flag) = (true, false);
                    continue;
                }
                ':' | ')' if !negative || saw_flag => {
                    if letter == ':' {
                        self.open_group(None)?;
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            }
            saw_flag = true;
        }
        Err(error("invalid or unsupported Perl syntax", &start[..start.len() - self.rest.len()]))
    }

    fn repeat(
        &mut self,
        least: u32,
        most: Option<u32>,
        before: &'a [u8],
        after: &'a [u8],
        repeated: Option<&'a [u8]>,
        counted: bool,
    ) -> Result<(), Error> {
        let (lazy, after) = match after.strip_prefix(b"?") {
            Some(after) => (!self.flags.lazy, after),
            None => (self.flags.lazy, after),
        };
        if let Some(repeated) = repeated {
            let expression = &repeated[..repeated.len() - after.len()];
            return Err(error("invalid nested repetition operator", expression));
        }
        let expression = &before[..before.len() - after.len()];
        let sub = self.level().sequence.pop();
        let sub = sub.ok_or_else(|| error("missing argument to repetition operator", expression))?;
        let count = u64::from(most.unwrap_or(least));
        let (size, copies) = match (counted, least, most) {
            (false, 0, None) => (sub.size + 2, sub.copies),
            (false, ..) => (sub.size + 1, sub.copies),
            (true, 0, None) => (sub.size + 2, sub.copies),
            (true, _, None) => (count.saturating_mul(sub.size) + 1, sub.copies * count.max(1)),
            (true, _, Some(0)) => (1, 1),
            (true, _, Some(_)) => (count.saturating_mul(sub.size) + count - u64::from(least), sub.copies * count),
        };
        if counted && count >= 2 && copies > MOST_COPIES {
            return Err(error("invalid repeat count", expression));
        }
        self.rest = after;
        let repetition = Repetition { min: least, max: most, greedy: !lazy, sub: Box::new(sub.tree) };
        self.push(Node { tree: Hir::repetition(repetition), size: size.max(1), copies })
    }
}

fn check_utf8(text: &[u8]) -> Result<(), Error> {
    match utf8::runes(text).find(|&(_, rune, width)| utf8::is_invalid(rune, width)) {
        Some((position, ..)) => Err(error("invalid UTF-8", &text[position..])),
        None => Ok(()),
    }
}

/// The bounds of a repetition; `None` where a number is far too large.
type Counts = Option<(u32, Option<u32>)>;

/// Reads `{n}`, `{n,}` or `{n,m}`; what is none of these is a literal brace.
fn parse_counts(text: &[u8]) -> Option<(Counts, &[u8])> {
    let (least, rest) = parse_count(text.strip_prefix(b"{")?)?;
    let (most, rest) = match rest {
        [b',', b'}', ..] => (Some(None), &rest[1..]),
        [b',', ..] => {
            let (most, rest) = parse_count(&rest[1..])?;
            (most.map(Some), rest)
        }
        _ => (least.map(Some), rest),
    };
    let rest = rest.strip_prefix(b"}")?;
    Some((least.zip(most), rest))
}

/// Reads a number without leading zeros; `None` inside where it is far too large.
fn parse_count(text: &[u8]) -> Option<(Option<u32>, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || (digits.len() > 1 && digits[0] == b'0') {
        return None;
    }
    Some((std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok()), rest))
}
