//! Go's `net/url`: taking an address apart and writing it again.

mod escape;

pub use escape::{path_escape, path_unescape};

use escape::Encoding;

use super::netip;
use super::quote::quote_text;

/// Why an address cannot be read, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A fault with a fixed text.
    #[error("{0}")]
    Invalid(&'static str),
    /// `%` without two hexadecimal digits, or where it may not stand.
    #[error("invalid URL escape {}", quote_text(.0))]
    Escape(Vec<u8>),
    /// A character that no host has.
    #[error("invalid character {} in host name", quote_text(&[*.0]))]
    HostCharacter(u8),
    /// What follows the host is no port.
    #[error("invalid port {} after host", quote_text(.0))]
    Port(Vec<u8>),
    /// What stands in brackets is no IPv6 address.
    #[error("invalid host: {0}")]
    Address(#[from] netip::Error),
    /// The address, with what is wrong with it.
    #[error("parse {}: {fault}", quote_text(.address))]
    Parse {
        /// The address, without its fragment unless the fault lies there.
        address: Vec<u8>,
        /// The fault.
        fault: Box<Self>,
    },
}

/// An address taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// In small letters.
    pub scheme: Vec<u8>,
    /// What follows the scheme where that is no path: `mailto:someone`.
    pub opaque: Vec<u8>,
    /// Name and password.
    pub user: Option<User>,
    /// The host with its port.
    pub host: Vec<u8>,
    /// The path, unescaped.
    pub path: Vec<u8>,
    /// The path as it was written, where that is not the usual way.
    raw_path: Vec<u8>,
    omits_host: bool,
    has_empty_query: bool,
    /// What follows the question mark.
    pub query: Vec<u8>,
    /// The fragment, unescaped.
    pub fragment: Vec<u8>,
    raw_fragment: Vec<u8>,
}

/// The part before the `@`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl User {
    /// Returns the escaped text.
    pub fn text(&self) -> Vec<u8> {
        let mut out = Encoding::UserPassword.escape(&self.name);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(Encoding::UserPassword.escape(password));
        }
        out
    }
}

/// Splits at the first occurrence of a byte, which goes to neither side.
fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&byte| byte == at) {
        Some(position) => (&text[..position], Some(&text[position + 1..])),
        None => (text, None),
    }
}

impl Url {
    /// Takes an address apart.
    ///
    /// # Errors
    /// With the text of Go's `url.Parse`.
    pub fn parse(address: &[u8]) -> Result<Self, Error> {
        let failed = |address: &[u8], fault| Error::Parse { address: address.to_vec(), fault: Box::new(fault) };
        let (main, fragment) = cut(address, b'#');
        let mut url = Self::parse_main(main).map_err(|fault| failed(main, fault))?;
        if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
            url.fragment = Encoding::Fragment.unescape(fragment).map_err(|fault| failed(address, fault))?;
            if Encoding::Fragment.escape(&url.fragment) != fragment {
                url.raw_fragment = fragment.to_vec();
            }
        }
        Ok(url)
    }

    fn parse_main(address: &[u8]) -> Result<Self, Error> {
        let mut url = Self::default();
        if address.iter().any(|&byte| byte < b' ' || byte == 0x7f) {
            return Err(Error::Invalid("net/url: invalid control character in URL"));
        }
        if address == b"*" {
            url.path = b"*".to_vec();
            return Ok(url);
        }
        let (scheme, mut rest) = split_scheme(address)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (before, query) = cut(rest, b'?');
        rest = before;
        match query {
            Some(b"") => url.has_empty_query = true,
            Some(query) => url.query = query.to_vec(),
            None => {}
        }
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err(Error::Invalid("first path segment in URL cannot contain colon"));
            }
        }
        if (!url.scheme.is_empty() || !rest.starts_with(b"///")) && rest.starts_with(b"//") {
            let authority = &rest[2..];
            let end = authority.iter().position(|&byte| byte == b'/').unwrap_or(authority.len());
            rest = &authority[end..];
            url.set_authority(&authority[..end])?;
        } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
            url.omits_host = true;
        }
        url.path = Encoding::Path.unescape(rest)?;
        if Encoding::Path.escape(&url.path) != rest {
            url.raw_path = rest.to_vec();
        }
        Ok(url)
    }

    fn set_authority(&mut self, authority: &[u8]) -> Result<(), Error> {
        let Some(at) = authority.iter().rposition(|&byte| byte == b'@') else {
            self.host = parse_host(&self.scheme, authority)?;
            return Ok(());
        };
        self.host = parse_host(&self.scheme, &authority[at + 1..])?;
        let user = &authority[..at];
        let is_valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !user.iter().all(is_valid) {
            return Err(Error::Invalid("net/url: invalid userinfo"));
        }
        let (name, password) = cut(user, b':');
        let name = Encoding::UserPassword.unescape(name)?;
        let password = password.map(|password| Encoding::UserPassword.unescape(password)).transpose()?;
        self.user = Some(User { name, password });
        Ok(())
    }

    /// Returns the host without port and brackets.
    pub fn hostname(&self) -> &[u8] {
        let host = match self.host.iter().rposition(|&byte| byte == b':') {
            Some(colon) if is_optional_port(&self.host[colon..]) => &self.host[..colon],
            _ => &self.host,
        };
        match host {
            [b'[', inner @ .., b']'] => inner,
            _ => host,
        }
    }

    /// Returns the path as it was written, where that is not the usual way.
    pub fn raw_path(&self) -> &[u8] {
        &self.raw_path
    }

    /// Returns the address that a reference means from this one, as `URL.ResolveReference` does.
    pub fn resolve(&self, reference: &Self) -> Self {
        let mut url = reference.clone();
        if reference.scheme.is_empty() {
            url.scheme.clone_from(&self.scheme);
        }
        if !reference.scheme.is_empty() || !reference.host.is_empty() || reference.user.is_some() {
            url.set_path(&resolve_path(&reference.escaped_path(), b""));
            return url;
        }
        let has_own_place = reference.path.is_empty() && !reference.has_empty_query && reference.query.is_empty();
        if reference.opaque.is_empty() && has_own_place {
            url.query.clone_from(&self.query);
            if reference.fragment.is_empty() {
                url.fragment.clone_from(&self.fragment);
                url.raw_fragment.clone_from(&self.raw_fragment);
            }
        }
        let is_opaque = reference.path.is_empty() && !self.opaque.is_empty();
        if !reference.opaque.is_empty() || is_opaque {
            if reference.opaque.is_empty() {
                url.opaque.clone_from(&self.opaque);
            }
            url.user = None;
            url.host.clear();
            url.path.clear();
            return url;
        }
        url.host.clone_from(&self.host);
        url.user.clone_from(&self.user);
        url.set_path(&resolve_path(&self.escaped_path(), &reference.escaped_path()));
        url
    }

    /// Sets a path that is validly escaped; any other changes nothing.
    fn set_path(&mut self, escaped: &[u8]) {
        let Ok(path) = Encoding::Path.unescape(escaped) else { return };
        self.raw_path = if Encoding::Path.escape(&path) == escaped { Vec::new() } else { escaped.to_vec() };
        self.path = path;
    }

    fn escaped_path(&self) -> Vec<u8> {
        if is_escaped_form(&self.raw_path, &self.path, Encoding::Path) {
            self.raw_path.clone()
        } else if self.path == b"*" {
            self.path.clone()
        } else {
            Encoding::Path.escape(&self.path)
        }
    }

    /// Returns the address as `URL.String` writes it.
    pub fn text(&self) -> Vec<u8> {
        let mut out = self.scheme.clone();
        if !out.is_empty() {
            out.push(b':');
        }
        if self.opaque.is_empty() {
            let has_authority = !self.host.is_empty() || self.user.is_some();
            if has_authority || !(self.scheme.is_empty() || self.omits_host || self.path.is_empty()) {
                out.extend_from_slice(b"//");
                if let Some(user) = &self.user {
                    out.extend(user.text());
                    out.push(b'@');
                }
                out.extend(Encoding::Host.escape(&self.host));
            }
            let path = self.escaped_path();
            if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
                out.push(b'/');
            }
            if out.is_empty() && cut(&path, b'/').0.contains(&b':') {
                out.extend_from_slice(b"./");
            }
            out.extend(path);
        } else {
            out.extend_from_slice(&self.opaque);
        }
        if self.has_empty_query || !self.query.is_empty() {
            out.push(b'?');
            out.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            out.push(b'#');
            if is_escaped_form(&self.raw_fragment, &self.fragment, Encoding::Fragment) {
                out.extend_from_slice(&self.raw_fragment);
            } else {
                out.extend(Encoding::Fragment.escape(&self.fragment));
            }
        }
        out
    }
}

/// Joins two escaped paths and takes `.` and `..` out.
fn resolve_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let full = match reference {
        [] => base.to_vec(),
        [b'/', ..] => reference.to_vec(),
        _ => {
            let folder = base.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
            [&base[..folder], reference].concat()
        }
    };
    if full.is_empty() {
        return full;
    }
    let mut out = vec![b'/'];
    let (mut is_first, mut last): (bool, &[u8]) = (true, b"");
    for element in full.split(|&byte| byte == b'/') {
        last = element;
        match element {
            b"." => is_first = false,
            b".." => {
                out.truncate(out[1..].iter().rposition(|&byte| byte == b'/').map_or(1, |slash| slash + 1));
                is_first = out.len() == 1;
            }
            _ => {
                if !is_first {
                    out.push(b'/');
                }
                out.extend_from_slice(element);
                is_first = false;
            }
        }
    }
    if last == b"." || last == b".." {
        out.push(b'/');
    }
    if out.get(1) == Some(&b'/') {
        out.remove(0);
    }
    out
}

fn is_escaped_form(raw: &[u8], plain: &[u8], encoding: Encoding) -> bool {
    !raw.is_empty() && encoding.is_valid(raw) && encoding.unescape(raw).is_ok_and(|unescaped| unescaped == plain)
}

fn split_scheme(address: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    for (index, byte) in address.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err(Error::Invalid("missing protocol scheme")),
            b':' => return Ok((&address[..index], &address[index + 1..])),
            _ => break,
        }
    }
    Ok((b"", address))
}

fn is_optional_port(port: &[u8]) -> bool {
    match port {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, Error> {
    match host.iter().rposition(|&byte| byte == b'[') {
        Some(0) => return parse_literal(host),
        Some(_) => return Err(Error::Invalid("invalid IP-literal")),
        None => {}
    }
    // Only http and https insist on a single colon; databases write lists of hosts.
    let strict = scheme == b"http" || scheme == b"https";
    let is_colon = |&byte: &u8| byte == b':';
    let colon = if strict { host.iter().position(is_colon) } else { host.iter().rposition(is_colon) };
    if let Some(port) = colon.map(|colon| &host[colon..]).filter(|port| !is_optional_port(port)) {
        return Err(Error::Port(port.to_vec()));
    }
    Encoding::Host.unescape(host)
}

/// Reads `[fe80::1%25en0]:80`.
fn parse_literal(host: &[u8]) -> Result<Vec<u8>, Error> {
    let end = host.iter().rposition(|&byte| byte == b']').ok_or(Error::Invalid("missing ']' in host"))?;
    let (name, port) = (&host[1..end], &host[end + 1..]);
    if !is_optional_port(port) {
        return Err(Error::Port(port.to_vec()));
    }
    let zone = name.windows(3).position(|part| part == b"%25").unwrap_or(name.len());
    let mut plain = Encoding::Host.unescape(&name[..zone])?;
    plain.extend(Encoding::Zone.unescape(&name[zone..])?);
    if netip::parse(&plain)? == netip::Address::V4 {
        return Err(Error::Invalid("invalid IP-literal"));
    }
    Ok([b"[", &plain[..], b"]", port].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(address: &str) -> String {
        match Url::parse(address.as_bytes()) {
            Ok(url) => String::from_utf8_lossy(&url.text()).into_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn writes_what_it_read() {
        for address in [
            "http://u:p@h:80/p?q=1#f",
            "mailto:a@b",
            "/a%2Fb",
            "//h/p",
            "http:/x",
            "a?",
            "./a:b",
            "http://[::1%25eth0]:8/x",
        ] {
            assert_eq!(round_trip(address), address);
        }
    }

    #[test]
    fn resolves_references_as_rfc_3986_does() {
        let base = Url::parse(b"http://a/b/c/d;p?q").unwrap();
        let cases = [
            ("g", "http://a/b/c/g"),
            ("./g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("", "http://a/b/c/d;p?q"),
            ("../..", "http://a/"),
            ("../../../g", "http://a/g"),
            ("urn:x:y", "urn:x:y"),
        ];
        for (reference, expected) in cases {
            let resolved = base.resolve(&Url::parse(reference.as_bytes()).unwrap());
            assert_eq!(String::from_utf8_lossy(&resolved.text()), expected, "{reference}");
        }
    }

    #[test]
    fn tells_faults_in_go_s_words() {
        let cases = [
            ("://bad", "parse \"://bad\": missing protocol scheme"),
            ("http://a b", "parse \"http://a b\": invalid character \" \" in host name"),
            ("http://h:port/", "parse \"http://h:port/\": invalid port \":port\" after host"),
            ("http://h/%zz", "parse \"http://h/%zz\": invalid URL escape \"%zz\""),
            ("a:b:c/d", "a:b:c/d"),
            ("1:b", "parse \"1:b\": first path segment in URL cannot contain colon"),
            ("http://[1.2.3.4]/", "parse \"http://[1.2.3.4]/\": invalid IP-literal"),
        ];
        for (address, expected) in cases {
            assert_eq!(round_trip(address), expected);
        }
    }
}
