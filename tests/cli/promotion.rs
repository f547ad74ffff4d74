//! What persons do beside plainsail, and what it then leaves alone: reverts, digests set by hand, holds, foreign commits.

use std::collections::BTreeMap;

use crate::sample::Sample;

const API: &str = "environments/dev/api.yaml";
const STAGING: &str = "environments/staging/api.yaml";

/// The sample with `staging`, which promotes `api` from dev; the first image runs in dev and waits for staging.
fn with_staging() -> Sample {
    let text = |text: &str| Some(text.as_bytes().to_vec());
    let release =
        "chart: charts/app\nnamespace: api\nimages:\n  api:\n    repository: registry.example.com/api\n    tag: \"\"\n";
    let sample = Sample::with(&BTreeMap::from([
        ("environments/staging/environment.yaml".to_owned(), text("promotesFrom: dev\n")),
        (STAGING.to_owned(), text(release)),
    ]));
    sample.reconcile().code(0);
    assert!(sample.text(API).contains("tag: \"0a1b2c3\" # chosen by plainsail"), "{}", sample.text(API));
    sample
}

#[test]
fn a_reverted_image_is_not_set_again() {
    let sample = with_staging();
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    sample.reconcile().code(0);
    assert!(sample.text(API).contains("beef001"));
    sample.repository.revert_tip("main");
    let tip = sample.repository.tip("main");

    let ran = sample.reconcile().code(0);
    assert!(ran.out.contains("left-by-a-person"), "{ran:?}");
    assert_eq!(sample.repository.tip("main"), tip);
    assert!(sample.text(API).contains("0a1b2c3"));
    // What dev does not run any more is not promoted either.
    assert!(sample.repository.text("plainsail/staging", STAGING).contains("0a1b2c3"));

    sample.push("api", "cafe002", "2025-11-20T11:00:00Z");
    sample.reconcile().code(0);
    assert!(sample.text(API).contains("cafe002"), "a newer image than the one that was left is taken");
}

#[test]
fn a_revert_of_a_merged_promotion_is_not_proposed_again() {
    let sample = with_staging();
    sample.repository.merge_fast_forward("main", "plainsail/staging");
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    sample.reconcile().code(0);
    sample.repository.merge_fast_forward("main", "plainsail/staging");
    sample.repository.revert_tip("main");
    let ran = sample.reconcile().code(0);
    assert!(ran.out.contains("left-by-a-person"), "{ran:?}");
    assert_eq!(sample.repository.tip("plainsail/staging"), None, "nothing is left to promote: {ran:?}");
    assert!(sample.text(STAGING).contains("0a1b2c3") && sample.text(API).contains("beef001"));
}

#[test]
fn a_digest_that_a_person_set_stands() {
    let sample = with_staging();
    let old = sample.text(API);
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    sample.reconcile().code(0);
    // A rollback by hand: the release file alone.
    sample.person("main", API, &old);
    let ran = sample.reconcile().code(0);
    assert!(ran.out.contains("held-by-hand"), "{ran:?}");
    assert_eq!(sample.text(API), old);
    let manifest = sample.text("rendered/dev/api/deployment.api.yaml");
    assert!(manifest.contains(":0a1b2c3@"), "the manifests follow the file: {manifest}");
    assert!(sample.text("rendered/dev/api/.plainsail").contains("beef001"), "the marker keeps what plainsail chose");

    sample.push("api", "cafe002", "2025-11-20T11:00:00Z");
    let tip = sample.repository.tip("main");
    sample.reconcile().code(0);
    assert_eq!(sample.repository.tip("main"), tip);
    assert_eq!(sample.text(API), old);
}

#[test]
fn a_hold_in_the_file_stops_policies_and_bumps() {
    let sample = with_staging();
    let held = format!("{}hold: {{ reason: \"incident 42\", who: ann }}\n", sample.text(API));
    sample.person("main", API, &held);
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    let ran = sample.reconcile().code(0);
    assert!(ran.out.contains("incident 42") && ran.out.contains("ann"), "{ran:?}");
    assert_eq!(sample.text(API), held);
    let ran = sample.bump("dev/api", "api=beef001");
    assert!(ran.out.contains("incident 42"), "{ran:?}");
    assert_eq!(sample.text(API), held);
    assert!(sample.text("rendered/dev/api/deployment.api.yaml").contains("0a1b2c3"));
}

#[test]
fn a_hold_of_the_environment_stops_promotions() {
    let sample = with_staging();
    sample.repository.merge_fast_forward("main", "plainsail/staging");
    sample.reconcile().code(0);
    sample.person("main", "environments/staging/environment.yaml", "promotesFrom: dev\nhold: \"freeze\"\n");
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    let ran = sample.reconcile().code(0);
    assert!(ran.out.contains("freeze"), "{ran:?}");
    assert!(sample.text(API).contains("beef001"));
    assert!(sample.text(STAGING).contains("0a1b2c3"));
    assert_eq!(sample.repository.tip("plainsail/staging"), None, "{ran:?}");
}

#[test]
fn a_foreign_commit_on_the_branch_stops_the_tool_there() {
    let sample = with_staging();
    sample.person("plainsail/staging", "environments/staging/note.txt", "mine");
    let foreign = sample.repository.tip("plainsail/staging");
    sample.push("api", "beef001", "2025-11-20T10:00:00Z");
    let ran = sample.reconcile().code(8);
    assert!(ran.err.contains("foreign-commit") && ran.err.contains("Ann"), "{ran:?}");
    assert!(ran.err.contains("plainsail/staging") && ran.err.contains("hint:"), "{ran:?}");
    assert_eq!(sample.repository.tip("plainsail/staging"), foreign);
    assert!(sample.text(API).contains("beef001"), "dev goes on");
}

#[test]
fn the_branch_is_removed_when_nothing_is_left_to_promote() {
    let sample = with_staging();
    sample.repository.merge_fast_forward("main", "plainsail/staging");
    let main = sample.repository.tip("main");
    sample.reconcile().code(0);
    assert_eq!(sample.repository.tip("plainsail/staging"), None);
    assert_eq!(sample.repository.tip("main"), main);
}

#[test]
fn environments_live_on_the_branch_that_the_configuration_names() {
    let sample = Sample::new();
    let config = format!("{}git:\n  branch: deploy\n", sample.text("plainsail.yaml"));
    sample.person("main", "plainsail.yaml", &config);
    let missing = sample.reconcile().code(7);
    assert!(missing.err.contains("deploy"), "{missing:?}");
    sample.repository.branch("deploy", "main");
    let main = sample.repository.tip("main");
    sample.reconcile().code(0);
    assert_eq!(sample.repository.tip("main"), main);
    assert!(sample.repository.text("deploy", API).contains("0a1b2c3"));
    // What is typed counts more.
    sample.run(&["reconcile", "--repository", "../repository.git", "--branch", "main"]).code(0);
    assert!(sample.text(API).contains("0a1b2c3"));
}

#[test]
fn drift_is_repaired_and_a_release_without_a_file_is_removed() {
    let sample = with_staging();
    let manifest = "rendered/dev/api/deployment.api.yaml";
    let right = sample.text(manifest);
    sample.person("main", manifest, "kind: Tampered\n");
    sample.person("main", "rendered/dev/api/left-behind.yaml", "kind: Left\n");
    sample.person("main", "rendered/dev/theirs/file.yaml", "kind: Theirs\n");
    sample.reconcile().code(0);
    assert_eq!(sample.text(manifest), right);
    assert!(!sample.repository.files("main").contains_key("rendered/dev/api/left-behind.yaml"));
    sample.repository.commit("main", "away with it", &[(API, None)]);
    sample.reconcile().code(0);
    let files = sample.repository.files("main");
    assert!(!files.keys().any(|path| path.starts_with("rendered/dev/api/")), "{:?}", files.keys());
    assert!(files.contains_key("rendered/dev/theirs/file.yaml"), "a folder without a marker is never touched");
}
