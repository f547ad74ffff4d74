//! Keeps credentials out of everything that is printed, by their values: their shapes change, their values do not.

use std::sync::OnceLock;

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

/// Values shorter than this are not looked for: replacing `no` everywhere would make the output unreadable.
const SHORTEST: usize = 6;

/// Remembers the secrets that the environment holds.
pub(super) fn hide_secrets_of(world: &World) {
    let mut secrets: Vec<String> = world
        .variables()
        .filter(|(name, value)| {
            value.len() >= SHORTEST && SECRET_NAMES.iter().any(|end| name.to_uppercase().ends_with(end))
        })
        .map(|(_, value)| value.to_owned())
        .collect();
    // URLs may carry credentials in front of the host.
    secrets.extend(world.variables().flat_map(|(_, value)| userinfo(value)));
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.dedup();
    let _ = SECRETS.set(secrets);
}

/// Returns the user and password parts of a URL in a text.
fn userinfo(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once("://") else { return Vec::new() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority.rsplit_once('@') else { return Vec::new() };
    user.split(':')
        .skip(1)
        .chain(std::iter::once(user))
        .filter(|part| part.len() >= SHORTEST)
        .map(str::to_owned)
        .collect()
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
}
