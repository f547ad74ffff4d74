//! PEM blocks.

use crate::helm::go::base;

/// A PEM block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands in `-----BEGIN …-----`.
    pub kind: String,
    /// The bytes inside.
    pub bytes: Vec<u8>,
}

impl Block {
    /// Writes the block, 64 digits a line.
    pub fn encode(&self) -> String {
        let mut out = format!("-----BEGIN {}-----\n", self.kind);
        let digits = base::encode64(&self.bytes);
        let mut rest = digits.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            out.push_str(line);
            out.push('\n');
            rest = after;
        }
        out.push_str("-----END ");
        out.push_str(&self.kind);
        out.push_str("-----\n");
        out
    }

    /// Finds the first sound block of a text.
    pub fn decode(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(kind) = line.trim_end().strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"))
            else {
                continue;
            };
            if let Some(bytes) = read_body(&mut lines.clone(), kind) {
                return Some(Self { kind: kind.to_owned(), bytes });
            }
        }
        None
    }
}

/// Reads headers (which are dropped) and digits up to the end line.
fn read_body<'a>(lines: &mut impl Iterator<Item = &'a str>, kind: &str) -> Option<Vec<u8>> {
    let end = format!("-----END {kind}-----");
    let mut digits = String::new();
    for line in lines {
        let line = line.trim();
        if line == end {
            return base::decode64(digits.as_bytes()).ok();
        }
        if !(digits.is_empty() && line.contains(':')) {
            digits.push_str(line);
        }
    }
    None
}
