//! What to say of mistakes that everybody makes: texts that are left open, an indent that does not fit, a `default` that comes too
//! late. By rule, from the words of Go's libraries and the line that they are about.

use crate::helm::error::Error;

/// Advice on a chart that is not even tried.
pub(super) fn on_chart(error: &Error) -> Option<String> {
    Some(match error {
        Error::MissingDependencies { names, .. } => format!(
            "charts of dependencies lie below `charts/`, as folders or .tgz files: `helm dependency build` puts {} there",
            names.join(", ")
        ),
        Error::KubeVersion { .. } => {
            "`--kube-version`, or `kubeVersion` in environment.yaml, says which Kubernetes the cluster has".to_owned()
        }
        Error::NotInstallable { .. } => {
            "a library is no release: make it a dependency of a chart of your own".to_owned()
        }
        _ => return None,
    })
}

/// Advice on a text that is no template; `text` is the whole of it, `line` the one that Go names.
pub(super) fn on_parsing(message: &str, text: &str, line: usize) -> Option<String> {
    let is_open = |line: &&str| line.rfind("{{").is_some_and(|open| line.rfind("}}").is_none_or(|close| close < open));
    let before: Vec<&str> = text.lines().take(line).collect();
    if let Some(at) = before.iter().rposition(is_open)
        && !message.contains("unexpected EOF")
        && !before[at].contains("{{/*")
    {
        // Actions may go on over lines; here one of them does, and ends in what is no action.
        return Some(format!("the action that begins in line {} is not closed there: is `}}}}` missing?", at + 1));
    }
    if message.contains("unexpected EOF") {
        return Some("an `if`, `range`, `with`, `block` or `define` is not closed: `{{ end }}` is missing".to_owned());
    }
    message
        .contains("unexpected {{end}}")
        .then(|| "there is one `{{ end }}` more than there are `if`, `range`, `with` and `define`".to_owned())
}

/// Advice on a printed text that is no YAML; `line` is the one that go-yaml names.
pub(super) fn on_printed(message: &str, line: &str) -> Option<String> {
    let advice = if line.contains('\t') {
        "YAML takes no tabs for an indent"
    } else if line.trim_end().ends_with("<no value>") || line.contains("<nil>") {
        "a value on this line is nil"
    } else if message.contains("mapping values are not allowed") {
        "a map stands where a value belongs, or deeper than the lines above: print maps with `toYaml … | nindent N`, quote texts that hold `: `"
    } else if message.contains("did not find expected key") || message.contains("did not find expected '-' indicator") {
        "the indent does not fit the lines above: is the N of `nindent N` right?"
    } else if message.contains("cannot start any token") {
        "a text that begins with a sign of YAML's needs quotes: `| quote`"
    } else if message.contains("could not find expected ':'") {
        "a line without `: ` between others that have one: is the indent of a text of several lines right?"
    } else if message.contains("unknown anchor") {
        "a text that begins with `*` needs quotes: `| quote`"
    } else {
        return None;
    };
    Some(advice.to_owned())
}

/// Advice on a field of nil, beside what is known of the value: `default` looks at the whole path, which fails before it.
pub(super) fn on_nil(message: &str, node: &str, line: &str) -> Option<String> {
    if !message.starts_with("nil pointer evaluating") || !line.contains("default") {
        return None;
    }
    let path = node.trim();
    let is_path =
        path.starts_with('.') && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte));
    let keys: Vec<&str> = path.split('.').filter(|key| !key.is_empty()).collect();
    // `.Values` itself is always there.
    let (first, rest) = keys.split_first().filter(|(_, rest)| is_path && rest.len() >= 2)?;
    let (start, rest) = match rest {
        [second, rest @ ..] if *first == "Values" => (format!(".{first}.{second}"), rest),
        rest => (format!(".{first}"), rest),
    };
    let guarded = rest.iter().fold(start, |path, key| format!("({path}).{key}"));
    Some(format!("`default` comes too late for that: write `{guarded} | default …`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_action_is_named() {
        let text = "a: 1\nb: {{ .Values.a\nc: 1\n";
        let advice = on_parsing("function \"c\" not defined", text, 3).unwrap();
        assert_eq!(advice, "the action that begins in line 2 is not closed there: is `}}` missing?");
        assert_eq!(on_parsing("function \"x\" not defined", "a: {{ x }}\n", 1), None);
        assert!(on_parsing("unexpected EOF", "{{ if 1 }}\n", 2).unwrap().contains("{{ end }}"));
    }

    #[test]
    fn a_default_that_comes_too_late_is_rewritten() {
        let message = "nil pointer evaluating interface {}.c";
        let advice = on_nil(message, ".Values.a.b.c", "a: {{ .Values.a.b.c | default \"x\" }}").unwrap();
        assert_eq!(advice, "`default` comes too late for that: write `((.Values.a).b).c | default …`");
        assert_eq!(on_nil(message, ".Values.a.b.c", "a: {{ .Values.a.b.c }}"), None);
        assert_eq!(on_nil("wrong type", ".Values.a.b.c", "default"), None);
    }

    #[test]
    fn printed_lines_are_answered_by_what_is_wrong() {
        let wrong = "yaml: line 4: mapping values are not allowed in this context";
        assert!(on_printed(wrong, "  r: b: 1").unwrap().contains("nindent"));
        assert!(on_printed(wrong, "\tr: 1").unwrap().contains("tabs"));
        assert_eq!(on_printed("something else", "a"), None);
    }
}
