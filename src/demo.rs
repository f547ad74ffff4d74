//! The demo: a GitOps repository (a local bare repository) and a registry (a folder of OCI image layouts) in one folder, and
//! nothing else. The main job that runs on it is the real one, [`crate::reconcile`].

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::files::Memory;
use crate::fleet::{Diagnostic, Fleet, init, sample};
use crate::git::{self, Access, Address, Draft, Pace, Person, Published, Publisher, RefName, Store};
use crate::hydrate::{self, Changes, Chosen};
use crate::image::Tag;
use crate::registry::layout;
use crate::render::Renderer;

/// The branch of the demo's repository.
const BRANCH: &str = "main";

/// Where the demo's parts are.
#[derive(Clone, Debug)]
pub struct Demo {
    folder: PathBuf,
}

/// Why the demo could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be used.
    #[error("cannot use {folder}")]
    Folder {
        /// The folder.
        folder: String,
        /// The reason.
        source: io::Error,
    },
    /// The folder holds something else.
    #[error("{folder} is not empty and not a demo")]
    NotADemo {
        /// The folder.
        folder: String,
    },
    /// The repository cannot be made.
    #[error(transparent)]
    Git(#[from] git::Error),
    /// The embedded fleet is wrong.
    #[error("the embedded fleet is wrong: {0}")]
    Embedded(String),
}

/// What making the demo did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// The demo is new.
    New,
    /// It was there.
    WasThere,
}

impl Demo {
    /// Names the folder of a demo.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the GitOps repository.
    pub fn repository(&self) -> PathBuf {
        self.folder.join("repository.git")
    }

    /// Returns the registry.
    pub fn registry(&self) -> PathBuf {
        self.folder.join("registry")
    }

    /// Makes the demo where it is not there yet.
    ///
    /// # Errors
    /// Where the folder holds something else, or cannot be written.
    pub fn make(&self, pace: &mut dyn Pace) -> Result<Made, Error> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries.count(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(source) => return Err(Error::Folder { folder: self.folder.display().to_string(), source }),
        };
        let is_demo = self.repository().join("HEAD").is_file() && self.registry().is_dir();
        if !is_demo && entries > 0 {
            return Err(Error::NotADemo { folder: self.folder.display().to_string() });
        }
        if is_demo && self.is_seeded()? {
            return Ok(Made::WasThere);
        }
        for image in sample::SAMPLE_IMAGES {
            self.push_image(&image)?;
        }
        let branch = RefName::branch(BRANCH)?;
        if !is_demo {
            git::create_bare(&self.repository(), &branch)?;
        }
        self.seed(&branch, pace)?;
        Ok(Made::New)
    }

    fn is_seeded(&self) -> Result<bool, Error> {
        let store = Store::new()?;
        let mut remote = git::connect(&Address::folder(&self.repository()), &store, &Access::default())?;
        let branch = RefName::branch(BRANCH)?;
        Ok(remote.tips(std::slice::from_ref(&branch))?.contains_key(&branch))
    }

    /// Adds the demo's next image to the registry, as a CI job would.
    ///
    /// # Errors
    /// Where the registry cannot be written.
    pub fn push_next(&self) -> Result<sample::SampleImage, Error> {
        self.push_image(&sample::SAMPLE_PUSH)?;
        Ok(sample::SAMPLE_PUSH)
    }

    fn push_image(&self, image: &sample::SampleImage) -> Result<(), Error> {
        let wrong = |what: &str| Error::Embedded(format!("{what} of image {}", image.name));
        let tag = Tag::parse(image.tag()).map_err(|_| wrong("the tag"))?;
        let pushed_at: Timestamp = image.pushed_at.parse().map_err(|_| wrong("the push time"))?;
        layout::push(&self.registry(), image.name, &tag, pushed_at, &image.labels())
            .map(|_| ())
            .map_err(|source| Error::Folder { folder: self.registry().display().to_string(), source })
    }

    /// Pushes the first commit: the sample fleet with its hydrated output, as a team that adopted plainsail has it.
    fn seed(&self, branch: &RefName, pace: &mut dyn Pace) -> Result<(), Error> {
        let options = init::Options { sample: true, repository: None, branch: BRANCH };
        let files = init::files(&options).map_err(|error| Error::Embedded(error.to_string()))?;
        let files: Memory = files.into_iter().collect();
        let fleet = Fleet::load(&files).map_err(|found| Error::Embedded(words(&found)))?;
        let mut changes: Changes =
            files.files().iter().map(|(path, text)| (path.clone(), Some(text.clone()))).collect();
        let renderer = Renderer::new(&files, &fleet);
        for environment in &fleet.environments {
            let outcomes = hydrate::environment(&renderer, environment, &|_| true, &Chosen::new(), None);
            for outcome in outcomes.map_err(|error| Error::Embedded(error.to_string()))? {
                if let Some(failure) = &outcome.plan.failure {
                    return Err(Error::Embedded(format!(
                        "{}: {}",
                        outcome.plan.address(),
                        failure.messages.join(": ")
                    )));
                }
                changes.extend(outcome.changes);
            }
        }
        let store = Store::new()?;
        let mut remote = git::connect(&Address::folder(&self.repository()), &store, &Access::default())?;
        let person = Person::new("demo", "demo@example.com")?;
        let oldest = sample::SAMPLE_IMAGES.iter().filter_map(|image| image.pushed_at.parse::<Timestamp>().ok()).min();
        let draft = Draft {
            parents: &[],
            base: None,
            changes: &changes,
            message: "A sample fleet: web and worker in dev, web in staging and prod\n",
            author: &person,
            committer: &person,
            time: oldest.map_or(0, Timestamp::as_second),
        };
        let mut publisher =
            Publisher { remote: remote.as_mut(), store: &store, branch, deadline: Duration::from_secs(20), pace };
        let published = publisher.publish(|_, tip| match tip {
            None => store.write_commit(&draft),
            Some(_) => Ok(None),
        });
        match published? {
            Published::Pushed { .. } | Published::Nothing { .. } => Ok(()),
        }
    }
}

fn words(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect::<Vec<_>>().join("; ")
}

/// Returns the sample images by name, for printing.
pub fn images() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut images: BTreeMap<&'static str, Vec<&'static str>> = BTreeMap::new();
    for image in &sample::SAMPLE_IMAGES {
        images.entry(image.name).or_default().push(image.tag());
    }
    images
}
