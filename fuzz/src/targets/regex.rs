//! Regular expressions: the first line is the pattern, the second the replacement, the rest the text.

use std::convert::Infallible;

use plainsail::helm::go::regex::{Regex, Subject, quote_meta};

/// Regular expressions.
pub(crate) fn regex(input: &[u8]) {
    let (pattern, rest) = super::first_line(input);
    let (replacement, text) = super::first_line(rest);
    // A text that is quoted matches itself.
    if text.len() < 200 {
        let quoted = quote_meta(text);
        let regex = Regex::new(&quoted);
        let matches = regex.as_ref().is_ok_and(|regex| regex.find(text) == Some(text));
        assert!(matches || std::str::from_utf8(text).is_err(), "{regex:?} does not match what it was made of");
    }
    let regex = match Regex::new(pattern) {
        Ok(regex) => regex,
        Err(error) => {
            assert!(error.panic_message(pattern).len() <= super::LONGEST_MESSAGE);
            return;
        }
    };
    let subject = Subject::new(text);
    let searched = subject.text();
    let free = |_| Ok::<(), Infallible>(());
    let Ok(found) = regex.find_all(searched, 1000, free);
    assert_eq!(regex.is_match(text), !found.is_empty());
    assert_eq!(regex.find(text).is_some(), !found.is_empty());
    let mut before = 0;
    for &(start, end) in &found {
        assert!(before <= start && start <= end && end <= searched.len(), "{found:?}");
        let _ = subject.part(start, end);
        before = end;
    }
    for literally in [false, true] {
        let Ok(replaced) = regex.replace_all(text, replacement, literally, |_| Ok::<(), Infallible>(()));
        if found.is_empty() {
            assert_eq!(replaced, text, "nothing matches, and it was replaced");
        }
    }
    for limit in [-1, 0, 1, 3] {
        let Ok(parts) = regex.split(text, limit, free);
        assert_eq!(parts.is_none(), limit == 0);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        assert!(parts.is_none_or(|parts| parts.len() <= limit));
    }
}
