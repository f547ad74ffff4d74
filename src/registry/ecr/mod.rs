//! Amazon ECR through its own API: the only registry that tells push times.
//!
//! Asynchronous inside, blocking outside: the SDK and its runtime do not leave this folder. Requests go through the shared
//! [`http::Client`](crate::http::Client) (`connector.rs`), so certificates and proxies are the same everywhere. Must not be
//! called from asynchronous code.

mod connector;
mod failure;

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_ecr::Client;
use aws_sdk_ecr::config::Region;
use aws_sdk_ecr::config::retry::RetryConfig;
use aws_sdk_ecr::config::timeout::TimeoutConfig;
use aws_sdk_ecr::types::{DescribeImagesFilter, ImageDetail, ImageIdentifier, TagStatus};
use jiff::Timestamp;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::OnceCell;

use self::connector::Connector;
use self::failure::Question;
use super::settings::Aws;
use super::{Digest, Ecr, Error, ListedImage, Listing, Registry, Repository, Resolved, Settings, Tag};
use crate::http;

/// The most images that ECR puts on one page.
const PAGE: i32 = 1000;
/// No repository of ECR holds more images than this many pages do (its quota is 20,000 and can be raised).
const MOST_PAGES: usize = 1000;
/// Tries for one call, the first included; the SDK waits longer before each.
const ATTEMPTS: u32 = 5;
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// One answer must be there after this time; a page of 1,000 images takes a second or two.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// One account's ECR in one region.
pub(super) struct EcrRegistry {
    runtime: Runtime,
    client: OnceCell<Client>,
    registry: Ecr,
    connector: Connector,
    endpoint: Option<String>,
    time_limit: Duration,
    aws: Aws,
}

impl EcrRegistry {
    /// Prepares the client; nothing is asked yet.
    pub(super) fn new(repository: &Repository, registry: Ecr, settings: &Settings) -> Result<Self, Error> {
        let setup = |reason: String| Error::Settings { place: repository.host().to_owned(), reason };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| setup(error.to_string()))?;
        // Credentials come from addresses of the machine's link; a person, or the platform, named all of these.
        let client =
            http::Client::new(&settings.http, http::Reach::Anywhere).map_err(|error| setup(error.to_string()))?;
        Ok(Self {
            runtime,
            client: OnceCell::new(),
            registry,
            connector: Connector::new(client),
            endpoint: settings.ecr_endpoint.clone(),
            time_limit: settings.time_limit(),
            aws: settings.aws.clone(),
        })
    }

    async fn client(&self) -> &Client {
        self.client.get_or_init(|| self.connect()).await
    }

    async fn connect(&self) -> Client {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(self.connector.clone())
            .region(Region::new(self.registry.region.clone()))
            .use_fips(self.registry.fips)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(LONGEST_WAIT))
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT).build());
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        Client::new(&loader.load().await)
    }

    /// Runs a question to its end or to the time limit.
    fn ask<T>(&self, question: &Question<'_>, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.runtime
            .block_on(async { tokio::time::timeout(self.time_limit, answer).await })
            .unwrap_or_else(|_| Err(question.unavailable(format!("no answer within {:?}", self.time_limit))))
    }
}

impl Registry for EcrRegistry {
    fn list(&self, repository: &Repository) -> Result<Listing, Error> {
        let question = Question { repository, tag: None, aws: &self.aws };
        self.ask(&question, async {
            let client = self.client().await;
            let mut listing = Listing { images: Vec::new(), malformed_tags: 0 };
            let mut seen = HashSet::new();
            let mut next = None;
            loop {
                let page = client
                    .describe_images()
                    .registry_id(&self.registry.account)
                    .repository_name(repository.name())
                    .filter(DescribeImagesFilter::builder().tag_status(TagStatus::Tagged).build())
                    .max_results(PAGE)
                    .set_next_token(next)
                    .send()
                    .await
                    .map_err(|error| question.failure(error))?;
                for detail in page.image_details() {
                    listing.images.push(image(&question, detail, &mut listing.malformed_tags)?);
                }
                next = match page.next_token {
                    None => return Ok(listing),
                    Some(token) if token.is_empty() => return Ok(listing),
                    Some(token) => Some(token),
                };
                if !seen.insert(next.clone()) {
                    return Err(question.invalid("a page leads back to an earlier one"));
                }
                if seen.len() >= MOST_PAGES {
                    return Err(question.invalid(format!("there are more than {MOST_PAGES} pages")));
                }
            }
        })
    }

    fn resolve(&self, repository: &Repository, tag: &Tag) -> Result<Resolved, Error> {
        let question = Question { repository, tag: Some(tag), aws: &self.aws };
        self.ask(&question, async {
            let answer = self
                .client()
                .await
                .describe_images()
                .registry_id(&self.registry.account)
                .repository_name(repository.name())
                .image_ids(ImageIdentifier::builder().image_tag(tag.as_str()).build())
                .send()
                .await
                .map_err(|error| question.failure(error))?;
            match answer.image_details() {
                [] => Err(Error::NotFound { repository: repository.to_string(), tag: Some(tag.to_string()) }),
                [detail] => {
                    Ok(Resolved { digest: digest(&question, detail)?, pushed_at: pushed_at(&question, detail)? })
                }
                _ => Err(question.invalid("one tag stands for several images")),
            }
        })
    }

    fn knows_push_times(&self) -> bool {
        true
    }
}

fn image(question: &Question<'_>, detail: &ImageDetail, malformed: &mut usize) -> Result<ListedImage, Error> {
    let named = detail.image_tags();
    let tags: Vec<Tag> = named.iter().filter_map(|name| Tag::parse(name).ok()).collect();
    *malformed += named.len() - tags.len();
    Ok(ListedImage {
        digest: Some(digest(question, detail)?),
        tags,
        pushed_at: pushed_at(question, detail)?,
        artifact_type: detail.artifact_media_type().map(str::to_owned),
    })
}

fn digest(question: &Question<'_>, detail: &ImageDetail) -> Result<Digest, Error> {
    let text = detail.image_digest().ok_or_else(|| question.invalid("an image has no digest"))?;
    Digest::parse(text).map_err(|error| question.invalid(error.to_string()))
}

fn pushed_at(question: &Question<'_>, detail: &ImageDetail) -> Result<Option<Timestamp>, Error> {
    let Some(time) = detail.image_pushed_at() else {
        return Ok(None);
    };
    let nanoseconds = i32::try_from(time.subsec_nanos()).unwrap_or_default();
    Timestamp::new(time.secs(), nanoseconds)
        .map(Some)
        .map_err(|_| question.invalid("a push time is outside the years of the calendar"))
}
