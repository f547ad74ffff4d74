//! Prints documents as `helm template` does, and picks those of `--show-only`.

use super::Error;
use super::split::split;
use crate::helm::chart::ignore::match_path;
use crate::helm::profile::Profile;

/// Appends a document with its separator and source.
pub fn print_document(out: &mut Vec<u8>, source: &str, text: &[u8]) {
    out.extend_from_slice(b"---\n# Source: ");
    out.extend_from_slice(source.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(text);
    out.push(b'\n');
}

/// Takes white space away on both sides, as Go's `strings.TrimSpace`.
pub fn trim(text: &[u8]) -> &[u8] {
    super::split::trim(text)
}

/// Picks the documents of a printed stream whose source below the chart fits one of the patterns, in the order of the
/// patterns.
///
/// # Errors
/// If a pattern fits nothing.
pub fn show_only(printed: &[u8], patterns: &[String], profile: Profile) -> Result<Vec<u8>, Error> {
    let documents = split(printed, profile);
    let mut out = Vec::new();
    for pattern in patterns {
        let mut found = false;
        for document in &documents {
            let Some(source) = source_below_chart(document) else { continue };
            if match_path(pattern.as_bytes(), source) != Ok(true) {
                continue;
            }
            found = true;
            out.extend_from_slice(b"---\n");
            out.extend_from_slice(document);
            out.push(b'\n');
        }
        if !found {
            return Err(Error::NotFound { pattern: pattern.clone() });
        }
    }
    Ok(out)
}

/// The first match of `# Source: [^/]+/(.+)`.
fn source_below_chart(document: &[u8]) -> Option<&[u8]> {
    const MARK: &[u8] = b"# Source: ";
    let mut at = 0;
    while let Some(found) = document[at..].windows(MARK.len()).position(|window| window == MARK) {
        let rest = &document[at + found + MARK.len()..];
        // `[^/]+` may run over line ends, `.+` not.
        if let Some(slash) = rest.iter().position(|byte| *byte == b'/')
            && slash > 0
        {
            let below = &rest[slash + 1..];
            let end = below.iter().position(|byte| *byte == b'\n').unwrap_or(below.len());
            if end > 0 {
                return Some(&below[..end]);
            }
        }
        at += found + 1;
    }
    None
}
