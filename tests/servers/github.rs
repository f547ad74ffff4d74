//! Pull requests on GitHub: against an emulator by others, and against a fake with GitHub's own refusals.

use std::process::{Command, Stdio};
use std::time::Duration;

use plainsail::forge::{Access, BODY_LIMIT, Error, Forge, Kept, Kind, Name, Place, Proposal, connect, keep, marker};
use plainsail::http::Secret;
use serde_json::json;

use crate::fake_github::{FakeGitHub, Fault, TOKEN, say, say_json};
use crate::harness::{Server, free_port, have, tool};
use crate::proxy::{Action, Proxy};

const HEAD: &str = "plainsail/staging";

fn open(api: &str, token: &str) -> Box<dyn Forge> {
    let place = Place::from_remote(Some("github.com"), "acme/fleet", None, Some(api)).unwrap();
    connect(&place, &Access { token: Some(Secret::new(token)), ..Access::default() }).unwrap()
}

fn proposal(title: &str, body: &str) -> Proposal {
    Proposal { head: HEAD.to_owned(), base: "main".to_owned(), title: title.to_owned(), body: body.to_owned() }
}

fn kept(forge: &mut dyn Forge, title: &str, body: &str) -> Result<Kept, Error> {
    keep(forge, &proposal(title, body), &mut |_| {})
}

/// One pull request: opened, left alone, changed, left alone; closed; then a new one.
fn one_living_pull_request(forge: &mut dyn Forge) {
    let Kept::Created(created) = kept(forge, "staging: api f00ba47", "one\n").unwrap() else { panic!("not created") };
    assert_eq!((created.head.as_str(), created.base.as_str()), (HEAD, "main"));
    assert!(created.body.starts_with(&marker(HEAD)));
    let Kept::Unchanged(same) = kept(forge, "staging: api f00ba47", "one\n").unwrap() else { panic!("not left alone") };
    assert_eq!(same.number, created.number);
    let Kept::Updated(updated) = kept(forge, "staging: api 0012345", "two\n").unwrap() else { panic!("not updated") };
    assert_eq!((updated.number, updated.title.as_str()), (created.number, "staging: api 0012345"));
    assert!(matches!(kept(forge, "staging: api 0012345", "two\n").unwrap(), Kept::Unchanged(_)));
    assert_eq!(forge.find_open(HEAD, "main").unwrap().len(), 1);
    assert!(forge.find_open("plainsail/prod", "main").unwrap().is_empty());
    forge.close(created.number).unwrap();
    assert!(forge.find_open(HEAD, "main").unwrap().is_empty());
    let Kept::Created(next) = kept(forge, "again", "three").unwrap() else { panic!("not created again") };
    assert_ne!(next.number, created.number);
}

#[test]
fn one_living_pull_request_on_the_emulator() {
    if !have(&["emulate-github"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.yaml");
    let text = "tokens:\n  c4nary-token:\n    login: acme\n    scopes: [repo]\ngithub:\n  users:\n    - login: acme\n  repos:\n    - owner: acme\n      name: fleet\n      auto_init: true\n";
    std::fs::write(&seed, text).unwrap();
    let port = free_port();
    let api = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(tool("emulate-github").unwrap());
    command.args(["--port", &port.to_string(), "--base-url", &api, "--seed"]).arg(seed).stdout(Stdio::null());
    let _server = Server::start(&mut command, port);
    one_living_pull_request(&mut *open(&api, TOKEN));
}

#[test]
fn one_living_pull_request_on_the_fake() {
    let fake = FakeGitHub::start();
    one_living_pull_request(&mut *open(&fake.api(), TOKEN));
    assert_eq!(fake.state.lock().unwrap().writes, 4, "opened, changed, closed, opened");
}

#[test]
fn a_lost_answer_opens_no_second_one() {
    let fake = FakeGitHub::start();
    fake.state.lock().unwrap().faults.push_back(Fault::LostAnswer);
    let result = kept(&mut *open(&fake.api(), TOKEN), "title", "body").unwrap();
    assert!(matches!(result, Kept::Created(_)));
    assert_eq!(fake.state.lock().unwrap().pulls.len(), 1);
    let bad_gateway = say("502 Bad Gateway", "Content-Type: text/html\r\n", "<h1>no</h1>");
    fake.state.lock().unwrap().faults.push_back(Fault::Answer(bad_gateway));
    let mut other = proposal("title", "body");
    other.head = "plainsail/prod".to_owned();
    let result = keep(&mut *open(&fake.api(), TOKEN), &other, &mut |_| {}).unwrap();
    assert!(matches!(result, Kept::Created(_)));
    assert_eq!(fake.state.lock().unwrap().pulls.len(), 2);
}

#[test]
fn a_list_that_lags_is_asked_again() {
    let fake = FakeGitHub::start();
    let body = format!("{}\nbody", marker(HEAD));
    fake.state.lock().unwrap().add("acme", HEAD, "title", &body);
    fake.state.lock().unwrap().lag = 3;
    let mut waits = Vec::new();
    let result =
        keep(&mut *open(&fake.api(), TOKEN), &proposal("title", "body"), &mut |attempt| waits.push(attempt)).unwrap();
    assert_eq!(result.pull_request().number, 1);
    assert_eq!(waits, [1, 2, 3]);
    fake.state.lock().unwrap().lag = 100;
    let result = kept(&mut *open(&fake.api(), TOKEN), "title", "body");
    assert!(matches!(result, Err(Error::AlreadyExists { .. })), "{result:?}");
    assert_eq!(fake.state.lock().unwrap().writes, 0);
}

#[test]
fn runs_at_the_same_time_open_one() {
    for _ in 0..5 {
        let fake = FakeGitHub::start();
        let api = fake.api();
        let run = |api: String| std::thread::spawn(move || kept(&mut *open(&api, TOKEN), "title", "body").unwrap());
        let runs: Vec<_> = (0..4).map(|_| run(api.clone())).collect();
        let numbers: Vec<u64> = runs.into_iter().map(|run| run.join().unwrap().pull_request().number).collect();
        assert_eq!(numbers, [1, 1, 1, 1]);
        assert_eq!(fake.state.lock().unwrap().pulls.len(), 1);
    }
}

#[test]
fn others_are_left_alone() {
    let fake = FakeGitHub::start();
    // A fork with a branch of the same name, with our mark copied.
    fake.state.lock().unwrap().add("mallory", HEAD, "title", &marker(HEAD));
    let Kept::Created(created) = kept(&mut *open(&fake.api(), TOKEN), "title", "body").unwrap() else {
        panic!("not created")
    };
    assert_eq!(created.number, 2);
    // A person's own pull request from our branch.
    let fake = FakeGitHub::start();
    fake.state.lock().unwrap().add("acme", HEAD, "by hand", "please review");
    let result = kept(&mut *open(&fake.api(), TOKEN), "title", "body").unwrap();
    assert!(matches!(result, Kept::NotOurs(found) if found.title == "by hand"));
    assert_eq!(fake.state.lock().unwrap().writes, 0);
}

#[test]
fn texts_that_are_too_long_are_cut() {
    let fake = FakeGitHub::start();
    let mut forge = open(&fake.api(), TOKEN);
    let (title, body) = ("title ü ".repeat(100), "a line of a diff ü\n".repeat(10_000));
    let Kept::Created(created) = kept(&mut *forge, &title, &body).unwrap() else { panic!("not created") };
    assert!(created.body.chars().count() <= BODY_LIMIT && created.body.contains("are left out here"));
    assert!(matches!(kept(&mut *forge, &title, &body).unwrap(), Kept::Unchanged(_)));
}

#[test]
fn refusals_have_their_types_and_no_secrets() {
    let fake = FakeGitHub::start();
    let mut forge = open(&fake.api(), TOKEN);
    let mut answered = |answer: Vec<u8>| {
        fake.state.lock().unwrap().faults.push_back(Fault::Answer(answer));
        let error = forge.create(&proposal("title", "body")).unwrap_err();
        assert!(!format!("{error:?} {error}").contains("c4nary"), "{error:?}");
        error
    };
    let json_head = "Content-Type: application/json\r\n";
    let page = "<html>c4nary</html>";
    let cases = [
        (say_json("403 Forbidden", &json!({ "message": "Resource not accessible by integration" })), Kind::Denied),
        (
            say_json("403 Forbidden", &json!({ "message": "You have exceeded a secondary rate limit." })),
            Kind::RateLimited { after: None },
        ),
        (
            say("403 Forbidden", &format!("{json_head}Retry-After: 61\r\n"), "{}"),
            Kind::RateLimited { after: Some(Duration::from_secs(61)) },
        ),
        (
            say(
                "403 Forbidden",
                "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1795254371\r\nDate: Sat, 21 Nov 2026 08:46:11 GMT\r\n",
                "",
            ),
            Kind::RateLimited { after: Some(Duration::from_hours(1)) },
        ),
        (say("429 Too Many Requests", "", ""), Kind::RateLimited { after: None }),
        (say("404 Not Found", "Content-Type: text/html\r\n", page), Kind::NotFound),
        (say("301 Moved Permanently", "Location: https://elsewhere.example/\r\n", ""), Kind::NotFound),
        (say("500 Oops", "Content-Type: text/html\r\n", page), Kind::Unavailable),
        (say("200 OK", "Content-Type: text/html\r\n", page), Kind::Invalid),
        (say("201 Created", json_head, "{\"number\":\"c4nary\"}"), Kind::Invalid),
        (
            say(
                "422 Unprocessable Entity",
                json_head,
                "{\"message\":\"Validation Failed\",\"errors\":[{\"message\":\"odd\"}]}",
            ),
            Kind::Invalid,
        ),
    ];
    for (answer, kind) in cases {
        assert_eq!(answered(answer.clone()).kind(), kind, "{}", String::from_utf8_lossy(&answer));
    }
    let mut same = proposal("title", "body");
    same.head = "plainsail/same".to_owned();
    assert!(matches!(forge.create(&same), Err(Error::NoDifference { .. })));
    let error = open(&fake.api(), "c4nary-wrong").find_open(HEAD, "main").unwrap_err();
    assert!(matches!(&error, Error::Denied { cause, .. } if cause.contains("Bad credentials")), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("c4nary"));
    let place = Place::from_remote(Some("github.com"), "acme/fleet", None, None).unwrap();
    assert!(matches!(connect(&place, &Access::default()).err(), Some(Error::NoToken { .. })));
    assert_eq!(place.forge(), Name::GitHub);
    let error = open(&format!("http://127.0.0.1:{}", free_port()), TOKEN).find_open(HEAD, "main").unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
}

#[test]
fn pages_are_followed_only_at_home() {
    let other = Proxy::start(0, |_| Action::Answer(say_json("200 OK", &json!([]))));
    let pull = |number: u32, head: &str| {
        json!({ "number": number, "html_url": "https://x", "state": "open", "title": "t", "body": null,
            "head": { "ref": head, "sha": null, "repo": { "full_name": "Acme/Fleet" } }, "base": { "ref": "main" } })
    };
    let elsewhere = format!("http://127.0.0.1:{}/x", other.port);
    let linked = |target: &str, body: &serde_json::Value| {
        say(
            "200 OK",
            &format!("Content-Type: application/json\r\nLink: <{target}>; rel=\"next\", <x>; rel=\"last\"\r\n"),
            &body.to_string(),
        )
    };
    // A server that knows no filter, with ours on its second page.
    let (first, second) = (
        linked("/repos/acme/fleet/pulls?page=2", &json!([pull(1, "other")])),
        say_json("200 OK", &json!([pull(2, HEAD)])),
    );
    let proxy = Proxy::start(0, move |seen| {
        Action::Answer(if seen.line.contains("page=2") { second.clone() } else { first.clone() })
    });
    let api = format!("http://127.0.0.1:{}", proxy.port);
    let found = open(&api, TOKEN).find_open(HEAD, "main").unwrap();
    assert_eq!(found.iter().map(|pull| pull.number).collect::<Vec<_>>(), [2]);
    for target in [elsewhere.as_str(), "http://user@127.0.0.1/x", "https://127.0.0.1/x"] {
        let answer = linked(target, &json!([]));
        proxy.rule(move |_| Action::Answer(answer.clone()));
        assert!(matches!(open(&api, TOKEN).find_open(HEAD, "main"), Err(Error::Invalid { .. })), "{target}");
    }
    let mut page = 0;
    proxy.rule(move |_| {
        page += 1;
        Action::Answer(linked(&format!("/repos/acme/fleet/pulls?page={page}"), &json!([])))
    });
    assert!(matches!(open(&api, TOKEN).find_open(HEAD, "main"), Err(Error::Invalid { .. })), "lists that do not end");
    assert!(other.seen.lock().unwrap().is_empty(), "the other host was never asked");
}
