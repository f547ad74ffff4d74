//! [`Response`]: what came back, with caps.

use std::io::{self, Read};
use std::time::Instant;

use reqwest::blocking as vendor;
use serde::de::DeserializeOwned;
use url::Url;

use super::Error;
use super::error::shown;

/// What came back: the head is here, the body is still on its way.
pub struct Response {
    inner: Timed,
    url: Url,
}

/// Ends with the request's deadline: the client's own timeout begins anew with each read, so a byte now and then would keep it
/// going for ever.
struct Timed {
    inner: vendor::Response,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if Instant::now() >= self.deadline {
            return Err(io::Error::from(io::ErrorKind::TimedOut));
        }
        self.inner.read(buffer)
    }
}

impl Response {
    pub(super) fn new(inner: vendor::Response, url: Url, deadline: Instant) -> Self {
        Self { inner: Timed { inner, deadline }, url }
    }

    /// Returns the status code.
    pub fn status(&self) -> u16 {
        self.inner.inner.status().as_u16()
    }

    /// Returns the address that was asked.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the address fit for people: without user, password, query and fragment.
    pub fn address(&self) -> String {
        shown(&self.url)
    }

    /// Returns the first header of a name, in any case, where it is plain text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.inner.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns all headers of a name.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.inner.inner.headers().get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// Returns all headers that are plain text.
    pub fn all_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inner.inner.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// Reads the body; more than `limit` bytes are an error.
    pub fn bytes(mut self, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = (&mut self.inner).take(limit.saturating_add(1)).read_to_end(&mut bytes);
        match read {
            Err(error) => Err(Error::from_read(&self.url, &error)),
            Ok(_) if bytes.len() as u64 > limit => Err(Error::TooLong { address: self.address(), limit }),
            Ok(_) => Ok(bytes),
        }
    }

    /// Reads the body as JSON; more than `limit` bytes are an error.
    pub fn json<T: DeserializeOwned>(self, limit: u64) -> Result<T, Error> {
        let address = self.address();
        let bytes = self.bytes(limit)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            // The words of the JSON reader can quote the body, and a body can hold a token.
            let reason = format!("{:?} error at line {}, column {}", error.classify(), error.line(), error.column());
            Error::Json { address, reason: reason.to_lowercase() }
        })
    }

    /// Reads the beginning of the body, for an error message: one line, printable, short. Never fails.
    pub fn words(self) -> String {
        const MOST: u64 = 4096;
        let mut bytes = Vec::new();
        // What could be read is good enough.
        let _ = self.inner.take(MOST).read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
    }

    /// Returns the body as a stream that fails after `limit` bytes.
    pub fn stream(self, limit: u64) -> impl Read + Send {
        Capped { inner: self.inner, left: limit }
    }
}

struct Capped {
    inner: Timed,
    left: u64,
}

impl Read for Capped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the body is longer than allowed")),
        }
        Ok(read)
    }
}
