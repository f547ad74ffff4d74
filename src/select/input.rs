//! [`Input`]: everything that a choice may depend on.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::checks::{Checks, Scan, Signature};
use super::history::Source;
use super::pattern::Pattern;
use super::policy::semver::Range;
use crate::image::ListedImage;

/// Everything that a choice may depend on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The clock.
    pub now: Timestamp,
    /// What the release file asks for.
    pub settings: &'a Settings,
    /// What the registry has.
    pub listing: &'a Listing,
    /// The commits of the application's source.
    pub source: SourceState<'a>,
    /// What the release file says is running; `None` where nothing was chosen yet.
    pub running: Option<&'a Running>,
    /// The digest that plainsail chose last; `None` where it never chose one.
    pub marker: Option<&'a str>,
}

/// What may be known of the application's source.
#[derive(Clone, Copy, Debug, Default)]
pub enum SourceState<'a> {
    /// None is configured.
    #[default]
    None,
    /// It is configured and cannot be read.
    Unavailable,
    /// Its commits.
    Known(&'a Source),
}

/// How "newest" is meant.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Policy {
    /// By the registry's push time.
    #[default]
    Pushed,
    /// By the place of the tag's commit on a branch of the source.
    Ancestry,
    /// By the build date that the image states.
    Created,
    /// By semantic version.
    Semver,
    /// By a number.
    Number,
    /// By name, as bytes.
    Name,
    /// Whatever a moving tag stands for, under the moving tag's name.
    Digest,
    /// Whatever a moving tag stands for, under the matching tag of the same digest.
    Follow,
}

impl Policy {
    /// Returns the policy of a name as written.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Returns the name as written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Ancestry => "ancestry",
            Self::Created => "created",
            Self::Semver => "semver",
            Self::Number => "number",
            Self::Name => "name",
            Self::Digest => "digest",
            Self::Follow => "follow",
        }
    }

    /// Every policy.
    pub const ALL: [Self; 8] = [
        Self::Pushed,
        Self::Ancestry,
        Self::Created,
        Self::Semver,
        Self::Number,
        Self::Name,
        Self::Digest,
        Self::Follow,
    ];
}

/// What the release file asks for.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How "newest" is meant.
    pub policy: Policy,
    /// Which tags count.
    pub pattern: Pattern,
    /// Which of those do not.
    pub ignore: Vec<Pattern>,
    /// The branch of the source.
    pub branch: Option<String>,
    /// The moving tag of `digest` and `follow`.
    pub track: Option<String>,
    /// The versions that `semver` takes.
    pub range: Option<Range>,
    /// Whether `semver` takes pre-releases.
    pub pre_releases: bool,
    /// The platform that must be there: `linux/arm64`.
    pub platform: Option<String>,
    /// How long ago the push must be.
    pub minimum_age: Option<SignedDuration>,
    /// Whether history and push order check one another.
    pub cross_check: bool,
    /// What an image must have before it is taken.
    pub checks: Checks,
    /// Whether a step back is a step like any other.
    pub allow_backwards: bool,
    /// Whether a person holds the release.
    pub hold: bool,
    /// What is looked for.
    pub kind: Kind,
}

impl Settings {
    /// Tells whether commits take part.
    pub(super) fn uses_commits(&self) -> bool {
        self.cross_check || self.policy == Policy::Ancestry
    }
}

/// What lies in a repository.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Kind {
    /// A container image.
    #[default]
    Image,
    /// A Helm chart.
    Chart,
    /// Anything else: a signature, a bill of materials, a build cache.
    Artifact,
}

/// What a registry has, as far as it told.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Whether all of it was told.
    pub complete: bool,
    /// The images, in any order.
    pub images: Vec<Image>,
}

/// The answer to a question that can fail.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Known<T> {
    /// There is nothing.
    #[default]
    Absent,
    /// It could not be asked.
    Unknown,
    /// This is it.
    Value(T),
}

/// One image, with what is known of it. Texts are as the registry gave them.
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// The identity.
    pub digest: String,
    /// The labels that stand for it.
    pub tags: Vec<String>,
    /// When the registry took it.
    pub pushed_at: Option<Timestamp>,
    /// The build date in its configuration.
    pub created: Option<Timestamp>,
    /// The build dates of an index, by platform.
    pub created_by: BTreeMap<String, Timestamp>,
    /// The platforms; `None` where they could not be read.
    pub platforms: Option<Vec<String>>,
    /// The labels of its configuration.
    pub labels: BTreeMap<String, String>,
    /// What it is.
    pub kind: Kind,
    /// The digests that an index joins.
    pub children: Vec<String>,
    /// The signatures for it.
    pub signatures: Known<Vec<Signature>>,
    /// The result of its scan.
    pub scan: Known<Scan>,
}

impl Image {
    /// Takes over what a registry lists; `None` where it lists names without digests, which nothing can be chosen from.
    pub fn from_listed(listed: &ListedImage) -> Option<Self> {
        Some(Self {
            digest: listed.digest.as_ref()?.to_string(),
            tags: listed.tags.iter().map(ToString::to_string).collect(),
            pushed_at: listed.pushed_at,
            kind: listed.artifact_type.as_deref().map_or(Kind::Image, kind_of),
            ..Self::default()
        })
    }
}

fn kind_of(artifact_type: &str) -> Kind {
    match artifact_type {
        "" | "application/vnd.docker.container.image.v1+json" | "application/vnd.oci.image.config.v1+json" => {
            Kind::Image
        }
        "application/vnd.cncf.helm.config.v1+json" => Kind::Chart,
        _ => Kind::Artifact,
    }
}

/// What the release file says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Running {
    /// The tag.
    pub tag: String,
    /// The digest; `None` where a person wrote the tag only.
    pub digest: Option<String>,
    /// The push time, where it is written.
    pub pushed_at: Option<Timestamp>,
}
