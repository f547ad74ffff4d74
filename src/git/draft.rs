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
    below: BTreeMap<&'a str, Self>,
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
        let made_way = found.is_some_and(|entry| entry.mode() == Mode::File) && change.is_none();
        match now.as_ref().map(TreeEntry::mode) {
            None | Some(Mode::File) => {}
            Some(Mode::Folder) if made_way => return Ok(now),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Files as _, Kind};

    type Changes = BTreeMap<String, Option<Str>>;

    fn changes(list: &[(&str, Option<&str>)]) -> Changes {
        list.iter().map(|(path, text)| ((*path).to_owned(), text.map(Str::from))).collect()
    }

    fn commit(store: &Store, base: Option<Id>, list: &[(&str, Option<&str>)]) -> Result<Option<Id>, Error> {
        let person = Person::new("bot", "bot@example.org").unwrap();
        let parents: Vec<Id> = base.into_iter().collect();
        let draft = Draft {
            parents: &parents,
            base,
            changes: &changes(list),
            message: "change\n\nKey: value",
            author: &person,
            committer: &person,
            time: 1_700_000_000,
        };
        store.write_commit(&draft)
    }

    fn paths(store: &Store, commit: Id) -> Vec<String> {
        store.tree(commit).unwrap().files_below("").unwrap().into_iter().map(|file| file.path).collect()
    }

    /// A tree with a hostile name, a link and a submodule, as others may have made it.
    fn odd_tree(store: &Store) -> Id {
        let blob = store.write(ObjectKind::Blob, b"/etc").unwrap();
        let entry =
            |digits: &[u8], name: &str, id| TreeEntry { digits: digits.to_vec(), name: name.as_bytes().to_vec(), id };
        let inner = store.write(ObjectKind::Tree, &object::write_tree(&[TreeEntry::file("x", blob)])).unwrap();
        let entries = [
            entry(b"40000", ".git", inner),
            entry(b"100644", ".gitmodules", Id::from_bytes([9; 20])),
            entry(b"40000", "dir", inner),
            entry(b"120000", "link", blob),
            entry(b"160000", "module", Id::from_bytes([7; 20])),
            entry(b"100755", "run.sh", blob),
        ];
        let tree = store.write(ObjectKind::Tree, &object::write_tree(&entries)).unwrap();
        let person = Person::new("a", "a@b").unwrap();
        store.write(ObjectKind::Commit, &object::write_commit(tree, &[], (&person, 1), (&person, 1), "odd")).unwrap()
    }

    #[test]
    fn the_same_draft_gives_the_same_commit() {
        let list = [("a/b/c.yaml", Some("1")), ("a/z", Some("2")), ("a.b", Some("3"))];
        let one = commit(&Store::new().unwrap(), None, &list).unwrap();
        let two = commit(&Store::new().unwrap(), None, &list).unwrap();
        assert_eq!(one, two);
        assert_eq!(one.unwrap().to_string(), "ce62e7ba9a32df5b42f5085290de6dbc467201b2");
    }

    #[test]
    fn nothing_to_change_is_no_commit() {
        let store = Store::new().unwrap();
        let first = commit(&store, None, &[("a/b", Some("1"))]).unwrap();
        assert_eq!(
            commit(&store, first, &[("a/b", Some("1")), ("gone", None), ("a/gone", None), ("a/b/c", None)]).unwrap(),
            None
        );
        assert_eq!(commit(&store, first, &[]).unwrap(), None);
    }

    #[test]
    fn a_commit_brings_only_what_changed() {
        let store = Store::new().unwrap();
        let first = commit(&store, None, &[("a/b", Some("1")), ("c/d", Some("2")), ("e", Some("3"))]).unwrap();
        let second = commit(&store, first, &[("a/b", Some("new")), ("e", Some("3"))]).unwrap().unwrap();
        assert_eq!(store.objects_of(second).len(), 4, "a blob, the folder, the root, the commit");
        assert_eq!(paths(&store, second), ["a/b", "c/d", "e"]);
    }

    #[test]
    fn an_object_that_an_earlier_attempt_made_is_sent_again() {
        let store = Store::new().unwrap();
        let first = commit(&store, None, &[("a", Some("1"))]).unwrap();
        let lost = commit(&store, first, &[("b", Some("2"))]).unwrap().unwrap();
        let again = commit(&store, first, &[("b", Some("2")), ("c", Some("3"))]).unwrap().unwrap();
        let blob = blob_id(b"2");
        assert!(store.objects_of(lost).contains(&blob) && store.objects_of(again).contains(&blob));
    }

    #[test]
    fn folders_come_and_go_with_their_files() {
        let store = Store::new().unwrap();
        let first = commit(&store, None, &[("a/b", Some("1")), ("a/c/d", Some("2")), ("x", Some("3"))]).unwrap();
        let second = commit(&store, first, &[("a/b", None), ("a/c/d", None)]).unwrap();
        assert_eq!(paths(&store, second.unwrap()), ["x"]);
        let third = commit(&store, second, &[("x", None), ("x/y", Some("4"))]).unwrap();
        assert_eq!(paths(&store, third.unwrap()), ["x/y"]);
        let fourth = commit(&store, third, &[("x", Some("5")), ("x/y", None)]).unwrap();
        assert_eq!(paths(&store, fourth.unwrap()), ["x"]);
    }

    #[test]
    fn a_link_or_submodule_in_the_way_is_an_error() {
        let store = Store::new().unwrap();
        let odd = odd_tree(&store);
        let base = Some(odd);
        for (path, expected) in [("link/x", "a symbolic link"), ("module/x", "a submodule"), ("run.sh/x", "a file")] {
            assert!(
                matches!(commit(&store, base, &[(path, Some("1"))]), Err(Error::NotAFolder { found, .. }) if found == expected),
                "{path}"
            );
        }
        for (path, expected) in [("link", "a symbolic link"), ("module", "a submodule"), ("dir", "a folder")] {
            for text in [Some("1"), None] {
                assert!(
                    matches!(commit(&store, base, &[(path, text)]), Err(Error::NotAFile { found, .. }) if found == expected),
                    "{path}"
                );
            }
        }
        let tree = store.tree(odd).unwrap();
        assert_eq!(tree.kind("link").unwrap(), Some(Kind::Link));
        assert_eq!(tree.kind("module").unwrap(), Some(Kind::Other));
        assert_eq!((tree.read("link/passwd").unwrap(), tree.read("dir").unwrap()), (None, None));
    }

    #[test]
    fn what_is_not_touched_is_carried_as_it_is() {
        let store = Store::new().unwrap();
        let base = odd_tree(&store);
        let next = commit(&store, Some(base), &[("new/file", Some("1")), ("run.sh", Some("2"))]).unwrap().unwrap();
        let entries = |commit: Id| store.entries(store.commit(commit).unwrap().tree).unwrap();
        let (before, after) = (entries(base), entries(next));
        for entry in before.iter().filter(|entry| entry.name != b"run.sh") {
            assert!(after.contains(entry), "{entry:?}");
        }
        let run = after.iter().find(|entry| entry.name == b"run.sh").unwrap();
        assert_eq!((run.digits.as_slice(), run.id), (b"100755".as_slice(), blob_id(b"2")));
        assert_eq!(store.objects_of(next).len(), 5);
    }

    #[test]
    fn unfit_paths_are_refused() {
        let store = Store::new().unwrap();
        let long = "x".repeat(256);
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            ".git",
            "a/.GIT/hooks",
            ".git ",
            ".git.",
            "GIT~1",
            "a\\b",
            "a\0",
            "a\n",
            ".g\u{200c}it",
            ".git::$INDEX_ALLOCATION",
            &long,
        ] {
            assert!(matches!(commit(&store, None, &[(path, Some("1"))]), Err(Error::BadPath { .. })), "{path:?}");
        }
    }

    #[test]
    fn a_file_that_was_not_fetched_is_an_error_that_says_so() {
        let store = Store::new().unwrap();
        let tree = store.tree(odd_tree(&store)).unwrap();
        let error = tree.read(".gitmodules").unwrap_err();
        assert!(error.to_string().contains("was not fetched"), "{error}");
    }
}
