//! Reads JSON: `json.Unmarshal` into an `interface {}`, a map or a list.

use std::sync::Arc;

use crate::yaml::utf8::first_char;
use crate::yaml::{Data, DataMap, Limits, Str};

/// A text that is no JSON, or not the JSON that was asked for, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text is no JSON.
    #[error("{message}")]
    Syntax {
        /// Go's words.
        message: String,
        /// Number of bytes read when the error was found.
        offset: usize,
    },
    /// The value is not of the type that was asked for, or a number is out of range.
    #[error("json: cannot unmarshal {found} into Go value of type {wanted}")]
    Type {
        /// The JSON type (or number) that was found.
        found: String,
        /// The Go type that was asked for.
        wanted: &'static str,
    },
    /// Nested deeper than the limit.
    #[error("maps and lists are nested deeper than the limit of {limit}")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The text holds more values than the limit.
    #[error("text holds more values than the limit of {limit}")]
    TooManyNodes {
        /// The limit.
        limit: usize,
    },
    /// The text is longer than the limit.
    #[error("text of {size} bytes is larger than the limit of {limit}")]
    TooLarge {
        /// Size of the text.
        size: usize,
        /// The limit.
        limit: usize,
    },
}

/// Reads any JSON value, as `json.Unmarshal` into an `interface {}` does.
///
/// # Errors
/// The text is no JSON, holds a number beyond float64, or goes over a limit.
pub fn parse(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    match parse_anyway(text, limits)? {
        (_, Some(error)) => Err(error),
        (value, None) => Ok(value),
    }
}

/// Reads a JSON object, as `fromJson` does; null gives an empty map. Go goes on behind a number beyond float64: it becomes null,
/// and the error is returned beside the map.
///
/// # Errors
/// The text is no JSON, the value is something else, or a limit is exceeded.
pub fn parse_map(text: &[u8], limits: &Limits) -> Result<(DataMap, Option<Error>), Error> {
    match parse_anyway(text, limits)? {
        (Data::Map(map), error) => Ok((Arc::unwrap_or_clone(map), error)),
        (Data::Null, None) => Ok((DataMap::new(), None)),
        (other, _) => Err(other_type(&other, "map[string]interface {}")),
    }
}

/// Reads a JSON array, as `fromJsonArray` does; null gives an empty list.
///
/// # Errors
/// As [`parse`], and where the value is something else.
pub fn parse_list(text: &[u8], limits: &Limits) -> Result<Vec<Data>, Error> {
    match parse_anyway(text, limits)? {
        (Data::List(_), Some(error)) => Err(error),
        (Data::List(items), None) => Ok(Arc::unwrap_or_clone(items)),
        (Data::Null, None) => Ok(Vec::new()),
        (other, _) => Err(other_type(&other, "[]interface {}")),
    }
}

/// What JSON can be read into.
pub trait Target: Sized {
    /// null.
    fn null() -> Self;
    /// true or false.
    fn bool(value: bool) -> Self;
    /// A number as it is written; nothing where that is out of range.
    fn number(written: &[u8]) -> Option<Self>;
    /// A text.
    fn string(text: Str) -> Self;
    /// An array.
    fn list(items: Vec<Self>) -> Self;
    /// An object; of equal keys the last one counts.
    fn map(entries: Vec<(Str, Self)>) -> Self;
}

impl Target for Data {
    fn null() -> Self {
        Self::Null
    }

    fn bool(value: bool) -> Self {
        Self::Bool(value)
    }

    fn number(written: &[u8]) -> Option<Self> {
        let value = std::str::from_utf8(written).ok()?.parse::<f64>().ok()?;
        value.is_finite().then_some(Self::Float(value))
    }

    fn string(text: Str) -> Self {
        Self::String(text)
    }

    fn list(items: Vec<Self>) -> Self {
        Self::from(items)
    }

    fn map(entries: Vec<(Str, Self)>) -> Self {
        Self::Map(Arc::new(entries.into_iter().collect()))
    }
}

/// Reads one JSON value as a `json.Decoder` does: it says of a text that ends too early only that it ends.
///
/// # Errors
/// The text is no JSON, more follows, or a limit is exceeded.
pub fn decode<T: Target>(text: &[u8], limits: &Limits) -> Result<T, Error> {
    let mut reader = Reader::new(text, limits)?;
    reader.skip_space();
    let ended = |message: &str| Error::Syntax { message: message.to_owned(), offset: text.len() };
    if reader.at == text.len() {
        return Err(ended("EOF"));
    }
    let value = match reader.value(0) {
        Err(Error::Syntax { .. }) if reader.at >= text.len() => return Err(ended("unexpected EOF")),
        read => read?,
    };
    reader.skip_space();
    if reader.at < text.len() {
        let message = "invalid character after top-level value".to_owned();
        return Err(Error::Syntax { message, offset: reader.at });
    }
    Ok(value)
}

/// Reads any JSON value, and returns the error for the first number beyond float64 beside it.
fn parse_anyway(text: &[u8], limits: &Limits) -> Result<(Data, Option<Error>), Error> {
    let mut reader = Reader::new(text, limits)?;
    let value = reader.document()?;
    let beyond = |number| Error::Type { found: format!("number {number}"), wanted: "float64" };
    // A number alone is of the wrong type before it is out of range.
    let value = if reader.out_of_range.is_some() && value == Data::Null { Data::Float(f64::INFINITY) } else { value };
    Ok((value, reader.out_of_range.map(beyond)))
}

fn other_type(found: &Data, wanted: &'static str) -> Error {
    Error::Type { found: json_type(found).to_owned(), wanted }
}

/// Returns the word that Go's errors use for the JSON type of a value.
pub(crate) fn json_type(value: &Data) -> &'static str {
    match value {
        Data::Null => "null",
        Data::Bool(_) => "bool",
        Data::Int(_) | Data::Float(_) => "number",
        Data::String(_) => "string",
        Data::List(_) => "array",
        Data::Map(_) => "object",
    }
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    nodes: usize,
    nodes_left: usize,
    out_of_range: Option<String>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t [u8], limits: &Limits) -> Result<Self, Error> {
        if text.len() > limits.bytes {
            return Err(Error::TooLarge { size: text.len(), limit: limits.bytes });
        }
        let (depth, nodes) = (limits.depth, limits.nodes);
        Ok(Self { text, at: 0, depth, nodes, nodes_left: nodes, out_of_range: None })
    }

    fn document(&mut self) -> Result<Data, Error> {
        self.skip_space();
        let value = self.value(0)?;
        self.skip_space();
        if self.at < self.text.len() {
            return Err(self.unexpected("after top-level value"));
        }
        Ok(value)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// The error for the byte at hand, or for the end of the text.
    fn unexpected(&self, context: &str) -> Error {
        let (message, offset) = match self.peek() {
            None => ("unexpected end of JSON input".to_owned(), self.text.len()),
            Some(byte) => (format!("invalid character {} {context}", quote_char(byte)), self.at + 1),
        };
        Error::Syntax { message, offset }
    }

    /// As [`Self::unexpected`] within a word, a number or an escape: Go ends a text with a blank, which cannot stand there.
    fn unexpected_within(&self, context: &str) -> Error {
        match self.peek() {
            None => Error::Syntax {
                message: format!("invalid character {} {context}", quote_char(b' ')),
                offset: self.text.len(),
            },
            Some(_) => self.unexpected(context),
        }
    }

    fn value<T: Target>(&mut self, depth: usize) -> Result<T, Error> {
        self.nodes_left = self.nodes_left.checked_sub(1).ok_or(Error::TooManyNodes { limit: self.nodes })?;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(T::string(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", T::bool(true)),
            Some(b'f') => self.word("false", T::bool(false)),
            Some(b'n') => self.word("null", T::null()),
            _ => Err(self.unexpected("looking for beginning of value")),
        }
    }

    fn enter(&self, depth: usize) -> Result<(), Error> {
        if depth >= self.depth { Err(Error::TooDeep { limit: self.depth }) } else { Ok(()) }
    }

    fn object<T: Target>(&mut self, depth: usize) -> Result<T, Error> {
        self.enter(depth)?;
        self.at += 1;
        let mut entries: Vec<(Str, T)> = Vec::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(T::map(entries));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.unexpected("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.unexpected("after object key"));
            }
            self.at += 1;
            self.skip_space();
            let value = self.value(depth + 1)?;
            entries.push((key, value));
            self.skip_space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(T::map(entries));
                }
                _ => return Err(self.unexpected("after object key:value pair")),
            }
        }
    }

    fn array<T: Target>(&mut self, depth: usize) -> Result<T, Error> {
        self.enter(depth)?;
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(T::list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                }
                Some(b']') => {
                    self.at += 1;
                    return Ok(T::list(items));
                }
                _ => return Err(self.unexpected("after array element")),
            }
        }
    }

    fn word<T>(&mut self, word: &'static str, value: T) -> Result<T, Error> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.unexpected_within(&format!("in literal {word} (expecting {})", quote_char(expected))));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    fn number<T: Target>(&mut self) -> Result<T, Error> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if !self.digits() {
            return Err(self.unexpected_within("in numeric literal"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !self.digits() {
                return Err(self.unexpected_within("after decimal point in numeric literal"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !self.digits() {
                return Err(self.unexpected_within("in exponent of numeric literal"));
            }
        }
        let written = &self.text[start..self.at];
        Ok(T::number(written).unwrap_or_else(|| {
            // Go goes on, and reports the first of these only where the rest is sound.
            self.out_of_range.get_or_insert_with(|| String::from_utf8_lossy(written).into_owned());
            T::null()
        }))
    }

    fn string(&mut self) -> Result<Str, Error> {
        self.at += 1;
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let text = Str::from(&self.text[start..self.at]);
                    self.at += 1;
                    return Ok(text);
                }
                Some(0x20..=0x5b | 0x5d..=0x7f) => self.at += 1,
                _ => break,
            }
        }
        let mut out = self.text[start..self.at].to_vec();
        loop {
            let Some(byte) = self.peek() else { return Err(self.unexpected("")) };
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(Str::from(out));
                }
                b'\\' => self.escape(&mut out)?,
                0..=0x1f => return Err(self.unexpected("in string literal")),
                0x20..=0x7f => {
                    out.push(byte);
                    self.at += 1;
                }
                _ => {
                    let (value, width) = first_char(&self.text[self.at..]).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
                    push_char(&mut out, value);
                    self.at += width;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        self.at += 1;
        let plain = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 0x08,
            Some(b'f') => 0x0c,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.hex4()?;
                let decoded = self.surrogate_pair(first)?;
                push_char(out, decoded);
                return Ok(());
            }
            _ => return Err(self.unexpected_within("in string escape code")),
        };
        out.push(plain);
        self.at += 1;
        Ok(())
    }

    fn hex4(&mut self) -> Result<u32, Error> {
        let mut value = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return Err(self.unexpected_within("in \\u hexadecimal character escape"));
            };
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }

    /// A surrogate takes the escape after it where that makes a pair; alone it is U+FFFD and the next escape stands for itself.
    fn surrogate_pair(&mut self, first: u32) -> Result<char, Error> {
        if let Some(found) = char::from_u32(first) {
            return Ok(found);
        }
        if first < 0xdc00 && self.text[self.at..].starts_with(b"\\u") {
            let before = self.at;
            self.at += 2;
            let second = self.hex4()?;
            if (0xdc00..0xe000).contains(&second)
                && let Some(pair) = char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
            {
                return Ok(pair);
            }
            self.at = before;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }
}

fn push_char(out: &mut Vec<u8>, value: char) {
    out.extend_from_slice(value.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Formats a byte as Go quotes a rune of that number.
fn quote_char(byte: u8) -> String {
    let inner = match byte {
        b'\'' => "\\'".to_owned(),
        b'\\' => "\\\\".to_owned(),
        0x07 => "\\a".to_owned(),
        0x08 => "\\b".to_owned(),
        0x09 => "\\t".to_owned(),
        0x0a => "\\n".to_owned(),
        0x0b => "\\v".to_owned(),
        0x0c => "\\f".to_owned(),
        0x0d => "\\r".to_owned(),
        0..=0x1f | 0x7f => format!("\\x{byte:02x}"),
        0x80..=0xa0 | 0xad => format!("\\u{byte:04x}"),
        _ => char::from(byte).to_string(),
    };
    format!("'{inner}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        parse(text.as_bytes(), &Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn words_errors_as_go_does() {
        for (text, expected) in [
            ("", "unexpected end of JSON input"),
            ("{", "unexpected end of JSON input"),
            ("x", "invalid character 'x' looking for beginning of value"),
            ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
            ("tru", "invalid character ' ' in literal true (expecting 'e')"),
            ("trux", "invalid character 'x' in literal true (expecting 'e')"),
            ("\"\\q\"", "invalid character 'q' in string escape code"),
            ("\"\u{1}\"", "invalid character '\\x01' in string literal"),
            ("1 2", "invalid character '2' after top-level value"),
            ("-a", "invalid character 'a' in numeric literal"),
            ("01", "invalid character '1' after top-level value"),
            ("[1e999]", "json: cannot unmarshal number 1e999 into Go value of type float64"),
        ] {
            assert_eq!(error(text), expected, "{text}");
        }
    }

    #[test]
    fn reads_escapes_and_lone_surrogates() {
        let read = |text: &str| parse(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(read(r#""\ud83d\ude00\u00e9""#), Data::from("😀é"));
        assert_eq!(read(r#""\ud83dx""#), Data::from("\u{fffd}x"));
        assert_eq!(read(r#""\ud83d\u0041""#), Data::from("\u{fffd}A"));
    }

    #[test]
    fn refuses_what_is_nested_too_deep() {
        let text = "[".repeat(100_000);
        assert_eq!(parse(text.as_bytes(), &Limits::default()), Err(Error::TooDeep { limit: 500 }));
    }
}
