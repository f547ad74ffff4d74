//! Packets: the lines of git's protocol, each behind four digits of length.

use std::io::{self, Read};

use super::{from_reader, through};
use crate::git::Error;
use crate::git::name::printable;

const LONGEST: usize = 65520;
/// How much of what a server prints for people is kept.
const MOST_WORDS: usize = 16 * 1024;

/// One packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet {
    Data(Vec<u8>),
    /// The end of a message.
    Flush,
    /// The end of a section.
    Delimiter,
    /// The end of an answer over HTTP.
    End,
}

impl Packet {
    /// Returns the text of a line without its line break.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Data(bytes) => Some(String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(bytes)).into_owned()),
            _ => None,
        }
    }
}

/// Reads packets.
pub(super) struct Packets<R> {
    inner: R,
    remote: String,
}

impl<R: Read> Packets<R> {
    pub(super) fn new(inner: R, remote: &str) -> Self {
        Self { inner, remote: remote.to_owned() }
    }

    pub(super) fn inner(&mut self) -> &mut R {
        &mut self.inner
    }

    pub(super) fn wrong(&self, cause: impl Into<String>) -> Error {
        Error::Protocol { remote: self.remote.clone(), cause: cause.into() }
    }

    /// Returns the next packet, `None` where the other end is done.
    pub(super) fn next(&mut self) -> Result<Option<Packet>, Error> {
        let mut digits = [0; 4];
        match self.fill(&mut digits)? {
            0 => return Ok(None),
            4 => {}
            _ => return Err(self.cut()),
        }
        let length = std::str::from_utf8(&digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let length = length.and_then(|text| usize::from_str_radix(text, 16).ok());
        let Some(length) = length else {
            let found = printable(&String::from_utf8_lossy(&digits));
            return Err(self.wrong(format!("\"{found}\" stands where the length of a line is expected")));
        };
        Ok(Some(match length {
            0 => Packet::Flush,
            1 => Packet::Delimiter,
            2 => Packet::End,
            3 => return Err(self.wrong("a line has the length 3")),
            length if length > LONGEST => return Err(self.wrong("a line is longer than the protocol allows")),
            length => {
                let mut bytes = vec![0; length - 4];
                if self.fill(&mut bytes)? != bytes.len() {
                    return Err(self.cut());
                }
                if let Some(message) = bytes.strip_prefix(b"ERR ") {
                    return Err(self.said_error(&String::from_utf8_lossy(message)));
                }
                Packet::Data(bytes)
            }
        }))
    }

    /// Returns the next packet; the end is an error here.
    pub(super) fn expect(&mut self) -> Result<Packet, Error> {
        self.next()?.ok_or_else(|| self.cut())
    }

    fn cut(&self) -> Error {
        Error::Unavailable { remote: self.remote.clone(), cause: "the answer is cut off".to_owned() }
    }

    fn said_error(&self, message: &str) -> Error {
        let remote = self.remote.clone();
        let cause = printable(message.trim());
        let lower = cause.to_ascii_lowercase();
        if ["not found", "does not exist", "not appear to be a git repository", "no such repo"]
            .iter()
            .any(|text| lower.contains(text))
        {
            return Error::NotFound { remote, cause };
        }
        if ["denied", "not authorized", "permission", "access rights", "forbidden"]
            .iter()
            .any(|text| lower.contains(text))
        {
            return Error::Denied { remote, cause };
        }
        // The branch moved between two requests: looking again helps.
        if lower.contains("not our ref") {
            return Error::Unavailable { remote, cause };
        }
        Error::Protocol { remote, cause }
    }

    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.inner.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(from_reader(&self.remote, cause)),
            }
        }
        Ok(filled)
    }
}

/// Reads what comes in band 1, and keeps what the server prints for people in band 2.
pub(super) struct Bands<'a, R> {
    packets: &'a mut Packets<R>,
    first: Option<Packet>,
    data: Vec<u8>,
    at: usize,
    done: bool,
    words: Vec<u8>,
}

impl<'a, R: Read> Bands<'a, R> {
    /// `first` is a packet that was read already.
    pub(super) fn new(packets: &'a mut Packets<R>, first: Option<Packet>) -> Self {
        Self { packets, first, data: Vec::new(), at: 0, done: false, words: Vec::new() }
    }

    /// Returns what the server printed for people.
    pub(super) fn words(&self) -> String {
        words(&self.words)
    }

    fn refill(&mut self) -> Result<(), Error> {
        while !self.done && self.at >= self.data.len() {
            let packet = match self.first.take() {
                Some(packet) => packet,
                None => self.packets.expect()?,
            };
            let Packet::Data(bytes) = packet else {
                self.done = true;
                break;
            };
            match bytes.split_first() {
                Some((1, rest)) => {
                    self.data = rest.to_vec();
                    self.at = 0;
                }
                Some((2, rest)) => {
                    let room = MOST_WORDS.saturating_sub(self.words.len());
                    self.words.extend(rest.iter().take(room));
                }
                Some((3, rest)) => {
                    let said = printable(String::from_utf8_lossy(rest).trim());
                    return Err(self.packets.wrong(format!("the server broke off: {said}")));
                }
                _ => return Err(self.packets.wrong("a line belongs to no band")),
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Bands<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.refill().map_err(through)?;
        let rest = self.data.get(self.at..).unwrap_or_default();
        let size = rest.len().min(buffer.len());
        buffer.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.at += size;
        Ok(size)
    }
}

/// Makes what a server printed fit to be shown: its lines, without control characters.
pub(super) fn words(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace('\r', "\n");
    let clean = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>().trim_end().to_owned();
    text.lines().map(clean).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Writes a request.
#[derive(Default)]
pub(super) struct Request {
    bytes: Vec<u8>,
}

impl Request {
    /// Adds a line.
    pub(super) fn line(&mut self, text: &str) -> &mut Self {
        self.bytes.extend_from_slice(format!("{:04x}", text.len() + 4).as_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        self
    }

    pub(super) fn delimiter(&mut self) -> &mut Self {
        self.raw(b"0001")
    }

    pub(super) fn flush(&mut self) -> &mut Self {
        self.raw(b"0000")
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub(super) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<Packet>, Error> {
        let mut packets = Packets::new(bytes, "server");
        let mut all = Vec::new();
        while let Some(packet) = packets.next()? {
            all.push(packet);
        }
        Ok(all)
    }

    #[test]
    fn reads_lines_and_marks() {
        let found = read(b"0006a\n0000000100020005b").unwrap();
        assert_eq!(
            found,
            [Packet::Data(b"a\n".to_vec()), Packet::Flush, Packet::Delimiter, Packet::End, Packet::Data(b"b".to_vec())]
        );
        assert_eq!(found[0].text().unwrap(), "a");
    }

    #[test]
    fn bad_lengths_are_errors() {
        for bytes in [&b"0003"[..], b"fff5", b"zzzz", b"+001", b"<htm", b"00", b"0009ab", b"-001"] {
            assert!(read(bytes).is_err(), "{bytes:?}");
        }
        assert!(matches!(read(b"001dERR repository not found!"), Err(Error::NotFound { .. })));
    }

    #[test]
    fn the_third_band_ends_it() {
        let bytes = b"0007\x01ab0008\x02hi\n000b\x03broken";
        let mut packets = Packets::new(&bytes[..], "server");
        let mut bands = Bands::new(&mut packets, None);
        let mut data = [0; 2];
        bands.read_exact(&mut data).unwrap();
        assert_eq!(&data, b"ab");
        let error = from_reader("server", bands.read(&mut data).unwrap_err());
        assert!(error.to_string().contains("broken"), "{error}");
        assert_eq!(bands.words(), "hi");
    }
}
