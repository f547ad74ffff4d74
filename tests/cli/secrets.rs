//! Credentials of every kind, given in every way, never come out: not on standard output, not on standard error at `-vvv`, not in
//! a commit. The servers here send back whatever they are sent.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::program::{Program, Ran, write};
use crate::repository::Repository;
use crate::sample::Sample;

/// What each secret holds, so that one search finds them all.
const CANARY: &str = "c4nary";

/// Environment variables that hold a secret each.
const VARIABLES: [&str; 14] = [
    "PLAINSAIL_GIT_TOKEN",
    "PLAINSAIL_GIT_PASSWORD",
    "PLAINSAIL_FORGE_TOKEN",
    "PLAINSAIL_REGISTRY_PASSWORD",
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITLAB_TOKEN",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "SSH_KEY_PASSWORD",
    "SOME_API_KEY",
    "DEPLOY_SECRET",
];

/// A server that answers every request with the request itself, in the body and in a header.
fn echo(status: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream, status));
        }
    });
    port
}

fn answer(mut stream: TcpStream, status: &str) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
    let sent = String::from_utf8_lossy(&head).replace("\r\n", " | ");
    let body = serde_json::json!({"message": sent, "__type": "AccessDeniedException", "errors": [{"code": "DENIED", "message": sent}]}).to_string();
    let flat = sent.replace(['\r', '\n'], " ");
    let _ = write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nX-Echo: {flat}\r\nWWW-Authenticate: Basic realm=\"{}\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        flat.replace('"', "'"),
        body.len()
    );
}

/// A home folder with the files in which programs keep credentials.
fn home() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let auth = STANDARD.encode(format!("docker:{CANARY}-docker-auth"));
    let docker = serde_json::json!({"auths": {
        "127.0.0.1:1": {"auth": auth},
        "registry.test": {"auth": auth},
        "other.test": {"username": "u", "password": format!("{CANARY}-docker-password")},
        "token.test": {"identitytoken": format!("{CANARY}-docker-identity")},
    }});
    let files = [
        (".docker/config.json", docker.to_string()),
        (
            ".aws/credentials",
            format!("[default]\naws_access_key_id = AKIA{CANARY}file\naws_secret_access_key = {CANARY}-aws-file\n"),
        ),
        (
            ".aws/sso/cache/abc.json",
            format!(
                "{{\"accessToken\": \"{CANARY}-sso-access\", \"refreshToken\": \"{CANARY}-sso-refresh\", \"region\": \"eu-west-1\"}}"
            ),
        ),
        (".netrc", format!("machine 127.0.0.1 login bot password {CANARY}-netrc\n")),
        ("web-identity", format!("{CANARY}.web.identity\n")),
    ];
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

/// Calls the program with all of it, and looks for what may not come out.
struct Caller {
    home: tempfile::TempDir,
    calls: usize,
    shapes: Vec<String>,
    leaks: String,
}

impl Caller {
    fn new() -> Self {
        // Base64 of a longer text hides the canary from a plain search.
        let coded = |text: &str| STANDARD.encode(text).trim_end_matches('=').to_owned();
        let mut shapes = vec![CANARY.to_owned(), coded(&format!("docker:{CANARY}-docker-auth"))];
        for user in ["bot", "x-access-token", "oauth2", "git", "token"] {
            for variable in VARIABLES {
                shapes.push(coded(&format!("{user}:{CANARY}-{variable}")));
            }
            shapes.push(coded(&format!("{user}:{CANARY}-in-the-address")));
        }
        Self { home: home(), calls: 0, shapes, leaks: String::new() }
    }

    fn call(&mut self, folder: &Path, arguments: &[&str], without: &[&str], more: &[(&str, &str)]) -> Ran {
        let mut variables: Vec<(String, String)> =
            VARIABLES.iter().map(|name| ((*name).to_owned(), format!("{CANARY}-{name}"))).collect();
        let home = self.home.path().display().to_string();
        variables.extend([
            ("HOME".to_owned(), home),
            ("PLAINSAIL_GIT_USERNAME".to_owned(), "bot".to_owned()),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
            ("AWS_MAX_ATTEMPTS".to_owned(), "1".to_owned()),
        ]);
        variables.retain(|(name, _)| !without.contains(&name.as_str()));
        variables.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let loud: Vec<&str> = arguments.iter().copied().chain(["-vvv"]).collect();
        let pairs = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let ran = Program::new(&loud).at(folder).with(pairs).run();
        self.calls += 1;
        for (stream, text) in [("standard output", &ran.out), ("standard error", &ran.err)] {
            for line in text.lines().filter(|line| self.shapes.iter().any(|shape| line.contains(shape.as_str()))) {
                writeln!(self.leaks, "{arguments:?} on {stream}: {line}").unwrap();
            }
        }
        ran
    }

    #[track_caller]
    fn finish(self) {
        assert!(self.leaks.is_empty(), "of {} calls these leak:\n{}", self.calls, self.leaks);
    }
}

fn no_canary_in(repository: &Repository) {
    for (branch, _) in repository.refs() {
        for commit in repository.over(&branch, None) {
            let message = repository.message(commit);
            assert!(!message.contains(CANARY), "{message}");
        }
        for (path, bytes) in repository.files(&branch) {
            assert!(!String::from_utf8_lossy(&bytes).contains(CANARY), "{path} on {branch}");
        }
    }
}

#[test]
fn commands_that_succeed_print_no_secret() {
    let mut caller = Caller::new();
    let sample = Sample::new();
    let repository = ["--repository", "../repository.git"];
    let work = sample.work();
    for (arguments, code) in [
        (&["reconcile", repository[0], repository[1]][..], 0),
        (&["reconcile", repository[0], repository[1], "--output", "json"], 0),
        (&["bump", "dev/api", "--image", "api=0a1b2c3", repository[0], repository[1]], 0),
        (&["lint"], 0),
        (&["render"], 0),
        (&["diff"], 0),
        (&["status"], 0),
        (&["explain", "dev/api"], 0),
        (&["explain", "dev/api", "--values", "image.tag"], 0),
        (&["template", "x", "charts/app"], 0),
        (&["schema", "fleet"], 0),
    ] {
        caller.call(&work, arguments, &[], &[]).code(code);
    }
    caller.call(sample.folder(), &["demo", "demo"], &[], &[]).code(0);
    let empty = tempfile::tempdir().unwrap();
    let address = format!("https://bot:{CANARY}-in-the-address@git.example.com/a/b.git");
    caller.call(empty.path(), &["init", "--repository", &address], &[], &[]).code(0);
    for (path, bytes) in crate::program::files_of(empty.path()) {
        assert!(!String::from_utf8_lossy(&bytes).contains(CANARY), "{path}");
    }
    no_canary_in(&sample.repository);
    no_canary_in(&Repository::open(&sample.folder().join("demo/repository.git")));
    caller.finish();
}

#[test]
fn mistakes_and_help_print_no_secret() {
    let mut caller = Caller::new();
    let sample = Sample::new();
    let address = format!("https://bot:{CANARY}-in-the-address@git.example.com/a/b.git");
    let from_environment = [("PLAINSAIL_REPOSITORY", address.as_str())];
    for arguments in [
        &["reconcile", "--help"][..],
        &["bump", "--help"],
        &["--help"],
        &["nope", &address],
        &["lint", &address],
        &["reconcile", "--repository", &address, "--nope"],
        &["reconcile", "--repository", &address, "--output", "yaml"],
        &["reconcile", "--repository", &address.replace("https", "ftp")],
        &["reconcile", "--repository", &format!("https://{CANARY}-in-the-address@[bad/x")],
        &["explain", &address],
        &["render", &address],
        &["-C", &address, "lint"],
    ] {
        let ran = caller.call(&sample.work(), arguments, &[], &from_environment);
        assert!(ran.code == Some(0) || ran.code != Some(1), "{ran:?}");
    }
    caller.finish();
}

#[test]
fn servers_that_send_back_what_they_got_make_nobody_print_it() {
    let mut caller = Caller::new();
    let sample = Sample::new();
    for status in ["401 Unauthorized", "403 Forbidden", "500 Oops", "200 OK"] {
        let port = echo(status);
        let base = format!("http://127.0.0.1:{port}");
        // Git, with each of the ways to give credentials.
        let plain = format!("{base}/acme/fleet.git");
        let with_login = format!("http://bot:{CANARY}-in-the-address@127.0.0.1:{port}/acme/fleet.git");
        let with_token = format!("http://{CANARY}-in-the-address@127.0.0.1:{port}/acme/fleet.git");
        for (address, without) in [
            (&plain, &[][..]),
            (&plain, &["PLAINSAIL_GIT_PASSWORD"]),
            (&plain, &["PLAINSAIL_GIT_PASSWORD", "PLAINSAIL_GIT_USERNAME"]),
            (&with_login, &[]),
            (&with_login, &["PLAINSAIL_GIT_TOKEN", "PLAINSAIL_GIT_PASSWORD"]),
            (&with_token, &["PLAINSAIL_GIT_TOKEN", "PLAINSAIL_GIT_PASSWORD"]),
        ] {
            let ran = caller.call(&sample.work(), &["reconcile", "--repository", address], without, &[]);
            assert_eq!(ran.code, Some(7), "{ran:?}");
        }
        // A proxy with a password.
        let proxy = format!("http://proxy:{CANARY}-in-the-proxy@127.0.0.1:{port}");
        let proxied = [("HTTP_PROXY", proxy.as_str()), ("HTTPS_PROXY", proxy.as_str())];
        for address in ["http://git.test/x.git", "https://git.test/x.git"] {
            caller.call(&sample.work(), &["reconcile", "--repository", address], &[], &proxied).code(7);
        }
    }
    caller.finish();
}

#[test]
fn registries_that_send_back_what_they_got_make_nobody_print_it() {
    let mut caller = Caller::new();
    for status in ["401 Unauthorized", "403 Forbidden", "400 Bad Request", "200 OK"] {
        let port = echo(status);
        let host = format!("127.0.0.1:{port}");
        let release = |repository: &str| {
            format!(
                "chart: charts/app\nimages:\n  api:\n    repository: {repository}\n    policy: pushed\n    tag: \"\"\n"
            )
        };
        let config = format!("registries:\n  {host}:\n    kind: oci\n    endpoint: http://{host}\n");
        let file = |text: String| Some(text.into_bytes());
        let sample = Sample::with(
            &[
                ("plainsail.yaml".to_owned(), file(config)),
                ("environments/dev/api.yaml".to_owned(), file(release(&format!("{host}/team/api")))),
                (
                    "environments/dev/ecr.yaml".to_owned(),
                    file(release("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api")),
                ),
            ]
            .into(),
        );
        let docker = serde_json::json!({"auths": {host.clone(): {"auth": STANDARD.encode(format!("docker:{CANARY}-docker-auth"))}}});
        write(caller.home.path(), "docker/config.json", docker.to_string().as_bytes());
        let docker_config = caller.home.path().join("docker").display().to_string();
        let endpoint = format!("http://{host}");
        let web_identity = caller.home.path().join("web-identity").display().to_string();
        let given = [
            ("PLAINSAIL_REGISTRY_HOST", host.as_str()),
            ("PLAINSAIL_REGISTRY_USERNAME", "bot"),
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ];
        let in_files = [
            ("DOCKER_CONFIG", docker_config.as_str()),
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_REGION", "eu-west-1"),
        ];
        let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
        let with_role = [
            in_files[0],
            in_files[1],
            ("AWS_WEB_IDENTITY_TOKEN_FILE", web_identity.as_str()),
            ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/plainsail"),
        ];
        for (without, more) in [(&[][..], &given[..]), (&keys, &in_files), (&keys, &with_role)] {
            for arguments in [
                &["reconcile", "--repository", "../repository.git"][..],
                &["bump", "dev/api", "--image", "api=1234567", "--repository", "../repository.git"],
                &["bump", "dev/ecr", "--image", "api=1234567", "--repository", "../repository.git"],
                &["explain", "dev/ecr", "--output", "json"],
            ] {
                let ran = caller.call(&sample.work(), arguments, without, more);
                assert!(matches!(ran.code, Some(8 | 7)) || arguments[0] == "explain", "{ran:?}");
            }
        }
        no_canary_in(&sample.repository);
    }
    caller.finish();
}

#[test]
fn a_forge_that_sends_back_what_it_got_makes_nobody_print_it() {
    let mut caller = Caller::new();
    for status in ["401 Unauthorized", "422 Unprocessable Entity", "500 Oops", "200 OK"] {
        let port = echo(status);
        let config = format!(
            "registries:\n  registry.example.com: {{ kind: layout, path: ../registry }}\nforge:\n  kind: github\n  repository: acme/fleet\n  url: http://127.0.0.1:{port}\n"
        );
        let release = "chart: charts/app\nimages:\n  api:\n    repository: registry.example.com/api\n    tag: \"\"\n";
        let file = |text: &str| Some(text.as_bytes().to_vec());
        let sample = Sample::with(
            &[
                ("plainsail.yaml".to_owned(), file(&config)),
                ("environments/staging/environment.yaml".to_owned(), file("promotesFrom: dev\n")),
                ("environments/staging/api.yaml".to_owned(), file(release)),
            ]
            .into(),
        );
        for without in [&[][..], &["PLAINSAIL_FORGE_TOKEN"], &["PLAINSAIL_FORGE_TOKEN", "GITHUB_TOKEN"]] {
            let reconcile = ["reconcile", "--repository", "../repository.git"];
            let ran = caller.call(&sample.work(), &reconcile, without, &[]);
            assert_eq!(ran.code, Some(8), "{ran:?}");
        }
        no_canary_in(&sample.repository);
    }
    caller.finish();
}

#[test]
fn the_search_would_find_a_leak() {
    // A person prints the canary through a chart: what is no credential by its place is not hidden.
    let mut caller = Caller::new();
    let sample = Sample::with(
        &[(
            "charts/app/templates/c.yaml".to_owned(),
            Some(b"a: c4na-ry\n{{ fail (replace \"-r\" \"r\" \"c4na-ry\") }}\n".to_vec()),
        )]
        .into(),
    );
    caller.call(&sample.work(), &["template", "x", "charts/app"], &[], &[]);
    assert!(caller.leaks.contains("on standard error"), "{}", caller.leaks);
}
