//! Reading TOML into a map, with the library's errors.

mod text;

use std::collections::{BTreeMap, HashMap, HashSet};

use self::text::{
    has_leading_zero, misses_leading_zero, strip_escaped_newlines, strip_first_newline, underscores_are_sound,
};
use super::encode::push_key;
use super::lexer::{Item, Kind, Lexer};
use super::{LOCAL_DATE, LOCAL_DATETIME, LOCAL_TIME};
use crate::helm::go::quote::quote_text;
use crate::helm::go::strconv::{NumberError, parse_float, parse_int};
use crate::helm::go::time::{Time, Zone};
use crate::helm::value::{List, ListType, Map, MapType, Value};
use crate::yaml::Str;

/// How deep tables and arrays may be nested.
const MAX_DEPTH: usize = 200;
/// The layouts of dates and times, tried one after the other, with the zone of what has none.
const LAYOUTS: [(&[u8], Option<&str>); 7] = [
    (b"2006-01-02T15:04:05.999999999Z07:00", None),
    (b"2006-01-02T15:04:05.999999999", Some(LOCAL_DATETIME)),
    (b"2006-01-02", Some(LOCAL_DATE)),
    (b"15:04:05.999999999", Some(LOCAL_TIME)),
    (b"2006-01-02T15:04Z07:00", None),
    (b"2006-01-02T15:04", Some(LOCAL_DATETIME)),
    (b"15:04", Some(LOCAL_TIME)),
];

/// Why reading ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The text is no TOML, in the library's words.
    Error(String),
    /// The library panics.
    Bug(String),
    /// A cap of ours.
    Limit(String),
}

type Key = Vec<Vec<u8>>;
type Table = BTreeMap<Vec<u8>, Node>;

/// A value while the text is read.
enum Node {
    Table(Table),
    Tables(Vec<Table>),
    Value(Value),
}

/// Reads a text; dates become values through `date`.
pub fn decode(text: &[u8], date: fn(Time) -> Value) -> Result<Value, Stop> {
    let text = [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"]
        .iter()
        .find_map(|mark| text.strip_prefix(*mark))
        .unwrap_or(text);
    if text.iter().take(6).any(|byte| *byte == 0) {
        return Err(Stop::Error(
            "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8".to_owned(),
        ));
    }
    let mut parser = Parser {
        lexer: Lexer::new(text),
        date,
        context: Key::new(),
        current: Vec::new(),
        line: 0,
        depth: 0,
        root: Table::new(),
        arrays: HashMap::new(),
        implicit: HashSet::new(),
    };
    loop {
        let item = parser.next()?;
        if item.kind == Kind::Eof {
            return Ok(value_of(Node::Table(parser.root)));
        }
        parser.top_level(&item)?;
    }
}

fn value_of(node: Node) -> Value {
    let table = |table: Table| {
        Value::Map(Map::from_entries(
            MapType::Any,
            table.into_iter().map(|(key, node)| (Str::from(key), value_of(node))),
        ))
    };
    match node {
        Node::Table(entries) => table(entries),
        Node::Tables(tables) => Value::List(List::new(
            ListType::Named("[]map[string]interface {}"),
            tables.into_iter().map(table).collect(),
        )),
        Node::Value(value) => value,
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    date: fn(Time) -> Value,
    /// The key of the table that is being filled.
    context: Key,
    /// The last part of the key that is being set.
    current: Vec<u8>,
    line: usize,
    depth: usize,
    root: Table,
    /// The keys that have been set, and whether to an array.
    arrays: HashMap<Vec<u8>, bool>,
    /// The tables that exist only because a longer key names them.
    implicit: HashSet<Vec<u8>>,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<Item, Stop> {
        match self.lexer.next_item()? {
            Ok(item) => Ok(item),
            Err(fault) => Err(self.error(fault.line, &fault.message)),
        }
    }

    fn next_with_line(&mut self) -> Result<Item, Stop> {
        let item = self.next()?;
        self.line = item.line;
        Ok(item)
    }

    fn error(&self, line: usize, message: &str) -> Stop {
        let mut last = name_of(&self.context);
        if !self.current.is_empty() {
            if !last.is_empty() {
                last.push(b'.');
            }
            last.extend_from_slice(&self.current);
        }
        if last.is_empty() {
            return Stop::Error(format!("toml: line {line}: {message}"));
        }
        Stop::Error(format!("toml: line {line} (last key {}): {message}", quote_text(&last)))
    }

    fn error_here(&self, message: &str) -> Stop {
        self.error(self.line, message)
    }

    fn top_level(&mut self, item: &Item) -> Result<(), Stop> {
        match item.kind {
            Kind::CommentStart => {
                self.next()?;
            }
            Kind::TableStart => {
                let key = self.read_key(Kind::TableEnd)?;
                self.add_context(&key, false)?;
                self.set_array(b"", false);
            }
            Kind::ArrayTableStart => {
                let key = self.read_key(Kind::ArrayTableEnd)?;
                self.add_context(&key, true)?;
                self.set_array(b"", false);
            }
            Kind::KeyStart => {
                let outer = self.context.clone();
                self.read_pair()?;
                self.context = outer;
                self.current.clear();
            }
            kind => return Err(Stop::Bug(format!("BUG: Unexpected type at top level: {kind:?}\n\n"))),
        }
        Ok(())
    }

    /// Reads the parts of a key up to its end.
    fn read_key(&mut self, end: Kind) -> Result<Key, Stop> {
        let mut key = Key::new();
        let mut item = self.next_with_line()?;
        while item.kind != end && item.kind != Kind::Eof {
            let part = match item.kind {
                Kind::Text | Kind::String | Kind::RawString | Kind::RawMultilineString => item.text,
                Kind::EscapedString => self.unescape(&item, &item.text)?,
                kind => return Err(Stop::Bug(format!("BUG: Unexpected key type: {kind:?}\n\n"))),
            };
            key.push(part);
            if key.len() + self.context.len() > MAX_DEPTH {
                return Err(Stop::Limit(format!("TOML is nested deeper than the limit of {MAX_DEPTH}")));
            }
            item = self.next()?;
        }
        Ok(key)
    }

    /// Reads a key and its value, and sets it; returns both.
    fn read_pair(&mut self) -> Result<(Key, Value), Stop> {
        let key = self.read_key(Kind::KeyEnd)?;
        let Some((last, parents)) = key.split_last() else {
            return Err(Stop::Bug("BUG: Expected 'Text' but got 'KeyEnd'.\n\n".to_owned()));
        };
        self.current.clone_from(last);
        for part in parents {
            let mut whole = self.context.clone();
            whole.push(part.clone());
            self.implicit.insert(name_of(&whole));
            self.add_context(&whole, false)?;
        }
        let item = self.next()?;
        let value = self.value(&item, false)?;
        let name = self.current.clone();
        self.set_value(&name, Node::Value(value.clone()))?;
        self.set_array(&name, item.kind == Kind::Array);
        Ok((key, value))
    }

    fn value(&mut self, item: &Item, in_array: bool) -> Result<Value, Stop> {
        match item.kind {
            Kind::String | Kind::RawString => Ok(Value::str(item.text.clone())),
            Kind::EscapedString => self.unescape(item, &item.text).map(Value::str),
            Kind::MultilineString => {
                let text = strip_escaped_newlines(strip_first_newline(&item.text));
                self.unescape(item, &text).map(Value::str)
            }
            Kind::RawMultilineString => Ok(Value::str(strip_first_newline(&item.text))),
            Kind::Integer => self.integer(item),
            Kind::Float => self.float(item),
            Kind::Bool => Ok(Value::Bool(item.text == b"true")),
            Kind::Datetime => self.datetime(item),
            Kind::Array => self.array(),
            Kind::InlineTableStart => self.inline_table(in_array),
            kind => Err(Stop::Bug(format!("BUG: Unexpected value type: {kind:?}\n\n"))),
        }
    }

    fn integer(&self, item: &Item) -> Result<Value, Stop> {
        let wrong = |what: &str| self.error(item.line, &format!("Invalid integer {}: {what}", quote_text(&item.text)));
        if !underscores_are_sound(&item.text) {
            return Err(wrong("underscores must be surrounded by digits"));
        }
        if has_leading_zero(&item.text) {
            return Err(wrong("cannot have leading zeroes"));
        }
        match parse_int(&item.text, 0) {
            Ok(number) => Ok(Value::Int64(number)),
            Err(NumberError::Range) => {
                let text = String::from_utf8_lossy(&item.text);
                Err(self.error(item.line, &format!("{text} is out of range for int64")))
            }
            Err(_) => {
                let text = String::from_utf8_lossy(&item.text);
                Err(Stop::Bug(format!("BUG: Expected integer value, but got '{text}'.\n\n")))
            }
        }
    }

    fn float(&self, item: &Item) -> Result<Value, Stop> {
        let wrong = |what: &str| self.error(item.line, &format!("Invalid float {}: {what}", quote_text(&item.text)));
        let mut parts = item.text.split(|byte| matches!(byte, b'.' | b'e' | b'E')).filter(|part| !part.is_empty());
        if !parts.clone().all(underscores_are_sound) {
            return Err(wrong("underscores must be surrounded by digits"));
        }
        if parts.next().is_some_and(has_leading_zero) {
            return Err(wrong("cannot have leading zeroes"));
        }
        let digit_follows = |at: usize| item.text.get(at + 1).is_some_and(u8::is_ascii_digit);
        if item.text.iter().enumerate().any(|(at, byte)| *byte == b'.' && !digit_follows(at)) {
            return Err(wrong("'.' must be followed by one or more digits"));
        }
        let text: Vec<u8> = item.text.iter().copied().filter(|byte| *byte != b'_').collect();
        if matches!(&text[..], b"+nan" | b"-nan") {
            return Ok(Value::Float(if text[0] == b'-' { -f64::NAN } else { f64::NAN }));
        }
        match parse_float(&text) {
            Ok(number) => Ok(Value::Float(number)),
            Err(NumberError::Range) => {
                let text = String::from_utf8_lossy(&item.text);
                Err(self.error(item.line, &format!("{text} is out of range for float64")))
            }
            Err(_) => Err(self.error(item.line, &format!("Invalid float value: {}", quote_text(&item.text)))),
        }
    }

    fn datetime(&self, item: &Item) -> Result<Value, Stop> {
        let text: Vec<u8> = item
            .text
            .iter()
            .map(|byte| match byte {
                b'z' => b'Z',
                b't' | b' ' => b'T',
                other => *other,
            })
            .collect();
        let found = LAYOUTS.iter().find_map(|(layout, local)| {
            let time = Time::parse(layout, &text).ok()?;
            let zone = local.map(|name| Zone::Fixed { name: name.into(), offset: 0 });
            Some((layout, zone.map_or_else(|| time.clone(), |zone| time.with_zone(zone))))
        });
        match found {
            Some((layout, time)) if !misses_leading_zero(&text, layout) => Ok((self.date)(time)),
            _ => Err(self.error(item.line, &format!("invalid datetime: {}", quote_text(&text)))),
        }
    }

    fn array(&mut self) -> Result<Value, Stop> {
        self.enter()?;
        let name = self.current.clone();
        self.set_array(&name, true);
        let mut items = Vec::new();
        loop {
            let item = self.next()?;
            match item.kind {
                Kind::ArrayEnd => break,
                Kind::CommentStart => {
                    self.next()?;
                }
                _ => items.push(self.value(&item, true)?),
            }
        }
        self.depth -= 1;
        Ok(Value::list(items))
    }

    fn inline_table(&mut self, in_array: bool) -> Result<Value, Stop> {
        self.enter()?;
        let (outer, outer_name) = (self.context.clone(), std::mem::take(&mut self.current));
        let mut context = outer.clone();
        context.push(outer_name.clone());
        self.context.clone_from(&context);
        self.implicit.insert(name_of(&context));
        self.add_context(&context, in_array)?;
        let mut top = Table::new();
        loop {
            let item = self.next()?;
            match item.kind {
                Kind::InlineTableEnd => break,
                Kind::CommentStart => {
                    self.next()?;
                    continue;
                }
                _ => {}
            }
            let (key, value) = self.read_pair()?;
            if !insert_at(&mut top, &key, value) {
                let context: Vec<String> = self.context.iter().map(|part| quote_text(part)).collect();
                return Err(self.error_here(&format!("[{}] is not a table", context.join(" "))));
            }
            self.context.clone_from(&context);
        }
        self.context = outer;
        self.current = outer_name;
        self.depth -= 1;
        Ok(value_of(Node::Table(top)))
    }

    fn enter(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth + self.context.len() > MAX_DEPTH {
            return Err(Stop::Limit(format!("TOML is nested deeper than the limit of {MAX_DEPTH}")));
        }
        Ok(())
    }

    /// Makes a key the table that is filled from now on; the tables on the way are made where they are missing.
    fn add_context(&mut self, key: &[Vec<u8>], array: bool) -> Result<(), Stop> {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut missing = Vec::new();
        let Some(table) = descend(&mut self.root, parents, 0, &mut |depth| missing.push(depth)) else {
            let depth = blocked_at(&self.root, parents);
            return Err(self.error_here(&format!("Key '{}' was already created as a hash.", shown(&parents[..depth]))));
        };
        let fits = !array
            || match table.entry(last.clone()).or_insert_with(|| Node::Tables(Vec::new())) {
                Node::Tables(tables) => {
                    tables.push(Table::new());
                    true
                }
                _ => false,
            };
        self.implicit.extend(missing.into_iter().map(|depth| name_of(&parents[..depth])));
        self.context = parents.to_vec();
        if !fits {
            return Err(
                self.error_here(&format!("Key '{}' was already created and cannot be used as an array.", shown(key)))
            );
        }
        if !array {
            self.set_value(last, Node::Table(Table::new()))?;
        }
        self.context.push(last.clone());
        Ok(())
    }

    /// Sets a key of the table that is being filled; what exists only implicitly may be set once.
    fn set_value(&mut self, key: &[u8], value: Node) -> Result<(), Stop> {
        let mut path = self.context.clone();
        let Some(table) = descend(&mut self.root, &self.context, 0, &mut |_| {}) else {
            let depth = blocked_at(&self.root, &path);
            return Err(self.error_here(&format!("Key '{}' has already been defined.", shown(&path[..depth]))));
        };
        path.push(key.to_vec());
        let name = name_of(&path);
        let is_array = self.arrays.get(&name).copied().unwrap_or(false);
        let is_implicit = self.implicit.contains(&name);
        if !table.contains_key(key) {
            table.insert(key.to_vec(), value);
            return Ok(());
        }
        if !is_implicit {
            return Err(self.error_here(&format!("Key '{}' has already been defined.", shown(&path))));
        }
        // What exists implicitly is a table already, which is kept; only an array takes its place.
        if is_array {
            table.insert(key.to_vec(), value);
        }
        self.implicit.remove(&name);
        Ok(())
    }

    fn set_array(&mut self, key: &[u8], is_array: bool) {
        let mut path = self.context.clone();
        if !key.is_empty() || path.is_empty() {
            path.push(key.to_vec());
        }
        self.arrays.insert(name_of(&path), is_array);
    }
}

/// Puts a value where a dotted key says; false where something else than a table is in the way.
fn insert_at(table: &mut Table, key: &Key, value: Value) -> bool {
    let Some((last, parents)) = key.split_last() else { return true };
    let mut table = table;
    for part in parents {
        table = match table.entry(part.clone()).or_insert_with(|| Node::Table(Table::new())) {
            Node::Table(inner) => inner,
            _ => return false,
        };
    }
    table.insert(last.clone(), Node::Value(value));
    true
}

/// Goes down to a table, making what is missing and telling at which depth; `None` where a plain value is in the way.
fn descend<'a>(
    table: &'a mut Table,
    path: &[Vec<u8>],
    depth: usize,
    made: &mut dyn FnMut(usize),
) -> Option<&'a mut Table> {
    let Some((part, rest)) = path.split_first() else { return Some(table) };
    let node = table.entry(part.clone()).or_insert_with(|| {
        made(depth + 1);
        Node::Table(Table::new())
    });
    match node {
        Node::Table(inner) => descend(inner, rest, depth + 1, made),
        Node::Tables(tables) => descend(tables.last_mut()?, rest, depth + 1, made),
        Node::Value(_) => None,
    }
}

/// The length of the path up to the value that is in the way of [`descend`].
fn blocked_at(table: &Table, path: &[Vec<u8>]) -> usize {
    let mut table = table;
    for (index, part) in path.iter().enumerate() {
        table = match table.get(part) {
            Some(Node::Table(inner)) => inner,
            Some(Node::Tables(tables)) if !tables.is_empty() => &tables[tables.len() - 1],
            _ => return index + 1,
        };
    }
    path.len()
}

/// The key as the library writes it.
fn name_of(key: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for (index, part) in key.iter().enumerate() {
        if index > 0 {
            out.push(b'.');
        }
        push_key(&mut out, part);
    }
    out
}

fn shown(key: &[Vec<u8>]) -> String {
    String::from_utf8_lossy(&name_of(key)).into_owned()
}
