//! Every command: help with an example, JSON that parses, documented exit codes, nothing written where nothing is to be.

use std::path::Path;

use serde_json::Value;

use crate::program::{Program, files_of, run, write};
use crate::repository::Repository;
use crate::sample::Sample;

const COMMANDS: [&str; 12] = [
    "demo",
    "init",
    "render",
    "diff",
    "reconcile",
    "bump",
    "status",
    "explain",
    "template",
    "lint",
    "schema",
    "completions",
];

fn nowhere() -> &'static Path {
    Path::new("/")
}

/// The folder of a fleet that renders at once.
fn fleet() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["init", "--sample"]).code(0);
    folder
}

#[test]
fn every_command_has_help_with_an_example() {
    let all = run(nowhere(), &["--help"]).code(0);
    for command in COMMANDS {
        assert!(all.out.contains(&format!("  {command} ")), "{command} is not in the list");
        let help = run(nowhere(), &[command, "--help"]).code(0);
        assert!(help.out.contains("Example"), "{command}: {}", help.out);
        assert!(
            help.out.contains(&format!("  plainsail {command}"))
                || help.out.contains(&format!("&& plainsail {command}"))
        );
        for option in ["-C <DIR>", "--output <FORMAT>", "--quiet", "--verbose"] {
            assert!(help.out.contains(option), "{command} has no {option}");
        }
        assert!(help.err.is_empty());
    }
    let listed = all.out.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let listed: Vec<&str> = listed.filter_map(|line| line.split_whitespace().next()).collect();
    assert!(
        listed.iter().all(|name| *name == "help" || COMMANDS.contains(name)),
        "a command without a test: {listed:?}"
    );
}

#[test]
fn mistakes_of_the_command_line_end_with_2() {
    let fleet = fleet();
    for arguments in [
        &["recncile"][..],
        &["render", "--nope"],
        &["bump"],
        &["bump", "dev", "--image", "web=1234567"],
        &["bump", "dev/web", "--image", "web"],
        &["bump", "dev/web", "--image", "web=not a tag"],
        &["bump", "dev/web", "--image", "WEB=1234567"],
        &["render", "nowhere"],
        &["render", "dev/nothing"],
        &["diff", "dev/web/x"],
        &["status", "nowhere"],
        &["explain", "dev"],
        &["explain", "dev/nothing"],
        &["schema", "nothing"],
        &["completions", "nothing"],
        &["reconcile"],
        &["reconcile", "--repository", "ftp://example.com/x"],
        &["reconcile", "--repository", "-oProxyCommand=x"],
    ] {
        let before = files_of(fleet.path());
        let ran = run(fleet.path(), arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {ran:?}");
        assert!(ran.err.starts_with("error: ") || ran.err.contains("\nerror: "), "{arguments:?}: {ran:?}");
        assert!(ran.out.is_empty(), "{arguments:?}: {ran:?}");
        assert_eq!(files_of(fleet.path()), before);
    }
}

#[test]
fn a_repository_that_cannot_be_reached_ends_with_7() {
    let sample = Sample::new();
    for repository in ["../nothing.git", "/nowhere/x.git", "http://127.0.0.1:9/x.git", "."] {
        let ran = sample.run(&["reconcile", "--repository", repository]).code(7);
        assert!(ran.err.starts_with("error: "), "{ran:?}");
    }
    let empty = sample.folder().join("empty.git");
    Repository::create(&empty);
    let ran = sample.run(&["reconcile", "--repository", "../empty.git"]).code(7);
    assert!(ran.err.contains("has no branch"), "{ran:?}");
}

#[test]
fn a_repository_without_a_fleet_ends_with_3_and_says_what_makes_one() {
    let sample = Sample::new();
    let other = Repository::create(&sample.folder().join("other.git"));
    other.commit("main", "hello", &[("README.md", Some(b"hello"))]);
    let before = other.refs();
    let ran = sample.run(&["reconcile", "--repository", "../other.git"]).code(3);
    assert!(ran.err.contains("plainsail.yaml") && ran.err.contains("plainsail init"), "{ran:?}");
    assert_eq!(other.refs(), before);
}

#[test]
fn init_into_an_empty_folder_passes_lint() {
    let folder = tempfile::tempdir().unwrap();
    let init = run(folder.path(), &["init"]).code(0);
    for path in [
        "plainsail.yaml",
        "environments/dev/environment.yaml",
        "charts/web/Chart.yaml",
        "applicationset.yaml",
        "renovate.json",
    ] {
        assert!(init.out.lines().any(|line| line == path) && folder.path().join(path).is_file(), "{path}");
    }
    for environment in ["dev", "staging", "prod"] {
        assert!(folder.path().join("environments").join(environment).is_dir());
    }
    assert!(std::fs::read_to_string(folder.path().join("plainsail.yaml")).unwrap().contains("# "), "with comments");
    run(folder.path(), &["lint"]).code(0);
    run(folder.path(), &["lint", "--strict"]).code(0);
    let render = run(folder.path(), &["render"]).code(0);
    assert!(render.out.contains("left out") && render.out.contains("no image is chosen yet"), "{render:?}");
    assert!(!folder.path().join("rendered").exists(), "what is not chosen yet is left out");
}

#[test]
fn init_with_the_sample_renders_at_once() {
    let folder = fleet();
    run(folder.path(), &["lint", "--strict"]).code(0);
    let check = run(folder.path(), &["render", "--check"]).code(10);
    assert!(check.err.contains("files out of date"), "{check:?}");
    assert!(!folder.path().join("rendered").exists(), "--check writes nothing");
    run(folder.path(), &["render"]).code(0);
    for release in ["dev/web", "dev/worker", "staging/web", "prod/web"] {
        assert!(folder.path().join("rendered").join(release).join(".plainsail").is_file(), "{release}");
    }
    run(folder.path(), &["render", "--check"]).code(0);
    run(folder.path(), &["diff", "--exit-code"]).code(0);
}

#[test]
fn init_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "environments/dev/web.yaml", b"mine\n");
    let before = files_of(folder.path());
    for arguments in [&["init"][..], &["init", "--sample"]] {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, Some(4), "{ran:?}");
        assert!(ran.err.contains("environments/dev/web.yaml"), "{ran:?}");
        assert_eq!(files_of(folder.path()), before);
    }
    // Neither into what it made itself.
    let folder = fleet();
    let before = files_of(folder.path());
    run(folder.path(), &["init"]).code(4);
    assert_eq!(files_of(folder.path()), before);
}

#[test]
fn render_and_diff_say_what_is_out_of_date() {
    let folder = fleet();
    run(folder.path(), &["render"]).code(0);
    let rendered = files_of(folder.path());
    let path = folder.path().join("environments/dev/web.yaml");
    let release = std::fs::read_to_string(&path).unwrap() + "values:\n  replicaCount: 5\n";
    std::fs::write(&path, release).unwrap();
    let before = files_of(folder.path());

    let diff = run(folder.path(), &["diff", "--exit-code"]).code(10);
    assert!(diff.out.contains("Deployment/web") && diff.out.contains("+  replicas: 5"), "{diff:?}");
    let summary = run(folder.path(), &["diff", "--summary"]).code(0);
    assert!(summary.out.contains("spec.replicas: ") && !summary.out.contains("+  replicas"), "{summary:?}");
    run(folder.path(), &["diff", "--exit-code", "staging"]).code(0);
    run(folder.path(), &["render", "--check", "dev/worker"]).code(0);
    let check = run(folder.path(), &["render", "--check", "dev"]).code(10);
    assert!(check.out.contains("dev/web: changes"), "{check:?}");
    assert_eq!(files_of(folder.path()), before, "none of these writes");

    run(folder.path(), &["render", "staging", "dev/worker"]).code(0);
    assert_eq!(files_of(folder.path()), before, "other releases are not rendered");
    run(folder.path(), &["render", "dev/web"]).code(0);
    run(folder.path(), &["render", "--check"]).code(0);
    let after = files_of(folder.path());
    let changed: Vec<&String> = after.keys().filter(|path| rendered.get(*path) != after.get(*path)).collect();
    assert_eq!(
        changed,
        ["environments/dev/web.yaml", "rendered/dev/web/.plainsail", "rendered/dev/web/deployment.web.yaml"]
    );
}

#[test]
fn json_is_one_document_that_says_what_the_text_says() {
    let folder = fleet();
    let json = |arguments: &[&str], code: i32| {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--output", "json"]).collect();
        run(folder.path(), &arguments).code(code).json()
    };
    let releases = |value: &Value| value["releases"].as_array().map_or(0, Vec::len);
    assert_eq!(releases(&json(&["render", "--check"], 10)), 4);
    assert_eq!(releases(&json(&["diff"], 0)), 4);
    assert_eq!(releases(&json(&["diff", "--exit-code", "dev"], 10)), 2);
    assert_eq!(releases(&json(&["render"], 0)), 4);
    let status = json(&["status"], 0);
    assert_eq!(status.as_array().unwrap().len(), 4);
    assert_eq!((&status[0]["release"], &status[0]["tag"]), (&"dev/web".into(), &"f00ba47".into()));
    assert_eq!(json(&["lint"], 0), Value::Array(Vec::new()));
    assert_eq!(json(&["schema", "release"], 0)["title"], "environments/<env>/<release>.yaml");
    assert_eq!(json(&["explain", "dev/web"], 0)["release"], "dev/web");
    let layers = json(&["explain", "dev/web", "--values", "image.tag"], 0);
    assert_eq!(layers.as_array().or(layers["layers"].as_array()).unwrap().len(), 2, "{layers}");
    assert!(json(&["init"], 4)["error"]["messages"][0].as_str().unwrap().contains("there already"));
    assert_eq!(json(&["explain", "dev/nothing"], 2)["error"]["exit"], 2);

    let demo = tempfile::tempdir().unwrap();
    let plan = run(demo.path(), &["demo", "d", "--output", "json"]).code(0).json();
    assert_eq!((releases(&plan), plan["branches"].as_array().unwrap().len()), (4, 2));
    assert_eq!(plan["branches"][0]["action"], "pushed");
    let pushed = run(demo.path(), &["demo", "d", "--push", "--output", "json"]).code(0).json();
    assert_eq!(pushed["tag"], "0a1b2c3");
    let reconcile = ["reconcile", "-C", "d", "--repository", "repository.git", "--output", "json"];
    let plan = run(demo.path(), &reconcile).code(0).json();
    assert_eq!(plan["branches"][0]["branch"], "main");
    let bump =
        ["bump", "dev/web", "--image", "web=0a1b2c3", "-C", "d", "--repository", "repository.git", "--output", "json"];
    let plan = run(demo.path(), &bump).code(0).json();
    assert_eq!(plan["branches"][0]["action"], "up-to-date");

    write(folder.path(), "environments/dev/web.yaml", b"chart: 1\nnope: 2\n");
    let found = json(&["lint"], 3);
    assert!(found.to_string().contains("environments/dev/web.yaml"), "{found}");
    write(folder.path(), "plainsail.yaml", b"nope: 2\n");
    for command in [&["render"][..], &["diff"], &["status"], &["explain", "dev/web"]] {
        let error = json(command, 3);
        assert_eq!(error["error"]["diagnostics"][0]["file"], "plainsail.yaml", "{error}");
    }
}

#[test]
fn quiet_prints_results_and_errors_only() {
    let folder = fleet();
    let quiet = run(folder.path(), &["render", "-q"]).code(0);
    assert!(quiet.err.is_empty() && quiet.out.contains("dev/web: changes"), "{quiet:?}");
    let quiet = run(folder.path(), &["lint", "-q"]).code(0);
    assert!(quiet.err.is_empty() && quiet.out.is_empty(), "{quiet:?}");
    let loud = run(folder.path(), &["render", "-v"]).code(0);
    assert!(loud.err.contains("rendering"), "{loud:?}");
    write(folder.path(), "plainsail.yaml", b"nope: 2\n");
    let quiet = run(folder.path(), &["render", "-q"]).code(3);
    assert!(quiet.err.contains("plainsail.yaml:1"), "{quiet:?}");
}

#[test]
fn nothing_is_coloured_without_a_terminal() {
    let folder = fleet();
    write(folder.path(), "environments/dev/web.yaml", b"chart: 1\nnope: 2\n");
    for variables in [&[][..], &[("TERM", "xterm-256color")], &[("TERM", "xterm"), ("COLORTERM", "truecolor")]] {
        for arguments in [&["render"][..], &["lint"], &["--help"], &["nope"]] {
            let ran = Program::new(arguments).at(folder.path()).with(variables.iter().copied()).run();
            assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:?}");
        }
    }
}

#[test]
fn the_clone_that_a_command_stands_in_names_the_repository() {
    let sample = Sample::new();
    let clone = sample.folder().join("clone");
    git2::build::RepoBuilder::new().clone(sample.repository.path.to_str().unwrap(), &clone).unwrap();
    let before = files_of(&clone);
    let ran = run(&clone, &["reconcile"]).code(0);
    assert!(ran.out.contains("main: pushed"), "{ran:?}");
    assert_eq!(files_of(&clone), before, "the clone itself is not touched");
    assert_eq!(sample.repository.over("main", None).len(), 2);
    let named =
        Program::new(&["reconcile"]).at(sample.folder()).with([("PLAINSAIL_REPOSITORY", "repository.git")]).run();
    // The registry is beside the folder that the fleet expects to stand in.
    assert_eq!(named.code, Some(8), "{named:?}");
}

#[test]
fn explain_names_the_layer_that_won() {
    let folder = fleet();
    let replicas = run(folder.path(), &["explain", "prod/web", "--values", "image.tag"]).code(0);
    assert!(replicas.out.contains("* environments/prod/web.yaml (images): \"f00ba47\""), "{replicas:?}");
    let image = run(folder.path(), &["explain", "dev/worker", "--values", "nameOverride"]).code(0);
    assert!(image.out.contains("* environments/dev/worker.yaml"), "{image:?}");
}
