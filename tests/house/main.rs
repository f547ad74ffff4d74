//! Keeps the house: which room may use which, that pure rooms stay pure, that vendor types stay in their rooms.
//!
//! It reads the sources as text. A new arrow is a decision: write it into [`ROOMS`], and into docs/architecture.md why.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the sources ends there")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each room with the rooms that it may use. Use cases (files beside the rooms) may use every room and each other, but not
/// `cli`; no room may use a use case.
const ROOMS: &[(&str, &[&str])] = &[
    // Pure rooms: text and data in, text and data out.
    ("yaml", &[]),
    ("image", &[]),
    ("helm", &["yaml"]),
    ("jinja", &["yaml", "helm"]),
    ("select", &["image"]),
    ("bump", &["yaml"]),
    ("diff", &["yaml"]),
    // Rooms that read trees of files.
    ("files", &["yaml", "helm"]),
    ("fleet", &["yaml", "files", "image", "helm", "jinja"]),
    ("render", &["yaml", "files", "fleet", "helm", "jinja"]),
    ("record", &["files"]),
    // Rooms that talk to others; they know nothing of charts and fleets.
    ("http", &[]),
    ("registry", &["image", "http"]),
    ("git", &["files", "http", "yaml"]),
    ("forge", &["http"]),
];

/// What a pure room may not name: clocks, files, processes, networks, the environment, printing, logs.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    // Not `std::net` as a whole: `IpAddr` parses text, and that is pure.
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::os",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "Zoned::now",
    "getrandom",
    "RandomState",
    "println!",
    "eprintln!",
    "tracing::",
    "std::thread",
];

/// What one file of a pure room may name all the same, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "helm/template/machine/promises.rs",
        "RandomState",
        "stand-ins must not be guessed by a chart; each is replaced before it reaches the output",
    ),
    ("helm/functions/mod.rs", "RandomState", "the names of functions are looked up, never walked"),
    (
        "helm/both.rs",
        "std::thread",
        "two things that do not depend on each other; a thread that cannot start is done without",
    ),
];

/// The rooms that are pure.
const PURE: &[&str] = &["yaml", "image", "helm", "jinja", "select", "bump", "diff"];

/// Crates whose types stay in one room.
const VENDORS: &[(&str, &[&str])] = &[
    ("git2", &["git"]),
    ("aws_sdk_ecr", &["registry"]),
    ("aws_config", &["registry"]),
    ("aws_credential_types", &["registry"]),
    ("aws_smithy_runtime_api", &["registry"]),
    // In `http` for one call: reqwest asks for addresses from inside its own runtime, which must not wait for a resolver.
    ("tokio", &["registry", "http"]),
    ("reqwest", &["http"]),
    ("rustls", &["http"]),
    ("minijinja", &["jinja"]),
    ("granit_parser", &["fleet", "bump"]),
    ("similar", &["diff"]),
    ("clap", &["cli"]),
    ("annotate_snippets", &["cli"]),
    ("indicatif", &["cli"]),
];

/// One source file: the room it stands in, and its code without comments and tests.
struct Source {
    room: String,
    path: String,
    code: String,
}

impl Source {
    /// Returns the chain of `super::` that leads from the file's module to the root.
    fn way_up(&self) -> String {
        let depth = self.path.split('/').filter(|part| *part != "mod.rs").count();
        "super::".repeat(depth)
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            let room = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            Source { room, code: code_of(&std::fs::read_to_string(&file).unwrap()), path }
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Drops comments, and everything from the unit tests on (they stand at the end of a file).
fn code_of(text: &str) -> String {
    text.split("#[cfg(test)]\nmod ")
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns the rooms that a file names as `crate::room`, or by climbing all the way up with `super::`.
fn used_rooms(source: &Source) -> Vec<String> {
    let code = source.code.replace(&source.way_up(), "crate::");
    let mut used: Vec<String> = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            // `use crate::{a::b, c}`: the names at the first level.
            let mut depth = 0;
            let mut name = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => used.push(std::mem::take(&mut name)),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            used.push(name);
        } else {
            used.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    used.into_iter()
        .map(|name| name.trim().split("::").next().unwrap_or_default().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn rooms_use_only_the_rooms_that_they_may() {
    let rooms: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let used = used_rooms(&source);
        match rooms.get(source.room.as_str()) {
            Some(allowed) => {
                for other in &used {
                    if *other != source.room && !allowed.contains(&other.as_str()) {
                        wrong.push(format!("{} uses {other}", source.path));
                    }
                }
            }
            // A use case, or the command line.
            None if !["cli", "main", "lib"].contains(&source.room.as_str())
                && used.iter().any(|other| other == "cli") =>
            {
                wrong.push(format!("{} uses cli", source.path));
            }
            None => {}
        }
    }
    assert!(wrong.is_empty(), "arrows that the house does not have:\n{}", wrong.join("\n"));
}

#[test]
fn every_arrow_of_the_list_is_there() {
    let sources = sources();
    let mut unused = Vec::new();
    for (room, allowed) in ROOMS {
        let used: Vec<String> = sources.iter().filter(|source| source.room == *room).flat_map(used_rooms).collect();
        unused.extend(allowed.iter().filter(|other| !used.contains(&(**other).to_owned())).map(|other| (room, other)));
    }
    assert!(unused.is_empty(), "arrows that nobody needs: {unused:?}");
}

#[test]
fn a_way_around_is_seen() {
    let source = |path: &str, code: &str| Source { room: String::new(), path: path.to_owned(), code: code.to_owned() };
    assert_eq!(used_rooms(&source("yaml/scan/mod.rs", "use super::super::helm::Chart;")), ["helm"]);
    assert_eq!(used_rooms(&source("yaml/read.rs", "use super::scan;")), Vec::<String>::new());
    assert_eq!(used_rooms(&source("yaml/read.rs", "use crate::{git::{Id, Store}, cli};")), ["git", "cli"]);
    assert_eq!(used_rooms(&source("plan.rs", "super::cli::run()")), ["cli"]);
    assert_eq!(code_of("a // crate::cli\n#[cfg(test)]\nmod tests { crate::cli }"), "a ");
}

#[test]
fn every_folder_of_the_sources_is_a_room_of_the_list() {
    let known: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).chain(["cli"]).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in std::fs::read_dir(root).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            assert!(known.contains(&name.as_str()), "src/{name} is not in the list of rooms");
        }
    }
}

#[test]
fn pure_rooms_touch_nothing_outside() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.room.as_str())) {
        for word in IMPURE {
            let excepted = EXCEPTIONS.iter().any(|(path, excepted, _)| *path == source.path && excepted == word);
            // An exception that nobody needs any more is wrong as well.
            if source.code.contains(word) != excepted {
                wrong.push(format!("{} {} {word}", source.path, if excepted { "no longer names" } else { "names" }));
            }
        }
    }
    assert!(wrong.is_empty(), "pure rooms that are not:\n{}", wrong.join("\n"));
}

#[test]
fn vendor_types_stay_in_their_room() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (vendor, rooms) in VENDORS {
            let named = source.code.contains(&format!("{vendor}::")) || source.code.contains(&format!("use {vendor}"));
            if named && !rooms.contains(&source.room.as_str()) {
                wrong.push(format!("{} names {vendor}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "vendor types outside of their room:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    collect(&root.join("fuzz/src"), &mut files);
    let silent: Vec<_> =
        files.iter().filter(|file| !std::fs::read_to_string(file).unwrap().starts_with("//! ")).collect();
    assert!(silent.is_empty(), "modules without a first line: {silent:?}");
}

#[test]
fn one_file_knows_the_versions_of_helm() {
    let wrong: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.path != "helm/profile.rs" && !source.path.ends_with("/tests.rs"))
        .filter(|source| source.code.contains("Profile::V"))
        .map(|source| source.path)
        .collect();
    assert!(wrong.is_empty(), "these ask for a version of Helm, not for a rule of it (helm/profile.rs): {wrong:?}");
}

/// The package of the fuzz targets has a lock file of its own; what is fuzzed must be what is shipped.
#[test]
fn the_fuzz_targets_run_the_same_dependencies() {
    let packages = |file: &str| -> BTreeMap<String, Vec<String>> {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let mut packages: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut name = String::new();
        for line in text.lines() {
            if let Some(value) = line.strip_prefix("name = ") {
                value.clone_into(&mut name);
            } else if let Some(version) = line.strip_prefix("version = \"") {
                packages.entry(name.clone()).or_default().push(version.to_owned());
            }
        }
        packages
    };
    let shipped = packages("Cargo.lock");
    let differ: Vec<_> = packages("fuzz/Cargo.lock")
        .into_iter()
        .filter(|(name, versions)| {
            shipped.get(name).is_some_and(|known| versions.iter().any(|version| !known.contains(version)))
        })
        .collect();
    assert!(differ.is_empty(), "fuzz/Cargo.lock has other versions than Cargo.lock: {differ:?}");
}
