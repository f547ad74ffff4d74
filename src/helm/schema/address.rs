//! Addresses of schemas: a document, and a fragment that is a way through it or the name of an anchor.

use super::error::Error;
use crate::helm::go::url::{Url, path_escape, path_unescape};

/// A reference, made absolute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The document or resource.
    pub(super) url: String,
    pub(super) fragment: Fragment,
}

/// What follows the `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    /// A JSON pointer; empty for the whole.
    Pointer(String),
    Anchor(String),
}

impl Address {
    /// Makes a reference absolute.
    pub(super) fn join(base: &str, reference: &str) -> Result<Self, Error> {
        let (url, fragment) = split(reference);
        let fragment = Fragment::read(fragment, reference)?;
        // Nearly all references stay within their document.
        if url.is_empty() && is_plain(base) {
            return Ok(Self { url: base.to_owned(), fragment });
        }
        let base = parse(base)?;
        let reference = parse(url)?;
        let mut resolved = base.resolve(&reference);
        // The library mends what Go's resolution forgets.
        if reference.scheme.is_empty() && !base.opaque.is_empty() {
            resolved.opaque.clone_from(&base.opaque);
        }
        Ok(Self { url: String::from_utf8_lossy(&resolved.text()).into_owned(), fragment })
    }

    pub(super) fn text(&self) -> String {
        let (Fragment::Pointer(fragment) | Fragment::Anchor(fragment)) = &self.fragment;
        located(&self.url, fragment)
    }
}

/// Tells whether a base is resolved to itself: nothing in it is to be written in another way.
fn is_plain(base: &str) -> bool {
    base.strip_prefix("file:///").is_some_and(|name| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            && !name.starts_with('.')
    })
}

impl Fragment {
    fn read(escaped: &str, reference: &str) -> Result<Self, Error> {
        let plain = unescape(escaped).map_err(|cause| Error::Address { url: reference.to_owned(), cause })?;
        Ok(if plain.is_empty() || plain.starts_with('/') { Self::Pointer(plain) } else { Self::Anchor(plain) })
    }

    /// Reads the fragment of a reference or an identifier.
    pub(super) fn of(reference: &str) -> Result<Self, Error> {
        Self::read(split(reference).1, reference)
    }
}

fn parse(url: &str) -> Result<Url, Error> {
    Url::parse(url.as_bytes()).map_err(|error| Error::Address { url: url.to_owned(), cause: error.to_string() })
}

fn unescape(fragment: &str) -> Result<String, String> {
    if !fragment.contains('%') {
        return Ok(fragment.to_owned());
    }
    let plain = path_unescape(fragment.as_bytes()).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&plain).into_owned())
}

/// Splits at the first `#`.
pub(super) fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Returns a document and a place in it, as messages name them.
pub(super) fn located(url: &str, fragment: &str) -> String {
    format!("{url}#{}", encode(fragment))
}

/// Escapes a fragment, but for its slashes.
fn encode(fragment: &str) -> String {
    let escape = |part: &str| String::from_utf8_lossy(&path_escape(part.as_bytes())).into_owned();
    fragment.split('/').map(escape).collect::<Vec<_>>().join("/")
}

/// Adds a key to a JSON pointer.
pub(super) fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in token.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// Reads a part of a JSON pointer; nothing where its escapes are wrong.
pub(super) fn token(escaped: &str) -> Option<String> {
    if !escaped.contains('~') {
        return Some(escaped.to_owned());
    }
    let mut parts = escaped.split('~');
    let mut token = parts.next()?.to_owned();
    for part in parts {
        let (character, rest) = (part.strip_prefix('0').map(|rest| ('~', rest)))
            .or_else(|| part.strip_prefix('1').map(|rest| ('/', rest)))?;
        token.push(character);
        token.push_str(rest);
    }
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, reference: &str) -> String {
        Address::join(base, reference).map_or_else(|error| error.to_string(), |address| address.text())
    }

    #[test]
    fn references_become_absolute() {
        let cases = [
            ("file:///values.schema.json", "#/a b", "file:///values.schema.json#/a%20b"),
            ("file:///values.schema.json", "other.json", "file:///other.json#"),
            ("http://x/a/b", "c#d", "http://x/a/c#d"),
            ("urn:a:b", "#c", "urn:a:b#c"),
            ("http://x", "#%zz", "error in parsing \"#%zz\": invalid URL escape \"%zz\""),
            ("http://x", ":", "error in parsing \":\": parse \":\": missing protocol scheme"),
        ];
        for (base, reference, expected) in cases {
            assert_eq!(joined(base, reference), expected);
        }
    }

    #[test]
    fn tokens_are_read_as_they_are_written() {
        for text in ["a", "a/b", "~1", ""] {
            let mut pointer = String::new();
            push_token(&mut pointer, text);
            assert_eq!(token(&pointer[1..]).as_deref(), Some(text));
        }
        assert_eq!(token("~"), None);
    }
}
