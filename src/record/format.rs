//! A [`Record`] as bytes: a line that says what this is, the build that wrote it and the folder it is about, the parts one after the
//! other, the hash of it all.

use super::bytes::{Reader, Writer};
use super::{Chart, Current, Group, Record, Release};
use crate::files::{Digest, Kind, Seen, Stamp};

const MAGIC: &[u8; 16] = b"plainsail-rec 1\n";
const HASH: usize = blake3::OUT_LEN;

/// Returns the bytes of a record. `build` and `root` say for whom it holds.
pub(super) fn encode(record: &Record, build: &str, root: &str) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.raw(MAGIC);
    writer.text(build);
    writer.text(root);
    write_group(&mut writer, &record.shared);
    writer.list(&record.charts, |writer, chart| {
        writer.text(&chart.folder);
        write_group(writer, &chart.group);
    });
    writer.list(&record.releases, write_release);
    let hash = blake3::hash(&writer.bytes);
    writer.raw(hash.as_bytes());
    writer.bytes
}

/// Reads a record; none where the bytes are damaged or were written by another build or for another folder.
pub(super) fn decode(bytes: &[u8], build: &str, root: &str) -> Option<Record> {
    let (content, hash) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
    let mut reader = Reader::new(content);
    let is_ours = reader.array::<16>()? == *MAGIC && *reader.text()? == *build && *reader.text()? == *root;
    if !is_ours || blake3::hash(content).as_bytes() != hash {
        return None;
    }
    let record = Record {
        shared: read_group(&mut reader)?,
        charts: reader.list(|reader| Some(Chart { folder: reader.text()?, group: read_group(reader)? }))?,
        releases: reader.list(read_release)?,
    };
    reader.is_at_end().then_some(record)
}

fn write_release(writer: &mut Writer, release: &Release) {
    writer.text(&release.environment);
    writer.text(&release.name);
    writer.raw(&release.key);
    writer.list(&release.outputs, |writer, (path, digest)| {
        writer.text(path);
        writer.raw(digest);
    });
    writer.list(&release.notices, |writer, notice| writer.text(notice));
    writer.byte(u8::from(release.current.is_some()));
    if let Some(current) = &release.current {
        writer.text(&current.chart);
        write_group(writer, &current.group);
        writer.list(&current.beside, |writer, path| writer.text(path));
    }
}

fn read_release(reader: &mut Reader<'_>) -> Option<Release> {
    Some(Release {
        environment: reader.text()?,
        name: reader.text()?,
        key: reader.array()?,
        outputs: reader.list(|reader| Some((reader.text()?, reader.array::<{ size_of::<Digest>() }>()?)))?,
        notices: reader.list(Reader::text)?,
        current: match reader.byte()? {
            0 => None,
            _ => {
                Some(Current { chart: reader.text()?, group: read_group(reader)?, beside: reader.list(Reader::text)? })
            }
        },
    })
}

fn write_group(writer: &mut Writer, group: &Group) {
    writer.list(&group.files, |writer, (path, seen)| {
        writer.text(path);
        let stamped = if seen.stamp.is_some() { 4 } else { 0 };
        let kind = match seen.kind {
            Kind::File => 0,
            Kind::Folder => 1,
            Kind::Link => 2,
            Kind::Other => 3,
        };
        writer.byte(kind | stamped);
        writer.raw(&seen.digest);
        if let Some(stamp) = &seen.stamp {
            writer.number(stamp.inode);
            writer.number(stamp.size);
            writer.signed(stamp.modified);
            writer.signed(stamp.changed);
        }
    });
}

fn read_group(reader: &mut Reader<'_>) -> Option<Group> {
    let read = |reader: &mut Reader<'_>| {
        let path = reader.text()?;
        let flags = reader.byte()?;
        let kind = match flags & 3 {
            0 => Kind::File,
            1 => Kind::Folder,
            2 => Kind::Link,
            _ => Kind::Other,
        };
        let digest = reader.array()?;
        let stamp = match flags & 4 {
            0 => None,
            _ => Some(Stamp {
                inode: reader.number()?,
                size: reader.number()?,
                modified: reader.signed()?,
                changed: reader.signed()?,
            }),
        };
        Some((path, Seen { kind, stamp, digest }))
    };
    Some(Group { files: reader.list(read)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Record {
        let stamp = Some(Stamp { inode: 1, size: 2, modified: -3, changed: i64::MAX });
        let group = Group {
            files: vec![
                ("plainsail.yaml".into(), Seen { kind: Kind::File, stamp, digest: [7; 32] }),
                ("ü".into(), Seen { kind: Kind::Link, stamp: None, digest: [8; 32] }),
            ],
        };
        let release = |current| Release {
            environment: "dev".into(),
            name: "web".into(),
            key: [1; 32],
            outputs: vec![("rendered/dev/web/a.yaml".into(), [2; 32])],
            notices: vec!["lookup gave nothing".into()],
            current,
        };
        let current = Current { chart: "charts/web".into(), group: group.clone(), beside: vec!["x".into()] };
        Record {
            shared: group.clone(),
            charts: vec![Chart { folder: "charts/web".into(), group }],
            releases: vec![release(None), release(Some(current))],
        }
    }

    #[test]
    fn is_read_back_as_it_was_written() {
        for record in [Record::default(), sample()] {
            assert_eq!(decode(&encode(&record, "1", "/a"), "1", "/a"), Some(record));
        }
    }

    #[test]
    fn of_another_build_or_folder_is_none() {
        let bytes = encode(&sample(), "1", "/a");
        assert_eq!(decode(&bytes, "2", "/a"), None);
        assert_eq!(decode(&bytes, "1", "/b"), None);
    }

    #[test]
    fn damaged_is_none() {
        let bytes = encode(&sample(), "1", "/a");
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert_eq!(decode(&damaged, "1", "/a"), None, "byte {at}");
            assert_eq!(decode(&bytes[..at], "1", "/a"), None, "cut at {at}");
        }
    }

    #[test]
    fn any_bytes_are_read_without_harm() {
        // With a sound hash, so that the parts are read.
        for count in [u64::MAX, 1 << 40, 3] {
            let mut writer = Writer::default();
            writer.raw(MAGIC);
            writer.text("1");
            writer.text("/a");
            writer.number(count);
            let hash = blake3::hash(&writer.bytes);
            writer.raw(hash.as_bytes());
            assert_eq!(decode(&writer.bytes, "1", "/a"), None);
        }
    }
}
