//! Charts that make values up, rendered twice with a change in between.

use super::*;
use crate::files::Memory;
use crate::fleet::Fleet;
use crate::render::{RenderedRelease, Renderer};

/// Waits for ever.
#[derive(Debug)]
struct Forever;

impl crate::helm::Patience for Forever {
    fn is_over(&self) -> bool {
        false
    }

    fn seconds(&self) -> u64 {
        0
    }
}

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n";
const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n";

/// A repository with one release of one chart.
struct Repository(Vec<(String, String)>);

impl Repository {
    fn new(templates: &[(&str, &str)], values: &str) -> Self {
        let mut files = vec![
            ("plainsail.yaml".to_owned(), String::new()),
            ("environments/dev/environment.yaml".to_owned(), "nonDeterminism: keep\n".to_owned()),
            ("charts/web/Chart.yaml".to_owned(), "apiVersion: v2\nname: web\nversion: 0.1.0\n".to_owned()),
        ];
        files.extend(templates.iter().map(|(name, text)| (format!("charts/web/templates/{name}"), (*text).to_owned())));
        files.push((
            "environments/dev/api.yaml".to_owned(),
            format!("chart: charts/web\nallowSecrets: [s]\nvalues: {values}\n"),
        ));
        Self(files)
    }

    fn with(mut self, path: &str, text: &str) -> Self {
        self.0.push((format!("rendered/dev/api/{path}"), text.to_owned()));
        self
    }

    fn render(&self) -> Result<RenderedRelease, Error> {
        let files: Memory = self.0.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let fleet = Fleet::load(&files).unwrap();
        assert_eq!(fleet.broken().count(), 0);
        let renderer = Renderer::new(&files, &fleet);
        let (environment, release) = fleet.releases().next().unwrap();
        renderer.prepare(environment, release, BTreeMap::new()).and_then(|prepared| prepared.render(&Forever))
    }

    /// Renders what is committed of another repository's rendering.
    fn after(self, before: &RenderedRelease) -> Result<String, Error> {
        let files = before.files();
        let here = files
            .iter()
            .fold(self, |here, (path, text)| here.with(path.strip_prefix("rendered/dev/api/").unwrap(), &text.lossy()));
        here.render().map(|rendered| text(&rendered))
    }
}

fn text(rendered: &RenderedRelease) -> String {
    rendered.manifests.values().map(|text| text.lossy().into_owned()).collect()
}

fn line<'t>(text: &'t str, key: &str) -> &'t str {
    text.lines().find(|line| line.trim_start().starts_with(key)).unwrap_or_else(|| panic!("no {key} in\n{text}"))
}

/// The value of the first key that a person committed.
fn committed(secret: &str) -> String {
    format!("---\n# Source: web/templates/a.yaml\n{SECRET}{secret}")
}

#[test]
fn without_anything_committed_it_is_as_with_seed() {
    let template = format!("{SECRET}stringData:\n  a: {{{{ randAlphaNum 12 }}}}\n");
    let keep = Repository::new(&[("a.yaml", &template)], "{}");
    let first = text(&keep.render().unwrap());
    let mut seed = Repository::new(&[("a.yaml", &template)], "{}");
    seed.0[1].1 = "nonDeterminism: seed\n".to_owned();
    assert_eq!(first, text(&seed.render().unwrap()));
}

#[test]
fn a_committed_value_stays_in_every_form() {
    for (data, there, wanted) in [
        ("stringData:\n  a: {{ randAlphaNum 12 }}\n", "stringData:\n  a: mine\n", "a: mine"),
        ("stringData:\n  a: {{ randAlphaNum 12 | quote }}\n", "stringData:\n  a: mine\n", "a: \"mine\""),
        ("data:\n  a: {{ randAlphaNum 12 | b64enc }}\n", "data:\n  a: bWluZQ==\n", "a: bWluZQ=="),
        ("data:\n  a: {{ randAlphaNum 12 | b64enc }}\n", "stringData:\n  a: mine\n", "a: bWluZQ=="),
        (
            "stringData:\n  a: redis://:{{ randAlphaNum 12 }}@x\n",
            "stringData:\n  a: redis://:mine@x\n",
            "a: redis://:mine@x",
        ),
        ("stringData:\n  a: {{ uuidv4 | trunc 8 }}\n", "stringData:\n  a: abcdabcd\n", "a: abcdabcd"),
        ("stringData:\n  a: {{ randAlphaNum 8 | upper }}\n", "stringData:\n  a: ABCDABCD\n", "a: ABCDABCD"),
        (
            "stringData:\n  a: {{ now | date \"2006-01-02\" | quote }}\n",
            "stringData:\n  a: \"2024-02-03\"\n",
            "a: \"2024-02-03\"",
        ),
        (
            "stringData:\n  a: {{ now | unixEpoch | quote }}\n",
            "stringData:\n  a: \"1712345678\"\n",
            "a: \"1712345678\"",
        ),
        (
            "stringData:\n  a: {{ now | quote }}\n",
            "stringData:\n  a: \"2024-02-03 04:05:06 +0000 UTC\"\n",
            "a: \"2024-02-03 04:05:06 +0000 UTC\"",
        ),
        (
            "stringData:\n  a: |\n    x: {{ .Values.x }}\n    pw: {{ randAlphaNum 12 }}\n    other: {{ randAlpha 9 }}\n",
            "stringData:\n  a: |\n    x: 1\n    pw: mine\n    other: too\n",
            "pw: mine",
        ),
        (
            "stringData:\n  a: {{ htpasswd \"u\" \"p\" }}\n",
            "stringData:\n  a: u:$2a$04$3ZBHeN5iwtYyAqKLj0CzXu0C3bYhEQFyyCQDzG7rK5Jb1u7dcXVbG\n",
            "a: u:$2a$10$",
        ),
    ] {
        let template = format!("{SECRET}{data}");
        let here = Repository::new(&[("a.yaml", &template)], "{x: \"2\"}").with("secret.s.yaml", &committed(there));
        let found = text(&here.render().unwrap());
        let key = &wanted[..=wanted.find(':').unwrap()];
        assert!(line(&found, key).trim().starts_with(wanted), "{template}\n{found}");
    }
}

#[test]
fn a_checksum_follows_what_is_kept_and_what_is_given() {
    let secret = format!("{SECRET}stringData:\n  a: {{{{ randAlphaNum 12 }}}}\n  b: {{{{ .Values.b }}}}\n");
    let sum = format!("{CONFIG}data:\n  sum: {{{{ include \"web/templates/a.yaml\" . | sha256sum }}}}\n");
    let templates = [("a.yaml", secret.as_str()), ("b.yaml", sum.as_str())];
    let there = committed("stringData:\n  a: mine\n  b: one\n");
    let first = Repository::new(&templates, "{b: one}").with("secret.s.yaml", &there).render().unwrap();
    let found = text(&first);
    assert_eq!(line(&found, "a:").trim(), "a: mine");
    assert_eq!(Repository::new(&templates, "{b: one}").after(&first).unwrap(), found);
    let second = Repository::new(&templates, "{b: two}").after(&first).unwrap();
    assert_eq!(line(&second, "a:").trim(), "a: mine");
    assert_ne!(line(&second, "sum:"), line(&found, "sum:"));
}

#[test]
fn a_new_key_is_made_and_the_old_one_stays() {
    let before = format!("{SECRET}stringData:\n  a: {{{{ randAlphaNum 12 }}}}\n");
    let after = format!("{before}  b: {{{{ randAlphaNum 11 }}}}\n");
    let there = committed("stringData:\n  a: mine\n");
    let found = text(&Repository::new(&[("a.yaml", &after)], "{}").with("secret.s.yaml", &there).render().unwrap());
    assert_eq!(line(&found, "a:").trim(), "a: mine");
    assert_eq!(line(&found, "b:").trim().len(), 14);
}

#[test]
fn a_changed_argument_makes_a_new_value() {
    let template = format!("{SECRET}stringData:\n  a: {{{{ htpasswd \"u\" .Values.p }}}}\n");
    let first = Repository::new(&[("a.yaml", &template)], "{p: one}").render().unwrap();
    let again = Repository::new(&[("a.yaml", &template)], "{p: one}").after(&first).unwrap();
    assert_eq!(text(&first), again);
    let other = Repository::new(&[("a.yaml", &template)], "{p: two}").after(&first).unwrap();
    assert_ne!(text(&first), other);
}

#[test]
fn certificates_stay_as_long_as_they_say_the_same() {
    let template = format!(
        "{{{{ $ca := genCA \"ca\" 10 }}}}{{{{ $c := genSignedCert \"x\" nil (list .Values.host) 10 $ca }}}}{SECRET}data:\n  ca: {{{{ $ca.Cert | b64enc }}}}\n  cert: {{{{ $c.Cert | b64enc }}}}\n  key: {{{{ $c.Key | b64enc }}}}\n"
    );
    let made = |salt: &str, values: &str| {
        let mut here = Repository::new(&[("a.yaml", &template)], values);
        here.0[1].1 = format!("nonDeterminism: keep\nseed: {{salt: \"{salt}\"}}\n");
        here
    };
    let first = made("one", "{host: a.example}").render().unwrap();
    assert_eq!(made("two", "{host: a.example}").after(&first).unwrap(), text(&first));
    // Another name needs the authority's key, which nobody printed.
    let error = made("two", "{host: b.example}").after(&first).unwrap_err();
    assert!(error.to_string().contains("the key of the authority"), "{error}");
}

#[test]
fn the_items_of_a_list_are_objects() {
    let template = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n  stringData: {a: {{ randAlphaNum 12 }}}\n";
    let there = template.replace("{{ randAlphaNum 12 }}", "mine");
    let here = Repository::new(&[("a.yaml", template)], "{}").with("list.yaml", &there);
    assert!(text(&here.render().unwrap()).contains("{a: mine}"));
}

#[test]
fn what_cannot_be_told_is_refused() {
    let template = format!("{SECRET}stringData:\n  a: {{{{ randAlphaNum 12 | sha256sum }}}}\n");
    let there = committed("stringData:\n  a: mine\n");
    let error = Repository::new(&[("a.yaml", &template)], "{}").with("secret.s.yaml", &there).render().unwrap_err();
    let Error::NotKept { leaf, cause: Some(cause), .. } = &error else { panic!("{error}") };
    assert_eq!(leaf, "Secret s, stringData.a");
    assert_eq!(cause.place().and_then(|place| place.line), Some(6));
    // Two places that show the same value otherwise.
    let template =
        format!("{{{{ $p := randAlphaNum 12 }}}}{SECRET}stringData:\n  a: {{{{ $p }}}}\n  b: {{{{ $p }}}}\n");
    let there = committed("stringData:\n  a: one\n  b: two\n");
    let error = Repository::new(&[("a.yaml", &template)], "{}").with("secret.s.yaml", &there).render().unwrap_err();
    assert!(matches!(error, Error::NotKept { cause: None, .. }), "{error}");
    let broken = Repository::new(&[("a.yaml", &template)], "{}").with("secret.s.yaml", "a: [\n").render();
    assert!(matches!(broken, Err(Error::Values { .. })));
}
