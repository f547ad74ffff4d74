//! The head of a manifest: `apiVersion`, `kind` and `metadata`, found line by line where the document is simple enough.
//!
//! Most manifests are plain block YAML. For those one pass over the lines proves that go-yaml accepts them and picks out the
//! head; whatever the pass does not know makes it give up, and the real parser decides.

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
                None | Some(b'#') => {}
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
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        self.at += end + 1;
        Some(&rest[..end])
    }

    /// A line with something on it: `- `, then a key or a value.
    fn content(&mut self, line: &'t [u8], indent: usize) -> Option<()> {
        let mut indent = indent;
        let mut rest = &line[indent..];
        let mut is_item = false;
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
            None => None,
        }
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
        let is_list_as_metadata = self.in_metadata && depth == 1 || self.in_annotations && depth == 2;
        if is_list && is_list_as_metadata || self.open.len() >= self.limits.depth {
            return None;
        }
        self.open.push(Open { indent, is_list, pending: true });
        Some(())
    }

    fn value(&mut self, key: Option<&'t [u8]>, value: &'t [u8], indent: usize) -> Option<()> {
        let is_top = self.open.len() == 1 && key.is_some();
        let is_metadata = self.open.len() == 2 && self.in_metadata && key.is_some();
        let wanted: Option<&[u8]> = match key {
            Some(key) if is_top => wanted_key(key, &[b"apiVersion", b"kind", b"metadata"])?,
            Some(key) if is_metadata => wanted_key(key, &[b"name", b"namespace", b"annotations"])?,
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
            _ => {
                let text = one_line(value)?;
                if let Some(wanted) = wanted {
                    let Text::String(text) = text else { return None };
                    (!matches!(wanted, b"metadata" | b"annotations")).then_some(())?;
                    let map = if is_top { &mut self.head } else { &mut self.metadata };
                    map.insert(wanted.into(), Data::String(text.into()));
                }
                Some(())
            }
        }
    }

    /// An annotation, whose key and value are texts.
    fn annotation(&mut self, key: &'t [u8], value: &'t [u8]) -> Option<()> {
        let is_text = resolve(key, Version::V2) == Scalar::Str && !self.annotations.contains_key(key);
        let Some(Text::String(value)) = one_line(value).filter(|_| is_text) else { return None };
        self.annotations.insert(key.into(), Data::String(value.into()));
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
        loop {
            let before = self.at;
            let Some(line) = self.next_line() else { return Some(()) };
            let spaces = indentation(line);
            if spaces == line.len() {
                // Blanks before the first line count for its indentation.
                if content.is_none() && spaces > 0 {
                    return None;
                }
                continue;
            }
            if line[spaces] == b'\t' && content.is_none_or(|least| spaces < least) {
                return None;
            }
            let least = *content.get_or_insert(spaces.max(parent + 1));
            if spaces < least {
                self.at = before;
                return Some(());
            }
        }
    }
}

/// What stands after a key or a dash on its line.
enum Text<'t> {
    String(&'t [u8]),
    Other,
}

fn indentation(line: &[u8]) -> usize {
    line.iter().take_while(|byte| **byte == b' ').count()
}

/// Tells whether a text holds a line break that is no line feed.
fn has_odd_breaks(text: &[u8]) -> bool {
    text.contains(&b'\r')
        || (!text.is_ascii() && text.windows(2).any(|pair| matches!(pair, [0xc2, 0x85] | [0xe2, 0x80] | [0xef, 0xbb])))
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

/// Splits `key: value` where the key is a simple word that is no null.
fn split_key(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"_./-".contains(byte))?;
    let (key, rest) = text.split_at(end);
    let value = match rest {
        [b':'] => &[][..],
        [b':', b' ', value @ ..] => value,
        _ => return None,
    };
    let first = *key.first()?;
    let is_simple = match first {
        b'0'..=b'9' => key.len() <= 18,
        b'_' => key.len() <= 200,
        _ => first.is_ascii_alphabetic() && key.len() <= 200 && !key.eq_ignore_ascii_case(b"null"),
    };
    is_simple.then(|| (key, &value[indentation(value)..]))
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

/// Looks at a value that has to end on its line.
fn one_line(value: &[u8]) -> Option<Text<'_>> {
    let trimmed = value.trim_ascii_end();
    match trimmed {
        b"{}" | b"[]" => return Some(Text::Other),
        [b'[', items @ .., b']'] => return is_simple_list(items).then_some(Text::Other),
        [quote @ (b'\'' | b'"'), inner @ .., end] if quote == end => {
            return (!inner.contains(quote) && !inner.contains(&b'\\')).then_some(Text::String(inner));
        }
        _ => {}
    }
    let starts_plain = match trimmed {
        [b'-', second, ..] => second.is_ascii_alphanumeric() || *second == b'-',
        [first, ..] => first.is_ascii_alphanumeric() || b"/_$(^;=\\".contains(first),
        [] => false,
    };
    let ends_early = trimmed.ends_with(b":")
        || trimmed.contains(&b'\t')
        || trimmed.windows(2).any(|pair| pair == b": " || pair == b" #");
    if !starts_plain || ends_early {
        return None;
    }
    Some(if resolve(trimmed, Version::V2) == Scalar::Str { Text::String(trimmed) } else { Text::Other })
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
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn never_takes_what_the_parser_refuses(lines in prop::collection::vec((
            prop::sample::select(vec!["", "", "  ", "  ", "    ", " ", "   "]),
            prop::sample::select(vec!["", "", "", "- ", "-", "-  ", "# ", "\t"]),
            prop::sample::select(vec!["", "a: ", "a:", "b.c/d: ", "kind: ", "kind:", "metadata:", "annotations:", "annotations: ", "y: ", "name: ", "null: ", "1: ", "Kind: ", "a b: "]),
            prop::sample::select(vec!["", "", "x", "x y", "|", "|-", ">", "\"q\"", "'q' x", "{}", "1", "~", ".inf", "-x", "a: b", "x #c", " ", "- y", "é", "[a, 'b', \"c\",1]", "[a b]", "[a,]", "[,]", "['a''b']", "[a: b]", "|2", "&a", "*a", "---", "\"a\\q\"", "x:", "# c"]),
        ), 1..9)) {
            let text: String = lines.iter().map(|(indent, dash, key, value)| format!("{indent}{dash}{key}{value}\n")).collect();
            if let Some(head) = skim(&text) {
                prop_assert_eq!(Some(head), slow(text.as_bytes()), "{}", text);
            }
        }
    }
}
