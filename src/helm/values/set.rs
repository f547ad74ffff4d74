//! The language of `--set`, `--set-string`, `--set-file`, `--set-json` and `--set-literal`: Helm's `strvals`.
//!
//! Ported with its edges: what is refused, what is ignored at the end of a line, which indexes and depths are allowed.

use std::sync::Arc;

use super::json;
use crate::helm::go::quote::{append_quoted_rune, quote_text};
use crate::helm::profile::Profile;
use crate::yaml::{Data, DataMap, Str};

/// The highest index that a line may name.
const MAX_INDEX: i64 = 65536;
/// How many dots a name may have.
const MAX_NESTING: usize = 30;
/// How many indexes may follow each other; Helm has no such cap.
const MAX_INDEXES: usize = 100;
/// How many elements a line may make lists longer by, together; Helm has no such cap.
const MAX_ELEMENTS: usize = 1 << 20;

/// What the right side of `=` is.
pub(crate) enum Kind<'a> {
    /// `--set`: bools, nulls and integers are typed, lists in braces.
    Typed,
    /// `--set-string`: always text, lists in braces.
    Text,
    /// `--set-file`: the text of a file, read by the function.
    File(&'a dyn Fn(&str) -> Result<Str, String>),
    /// `--set-json`: a JSON value.
    Json,
    /// `--set-literal`: the rest of the line; no escapes, no commas.
    Literal,
}

/// Sets what a line says in a tree, in place.
pub(crate) fn apply(line: &str, tree: &mut DataMap, kind: &Kind<'_>, profile: Profile) -> Result<(), String> {
    let mut parser = Parser { rest: line, kind, profile, indexes: 0, elements: 0 };
    loop {
        match parser.key(tree, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Error(message)) => return Err(message),
        }
    }
}

/// Why the parser stopped.
enum Stop {
    /// Go's `io.EOF`, which ends a line in peace.
    End,
    Error(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Error(message)
    }
}

fn quote(text: &str) -> String {
    quote_text(text.as_bytes())
}

/// What `%q` gives for a list of runes, which Helm prints where it has not made a text of them yet.
fn quote_runes(text: &str) -> String {
    let mut out = b"[".to_vec();
    for (index, rune) in text.chars().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        append_quoted_rune(&mut out, u64::from(u32::from(rune)), false);
    }
    out.push(b']');
    String::from_utf8_lossy(&out).into_owned()
}

struct Parser<'a, 'b> {
    rest: &'a str,
    kind: &'b Kind<'b>,
    profile: Profile,
    /// Indexes that are open.
    indexes: usize,
    /// Elements that were added to lists.
    elements: usize,
}

impl Parser<'_, '_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    /// Reads up to one of the stop characters, which is consumed; `None` where the line ends first.
    fn until(&mut self, stops: &[char]) -> (String, Option<char>) {
        let literal = matches!(self.kind, Kind::Literal);
        let mut text = String::new();
        while let Some(c) = self.next() {
            if stops.contains(&c) {
                return (text, Some(c));
            }
            if c == '\\' && !literal {
                match self.next() {
                    Some(escaped) => text.push(escaped),
                    None => return (text, None),
                }
            } else {
                text.push(c);
            }
        }
        (text, None)
    }

    fn key(&mut self, map: &mut DataMap, nesting: usize) -> Result<(), Stop> {
        let stops: &[char] = if matches!(self.kind, Kind::Literal) { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let (name, stop) = self.until(stops);
        match stop {
            None if name.is_empty() => Err(Stop::End),
            None => Err(Stop::Error(format!("key {} has no value", quote(&name)))),
            Some('[') => {
                let index = self.index()?;
                let mut list = match map.get(name.as_bytes()) {
                    None => Vec::new(),
                    Some(Data::List(items)) => items.to_vec(),
                    Some(other) => return Err(Stop::Error(conversion(other, "[]interface {}"))),
                };
                let result = self.item(&mut list, index, nesting);
                set(map, &name, Data::from(list));
                result
            }
            Some('=') => self.value(map, &name),
            Some(',') => {
                set(map, &name, Data::from(""));
                Err(Stop::Error(format!("key {} has no value (cannot end with ,)", quote(&name))))
            }
            Some(_) => self.nested(map, &name, nesting + 1),
        }
    }

    /// What follows a dot.
    fn nested(&mut self, map: &mut DataMap, name: &str, nesting: usize) -> Result<(), Stop> {
        if nesting > MAX_NESTING {
            return Err(Stop::Error(format!(
                "value name nested level is greater than maximum supported nested level of {MAX_NESTING}"
            )));
        }
        let mut inner = match map.get_mut(name.as_bytes()) {
            None => Arc::default(),
            // Taken out, so that it is not copied; it is put back below.
            Some(Data::Map(inner)) => std::mem::take(inner),
            Some(other) => return Err(Stop::Error(conversion(other, "map[string]interface {}"))),
        };
        let result = self.key(Arc::make_mut(&mut inner), nesting);
        let is_empty = inner.is_empty();
        if !is_empty {
            set(map, name, Data::Map(inner));
        }
        if result.is_ok() && is_empty {
            return Err(Stop::Error(format!("key map {} has no value", quote(name))));
        }
        result
    }

    /// What follows `=`, set under a name.
    fn value(&mut self, map: &mut DataMap, name: &str) -> Result<(), Stop> {
        match self.kind {
            Kind::Literal => {
                set(map, name, Data::from(std::mem::take(&mut self.rest)));
                Ok(())
            }
            Kind::Json => {
                let value = self.json()?;
                set(map, name, value);
                Ok(())
            }
            Kind::Typed | Kind::Text | Kind::File(_) => match self.list_or_end()? {
                Listed::End => {
                    set(map, name, Data::from(""));
                    Err(Stop::End)
                }
                Listed::List(list) => {
                    set(map, name, Data::from(list));
                    Ok(())
                }
                Listed::NoList => {
                    let (text, _) = self.until(&[',']);
                    let value = self.convert(&text)?;
                    set(map, name, value);
                    Ok(())
                }
            },
        }
    }

    /// What follows an index: `=`, another index, or a name.
    fn item(&mut self, list: &mut Vec<Data>, index: i64, nesting: usize) -> Result<(), Stop> {
        self.indexes += 1;
        if self.indexes > MAX_INDEXES {
            return Err(Stop::Error(format!("more than {MAX_INDEXES} indexes lie within each other")));
        }
        let result = self.item_within(list, index, nesting);
        self.indexes -= 1;
        result
    }

    fn item_within(&mut self, list: &mut Vec<Data>, index: i64, nesting: usize) -> Result<(), Stop> {
        if index < 0 {
            return Err(Stop::Error(format!("negative {index} index not allowed")));
        }
        let (text, stop) = self.until(&['[', '.', '=']);
        if !text.is_empty() {
            return Err(Stop::Error(format!("unexpected data at end of array index: {}", quote_runes(&text))));
        }
        let position = usize::try_from(index).unwrap_or(usize::MAX);
        self.elements = self.elements.saturating_add(position.saturating_add(1).saturating_sub(list.len()));
        if index <= MAX_INDEX && self.elements > MAX_ELEMENTS {
            return Err(Stop::Error(format!("the line makes more than {MAX_ELEMENTS} elements of lists")));
        }
        match stop {
            None => Err(Stop::End),
            Some('=') => {
                let value = match self.kind {
                    Kind::Literal => Data::from(std::mem::take(&mut self.rest)),
                    Kind::Json => self.json()?,
                    Kind::Typed | Kind::Text | Kind::File(_) => match self.list_or_end()? {
                        Listed::End => Data::from(""),
                        Listed::List(list) => Data::from(list),
                        Listed::NoList => {
                            let (text, _) = self.until(&[',']);
                            self.convert(&text)?
                        }
                    },
                };
                set_index(list, index, value)
            }
            Some('[') => {
                let next = self.index()?;
                let mut inner = match list.get(position) {
                    None | Some(Data::Null) => Vec::new(),
                    Some(Data::List(items)) => items.to_vec(),
                    Some(other) => return Err(Stop::Error(conversion(other, "[]interface {}"))),
                };
                self.item(&mut inner, next, nesting)?;
                set_index(list, index, Data::from(inner))
            }
            Some(_) => {
                let mut inner = match list.get(position) {
                    Some(Data::Map(inner)) => Arc::clone(inner),
                    _ => Arc::default(),
                };
                self.key(Arc::make_mut(&mut inner), nesting)?;
                set_index(list, index, Data::Map(inner))
            }
        }
    }

    /// The number between brackets, whose opening one is consumed.
    fn index(&mut self) -> Result<i64, Stop> {
        let (text, stop) = self.until(&[']']);
        if stop.is_none() {
            return Err(if self.profile.rules().unclosed_index_ends_line {
                Stop::End
            } else {
                Stop::Error("error parsing index: EOF".to_owned())
            });
        }
        let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
        let reason = if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            "invalid syntax"
        } else {
            match text.parse() {
                Ok(index) => return Ok(index),
                Err(_) => "value out of range",
            }
        };
        Err(Stop::Error(format!("error parsing index: strconv.Atoi: parsing {}: {reason}", quote(&text))))
    }

    /// A list in braces, if the value is one.
    fn list_or_end(&mut self) -> Result<Listed, Stop> {
        match self.rest.chars().next() {
            None => return Ok(Listed::End),
            Some('{') => self.rest = &self.rest[1..],
            Some(_) => return Ok(Listed::NoList),
        }
        let mut list = Vec::new();
        loop {
            let (text, stop) = self.until(&[',', '}']);
            match stop {
                None => return Err(Stop::Error("list must terminate with '}'".to_owned())),
                Some('}') => {
                    self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
                    list.push(self.convert(&text)?);
                    return Ok(Listed::List(list));
                }
                Some(_) => list.push(self.convert(&text)?),
            }
        }
    }

    /// A JSON value and the comma behind it; nothing is null.
    fn json(&mut self) -> Result<Data, Stop> {
        if self.skip_blanks_and_comma() {
            return Ok(Data::Null);
        }
        let (value, rest) = json::read_prefix(self.rest).map_err(Stop::Error)?;
        self.rest = rest;
        self.skip_blanks_and_comma();
        Ok(value)
    }

    /// Skips blanks and one comma; tells whether a comma or the end was met.
    fn skip_blanks_and_comma(&mut self) -> bool {
        loop {
            match self.rest.chars().next() {
                None => return true,
                Some(',') => {
                    self.rest = &self.rest[1..];
                    return true;
                }
                Some(c) if c.is_whitespace() => self.rest = &self.rest[c.len_utf8()..],
                Some(_) => return false,
            }
        }
    }

    fn convert(&self, text: &str) -> Result<Data, Stop> {
        match self.kind {
            Kind::Typed => Ok(typed(text)),
            Kind::File(read) => Ok(Data::String(read(text)?)),
            Kind::Text | Kind::Json | Kind::Literal => Ok(Data::from(text)),
        }
    }
}

/// What stands behind `=`.
enum Listed {
    End,
    NoList,
    List(Vec<Data>),
}

/// The value of a text as `--set` types it: an integer becomes an int64, and there are no floats.
fn typed(text: &str) -> Data {
    // Go's EqualFold also takes the long s in `falſe`.
    let folded =
        |word: &str| text.chars().map(|c| if c == 'ſ' { 's' } else { c.to_ascii_lowercase() }).eq(word.chars());
    if folded("true") {
        return Data::Bool(true);
    }
    if folded("false") {
        return Data::Bool(false);
    }
    if folded("null") {
        return Data::Null;
    }
    if text == "0" {
        return Data::Int(0);
    }
    if !text.starts_with('0')
        && let Ok(number) = text.parse()
    {
        return Data::Int(number);
    }
    Data::from(text)
}

/// Sets a key; the empty one is never set.
fn set(map: &mut DataMap, name: &str, value: Data) {
    if name.is_empty() {
        return;
    }
    map.insert(Str::from(name), value);
}

fn set_index(list: &mut Vec<Data>, index: i64, value: Data) -> Result<(), Stop> {
    if index > MAX_INDEX {
        return Err(Stop::Error(format!("index of {index} is greater than maximum supported index of {MAX_INDEX}")));
    }
    let position = usize::try_from(index).unwrap_or_default();
    if list.len() <= position {
        list.resize(position + 1, Data::Null);
    }
    if let Some(slot) = list.get_mut(position) {
        *slot = value;
    }
    Ok(())
}

/// Go's words for a value that is not of the type that the path needs.
fn conversion(found: &Data, wanted: &str) -> String {
    let found = match found {
        Data::Null => "nil",
        Data::Bool(_) => "bool",
        Data::Int(_) => "int64",
        Data::Float(_) => "float64",
        Data::String(_) => "string",
        Data::List(_) => "[]interface {}",
        Data::Map(_) => "map[string]interface {}",
    };
    format!("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")
}
