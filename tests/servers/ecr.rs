//! Amazon ECR, as moto and `tests/tools/ecr_shim.py` play it. Amazon's SDK reads the environment by itself, so each question
//! is asked in a process of its own.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use plainsail::http;
use plainsail::registry::{Error, Kind, Listing, Registry, Repository, Settings, Tag, open};
use plainsail::select::{self, Decision, Finding, Image, Input, Running, SourceState};
use serde_json::{Value, json};

use crate::harness::{Server, have, isolated, tool};

const REPOSITORY: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api";
/// moto's own Python, for the shim runs inside moto.
const PYTHON: &str = "moto/bin/python";
/// Friday, 20 November 2026, 09:12:44 UTC.
pub(crate) const START: i64 = 1_795_165_964;

pub(crate) struct StandIn {
    server: Server,
    client: http::Client,
}

impl StandIn {
    pub(crate) fn start() -> Option<Self> {
        if !have(&[PYTHON]) {
            return None;
        }
        let mut command = Command::new(tool(PYTHON)?);
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/ecr_shim.py"));
        let client = http::Client::new(&http::Settings::default(), http::Reach::Anywhere).unwrap();
        let stand_in = Self { server: Server::start_that_says_ready(&mut command), client };
        stand_in.tell("repository", &json!({ "name": "team/api" }));
        Some(stand_in)
    }

    pub(crate) fn tell(&self, action: &str, request: &Value) -> Value {
        let url = format!("{}/_stand-in/{action}", self.server.url()).parse().unwrap();
        let deadline = Instant::now() + Duration::from_mins(2);
        let request = http::Request {
            method: http::Method::Post,
            url,
            headers: Vec::new(),
            body: http::Body::Bytes(request.to_string().into_bytes()),
            deadline,
        };
        let answer = self.client.send(request).unwrap();
        assert_eq!(answer.status(), 200, "{action}");
        answer.json(1 << 24).unwrap()
    }

    pub(crate) fn push(&self, images: &[(String, i64)]) -> Value {
        let images: Vec<Value> = images.iter().map(|(tag, at)| json!({ "tag": tag, "pushedAt": at })).collect();
        self.tell("push", &json!({ "repository": "team/api", "images": images }))["digests"].clone()
    }

    pub(crate) fn calls(&self) -> Value {
        let url = format!("{}/_stand-in/calls", self.server.url()).parse().unwrap();
        let request = http::Request::get(url, Instant::now() + Duration::from_secs(30));
        self.client.send(request).unwrap().json(1 << 20).unwrap()
    }

    /// The environment of a process that talks to the stand-in, with static credentials.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL_ECR", self.server.url()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret-of-the-test".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }
}

/// 2,300 images; the newest is neither first nor last in any order. Tags have the shapes that YAML takes for numbers.
pub(crate) fn many() -> Vec<(String, i64)> {
    let mut images: Vec<(String, i64)> = (0..2300)
        .map(|index: i64| {
            let scrambled = (index * 7919) % 2300;
            (format!("{:07x}", 0x0a0_0000 + index * 4099), START + scrambled * 60)
        })
        .collect();
    images[1234] = ("0012345".to_owned(), START + 2300 * 60);
    images[99] = ("12e4567".to_owned(), images[99].1);
    images
}

fn registry() -> (Box<dyn Registry>, Repository) {
    let repository = Repository::parse(REPOSITORY).unwrap();
    let settings = Settings::from_environment(&|name| std::env::var(name).ok()).unwrap();
    (open(&repository, &settings).unwrap(), repository)
}

fn choose(listing: &Listing, running: Option<&Running>) -> select::Outcome {
    let images = listing.images.iter().map(|image| Image::from_listed(image).unwrap()).collect();
    select::select(&Input {
        now: "2026-11-22T12:00:00Z".parse().unwrap(),
        settings: &select::Settings::default(),
        listing: &select::Listing { complete: true, images },
        source: SourceState::None,
        running,
        marker: None,
    })
}

fn chosen(outcome: &select::Outcome) -> String {
    match &outcome.decision {
        Decision::Choose { tag, digest, .. } => format!("{tag}@{digest}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_2300_images_in_three_calls_and_the_newest_is_chosen() {
    const TEST: &str = "ecr::lists_2300_images_in_three_calls_and_the_newest_is_chosen";
    if std::env::var("PLAINSAIL_ISOLATED").is_ok() {
        let (registry, repository) = registry();
        let listing = registry.list(&repository).unwrap();
        assert_eq!((listing.images.len(), listing.malformed_tags), (2300, 0));
        assert_eq!(chosen(&choose(&listing, None)), std::env::var("EXPECTED").unwrap());
        return;
    }
    let Some(stand_in) = StandIn::start() else { return };
    let digests = stand_in.push(&many());
    let mut environment = stand_in.environment();
    environment.push(("EXPECTED", format!("0012345@{}", digests["0012345"].as_str().unwrap())));
    isolated(TEST, &environment);
    assert_eq!(stand_in.calls(), json!({ "DescribeImages": 3 }));
}

#[test]
fn equal_push_times_are_settled_by_digest_and_said() {
    const TEST: &str = "ecr::equal_push_times_are_settled_by_digest_and_said";
    if std::env::var("PLAINSAIL_ISOLATED").is_ok() {
        let (registry, repository) = registry();
        let outcome = choose(&registry.list(&repository).unwrap(), None);
        assert_eq!(chosen(&outcome), std::env::var("EXPECTED").unwrap());
        assert_eq!(outcome.findings, [Finding::Tie]);
        return;
    }
    let Some(stand_in) = StandIn::start() else { return };
    let images: Vec<(String, i64)> = ["abc1234", "1234567", "0e12345"].map(|tag| (tag.to_owned(), START)).into();
    let digests = stand_in.push(&images);
    let highest = digests.as_object().unwrap().iter().max_by_key(|(_, digest)| digest.as_str().unwrap()).unwrap();
    let mut environment = stand_in.environment();
    environment.push(("EXPECTED", format!("{}@{}", highest.0, highest.1.as_str().unwrap())));
    isolated(TEST, &environment);
}

#[test]
fn survives_a_throttled_call() {
    const TEST: &str = "ecr::survives_a_throttled_call";
    if std::env::var("PLAINSAIL_ISOLATED").is_ok() {
        let (registry, repository) = registry();
        assert_eq!(registry.list(&repository).unwrap().images.len(), 2300);
        return;
    }
    let Some(stand_in) = StandIn::start() else { return };
    stand_in.push(&many());
    stand_in.tell("faults", &json!({ "throttleCall": 2 }));
    isolated(TEST, &stand_in.environment());
    assert_eq!(stand_in.calls(), json!({ "DescribeImages": 4, "throttled": 1 }));
}

#[test]
fn a_page_that_stays_throttled_fails_the_whole_listing() {
    const TEST: &str = "ecr::a_page_that_stays_throttled_fails_the_whole_listing";
    if std::env::var("PLAINSAIL_ISOLATED").is_ok() {
        let (registry, repository) = registry();
        let error = registry.list(&repository).unwrap_err();
        assert_eq!(error.kind(), Kind::RateLimited { after: None }, "{error}");
        assert!(error.to_string().contains("ThrottlingException: Rate exceeded"), "{error}");
        return;
    }
    let Some(stand_in) = StandIn::start() else { return };
    stand_in.push(&many());
    stand_in.tell("faults", &json!({ "throttlePage": 2 }));
    isolated(TEST, &stand_in.environment());
    assert_eq!(stand_in.calls(), json!({ "DescribeImages": 6, "throttled": 5 }));
}

#[test]
fn a_page_that_leads_back_is_an_error() {
    const TEST: &str = "ecr::a_page_that_leads_back_is_an_error";
    if std::env::var("PLAINSAIL_ISOLATED").is_ok() {
        let (registry, repository) = registry();
        assert!(matches!(registry.list(&repository), Err(Error::Invalid { .. })));
        return;
    }
    let Some(stand_in) = StandIn::start() else { return };
    stand_in.push(&many());
    stand_in.tell("faults", &json!({ "repeatToken": true }));
    isolated(TEST, &stand_in.environment());
}

#[test]
fn resolves_a_tag_and_tells_what_is_missing() {
    const TEST: &str = "ecr::resolves_a_tag_and_tells_what_is_missing";
    if std::env::var("PLAINSAIL_ISOLATED").is_ok() {
        let (registry, repository) = registry();
        let tag = Tag::parse("0012345").unwrap();
        let resolved = registry.resolve(&repository, &tag).unwrap();
        assert_eq!(resolved.digest.as_str(), std::env::var("EXPECTED").unwrap());
        assert_eq!(resolved.pushed_at.unwrap().as_second(), START);
        let missing = registry.resolve(&repository, &Tag::parse("fffffff").unwrap());
        assert!(matches!(missing, Err(Error::NotFound { tag: Some(_), .. })), "{missing:?}");
        let other = Repository::parse(&format!("{REPOSITORY}-of-nobody")).unwrap();
        for answer in [registry.resolve(&other, &tag).map(|_| ()), registry.list(&other).map(|_| ())] {
            assert!(matches!(answer, Err(Error::NotFound { tag: None, .. })), "{answer:?}");
        }
        return;
    }
    let Some(stand_in) = StandIn::start() else { return };
    let digests = stand_in.push(&[("0012345".to_owned(), START)]);
    let mut environment = stand_in.environment();
    environment.push(("EXPECTED", digests["0012345"].as_str().unwrap().to_owned()));
    isolated(TEST, &environment);
}

#[test]
fn a_web_identity_is_enough() {
    const TEST: &str = "ecr::a_web_identity_is_enough";
    if std::env::var("PLAINSAIL_ISOLATED").is_ok() {
        let (registry, repository) = registry();
        assert_eq!(registry.list(&repository).unwrap().images.len(), 1);
        return;
    }
    let Some(stand_in) = StandIn::start() else { return };
    stand_in.push(&[("0012345".to_owned(), START)]);
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "header.payload.signature").unwrap();
    let environment = vec![
        ("AWS_ENDPOINT_URL", stand_in.server.url()),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/plainsail".to_owned()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.display().to_string()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ];
    isolated(TEST, &environment);
    let calls = stand_in.calls();
    assert_eq!(calls["DescribeImages"], json!(1), "{calls}");
}

#[test]
fn missing_credentials_are_named() {
    const TEST: &str = "ecr::missing_credentials_are_named";
    // Nothing is asked of any server: there is nothing to ask with.
    let environment =
        [("AWS_EC2_METADATA_DISABLED", "true".to_owned()), ("AWS_ENDPOINT_URL", "http://127.0.0.1:9".to_owned())];
    if isolated(TEST, &environment) {
        let (registry, repository) = registry();
        let error = registry.list(&repository).unwrap_err();
        assert!(matches!(error, Error::NoCredentials { .. }), "{error:?}");
    }
}

#[test]
fn a_missing_token_file_is_named() {
    const TEST: &str = "ecr::a_missing_token_file_is_named";
    let environment = [
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9".to_owned()),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/plainsail".to_owned()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent/irsa/token".to_owned()),
    ];
    if isolated(TEST, &environment) {
        let (registry, repository) = registry();
        let error = registry.list(&repository).unwrap_err();
        assert!(matches!(error, Error::NoCredentials { .. }), "{error:?}");
        assert!(error.to_string().contains("/nonexistent/irsa/token cannot be read: No such file"), "{error}");
    }
}

#[cfg(not(feature = "aws-sso"))]
#[test]
fn a_profile_of_sso_says_which_feature_is_missing() {
    const TEST: &str = "ecr::a_profile_of_sso_says_which_feature_is_missing";
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let mut text = String::from("[profile work]\nsso_session = company\nsso_account_id = 123456789012\n");
    text.push_str("sso_role_name = dev\nregion = eu-west-1\n[sso-session company]\nsso_region = eu-west-1\n");
    writeln!(text, "sso_start_url = https://company.example/start").unwrap();
    std::fs::write(&config, text).unwrap();
    let environment = [
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9".to_owned()),
        ("AWS_CONFIG_FILE", config.display().to_string()),
        ("AWS_PROFILE", "work".to_owned()),
    ];
    if isolated(TEST, &environment) {
        let (registry, repository) = registry();
        let error = registry.list(&repository).unwrap_err();
        assert!(matches!(error, Error::SsoProfile { .. }), "{error:?}");
    }
}

#[test]
fn an_endpoint_that_is_down_is_unavailable() {
    const TEST: &str = "ecr::an_endpoint_that_is_down_is_unavailable";
    let environment = [
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret-of-the-test".to_owned()),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9".to_owned()),
    ];
    if isolated(TEST, &environment) {
        let (registry, repository) = registry();
        let error = registry.list(&repository).unwrap_err();
        assert_eq!(error.kind(), Kind::Unavailable, "{error:?}");
        assert!(error.to_string().contains("refused"), "{error}");
        assert!(!error.to_string().contains("secret-of-the-test"), "{error}");
    }
}
