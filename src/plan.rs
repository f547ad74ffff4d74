//! The plan of a run as data: what was found, what would change, what was written. Everything that a command prints about a
//! run stands here, so that text and JSON say the same.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diff::ObjectChange;
use crate::fleet::Diagnostic;

/// An image at a moment: what a release file says, or what a registry has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageState {
    /// The tag; empty where none is chosen yet.
    pub tag: String,
    /// The digest; empty where none is pinned.
    pub digest: String,
    /// The push time as written in the file; empty where it is not known.
    pub pushed_at: String,
}

/// What was decided about one image of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageDecision {
    /// The image's name in the release file.
    pub image: String,
    /// Where it lives.
    pub repository: String,
    /// What was decided.
    pub verdict: Verdict,
    /// The reason as a code: `newer`, `up-to-date`, `held`, `backwards`, `incomplete-listing`, …
    pub code: String,
    /// The reason in words.
    pub reason: String,
    /// What is worth knowing besides.
    pub findings: Vec<String>,
    /// The tags that are no candidates, each with the rule that dropped it.
    pub dropped: BTreeMap<String, String>,
    /// What the file said.
    pub from: ImageState,
    /// What it says now; absent where nothing is written.
    pub to: Option<ImageState>,
}

impl ImageDecision {
    /// Turns a bump into a keep, because a person has left this image since.
    pub fn keep_left(&mut self) {
        self.verdict = Verdict::Keep;
        self.code = String::from("left-by-a-person");
        self.reason = String::from("plainsail has set this digest before and somebody took it back (a revert)");
        self.to = None;
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Another image is written.
    Bump,
    /// What runs stays.
    Keep,
    /// Nothing could be decided; nothing is written for this release.
    Error,
}

/// Where a release failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Its file cannot be read.
    Load,
    /// The registry could not be asked.
    Discover,
    /// No image could be chosen.
    Select,
    /// The file could not be edited.
    Bump,
    /// The chart could not be rendered.
    Render,
    /// The branch or its pull request could not be written.
    Push,
}

/// Why a release failed; the others go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Where.
    pub stage: Stage,
    /// The error as a code: `not-deployed`, `incomplete-listing`, …
    pub code: String,
    /// The error and its causes, outermost first.
    pub messages: Vec<String>,
    /// The file it is about, where there is one.
    pub file: Option<String>,
    /// The line in that file.
    pub line: Option<usize>,
    /// What to try.
    pub hint: Option<String>,
    /// The place in a chart with its line, and how the templates came there.
    pub diagnostic: Option<Box<Diagnostic>>,
    /// What else is wrong with the release, each as far as it is no consequence of another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further: Vec<Diagnostic>,
}

/// What became of one release.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReleasePlan {
    /// The environment.
    pub environment: String,
    /// The release.
    pub release: String,
    /// What was decided about each image, in the order of the file.
    pub images: Vec<ImageDecision>,
    /// The objects that change.
    pub objects: Vec<ObjectChange>,
    /// Whether the marker or the release file changes though no object does.
    pub other_files: bool,
    /// Whether the release file is gone, so that its hydrated output goes too.
    pub removed: bool,
    /// Why the release is left out without being wrong: no image chosen yet.
    pub left_out: Option<String>,
    /// What is worth knowing.
    pub notices: Vec<String>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

impl ReleasePlan {
    /// Returns a plan about which nothing is known yet.
    pub fn new(environment: &str, release: &str) -> Self {
        Self {
            environment: environment.to_owned(),
            release: release.to_owned(),
            images: Vec::new(),
            objects: Vec::new(),
            other_files: false,
            removed: false,
            left_out: None,
            notices: Vec::new(),
            failure: None,
        }
    }

    /// Returns the address, `ENV/RELEASE`.
    pub fn address(&self) -> String {
        format!("{}/{}", self.environment, self.release)
    }

    /// Tells whether anything is written for it.
    pub fn changes(&self) -> bool {
        self.failure.is_none() && (self.other_files || !self.objects.is_empty() || self.bumps().next().is_some())
    }

    /// Returns the images that are bumped: none where the release failed, whatever was decided before, for it keeps its file.
    pub fn bumps(&self) -> impl Iterator<Item = &ImageDecision> {
        self.images.iter().filter(|image| self.failure.is_none() && image.verdict == Verdict::Bump)
    }
}

/// What became of one branch.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BranchPlan {
    /// The branch.
    pub branch: String,
    /// What was done.
    pub action: BranchAction,
    /// The commit, where one was made.
    pub commit: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// The paths that it changes, sorted.
    pub paths: Vec<String>,
    /// The pull request of the branch.
    pub pull_request: Option<PullRequestPlan>,
    /// Why nothing could be done.
    pub failure: Option<Failure>,
}

/// What was done with a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BranchAction {
    /// It stays as it is.
    UpToDate,
    /// A commit was pushed.
    Pushed,
    /// A commit would be pushed (dry run).
    Planned,
    /// It has no meaning any more and was removed.
    Removed,
    /// It could not be brought up to date.
    Failed,
}

/// The pull request of a branch.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PullRequestPlan {
    /// The title.
    pub title: String,
    /// The body.
    pub body: String,
    /// What was done: `created`, `updated`, `unchanged`, `planned`, `closed`, `no-forge`.
    pub action: String,
    /// The number, where one is known.
    pub number: Option<u64>,
    /// Its page, where one is known.
    pub url: Option<String>,
}

/// The whole run.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
    /// Every release that was looked at.
    pub releases: Vec<ReleasePlan>,
    /// Every branch that was looked at.
    pub branches: Vec<BranchPlan>,
}

impl Plan {
    /// Returns the releases that failed.
    pub fn failures(&self) -> impl Iterator<Item = (&ReleasePlan, &Failure)> {
        self.releases.iter().filter_map(|release| Some((release, release.failure.as_ref()?)))
    }

    /// Tells whether anything failed while the rest went on.
    pub fn is_partial(&self) -> bool {
        self.failures().next().is_some() || self.branches.iter().any(|branch| branch.failure.is_some())
    }

    /// Tells whether anything was written, or would be.
    pub fn changes_something(&self) -> bool {
        self.branches
            .iter()
            .any(|branch| matches!(branch.action, BranchAction::Pushed | BranchAction::Planned | BranchAction::Removed))
    }
}
