//! Rendering depends on nothing but its inputs: two runs, any order of releases and any number of threads give the same
//! bytes.

use std::collections::BTreeMap;

use plainsail::files::Memory;
use plainsail::fleet::{Fleet, init};
use plainsail::helm::Patience;
use plainsail::hydrate::{self, Changes, Chosen};
use plainsail::render::{Prepared, Renderer};
use proptest::prelude::*;

/// A chart with everything that releases could give each other by mistake: a subchart that some switch on, values that a
/// template changes, texts that are compiled while rendering, and a made-up value that nobody sees.
const CHART: &[(&str, &str)] = &[
    (
        "Chart.yaml",
        "apiVersion: v2\nname: odd\nversion: 0.1.0\ndependencies:\n- {name: sub, version: 0.1.0, condition: sub.on}\n",
    ),
    ("values.yaml", "sub: {on: false}\ncount: 1\ntext: a\nmap: {b: 1}\nlist: [x]\n"),
    ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 0.1.0\n"),
    ("charts/sub/values.yaml", "on: true\nname: sub\n"),
    ("charts/sub/templates/_h.tpl", "{{ define \"shared\" }}of sub{{ end }}"),
    (
        "charts/sub/templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sub-{{ .Release.Name }}}\ndata: {a: {{ include \"shared\" . | quote }}}\n",
    ),
    ("templates/_h.tpl", "{{ define \"shared\" }}of odd{{ end }}"),
    (
        "templates/a.yaml",
        "{{- $_ := set .Values.map .Release.Name .Values.text }}{{ $made := randAlphaNum 8 }}{{ range $i := until (int .Values.count) }}\n---\n\
         apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ $.Release.Name }}-{{ $i }}\ndata:\n  shared: {{ include \"shared\" $ | quote }}\n  tpl: \
         {{ tpl (printf \"{{ .Values.text }}-%d\" $i) $ | quote }}\n  map: {{ $.Values.map | toJson | quote }}\n  hash: {{ $.Values | toYaml | \
         sha256sum }}\n  matches: {{ regexReplaceAll \"[a-c]+\" $.Values.text \"<$0>\" | quote }}\n{{ end }}\n",
    ),
    (
        "templates/j.yaml.j2",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"j-{{ release.name }}\"}\ndata: {a: {{ values.list | tojson }}}\n",
    ),
];

/// Waits as long as it takes: how long that is says nothing about the bytes.
#[derive(Debug)]
pub(crate) struct Unhurried;

impl Patience for Unhurried {
    fn is_over(&self) -> bool {
        false
    }

    fn seconds(&self) -> u64 {
        u64::MAX
    }
}

#[derive(Clone, Debug)]
struct Settings {
    is_odd: bool,
    profile: &'static str,
    sub: bool,
    count: u8,
    text: &'static str,
}

fn settings() -> impl Strategy<Value = Settings> {
    let texts =
        prop::sample::select(vec!["a", "abcabc", "x: y", "{{ .Release.Name }}", "é\\n", "{{ fail .Values.text }}"]);
    let profiles = prop::sample::select(vec!["4.2.4", "3.21.4"]);
    (prop::bool::weighted(0.8), profiles, any::<bool>(), 0..4_u8, texts)
        .prop_map(|(is_odd, profile, sub, count, text)| Settings { is_odd, profile, sub, count, text })
}

/// Returns a repository with a release for each of the settings, beside those of a new one.
fn repository(releases: &[Settings]) -> Memory {
    let files = init::files(&init::Options { sample: true, repository: None, branch: "main" }).unwrap();
    let mut memory: Memory = files.into_iter().collect();
    for (path, text) in CHART {
        memory.insert(format!("charts/odd/{path}"), *text);
    }
    for (index, Settings { is_odd, profile, sub, count, text }) in releases.iter().enumerate() {
        let chart = if *is_odd { "odd" } else { "web" };
        let values = format!("{{sub: {{on: {sub}}}, count: {count}, replicas: {count}, text: {text:?}}}");
        let release = format!("chart: charts/{chart}\nhelm: {profile:?}\nvalues: {values}\n");
        memory.insert(format!("environments/dev/r{index}.yaml"), release);
    }
    memory
}

/// Renders all releases in an order on some threads, everything loaded anew.
fn render(files: &Memory, order: &[usize], threads: usize) -> BTreeMap<String, blake3::Hash> {
    let fleet = Fleet::load(files).unwrap();
    let environment = fleet.environment("dev").unwrap();
    assert!(environment.broken.is_empty(), "{:?}", environment.broken);
    let renderer = Renderer::new(files, &fleet);
    let prepared: Vec<Prepared> = environment
        .releases
        .values()
        .map(|release| renderer.prepare(environment, release, BTreeMap::new()).unwrap())
        .collect();
    let order: Vec<usize> = order.iter().copied().filter(|index| *index < prepared.len()).collect();
    let hash = |prepared: &Prepared| match prepared.render(&Unhurried) {
        Ok(rendered) => {
            let parts = rendered.files().into_iter().flat_map(|(path, text)| [path.into_bytes(), text.to_vec()]);
            blake3::hash(&parts.collect::<Vec<_>>().join(&0))
        }
        Err(error) => blake3::hash(format!("{error}: {:?}", prepared.explain(&error, &[], &Unhurried)).as_bytes()),
    };
    let share = order.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let (prepared, hash) = (&prepared, &hash);
        let render = move |share: &[usize]| {
            let name = |index: usize| prepared[index].release().name.to_string();
            share.iter().map(|&index| (name(index), hash(&prepared[index]))).collect::<Vec<_>>()
        };
        let running: Vec<_> = order.chunks(share).map(|share| scope.spawn(move || render(share))).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
}

proptest! {
    #![proptest_config(crate::inputs(6))]

    #[test]
    fn give_the_same_bytes_in_any_order_on_any_threads(
        releases in prop::collection::vec(settings(), 4..8),
        orders in prop::collection::vec(Just((0..16).collect::<Vec<usize>>()).prop_shuffle(), 2),
    ) {
        let files = repository(&releases);
        let sorted: Vec<usize> = (0..16).collect();
        let first = render(&files, &sorted, 1);
        prop_assert!(first.len() >= releases.len());
        prop_assert_eq!(&first, &render(&files, &sorted, 1), "a second run");
        for (order, threads) in orders.iter().zip([2, 8]) {
            prop_assert_eq!(&first, &render(&files, order, threads), "{:?} on {} threads", order, threads);
        }
        // The way of all commands, with as many threads as they are given.
        let fleet = Fleet::load(&files).unwrap();
        let changes = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let renderer = Renderer::new(&files, &fleet);
            let dev = fleet.environment("dev").unwrap();
            let hydrated = pool.install(|| hydrate::environment(&renderer, dev, &|_| true, &Chosen::new(), None)).unwrap();
            hydrated.into_iter().flat_map(|release| release.changes).collect::<Changes>()
        };
        let one = changes(1);
        prop_assert!(!one.is_empty());
        prop_assert_eq!(&one, &changes(2));
        prop_assert_eq!(&one, &changes(8));
    }
}
