//! Go's `net/url`: taking an address apart and writing it again.

use super::quote::quote_text;

/// Why an address cannot be read, in Go's words. The details of a wrong IPv6 address are not told as Go tells them.
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
    #[error("invalid host: ParseAddr({}): unable to parse IP", quote_text(.0))]
    Address(Vec<u8>),
    /// The address, with what is wrong with it.
    #[error("parse {}: {fault}", quote_text(.address))]
    Parse {
        /// The address, without its fragment unless the fault lies there.
        address: Vec<u8>,
        /// The fault.
        fault: Box<Self>,
    },
}

/// What a part of an address may contain unescaped, beside letters and digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Path,
    Host,
    Zone,
    UserPassword,
    Fragment,
}

impl Encoding {
    fn keeps(self, byte: u8) -> bool {
        let signs: &[u8] = match self {
            Self::Path => b"$&+,-./:;=@_~",
            Self::Host | Self::Zone => b"!\"$&'()*+,-.:;<=>[]_~",
            Self::UserPassword => b"$&+,-.;=_~",
            Self::Fragment => b"!$&()*+,-./:;=?@_~",
        };
        byte.is_ascii_alphanumeric() || signs.contains(&byte)
    }

    fn escape(self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for &byte in text {
            if self.keeps(byte) {
                out.push(byte);
            } else {
                out.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
        out
    }

    fn unescape(self, text: &[u8]) -> Result<Vec<u8>, Error> {
        let is_host = matches!(self, Self::Host | Self::Zone);
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some(&byte) = rest.first() {
            if byte != b'%' {
                if is_host && byte < 0x80 && !self.keeps(byte) {
                    return Err(Error::HostCharacter(byte));
                }
                out.push(byte);
                rest = &rest[1..];
                continue;
            }
            let fault = || Error::Escape(rest[..rest.len().min(3)].to_vec());
            let digit = |index: usize| rest.get(index).and_then(|&byte| char::from(byte).to_digit(16));
            let (high, low) = digit(1).zip(digit(2)).ok_or_else(fault)?;
            let value = (high * 16 + low) as u8;
            let is_percent = rest.starts_with(b"%25");
            // In a host only bytes beyond ASCII may be escaped; in a zone what could stand there anyway, and a space.
            if (self == Self::Host && high < 8 && !is_percent)
                || (self == Self::Zone && !is_percent && value != b' ' && !Self::Host.keeps(value))
            {
                return Err(fault());
            }
            out.push(value);
            rest = &rest[3..];
        }
        Ok(out)
    }

    /// Tells whether a text can stand as it is for what it means when unescaped.
    fn is_valid(self, text: &[u8]) -> bool {
        text.iter().all(|&byte| b"!$&'()*+,;=:@[]%".contains(&byte) || self.keeps(byte))
    }
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
    let (address, zone) = cut(&plain, b'%');
    let text = std::str::from_utf8(address).unwrap_or_default();
    if zone.is_none() && text.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err(Error::Invalid("invalid IP-literal"));
    }
    if text.parse::<std::net::Ipv6Addr>().is_err() || zone.is_some_and(<[u8]>::is_empty) {
        return Err(Error::Address(plain));
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
