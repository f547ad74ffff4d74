//! Reads `WWW-Authenticate`: what a registry wants to see before it answers.

/// A way to prove who we are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Challenge {
    /// User and password with every request.
    Basic,
    /// A token from the server at `realm`.
    Bearer { realm: String, service: Option<String> },
}

/// Returns the challenge to answer, a token before a password; `None` where there is none that we know.
pub(super) fn choose(headers: &[&str]) -> Option<Challenge> {
    let challenges: Vec<Challenge> = headers.iter().flat_map(|header| read(header)).collect();
    let bearer = challenges.iter().find(|challenge| matches!(challenge, Challenge::Bearer { .. }));
    bearer.or_else(|| challenges.first()).cloned()
}

/// One header may hold several challenges: `Basic realm="a", Bearer realm="b",service="c"`.
fn read(header: &str) -> Vec<Challenge> {
    let mut found: Vec<(String, Vec<(String, String)>)> = Vec::new();
    let mut rest = header.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let word_end = rest.find(|letter: char| !is_token(letter)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(word_end);
        if word.is_empty() {
            // Not a header that we understand from here on.
            break;
        }
        let after = after.trim_start_matches([' ', '\t']);
        if let Some(value) = after.strip_prefix('=') {
            let Some((value, after)) = read_value(value.trim_start_matches([' ', '\t'])) else { break };
            if let Some((_, parameters)) = found.last_mut() {
                parameters.push((word.to_ascii_lowercase(), value));
            }
            rest = after;
        } else {
            found.push((word.to_ascii_lowercase(), Vec::new()));
            rest = after;
        }
        rest = rest.trim_start_matches([' ', '\t', ',']);
    }
    found.into_iter().filter_map(|(scheme, parameters)| challenge(&scheme, &parameters)).collect()
}

fn challenge(scheme: &str, parameters: &[(String, String)]) -> Option<Challenge> {
    let get = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    match scheme {
        "basic" => Some(Challenge::Basic),
        "bearer" => Some(Challenge::Bearer { realm: get("realm")?, service: get("service") }),
        _ => None,
    }
}

/// Reads a token or a quoted text, and returns it with what follows.
fn read_value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

fn is_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>) -> Challenge {
        Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) }
    }

    #[test]
    fn reads_what_registries_send() {
        assert_eq!(
            choose(&[
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#
            ]),
            Some(bearer("https://auth.docker.io/token", Some("registry.docker.io")))
        );
        assert_eq!(choose(&[r#"Basic realm="basic-realm""#]), Some(Challenge::Basic));
        assert_eq!(choose(&["BASIC"]), Some(Challenge::Basic));
        assert_eq!(
            choose(&[r#"Basic realm="a, b", bearer  realm = "https://x/\"t" , service=s"#]),
            Some(bearer("https://x/\"t", Some("s")))
        );
        assert_eq!(choose(&["Basic realm=x", r#"Bearer realm="y""#]), Some(bearer("y", None)));
    }

    #[test]
    fn nonsense_is_no_challenge() {
        for header in
            ["", "Negotiate", r#"Bearer service="x""#, r#"Bearer realm="open"#, "=;=", "\"", r#"Bearer realm="\"#]
        {
            assert_eq!(choose(&[header]), None, "{header}");
        }
        assert_eq!(choose(&[]), None);
    }
}
