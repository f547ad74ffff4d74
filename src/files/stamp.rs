//! [`Stamp`]: what a file system says of a file without reading it; [`Seen`]: that, and what was read.

use std::fs::{self, Metadata};

use super::{Entry, Files, Folder, Kind};

/// The BLAKE3 hash of a file's bytes, a link's target or the names in a folder.
pub type Digest = [u8; 32];

/// A file that changed less than this before it was read may change once more without another time: file systems count time
/// in steps, some of them in seconds.
const SETTLED: i128 = 2_000_000_000;

/// Times, size and identity of a file. A file that is written to, replaced, or given another time gets another stamp: the
/// time of the last change of state cannot be set by a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The number of the file in its file system.
    pub inode: u64,
    /// Its size.
    pub size: u64,
    /// When its content was written last, in nanoseconds since 1970.
    pub modified: i64,
    /// When its state changed last, in nanoseconds since 1970.
    pub changed: i64,
}

/// A file, link or folder as it was found once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it was.
    pub kind: Kind,
    /// Its stamp from before it was read; none where the file may change without getting another.
    pub stamp: Option<Stamp>,
    /// What was read.
    pub digest: Digest,
}

impl Stamp {
    #[cfg(unix)]
    fn of(found: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
        Some(Self {
            inode: found.ino(),
            size: found.size(),
            modified: nanoseconds(found.mtime(), found.mtime_nsec())?,
            changed: nanoseconds(found.ctime(), found.ctime_nsec())?,
        })
    }

    /// Elsewhere nothing tells a change of a file that keeps its size and its times.
    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Tells whether a change after `now` (nanoseconds since 1970) is bound to give another stamp.
    fn is_settled(&self, now: i128) -> bool {
        i128::from(self.modified.max(self.changed)) + SETTLED < now
    }
}

impl Folder {
    /// Returns what stands at a path and its stamp, in one question to the file system. Says nothing of the folders on the way.
    pub fn stamp(&self, path: &str) -> Option<(Kind, Option<Stamp>)> {
        let found = fs::symlink_metadata(self.root().join(path)).ok()?;
        let kind = match found.file_type() {
            kind if kind.is_symlink() => Kind::Link,
            kind if kind.is_dir() => Kind::Folder,
            kind if kind.is_file() => Kind::File,
            _ => Kind::Other,
        };
        Some((kind, Stamp::of(&found)))
    }

    /// As [`Self::stamp`], with the stamp only where a change after `now` (nanoseconds since 1970) will give another.
    pub(super) fn settled_stamp(&self, path: &str, now: i128) -> Option<(Kind, Option<Stamp>)> {
        let (kind, stamp) = self.stamp(path)?;
        Some((kind, stamp.filter(|stamp| stamp.is_settled(now))))
    }
}

impl Seen {
    /// Looks once more. Returns what is there now if it is what was seen, with its newest stamp; `None` if it changed.
    pub fn again(&self, folder: &Folder, path: &str, now: i128) -> Option<Self> {
        let (kind, stamp) = folder.stamp(path)?;
        if kind != self.kind {
            return None;
        }
        if stamp.is_some() && stamp == self.stamp {
            return Some(*self);
        }
        let digest = match kind {
            Kind::File | Kind::Link => digest(&folder.read(path).ok()??),
            Kind::Folder => digest_of_names(&folder.list(path).ok()?),
            Kind::Other => return None,
        };
        let stamp = stamp.filter(|stamp| stamp.is_settled(now));
        (digest == self.digest).then_some(Self { kind, stamp, digest })
    }
}

/// Returns the digest of a file's bytes.
pub fn digest(bytes: &[u8]) -> Digest {
    *blake3::hash(bytes).as_bytes()
}

/// Returns the digest of what is in a folder, by name and kind.
pub(super) fn digest_of_names(entries: &[Entry]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for entry in entries {
        hasher.update(entry.name.as_bytes());
        hasher.update(match entry.kind {
            Kind::File => b"/f",
            Kind::Folder => b"/d",
            Kind::Link => b"/l",
            Kind::Other => b"/o",
        });
    }
    *hasher.finalize().as_bytes()
}
