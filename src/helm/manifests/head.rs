//! [`Head`]: what a manifest says of itself, decoded as Helm does.

use crate::helm::decode::Decoder;
use crate::helm::profile::Profile;
use crate::helm::read;
use crate::yaml::{Data, Limits, Str};

/// What a manifest says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `apiVersion`
    pub api_version: Str,
    /// `kind`
    pub kind: Str,
    /// `metadata.name`
    pub name: Str,
    /// `metadata.namespace`, where it is text; Helm does not look at it.
    pub namespace: Str,
    /// `metadata.annotations`, by key.
    pub annotations: Vec<(Str, Str)>,
}

const METADATA_TYPE: &str =
    r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#;

impl Head {
    /// Reads the head of a document.
    pub(super) fn read(text: &[u8], profile: Profile, limits: &Limits) -> Result<Self, read::Error> {
        let data = read::head(text, limits)?;
        Self::decode(&data, profile).map_err(|message| read::Error { message, line: None, cap: None })
    }

    fn decode(data: &Data, profile: Profile) -> Result<Self, String> {
        let mut decoder = Decoder::new("SimpleHead");
        let mut head = Self::default();
        let Some(map) = decoder.object(data, "", profile.rules().types.head) else { return decoder.finish(head) };
        head.api_version = decoder.string(map, "apiVersion", "");
        head.kind = decoder.string(map, "kind", "");
        for metadata in decoder.structs(map, "metadata", "", METADATA_TYPE) {
            // The struct has no name.
            decoder.enter("");
            head.name = decoder.string(metadata, "name", "metadata");
            head.annotations = decoder.string_map(metadata, "annotations", "metadata").unwrap_or_default();
            if let Some(namespace) = metadata.get(&b"namespace"[..]).and_then(Data::as_str) {
                head.namespace = namespace.clone();
            }
        }
        decoder.finish(head)
    }

    /// Returns an annotation.
    pub fn annotation(&self, key: &str) -> Option<&Str> {
        self.annotations.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }
}
