//! Edits of YAML files: the first line is the new value, the rest a file, of which each scalar in turn is replaced.
//!
//! What is promised: an edit is refused, or to go-yaml and to every other reader that could read the file before, this value is another
//! and nothing else. A file in which go-yaml and a reader of YAML 1.2 see different nodes is never edited.

use std::ops::Range;

use plainsail::bump::{Edit, edit};
use plainsail::yaml::nodes::{Node, each_document};
use plainsail::yaml::{Data, DataMap, Limits, parse};
use serde_json::Value as Json;

use super::readers::{OTHERS, Reader};

/// Edits of YAML files.
pub(crate) fn bump(input: &[u8]) {
    let (text, file) = super::first_line(input);
    let new = String::from_utf8_lossy(text);
    for target in targets(file).iter().take(8) {
        check_edit(file, target, &new);
    }
    let _ = edit(file, &[Edit::new(["images", "web", "digest"], &*new).or_create_after("tag")]);
}

/// A scalar of a file, with the way that leads to it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    path: Vec<String>,
    /// From the end of the key to the end of the value.
    range: Range<usize>,
    /// Nothing on the way has an anchor, is merged, or has the same key twice, so that one value is one place.
    is_single: bool,
}

/// Lists the scalars of a file that have keys only on their way.
pub(crate) fn targets(file: &[u8]) -> Vec<Target> {
    let mut found = Vec::new();
    let mut count = 0;
    let _ = each_document(file, &Limits::default(), |document| {
        count += 1;
        let mut open = vec![(document.root(), Vec::new(), true)];
        while let Some((map, path, is_single)) = open.pop() {
            let is_single = is_single && map.anchor().is_none() && are_distinct(map);
            for (key, value) in map.entries() {
                let Some(name) = key.text().and_then(|name| std::str::from_utf8(name).ok()) else { continue };
                let path: Vec<String> = path.iter().cloned().chain([name.to_owned()]).collect();
                if value.is_map() && path.len() < 20 {
                    open.push((value, path, is_single));
                } else if value.text().is_some() && found.len() < 50 {
                    let range = key.span().end..value.span().end.max(key.span().end);
                    let is_single = is_single && value.anchor().is_none();
                    found.push(Target { path, range, is_single });
                }
            }
        }
        Ok(true)
    });
    if count == 1 { found } else { Vec::new() }
}

/// Tells whether the keys of a map are different strings to every reader.
fn are_distinct(map: Node<'_>) -> bool {
    let mut names: Vec<&[u8]> = map.entries().map(|(key, _)| key.text().unwrap_or(b"<<")).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() == count && !names.contains(&&b"<<"[..])
}

/// Replaces a scalar of a file, and checks that nothing else is changed, for any reader. Tells whether it could be
/// replaced.
pub(crate) fn check_edit(file: &[u8], target: &Target, new: &str) -> bool {
    let edited = match edit(file, &[Edit::new(target.path.clone(), new)]) {
        Ok(edited) => edited,
        Err(error) => {
            let lines = 1 + file.iter().filter(|byte| matches!(byte, b'\n' | b'\r' | 0x85 | 0xa8 | 0xa9)).count();
            assert!(error.line().is_none_or(|line| (1..=lines).contains(&line)), "{error:?}");
            return false;
        }
    };
    check_bytes(file, &edited, target);
    let (Ok(file), Ok(edited)) = (std::str::from_utf8(file), std::str::from_utf8(&edited)) else {
        panic!("a file that is not UTF-8 was edited");
    };
    if target.is_single {
        check_data(file, edited, target, new);
        for (name, read) in OTHERS {
            check_value(name, read, [file, edited], target, new);
        }
    }
    true
}

/// Every byte but those of the value is the same.
fn check_bytes(file: &[u8], edited: &[u8], target: &Target) {
    let before = file.iter().zip(edited).take_while(|(left, right)| left == right).count();
    let most = file.len().min(edited.len()) - before;
    let after = file.iter().rev().zip(edited.iter().rev()).take(most).take_while(|(left, right)| left == right).count();
    assert!(before >= target.range.start, "something changed before the value: {:?}", String::from_utf8_lossy(edited));
    let is_inserted = before + after >= file.len();
    let is_behind = file.len() - after > target.range.end;
    assert!(is_inserted || !is_behind, "something changed behind the value: {:?}", String::from_utf8_lossy(edited));
}

/// To our own reader, the value at the path is the new one, and all others are as they were.
fn check_data(file: &str, edited: &str, target: &Target, new: &str) {
    let Ok(mut wanted) = parse(file.as_bytes(), &Limits::default()) else { return };
    let mut place = Some(&mut wanted);
    for key in &target.path {
        place = place.and_then(|data| match data {
            Data::Map(map) => DataMap::get_mut(std::sync::Arc::make_mut(map), key.as_bytes()),
            _ => None,
        });
    }
    // A key such as `yes` has another name in the data.
    let Some(place) = place else { return };
    *place = Data::from(new);
    let found = parse(edited.as_bytes(), &Limits::default()).unwrap_or_else(|error| panic!("{error}: {edited:?}"));
    assert_eq!(found, wanted, "{edited:?}");
}

/// To another reader as well, if it read the file before.
fn check_value(name: &str, read: Reader, [file, edited]: [&str; 2], target: &Target, new: &str) {
    let Ok(mut wanted) = read(file) else { return };
    let place = target.path.iter().try_fold(&mut wanted, |value, key| value.get_mut(key));
    let Some(place) = place else { return };
    *place = Json::String(new.to_owned());
    let found = read(edited).unwrap_or_else(|error| panic!("{name}: {error}: {edited:?}"));
    assert_eq!(found, wanted, "{name}: {edited:?}");
}
