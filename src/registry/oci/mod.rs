//! Any registry over the distribution API (`/v2/`): names of tags and their digests, no push times.
//!
//! `challenge.rs` and `link.rs` read two headers, `session.rs` signs in and tries again, this file knows the questions.
//! Everything that a server says is bounded: pages, bytes, attempts; nothing that it says leads to another host.

mod challenge;
mod link;
mod session;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use self::session::{Question, Session};
use super::{Digest, Error, ListedImage, Listing, Registry, Repository, Resolved, Settings, Tag};
use crate::http::{Method, Response, Url};

/// Tags that we ask for per page.
const PAGE: usize = 1000;
/// Bytes of one page: a million tags of 28 characters.
const PAGE_BYTES: u64 = 32 << 20;
const MOST_PAGES: usize = 2000;
const MOST_TAGS: usize = 2_000_000;
/// Registries take manifests up to 4 MiB.
const MANIFEST_BYTES: u64 = 8 << 20;

const MANIFEST_TYPES: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
const DIGEST_HEADER: &str = "docker-content-digest";

/// A registry with the distribution API.
pub(super) struct OciRegistry {
    session: Session,
    time_limit: Duration,
}

impl OciRegistry {
    pub(super) fn new(repository: &Repository, settings: &Settings) -> Result<Self, Error> {
        Ok(Self { session: Session::new(repository, settings)?, time_limit: settings.time_limit() })
    }

    fn question<'a>(&self, repository: &'a Repository, operation: &'static str) -> Question<'a> {
        Question { repository, operation, deadline: Instant::now() + self.time_limit }
    }

    fn manifest(&self, question: &Question<'_>, method: Method, url: &Url, tag: &Tag) -> Result<Response, Error> {
        self.session.ask(question, method, url, MANIFEST_TYPES).map_err(|error| match error {
            Error::NotFound { repository, .. } => Error::NotFound { repository, tag: Some(tag.to_string()) },
            error => error,
        })
    }
}

impl Registry for OciRegistry {
    fn list(&self, repository: &Repository) -> Result<Listing, Error> {
        let question = self.question(repository, "listing the tags");
        let first = self.session.url(&question, &format!("{}/tags/list?n={PAGE}", repository.name()))?;
        let mut gathered = Gathered::default();
        let mut asked = HashSet::new();
        let mut next = Some(first);
        while let Some(url) = next {
            if !asked.insert(url.clone()) {
                return Err(question.invalid("a page leads back to an earlier one"));
            }
            if asked.len() > MOST_PAGES || gathered.tags.len() > MOST_TAGS {
                return Err(question.invalid(format!("there are more than {MOST_PAGES} pages or {MOST_TAGS} tags")));
            }
            let response = self.session.ask(&question, Method::Get, &url, "application/json")?;
            let link = next_page(&question, &url, &response)?;
            let page: Page = response.json(PAGE_BYTES).map_err(|error| question.http(error))?;
            let names = page.tags.unwrap_or_default();
            let added = gathered.add(&names);
            if link.is_some() && !added {
                return Err(question.invalid("a page brings nothing new and names another one"));
            }
            next = match link {
                // Some registries cut at the number we asked for and do not say so; asking on costs one call.
                None if added && names.len() == PAGE => following(&url, &names),
                other => other,
            };
        }
        Ok(gathered.listing())
    }

    fn resolve(&self, repository: &Repository, tag: &Tag) -> Result<Resolved, Error> {
        let question = self.question(repository, "looking up a tag");
        let url = self.session.url(&question, &format!("{}/manifests/{tag}", repository.name()))?;
        let head = match self.manifest(&question, Method::Head, &url, tag) {
            // Not every registry knows the verb, and every one knows `GET`.
            Err(Error::Invalid { .. }) => None,
            other => told_digest(&question, &other?)?,
        };
        if let Some(digest) = head {
            return Ok(Resolved { digest, pushed_at: None });
        }
        let response = self.manifest(&question, Method::Get, &url, tag)?;
        let told = told_digest(&question, &response)?;
        let bytes = response.bytes(MANIFEST_BYTES).map_err(|error| question.http(error))?;
        let Ok(manifest) = serde_json::from_slice::<serde_json::Map<String, Value>>(&bytes) else {
            return Err(question.invalid("the manifest is not a JSON object"));
        };
        // Some error pages come with the status of a success; every version of a manifest says which it is.
        if manifest.get("schemaVersion").and_then(Value::as_u64).is_none() {
            return Err(question.invalid("what it sent is no manifest: it has no schemaVersion"));
        }
        let digest = Digest::of(&bytes);
        match told {
            Some(told) if told.algorithm() == digest.algorithm() && told != digest => {
                Err(question.invalid(format!("it calls the manifest {told}, and it is {digest}")))
            }
            _ => Ok(Resolved { digest, pushed_at: None }),
        }
    }

    fn knows_push_times(&self) -> bool {
        false
    }
}

#[derive(Deserialize)]
struct Page {
    /// `null` where there are none. Entries that are no texts are counted, not refused.
    tags: Option<Vec<Value>>,
}

#[derive(Default)]
struct Gathered {
    tags: Vec<Tag>,
    known: HashSet<Tag>,
    malformed: usize,
}

impl Gathered {
    /// Takes a page in and tells whether it brought anything new.
    fn add(&mut self, names: &[Value]) -> bool {
        let before = self.tags.len() + self.malformed;
        for name in names {
            match name.as_str().and_then(|name| Tag::parse(name).ok()) {
                Some(tag) => {
                    if self.known.insert(tag.clone()) {
                        self.tags.push(tag);
                    }
                }
                None => self.malformed += 1,
            }
        }
        self.tags.len() + self.malformed > before
    }

    fn listing(self) -> Listing {
        let images = self
            .tags
            .into_iter()
            .map(|tag| ListedImage { digest: None, tags: vec![tag], pushed_at: None, artifact_type: None })
            .collect();
        Listing { images, malformed_tags: self.malformed }
    }
}

/// The next page must be on the same origin: the request carries our credentials.
fn next_page(question: &Question<'_>, url: &Url, response: &Response) -> Result<Option<Url>, Error> {
    let headers = response.headers("link");
    let Some(target) = link::next(&headers) else {
        return Ok(None);
    };
    let target = url.join(target).map_err(|_| question.invalid("the address of the next page cannot be read"))?;
    if target.origin() != url.origin() || !target.username().is_empty() || target.password().is_some() {
        return Err(question.invalid("the next page is said to be on another host"));
    }
    Ok(Some(target))
}

fn following(url: &Url, names: &[Value]) -> Option<Url> {
    let last = names.last()?.as_str()?;
    let mut url = url.clone();
    url.query_pairs_mut().clear().append_pair("n", &PAGE.to_string()).append_pair("last", last);
    Some(url)
}

fn told_digest(question: &Question<'_>, response: &Response) -> Result<Option<Digest>, Error> {
    let html = response.header("content-type").is_some_and(|text| text.trim_start().starts_with("text/html"));
    if html {
        return Err(question.invalid("it sent a web page in place of a manifest"));
    }
    match response.header(DIGEST_HEADER) {
        None => Ok(None),
        Some(text) => Digest::parse(text).map(Some).map_err(|error| question.invalid(error.to_string())),
    }
}
