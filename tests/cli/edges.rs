//! Odd but right repositories: files as Windows editors leave them, links, several images, chains of environments.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;

use crate::program::{files_of, write};
use crate::sample::Sample;

const API: &str = "environments/dev/api.yaml";

fn file(text: &str) -> Option<Vec<u8>> {
    Some(text.as_bytes().to_vec())
}

/// The sample with other files.
fn with(files: &[(&str, &str)]) -> Sample {
    Sample::with(&files.iter().map(|(path, text)| ((*path).to_owned(), file(text))).collect())
}

#[test]
fn every_other_byte_of_a_release_file_stays() {
    let text = "\u{feff}# top\r\nchart:   charts/app # spaces\r\nimages:\r\n    api:\r\n        tag: ''   # chosen\r\n        repository: 'registry.example.com/api'\r\n        policy: pushed\r\n        digest:\r\n        pushedAt: ~\r\n# end";
    let sample = with(&[(API, text)]);
    let digest = sample.push("api", "12e4567", "2025-11-20T10:00:00Z");
    sample.reconcile().code(0);
    let expected = text
        .replace("tag: ''", "tag: \"12e4567\"")
        .replace("digest:\r", &format!("digest: \"{digest}\"\r"))
        .replace("pushedAt: ~", "pushedAt: \"2025-11-20T10:00:00Z\"");
    assert_eq!(sample.text(API), expected);
}

#[test]
fn several_images_each_go_where_they_say() {
    let release = "chart: charts/two\nimages:\n  api:\n    repository: registry.example.com/api\n    policy: pushed\n    tag: \"\"\n    into: { reference: main.image }\n  side:\n    repository: registry.example.com/side\n    policy: pushed\n    tag: \"\"\n    into: { reference: sidecars.log.image }\n";
    let sample = with(&[
        (API, release),
        ("charts/two/Chart.yaml", "apiVersion: v2\nname: two\nversion: 0.1.0\n"),
        ("charts/two/values.yaml", "main: {}\nsidecars: { log: {} }\n"),
        (
            "charts/two/templates/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: { name: two }\nspec:\n  containers:\n    - name: main\n      image: {{ .Values.main.image }}\n    - name: log\n      image: {{ .Values.sidecars.log.image }}\n",
        ),
    ]);
    let one = sample.push("api", "1234567", "2025-11-20T10:00:00Z");
    // While one of the two is not there yet, nothing of the release moves.
    sample.reconcile().code(8);
    assert_eq!(sample.text(API), release);
    let other = sample.push("side", "0012345", "2025-11-20T10:00:00Z");
    sample.reconcile().code(0);
    let pod = sample.text("rendered/dev/api/pod.two.yaml");
    assert!(pod.contains(&format!("image: registry.example.com/api:1234567@{one}\n")), "{pod}");
    assert!(pod.contains(&format!("image: registry.example.com/side:0012345@{other}\n")), "{pod}");
    assert_eq!(sample.repository.over("main", None).len(), 2, "both in one commit");
}

#[test]
fn a_chain_of_environments_moves_one_merge_at_a_time() {
    let release = "chart: charts/app\nimages:\n  api:\n    repository: registry.example.com/api\n    tag: \"\"\n";
    let sample = with(&[
        ("environments/staging/environment.yaml", "promotesFrom: dev\n"),
        ("environments/staging/api.yaml", release),
        ("environments/prod/environment.yaml", "promotesFrom: staging\n"),
        ("environments/prod/api.yaml", release),
    ]);
    sample.reconcile().code(0);
    let branches = |sample: &Sample| -> Vec<String> { sample.repository.refs().into_keys().collect() };
    assert_eq!(branches(&sample), ["main", "plainsail/staging"], "prod waits for what staging runs on main");
    sample.repository.merge_fast_forward("main", "plainsail/staging");
    sample.reconcile().code(0);
    assert_eq!(branches(&sample), ["main", "plainsail/prod"]);
    assert!(sample.repository.text("plainsail/prod", "environments/prod/api.yaml").contains("tag: \"0a1b2c3\""));
    sample.repository.merge_fast_forward("main", "plainsail/prod");
    sample.reconcile().code(0);
    assert_eq!(branches(&sample), ["main"]);

    let refused = sample.bump("prod/api", "api=0a1b2c3");
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(refused.err.contains("staging") && refused.err.contains("hint:"), "{refused:?}");
}

#[test]
fn a_policy_in_a_reviewed_environment_comes_as_a_pull_request() {
    let sample = with(&[("environments/dev/environment.yaml", "delivery: pull-request\n")]);
    let main = sample.repository.tip("main");
    sample.reconcile().code(0);
    assert_eq!(sample.repository.tip("main"), main);
    let branch = sample.repository.tip("plainsail/dev");
    assert!(sample.repository.text("plainsail/dev", API).contains("tag: \"0a1b2c3\""));
    sample.reconcile().code(0);
    assert_eq!(sample.repository.tip("plainsail/dev"), branch);
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    sample.reconcile().code(0);
    assert!(sample.repository.text("plainsail/dev", API).contains("tag: \"beef001\""));
    assert_eq!(sample.repository.over("plainsail/dev", Some("main")).len(), 1);
}

#[test]
fn a_branch_that_somebody_deleted_is_made_again() {
    let release = "chart: charts/app\nimages:\n  api:\n    repository: registry.example.com/api\n    tag: \"\"\n";
    let sample = with(&[
        ("environments/staging/environment.yaml", "promotesFrom: dev\n"),
        ("environments/staging/api.yaml", release),
    ]);
    sample.reconcile().code(0);
    let refs = sample.repository.refs();
    sample.repository.delete("plainsail/staging");
    sample.reconcile().code(0);
    assert_eq!(sample.repository.refs(), refs);
}

#[test]
fn a_bump_names_what_exists_and_goes_forward() {
    let sample = Sample::new();
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    sample.reconcile().code(0);
    let refs = sample.repository.refs();
    let missing = sample.bump("dev/api", "api=ffffff0");
    assert!(missing.code == Some(8) && missing.err.contains("not-found"), "{missing:?}");
    let back = sample.bump("dev/api", "api=0a1b2c3");
    assert!(
        back.code == Some(8) && back.err.contains("backwards") && back.err.contains("--allow-backwards"),
        "{back:?}"
    );
    let no_image = sample.bump("dev/api", "web=0a1b2c3");
    assert!(no_image.code == Some(2) && no_image.err.contains("web"), "{no_image:?}");
    let no_release = sample.bump("dev/apo", "api=0a1b2c3");
    assert!(no_release.code == Some(2) && no_release.err.contains("dev/apo"), "{no_release:?}");
    assert_eq!(sample.repository.refs(), refs);
    let arguments =
        ["bump", "dev/api", "--image", "api=0a1b2c3", "--allow-backwards", "--repository", "../repository.git"];
    sample.run(&arguments).code(0);
    assert!(sample.text(API).contains("tag: \"0a1b2c3\""));
    // What a person named stays, though something newer is there.
    let tip = sample.repository.tip("main");
    sample.reconcile().code(0);
    assert_eq!(sample.repository.tip("main"), tip);
}

#[test]
fn links_lead_nowhere() {
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.yaml", b"replicas: 7\n");
    write(outside.path(), "out/keep.txt", b"keep");
    let before = files_of(outside.path());

    // A rendered folder that leads out of the repository.
    let sample = Sample::new();
    let work = sample.work();
    let digest = sample.push("api", "0a1b2c3", "2025-11-20T09:00:00Z");
    let release = format!(
        "chart: charts/app\nvalueFiles: [link.yaml]\nimages:\n  api:\n    repository: registry.example.com/api\n    tag: \"0a1b2c3\"\n    digest: \"{digest}\"\n"
    );
    write(&work, API, release.replace("valueFiles: [link.yaml]\n", "").as_bytes());
    symlink(outside.path().join("out"), work.join("rendered")).unwrap();
    let ran = sample.run(&["render"]);
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert_eq!(files_of(outside.path()), before, "{ran:?}");
    std::fs::remove_file(work.join("rendered")).unwrap();

    // A values file that does.
    write(&work, API, release.as_bytes());
    symlink(outside.path().join("secret.yaml"), work.join("charts/app/link.yaml")).unwrap();
    let ran = sample.run(&["render"]);
    assert_eq!(ran.code, Some(8), "{ran:?}");
    assert!(!work.join("rendered").exists());
}

#[test]
fn a_release_that_is_gone_takes_its_folder_along() {
    let sample = Sample::new();
    sample.push("web", "1234567", "2025-11-20T09:00:00Z");
    let digest = sample.push("api", "0a1b2c3", "2025-11-20T09:00:00Z");
    let release = |name: &str| {
        format!(
            "chart: charts/app\nimages:\n  api:\n    repository: registry.example.com/{name}\n    tag: \"0a1b2c3\"\n    digest: \"{digest}\"\n"
        )
    };
    let work = sample.work();
    write(&work, API, release("api").as_bytes());
    write(&work, "environments/dev/web.yaml", release("web").as_bytes());
    sample.run(&["render"]).code(0);
    let kept: BTreeMap<_, _> =
        files_of(&work).into_iter().filter(|(path, _)| path.starts_with("rendered/dev/api/")).collect();
    std::fs::remove_file(work.join("environments/dev/web.yaml")).unwrap();
    let check = sample.run(&["render", "--check"]).code(10);
    assert!(check.out.contains("dev/web: removed"), "{check:?}");
    sample.run(&["render"]).code(0);
    let left: BTreeMap<_, _> = files_of(&work).into_iter().filter(|(path, _)| path.starts_with("rendered/")).collect();
    assert_eq!(left, kept);
}
