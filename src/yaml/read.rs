//! Reads YAML into [`Data`] as `sigs.k8s.io/yaml` does.

use std::sync::Arc;

use super::decode::{Integers, decode};
use super::json::json_type;
use super::nodes::each_document;
use super::{Data, DataMap, Error, Limits};

/// Reads the first document of a text, as values files and `fromYaml` are read; every number becomes a float64.
///
/// # Errors
/// The text is no YAML to go-yaml, has no JSON form, or goes over a limit.
pub fn parse(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    first_document(text, limits, Integers::Floats)
}

/// As [`parse`], but integers stay integers ([`Data::Int`]; beyond int64 they are floats), as go-yaml sees them before they
/// go through JSON. For scalars that are read into Go strings, where `20240101` stays `20240101`.
///
/// # Errors
/// As [`parse`].
pub fn parse_typed(text: &[u8], limits: &Limits) -> Result<Data, Error> {
    first_document(text, limits, Integers::Kept)
}

pub(super) fn first_document(text: &[u8], limits: &Limits, integers: Integers) -> Result<Data, Error> {
    let mut data = Data::Null;
    each_document(text, limits, |document| {
        data = decode(document, limits, integers)?;
        Ok(false)
    })?;
    Ok(data)
}

/// Reads every document of a text, each as [`parse`] does.
///
/// # Errors
/// As [`parse`], for the first document that fails.
pub fn parse_documents(text: &[u8], limits: &Limits) -> Result<Vec<Data>, Error> {
    let mut documents = Vec::new();
    each_document(text, limits, |document| {
        documents.push(decode(document, limits, Integers::Floats)?);
        Ok(true)
    })?;
    Ok(documents)
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
