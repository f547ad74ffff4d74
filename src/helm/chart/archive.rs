//! Unpacks a `.tgz` in memory, with Helm's path checks and caps. Nothing is ever written to a disk.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use super::load::without_bom;
use super::{Budget, Error, File, Limits};
use crate::helm::limits::Cap;
use crate::yaml::Str;

/// Returns the files of a chart archive, without the folder that holds them.
///
/// # Errors
/// If the archive is broken, holds a path that leaves it or an entry that is no file, or exceeds a limit.
pub fn unpack(bytes: &[u8], limits: Limits) -> Result<Vec<File>, Error> {
    unpack_within(bytes, &mut Budget::new(limits))
}

/// As [`unpack`], counting against what is left.
pub(super) fn unpack_within(bytes: &[u8], budget: &mut Budget) -> Result<Vec<File>, Error> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return refuse(if bytes.is_empty() { "EOF" } else { "gzip: invalid header" });
    }
    // Headers and padding count too, so an archive of empty entries ends as well.
    let packed = bytes.len() as u64;
    let (exceeded, budget_limits) = (Rc::new(Cell::new(None)), budget.limits);
    let mut archive = tar::Archive::new(Inflated {
        inner: MultiGzDecoder::new(bytes),
        packed,
        seen: 0,
        limits: budget.limits,
        exceeded: Rc::clone(&exceeded),
    });
    let broken = |error: std::io::Error| match exceeded.get() {
        Some(cap) => grows_too_much(cap, &budget_limits),
        None => broken(&error),
    };
    let mut files = Vec::new();
    let entries = archive.entries().map_err(broken)?;
    for entry in entries {
        let mut entry = entry.map_err(broken)?;
        let kind = entry.header().entry_type();
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if kind.is_dir() || name.ends_with('/') || kind.is_pax_global_extensions() || kind.is_pax_local_extensions() {
            continue;
        }
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse()) {
            return refuse(&format!("chart archive contains {name:?}, which is not a regular file"));
        }
        let path = chart_path(&name)?;
        if budget.entries_left == 0 {
            return Err(too_many(budget));
        }
        budget.entries_left -= 1;
        if entry.size() > budget.bytes_left {
            return Err(too_large("decompressed chart", Cap::ChartBytes, &budget.limits));
        }
        if entry.size() > budget.limits.file_bytes {
            return Err(too_large(&format!("decompressed chart file {name:?}"), Cap::FileBytes, &budget.limits));
        }
        let mut data = Vec::new();
        entry.by_ref().take(budget.limits.file_bytes + 1).read_to_end(&mut data).map_err(broken)?;
        let length = data.len() as u64;
        if length < entry.size() || length >= budget.bytes_left {
            return Err(too_large("decompressed chart", Cap::ChartBytes, &budget.limits));
        }
        budget.bytes_left -= length;
        files.push(File { name: path, data: Str::from(without_bom(&data)) });
    }
    if files.is_empty() {
        return refuse("no files in chart archive");
    }
    Ok(files)
}

/// Counts what comes out of the decompressor.
struct Inflated<R> {
    inner: R,
    packed: u64,
    seen: u64,
    limits: Limits,
    /// The cap that was reached.
    exceeded: Rc<Cell<Option<Cap>>>,
}

impl<R: Read> Read for Inflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.seen += count as u64;
        // Room for a header, its extensions and padding with every entry; the files are counted by the caller.
        let room = self.limits.chart_bytes.saturating_add((self.limits.entries as u64 + 8).saturating_mul(4096));
        let bomb = self.seen > Limits::RATIO_FLOOR && self.seen / self.packed.max(1) > self.limits.ratio;
        if bomb || self.seen > room {
            self.exceeded.set(Some(if bomb { Cap::ArchiveRatio } else { Cap::ChartBytes }));
        }
        if self.exceeded.get().is_some() {
            return Err(std::io::Error::other("chart archive grows too much when unpacked"));
        }
        Ok(count)
    }
}

/// Checks the name of an entry and returns its path below the folder of the chart.
fn chart_path(name: &str) -> Result<String, Error> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (first, rest) = name.split_once(delimiter).unwrap_or((name, ""));
    let rest = if delimiter == '\\' { rest.replace('\\', "/") } else { rest.to_owned() };
    if rest.starts_with('/') {
        return refuse("chart illegally contains absolute paths");
    }
    let path = clean(&rest);
    if path == "." {
        return refuse(&format!("chart illegally contains content outside the base directory: {name:?}"));
    }
    if path.starts_with("..") {
        return refuse("chart illegally references parent directory");
    }
    let bytes = path.as_bytes();
    if bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && &bytes[1..3] == b":/" {
        return refuse("chart contains illegally named files");
    }
    if first == "Chart.yaml" {
        return refuse("chart yaml not in base directory");
    }
    if path.contains('\0') {
        return refuse("chart contains illegally named files");
    }
    Ok(path)
}

/// Go's `path.Clean` for a relative path.
pub(crate) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn refuse<T>(message: &str) -> Result<T, Error> {
    Err(Error::Archive { message: message.to_owned() })
}

fn grows_too_much(cap: Cap, limits: &Limits) -> Error {
    match cap {
        Cap::ArchiveRatio => {
            let what = "the growth of the chart archive when unpacked".to_owned();
            Error::TooLarge { what, unit: "ratio", limit: limits.ratio, cap: Some(cap) }
        }
        cap => too_large("decompressed chart", cap, limits),
    }
}

fn broken(error: &std::io::Error) -> Error {
    Error::Archive { message: format!("broken chart archive: {error}") }
}

fn too_large(what: &str, cap: Cap, limits: &Limits) -> Error {
    let limit = if cap == Cap::FileBytes { limits.file_bytes } else { limits.chart_bytes };
    Error::TooLarge { what: what.to_owned(), unit: "size", limit, cap: Some(cap) }
}

fn too_many(budget: &Budget) -> Error {
    let limit = budget.limits.entries as u64;
    Error::TooLarge {
        what: "the number of files of the chart".to_owned(),
        unit: "count",
        limit,
        cap: Some(Cap::ChartFiles),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{EntryType, Header};

    use super::*;

    /// An archive entry as it is: the `tar` crate itself would refuse to write most of these.
    fn entry(name: &str, kind: EntryType, data: &[u8]) -> Vec<u8> {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_cksum();
        let mut bytes = header.as_bytes().to_vec();
        bytes.extend_from_slice(data);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        for entry in entries {
            encoder.write_all(entry).unwrap();
        }
        encoder.write_all(&[0; 1024]).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack_one(name: &str, kind: EntryType) -> Result<Vec<String>, String> {
        unpack(&archive(&[entry(name, kind, b"x")]), Limits::default())
            .map(|files| files.into_iter().map(|file| file.name).collect())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn drops_the_first_part_of_a_path() {
        assert_eq!(unpack_one("web/templates/a.yaml", EntryType::Regular).unwrap(), ["templates/a.yaml"]);
        assert_eq!(unpack_one("web\\templates\\a.yaml", EntryType::Regular).unwrap(), ["templates/a.yaml"]);
    }

    #[test]
    fn refuses_paths_that_leave_the_chart() {
        for (name, reason) in [
            ("web/../../etc/passwd", "parent directory"),
            ("web//etc/passwd", "absolute paths"),
            ("web/..", "parent directory"),
            ("web/C:/windows", "illegally named"),
            ("web", "outside the base directory"),
            ("Chart.yaml", "outside the base directory"),
            ("Chart.yaml/x", "not in base directory"),
        ] {
            let error = unpack_one(name, EntryType::Regular).unwrap_err();
            assert!(error.contains(reason), "{name}: {error}");
        }
    }

    #[test]
    fn refuses_what_is_no_file() {
        for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo] {
            assert!(unpack_one("web/a", kind).unwrap_err().contains("not a regular file"), "{kind:?}");
        }
    }

    #[test]
    fn stops_a_bomb() {
        let zeros = vec![0; 4 * 1024 * 1024];
        let entries: Vec<_> = (0..10).map(|at| entry(&format!("web/{at}"), EntryType::Regular, &zeros)).collect();
        let error = unpack(&archive(&entries), Limits::default()).unwrap_err().to_string();
        assert!(error.contains("than the maximum ratio 200"), "{error}");
    }

    #[test]
    fn stops_at_the_limits() {
        let limits = Limits { file_bytes: 10, chart_bytes: 25, entries: 3, ..Limits::default() };
        let text = |name: &str, size: usize| entry(name, EntryType::Regular, &vec![b'x'; size]);
        let of = |entries: &[Vec<u8>]| unpack(&archive(entries), limits).map_err(|error| error.to_string());
        assert_eq!(of(&[text("w/a", 10), text("w/b", 10)]).unwrap().len(), 2);
        assert!(of(&[text("w/a", 11)]).unwrap_err().contains("file"));
        assert!(of(&[text("w/a", 10), text("w/b", 10), text("w/c", 10)]).unwrap_err().contains("maximum size 25"));
        let many: Vec<_> = (0..4).map(|at| text(&format!("w/{at}"), 1)).collect();
        assert!(of(&many).unwrap_err().contains("count 3"));
    }

    #[test]
    fn never_panics_on_broken_archives() {
        let good = archive(&[entry("web/Chart.yaml", EntryType::Regular, b"name: a")]);
        for end in 0..good.len() {
            let _ = unpack(&good[..end], Limits::default());
        }
        for at in 0..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 0x55;
            let _ = unpack(&bytes, Limits::default());
        }
        assert!(unpack(b"", Limits::default()).is_err());
    }
}
