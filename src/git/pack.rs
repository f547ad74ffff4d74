//! Writes packs: the form in which objects are sent.
//!
//! libgit2's own writer belongs to a repository and so reads the machine's configuration; what is sent here is small and gains
//! nothing from deltas.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use sha1::{Digest, Sha1};

use super::Error;
use super::store::ObjectKind;

/// Writes a pack of whole objects.
pub(super) fn write(
    objects: impl Iterator<Item = Result<(ObjectKind, Vec<u8>), Error>>,
    count: usize,
) -> Result<Vec<u8>, Error> {
    let mut out = b"PACK\0\0\0\x02".to_vec();
    out.extend_from_slice(&(count as u32).to_be_bytes());
    for object in objects {
        let (kind, bytes) = object?;
        write_header(&mut out, kind, bytes.len());
        let mut deflate = ZlibEncoder::new(&mut out, Compression::default());
        let written = deflate.write_all(&bytes).and_then(|()| deflate.finish().map(drop));
        written.map_err(|cause| Error::Storage { doing: "compress an object", cause: cause.to_string() })?;
    }
    let sum = Sha1::digest(&out);
    out.extend_from_slice(&sum);
    Ok(out)
}

/// Three bits of kind and four of size, then seven bits of size a byte.
fn write_header(out: &mut Vec<u8>, kind: ObjectKind, size: usize) {
    let kind = match kind {
        ObjectKind::Commit => 1,
        ObjectKind::Tree => 2,
        ObjectKind::Blob => 3,
    };
    let mut byte = kind << 4 | (size & 0x0f) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        out.push(byte | 0x80);
        byte = (rest & 0x7f) as u8;
        rest >>= 7;
    }
    out.push(byte);
}
