//! Replacing matches, by Go's rules for `$1` and `${name}`.

use super::{Groups, Regex, Subject};
use crate::helm::go::{unicode, utf8};

/// What a replacement costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A search in that many bytes.
    Search(usize),
    /// That many bytes written in place of a match.
    Output(usize),
}

impl Regex {
    /// Replaces every match. In the replacement `$1` and `${name}` stand for groups, unless it is taken literally; `count`
    /// is told what is about to be done.
    ///
    /// # Errors
    /// Where `count` fails.
    pub fn replace_all<E>(
        &self,
        text: &[u8],
        replacement: &[u8],
        literally: bool,
        mut count: impl FnMut(Work) -> Result<(), E>,
    ) -> Result<Vec<u8>, E> {
        let subject = Subject::new(text);
        let searched = subject.text();
        let template = if literally { Vec::new() } else { parse_template(self, replacement) };
        let expands = template.iter().any(|piece| matches!(piece, Piece::Group(_)));
        let (mut out, mut last_end, mut position) = (Vec::with_capacity(text.len()), 0, 0);
        while position <= searched.len() {
            count(Work::Search(searched.len() - position))?;
            let groups: Option<Groups> = if expands {
                self.groups_at(searched, position)
            } else {
                self.find_at(searched, position).map(|found| vec![Some(found)])
            };
            let Some(groups) = groups else { break };
            let Some((start, end)) = groups.first().copied().flatten() else { break };
            out.extend_from_slice(subject.part(last_end, start));
            // An empty match right after another one is left alone.
            if end > last_end || start == 0 {
                let before = out.len();
                if literally {
                    out.extend_from_slice(replacement);
                }
                for piece in &template {
                    match piece {
                        Piece::Text(text) => out.extend_from_slice(text),
                        Piece::Group(index) => {
                            if let Some((start, end)) = groups.get(*index).copied().flatten() {
                                out.extend_from_slice(subject.part(start, end));
                            }
                        }
                    }
                }
                count(Work::Output(out.len() - before))?;
            }
            last_end = end;
            let width = utf8::decode(&searched[position..]).1;
            position = if position + width > end {
                position + width
            } else if position + 1 > end {
                position + 1
            } else {
                end
            };
        }
        out.extend_from_slice(subject.part(last_end, searched.len()));
        Ok(out)
    }
}

/// A part of a replacement.
enum Piece<'a> {
    Text(&'a [u8]),
    /// A group; a name that the pattern has not is a group that never matches.
    Group(usize),
}

fn parse_template<'a>(regex: &Regex, template: &'a [u8]) -> Vec<Piece<'a>> {
    let (mut pieces, mut rest) = (Vec::new(), template);
    while let Some(dollar) = rest.iter().position(|&byte| byte == b'$') {
        pieces.push(Piece::Text(&rest[..dollar]));
        let after = &rest[dollar + 1..];
        if let Some(tail) = after.strip_prefix(b"$") {
            pieces.push(Piece::Text(b"$"));
            rest = tail;
        } else if let Some((name, tail)) = read_name(after) {
            pieces.push(Piece::Group(group_of(regex, name)));
            rest = tail;
        } else {
            pieces.push(Piece::Text(b"$"));
            rest = after;
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Reads the name after a dollar sign, as long as it goes, or the one in braces.
fn read_name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (in_braces, text) = text.strip_prefix(b"{").map_or((false, text), |inner| (true, inner));
    let is_part = |rune: char| rune == '_' || unicode::is_letter(rune) || unicode::is_digit(rune);
    let end = utf8::runes(text).find(|&(_, rune, _)| !is_part(rune)).map_or(text.len(), |(position, ..)| position);
    let (name, rest) = text.split_at(end);
    match (name, in_braces) {
        ([], _) => None,
        (_, true) => rest.strip_prefix(b"}").map(|rest| (name, rest)),
        (_, false) => Some((name, rest)),
    }
}

fn group_of(regex: &Regex, name: &[u8]) -> usize {
    let has_leading_zero = name.len() > 1 && name[0] == b'0';
    let text = std::str::from_utf8(name).unwrap_or_default();
    let is_number = !has_leading_zero && name.iter().all(u8::is_ascii_digit);
    let number = if is_number { text.parse().ok().filter(|&number: &usize| number < 1_000_000_000) } else { None };
    number.or_else(|| regex.group_named(text)).unwrap_or(usize::MAX)
}
