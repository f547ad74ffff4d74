//! Each rule on the smallest fleet that breaks it.

use super::*;
use crate::files::Memory;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let mut tree: Memory = [
        ("plainsail.yaml", ""),
        ("environments/dev/environment.yaml", ""),
        ("charts/web/Chart.yaml", "name: web\ndependencies:\n  - name: redis\n    alias: cache\n"),
        ("charts/web/values.yaml", "image: { repository: x, tag: '', digest: '' }\nopen: {}\n"),
    ]
    .into_iter()
    .collect();
    for (path, text) in files {
        tree.insert(*path, text.replace("DIGEST", DIGEST));
    }
    let fleet = Fleet::load(&tree).unwrap_or_else(|found| panic!("{found:#?}"));
    lint(&fleet, &tree, "2026-11-21T12:00:00Z".parse().unwrap())
        .iter()
        .map(|found| {
            let place = found.span.map(|span| format!("{}:{}", span.line, span.column)).unwrap_or_default();
            format!("{:?} {}:{place} {}: {}", found.severity, found.file, found.id, found.message)
        })
        .collect()
}

/// Lints one release of dev.
fn web(lines: &str) -> Vec<String> {
    findings(&[("environments/dev/web.yaml", &format!("chart: charts/web\n{lines}"))])
        .into_iter()
        .map(|found| found.replace("environments/dev/web.yaml", ""))
        .collect()
}

fn image(lines: &str) -> String {
    format!("images:\n  web:\n    repository: example.com/web\n{lines}")
}

const CHOSEN: &str = "    tag: \"f00ba47\"\n    digest: DIGEST\n    pushedAt: \"2026-11-20T00:00:00Z\"\n";

#[test]
fn a_sound_release_gives_no_finding() {
    assert_eq!(web(&image(&format!("    policy: pushed\n{CHOSEN}"))), [""; 0]);
    assert_eq!(web(""), [""; 0]);
}

#[test]
fn every_rule_has_an_id_of_its_own() {
    let ids: std::collections::BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    assert!(ids.iter().all(|id| id.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')));
}

#[test]
fn what_init_writes_passes() {
    for sample in [true, false] {
        let options = crate::fleet::init::Options { sample, repository: None, branch: "main" };
        let tree: Memory = crate::fleet::init::files(&options).unwrap().into_iter().collect();
        let fleet = Fleet::load(&tree).unwrap();
        let found = lint(&fleet, &tree, "2026-11-21T12:00:00Z".parse().unwrap());
        let expected = if sample { [""; 0].as_slice() } else { &["not-chosen", "not-chosen", "not-chosen"] };
        assert_eq!(found.iter().map(|finding| finding.id).collect::<Vec<_>>(), expected);
        assert!(found.iter().all(|finding| finding.severity == crate::fleet::Severity::Notice));
    }
}

#[test]
fn says_which_release_files_cannot_be_used() {
    let found =
        findings(&[("environments/dev/a.yaml", "char: x\n"), ("environments/dev/web.yaml", "chart: charts/web\n")]);
    assert_eq!(
        found,
        [
            "Error environments/dev/a.yaml:1:1 missing-key: the key `chart` is missing",
            "Error environments/dev/a.yaml:1:1 unknown-key: unknown key `char`",
        ]
    );
}

#[test]
fn looks_for_the_files_that_are_named() {
    assert_eq!(
        findings(&[("environments/dev/web.yaml", "chart: charts/wbe\n")]),
        ["Error environments/dev/web.yaml:1:8 missing-chart: there is no chart at `charts/wbe`"]
    );
    assert_eq!(
        findings(&[("environments/dev/web.yaml", "chart: charts\n")]),
        ["Error environments/dev/web.yaml:1:8 missing-chart: `charts` is not a chart: it has no Chart.yaml"]
    );
    assert_eq!(
        web("valueFiles: [values-dev.yaml, ./x.yaml]\n"),
        [
            "Error :2:14 missing-value-file: there is no file `charts/web/values-dev.yaml`",
            "Error :2:31 missing-value-file: there is no file `environments/dev/x.yaml`",
        ]
    );
}

#[test]
fn a_value_file_that_is_not_yaml_is_shown() {
    let found = findings(&[
        ("environments/dev/web.yaml", "chart: charts/web\nvalueFiles: [a.yaml]\n"),
        ("charts/web/a.yaml", "a: 1\nb: [\n"),
    ]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("Error charts/web/a.yaml:") && found[0].contains("broken-value-file"), "{found:?}");
}

#[test]
fn two_releases_in_one_place_are_found() {
    let found = findings(&[
        ("environments/dev/web.yaml", "chart: charts/web\n"),
        ("environments/test/environment.yaml", "destination: { name: other }\n"),
        ("environments/test/web.yaml", "chart: charts/web\n"),
        ("environments/dev/b.yaml", "chart: charts/web\nreleaseName: web\nnamespace: web\n"),
    ]);
    assert_eq!(
        found,
        [
            "Warning environments/dev/web.yaml:1:1 same-release: `dev/b` has the same release name in the same namespace of the same cluster"
        ]
    );
}

#[test]
fn promotion_needs_a_twin_and_takes_no_policy() {
    let staging = "destination: { name: s }\npromotesFrom: dev\n";
    let found = findings(&[
        ("environments/dev/web.yaml", "chart: charts/web\n"),
        ("environments/dev/broken.yaml", "chart: []\n"),
        ("environments/staging/environment.yaml", staging),
        (
            "environments/staging/web.yaml",
            &format!("chart: charts/web\n{}", image(&format!("    policy: pushed\n{CHOSEN}"))),
        ),
        ("environments/staging/api.yaml", &format!("chart: charts/web\n{}", image(CHOSEN))),
        ("environments/staging/broken.yaml", &format!("chart: charts/web\n{}", image(CHOSEN))),
    ]);
    assert_eq!(
        found,
        [
            "Error environments/dev/broken.yaml:1:1 wrong-type: expected a folder of this repository, or a mapping of `repository`, `name` and \
         `version`, found a list",
            "Warning environments/staging/api.yaml:3:3 no-twin: there is no `dev/api` to promote the image `web` from",
            "Warning environments/staging/web.yaml:3:3 no-twin: `dev/web` has no image `web` to promote",
            "Error environments/staging/web.yaml:5:5 policy-with-promotion: the image `web` comes from `dev` and cannot have a policy as well",
        ]
    );
}

#[test]
fn an_image_has_what_plainsail_writes() {
    assert_eq!(
        web(&image("    policy: pushed\n    tag: ''\n")),
        ["Notice :6:10 not-chosen: the image `web` is not chosen yet, so the release is left out"]
    );
    assert_eq!(
        web(&image("    policy: pushed\n")).first().map(String::as_str),
        Some("Error :3:3 missing-image-key: the image `web` has no key `tag` for plainsail to write")
    );
    assert_eq!(
        web(&image("    tag: f00ba47\n")),
        ["Warning :5:10 tag-without-digest: the tag `f00ba47` has no digest, and may stand for another image tomorrow"]
    );
    assert_eq!(web(&image("    tag: f00ba47\n    pin: tag\n")), [""; 0]);
}

#[test]
fn a_pattern_over_tags_has_both_ends() {
    let found = web(&image(&format!("    policy: pushed\n    match: '[0-9a-f]{{7}}'\n{CHOSEN}")));
    assert_eq!(
        found,
        [
            "Warning :6:12 unanchored-match: `[0-9a-f]{7}` also takes tags that only contain such a text, of signatures for one"
        ]
    );
}

#[test]
fn an_image_goes_into_values_that_exist() {
    let into = |paths: &str| web(&image(&format!("{CHOSEN}    into: {{ {paths} }}\n")));
    assert_eq!(
        into("tag: image.tag, digest: image.sha"),
        [
            "Warning :8:37 unknown-values-path: the image `web` goes into `image.sha`, which the chart's values.yaml does not have"
        ]
    );
    assert_eq!(into("tag: cache.image.tag, digest: global.digest, repository: open.x.y"), [""; 0]);
    assert_eq!(into("tag: imag.tag").len(), 1);
}

#[test]
fn a_value_under_an_image_has_no_effect() {
    let found = findings(&[
        ("plainsail.yaml", "values: { image: { tag: x } }\n"),
        (
            "environments/dev/web.yaml",
            &format!("chart: charts/web\n{}valueFiles: [a.yaml]\nvalues:\n  image: {{ digest: y }}\n", image(CHOSEN)),
        ),
        ("charts/web/a.yaml", "image:\n  repository: z\n  pullPolicy: Always\n---\nimage: { tag: late }\n"),
    ]);
    assert_eq!(
        found,
        [
            "Warning charts/web/a.yaml:2:3 shadowed-value: `image.repository` has no effect: the image `web` of `dev/web` writes over it",
            "Warning environments/dev/web.yaml:10:12 shadowed-value: `image.digest` has no effect: the image `web` of `dev/web` writes over it",
            "Warning plainsail.yaml:1:20 shadowed-value: `image.tag` has no effect: the image `web` of `dev/web` writes over it",
        ]
    );
}

#[test]
fn a_tag_in_values_is_quoted() {
    assert_eq!(
        web("values:\n  sidecars:\n    - { tag: 0012345 }\n    - { tag: \"0012345\", imageTag: 12e4567, stage: 1 }\n"),
        [
            "Warning :4:14 number-shaped-tag: `0012345` without quotes is a number to Helm, and prints as one",
            "Warning :5:35 number-shaped-tag: `12e4567` without quotes is a number to Helm, and prints as one",
        ]
    );
}

#[test]
fn a_secret_in_values_is_found_and_not_shown() {
    let text = "chart: charts/web\nvalues:\n  db: { password: hunter2! }\n  url: postgres://me:pw@db/x\n  passwordKey: Password1\n  \
                apiToken: \"{{ .Values.x }}\"\n  existingSecret: Db-1\n";
    let tree: Memory = [
        ("plainsail.yaml", ""),
        ("environments/dev/environment.yaml", ""),
        ("charts/web/Chart.yaml", "name: web\n"),
        ("environments/dev/web.yaml", text),
    ]
    .into_iter()
    .collect();
    let fleet = Fleet::load(&tree).unwrap();
    let found = lint(&fleet, &tree, "2026-11-21T12:00:00Z".parse().unwrap());
    assert_eq!(
        found.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>(),
        [
            "`password` looks like a secret in a file that is committed",
            "`url` looks like a secret in a file that is committed",
        ]
    );
    assert!(!serde_json::to_string(&found).unwrap().contains("hunter2"));
}

#[test]
fn a_hold_that_is_over_is_found() {
    assert_eq!(
        web("hold: { reason: x, until: 2026-11-21 }\n"),
        ["Warning :2:27 expired-hold: this hold ended at 2026-11-21T00:00:00Z and holds nothing"]
    );
    assert_eq!(web("hold: { reason: x, until: 2026-11-22 }\n"), [""; 0]);
    assert_eq!(web("hold: x\n"), [""; 0]);
}

#[test]
fn functions_with_another_result_each_time_are_listed() {
    let found = findings(&[
        ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
        (
            "charts/web/templates/_h.tpl",
            "{{ define \"x\" }}\n  {{ .Values.a | default (randAlphaNum 8) }}\n{{ end }}\n",
        ),
        ("environments/dev/web.yaml", "chart: charts/web\n"),
        ("environments/dev/api.yaml", "chart: charts/web\n"),
    ]);
    let expected = "Notice charts/web/templates/_h.tpl:2:27 non-deterministic: `randAlphaNum` gives another result each time; \
                    no template includes `x`, in which it stands, by that name";
    assert_eq!(found, [expected]);
}

#[test]
fn definitions_that_are_included_are_told_from_others() {
    let messages = |template: &str| {
        let found = findings(&[
            ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
            (
                "charts/web/templates/_h.tpl",
                "{{ define \"x\" }}{{ now }}{{ end }}{{ define \"y\" }}{{ include \"x\" . }}{{ end }}",
            ),
            ("charts/web/charts/sub/Chart.yaml", "apiVersion: v2\nname: other\nversion: 0.1.0\n"),
            ("charts/web/charts/sub/templates/a.yaml", "{{ getHostByName \"x\" }}"),
            ("charts/web/templates/a.yaml", template),
            ("environments/dev/web.yaml", "chart: charts/web\n"),
        ]);
        assert!(found[0].starts_with(
            "Notice charts/web/charts/sub/templates/a.yaml:1:4 non-deterministic: `getHostByName` gives an"
        ));
        found[1].contains("no template includes")
    };
    assert!(messages("a: 1"));
    assert!(messages("{{ include (print $.Template.BasePath \"/b.yaml\") . }}"));
    assert!(!messages("{{ include \"y\" . }}"));
    assert!(!messages("{{ template \"x\" . }}"));
    assert!(!messages("{{ if .Values.a }}{{ list (include \"y\" .) | toYaml }}{{ end }}"));
    assert!(!messages("{{ include .Values.name . }}"));
}

#[test]
fn made_up_secrets_without_a_salt_are_found() {
    let secret = "nonDeterminism: seed\nallowSecrets: [a]\n";
    assert_eq!(
        web(secret),
        ["Warning :3:1 guessable-secret: what the chart makes up for these Secrets follows from public names only"]
    );
    assert_eq!(web(&format!("{secret}seed: {{ salt: x }}\n")), [""; 0]);
    assert_eq!(web("nonDeterminism: seed\n"), [""; 0]);
    assert_eq!(web("allowSecrets: [a]\n"), [""; 0]);
}

#[test]
fn a_time_that_certificates_outlive_is_found() {
    assert_eq!(
        web("seed: { time: 2025-11-21T00:00:00Z }\n"),
        ["Warning :2:15 seed-time: this time is 365 days ago: certificates for a year have ended, or are about to"]
    );
    assert_eq!(
        web("seed: { time: 2027-01-01T00:00:00Z }\n"),
        ["Warning :2:15 seed-time: certificates that are made for this time are not valid yet"]
    );
    assert_eq!(web("seed: { time: 2026-11-01T00:00:00Z }\n"), [""; 0]);
}
