//! Reads value files: a chart's `values.yaml` and those of `-f`.

use memchr::memchr;

use super::merge::merge_maps;
use crate::helm::profile::Profile;
use crate::helm::read::{self, Error};
use crate::yaml::{Data, Limits};

/// Reads a value file: all documents, merged, in Helm 4; the first one in Helm 3. Always a map.
pub(crate) fn read_values(text: &[u8], profile: Profile, limits: &Limits) -> Result<Data, Error> {
    if !profile.rules().merges_value_documents {
        return read::map(text, limits);
    }
    let unmarshal = |error: Error| error.within("cannot unmarshal yaml document: ");
    let mut documents = Documents { lines: Lines { text }, line: Vec::new(), buffer: Vec::new() };
    let mut values = Data::map();
    while let Some(document) = documents.next()? {
        let map = read::map(&document, limits).map_err(unmarshal)?;
        values = merge_maps(values, &map);
    }
    Ok(values)
}

/// The documents of a text, as `k8s.io/apimachinery/pkg/util/yaml` separates them: a line that starts with `---` ends one.
struct Documents<'a> {
    lines: Lines<'a>,
    line: Vec<u8>,
    buffer: Vec<u8>,
}

impl Documents<'_> {
    fn next(&mut self) -> Result<Option<Vec<u8>>, Error> {
        loop {
            let at_end = self.lines.next(&mut self.line);
            let line = &self.line;
            if line.starts_with(b"---") {
                let rest = line[3..].trim_ascii();
                if !rest.is_empty() && rest[0] != b'#' {
                    let message = format!("invalid Yaml document separator: {}", String::from_utf8_lossy(rest));
                    let message = format!("error reading yaml document: {message}");
                    return Err(Error { message, line: None, cap: None });
                }
                if !self.buffer.is_empty() {
                    return Ok(Some(std::mem::take(&mut self.buffer)));
                }
                if at_end {
                    return Ok(None);
                }
            }
            if at_end {
                return Ok((!self.buffer.is_empty()).then(|| std::mem::take(&mut self.buffer)));
            }
            self.buffer.extend_from_slice(line);
        }
    }
}

/// The size of Go's `bufio.Reader`.
const BUFFER: usize = 4096;

/// The lines of a text as Go's `bufio.Reader.ReadLine` gives them, CRLF made LF, each with a line end.
struct Lines<'a> {
    text: &'a [u8],
}

impl Lines<'_> {
    /// Reads the next line in the place of another, and tells whether the end of the text was met while reading it.
    ///
    /// A last line without a line end whose length is a multiple of the buffer comes back together with the end, and the
    /// caller drops it: that is what Helm 4.2.4 does.
    fn next(&mut self, line: &mut Vec<u8>) -> bool {
        line.clear();
        loop {
            if self.text.is_empty() {
                line.push(b'\n');
                return true;
            }
            let window = &self.text[..self.text.len().min(BUFFER)];
            if let Some(end) = memchr(b'\n', window) {
                let content = &window[..end];
                line.extend_from_slice(content.strip_suffix(b"\r").unwrap_or(content));
                line.push(b'\n');
                self.text = &self.text[end + 1..];
                return false;
            }
            if window.len() < BUFFER {
                line.extend_from_slice(window);
                line.push(b'\n');
                self.text = &[];
                return false;
            }
            // A CR at the end of the buffer may be half of a line end and stays for the next round.
            let content = window.strip_suffix(b"\r").unwrap_or(window);
            line.extend_from_slice(content);
            self.text = &self.text[content.len()..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<(usize, bool)> {
        let mut lines = Lines { text };
        let (mut found, mut line) = (Vec::new(), Vec::new());
        loop {
            let at_end = lines.next(&mut line);
            found.push((line.len(), at_end));
            if at_end {
                return found;
            }
        }
    }

    #[test]
    fn gives_an_unterminated_last_line_before_the_end() {
        assert_eq!(lines(b"ab\ncd"), [(3, false), (3, false), (1, true)]);
    }

    #[test]
    fn loses_an_unterminated_last_line_that_fills_the_buffer() {
        assert_eq!(lines(&[b'x'; 4096]), [(4097, true)]);
    }

    #[test]
    fn ends_a_line_that_is_longer_than_the_buffer() {
        let mut text = vec![b'x'; 5000];
        text.extend_from_slice(b"\r\ny\n");
        assert_eq!(lines(&text), [(5001, false), (2, false), (1, true)]);
    }
}
