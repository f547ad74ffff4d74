//! Reads a pattern as Go's `regexp/syntax` does with the Perl flags, with its errors, into the matcher's tree.

use regex_syntax::hir::{Capture, Class, ClassUnicode, Hir, Look, Repetition};

use super::{Error, class};
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

/// Reads a pattern.
pub(super) fn parse(pattern: &[u8]) -> Result<Parsed, Error> {
    let mut parser = Parser { whole: pattern, rest: pattern, flags: Flags::default(), levels: vec![], names: vec![] };
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

    fn push_class(&mut self, class: ClassUnicode) -> Result<(), Error> {
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

    /// Reads what begins with a backslash, outside of brackets.
    fn escape(&mut self) -> Result<(), Error> {
        let start = self.rest;
        match start.get(1) {
            Some(b'A') => return self.push_look(Look::Start, 2),
            Some(b'b') => return self.push_look(Look::WordAscii, 2),
            Some(b'B') => return self.push_look(Look::WordAsciiNegate, 2),
            Some(b'z') => return self.push_look(Look::End, 2),
            Some(b'C') => return Err(error("invalid escape sequence", &start[..2])),
            Some(b'Q') => {
                let literal = &start[2..];
                let end = literal.windows(2).position(|pair| pair == b"\\E");
                let stop = end.map_or(&start[start.len()..], |end| &literal[end..]);
                self.rest = literal;
                while self.rest.len() > stop.len() {
                    // Go looks at the literal alone.
                    let Ok(rune) = self.next_rune() else {
                        return Err(error("invalid UTF-8", &self.rest[..self.rest.len() - stop.len()]));
                    };
                    self.push_literal(rune)?;
                }
                self.rest = stop.get(2..).unwrap_or_default();
                return Ok(());
            }
            _ => {}
        }
        if let Some(class) = self.escaped_class()? {
            return self.push_class(class);
        }
        let rune = self.escaped_rune()?;
        self.push_literal(rune)
    }

    /// Reads `\pN`, `\p{Name}`, `\d` and their negations, if one stands here.
    fn escaped_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let [b'\\', letter, ..] = *self.rest else { return Ok(None) };
        let (mut class, negated) = match letter {
            b'p' | b'P' => self.unicode_class(letter == b'P')?,
            _ => {
                let Some(found) = class::perl(letter) else { return Ok(None) };
                self.rest = &self.rest[2..];
                found
            }
        };
        if self.flags.fold_case {
            fold(&mut class);
        }
        if negated {
            class.negate();
        }
        Ok(Some(class))
    }

    fn unicode_class(&mut self, mut negated: bool) -> Result<(ClassUnicode, bool), Error> {
        let start = self.rest;
        self.rest = &start[2..];
        if self.rest.is_empty() {
            // Go reads the end of the text as a name of no letters.
            return Err(error("invalid character class range", start));
        }
        let first = self.next_rune()?;
        let name = if first == u32::from('{') {
            let Some(end) = start.iter().position(|&byte| byte == b'}') else {
                check_utf8(start)?;
                return Err(error("invalid character class range", start));
            };
            self.rest = &start[end + 1..];
            &start[3..end]
        } else {
            &start[2..start.len() - self.rest.len()]
        };
        check_utf8(name)?;
        let name = String::from_utf8_lossy(name);
        let plain = name.strip_prefix('^').unwrap_or(&name);
        negated ^= plain.len() != name.len();
        let expression = &start[..start.len() - self.rest.len()];
        let (class, inverted) =
            class::unicode(plain).ok_or_else(|| error("invalid character class range", expression))?;
        Ok((class, negated ^ inverted))
    }

    /// Reads an escape that means one rune.
    fn escaped_rune(&mut self) -> Result<u32, Error> {
        let start = self.rest;
        self.rest = &start[1..];
        if self.rest.is_empty() {
            return Err(error("trailing backslash at end of expression", b""));
        }
        let letter = self.next_rune()?;
        let is_octal = |byte: Option<&u8>| matches!(byte, Some(b'0'..=b'7'));
        let rune = match char::from_u32(letter).unwrap_or_default() {
            '1'..='7' if !is_octal(self.rest.first()) => None,
            digit @ '0'..='7' => {
                let mut value = u32::from(digit) - u32::from('0');
                for _ in 0..2 {
                    if is_octal(self.rest.first()) {
                        value = value * 8 + u32::from(self.rest[0] - b'0');
                        self.rest = &self.rest[1..];
                    }
                }
                Some(value)
            }
            'x' => self.hexadecimal()?,
            'a' => Some(7),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            sign if sign.is_ascii() && !sign.is_ascii_alphanumeric() => Some(letter),
            _ => None,
        };
        rune.ok_or_else(|| error("invalid escape sequence", &start[..start.len() - self.rest.len()]))
    }

    /// Reads the digits after `\x`.
    fn hexadecimal(&mut self) -> Result<Option<u32>, Error> {
        let digit = |rune: u32| char::from_u32(rune).and_then(|rune| rune.to_digit(16));
        if self.rest.is_empty() {
            return Ok(None);
        }
        let first = self.next_rune()?;
        if first != u32::from('{') {
            let high = digit(first);
            if self.rest.is_empty() {
                return Ok(None);
            }
            let low = digit(self.next_rune()?);
            return Ok(high.zip(low).map(|(high, low)| high * 16 + low));
        }
        let mut value = None;
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            let rune = self.next_rune()?;
            if rune == u32::from('}') {
                return Ok(value);
            }
            let Some(digit) = digit(rune) else { return Ok(None) };
            let next = value.unwrap_or(0) * 16 + digit;
            if next > u32::from(char::MAX) {
                return Ok(None);
            }
            value = Some(next);
        }
    }

    /// Reads a class in brackets.
    fn class(&mut self) -> Result<(), Error> {
        let start = self.rest;
        self.rest = &start[1..];
        let negated = self.rest.first() == Some(&b'^');
        self.rest = &self.rest[usize::from(negated)..];
        let mut ranges = class::of(&[]);
        let mut first = true;
        while first || self.rest.first() != Some(&b']') {
            first = false;
            if let Some(named) = self.posix_class()? {
                ranges.union(&named);
            } else if let Some(escaped) = self.escaped_class()? {
                ranges.union(&escaped);
            } else {
                ranges.union(&self.range(start)?);
            }
        }
        self.rest = &self.rest[1..];
        if negated {
            ranges.negate();
        }
        self.push_class(ranges)
    }

    /// Reads `[:name:]`, if one stands here.
    fn posix_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let [b'[', b':', _, ..] = self.rest else { return Ok(None) };
        let Some(end) = self.rest[2..].windows(2).position(|pair| pair == b":]") else { return Ok(None) };
        let (whole, rest) = self.rest.split_at(end + 4);
        let name = &whole[2..end + 2];
        let plain = name.strip_prefix(b"^").unwrap_or(name);
        let mut class = class::posix(plain).ok_or_else(|| error("invalid character class range", whole))?;
        if self.flags.fold_case {
            fold(&mut class);
        }
        if plain.len() != name.len() {
            class.negate();
        }
        self.rest = rest;
        Ok(Some(class))
    }

    /// Reads a rune or a range of runes in brackets.
    fn range(&mut self, whole_class: &'a [u8]) -> Result<ClassUnicode, Error> {
        let start = self.rest;
        let low = self.class_rune(whole_class)?;
        let mut high = low;
        if let [b'-', next, ..] = *self.rest
            && next != b']'
        {
            self.rest = &self.rest[1..];
            high = self.class_rune(whole_class)?;
            if high < low {
                let expression = &start[..start.len() - self.rest.len()];
                return Err(error("invalid character class range", expression));
            }
        }
        let mut class = class::of_codes(low, high);
        if self.flags.fold_case {
            fold(&mut class);
        }
        Ok(class)
    }

    fn class_rune(&mut self, whole_class: &[u8]) -> Result<u32, Error> {
        match self.rest.first() {
            None => Err(error("missing closing ]", whole_class)),
            Some(b'\\') => self.escaped_rune(),
            Some(_) => self.next_rune(),
        }
    }
}

/// Adds the other cases of every rune.
fn fold(class: &mut ClassUnicode) {
    // Fails only where the crate was built without its case tables; then nothing is added.
    let _ = class.try_case_fold_simple();
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
