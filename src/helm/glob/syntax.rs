//! The tree of a pattern.

use super::Error;
use super::lexer::{Lexer, Token};

/// How deep alternatives may be nested.
const MAX_DEPTH: usize = 64;

/// A node of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Nothing,
    Pattern(Vec<Self>),
    AnyOf(Vec<Vec<Self>>),
    Text(Vec<char>),
    Any,
    Super,
    Single,
    List { runes: Vec<char>, not: bool },
    Range { low: char, high: char, not: bool },
}

/// Reads a pattern. Alternatives that are not closed end with the pattern.
pub(super) fn parse(pattern: &[u8]) -> Result<Vec<Node>, Error> {
    let mut lexer = Lexer::new(pattern);
    let mut open: Vec<(Vec<Node>, Vec<Vec<Node>>)> = Vec::new();
    let mut current = Vec::new();
    loop {
        match lexer.next()? {
            Token::End => break,
            Token::Text(text) => current.push(Node::Text(text)),
            Token::Any => current.push(Node::Any),
            Token::Super => current.push(Node::Super),
            Token::Single => current.push(Node::Single),
            Token::RangeOpen => current.push(parse_range(&mut lexer)?),
            Token::TermsOpen => {
                if open.len() >= MAX_DEPTH {
                    return Err(Error::Limit { what: "nesting" });
                }
                open.push((std::mem::take(&mut current), Vec::new()));
            }
            Token::Separator => {
                if let Some((_, alternatives)) = open.last_mut() {
                    alternatives.push(std::mem::take(&mut current));
                }
            }
            Token::TermsClose => current = close(&mut open, current),
            token => return Err(Error::Syntax { reason: format!("unexpected token: {token:?}") }),
        }
    }
    while !open.is_empty() {
        current = close(&mut open, current);
    }
    Ok(current)
}

fn close(open: &mut Vec<(Vec<Node>, Vec<Vec<Node>>)>, current: Vec<Node>) -> Vec<Node> {
    match open.pop() {
        Some((mut outer, mut alternatives)) => {
            alternatives.push(current);
            outer.push(Node::AnyOf(alternatives));
            outer
        }
        None => current,
    }
}

fn parse_range(lexer: &mut Lexer<'_>) -> Result<Node, Error> {
    let syntax = |reason: String| Error::Syntax { reason };
    let (mut not, mut low, mut high, mut runes) = (false, '\0', '\0', Vec::new());
    loop {
        match lexer.next()? {
            Token::End => return Err(syntax("unexpected end".to_owned())),
            Token::Not => not = true,
            Token::RangeLow(rune) => low = rune,
            Token::RangeHigh(rune) if rune < low => {
                return Err(syntax(format!("hi character '{rune}' should be greater than lo '{low}'")));
            }
            Token::RangeHigh(rune) => high = rune,
            Token::Text(text) => runes = text,
            Token::RangeClose => {
                let is_range = low != '\0' && high != '\0';
                return match (is_range, runes.is_empty()) {
                    (true, true) => Ok(Node::Range { low, high, not }),
                    (false, false) => Ok(Node::List { runes, not }),
                    _ => Err(syntax("could not parse range".to_owned())),
                };
            }
            _ => {}
        }
    }
}
