//! Finds a value in a file and replaces it.

use std::ops::Range;

use super::outline::{Outline, Step, index_of, with_document};
use super::quote::double_quoted;
use super::{Error, Place};
use crate::yaml::Style;
use crate::yaml::nodes::{Node, NodeKind};

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// The new value; a string, whatever it looks like.
    pub value: String,
    /// Where the last key is missing: the key beside it after which a line with both is inserted. `None`: an error.
    pub create_after: Option<String>,
}

impl Edit {
    /// Returns an edit of a value whose key is there.
    pub fn new<K: Into<String>>(path: impl IntoIterator<Item = K>, value: impl Into<String>) -> Self {
        Self { path: path.into_iter().map(K::into).collect(), value: value.into(), create_after: None }
    }

    /// Lets a missing key be inserted on a line of its own after another key of the same map.
    pub fn or_create_after(mut self, key: impl Into<String>) -> Self {
        self.create_after = Some(key.into());
        self
    }
}

/// Makes edits to a file, one after the other, and returns the new file.
///
/// # Errors
/// A value is not there or not written in a way that can be replaced; the file is then not to be touched at all.
///
/// # Examples
/// ```
/// use plainsail::bump::{Edit, edit};
///
/// let file = b"images:\n  api: { tag: f00ba47 } # chosen by plainsail\n";
/// let edited = edit(file, &[Edit::new(["images", "api", "tag"], "1234567")])?;
/// assert_eq!(edited, b"images:\n  api: { tag: \"1234567\" } # chosen by plainsail\n");
/// # Ok::<(), plainsail::bump::Error>(())
/// ```
pub fn edit(file: &[u8], edits: &[Edit]) -> Result<Vec<u8>, Error> {
    if file.starts_with(b"\xff\xfe") || file.starts_with(b"\xfe\xff") || std::str::from_utf8(file).is_err() {
        return Err(Error::Encoding);
    }
    let mut text = file.to_vec();
    let mut seen = None;
    for edit in edits {
        let splice = with_document(&text, |root| find(&text, root, edit))?;
        let outline = seen.take().map_or_else(|| Outline::of(&text), Ok)?;
        text = splice.made(&text);
        let wanted = expected(outline, &splice, edit);
        if Outline::of(&text).as_ref() != Ok(&wanted) {
            return Err(Error::Unusual(Place { path: edit.path.clone(), line: splice.line }));
        }
        seen = Some(wanted);
    }
    Ok(text)
}

/// What is to be done to the bytes.
struct Splice {
    range: Range<usize>,
    text: String,
    line: usize,
    /// Which step of the outline is the value, or follows the inserted key and value.
    index: usize,
    inserts_key: bool,
}

impl Splice {
    fn made(&self, file: &[u8]) -> Vec<u8> {
        [&file[..self.range.start], self.text.as_bytes(), &file[self.range.end..]].concat()
    }
}

/// Returns how the file must look after the edit.
fn expected(mut outline: Outline, splice: &Splice, edit: &Edit) -> Outline {
    if splice.inserts_key {
        let key = edit.path.last().map(String::as_str).unwrap_or_default();
        let style = if is_plain_key(key) { Style::Plain } else { Style::DoubleQuoted };
        outline.insert(splice.index, [Step::text(key, style), Step::text(&edit.value, Style::DoubleQuoted)]);
    } else {
        outline.replace_text(splice.index, &edit.value);
    }
    outline
}

fn find(file: &[u8], root: Node<'_>, edit: &Edit) -> Result<Splice, Error> {
    let place = |depth: usize, line: usize| Place { path: edit.path[..depth].to_vec(), line };
    let Some((last, parents)) = edit.path.split_last() else { return Err(Error::NotAScalar(place(0, root.line()))) };
    let mut map = root;
    for (depth, key) in parents.iter().enumerate() {
        check_map(map, || place(depth, map.line()))?;
        map = entry(map, key, || place(depth + 1, map.line()))?.1;
    }
    check_map(map, || place(parents.len(), map.line()))?;
    // go-yaml takes the end for a line of its own.
    let last_line = file.split(|byte| *byte == b'\n').count();
    let whole = |line: usize| place(edit.path.len(), line.min(last_line));
    match entry(map, last, || whole(map.line())) {
        Ok((key, value)) => replacement(file, root, key, value, edit, whole(value.line())),
        Err(Error::Missing(place)) => match &edit.create_after {
            Some(sibling) => insertion(file, root, map, sibling, edit, place),
            None => Err(Error::Missing(place)),
        },
        Err(error) => Err(error),
    }
}

fn check_map(node: Node<'_>, place: impl Fn() -> Place) -> Result<(), Error> {
    match node.kind() {
        NodeKind::Map { .. } => Ok(()),
        NodeKind::Alias(_) => Err(Error::Alias(place())),
        _ => Err(Error::NotAMap(place())),
    }
}

fn entry<'n>(map: Node<'n>, key: &str, place: impl Fn() -> Place) -> Result<(Node<'n>, Node<'n>), Error> {
    let mut found = map.entries().filter(|(name, _)| name.text() == Some(key.as_bytes()));
    let first = found.next().ok_or_else(|| Error::Missing(place()))?;
    match found.next() {
        Some((again, _)) => Err(Error::Duplicate(Place { line: again.line(), ..place() })),
        None => Ok(first),
    }
}

fn replacement(
    file: &[u8],
    root: Node<'_>,
    key: Node<'_>,
    value: Node<'_>,
    edit: &Edit,
    place: Place,
) -> Result<Splice, Error> {
    check_scalar(file, value, &place)?;
    let quoted = double_quoted(&edit.value);
    let index = index_of(root, value);
    let splice =
        |range: Range<usize>, text: String| Splice { range, text, line: place.line, index, inserts_key: false };
    let span = value.span();
    if !span.is_empty() {
        return Ok(splice(span, quoted));
    }
    if value.anchor().is_some() || value.tag().is_some() {
        return Ok(splice(span, format!(" {quoted}")));
    }
    // Nothing is written after the colon, and in braces the colon may be missing as well.
    let after_key = key.span().end;
    let blanks = file[after_key..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let colon = after_key + blanks;
    match file.get(colon) {
        Some(b':') => Ok(splice(colon + 1..colon + 1, format!(" {quoted}"))),
        Some(b',' | b'}') => Ok(splice(after_key..after_key, format!(": {quoted}"))),
        _ => Err(Error::Unusual(place)),
    }
}

/// Checks that a value is a scalar on one line that is read as a string once it is quoted.
fn check_scalar(file: &[u8], value: Node<'_>, place: &Place) -> Result<(), Error> {
    match value.kind() {
        NodeKind::Scalar(_, Style::Literal | Style::Folded) => return Err(Error::MultiLine(place.clone())),
        NodeKind::Scalar(..) => {}
        NodeKind::Alias(_) => return Err(Error::Alias(place.clone())),
        NodeKind::List { .. } | NodeKind::Map { .. } => return Err(Error::NotAScalar(place.clone())),
    }
    if file[value.start()..value.span().end].iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Err(Error::MultiLine(place.clone()));
    }
    match value.tag() {
        None | Some(b"!" | b"tag:yaml.org,2002:str") => Ok(()),
        Some(_) => Err(Error::Tagged(place.clone())),
    }
}

/// Adds a key with its value after another key of the map.
fn insertion(
    file: &[u8],
    root: Node<'_>,
    map: Node<'_>,
    sibling: &str,
    edit: &Edit,
    place: Place,
) -> Result<Splice, Error> {
    let Ok((key, value)) = entry(map, sibling, || place.clone()) else { return Err(Error::Missing(place)) };
    let name = edit.path.last().map(String::as_str).unwrap_or_default();
    let name = if is_plain_key(name) { name.to_owned() } else { double_quoted(name) };
    let new = format!("{name}: {}", double_quoted(&edit.value));
    let index = index_of(root, value) + 1;
    let splice = |at: usize, text: String| Splice { range: at..at, text, line: key.line(), index, inserts_key: true };
    if let NodeKind::Alias(_) = value.kind() {
        // An alias is one node on one line, too.
    } else {
        check_scalar(file, value, &Place { line: value.line(), ..place.clone() })?;
    }
    let end = value.span().end.max(key.span().end);
    if matches!(map.kind(), NodeKind::Map { flow: true }) {
        return Ok(splice(end, format!(", {new}")));
    }
    let line_start = file[..key.start()].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    let indent = &file[line_start..key.start()];
    let indent = indent.strip_prefix(b"\xef\xbb\xbf").unwrap_or(indent);
    if !indent.iter().all(|byte| *byte == b' ') {
        return Err(Error::Unusual(place));
    }
    let indent = " ".repeat(indent.len());
    if let Some(rest) = file[end..].iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        let at = end + rest;
        let line_break = match &file[at..] {
            [b'\r', b'\n', ..] => "\r\n",
            [b'\r', ..] => "\r",
            _ => "\n",
        };
        return Ok(splice(at + line_break.len(), format!("{indent}{new}{line_break}")));
    }
    let line_break = if file.windows(2).any(|pair| pair == b"\r\n") { "\r\n" } else { "\n" };
    Ok(splice(file.len(), format!("{line_break}{indent}{new}")))
}

/// Tells whether a key needs no quotes to be a string everywhere.
fn is_plain_key(key: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key.chars().all(|value| value.is_ascii_alphanumeric() || matches!(value, '-' | '_' | '.' | '/'))
        && !WORDS.contains(&key.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::yaml::{Data, Limits, parse};

    const PATH: [&str; 3] = ["images", "api", "tag"];

    fn line() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "# é tag: x",
            "",
            "    # c",
            "    digest: 'a'",
            "    policy:   pushed # p",
            "    list: [a, {tag: b}]",
            "    text: |\n      tag: x\n",
            "    \"k k\": \"v\\n\"",
        ])
    }

    fn written() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["f00", "'f 00'", "\"f\\\"00\"", "1e3", "&a f00", "!!str 12", "f#00", "'it''s'"])
    }

    proptest! {
        #[test]
        fn every_other_byte_stays(
            before in prop::collection::hash_set(line(), 0..4),
            after in prop::collection::hash_set(line(), 0..4),
            old in written(),
            value in "[ -~é😀\n]{0,20}",
            comment in prop::sample::select(vec!["", " # c", "   "]),
            line_break in prop::sample::select(vec!["\n", "\r\n"]),
            mark in prop::sample::select(vec!["", "\u{feff}"]),
            last in prop::sample::select(vec!["", "\n"]),
        ) {
            let lines = |lines: Vec<&&str>| lines.into_iter().fold(String::new(), |text, line| text + line + "\n");
            let (above, below) = (lines(before.iter().collect()), lines(after.difference(&before).collect()));
            let head = format!("{mark}images:\n  api:\n{above}    tag: ").replace('\n', line_break);
            let tail = format!("{comment}\n{below}    z: z{last}").replace('\n', line_break);
            let file = format!("{head}{old}{tail}");
            let edited = edit(file.as_bytes(), &[Edit::new(PATH, value.as_str())]).unwrap();
            let kept = old.find(['&', '!']).map_or("", |_| old.split_once(' ').map_or("", |(kept, _)| kept));
            let unchanged = format!("{head}{kept}");
            prop_assert!(edited.starts_with(unchanged.as_bytes()));
            prop_assert!(edited.ends_with(tail.as_bytes()));
            let data = parse(&edited, &Limits::default()).unwrap();
            let read = PATH.iter().try_fold(&data, |data, key| data.get(key));
            prop_assert_eq!(read, Some(&Data::from(value.as_str())));
            let old_part = file.len() - head.len() - tail.len();
            let new_part = edited.len() - head.len() - tail.len();
            prop_assert!(new_part <= old_part + 6 * value.len() + 2);
        }

        #[test]
        fn no_file_makes_it_panic(pieces in prop::collection::vec(prop::sample::select(vec![
            "images", "api", "tag", ":", ": ", "\n", "  ", "    ", "{", "}", ",", "&a ", "*a", "'", "\"", "|", "? ", "- ",
            "#", "x", "\r\n", "!!str ", "<<", "---\n", "\u{feff}",
        ]), 0..30)) {
            let file = pieces.concat();
            let edits = [Edit::new(PATH, "1"), Edit::new(["images", "tag"], "2").or_create_after("api")];
            for edit_one in edits {
                if let Ok(edited) = edit(file.as_bytes(), std::slice::from_ref(&edit_one)) {
                    prop_assert!(parse(&edited, &Limits::default()).is_ok() || parse(file.as_bytes(), &Limits::default()).is_err());
                }
            }
        }
    }
}
