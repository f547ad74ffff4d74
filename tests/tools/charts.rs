//! The charts of this repository, as the real helm and the schemas of Kubernetes see them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::template::Pure;
use plainsail::helm::values::{UserValues, ValueFile};
use plainsail::helm::{Capabilities, KubeVersion, Options, PrintOptions, Profile, Release, render};

/// Both releases of the real Helm.
pub(crate) const HELMS: [&str; 2] = ["helm-4.2.4", "helm-3.21.4"];
const VALIDATOR: &str = "kubernetes-validate";

/// Returns a tool of `tests/tools/install`, or `None` after saying that it is missing; where tools are required that fails.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PLAINSAIL_TOOLS_DIR").map(PathBuf::from);
    let folder = folder.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/plainsail-tools")));
    let path = folder.map(|folder| folder.join("bin").join(name)).filter(|path| path.is_file());
    if path.is_none() {
        assert!(std::env::var("PLAINSAIL_TOOLS").as_deref() != Ok("require"), "the charts need {name}");
        println!("skipped: the charts: missing {name}");
    }
    path
}

/// Returns the values files that a chart is tried with: those under `ci/` and those for environments beside it.
pub(crate) fn values_files(chart: &Path) -> Vec<PathBuf> {
    let in_folder =
        |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mut files = in_folder(chart.join("ci"));
    files.extend(
        in_folder(chart.to_owned())
            .into_iter()
            .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("values-"))),
    );
    files.sort();
    files
}

/// Returns everything that a program printed.
pub(crate) fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn check(chart: &str, fewest: usize) {
    let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts").join(chart);
    let files = values_files(&chart);
    assert!(files.len() >= fewest, "{} has {} values files", chart.display(), files.len());
    let Some(helms) = HELMS.into_iter().map(tool).collect::<Option<Vec<_>>>() else { return };
    let Some(validator) = tool(VALIDATOR) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut rendered = Vec::new();
    for (helm, version) in helms.iter().zip(HELMS) {
        for file in &files {
            let lint = Command::new(helm).args(["lint", "--strict"]).arg(&chart).arg("-f").arg(file).output().unwrap();
            assert!(lint.status.success(), "{version} lint {}: {}", file.display(), text(&lint));
            let template =
                Command::new(helm).args(["template", "shop"]).arg(&chart).args(["-n", "shop", "-f"]).arg(file).output();
            let template = template.unwrap();
            assert!(template.status.success(), "{version} template {}: {}", file.display(), text(&template));
            let path = folder.path().join(format!("{version}-{}", file.file_name().unwrap().to_string_lossy()));
            fs::write(&path, &template.stdout).unwrap();
            rendered.push(path);
        }
    }
    for kubernetes in ["1.33.0", "1.37.0"] {
        let validate =
            Command::new(&validator).args(["--strict", "--quiet", "-k", kubernetes]).args(&rendered).output().unwrap();
        assert!(validate.status.success(), "Kubernetes {kubernetes}: {}", text(&validate));
    }
}

#[test]
fn helm_and_kubernetes_accept_charts_web() {
    check("web", 12);
}

#[test]
fn helm_and_kubernetes_accept_charts_plainsail() {
    check("plainsail", 3);
}

fn ours(chart: &Path, values_file: &Path, profile: Profile) -> String {
    let files = read_chart_folder(&Folder::new(chart), "", Limits::default()).unwrap();
    let chart = Chart::load(files, profile, Limits::default()).unwrap();
    let text = fs::read(values_file).unwrap();
    let values = UserValues {
        files: vec![ValueFile { name: "values.yaml".to_owned(), text: text.into() }],
        ..UserValues::default()
    };
    let values = values.merge(profile, &|_| Err("no files".to_owned())).unwrap();
    let release = Release { name: "shop".to_owned(), namespace: "shop".to_owned(), is_upgrade: false };
    let capabilities = Capabilities { kube_version: KubeVersion::parse("1.33.1").unwrap(), ..Capabilities::default() };
    let rendered = render(&chart, &values, &release, &capabilities, &Options::new(profile), &mut Pure).unwrap();
    String::from_utf8(rendered.print(&PrintOptions::default()).unwrap()).unwrap()
}

#[test]
fn the_charts_print_as_both_helms_print_them() {
    for (profile, version) in [(Profile::V4, HELMS[0]), (Profile::V3, HELMS[1])] {
        let Some(helm) = tool(version) else { continue };
        for chart in ["web", "plainsail"] {
            let chart = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts").join(chart);
            for file in values_files(&chart) {
                let mut command = Command::new(&helm);
                command.args(["template", "shop"]).arg(&chart).args(["-n", "shop", "--kube-version", "1.33.1", "-f"]);
                let wanted = command.arg(&file).output().unwrap();
                assert!(wanted.status.success(), "{version} {}: {}", file.display(), text(&wanted));
                let wanted = String::from_utf8(wanted.stdout).unwrap();
                assert_eq!(ours(&chart, &file, profile), wanted, "{version} {}", file.display());
            }
        }
    }
}
