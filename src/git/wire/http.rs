//! Git over HTTP: the greeting is a GET, the request a POST.
//!
//! No redirect is followed but one to the same scheme, host and port on the greeting: what follows elsewhere would carry
//! the credentials there.

use std::io::{self, Cursor, Read};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::greeting::Greeting;
use super::{Bounded, Line, Service, Wire};
use crate::git::{Credentials, Error, Limits};
use crate::http::{self, Body, Client, Method, Reach, Response, Secret, Settings, Url};

const REDIRECTS: u32 = 3;

/// The way to a server over HTTP.
#[derive(Clone)]
pub(in crate::git) struct Http {
    client: Client,
    base: Url,
    authorization: Option<Secret>,
    address: String,
    limits: Limits,
    upload: Option<Greeting>,
    receive: Option<Greeting>,
}

impl Http {
    pub(in crate::git) fn new(
        base: &Url,
        address: &str,
        settings: &Settings,
        credentials: Option<&Credentials>,
        limits: Limits,
    ) -> Result<Self, Error> {
        // The address was given by whoever runs us, so it may be anywhere.
        let client = Client::new(settings, Reach::Anywhere).map_err(|cause| failed(address, limits, &cause))?;
        let authorization = credentials.map(authorization);
        Ok(Self {
            client,
            base: base.clone(),
            authorization,
            address: address.to_owned(),
            limits,
            upload: None,
            receive: None,
        })
    }

    fn send(
        &self,
        method: Method,
        url: Url,
        headers: &[(&str, &str)],
        body: Body,
        end: Instant,
    ) -> Result<Response, Error> {
        let mut request = http::Request { method, url, headers: Vec::new(), body, deadline: end };
        // Some servers show browsers a page, and tell by this name who is none.
        request = request.header("user-agent", format!("git/2.0 ({})", http::USER_AGENT));
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization.reveal());
        }
        self.client.send(request).map_err(|cause| failed(&self.address, self.limits, &cause))
    }

    fn service_url(&self, path: &str) -> Result<Url, Error> {
        let text = format!("{}/{path}", self.base.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|cause| Error::BadAddress { address: self.address.clone(), cause: cause.to_string() })
    }
}

fn authorization(credentials: &Credentials) -> Secret {
    let login = match credentials {
        Credentials::Basic { user, password } => format!("{user}:{}", password.reveal()),
        // GitHub's own name for it; the other forges take any.
        Credentials::Token(token) => format!("x-access-token:{}", token.reveal()),
    };
    Secret::new(format!("Basic {}", STANDARD.encode(login)))
}

fn failed(address: &str, limits: Limits, cause: &http::Error) -> Error {
    let remote = address.to_owned();
    match cause {
        http::Error::TimedOut { .. } => Error::TimedOut { remote, limit: limits.exchange },
        http::Error::Connect { reason, .. } | http::Error::Broken { reason, .. } => {
            Error::Unavailable { remote, cause: reason.clone() }
        }
        other => Error::BadAddress { address: remote, cause: other.to_string() },
    }
}

/// Turns any status but 200 into an error.
fn refuse(address: &str, response: Response) -> Result<Response, Error> {
    let remote = address.to_owned();
    let after = response.header("retry-after").and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
    let status = response.status();
    if status == 200 {
        return Ok(response);
    }
    let plain = response.header("content-type").is_some_and(|kind| kind.starts_with("text/plain"));
    // A page for browsers says nothing that fits into a line.
    let words = if plain { response.words() } else { String::new() };
    let cause = if words.is_empty() { format!("HTTP {status}") } else { format!("HTTP {status}: {words}") };
    Err(match status {
        401 | 403 | 407 => Error::Denied { remote, cause },
        404 | 410 => Error::NotFound { remote, cause },
        429 => Error::RateLimited { remote, after },
        503 if after.is_some() => Error::RateLimited { remote, after },
        408 | 500..=599 => Error::Unavailable { remote, cause },
        _ => Error::Protocol { remote, cause },
    })
}

fn expect_kind(address: &str, response: Response, kind: &str) -> Result<Response, Error> {
    let found = response.header("content-type").unwrap_or("no content type").to_owned();
    if found.split(';').next().map(str::trim) == Some(kind) {
        return Ok(response);
    }
    let cause = format!("{} stands where {kind} is expected", super::super::name::printable(&found));
    Err(Error::Protocol { remote: address.to_owned(), cause })
}

/// Returns the address to ask next, where a redirect stays on the same scheme, host and port.
fn next_base(address: &str, response: &Response, suffix: &str) -> Result<Url, Error> {
    let remote = || address.to_owned();
    let target = response.header("location").and_then(|location| response.url().join(location).ok());
    let target =
        target.ok_or_else(|| Error::Protocol { remote: remote(), cause: "it redirects to nowhere".to_owned() })?;
    if target.origin() != response.url().origin() {
        let to = target.origin().ascii_serialization();
        return Err(Error::Redirected { remote: remote(), to });
    }
    let path = target.path().strip_suffix(suffix).map(str::to_owned);
    let path = path.ok_or_else(|| Error::Protocol { remote: remote(), cause: "it redirects to a page".to_owned() })?;
    let mut base = response.url().clone();
    base.set_path(&path);
    base.set_query(None);
    Ok(base)
}

impl Wire for Http {
    fn address(&self) -> &str {
        &self.address
    }

    fn call(&mut self, service: Service) -> Result<Box<dyn Line>, Error> {
        let end = Instant::now() + self.limits.exchange;
        for _ in 0..REDIRECTS {
            let mut url = self.service_url("info/refs")?;
            url.set_query(Some(&format!("service={}", service.name())));
            let version: &[(&str, &str)] = match service {
                Service::Upload => &[("git-protocol", "version=2")],
                Service::Receive => &[],
            };
            let response = self.send(Method::Get, url, version, Body::Empty, end)?;
            if matches!(response.status(), 301 | 302 | 303 | 307 | 308) {
                self.base = next_base(&self.address, &response, "/info/refs")?;
                continue;
            }
            let response = refuse(&self.address, response)?;
            let response =
                expect_kind(&self.address, response, &format!("application/x-{}-advertisement", service.name()))?;
            let reader = response.stream(u64::MAX);
            let reader = Bounded::new(reader, &self.address, "references", self.limits.listing, self.limits.exchange);
            return Ok(Box::new(HttpLine { http: self.clone(), service, reader: Box::new(reader) }));
        }
        Err(Error::Protocol { remote: self.address.clone(), cause: "it redirects again and again".to_owned() })
    }

    fn resume(&mut self, service: Service) -> Option<(Box<dyn Line>, Greeting)> {
        let kept = match service {
            Service::Upload => self.upload.clone(),
            Service::Receive => self.receive.clone(),
        }?;
        let reader = Box::new(Cursor::new(Vec::new()));
        Some((Box::new(HttpLine { http: self.clone(), service, reader }), kept))
    }

    fn keep(&mut self, service: Service, greeting: Greeting) {
        match service {
            Service::Upload => self.upload = Some(greeting),
            Service::Receive => self.receive = Some(greeting),
        }
    }
}

struct HttpLine {
    http: Http,
    service: Service,
    reader: Box<dyn Read>,
}

impl Read for HttpLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl Line for HttpLine {
    fn say(&mut self, request: Vec<u8>) -> Result<(), Error> {
        self.reader = Box::new(Cursor::new(Vec::new()));
        let http = &self.http;
        let name = self.service.name();
        let url = http.service_url(name)?;
        let (kind, accepted) = (format!("application/x-{name}-request"), format!("application/x-{name}-result"));
        let mut headers = vec![("content-type", kind.as_str()), ("accept", accepted.as_str())];
        if self.service == Service::Upload {
            headers.push(("git-protocol", "version=2"));
        }
        let end = Instant::now() + http.limits.exchange;
        let response = http.send(Method::Post, url, &headers, Body::Bytes(request), end)?;
        if matches!(response.status(), 300..=399) {
            return Err(Error::Protocol { remote: http.address.clone(), cause: "it redirects a POST".to_owned() });
        }
        let response = refuse(&http.address, response)?;
        let response = expect_kind(&http.address, response, &accepted)?;
        let reader = response.stream(u64::MAX);
        self.reader = Box::new(Bounded::new(reader, &http.address, "objects", http.limits.pack, http.limits.exchange));
        Ok(())
    }
}
