//! [`Place`]: which repository of which forge a git remote is.

use super::Error;
use crate::http::Url;

/// A forge by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// GitHub, also on a company's own host.
    GitHub,
    /// GitLab.
    GitLab,
    /// Forgejo or Gitea.
    Forgejo,
    /// Bitbucket.
    Bitbucket,
    /// Azure DevOps.
    Azure,
    /// AWS CodeCommit.
    CodeCommit,
}

impl Name {
    /// Returns what people call it.
    pub fn words(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Forgejo => "Forgejo or Gitea",
            Self::Bitbucket => "Bitbucket",
            Self::Azure => "Azure DevOps",
            Self::CodeCommit => "AWS CodeCommit",
        }
    }

    fn from_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        match host.as_str() {
            "github.com" | "www.github.com" | "ssh.github.com" => Some(Self::GitHub),
            "gitlab.com" | "altssh.gitlab.com" => Some(Self::GitLab),
            "codeberg.org" | "gitea.com" => Some(Self::Forgejo),
            "bitbucket.org" | "altssh.bitbucket.org" => Some(Self::Bitbucket),
            "dev.azure.com" | "ssh.dev.azure.com" => Some(Self::Azure),
            _ if host.ends_with(".ghe.com") => Some(Self::GitHub),
            _ if host.ends_with(".visualstudio.com") => Some(Self::Azure),
            _ if host.starts_with("git-codecommit.") => Some(Self::CodeCommit),
            _ if host.starts_with("gitlab.") => Some(Self::GitLab),
            _ if host.starts_with("gitea.") || host.starts_with("forgejo.") => Some(Self::Forgejo),
            _ => None,
        }
    }
}

/// A repository of a forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    forge: Name,
    api: Url,
    owner: String,
    repository: String,
}

const GITHUB_API: &str = "https://api.github.com";

impl Place {
    /// Finds out where a git remote is, from its host and its path (`owner/name`, without `.git`). `named` is the forge that
    /// the settings name, `api` the address of its API that they name (`GITHUB_API_URL`).
    ///
    /// # Errors
    /// Fails where it cannot be told, and where it is a forge that is not built.
    pub fn from_remote(host: Option<&str>, path: &str, named: Option<Name>, api: Option<&str>) -> Result<Self, Error> {
        // Runners of GitHub set its own address everywhere, so that one says nothing about another host.
        let own_api = api.is_some_and(|api| api.trim_end_matches('/') != GITHUB_API);
        let guessed = named.or_else(|| Name::from_host(host?)).or_else(|| own_api.then_some(Name::GitHub));
        let forge = guessed.ok_or_else(|| Error::Unknown { remote: host.unwrap_or(path).to_owned() })?;
        if forge != Name::GitHub {
            return Err(Error::NotBuilt { forge: forge.words() });
        }
        let bad = || Error::BadRepository { forge: forge.words(), path: path.to_owned() };
        let (owner, repository) = path.trim_matches('/').split_once('/').ok_or_else(bad)?;
        let repository = repository.strip_suffix(".git").unwrap_or(repository);
        if ![owner, repository].into_iter().all(is_plain) {
            return Err(bad());
        }
        let api = api.map_or_else(|| github_api(host.unwrap_or("github.com")), str::to_owned);
        let url = Url::parse(api.trim_end_matches('/')).map_err(|cause| cause.to_string());
        let usable = url.and_then(|url| match url.scheme() {
            _ if !url.username().is_empty() || url.password().is_some() => Err("it holds a login".to_owned()),
            _ if url.query().is_some() || url.fragment().is_some() => Err("it has a query or a fragment".to_owned()),
            "http" | "https" if url.host().is_some() => Ok(url),
            _ => Err("it is neither http nor https".to_owned()),
        });
        let api = usable.map_err(|cause| Error::BadApi { address: without_login(&api), cause })?;
        Ok(Self { forge, api, owner: owner.to_owned(), repository: repository.to_owned() })
    }

    /// Returns the forge.
    pub fn forge(&self) -> Name {
        self.forge
    }

    /// Returns the address of the API.
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// Returns the owner.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Returns the repository's name.
    pub fn repository(&self) -> &str {
        &self.repository
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.len() <= 100 && name != "." && name != ".." && name.chars().all(plain)
}

fn github_api(host: &str) -> String {
    match host.to_ascii_lowercase().as_str() {
        "github.com" | "www.github.com" | "ssh.github.com" => GITHUB_API.to_owned(),
        host if host.ends_with(".ghe.com") => format!("https://api.{host}"),
        host => format!("https://{host}/api/v3"),
    }
}

fn without_login(address: &str) -> String {
    let start = address.find("://").map_or(0, |at| at + 3);
    let rest = address.get(start..).unwrap_or_default();
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    format!("{}{rest}", address.get(..start).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(host: &str, path: &str, named: Option<Name>, api: Option<&str>) -> Result<Place, Error> {
        Place::from_remote(Some(host), path, named, api)
    }

    #[test]
    fn github_is_found_by_host() {
        let found = place("github.com", "acme/fleet", None, None).unwrap();
        assert_eq!(
            (found.owner(), found.repository(), found.api().as_str()),
            ("acme", "fleet", "https://api.github.com/")
        );
        let found = place("ssh.github.com", "acme/fleet.git", None, None).unwrap();
        assert_eq!((found.repository(), found.api().host_str()), ("fleet", Some("api.github.com")));
        let found = place("acme.ghe.com", "a/b", None, None).unwrap();
        assert_eq!(found.api().as_str(), "https://api.acme.ghe.com/");
        let found = place("git.acme.example", "a/b", Some(Name::GitHub), None).unwrap();
        assert_eq!(found.api().as_str(), "https://git.acme.example/api/v3");
        let found = place("127.0.0.1", "git/x", None, Some("http://127.0.0.1:99")).unwrap();
        assert_eq!(found.api().as_str(), "http://127.0.0.1:99/");
    }

    #[test]
    fn other_forges_are_not_built() {
        for host in [
            "gitlab.com",
            "gitlab.acme.example",
            "codeberg.org",
            "bitbucket.org",
            "dev.azure.com",
            "git-codecommit.eu-west-1.amazonaws.com",
        ] {
            assert!(
                matches!(place(host, "a/b", None, Some("http://127.0.0.1:1")), Err(Error::NotBuilt { .. })),
                "{host}"
            );
        }
        assert!(matches!(place("git.acme.example", "a/b", None, None), Err(Error::Unknown { .. })));
        assert!(matches!(
            place("git.acme.example", "a/b", None, Some("https://api.github.com")),
            Err(Error::Unknown { .. })
        ));
        assert!(matches!(Place::from_remote(None, "/srv/x.git", None, None), Err(Error::Unknown { .. })));
    }

    #[test]
    fn hostile_paths_and_addresses_are_refused() {
        for path in ["a", "a/b/c", "a/..", "../b", "a/b?x", "a/b#x", "a/b%2f", "/", "a b/c", ""] {
            assert!(matches!(place("github.com", path, None, None), Err(Error::BadRepository { .. })), "{path}");
        }
        for api in ["ftp://h/x", "h", "https://u:c4nary@h/x", "https://h/x?token=c4nary"] {
            let error = place("github.com", "a/b", None, Some(api)).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("c4nary"), "{error:?}");
        }
    }
}
