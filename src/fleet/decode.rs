//! Reads a [`Document`] into a type that serde knows, with the place of whatever does not fit.
//!
//! Not a YAML crate's own reader, for three reasons: a number-shaped scalar where a string belongs is refused and never
//! retyped; all unknown keys of a file are reported, each with the nearest known one; and every error has its place.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use serde::de::{self, DeserializeSeed, IntoDeserializer, Visitor};

use super::diagnostic::{Diagnostic, Severity};
use super::document::{Content, Document, Node};
use super::scalar::{Shape, shape};
use crate::helm::nearest;

/// Reads a document into a type.
///
/// # Errors
/// Every unknown or doubled key, and the first value that does not fit.
pub(super) fn decode<T: de::DeserializeOwned>(document: &Document) -> Result<T, Vec<Diagnostic>> {
    let findings = RefCell::new(Vec::new());
    let reader = Reader { document, node: document.root(), key: None, findings: &findings };
    let result = T::deserialize(reader);
    let mut findings = findings.into_inner();
    let value = match result {
        Ok(value) => Some(value),
        Err(problem) => {
            let span = document.span_of(problem.range.unwrap_or_else(|| document.root().range.clone()));
            let mut finding = document.diagnostic(Severity::Error, problem.id, span, problem.message);
            finding.hint = problem.hint;
            findings.push(finding);
            None
        }
    };
    findings.sort_by_key(|finding| finding.span.map(|span| span.start));
    match value {
        Some(value) if findings.is_empty() => Ok(value),
        _ => Err(findings),
    }
}

/// Why a value does not fit.
#[derive(Debug)]
struct Problem {
    id: &'static str,
    message: String,
    hint: Option<String>,
    range: Option<Range<usize>>,
}

impl Problem {
    fn new(id: &'static str, message: String) -> Self {
        Self { id, message, hint: None, range: None }
    }

    fn at(mut self, range: &Range<usize>) -> Self {
        self.range.get_or_insert_with(|| range.clone());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        let (message, hint) = match text.split_once('\n') {
            Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
            None => (text, None),
        };
        Self { hint, ..Self::new("invalid-value", message) }
    }

    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let found = match found {
            de::Unexpected::Seq => "a list".to_owned(),
            de::Unexpected::Map => "a mapping".to_owned(),
            de::Unexpected::Unit | de::Unexpected::Option => "nothing".to_owned(),
            de::Unexpected::Str(_) => "a string".to_owned(),
            other => other.to_string(),
        };
        Self::new("wrong-type", format!("expected {expected}, found {found}"))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let hint = suggestion(variant, expected);
        Self { hint: Some(hint), ..Self::new("invalid-value", format!("`{variant}` is not known here")) }
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let hint = suggestion(field, expected);
        Self { hint: Some(hint), ..Self::new("unknown-key", format!("unknown key `{field}`")) }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new("missing-key", format!("the key `{field}` is missing"))
    }
}

/// Returns "did you mean" for the nearest of the known words, or the list of them.
pub(super) fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None if known.is_empty() => "nothing may stand here".to_owned(),
        None => format!("known here: {}", known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

/// A node about to be read.
#[derive(Clone, Copy)]
struct Reader<'a> {
    document: &'a Document,
    node: &'a Node,
    /// The key that leads to the node, shown where the node itself has no place.
    key: Option<&'a Node>,
    findings: &'a RefCell<Vec<Diagnostic>>,
}

impl<'a> Reader<'a> {
    fn below(self, key: Option<&'a Node>, node: &'a Node) -> Self {
        Self { node, key, ..self }
    }

    /// Returns the bytes to point at.
    fn range(self) -> Range<usize> {
        match (&self.node.content, self.key) {
            (Content::Mapping(_) | Content::Sequence(_), Some(key)) => key.range.clone(),
            (_, Some(key)) if self.node.range.is_empty() => key.range.clone(),
            _ => self.node.range.clone(),
        }
    }

    fn shape(self) -> Option<Shape> {
        match &self.node.content {
            Content::Scalar { text, plain } => Some(if *plain { shape(text) } else { Shape::Text }),
            _ => None,
        }
    }

    fn wrong(self, expected: &dyn de::Expected) -> Problem {
        // serde's word for a list is of its own world.
        let expected = expected.to_string().replace("a sequence", "a list");
        Problem::new("wrong-type", format!("expected {expected}, found {}", self.node.describe())).at(&self.range())
    }

    /// Returns the text of a string, never of a scalar that some reader takes for something else.
    fn string(self, expected: &dyn de::Expected) -> Result<&'a str, Problem> {
        let (Some(text), Some(shape)) = (self.node.text(), self.shape()) else { return Err(self.wrong(expected)) };
        if shape == Shape::Text {
            return Ok(text);
        }
        let mut problem = self.wrong(expected);
        if matches!(shape, Shape::Number | Shape::Boolean) {
            if shape == Shape::Number {
                problem.id = "number-shaped";
                problem.message =
                    format!("`{text}` without quotes is a number to YAML readers, and a string belongs here");
            }
            problem.hint = Some(format!("write \"{text}\""));
        }
        Err(problem)
    }

    fn entries(self, expected: &dyn de::Expected) -> Result<&'a [(Node, Node)], Problem> {
        match &self.node.content {
            Content::Mapping(entries) => Ok(entries),
            // A key with nothing behind it is an empty mapping.
            Content::Scalar { .. } if self.shape() == Some(Shape::Null) => Ok(&[]),
            _ => Err(self.wrong(expected)),
        }
    }

    /// Reports keys that are not texts, and keys that stand there twice; returns the others.
    fn checked(self, entries: &'a [(Node, Node)], known: Option<&'static [&'static str]>) -> Vec<&'a (Node, Node)> {
        let mut seen = std::collections::BTreeSet::new();
        let report = |node: &Node, id: &'static str, message: String, hint: Option<String>| {
            let mut finding =
                self.document.diagnostic(Severity::Error, id, self.document.span_of(node.range.clone()), message);
            finding.hint = hint;
            self.findings.borrow_mut().push(finding);
        };
        let mut kept = Vec::new();
        for entry in entries {
            let Some(key) = entry.0.text() else {
                report(&entry.0, "wrong-type", format!("a key must be a string, found {}", entry.0.describe()), None);
                continue;
            };
            if !seen.insert(key) {
                report(&entry.0, "duplicate-key", format!("the key `{key}` stands here twice"), None);
                continue;
            }
            if let Some(known) = known.filter(|known| !known.contains(&key)) {
                report(&entry.0, "unknown-key", format!("unknown key `{key}`"), Some(suggestion(key, known)));
                continue;
            }
            kept.push(entry);
        }
        kept
    }

    fn visit_entries<V: Visitor<'a>>(
        self,
        visitor: V,
        known: Option<&'static [&'static str]>,
    ) -> Result<V::Value, Problem> {
        let entries = self.entries(&visitor)?;
        let entries = self.checked(entries, known);
        visitor
            .visit_map(Entries { reader: self, rest: entries.into_iter(), current: None })
            .map_err(|problem| problem.at(&self.range()))
    }
}

/// The keys and values of a mapping.
struct Entries<'a> {
    reader: Reader<'a>,
    rest: std::vec::IntoIter<&'a (Node, Node)>,
    current: Option<&'a (Node, Node)>,
}

impl<'a> de::MapAccess<'a> for Entries<'a> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        self.current = self.rest.next();
        let Some((key, _)) = self.current else { return Ok(None) };
        let text = key.text().unwrap_or_default();
        seed.deserialize(text.into_deserializer()).map(Some).map_err(|problem: Problem| problem.at(&key.range))
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let Some((key, value)) = self.current else { return Err(de::Error::custom("a key without a value")) };
        let reader = self.reader.below(Some(key), value);
        seed.deserialize(reader).map_err(|problem| problem.at(&reader.range()))
    }
}

/// The items of a list.
struct Items<'a> {
    reader: Reader<'a>,
    items: std::slice::Iter<'a, Node>,
}

impl<'a> de::SeqAccess<'a> for Items<'a> {
    type Error = Problem;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Problem> {
        let Some(item) = self.items.next() else { return Ok(None) };
        let reader = self.reader.below(None, item);
        seed.deserialize(reader).map(Some).map_err(|problem| problem.at(&reader.range()))
    }
}

impl<'a> de::Deserializer<'a> for Reader<'a> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.node.content {
            Content::Mapping(_) => self.deserialize_map(visitor),
            Content::Sequence(_) => self.deserialize_seq(visitor),
            Content::Scalar { .. } if self.shape() == Some(Shape::Null) => visitor.visit_unit(),
            _ => self.deserialize_str(visitor),
        }
        .map_err(|problem| problem.at(&self.range()))
    }

    fn deserialize_bool<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        // `yes` and `on` are booleans to one reader and strings to the next: only the two words that all agree on.
        match self.node.text().filter(|_| self.shape() == Some(Shape::Boolean)) {
            Some("true") => visitor.visit_bool(true),
            Some("false") => visitor.visit_bool(false),
            Some(_) => Err(Problem { hint: Some("write `true` or `false`".to_owned()), ..self.wrong(&visitor) }),
            None => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_u64<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        // One way to write a number, the one that no reader takes for octal or for text.
        let is_decimal =
            |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit()) && (*text == "0" || !text.starts_with('0'));
        let text = self.node.text().filter(is_decimal).filter(|_| self.shape() == Some(Shape::Number));
        let number = text.and_then(|text| text.parse().ok()).ok_or_else(|| self.wrong(&visitor))?;
        visitor.visit_u64(number).map_err(|problem: Problem| problem.at(&self.range()))
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        let text = self.string(&visitor)?;
        visitor.visit_borrowed_str(text).map_err(|problem: Problem| problem.at(&self.range()))
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.shape() == Some(Shape::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.node.content {
            Content::Sequence(items) => visitor.visit_seq(Items { reader: self, items: items.iter() }),
            Content::Scalar { .. } if self.shape() == Some(Shape::Null) => {
                visitor.visit_seq(Items { reader: self, items: [].iter() })
            }
            _ => Err(self.wrong(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.visit_entries(visitor, None)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.visit_entries(visitor, Some(fields))
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let expected =
            format!("one of {}", variants.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
        let text = self.string(&expected.as_str())?;
        visitor.visit_enum(text.into_deserializer()).map_err(|problem: Problem| problem.at(&self.range()))
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        <W: Visitor<'a>>
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Sample {
        name: String,
        #[serde(default)]
        value_files: Vec<String>,
        flag: Option<bool>,
    }

    fn messages(text: &str) -> Vec<String> {
        let document = Document::parse("x.yaml", text.as_bytes()).unwrap();
        let findings = decode::<Sample>(&document).unwrap_err();
        findings
            .iter()
            .map(|finding| {
                let span = finding.span.unwrap();
                format!(
                    "{}:{} {} ({})",
                    span.line,
                    span.column,
                    finding.message,
                    finding.hint.as_deref().unwrap_or("-")
                )
            })
            .collect()
    }

    #[test]
    fn reports_every_unknown_key_with_the_nearest_known_one() {
        assert_eq!(
            messages("name: a\nvaluefiles: []\nzzz: 1\nname: b\n"),
            [
                "2:1 unknown key `valuefiles` (did you mean `valueFiles`?)",
                "3:1 unknown key `zzz` (known here: `name`, `valueFiles`, `flag`)",
                "4:1 the key `name` stands here twice (-)",
            ]
        );
    }

    #[test]
    fn says_what_was_expected_and_what_was_found() {
        assert_eq!(messages("name: [a]"), ["1:1 expected a string, found a list (-)"]);
        assert_eq!(messages("name: on"), ["1:7 expected a string, found a boolean (write \"on\")"]);
        assert_eq!(messages("name:"), ["1:1 expected a string, found nothing (-)"]);
        assert_eq!(messages("flag: true"), ["1:1 the key `name` is missing (-)"]);
        assert_eq!(
            messages("name: a\nflag: yes"),
            ["2:7 expected a boolean, found a boolean (write `true` or `false`)"]
        );
        assert_eq!(messages("name: a\nvalueFiles: [b, {c: d}]"), ["2:17 expected a string, found a mapping (-)"]);
        assert_eq!(messages("- a"), ["1:1 expected struct Sample, found a list (-)"]);
    }

    #[test]
    fn never_retypes_a_number() {
        for number in ["1234567", "0012345", "12e4567", "1.30"] {
            let found = messages(&format!("name: {number}"));
            assert_eq!(
                found,
                [format!(
                    "1:7 `{number}` without quotes is a number to YAML readers, and a string belongs here (write \"{number}\")"
                )]
            );
        }
        let document = Document::parse("x.yaml", b"name: \"0012345\"\nvalueFiles:\nflag: ~").unwrap();
        let sample: Sample = decode(&document).unwrap();
        assert_eq!((sample.name.as_str(), sample.value_files.len(), sample.flag), ("0012345", 0, None));
    }
}
