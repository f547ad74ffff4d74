//! Malformed input, as data: one folder a case in `cases/`. Each is a clear error with its place, and nothing is written.
//!
//! A case lays its `files/` over the fleet of `tests/cli/fleet` (in the repository and in the folder), and its `registry/` over the
//! registry. `expect.txt` holds what happens, a line each: `reconcile`, `render`, `lint` or `diff` with the exit code, `says` with
//! a text that each failing command named before it must print, `remove` with a path to take away, `unchosen` where the image is not
//! to be set in the folder, and `#` with what it is about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::program::{Ran, files_of, write};
use crate::sample::Sample;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/cases");

/// A case as it is written.
#[derive(Default)]
struct Case {
    about: String,
    files: BTreeMap<String, Option<Vec<u8>>>,
    registry: BTreeMap<String, Vec<u8>>,
    /// Commands with their exit codes and what they say.
    commands: Vec<(String, i32, Vec<String>)>,
}

impl Case {
    fn read(folder: &Path) -> Self {
        let mut case = Self::default();
        for (path, bytes) in files_of(folder) {
            if let Some(path) = path.strip_prefix("files/") {
                case.files.insert(path.to_owned(), Some(bytes));
            } else if let Some(path) = path.strip_prefix("registry/") {
                case.registry.insert(path.to_owned(), bytes);
            }
        }
        for line in std::fs::read_to_string(folder.join("expect.txt")).unwrap().lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "#" => case.about.push_str(rest),
                "remove" => drop(case.files.insert(rest.to_owned(), None)),
                "says" => case.commands.last_mut().unwrap().2.push(rest.to_owned()),
                "reconcile" | "render" | "diff" | "lint" => {
                    case.commands.push((word.to_owned(), rest.parse().unwrap(), Vec::new()));
                }
                "" => {}
                other => panic!("{}: {other}", folder.display()),
            }
        }
        assert!(!case.about.is_empty() && !case.commands.is_empty(), "{}", folder.display());
        case
    }

    fn sample(&self) -> Sample {
        let sample = Sample::with(&self.files);
        for (path, bytes) in &self.registry {
            write(&sample.folder().join("registry"), path, bytes);
        }
        sample
    }
}

/// Sets the image in the folder, so that `render` comes as far as the chart.
fn choose_in_folder(sample: &Sample) {
    let path = sample.work().join("environments/dev/api.yaml");
    let digest = sample.push("api", "0a1b2c3", "2025-11-20T09:00:00Z");
    if let Ok(text) = std::fs::read_to_string(&path) {
        let chosen = format!("tag: \"0a1b2c3\"\n    digest: \"{digest}\"");
        std::fs::write(&path, text.replace("tag: \"\" # chosen by plainsail", &chosen)).unwrap();
    }
}

fn problems(name: &str, case: &Case) -> Vec<String> {
    let mut problems = Vec::new();
    let sample = case.sample();
    let refs = sample.repository.refs();
    for (command, code, says) in &case.commands {
        if command != "reconcile" {
            choose_in_folder(&sample);
        }
        let before = files_of(sample.folder());
        let Ran { code: found, out, err } =
            if command == "reconcile" { sample.reconcile() } else { sample.run(&[command.as_str()]) };
        let mut problem = |text: String| problems.push(format!("{name}: {command}: {text}"));
        if found != Some(*code) {
            problem(format!("exit code {found:?} instead of {code}\n{out}\n{err}"));
        }
        for text in says {
            if !err.contains(text.as_str()) {
                problem(format!("does not say {text:?}\n{out}\n{err}"));
            }
        }
        if *code != 0 && !err.contains("error") {
            problem(format!("says no error\n{out}\n{err}"));
        }
        if *code != 0 && (err.contains("internal") || err.contains("panicked")) {
            problem(format!("blames the user for a mistake of its own\n{err}"));
        }
        if sample.repository.refs() != refs {
            problem(format!("moved a ref\n{out}\n{err}"));
        }
        let after = files_of(sample.folder());
        // The repository may get objects that no ref names; of the rest every byte stays.
        let of_user = |files: &BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
            files
                .iter()
                .filter(|(path, _)| !path.starts_with("repository.git/objects/"))
                .map(|(path, bytes)| (path.clone(), bytes.clone()))
                .collect()
        };
        if of_user(&before) != of_user(&after) {
            problem("wrote files".to_owned());
        }
    }
    problems
}

#[test]
fn the_fleet_without_a_mistake_is_committed() {
    let sample = Sample::new();
    let before = sample.repository.tip("main");
    sample.reconcile().code(0);
    assert_ne!(sample.repository.tip("main"), before);
    choose_in_folder(&sample);
    sample.run(&["lint", "--strict"]).code(0);
    sample.run(&["render"]).code(0);
    assert!(sample.work().join("rendered/dev/api/deployment.api.yaml").is_file());
}

#[test]
fn each_malformed_input_is_a_clear_error_with_its_place_and_nothing_is_written() {
    let mut cases: Vec<_> = std::fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 20, "{} cases", cases.len());
    let of_one = |folder: &PathBuf| problems(folder.file_name().unwrap().to_str().unwrap(), &Case::read(folder));
    let found: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> = cases
            .chunks(cases.len().div_ceil(4))
            .map(|part| scope.spawn(move || part.iter().flat_map(of_one).collect::<Vec<_>>()))
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(found.is_empty(), "{} problems in {} cases:\n{}", found.len(), cases.len(), found.join("\n----\n"));
}

/// The sample with three releases in dev, of which one is what `broken` says.
fn three(broken: &str, others: &[(&str, &str)]) -> Sample {
    let release = |name: &str| {
        format!(
            "chart: charts/app\nimages:\n  {name}:\n    repository: registry.example.com/{name}\n    policy: pushed\n    tag: \"\"\n"
        )
    };
    let mut files = BTreeMap::from([
        ("environments/dev/web.yaml".to_owned(), Some(release("web").into_bytes())),
        ("environments/dev/worker.yaml".to_owned(), Some(broken.as_bytes().to_vec())),
    ]);
    files.extend(others.iter().map(|(path, text)| ((*path).to_owned(), Some(text.as_bytes().to_vec()))));
    let sample = Sample::with(&files);
    sample.push("web", "1234567", "2025-11-20T08:00:00Z");
    sample.push("worker", "12e4567", "2025-11-20T08:00:00Z");
    sample
}

#[track_caller]
fn two_are_committed(sample: &Sample, ran: &Ran, code: &str) {
    let files = sample.repository.files("main");
    for release in ["api", "web"] {
        assert!(files.contains_key(&format!("rendered/dev/{release}/deployment.{release}.yaml")), "{release}: {ran:?}");
    }
    assert!(!files.keys().any(|path| path.starts_with("rendered/dev/worker/")), "{ran:?}");
    assert!(ran.err.contains("dev/worker: ") && ran.err.contains(code), "its name and why: {ran:?}");
    assert!(ran.err.contains("environments/dev/worker.yaml") || ran.err.contains("charts/"), "the place: {ran:?}");
    assert_eq!(sample.repository.over("main", None).len(), 2);
    let message = sample.repository.message(sample.repository.tip("main").unwrap());
    assert!(message.contains("dev/worker"), "the commit says what it leaves: {message}");
    // Else the next run would take the release for one that a person has left.
    assert!(!message.contains("Plainsail-Set: dev/worker"), "nothing was set there: {message}");
}

const WORKER: &str = "chart: charts/worker\nimages:\n  worker:\n    repository: registry.example.com/worker\n    policy: pushed\n    tag: \"\"\n";

#[test]
fn one_broken_release_among_three_leaves_the_two_others_committed() {
    for (broken, others, code) in [
        ("chart: charts/app\nimages: nope\n", &[][..], "wrong-type"),
        ("chart: charts/nothing\nimages: {}\n", &[], "missing"),
        ("chart: charts/app\n\timages:\n", &[], "dev/worker"),
        (
            WORKER,
            &[
                ("charts/worker/Chart.yaml", "apiVersion: v2\nname: worker\nversion: 0.1.0\n"),
                ("charts/worker/templates/a.yaml", "a: {{ .Values.no.such }}\n"),
            ],
            "helm",
        ),
        (
            &WORKER.replace("example.com/worker", "example.com/nobody").replace("charts/worker", "charts/app"),
            &[],
            "not-found",
        ),
    ] {
        let sample = three(broken, others);
        let before = sample.text("environments/dev/worker.yaml");
        let ran = sample.reconcile().code(8);
        two_are_committed(&sample, &ran, code);
        assert_eq!(sample.text("environments/dev/worker.yaml"), before);
        let refs = sample.repository.refs();
        sample.reconcile().code(8);
        assert_eq!(sample.repository.refs(), refs, "again, nothing is new");
    }
}

#[test]
fn a_chart_that_does_not_print_the_digest_is_not_deployed() {
    let template = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: worker}\nspec: {template: {spec: {containers: [{name: a, image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"}]}}}\n# {{ .Values.image.digest }}\n";
    let chart = [
        ("charts/worker/Chart.yaml", "apiVersion: v2\nname: worker\nversion: 0.1.0\n"),
        ("charts/worker/templates/deployment.yaml", template),
    ];
    let sample = three(WORKER, &chart);
    let ran = sample.reconcile().code(8);
    two_are_committed(&sample, &ran, "not-deployed");
    assert!(ran.err.contains("images.worker.into") && ran.err.contains("pin: tag"), "the ways out are named: {ran:?}");
    assert_eq!(sample.text("environments/dev/worker.yaml"), WORKER);

    // Both ways out lead out.
    for more in ["    pin: tag\n", "    into: { repository: image.repository, tagWithDigest: image.tag }\n"] {
        let sample = three(&format!("{WORKER}{more}"), &chart);
        sample.reconcile().code(0);
        assert!(
            sample.text("rendered/dev/worker/deployment.worker.yaml").contains("registry.example.com/worker:12e4567")
        );
    }
}
