//! Charts that are nasty on purpose (`nasty/`), rendered by both releases of the real Helm and by us.
//!
//! Each folder has `about.txt`, which says what is nasty and then has one line of flags per run, and the folder `chart`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::template::Pure;
use plainsail::helm::values::{UserValues, ValueFile};
use plainsail::helm::{Capabilities, KubeVersion, Options, PrintOptions, Profile, Release, render};

use crate::charts::tool;

#[test]
fn renders_nasty_charts_as_both_helms_do() {
    let mut folders: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/nasty"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 20, "only {} nasty charts", folders.len());
    let mut wrong = Vec::new();
    for profile in [Profile::V4, Profile::V3] {
        let Some(helm) = tool(&format!("helm-{}", profile.version())) else { continue };
        let (mut equal, mut failing) = (0, 0);
        for folder in &folders {
            for line in runs(folder) {
                let wanted = theirs(&helm, folder, &words(&line));
                let got = ours(folder, &words(&line), profile);
                failing += usize::from(wanted.is_err());
                if agree(&got, &wanted, folder) {
                    equal += 1;
                } else {
                    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
                    wrong.push(format!("{name} {} $ {line}\n  ours: {got:?}\n  helm: {wanted:?}", profile.version()));
                }
            }
        }
        println!("{}: {equal} runs equal, {failing} of all fail, as they must", profile.version());
    }
    assert!(wrong.is_empty(), "{} runs differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The lines of flags of a case.
fn runs(folder: &Path) -> Vec<String> {
    let about = fs::read_to_string(folder.join("about.txt")).unwrap();
    let runs: Vec<_> =
        about.lines().filter_map(|line| line.strip_prefix('$')).map(|line| line.trim().to_owned()).collect();
    assert!(!runs.is_empty() && !about.starts_with('$'), "{} says nothing", folder.display());
    runs
}

/// Splits at blanks; a word that begins with a quotation mark goes on to the next one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').expect("the quotation ends"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

fn agree(got: &Result<String, String>, wanted: &Result<String, String>, folder: &Path) -> bool {
    match (got, wanted) {
        // The command adds the place of the chart on this machine.
        (Err(_), Err(wanted)) if wanted.contains(&*folder.to_string_lossy()) => true,
        // Helm goes through the properties of a schema in random order.
        (Err(got), Err(wanted)) if wanted.starts_with("values don't meet") => sorted(got) == sorted(wanted),
        (got, wanted) => got == wanted,
    }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

fn theirs(helm: &Path, folder: &Path, flags: &[String]) -> Result<String, String> {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(helm);
    command.args(["template", "rel", "chart"]).args(flags).current_dir(folder);
    let output = command.env("HOME", home.path()).env_remove("KUBECONFIG").output().unwrap();
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    // Helm 4 logs before it fails.
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let message = text.find("Error: ").map_or(text.as_str(), |start| &text[start + "Error: ".len()..]);
    let message = message.strip_suffix('\n').unwrap_or(message);
    Err(message.strip_suffix("\n\nUse --debug flag to render out invalid YAML").unwrap_or(message).to_owned())
}

fn ours(folder: &Path, flags: &[String], profile: Profile) -> Result<String, String> {
    let mut values = UserValues::default();
    let mut print = PrintOptions::default();
    let mut capabilities = Capabilities::default();
    let mut release = Release { name: "rel".to_owned(), namespace: "default".to_owned(), is_upgrade: false };
    let mut options = Options::new(profile);
    let mut flags = flags.iter();
    while let Some(flag) = flags.next() {
        let mut value = || flags.next().expect("the flag has a value").clone();
        match flag.as_str() {
            "-f" => {
                let name = value();
                let text = fs::read(folder.join(&name)).unwrap().into();
                values.files.push(ValueFile { name, text });
            }
            "--set" => values.set.push(value()),
            "--set-string" => values.set_string.push(value()),
            "--set-json" => values.set_json.push(value()),
            "--kube-version" => {
                capabilities.kube_version = KubeVersion::parse(&value()).map_err(|error| error.to_string())?;
            }
            "--api-versions" | "-a" => capabilities.api_versions.extend(value().split(',').map(str::to_owned)),
            "--show-only" => print.show_only.push(value()),
            "--namespace" => release.namespace = value(),
            "--include-crds" => print.include_crds = true,
            "--no-hooks" => print.no_hooks = true,
            "--skip-tests" => print.skip_tests = true,
            "--is-upgrade" => release.is_upgrade = true,
            "--skip-schema-validation" => options.skip_schemas = true,
            other => panic!("the flag {other} is not known here"),
        }
    }
    let user = values.merge(profile, &|_| Err("no files here".to_owned())).map_err(|error| error.to_string())?;
    let files = read_chart_folder(&Folder::new(folder.join("chart")), "", Limits::default())
        .map_err(|error| error.to_string())?;
    let chart = Chart::load(files, profile, Limits::default()).map_err(|error| error.to_string())?;
    let rendered =
        render(&chart, &user, &release, &capabilities, &options, &mut Pure).map_err(|error| error.to_string())?;
    let printed = rendered.print(&print).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&printed).into_owned())
}
