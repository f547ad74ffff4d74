//! [`MemoryRegistry`]: a registry for tests.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;

use super::{Digest, Error, ListedImage, Listing, Registry, Repository, Resolved, Tag};

/// A registry that holds what a test put there, and fails where the test says so.
#[derive(Debug, Default)]
pub struct MemoryRegistry {
    repositories: Mutex<BTreeMap<String, Contents>>,
}

#[derive(Debug, Default)]
struct Contents {
    images: Vec<ListedImage>,
    failure: Option<String>,
}

impl MemoryRegistry {
    /// Creates one without repositories.
    pub fn new() -> Self {
        Self::default()
    }

    /// Pushes an image: `tag` stands for `digest` from now on, and for nothing else.
    pub fn push(&self, repository: &Repository, tag: &Tag, digest: &Digest, pushed_at: Option<Timestamp>) {
        self.change(repository, |contents| {
            for image in &mut contents.images {
                image.tags.retain(|other| other != tag);
            }
            match contents.images.iter_mut().find(|image| image.digest.as_ref() == Some(digest)) {
                Some(image) => {
                    image.tags.push(tag.clone());
                    image.pushed_at = image.pushed_at.max(pushed_at);
                }
                None => contents.images.push(ListedImage {
                    digest: Some(digest.clone()),
                    tags: vec![tag.clone()],
                    pushed_at,
                    artifact_type: None,
                }),
            }
        });
    }

    /// Lets every further call for a repository fail as unavailable with `reason`; `None` ends that.
    pub fn fail(&self, repository: &Repository, reason: Option<&str>) {
        self.change(repository, |contents| contents.failure = reason.map(str::to_owned));
    }

    fn change(&self, repository: &Repository, change: impl FnOnce(&mut Contents)) {
        let mut repositories = self.repositories.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(repositories.entry(repository.to_string()).or_default());
    }

    fn images(&self, repository: &Repository, operation: &str) -> Result<Vec<ListedImage>, Error> {
        let repositories = self.repositories.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let contents = repositories
            .get(repository.as_str())
            .ok_or_else(|| Error::NotFound { repository: repository.to_string(), tag: None })?;
        match &contents.failure {
            Some(reason) => Err(Error::Unavailable {
                repository: repository.to_string(),
                operation: operation.to_owned(),
                reason: reason.clone(),
            }),
            None => Ok(contents.images.clone()),
        }
    }
}

impl Registry for MemoryRegistry {
    fn list(&self, repository: &Repository) -> Result<Listing, Error> {
        Ok(Listing { images: self.images(repository, "list")?, malformed_tags: 0 })
    }

    fn resolve(&self, repository: &Repository, tag: &Tag) -> Result<Resolved, Error> {
        self.images(repository, "resolve")?
            .into_iter()
            .find(|image| image.tags.contains(tag))
            .and_then(|image| Some(Resolved { digest: image.digest?, pushed_at: image.pushed_at }))
            .ok_or_else(|| Error::NotFound { repository: repository.to_string(), tag: Some(tag.to_string()) })
    }

    fn knows_push_times(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_stands_for_one_digest() {
        let registry = MemoryRegistry::new();
        let repository = Repository::parse("example.com/api").unwrap();
        let tag = Tag::parse("0012345").unwrap();
        registry.push(&repository, &tag, &Digest::of(b"1"), None);
        registry.push(&repository, &tag, &Digest::of(b"2"), None);
        assert_eq!(registry.resolve(&repository, &tag).unwrap().digest, Digest::of(b"2"));
        assert_eq!(registry.list(&repository).unwrap().tags(), [&tag]);
        registry.fail(&repository, Some("down"));
        assert_eq!(registry.list(&repository).unwrap_err().kind(), super::super::Kind::Unavailable);
    }
}
