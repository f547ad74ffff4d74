//! Walks over a value and writes its nodes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::emitter::Emitter;
use super::order::sort_by_key;
use super::scalar::{Analysis, analyze, quotes, style};
use crate::yaml::json::{Html, push_string};
use crate::yaml::number::{
    parse_int, parse_uint, push_duration, push_int, push_json_float, push_shortest_float, push_uint,
};
use crate::yaml::resolve::Version;
use crate::yaml::{EmitError, MAXIMUM_DEPTH, MAXIMUM_TEXT, Style, Tree, View};

/// Why writing stopped.
pub(super) enum Stop {
    /// Nested too deep.
    TooDeep,
    /// The text is too long.
    TooLong,
    /// A type that cannot be written.
    Unsupported(&'static str),
    /// Something that JSON or go-yaml's reader would change or refuse.
    ChangedByJson,
}

impl Stop {
    pub(super) fn into_error(self) -> EmitError {
        match self {
            Self::TooDeep => EmitError::TooDeep { limit: MAXIMUM_DEPTH },
            Self::TooLong => EmitError::TooLong { limit: MAXIMUM_TEXT },
            Self::Unsupported(name) => EmitError::Yaml { message: format!("cannot marshal type: {name}") },
            Self::ChangedByJson => EmitError::Yaml { message: "value has no JSON form".to_owned() },
        }
    }
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    TopOrItem,
    MapValue,
    /// A key on a line with its value.
    Key,
    /// A key after `?`.
    LongKey,
}

/// Writes one document.
pub(super) struct Walk<'o> {
    emitter: Emitter<'o>,
    version: Version,
    /// Values are written that JSON must not change: they have not been through it.
    guards_json: bool,
}

impl<'o> Walk<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>, version: Version) -> Self {
        Self { emitter: Emitter::new(out, version), version, guards_json: version == Version::V2 }
    }

    /// For values that have been through JSON.
    pub(super) fn after_json(out: &'o mut Vec<u8>) -> Self {
        Self { emitter: Emitter::new(out, Version::V2), version: Version::V2, guards_json: false }
    }

    /// Writes a value and the line end after it.
    pub(super) fn document<T: Tree>(mut self, value: &T) -> Result<(), Stop> {
        self.node(value, Place::TopOrItem, 0)?;
        self.emitter.write_indent();
        Ok(())
    }

    fn node<T: Tree>(&mut self, value: &T, place: Place, depth: usize) -> Result<(), Stop> {
        // Values are shared: a few dozen lists, each twice in the next one, have more leaves than can be written.
        if self.emitter.out.len() > MAXIMUM_TEXT {
            return Err(Stop::TooLong);
        }
        value.view(|view| self.shown(&view, place, depth))
    }

    fn shown<T: Tree>(&mut self, view: &View<'_, T>, place: Place, depth: usize) -> Result<(), Stop> {
        match view {
            View::NilList if self.version == Version::V3 => self.empty(b"[", b"]"),
            View::NilMap if self.version == Version::V3 => self.empty(b"{", b"}"),
            View::Null | View::NilList | View::NilMap => {
                self.emitter.write_word(|out| out.extend_from_slice(b"null"));
            }
            View::Bool(true) => self.emitter.write_word(|out| out.extend_from_slice(b"true")),
            View::Bool(false) => self.emitter.write_word(|out| out.extend_from_slice(b"false")),
            View::Int(value) => self.emitter.write_word(|out| push_int(out, *value)),
            View::Uint(value) => self.emitter.write_word(|out| push_uint(out, *value)),
            View::Float(value) => return self.float(*value),
            View::Str(text) => return self.string(text, place),
            View::Time(text, None) if self.version == Version::V2 => return self.string(text, place),
            View::Time(_, Some(_)) if self.version == Version::V2 => return Err(Stop::ChangedByJson),
            View::Time(text, _) => self.emitter.write_word(|out| out.extend_from_slice(text)),
            View::Bytes(bytes) if self.version == Version::V2 => {
                return self.string(STANDARD.encode(bytes).as_bytes(), place);
            }
            View::Bytes(bytes) => self.bytes(bytes, place),
            View::Duration(value) if self.version == Version::V2 => {
                self.emitter.write_word(|out| push_int(out, *value));
            }
            View::Duration(value) => {
                let mut text = Vec::new();
                push_duration(&mut text, *value);
                return self.string(&text, place);
            }
            View::Unsupported(name) => return Err(Stop::Unsupported(name)),
            View::List([]) => self.empty(b"[", b"]"),
            View::List(items) => {
                if depth >= MAXIMUM_DEPTH {
                    return Err(Stop::TooDeep);
                }
                let before = self.open_list(place);
                for item in *items {
                    self.emitter.write_indent();
                    self.emitter.write_indicator(b"-", true, false, true);
                    self.node(item, Place::TopOrItem, depth + 1)?;
                }
                self.emitter.restore_indent(before);
            }
            View::Map(map) if map.is_empty() => self.empty(b"{", b"}"),
            View::Map(map) => self.map(map.iter().map(|(key, value)| (&**key, value)).collect(), depth, true)?,
            View::Fields(json, yaml) => {
                let fields = if self.version == Version::V2 { json } else { yaml };
                if fields.is_empty() {
                    self.empty(b"{", b"}");
                } else {
                    self.map(
                        fields.iter().map(|(key, value)| (&**key, value)).collect(),
                        depth,
                        self.version == Version::V2,
                    )?;
                }
            }
        }
        Ok(())
    }

    fn map<T: Tree>(&mut self, mut entries: Vec<(&[u8], &T)>, depth: usize, sorted: bool) -> Result<(), Stop> {
        if depth >= MAXIMUM_DEPTH {
            return Err(Stop::TooDeep);
        }
        let before = self.emitter.increase_indent(false, false);
        if sorted {
            sort_by_key(&mut entries, self.version);
        }
        for (key, value) in entries {
            self.entry(key, value, depth)?;
        }
        self.emitter.restore_indent(before);
        Ok(())
    }

    fn open_list(&mut self, place: Place) -> super::emitter::Indent {
        // v2 does not indent a list under its key, unless the key is a long one.
        let indentless = self.version == Version::V2 && place == Place::MapValue && !self.emitter.indention;
        self.emitter.increase_indent(false, indentless)
    }

    fn empty(&mut self, open: &[u8], close: &[u8]) {
        self.emitter.write_indicator(open, true, true, false);
        self.emitter.write_indicator(close, false, false, false);
    }

    fn bytes(&mut self, bytes: &[u8], place: Place) {
        if bytes.is_empty() {
            return self.empty(b"[", b"]");
        }
        let before = self.open_list(place);
        for byte in bytes {
            self.emitter.write_indent();
            self.emitter.write_indicator(b"-", true, false, true);
            self.emitter.write_word(|out| push_uint(out, (*byte).into()));
        }
        self.emitter.restore_indent(before);
    }

    fn entry<T: Tree>(&mut self, key: &[u8], value: &T, depth: usize) -> Result<(), Stop> {
        self.emitter.write_indent();
        let analysis = self.analysis(key)?;
        if self.guards_json && is_too_long_for_json_key(key) {
            return Err(Stop::ChangedByJson);
        }
        if is_simple_key(key, analysis.as_ref()) {
            self.text(key, analysis, Place::Key);
            self.emitter.write_indicator(b":", false, false, false);
        } else {
            self.emitter.write_indicator(b"?", true, false, true);
            self.text(key, analysis, Place::LongKey);
            self.emitter.write_indent();
            self.emitter.write_indicator(b":", true, false, true);
        }
        self.node(value, Place::MapValue, depth + 1)
    }

    fn string(&mut self, text: &[u8], place: Place) -> Result<(), Stop> {
        let analysis = self.analysis(text)?;
        self.text(text, analysis, place);
        Ok(())
    }

    fn analysis(&self, text: &[u8]) -> Result<Option<Analysis>, Stop> {
        let analysis = analyze(text, self.version);
        if self.guards_json && analysis.is_none_or(|analysis| analysis.changed_by_json) {
            return Err(Stop::ChangedByJson);
        }
        Ok(analysis)
    }

    fn text(&mut self, text: &[u8], analysis: Option<Analysis>, place: Place) {
        let as_key = place == Place::Key;
        if let Some(analysis) = analysis {
            let style = style(text, analysis, as_key, self.version);
            return self.emitter.write_scalar(text, style, as_key);
        }
        // Not UTF-8: base64 under a tag.
        let encoded = encode_base64(text);
        self.emitter.write_tag(BINARY_TAG);
        let analysis = analyze(&encoded, self.version).unwrap_or_default();
        let style = if encoded.contains(&b'\n') { Style::Literal } else { quotes(analysis) };
        self.emitter.write_scalar(&encoded, style, as_key);
    }

    fn float(&mut self, value: f64) -> Result<(), Stop> {
        if !value.is_finite() {
            if self.guards_json {
                return Err(Stop::ChangedByJson);
            }
            let word: &[u8] = if value.is_nan() {
                b".nan"
            } else if value > 0.0 {
                b".inf"
            } else {
                b"-.inf"
            };
            self.emitter.write_word(|out| out.extend_from_slice(word));
            return Ok(());
        }
        self.emitter.write_word(|out| {
            let start = out.len();
            if self.version == Version::V2 && value.trunc() == value && value.abs() < 1e21 {
                // JSON writes an integer, and -0, which YAML reads as the integer 0.
                push_json_float(out, if value == 0.0 { 0.0 } else { value });
                let fits = |digits: &[u8]| parse_int(digits, 10).is_some() || parse_uint(digits, 10).is_some();
                if value.abs() < 9e18 || fits(&out[start..]) {
                    return;
                }
                out.truncate(start);
            }
            push_shortest_float(out, value);
        });
        Ok(())
    }
}

/// Tells whether a key fits on the line of its value.
fn is_simple_key(key: &[u8], analysis: Option<&Analysis>) -> bool {
    if let Some(analysis) = analysis {
        return !analysis.multiline && key.len() <= 128;
    }
    let encoded = encode_base64(key);
    !encoded.contains(&b'\n') && encoded.len() + BINARY_TAG.len() <= 128
}

const BINARY_TAG: &[u8] = b"!!binary";

/// Tells whether a key is longer in JSON than the 1024 characters that go-yaml looks ahead.
fn is_too_long_for_json_key(key: &[u8]) -> bool {
    if key.len() < 1024 / 6 {
        return false;
    }
    let mut json = Vec::new();
    push_string(&mut json, key, Html::Escaped);
    json.iter().filter(|byte| **byte & 0xc0 != 0x80).count() > 1024
}

/// Encodes as go-yaml does, in lines of 70 where it does not fit one.
fn encode_base64(bytes: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(bytes).into_bytes();
    if encoded.len() < 70 {
        return encoded;
    }
    let mut out = Vec::with_capacity(encoded.len() + encoded.len() / 70 + 1);
    for line in encoded.chunks(70) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out
}
