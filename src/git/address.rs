//! [`Address`]: where a repository is, read from what people write.

use std::fmt;
use std::path::{Path, PathBuf};

use super::name::printable;
use super::{Credentials, Error};
use crate::http::{Secret, Url};

/// Where a repository is. Printed without user and password.
#[derive(Clone)]
pub struct Address {
    place: Place,
    shown: String,
    login: Option<Credentials>,
}

/// The ways to a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Http(Url),
    Ssh(SshPlace),
    Folder(PathBuf),
}

/// A repository behind the `ssh` program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SshPlace {
    pub(super) user: Option<String>,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) path: String,
}

impl Address {
    /// Reads `https://host/path`, `http://…`, `ssh://[user@]host[:port]/path`, `[user@]host:path`, `file:///path` or the path of
    /// a local bare repository. A user and password in it become its credentials.
    ///
    /// # Errors
    /// Fails where it is none of these, or holds what could be taken for an option or a second line by anybody.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = |cause: &str| Error::BadAddress { address: without_login(text), cause: cause.to_owned() };
        let lower = text.to_ascii_lowercase();
        let hidden = ["%00", "%0a", "%0d", "%09"].iter().any(|escape| lower.contains(escape));
        if text.is_empty() || text.len() > 2048 || hidden || text.chars().any(char::is_control) {
            return Err(bad("it is empty, too long or holds control characters"));
        }
        if text.starts_with('-') {
            return Err(bad("it begins with \"-\""));
        }
        match lower.split_once("://").map(|(scheme, _)| scheme) {
            Some("http" | "https") => Self::http(text).map_err(|cause| bad(&cause)),
            Some("ssh" | "git+ssh" | "ssh+git") => Self::ssh(text).map_err(|cause| bad(&cause)),
            Some("file") => match text.get(7..).filter(|path| path.starts_with('/') && !path.contains('%')) {
                Some(path) => Ok(Self::folder(Path::new(path))),
                None => Err(bad("a file address is file:///path without escapes")),
            },
            Some(_) => Err(bad("only http, https, ssh and file are spoken")),
            None => match text.split_once(':') {
                Some((host, path)) if !host.contains('/') => Self::short_ssh(host, path).map_err(|cause| bad(&cause)),
                _ => Ok(Self::folder(Path::new(text))),
            },
        }
    }

    /// Takes the path of a local bare repository.
    pub fn folder(path: &Path) -> Self {
        Self { place: Place::Folder(path.to_owned()), shown: path.display().to_string(), login: None }
    }

    fn http(text: &str) -> Result<Self, String> {
        let mut url = Url::parse(text).map_err(|cause| cause.to_string())?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it has a query or a fragment".to_owned());
        }
        let decode = |text: &str| percent_decoded(text).filter(|text| !text.chars().any(char::is_control));
        let user = decode(url.username()).ok_or("its user holds control characters")?;
        let password = url
            .password()
            .map(|password| decode(password).ok_or("its password holds control characters"))
            .transpose()?;
        let login = match (user.is_empty(), password) {
            (true, None) => None,
            // `https://TOKEN@host` is how tokens alone are written.
            (false, None) => Some(Credentials::Token(Secret::new(user))),
            (_, Some(password)) => Some(Credentials::Basic { user, password: Secret::new(password) }),
        };
        let stripped = url.set_username("").and_then(|()| url.set_password(None));
        stripped.map_err(|()| "it has no host".to_owned())?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { shown: url.to_string(), place: Place::Http(url), login })
    }

    fn ssh(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|cause| cause.to_string())?;
        if url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
            return Err("an ssh address has no password, query or fragment".to_owned());
        }
        let user = Some(url.username()).filter(|user| !user.is_empty()).map(str::to_owned);
        let host = url.host_str().ok_or("it has no host")?.trim_matches(['[', ']']).to_owned();
        let path = percent_decoded(url.path()).ok_or("its path is not UTF-8")?;
        let path = path.strip_prefix("/~").map_or(path.clone(), |home| format!("~{home}"));
        Self::ssh_place(SshPlace { user, host, port: url.port(), path })
    }

    fn short_ssh(host: &str, path: &str) -> Result<Self, String> {
        if path.starts_with(':') {
            return Err("remote helpers are not spoken".to_owned());
        }
        let (user, host) = match host.rsplit_once('@') {
            Some((user, host)) => (Some(user.to_owned()), host),
            None => (None, host),
        };
        Self::ssh_place(SshPlace { user, host: host.to_owned(), port: None, path: path.to_owned() })
    }

    fn ssh_place(place: SshPlace) -> Result<Self, String> {
        let name = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        let numeric = place.host.parse::<std::net::IpAddr>().is_ok();
        if !(numeric || name(&place.host)) {
            return Err("its host has characters that no host has".to_owned());
        }
        if place.user.as_deref().is_some_and(|user| !name(user)) {
            return Err("its user has characters that no user has".to_owned());
        }
        let plain = |c: char| {
            c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | '+' | '@' | ':' | ' ' | '=' | ',' | '%')
        };
        if place.path.trim_matches('/').is_empty() || place.path.starts_with('-') || !place.path.chars().all(plain) {
            return Err("its path is empty, begins with \"-\" or has characters that a shell would read".to_owned());
        }
        let port = place.port.map(|port| format!(":{port}")).unwrap_or_default();
        let user = place.user.as_ref().map(|user| format!("{user}@")).unwrap_or_default();
        let shown = format!("ssh://{user}{}{port}/{}", place.host, place.path.trim_start_matches('/'));
        Ok(Self { place: Place::Ssh(place), shown, login: None })
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Returns the credentials that stood in the address.
    pub(super) fn login(&self) -> Option<&Credentials> {
        self.login.as_ref()
    }

    /// Returns the host, `None` for a local folder.
    pub fn host(&self) -> Option<&str> {
        match &self.place {
            Place::Http(url) => url.host_str(),
            Place::Ssh(place) => Some(&place.host),
            Place::Folder(_) => None,
        }
    }

    /// Returns the path on the host, without `/` around it and without `.git` at its end.
    pub fn path(&self) -> String {
        let path = match &self.place {
            Place::Http(url) => url.path().to_owned(),
            Place::Ssh(place) => place.path.clone(),
            Place::Folder(path) => return path.display().to_string(),
        };
        let path = path.trim_matches('/');
        path.strip_suffix(".git").unwrap_or(path).to_owned()
    }

    /// Tells whether it is a repository on this machine's disk.
    pub fn is_folder(&self) -> bool {
        matches!(self.place, Place::Folder(_))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Address({})", self.shown)
    }
}

/// Cuts what could be a login out of a text that is no proper address.
fn without_login(text: &str) -> String {
    let start = text.find("://").map_or(0, |at| at + 3);
    let (before, rest) = text.split_at(start);
    let end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    // An "@" behind the first slash can still belong to a password that nobody escaped.
    let cut = match (start > 0, rest.rfind('@'), host.rfind('@')) {
        (true, Some(at), _) => rest.get(at + 1..).unwrap_or_default().to_owned(),
        (false, _, Some(at)) if host.get(..at).is_some_and(|login| login.contains(':')) => {
            format!("{}{path}", host.get(at + 1..).unwrap_or_default())
        }
        _ => rest.to_owned(),
    };
    let path = cut.split(['?', '#']).next().unwrap_or_default();
    printable(&format!("{before}{path}"))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        if let (b'%', Some(byte)) = (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            bytes.push(byte);
            rest = after.get(2..)?;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let shown = |text: &str| Address::parse(text).unwrap().to_string();
        assert_eq!(shown("https://example.org/a/b.git/"), "https://example.org/a/b.git");
        assert_eq!(shown("git@github.com:a/b.git"), "ssh://git@github.com/a/b.git");
        assert_eq!(shown("ssh://git@example.org:2222/a/b"), "ssh://git@example.org:2222/a/b");
        assert_eq!(shown("/srv/git/x.git"), "/srv/git/x.git");
        assert_eq!(shown("file:///srv/git/x.git"), "/srv/git/x.git");
        assert_eq!(Address::parse("git@github.com:a/b.git").unwrap().path(), "a/b");
        assert_eq!(Address::parse("https://github.com/a/b.git").unwrap().host(), Some("github.com"));
    }

    #[test]
    fn strips_the_login_from_every_text() {
        let address = Address::parse("https://bot:c4nary@example.org/x.git").unwrap();
        assert_eq!(address.to_string(), "https://example.org/x.git");
        let Some(Credentials::Basic { user, password }) = address.login() else { panic!() };
        assert_eq!((user.as_str(), password.reveal()), ("bot", "c4nary"));
        assert!(!format!("{address:?}").contains("c4nary"));
        let Place::Http(url) = address.place() else { panic!() };
        assert!(!url.as_str().contains("c4nary"));
        for text in [
            "https://bot:c4nary@example.org:x/y",
            "https://bot:c4/c4nary@example.org/x",
            "ftp://bot:c4nary@h/x",
            "ssh://a:c4nary@h/x",
            "https://h/x?token=c4nary",
            "https://bot:c4nary@",
            "bot:c4nary@h/\nx",
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(!error.contains("c4nary"), "{error}");
        }
    }

    #[test]
    fn refuses_hostile_addresses() {
        for text in [
            "",
            "-oProxyCommand=x",
            "ssh://-oProxyCommand=x/y",
            "-oProxyCommand=x:y",
            "ssh://-o@host/x",
            "a@-oX:y",
            "host:-x",
            "ssh://h/-x/../'",
            "https://h/%0a",
            "https://h/x%0Dy",
            "https://h/x%00",
            "https://h/a\nb",
            "ssh://h/a%0ab",
            "ssh://h/a'b",
            "ssh://h/a;b",
            "h:a`b`",
            "h:$(x)",
            "git://h/x",
            "ext::sh -c x",
            "ssh://h",
            "h:",
            "https://",
            "ssh://h/a\"b",
            "file://host/x",
            "https://a%0ab:c@h/x",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
    }
}
