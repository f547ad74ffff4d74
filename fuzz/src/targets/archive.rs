//! Chart archives. The first byte says how much of the work is done for the fuzzer: gzip, and the checksums of tar.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use plainsail::helm::Profile;
use plainsail::helm::chart::{File, Limits, unpack};
use plainsail::yaml;

use super::chart::check_chart;

/// Small caps, so that reaching them is cheap.
const LIMITS: Limits = Limits {
    file_bytes: 64 << 10,
    chart_bytes: 256 << 10,
    entries: 64,
    ratio: 200,
    depth: 4,
    yaml: yaml::Limits { bytes: 1 << 20, depth: 100, nodes: 100_000 },
};

/// The length of a block of tar.
const BLOCK: usize = 512;

/// Chart archives.
pub(crate) fn archive(input: &[u8]) {
    let Some((how, bytes)) = input.split_first() else { return };
    let bytes = match how {
        b'a' => bytes.to_vec(),
        b'b' => zipped(bytes),
        _ => zipped(&with_checksums(bytes)),
    };
    match unpack(&bytes, LIMITS) {
        Ok(files) => {
            check_files(&files);
            check_chart(&files, Profile::V4);
            check_chart(&files, Profile::V3);
        }
        Err(error) => assert!(error.to_string().len() <= super::LONGEST_MESSAGE),
    }
}

/// No file lies outside of the chart, and no cap is passed.
fn check_files(files: &[File]) {
    assert!(files.len() <= LIMITS.entries, "{} files", files.len());
    let mut total = 0;
    for file in files {
        let leaves = file.name.split('/').any(|part| part == "..");
        assert!(!leaves && !file.name.starts_with('/') && !file.name.contains('\0'), "{:?}", file.name);
        assert!(file.data.len() as u64 <= LIMITS.file_bytes, "{} bytes", file.data.len());
        total += file.data.len() as u64;
    }
    assert!(total <= LIMITS.chart_bytes, "{total} bytes");
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// Makes the headers of a tar file pass their checksums, entry by entry, as far as their sizes can be read.
fn with_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    let mut at = 0;
    while let Some(block) = bytes.get_mut(at..at + BLOCK) {
        if block.iter().any(|byte| *byte != 0) {
            let mut header = tar::Header::new_old();
            header.as_mut_bytes().copy_from_slice(block);
            header.set_cksum();
            block.copy_from_slice(header.as_bytes());
            let size = header.entry_size().unwrap_or_default().min(1 << 20) as usize;
            at += size.next_multiple_of(BLOCK);
        }
        at += BLOCK;
    }
    bytes.resize(bytes.len() + 2 * BLOCK, 0);
    bytes
}
