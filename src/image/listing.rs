//! What a registry tells: [`Listing`], [`ListedImage`], [`Resolved`].

use jiff::Timestamp;

use super::{Digest, Tag};

/// Everything that a registry has in one repository. Complete by construction: a page that fails is a failed listing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listing {
    /// The images, in no order that means anything.
    pub images: Vec<ListedImage>,
    /// How many listed names broke the grammar of tags and were left out.
    pub malformed_tags: usize,
}

/// One image of a repository, or one tag of it where the registry lists names only.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedImage {
    /// The identity; `None` where the registry lists names only (the distribution API): ask `Registry::resolve`.
    pub digest: Option<Digest>,
    /// The tags; exactly one where the registry lists names only.
    pub tags: Vec<Tag>,
    /// When it was pushed, as the registry says; `None` where it does not say.
    pub pushed_at: Option<Timestamp>,
    /// The media type of its configuration or artifact, where the list has it; tells images from charts and signatures.
    pub artifact_type: Option<String>,
}

impl Listing {
    /// Returns the tags of all images, sorted.
    pub fn tags(&self) -> Vec<&Tag> {
        let mut tags: Vec<&Tag> = self.images.iter().flat_map(|image| &image.tags).collect();
        tags.sort_unstable();
        tags
    }
}

/// What a tag stands for at the moment of asking.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resolved {
    /// The identity of the image.
    pub digest: Digest,
    /// When it was pushed, where the registry says so.
    pub pushed_at: Option<Timestamp>,
}
