//! Keeps credentials out of everything that is printed, by their values: their shapes change, their values do not.
//!
//! The values come from the environment, from addresses (in variables and arguments), and from the files that programs of this
//! kind keep them in, whether this run will use them or not: a server may send back what it was sent.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::world::World;

static SECRETS: OnceLock<Vec<String>> = OnceLock::new();

/// Names of environment variables whose values are never printed; a variable whose name ends like one of these is meant too.
const SECRET_NAMES: &[&str] = &[
    "TOKEN",
    "PASSWORD",
    "PASSWD",
    "SECRET",
    "SECRET_ACCESS_KEY",
    "ACCESS_KEY_ID",
    "PRIVATE_KEY",
    "API_KEY",
    "CREDENTIALS",
    "AUTH",
];

/// Keys of files, in lower case, whose values are never printed.
const SECRET_KEYS: &[&str] = &[
    "auth",
    "password",
    "identitytoken",
    "registrytoken",
    "accesstoken",
    "refreshtoken",
    "clientsecret",
    "sessiontoken",
    "secretaccesskey",
    "aws_secret_access_key",
    "aws_session_token",
    "aws_access_key_id",
];

/// Values shorter than this are not looked for: replacing `no` everywhere would make the output unreadable.
const SHORTEST: usize = 6;

/// A file of credentials is small; what is longer is none.
const MOST_BYTES: u64 = 1 << 20;

/// Remembers the secrets that the environment, the arguments and the usual files hold.
pub(super) fn hide_secrets_of(world: &World, arguments: &[OsString]) {
    let mut secrets: Vec<String> = world
        .variables()
        .filter(|(name, _)| SECRET_NAMES.iter().any(|end| name.to_uppercase().ends_with(end)))
        .map(|(_, value)| value.to_owned())
        .collect();
    // URLs may carry credentials in front of the host.
    let arguments = arguments.iter().map(|argument| argument.to_string_lossy().into_owned());
    let texts = world.variables().map(|(_, value)| value.to_owned()).chain(arguments);
    secrets.extend(texts.flat_map(|text| userinfo(&text)));
    secrets.extend(in_files(world));
    let mut secrets: Vec<String> =
        secrets.iter().map(|secret| secret.trim()).filter(|secret| secret.len() >= SHORTEST).flat_map(shapes).collect();
    secrets.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    secrets.dedup();
    let _ = SECRETS.set(secrets);
}

/// Returns the user and password parts of the URLs in a text.
fn userinfo(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in text.split("://").skip(1) {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        found.extend(user.split_once(':').map(|(_, password)| password.to_owned()));
        found.push(user.to_owned());
    }
    found
}

/// Returns what the files of other programs hold: Docker's `config.json`, those of the AWS tools, `.netrc`.
fn in_files(world: &World) -> Vec<String> {
    let home = world.variable("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let below = |path: &str| home.as_ref().map(|home| home.join(path));
    let named = |name: &str| world.variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let mut found = Vec::new();
    let docker =
        named("DOCKER_CONFIG").map(|folder| folder.join("config.json")).or_else(|| below(".docker/config.json"));
    let mut json: Vec<PathBuf> = docker.into_iter().collect();
    let cached = below(".aws/sso/cache").and_then(|folder| std::fs::read_dir(folder).ok());
    json.extend(cached.into_iter().flatten().flatten().map(|entry| entry.path()));
    for text in json.iter().filter_map(|path| small_text(path)) {
        if let Ok(value) = serde_json::from_str(&text) {
            secrets_of_json(&value, &mut found);
        }
    }
    let lines = [
        named("AWS_SHARED_CREDENTIALS_FILE").or_else(|| below(".aws/credentials")),
        named("AWS_CONFIG_FILE").or_else(|| below(".aws/config")),
    ];
    for text in lines.iter().flatten().filter_map(|path| small_text(path)) {
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        found.extend(pairs.filter(|(key, _)| is_secret_key(key.trim())).map(|(_, value)| value.trim().to_owned()));
    }
    let whole = [named("AWS_WEB_IDENTITY_TOKEN_FILE"), named("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")];
    found.extend(whole.iter().flatten().filter_map(|path| small_text(path)));
    if let Some(text) = named("NETRC").or_else(|| below(".netrc")).and_then(|path| small_text(&path)) {
        let words: Vec<&str> = text.split_whitespace().collect();
        found.extend(words.windows(2).filter(|pair| pair[0] == "password").map(|pair| pair[1].to_owned()));
    }
    found
}

/// Reads a file that is likely to hold credentials; what cannot be read holds none that could be printed.
fn small_text(path: &Path) -> Option<String> {
    let is_small = std::fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() <= MOST_BYTES);
    is_small.then(|| std::fs::read_to_string(path).ok()).flatten()
}

fn is_secret_key(key: &str) -> bool {
    SECRET_KEYS.contains(&key.to_lowercase().as_str())
}

fn secrets_of_json(value: &serde_json::Value, found: &mut Vec<String>) {
    use serde_json::Value;
    match value {
        Value::Array(items) => items.iter().for_each(|item| secrets_of_json(item, found)),
        Value::Object(map) => {
            for (key, value) in map {
                match value.as_str().filter(|_| is_secret_key(key)) {
                    Some(text) => {
                        found.push(text.to_owned());
                        found.extend(password_in(text));
                    }
                    None => secrets_of_json(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Returns the password in the base64 of `user:password`.
fn password_in(auth: &str) -> Option<String> {
    let pair = String::from_utf8(STANDARD.decode(auth.trim()).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

/// Returns the shapes in which a secret travels: as it is, within a URL, and within the base64 of a longer text.
fn shapes(secret: &str) -> Vec<String> {
    let mut shapes = vec![secret.to_owned(), percent_encoded(secret), percent_decoded(secret)];
    for before in 0..3_usize {
        // What stands before and after shares digits with the ends of the secret; those in between are its own.
        let mut text = vec![0; before];
        text.extend_from_slice(secret.as_bytes());
        let encoded = STANDARD_NO_PAD.encode(&text);
        let first = (before * 8).div_ceil(6);
        let last = text.len() * 8 / 6;
        shapes.extend(encoded.get(first..last).filter(|own| own.len() >= SHORTEST + 2).map(str::to_owned));
    }
    shapes.retain(|shape| shape.len() >= SHORTEST);
    shapes
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Replaces every known secret, and credentials in front of a URL's host, by `***`.
pub(super) fn redact(text: &str) -> String {
    let mut text = text.to_owned();
    for secret in SECRETS.get().into_iter().flatten() {
        if text.contains(secret.as_str()) {
            text = text.replace(secret.as_str(), "***");
        }
    }
    hide_userinfo(&text)
}

/// Replaces what stands before `@` in the host part of a URL.
fn hide_userinfo(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`'))
            .unwrap_or(after.len());
        match after[..end].rfind('@') {
            Some(user_end) => {
                out.push_str("***");
                rest = &after[user_end..];
            }
            None => rest = after,
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_credentials_in_front_of_a_host_and_nothing_else() {
        assert_eq!(
            hide_userinfo("push to https://bot:s3cret@git.example/a.git failed"),
            "push to https://***@git.example/a.git failed"
        );
        assert_eq!(hide_userinfo("see https://git.example/@me"), "see https://git.example/@me");
        assert_eq!(hide_userinfo("a@b ssh://git@host/x"), "a@b ssh://***@host/x");
    }

    #[test]
    fn finds_credentials_in_addresses_anywhere_in_a_text() {
        assert_eq!(userinfo("--repository=https://bot:p%40ss@h/x"), ["p%40ss", "bot:p%40ss"]);
        assert_eq!(userinfo("http://a:b:c@h,https://tok@h"), ["b:c", "a:b:c", "tok"]);
        assert!(userinfo("https://h/a@b").is_empty() && userinfo("git@h:x").is_empty());
    }

    #[test]
    fn a_secret_is_found_within_the_base64_of_a_longer_text() {
        let secret = "c4nary-p@ssword";
        for text in [
            format!("bot:{secret}"),
            format!("x-access-token:{secret}"),
            format!("ab:{secret}:more"),
            secret.to_owned(),
        ] {
            let encoded = STANDARD.encode(&text);
            assert!(shapes(secret).iter().any(|shape| encoded.contains(shape)), "{text}");
        }
        assert!(shapes("p%40ssword").contains(&"p@ssword".to_owned()));
        assert!(shapes("p@ssword").contains(&"p%40ssword".to_owned()));
    }

    #[test]
    fn finds_the_secrets_of_dockers_configuration() {
        let auth = STANDARD.encode("user:c4nary:password");
        let mut found = Vec::new();
        let text = serde_json::json!({"auths": {"a.example": {"auth": auth}, "b.example": {"identitytoken": "t0ken-b", "username": "u"}}});
        secrets_of_json(&text, &mut found);
        assert_eq!(found, [auth.as_str(), "c4nary:password", "t0ken-b"]);
    }
}
