//! [`Outcome`]: what was chosen, and everything that `explain` tells about it.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// The result of a choice.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    /// What to do.
    pub decision: Decision,
    /// What a person should know, sorted.
    pub findings: Vec<Finding>,
    /// The candidates, the best first; empty where nothing could be decided.
    pub ranked: Vec<Ranked>,
    /// The tags that are no candidates, each with the first rule that it breaks.
    pub dropped: BTreeMap<String, Dropped>,
}

/// A candidate as `explain` shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ranked {
    /// The tag that would be written.
    pub tag: String,
    /// The digest.
    pub digest: String,
    /// When it was pushed, where that is known.
    pub pushed_at: Option<Timestamp>,
}

/// What to do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision {
    /// Write this.
    Choose {
        /// The tag, as listed.
        tag: String,
        /// The digest.
        digest: String,
        /// When it was pushed, where that is known.
        pushed_at: Option<Timestamp>,
    },
    /// Write nothing.
    Keep(Keep),
    /// Write nothing, and say that the release failed.
    Failed(Failure),
}

impl Outcome {
    /// An outcome for which nothing was looked at, or of which nothing can be believed.
    pub(super) fn without_details(decision: Decision) -> Self {
        Self { decision, findings: Vec::new(), ranked: Vec::new(), dropped: BTreeMap::new() }
    }

    /// Takes in a last look at the chosen tag, just before writing: `now_at` is the digest that it stands for (`None`: it is
    /// gone). Where that differs, nothing is written and the next run decides (rule 13).
    pub fn after_last_look(self, now_at: Option<&str>) -> Self {
        match &self.decision {
            Decision::Choose { digest, .. } if now_at != Some(digest) => {
                Self::without_details(Decision::Failed(Failure::ChangedMeanwhile))
            }
            _ => self,
        }
    }
}

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// Returns the code as it is printed.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

codes! {
    /// Why nothing is written.
    Keep {
        /// No candidate is newer than what runs.
        UpToDate = "up-to-date",
        /// Nothing is left after the rules.
        NoCandidate = "no-candidate",
        /// The best that is left is older than what runs.
        Backwards = "backwards",
        /// Nothing tells whether it is newer.
        CannotCompare = "cannot-compare",
        /// The running tag is now another digest, and there is nothing else to take.
        TagMoved = "tag-moved",
        /// The followed tag's digest has no matching tag (yet).
        NotPaired = "not-paired",
        /// A hold in the file.
        Held = "held",
        /// A person set the digest.
        HeldByHand = "held-by-hand",
    }
}

codes! {
    /// Why nothing could be decided.
    Failure {
        /// A page of the listing failed.
        IncompleteListing = "incomplete-listing",
        /// A digest is none.
        MalformedListing = "malformed-listing",
        /// One tag stands for two digests.
        InconsistentListing = "inconsistent-listing",
        /// The last look differs.
        ChangedMeanwhile = "changed-meanwhile",
        /// `pushed` without a source, and a candidate has no push time.
        NoPushTime = "no-push-time",
        /// The source cannot be read.
        SourceUnavailable = "source-unavailable",
        /// The source lacks the branch.
        NoBranch = "no-branch",
        /// The source's history is cut, and none of the images lies inside.
        IncompleteHistory = "incomplete-history",
        /// A tag fits several commits, and one of them would win.
        AmbiguousPrefix = "ambiguous-prefix",
        /// A signature or scan could not be asked for.
        CheckFailed = "check-failed",
    }
}

/// What a person should know.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Finding {
    /// History and push order point in different ways.
    OrdersDisagree,
    /// What runs is a commit that the branch does not contain.
    RunningOffBranch,
    /// The commit of what runs cannot be told.
    RunningUnknown,
    /// The best image has several tags that count.
    SeveralTags,
    /// The running digest is listed, the running tag is not.
    TagGone,
    /// The running tag is now another digest.
    TagMoved,
    /// Nothing but the fixed order decides.
    Tie,
    /// Neither the running tag nor the running digest is listed.
    Vanished,
}

impl Finding {
    /// Returns the code as it is printed; findings are in the order of their codes.
    pub fn code(self) -> &'static str {
        match self {
            Self::OrdersDisagree => "orders-disagree",
            Self::RunningOffBranch => "running-off-branch",
            Self::RunningUnknown => "running-unknown",
            Self::SeveralTags => "several-tags",
            Self::TagGone => "tag-gone",
            Self::TagMoved => "tag-moved",
            Self::Tie => "tie",
            Self::Vanished => "vanished",
        }
    }
}

codes! {
    /// Why a tag is no candidate.
    Dropped {
        /// It breaks the grammar of tags.
        InvalidTag = "invalid-tag",
        /// The pattern does not take it.
        NotMatching = "not-matching",
        /// It is on the list of what to ignore.
        Ignored = "ignored",
        /// The moving tag stands for something else.
        NotFollowed = "not-followed",
        /// It is the running tag, on another digest.
        TagMoved = "tag-moved",
        /// It is no image (or no chart, where a chart is looked for).
        WrongKind = "wrong-kind",
        /// It is a part of a listed index.
        ChildOfIndex = "child-of-index",
        /// The wanted platform is not there.
        MissingPlatform = "missing-platform",
        /// It states no build date.
        NoBuildDate = "no-build-date",
        /// Its time is ahead of the clock.
        InFuture = "in-future",
        /// It was pushed too recently, or nobody knows when.
        TooYoung = "too-young",
        /// It is no semantic version.
        NotSemver = "not-semver",
        /// It is a pre-release.
        PreRelease = "pre-release",
        /// The range does not take it.
        OutOfRange = "out-of-range",
        /// It is no number.
        NotANumber = "not-a-number",
        /// It names no commit.
        NoCommit = "no-commit",
        /// The source does not know its commit.
        UnknownCommit = "unknown-commit",
        /// Its label names another commit.
        LabelMismatch = "label-mismatch",
        /// It fits several commits.
        AmbiguousPrefix = "ambiguous-prefix",
        /// Its commit is not on the branch.
        OffBranch = "off-branch",
        /// Its commit came to the branch through a merge; the branch was never there.
        MergedIn = "merged-in",
        /// Another tag of the same image is written.
        OtherTag = "other-tag",
        /// It has no signature.
        Unsigned = "unsigned",
        /// None of its signatures counts.
        BadSignature = "bad-signature",
        /// It was never scanned.
        ScanMissing = "scan-missing",
        /// Its scan is not finished.
        ScanPending = "scan-pending",
        /// Its scan failed, or was cut off.
        ScanFailed = "scan-failed",
        /// Its scan found something.
        ScanFindings = "scan-findings",
        /// A label is missing or different.
        MissingLabel = "missing-label",
    }
}

impl Keep {
    /// Returns the reason in words, for reports and reviews.
    pub fn words(self) -> &'static str {
        match self {
            Self::UpToDate => "no candidate is newer than what runs",
            Self::NoCandidate => "no tag is left after the rules",
            Self::Backwards => "the best candidate is older than what runs",
            Self::CannotCompare => "nothing tells whether the best candidate is newer than what runs",
            Self::TagMoved => "the tag that runs stands for another digest now: a person must look",
            Self::NotPaired => "the moving tag's digest has no matching tag",
            Self::Held => "held",
            Self::HeldByHand => "a person set the digest",
        }
    }
}

impl Failure {
    /// Returns the reason in words, for reports and reviews.
    pub fn words(self) -> &'static str {
        match self {
            Self::IncompleteListing => "the listing is not complete",
            Self::MalformedListing => "the listing holds what is no digest",
            Self::InconsistentListing => "the listing has one tag on two digests",
            Self::ChangedMeanwhile => "the tag was moved while it was being chosen",
            Self::NoPushTime => "a candidate has no push time",
            Self::SourceUnavailable => "the source repository cannot be read",
            Self::NoBranch => "the source repository has no such branch",
            Self::IncompleteHistory => "the source's history is cut before the images' commits",
            Self::AmbiguousPrefix => "a tag fits several commits of the source",
            Self::CheckFailed => "a signature or a scan could not be asked for",
        }
    }
}
