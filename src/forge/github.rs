//! GitHub, through its REST API.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Access, Error, Forge, Name, Place, Proposal, PullRequest};
use crate::http::{Body, Client, Method, Reach, Request, Response, Secret, Url};

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_BYTES: u64 = 16 << 20;
const MOST_PAGES: u32 = 20;

/// A repository on GitHub.
pub struct GitHub {
    client: Client,
    api: Url,
    owner: String,
    repository: String,
    token: Secret,
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    html_url: String,
    title: String,
    body: Option<String>,
    state: String,
    head: Branch,
    base: Branch,
}

#[derive(Deserialize)]
struct Branch {
    #[serde(rename = "ref")]
    name: String,
    sha: Option<String>,
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize, Default)]
struct Complaint {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Value>,
}

impl Complaint {
    /// Returns all its words, without line breaks, bounded.
    fn words(&self) -> String {
        let detail = |error: &Value| match error {
            Value::String(text) => Some(text.clone()),
            error => error.get("message").and_then(Value::as_str).map(str::to_owned),
        };
        let texts = std::iter::once(self.message.clone()).chain(self.errors.iter().filter_map(detail));
        let all = texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        all.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
    }
}

impl GitHub {
    /// Opens a repository. Nothing is sent yet.
    ///
    /// # Errors
    /// Fails where there is no token.
    pub fn new(place: &Place, access: &Access) -> Result<Self, Error> {
        let token = access.token.clone().ok_or(Error::NoToken { forge: Name::GitHub.words() })?;
        let bad =
            |cause: crate::http::Error| Error::BadApi { address: place.api().to_string(), cause: cause.to_string() };
        // Whoever runs us names the API, so it may be anywhere.
        let client = Client::new(&access.http, Reach::Anywhere).map_err(bad)?;
        let (owner, repository) = (place.owner().to_owned(), place.repository().to_owned());
        Ok(Self { client, api: place.api().clone(), owner, repository, token })
    }

    fn url(&self, rest: &str) -> Result<Url, Error> {
        let api = self.api.as_str().trim_end_matches('/');
        let text = format!("{api}/repos/{}/{}/{rest}", self.owner, self.repository);
        Url::parse(&text).map_err(|cause| Error::BadApi { address: text.clone(), cause: cause.to_string() })
    }

    fn send(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Response, Error> {
        let asked = asked(method, &url);
        let mut request =
            Request { method, url, headers: Vec::new(), body: Body::Empty, deadline: Instant::now() + PATIENCE }
                .header("accept", "application/vnd.github+json")
                .header("x-github-api-version", "2022-11-28")
                .header("authorization", format!("Bearer {}", self.token.reveal()));
        if let Some(body) = body {
            request = request.header("content-type", "application/json");
            request.body = Body::Bytes(body.to_string().into_bytes());
        }
        let response = self.client.send(request).map_err(|cause| failed(&asked, &cause))?;
        if matches!(response.status(), 200..=299) { Ok(response) } else { Err(refused(asked, response)) }
    }

    fn pull(&self, method: Method, url: Url, body: &Value) -> Result<Pull, Error> {
        let asked = asked(method, &url);
        self.send(method, url, Some(body))?.json(MOST_BYTES).map_err(|cause| failed(&asked, &cause))
    }

    /// Says whether a pull request comes from this repository; a fork may have a branch of the same name.
    fn is_own(&self, pull: &Pull) -> bool {
        let own = format!("{}/{}", self.owner, self.repository);
        pull.head.repo.as_ref().is_some_and(|repository| repository.full_name.eq_ignore_ascii_case(&own))
    }
}

/// Reads what GitHub says about the two branches of a new pull request.
fn about_branches(cause: Error, proposal: &Proposal) -> Error {
    let (head, base) = (proposal.head.clone(), proposal.base.clone());
    match cause {
        Error::Invalid { cause, .. } if cause.contains("pull request already exists") => {
            Error::AlreadyExists { head, base }
        }
        Error::Invalid { cause, .. } if cause.contains("No commits between") => Error::NoDifference { head, base },
        other => other,
    }
}

impl From<Pull> for PullRequest {
    fn from(pull: Pull) -> Self {
        Self {
            number: pull.number,
            url: pull.html_url,
            title: pull.title,
            body: pull.body.unwrap_or_default(),
            head: pull.head.name,
            head_commit: pull.head.sha,
            base: pull.base.name,
        }
    }
}

impl Forge for GitHub {
    fn name(&self) -> &'static str {
        Name::GitHub.words()
    }

    fn find_open(&mut self, head: &str, base: &str) -> Result<Vec<PullRequest>, Error> {
        let mut url = self.url("pulls")?;
        let filter = format!("{}:{head}", self.owner);
        url.query_pairs_mut().extend_pairs([("state", "open"), ("head", &filter), ("base", base), ("per_page", "100")]);
        let mut found = Vec::new();
        let mut next = Some(url);
        for _ in 0..MOST_PAGES {
            let Some(url) = next else { return Ok(found) };
            let asked = asked(Method::Get, &url);
            let response = self.send(Method::Get, url, None)?;
            next = next_page(&response, &asked)?;
            let page: Vec<Pull> = response.json(MOST_BYTES).map_err(|cause| failed(&asked, &cause))?;
            // The forge may not know the filter, so what it lists is checked.
            let wanted = |pull: &Pull| {
                pull.state == "open" && pull.head.name == head && pull.base.name == base && self.is_own(pull)
            };
            found.extend(page.into_iter().filter(wanted).map(PullRequest::from));
        }
        if next.is_none() {
            return Ok(found);
        }
        Err(Error::Invalid { request: "the list of pull requests".to_owned(), cause: "it does not end".to_owned() })
    }

    fn create(&mut self, proposal: &Proposal) -> Result<PullRequest, Error> {
        let Proposal { head, base, title, body } = proposal;
        let request = json!({ "title": title, "body": body, "head": head, "base": base });
        let created = self.pull(Method::Post, self.url("pulls")?, &request);
        created.map(PullRequest::from).map_err(|cause| about_branches(cause, proposal))
    }

    fn update(&mut self, number: u64, title: &str, body: &str) -> Result<PullRequest, Error> {
        let url = self.url(&format!("pulls/{number}"))?;
        self.pull(Method::Patch, url, &json!({ "title": title, "body": body })).map(PullRequest::from)
    }

    fn close(&mut self, number: u64) -> Result<(), Error> {
        let url = self.url(&format!("pulls/{number}"))?;
        self.pull(Method::Patch, url, &json!({ "state": "closed" })).map(drop)
    }
}

/// Names a request for messages.
fn asked(method: Method, url: &Url) -> String {
    let verb = match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        _ => "a request for",
    };
    format!("{verb} {}{}", url.origin().ascii_serialization(), url.path())
}

fn failed(asked: &str, cause: &crate::http::Error) -> Error {
    let request = asked.to_owned();
    match cause {
        cause if cause.is_transient() => Error::Unavailable { request, cause: cause.to_string() },
        cause => Error::Invalid { request, cause: cause.to_string() },
    }
}

/// Turns an answer that is no success into an error. Only JSON is read: a page for browsers may hold anything.
fn refused(request: String, response: Response) -> Error {
    let status = response.status();
    let seconds = |name: &str| response.header(name).and_then(|text| text.trim().parse::<u64>().ok());
    let spent = response.header("x-ratelimit-remaining").is_some_and(|left| left.trim() == "0");
    let retry = seconds("retry-after").map(Duration::from_secs);
    let reset = spent.then(|| until(seconds("x-ratelimit-reset")?, response.header("date")?)).flatten();
    let is_json = response.header("content-type").is_some_and(|kind| kind.contains("json"));
    let complaint: Complaint =
        if is_json { response.json(MOST_BYTES).unwrap_or_default() } else { Complaint::default() };
    let words = complaint.words();
    let limited = spent || retry.is_some() || words.to_ascii_lowercase().contains("rate limit");
    let cause = if words.is_empty() { format!("HTTP {status}") } else { format!("HTTP {status}: {words}") };
    match status {
        403 | 429 if limited || status == 429 => Error::RateLimited { request, after: retry.or(reset) },
        401 | 403 => Error::Denied { request, cause },
        404 | 410 => Error::NotFound { request, cause },
        301 | 302 | 307 | 308 => Error::Moved { request },
        503 if retry.is_some() => Error::RateLimited { request, after: retry },
        408 | 500..=599 => Error::Unavailable { request, cause },
        _ => Error::Invalid { request, cause },
    }
}

/// Returns the time from the answer's own date to a moment, so that our clock does not matter.
fn until(moment: u64, date: &str) -> Option<Duration> {
    let now = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_second();
    let left = i64::try_from(moment).ok()?.saturating_sub(now).max(0);
    Some(Duration::from_secs(left.unsigned_abs()))
}

/// Returns the address of the next page; one elsewhere would carry the token there.
fn next_page(response: &Response, asked: &str) -> Result<Option<Url>, Error> {
    let Some(links) = response.header("link") else { return Ok(None) };
    let link = links.split(',').find(|link| link.split(';').skip(1).any(|part| part.trim() == "rel=\"next\""));
    let Some(target) = link.and_then(|link| link.trim().strip_prefix('<')?.split_once('>')) else { return Ok(None) };
    let invalid = |cause: &str| Error::Invalid { request: asked.to_owned(), cause: cause.to_owned() };
    let next = response.url().join(target.0).map_err(|_| invalid("the next page has no address"))?;
    if next.origin() != response.url().origin() || !next.username().is_empty() || next.password().is_some() {
        return Err(invalid("the next page is on another host"));
    }
    if next == *response.url() {
        return Err(invalid("the next page is the same page"));
    }
    Ok(Some(next))
}
