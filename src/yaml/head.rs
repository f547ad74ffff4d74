//! The head of a manifest: `apiVersion`, `kind` and `metadata`, found line by line where the document is simple enough.
//!
//! Most manifests are plain block YAML. For those one pass over the lines proves that go-yaml accepts them and picks out the
//! head; whatever the pass does not know makes it give up, and the real parser decides.

use memchr::{memchr, memchr2, memchr2_iter, memchr3_iter};

use super::reader::first_problem;
use super::resolve::{Scalar, Version, resolve};
use super::{Data, DataMap, Error, Limits, parse_typed};

/// Reads a document as [`parse_typed`] does, but may leave out every top-level key that is not `apiVersion`, `kind` or
/// `metadata`, and every key of `metadata` that is not `name`, `namespace` or `annotations`. Errors are the same.
///
/// # Errors
/// As [`parse_typed`].
pub fn parse_head(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    match Skim::new(text, limits).run() {
        Some(head) => Ok(head),
        None => parse_typed(text, limits),
    }
}

/// An open block collection.
#[derive(Clone, Copy, Debug)]
struct Open {
    indent: usize,
    is_list: bool,
    /// The last key or item has no value yet.
    pending: bool,
}

struct Skim<'t> {
    text: &'t [u8],
    at: usize,
    limits: &'t Limits,
    open: Vec<Open>,
    started: bool,
    in_metadata: bool,
    in_annotations: bool,
    /// The column of the collection whose last value is a plain text that may go on on the next line.
    continues: Option<usize>,
    head: DataMap,
    metadata: DataMap,
    annotations: DataMap,
}

impl<'t> Skim<'t> {
    fn new(text: &'t [u8], limits: &'t Limits) -> Self {
        Self {
            text,
            at: 0,
            limits,
            open: Vec::new(),
            started: false,
            in_metadata: false,
            in_annotations: false,
            continues: None,
            head: DataMap::new(),
            metadata: DataMap::new(),
            annotations: DataMap::new(),
        }
    }

    /// Returns the head, or `None` where the document is not of the simple kind.
    fn run(mut self) -> Option<Data> {
        if self.text.len() > self.limits.bytes || first_problem(self.text).is_some() || has_odd_breaks(self.text) {
            return None;
        }
        while let Some(line) = self.next_line() {
            let indent = indentation(line);
            match line.get(indent) {
                None => {}
                Some(b'#') => self.continues = None,
                Some(_) => self.content(line, indent)?,
            }
        }
        if self.open.is_empty() {
            return None;
        }
        if !self.annotations.is_empty() {
            self.metadata.insert(b"annotations"[..].into(), Data::from(self.annotations));
        }
        if let Some(metadata) = self.head.get_mut(&b"metadata"[..])
            && !self.metadata.is_empty()
        {
            *metadata = Data::from(self.metadata);
        }
        Some(Data::from(self.head))
    }

    fn next_line(&mut self) -> Option<&'t [u8]> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += end + 1;
        Some(&rest[..end])
    }

    /// A line with something on it: `- `, then a key or a value.
    fn content(&mut self, line: &'t [u8], indent: usize) -> Option<()> {
        let mut indent = indent;
        let mut rest = &line[indent..];
        let mut is_item = false;
        let continues = self.continues.take();
        if let [b'-', after @ ..] = rest
            && matches!(after.first(), None | Some(b' '))
        {
            self.enter(indent, true)?;
            let blanks = indentation(after);
            rest = &after[blanks..];
            indent += 1 + blanks;
            is_item = true;
            if rest.is_empty() || rest[0] == b'#' {
                return Some(());
            }
        }
        match split_key(rest) {
            Some((key, value)) => {
                self.enter(indent, false)?;
                self.value(Some(key), value, indent)
            }
            None if is_item => self.value(None, rest, indent),
            None => match continues {
                Some(column) => {
                    (indent > column && can_continue(rest)).then_some(())?;
                    self.continues = continues;
                    Some(())
                }
                None => self.empty_below(rest, indent),
            },
        }
    }

    /// An empty collection on the line after its key or dash.
    fn empty_below(&mut self, rest: &[u8], indent: usize) -> Option<()> {
        matches!(rest.trim_ascii_end(), b"{}" | b"[]").then_some(())?;
        while self.open.last().is_some_and(|last| last.indent > indent) {
            self.open.pop();
        }
        // As metadata or annotations it would count.
        self.allows(true)?;
        let last = self.open.last_mut().filter(|last| last.pending && last.indent < indent)?;
        last.pending = false;
        Some(())
    }

    /// Refuses a list where metadata or annotations stand, which have to be maps.
    fn allows(&self, is_list: bool) -> Option<()> {
        let depth = self.open.len();
        let is_refused = is_list && (self.in_metadata && depth == 1 || self.in_annotations && depth == 2);
        (!is_refused).then_some(())
    }

    /// Goes to the collection that an entry at this column belongs to, opening it where it may start.
    fn enter(&mut self, indent: usize, is_list: bool) -> Option<()> {
        while let Some(last) = self.open.last() {
            // A list may stand at the column of the key that it belongs to.
            let closes = last.indent > indent || (last.indent == indent && last.is_list && !is_list);
            if !closes {
                break;
            }
            self.open.pop();
        }
        if self.open.len() < 2 && !is_list && indent == 0 {
            self.in_metadata = false;
        }
        let depth = self.open.len();
        match self.open.last_mut() {
            Some(last) if last.indent == indent && last.is_list == is_list => {
                last.pending = true;
                self.in_annotations &= depth > 2;
                return Some(());
            }
            Some(last) if last.pending && (last.indent < indent || (last.indent == indent && is_list)) => {
                last.pending = false;
            }
            // Only the first entry opens the collection at the top.
            None if indent == 0 && !is_list && !self.started => self.started = true,
            _ => return None,
        }
        self.allows(is_list)?;
        if depth >= self.limits.depth {
            return None;
        }
        self.open.push(Open { indent, is_list, pending: true });
        Some(())
    }

    fn value(&mut self, key: Option<Key<'t>>, value: &'t [u8], indent: usize) -> Option<()> {
        let is_top = self.open.len() == 1 && key.is_some();
        let is_metadata = self.open.len() == 2 && self.in_metadata && key.is_some();
        let wanted: Option<&[u8]> = match key {
            Some(key) if is_top => wanted_key(key.text, &[b"apiVersion", b"kind", b"metadata"])?,
            Some(key) if is_metadata => wanted_key(key.text, &[b"name", b"namespace", b"annotations"])?,
            _ => None,
        };
        if let Some(key) = key
            && self.in_annotations
            && self.open.len() == 3
        {
            return self.annotation(key, value);
        }
        let known = if is_top { &self.head } else { &self.metadata };
        if wanted.is_some_and(|wanted| known.contains_key(wanted)) {
            return None;
        }
        if value.is_empty() || value[0] == b'#' {
            if let Some(wanted) = wanted {
                let map = if is_top { &mut self.head } else { &mut self.metadata };
                map.insert(wanted.into(), Data::Null);
                match wanted {
                    b"metadata" => self.in_metadata = true,
                    b"annotations" => self.in_annotations = true,
                    // Another head key without a value is for the real parser.
                    _ => return None,
                }
            }
            return Some(());
        }
        if let Some(last) = self.open.last_mut() {
            last.pending = false;
        }
        match value[0] {
            b'|' | b'>' => {
                wanted.is_none().then_some(())?;
                self.block_scalar(value, indent, key.is_some())
            }
            _ => match (wanted, value_of(value)?) {
                (Some(wanted), text) => {
                    let text = text.as_string()?;
                    (!matches!(wanted, b"metadata" | b"annotations")).then_some(())?;
                    let map = if is_top { &mut self.head } else { &mut self.metadata };
                    map.insert(wanted.into(), Data::String(text.into()));
                    Some(())
                }
                (None, Text::Plain(text)) => {
                    has_json_form(text).then_some(())?;
                    self.continues = self.open.last().map(|last| last.indent);
                    Some(())
                }
                (None, Text::Open(quote)) => self.quoted_lines(quote),
                (None, Text::PlainBeforeComment(text)) => has_json_form(text).then_some(()),
                (None, Text::Quoted(_) | Text::Other) => Some(()),
            },
        }
    }

    /// Skips the further lines of a text in quotes.
    fn quoted_lines(&mut self, quote: u8) -> Option<()> {
        loop {
            let line = self.next_line()?;
            // Markers of documents end a text even within quotes.
            if line.contains(&b'\t') || line.starts_with(b"---") || line.starts_with(b"...") {
                return None;
            }
            match end_of_quoted(line, quote)? {
                End::Open => {}
                End::At { after, .. } => return is_blank_or_comment(line.get(after..)?).then_some(()),
            }
        }
    }

    /// An annotation, whose key and value are texts.
    fn annotation(&mut self, key: Key<'t>, value: &'t [u8]) -> Option<()> {
        let value = value_of(value)?.as_string()?;
        let is_text = key.is_quoted || resolve(key.text, Version::V2) == Scalar::Str;
        (is_text && !self.annotations.contains_key(key.text)).then_some(())?;
        self.annotations.insert(key.text.into(), Data::String(value.into()));
        if let Some(last) = self.open.last_mut() {
            last.pending = false;
        }
        Some(())
    }

    /// Skips the lines of a literal or folded scalar.
    fn block_scalar(&mut self, header: &[u8], indent: usize, after_key: bool) -> Option<()> {
        if !matches!(header, [_] | [_, b'+' | b'-']) {
            return None;
        }
        // The column of the collection: that of the key, or of the dash.
        let parent = if after_key { indent } else { self.open.last()?.indent };
        let mut content = None;
        let mut deepest = parent + 1;
        loop {
            let before = self.at;
            let Some(line) = self.next_line() else { return Some(()) };
            let spaces = indentation(line);
            if spaces == line.len() {
                // Blanks before the first line count for its indentation.
                if content.is_none() {
                    deepest = deepest.max(spaces);
                }
                continue;
            }
            if line[spaces] == b'\t' && content.is_none_or(|least| spaces < least) {
                return None;
            }
            let least = *content.get_or_insert(spaces.max(deepest));
            if spaces < least {
                self.at = before;
                return Some(());
            }
        }
    }
}

/// A key.
#[derive(Clone, Copy)]
struct Key<'t> {
    text: &'t [u8],
    is_quoted: bool,
}

/// What stands after a key or a dash on its line.
enum Text<'t> {
    /// Without quotes; it may go on on the next line.
    Plain(&'t [u8]),
    /// Without quotes, and with a comment behind it.
    PlainBeforeComment(&'t [u8]),
    /// In quotes, without an escape.
    Quoted(&'t [u8]),
    /// In these quotes, which are still open at the end of the line.
    Open(u8),
    /// Something sound that is no simple text.
    Other,
}

impl<'t> Text<'t> {
    /// Returns the value if it is a string that ends here.
    fn as_string(&self) -> Option<&'t [u8]> {
        match self {
            Self::Quoted(text) => Some(text),
            Self::Plain(text) | Self::PlainBeforeComment(text) => {
                (resolve(text, Version::V2) == Scalar::Str).then_some(text)
            }
            Self::Open(_) | Self::Other => None,
        }
    }
}

/// Where a text in quotes ends.
enum End {
    /// Not on this line.
    Open,
    At {
        after: usize,
        has_escapes: bool,
    },
}

/// Looks for the end of a text in quotes; gives up on an escape that is not one of the simplest.
fn end_of_quoted(text: &[u8], quote: u8) -> Option<End> {
    let mut has_escapes = false;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| memchr2(quote, b'\\', rest)) {
        at += found;
        let next = text.get(at + 1);
        match (text[at] == quote, quote) {
            (true, b'\'') if next == Some(&b'\'') => {}
            (true, _) => return Some(End::At { after: at + 1, has_escapes }),
            (false, b'"') => {
                next.filter(|escaped| b"\"\\nrt".contains(escaped))?;
            }
            (false, _) => {
                at += 1;
                continue;
            }
        }
        has_escapes = true;
        at += 2;
    }
    Some(End::Open)
}

fn is_blank_or_comment(text: &[u8]) -> bool {
    let blanks = indentation(text);
    text.len() == blanks || (blanks > 0 && text[blanks] == b'#')
}

/// Tells whether a plain text is no infinite number, which JSON does not have.
fn has_json_form(text: &[u8]) -> bool {
    !matches!(text[0], b'.' | b'+' | b'-')
        || !matches!(resolve(text, Version::V2), Scalar::Float(number) if !number.is_finite())
}

/// Tells whether a line may be more of the plain text before it.
fn can_continue(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    text.first().is_some_and(|first| *first != b'#') && !text.contains(&b'\t') && plain_end(text) == Some(text.len())
}

/// Returns where a plain text ends: at its end or before a comment; gives up where a `:` makes a key of it.
fn plain_end(text: &[u8]) -> Option<usize> {
    for at in memchr2_iter(b':', b'#', text) {
        if text[at] == b'#' {
            if at > 0 && text[at - 1] == b' ' {
                return Some(at);
            }
        } else if matches!(text.get(at + 1), None | Some(b' ')) {
            return None;
        }
    }
    Some(text.len())
}

fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

/// Tells whether a text holds a line break that is no line feed.
fn has_odd_breaks(text: &[u8]) -> bool {
    let starts_one = |at: usize| {
        matches!(text.get(at..), Some([0xc2, 0x85, ..] | [0xe2, 0x80, 0xa8 | 0xa9, ..] | [0xef, 0xbb, 0xbf, ..]))
    };
    memchr(b'\r', text).is_some() || memchr3_iter(0xc2, 0xe2, 0xef, text).any(starts_one)
}

/// Returns the name where the key is one of them; gives up where it differs in case alone, which JSON does not care for.
#[expect(clippy::option_option, reason = "the outer one gives up")]
fn wanted_key(key: &[u8], names: &[&'static [u8]]) -> Option<Option<&'static [u8]>> {
    match names.iter().find(|name| name.eq_ignore_ascii_case(key)) {
        Some(name) if **name == *key => Some(Some(name)),
        Some(_) => None,
        None => Some(None),
    }
}

/// Splits `key: value` where the key is a simple word that is no null, or one in quotes.
fn split_key(text: &[u8]) -> Option<(Key<'_>, &[u8])> {
    let (quote, text) = match text {
        [quote @ (b'"' | b'\''), rest @ ..] => (Some(quote), rest),
        _ => (None, text),
    };
    let end = text.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"_./-".contains(byte))?;
    let (key, mut rest) = text.split_at(end);
    if let Some(quote) = quote {
        rest = rest.strip_prefix(&[*quote])?;
    }
    let value = match rest {
        [b':'] => &[][..],
        [b':', b' ', value @ ..] => value,
        _ => return None,
    };
    let is_simple = key.len() <= 200
        && match key.first()? {
            _ if quote.is_some() => true,
            // A number beyond int64 has no JSON form as a key; `0x` with 16 digits may be one.
            b'0'..=b'9' => key.len() < 18,
            b'_' => true,
            first => first.is_ascii_alphabetic() && !key.eq_ignore_ascii_case(b"null"),
        };
    is_simple.then(|| (Key { text: key, is_quoted: quote.is_some() }, &value[indentation(value)..]))
}

/// Tells whether a text is simple words, numbers and quoted texts with commas between them.
fn is_simple_list(items: &[u8]) -> bool {
    let mut rest = items;
    loop {
        rest = &rest[indentation(rest)..];
        let length = match rest {
            [quote @ (b'\'' | b'"'), inner @ ..] => {
                let Some(end) = inner.iter().position(|byte| byte == quote) else { return false };
                if inner[..end].iter().any(|byte| matches!(byte, b'\\' | b'\t')) {
                    return false;
                }
                end + 2
            }
            _ => rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"./_-".contains(byte)).count(),
        };
        let starts_well = matches!(rest.first(), Some(b'\'' | b'"' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9'));
        rest = &rest[length..];
        rest = &rest[indentation(rest)..];
        match rest {
            _ if !starts_well => return false,
            [] => return true,
            [b',', after @ ..] => rest = after,
            _ => return false,
        }
    }
}

/// Looks at what stands after a key or a dash on its line.
fn value_of(value: &[u8]) -> Option<Text<'_>> {
    let trimmed = value.trim_ascii_end();
    match trimmed {
        b"{}" | b"[]" => return Some(Text::Other),
        [b'[', items @ .., b']'] => return is_simple_list(items).then_some(Text::Other),
        [quote @ (b'\'' | b'"'), inner @ ..] => {
            return match end_of_quoted(inner, *quote)? {
                End::At { after, has_escapes } => {
                    is_blank_or_comment(&inner[after..]).then_some(())?;
                    Some(if has_escapes { Text::Other } else { Text::Quoted(&inner[..after - 1]) })
                }
                End::Open => (!inner.contains(&b'\t')).then_some(Text::Open(*quote)),
            };
        }
        _ => {}
    }
    let starts_plain = match trimmed {
        [b'-', second, ..] => second.is_ascii_alphanumeric() || *second == b'-',
        [first, ..] => first.is_ascii_alphanumeric() || !first.is_ascii() || b"/_$(^;=\\.<+~".contains(first),
        [] => false,
    };
    if !starts_plain || trimmed.contains(&b'\t') {
        return None;
    }
    let end = plain_end(trimmed)?;
    if end == trimmed.len() {
        Some(Text::Plain(trimmed))
    } else {
        Some(Text::PlainBeforeComment(trimmed[..end].trim_ascii_end()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the real parser finds, cut down to what the skim keeps.
    fn slow(text: &[u8]) -> Option<Data> {
        let data = parse_typed(text, &Limits::default()).ok()?;
        let keep = |map: &DataMap, names: &[&str]| -> DataMap {
            map.iter()
                .filter(|(key, _)| names.iter().any(|name| **key == *name))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect()
        };
        let mut head = keep(data.as_map()?, &["apiVersion", "kind", "metadata"]);
        if let Some(metadata) = head.get_mut(&b"metadata"[..])
            && let Some(map) = metadata.as_map()
        {
            let kept = keep(map, &["name", "namespace", "annotations"]);
            *metadata = if kept.is_empty() { Data::Null } else { Data::from(kept) };
        }
        Some(Data::from(head))
    }

    fn skim(text: &str) -> Option<Data> {
        Skim::new(text.as_bytes(), &Limits::default()).run()
    }

    #[test]
    fn takes_ordinary_manifests() {
        let text = "# Source: a\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: \"x\"\n  labels:\n    a.b/c: d\n\
                    spec:\n  list:\n  - name: a\n    args: [] \n    - x\n  deep:\n    - - x\n";
        assert_eq!(skim(text), None);
        let text = "# Source: a\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: \"x\"\n  labels:\n    a.b/c: d\n\
                    spec:\n  list:\n  - name: a\n    args:\n    - --x=y\n    -\n      b: c\n  text: |\n    a: : b\n\n      {\n  n: 1\n";
        assert_eq!(skim(text), slow(text.as_bytes()));
        assert!(skim(text).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn never_takes_what_the_parser_refuses(lines in prop::collection::vec((
            prop::sample::select(vec!["", "", "  ", "  ", "    ", " ", "   "]),
            prop::sample::select(vec!["", "", "", "- ", "-", "-  ", "# ", "\t"]),
            prop::sample::select(vec!["", "a: ", "a:", "b.c/d: ", "kind: ", "kind:", "metadata:", "annotations:", "annotations: ", "y: ", "name: ", "null: ", "1: ", "Kind: ", "a b: ", "\"a/b\": ", "'kind': ", "\"null\": ", "\"x': "]),
            prop::sample::select(vec!["", "", "x", "x y", "|", "|-", ">", "\"q\"", "'q' x", "{}", "1", "~", ".inf", "-x", "a: b", "x #c", " ", "- y", "é", "[a, 'b', \"c\",1]", "[a b]", "[a,]", "[,]", "['a''b']", "[a: b]", "|2", "&a", "*a", "---", "\"a\\q\"", "x:", "# c", "[]", "\"q", "q\"", "q\" # c", "'it''s'", "'it''s", "it's'", "\"a\\\"b\"", "\"\\", ".inf", "-.inf", "+.5", ".x", "~/x", "<x", "x:y #z", "x#y", "x: y #z", "é b", "’", "...", "'q'x", "'q'#x", "<<"]),
        ), 1..9)) {
            let text: String = lines.iter().map(|(indent, dash, key, value)| format!("{indent}{dash}{key}{value}\n")).collect();
            if let Some(head) = skim(&text) {
                prop_assert_eq!(Some(head), slow(text.as_bytes()), "{}", text);
            }
        }
    }
}
