//! Git servers that lie, break off, hang and send too much.

use std::time::{Duration, Instant};

use plainsail::git::{Access, Address, Error, Limits, Outcome, Store, Together, Update, connect};

use crate::git::{World, access, remote_at, set};
use crate::proxy::{Action, Proxy, answer};

fn packet(text: &str) -> String {
    format!("{:04x}{text}", text.len() + 4)
}

fn banded(band: u8, text: &str) -> String {
    packet(&format!("{}{text}", char::from(band)))
}

/// Answers each push in this way, after the greeting of the real server.
fn push_answered(answer: Vec<u8>) -> Option<Outcome> {
    let world = World::http()?;
    let before = world.tip("main");
    let proxy = Proxy::start(world.port, move |seen| {
        if seen.is_post("git-receive-pack") { Action::Answer(answer.clone()) } else { Action::Pass }
    });
    let store = Store::new().unwrap();
    let mut remote = remote_at(proxy.port, &store);
    let tip = remote.tips(std::slice::from_ref(&world.main)).unwrap()[&world.main];
    remote.fetch(&[tip], None).unwrap();
    let new = set(&store, Some(tip), "x", "x").unwrap();
    let update = Update { branch: world.main.clone(), old: Some(tip), new };
    let outcome = remote.push(&[update], &store.objects_of(new.unwrap()), Together::Single).unwrap().remove(0);
    assert_eq!(world.tip("main"), before);
    Some(outcome)
}

#[test]
fn nothing_but_the_right_report_counts_as_applied() {
    const KIND: &str = "application/x-git-receive-pack-result";
    let report = |lines: &[&str]| {
        let inner: String = lines.iter().map(|line| packet(line)).collect::<String>() + "0000";
        (banded(1, &inner) + "0000").into_bytes()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("ok for another branch", answer("200 OK", KIND, &report(&["unpack ok\n", "ok refs/heads/other\n"]))),
        ("no branch", answer("200 OK", KIND, &report(&["unpack ok\n"]))),
        ("no unpack", answer("200 OK", KIND, &report(&["ok refs/heads/main\n"]))),
        ("no report", answer("200 OK", KIND, b"0000")),
        ("nothing", answer("200 OK", KIND, b"")),
        ("HTML", answer("200 OK", "text/html", b"<html>sign in</html>")),
        ("HTML of the right kind", answer("200 OK", KIND, b"<html>sign in</html>")),
        ("a bad length", answer("200 OK", KIND, b"0003")),
        ("an open report", answer("200 OK", KIND, banded(1, &packet("unpack ok\n")).as_bytes())),
        ("the third band", answer("200 OK", KIND, banded(3, "disk full").as_bytes())),
        ("ERR", answer("200 OK", KIND, packet("ERR access denied").as_bytes())),
        ("500", answer("500 Oops", "text/plain", b"oops")),
        ("403", answer("403 Forbidden", "text/plain", b"no")),
        ("204", answer("204 No Content", KIND, b"")),
    ];
    for (name, answer) in cases {
        let Some(outcome) = push_answered(answer) else { return };
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{name}: {outcome:?}");
    }
    let Some(outcome) = push_answered(answer("200 OK", KIND, &report(&["unpack ok\n", "ng refs/heads/main no\n"])))
    else {
        return;
    };
    assert!(matches!(outcome, Outcome::Refused { reason, .. } if reason == "no"));
}

/// Answers fetches (or lists) in this way and returns what comes of it.
fn fetch_answered(
    limits: Limits,
    rule: impl Fn(&crate::proxy::Seen) -> Option<Action> + Send + 'static,
) -> Option<Error> {
    let world = World::http()?;
    let proxy = Proxy::start(world.port, move |seen| rule(seen).unwrap_or(Action::Pass));
    let store = Store::new().unwrap();
    let address = Address::parse(&format!("http://127.0.0.1:{}/git/x.git", proxy.port)).unwrap();
    let mut remote = connect(&address, &store, &Access { limits, ..access() }).unwrap();
    let listed = remote.tips(std::slice::from_ref(&world.main));
    let result = listed.and_then(|tips| remote.fetch(&[tips[&world.main]], None));
    assert!(result.is_err(), "a lie is an error");
    result.err()
}

fn is_fetch(seen: &crate::proxy::Seen) -> bool {
    seen.is_post("git-upload-pack") && seen.body.windows(13).any(|window| window == b"command=fetch")
}

#[test]
fn lies_on_the_way_in_are_errors() {
    const RESULT: &str = "application/x-git-upload-pack-result";
    const GREETING: &str = "application/x-git-upload-pack-advertisement";
    let pack = |bytes: &[u8]| {
        let mut body = packet("packfile\n").into_bytes();
        body.extend(format!("{:04x}\u{1}", bytes.len() + 5).into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"0000");
        answer("200 OK", RESULT, &body)
    };
    let empty =
        b"PACK\0\0\0\x02\0\0\0\0\x02\x9d\x08\x82\x3b\xd8\xa8\xea\xb5\x10\xad\x6a\xc7\x5c\x82\x3c\xfd\x3e\xd3\x1e";
    let on_fetch: Vec<(&str, Action)> = vec![
        ("no pack", Action::Answer(answer("200 OK", RESULT, b"0000"))),
        ("not a pack", Action::Answer(pack(b"GIF89a, surely"))),
        ("a pack that claims a thousand objects", Action::Answer(pack(b"PACK\0\0\0\x02\0\0\x03\xe8"))),
        ("a pack without what was asked for", Action::Answer(pack(empty))),
        ("a cut pack", Action::CutAnswer(200)),
        ("an early end", Action::CutAnswer(20)),
        ("no answer", Action::LoseAnswer),
        (
            "the third band",
            Action::Answer(answer("200 OK", RESULT, (packet("packfile\n") + &banded(3, "oops")).as_bytes())),
        ),
        ("ERR", Action::Answer(answer("200 OK", RESULT, packet("ERR upload-pack: not our ref").as_bytes()))),
        ("HTML", Action::Answer(answer("200 OK", "text/html", b"<html>"))),
        ("503", Action::Answer(answer("503 Later", "text/plain", b"later"))),
    ];
    for (name, action) in on_fetch {
        let Some(error) = fetch_answered(access().limits, move |seen| is_fetch(seen).then(|| action.clone())) else {
            return;
        };
        assert!(matches!(error, Error::Protocol { .. } | Error::Unavailable { .. }), "{name}: {error:?}");
    }
    let on_greeting: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", answer("200 OK", GREETING, b"")),
        ("HTML", answer("200 OK", "text/html", b"<html>")),
        ("HTML of the right kind", answer("200 OK", GREETING, b"<html>")),
        ("the old dumb protocol", answer("200 OK", "text/plain", b"0123 refs/heads/main")),
        ("no abilities end", answer("200 OK", GREETING, packet("version 2\n").as_bytes())),
        (
            "no id",
            answer("200 OK", GREETING, (packet("HEAD^{/x} refs/heads/main\0side-band-64k\n") + "0000").as_bytes()),
        ),
        (
            "SHA-256",
            answer("200 OK", GREETING, (packet("version 2\n") + &packet("object-format=sha256\n") + "0000").as_bytes()),
        ),
    ];
    for (name, bytes) in on_greeting {
        let rule = move |seen: &crate::proxy::Seen| seen.line.starts_with("GET").then(|| Action::Answer(bytes.clone()));
        let Some(error) = fetch_answered(access().limits, rule) else { return };
        assert!(
            matches!(error, Error::Protocol { .. } | Error::Unavailable { .. } | Error::NotBuilt { .. }),
            "{name}: {error:?}"
        );
    }
    let limited = b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    let Some(error) = fetch_answered(access().limits, move |_| Some(Action::Answer(limited.clone()))) else { return };
    assert!(
        matches!(error, Error::RateLimited { after: Some(after), .. } if after == Duration::from_secs(7)),
        "{error:?}"
    );
}

#[test]
fn a_server_that_takes_forever_or_sends_too_much_is_left() {
    const GREETING: &str = "application/x-git-upload-pack-advertisement";
    let limits = Limits { exchange: Duration::from_secs(2), pack: 300, listing: 1000 };
    let start = Instant::now();
    let Some(error) = fetch_answered(limits, |_| Some(Action::Hang)) else { return };
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    // A byte now and then.
    let long = answer("200 OK", GREETING, "0".repeat(500).as_bytes());
    let Some(error) = fetch_answered(limits, move |_| Some(Action::Drip(long.clone()))) else { return };
    assert!(matches!(error, Error::TimedOut { .. } | Error::Protocol { .. }), "{error:?}");
    let line = packet(&format!("ability={}\n", "x".repeat(40)));
    let body = packet("version 2\n") + &line.repeat(20);
    let drip = answer("200 OK", GREETING, body.as_bytes());
    let Some(error) = fetch_answered(limits, move |_| Some(Action::Drip(drip.clone()))) else { return };
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    let endless = packet("version 2\n") + &packet("x\n").repeat(1000);
    let much = answer("200 OK", GREETING, endless.as_bytes());
    let Some(error) = fetch_answered(limits, move |_| Some(Action::Answer(much.clone()))) else { return };
    assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
    let Some(error) = fetch_answered(limits, |_| None) else { return };
    assert!(matches!(error, Error::TooLarge { limit: 300, .. }), "{error:?}");
}
