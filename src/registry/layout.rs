//! An image layout folder (OCI) as a registry: for `demo`, for tests, and for machines without a network.
//!
//! Repository `HOST/team/api` is the layout `FOLDER/team/api`. Tags are the annotations `org.opencontainers.image.ref.name` of
//! the descriptors in `index.json`, push times the annotations `dev.plainsail.pushed-at`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Digest, Error, ListedImage, Listing, Registry, Repository, Resolved, Tag};

const REF_NAME: &str = "org.opencontainers.image.ref.name";
const PUSHED_AT: &str = "dev.plainsail.pushed-at";
const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE: &str = "application/vnd.oci.image.config.v1+json";
/// No index of a layout that people work with comes near this.
const MOST_BYTES: u64 = 64 << 20;

/// A folder of image layouts.
#[derive(Debug)]
pub(super) struct LayoutRegistry {
    folder: PathBuf,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    schema_version: u32,
    #[serde(default = "index_type")]
    media_type: String,
    #[serde(default)]
    manifests: Vec<Descriptor>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

fn index_type() -> String {
    INDEX_TYPE.to_owned()
}

impl LayoutRegistry {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn images(&self, repository: &Repository) -> Result<Listing, Error> {
        let fail = |reason: String| Error::Invalid {
            repository: repository.to_string(),
            operation: "reading the image layout".to_owned(),
            reason,
        };
        let path = self.folder.join(repository.name()).join("index.json");
        let index = match read_index(&path) {
            Ok(Some(index)) => index,
            Ok(None) => return Err(Error::NotFound { repository: repository.to_string(), tag: None }),
            Err(error) => return Err(fail(format!("{}: {error}", path.display()))),
        };
        let mut listing = Listing { images: Vec::new(), malformed_tags: 0 };
        for descriptor in &index.manifests {
            let digest = Digest::parse(&descriptor.digest).map_err(|error| fail(error.to_string()))?;
            let pushed_at = match descriptor.annotations.get(PUSHED_AT) {
                None => None,
                Some(text) => Some(
                    text.parse::<Timestamp>().map_err(|_| fail(format!("{PUSHED_AT} {text:?} is no point in time")))?,
                ),
            };
            let name = descriptor.annotations.get(REF_NAME);
            let tags: Vec<Tag> = name.and_then(|name| Tag::parse(name).ok()).into_iter().collect();
            listing.malformed_tags += usize::from(name.is_some() && tags.is_empty());
            listing.images.push(ListedImage { digest: Some(digest), tags, pushed_at, artifact_type: None });
        }
        Ok(listing)
    }
}

impl Registry for LayoutRegistry {
    fn list(&self, repository: &Repository) -> Result<Listing, Error> {
        self.images(repository)
    }

    fn resolve(&self, repository: &Repository, tag: &Tag) -> Result<Resolved, Error> {
        let found: Vec<Resolved> = self
            .images(repository)?
            .images
            .into_iter()
            .filter(|image| image.tags.contains(tag))
            .filter_map(|image| Some(Resolved { digest: image.digest?, pushed_at: image.pushed_at }))
            .collect();
        match found.as_slice() {
            [] => Err(Error::NotFound { repository: repository.to_string(), tag: Some(tag.to_string()) }),
            [first, others @ ..] if others.iter().all(|other| other.digest == first.digest) => Ok(first.clone()),
            _ => Err(Error::Invalid {
                repository: repository.to_string(),
                operation: "reading the image layout".to_owned(),
                reason: format!("the tag {tag} stands for several images"),
            }),
        }
    }

    fn knows_push_times(&self) -> bool {
        true
    }
}

/// Pushes a minimal image without layers into the layout `FOLDER/NAME` and returns its digest; the tag moves to it.
///
/// Made for `demo` and tests: the labels and the time are all that distinguishes two images.
pub fn push(
    folder: &Path,
    name: &str,
    tag: &Tag,
    pushed_at: Timestamp,
    labels: &BTreeMap<String, String>,
) -> io::Result<Digest> {
    let layout = folder.join(name);
    fs::create_dir_all(layout.join("blobs").join("sha256"))?;
    replace(&layout.join("oci-layout"), br#"{"imageLayoutVersion":"1.0.0"}"#)?;

    let config = json!({
        "created": pushed_at.to_string(),
        "architecture": "amd64",
        "os": "linux",
        "config": { "Labels": labels },
        "rootfs": { "type": "layers", "diff_ids": [] },
    });
    let (config, config_size) = write_blob(&layout, config.to_string().as_bytes())?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": { "mediaType": CONFIG_TYPE, "digest": config.as_str(), "size": config_size },
        "layers": [],
    });
    let (digest, size) = write_blob(&layout, manifest.to_string().as_bytes())?;

    let path = layout.join("index.json");
    let mut index = read_index(&path)?.unwrap_or_else(|| Index {
        schema_version: 2,
        media_type: index_type(),
        manifests: Vec::new(),
        others: serde_json::Map::new(),
    });
    index.manifests.retain(|other| other.annotations.get(REF_NAME).map(String::as_str) != Some(tag.as_str()));
    index.manifests.push(Descriptor {
        media_type: MANIFEST_TYPE.to_owned(),
        digest: digest.to_string(),
        size,
        annotations: BTreeMap::from([
            (REF_NAME.to_owned(), tag.to_string()),
            (PUSHED_AT.to_owned(), pushed_at.to_string()),
        ]),
        others: serde_json::Map::new(),
    });
    replace(&path, &serde_json::to_vec_pretty(&index)?)?;
    Ok(digest)
}

fn read_index(path: &Path) -> io::Result<Option<Index>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if file.metadata()?.len() > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {MOST_BYTES} bytes")));
    }
    Ok(Some(serde_json::from_reader(io::BufReader::new(file))?))
}

fn write_blob(layout: &Path, bytes: &[u8]) -> io::Result<(Digest, u64)> {
    let digest = Digest::of(bytes);
    replace(&layout.join("blobs").join("sha256").join(digest.hex()), bytes)?;
    Ok((digest, bytes.len() as u64))
}

/// Writes a file so that a reader sees the old or the new text, never a part.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let new = path.with_file_name(name);
    fs::File::create(&new)?.write_all(bytes)?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_is_listed_and_resolved() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::parse("demo.example/team/api").unwrap();
        let registry = LayoutRegistry::new(folder.path().to_owned());
        assert!(matches!(registry.list(&repository), Err(Error::NotFound { tag: None, .. })));

        let first: Timestamp = "2026-11-21T06:20:01Z".parse().unwrap();
        let second: Timestamp = "2026-11-21T07:20:01Z".parse().unwrap();
        let (old, new) = (Tag::parse("0012345").unwrap(), Tag::parse("12e4567").unwrap());
        let labels = BTreeMap::new();
        let old_digest = push(folder.path(), "team/api", &old, first, &labels).unwrap();
        let new_digest = push(folder.path(), "team/api", &new, second, &labels).unwrap();
        assert_ne!(old_digest, new_digest);
        assert_eq!(push(folder.path(), "team/api", &old, first, &labels).unwrap(), old_digest);

        assert_eq!(registry.list(&repository).unwrap().tags(), [&old, &new]);
        let resolved = registry.resolve(&repository, &new).unwrap();
        assert_eq!((resolved.digest, resolved.pushed_at), (new_digest.clone(), Some(second)));
        let moved = push(folder.path(), "team/api", &new, first, &labels).unwrap();
        assert_eq!(registry.resolve(&repository, &new).unwrap().digest, moved);
        let missing = Tag::parse("fffffff").unwrap();
        assert!(matches!(registry.resolve(&repository, &missing), Err(Error::NotFound { tag: Some(_), .. })));
    }

    #[test]
    fn a_broken_index_is_an_error_and_not_an_empty_registry() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("api")).unwrap();
        let repository = Repository::parse("demo.example/api").unwrap();
        let registry = LayoutRegistry::new(folder.path().to_owned());
        for text in [
            "",
            "{",
            "[]",
            r#"{"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"sha256:1","size":1}]}"#,
            r#"{"schemaVersion":2,"manifests":[{"mediaType":"m","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":1,"annotations":{"dev.plainsail.pushed-at":"yesterday"}}]}"#,
        ] {
            fs::write(folder.path().join("api/index.json"), text).unwrap();
            assert!(matches!(registry.list(&repository), Err(Error::Invalid { .. })), "{text}");
        }
    }
}
