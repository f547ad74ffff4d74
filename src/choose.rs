//! Discover and select: which image each release of an environment is to run. Asks registries, decides nothing itself:
//! the rules stand in [`crate::select`], and here for promotions.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::Timestamp;

use crate::fleet::{Environment, Fleet, Image, ImageName, ImageSource, Policy, Release};
use crate::image::{Repository, Tag};
use crate::plan::{Failure, ImageDecision, ImageState, Stage, Verdict};
use crate::registry::{self, Registries};
use crate::render::Marker;
use crate::select;

/// What registries said in this run. Each repository is listed once, however often a branch has to be built again.
pub struct Facts<'a> {
    registries: &'a Registries,
    listings: RefCell<BTreeMap<String, Listed>>,
}

/// A listing, or why there is none; shared by all releases that use the repository.
type Listed = Result<Rc<select::Listing>, Rc<registry::Error>>;

impl<'a> Facts<'a> {
    /// Nothing is known yet.
    pub fn new(registries: &'a Registries) -> Self {
        Self { registries, listings: RefCell::default() }
    }

    /// Returns the whole listing of a repository whose registry knows push times, as [`select`] reads it.
    fn listing(&self, repository: &Repository) -> Listed {
        let key = repository.as_str().to_owned();
        if let Some(known) = self.listings.borrow().get(&key) {
            return known.clone();
        }
        let listed = self.list(repository).map(Rc::new).map_err(Rc::new);
        self.listings.borrow_mut().insert(key, listed.clone());
        listed
    }

    fn list(&self, repository: &Repository) -> Result<select::Listing, registry::Error> {
        let registry = self.registries.of(repository)?;
        if !registry.knows_push_times() {
            return Err(registry::Error::NoPushTime {
                registry: repository.host().to_owned(),
                repository: repository.to_string(),
            });
        }
        tracing::info!(%repository, "listing images");
        let listed = registry.list(repository)?;
        Ok(select::Listing {
            complete: true,
            images: listed.images.iter().filter_map(select::Image::from_listed).collect(),
        })
    }

    /// Asks what a tag stands for right now.
    ///
    /// # Errors
    /// What the registry answers; not found is one of its kinds.
    pub fn resolve(&self, repository: &Repository, tag: &Tag) -> Result<crate::image::Resolved, registry::Error> {
        tracing::info!(%repository, %tag, "looking at a tag");
        self.registries.of(repository)?.resolve(repository, tag)
    }
}

/// An image that a person or a CI job names.
#[derive(Clone, Debug)]
pub struct GivenImage {
    /// The image's name in the release file.
    pub name: ImageName,
    /// The tag; it must exist in the registry.
    pub tag: Tag,
    /// Whether a step back is meant.
    pub allow_backwards: bool,
}

/// Where a release stands, for its decisions.
pub struct Question<'a> {
    /// The fleet on the target branch.
    pub fleet: &'a Fleet,
    /// The environment.
    pub environment: &'a Environment,
    /// The release.
    pub release: &'a Release,
    /// The marker of its hydrated output, where there is one.
    pub marker: Option<&'a Marker>,
    /// The clock.
    pub now: Timestamp,
    /// The images that somebody named; empty for policies and promotions.
    pub given: &'a [GivenImage],
}

/// Decides every image of a release, in the order of its file.
pub fn images(question: &Question<'_>, facts: &Facts<'_>) -> Vec<ImageDecision> {
    question.release.file.images.iter().map(|(name, image)| question.decide(name, image, facts)).collect()
}

/// Returns the failure of a release one of whose images could not be decided.
pub fn failure(decisions: &[ImageDecision], release: &Release) -> Option<Failure> {
    let failed = decisions.iter().find(|decision| decision.verdict == Verdict::Error)?;
    let stage = if is_discovery(&failed.code) { Stage::Discover } else { Stage::Select };
    Some(Failure {
        stage,
        code: failed.code.clone(),
        messages: vec![format!("image {}: {}", failed.image, failed.reason)],
        file: Some(release.path.clone()),
        line: None,
        hint: hint_for(&failed.code).map(str::to_owned),
        diagnostic: None,
        further: Vec::new(),
    })
}

fn is_discovery(code: &str) -> bool {
    matches!(code, "registry" | "incomplete-listing" | "no-push-time" | "not-found")
}

fn hint_for(code: &str) -> Option<&'static str> {
    Some(match code {
        "no-push-time" => {
            "the policy `pushed` needs push times, which this registry does not tell; name the tag: plainsail bump ENV/RELEASE --image NAME=TAG"
        }
        "not-found" => "push the image first, and check the repository's name",
        "changed-meanwhile" => "the next run decides",
        "backwards" => "add --allow-backwards if the older image is meant",
        _ => return None,
    })
}

impl Question<'_> {
    fn decide(&self, name: &ImageName, image: &Image, facts: &Facts<'_>) -> ImageDecision {
        let base = Decided { name, image };
        if let Some(hold) = self.environment.hold(self.release, self.now) {
            let who = hold.who.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
            return base.keep("held", format!("held{who}: {}", hold.reason));
        }
        let marked =
            self.marker.and_then(|marker| marker.images.get(name.as_str())).map(|marked| marked.digest.as_str());
        let running = image.digest.as_ref().map(crate::image::Digest::as_str);
        if let Some(marked) =
            marked.filter(|marked| !marked.is_empty() && running.is_some_and(|running| running != *marked))
        {
            return base.keep(
                "held-by-hand",
                format!("a person set another digest than the one plainsail chose last ({marked})"),
            );
        }
        if let Some(given) = self.given.iter().find(|given| given.name == *name) {
            return base.given(given, facts);
        }
        if !self.given.is_empty() {
            return base.keep("not-given", "not named in this run".to_owned());
        }
        match self.environment.image_source(image) {
            ImageSource::Person => base.keep("set-by-a-person", "it has no policy".to_owned()),
            ImageSource::Promotion => self.promote(&base),
            ImageSource::Policy(policy) => self.select(&base, policy, marked, facts),
        }
    }

    /// Takes over what the environment before runs, as committed on the target branch.
    fn promote(&self, base: &Decided<'_>) -> ImageDecision {
        let Some(source) = self.fleet.promoted_from(self.environment, self.release, base.name) else {
            return base.keep("no-candidate", "the environment before has no such release or image".to_owned());
        };
        let (Some(tag), Some(digest)) = (&source.tag, &source.digest) else {
            return base.keep("no-candidate", "nothing is chosen in the environment before".to_owned());
        };
        if base.image.digest.as_ref() == Some(digest) {
            return base.keep("up-to-date", "it runs what the environment before runs".to_owned());
        }
        if let (Some(theirs), Some(ours)) = (source.pushed_at, base.image.pushed_at)
            && theirs < ours
        {
            return base.keep(
                "backwards",
                "what the environment before runs was pushed earlier than what runs here".to_owned(),
            );
        }
        let previous = self.environment.file.promotes_from.as_ref().map(ToString::to_string).unwrap_or_default();
        base.bump("promoted", format!("promoted from {previous}"), tag.as_str(), digest.as_str(), source.pushed_at)
    }

    fn select(&self, base: &Decided<'_>, policy: Policy, marked: Option<&str>, facts: &Facts<'_>) -> ImageDecision {
        if policy != Policy::Pushed {
            return base.error("not-built", "this policy is not built yet".to_owned());
        }
        let repository = &base.image.repository;
        let listing = match facts.listing(repository) {
            Ok(listing) => listing,
            Err(error) => return base.registry_error(&error),
        };
        let pattern = match select::Pattern::parse(base.image.tag_pattern()) {
            Ok(pattern) => pattern,
            Err(error) => return base.error("match", error.to_string()),
        };
        let settings = select::Settings { pattern, ..select::Settings::default() };
        let running = base.image.tag.as_ref().map(|tag| select::Running {
            tag: tag.to_string(),
            digest: base.image.digest.as_ref().map(ToString::to_string),
            pushed_at: base.image.pushed_at,
        });
        let input = select::Input {
            now: self.now,
            settings: &settings,
            listing: &listing,
            source: select::SourceState::None,
            running: running.as_ref(),
            marker: marked.filter(|marked| !marked.is_empty()),
        };
        let mut outcome = select::select(&input);
        if let select::Decision::Choose { tag, .. } = &outcome.decision {
            // The last look: between listing and writing the tag may have moved.
            let looked = Tag::parse(tag).map(|tag| facts.resolve(repository, &tag));
            let now_at = match looked {
                Ok(Ok(resolved)) => Some(resolved.digest.to_string()),
                Ok(Err(error)) if error.kind() == registry::Kind::NotFound => None,
                Ok(Err(error)) => return base.registry_error(&error),
                Err(error) => return base.error("invalid-tag", error.to_string()),
            };
            outcome = outcome.after_last_look(now_at.as_deref());
        }
        base.selected(&outcome)
    }
}

/// One image of a release, about which something is decided.
struct Decided<'a> {
    name: &'a ImageName,
    image: &'a Image,
}

impl Decided<'_> {
    fn decision(&self, verdict: Verdict, code: &str, reason: String) -> ImageDecision {
        ImageDecision {
            image: self.name.to_string(),
            repository: self.image.repository.to_string(),
            verdict,
            code: code.to_owned(),
            reason,
            findings: Vec::new(),
            dropped: BTreeMap::new(),
            from: ImageState {
                tag: self.image.tag.as_ref().map(ToString::to_string).unwrap_or_default(),
                digest: self.image.digest.as_ref().map(ToString::to_string).unwrap_or_default(),
                pushed_at: self.image.pushed_at.map(|time| time.to_string()).unwrap_or_default(),
            },
            to: None,
        }
    }

    fn keep(&self, code: &str, reason: String) -> ImageDecision {
        self.decision(Verdict::Keep, code, reason)
    }

    fn error(&self, code: &str, reason: String) -> ImageDecision {
        self.decision(Verdict::Error, code, reason)
    }

    fn bump(&self, code: &str, reason: String, tag: &str, digest: &str, pushed_at: Option<Timestamp>) -> ImageDecision {
        let to = ImageState {
            tag: tag.to_owned(),
            digest: digest.to_owned(),
            pushed_at: pushed_at.map(|time| time.to_string()).unwrap_or_default(),
        };
        ImageDecision { to: Some(to), ..self.decision(Verdict::Bump, code, reason) }
    }

    fn registry_error(&self, error: &registry::Error) -> ImageDecision {
        let code = match error {
            registry::Error::NoPushTime { .. } => "no-push-time",
            error if error.kind() == registry::Kind::NotFound => "not-found",
            _ => "registry",
        };
        self.error(code, error.to_string())
    }

    /// Takes an image that somebody named: it must exist, its digest is pinned, and it may not be older than what runs.
    fn given(&self, given: &GivenImage, facts: &Facts<'_>) -> ImageDecision {
        let resolved = match facts.resolve(&self.image.repository, &given.tag) {
            Ok(resolved) => resolved,
            Err(error) => return self.registry_error(&error),
        };
        if self.image.digest.as_ref() == Some(&resolved.digest) && self.image.tag.as_ref() == Some(&given.tag) {
            return self.keep("up-to-date", "it runs already".to_owned());
        }
        if let (Some(theirs), Some(ours)) = (resolved.pushed_at, self.image.pushed_at)
            && theirs < ours
            && !given.allow_backwards
        {
            return self.error("backwards", format!("{} was pushed at {theirs}, what runs at {ours}", given.tag));
        }
        self.bump("given", "named by hand".to_owned(), given.tag.as_str(), resolved.digest.as_str(), resolved.pushed_at)
    }

    fn selected(&self, outcome: &select::Outcome) -> ImageDecision {
        let mut decision = match &outcome.decision {
            select::Decision::Choose { tag, digest, pushed_at } => {
                self.bump("newer", "the newest by push time".to_owned(), tag, digest, *pushed_at)
            }
            select::Decision::Keep(keep) => self.keep(keep.code(), keep.words().to_owned()),
            select::Decision::Failed(failure) => self.error(failure.code(), failure.words().to_owned()),
        };
        decision.dropped = outcome.dropped.iter().map(|(tag, rule)| (tag.clone(), rule.code().to_owned())).collect();
        decision.findings = outcome.findings.iter().map(|finding| finding.code().to_owned()).collect();
        decision
    }
}
