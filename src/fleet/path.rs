//! Paths within the repository: made plain, and kept inside.

/// Returns a relative path without `.`, `..` and doubled `/`.
///
/// # Errors
/// When it is absolute, empty, leaves the repository, or has parts that no file of ours may have.
pub(super) fn normalise(text: &str) -> Result<String, String> {
    join("", text)
}

/// Returns the plain path of `text` seen from `folder`.
pub(super) fn join(folder: &str, text: &str) -> Result<String, String> {
    let refuse = |why: &str| Err(format!("`{text}` {why}\nwrite a path within this repository"));
    if text.is_empty() {
        return refuse("names nothing");
    }
    if text.starts_with('/') || text.contains('\\') || text.contains("://") || text.contains(char::is_control) {
        return refuse("is not a relative path with `/`");
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return refuse("leaves the repository");
                }
            }
            part if part.eq_ignore_ascii_case(".git") => return refuse("goes into git's own folder"),
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return refuse("names the repository itself");
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_within_the_repository() {
        assert_eq!(join("charts/web", "values-dev.yaml").unwrap(), "charts/web/values-dev.yaml");
        assert_eq!(join("charts/web", "../../environments/./a//b.yaml").unwrap(), "environments/a/b.yaml");
        for text in [
            "",
            "/etc/passwd",
            "../../../x",
            "a\\b",
            "https://x/y",
            "../..",
            "a\nb",
            ".git/config",
            "x/.GIT/y",
            "file:///etc",
        ] {
            assert!(join("charts/web", text).is_err(), "{text}");
        }
    }
}
