//! manifests.json and charts.json: the whole standard output of `helm template`, through the library.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a table of another shape is a failing test")]

use plainsail::files::{Memory, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::template::Pure;
use plainsail::helm::values::UserValues;
use plainsail::helm::{Capabilities, KubeVersion, Options, PrintOptions, Profile, Release, render, render_name};
use serde_json::Value;

use crate::table::{PROFILES, Table, Tally, expected, same};

#[test]
fn prints_manifests_as_helm_does() {
    let table = Table::load("manifests");
    run_all(&table, |case| {
        let mut files = table.root["chart"].as_object().unwrap().clone();
        for (name, text) in case["templates"].as_object().into_iter().flatten() {
            files.insert(format!("templates/{name}"), text.clone());
        }
        for (name, text) in case["files"].as_object().into_iter().flatten() {
            files.insert(name.clone(), text.clone());
        }
        Value::Object(files)
    });
}

#[test]
fn renders_charts_as_helm_does() {
    let table = Table::load("charts");
    run_all(&table, |case| case["files"].clone());
}

fn run_all(table: &Table, files: impl Fn(&Value) -> Value) {
    for profile in PROFILES {
        let mut tally = Tally::default();
        for case in table.cases() {
            let flags = Flags::of(case, table.root["release"].as_str().unwrap());
            let outcome = match (run(&files(case), &flags, profile), expected(case, profile)) {
                (Ok(got), Ok(wanted)) => same("output", got.as_str(), wanted.as_str().unwrap()),
                // A message that names a folder of the machine it was made on is the command's, not the library's.
                (Err(_), Err(wanted)) if wanted.contains("<dir>") => Ok(()),
                (Err(got), Err(wanted)) => same("error", got.as_str(), cleaned(wanted)),
                (Ok(got), Err(wanted)) => Err(format!("got {got:?}, wanted the error {wanted}")),
                (Err(got), Ok(wanted)) => Err(format!("got the error {got}, wanted {wanted}")),
            };
            table.count(&mut tally, case["name"].as_str().unwrap(), outcome);
        }
        table.finish(profile.version(), &tally);
    }
}

/// The message itself: without what Helm logs before it, `Error: `, and the hint that its command line adds.
fn cleaned(error: &str) -> &str {
    let message = error.rsplit_once("Error: ").map_or(error, |(_, message)| message);
    let message = message.strip_suffix("\n").unwrap_or(message);
    message.strip_suffix("\n\nUse --debug flag to render out invalid YAML").unwrap_or(message)
}

/// The flags of a case.
#[derive(Default)]
struct Flags {
    name: String,
    name_template: Option<String>,
    namespace: String,
    kube_version: Option<String>,
    api_versions: Vec<String>,
    is_upgrade: bool,
    skip_schemas: bool,
    values: UserValues,
    print: PrintOptions,
}

impl Flags {
    fn of(case: &Value, release: &str) -> Self {
        let mut flags = Self { name: release.to_owned(), namespace: "default".to_owned(), ..Self::default() };
        let mut words = case["flags"].as_array().into_iter().flatten().map(|word| word.as_str().unwrap());
        while let Some(word) = words.next() {
            let (flag, mut given) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
            let mut value = || given.take().or_else(|| words.next()).expect("the flag has a value").to_owned();
            match flag {
                "--name-template" => flags.name_template = Some(value()),
                "--namespace" | "-n" => flags.namespace = value(),
                "--kube-version" => flags.kube_version = Some(value()),
                "--api-versions" | "-a" => flags.api_versions.extend(value().split(',').map(str::to_owned)),
                "--is-upgrade" => flags.is_upgrade = true,
                "--skip-schema-validation" => flags.skip_schemas = true,
                "--set" => flags.values.set.push(value()),
                "--set-string" => flags.values.set_string.push(value()),
                "--set-json" => flags.values.set_json.push(value()),
                "--set-literal" => flags.values.set_literal.push(value()),
                "--include-crds" => flags.print.include_crds = true,
                "--skip-crds" => {}
                "--no-hooks" => flags.print.no_hooks = true,
                "--skip-tests" => flags.print.skip_tests = true,
                "--show-only" | "-s" => flags.print.show_only.push(value()),
                other => panic!("the flag {other} is not known here"),
            }
        }
        flags
    }
}

fn run(files: &Value, flags: &Flags, profile: Profile) -> Result<String, String> {
    let text = |error: plainsail::helm::Error| error.to_string();
    let mut capabilities = Capabilities::default();
    if let Some(version) = &flags.kube_version {
        capabilities.kube_version = KubeVersion::parse(version).map_err(|error| error.to_string())?;
    }
    capabilities.api_versions.extend(flags.api_versions.iter().cloned());
    let name = match &flags.name_template {
        Some(template) => render_name(template, profile, &mut Pure).map_err(text)?,
        None => flags.name.clone(),
    };
    let read = |_: &str| Err("no files here".to_owned());
    let user = flags.values.merge(profile, &read).map_err(|error| error.to_string())?;
    let folder: Memory = files.as_object().unwrap().iter().map(|(path, text)| (path, text.as_str().unwrap())).collect();
    let files = read_chart_folder(&folder, "", Limits::default()).map_err(|error| error.to_string())?;
    let chart = Chart::load(files, profile, Limits::default()).map_err(|error| error.to_string())?;
    let release = Release { name, namespace: flags.namespace.clone(), is_upgrade: flags.is_upgrade };
    let options = Options { skip_schemas: flags.skip_schemas, ..Options::new(profile) };
    let rendered = render(&chart, &user, &release, &capabilities, &options, &mut Pure).map_err(text)?;
    let printed = rendered.print(&flags.print).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&printed).into_owned())
}
