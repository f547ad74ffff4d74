//! [`Session`]: asks one registry, and proves who we are when it wants that.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::super::{Credential, Error, Repository, Settings};
use super::challenge::{self, Challenge};
use crate::http::{self, Body, Client, Method, Reach, Request, Response, Url};

/// Tries for one request that fails for reasons that pass.
const ATTEMPTS: u32 = 4;
/// A registry may ask for a longer pause; then it is an error instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);
/// One answer must be there after this time.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);
/// Tokens are a few kilobytes.
const TOKEN_BYTES: u64 = 1 << 20;

/// A registry with what we have proved to it.
pub(super) struct Session {
    client: Client,
    scheme: &'static str,
    host: String,
    credential: Option<Credential>,
    helper: Option<String>,
    first_pause: Duration,
    /// The value of `Authorization` that worked last, by scope of one repository.
    authorization: Mutex<Option<(String, String)>>,
}

/// One request to the registry, for the words of an error.
pub(super) struct Question<'a> {
    pub(super) repository: &'a Repository,
    pub(super) operation: &'static str,
    pub(super) deadline: Instant,
}

impl Session {
    pub(super) fn new(repository: &Repository, settings: &Settings) -> Result<Self, Error> {
        let known = settings.hosts.get(repository.host());
        // Naming a host in the settings is a person's word that it may be one of this machine.
        let reach = if known.is_some() { Reach::Machine } else { Reach::Beyond };
        let client = Client::new(&settings.http, reach)
            .map_err(|error| Error::Settings { place: repository.host().to_owned(), reason: error.to_string() })?;
        let host = match repository.host() {
            "docker.io" => "registry-1.docker.io",
            other => other,
        };
        Ok(Self {
            client,
            scheme: if known.is_some_and(|known| known.plain_http) { "http" } else { "https" },
            host: host.to_owned(),
            credential: settings.credentials.get(repository.host()).cloned(),
            helper: settings.credentials.helper(repository.host()).map(str::to_owned),
            first_pause: settings.retry_pause.unwrap_or(Duration::from_millis(500)),
            authorization: Mutex::new(None),
        })
    }

    /// Returns the address of a path below `/v2/`.
    pub(super) fn url(&self, question: &Question<'_>, path: &str) -> Result<Url, Error> {
        Url::parse(&format!("{}://{}/v2/{path}", self.scheme, self.host))
            .map_err(|error| question.invalid(format!("its address cannot be read: {error}")))
    }

    /// Sends a request, with pauses where the registry is busy, and returns an answer with a status below 400.
    pub(super) fn ask(
        &self,
        question: &Question<'_>,
        method: Method,
        url: &Url,
        accept: &str,
    ) -> Result<Response, Error> {
        let mut pause = self.first_pause;
        for attempt in 1.. {
            let answer = self.ask_once(question, method, url, accept);
            let wait = match &answer {
                Err(Error::Unavailable { .. }) => pause,
                Err(Error::RateLimited { after, .. }) => after.unwrap_or(pause),
                _ => return answer,
            };
            let left = question.deadline.saturating_duration_since(Instant::now());
            if attempt >= ATTEMPTS || wait > LONGEST_PAUSE || wait >= left {
                return answer;
            }
            thread::sleep(wait);
            pause = pause.saturating_mul(2);
        }
        Err(question.invalid("no attempt was made"))
    }

    /// At most two requests to the registry and one to its token server: nothing that a server says makes it more.
    fn ask_once(&self, question: &Question<'_>, method: Method, url: &Url, accept: &str) -> Result<Response, Error> {
        let scope = format!("repository:{}:pull", question.repository.name());
        let remembered = self.remembered(&scope);
        let first = self.send(question, method, url, accept, remembered.as_deref())?;
        if first.status() != 401 {
            return question.accept(first);
        }
        let challenge = challenge::choose(&first.headers("www-authenticate"));
        let authorization = match challenge {
            Some(Challenge::Basic) => self.basic(question)?,
            Some(Challenge::Bearer { realm, service }) => self.token(question, &realm, service.as_deref(), &scope)?,
            None => return Err(self.denied(question, "it names no way to sign in that plainsail knows")),
        };
        let second = self.send(question, method, url, accept, Some(&authorization))?;
        if second.status() == 401 {
            let reason = refusal(second);
            return Err(self.denied(question, &reason));
        }
        self.remember(scope, authorization);
        question.accept(second)
    }

    fn send(
        &self,
        question: &Question<'_>,
        method: Method,
        url: &Url,
        accept: &str,
        authorization: Option<&str>,
    ) -> Result<Response, Error> {
        let deadline = question.deadline.min(Instant::now() + ANSWER_TIMEOUT);
        let mut request = Request { method, url: url.clone(), headers: Vec::new(), body: Body::Empty, deadline }
            .header("Accept", accept);
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        self.client.send(request).map_err(|error| question.http(error))
    }

    fn basic(&self, question: &Question<'_>) -> Result<String, Error> {
        match &self.credential {
            Some(Credential::Basic { username, password }) => {
                Ok(format!("Basic {}", STANDARD.encode(format!("{username}:{password}"))))
            }
            Some(Credential::IdentityToken(_)) => {
                Err(self.denied(question, "it wants a user and a password, and an identity token is what there is"))
            }
            None => Err(self.denied(question, "it wants a user and a password")),
        }
    }

    fn token(&self, question: &Question<'_>, realm: &str, service: Option<&str>, scope: &str) -> Result<String, Error> {
        let url = self.realm(question, realm)?;
        let deadline = question.deadline.min(Instant::now() + ANSWER_TIMEOUT);
        let parameters =
            [("service", service), ("scope", Some(scope))].into_iter().filter_map(|(name, value)| Some((name, value?)));
        let request = match &self.credential {
            Some(Credential::IdentityToken(token)) => {
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs([
                        ("grant_type", "refresh_token"),
                        ("client_id", "plainsail"),
                        ("refresh_token", token),
                    ])
                    .extend_pairs(parameters)
                    .finish();
                Request {
                    method: Method::Post,
                    url,
                    headers: Vec::new(),
                    body: Body::Bytes(form.into_bytes()),
                    deadline,
                }
                .header("Content-Type", "application/x-www-form-urlencoded")
            }
            credential => {
                let mut url = url;
                url.query_pairs_mut().extend_pairs(parameters);
                let request = Request::get(url, deadline);
                if credential.is_some() { request.header("Authorization", self.basic(question)?) } else { request }
            }
        };
        let response = self.client.send(request).map_err(|error| question.http(error))?;
        match response.status() {
            200 => {}
            401 | 403 => {
                let reason = format!("by its token server: {}", refusal(response));
                return Err(self.denied(question, &reason));
            }
            429 | 500.. => return question.accept(response).map(|_| String::new()),
            status => return Err(question.invalid(format!("its token server answered with status {status}"))),
        }
        let answer: TokenAnswer = response.json(TOKEN_BYTES).map_err(|error| question.http(error))?;
        match answer.token.or(answer.access_token) {
            Some(token) if !token.is_empty() => Ok(format!("Bearer {token}")),
            _ => Err(question.invalid("its token server gave no token")),
        }
    }

    /// The realm comes from the registry, and we send a password there: it may not lead to a weaker or an inner place.
    fn realm(&self, question: &Question<'_>, realm: &str) -> Result<Url, Error> {
        let url = Url::parse(realm).map_err(|_| question.invalid("the address of its token server cannot be read"))?;
        if url.scheme() != "https" && !(url.scheme() == "http" && self.scheme == "http") {
            return Err(question.invalid("the address of its token server is not https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(question.invalid("the address of its token server holds a user"));
        }
        Ok(url)
    }

    fn denied(&self, question: &Question<'_>, reason: &str) -> Error {
        let mut reason = reason.to_owned();
        if self.credential.is_none() {
            reason.push_str(match &self.helper {
                Some(_) => "; credentials of this host are kept by a helper of Docker, which plainsail does not run",
                None => "; there are no credentials for this host",
            });
        }
        Error::Denied { repository: question.repository.to_string(), operation: question.operation.to_owned(), reason }
    }

    fn remembered(&self, scope: &str) -> Option<String> {
        let authorization = self.authorization.lock().unwrap_or_else(PoisonError::into_inner);
        authorization.as_ref().filter(|(known, _)| known == scope).map(|(_, value)| value.clone())
    }

    fn remember(&self, scope: String, value: String) {
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some((scope, value));
    }
}

/// Nothing in it but the token counts: how long it lasts is found out when it is refused.
#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

impl Question<'_> {
    pub(super) fn invalid(&self, reason: impl Into<String>) -> Error {
        Error::Invalid {
            repository: self.repository.to_string(),
            operation: self.operation.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn http(&self, error: http::Error) -> Error {
        let (repository, operation) = (self.repository.to_string(), self.operation.to_owned());
        match error {
            http::Error::Forbidden { reason, .. } if reason == http::OUT_OF_REACH => {
                Error::ForbiddenAddress { repository, host: self.repository.host().to_owned() }
            }
            error if error.is_transient() => Error::Unavailable { repository, operation, reason: error.to_string() },
            error => Error::Invalid { repository, operation, reason: error.to_string() },
        }
    }

    /// Sorts an answer by its status.
    fn accept(&self, response: Response) -> Result<Response, Error> {
        let (repository, operation) = (self.repository.to_string(), self.operation.to_owned());
        let status = response.status();
        match status {
            200..=299 => Ok(response),
            300..=399 => Err(self.invalid(format!("it sends us elsewhere (status {status}), which is not followed"))),
            401 | 403 => Err(Error::Denied { repository, operation, reason: refusal(response) }),
            404 => Err(Error::NotFound { repository, tag: None }),
            429 => {
                let after =
                    response.header("retry-after").and_then(|text| text.trim().parse().ok()).map(Duration::from_secs);
                Err(Error::RateLimited { repository, operation, reason: refusal(response), after })
            }
            500.. => Err(Error::Unavailable { repository, operation, reason: refusal(response) }),
            _ => Err(self.invalid(refusal(response))),
        }
    }
}

/// The registry's own words, where it has any.
fn refusal(response: Response) -> String {
    let status = response.status();
    let words = response.words();
    let spoken = serde_json::from_str::<Errors>(&words).ok().and_then(|errors| {
        let first = errors.errors.into_iter().next()?;
        Some(if first.message.is_empty() { first.code } else { format!("{}: {}", first.code, first.message) })
    });
    match spoken {
        Some(spoken) => format!("status {status}, {spoken}"),
        None if words.is_empty() || words.starts_with('<') => format!("status {status}"),
        None => format!("status {status}, {words}"),
    }
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Spoken>,
}

#[derive(Deserialize)]
struct Spoken {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}
