//! What the record must notice: after every change, a run with the record says what a run without it says.

#![expect(clippy::unwrap_used, reason = "a test that cannot write files ends there")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use plainsail::files::{Folder, Witness};
use plainsail::fleet::Fleet;
use plainsail::hydrate::{self, Chosen};
use plainsail::record::Store;
use plainsail::render::Renderer;
use plainsail::work_tree::{Effort, Error, Found, Scope, Work};

/// A time at which everything that was written before is settled. Real runs wait two seconds for that, by the files' own times.
const LATER: i128 = i64::MAX as i128;

/// A clone and a cache folder.
struct Clone {
    root: tempfile::TempDir,
    cache: tempfile::TempDir,
}

const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  a: {{ .Values.a | quote }}\n  \
    version: {{ .Capabilities.KubeVersion.Version }}\n  has: {{ .Capabilities.APIVersions.Has \"x.io/v1\" | quote }}\n  \
    file: {{ .Files.Get \"note.txt\" | quote }}\n";

impl Clone {
    fn new() -> Self {
        let clone = Self { root: tempfile::tempdir().unwrap(), cache: tempfile::tempdir().unwrap() };
        for (path, text) in [
            ("plainsail.yaml", ""),
            ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
            ("charts/web/values.yaml", "a: chart\n"),
            ("charts/web/note.txt", "note"),
            ("charts/web/templates/a.yaml", TEMPLATE),
            ("charts/other/Chart.yaml", "apiVersion: v2\nname: other\nversion: 0.1.0\n"),
            ("charts/other/templates/a.yaml", TEMPLATE),
            ("environments/dev/environment.yaml", ""),
            ("environments/dev/one.yaml", "chart: charts/web\nvalueFiles: [./more/one.yaml]\n"),
            ("environments/dev/more/one.yaml", "a: one\n"),
            ("environments/dev/two.yaml", "chart: charts/web\nvalueFiles: [./two-values.yaml]\n"),
            ("environments/dev/two-values.yaml", "a: two\n"),
            ("environments/prod/environment.yaml", "promotesFrom: dev\n"),
            ("environments/prod/one.yaml", "chart: charts/web\nvalues: {a: prod}\n"),
            ("environments/prod/three.yaml", "chart: charts/other\nvalues: {a: other}\n"),
        ] {
            clone.write(path, text);
        }
        clone
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    /// Writes a file, at a time that differs from that of the last writing.
    fn write(&self, path: &str, text: &str) {
        let file = self.at(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        if file.exists() {
            std::thread::sleep(Duration::from_millis(20));
        }
        fs::write(file, text).unwrap();
    }

    fn remove(&self, path: &str) {
        let path = self.at(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    fn compare(&self, build: Option<&str>, words: &[&str]) -> Result<Found, Error> {
        let store = build.map(|build| Store::new(self.cache.path(), build));
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        let folder = Folder::new(self.root.path());
        let scope = Scope::new(&words);
        Work { folder: &folder, scope: &scope, records: store.as_ref(), began: LATER }.compare()
    }

    fn apply(&self, found: &Found) {
        Folder::new(self.root.path()).apply(&found.changes).unwrap();
    }

    /// Renders until there is nothing to do.
    fn settle(&self) {
        for _ in 0..3 {
            self.apply(&self.compare(Some("1"), &[]).unwrap());
        }
        let found = self.compare(Some("1"), &[]).unwrap();
        assert_eq!((found.changes.len(), found.effort.known, found.effort.rendered), (0, 0, 0), "{:?}", found.effort);
    }

    /// Runs with and without the record, which must come to the same; returns what the first did.
    #[track_caller]
    fn check(&self, what: &str) -> Found {
        let (with, without) = (self.compare(Some("1"), &[]), self.compare(None, &[]));
        match (with, without) {
            (Ok(with), Ok(without)) => {
                assert_eq!(with.changes, without.changes, "{what}");
                let plans = |found: &Found| serde_json::to_value(&found.releases).unwrap();
                assert_eq!(plans(&with), plans(&without), "{what}");
                with
            }
            (with, without) => {
                assert_eq!(
                    with.err().map(|error| error.to_string()),
                    without.err().map(|error| error.to_string()),
                    "{what}"
                );
                Found::default()
            }
        }
    }
}

fn effort(unread: usize, known: usize, rendered: usize) -> Effort {
    Effort { unread, known, rendered }
}

#[test]
fn nothing_is_read_where_nothing_changed() {
    let clone = Clone::new();
    assert_eq!(clone.check("at first").effort, effort(0, 0, 4));
    clone.apply(&clone.compare(Some("1"), &[]).unwrap());
    assert_eq!(clone.check("what was written is compared").effort, effort(0, 4, 0));
    assert_eq!(clone.check("then it is known to be there").effort, effort(4, 0, 0));
}

/// A change, and which releases are rendered for it, or read.
type Change = (&'static str, fn(&Clone), Effort);

#[test]
fn every_change_is_noticed() {
    let all = effort(0, 0, 4);
    let changes: &[Change] = &[
        ("a values file", |clone| clone.write("environments/dev/more/one.yaml", "a: other\n"), effort(3, 0, 1)),
        (
            "a values file beside",
            |clone| clone.write("environments/dev/two-values.yaml", "a: other\n"),
            effort(3, 0, 1),
        ),
        ("the same size", |clone| clone.write("environments/dev/more/one.yaml", "a: eno\n"), effort(3, 0, 1)),
        ("the same bytes", |clone| clone.write("environments/dev/more/one.yaml", "a: one\n"), effort(4, 0, 0)),
        ("a values file is gone", |clone| clone.remove("environments/dev/more/one.yaml"), effort(3, 0, 0)),
        ("a release file", |clone| clone.write("environments/prod/one.yaml", "chart: charts/web\n"), effort(3, 0, 1)),
        ("a comment", |clone| clone.write("charts/web/values.yaml", "# c\na: chart\n"), effort(1, 0, 3)),
        ("values of a chart", |clone| clone.write("charts/web/values.yaml", "a: c\nb: d\n"), effort(1, 0, 3)),
        (
            "a template",
            |clone| clone.write("charts/other/templates/a.yaml", &TEMPLATE.replace("a:", "b:")),
            effort(3, 0, 1),
        ),
        ("a file of a chart", |clone| clone.write("charts/web/note.txt", "eton"), effort(1, 0, 3)),
        ("a new template", |clone| clone.write("charts/web/templates/b.yaml", "# nothing\n"), effort(1, 0, 3)),
        ("a template is gone", |clone| clone.remove("charts/web/note.txt"), effort(1, 0, 3)),
        (".helmignore", |clone| clone.write("charts/web/.helmignore", "note.txt\n"), effort(1, 0, 3)),
        ("a chart is gone", |clone| clone.remove("charts/web"), effort(1, 0, 0)),
        (
            "the Kubernetes version",
            |clone| clone.write("environments/prod/environment.yaml", "promotesFrom: dev\nkubeVersion: '1.20'\n"),
            effort(0, 2, 2),
        ),
        ("API versions", |clone| clone.write("plainsail.yaml", "apiVersions: [x.io/v1]\n"), all),
        ("values of all", |clone| clone.write("plainsail.yaml", "values: {b: 1}\n"), all),
        ("the Helm", |clone| clone.write("plainsail.yaml", "helm: '3.21.4'\n"), all),
        (
            "values of an environment",
            |clone| clone.write("environments/dev/environment.yaml", "values: {b: 1}\n"),
            effort(0, 2, 2),
        ),
        (
            "the destination",
            |clone| clone.write("environments/dev/environment.yaml", "destination: {name: d}\n"),
            effort(0, 2, 2),
        ),
        ("what is wrong", |clone| clone.write("plainsail.yaml", "what: 1\n"), effort(0, 0, 0)),
        ("a rendered file", |clone| clone.write("rendered/dev/one/configmap.one.yaml", "by hand"), effort(3, 0, 1)),
        ("a rendered file is gone", |clone| clone.remove("rendered/dev/one/configmap.one.yaml"), effort(3, 0, 1)),
        ("a file too many", |clone| clone.write("rendered/dev/one/more.yaml", "a: 1\n"), effort(3, 0, 1)),
        ("a file too many, deeper", |clone| clone.write("rendered/dev/one/a/b/more.yaml", "a: 1\n"), effort(3, 0, 1)),
        ("the marker", |clone| clone.write("rendered/dev/one/.plainsail", "{}\n"), effort(3, 0, 1)),
        ("the marker is gone", |clone| clone.remove("rendered/dev/one/.plainsail"), effort(3, 0, 0)),
        ("a folder is gone", |clone| clone.remove("rendered/dev/one"), effort(0, 3, 1)),
        ("all is gone", |clone| clone.remove("rendered"), all),
        ("a leftover", |clone| clone.write("rendered/dev/ghost/.plainsail", ""), effort(0, 4, 0)),
        ("a release is gone", |clone| clone.remove("environments/prod/three.yaml"), effort(0, 3, 0)),
        ("a release more", |clone| clone.write("environments/dev/four.yaml", "chart: charts/other\n"), effort(0, 4, 1)),
        ("a broken release", |clone| clone.write("environments/dev/one.yaml", "chart: [\n"), effort(3, 0, 0)),
        (
            "a values file of another release",
            |clone| clone.write("environments/prod/one.yaml", "chart: charts/web\nvalueFiles: [./three.yaml]\n"),
            effort(0, 2, 1),
        ),
        (
            "a values file that becomes a release",
            |clone| clone.write("environments/dev/two.yaml", "chart: charts/web\n"),
            effort(3, 0, 1),
        ),
        ("an environment is gone", |clone| clone.remove("environments/prod"), effort(0, 2, 0)),
    ];
    let mut wrong = Vec::new();
    for (what, change, expected) in changes {
        let clone = Clone::new();
        clone.settle();
        change(&clone);
        let found = clone.check(what);
        if found.effort != *expected {
            wrong.push(format!("{what}: {:?}", found.effort));
        }
        // Once more without applying, as `render --check` does, then to the end.
        assert_eq!(clone.check(what).changes, found.changes, "{what}");
        for _ in 0..3 {
            let found = clone.check(what);
            clone.apply(&found);
        }
        assert!(clone.check(what).changes.is_empty(), "{what}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn another_build_knows_nothing() {
    let clone = Clone::new();
    clone.settle();
    assert_eq!(clone.compare(Some("2"), &[]).unwrap().effort, effort(0, 0, 4));
}

#[test]
fn a_damaged_record_is_no_record() {
    let clone = Clone::new();
    clone.settle();
    let file = fs::read_dir(clone.cache.path()).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(clone.check("damaged").effort, effort(0, 0, 4));
    assert_eq!(clone.check("written anew").effort, effort(4, 0, 0));
}

#[test]
fn what_is_refused_is_refused_each_time_and_not_kept() {
    let clone = Clone::new();
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: canary}\n";
    clone.write("charts/other/templates/s.yaml", secret);
    for _ in 0..3 {
        let found = clone.check("a Secret");
        assert!(
            found.releases.iter().any(|plan| plan.failure.as_ref().is_some_and(|found| found.code == "plain-secret"))
        );
        clone.apply(&found);
    }
    assert_eq!(clone.check("the others").effort, effort(3, 0, 1));
    assert!(files_of(clone.cache.path()).iter().all(|bytes| !bytes.windows(6).any(|part| part == b"canary")));
}

fn files_of(folder: &Path) -> Vec<Vec<u8>> {
    fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

#[test]
fn output_that_depends_on_what_is_committed_is_never_known() {
    let clone = Clone::new();
    clone.write("environments/prod/three.yaml", "chart: charts/other\nnonDeterminism: keep\n");
    for _ in 0..3 {
        clone.apply(&clone.compare(Some("1"), &[]).unwrap());
    }
    assert_eq!(clone.check("keep").effort.unread, 3);
}

#[test]
fn a_part_of_the_fleet_is_enough() {
    let clone = Clone::new();
    clone.settle();
    clone.write("environments/dev/environment.yaml", "values: {a: env}\n");
    clone.write("charts/web/values.yaml", "c: d\n");
    let one = clone.compare(Some("1"), &["dev/one"]).unwrap();
    assert_eq!((one.releases.len(), one.effort), (1, effort(0, 0, 1)));
    clone.apply(&one);
    let one = clone.compare(Some("1"), &["dev/one"]).unwrap();
    assert!(one.changes.is_empty());
    assert!(matches!(clone.compare(Some("1"), &["dev/none"]), Err(Error::Unknown { .. })));
    // What was not asked for is as out of date as it was.
    assert_eq!(clone.check("the rest").effort.unread, 0);
    clone.settle();
    assert_eq!(clone.compare(Some("1"), &["prod"]).unwrap().effort, effort(2, 0, 0));
}

#[test]
fn two_runs_at_once_do_no_harm() {
    let clone = Clone::new();
    clone.settle();
    std::thread::scope(|scope| {
        for number in 0..4 {
            let clone = &clone;
            scope.spawn(move || {
                clone.write("environments/dev/more/one.yaml", &format!("a: {number}\n"));
                clone.compare(Some("1"), &[]).unwrap();
            });
        }
    });
    clone.check("after them");
    clone.settle();
}

#[test]
fn without_a_place_for_records_all_is_well() {
    let clone = Clone::new();
    let file = clone.at("file");
    fs::write(&file, "").unwrap();
    let store = Store::new(&file, "1");
    let folder = Folder::new(clone.root.path());
    let work = Work { folder: &folder, scope: &Scope::default(), records: Some(&store), began: LATER };
    assert_eq!(work.compare().unwrap().effort, effort(0, 0, 4));
    assert_eq!(work.compare().unwrap().effort, effort(0, 0, 4));
}

/// All that is read for a release is in the record: what is not could change unnoticed.
#[test]
fn everything_that_is_read_is_recorded() {
    let clone = Clone::new();
    clone.settle();
    let folder = Folder::new(clone.root.path());
    let witness = Witness::new(&folder, LATER);
    let fleet = Fleet::load(&witness).unwrap();
    let renderer = Renderer::new(&witness, &fleet);
    for environment in &fleet.environments {
        hydrate::environment(&renderer, environment, &|_| true, &Chosen::new(), None).unwrap();
        hydrate::removed_releases(&witness, environment).unwrap();
    }
    let record = Store::new(clone.cache.path(), "1").load(clone.root.path()).unwrap();
    let groups = record.charts.iter().map(|chart| &chart.group).chain([&record.shared]);
    let own = record.releases.iter().map(|release| &release.current.as_ref().unwrap().group);
    let recorded: BTreeSet<&str> =
        groups.chain(own).flat_map(|group| group.files.iter().map(|(path, _)| &**path)).collect();
    let testimony = witness.testimony();
    let read: BTreeSet<&str> = testimony.paths().collect();
    assert_eq!(read, recorded);
}
