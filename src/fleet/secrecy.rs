//! What looks like a secret, and how a line is shown without it.
//!
//! A diagnostic quotes the file; a password that stands on the quoted line must not travel with it into a terminal or a log.

/// Words that end the name of a value which holds a secret itself (not the name of one: `passwordKey`, `existingSecret`).
const SECRET_WORDS: [&str; 7] = ["password", "passwd", "passphrase", "token", "apikey", "secretkey", "privatekey"];
/// How tokens of well-known services begin, and how many characters must follow at least.
const TOKEN_SHAPES: [(&str, usize); 13] = [
    ("ghp_", 20),
    ("gho_", 20),
    ("ghs_", 20),
    ("ghu_", 20),
    ("ghr_", 20),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("AKIA", 16),
    ("ASIA", 16),
    ("eyJ", 40),
    ("sk-", 20),
];

/// Tells whether the value of such a key is a secret by its name.
pub(super) fn is_secret_name(key: &str) -> bool {
    let plain: String = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| plain.ends_with(word))
}

/// Tells whether a text is a secret by its shape.
pub(super) fn is_secret_text(text: &str) -> bool {
    (text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----"))
        || !token_ranges(text).is_empty()
        || !userinfo_ranges(text).is_empty()
}

/// Returns the text with each character of what looks like a secret replaced by `*`, so that columns stay.
pub(super) fn mask(text: &str) -> String {
    let mut ranges = token_ranges(text);
    ranges.extend(userinfo_ranges(text));
    ranges.extend(named_value(text));
    if ranges.is_empty() {
        return text.to_owned();
    }
    text.char_indices()
        .map(|(at, character)| if ranges.iter().any(|range| range.contains(&at)) { '*' } else { character })
        .collect()
}

type Range = std::ops::Range<usize>;

fn token_ranges(text: &str) -> Vec<Range> {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.');
    let mut ranges = Vec::new();
    for (start, _) in text.char_indices() {
        let begins_word = !text.get(..start).unwrap_or_default().ends_with(is_part);
        let rest = text.get(start..).unwrap_or_default();
        let length = rest.find(|character: char| !is_part(character)).unwrap_or(rest.len());
        if begins_word
            && TOKEN_SHAPES.iter().any(|(prefix, more)| rest.starts_with(prefix) && length >= prefix.len() + more)
        {
            ranges.push(start..start + length);
        }
    }
    ranges
}

/// Finds `user:password` of URLs.
fn userinfo_ranges(text: &str) -> Vec<Range> {
    text.match_indices("://")
        .filter_map(|(at, mark)| {
            let start = at + mark.len();
            let rest = text.get(start..)?;
            let authority =
                rest.get(..rest.find(|end: char| end == '/' || end.is_whitespace()).unwrap_or(rest.len()))?;
            let userinfo = authority.get(..authority.rfind('@')?)?;
            (!userinfo.is_empty()).then(|| start..start + userinfo.len())
        })
        .collect()
}

/// Finds the value of `password: value` on a line.
fn named_value(line: &str) -> Option<Range> {
    let colon = line.find(": ")?;
    let key = line.get(..colon)?.rsplit([' ', '{', ',', '-']).next()?.trim_matches(['"', '\'']);
    if !is_secret_name(key) {
        return None;
    }
    let value = line.get(colon + 2..)?;
    let blanks = value.len() - value.trim_start().len();
    let end = value.trim_end().len();
    (end > blanks).then_some(colon + 2 + blanks..colon + 2 + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_names_of_secrets_from_names_that_point_at_them() {
        for key in ["password", "dbPassword", "DB_PASSWORD", "api-key", "authToken", "client_secret_key", "githubToken"]
        {
            assert!(is_secret_name(key), "{key}");
        }
        for key in
            ["existingSecret", "passwordKey", "secretName", "tokenPath", "tokens", "secret", "key", "automountToken1"]
        {
            assert!(!is_secret_name(key), "{key}");
        }
    }

    #[test]
    fn masks_without_moving_a_column() {
        assert_eq!(mask("  password: hunter2"), "  password: *******");
        assert_eq!(mask("a: https://me:pw@example.com/x"), "a: https://*****@example.com/x");
        let token = format!("x: ghp_{}, y", "a".repeat(36));
        assert_eq!(mask(&token), format!("x: {}, y", "*".repeat(40)));
        for text in [
            "tag: \"f00ba47\"",
            "a: https://example.com/x@y",
            "passwordKey: password",
            "oci://ghcr.io/x",
            "note: the token: x",
            "",
        ] {
            let expected = if text == "note: the token: x" { "note: the token: x" } else { text };
            assert_eq!(mask(text), expected);
        }
    }

    #[test]
    fn knows_shapes_of_secrets() {
        for text in ["AKIAIOSFODNN7EXAMPLE", "-----BEGIN RSA PRIVATE KEY-----\nx", "postgres://u:p@db/x"] {
            assert!(is_secret_text(text), "{text}");
        }
        for text in
            ["registry.example.com/web", "sk-learn", "sha256:0123", "AKIA", "-----BEGIN CERTIFICATE-----", "a@b.c"]
        {
            assert!(!is_secret_text(text), "{text}");
        }
    }
}
