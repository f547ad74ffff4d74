//! [`RenderedObject`]: one manifest of a release, as Helm printed it.

use crate::yaml::{Data, Str};

/// One object of a rendered release.
#[derive(Clone, Debug)]
pub struct RenderedObject {
    /// The template it came from: `web/templates/deployment.yaml`.
    pub source: String,
    /// The text exactly as `helm template` prints it, from `---` to the last newline.
    pub text: Str,
    /// The same, read: all of it where a check needs that, else `apiVersion`, `kind`, and of `metadata` the name, the namespace
    /// and the annotations.
    pub data: Data,
}

impl RenderedObject {
    /// Returns `apiVersion`, empty where there is none.
    pub fn api_version(&self) -> String {
        string_at(&self.data, "apiVersion")
    }

    /// Returns the API group, empty for the core group.
    pub fn group(&self) -> String {
        self.api_version().rsplit_once('/').map(|(group, _)| group.to_owned()).unwrap_or_default()
    }

    /// Returns `kind`, empty where there is none.
    pub fn kind(&self) -> String {
        string_at(&self.data, "kind")
    }

    /// Returns `metadata.name`, empty where there is none.
    pub fn name(&self) -> String {
        self.data.get("metadata").map(|metadata| string_at(metadata, "name")).unwrap_or_default()
    }

    /// Returns `metadata.generateName`, empty where there is none.
    pub fn generate_name(&self) -> String {
        self.data.get("metadata").map(|metadata| string_at(metadata, "generateName")).unwrap_or_default()
    }

    /// Returns `metadata.namespace`, empty where there is none.
    pub fn namespace(&self) -> String {
        self.data.get("metadata").map(|metadata| string_at(metadata, "namespace")).unwrap_or_default()
    }

    /// Returns the objects that Argo CD makes of this one: itself, or the items of a list.
    pub fn parts(&self) -> Vec<&Data> {
        parts_of(&self.data)
    }
}

/// Returns the objects that Argo CD makes of a document: itself, or the items of a list.
pub(super) fn parts_of(document: &Data) -> Vec<&Data> {
    match document.get("items").and_then(Data::as_list) {
        Some(items) if string_at(document, "kind").ends_with("List") => items.iter().collect(),
        _ => vec![document],
    }
}

/// Returns the text at a key, empty where there is none.
pub(super) fn string_at(data: &Data, key: &str) -> String {
    data.get(key).and_then(Data::as_str).map(|text| text.lossy().into_owned()).unwrap_or_default()
}
