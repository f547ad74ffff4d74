//! The bytes of trees and commits, read and written without asking libgit2 what they mean.
//!
//! libgit2 reads configuration files of the machine wherever a repository is involved; objects alone need none. Entries of a
//! tree are kept as they came, however odd their names: what a commit does not touch is carried by id.

use super::{Error, Id};

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Folder,
    File,
    Link,
    Submodule,
}

/// An entry of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TreeEntry {
    /// The octal digits as they stand in the tree.
    pub(super) digits: Vec<u8>,
    pub(super) name: Vec<u8>,
    pub(super) id: Id,
}

impl TreeEntry {
    pub(super) fn file(name: &str, id: Id) -> Self {
        Self { digits: b"100644".to_vec(), name: name.as_bytes().to_vec(), id }
    }

    pub(super) fn folder(name: &str, id: Id) -> Self {
        Self { digits: b"40000".to_vec(), name: name.as_bytes().to_vec(), id }
    }

    pub(super) fn mode(&self) -> Mode {
        match self.digits.as_slice() {
            b"40000" | b"040000" => Mode::Folder,
            b"120000" => Mode::Link,
            b"160000" => Mode::Submodule,
            _ => Mode::File,
        }
    }

    /// Git sorts a folder as if its name ended with a slash.
    pub(super) fn order(&self) -> Vec<u8> {
        let mut key = self.name.clone();
        if self.mode() == Mode::Folder {
            key.push(b'/');
        }
        key
    }
}

/// Reads the entries of a tree.
pub(super) fn read_tree(id: Id, mut bytes: &[u8]) -> Result<Vec<TreeEntry>, Error> {
    let broken = || Error::Broken { id, cause: "not a tree".to_owned() };
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|byte| *byte == b' ').ok_or_else(broken)?;
        let (digits, rest) = bytes.split_at(space);
        let rest = rest.get(1..).ok_or_else(broken)?;
        let end = rest.iter().position(|byte| *byte == 0).ok_or_else(broken)?;
        let (name, rest) = rest.split_at(end);
        let target = rest.get(1..21).and_then(|target| Id::try_from(target).ok()).ok_or_else(broken)?;
        entries.push(TreeEntry { digits: digits.to_vec(), name: name.to_vec(), id: target });
        bytes = rest.get(21..).ok_or_else(broken)?;
    }
    Ok(entries)
}

/// Writes the entries of a tree, in the order given.
pub(super) fn write_tree(entries: &[TreeEntry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 48);
    for entry in entries {
        out.extend_from_slice(&entry.digits);
        out.push(b' ');
        out.extend_from_slice(&entry.name);
        out.push(0);
        out.extend_from_slice(entry.id.as_bytes());
    }
    out
}

/// Who wrote or committed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    name: String,
    email: String,
}

impl Person {
    /// Takes a name and a mail address.
    ///
    /// # Errors
    /// Fails where one of them is empty or holds what would break the commit's header.
    pub fn new(name: &str, email: &str) -> Result<Self, Error> {
        let fits =
            |text: &str| !text.trim().is_empty() && !text.chars().any(|c| c.is_control() || c == '<' || c == '>');
        for text in [name, email] {
            if !fits(text) {
                return Err(Error::BadPerson { text: text.to_owned() });
            }
        }
        Ok(Self { name: name.trim().to_owned(), email: email.trim().to_owned() })
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the mail address.
    pub fn email(&self) -> &str {
        &self.email
    }
}

impl std::fmt::Display for Person {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} <{}>", self.name, self.email)
    }
}

/// A commit as it stands in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: Id,
    /// Its tree.
    pub tree: Id,
    /// Its parents, in order; they need not be in the store.
    pub parents: Vec<Id>,
    /// Who wrote it.
    pub author: Person,
    /// Who committed it.
    pub committer: Person,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// Its message; bytes that are no UTF-8 are replaced.
    pub message: String,
}

impl Commit {
    /// Returns the first line of the message.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// Returns the values of a trailer (`Key: value` in the message's last paragraph), in order.
    pub fn trailers<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let last = self.message.trim_end().rsplit("\n\n").next().unwrap_or_default();
        last.lines().filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(key).then_some(value.trim())
        })
    }
}

/// Reads a commit.
pub(super) fn read_commit(id: Id, bytes: &[u8]) -> Result<Commit, Error> {
    let broken = |cause: &str| Error::Broken { id, cause: format!("not a commit: {cause}") };
    let text = String::from_utf8_lossy(bytes);
    let (header, message) = text.split_once("\n\n").unwrap_or((text.trim_end_matches('\n'), ""));
    let (mut tree, mut parents, mut author, mut committer) = (None, Vec::new(), None, None);
    for line in header.lines() {
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        let object = || value.parse::<Id>().map_err(|_| broken("an id is not one"));
        match key {
            "tree" => tree = Some(object()?),
            "parent" => parents.push(object()?),
            "author" => author = author.or_else(|| read_person(value)),
            "committer" => committer = committer.or_else(|| read_person(value)),
            _ => {}
        }
    }
    let (author, _) = author.ok_or_else(|| broken("no author"))?;
    let (committer, time) = committer.ok_or_else(|| broken("no committer"))?;
    let tree = tree.ok_or_else(|| broken("no tree"))?;
    Ok(Commit { id, tree, parents, author, committer, time, message: message.to_owned() })
}

/// Reads `Name <mail> seconds zone`, as generously as git does.
fn read_person(text: &str) -> Option<(Person, i64)> {
    let (name, rest) = text.split_once('<')?;
    let (email, when) = rest.rsplit_once('>')?;
    let time = when.split_whitespace().next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    Some((Person { name: name.trim().to_owned(), email: email.trim().to_owned() }, time))
}

/// Writes a commit; dates are in UTC.
pub(super) fn write_commit(
    tree: Id,
    parents: &[Id],
    author: (&Person, i64),
    committer: (&Person, i64),
    message: &str,
) -> Vec<u8> {
    let parents: Vec<String> = parents.iter().map(|parent| format!("parent {parent}\n")).collect();
    let parents = parents.concat();
    let (author, committer) = (stamp(author), stamp(committer));
    let message = message.trim_end_matches('\n');
    format!("tree {tree}\n{parents}author {author}\ncommitter {committer}\n\n{message}\n").into_bytes()
}

fn stamp((person, time): (&Person, i64)) -> String {
    format!("{person} {time} +0000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_cannot_break_the_header() {
        for (name, email) in
            [("", "a@b"), ("a", ""), ("a\nparent x", "a@b"), ("a", "a@b> 0 +0000\n"), ("<a", "b"), (" ", "b")]
        {
            assert!(Person::new(name, email).is_err(), "{name:?} {email:?}");
        }
        assert_eq!(Person::new("Zoë ", "z@example.org").unwrap().to_string(), "Zoë <z@example.org>");
    }

    #[test]
    fn reads_the_commit_it_writes() {
        let id = Id::from_bytes([7; 20]);
        let person = Person::new("A B", "a@b").unwrap();
        let bytes =
            write_commit(id, &[id, id], (&person, 5), (&person, 6), "subject\n\nbody\n\nKey: one\nkey: two\n\n");
        let commit = read_commit(id, &bytes).unwrap();
        assert_eq!((commit.tree, commit.parents.len(), commit.time, commit.subject()), (id, 2, 6, "subject"));
        assert_eq!(commit.trailers("Key").collect::<Vec<_>>(), ["one", "two"]);
        assert!(commit.message.ends_with("two\n"));
    }

    #[test]
    fn a_cut_tree_is_an_error() {
        let id = Id::from_bytes([7; 20]);
        let whole = write_tree(&[TreeEntry::file("a", id), TreeEntry::folder("b", id)]);
        assert_eq!(read_tree(id, &whole).unwrap().len(), 2);
        for end in 1..whole.len() {
            let cut = read_tree(id, &whole[..end]);
            assert!(cut.is_err() || end == 29, "{end}");
        }
    }
}
