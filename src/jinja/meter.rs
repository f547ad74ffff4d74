//! [`Metered`]: a template's text with a meter after everything that makes a value.
//!
//! minijinja counts instructions, not bytes: `{% set ns.x = ns.x ~ ns.x %}` in a loop of forty rounds would double a text past any
//! memory, `[ns.x]` in one of a hundred thousand would nest deeper than a stack. It has no hook for values, but a filter may stand
//! after any operand. So before a template is compiled, filters of ours ([`super::measure`]) are put in: after operands of `~`, `+`
//! and `*`, after every filter, after lists, maps, parentheses and calls, and around what `set` stores. They give back what they
//! are given; where it grows too much, they end the rendering. Columns of errors are translated back.

use super::measure::{KEPT, MADE, STORED};

/// A text with the meters, and where they were put.
#[derive(Debug)]
pub(super) struct Metered<'s> {
    /// The template as it was written.
    pub(super) source: &'s str,
    /// The same with meters.
    pub(super) text: String,
    /// The places in the source with what was put in before them.
    inserts: Vec<(usize, String)>,
}

impl<'s> Metered<'s> {
    /// Puts in the meters. What is no expression stays as it is, for minijinja to complain of.
    pub(super) fn new(source: &'s str) -> Self {
        let mut inserts = Vec::new();
        for tag in tags(source) {
            Tag { tokens: &tokens(source, &tag), is_block: tag.is_block, inserts: &mut inserts }.run();
        }
        inserts.sort_by_key(|(at, _)| *at);
        let mut text = String::with_capacity(source.len() * 2);
        let mut from = 0;
        for (at, insert) in &inserts {
            text.push_str(&source[from..*at]);
            text.push_str(insert);
            from = *at;
        }
        text.push_str(&source[from..]);
        Self { source, text, inserts }
    }

    /// Returns the place in the source of a place in the text.
    pub(super) fn place(&self, at: usize) -> usize {
        let mut before = 0;
        for (place, insert) in &self.inserts {
            if place + before >= at {
                break;
            }
            before += insert.len();
        }
        at.saturating_sub(before).min(self.source.len())
    }
}

/// What stands between the marks of a tag.
struct Span {
    start: usize,
    end: usize,
    is_block: bool,
}

/// Finds the tags of a template, without comments and what is `raw`.
fn tags(source: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = source.get(at..).and_then(|rest| rest.find('{')).map(|open| at + open) {
        let rest = source.get(open..).unwrap_or_default();
        let (end, is_block) = match rest.as_bytes().get(1) {
            Some(b'#') => {
                at = rest.find("#}").map_or(source.len(), |end| open + end + 2);
                continue;
            }
            Some(b'{') => ("}}", false),
            Some(b'%') => ("%}", true),
            _ => {
                at = open + 1;
                continue;
            }
        };
        let start = open + 2;
        let length = super::environment::tag_length(source.get(start..).unwrap_or_default(), end);
        let inner = source.get(start..start + length).unwrap_or_default();
        at = start + length + 2;
        let trimmed = inner.trim_start_matches(['-', '+']);
        let start = start + inner.len() - trimmed.len();
        let trimmed = trimmed.trim_end_matches(['-', '+']);
        if is_block && trimmed.trim() == "raw" {
            at = end_of_raw(source, at);
            continue;
        }
        found.push(Span { start, end: start + trimmed.len(), is_block });
    }
    found
}

fn end_of_raw(source: &str, from: usize) -> usize {
    let rest = source.get(from..).unwrap_or_default();
    let mut at = 0;
    while let Some(open) = rest.get(at..).and_then(|rest| rest.find("{%")).map(|open| at + open) {
        let inner = rest.get(open + 2..).unwrap_or_default();
        if inner.trim_start_matches(['-', '+']).trim_start().starts_with("endraw") {
            return from + open;
        }
        at = open + 2;
    }
    source.len()
}

/// A piece of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Name,
    Text,
    Number,
    Sign,
}

#[derive(Clone, Copy, Debug)]
struct Token<'s> {
    kind: Kind,
    text: &'s str,
    /// Where it ends in the template.
    end: usize,
}

fn tokens<'s>(source: &'s str, span: &Span) -> Vec<Token<'s>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut at = span.start;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    while at < span.end {
        let byte = bytes[at];
        let mut end = at + 1;
        let kind = match byte {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'"' | b'\'' => {
                while end < span.end && bytes[end] != byte {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                end = (end + 1).min(span.end);
                Kind::Text
            }
            byte if byte.is_ascii_digit() => {
                let goes_on = |end: usize| {
                    is_name(bytes[end])
                        || bytes[end] == b'.' && bytes.get(end + 1).is_some_and(u8::is_ascii_digit)
                        || matches!(bytes[end], b'+' | b'-')
                            && matches!(bytes[end - 1], b'e' | b'E')
                            && !source[at..end].starts_with("0x")
                };
                while end < span.end && goes_on(end) {
                    end += 1;
                }
                Kind::Number
            }
            byte if is_name(byte) => {
                while end < span.end && is_name(bytes[end]) {
                    end += 1;
                }
                Kind::Name
            }
            _ => {
                if matches!(source.get(at..at + 2), Some("//" | "**" | "==" | "!=" | "<=" | ">=")) {
                    end += 1;
                }
                Kind::Sign
            }
        };
        // A text that ends within a character, or a sign that is none, is minijinja's to refuse.
        let Some(text) = source.get(at..end) else { return found };
        found.push(Token { kind, text, end });
        at = end;
    }
    found
}

/// Words that are no operand.
const KEYWORDS: &[&str] = &["and", "or", "not", "if", "else", "in", "is"];

struct Tag<'a, 's> {
    tokens: &'a [Token<'s>],
    is_block: bool,
    inserts: &'a mut Vec<(usize, String)>,
}

impl Tag<'_, '_> {
    fn run(mut self) {
        let whole = 0..self.tokens.len();
        if !self.is_block {
            return self.expressions(whole, false);
        }
        let after = |word: &str, tag: &Self| tag.outermost(1, word).map_or(tag.tokens.len(), |at| at + 1);
        match self.word(0) {
            // What is declared is no expression, what is called must stay a call.
            "macro" | "call" | "do" => self.expressions(1..whole.end, true),
            "for" => self.expressions(after("in", &self)..whole.end, false),
            "filter" => self.filters(1, whole.end),
            "set" => match self.outermost(1, "=") {
                Some(equals) => {
                    self.expressions(equals + 1..whole.end, false);
                    self.store(equals, whole.end);
                }
                None => self.expressions(1..whole.end, false),
            },
            "" | "block" | "raw" => {}
            _ => self.expressions(1..whole.end, false),
        }
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text)
    }

    fn is_sign(&self, at: usize, wanted: &[&str]) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Sign && wanted.contains(&token.text))
    }

    /// Finds a word outside of all brackets.
    fn outermost(&self, from: usize, word: &str) -> Option<usize> {
        let mut at = from;
        while at < self.tokens.len() {
            if self.word(at) == word && self.tokens[at].kind != Kind::Text {
                return Some(at);
            }
            at = self.closed(at);
        }
        None
    }

    /// Returns what follows a token, or a bracket with all that is in it.
    fn closed(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        let mut at = open;
        while at < self.tokens.len() {
            if self.is_sign(at, &["(", "[", "{"]) {
                depth += 1;
            } else if self.is_sign(at, &[")", "]", "}"]) {
                depth = depth.saturating_sub(1);
            }
            at += 1;
            if depth == 0 {
                break;
            }
        }
        at
    }

    fn insert_after(&mut self, token: usize, text: &str) {
        if let Some(token) = self.tokens.get(token) {
            self.inserts.push((token.end, text.to_owned()));
        }
    }

    /// Puts a meter around what is stored.
    fn store(&mut self, equals: usize, end: usize) {
        if end <= equals + 1 {
            return;
        }
        let to_attribute = self.tokens[1..equals].iter().any(|token| token.text == ".");
        let meter = if to_attribute { STORED } else { KEPT };
        self.insert_after(equals, " (");
        let at = self.tokens[end - 1].end;
        self.inserts.push((at, format!(")|{meter}")));
    }

    /// Puts in the meters of expressions, and of those within their brackets. `bare`: the outermost operand gets none at its end.
    fn expressions(&mut self, range: std::ops::Range<usize>, bare: bool) {
        let mut pending = vec![(range, bare)];
        while let Some((range, bare)) = pending.pop() {
            let mut at = range.start;
            let mut joined = false;
            while at < range.end {
                let token = self.tokens[at];
                let is_operand = match token.kind {
                    Kind::Name => !KEYWORDS.contains(&token.text),
                    Kind::Text | Kind::Number => true,
                    Kind::Sign => matches!(token.text, "(" | "[" | "{"),
                };
                if !is_operand {
                    joined = matches!(token.text, "~" | "+" | "*") && token.kind == Kind::Sign;
                    at += 1;
                    continue;
                }
                at = self.operand(at, range.end, joined, bare, &mut pending);
                joined = false;
            }
        }
    }

    /// Puts in the meters of one operand and returns what follows it.
    fn operand(
        &mut self,
        start: usize,
        end: usize,
        joined: bool,
        bare: bool,
        pending: &mut Vec<(std::ops::Range<usize>, bool)>,
    ) -> usize {
        let mut at = start;
        let mut makes = false;
        if self.is_sign(at, &["(", "[", "{"]) {
            makes = true;
            let after = self.closed(at);
            pending.push((at + 1..after.saturating_sub(1).max(at + 1), false));
            at = after;
        } else {
            let is_text = self.tokens[at].kind == Kind::Text;
            at += 1;
            // Texts beside each other are one.
            while is_text && at < end && self.tokens[at].kind == Kind::Text {
                at += 1;
            }
        }
        // What recursion and inheritance give must be called as it is.
        let is_special = matches!(self.word(start), "loop" | "super" | "caller");
        loop {
            if self.is_sign(at, &["."]) {
                at += 2;
            } else if self.is_sign(at, &["(", "["]) {
                makes |= self.is_sign(at, &["("]) && !is_special;
                let after = self.closed(at);
                pending.push((at + 1..after.saturating_sub(1).max(at + 1), false));
                at = after;
            } else {
                break;
            }
        }
        at = at.min(end);
        let is_joined = joined || at < end && self.is_sign(at, &["~", "+", "*"]);
        let is_test = |at: usize| self.word(at) == "is" && self.tokens[at].kind == Kind::Name;
        let has_more = at < end && (self.is_sign(at, &["|"]) || is_test(at));
        if (makes && !bare) || (is_joined && !has_more) {
            self.insert_after(at - 1, &format!("|{KEPT}"));
        }
        if has_more { self.filters_and_tests(at, end, pending) } else { at }
    }

    /// Puts a meter after every filter of a chain; tests make nothing.
    fn filters_and_tests(
        &mut self,
        start: usize,
        end: usize,
        pending: &mut Vec<(std::ops::Range<usize>, bool)>,
    ) -> usize {
        let mut at = start;
        while at < end {
            if self.is_sign(at, &["|"]) {
                at = self.named(at + 1, end, pending);
                self.insert_after(at - 1, &format!("|{MADE}"));
            } else if self.word(at) == "is" && self.tokens[at].kind == Kind::Name {
                at += 1;
                at += usize::from(self.word(at) == "not");
                let name = at;
                at = self.named(at, end, pending);
                if at == name + 1 && at < end {
                    at = self.test_argument(at, end, pending);
                }
            } else {
                break;
            }
        }
        at.min(end)
    }

    /// Returns what follows the name of a filter or test and its arguments.
    fn named(&mut self, start: usize, end: usize, pending: &mut Vec<(std::ops::Range<usize>, bool)>) -> usize {
        let mut at = start + 1;
        while self.is_sign(at, &["."]) {
            at += 2;
        }
        if self.is_sign(at, &["("]) {
            let after = self.closed(at);
            pending.push((at + 1..after.saturating_sub(1).max(at + 1), false));
            at = after;
        }
        at.min(end)
    }

    /// Returns what follows the argument of a test that has no parentheses.
    fn test_argument(&mut self, start: usize, end: usize, pending: &mut Vec<(std::ops::Range<usize>, bool)>) -> usize {
        let mut at = start;
        while self.is_sign(at, &["-", "+"]) {
            at += 1;
        }
        let Some(token) = self.tokens.get(at).filter(|_| at < end) else { return start };
        let begins = match token.kind {
            Kind::Name => !matches!(token.text, "and" | "or" | "else" | "is"),
            Kind::Text | Kind::Number => true,
            Kind::Sign => matches!(token.text, "[" | "{"),
        };
        if !begins || at > start && token.kind == Kind::Sign {
            return start;
        }
        loop {
            if self.is_sign(at, &["(", "[", "{"]) {
                let after = self.closed(at);
                pending.push((at + 1..after.saturating_sub(1).max(at + 1), false));
                at = after;
            } else {
                at += 1;
            }
            if self.is_sign(at, &["."]) {
                at += 1;
            } else if !self.is_sign(at, &["(", "["]) {
                return at.min(end);
            }
        }
    }

    /// Puts a meter after each filter of a `filter` block: the first has no `|` before it.
    fn filters(&mut self, start: usize, end: usize) {
        let mut at = start;
        let mut pending = Vec::new();
        while at < end {
            at = self.named(at, end, &mut pending);
            self.insert_after(at - 1, &format!("|{MADE}"));
            if !self.is_sign(at, &["|"]) {
                break;
            }
            at += 1;
        }
        for (arguments, _) in pending {
            self.expressions(arguments, false);
        }
    }
}
