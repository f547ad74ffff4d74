//! Writes JSON: `json.Marshal`, `json.MarshalIndent`, and the encoder without HTML escapes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::yaml::number::{push_int, push_json_float, push_uint};
use crate::yaml::utf8::first_char;
use crate::yaml::{MAXIMUM_DEPTH, MAXIMUM_TEXT, Tree, View};

/// A value without a JSON form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// NaN or an infinity.
    #[error("json: unsupported value: {0}")]
    Value(&'static str),
    /// A Go type that JSON does not know.
    #[error("json: unsupported type: {0}")]
    Type(&'static str),
    /// The method that writes a value fails.
    #[error("json: {0}")]
    Method(String),
    /// The value is nested too deep, most likely because it contains itself.
    #[error("json: unsupported value: encountered a cycle via {0}")]
    Cycle(&'static str),
    /// The text would be longer than can be written.
    #[error("value is longer than the limit of {limit} bytes of text")]
    TooLong {
        /// The limit.
        limit: usize,
    },
}

/// Whether `<`, `>` and `&` are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Html {
    /// As `json.Marshal` does.
    Escaped,
    /// As an encoder with `SetEscapeHTML(false)` does.
    Raw,
}

/// Writes a value as `json.Marshal` does, or, with [`Html::Raw`], as `toRawJson` does.
///
/// # Errors
/// The value holds NaN, an infinity, a type without JSON form, or itself.
pub fn encode<T: Tree>(value: &T, html: Html) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(128);
    encode_into(&mut out, value, html)?;
    Ok(out)
}

/// Appends a value to a buffer; see [`encode`]. On an error the buffer holds part of the value.
///
/// # Errors
/// As [`encode`].
pub fn encode_into<T: Tree>(out: &mut Vec<u8>, value: &T, html: Html) -> Result<(), EncodeError> {
    Writer { out, html, indent: None }.value(value, 0)
}

/// Writes a value as `json.MarshalIndent(value, "", indent)` does.
///
/// # Errors
/// As [`encode`].
pub fn encode_pretty<T: Tree>(value: &T, indent: &str) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(256);
    Writer { out: &mut out, html: Html::Escaped, indent: Some(indent.as_bytes()) }.value(value, 0)?;
    Ok(out)
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
    html: Html,
    indent: Option<&'o [u8]>,
}

impl Writer<'_> {
    fn value<T: Tree>(&mut self, value: &T, depth: usize) -> Result<(), EncodeError> {
        if self.out.len() > MAXIMUM_TEXT {
            return Err(EncodeError::TooLong { limit: MAXIMUM_TEXT });
        }
        value.view(|view| self.shown(&view, depth))
    }

    fn shown<T: Tree>(&mut self, view: &View<'_, T>, depth: usize) -> Result<(), EncodeError> {
        match view {
            View::Null | View::NilList | View::NilMap => self.out.extend_from_slice(b"null"),
            View::Bool(true) => self.out.extend_from_slice(b"true"),
            View::Bool(false) => self.out.extend_from_slice(b"false"),
            View::Int(value) | View::Duration(value) => push_int(self.out, *value),
            View::Uint(value) => push_uint(self.out, *value),
            View::Float(value) => self.float(*value)?,
            View::Str(text) | View::Time(text, None) => push_string(self.out, text, self.html),
            View::Time(_, Some(reason)) => return Err(EncodeError::Method((*reason).to_owned())),
            View::Bytes(bytes) => {
                self.out.push(b'"');
                self.out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
                self.out.push(b'"');
            }
            View::Unsupported(type_name) => return Err(EncodeError::Type(type_name)),
            View::List(items) => {
                if depth >= MAXIMUM_DEPTH {
                    return Err(EncodeError::Cycle("[]interface {}"));
                }
                self.out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index, depth + 1);
                    self.value(item, depth + 1)?;
                }
                self.close(b']', items.is_empty(), depth);
            }
            View::Map(entries) => self.object(entries.iter(), entries.is_empty(), depth)?,
            View::Fields(fields, _) => {
                self.object(fields.iter().map(|(name, value)| (name, value)), fields.is_empty(), depth)?;
            }
        }
        Ok(())
    }

    fn object<'v, T: Tree + 'v>(
        &mut self,
        entries: impl Iterator<Item = (&'v crate::yaml::Str, &'v T)>,
        is_empty: bool,
        depth: usize,
    ) -> Result<(), EncodeError> {
        if depth >= MAXIMUM_DEPTH {
            return Err(EncodeError::Cycle("map[string]interface {}"));
        }
        self.out.push(b'{');
        for (index, (key, value)) in entries.enumerate() {
            self.separate(index, depth + 1);
            push_string(self.out, key, self.html);
            self.out.push(b':');
            if self.indent.is_some() {
                self.out.push(b' ');
            }
            self.value(value, depth + 1)?;
        }
        self.close(b'}', is_empty, depth);
        Ok(())
    }

    fn float(&mut self, value: f64) -> Result<(), EncodeError> {
        if value.is_nan() {
            return Err(EncodeError::Value("NaN"));
        }
        if value.is_infinite() {
            return Err(EncodeError::Value(if value > 0.0 { "+Inf" } else { "-Inf" }));
        }
        push_json_float(self.out, value);
        Ok(())
    }

    fn separate(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.out.push(b',');
        }
        self.line(depth);
    }

    fn close(&mut self, bracket: u8, empty: bool, depth: usize) {
        if !empty {
            self.line(depth);
        }
        self.out.push(bracket);
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.indent {
            self.out.push(b'\n');
            for _ in 0..depth {
                self.out.extend_from_slice(indent);
            }
        }
    }
}

/// Appends a JSON string. Bytes that are no UTF-8 become `\ufffd`, each byte its own.
pub(crate) fn push_string(out: &mut Vec<u8>, text: &[u8], html: Html) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let mut rest = text;
    loop {
        let plain = rest.iter().position(|&byte| !is_plain(byte, html)).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        rest = &rest[plain..];
        let Some((&byte, after)) = rest.split_first() else { break };
        if byte < 0x80 {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                0x08 => out.extend_from_slice(b"\\b"),
                0x0c => out.extend_from_slice(b"\\f"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                _ => {
                    out.extend_from_slice(b"\\u00");
                    out.push(HEX[usize::from(byte >> 4)]);
                    out.push(HEX[usize::from(byte & 15)]);
                }
            }
            rest = after;
            continue;
        }
        let Some((value, width)) = first_char(rest) else {
            out.extend_from_slice(b"\\ufffd");
            rest = after;
            continue;
        };
        match value {
            '\u{2028}' => out.extend_from_slice(b"\\u2028"),
            '\u{2029}' => out.extend_from_slice(b"\\u2029"),
            _ => out.extend_from_slice(&rest[..width]),
        }
        rest = &rest[width..];
    }
    out.push(b'"');
}

fn is_plain(byte: u8, html: Html) -> bool {
    match byte {
        b'"' | b'\\' => false,
        b'<' | b'>' | b'&' => html == Html::Raw,
        0x20..=0x7f => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Data, DataMap};

    fn text(value: &Data) -> String {
        String::from_utf8(encode(value, Html::Escaped).unwrap()).unwrap()
    }

    #[test]
    fn escapes_as_go_does() {
        assert_eq!(
            text(&Data::from("<a&b>\u{2028}\u{7f}\u{8}\u{1}é")),
            "\"\\u003ca\\u0026b\\u003e\\u2028\u{7f}\\b\\u0001é\""
        );
        assert_eq!(encode(&Data::from("<&>"), Html::Raw).unwrap(), b"\"<&>\"");
        let broken = Data::String(vec![b'a', 0xe2, 0x80, b'b'].into());
        assert_eq!(text(&broken), r#""a\ufffd\ufffdb""#);
    }

    #[test]
    fn indents_but_leaves_empty_containers_on_one_line() {
        let map: DataMap =
            [("b".into(), Data::map()), ("a".into(), Data::from(vec![Data::Float(1.0), Data::Null]))].into();
        let pretty = encode_pretty(&Data::from(map), "  ").unwrap();
        assert_eq!(String::from_utf8(pretty).unwrap(), "{\n  \"a\": [\n    1,\n    null\n  ],\n  \"b\": {}\n}");
    }

    #[test]
    fn refuses_what_json_does_not_know() {
        assert_eq!(encode(&Data::Float(f64::NAN), Html::Raw).unwrap_err().to_string(), "json: unsupported value: NaN");
    }
}
