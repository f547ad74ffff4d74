//! A bare repository as a person works on it: looks, commits, reverts. Through libgit2, so that no `git` is needed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Signature, Sort, Time, TreeWalkMode, TreeWalkResult};

/// A bare repository.
pub(crate) struct Repository {
    /// Where it is.
    pub(crate) path: PathBuf,
    git: git2::Repository,
}

/// A change: a path, and its new content or none.
pub(crate) type Change<'a> = (&'a str, Option<&'a [u8]>);

impl Repository {
    /// Opens one that is there.
    pub(crate) fn open(path: &Path) -> Self {
        Self { path: path.to_owned(), git: git2::Repository::open_bare(path).unwrap() }
    }

    /// Makes one whose default branch is `main`, still without a commit.
    pub(crate) fn create(path: &Path) -> Self {
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).initial_head("main");
        Self { path: path.to_owned(), git: git2::Repository::init_opts(path, &options).unwrap() }
    }

    /// Returns all branches with their tips.
    pub(crate) fn refs(&self) -> BTreeMap<String, String> {
        let references = self.git.references().unwrap().map(Result::unwrap);
        references
            .filter_map(|reference| Some((reference.shorthand().ok()?.to_owned(), reference.target()?.to_string())))
            .collect()
    }

    /// Returns the tip of a branch.
    pub(crate) fn tip(&self, branch: &str) -> Option<Oid> {
        self.git.refname_to_id(&format!("refs/heads/{branch}")).ok()
    }

    /// Returns the ids on a branch that are not on another, newest first.
    pub(crate) fn over(&self, branch: &str, base: Option<&str>) -> Vec<Oid> {
        let mut walk = self.git.revwalk().unwrap();
        walk.set_sorting(Sort::TOPOLOGICAL).unwrap();
        walk.push(self.tip(branch).unwrap()).unwrap();
        if let Some(base) = base {
            walk.hide(self.tip(base).unwrap()).unwrap();
        }
        walk.map(Result::unwrap).collect()
    }

    /// Returns the message of a commit.
    pub(crate) fn message(&self, commit: Oid) -> String {
        self.git.find_commit(commit).unwrap().message().unwrap().to_owned()
    }

    /// Returns the paths that a commit changes against its first parent.
    pub(crate) fn changed(&self, commit: Oid) -> Vec<String> {
        let commit = self.git.find_commit(commit).unwrap();
        let before = commit.parent(0).ok().map(|parent| parent.tree().unwrap());
        let diff = self.git.diff_tree_to_tree(before.as_ref(), Some(&commit.tree().unwrap()), None).unwrap();
        diff.deltas().map(|delta| delta.new_file().path().unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// Returns all files on a branch.
    pub(crate) fn files(&self, branch: &str) -> BTreeMap<String, Vec<u8>> {
        let tree = self.git.find_commit(self.tip(branch).unwrap()).unwrap().tree().unwrap();
        let mut files = BTreeMap::new();
        tree.walk(TreeWalkMode::PreOrder, |folder, entry| {
            if let Some(blob) = entry.to_object(&self.git).unwrap().as_blob() {
                files.insert(format!("{folder}{}", entry.name().unwrap()), blob.content().to_vec());
            }
            TreeWalkResult::Ok
        })
        .unwrap();
        files
    }

    /// Returns a file on a branch as text.
    #[track_caller]
    pub(crate) fn text(&self, branch: &str, path: &str) -> String {
        let files = self.files(branch);
        let bytes = files.get(path).unwrap_or_else(|| panic!("{path} is not on {branch}: {:?}", files.keys()));
        String::from_utf8(bytes.clone()).unwrap()
    }

    /// Commits as a person does.
    pub(crate) fn commit(&self, branch: &str, message: &str, changes: &[Change<'_>]) -> Oid {
        let parent = self.tip(branch).map(|tip| self.git.find_commit(tip).unwrap());
        let mut builder = TreeUpdateBuilder::new();
        for (path, content) in changes {
            match content {
                Some(bytes) => builder.upsert(*path, self.git.blob(bytes).unwrap(), FileMode::Blob),
                None => builder.remove(*path),
            };
        }
        let base = match &parent {
            Some(parent) => parent.tree().unwrap(),
            None => self.git.find_tree(self.git.treebuilder(None).unwrap().write().unwrap()).unwrap(),
        };
        let tree = builder.create_updated(&self.git, &base).unwrap();
        self.write(branch, message, tree, parent.as_ref())
    }

    /// Takes the last commit of a branch back, as `git revert HEAD` does: the marker and the file go back as well.
    pub(crate) fn revert_tip(&self, branch: &str) -> Oid {
        let tip = self.git.find_commit(self.tip(branch).unwrap()).unwrap();
        let before = tip.parent(0).unwrap().tree_id();
        let message = format!("Revert \"{}\"\n\nThis reverts commit {}.\n", tip.summary().unwrap().unwrap(), tip.id());
        self.write(branch, &message, before, Some(&tip))
    }

    /// Merges a branch that is ahead, as a forge does where it fast-forwards.
    pub(crate) fn merge_fast_forward(&self, branch: &str, from: &str) {
        self.git.reference(&format!("refs/heads/{branch}"), self.tip(from).unwrap(), true, "merge").unwrap();
    }

    /// Deletes a branch.
    pub(crate) fn delete(&self, branch: &str) {
        self.git.find_reference(&format!("refs/heads/{branch}")).unwrap().delete().unwrap();
    }

    /// Makes a branch at the tip of another.
    pub(crate) fn branch(&self, name: &str, at: &str) {
        self.git.reference(&format!("refs/heads/{name}"), self.tip(at).unwrap(), false, "test").unwrap();
    }

    fn write(&self, branch: &str, message: &str, tree: Oid, parent: Option<&git2::Commit<'_>>) -> Oid {
        // After the parent, as a person's clock is; the same in every run.
        let time = parent.map_or(1_763_000_000, |parent| parent.time().seconds() + 60);
        let person = Signature::new("Ann", "ann@example.com", &Time::new(time, 0)).unwrap();
        let tree = self.git.find_tree(tree).unwrap();
        let parents: Vec<_> = parent.into_iter().collect();
        self.git.commit(Some(&format!("refs/heads/{branch}")), &person, &person, message, &tree, &parents).unwrap()
    }
}
