//! Properties that hold for any input.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::json::{self, Html};
use super::{Data, DataMap, Limits, emit, emit_pretty, nodes, parse, parse_documents};

/// Pieces that meet in YAML, so that random texts are interesting ones.
fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b: c",
        "- ",
        "? ",
        ": ",
        ":",
        " ",
        "  ",
        "\n",
        "\n  ",
        "#c",
        " #",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!!int ",
        "! ",
        "!<x> ",
        "!x!",
        "\"",
        "'",
        "\\",
        "\\x4",
        "|",
        ">",
        "|-\n",
        ">+2\n",
        "---",
        "...",
        "\t",
        "\r\n",
        "é",
        "\u{2028}",
        "\u{85}",
        "~",
        "yes",
        "0x1",
        ".inf",
        "<<: ",
        "%YAML 1.1\n",
        "%TAG ! x\n",
        "\u{feff}",
        "\u{1}",
    ])
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(fragment(), 0..30).prop_map(|pieces| pieces.concat())
}

/// Any text but the characters that Helm itself loses on the way through JSON.
fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[ -~\n\t]{0,20}",
        "[a-z ]{60,120}",
        prop::collection::vec(any::<char>(), 0..8).prop_map(|chars| {
            let lost = |value: &char| matches!(value, '\u{7f}'..='\u{9f}' | '\u{feff}'..);
            chars.into_iter().filter(|value| !lost(value) && !matches!(value, '\u{2028}' | '\u{2029}')).collect()
        }),
    ]
}

/// Helm writes the key `<<` bare, and cannot read back what it wrote.
fn key() -> impl Strategy<Value = String> {
    string().prop_filter("a merge", |key| key != "<<")
}

fn data() -> impl Strategy<Value = Data> {
    let leaf = prop_oneof![
        Just(Data::Null),
        any::<bool>().prop_map(Data::Bool),
        any::<i32>().prop_map(|value| Data::Float(value.into())),
        prop::num::f64::NORMAL.prop_map(Data::Float),
        string().prop_map(Data::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Data::from),
            prop::collection::vec((key(), inner), 0..6).prop_map(|entries| {
                Data::from(entries.into_iter().map(|(key, value)| (key.into(), value)).collect::<DataMap>())
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, &Limits::default());
        let _ = json::parse(&bytes, &Limits::default());
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in text()) {
        let _ = parse(text.as_bytes(), &Limits::default());
        let _ = parse_documents(text.as_bytes(), &Limits::default());
        let _ = json::parse(text.as_bytes(), &Limits::default());
    }

    #[test]
    fn nodes_stand_inside_their_text(text in text()) {
        let _ = nodes::each_document(text.as_bytes(), &Limits::default(), |document| {
            let mut open = vec![document.root()];
            while let Some(node) = open.pop() {
                let span = node.span();
                assert!(node.start() <= span.start && span.start <= span.end && span.end <= text.len(), "{text:?}");
                open.extend(node.children());
            }
            Ok(true)
        });
    }

    #[test]
    fn what_is_written_is_read_back(value in data()) {
        let text = emit(&value).unwrap();
        prop_assert_eq!(parse(&text, &Limits::default()).unwrap(), value.clone(), "{}", String::from_utf8_lossy(&text));
        let text = json::encode(&value, Html::Escaped).unwrap();
        prop_assert_eq!(json::parse(&text, &Limits::default()).unwrap(), value);
    }

    #[test]
    fn nothing_makes_the_writers_panic(strings in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6)) {
        let value = Data::from(strings.into_iter().map(|bytes| (bytes.clone().into(), Data::String(bytes.into()))).collect::<DataMap>());
        let _ = emit(&value);
        let _ = emit_pretty(&value);
        let _ = json::encode_pretty(&value, "  ");
    }
}

#[test]
fn deep_texts_are_refused_and_never_exhaust_the_stack() {
    for text in ["[", "{a: ", "- ", "? ", "[{", "!!x [", "&a ["] {
        let text = text.repeat(200_000);
        assert!(parse(text.as_bytes(), &Limits::default()).is_err());
    }
    let mut text = String::from("a0: &a0 [x]\n");
    for index in 1..40 {
        writeln!(text, "a{index}: &a{index} [*a{}]", index - 1).unwrap();
    }
    let limits = Limits { depth: 30, ..Limits::default() };
    assert_eq!(parse(text.as_bytes(), &limits), Err(super::Error::TooDeep { limit: 30 }));
}

#[test]
fn what_is_just_not_too_deep_is_read_and_written() {
    let text = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let value = parse(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(parse(&emit(&value).unwrap(), &Limits::default()).unwrap(), value);
    assert_eq!(json::encode(&value, Html::Raw).unwrap(), text.as_bytes());
    assert!(emit_pretty(&value).is_ok());
    assert_eq!(value.clone(), value);
}

#[test]
fn a_document_of_aliases_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for index in 1..10 {
        let before = vec![format!("*a{}", index - 1); 10].join(", ");
        writeln!(text, "a{index}: &a{index} [{before}]").unwrap();
    }
    let error = parse(text.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "error converting YAML to JSON: yaml: document contains excessive aliasing");
}
