//! Paths of values, as expressions of templates and words of messages name them.

/// Finds the paths that an expression names: `.Values.a.b`, and `index .Values "a" "b"`.
pub(super) fn in_expression(node: &str) -> Vec<Vec<&str>> {
    let mut found = Vec::new();
    for (at, name) in node.match_indices(".Values") {
        let rest = &node[at + name.len()..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        let mut path: Vec<&str> = rest[..end].split('.').filter(|key| !key.is_empty()).collect();
        if !rest[..end].starts_with('.') && end > 0 {
            continue;
        }
        let before = node[..at].trim_end_matches('$').trim_end();
        if before.ends_with("index") || before.ends_with("dig") {
            path.extend(texts_at_start(&rest[end..]));
        }
        if !path.is_empty() {
            found.push(path);
        }
    }
    found
}

/// Returns the texts in quotes with which the rest of a call begins.
fn texts_at_start(mut rest: &str) -> Vec<&str> {
    let mut found = Vec::new();
    while let Some((text, after)) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        found.push(text);
        rest = after;
    }
    found
}

/// Finds the variables that an expression names.
pub(super) fn variables_in(node: &str) -> impl Iterator<Item = &str> {
    node.match_indices('$').filter_map(|(at, _)| {
        let rest = &node[at..];
        let end = rest[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(rest.len(), |end| end + 1);
        (end > 1).then(|| &rest[..end])
    })
}

/// Finds what may be paths of values among the words of a message: words with dots, and words in quotes, behind `--set`, or
/// written as no word of a language is.
pub(super) fn in_message(message: &str) -> Vec<Vec<&str>> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut found: Vec<Vec<&str>> = Vec::new();
    let mut rest = 0;
    while let Some(start) = message[rest..].find(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.')) {
        let start = rest + start;
        let end = message[start..].find(|c| !is_part(c)).map_or(message.len(), |end| start + end);
        rest = end;
        let (before, after) = (&message[..start], &message[end..]);
        // Addresses and paths of files.
        if before.ends_with(['/', '@', ':'])
            || after.starts_with(['/', '@'])
            || after.starts_with(':') && is_number(after)
        {
            continue;
        }
        let word = message[start..end].trim_matches(['.', '-']);
        let word = word.strip_prefix("Values.").unwrap_or(word);
        let keys: Vec<&str> = word.split('.').collect();
        let is_quoted = before.ends_with(['\'', '"', '`']) && after.starts_with(['\'', '"', '`']);
        let is_set = before.trim_end().ends_with("--set") || after.starts_with('=');
        let has_hump =
            word.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
        if keys.iter().all(|key| !key.is_empty())
            && (keys.len() > 1 || is_quoted || is_set || has_hump)
            && !found.contains(&keys)
        {
            found.push(keys);
        }
    }
    found
}

fn is_number(after: &str) -> bool {
    after[1..].starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_name_paths() {
        for (node, expected) in [
            ("tpl (default \"\" .Values.a.b) $.Values.c", vec!["a.b", "c"]),
            ("index .Values \"a-b\" \"c\" | quote", vec!["a-b.c"]),
            ("(index $.Values.x \"a-b\").c", vec!["x.a-b"]),
            (".ValuesOther.a .Values", vec![]),
        ] {
            let found: Vec<String> = in_expression(node).iter().map(|path| path.join(".")).collect();
            assert_eq!(found, expected, "{node}");
        }
        assert_eq!(variables_in("required \"x\" $repo | f $").collect::<Vec<_>>(), ["$repo"]);
    }

    #[test]
    fn messages_name_paths() {
        for (message, expected) in [
            ("'auth.password' must not be empty, add '--set auth.password=$PASSWORD'.", vec!["auth.password"]),
            ("Either tokenName or `value` must be set", vec!["tokenName", "value"]),
            (".Values.a.b is missing. See https://docs.example.com/x.html", vec!["a.b"]),
            ("set x.y to your broker (e.g. \"kafka.ns.svc:9092\")", vec!["x.y", "e.g"]),
            ("set image=x", vec!["image"]),
            ("nothing here", vec![]),
        ] {
            let found: Vec<String> = in_message(message).iter().map(|path| path.join(".")).collect();
            assert_eq!(found, expected, "{message}");
        }
    }
}
