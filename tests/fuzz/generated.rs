//! Values for the properties of whatever writes YAML.

use plainsail::yaml::{Data, DataMap};
use proptest::prelude::*;

use crate::targets::yaml::is_alike_to_all;

/// Texts that readers like to take for something else, and any others.
pub(crate) fn string() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[ -~]{0,12}",
        "[ -~\n\t]{0,40}",
        "[a-z \n]{60,120}",
        "[-+]?[0-9a-fxob_.:eE+-]{1,12}",
        prop::sample::select(vec![
            "",
            " ",
            "~",
            "null",
            "Null",
            "yes",
            "No",
            "on",
            "OFF",
            "y",
            "N",
            "true",
            "False",
            ".inf",
            "-.Inf",
            ".NaN",
            "=",
            "<<",
            "2001-12-14",
            "190:20:30",
            "1_000",
            "0b101",
            "0o14",
            "0012345",
            "12e3",
            "0x1F",
            "- a",
            "a: b",
            "a #b",
            "# a",
            "*a",
            "&a",
            "!a",
            "| a",
            "> a",
            "%a",
            "@a",
            "`a",
            "{a",
            "[a",
            "? a",
            ": a",
            "---",
            "...",
            "--- a",
            "a\n",
            "\na",
            " a",
            "a ",
            "\ta",
            "a\n\nb\n\n",
            " a\n b",
            "a\n  b\n",
            "'",
            "\"",
            "\\",
            "é",
            "日本",
            "😀",
            "\u{a0}",
            "\u{2029}",
            "\u{fffd}",
            "-",
            "?",
            ":",
            "1.",
            "+1",
            "-0",
        ])
        .prop_map(str::to_owned),
        prop::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter),
    ];
    text.prop_filter("read in different ways, as Helm writes it", |text| is_alike_to_all(&Data::from(text.as_str())))
}

/// Helm writes the key `<<` bare, and cannot read back what it wrote.
fn key() -> impl Strategy<Value = String> {
    string().prop_filter("a merge", |key| key != "<<")
}

/// Any value that every reader reads back equal.
pub(crate) fn data() -> impl Strategy<Value = Data> {
    let leaf = prop_oneof![
        Just(Data::Null),
        any::<bool>().prop_map(Data::Bool),
        any::<i32>().prop_map(|value| Data::Float(value.into())),
        prop::num::f64::NORMAL.prop_map(Data::Float),
        string().prop_map(Data::from),
        string().prop_map(Data::from),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Data::from),
            prop::collection::vec((key(), inner), 0..5).prop_map(|entries| {
                Data::from(entries.into_iter().map(|(key, value)| (key.into(), value)).collect::<DataMap>())
            }),
        ]
    })
}
