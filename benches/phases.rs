//! The phases of `plainsail render`, each over a whole fleet: `cargo bench`.
//!
//! `PLAINSAIL_FLEET` names a repository (`benches/fleet.py --repository` writes one); without it, the sample fleet is taken, which is too
//! small to compare anything but two versions of plainsail.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot read its fleet ends there")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use plainsail::deadline::Deadline;
use plainsail::files::{Files, Folder, read_chart_folder};
use plainsail::fleet::{ChartSource, Fleet, init};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::record::Store;
use plainsail::render::{Charts, Prepared, Renderer};
use plainsail::work_tree::{Scope, Work};
use plainsail::yaml;

/// The fleet, and the folder that it is kept in while the benchmarks run.
struct Subject {
    folder: Folder,
    fleet: Fleet,
    _kept: tempfile::TempDir,
}

fn subject() -> Subject {
    let kept = tempfile::tempdir().unwrap();
    let root = std::env::var_os("PLAINSAIL_FLEET").map(PathBuf::from);
    let folder = Folder::new(root.unwrap_or_else(|| kept.path().join("sample")));
    if !folder.root().exists() {
        let options = init::Options { sample: true, repository: None, branch: "main" };
        let files = init::files(&options).unwrap();
        folder.apply(&files.into_iter().map(|(path, text)| (path, Some(text))).collect()).unwrap();
    }
    let fleet = Fleet::load(&folder).unwrap();
    Subject { folder, fleet, _kept: kept }
}

impl Subject {
    fn charts(&self) -> Vec<&str> {
        let folders = self.fleet.releases().filter_map(|(_, release)| match &release.file.chart {
            ChartSource::Folder(folder) => Some(folder.as_str()),
            ChartSource::Remote(_) => None,
        });
        let mut folders: Vec<&str> = folders.collect();
        folders.sort_unstable();
        folders.dedup();
        folders
    }

    fn prepared(&self, charts: &Arc<Charts>) -> Vec<Prepared> {
        let renderer = Renderer::sharing(&self.folder, &self.fleet, Arc::clone(charts));
        let prepare = |(environment, release)| renderer.prepare(environment, release, BTreeMap::new()).unwrap();
        self.fleet.releases().map(prepare).collect()
    }
}

/// Each phase alone, on one core.
fn phases(criterion: &mut Criterion) {
    let subject = subject();
    let mut group = criterion.benchmark_group("phases");
    group.sample_size(10);
    group.bench_function("read the fleet's files", |bench| bench.iter(|| Fleet::load(&subject.folder).unwrap()));
    group.bench_function("read and parse the charts", |bench| {
        bench.iter(|| {
            for folder in subject.charts() {
                let files = read_chart_folder(&subject.folder, folder, Limits::default()).unwrap();
                black_box(Chart::load(files, plainsail::helm::Profile::V4, Limits::default()).unwrap());
            }
        });
    });
    let charts = Arc::new(Charts::default());
    let prepared = subject.prepared(&charts);
    group.bench_function("read and lay values", |bench| bench.iter(|| subject.prepared(&charts)));
    let patience = Deadline::of_seconds(3600);
    group.bench_function("render as helm template prints", |bench| {
        bench.iter(|| {
            prepared.iter().map(|release| release.print(&patience).map_or(0, |text| text.len())).sum::<usize>()
        });
    });
    group.bench_function("render into files", |bench| {
        bench.iter(|| prepared.iter().filter(|release| release.render(&patience).is_ok()).count());
    });
    group.finish();
}

/// The command, on all cores.
fn command(criterion: &mut Criterion) {
    let subject = subject();
    let cache = tempfile::tempdir().unwrap();
    let store = Store::new(cache.path(), "bench");
    let scope = Scope::default();
    let work = |records| Work { folder: &subject.folder, scope: &scope, records, began: i128::from(i64::MAX) };
    subject.folder.apply(&work(None).compare().unwrap().changes).unwrap();
    for _ in 0..2 {
        work(Some(&store)).compare().unwrap();
    }
    let mut group = criterion.benchmark_group("render");
    group.sample_size(10);
    group.bench_function("all, without the record", |bench| bench.iter(|| work(None).compare().unwrap()));
    group.bench_function("nothing changed", |bench| bench.iter(|| work(Some(&store)).compare().unwrap()));
    group.finish();
}

/// The YAML layer, over every values file of the charts.
fn yaml_layer(criterion: &mut Criterion) {
    let subject = subject();
    let texts: Vec<_> = subject
        .charts()
        .iter()
        .filter_map(|folder| subject.folder.read(&format!("{folder}/values.yaml")).unwrap())
        .collect();
    let limits = yaml::Limits::default();
    let data: Vec<_> = texts.iter().map(|text| yaml::parse(text, &limits).unwrap()).collect();
    let mut group = criterion.benchmark_group("yaml");
    group.bench_function("read the charts' values", |bench| {
        bench.iter(|| texts.iter().map(|text| yaml::parse(text, &limits).unwrap()).collect::<Vec<_>>());
    });
    group.bench_function("write them", |bench| {
        bench.iter(|| data.iter().map(yaml::emit).collect::<Vec<_>>());
    });
    group.finish();
}

criterion_group!(benches, phases, command, yaml_layer);
criterion_main!(benches);
