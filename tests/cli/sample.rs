//! A fleet of one release, `dev/api`, with its repository and its registry: the start of most tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plainsail::registry::{Tag, layout};

use crate::program::{Program, Ran, files_of, write};
use crate::repository::{Change, Repository};

/// Where the fleet's files are.
pub(crate) const FLEET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/fleet");

/// The address of the repository, as commands see it.
const REPOSITORY: &str = "../repository.git";

/// A folder with `repository.git`, `registry` and `work`.
pub(crate) struct Sample {
    folder: tempfile::TempDir,
    /// The GitOps repository.
    pub(crate) repository: Repository,
}

impl Sample {
    /// Makes the fleet with other files beside or instead of its own; one image of `api` is pushed.
    pub(crate) fn with(others: &BTreeMap<String, Option<Vec<u8>>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut files: BTreeMap<String, Option<Vec<u8>>> =
            files_of(Path::new(FLEET)).into_iter().map(|(path, bytes)| (path, Some(bytes))).collect();
        files.extend(others.clone());
        let repository = Repository::create(&folder.path().join("repository.git"));
        let changes: Vec<Change<'_>> =
            files.iter().filter_map(|(path, bytes)| Some((path.as_str(), Some(bytes.as_deref()?)))).collect();
        repository.commit("main", "seed", &changes);
        for (path, bytes) in &changes {
            write(&folder.path().join("work"), path, bytes.unwrap_or_default());
        }
        let sample = Self { folder, repository };
        sample.push("api", "0a1b2c3", "2025-11-20T09:00:00Z");
        sample
    }

    /// Makes the fleet as it is.
    pub(crate) fn new() -> Self {
        Self::with(&BTreeMap::new())
    }

    /// Returns the folder with everything in it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the folder with the fleet's files, which is no clone.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Pushes an image, and returns its digest.
    pub(crate) fn push(&self, name: &str, tag: &str, at: &str) -> String {
        let labels = BTreeMap::from([("revision".to_owned(), tag.to_owned())]);
        let tag = Tag::parse(tag).unwrap();
        layout::push(&self.folder.path().join("registry"), name, &tag, at.parse().unwrap(), &labels)
            .unwrap()
            .to_string()
    }

    /// Runs a command in the folder of the fleet's files.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Program::new(arguments).at(&self.work()).run()
    }

    /// Runs the main job on the repository.
    pub(crate) fn reconcile(&self) -> Ran {
        self.run(&["reconcile", "--repository", REPOSITORY])
    }

    /// Runs `bump` on the repository.
    pub(crate) fn bump(&self, release: &str, image: &str) -> Ran {
        self.run(&["bump", release, "--image", image, "--repository", REPOSITORY])
    }

    /// Commits as a person on a branch.
    pub(crate) fn person(&self, branch: &str, path: &str, content: &str) {
        self.repository.commit(branch, &format!("by hand: {path}"), &[(path, Some(content.as_bytes()))]);
    }

    /// Returns a file on main.
    #[track_caller]
    pub(crate) fn text(&self, path: &str) -> String {
        self.repository.text("main", path)
    }
}
