//! `plainsail demo`, as the README's first command: what is in the repository afterwards, and that a second run changes nothing.

use std::path::Path;

use plainsail::registry::{Tag, layout};

use crate::program::{Ran, files_of, run};
use crate::repository::Repository;

struct Demo {
    folder: tempfile::TempDir,
    repository: Repository,
    first: Ran,
}

impl Demo {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let first = run(folder.path(), &["demo", "d"]).code(0);
        let repository = Repository::open(&folder.path().join("d/repository.git"));
        Self { folder, repository, first }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(self.folder.path(), arguments)
    }

    fn reconcile(&self) -> Ran {
        self.run(&["reconcile", "-C", "d", "--repository", "repository.git"])
    }

    fn push(&self, name: &str, tag: &str, at: &str) {
        let (tag, at) = (Tag::parse(tag).unwrap(), at.parse().unwrap());
        let labels = [("revision".to_owned(), tag.to_string())].into();
        layout::push(&self.folder.path().join("d/registry"), name, &tag, at, &labels).unwrap();
    }
}

fn is_below(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| path.starts_with(folder))
}

#[test]
fn main_has_the_seed_and_one_commit_and_staging_one_commit_over_it() {
    let demo = Demo::new();
    let refs: Vec<String> = demo.repository.refs().into_keys().collect();
    assert_eq!(refs, ["main", "plainsail/staging"]);

    let main = demo.repository.over("main", None);
    assert_eq!(main.len(), 2);
    let changed = demo.repository.changed(main[0]);
    assert!(changed.iter().all(|path| is_below(path, &["environments/dev/", "rendered/dev/"])), "{changed:?}");
    for path in ["environments/dev/web.yaml", "rendered/dev/web/deployment.web.yaml", "rendered/dev/worker/.plainsail"]
    {
        assert!(changed.iter().any(|other| other == path), "{path} is not in {changed:?}");
    }

    let message = demo.repository.message(main[0]);
    assert!(message.starts_with("dev: 2 images\n\ndev/web: web f00ba47 -> 12e4567\n"), "{message}");
    for trailer in [
        "\n\nPlainsail-Set: dev/web web sha256:",
        "\nPlainsail-Set: dev/worker worker sha256:",
        "\nPlainsail-Version: ",
    ] {
        assert!(message.contains(trailer), "{message}");
    }

    let staging = demo.repository.over("plainsail/staging", Some("main"));
    assert_eq!(staging.len(), 1);
    let changed = demo.repository.changed(staging[0]);
    assert!(changed.iter().all(|path| is_below(path, &["environments/staging/", "rendered/staging/"])), "{changed:?}");

    for shown in [
        &main[0].to_string(),
        "rendered/dev/web/deployment.web.yaml",
        "Brings what **dev** runs to **staging**.",
        "demo d --push",
    ] {
        assert!(demo.first.out.contains(shown), "{shown} is not in {}", demo.first.out);
    }
    let seed = demo.repository.files("main");
    assert!(!seed.keys().any(|path| path.contains("gate")), "the demo uses no gates");
}

#[test]
fn a_second_demo_moves_no_ref_and_says_so() {
    let demo = Demo::new();
    let before = (demo.repository.refs(), files_of(&demo.folder.path().join("d/registry")));
    let second = demo.run(&["demo", "d"]).code(0);
    assert!(second.err.contains("up to date"), "{second:?}");
    assert!(second.out.contains("main: up to date") && second.out.contains("plainsail/staging: up to date"));
    assert_eq!((demo.repository.refs(), files_of(&demo.folder.path().join("d/registry"))), before);
    let reconcile = demo.reconcile().code(0);
    assert!(reconcile.out.contains("main: up to date"), "{reconcile:?}");
    assert_eq!(demo.repository.refs(), before.0);
}

#[test]
fn a_pushed_image_gives_one_more_commit_and_moves_staging() {
    let demo = Demo::new();
    let before = demo.repository.refs();
    demo.run(&["demo", "d", "--push"]).code(0);
    assert_eq!(demo.repository.refs(), before, "pushing an image writes no commit");

    let dry = demo.run(&["reconcile", "-C", "d", "--repository", "repository.git", "--dry-run"]).code(0);
    assert!(dry.out.contains("main: would push"), "{dry:?}");
    assert_eq!(demo.repository.refs(), before, "a dry run writes nothing");

    demo.reconcile().code(0);
    let main = demo.repository.over("main", None);
    assert_eq!(main.len(), 3);
    assert_eq!(main[1].to_string(), before["main"], "nothing was rewritten");
    let staging = demo.repository.over("plainsail/staging", Some("main"));
    assert_eq!(staging.len(), 1, "still one commit over main");
    assert_ne!(staging[0].to_string(), before["plainsail/staging"]);
    assert!(demo.repository.text("plainsail/staging", "environments/staging/web.yaml").contains("tag: \"0a1b2c3\""));
    assert_eq!(demo.repository.files("main").len(), demo.repository.files("plainsail/staging").len());
    demo.reconcile().code(0);
    assert_eq!(demo.repository.over("main", None), main);
}

#[test]
fn a_bump_of_another_release_leaves_the_branch_of_staging_alone() {
    let demo = Demo::new();
    let before = demo.repository.refs();
    demo.push("worker", "5ca1ab1", "2025-11-21T09:00:00Z");
    demo.run(&["bump", "dev/worker", "--image", "worker=5ca1ab1", "-C", "d", "--repository", "repository.git"]).code(0);
    let after = demo.repository.refs();
    assert_ne!(after["main"], before["main"]);
    assert_eq!(after["plainsail/staging"], before["plainsail/staging"]);
    // The main job on the new tip has no reason to touch it either: approvals would be dismissed.
    demo.reconcile().code(0);
    assert_eq!(demo.repository.refs(), after);
    let changed = demo.repository.changed(demo.repository.tip("main").unwrap());
    assert!(
        changed.iter().all(|path| is_below(path, &["environments/dev/worker", "rendered/dev/worker/"])),
        "{changed:?}"
    );
}

#[test]
fn two_demos_have_the_same_commits() {
    let (one, other) = (Demo::new(), Demo::new());
    assert_eq!(one.repository.refs(), other.repository.refs());
    for demo in [&one, &other] {
        demo.run(&["demo", "d", "--push"]).code(0);
        demo.reconcile().code(0);
    }
    assert_eq!(one.repository.refs(), other.repository.refs());
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("d")).unwrap();
    std::fs::write(folder.path().join("d/thesis.txt"), "mine").unwrap();
    let ran = run(folder.path(), &["demo", "d"]).code(2);
    assert!(ran.err.contains("d is not empty and not a demo") && ran.err.contains("hint:"), "{ran:?}");
    assert_eq!(files_of(&folder.path().join("d")).len(), 1);
}

#[test]
fn a_demo_that_was_cut_short_is_finished() {
    let whole = Demo::new();
    // Between making the repository and its first commit.
    let cut = tempfile::tempdir().unwrap();
    let copy = |name: &str| {
        for (path, bytes) in files_of(&whole.folder.path().join(name)) {
            crate::program::write(&cut.path().join(name), &path, &bytes);
        }
    };
    copy("d/registry");
    std::fs::remove_file(cut.path().join("d/registry/worker/index.json")).unwrap();
    Repository::create(&cut.path().join("d/repository.git"));
    run(cut.path(), &["demo", "d"]).code(0);
    let repository = Repository::open(Path::new(&cut.path().join("d/repository.git")));
    assert_eq!(repository.refs(), whole.repository.refs());
}
