//! Runs rows made by Go's own regexp: `pattern TAB text TAB replacement count TAB expected`, see `data/go_regex.tsv`.

use std::fmt::Write as _;

use plainsail::helm::go::quote::append_quoted;
use plainsail::helm::go::regex::{Regex, Subject, Texts};

use super::go_fmt::unquote;

fn quoted(text: &[u8]) -> String {
    let mut out = Vec::new();
    append_quoted(&mut out, text, true);
    String::from_utf8(out).expect("ASCII")
}

fn quoted_list(list: Option<Vec<&[u8]>>) -> String {
    list.map_or_else(
        || "nil".to_owned(),
        |list| format!("[{}]", list.into_iter().map(quoted).collect::<Vec<_>>().join(",")),
    )
}

fn find_all(regex: &Regex, text: &[u8], limit: usize) -> String {
    let subject = Subject::new(text);
    let found = regex.find_all(subject.text(), limit, |_| Ok::<_, ()>(())).expect("no limit");
    let found: Vec<_> = found.into_iter().map(|(start, end)| subject.part(start, end)).collect();
    quoted_list((!found.is_empty()).then_some(found))
}

fn run(pattern: &[u8], texts: Texts, text: &str, rest: &str) -> String {
    let regex = match Regex::for_texts(pattern, texts) {
        Ok(regex) => regex,
        Err(error) => return format!("err {}", quoted(error.to_string().as_bytes())),
    };
    if text.is_empty() {
        return "no error".to_owned();
    }
    let (replacement, count) = rest.rsplit_once(' ').expect("a count");
    let (text, replacement) = (unquote(text), unquote(replacement));
    let replace =
        |literally| quoted(&regex.replace_all(&text, &replacement, literally, |_| Ok::<_, ()>(())).expect("no limit"));
    let parts = regex.split(&text, count.parse().expect("a number"), |_| Ok::<_, ()>(())).expect("no limit");
    format!(
        "{} {} {} {} {} {}",
        quoted(regex.find(&text).unwrap_or_default()),
        find_all(&regex, &text, usize::MAX),
        find_all(&regex, &text, 2),
        replace(false),
        replace(true),
        quoted_list(parts)
    )
}

#[test]
fn matches_and_refuses_as_go_does() {
    let path = std::env::var("PLAINSAIL_GO_REGEX")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tables/data/go_regex.tsv").to_owned());
    let table = std::fs::read_to_string(path).expect("the table");
    let (mut total, mut wrong, mut report) = (0, 0, String::new());
    for line in table.lines() {
        let [pattern, text, rest, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("a row: {line}") };
        let for_ascii = (text.is_empty() || unquote(text).is_ascii()).then_some(Texts::Ascii);
        for texts in [Texts::All].into_iter().chain(for_ascii) {
            let got = run(&unquote(pattern), texts, text, rest);
            total += 1;
            if got != expected {
                wrong += 1;
                if wrong <= 40 {
                    let _ = writeln!(report, "{pattern} on {text} with {rest}: {got}, expected {expected} ({texts:?})");
                }
            }
        }
    }
    println!("go_regex: {} of {total} equal", total - wrong);
    assert!(wrong == 0, "{report}");
}
