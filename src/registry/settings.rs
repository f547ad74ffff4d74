//! [`Settings`]: everything that opening a registry may depend on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::{Credentials, Error};
use crate::http;

/// What is known beforehand about registries. The environment is not read in this room: who builds this has read it.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What is known of single hosts (`registry.example.com:5000`).
    pub hosts: BTreeMap<String, HostSettings>,
    /// Who we are, by host.
    pub credentials: Credentials,
    /// Proxies, certificates, user agent.
    pub http: http::Settings,
    /// The longest that one listing or lookup may take, all pages and retries together; `None` is five minutes.
    pub time_limit: Option<Duration>,
    /// The pause before the second try of a request, doubled before each further one; `None` is half a second.
    pub retry_pause: Option<Duration>,
    /// The address of ECR's API where it is not Amazon's (the SDK also honours `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_ECR`).
    pub ecr_endpoint: Option<String>,
    /// What Amazon's own chain of credentials will look at, to name it where it fails.
    pub aws: Aws,
}

/// What the environment says about AWS credentials. The SDK reads it by itself; this is for the words of errors only.
#[derive(Clone, Debug, Default)]
pub struct Aws {
    /// The file of the web identity token (IRSA), from `AWS_WEB_IDENTITY_TOKEN_FILE`.
    pub web_identity_token_file: Option<PathBuf>,
}

/// What is known of one host.
#[derive(Clone, Debug, Default)]
pub struct HostSettings {
    /// Talk plain HTTP.
    pub plain_http: bool,
    /// The host is no server but a folder: repository `HOST/team/api` is the OCI image layout `FOLDER/team/api`.
    pub layout: Option<PathBuf>,
}

impl Settings {
    /// Reads what the environment says: `lookup` returns the value of an environment variable.
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let web_identity_token_file =
            lookup("AWS_WEB_IDENTITY_TOKEN_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        Ok(Self {
            credentials: Credentials::from_environment(lookup)?,
            http: http::Settings::from_environment(lookup),
            aws: Aws { web_identity_token_file },
            ..Self::default()
        })
    }

    /// How long one listing or lookup may take.
    pub fn time_limit(&self) -> Duration {
        self.time_limit.unwrap_or(Duration::from_mins(5))
    }
}
