//! Reads YAML into [`Data`] as `sigs.k8s.io/yaml` does.

use std::sync::Arc;

use super::json::json_type;
use super::{Data, DataMap, Error, Limits};

/// Reads the first document of a text, as values files and `fromYaml` are read; every number becomes a float64.
///
/// # Errors
/// The text is no YAML to go-yaml, has no JSON form, or goes over a limit.
pub fn parse(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    let _ = (text, limits);
    Err(Error::Syntax { message: "reading YAML is not built yet".to_owned(), line: None })
}

/// Reads a text whose first document is a map, as `fromYaml` does; null gives an empty map.
///
/// # Errors
/// As [`parse`], and where the value is something else.
pub fn parse_map(text: &[u8], limits: &Limits) -> Result<DataMap, Error> {
    match parse(text, limits)? {
        Data::Map(map) => Ok(Arc::unwrap_or_clone(map)),
        Data::Null => Ok(DataMap::new()),
        other => Err(Error::Type { found: json_type(&other), wanted: "map[string]interface {}" }),
    }
}

/// Reads a text whose first document is a list, as `fromYamlArray` does; null gives an empty list.
///
/// # Errors
/// As [`parse`], and where the value is something else.
pub fn parse_list(text: &[u8], limits: &Limits) -> Result<Vec<Data>, Error> {
    match parse(text, limits)? {
        Data::List(items) => Ok(Arc::unwrap_or_clone(items)),
        Data::Null => Ok(Vec::new()),
        other => Err(Error::Type { found: json_type(&other), wanted: "[]interface {}" }),
    }
}
