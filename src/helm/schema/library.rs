//! The documents that a reference may lead to: the schemas of schemas, which are built in. Everything else stays outside.

use std::sync::OnceLock;

use super::draft::LATEST;
use super::error::Error;
use super::json::Json;
use crate::helm::go::url::Url;

/// A built-in document: its address without the scheme's name, and its text.
struct Document {
    name: &'static str,
    text: &'static str,
    read: OnceLock<Json>,
}

macro_rules! documents {
    ($($name:literal: $file:literal,)*) => {
        [$(Document {
            name: $name,
            text: include_str!(concat!("metaschemas/", $file, ".json")),
            read: OnceLock::new(),
        }),*]
    };
}

/// Without titles and defaults, which nobody sees here.
static DOCUMENTS: [Document; 19] = documents! {
    "draft-04/schema": "draft-04",
    "draft-06/schema": "draft-06",
    "draft-07/schema": "draft-07",
    "draft/2019-09/schema": "2019-09",
    "draft/2019-09/meta/core": "2019-09-core",
    "draft/2019-09/meta/applicator": "2019-09-applicator",
    "draft/2019-09/meta/validation": "2019-09-validation",
    "draft/2019-09/meta/meta-data": "2019-09-meta-data",
    "draft/2019-09/meta/format": "2019-09-format",
    "draft/2019-09/meta/content": "2019-09-content",
    "draft/2020-12/schema": "2020-12",
    "draft/2020-12/meta/core": "2020-12-core",
    "draft/2020-12/meta/applicator": "2020-12-applicator",
    "draft/2020-12/meta/unevaluated": "2020-12-unevaluated",
    "draft/2020-12/meta/validation": "2020-12-validation",
    "draft/2020-12/meta/meta-data": "2020-12-meta-data",
    "draft/2020-12/meta/format-annotation": "2020-12-format-annotation",
    "draft/2020-12/meta/format-assertion": "2020-12-format-assertion",
    "draft/2020-12/meta/content": "2020-12-content",
};

/// What a `urn:` leads to that nobody resolves, as in Helm.
static ANYTHING: Json = Json::Bool(true);

/// Returns the name of a document on json-schema.org.
fn own_name(url: &str) -> Option<&str> {
    url.strip_prefix("http://json-schema.org/").or_else(|| url.strip_prefix("https://json-schema.org/"))
}

/// Tells whether documents at an address are taken as they are.
pub(super) fn is_trusted(url: &str) -> bool {
    own_name(url).is_some()
}

/// Returns a document.
///
/// # Errors
/// If it is neither built in nor a `urn:`.
pub(super) fn load(url: &str) -> Result<&'static Json, Error> {
    let name = match own_name(url) {
        Some("schema") => own_name(LATEST.url()),
        name => name,
    };
    if let Some(document) = DOCUMENTS.iter().find(|document| Some(document.name) == name) {
        return Ok(document.read.get_or_init(|| Json::read(document.text.as_bytes()).unwrap_or(Json::Null)));
    }
    let refused = |cause: String| Err(Error::Load { url: url.to_owned(), cause });
    match Url::parse(url.as_bytes()) {
        Err(error) => refused(error.to_string()),
        Ok(parsed) => match parsed.scheme.as_slice() {
            b"urn" => Ok(&ANYTHING),
            b"file" | b"http" | b"https" => refused("schemas are read without network and files".to_owned()),
            _ => {
                let cause =
                    format!("no URLLoader registered for {}", crate::helm::go::quote::quote_text(&parsed.text()));
                refused(cause)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_document_is_json() {
        for document in &DOCUMENTS {
            let url = format!("https://json-schema.org/{}", document.name);
            assert!(load(&url).unwrap().as_map().is_some(), "{url}");
        }
        assert!(load("https://json-schema.org/draft-05/schema").is_err());
    }
}
