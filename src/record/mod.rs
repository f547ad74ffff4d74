//! The record: what the last run on a folder found and what it rendered, so that the next renders only what changed.
//!
//! Two questions are answered. *Did anything change?* Every file that a release was rendered from, and every file that it became,
//! stands here with its [`Stamp`](crate::files::Stamp) and its digest; where all stamps are the same, nothing is read. *Is
//! this known?* A release's [`Key`] covers everything that its output depends on; where it is known, so are the digests of
//! its files, and it need not be rendered to be compared.
//!
//! A record holds no text that was rendered, so no Secret. It lies outside of the repository, where nobody who writes to the
//! repository can write to it. It may be missing, damaged, or of another build: then everything is rendered. Knows no charts
//! and no fleet; what is recorded is for [`crate::work_tree`] to say.

mod bytes;
mod format;
mod store;

pub use store::Store;

use crate::files::{Digest, Folder, Kind, Seen};

/// The hash of everything that the output of a release depends on.
pub type Key = [u8; 32];

/// Files and folders by path, as they were seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Each path from the root of the tree, and what was found there.
    pub files: Vec<(Box<str>, Seen)>,
}

/// The files of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Its folder.
    pub folder: Box<str>,
    /// All that was read of it.
    pub group: Group,
}

/// A release that was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its environment.
    pub environment: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// What its output depends on.
    pub key: Key,
    /// What it renders to: the digest of each file by path. Empty where it is up to date: then they are there.
    pub outputs: Vec<(Box<str>, Digest)>,
    /// What a person should know.
    pub notices: Vec<Box<str>>,
    /// What there was in the folder, where the output in it was found to be up to date.
    pub current: Option<Current>,
}

/// How a release that is up to date lies in its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// The folder of its chart.
    pub chart: Box<str>,
    /// Its own file, its values files, its output.
    pub group: Group,
    /// The values files beside its own file, which are no releases because it names them.
    pub beside: Vec<Box<str>>,
}

/// What is known of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The settings, the environments, and which folders there are. Empty where nothing is known of them.
    pub shared: Group,
    /// The charts, by folder.
    pub charts: Vec<Chart>,
    /// The releases, by environment and name.
    pub releases: Vec<Release>,
}

/// What became of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All is as it was.
    Same,
    /// The same content, but files have other times: the group has newer stamps now.
    Touched,
    /// Something else is there.
    Changed,
}

impl Group {
    /// Looks at every file again. `now` is in nanoseconds since 1970.
    pub fn look_again(&mut self, folder: &Folder, now: i128) -> Verdict {
        let mut verdict = Verdict::Same;
        for (path, seen) in &mut self.files {
            let Some(found) = seen.again(folder, path, now) else { return Verdict::Changed };
            if found != *seen {
                verdict = Verdict::Touched;
                *seen = found;
            }
        }
        verdict
    }
}

impl Release {
    /// Takes back that the release is up to date. What it renders to stays known.
    pub fn stand_down(&mut self) {
        if let Some(current) = self.current.take() {
            self.outputs = self.outputs_in(&current.group).map(|(path, digest)| (path.into(), digest)).collect();
        }
    }

    /// Returns what it renders to: the digest of each file by path.
    pub fn outputs(&self) -> Vec<(&str, Digest)> {
        match &self.current {
            Some(current) => self.outputs_in(&current.group).collect(),
            None => self.outputs.iter().map(|(path, digest)| (&**path, *digest)).collect(),
        }
    }

    fn outputs_in<'g>(&self, group: &'g Group) -> impl Iterator<Item = (&'g str, Digest)> + use<'g> {
        let folder = format!("rendered/{}/{}/", self.environment, self.name);
        let files = group.files.iter().filter(move |(path, seen)| seen.kind == Kind::File && path.starts_with(&folder));
        files.map(|(path, seen)| (&**path, seen.digest))
    }
}
