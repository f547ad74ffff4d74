//! The images of the sample fleet: what `demo` puts into its registry, so that the digests in `environments/` exist.

use std::collections::BTreeMap;

/// An image of the sample fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleImage {
    /// The name in the registry, below [`SAMPLE_HOST`].
    pub name: &'static str,
    /// The commit it was built from; its first seven digits are the tag.
    pub revision: &'static str,
    /// When it was pushed.
    pub pushed_at: &'static str,
}

/// The host of the sample fleet's registry; `plainsail.yaml` says that it is a folder.
pub const SAMPLE_HOST: &str = "registry.example.com";

/// The images, oldest first within a name. Of `web` the second runs everywhere, of `worker` the first runs in dev.
///
/// Some tags are numbers to one YAML reader or another, as one short SHA in eighteen is.
pub const SAMPLE_IMAGES: [SampleImage; 6] = [
    SampleImage {
        name: "web",
        revision: "1234567c0ffee0123456789abcdef0123456789a",
        pushed_at: "2025-11-17T09:00:00Z",
    },
    SampleImage {
        name: "web",
        revision: "f00ba47c0ffee0123456789abcdef0123456789b",
        pushed_at: "2025-11-19T08:30:00Z",
    },
    SampleImage {
        name: "web",
        revision: "9d3c1abc0ffee0123456789abcdef0123456789c",
        pushed_at: "2025-11-20T15:12:40Z",
    },
    SampleImage {
        name: "web",
        revision: "12e4567c0ffee0123456789abcdef0123456789d",
        pushed_at: "2025-11-21T06:20:01Z",
    },
    SampleImage {
        name: "worker",
        revision: "0012345c0ffee0123456789abcdef0123456789e",
        pushed_at: "2025-11-18T10:00:00Z",
    },
    SampleImage {
        name: "worker",
        revision: "00e1234c0ffee0123456789abcdef0123456789f",
        pushed_at: "2025-11-20T11:45:30Z",
    },
];

/// The image that `demo --push` adds.
pub const SAMPLE_PUSH: SampleImage = SampleImage {
    name: "web",
    revision: "0a1b2c3c0ffee0123456789abcdef0123456789a",
    pushed_at: "2025-11-21T08:05:00Z",
};

impl SampleImage {
    /// Returns the tag: the short SHA.
    pub fn tag(&self) -> &'static str {
        self.revision.get(..7).unwrap_or(self.revision)
    }

    /// Returns the labels, as a build puts them on an image.
    pub fn labels(&self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("org.opencontainers.image.revision".to_owned(), self.revision.to_owned()),
            ("org.opencontainers.image.source".to_owned(), format!("https://git.example.com/example/{}", self.name)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Tag;

    #[test]
    fn the_digests_of_the_sample_fleet_are_those_of_the_sample_images() {
        let folder = tempfile::tempdir().unwrap();
        let files =
            crate::fleet::init::files(&crate::fleet::init::Options { sample: true, repository: None, branch: "main" });
        let files: crate::files::Memory = files.unwrap().into_iter().collect();
        let fleet = crate::fleet::Fleet::load(&files).unwrap();
        let pushed: Vec<(SampleImage, String)> = SAMPLE_IMAGES
            .into_iter()
            .map(|image| {
                let tag = Tag::parse(image.tag()).unwrap();
                let time = image.pushed_at.parse().unwrap();
                let digest = crate::registry::layout::push(folder.path(), image.name, &tag, time, &image.labels());
                (image, digest.unwrap().to_string())
            })
            .collect();
        for (_, release) in fleet.releases() {
            for image in release.file.images.values() {
                let (found, digest) = pushed
                    .iter()
                    .find(|(found, _)| {
                        image.repository.name() == found.name && image.tag.as_ref().unwrap().as_str() == found.tag()
                    })
                    .unwrap();
                assert_eq!(image.repository.host(), SAMPLE_HOST);
                assert_eq!(image.digest.as_ref().unwrap().as_str(), digest, "{}", release.address());
                assert_eq!(image.pushed_at.unwrap(), found.pushed_at.parse().unwrap());
            }
        }
    }

    #[test]
    fn each_name_has_something_newer_than_what_runs() {
        let newest = |name: &str| {
            SAMPLE_IMAGES.iter().filter(|image| image.name == name).max_by_key(|image| image.pushed_at).unwrap().tag()
        };
        assert_eq!((newest("web"), newest("worker")), ("12e4567", "00e1234"));
        assert!(SAMPLE_IMAGES.iter().chain([&SAMPLE_PUSH]).all(|image| image.revision.len() == 40));
        assert!(SAMPLE_IMAGES.iter().all(|image| image.pushed_at < SAMPLE_PUSH.pushed_at));
    }
}
