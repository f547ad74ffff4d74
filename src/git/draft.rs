//! [`Draft`]: a commit made from another one and a list of changed files, without a work tree.
//!
//! What is not changed is carried by id and never read: a hostile name, a submodule or a link elsewhere in the tree costs
//! nothing and is kept. The same draft gives the same commit id.

use std::collections::BTreeMap;

use super::object::{self, Mode, TreeEntry};
use super::store::ObjectKind;
use super::{Error, Id, Person, Store, blob_id};
use crate::yaml::Str;

/// A commit to be made.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The parents, in order; none for the first commit of a repository.
    pub parents: &'a [Id],
    /// The commit whose files are taken where they are not changed.
    pub base: Option<Id>,
    /// The changed files by path; `None` removes.
    pub changes: &'a BTreeMap<String, Option<Str>>,
    /// The message.
    pub message: &'a str,
    /// Who wrote it.
    pub author: &'a Person,
    /// Who commits it.
    pub committer: &'a Person,
    /// When, for both, in seconds since 1970.
    pub time: i64,
}

/// The changes below one folder.
#[derive(Default)]
struct Node<'a> {
    file: Option<&'a Option<Str>>,
    below: BTreeMap<&'a str, Node<'a>>,
}

impl<'a> Node<'a> {
    fn root(changes: &'a BTreeMap<String, Option<Str>>) -> Result<Self, Error> {
        let mut root = Self::default();
        for (path, change) in changes {
            let mut node = &mut root;
            for part in path.split('/') {
                if !is_plain(part) {
                    return Err(Error::BadPath { path: path.clone() });
                }
                node = node.below.entry(part).or_default();
            }
            node.file = Some(change);
        }
        Ok(root)
    }

    /// Tells whether a file is set here or below.
    fn sets_something(&self) -> bool {
        matches!(self.file, Some(Some(_))) || self.below.values().any(Node::sets_something)
    }
}

/// Tells whether a name may be written to a tree that others check out, on any system.
fn is_plain(name: &str) -> bool {
    let bare = name.trim_end_matches(['.', ' ']).to_ascii_lowercase();
    let control =
        |c: char| c.is_control() || matches!(c, '\\' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}');
    !(bare.is_empty()
        || name.len() > 255
        || bare == ".git"
        || bare.starts_with("git~")
        || bare.starts_with(".git:")
        || name.chars().any(control))
}

impl Store {
    /// Makes a commit, or none where nothing would change.
    ///
    /// # Errors
    /// Fails where a path is unfit for a tree, leads through something that is no folder, or replaces something that is no
    /// file.
    pub fn write_commit(&self, draft: &Draft<'_>) -> Result<Option<Id>, Error> {
        if draft.message.trim().is_empty() || draft.message.contains('\0') {
            return Err(Error::BadMessage);
        }
        let base = draft.base.map(|base| self.commit(base)).transpose()?.map(|commit| commit.tree);
        let mut objects = Vec::new();
        let rewritten = self.rewrite(base, "", &Node::root(draft.changes)?, &mut objects)?;
        if rewritten == base {
            return Ok(None);
        }
        let tree = match rewritten {
            Some(tree) => tree,
            None => self.keep(ObjectKind::Tree, &[], &mut objects)?,
        };
        let (author, committer) = ((draft.author, draft.time), (draft.committer, draft.time));
        let bytes = object::write_commit(tree, draft.parents, author, committer, draft.message);
        let commit = self.keep(ObjectKind::Commit, &bytes, &mut objects)?;
        objects.sort_unstable();
        objects.dedup();
        self.remember_objects(commit, objects);
        Ok(Some(commit))
    }

    fn keep(&self, kind: ObjectKind, bytes: &[u8], objects: &mut Vec<Id>) -> Result<Id, Error> {
        let id = self.write(kind, bytes)?;
        objects.push(id);
        Ok(id)
    }

    /// Returns the tree with the changes made, `None` where no entry is left.
    fn rewrite(
        &self,
        base: Option<Id>,
        folder: &str,
        changes: &Node<'_>,
        objects: &mut Vec<Id>,
    ) -> Result<Option<Id>, Error> {
        let before = match base {
            Some(base) => self.entries(base)?,
            None => std::sync::Arc::default(),
        };
        let mut entries = before.as_ref().clone();
        for (name, node) in &changes.below {
            let path = if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
            let place = entries.iter().position(|entry| entry.name == name.as_bytes());
            let found = place.and_then(|place| entries.get(place)).cloned();
            let changed = self.changed_entry(&path, name, found.as_ref(), node, objects)?;
            if changed == found {
                continue;
            }
            if let Some(place) = place {
                entries.remove(place);
            }
            if let Some(entry) = changed {
                let order = entry.order();
                let place = entries.iter().position(|other| other.order() > order).unwrap_or(entries.len());
                entries.insert(place, entry);
            }
        }
        if entries == *before {
            return Ok(base);
        }
        if entries.is_empty() {
            return Ok(None);
        }
        self.keep(ObjectKind::Tree, &object::write_tree(&entries), objects).map(Some)
    }

    /// Returns what stands at a path after the changes.
    fn changed_entry(
        &self,
        path: &str,
        name: &str,
        found: Option<&TreeEntry>,
        node: &Node<'_>,
        objects: &mut Vec<Id>,
    ) -> Result<Option<TreeEntry>, Error> {
        let mut now = found.cloned();
        if !node.below.is_empty() {
            now = self.changed_folder(path, name, now, node, objects)?;
        }
        let Some(change) = node.file else { return Ok(now) };
        match now.as_ref().map(TreeEntry::mode) {
            None | Some(Mode::File) => {}
            Some(mode) => return Err(Error::NotAFile { path: path.to_owned(), found: words(mode) }),
        }
        let Some(bytes) = change else { return Ok(None) };
        let id = blob_id(bytes);
        let digits = match now {
            Some(entry) if entry.id == id => return Ok(Some(entry)),
            Some(entry) => entry.digits,
            None => TreeEntry::file(name, id).digits,
        };
        self.keep(ObjectKind::Blob, bytes, objects)?;
        Ok(Some(TreeEntry { digits, name: name.as_bytes().to_vec(), id }))
    }

    fn changed_folder(
        &self,
        path: &str,
        name: &str,
        found: Option<TreeEntry>,
        node: &Node<'_>,
        objects: &mut Vec<Id>,
    ) -> Result<Option<TreeEntry>, Error> {
        let base = match found.as_ref().map(|entry| (entry.mode(), entry.id)) {
            None => None,
            Some((Mode::Folder, id)) => Some(id),
            // The file makes way for a folder of its name, or nothing was to be removed below it.
            Some((Mode::File, _)) if matches!(node.file, Some(None)) => None,
            Some((Mode::File, _)) if !node.below.values().any(Node::sets_something) => return Ok(found),
            Some((mode, _)) => return Err(Error::NotAFolder { path: path.to_owned(), found: words(mode) }),
        };
        let tree = self.rewrite(base, path, node, objects)?;
        Ok(match (tree, found) {
            (None, Some(entry)) if entry.mode() == Mode::File => Some(entry),
            (None, _) => None,
            (Some(id), Some(entry)) if entry.id == id => Some(entry),
            (Some(id), _) => Some(TreeEntry::folder(name, id)),
        })
    }
}

fn words(mode: Mode) -> &'static str {
    match mode {
        Mode::Folder => "a folder",
        Mode::File => "a file",
        Mode::Link => "a symbolic link",
        Mode::Submodule => "a submodule",
    }
}
