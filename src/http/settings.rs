//! [`Settings`]: how we reach others. Data only.

use std::fmt;
use std::path::PathBuf;

/// Proxies, certificates and names for every HTTP request.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Settings {
    /// Files of certificates in PEM to trust besides the built-in ones.
    pub ca_files: Vec<PathBuf>,
    /// The proxy for `http://` addresses; may carry a password.
    pub http_proxy: Option<String>,
    /// The proxy for `https://` addresses; may carry a password.
    pub https_proxy: Option<String>,
    /// Hosts that are reached without a proxy, parted by commas.
    pub no_proxy: Option<String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("ca_files", &self.ca_files)
            .field("proxied", &(self.http_proxy.is_some() || self.https_proxy.is_some()))
            .field("no_proxy", &self.no_proxy)
            .finish()
    }
}

/// Where Linux distributions keep the certificates that the machine trusts.
const SYSTEM_CA_FILES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
    "/etc/ssl/ca-bundle.pem",
];

impl Settings {
    /// Reads what programs of this kind honour: `lookup` returns the value of an environment variable.
    ///
    /// `SSL_CERT_FILE` and `AWS_CA_BUNDLE` name certificates, otherwise the first of the machine's usual files that exists;
    /// `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` count in lower case first.
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let either = |name: &str| set(&name.to_ascii_lowercase()).or_else(|| set(name));
        let mut ca_files: Vec<PathBuf> =
            ["SSL_CERT_FILE", "AWS_CA_BUNDLE"].iter().filter_map(|name| set(name)).map(PathBuf::from).collect();
        if ca_files.is_empty() {
            ca_files.extend(SYSTEM_CA_FILES.iter().map(PathBuf::from).find(|path| path.is_file()));
        }
        let all = either("ALL_PROXY");
        Self {
            ca_files,
            http_proxy: either("HTTP_PROXY").or_else(|| all.clone()),
            https_proxy: either("HTTPS_PROXY").or(all),
            no_proxy: either("NO_PROXY"),
        }
    }
}
