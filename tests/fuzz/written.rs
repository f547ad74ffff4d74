//! What plainsail writes is read back equal, by our reader and by two others.

use std::collections::BTreeMap;

use plainsail::fleet::init;
use plainsail::render::{MarkedImage, Marker};
use plainsail::yaml::{Data, DataMap, Limits, emit, parse};
use proptest::prelude::*;

use crate::targets::readers::{core_value, is_same, saphyr_value};
use crate::targets::yaml::is_alike_to_all;

/// Checks a text against what was to be written, with three readers.
fn check(text: &[u8], written: &Data) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(text).into_owned();
    prop_assert_eq!(&parse(text, &Limits::default()).unwrap(), written, "{}", shown);
    for (reader, read) in [("granit-parser", core_value(&shown)), ("serde-saphyr", saphyr_value(&shown))] {
        let read = read.map_err(|error| TestCaseError::fail(format!("{reader}: {error}: {shown}")))?;
        prop_assert!(is_same(&read, written), "{reader} reads {read} instead of {written:?}: {shown}");
    }
    Ok(())
}

/// Texts that readers like to take for something else, and any others.
fn string() -> impl Strategy<Value = String> {
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

fn data() -> impl Strategy<Value = Data> {
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

fn marker() -> impl Strategy<Value = Marker> {
    let texts = || prop::collection::btree_map(string(), string(), 0..3);
    let images = prop::collection::btree_map(string(), (string(), string()), 0..3);
    ((string(), string(), string(), string()), (string(), string()), texts(), images).prop_map(
        |((environment, release, namespace, project), (engine, inputs), destination, images)| Marker {
            environment,
            release,
            namespace,
            project,
            engine,
            inputs,
            destination,
            images: images.into_iter().map(|(name, (tag, digest))| (name, MarkedImage { tag, digest })).collect(),
        },
    )
}

/// Returns a marker as data.
fn marker_data(marker: &Marker) -> Data {
    let map = |entries: Vec<(String, Data)>| {
        Data::from(entries.into_iter().map(|(key, value)| (key.into(), value)).collect::<DataMap>())
    };
    let text = |text: &str| Data::from(text);
    let mut entries = vec![
        ("environment".to_owned(), text(&marker.environment)),
        ("release".to_owned(), text(&marker.release)),
        ("namespace".to_owned(), text(&marker.namespace)),
        ("project".to_owned(), text(&marker.project)),
        ("engine".to_owned(), text(&marker.engine)),
        ("inputs".to_owned(), text(&marker.inputs)),
    ];
    let destination = marker.destination.iter().map(|(key, value)| (key.clone(), text(value))).collect();
    entries.push(("destination".to_owned(), map(destination)));
    let images = marker.images.iter().map(|(name, image)| {
        (name.clone(), map(vec![("tag".to_owned(), text(&image.tag)), ("digest".to_owned(), text(&image.digest))]))
    });
    entries.push(("images".to_owned(), map(images.collect())));
    map(entries)
}

proptest! {
    #![proptest_config(crate::inputs(300))]

    #[test]
    fn what_to_yaml_writes(data in data()) {
        check(&emit(&data).unwrap(), &data)?;
    }

    #[test]
    fn markers(marker in marker()) {
        let text = marker.to_text();
        prop_assert_eq!(&Marker::read(&text).unwrap(), &marker);
        let shown = text.lossy().into_owned();
        for read in [core_value(&shown), saphyr_value(&shown)] {
            let read = read.map_err(|error| TestCaseError::fail(format!("{error}: {shown}")))?;
            let Data::Map(wanted) = marker_data(&marker) else { unreachable!() };
            for (key, value) in wanted.iter().filter(|(_, value)| value.as_map().is_none_or(|map| !map.is_empty())) {
                let found = read.get(&*key.lossy());
                prop_assert!(found.is_some_and(|found| is_same(found, value)), "{key} is {found:?} in {shown}");
            }
        }
    }
}

/// The files of a new repository mean the same to every reader.
#[test]
fn the_files_of_a_new_repository() {
    let mut read = BTreeMap::new();
    for sample in [false, true] {
        let files = init::files(&init::Options { sample, repository: None, branch: "main" }).unwrap();
        for (path, text) in files.iter().filter(|(path, _)| path.contains(".yaml") && !path.contains("/templates/")) {
            check(text, &parse(text, &Limits::default()).unwrap()).unwrap();
            *read.entry(path.clone()).or_insert(0) += 1;
        }
    }
    assert!(read.len() > 5, "{read:?}");
}
