//! What plainsail writes is read back equal, by our reader and by two others.

use std::collections::BTreeMap;

use plainsail::fleet::init;
use plainsail::render::{MarkedImage, Marker};
use plainsail::yaml::json::{self, Html};
use plainsail::yaml::{Data, DataMap, Limits, emit, emit_pretty, parse};
use proptest::prelude::*;

use crate::generated::{data, string};
use crate::targets::readers::{OTHERS, is_same};

/// Checks a text against what was to be written, with three readers.
fn check(text: &[u8], written: &Data) -> Result<(), TestCaseError> {
    let shown = String::from_utf8_lossy(text).into_owned();
    prop_assert_eq!(&parse(text, &Limits::default()).unwrap(), written, "{}", shown);
    for (reader, read) in OTHERS {
        let read = read(&shown).map_err(|error| TestCaseError::fail(format!("{reader}: {error}: {shown}")))?;
        prop_assert!(is_same(&read, written), "{reader} reads {read} instead of {written:?}: {shown}");
    }
    Ok(())
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
    fn what_to_yaml_and_to_json_write(data in data()) {
        check(&emit(&data).unwrap(), &data)?;
        let text = json::encode(&data, Html::Escaped).unwrap();
        prop_assert_eq!(json::parse(&text, &Limits::default()).unwrap(), data);
    }

    #[test]
    fn any_bytes_are_written_or_refused(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6)) {
        let entries = texts.into_iter().map(|bytes| (bytes.clone().into(), Data::String(bytes.into())));
        let data = Data::from(entries.collect::<DataMap>());
        let _ = emit(&data);
        let _ = emit_pretty(&data);
        let _ = json::encode_pretty(&data, "  ");
    }

    #[test]
    fn markers(marker in marker()) {
        let text = marker.to_text();
        prop_assert_eq!(&Marker::read(&text).unwrap(), &marker);
        let shown = text.lossy().into_owned();
        for (reader, read) in OTHERS {
            let read = read(&shown).map_err(|error| TestCaseError::fail(format!("{reader}: {error}: {shown}")))?;
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
