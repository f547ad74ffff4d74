//! [`Marker`]: the file `.plainsail` in a folder of hydrated output. It says whose the folder is, where Argo CD puts it, and
//! which image plainsail itself chose last.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::object::string_at;
use crate::yaml::{Data, Limits, Str, parse};

/// The name of the marker.
pub const MARKER: &str = ".plainsail";

/// What a marker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marker {
    /// The environment.
    pub environment: String,
    /// The release, by the name of its file.
    pub release: String,
    /// The namespace that Argo CD deploys to.
    pub namespace: String,
    /// The Argo CD project.
    pub project: String,
    /// Where Argo CD deploys to: `name` or `server`.
    pub destination: BTreeMap<String, String>,
    /// Per image the one that plainsail selected last: only bumps, promotions and rollbacks change it.
    pub images: BTreeMap<String, MarkedImage>,
    /// Whose rules the text follows: `helm 4.2.4`.
    pub engine: String,
    /// A hash of everything that went into the text.
    pub inputs: String,
}

/// An image in a marker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MarkedImage {
    /// The tag.
    pub tag: String,
    /// The digest.
    pub digest: String,
}

impl Marker {
    /// Writes the marker. Every value is in double quotes: a tag such as `12e4567` must stay a string for every reader.
    pub fn to_text(&self) -> Str {
        let mut text = String::from("# Written by plainsail. The folder is rewritten as a whole; do not edit it.\n");
        let mut line = |indent: usize, key: &str, value: &str| {
            let _ = writeln!(text, "{}{}: {}", " ".repeat(indent), plain_or_quoted(key), quoted(value));
        };
        line(0, "environment", &self.environment);
        line(0, "release", &self.release);
        line(0, "namespace", &self.namespace);
        line(0, "project", &self.project);
        line(0, "engine", &self.engine);
        line(0, "inputs", &self.inputs);
        text.push_str("destination:\n");
        for (key, value) in &self.destination {
            let _ = writeln!(text, "  {}: {}", plain_or_quoted(key), quoted(value));
        }
        text.push_str(if self.images.is_empty() { "images: {}\n" } else { "images:\n" });
        for (name, image) in &self.images {
            let _ = writeln!(
                text,
                "  {}:\n    tag: {}\n    digest: {}",
                plain_or_quoted(name),
                quoted(&image.tag),
                quoted(&image.digest)
            );
        }
        text.into()
    }

    /// Reads a marker.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let data = parse(bytes, &Limits::default()).map_err(|error| error.to_string())?;
        if data.as_map().is_none() {
            return Err("it is not a map".to_owned());
        }
        let map = |key: &str| data.get(key).and_then(Data::as_map).cloned().unwrap_or_default();
        let name = |key: &Str| key.lossy().into_owned();
        Ok(Self {
            environment: string_at(&data, "environment"),
            release: string_at(&data, "release"),
            namespace: string_at(&data, "namespace"),
            project: string_at(&data, "project"),
            engine: string_at(&data, "engine"),
            inputs: string_at(&data, "inputs"),
            destination: map("destination")
                .iter()
                .filter_map(|(key, value)| Some((name(key), value.as_str()?.lossy().into_owned())))
                .collect(),
            images: map("images")
                .iter()
                .map(|(key, image)| {
                    (name(key), MarkedImage { tag: string_at(image, "tag"), digest: string_at(image, "digest") })
                })
                .collect(),
        })
    }
}

/// Quotes a text so that YAML 1.1, YAML 1.2 and JSON read the same string.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// Leaves keys as they are where every reader takes them for strings.
fn plain_or_quoted(key: &str) -> String {
    let is_word = key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_boolean = matches!(key, "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null");
    if is_word && !is_boolean { key.to_owned() } else { quoted(key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_as_it_was_written() {
        let marker = Marker {
            environment: "dev".into(),
            release: "web".into(),
            namespace: "12e4567".into(),
            project: "default".into(),
            destination: BTreeMap::from([("name".into(), "dev-cluster".into())]),
            images: BTreeMap::from([
                ("no".into(), MarkedImage { tag: "0012345".into(), digest: "sha256:00".into() }),
                ("web".into(), MarkedImage { tag: "12e4567".into(), digest: "sha256:01".into() }),
            ]),
            engine: "helm 4.2.4".into(),
            inputs: "blake3:\"\\".into(),
        };
        assert_eq!(Marker::read(&marker.to_text()).unwrap(), marker);
        assert_eq!(Marker::read(&Marker::default().to_text()).unwrap(), Marker::default());
    }
}
