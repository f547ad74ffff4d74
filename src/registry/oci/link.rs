//! Reads `Link`: where the next page is.

/// Returns the target of the link with the relation `next`.
pub(super) fn next<'a>(headers: &[&'a str]) -> Option<&'a str> {
    headers.iter().find_map(|header| {
        let mut rest = *header;
        while let Some((_, after)) = rest.split_once('<') {
            let (target, after) = after.split_once('>')?;
            // The parameters end where the next target begins; a `<` inside a quoted parameter is not seen in practice.
            let end = after.find('<').unwrap_or(after.len());
            let (parameters, following) = after.split_at(end);
            if parameters.split([';', ',']).any(is_next) {
                return Some(target);
            }
            rest = following;
        }
        None
    })
}

fn is_next(parameter: &str) -> bool {
    parameter.split_once('=').is_some_and(|(name, value)| {
        name.trim().eq_ignore_ascii_case("rel")
            && value.trim().trim_matches('"').split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_next_page() {
        assert_eq!(next(&[r#"</v2/a/tags/list?last=b&n=3>; rel="next""#]), Some("/v2/a/tags/list?last=b&n=3"));
        assert_eq!(next(&["<x>;REL=Next"]), Some("x"));
        assert_eq!(next(&[r#"<p>; rel="prev", <n>; title="t"; rel="last next""#]), Some("n"));
        assert_eq!(next(&[r#"<p>; rel="prev""#, r#"<n>; rel="next""#]), Some("n"));
    }

    #[test]
    fn finds_none_where_there_is_none() {
        for header in ["", "<x", "<x>", r#"<x>; rel="nextish""#, r#"x; rel="next""#] {
            assert_eq!(next(&[header]), None, "{header}");
        }
    }
}
