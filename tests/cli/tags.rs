//! Short SHAs that are numbers to one YAML reader or another, through the whole chain and read back by two readers.

use std::collections::BTreeMap;
use std::path::Path;

use plainsail::yaml::{Data, Limits, parse};
use serde_json::Value;

use crate::program::files_of;
use crate::sample::Sample;

/// A decimal number, an octal one to YAML 1.1, and two floats, of which one is infinite.
const TAGS: [&str; 4] = ["1234567", "0012345", "12e4567", "00e1234"];

/// The sample with `charts/web`, the chart that teams start from, and with a staging that promotes.
fn sample() -> Sample {
    let chart = files_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/web"));
    let mut files: BTreeMap<String, Option<Vec<u8>>> =
        chart.into_iter().map(|(path, bytes)| (format!("charts/web/{path}"), Some(bytes))).collect();
    let release = "chart: charts/web\nnamespace: web\nimages:\n  web:\n    repository: registry.example.com/web\n";
    for (path, text) in [
        ("environments/dev/web.yaml", format!("{release}    policy: pushed\n    tag: ''\n")),
        ("environments/staging/web.yaml", format!("{release}    tag:\n")),
        ("environments/staging/environment.yaml", "promotesFrom: dev\n".to_owned()),
    ] {
        files.insert(path.to_owned(), Some(text.into_bytes()));
    }
    Sample::with(&files)
}

/// All strings of a document by YAML 1.1, as Helm and Kubernetes read it: path and text.
fn strings_of_1_1(text: &str) -> Vec<(String, String)> {
    fn walk(at: &str, data: &Data, found: &mut Vec<(String, String)>) {
        match data {
            Data::String(text) => found.push((at.to_owned(), text.lossy().into_owned())),
            Data::List(items) => items.iter().for_each(|item| walk(&format!("{at}[]"), item, found)),
            Data::Map(map) => {
                map.iter().for_each(|(key, value)| walk(&format!("{at}.{}", key.lossy()), value, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk("", &parse(text.as_bytes(), &Limits::default()).unwrap(), &mut found);
    found.sort();
    found
}

/// The same by YAML 1.2.
fn strings_of_1_2(text: &str) -> Vec<(String, String)> {
    fn walk(at: &str, value: &Value, found: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) => found.push((at.to_owned(), text.clone())),
            Value::Array(items) => items.iter().for_each(|item| walk(&format!("{at}[]"), item, found)),
            Value::Object(map) => map.iter().for_each(|(key, value)| walk(&format!("{at}.{key}"), value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    // A float beyond all bounds is refused, which is no string either.
    walk("", &serde_saphyr::from_str(text).unwrap_or_default(), &mut found);
    found.sort();
    found
}

/// Returns the strings of a text, which both readers must agree on.
#[track_caller]
fn strings(text: &str) -> Vec<(String, String)> {
    let found = strings_of_1_1(text);
    assert_eq!(found, strings_of_1_2(text), "the readers disagree about\n{text}");
    found
}

#[track_caller]
fn has(found: &[(String, String)], path: &str, value: &str) {
    assert!(found.iter().any(|(at, text)| at == path && text == value), "no string {value:?} at {path}: {found:?}");
}

#[test]
fn the_readers_would_see_an_unquoted_tag() {
    for tag in TAGS {
        let plain = format!("tag: {tag}\n");
        assert!(strings_of_1_1(&plain).is_empty() || strings_of_1_2(&plain).is_empty(), "{tag} is a string to both");
        assert_eq!(strings(&format!("tag: \"{tag}\"\n")), [(".tag".to_owned(), tag.to_owned())]);
    }
}

#[test]
fn a_tag_is_the_same_string_everywhere() {
    let sample = sample();
    for (hour, tag) in TAGS.into_iter().enumerate() {
        let digest = sample.push("web", tag, &format!("2025-11-21T{:02}:00:00Z", hour + 5));
        sample.reconcile().code(0);
        for (branch, environment) in [("main", "dev"), ("plainsail/staging", "staging")] {
            let text = |path: &str| sample.repository.text(branch, path);
            let release = text(&format!("environments/{environment}/web.yaml"));
            assert!(release.contains(&format!("tag: \"{tag}\"")), "always in double quotes: {release}");
            let release = strings(&release);
            has(&release, ".images.web.tag", tag);
            has(&release, ".images.web.digest", &digest);

            let folder = format!("rendered/{environment}/web");
            let marker = strings(&text(&format!("{folder}/.plainsail")));
            has(&marker, ".images.web.tag", tag);
            has(&marker, ".images.web.digest", &digest);

            let deployment = strings(&text(&format!("{folder}/deployment.web.yaml")));
            let container = ".spec.template.spec.containers[]";
            has(&deployment, &format!("{container}.image"), &format!("registry.example.com/web:{tag}@{digest}"));
            has(&deployment, &format!("{container}.env[].value"), tag);
            has(&deployment, ".metadata.labels.app.kubernetes.io/version", tag);
            has(&deployment, ".spec.template.metadata.labels.app.kubernetes.io/version", tag);
        }
        let status = sample.run(&["status", "--output", "json"]).code(0);
        assert!(!status.json().as_array().unwrap().is_empty());
    }
    let message = sample.repository.message(sample.repository.tip("main").unwrap());
    assert!(message.starts_with("dev/web: 12e4567 -> 00e1234\n"), "{message}");
}

#[test]
fn a_bump_keeps_the_text_of_the_tag() {
    let sample = sample();
    sample.reconcile();
    for tag in TAGS {
        let digest = sample.push("web", tag, "2025-11-21T05:00:00Z");
        sample.bump("dev/web", &format!("web={tag}")).code(0);
        let release = strings(&sample.text("environments/dev/web.yaml"));
        has(&release, ".images.web.tag", tag);
        has(&release, ".images.web.digest", &digest);
        has(&strings(&sample.text("rendered/dev/web/.plainsail")), ".images.web.tag", tag);
    }
}
