//! Values that differ from run to run, as a person meets them: in `template`, and in a fleet that is rendered again.

use std::fs;
use std::path::Path;

use crate::program::{self, run};

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: {{ randAlphaNum 20 }}\n  given: {{ .Values.given }}\n";

/// A fleet with one release, whose chart makes a password.
fn fleet(settings: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("plainsail.yaml", ""),
        ("environments/dev/environment.yaml", settings),
        ("environments/dev/api.yaml", "chart: charts/web\nallowSecrets: [s]\nvalues: { given: one }\n"),
        ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
        ("charts/web/templates/s.yaml", SECRET),
    ] {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: &str) {
    program::write(folder, path, text.as_bytes());
}

fn secret(folder: &Path) -> String {
    fs::read_to_string(folder.join("rendered/dev/api/secret.s.yaml")).unwrap()
}

#[test]
fn template_draws_as_helm_does_unless_told_otherwise() {
    let folder = fleet("");
    let template = |flags: &[&str]| {
        let arguments: Vec<&str> = ["template", "--name-template", "r-{{ randAlpha 8 | lower }}", "charts/web"]
            .iter()
            .chain(flags)
            .copied()
            .collect();
        run(folder.path(), &arguments)
    };
    assert_ne!(template(&[]).code(0).out, template(&[]).code(0).out);
    let seed = ["--non-determinism", "seed"];
    let seeded = template(&seed).code(0).out;
    assert_eq!(seeded, template(&seed).code(0).out);
    assert_ne!(seeded, template(&["--non-determinism", "seed", "--seed-salt", "x"]).code(0).out);
    let refused = run(folder.path(), &["template", "r", "charts/web", "--non-determinism", "error"]).code(4);
    assert!(refused.err.contains("randAlphaNum") && refused.err.contains("templates/s.yaml:6"), "{}", refused.err);
}

#[test]
fn an_environment_says_what_becomes_of_such_values() {
    let refused = run(fleet("").path(), &["render"]);
    assert!(refused.err.contains("randAlphaNum"), "{}", refused.err);
    assert_ne!(refused.code, Some(0));

    let folder = fleet("nonDeterminism: seed\n");
    run(folder.path(), &["render"]).code(0);
    let first = secret(folder.path());
    run(folder.path(), &["render", "--check"]).code(0);
    write(folder.path(), "environments/dev/environment.yaml", "nonDeterminism: seed\nseed: { salt: x }\n");
    run(folder.path(), &["render"]).code(0);
    assert_ne!(secret(folder.path()), first);
}

#[test]
fn what_is_committed_stays_where_it_is_to_be_kept() {
    let folder = fleet("nonDeterminism: keep\n");
    run(folder.path(), &["render"]).code(0);
    let made = secret(folder.path());
    let password = made.lines().find(|line| line.starts_with("  password: ")).unwrap();
    let by_hand = made.replace(password, "  password: by-hand");
    write(folder.path(), "rendered/dev/api/secret.s.yaml", &by_hand);
    run(folder.path(), &["render", "--check"]).code(0);
    write(folder.path(), "environments/dev/api.yaml", "chart: charts/web\nallowSecrets: [s]\nvalues: { given: two }\n");
    run(folder.path(), &["render"]).code(0);
    assert_eq!(secret(folder.path()), by_hand.replace("given: one", "given: two"));
}
