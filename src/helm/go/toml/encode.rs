//! Writing TOML: plain keys of a table first, then its tables, each level two spaces further in.

use std::rc::Rc;

use super::{LOCAL_DATE, LOCAL_DATETIME, LOCAL_TIME};
use crate::helm::go::strconv::{FloatFormat, append_float};
use crate::helm::go::time::RFC3339_NANO;
use crate::helm::go::types::{duration_text, integer};
use crate::helm::value::{Host, List, Map, Number, Value};
use crate::yaml::Str;

/// How deep tables and arrays may be nested.
const MAX_DEPTH: usize = 500;

/// How many tables and arrays may be looked at, and how many bytes written.
const MAX_WORK: usize = 8 << 20;

/// Why a value cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// There is no value at all; Go panics.
    #[error("reflect: call of reflect.Value.Type on zero Value")]
    Nothing,
    /// An array with a nil in it.
    #[error("toml: cannot encode array with nil element")]
    NilElement,
    /// An array of tables without a key.
    #[error("toml: top-level values must be Go maps or structs")]
    NoKey,
    /// A type that TOML does not know.
    #[error("unsupported type: {0}")]
    Unsupported(&'static str),
    /// The same for the whole value; a type within a table or list is found before anything is written.
    #[error("unsupported type for key '': {0}")]
    UnsupportedWhole(&'static str),
    /// The value is nested deeper than we write.
    #[error("value is nested deeper than the limit of {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The value has more tables and arrays, counted each time that they are looked at, or more text than we write.
    #[error("value is larger than the limit of {limit} tables, arrays and bytes of TOML")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
}

impl EncodeError {
    /// Tells whether a cap of ours was reached.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::TooDeep { .. } | Self::TooLarge { .. })
    }
}

/// Writes a value.
pub fn encode(value: &Value) -> Result<Vec<u8>, EncodeError> {
    let mut encoder = Encoder { out: Vec::new(), depth: 0, entered: 0 };
    encoder.value(&mut Vec::new(), &Item::of(value).ok_or(EncodeError::Nothing)?)?;
    Ok(encoder.out)
}

/// A value by what TOML makes of it; nil is none.
enum Item {
    Scalar(Value),
    /// The text of a type that writes itself, quoted or as it is.
    Text {
        text: Vec<u8>,
        quoted: bool,
    },
    List(Vec<Value>),
    /// Keys are sorted, except those of a struct.
    Table {
        entries: Vec<(Str, Value)>,
        is_struct: bool,
    },
}

/// What decides where a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Plain,
    Table,
    Tables,
}

impl Item {
    /// Returns what a value is; a nil map or list in a table is none either.
    fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Nil | Value::Invalid => return None,
            Value::Bytes(bytes) => Self::List(bytes.iter().map(|byte| Value::Number(Number::Uint8(*byte))).collect()),
            Value::List(list) => Self::of_list(list),
            Value::Map(map) => Self::of_map(map),
            Value::Number(Number::Duration(nanoseconds)) => {
                Self::Text { text: duration_text(*nanoseconds).into(), quoted: true }
            }
            Value::Host(host) => return Self::of_host(host),
            other => Self::Scalar(other.clone()),
        })
    }

    fn of_list(list: &List) -> Self {
        Self::List(list.to_vec())
    }

    fn of_map(map: &Map) -> Self {
        let entries = map.entries().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        Self::Table { entries, is_struct: false }
    }

    /// Times and what has a `MarshalText` write themselves; other structs are tables of their fields.
    fn of_host(host: &Rc<dyn Host>) -> Option<Self> {
        if host.type_name() == "time.Time" {
            let format = |layout: &[u8]| host.call("Format", &[Value::str(layout)]).ok().as_ref().and_then(text_of);
            let zone = format(b"MST")?;
            let layout: &[u8] = if zone == LOCAL_DATETIME.as_bytes() {
                b"2006-01-02T15:04:05.999999999"
            } else if zone == LOCAL_DATE.as_bytes() {
                b"2006-01-02"
            } else if zone == LOCAL_TIME.as_bytes() {
                b"15:04:05.999999999"
            } else {
                RFC3339_NANO
            };
            return Some(Self::Text { text: format(layout)?, quoted: false });
        }
        if host.method("MarshalText").is_some_and(<[_]>::is_empty) {
            let text = host.call("MarshalText", &[]).ok()?;
            return Some(Self::Text { text: text_of(&text)?, quoted: true });
        }
        match host.flat_fields() {
            Some(fields) => {
                let exported = |name: &str| name.starts_with(|first: char| first.is_ascii_uppercase());
                let fields = fields.into_iter().filter(|(name, _)| exported(name));
                let entries = fields.map(|(name, value)| (Str::from(name), value)).collect();
                Some(Self::Table { entries, is_struct: true })
            }
            None => Self::of(&host.to_plain()),
        }
    }
}

fn text_of(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Str(text) | Value::Bytes(text) => Some(text.to_vec()),
        _ => None,
    }
}

/// Keys and values, with their places in the table.
type Entries<'a> = Vec<(usize, &'a Str, &'a Value)>;

struct Encoder {
    out: Vec<u8>,
    depth: usize,
    /// How often a table or array was entered.
    entered: usize,
}

impl Encoder {
    /// Writes what stands behind a key, or the whole value.
    fn value(&mut self, key: &mut Vec<Str>, item: &Item) -> Result<(), EncodeError> {
        match item {
            Item::Table { entries, .. } => self.table(key, entries),
            Item::List(items) if self.sort_of_list(items)? == Sort::Tables => self.array_of_tables(key, items),
            plain => self.key_value(key, plain, false),
        }
    }

    fn table(&mut self, key: &mut Vec<Str>, entries: &[(Str, Value)]) -> Result<(), EncodeError> {
        if key.len() == 1 {
            self.newline();
        }
        if !key.is_empty() {
            self.indent(key);
            self.header(key, b"[", b"]\n");
        }
        self.entries(key, entries)
    }

    fn array_of_tables(&mut self, key: &mut Vec<Str>, items: &[Value]) -> Result<(), EncodeError> {
        if key.is_empty() {
            return Err(EncodeError::NoKey);
        }
        for item in items {
            let Some(Item::Table { entries, .. }) = Item::of(item) else { continue };
            self.newline();
            self.indent(key);
            self.header(key, b"[[", b"]]\n");
            self.entries(key, &entries)?;
        }
        Ok(())
    }

    fn entries(&mut self, key: &mut Vec<Str>, entries: &[(Str, Value)]) -> Result<(), EncodeError> {
        self.enter()?;
        let (plain, tables) = self.split(entries)?;
        for (_, name, value) in plain.into_iter().chain(tables) {
            if let Some(item) = Item::of(value).filter(|_| !value.is_nil()) {
                key.push(name.clone());
                self.value(key, &item)?;
                key.pop();
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn key_value(&mut self, key: &[Str], item: &Item, inline: bool) -> Result<(), EncodeError> {
        let Some(name) = key.last() else { return self.element(item) };
        self.indent(key);
        push_key(&mut self.out, name);
        self.out.extend_from_slice(b" = ");
        self.element(item)?;
        if !inline {
            self.newline();
        }
        Ok(())
    }

    /// Writes a value on one line.
    fn element(&mut self, item: &Item) -> Result<(), EncodeError> {
        match item {
            Item::Scalar(value) => self.scalar(value),
            Item::Text { text, quoted: true } => {
                push_quoted(&mut self.out, text);
                Ok(())
            }
            Item::Text { text, quoted: false } => {
                self.out.extend_from_slice(text);
                Ok(())
            }
            Item::List(items) => {
                self.enter()?;
                self.out.push(b'[');
                for (index, value) in items.iter().enumerate() {
                    if index > 0 {
                        self.out.extend_from_slice(b", ");
                    }
                    self.element(&Item::of(value).ok_or(EncodeError::NilElement)?)?;
                }
                self.out.push(b']');
                self.depth -= 1;
                Ok(())
            }
            Item::Table { entries, is_struct } => self.inline_table(entries, *is_struct),
        }
    }

    fn inline_table(&mut self, entries: &[(Str, Value)], is_struct: bool) -> Result<(), EncodeError> {
        self.enter()?;
        self.out.push(b'{');
        let (plain, tables) = self.split(entries)?;
        let has_tables = !tables.is_empty();
        for (group, more) in [(plain, has_tables), (tables, false)] {
            let count = group.len();
            for (index, (position, name, value)) in group.into_iter().enumerate() {
                let Some(item) = Item::of(value).filter(|_| !value.is_nil()) else { continue };
                self.key_value(std::slice::from_ref(name), &item, true)?;
                // Go asks a struct for the field's place and a map for the key's; skipped ones count.
                let is_last = if is_struct { position + 1 == entries.len() } else { index + 1 == count && !more };
                if !is_last {
                    self.out.extend_from_slice(b", ");
                }
            }
        }
        self.out.push(b'}');
        self.depth -= 1;
        Ok(())
    }

    /// Splits into plain keys and tables, the order in which they are written, each with its place.
    fn split<'a>(&mut self, entries: &'a [(Str, Value)]) -> Result<(Entries<'a>, Entries<'a>), EncodeError> {
        let (mut plain, mut tables) = (Vec::new(), Vec::new());
        for (position, (name, value)) in entries.iter().enumerate() {
            let list = if self.sort(value)? == Sort::Plain { &mut plain } else { &mut tables };
            list.push((position, name, value));
        }
        Ok((plain, tables))
    }

    fn scalar(&mut self, value: &Value) -> Result<(), EncodeError> {
        match value {
            Value::Bool(true) => self.out.extend_from_slice(b"true"),
            Value::Bool(false) => self.out.extend_from_slice(b"false"),
            Value::Int(number) | Value::Int64(number) => self.out.extend_from_slice(number.to_string().as_bytes()),
            Value::Float(number) => push_float(&mut self.out, *number),
            Value::Str(text) => push_quoted(&mut self.out, text),
            Value::Number(Number::Complex(..)) => return Err(EncodeError::UnsupportedWhole("complex128")),
            Value::Number(number) => self.out.extend_from_slice(integer(*number).to_string().as_bytes()),
            _ => return Err(EncodeError::Unsupported("interface")),
        }
        Ok(())
    }

    fn sort(&mut self, value: &Value) -> Result<Sort, EncodeError> {
        if value.is_nil() {
            return Ok(Sort::Plain);
        }
        match Item::of(value) {
            Some(Item::Table { .. }) => Ok(Sort::Table),
            Some(Item::List(items)) => self.sort_of_list(&items),
            Some(Item::Scalar(Value::Number(Number::Complex(..)))) => Err(EncodeError::Unsupported("complex128")),
            _ => Ok(Sort::Plain),
        }
    }

    /// A list is one of tables if it has elements and all are tables; none may be nil.
    fn sort_of_list(&mut self, items: &[Value]) -> Result<Sort, EncodeError> {
        self.enter()?;
        let mut all_tables = !items.is_empty();
        for item in items {
            if item.is_nil() {
                return Err(EncodeError::NilElement);
            }
            all_tables &= self.sort(item)? == Sort::Table;
        }
        self.depth -= 1;
        Ok(if all_tables { Sort::Tables } else { Sort::Plain })
    }

    fn enter(&mut self) -> Result<(), EncodeError> {
        self.depth += 1;
        self.entered += 1;
        if self.entered > MAX_WORK || self.out.len() > MAX_WORK {
            return Err(EncodeError::TooLarge { limit: MAX_WORK });
        }
        if self.depth > MAX_DEPTH { Err(EncodeError::TooDeep { limit: MAX_DEPTH }) } else { Ok(()) }
    }

    /// Writes a newline, unless nothing has been written yet.
    fn newline(&mut self) {
        if !self.out.is_empty() {
            self.out.push(b'\n');
        }
    }

    fn indent(&mut self, key: &[Str]) {
        for _ in 1..key.len() {
            self.out.extend_from_slice(b"  ");
        }
    }

    fn header(&mut self, key: &[Str], open: &[u8], close: &[u8]) {
        self.out.extend_from_slice(open);
        for (index, part) in key.iter().enumerate() {
            if index > 0 {
                self.out.push(b'.');
            }
            push_key(&mut self.out, part);
        }
        self.out.extend_from_slice(close);
    }
}

/// Writes a key, quoted where it has to be.
pub(super) fn push_key(out: &mut Vec<u8>, key: &[u8]) {
    let is_bare = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !key.is_empty() && key.iter().all(is_bare) {
        out.extend_from_slice(key);
    } else {
        push_quoted(out, key);
    }
}

fn push_quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\x08' => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\x0c' => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..0x20 | 0x7f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

fn push_float(out: &mut Vec<u8>, number: f64) {
    if number.is_nan() {
        out.extend_from_slice(if number.is_sign_negative() { b"-nan" } else { b"nan" });
        return;
    }
    if number.is_infinite() {
        out.extend_from_slice(if number < 0.0 { b"-inf" } else { b"inf" });
        return;
    }
    let from = out.len();
    append_float(out, number, FloatFormat::General, None);
    if !out[from..].iter().any(|byte| matches!(byte, b'e' | b'.')) {
        out.extend_from_slice(b".0");
    }
}
