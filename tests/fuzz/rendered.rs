//! What is rendered means the same to other readers: the project's charts, those that are nasty on purpose, the files that `render`
//! writes, and Helm's own output for real charts where `PLAINSAIL_CORPUS` names them.
//!
//! What is promised is what Helm promises, as it is Helm's text. So a text in quotes is that text to everyone; one without quotes is read
//! as a string with these letters, or as the same number, boolean or null. Readers may differ in which of the two it is (`yes`, `nULL`,
//! `1_000`, `12e4567`), and numbers with a leading zero have other values in YAML 1.1. Keys that are no strings, keys that stand twice and
//! merges are left to Kubernetes.

#![expect(clippy::print_stdout, reason = "a test says what it compared")]

use std::path::{Path, PathBuf};

use plainsail::files::{Folder, Memory, read_chart_folder};
use plainsail::fleet::{Fleet, init};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::template::Pure;
use plainsail::helm::{Capabilities, Options, PrintOptions, Profile, Release, render};
use plainsail::render::Renderer;
use plainsail::yaml::nodes::{Node, NodeKind, each_document};
use plainsail::yaml::{self, Data, Style};
use serde_json::Value as Json;

use crate::fleets::Unhurried;
use crate::targets::readers::OTHERS;
use crate::targets::yaml::{is_number_elsewhere, is_word_elsewhere};

/// What was compared, and what was not, by its reason.
#[derive(Debug, Default)]
struct Count {
    documents: usize,
    left: usize,
    wrong: Vec<String>,
}

impl Count {
    /// Compares each document of a text.
    fn check(&mut self, name: &str, text: &str) {
        for document in documents(text) {
            let read = each_document(document.as_bytes(), &yaml::Limits::default(), |ours| {
                if is_left_to_kubernetes(ours.root()) {
                    self.left += 1;
                    return Ok(false);
                }
                self.documents += 1;
                for (reader, read) in OTHERS {
                    match read(&document) {
                        Ok(read) if is_same(ours.root(), &read) => {}
                        other => self.wrong.push(format!("{name}: {reader}: {other:?}: {document}")),
                    }
                }
                Ok(false)
            });
            // Helm prints what has no objects in it without looking at it.
            self.left += usize::from(read.is_err());
        }
    }

    fn is_right(&self, least: usize) {
        println!("rendered: {} documents read alike, {} left to Kubernetes", self.documents, self.left);
        let shown: Vec<String> = self.wrong.iter().take(5).map(|wrong| wrong.chars().take(3_000).collect()).collect();
        assert!(self.wrong.is_empty(), "{} readings differ:\n{}", self.wrong.len(), shown.join("\n"));
        assert!(self.documents >= least, "{} documents only", self.documents);
    }
}

/// Splits a text before the lines that start a document.
fn documents(text: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.strip_prefix("---").is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            documents.push(String::new());
        }
        documents.last_mut().unwrap().push_str(line);
    }
    documents.retain(|document| document.lines().any(|line| !line.is_empty() && !line.starts_with(['#', '-'])));
    documents
}

/// Tells whether there are merges, keys that are no strings, or keys that stand twice.
fn is_left_to_kubernetes(root: Node<'_>) -> bool {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let mut keys: Vec<&[u8]> = Vec::new();
        for (key, _) in node.entries() {
            match key.kind() {
                NodeKind::Scalar(text, Style::Plain) if plain(text) != Data::String(text.into()) || text == b"<<" => {
                    return true;
                }
                NodeKind::Scalar(text, _) => keys.push(text),
                _ => return true,
            }
        }
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        if keys.len() < count {
            return true;
        }
        open.extend(node.children());
    }
    false
}

/// What go-yaml makes of a text without quotes.
fn plain(text: &[u8]) -> Data {
    yaml::parse(text, &yaml::Limits::default()).unwrap_or_else(|_| Data::String(text.into()))
}

/// Tells whether another reader read the same from a node.
fn is_same(node: Node<'_>, read: &Json) -> bool {
    let node = node.target().unwrap_or(node);
    match (node.kind(), read) {
        (NodeKind::List { .. }, Json::Array(items)) => {
            let ours: Vec<Node<'_>> = node.children().collect();
            ours.len() == items.len() && ours.into_iter().zip(items).all(|(ours, read)| is_same(ours, read))
        }
        (NodeKind::Map { .. }, Json::Object(map)) => {
            let is_same_at = |(key, value): (Node<'_>, Node<'_>)| {
                let name = key.text().and_then(|name| std::str::from_utf8(name).ok());
                name.and_then(|name| map.get(name)).is_some_and(|read| is_same(value, read))
            };
            node.entries().count() == map.len() && node.entries().all(is_same_at)
        }
        (NodeKind::Scalar(text, _), Json::String(read)) => text == read.as_bytes(),
        (NodeKind::Scalar(text, Style::Plain), read) => match (plain(text), read) {
            (Data::Null, Json::Null) => true,
            (Data::Bool(ours), Json::Bool(read)) => ours == *read,
            (Data::Float(ours), Json::Number(read)) => read.as_f64() == Some(ours) || is_old_number(text),
            // What Go's words and numbers lack, some readers have.
            (Data::String(text), Json::Null | Json::Bool(_)) => is_word_elsewhere(&text.lossy()),
            (Data::String(text), Json::Number(_)) => is_number_elsewhere(&text.lossy()),
            _ => false,
        },
        _ => false,
    }
}

/// A leading zero makes an octal number in YAML 1.1.
fn is_old_number(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    digits.len() > 1
        && digits.starts_with(b"0")
        && digits[1..].iter().all(|byte| byte.is_ascii_digit() || *byte == b'_')
}

/// Renders a chart with its own values; nothing where it fails, as some of the nasty ones must.
fn printed(chart: &Path, profile: Profile) -> Option<String> {
    let files = read_chart_folder(&Folder::new(chart), "", Limits::default()).ok()?;
    let chart = Chart::load(files, profile, Limits::default()).ok()?;
    let release = Release { name: "rel".to_owned(), namespace: "default".to_owned(), is_upgrade: false };
    let capabilities = Capabilities::default();
    let rendered = render(&chart, &Data::map(), &release, &capabilities, &Options::new(profile), &mut Pure).ok()?;
    let text = rendered.print(&PrintOptions { include_crds: true, ..PrintOptions::default() }).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

fn folders(path: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

#[test]
fn charts_mean_the_same_to_every_reader() {
    let mut count = Count::default();
    let nasty = folders("tests/tools/nasty").into_iter().map(|folder| folder.join("chart"));
    for chart in folders("charts").into_iter().chain(nasty) {
        for profile in [Profile::V4, Profile::V3] {
            if let Some(text) = printed(&chart, profile) {
                count.check(&chart.display().to_string(), &text);
            }
        }
    }
    count.is_right(100);
}

#[test]
fn the_files_that_render_writes_mean_the_same_to_every_reader() {
    let files = init::files(&init::Options { sample: true, repository: None, branch: "main" }).unwrap();
    let files: Memory = files.into_iter().collect();
    let fleet = Fleet::load(&files).unwrap();
    let renderer = Renderer::new(&files, &fleet);
    let mut count = Count::default();
    for environment in &fleet.environments {
        for release in environment.releases.values() {
            let prepared = renderer.prepare(environment, release, std::collections::BTreeMap::new()).unwrap();
            for (path, text) in prepared.render(&Unhurried).unwrap().files() {
                count.check(&path, &String::from_utf8_lossy(&text));
            }
        }
    }
    count.is_right(3);
}

#[test]
fn real_charts_mean_the_same_to_every_reader() {
    let Some(named) = std::env::var_os("PLAINSAIL_CORPUS") else {
        println!("skipped: PLAINSAIL_CORPUS names no corpus");
        return;
    };
    let paths: Vec<PathBuf> = std::env::split_paths(&named).collect();
    let golden = if let [folder] = paths.as_slice() { folder.join("golden") } else { paths[2].clone() };
    let mut count = Count::default();
    for profile in [Profile::V4, Profile::V3] {
        for entry in std::fs::read_dir(golden.join(profile.version())).unwrap() {
            let path = entry.unwrap().path();
            count.check(&path.display().to_string(), &String::from_utf8_lossy(&std::fs::read(&path).unwrap()));
        }
    }
    count.is_right(1_000);
}
