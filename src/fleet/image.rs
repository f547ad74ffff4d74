//! [`Image`]: an image of a release, how it is chosen, and which values it becomes.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::hold::parse_time;
use super::values_path::ValuesPath;
use crate::image::{Digest, Repository, Tag};

/// The tags that count where a file says nothing else: short SHAs.
pub const DEFAULT_MATCH: &str = "^[0-9a-f]{7,40}$";

/// An image of a release.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "the keys of an image")]
pub struct Image {
    /// Where its tags are: `HOST/NAME`.
    #[serde(deserialize_with = "repository")]
    #[schemars(with = "String")]
    pub repository: Repository,
    /// How the newest is chosen. Not with `promotesFrom`; without both, a person sets the tag.
    pub policy: Option<Policy>,
    /// Which tags count, as a regular expression; a group named `sha` takes the hash out of a longer tag. Default: short SHAs.
    #[serde(rename = "match")]
    pub tags: Option<TagPattern>,
    /// The tag that runs; empty as long as nothing is chosen.
    #[serde(default, deserialize_with = "tag")]
    #[schemars(with = "Option<String>", extend("pattern" = "^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$"))]
    pub tag: Option<Tag>,
    /// The digest that runs.
    #[serde(default, deserialize_with = "digest")]
    #[schemars(with = "Option<String>", extend("pattern" = "^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})?$"))]
    pub digest: Option<Digest>,
    /// When it was pushed to the registry.
    #[serde(default, deserialize_with = "time")]
    #[schemars(with = "Option<String>")]
    pub pushed_at: Option<Timestamp>,
    /// Which values it becomes. Default, where a release has one image: `image.repository`, `image.tag`, `image.digest`.
    pub into: Option<Targets>,
    /// `tag`: the manifests need not print the digest. Default: they must.
    #[serde(default)]
    pub pin: Pin,
}

/// How the newest image is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// By the time of the push to the registry.
    Pushed,
    /// By the history of the application's source repository. Not built yet.
    #[schemars(skip)]
    Ancestry,
    /// By the time that the image itself says. Not built yet.
    #[schemars(skip)]
    Created,
    /// By semantic version. Not built yet.
    #[schemars(skip)]
    Semver,
    /// By number. Not built yet.
    #[schemars(skip)]
    Number,
    /// By name. Not built yet.
    #[schemars(skip)]
    Name,
    /// The digest of a moving tag. Not built yet.
    #[schemars(skip)]
    Digest,
    /// What another release runs. Not built yet.
    #[schemars(skip)]
    Follow,
}

/// What identifies the image in the manifests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pin {
    /// The digest must occur.
    #[default]
    Digest,
    /// The tag is enough.
    Tag,
}

/// Values paths that an image is written to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "values paths")]
pub struct Targets {
    /// Takes the registry's host; `repository` then takes the rest.
    pub registry: Option<ValuesPath>,
    /// Takes the repository.
    pub repository: Option<ValuesPath>,
    /// Takes the tag.
    pub tag: Option<ValuesPath>,
    /// Takes the digest.
    pub digest: Option<ValuesPath>,
    /// Takes `repository:tag@digest`.
    pub reference: Option<ValuesPath>,
    /// Takes `tag@digest`, for charts without a key for the digest.
    pub tag_with_digest: Option<ValuesPath>,
}

impl Targets {
    /// Returns the targets by their key in the file, those that are set.
    pub fn named(&self) -> Vec<(&'static str, &ValuesPath)> {
        [
            ("registry", &self.registry),
            ("repository", &self.repository),
            ("tag", &self.tag),
            ("digest", &self.digest),
            ("reference", &self.reference),
            ("tagWithDigest", &self.tag_with_digest),
        ]
        .into_iter()
        .filter_map(|(key, path)| path.as_ref().map(|path| (key, path)))
        .collect()
    }

    /// Returns the targets of a release's only image that says none.
    pub fn standard() -> Self {
        Self {
            repository: Some(ValuesPath::of(["image", "repository"])),
            tag: Some(ValuesPath::of(["image", "tag"])),
            digest: Some(ValuesPath::of(["image", "digest"])),
            ..Self::default()
        }
    }
}

/// A regular expression over tags.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(!try_from, with = "String")]
pub struct TagPattern {
    text: String,
    pattern: regex::Regex,
}

impl TagPattern {
    /// Returns the expression as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the compiled expression.
    pub fn regex(&self) -> &regex::Regex {
        &self.pattern
    }
}

impl TryFrom<String> for TagPattern {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        // The crate's message draws a picture of several lines; its last line says what is wrong.
        let pattern = regex::RegexBuilder::new(&text).size_limit(1 << 20).build().map_err(|error| {
            let words = error.to_string();
            let last = words.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("`{text}` is not a regular expression: {last}")
        })?;
        Ok(Self { text, pattern })
    }
}

impl Image {
    /// Returns the expression over tags, as written or the default.
    pub fn tag_pattern(&self) -> &str {
        self.tags.as_ref().map_or(DEFAULT_MATCH, TagPattern::as_str)
    }

    /// Tells whether something is chosen: without a tag the release is left out.
    pub fn is_chosen(&self) -> bool {
        self.tag.is_some()
    }

    /// Returns `repository:tag@digest`, as far as they are known.
    pub fn reference(&self) -> String {
        let mut text = self.repository.as_str().to_owned();
        if let Some(tag) = &self.tag {
            text.push(':');
            text.push_str(tag.as_str());
        }
        if let Some(digest) = &self.digest {
            text.push('@');
            text.push_str(digest.as_str());
        }
        text
    }
}

fn repository<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Repository, D::Error> {
    let text = String::deserialize(deserializer)?;
    Repository::parse(&text).map_err(serde::de::Error::custom)
}

/// Reads a text that may be missing or empty, which both mean: nothing yet.
fn chosen<'de, D: Deserializer<'de>, T, E: std::fmt::Display>(
    deserializer: D,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Result<Option<T>, D::Error> {
    match Option::<String>::deserialize(deserializer)? {
        Some(text) if !text.is_empty() => parse(&text).map(Some).map_err(serde::de::Error::custom),
        _ => Ok(None),
    }
}

fn tag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Tag>, D::Error> {
    chosen(deserializer, Tag::parse)
}

fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Digest>, D::Error> {
    chosen(deserializer, Digest::parse)
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    chosen(deserializer, parse_time)
}
