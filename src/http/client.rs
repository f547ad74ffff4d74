//! [`Client`] and [`Request`].

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::blocking as vendor;
use reqwest::header::{HeaderName, HeaderValue};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use url::Url;

use super::error::shown;
use super::reach::Resolver;
use super::{Error, Reach, Response, Settings, USER_AGENT};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Sends requests. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    inner: vendor::Client,
    reach: Reach,
}

/// The verb of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

/// What is sent with a request.
#[derive(Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// A stream, with its length where that is known.
    Stream(Box<dyn Read + Send>, Option<u64>),
}

/// One request.
pub struct Request {
    /// The verb.
    pub method: Method,
    /// The address, without user and password: those belong in a header.
    pub url: Url,
    /// Headers; every value is treated as a secret.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: Body,
    /// When the whole exchange, body included, must be over.
    pub deadline: Instant,
}

impl Request {
    /// Makes a `GET` request.
    pub fn get(url: Url, deadline: Instant) -> Self {
        Self { method: Method::Get, url, headers: Vec::new(), body: Body::Empty, deadline }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

impl Client {
    /// Sets up a client.
    pub fn new(settings: &Settings, reach: Reach) -> Result<Self, Error> {
        let setup = |error: reqwest::Error| Error::Setup { reason: error.without_url().to_string() };
        let mut builder = vendor::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .timeout(None)
            .connect_timeout(CONNECT_TIMEOUT)
            .tls_backend_preconfigured(tls(settings)?)
            .dns_resolver(Arc::new(Resolver { reach, proxies: proxy_hosts(settings) }))
            // The environment was read above us, by whoever made the settings.
            .no_proxy();
        let exceptions = settings.no_proxy.as_deref().and_then(reqwest::NoProxy::from_string);
        if let Some(proxy) = &settings.http_proxy {
            builder = builder.proxy(reqwest::Proxy::http(proxy).map_err(setup)?.no_proxy(exceptions.clone()));
        }
        if let Some(proxy) = &settings.https_proxy {
            builder = builder.proxy(reqwest::Proxy::https(proxy).map_err(setup)?.no_proxy(exceptions));
        }
        Ok(Self { inner: builder.build().map_err(setup)?, reach })
    }

    /// Sends a request and returns what came back, whatever its status; the body is not read yet.
    pub fn send(&self, request: Request) -> Result<Response, Error> {
        let Request { method, url, headers, body, deadline } = request;
        self.reach.check(&url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::Forbidden { address: shown(&url), reason: "it holds a user or a password" });
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::TimedOut { address: shown(&url) });
        }
        let mut builder = self.inner.request(method.vendor(), url.clone()).timeout(left);
        for (name, value) in &headers {
            builder = builder.header(header_name(name)?, header_value(name, value)?);
        }
        builder = match body {
            Body::Empty => builder,
            Body::Bytes(bytes) => builder.body(bytes),
            Body::Stream(stream, None) => builder.body(vendor::Body::new(stream)),
            Body::Stream(stream, Some(length)) => builder.body(vendor::Body::sized(stream, length)),
        };
        match builder.send() {
            Ok(response) => Ok(Response::new(response, url, deadline)),
            Err(error) => Err(Error::from_reqwest(&url, error)),
        }
    }
}

impl Method {
    fn vendor(self) -> reqwest::Method {
        match self {
            Self::Get => reqwest::Method::GET,
            Self::Head => reqwest::Method::HEAD,
            Self::Post => reqwest::Method::POST,
            Self::Put => reqwest::Method::PUT,
            Self::Patch => reqwest::Method::PATCH,
            Self::Delete => reqwest::Method::DELETE,
        }
    }
}

fn proxy_hosts(settings: &Settings) -> Vec<String> {
    let host = |proxy: &String| {
        let with_scheme = if proxy.contains("://") { proxy.clone() } else { format!("http://{proxy}") };
        Url::parse(&with_scheme).ok()?.host_str().map(str::to_owned)
    };
    [&settings.http_proxy, &settings.https_proxy].into_iter().flatten().filter_map(host).collect()
}

fn header_name(name: &str) -> Result<HeaderName, Error> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| Error::Header { name: name.to_owned() })
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value).map_err(|_| Error::Header { name: name.to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The built-in roots come first, so that an empty base image needs no file; the machine's files add private authorities.
fn tls(settings: &Settings) -> Result<rustls::ClientConfig, Error> {
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for path in &settings.ca_files {
        // Bundles of distributions hold the odd certificate that cannot be parsed; others must still count.
        let (added, _) = roots.add_parsable_certificates(certificates(path)?);
        if added == 0 {
            return Err(Error::Certificates { path: path.clone(), reason: "it holds none".to_owned() });
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Setup { reason: error.to_string() })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let fail =
        |error: rustls::pki_types::pem::Error| Error::Certificates { path: path.to_owned(), reason: error.to_string() };
    CertificateDer::pem_file_iter(path).map_err(fail)?.collect::<Result<_, _>>().map_err(fail)
}
