//! From the nodes of a document to [`Data`]: go-yaml's decoder, then the way through JSON.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;

use super::nodes::{Document, Node, NodeKind};
use super::number::{push_int, push_shortest_float32};
use super::resolve::{Scalar, Version, resolve};
use super::utf8::replace_invalid;
use super::{Data, Error, Limits, Str};

const LONG_TAG: &[u8] = b"tag:yaml.org,2002:";

/// Go's standard base64: padding required, bits after the end ignored.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// What becomes of integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Integers {
    /// Floats, as everything that went through JSON.
    Floats,
    /// [`Data::Int`], as go-yaml sees them.
    Kept,
}

/// Decodes a document.
pub(super) fn decode(document: &Document<'_>, limits: &Limits, integers: Integers) -> Result<Data, Error> {
    let mut decoder = Decoder {
        limits,
        integers,
        // go-yaml counts the document as well.
        decoded: 1,
        through_aliases: 0,
        alias_depth: 0,
        active_aliases: Vec::new(),
        key_problem: None,
        is_infinite: false,
    };
    let data = decoder.node(document.root(), 0)?;
    if let Some(KeyProblem { key, value, .. }) = decoder.key_problem {
        return Err(Error::Conversion { message: format!("unsupported map key of type: {key}, value: {value}") });
    }
    if decoder.is_infinite
        && let Some(value) = first_infinite(&data)
    {
        return Err(Error::Conversion { message: format!("json: unsupported value: {value}") });
    }
    Ok(data)
}

/// Finds the first number without a JSON form, in the order in which JSON is written.
fn first_infinite(data: &Data) -> Option<&'static str> {
    match data {
        Data::Float(value) if value.is_nan() => Some("NaN"),
        Data::Float(value) if value.is_infinite() => Some(if *value > 0.0 { "+Inf" } else { "-Inf" }),
        Data::List(items) => items.iter().find_map(first_infinite),
        Data::Map(map) => map.values().find_map(first_infinite),
        _ => None,
    }
}

struct Decoder<'l> {
    limits: &'l Limits,
    integers: Integers,
    decoded: usize,
    through_aliases: usize,
    alias_depth: usize,
    active_aliases: Vec<usize>,
    /// The first key without a JSON form: an error, but only if everything else is sound.
    key_problem: Option<KeyProblem>,
    is_infinite: bool,
}

/// A key without a JSON form, in Go's words; the value is that of the last such key of the map.
struct KeyProblem {
    map: usize,
    key: String,
    value: String,
}

fn failure(message: impl Into<String>, node: Node<'_>) -> Error {
    Error::Syntax { message: message.into(), line: Some(node.line()) }
}

impl Decoder<'_> {
    /// Counts a node as go-yaml does, and refuses a document that consists of aliases for the most part.
    fn count(&mut self, node: Node<'_>) -> Result<(), Error> {
        self.decoded += 1;
        if self.alias_depth > 0 {
            self.through_aliases += 1;
            let share = self.through_aliases as f64 / self.decoded as f64;
            if self.through_aliases > 100 && self.decoded > 1000 && share > allowed_alias_share(self.decoded) {
                return Err(failure("document contains excessive aliasing", node));
            }
        }
        if self.decoded > self.limits.nodes {
            return Err(Error::TooManyNodes { limit: self.limits.nodes });
        }
        Ok(())
    }

    fn node(&mut self, node: Node<'_>, depth: usize) -> Result<Data, Error> {
        self.count(node)?;
        match node.kind() {
            NodeKind::Scalar(text, _) => self.scalar(node, text),
            NodeKind::Alias(_) => self.through_alias(node, |decoder, target| decoder.node(target, depth)),
            NodeKind::List { .. } => {
                self.check_depth(depth)?;
                let items: Result<Vec<Data>, Error> =
                    node.children().map(|child| self.node(child, depth + 1)).collect();
                Ok(Data::List(Arc::new(items?)))
            }
            NodeKind::Map { .. } => {
                self.check_depth(depth)?;
                let mut entries = Vec::new();
                self.map_entries(node, &mut entries, depth)?;
                Ok(Data::Map(Arc::new(entries.into_iter().collect())))
            }
        }
    }

    fn check_depth(&self, depth: usize) -> Result<(), Error> {
        if depth >= self.limits.depth { Err(Error::TooDeep { limit: self.limits.depth }) } else { Ok(()) }
    }

    fn through_alias<T>(
        &mut self,
        alias: Node<'_>,
        decode: impl FnOnce(&mut Self, Node<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let (NodeKind::Alias(name), Some(target)) = (alias.kind(), alias.target()) else {
            return decode(self, alias);
        };
        if self.active_aliases.contains(&alias.index()) {
            let name = String::from_utf8_lossy(name);
            return Err(failure(format!("anchor '{name}' value contains itself"), alias));
        }
        if self.active_aliases.len() >= self.limits.depth {
            return Err(Error::TooDeep { limit: self.limits.depth });
        }
        self.active_aliases.push(alias.index());
        self.alias_depth += 1;
        let decoded = decode(self, target)?;
        self.alias_depth -= 1;
        self.active_aliases.pop();
        Ok(decoded)
    }

    /// Decodes the entries of a map after others, which they overrule: a merge counts at the place where it stands.
    fn map_entries(&mut self, map: Node<'_>, entries: &mut Vec<(Str, Data)>, depth: usize) -> Result<(), Error> {
        for (key, value) in map.entries() {
            if is_merge(key) {
                self.merge(value, entries, depth)?;
                continue;
            }
            match self.key(key, depth)? {
                Ok(name) => {
                    let data = self.node(value, depth + 1)?;
                    entries.push((name, data));
                }
                Err(key) => {
                    self.note_key_problem(map, key);
                    self.node(value, depth + 1)?;
                    self.note_problem_value(map, value);
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, value: Node<'_>, entries: &mut Vec<(Str, Data)>, depth: usize) -> Result<(), Error> {
        match value.kind() {
            NodeKind::List { .. } => {
                // Backwards, since earlier maps take precedence.
                let maps: Vec<Node<'_>> = value.children().collect();
                maps.into_iter().rev().try_for_each(|map| self.merge_one(map, entries, depth))
            }
            _ => self.merge_one(value, entries, depth),
        }
    }

    fn merge_one(&mut self, value: Node<'_>, entries: &mut Vec<(Str, Data)>, depth: usize) -> Result<(), Error> {
        if !value.target().unwrap_or(value).is_map() {
            return Err(failure("map merge requires map or sequence of maps as the value", value));
        }
        self.count(value)?;
        if value.target().is_none() {
            self.check_depth(depth)?;
            return self.map_entries(value, entries, depth + 1);
        }
        self.through_alias(value, |decoder, target| {
            decoder.count(target)?;
            decoder.check_depth(depth)?;
            decoder.map_entries(target, entries, depth + 1)
        })
    }

    /// Decodes a key, or says in Go's words which key has no JSON form.
    fn key(&mut self, key: Node<'_>, depth: usize) -> Result<Result<Str, String>, Error> {
        let target = key.target().unwrap_or(key);
        if target.text().is_none() {
            self.node(key, depth + 1)?;
            return Err(failure(format!("invalid map key: {}", go_syntax(target)), key));
        }
        self.count(key)?;
        if key.target().is_some() {
            self.through_alias(key, Self::count)?;
        }
        let text = target.text().unwrap_or_default();
        let mut name = Vec::new();
        match classify(target, text)? {
            Resolved::Text(text) => return Ok(Ok(text)),
            Resolved::Scalar(Scalar::Int(value)) => push_int(&mut name, value),
            Resolved::Scalar(Scalar::Bool(value)) => name.extend_from_slice(if value { b"true" } else { b"false" }),
            Resolved::Scalar(Scalar::Float(value)) if value.is_nan() => name.extend_from_slice(b".nan"),
            Resolved::Scalar(Scalar::Float(f64::INFINITY)) => name.extend_from_slice(b".inf"),
            Resolved::Scalar(Scalar::Float(f64::NEG_INFINITY)) => name.extend_from_slice(b"-.inf"),
            Resolved::Scalar(Scalar::Float(value)) => {
                push_shortest_float32(&mut name, value);
                match &name[..] {
                    b"+Inf" => name = b".inf".to_vec(),
                    b"-Inf" => name = b"-.inf".to_vec(),
                    _ => {}
                }
            }
            Resolved::Scalar(Scalar::Uint(number)) => {
                return Ok(Err(format!("uint64, key: {number:#x}")));
            }
            Resolved::Scalar(_) => return Ok(Err("%!s(<nil>), key: <nil>".to_owned())),
        }
        Ok(Ok(Str::from(name)))
    }

    fn note_key_problem(&mut self, map: Node<'_>, key: String) {
        self.key_problem.get_or_insert_with(|| KeyProblem { map: map.index(), key, value: String::new() });
    }

    /// Notes the value of a key that was noted. It has been decoded, so that it can be printed within bounds.
    fn note_problem_value(&mut self, map: Node<'_>, value: Node<'_>) {
        if let Some(problem) = self.key_problem.as_mut().filter(|problem| problem.map == map.index()) {
            problem.value = match go_syntax(value) {
                nil if nil == "interface {}(nil)" => "<nil>".to_owned(),
                value => value,
            };
        }
    }

    fn scalar(&mut self, node: Node<'_>, text: &[u8]) -> Result<Data, Error> {
        Ok(match classify(node, text)? {
            Resolved::Text(text) => Data::String(text),
            Resolved::Scalar(scalar) => match scalar {
                Scalar::Bool(value) => Data::Bool(value),
                Scalar::Int(value) if self.integers == Integers::Kept => Data::Int(value),
                Scalar::Int(value) => Data::Float(value as f64),
                Scalar::Uint(value) => Data::Float(value as f64),
                Scalar::Float(value) => {
                    self.is_infinite |= !value.is_finite();
                    Data::Float(value)
                }
                _ => Data::Null,
            },
        })
    }
}

fn allowed_alias_share(decoded: usize) -> f64 {
    const LOW: usize = 400_000;
    const HIGH: usize = 4_000_000;
    match decoded {
        0..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - LOW) as f64 / (HIGH - LOW) as f64),
    }
}

fn is_merge(key: Node<'_>) -> bool {
    key.text() == Some(b"<<") && (key.is_implicit() || key.tag() == Some(b"tag:yaml.org,2002:merge"))
}

enum Resolved {
    Text(Str),
    Scalar(Scalar),
}

/// Decides what a scalar is, by its tag, its quotes and its text.
fn classify(node: Node<'_>, text: &[u8]) -> Result<Resolved, Error> {
    let Some(tag) = node.tag() else {
        if !node.is_implicit() {
            return Ok(Resolved::Text(Str::from(text)));
        }
        return Ok(match resolve(text, Version::V2) {
            Scalar::Str | Scalar::Timestamp => Resolved::Text(Str::from(text)),
            scalar => Resolved::Scalar(scalar),
        });
    };
    let wanted = match tag.strip_prefix(LONG_TAG) {
        Some(b"bool") => "!!bool",
        Some(b"int") => "!!int",
        Some(b"float") => "!!float",
        Some(b"null") => "!!null",
        Some(b"timestamp") => "!!timestamp",
        Some(b"binary") => return decode_binary(node, text).map(Resolved::Text),
        _ => return Ok(Resolved::Text(Str::from(text))),
    };
    let mut found = resolve(text, Version::V2);
    // Only an explicit tag makes a date of a text, and a date is no number.
    if found == Scalar::Timestamp && wanted != "!!timestamp" {
        found = Scalar::Str;
    }
    match (found, wanted) {
        (Scalar::Int(value), "!!float") => Ok(Resolved::Scalar(Scalar::Float(value as f64))),
        (Scalar::Timestamp, "!!timestamp") => Ok(Resolved::Text(Str::from(text))),
        _ if found.tag() == wanted => Ok(Resolved::Scalar(found)),
        _ => {
            let text = String::from_utf8_lossy(text);
            Err(failure(format!("cannot decode {} `{text}` as a {wanted}", found.tag()), node))
        }
    }
}

fn decode_binary(node: Node<'_>, text: &[u8]) -> Result<Str, Error> {
    let plain: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    match BASE64.decode(plain) {
        Ok(bytes) => Ok(Str::from(replace_invalid(&bytes))),
        Err(_) => Err(failure("!!binary value contains invalid base64 data", node)),
    }
}

/// Nobody reads what is nested deeper in a message, and an alias may contain itself.
const DEEPEST_SYNTAX: usize = 20;

/// Prints a node as `%#v` prints what go-yaml makes of it, for error messages.
fn go_syntax(node: Node<'_>) -> String {
    let mut out = String::new();
    push_go_syntax(&mut out, node, 0);
    out
}

fn push_go_syntax(out: &mut String, node: Node<'_>, depth: usize) {
    if depth > DEEPEST_SYNTAX {
        out.push('…');
        return;
    }
    match node.kind() {
        NodeKind::Alias(_) => {
            if let Some(target) = node.target() {
                push_go_syntax(out, target, depth + 1);
            }
        }
        NodeKind::Scalar(text, _) => out.push_str(&scalar_syntax(node, text)),
        NodeKind::List { .. } => {
            out.push_str("[]interface {}{");
            for (index, child) in node.children().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                push_go_syntax(out, child, depth + 1);
            }
            out.push('}');
        }
        NodeKind::Map { .. } => {
            let mut set = Vec::new();
            push_set_entries(&mut set, node, depth);
            let mut entries: Vec<(String, String)> = set
                .into_iter()
                .map(|(key, value)| {
                    let (mut name, mut shown) = (String::new(), String::new());
                    push_go_syntax(&mut name, key, depth + 1);
                    push_go_syntax(&mut shown, value, depth + 1);
                    (name, shown)
                })
                .collect();
            // The last of equal keys counts.
            entries.reverse();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            entries.dedup_by(|(a, _), (b, _)| a == b);
            out.push_str("map[interface {}]interface {}{");
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                out.push_str(key);
                out.push(':');
                out.push_str(value);
            }
            out.push('}');
        }
    }
}

/// Appends the entries of a map as go-yaml sets them one after the other: those of merged maps in place of the merge.
fn push_set_entries<'n>(set: &mut Vec<(Node<'n>, Node<'n>)>, map: Node<'n>, depth: usize) {
    if depth > DEEPEST_SYNTAX {
        return;
    }
    for (key, value) in map.entries() {
        if !is_merge(key) {
            set.push((key, value));
            continue;
        }
        let merged: Vec<Node<'n>> = match value.kind() {
            NodeKind::List { .. } => value.children().collect(),
            _ => vec![value],
        };
        for map in merged.into_iter().rev() {
            push_set_entries(set, map.target().unwrap_or(map), depth + 1);
        }
    }
}

fn scalar_syntax(node: Node<'_>, text: &[u8]) -> String {
    match classify(node, text) {
        Ok(Resolved::Scalar(Scalar::Null)) => "interface {}(nil)".to_owned(),
        Ok(Resolved::Scalar(Scalar::Bool(value))) => value.to_string(),
        Ok(Resolved::Scalar(Scalar::Int(value))) => value.to_string(),
        Ok(Resolved::Scalar(Scalar::Uint(value))) => format!("{value:#x}"),
        Ok(Resolved::Scalar(Scalar::Float(value))) => {
            let mut out = Vec::new();
            super::number::push_shortest_float(&mut out, value);
            String::from_utf8_lossy(&out).into_owned()
        }
        other => {
            let text = match &other {
                Ok(Resolved::Text(text)) => &text[..],
                _ => text,
            };
            let mut out = String::from("\"");
            for value in String::from_utf8_lossy(text).chars() {
                push_quoted(&mut out, value);
            }
            out.push('"');
            out
        }
    }
}

/// Appends a rune as `strconv.Quote` does.
fn push_quoted(out: &mut String, value: char) {
    let code = u32::from(value);
    let short = match value {
        '"' | '\\' => Some(value),
        '\u{7}' => Some('a'),
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        '\u{b}' => Some('v'),
        _ => None,
    };
    if let Some(short) = short {
        out.extend(['\\', short]);
    } else if is_printable(value) {
        out.push(value);
    } else if code < 0x80 {
        let _ = write!(out, "\\x{code:02x}");
    } else if code <= 0xffff {
        let _ = write!(out, "\\u{code:04x}");
    } else {
        let _ = write!(out, "\\U{code:08x}");
    }
}

fn is_printable(value: char) -> bool {
    static HIDDEN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[\p{C}\p{Z}]$").ok());
    value == ' ' || HIDDEN.as_ref().is_some_and(|hidden| !hidden.is_match(value.encode_utf8(&mut [0; 4])))
}
