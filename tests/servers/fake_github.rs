//! A GitHub of pull requests, with the answers of the real one: what is refused, and in which words.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::proxy::{Action, Proxy, Seen};

pub(crate) const TOKEN: &str = "c4nary-token";

/// What the fake remembers.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) pulls: Vec<Value>,
    /// How often something was created or changed.
    pub(crate) writes: u32,
    /// How many lists a new pull request stays out of.
    pub(crate) lag: u32,
    /// What happens to the next requests that are no lists, instead of or (where it is about the answer) after the work.
    pub(crate) faults: VecDeque<Fault>,
}

/// What goes wrong.
pub(crate) enum Fault {
    /// The work is done, the answer is lost.
    LostAnswer,
    /// The work is not done, this is the answer.
    Answer(Vec<u8>),
}

/// A running fake.
pub(crate) struct FakeGitHub {
    pub(crate) proxy: Proxy,
    pub(crate) state: Arc<Mutex<State>>,
}

impl FakeGitHub {
    pub(crate) fn start() -> Self {
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        let proxy = Proxy::start(0, move |seen| {
            let mut state = shared.lock().unwrap();
            let is_list = seen.line.starts_with("GET");
            match if is_list { None } else { state.faults.pop_front() } {
                Some(Fault::Answer(answer)) => Action::Answer(answer),
                Some(Fault::LostAnswer) => {
                    state.answer(seen);
                    Action::LoseRequest
                }
                None => Action::Answer(state.answer(seen)),
            }
        });
        Self { proxy, state }
    }

    pub(crate) fn api(&self) -> String {
        format!("http://127.0.0.1:{}", self.proxy.port)
    }
}

/// Makes the bytes of an answer.
pub(crate) fn say(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

pub(crate) fn say_json(status: &str, body: &Value) -> Vec<u8> {
    say(status, "Content-Type: application/json; charset=utf-8\r\n", &body.to_string())
}

fn invalid(error: &Value) -> Vec<u8> {
    say_json("422 Unprocessable Entity", &json!({ "message": "Validation Failed", "errors": [error] }))
}

impl State {
    fn answer(&mut self, seen: &Seen) -> Vec<u8> {
        if seen.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return say_json("401 Unauthorized", &json!({ "message": "Bad credentials", "status": "401" }));
        }
        let mut words = seen.line.split(' ');
        let (verb, target) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let Some(rest) = path.strip_prefix("/repos/acme/fleet/pulls") else {
            return say_json("404 Not Found", &json!({ "message": "Not Found", "status": "404" }));
        };
        let sent: Value = serde_json::from_slice(&seen.body).unwrap_or(Value::Null);
        match (verb, rest.strip_prefix('/').map(|number| number.parse::<u64>().unwrap())) {
            ("GET", None) => self.list(query),
            ("POST", None) => self.create(&sent),
            ("PATCH", Some(number)) => self.change(number, &sent),
            other => panic!("{other:?} is nothing that GitHub is asked"),
        }
    }

    fn list(&mut self, query: &str) -> Vec<u8> {
        let decoded = query.replace("%3A", ":").replace("%2F", "/");
        let value =
            |name: &str| decoded.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap();
        if self.lag > 0 && !self.pulls.is_empty() {
            self.lag -= 1;
            return say_json("200 OK", &json!([]));
        }
        let fits = |pull: &&Value| {
            pull["state"] == value("state")
                && pull["head"]["label"] == value("head")
                && pull["base"]["ref"] == value("base")
        };
        say_json("200 OK", &Value::Array(self.pulls.iter().filter(fits).cloned().collect()))
    }

    fn create(&mut self, sent: &Value) -> Vec<u8> {
        let text = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
        let (head, base) = (text("head"), text("base"));
        if base != "main" {
            return invalid(&json!({ "resource": "PullRequest", "field": "base", "code": "invalid" }));
        }
        if text("body").chars().count() > 65_536 {
            return invalid(
                &json!({ "resource": "Issue", "code": "custom", "field": "body", "message": "body is too long (maximum is 65536 characters)" }),
            );
        }
        if text("title").chars().count() > 256 {
            return invalid(
                &json!({ "resource": "Issue", "code": "custom", "field": "title", "message": "title is too long (maximum is 256 characters)" }),
            );
        }
        if head == "plainsail/same" {
            return invalid(
                &json!({ "resource": "PullRequest", "code": "custom", "message": format!("No commits between {base} and {head}") }),
            );
        }
        let same = |pull: &Value| {
            pull["state"] == "open"
                && pull["head"]["ref"] == head.as_str()
                && pull["head"]["repo"]["full_name"] == "acme/fleet"
        };
        if self.pulls.iter().any(same) {
            let message = format!("A pull request already exists for acme:{head}.");
            return invalid(&json!({ "resource": "PullRequest", "code": "custom", "message": message }));
        }
        self.add("acme", &head, &text("title"), &text("body"));
        self.writes += 1;
        say_json("201 Created", self.pulls.last().unwrap())
    }

    /// Adds an open pull request, from a fork where the owner is another.
    pub(crate) fn add(&mut self, owner: &str, head: &str, title: &str, body: &str) {
        let number = self.pulls.len() + 1;
        self.pulls.push(json!({
            "number": number,
            "html_url": format!("https://github.com/acme/fleet/pull/{number}"),
            "state": "open",
            "title": title,
            "body": body,
            "head": { "label": format!("{owner}:{head}"), "ref": head, "sha": "0".repeat(40), "repo": { "full_name": format!("{owner}/fleet") } },
            "base": { "label": "acme:main", "ref": "main", "sha": "1".repeat(40), "repo": { "full_name": "acme/fleet" } },
        }));
    }

    fn change(&mut self, number: u64, sent: &Value) -> Vec<u8> {
        let Some(pull) = self.pulls.iter_mut().find(|pull| pull["number"] == number) else {
            return say_json("404 Not Found", &json!({ "message": "Not Found" }));
        };
        for (name, value) in sent.as_object().unwrap() {
            pull[name] = value.clone();
        }
        self.writes += 1;
        say_json("200 OK", pull)
    }
}
