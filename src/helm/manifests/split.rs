//! Splits rendered text into documents, with the white space that each Helm keeps.

use memchr::memmem;

use crate::helm::go::utf8;
use crate::helm::profile::Profile;

/// Splits a text at its separators; blank documents are left out.
pub(super) fn split(text: &[u8], profile: Profile) -> Vec<&[u8]> {
    let mut documents = Vec::new();
    if profile.rules().keeps_end_of_documents {
        // `(?m)^---[ \t]*`, and only the beginning of a document is trimmed.
        let text = trim_start(text);
        let mut begin = 0;
        while let Some((start, end)) = separator(text, begin) {
            push(&mut documents, trim_start(&text[begin..start]));
            begin = end;
        }
        push(&mut documents, trim_start(&text[begin..]));
    } else {
        // `(?:^|\s*\n)---\s*`, and documents are trimmed on both sides.
        let text = trim(text);
        let mut begin = 0;
        while let Some((start, end)) = blank_separator(text, begin) {
            push(&mut documents, trim(&text[begin..start]));
            begin = end;
        }
        push(&mut documents, trim(&text[begin..]));
    }
    documents
}

fn push<'a>(documents: &mut Vec<&'a [u8]>, document: &'a [u8]) {
    if !trim(document).is_empty() {
        documents.push(document);
    }
}

/// Finds the next `---` at the beginning of a line, with the blanks behind it.
fn separator(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        if text[at..].starts_with(b"---") && (at == 0 || text[at - 1] == b'\n') {
            let blanks = text[at + 3..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            return Some((at, at + 3 + blanks));
        }
        at += memmem::find(&text[at..], b"\n---")? + 1;
    }
}

/// The white space of Go's regular expressions.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// Finds the next `---` at the beginning of a line, with all white space around it.
fn blank_separator(text: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    loop {
        // A separator that touches the one before has no line end of its own and does not count.
        let begins_line = at == 0 || (at > from && text[at - 1] == b'\n');
        if begins_line && text[at..].starts_with(b"---") {
            let before = text[from..at].iter().rev().take_while(|byte| is_blank(**byte)).count();
            let after = text[at + 3..].iter().take_while(|byte| is_blank(**byte)).count();
            return Some((at - before, at + 3 + after));
        }
        at += memmem::find(&text[at..], b"\n---")? + 1;
    }
}

/// Takes white space away on both sides, as Go's `strings.TrimSpace`.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while !text.is_empty() {
        let (rune, width) = utf8::decode_last(text);
        if !rune.is_whitespace() {
            break;
        }
        text = &text[..text.len() - width];
    }
    text
}

fn trim_start(mut text: &[u8]) -> &[u8] {
    while !text.is_empty() {
        let (rune, width) = utf8::decode(text);
        if !rune.is_whitespace() {
            break;
        }
        text = &text[width..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str, profile: Profile) -> Vec<String> {
        split(text.as_bytes(), profile).into_iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    }

    #[test]
    fn keeps_trailing_blank_lines_in_helm_4() {
        assert_eq!(parts("a: 1\n\n---\nb: 2\n\n", Profile::V4), ["a: 1\n\n", "b: 2\n\n"]);
        assert_eq!(parts("a: 1\n\n---\nb: 2\n\n", Profile::V3), ["a: 1", "b: 2"]);
    }

    #[test]
    fn takes_a_separator_that_touches_another_for_text_in_helm_3() {
        assert_eq!(parts("---\n---\na: 1", Profile::V3), ["---\na: 1"]);
        assert_eq!(parts("---\n---\na: 1", Profile::V4), ["a: 1"]);
    }

    #[test]
    fn splits_before_text_that_is_glued_to_the_separator() {
        assert_eq!(parts("a: 1\n---b: 2\n", Profile::V4), ["a: 1\n", "b: 2\n"]);
        assert_eq!(parts("a: 1\n---b: 2\n", Profile::V3), ["a: 1", "b: 2"]);
    }
}
