//! Registries that lie, loop, leak and break off: group R of the threats.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use plainsail::registry::{
    Credential, Digest, Error, HostSettings, Kind, Listing, Repository, Resolved, Settings, Tag, open,
};
use serde_json::json;

use crate::fake_http::{Asked, FakeHttp, Say};

const PASSWORD: &str = "pa55word-of-the-test";

fn settings(server: &FakeHttp) -> Settings {
    let mut settings = Settings {
        hosts: [(server.host(), HostSettings { plain_http: true, ..HostSettings::default() })].into(),
        retry_pause: Some(Duration::from_millis(1)),
        time_limit: Some(Duration::from_secs(30)),
        ..Settings::default()
    };
    let credential = Credential::Basic { username: "bot".to_owned(), password: PASSWORD.to_owned() };
    settings.credentials.insert(&server.host(), credential);
    settings
}

fn list(server: &FakeHttp) -> Result<Listing, Error> {
    let repository = Repository::parse(&format!("{}/team/api", server.host())).unwrap();
    checked(open(&repository, &settings(server)).unwrap().list(&repository))
}

fn resolve(server: &FakeHttp) -> Result<Resolved, Error> {
    let repository = Repository::parse(&format!("{}/team/api", server.host())).unwrap();
    checked(open(&repository, &settings(server)).unwrap().resolve(&repository, &Tag::parse("abc1234").unwrap()))
}

/// No error shows what we prove ourselves with.
fn checked<T>(answer: Result<T, Error>) -> Result<T, Error> {
    if let Err(error) = &answer {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(PASSWORD) && !shown.contains("of-the-token"), "{shown}");
    }
    answer
}

fn page(tags: &[&str]) -> Say {
    Say::new(200, json!({ "name": "team/api", "tags": tags }).to_string())
}

fn next(say: Say, target: &str) -> Say {
    say.header("Link", format!("<{target}>; rel=\"next\""))
}

fn challenge(realm: &str) -> Say {
    Say::new(401, "").header("WWW-Authenticate", format!("Bearer realm=\"{realm}\",service=\"test\""))
}

fn is_invalid(answer: &Result<Listing, Error>) -> bool {
    matches!(answer, Err(error) if error.kind() == Kind::Invalid)
}

#[test]
fn r01_a_realm_may_not_lead_inside() {
    for realm in [
        "http://169.254.169.254/latest/meta-data",
        "http://2852039166/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fd00:ec2::254]/",
        "http://0.0.0.0/",
        "ftp://example.com/",
        "http://user:password@example.com/",
        "file:///etc/passwd",
        "/token",
        "",
    ] {
        let server = FakeHttp::start(move |_| challenge(realm));
        let answer = list(&server);
        assert!(matches!(answer, Err(Error::Invalid { .. } | Error::ForbiddenAddress { .. })), "{realm}: {answer:?}");
        assert_eq!(server.asked().len(), 1, "{realm}");
        assert!(server.asked().iter().all(|asked| asked.header("authorization").is_none()));
    }
}

#[test]
fn r01_a_token_request_follows_no_redirect() {
    let elsewhere = FakeHttp::start(|_| Say::new(200, r#"{"token":"of-the-token"}"#));
    let target = format!("http://{}/token", elsewhere.host());
    let tokens = FakeHttp::start(move |_| Say::new(307, "").header("Location", target.clone()));
    let realm = format!("http://{}/token", tokens.host());
    let server = FakeHttp::start(move |_| challenge(&realm));
    assert!(is_invalid(&list(&server)));
    assert_eq!(elsewhere.asked().len(), 0);
}

#[test]
fn r02_a_redirect_is_not_followed() {
    let elsewhere = FakeHttp::start(|_| page(&["abc1234"]));
    let target = format!("http://{}/v2/team/api/tags/list", elsewhere.host());
    let server = FakeHttp::start(move |_| Say::new(307, "").header("Location", target.clone()));
    assert!(is_invalid(&list(&server)));
    assert!(resolve(&server).is_err());
    assert_eq!(elsewhere.asked().len(), 0);
}

#[test]
fn r03_a_link_may_not_lead_elsewhere() {
    let elsewhere = FakeHttp::start(|_| page(&["abc1234"]));
    for target in [
        format!("http://{}/v2/team/api/tags/list?n=2", elsewhere.host()),
        format!("//{}/v2/", elsewhere.host()),
        "https://127.0.0.1/v2/".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
        "http://[".to_owned(),
    ] {
        let shown = target.clone();
        let server = FakeHttp::start(move |_| next(page(&["abc1234"]), &target));
        assert!(is_invalid(&list(&server)), "{shown}");
    }
    assert_eq!(elsewhere.asked().len(), 0);
}

#[test]
fn r03_a_link_with_a_user_is_refused() {
    let server = FakeHttp::start(|asked| {
        let host = asked.header("host").unwrap_or_default().to_owned();
        next(page(&["abc1234"]), &format!("http://user:password@{host}/v2/team/api/tags/list?n=2"))
    });
    assert!(is_invalid(&list(&server)));
}

#[test]
fn r03_pages_that_go_round_are_an_error() {
    let server = FakeHttp::start(|asked| {
        if asked.target.contains("last=b") {
            next(page(&["bbbbbbb"]), "/v2/team/api/tags/list?n=1000")
        } else {
            next(page(&["aaaaaaa"]), "/v2/team/api/tags/list?last=b")
        }
    });
    assert!(is_invalid(&list(&server)));
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn r03_pages_without_end_are_an_error() {
    let count = AtomicUsize::new(0);
    let server = FakeHttp::start(move |_| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        next(page(&[&format!("{number:07}")]), &format!("/v2/team/api/tags/list?last={number}"))
    });
    assert!(is_invalid(&list(&server)));
    assert_eq!(server.asked().len(), 2000);
}

#[test]
fn r04_a_failing_page_is_a_failed_listing() {
    type Break = fn() -> Say;
    let breaks: [(&str, Kind, Break); 7] = [
        ("429", Kind::RateLimited { after: Some(Duration::from_secs(0)) }, || {
            Say::new(429, "").header("Retry-After", "0")
        }),
        ("500", Kind::Unavailable, || Say::new(500, "<html>")),
        ("reset", Kind::Unavailable, || page(&["ddddddd"]).cut()),
        ("truncated", Kind::Invalid, || Say::new(200, r#"{"tags":["dddd"#)),
        ("other type", Kind::Invalid, || Say::new(200, r#"{"tags":"ddddddd"}"#)),
        ("empty with link", Kind::Invalid, || next(page(&[]), "/v2/team/api/tags/list?last=4")),
        ("gone", Kind::NotFound, || Say::new(404, r#"{"errors":[{"code":"NAME_UNKNOWN"}]}"#)),
    ];
    for (name, kind, broken) in breaks {
        let server = FakeHttp::start(move |asked| match asked.target.rsplit_once("last=") {
            None => next(page(&["aaaaaaa"]), "/v2/team/api/tags/list?last=1"),
            Some((_, "1")) => next(page(&["bbbbbbb"]), "/v2/team/api/tags/list?last=2"),
            Some((_, "2")) => broken(),
            Some(_) => page(&["eeeeeee"]),
        });
        let answer = list(&server);
        assert_eq!(answer.as_ref().map_err(Error::kind), Err(kind), "{name}: {answer:?}");
    }
}

#[test]
fn r04_a_page_that_fails_once_is_asked_again() {
    for status in [429, 500, 503] {
        let count = AtomicUsize::new(0);
        let server = FakeHttp::start(move |_| match count.fetch_add(1, Ordering::Relaxed) {
            0 => Say::new(status, ""),
            _ => page(&["abc1234"]),
        });
        assert_eq!(list(&server).unwrap().images.len(), 1);
    }
}

#[test]
fn r05_a_digest_that_is_not_of_the_manifest_is_refused() {
    let manifest = r#"{"schemaVersion":2}"#;
    let right = Digest::of(manifest.as_bytes());
    let wrong = Digest::of(b"something else");
    let serve = |digest: Option<String>, body: &'static str, kind: &'static str| {
        FakeHttp::start(move |asked: &Asked| {
            // No digest without the body, so that the body is asked for.
            let say = Say::new(200, body).header("Content-Type", kind);
            match &digest {
                Some(digest) if asked.method == "GET" => say.header("Docker-Content-Digest", digest.clone()),
                _ => say,
            }
        })
    };
    let kind = "application/vnd.oci.image.manifest.v1+json";
    assert_eq!(resolve(&serve(None, manifest, kind)).unwrap().digest, right);
    assert_eq!(resolve(&serve(Some(right.to_string()), manifest, kind)).unwrap().digest, right);
    for (digest, body, kind) in [
        (Some(wrong.to_string()), manifest, kind),
        (Some("sha256:nonsense".to_owned()), manifest, kind),
        (None, "<html>sign in</html>", "text/html; charset=utf-8"),
        (None, "<html>sign in</html>", kind),
        (None, "[]", kind),
    ] {
        let answer = resolve(&serve(digest, body, kind));
        assert_eq!(answer.as_ref().map_err(Error::kind), Err(Kind::Invalid), "{body}: {answer:?}");
    }
}

#[test]
fn r06_bodies_have_caps() {
    let server = FakeHttp::start(|asked| {
        let body = vec![b'x'; 1 << 20];
        if asked.method == "HEAD" { Say::new(405, "") } else { Say::new(200, body).endless() }
    });
    let start = Instant::now();
    assert!(is_invalid(&list(&server)));
    assert_eq!(resolve(&server).unwrap_err().kind(), Kind::Invalid);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn r06_compressed_bodies_are_not_unpacked() {
    let server = FakeHttp::start(|_| Say::new(200, b"\x1f\x8b\x08".to_vec()).header("Content-Encoding", "gzip"));
    assert!(is_invalid(&list(&server)));
}

#[test]
fn r07_names_that_are_no_tags_are_left_out_and_counted() {
    let server = FakeHttp::start(|_| {
        let tags = json!([
            "abc1234", "; rm -rf /", "$(id)", "a\nb", "a\u{0}b", "a".repeat(5000), "a\u{202e}b", "-rf", ".git", "", 7,
            null, ["x"], {"a": 1}, "abc1234", "0012345"
        ]);
        Say::new(200, json!({ "tags": tags }).to_string())
    });
    let listing = list(&server).unwrap();
    let tags: Vec<&str> = listing.tags().into_iter().map(Tag::as_str).collect();
    assert_eq!((tags.as_slice(), listing.malformed_tags), (&["0012345", "abc1234"][..], 13));
}

#[test]
fn r07_a_million_names_are_read() {
    let names: Vec<String> = (0..1_000_000).map(|number| format!("{number:07}")).collect();
    let body = json!({ "tags": names }).to_string();
    let server = FakeHttp::start(move |_| Say::new(200, body.clone()));
    assert_eq!(list(&server).unwrap().images.len(), 1_000_000);
}

#[test]
fn r07_no_tags_are_an_empty_listing() {
    for body in [r#"{"tags":null}"#, r#"{"tags":[]}"#, r#"{"name":"team/api"}"#] {
        let server = FakeHttp::start(move |_| Say::new(200, body));
        assert_eq!(list(&server).unwrap().images, []);
    }
}

#[test]
fn r09_a_registry_that_is_never_content_is_asked_twice() {
    let tokens = FakeHttp::start(|_| Say::new(200, r#"{"token":"of-the-token","expires_in":-1}"#));
    let realm = format!("http://{}/token", tokens.host());
    let server = FakeHttp::start(move |_| challenge(&realm));
    assert_eq!(list(&server).unwrap_err().kind(), Kind::Denied);
    assert_eq!((server.asked().len(), tokens.asked().len()), (2, 1));
    for header in ["Basic realm=\"x\"", "Negotiate", "Bearer service=\"x\""] {
        let server = FakeHttp::start(move |_| Say::new(401, "").header("WWW-Authenticate", header));
        assert_eq!(list(&server).unwrap_err().kind(), Kind::Denied);
        assert!(server.asked().len() <= 2);
    }
}

#[test]
fn r09_odd_tokens_are_used_or_refused() {
    for (token, good) in [
        (r#"{"token":"of-the-token","expires_in":0}"#, true),
        (r#"{"access_token":"of-the-token","expires_in":9223372036854775808}"#, true),
        (r#"{"token":"of-the-token\nX-Injected: yes"}"#, false),
        (r#"{"token":""}"#, false),
        (r#"{"token":7}"#, false),
        ("{}", false),
        ("of-the-token", false),
    ] {
        let tokens = FakeHttp::start(move |_| Say::new(200, token));
        let realm = format!("http://{}/token", tokens.host());
        let server = FakeHttp::start(move |asked| match asked.header("authorization") {
            Some("Bearer of-the-token") => page(&["abc1234"]),
            _ => challenge(&realm),
        });
        assert_eq!(list(&server).is_ok(), good, "{token}");
        // What we are asked for is our own question, not the registry's wish.
        assert!(tokens.asked().iter().all(|asked| asked.target.contains("scope=repository%3Ateam%2Fapi%3Apull")));
    }
}

#[test]
fn r09_an_expired_token_is_renewed_once() {
    let count = AtomicUsize::new(0);
    let tokens = FakeHttp::start(move |_| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        Say::new(200, json!({ "token": format!("token-{number}") }).to_string())
    });
    let realm = format!("http://{}/token", tokens.host());
    // Each token is good for one page.
    let server = FakeHttp::start(move |asked| match (asked.target.contains("last=1"), asked.header("authorization")) {
        (false, Some("Bearer token-0")) => next(page(&["aaaaaaa"]), "/v2/team/api/tags/list?last=1"),
        (true, Some("Bearer token-1")) => page(&["bbbbbbb"]),
        _ => challenge(&realm),
    });
    assert_eq!(list(&server).unwrap().images.len(), 2);
    assert_eq!(tokens.asked().len(), 2);
}

#[test]
fn r11_addresses_of_this_machine_need_a_setting() {
    for host in ["169.254.169.254", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "0.0.0.0:80", "127.1:80"] {
        let repository = Repository::parse(&format!("{host}/x")).unwrap();
        let answer = open(&repository, &Settings::default()).unwrap().list(&repository);
        assert!(matches!(answer, Err(Error::ForbiddenAddress { .. })), "{host}: {answer:?}");
    }
    // The metadata service stays closed, whatever the settings say.
    let named =
        Settings { hosts: [("169.254.169.254".to_owned(), HostSettings::default())].into(), ..Settings::default() };
    let repository = Repository::parse("169.254.169.254/x").unwrap();
    let answer = open(&repository, &named).unwrap().list(&repository);
    assert!(matches!(answer, Err(Error::ForbiddenAddress { .. })), "{answer:?}");
}

#[test]
fn a_server_that_never_answers_ends_at_the_time_limit() {
    let server = FakeHttp::start(|_| {
        std::thread::sleep(Duration::from_mins(1));
        page(&[])
    });
    let settings = Settings { time_limit: Some(Duration::from_millis(500)), ..settings(&server) };
    let repository = Repository::parse(&format!("{}/team/api", server.host())).unwrap();
    let start = Instant::now();
    let error = open(&repository, &settings).unwrap().list(&repository).unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5));
}
