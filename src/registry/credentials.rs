//! [`Credentials`]: user and password by registry host, found where such programs find them.
//!
//! First the environment (`PLAINSAIL_REGISTRY_USERNAME` and `PLAINSAIL_REGISTRY_PASSWORD`, for the host that
//! `PLAINSAIL_REGISTRY_HOST` names), then the `auths` of Docker's `config.json`. Credential helpers are programs and are not
//! run. Amazon ECR has its own chain, in `ecr.rs`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Error;

/// Proof of who we are to one registry.
#[derive(Clone, Eq, PartialEq)]
pub enum Credential {
    /// User and password, also for the exchange against a token.
    Basic {
        /// The user.
        username: String,
        /// The password.
        password: String,
    },
    /// An identity token (an OAuth refresh token), as `docker login` stores for some registries.
    IdentityToken(String),
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Basic { .. } => "Basic(…)",
            Self::IdentityToken(_) => "IdentityToken(…)",
        })
    }
}

/// Credentials by host.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    by_host: BTreeMap<String, Credential>,
    /// Hosts for which Docker's configuration names a helper program instead.
    helpers: BTreeMap<String, String>,
}

impl Credentials {
    /// Adds a credential for a host, in place of one that is there.
    pub fn insert(&mut self, host: &str, credential: Credential) {
        self.by_host.insert(normal_host(host), credential);
    }

    /// Returns the credential for a host.
    pub fn get(&self, host: &str) -> Option<&Credential> {
        self.by_host.get(&normal_host(host))
    }

    /// Returns the name of the helper program that Docker would ask for this host. plainsail does not run it.
    pub fn helper(&self, host: &str) -> Option<&str> {
        self.helpers.get(&normal_host(host)).map(String::as_str)
    }

    /// Reads the credentials that the environment names: `lookup` returns the value of an environment variable.
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let mut credentials = match docker_config_path(lookup) {
            Some(path) => Self::from_docker_config(&path)?,
            None => Self::default(),
        };
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        if let (Some(host), Some(username), Some(password)) =
            (set("PLAINSAIL_REGISTRY_HOST"), set("PLAINSAIL_REGISTRY_USERNAME"), set("PLAINSAIL_REGISTRY_PASSWORD"))
        {
            credentials.insert(&host, Credential::Basic { username, password });
        }
        Ok(credentials)
    }

    /// Reads the `auths` of a `config.json` of Docker; a file that does not exist holds none.
    pub fn from_docker_config(path: &Path) -> Result<Self, Error> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(Error::Settings { place: path.display().to_string(), reason: error.to_string() });
            }
        };
        Self::from_docker_json(&text)
            .map_err(|reason| Error::Settings { place: path.display().to_string(), reason: reason.to_owned() })
    }

    /// The reasons are fixed texts: the words of a JSON reader could quote a password.
    fn from_docker_json(text: &str) -> Result<Self, &'static str> {
        let file: DockerConfig = serde_json::from_str(text).map_err(|_| "is no Docker configuration in JSON")?;
        let mut credentials = Self::default();
        for (host, entry) in file.auths {
            if let Some(credential) = entry.credential()? {
                credentials.insert(&host, credential);
            }
        }
        for (host, helper) in file.cred_helpers {
            credentials.helpers.insert(normal_host(&host), helper);
        }
        Ok(credentials)
    }
}

#[derive(Deserialize)]
struct DockerConfig {
    #[serde(default)]
    auths: BTreeMap<String, DockerAuth>,
    #[serde(default, rename = "credHelpers")]
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct DockerAuth {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
}

impl DockerAuth {
    fn credential(self) -> Result<Option<Credential>, &'static str> {
        if !self.identitytoken.is_empty() {
            return Ok(Some(Credential::IdentityToken(self.identitytoken)));
        }
        if !self.auth.is_empty() {
            const BROKEN: &str = "has an entry in `auths` whose `auth` is not base64 of `user:password`";
            let pair = STANDARD.decode(self.auth.trim()).map_err(|_| BROKEN)?;
            let pair = String::from_utf8(pair).map_err(|_| BROKEN)?;
            let (username, password) = pair.split_once(':').ok_or(BROKEN)?;
            return Ok(Some(Credential::Basic { username: username.to_owned(), password: password.to_owned() }));
        }
        let given = !self.username.is_empty() && !self.password.is_empty();
        Ok(given.then_some(Credential::Basic { username: self.username, password: self.password }))
    }
}

fn docker_config_path(lookup: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
    set("DOCKER_CONFIG")
        .map(|folder| PathBuf::from(folder).join("config.json"))
        .or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".docker").join("config.json")))
}

/// Docker writes hosts as `https://index.docker.io/v1/`, `https://host/v2/` or plainly.
fn normal_host(written: &str) -> String {
    let host = written.strip_prefix("https://").or_else(|| written.strip_prefix("http://")).unwrap_or(written);
    let host = host.split('/').next().unwrap_or(host).to_ascii_lowercase();
    match host.as_str() {
        "index.docker.io" | "registry-1.docker.io" => "docker.io".to_owned(),
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dockers_configuration() {
        let text = r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "dTpwOndpdGg6Y29sb25z"},
            "ghcr.io": {"username": "u", "password": "p"},
            "token.example.com": {"identitytoken": "t"},
            "helper.example.com": {}
        }, "credHelpers": {"helper.example.com": "secretservice"}, "HttpHeaders": {}}"#;
        let credentials = Credentials::from_docker_json(text).unwrap();
        let basic = |username: &str, password: &str| Credential::Basic {
            username: username.to_owned(),
            password: password.to_owned(),
        };
        assert_eq!(credentials.get("docker.io"), Some(&basic("u", "p:with:colons")));
        assert_eq!(credentials.get("ghcr.io"), Some(&basic("u", "p")));
        assert_eq!(credentials.get("token.example.com"), Some(&Credential::IdentityToken("t".to_owned())));
        assert_eq!(credentials.get("helper.example.com"), None);
        assert_eq!(credentials.helper("helper.example.com"), Some("secretservice"));
    }

    #[test]
    fn a_broken_entry_is_an_error_without_its_text() {
        let reason = Credentials::from_docker_json(r#"{"auths": {"a": {"auth": "s3cret!"}}}"#).unwrap_err();
        assert!(!reason.contains("s3cret"));
        assert!(Credentials::from_docker_json("{").is_err());
    }

    #[test]
    fn the_environment_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join("config.json"),
            r#"{"auths": {"a.com": {"username": "f", "password": "f"}}}"#,
        )
        .unwrap();
        let lookup = |name: &str| match name {
            "DOCKER_CONFIG" => Some(folder.path().display().to_string()),
            "PLAINSAIL_REGISTRY_HOST" => Some("a.com".to_owned()),
            "PLAINSAIL_REGISTRY_USERNAME" | "PLAINSAIL_REGISTRY_PASSWORD" => Some("e".to_owned()),
            _ => None,
        };
        let credentials = Credentials::from_environment(&lookup).unwrap();
        assert_eq!(
            credentials.get("a.com"),
            Some(&Credential::Basic { username: "e".to_owned(), password: "e".to_owned() })
        );
    }

    #[test]
    fn debug_output_hides_secrets() {
        let mut credentials = Credentials::default();
        credentials.insert("a.com", Credential::Basic { username: "user".to_owned(), password: "s3cret".to_owned() });
        assert!(!format!("{credentials:?}").contains("s3cret"));
    }
}
