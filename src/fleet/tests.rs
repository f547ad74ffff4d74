//! What a fleet is read from, and how it is refused.

use super::*;
use crate::files::Memory;

const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn web(lines: &str) -> String {
    format!("chart: charts/web\nnamespace: web\n{lines}")
}

fn fleet(files: &[(&str, &str)]) -> Result<Fleet, Vec<Diagnostic>> {
    let mut tree: Memory = files.iter().map(|(path, text)| (*path, *text)).collect();
    for (path, text) in [("plainsail.yaml", ""), ("environments/dev/environment.yaml", "")] {
        if !tree.files().contains_key(path) {
            tree.insert(path, text);
        }
    }
    Fleet::load(&tree)
}

fn release(text: &str) -> Result<Release, Vec<Diagnostic>> {
    let fleet = fleet(&[("environments/dev/web.yaml", text)]).unwrap();
    let environment = fleet.environment("dev").unwrap();
    match environment.broken.first() {
        Some(broken) => Err(broken.diagnostics.clone()),
        None => Ok(environment.releases["web"].clone()),
    }
}

fn problems(text: &str) -> Vec<String> {
    show(&release(text).unwrap_err())
}

fn show(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|found| {
            let place = found.span.map(|span| format!("{}:{}", span.line, span.column)).unwrap_or_default();
            format!("{}:{place}: {}: {}", found.file, found.id, found.message)
        })
        .collect()
}

#[test]
fn an_empty_plainsail_yaml_is_enough() {
    let fleet = fleet(&[]).unwrap();
    assert_eq!(fleet.environments.len(), 1);
    let dev = fleet.environment("dev").unwrap();
    assert_eq!((dev.delivery(), fleet.project(dev)), (Delivery::Direct, "default"));
    assert_eq!(dev.file.destination(), Destination::Server("https://kubernetes.default.svc".to_owned()));
}

#[test]
fn reads_the_example_of_the_design() {
    let text = format!(
        "chart: charts/web\nnamespace: api\nimages:\n  api:\n    repository: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/api\n    \
         policy: pushed\n    tag: \"f00ba47\"\n    digest: {DIGEST}\n    pushedAt: \"2026-11-21T06:20:01Z\"\n\
         valueFiles: [values-dev.yaml, ./more.yaml]\n"
    );
    let release = release(&text).unwrap();
    let image = &release.file.images["api"];
    assert_eq!(image.tag.as_ref().unwrap().as_str(), "f00ba47");
    assert_eq!(image.policy, Some(Policy::Pushed));
    assert_eq!(image.tag_pattern(), DEFAULT_MATCH);
    assert_eq!(image.pushed_at.unwrap().to_string(), "2026-11-21T06:20:01Z");
    assert_eq!((release.namespace(), release.release_name()), ("api", "web"));
    assert_eq!(
        release.value_files(),
        [
            ValueFile::InRepository("charts/web/values-dev.yaml".to_owned()),
            ValueFile::InRepository("environments/dev/more.yaml".to_owned())
        ]
    );
    let values = crate::yaml::Data::from(release.image_values());
    assert_eq!(
        values.get("image").and_then(|image| image.get("tag")).and_then(|tag| tag.as_str()).unwrap(),
        &"f00ba47"
    );
    assert_eq!(
        values.get("image").and_then(|image| image.get("digest")).and_then(|text| text.as_str()).unwrap(),
        &DIGEST
    );
}

#[test]
fn values_are_read_as_a_values_file_is() {
    use crate::yaml::Data;
    let release = release(&web("values:\n  a: 1\n  b: 0012\n  c: yes\n  d: \"12e4567\"\n  e: {f: [~]}\n")).unwrap();
    let values = release.file.values.to_data();
    assert_eq!(values.get("a"), Some(&Data::Float(1.0)));
    assert_eq!(values.get("b"), Some(&Data::Float(10.0)));
    assert_eq!(values.get("c"), Some(&Data::Bool(true)));
    assert_eq!(values.get("d"), Some(&Data::from("12e4567")));
    assert_eq!(values.get("e").and_then(|e| e.get("f")), Some(&Data::from(vec![Data::Null])));
}

#[test]
fn a_broken_release_does_not_hide_the_others() {
    let fleet = fleet(&[
        ("environments/dev/a.yaml", "chart: charts/web\n"),
        ("environments/dev/b.yaml", "chart: [\n"),
        ("environments/dev/c.yaml", "chart: charts/web\n"),
        ("environments/dev/D.yaml", "chart: charts/web\n"),
    ])
    .unwrap();
    let dev = fleet.environment("dev").unwrap();
    assert_eq!(dev.releases.keys().map(ReleaseName::as_str).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(
        dev.broken.iter().map(|broken| broken.path.as_str()).collect::<Vec<_>>(),
        ["environments/dev/D.yaml", "environments/dev/b.yaml"]
    );
    assert!(dev.broken.iter().all(|broken| broken.diagnostics.iter().any(Diagnostic::is_error)));
}

#[test]
fn a_number_shaped_tag_is_refused_and_never_retyped() {
    for tag in ["1234567", "0012345", "12e4567", "00e1234"] {
        let text = web(&format!("images:\n  web:\n    repository: example.com/web\n    tag: {tag}\n"));
        let found = release(&text).unwrap_err();
        assert_eq!(
            show(&found),
            [format!(
                "environments/dev/web.yaml:6:10: number-shaped: `{tag}` without quotes is a number to YAML readers, and a string belongs here"
            )]
        );
        assert_eq!(found[0].hint.as_deref(), Some(format!("write \"{tag}\"").as_str()));
        assert_eq!(found[0].line.as_deref(), Some(format!("    tag: {tag}").as_str()));
        let quoted = release(&text.replace(tag, &format!("'{tag}'"))).unwrap();
        assert_eq!(quoted.file.images["web"].tag.as_ref().unwrap().as_str(), tag);
    }
}

#[test]
fn an_empty_tag_is_not_chosen_yet() {
    let release =
        release(&web("images:\n  web: { repository: example.com/web, tag: \"\", digest: \"\", pushedAt: \"\" }\n"))
            .unwrap();
    assert_eq!(release.unchosen().len(), 1);
    assert_eq!(release.file.images["web"].reference(), "example.com/web");
}

#[test]
fn says_what_does_not_fit_and_where() {
    let image = |line: &str| web(&format!("images:\n  web:\n    repository: example.com/web\n    {line}\n"));
    for (text, expected) in [
        ("namespace: x\n".to_owned(), ":1:1: missing-key: the key `chart` is missing"),
        ("- a\n".to_owned(), ":1:1: wrong-type: expected the keys of a release, found a list"),
        (
            "chart: 1\n".to_owned(),
            ":1:8: number-shaped: `1` without quotes is a number to YAML readers, and a string belongs here",
        ),
        ("chart: ../../x\n".to_owned(), ":1:8: invalid-value: `../../x` leaves the repository"),
        ("chart: oci://x/y\n".to_owned(), ":1:8: invalid-value: `oci://x/y` is not a folder of this repository"),
        (web("image: {}\n"), ":3:1: unknown-key: unknown key `image`"),
        (web("valueFiles: [../../../x]\n"), ":3:14: value-file-path: `../../../x` leaves the repository"),
        (web("valueFiles: x\n"), ":3:13: wrong-type: expected a list, found a string"),
        (web("values: [a]\n"), ":3:1: wrong-type: expected a mapping of values, found a list"),
        (web("hold: ''\n"), ":3:7: invalid-value: a hold needs a reason"),
        (web("hold: { reason: x, til: y }\n"), ":3:20: unknown-key: unknown key `til`"),
        (web("hold: { reason: x, until: soon }\n"), ":3:1: invalid-value: `soon` is not a time"),
        (web("helm: \"3\"\n"), ":3:7: invalid-value: `3` is not known here"),
        (web("nonDeterminism: random\n"), ":3:17: invalid-value: `random` is not known here"),
        (web("namespace: y\n"), ":3:1: duplicate-key: the key `namespace` stands here twice"),
        (
            web("images: { Web: {} }\n"),
            ":3:11: invalid-value: image name `Web` is not made of lower-case letters, digits, `-` and single dots",
        ),
        (image("policy: semver"), ":6:13: not-built-yet: this policy is not built yet"),
        (image("policy: newest"), ":6:13: invalid-value: `newest` is not known here"),
        (
            image("digest: sha256:abc"),
            ":6:13: invalid-value: \"sha256:abc\" is no digest: `sha256:` and 64 lower-case hexadecimal digits are expected",
        ),
        (image("match: '('"), ":6:12: invalid-value: `(` is not a regular expression: unclosed group"),
        (image("tag: *x"), ":6:10: yaml: this is not YAML: while parsing node, found unknown anchor"),
        (image("into: { tag: 'a[0]' }"), ":6:18: invalid-value: `a[0]` goes into a list, which a values path cannot"),
        (
            image("into: { tag: a.b, digest: a }"),
            ":6:31: overlapping-into: `a` overlaps `a.b`, which is `tag` of the image `web`",
        ),
        (
            "chart: { repository: https://u:p@x/y, name: a, version: 1.2.3 }".to_owned(),
            ":1:1: invalid-value: a chart repository with a user or a password in its URL",
        ),
        (
            "chart: { repository: https://x/y, name: a, version: ^1.2.3 }".to_owned(),
            ":1:1: invalid-value: `^1.2.3` is not one exact version",
        ),
        (
            "chart: { repository: oci://x/y, name: a, version: 1.2.3 }".to_owned(),
            ":1:1: not-built-yet: a chart that is not a folder of this repository is not built yet",
        ),
    ] {
        assert_eq!(problems(&text), [format!("environments/dev/web.yaml{expected}")], "{text}");
    }
}

#[test]
fn several_images_each_say_what_they_become() {
    let text =
        "images:\n  a: { repository: example.com/a }\n  b: { repository: example.com/b, into: { tag: b.tag } }\n";
    assert_eq!(
        problems(&web(text)),
        ["environments/dev/web.yaml:4:3: images-without-into: the image `a` does not say which values it becomes"]
    );
}

#[test]
fn writes_images_into_the_values_that_a_release_names() {
    let text = format!(
        "images:\n  a:\n    repository: example.com:5000/team/a\n    tag: \"0012345\"\n    digest: {DIGEST}\n    into: {{ registry: g.registry, \
         repository: 'a\\.b.repository', tagWithDigest: 'a\\.b.tag', reference: ref }}\n"
    );
    let values = crate::yaml::Data::from(release(&web(&text)).unwrap().image_values());
    let text = |keys: &[&str]| {
        let found = keys.iter().try_fold(&values, |data, key| data.get(key)).and_then(|data| data.as_str());
        found.unwrap().lossy().into_owned()
    };
    assert_eq!(text(&["g", "registry"]), "example.com:5000");
    assert_eq!(text(&["a.b", "repository"]), "team/a");
    assert_eq!(text(&["a.b", "tag"]), format!("0012345@{DIGEST}"));
    assert_eq!(text(&["ref"]), format!("example.com:5000/team/a:0012345@{DIGEST}"));
}

#[test]
fn environments_come_in_the_order_of_promotion() {
    let fleet = fleet(&[
        ("environments/a-prod/environment.yaml", "promotesFrom: staging\n"),
        ("environments/staging/environment.yaml", "promotesFrom: dev\ndelivery: direct\n"),
    ])
    .unwrap();
    assert_eq!(
        fleet.environments.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(),
        ["dev", "staging", "a-prod"]
    );
    assert_eq!(fleet.environments[2].delivery(), Delivery::PullRequest);
    assert_eq!(fleet.environments[1].delivery(), Delivery::Direct);
    assert_eq!(fleet.previous(&fleet.environments[1]).unwrap().name, "dev");
}

#[test]
fn what_breaks_the_whole_fleet_is_an_error() {
    for (files, expected) in [
        (&[("plainsail.yaml", "registry: {}\n")][..], "plainsail.yaml:1:1: unknown-key: unknown key `registry`"),
        (&[("plainsail.yaml", "layout: branch\n")], "plainsail.yaml:1:9: not-built-yet: this layout is not built yet"),
        (
            &[("plainsail.yaml", "registries: { a.example.com: { endpoint: \"https://b.example.com\" } }\n")],
            "plainsail.yaml:1:42: not-built-yet: an endpoint that is not http:// or https:// and the host is not built yet",
        ),
        (
            &[("plainsail.yaml", "registries: { a.example.com: { kind: ecr } }\n")],
            "plainsail.yaml:1:38: not-built-yet: ECR under a host of another name is not built yet",
        ),
        (
            &[("plainsail.yaml", "registries: { a.example.com: { kind: layout } }\n")],
            "plainsail.yaml:1:38: no-path: a registry of the kind `layout` needs a `path`",
        ),
        (
            &[("plainsail.yaml", "kubeVersion: 1.30\n")],
            "plainsail.yaml:1:14: number-shaped: `1.30` without quotes is a number to YAML readers, and a string belongs here",
        ),
        (
            &[("environments/dev/environment.yaml", "promotesFrom: deb\n")],
            "environments/dev/environment.yaml:1:15: unknown-environment: there is no environment `deb`",
        ),
        (
            &[("environments/dev/environment.yaml", "promotesFrom: dev\n")],
            "environments/dev/environment.yaml:1:15: promotion-circle: the environment `dev` promotes from itself, in a circle",
        ),
        (
            &[("environments/dev/environment.yaml", "destination: { name: a, server: b }\n")],
            "environments/dev/environment.yaml:1:1: invalid-value: a destination is either a `name` or a `server`",
        ),
        (
            &[("environments/dev/environment.yaml", "gates: [soak]\n")],
            "environments/dev/environment.yaml:1:1: not-built-yet: a gate is not built yet",
        ),
        (
            &[("environments/x/web.yaml", "chart: charts/web\n")],
            "environments/x/environment.yaml:: missing-file: the environment `x` has no environment.yaml",
        ),
        (
            &[("environments/X/environment.yaml", "")],
            "environments/X:: invalid-name: environment name `X` is not made of lower-case letters, digits and `-`",
        ),
    ] {
        assert_eq!(show(&fleet(files).unwrap_err()), [expected]);
    }
    assert_eq!(Fleet::load(&Memory::default()).unwrap_err()[0].id, "missing-file");
}

#[test]
fn a_file_that_a_release_names_beside_itself_is_no_release() {
    let fleet = fleet(&[
        ("environments/dev/web.yaml", "chart: charts/web\nvalueFiles: [./web-values.yaml]\n"),
        ("environments/dev/web-values.yaml", "replicas: 2\n"),
        ("environments/dev/README.md", "x"),
        ("environments/notes/README.md", "x"),
    ])
    .unwrap();
    assert_eq!(fleet.releases().count(), 1);
    assert_eq!(fleet.broken().count(), 0);
}

#[test]
fn a_hold_of_the_release_or_of_its_environment_stands_until_its_time() {
    let fleet = fleet(&[
        ("environments/dev/environment.yaml", "hold: { reason: freeze, until: 2026-12-01 }\n"),
        (
            "environments/dev/web.yaml",
            "chart: charts/web\nhold: { reason: incident, who: mia, until: \"2026-11-30T00:00:00Z\" }\n",
        ),
    ])
    .unwrap();
    let dev = fleet.environment("dev").unwrap();
    let reason = |now: &str| dev.hold(&dev.releases["web"], now.parse().unwrap()).map(|hold| hold.reason.as_str());
    assert_eq!(reason("2026-11-29T00:00:00Z"), Some("incident"));
    assert_eq!(reason("2026-11-30T00:00:00Z"), Some("freeze"));
    assert_eq!(reason("2026-12-01T00:00:00Z"), None);
}

#[test]
fn what_go_cannot_read_is_refused_everywhere() {
    assert!(problems("chart: charts/web\n\tnamespace: x\n")[0].contains("yaml: "));
    assert!(fleet(&[("environments/dev/environment.yaml", "project: p\n? [a]\n: b\n")]).is_err());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    /// Any change to a sound file is read or refused with a place, never a panic; lint takes whatever was read.
    #[test]
    fn no_change_to_a_file_is_a_panic(
        file in 0_usize..5, at in 0_usize..400, cut in 0_usize..40,
        insert in "[ -~\n\t\u{e9}\u{feff}]{0,12}|: |- |\\{|\\[|\\*a|&a|!!str |\"|\\||\n---\n",
    ) {
        let options = init::Options { sample: true, repository: None, branch: "main" };
        let mut files = init::files(&options).unwrap();
        let paths = ["plainsail.yaml", "environments/dev/environment.yaml", "environments/staging/environment.yaml",
            "environments/dev/web.yaml", "environments/dev/worker.yaml"];
        let mut text: Vec<char> = files[paths[file]].lossy().chars().collect();
        let start = at.min(text.len());
        let end = (start + cut).min(text.len());
        text.splice(start..end, insert.chars());
        files.insert(paths[file].to_owned(), text.into_iter().collect::<String>().into());
        let tree: Memory = files.into_iter().collect();
        match Fleet::load(&tree) {
            Ok(fleet) => {
                let found = lint::lint(&fleet, &tree, "2026-11-21T12:00:00Z".parse().unwrap());
                proptest::prop_assert!(found.iter().all(|finding| finding.span.is_none_or(|span| span.line > 0 && span.start <= span.end)));
            }
            Err(found) => proptest::prop_assert!(found.iter().any(Diagnostic::is_error)),
        }
    }
}
