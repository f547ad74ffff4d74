//! Decodes YAML data into the fields of a Go struct as sigs.k8s.io/yaml and encoding/json do. Used for Chart.yaml and manifest heads.
//!
//! The rules that can be seen: a key finds its field exactly or else in any case, unknown keys are ignored, a null leaves
//! the field alone, a number or bool becomes text where the field is a string, and any other mismatch is an error that
//! names the field but does not stop the decoding (the first error counts).

use crate::yaml::json::json_type;
use crate::yaml::number::push_shortest_float32;
use crate::yaml::{Data, DataMap, Str};

/// Returns the text of a scalar that sigs.k8s.io/yaml writes where a string is wanted.
fn scalar_text(data: &Data) -> Option<Str> {
    match data {
        Data::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
        Data::Int(value) => Some(value.to_string().into()),
        Data::Float(value) => Some(float_text(*value).into()),
        Data::String(text) => Some(text.clone()),
        Data::Null | Data::List(_) | Data::Map(_) => None,
    }
}

/// Formats as Go's `strconv.FormatFloat(value, 'g', -1, 32)`.
fn float_text(value: f64) -> String {
    let mut text = Vec::new();
    push_shortest_float32(&mut text, value);
    String::from_utf8_lossy(&text).into_owned()
}

/// Finds what Go's JSON decoder leaves in a field: the values of all keys that fit, in the order in which they are applied.
fn matching<'a>(map: &'a DataMap, field: &'a str) -> impl Iterator<Item = &'a Data> {
    map.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(field.as_bytes())).map(|(_, value)| value)
}

/// Decodes one Go struct; errors are collected, the first one counts. Fields may be asked for in any order: Go meets them in the
/// order of their names, since it reads JSON that was written from a sorted map.
pub(crate) struct Decoder {
    struct_name: &'static str,
    /// How many structs below this one were begun.
    structs: usize,
    first_error: Option<(Order, String)>,
}

/// Where a field stands in the JSON: the name in the outermost struct, the struct below it, the whole path.
type Order = (String, usize, String);

impl Decoder {
    /// Starts decoding the struct that Go's messages call `struct_name`.
    pub(crate) fn new(struct_name: &'static str) -> Self {
        Self { struct_name, structs: 0, first_error: None }
    }

    /// Names the struct whose fields follow: Go's messages name the innermost one.
    pub(crate) fn enter(&mut self, struct_name: &'static str) {
        self.struct_name = struct_name;
    }

    /// Returns the decoded value, or the first error in Go's words.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, String> {
        match self.first_error {
            Some((_, error)) => Err(format!("error unmarshaling JSON: while decoding JSON: {error}")),
            None => Ok(value),
        }
    }

    /// Remembers that a value does not fit.
    pub(crate) fn mismatch(&mut self, data: &Data, path: &str, go_type: &str) {
        let outermost = path.split('.').next().unwrap_or_default();
        let order = (outermost.to_owned(), self.structs, path.to_owned());
        if self.first_error.as_ref().is_none_or(|(first, _)| order < *first) {
            let text = if path.is_empty() {
                format!("json: cannot unmarshal {} into Go value of type {go_type}", json_type(data))
            } else {
                format!(
                    "json: cannot unmarshal {} into Go struct field {}.{path} of type {go_type}",
                    json_type(data),
                    self.struct_name
                )
            };
            self.first_error = Some((order, text));
        }
    }

    /// Returns the map of a struct; `None` for null and for what does not fit.
    pub(crate) fn object<'a>(&mut self, data: &'a Data, path: &str, go_type: &str) -> Option<&'a DataMap> {
        self.structs += 1;
        match data {
            Data::Map(map) => Some(map),
            Data::Null => None,
            other => {
                self.mismatch(other, path, go_type);
                None
            }
        }
    }

    /// Returns the values of a field, in the order in which they are applied.
    pub(crate) fn values<'a>(map: &'a DataMap, field: &'a str) -> impl Iterator<Item = &'a Data> {
        matching(map, field)
    }

    /// Decodes one value as a string; `None` for null and for what does not fit.
    fn string_value(&mut self, data: &Data, path: &str) -> Option<Str> {
        let text = scalar_text(data);
        if text.is_none() && *data != Data::Null {
            self.mismatch(data, path, "string");
        }
        text
    }

    /// Decodes a `string` field.
    pub(crate) fn string(&mut self, map: &DataMap, field: &str, prefix: &str) -> Str {
        let mut result = Str::default();
        for value in matching(map, field) {
            if let Some(text) = self.string_value(value, &join(prefix, field)) {
                result = text;
            }
        }
        result
    }

    /// Decodes a `bool` field.
    pub(crate) fn boolean(&mut self, map: &DataMap, field: &str, prefix: &str) -> bool {
        let mut result = false;
        for value in matching(map, field) {
            match value {
                Data::Bool(value) => result = *value,
                Data::Null => {}
                other => self.mismatch(other, &join(prefix, field), "bool"),
            }
        }
        result
    }

    /// Decodes a `[]T` field: the elements of the last list, none where there is none.
    pub(crate) fn list<'a>(
        &mut self,
        map: &'a DataMap,
        field: &'a str,
        prefix: &str,
        go_type: &str,
    ) -> Option<&'a [Data]> {
        let mut result: Option<&[Data]> = None;
        for value in matching(map, field) {
            match value {
                Data::List(items) => result = Some(items),
                Data::Null => result = None,
                other => self.mismatch(other, &join(prefix, field), go_type),
            }
        }
        result
    }

    /// Decodes a `[]string` field.
    pub(crate) fn strings(&mut self, map: &DataMap, field: &str, prefix: &str) -> Option<Vec<Str>> {
        let path = join(prefix, field);
        let items = self.list(map, field, prefix, "[]string")?;
        Some(items.iter().map(|item| self.string_value(item, &path).unwrap_or_default()).collect())
    }

    /// Decodes a `map[string]string` field.
    pub(crate) fn string_map(&mut self, map: &DataMap, field: &str, prefix: &str) -> Option<Vec<(Str, Str)>> {
        let path = join(prefix, field);
        let mut result: Option<std::collections::BTreeMap<Str, Str>> = None;
        for value in matching(map, field) {
            match value {
                Data::Map(entries) => {
                    let result = result.get_or_insert_default();
                    for (key, value) in entries.iter() {
                        let text = self.string_value(value, &path).unwrap_or_default();
                        result.insert(key.clone(), text);
                    }
                }
                Data::Null => result = None,
                other => self.mismatch(other, &path, "map[string]string"),
            }
        }
        result.map(|entries| entries.into_iter().collect())
    }

    /// Returns the maps of a struct field, in the order in which they are applied.
    pub(crate) fn structs<'a>(
        &mut self,
        map: &'a DataMap,
        field: &'a str,
        prefix: &str,
        go_type: &str,
    ) -> Vec<&'a DataMap> {
        let mut result = Vec::new();
        for value in matching(map, field) {
            if *value == Data::Null {
                result.clear();
            } else if let Some(inner) = self.object(value, &join(prefix, field), go_type) {
                result.push(inner);
            }
        }
        result
    }
}

fn join(prefix: &str, field: &str) -> String {
    if prefix.is_empty() { field.to_owned() } else { format!("{prefix}.{field}") }
}
