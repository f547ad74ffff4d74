//! YAML and JSON: any bytes are read or refused, and what is written is read back equal.

use plainsail::yaml::json::{self, Html};
use plainsail::yaml::nodes::each_document;
use plainsail::yaml::{
    Data, Error, Limits, emit, emit_pretty, parse, parse_documents, parse_head, parse_list, parse_map, parse_typed,
};

use super::readers::{OTHERS, is_same};

/// YAML and JSON.
pub(crate) fn yaml(input: &[u8]) {
    let limits = Limits { nodes: 200_000, ..Limits::default() };
    match parse(input, &limits) {
        Ok(data) => check_written(&data),
        Err(error) => check_error(input, &error),
    }
    if let Ok(documents) = parse_documents(input, &limits)
        && let Some(first) = documents.first()
    {
        assert_eq!(parse(input, &limits).as_ref(), Ok(first));
    }
    let _ = (parse_map(input, &limits), parse_list(input, &limits));
    check_head(input, &limits);
    check_nodes(input, &limits);
    if let Ok(data) = json::parse(input, &limits) {
        check_written(&data);
    }
}

fn check_error(input: &[u8], error: &Error) {
    assert!(error.to_string().len() <= super::LONGEST_MESSAGE);
    // The characters that YAML takes for a line break are more than one.
    let breaks = input.iter().filter(|byte| matches!(byte, b'\n' | b'\r' | 0x85 | 0xa8 | 0xa9)).count();
    let wide = input.windows(2).filter(|pair| pair[0] == 0x20 || pair[1] == 0x20).count();
    if let Some(line) = error.line() {
        assert!(line >= 1 && line <= breaks + wide + 1, "line {line} of a text of {} lines: {error}", breaks + 1);
    }
}

/// What is written by either writer, and as JSON, is read back equal.
fn check_written(data: &Data) {
    let limits = Limits::default();
    if let Ok(text) = emit(data)
        && is_kept(data)
    {
        let shown = String::from_utf8_lossy(&text).into_owned();
        let back = parse(&text, &limits).unwrap_or_else(|error| panic!("{error}: {shown}"));
        assert!(is_equal(&back, data), "{shown}: {back:?} is not {data:?}");
        if is_alike_to_all(data) {
            for (reader, read) in OTHERS {
                let read = read(&shown);
                let is_same = read.as_ref().is_ok_and(|read| is_same(read, data));
                assert!(is_same, "{reader}: {read:?} instead of {data:?}: {shown}");
            }
        }
    }
    let _ = emit_pretty(data);
    for html in [Html::Raw, Html::Escaped] {
        if let Ok(text) = json::encode(data, html) {
            let shown = String::from_utf8_lossy(&text).into_owned();
            let back = json::parse(&text, &limits).unwrap_or_else(|error| panic!("{error}: {shown}"));
            assert!(is_equal(&back, data), "{shown}: {back:?} is not {data:?}");
        }
    }
    let _ = json::encode_pretty(data, "  ");
}

/// Tells whether Helm reads back what it writes of this. It writes the key `<<` bare; and its writer reads JSON as YAML on its way,
/// where two characters are a line break and a mark.
fn is_kept(data: &Data) -> bool {
    let is_lost = |text: &[u8]| {
        text.windows(2).any(|pair| pair == b"\xc2\x85") || text.windows(3).any(|three| three == b"\xef\xbb\xbf")
    };
    let mut open = vec![data];
    while let Some(data) = open.pop() {
        match data {
            Data::String(text) if is_lost(text) => return false,
            Data::List(items) => open.extend(items.iter()),
            Data::Map(map) => {
                if map.keys().any(|key| **key == *b"<<" || is_lost(key)) {
                    return false;
                }
                open.extend(map.values());
            }
            _ => {}
        }
    }
    true
}

/// Tells whether every reader must read what Helm writes of this. Helm leaves some texts without quotes, as they are strings to
/// go-yaml, that others take for something else, and it writes characters that YAML 1.2 does not allow.
pub(crate) fn is_alike_to_all(data: &Data) -> bool {
    let is_alike = |text: &[u8]| {
        let Ok(text) = std::str::from_utf8(text) else { return false };
        text.len() < 1000 && !text.contains(is_refused) && !is_number_elsewhere(text) && !is_word_elsewhere(text)
    };
    let mut open = vec![(data, 0)];
    while let Some((data, depth)) = open.pop() {
        if depth > 50 {
            return false;
        }
        match data {
            Data::String(text) if !is_alike(text) => return false,
            Data::List(items) => open.extend(items.iter().map(|item| (item, depth + 1))),
            Data::Map(map) => {
                if !map.keys().all(|key| is_alike(key)) {
                    return false;
                }
                open.extend(map.values().map(|item| (item, depth + 1)));
            }
            _ => {}
        }
    }
    true
}

/// Characters that go-yaml writes as they are, or reads as line breaks, and others not.
fn is_refused(value: char) -> bool {
    let is_control = value < ' ' && !matches!(value, '\n' | '\t');
    is_control || matches!(value, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}'..='\u{ffff}')
}

/// Numbers to other readers that are too large for Go: `12e4567`.
pub(crate) fn is_number_elsewhere(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_based = |prefix, radix| {
        let digits = unsigned.strip_prefix(prefix);
        digits.is_some_and(|digits: &str| digits.len() > 15 && digits.chars().all(|digit| digit.is_digit(radix)))
    };
    let is_beyond =
        text.parse::<f64>().is_ok_and(f64::is_infinite) && text.ends_with(|last: char| last.is_ascii_digit());
    is_beyond || is_based("0x", 16) || is_based("0o", 8) || is_based("0b", 2)
}

/// Words that serde-saphyr knows in any mixture of cases, go-yaml in three (`nULL`) or not at all (`-.nan`).
pub(crate) fn is_word_elsewhere(text: &str) -> bool {
    let words = ["null", "true", "false", "yes", "no", "on", "off", ".inf", "+.inf", "-.inf", ".nan"];
    let is_mixed =
        text.bytes().any(|byte| byte.is_ascii_lowercase()) && text.bytes().any(|byte| byte.is_ascii_uppercase());
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    is_one_of(&["-.nan", "+.nan"]) || is_mixed && is_one_of(&words)
}

/// Equal but for the bytes that Go's JSON does not carry: what is no UTF-8 becomes U+FFFD.
fn is_equal(left: &Data, right: &Data) -> bool {
    let mut open = vec![(left.clone(), right.clone())];
    while let Some((left, right)) = open.pop() {
        match (&left, &right) {
            (Data::List(left), Data::List(right)) if left.len() == right.len() => {
                open.extend(left.iter().cloned().zip(right.iter().cloned()));
            }
            (Data::Map(left), Data::Map(right)) if left.len() == right.len() => {
                for ((one, left), (other, right)) in left.iter().zip(right.iter()) {
                    open.push((Data::String(one.clone()), Data::String(other.clone())));
                    open.push((left.clone(), right.clone()));
                }
            }
            (Data::String(left), Data::String(right)) if left.lossy() == right.lossy() => {}
            (left, right) if left == right => {}
            _ => return false,
        }
    }
    true
}

/// The quick way to the head of a manifest says what the slow one says.
fn check_head(input: &[u8], limits: &Limits) {
    let (head, whole) = (parse_head(input, limits), parse_typed(input, limits));
    let (head, whole) = match (head, whole) {
        (Ok(head), Ok(whole)) => (head, whole),
        (Err(head), Err(whole)) => return assert_eq!(head, whole),
        (head, whole) => panic!("the head is {head:?}, the whole {whole:?}"),
    };
    for key in ["apiVersion", "kind"] {
        assert_eq!(head.get(key), whole.get(key));
    }
    let (head, whole) = (head.get("metadata"), whole.get("metadata"));
    assert_eq!(head.is_some(), whole.is_some());
    for key in ["name", "namespace", "annotations"] {
        assert_eq!(head.and_then(|data| data.get(key)), whole.and_then(|data| data.get(key)));
    }
}

fn check_nodes(input: &[u8], limits: &Limits) {
    let _ = each_document(input, limits, |document| {
        let mut open = vec![document.root()];
        while let Some(node) = open.pop() {
            let span = node.span();
            assert!(node.start() <= span.start && span.start <= span.end && span.end <= input.len().max(1) * 3);
            open.extend(node.children());
        }
        Ok(true)
    });
}
