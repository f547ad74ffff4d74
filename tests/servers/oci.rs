//! The distribution API of real registries: `distribution` v3 with each of its ways to sign in, and crane's own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use plainsail::http::{self, Body, Client, Method, Reach, Request};
use plainsail::registry::{Credential, Digest, Error, HostSettings, Kind, Registry, Repository, Settings, Tag, open};
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Server, free_port, have, run, tool};

const TAGS: [&str; 5] = ["0012345", "12e4567", "abc1234", "f00ba47", "latest"];

/// Starts `distribution` on the data of a folder; `more` is further configuration.
fn distribution(folder: &Path, more: &str) -> Server {
    let port = free_port();
    let config = folder.join(format!("{port}.yml"));
    let (host, data) = (format!("127.0.0.1:{port}"), folder.join("data"));
    let text = format!(
        "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n\
         storage: {{filesystem: {{rootdirectory: {}}}}}\nhttp:\n  addr: {host}\n{more}\n",
        data.display()
    );
    std::fs::write(&config, text).unwrap();
    // It complains about every client that is refused, which is what some tests are about.
    Server::start(Command::new(tool("registry").unwrap()).arg("serve").arg(config).stderr(Stdio::null()), port)
}

fn settings(server: &Server) -> Settings {
    let host = HostSettings { plain_http: true, ..HostSettings::default() };
    Settings {
        hosts: [(format!("127.0.0.1:{}", server.port), host)].into(),
        retry_pause: Some(Duration::from_millis(1)),
        ..Settings::default()
    }
}

fn signed_in(server: &Server, username: &str, password: &str) -> Settings {
    let mut settings = settings(server);
    let credential = Credential::Basic { username: username.to_owned(), password: password.to_owned() };
    settings.credentials.insert(&format!("127.0.0.1:{}", server.port), credential);
    settings
}

fn repository(server: &Server) -> Repository {
    Repository::parse(&format!("127.0.0.1:{}/team/api", server.port)).unwrap()
}

fn opened(server: &Server, settings: &Settings) -> (Box<dyn Registry>, Repository) {
    let repository = repository(server);
    (open(&repository, settings).unwrap(), repository)
}

fn names(registry: &dyn Registry, repository: &Repository) -> Result<Vec<String>, Error> {
    Ok(registry.list(repository)?.tags().iter().map(ToString::to_string).collect())
}

fn send(client: &Client, method: Method, url: &str, kind: &str, body: Vec<u8>) -> http::Response {
    let deadline = Instant::now() + Duration::from_mins(1);
    let request = Request { method, url: url.parse().unwrap(), headers: Vec::new(), body: Body::Bytes(body), deadline };
    client.send(request.header("Content-Type", kind)).unwrap()
}

/// Pushes an image without layers under each tag; the config is the same, so the digest is.
fn push(server: &Server, tags: &[String]) -> Digest {
    let client = Client::new(&http::Settings::default(), Reach::Anywhere).unwrap();
    let base = format!("{}/v2/team/api", server.url());
    let config = json!({ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": [] } });
    let config = config.to_string().into_bytes();
    let digest = Digest::of(&config);
    let upload = send(&client, Method::Post, &format!("{base}/blobs/uploads/"), "application/octet-stream", Vec::new());
    let location = upload.url().join(upload.header("location").unwrap()).unwrap();
    let joint = if location.query().is_some() { '&' } else { '?' };
    let put = format!("{location}{joint}digest={digest}");
    assert_eq!(send(&client, Method::Put, &put, "application/octet-stream", config.clone()).status(), 201);
    let kind = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": kind,
        "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "size": config.len(), "digest": digest.as_str() },
        "layers": [],
    });
    let manifest = manifest.to_string().into_bytes();
    for tag in tags {
        let answer = send(&client, Method::Put, &format!("{base}/manifests/{tag}"), kind, manifest.clone());
        assert_eq!(answer.status(), 201, "{tag}");
    }
    Digest::of(&manifest)
}

fn five_tags() -> Vec<String> {
    TAGS.map(str::to_owned).to_vec()
}

#[test]
fn reads_all_pages_and_resolves_tags() {
    if !have(&["registry"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = distribution(folder.path(), "tags: {maxtags: 2}");
    let digest = push(&server, &five_tags());
    let (registry, repository) = opened(&server, &settings(&server));
    assert_eq!(names(registry.as_ref(), &repository).unwrap(), TAGS);
    assert!(!registry.knows_push_times());
    let resolved = registry.resolve(&repository, &Tag::parse("12e4567").unwrap()).unwrap();
    assert_eq!((resolved.digest, resolved.pushed_at), (digest, None));
    let missing = registry.resolve(&repository, &Tag::parse("fffffff").unwrap());
    assert!(matches!(missing, Err(Error::NotFound { tag: Some(_), .. })), "{missing:?}");
    let nobody = Repository::parse(&format!("127.0.0.1:{}/nobody", server.port)).unwrap();
    assert!(matches!(registry.list(&nobody), Err(Error::NotFound { tag: None, .. })));
}

#[test]
fn a_registry_that_cuts_pages_in_silence_is_asked_on() {
    if !have(&["crane"]) {
        return;
    }
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let server = Server::start(
        Command::new(tool("crane").unwrap()).args(["registry", "serve", "--address", &address]).stderr(Stdio::null()),
        port,
    );
    let tags: Vec<String> = (0..2003).map(|index| format!("{:07x}", 0x0a0_0000 + index * 4099)).collect();
    push(&server, &tags);
    let (registry, repository) = opened(&server, &settings(&server));
    let mut wanted = tags;
    wanted.sort();
    assert_eq!(names(registry.as_ref(), &repository).unwrap(), wanted);
}

#[test]
fn signs_in_with_user_and_password() {
    if !have(&["registry", "htpasswd"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    push(&distribution(folder.path(), ""), &five_tags());
    let file = folder.path().join("htpasswd");
    run(Command::new(tool("htpasswd").unwrap()).arg("-Bbc").arg(&file).args(["bot", "s3cret-of-the-test"]));
    let auth = format!("auth: {{htpasswd: {{realm: basic-realm, path: {}}}}}", file.display());
    let server = distribution(folder.path(), &auth);

    let (registry, repository) = opened(&server, &settings(&server));
    let error = registry.list(&repository).unwrap_err();
    assert_eq!(error.kind(), Kind::Denied);
    assert!(error.to_string().contains("there are no credentials for this host"), "{error}");

    let (registry, _) = opened(&server, &signed_in(&server, "bot", "wrong-of-the-test"));
    let error = registry.list(&repository).unwrap_err();
    assert_eq!(error.kind(), Kind::Denied);
    assert!(!format!("{error} {error:?}").contains("of-the-test"), "{error:?}");

    let (registry, _) = opened(&server, &signed_in(&server, "bot", "s3cret-of-the-test"));
    assert_eq!(names(registry.as_ref(), &repository).unwrap(), TAGS);
    assert!(registry.resolve(&repository, &Tag::parse("0012345").unwrap()).is_ok());
}

/// A key and a certificate of its own for 127.0.0.1.
fn certificate(folder: &TempDir) -> (PathBuf, PathBuf) {
    let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("certificate.pem"));
    run(Command::new(tool("openssl").unwrap())
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        // An authority's certificate is refused where a server's is expected.
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate));
    (key, certificate)
}

#[test]
fn exchanges_a_token() {
    if !have(&["registry", "openssl", "python3"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    push(&distribution(folder.path(), ""), &five_tags());
    let (key, certificate) = certificate(&folder);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/token_server.py");
    let tokens =
        Server::start_that_says_ready(Command::new(tool("python3").unwrap()).arg(script).arg(&key).arg(&certificate));
    let auth = format!(
        "auth: {{token: {{realm: \"{}/token\", service: test-registry, issuer: test-issuer, rootcertbundle: {}}}}}\n\
         tags: {{maxtags: 2}}",
        tokens.url(),
        certificate.display()
    );
    let server = distribution(folder.path(), &auth);

    // Anyone may pull, with a token.
    let (registry, repository) = opened(&server, &settings(&server));
    assert_eq!(names(registry.as_ref(), &repository).unwrap(), TAGS);
    assert!(registry.resolve(&repository, &Tag::parse("0012345").unwrap()).is_ok());

    let (registry, _) = opened(&server, &signed_in(&server, "bot", "s3cret"));
    assert_eq!(names(registry.as_ref(), &repository).unwrap(), TAGS);

    let (registry, _) = opened(&server, &signed_in(&server, "bot", "wrong-of-the-test"));
    let error = registry.list(&repository).unwrap_err();
    assert_eq!(error.kind(), Kind::Denied, "{error:?}");
    assert!(error.to_string().contains("token server"), "{error}");
    assert!(!format!("{error:?}").contains("wrong-of-the-test"), "{error:?}");
}

#[test]
fn trusts_a_private_authority_only_when_told() {
    if !have(&["registry", "openssl"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    push(&distribution(folder.path(), ""), &five_tags());
    let (key, certificate) = certificate(&folder);
    let tls = format!("  tls: {{certificate: {}, key: {}}}", certificate.display(), key.display());
    let server = distribution(folder.path(), &tls);
    let mut settings = settings(&server);
    settings.hosts.values_mut().for_each(|host| host.plain_http = false);

    let (registry, repository) = opened(&server, &settings);
    let error = registry.list(&repository).unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.to_string().contains("UnknownIssuer") || error.to_string().contains("certificate"), "{error}");

    settings.http.ca_files = vec![certificate];
    let (registry, _) = opened(&server, &settings);
    assert_eq!(names(registry.as_ref(), &repository).unwrap(), TAGS);

    settings.http.ca_files = vec![folder.path().join("missing.pem")];
    let Err(error) = open(&repository, &settings) else { panic!("a missing file of certificates is an error") };
    assert!(error.to_string().contains("missing.pem"), "{error}");
}
