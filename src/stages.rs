//! The stages of the main job between a tree of files and the changes to commit, for one environment:
//! discover → select → bump → render → diff. Writes nothing; [`crate::reconcile`] and [`crate::promote`] commit the result.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::bump::{self, Edit};
use crate::choose::{self, Facts, GivenImage, Question};
use crate::files::{Files, Overlay};
use crate::fleet::{Environment, Fleet, Release};
use crate::hydrate::{self, Changes, Chosen, Hydrated};
use crate::plan::{Failure, ImageDecision, ReleasePlan, Stage, Verdict};
use crate::render::{Charts, MarkedImage, Renderer, hydrated};
use crate::yaml::Str;

/// Why an environment could not be looked at, as a whole.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The tree cannot be read.
    #[error(transparent)]
    Files(#[from] crate::files::Error),
    /// The repository cannot be asked.
    #[cfg(feature = "git")]
    #[error(transparent)]
    Git(#[from] crate::git::Error),
}

/// A digest that plainsail is about to set: release address, image, digest.
pub type Setting = (String, String, String);

/// What the stages need to know of the world outside of the tree.
pub trait Background {
    /// Of these settings, returns those that plainsail has made before on the branch, since the given time: somebody has
    /// taken them back.
    ///
    /// # Errors
    /// Where the history cannot be had.
    fn made_before(&mut self, settings: &[Setting], since: Timestamp) -> Result<BTreeSet<Setting>, Error>;

    /// Makes the content of files readable, all at once.
    ///
    /// # Errors
    /// Where they cannot be had.
    fn fetch(&mut self, paths: &BTreeSet<String>) -> Result<(), Error>;
}

/// By release: the path of its file, and the file with the chosen images in it.
type Edited = BTreeMap<String, (String, Str)>;

/// One environment to bring up to date.
pub struct Job<'a> {
    /// The tree on the target branch.
    pub files: &'a dyn Files,
    /// The fleet in it.
    pub fleet: &'a Fleet,
    /// The charts in it.
    pub charts: &'a Arc<Charts>,
    /// The environment.
    pub environment: &'a Environment,
    /// What registries say.
    pub facts: &'a Facts<'a>,
    /// The clock.
    pub now: Timestamp,
    /// Only this release, where one is named.
    pub only: Option<&'a str>,
    /// Images that somebody named, for that release.
    pub given: &'a [GivenImage],
}

/// What an environment needs.
#[derive(Default)]
pub struct EnvironmentChanges {
    /// What became of each release.
    pub releases: Vec<ReleasePlan>,
    /// The files to write and to remove.
    pub changes: Changes,
    /// The newest push time among the images that move; it dates the commit.
    pub newest_push: Option<Timestamp>,
}

impl Job<'_> {
    /// Runs the stages. Failures of single releases stay with them: the release keeps its file and its folder.
    ///
    /// # Errors
    /// Where the tree or the history cannot be read at all.
    pub fn run(&self, background: &mut dyn Background) -> Result<EnvironmentChanges, Error> {
        let mut decided = self.decide();
        Self::leave_what_was_left(&mut decided, background)?;
        let (overlay, edited) = self.bump(&mut decided)?;
        let mut outcomes = self.render(&overlay, &decided)?;
        if self.only.is_none() {
            outcomes.extend(hydrate::removed_releases(self.files, self.environment)?);
        }
        let changed: BTreeSet<String> = outcomes.iter().flat_map(|outcome| outcome.changes.keys().cloned()).collect();
        background.fetch(&changed)?;
        let mut result = EnvironmentChanges::default();
        for outcome in outcomes {
            self.add(&mut result, outcome, &mut decided, &edited)?;
        }
        Ok(result)
    }

    fn takes(&self, release: &str) -> bool {
        self.only.is_none_or(|only| only == release)
    }

    /// Discover and select.
    fn decide(&self) -> BTreeMap<String, Decided> {
        let mut decided = BTreeMap::new();
        for release in self.environment.releases.values().filter(|release| self.takes(release.name.as_str())) {
            // A marker that cannot be read is an error of the render stage, which says more about it.
            let marker = hydrated::marker(self.files, &release.rendered_folder()).ok().flatten();
            let question = Question {
                fleet: self.fleet,
                environment: self.environment,
                release,
                marker: marker.as_ref(),
                now: self.now,
                given: self.given,
            };
            let images = choose::images(&question, self.facts);
            let failure = choose::failure(&images, release);
            decided
                .insert(release.name.to_string(), Decided { address: release.address().to_string(), images, failure });
        }
        decided
    }

    /// A `git revert` takes the marker back as well, so the marker cannot tell that a person has left an image: the commits can.
    fn leave_what_was_left(
        decided: &mut BTreeMap<String, Decided>,
        background: &mut dyn Background,
    ) -> Result<(), Error> {
        let mut settings = Vec::new();
        let mut since: Option<Timestamp> = None;
        for release in decided.values() {
            for image in release.images.iter().filter(|image| image.verdict == Verdict::Bump && image.code != "given") {
                let Some(to) = &image.to else { continue };
                let Ok(pushed_at) = to.pushed_at.parse::<Timestamp>() else { continue };
                since = Some(since.map_or(pushed_at, |since| since.min(pushed_at)));
                settings.push((release.address.clone(), image.image.clone(), to.digest.clone()));
            }
        }
        let Some(since) = since else { return Ok(()) };
        let before = background.made_before(&settings, since)?;
        for release in decided.values_mut() {
            for image in &mut release.images {
                let digest = image.to.as_ref().map(|to| to.digest.clone()).unwrap_or_default();
                if before.contains(&(release.address.clone(), image.image.clone(), digest)) {
                    image.keep_left();
                }
            }
        }
        Ok(())
    }

    /// Writes the chosen images into the release files, in an overlay. Returns it with the paths that it changes.
    fn bump(&self, decided: &mut BTreeMap<String, Decided>) -> Result<(Overlay<'_>, Edited), Error> {
        let mut overlay = Overlay::new(self.files);
        let mut edited = BTreeMap::new();
        for release in self.environment.releases.values() {
            let Some(decided) = decided.get_mut(release.name.as_str()).filter(|decided| decided.failure.is_none())
            else {
                continue;
            };
            let edits = edits(&decided.images);
            if edits.is_empty() {
                continue;
            }
            let text = self.files.read(&release.path)?.unwrap_or_default();
            match bump::edit(&text, &edits) {
                Ok(text) => {
                    let text = Str::from(text);
                    overlay.set(release.path.clone(), Some(text.clone()));
                    edited.insert(release.name.to_string(), (release.path.clone(), text));
                }
                Err(error) => decided.failure = Some(bump_failure(&error, release)),
            }
        }
        Ok((overlay, edited))
    }

    fn render(&self, overlay: &Overlay<'_>, decided: &BTreeMap<String, Decided>) -> Result<Vec<Hydrated>, Error> {
        // Only the release files that were written to are read again.
        let environment = self.environment.reread(overlay, &|path| overlay.changes().contains_key(path));
        let renderer = Renderer::sharing(overlay, self.fleet, Arc::clone(self.charts));
        let wanted =
            |release: &str| self.takes(release) && decided.get(release).is_none_or(|decided| decided.failure.is_none());
        let mut outcomes = hydrate::environment(&renderer, &environment, &wanted, &chosen(decided), None)?;
        for (name, decided) in decided {
            if let Some(failure) = &decided.failure {
                let mut plan = ReleasePlan::new(self.environment.name.as_str(), name);
                plan.failure = Some(failure.clone());
                outcomes.push(Hydrated::nothing(plan));
            }
        }
        outcomes.sort_by(|a, b| a.plan.release.cmp(&b.plan.release));
        Ok(outcomes)
    }

    /// Adds a release to the result. One that failed changes nothing, its file included.
    fn add(
        &self,
        result: &mut EnvironmentChanges,
        mut outcome: Hydrated,
        decided: &mut BTreeMap<String, Decided>,
        edited: &Edited,
    ) -> Result<(), Error> {
        if let Some(decided) = decided.remove(&outcome.plan.release) {
            outcome.plan.images = decided.images;
        }
        if outcome.plan.failure.is_none() {
            if let Some((path, text)) = edited.get(&outcome.plan.release) {
                outcome.changes.insert(path.clone(), Some(text.clone()));
            }
            hydrate::name_objects(self.files, &mut outcome)?;
            let pushed =
                outcome.plan.bumps().filter_map(|bump| bump.to.as_ref()?.pushed_at.parse::<Timestamp>().ok()).max();
            result.newest_push = result.newest_push.max(pushed);
            result.changes.extend(std::mem::take(&mut outcome.changes));
        }
        result.releases.push(outcome.plan);
        Ok(())
    }
}

/// What was decided for one release.
struct Decided {
    address: String,
    images: Vec<ImageDecision>,
    failure: Option<Failure>,
}

fn edits(images: &[ImageDecision]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for image in images {
        let Some(to) = image.to.as_ref().filter(|_| image.verdict == Verdict::Bump) else { continue };
        let path = |key: &str| vec!["images".to_owned(), image.image.clone(), key.to_owned()];
        // A file written by hand often has the tag alone; the other two then get lines of their own below it.
        edits.push(Edit::new(path("tag"), to.tag.as_str()));
        edits.push(Edit::new(path("digest"), to.digest.as_str()).or_create_after("tag"));
        edits.push(Edit::new(path("pushedAt"), to.pushed_at.as_str()).or_create_after("digest"));
    }
    edits
}

fn chosen(decided: &BTreeMap<String, Decided>) -> Chosen {
    let mut chosen = Chosen::new();
    for release in decided.values() {
        for image in release.images.iter().filter(|image| image.verdict == Verdict::Bump) {
            if let Some(to) = &image.to {
                let marked = MarkedImage { tag: to.tag.clone(), digest: to.digest.clone() };
                chosen.insert((release.address.clone(), image.image.clone()), marked);
            }
        }
    }
    chosen
}

fn bump_failure(error: &bump::Error, release: &Release) -> Failure {
    Failure {
        stage: Stage::Bump,
        code: "bump".to_owned(),
        messages: vec![error.to_string()],
        file: Some(release.path.clone()),
        line: error.line(),
        hint: error.hint().map(str::to_owned),
        diagnostic: None,
        further: Vec::new(),
    }
}
