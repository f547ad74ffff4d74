//! [`Corpus`]: the index, the charts and Helm's output, and a case of it rendered by us.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{self, Chart};
use plainsail::helm::values::{UserValues, ValueFile};
use plainsail::helm::{self, Capabilities, KubeVersion, Options, PrintOptions, Profile, Release, Rendered};
use plainsail::jinja::ChartTemplates;
use plainsail::yaml::Data;
use serde_json::Value;

/// What a line holds of which any text is right.
const WILD: &str = "~~~ any text";

/// What the charts of the setting `operators` see.
const APIS: [&str; 5] = [
    "monitoring.coreos.com/v1",
    "monitoring.coreos.com/v1/ServiceMonitor",
    "cert-manager.io/v1",
    "gateway.networking.k8s.io/v1",
    "autoscaling.k8s.io/v1",
];

/// The corpus.
pub(crate) struct Corpus {
    pub(crate) charts: PathBuf,
    golden: PathBuf,
    pub(crate) cases: Vec<Case>,
}

/// A chart with values and a setting.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) chart: String,
    pub(crate) values: Option<String>,
    pub(crate) has_operators: bool,
    outcomes: Value,
}

/// What Helm does with a case.
pub(crate) enum Wanted {
    Error(String),
    /// The output, and how many lines of it differ from run to run.
    Output(Vec<u8>, usize),
}

impl Corpus {
    /// Finds the corpus, or says that there is none.
    pub(crate) fn find(what: &str) -> Option<Self> {
        let Some(named) = std::env::var_os("PLAINSAIL_CORPUS") else {
            println!("skipped: {what}: PLAINSAIL_CORPUS names no corpus");
            return None;
        };
        let paths: Vec<PathBuf> = std::env::split_paths(&named).collect();
        let (index, charts, golden) = match paths.as_slice() {
            [folder] => (folder.join("index.json"), folder.join("charts"), folder.join("golden")),
            [index, charts, golden] => (index.clone(), charts.clone(), golden.clone()),
            _ => panic!("PLAINSAIL_CORPUS names one folder, or index, charts and golden"),
        };
        let text = fs::read(&index).unwrap_or_else(|error| panic!("{}: {error}", index.display()));
        let index: Value = serde_json::from_slice(&text).unwrap();
        let only = std::env::var("PLAINSAIL_CORPUS_ONLY").unwrap_or_default();
        let cases = index["cases"].as_array().unwrap().iter().map(Case::read).filter(|case| case.id.contains(&only));
        Some(Self { charts, golden, cases: cases.collect() })
    }

    /// Returns what Helm does with a case.
    pub(crate) fn wanted(&self, case: &Case, profile: Profile) -> Wanted {
        let outcome = &case.outcomes[profile.version()];
        if let Some(error) = outcome["error"].as_str() {
            return Wanted::Error(error.to_owned());
        }
        let path = self.golden.join(profile.version()).join(format!("{}.yaml", case.id));
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let wild = outcome["wild"].as_u64().unwrap_or_default();
        Wanted::Output(text, wild as usize)
    }

    /// Reads what a case needs.
    pub(crate) fn read(&self, case: &Case, profile: Profile) -> Result<Input, helm::Error> {
        let folder = self.charts.join(&case.chart);
        let limits = chart::Limits::default();
        let files = read_chart_folder(&Folder::new(&folder), "", limits)?;
        let chart = Chart::load(files, profile, limits)?;
        let file = |name: &String| ValueFile { name: name.clone(), text: fs::read(folder.join(name)).unwrap().into() };
        let values = UserValues { files: case.values.iter().map(file).collect(), ..UserValues::default() };
        let values = values.merge(profile, &|path| Err(format!("{path} is not read")))?;
        Ok(Input { chart, values, profile, has_operators: case.has_operators })
    }
}

impl Case {
    fn read(case: &Value) -> Self {
        let text = |key: &str| case[key].as_str().map(str::to_owned);
        Self {
            id: text("id").unwrap(),
            chart: text("chart").unwrap(),
            values: text("values"),
            has_operators: case["setting"] == "operators",
            outcomes: case.clone(),
        }
    }

    /// Returns the flags of the case's setting.
    pub(crate) fn flags(&self) -> Vec<&str> {
        if !self.has_operators {
            return Vec::new();
        }
        let flags = ["--kube-version", "1.31.4", "--is-upgrade", "--include-crds"].into_iter();
        flags.chain(APIS.into_iter().flat_map(|api| ["--api-versions", api])).collect()
    }
}

/// All that a case is rendered from.
pub(crate) struct Input {
    chart: Arc<Chart>,
    values: Data,
    profile: Profile,
    has_operators: bool,
}

impl Input {
    /// Renders the case with a function, and prints it.
    pub(crate) fn print(&self, render: &Render<'_>) -> Result<Vec<u8>, helm::Error> {
        let mut capabilities = Capabilities::default();
        if self.has_operators {
            capabilities.kube_version = KubeVersion::parse("1.31.4").unwrap();
            capabilities.api_versions.extend(APIS.map(str::to_owned));
        }
        let release = Release { name: "rel".to_owned(), namespace: "ns".to_owned(), is_upgrade: self.has_operators };
        let options = Options { foreign: Some(&ChartTemplates), ..Options::new(self.profile) };
        let rendered = render(&self.chart, &self.values, &release, &capabilities, &options)?;
        Ok(rendered.print(&PrintOptions { include_crds: self.has_operators, ..PrintOptions::default() })?)
    }
}

/// A way to render.
pub(crate) type Render<'a> =
    dyn Fn(&Arc<Chart>, &Data, &Release, &Capabilities, &Options<'_>) -> Result<Rendered, helm::Error> + Sync + 'a;

/// Returns the first line that differs where it must not.
pub(crate) fn difference(wanted: &[u8], found: &[u8]) -> Option<String> {
    let (wanted, found) = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(found));
    let (wanted, found): (Vec<&str>, Vec<&str>) = (wanted.split('\n').collect(), found.split('\n').collect());
    let line = wanted.iter().zip(&found).position(|(wanted, found)| wanted != found && !wanted.contains(WILD));
    match line {
        Some(at) => Some(format!("line {}: wanted {:?}, found {:?}", at + 1, wanted[at], found[at])),
        None if wanted.len() != found.len() => Some(format!("{} lines, wanted {}", found.len(), wanted.len())),
        None => None,
    }
}

/// Returns the paths of a case for a person and for the program.
pub(crate) fn values_path(corpus: &Corpus, case: &Case) -> Option<PathBuf> {
    let path = |values: &String| -> PathBuf { Path::new(&corpus.charts).join(&case.chart).join(values) };
    case.values.as_ref().map(path)
}
