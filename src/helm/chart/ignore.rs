//! `.helmignore`: which files of a chart's folder are not loaded.
//!
//! Not the rules of git: `**` is refused, and a `!` rule drops everything that it does *not* match.

use crate::helm::go::utf8::decode;

/// The longest line that is read (the buffer of Go's scanner).
const MAX_LINE: usize = 64 * 1024;
/// How many rules there may be, and how many bytes they may have together, since each is tried on each file.
const MAX_RULES: usize = 1_000;
const MAX_BYTES: usize = 64 * 1024;

/// The rules of one `.helmignore`.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    patterns: Vec<Pattern>,
    /// The lengths of all patterns.
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Pattern {
    text: Vec<u8>,
    negated: bool,
    folders_only: bool,
    /// Without a slash only the last part of a path is looked at.
    base_name_only: bool,
    /// It matches nothing but itself.
    is_plain: bool,
}

/// Why a `.helmignore` was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule contains `**`.
    #[error("double-star (**) syntax is not supported")]
    DoubleStar,
    /// A rule is no pattern.
    #[error("syntax error in pattern")]
    BadPattern,
    /// A line is too long.
    #[error("bufio.Scanner: token too long")]
    LineTooLong,
    /// A cap of ours.
    #[error(".helmignore is over the cap of {MAX_RULES} rules and {MAX_BYTES} bytes of rules")]
    TooMany,
}

impl Rules {
    /// Reads the rules. The ones that Helm always has are added by [`Rules::with_defaults`].
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let mut rules = Self::default();
        for line in text.split(|byte| *byte == b'\n') {
            if line.len() >= MAX_LINE {
                return Err(Error::LineTooLong);
            }
            rules.add(line)?;
        }
        Ok(rules)
    }

    /// Adds the rule that Helm always has: hidden files of `templates/` are not loaded.
    pub fn with_defaults(mut self) -> Self {
        self.patterns.extend(Pattern::parse(b"templates/.?*").ok().flatten());
        self
    }

    /// Tells whether a path (relative to the chart, with `/`) is left out; of a folder, all that is in it.
    pub fn ignores(&self, path: &[u8], is_folder: bool) -> bool {
        if matches!(path, b"" | b"." | b"./") {
            return false;
        }
        for pattern in &self.patterns {
            let of_right_sort = is_folder || !pattern.folders_only;
            if pattern.negated {
                if !of_right_sort || !pattern.matches(path) {
                    return true;
                }
            } else if of_right_sort && pattern.matches(path) {
                return true;
            }
        }
        false
    }

    fn add(&mut self, line: &[u8]) -> Result<(), Error> {
        self.patterns.extend(Pattern::parse(line)?);
        let bytes: usize = self.patterns.last().map_or(0, |pattern| pattern.text.len());
        self.bytes += bytes;
        if self.patterns.len() > MAX_RULES || self.bytes > MAX_BYTES { Err(Error::TooMany) } else { Ok(()) }
    }
}

impl Pattern {
    /// Reads a line; a blank one or a comment gives none.
    fn parse(line: &[u8]) -> Result<Option<Self>, Error> {
        let rule = trim_space(line);
        if rule.is_empty() || rule.starts_with(b"#") {
            return Ok(None);
        }
        if rule.windows(2).any(|pair| pair == b"**") {
            return Err(Error::DoubleStar);
        }
        match_path(rule, b"abc")?;
        let (negated, rule) = rule.strip_prefix(b"!").map_or((false, rule), |rest| (true, rest));
        let (folders_only, rule) = rule.strip_suffix(b"/").map_or((false, rule), |rest| (true, rest));
        let (rooted, rule) = rule.strip_prefix(b"/").map_or((false, rule), |rest| (true, rest));
        let base_name_only = !rooted && !rule.contains(&b'/');
        let is_plain = !rule.iter().any(|byte| b"*?[\\".contains(byte));
        Ok(Some(Self { text: rule.to_vec(), negated, folders_only, base_name_only, is_plain }))
    }

    fn matches(&self, path: &[u8]) -> bool {
        let path = if self.base_name_only { base(path) } else { path };
        if self.is_plain { self.text == path } else { match_path(&self.text, path).unwrap_or(false) }
    }
}

/// The last part of a path.
fn base(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |at| at + 1);
    let path = &path[..end];
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    if name.is_empty() { b"/" } else { name }
}

/// Go's `strings.TrimSpace`.
fn trim_space(text: &[u8]) -> &[u8] {
    match std::str::from_utf8(text) {
        Ok(text) => text.trim_matches(is_space).as_bytes(),
        Err(_) => text.trim_ascii(),
    }
}

fn is_space(rune: char) -> bool {
    rune.is_whitespace()
}

/// Go's `filepath.Match` on a system where `/` separates.
///
/// # Errors
/// Where the pattern is malformed, as far as the walk has come to see it.
pub(crate) fn match_path(pattern: &[u8], name: &[u8]) -> Result<bool, Error> {
    let (mut pattern, mut name) = (pattern, name);
    'chunks: while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains(&b'/'));
        }
        if let Some(left) = match_chunk(chunk, name)?
            && (left.is_empty() || !pattern.is_empty())
        {
            name = left;
            continue;
        }
        if star {
            for skipped in 1..=name.len() {
                if name[skipped - 1] == b'/' {
                    break;
                }
                if let Some(left) = match_chunk(chunk, &name[skipped..])? {
                    if pattern.is_empty() && !left.is_empty() {
                        continue;
                    }
                    name = left;
                    continue 'chunks;
                }
            }
        }
        return Ok(false);
    }
    Ok(name.is_empty())
}

/// Takes a run without `*` off the pattern, and tells whether `*` stands before it.
fn next_chunk(pattern: &[u8]) -> (bool, &[u8], &[u8]) {
    let stars = pattern.iter().take_while(|byte| **byte == b'*').count();
    let pattern = &pattern[stars..];
    let mut in_class = false;
    let mut at = 0;
    while at < pattern.len() {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'*' if !in_class => return (stars > 0, &pattern[..at], &pattern[at..]),
            _ => {}
        }
        at += 1;
    }
    (stars > 0, pattern, b"")
}

/// Matches a run at the beginning of a text, and returns what is left of the text. After a mismatch the run is still read
/// to its end, to find it malformed.
fn match_chunk<'a>(chunk: &[u8], text: &'a [u8]) -> Result<Option<&'a [u8]>, Error> {
    let (mut chunk, mut text) = (chunk, text);
    let mut failed = false;
    while let Some((&first, after)) = chunk.split_first() {
        failed = failed || text.is_empty();
        match first {
            b'[' => {
                let mut rune = '\0';
                if !failed {
                    let (next, width) = decode(text);
                    rune = next;
                    text = &text[width..];
                }
                let (matched, rest) = match_class(after, rune)?;
                failed = failed || !matched;
                chunk = rest;
            }
            b'?' => {
                if !failed {
                    failed = text[0] == b'/';
                    text = &text[decode(text).1..];
                }
                chunk = after;
            }
            _ => {
                let (wanted, rest) = if first == b'\\' {
                    after.split_first().map(|(next, rest)| (*next, rest)).ok_or(Error::BadPattern)?
                } else {
                    (first, after)
                };
                if !failed {
                    failed = wanted != text[0];
                    text = &text[1..];
                }
                chunk = rest;
            }
        }
    }
    Ok((!failed).then_some(text))
}

/// Reads a class behind its `[`, and tells whether a rune is in it.
fn match_class(chunk: &[u8], rune: char) -> Result<(bool, &[u8]), Error> {
    let (negated, mut chunk) = chunk.strip_prefix(b"^").map_or((false, chunk), |rest| (true, rest));
    let mut matched = false;
    let mut is_first = true;
    loop {
        if let Some(rest) = chunk.strip_prefix(b"]")
            && !is_first
        {
            return Ok((matched != negated, rest));
        }
        let (low, rest) = class_rune(chunk)?;
        let (high, rest) = match rest.strip_prefix(b"-") {
            Some(rest) => class_rune(rest)?,
            None => (low, rest),
        };
        matched = matched || (low <= rune && rune <= high);
        chunk = rest;
        is_first = false;
    }
}

/// Reads a rune of a class, perhaps escaped; something has to follow it.
fn class_rune(chunk: &[u8]) -> Result<(char, &[u8]), Error> {
    if matches!(chunk.first(), None | Some(b'-' | b']')) {
        return Err(Error::BadPattern);
    }
    let chunk = chunk.strip_prefix(b"\\").unwrap_or(chunk);
    let (rune, width) = decode(chunk);
    if chunk.is_empty() || (rune == char::REPLACEMENT_CHARACTER && width == 1) || width == chunk.len() {
        return Err(Error::BadPattern);
    }
    Ok((rune, &chunk[width..]))
}
