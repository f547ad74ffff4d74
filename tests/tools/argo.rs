//! What Argo CD makes of our output: its own code reads every folder of the sample fleet as the objects that it makes of the
//! chart with the same values, and the ApplicationSet's paths lead to those folders only.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use plainsail::files::Folder;
use plainsail::fleet::{Fleet, Release, init};
use plainsail::hydrate;
use plainsail::render::{MARKER, Renderer};
use plainsail::yaml::json::{Html, encode};
use plainsail::yaml::{Limits, parse};
use serde_json::Value;

use crate::charts::{HELMS, text, tool, values_files};

const READER: &str = "argoread";
const PROJECT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs Argo CD's reader and returns the objects by their identity, without those that only `helm test` runs.
fn read(reader: &Path, path: Option<&Path>, arguments: &[&str]) -> BTreeMap<String, Value> {
    let mut command = Command::new(reader);
    if let Some(path) = path {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(path.to_owned()).chain(std::env::split_paths(&rest));
        command.env("PATH", std::env::join_paths(folders).unwrap());
    }
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    let lines = String::from_utf8(output.stdout).unwrap();
    let mut objects = BTreeMap::new();
    for object in lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let hook = object["metadata"]["annotations"]["helm.sh/hook"].as_str().unwrap_or_default();
        if hook.split(',').any(|event| event.trim().starts_with("test")) {
            continue;
        }
        let metadata = &object["metadata"];
        let identity =
            format!("{} {} {}/{}", object["apiVersion"], object["kind"], metadata["namespace"], metadata["name"]);
        assert!(objects.insert(identity.clone(), object).is_none(), "{identity} is there twice");
    }
    objects
}

/// A folder in which the program `helm` is one release of it.
fn as_helm(program: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(program, folder.path().join("helm")).unwrap();
    folder
}

fn write(root: &Path, path: &str, content: &[u8]) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, content).unwrap();
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).unwrap();
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Renders a fleet into its own folder, as `plainsail render` does, and returns what was rendered.
fn render(root: &Path) -> Vec<(Release, String)> {
    let files = Folder::new(root);
    let fleet = Fleet::load(&files).unwrap();
    let mut rendered = Vec::new();
    let renderer = Renderer::new(&files, &fleet);
    for environment in &fleet.environments {
        let outcomes = hydrate::environment(&renderer, environment, &|_| true, &hydrate::Chosen::new(), None).unwrap();
        assert!(!outcomes.is_empty());
        for outcome in outcomes {
            assert!(outcome.plan.failure.is_none(), "{:?}", outcome.plan.failure);
            files.apply(&outcome.changes).unwrap();
            let release =
                environment.releases.values().find(|release| release.name.as_str() == outcome.plan.release).unwrap();
            rendered.push((release.clone(), release.rendered_folder()));
        }
    }
    rendered
}

/// Writes the values of a release as files for Helm beside its chart, by the rules of the repository format: the chart's own
/// values files, what the release says under `values:`, then its image. Returns their names, seen from the chart.
fn values_for_helm(root: &Path, release: &Release) -> Vec<String> {
    let file: Value = yaml(&fs::read(root.join(&release.path)).unwrap());
    let mut names: Vec<String> =
        file["valueFiles"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect();
    let images = file["images"].as_object().unwrap();
    assert_eq!(images.len(), 1, "the sample releases have one image each");
    let image = images.values().next().unwrap();
    let image = serde_json::json!({ "image": {
        "repository": image["repository"], "tag": image["tag"], "digest": image["digest"],
    } });
    for (part, values) in [("values", &file["values"]), ("image", &image)] {
        if !values.is_null() {
            let name = format!("{}.{part}.json", release.path.replace('/', "-"));
            write(root, &format!("for-helm/{name}"), values.to_string().as_bytes());
            names.push(format!("../../for-helm/{name}"));
        }
    }
    names
}

fn yaml(text: &[u8]) -> Value {
    let data = parse(text, &Limits::default()).unwrap();
    serde_json::from_slice(&encode(&data, Html::Raw).unwrap()).unwrap()
}

/// Writes what `plainsail init --sample` writes, and renders it.
fn sample(root: &Path) -> Vec<(Release, String)> {
    let options = init::Options { sample: true, repository: Some("https://git.example.com/fleet.git"), branch: "main" };
    for (path, content) in init::files(&options).unwrap() {
        write(root, &path, &content);
    }
    let rendered = render(root);
    assert!(rendered.len() >= 4, "the sample fleet has {} releases", rendered.len());
    rendered
}

#[test]
fn argo_cd_reads_the_sample_fleet_as_it_reads_the_charts() {
    let Some(reader) = tool(READER) else { return };
    let Some(helms) = HELMS.into_iter().map(tool).collect::<Option<Vec<_>>>() else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let rendered = sample(root);
    let place = root.to_str().unwrap();
    for (release, output) in &rendered {
        let name = release.address().to_string().replace('/', "-");
        let common = ["-app", &name, "-namespace", release.namespace()];
        let plain = read(&reader, None, &[&common[..], &["-recurse", place, output]].concat());
        assert!(plain.len() >= 2, "{output}: {} objects", plain.len());
        // As the ApplicationSet has it.
        assert_eq!(read(&reader, None, &[&common[..], &[place, output]].concat()), plain, "{output}");
        let values = values_for_helm(root, release);
        for (helm, version) in helms.iter().zip(HELMS) {
            let mut arguments = common.to_vec();
            arguments.extend(["-release", release.release_name(), "-kube-version", "1.33"]);
            arguments.extend(values.iter().flat_map(|file| ["-values", file]));
            arguments.extend([place, "charts/web"]);
            let path = as_helm(helm);
            assert_eq!(plain, read(&reader, Some(path.path()), &arguments), "{output} against {version}");
        }
    }
}

#[test]
fn argo_cd_reads_every_variation_of_the_chart_the_same() {
    let Some(reader) = tool(READER) else { return };
    let Some(helms) = HELMS.into_iter().map(tool).collect::<Option<Vec<_>>>() else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    copy(&Path::new(PROJECT).join("charts/web"), &root.join("charts/web"));
    let names: Vec<String> = values_files(&root.join("charts/web"))
        .iter()
        .map(|file| file.strip_prefix(root.join("charts/web")).unwrap().to_str().unwrap().to_owned())
        .collect();
    assert!(names.len() >= 22, "{} values files", names.len());
    write(root, "environments/all/environment.yaml", b"kubeVersion: \"1.33\"\n");
    write(root, "plainsail.yaml", b"");
    for (index, name) in names.iter().enumerate() {
        let mut release = String::from("chart: charts/web\nnamespace: shop\nreleaseName: shop\nvalueFiles:\n");
        writeln!(release, "  - {name}").unwrap();
        write(root, &format!("environments/all/v{index:02}.yaml"), release.as_bytes());
    }
    let rendered = render(root);
    assert_eq!(rendered.len(), names.len());
    let place = root.to_str().unwrap();
    for ((release, output), name) in rendered.iter().zip(&names) {
        let common = ["-app", "shop", "-namespace", "shop"];
        let plain = read(&reader, None, &[&common[..], &["-recurse", place, output]].concat());
        assert!(!plain.is_empty(), "{name}");
        for (helm, version) in helms.iter().zip(HELMS) {
            let path = as_helm(helm);
            let more = ["-release", release.release_name(), "-kube-version", "1.33", "-values", name, place];
            let chart = read(&reader, Some(path.path()), &[&common[..], &more, &["charts/web"]].concat());
            assert_eq!(plain, chart, "{name} against {version}");
        }
    }
}

#[test]
fn the_application_set_leads_to_the_rendered_folders_only() {
    let Some(reader) = tool(READER) else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let rendered = sample(root);
    // Markers where none belongs, as a person may have copied them.
    for path in [
        MARKER,
        "rendered/.plainsail",
        "rendered/dev/.plainsail",
        "charts/web/.plainsail",
        "rendered/dev/web.plainsail",
    ] {
        write(root, path, b"{}");
    }
    let set = yaml(&fs::read(root.join("applicationset.yaml")).unwrap());
    let generators = set["spec"]["generators"].as_array().unwrap();
    assert_eq!(generators.len(), 1);
    let files = generators[0]["git"]["files"].as_array().unwrap();
    assert_eq!(files.len(), 1);
    let source = &set["spec"]["template"]["spec"]["source"];
    assert_eq!(source["path"], "{{ .path.path }}", "the folder of the marker");
    assert_eq!(source["directory"], serde_json::json!({ "recurse": false }));

    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(root).env("HOME", root).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    let pattern = files[0]["path"].as_str().unwrap();
    let found = Command::new(&reader).args(["-files", pattern]).arg(root).output().unwrap();
    assert!(found.status.success(), "{}", text(&found));
    let mut found: Vec<String> = String::from_utf8(found.stdout).unwrap().lines().map(str::to_owned).collect();
    found.sort();
    let mut wanted: Vec<String> = rendered.iter().map(|(_, folder)| format!("{folder}/{MARKER}")).collect();
    wanted.sort();
    assert_eq!(found, wanted);
    // `missingkey=error`: what the template names must be in each marker.
    for marker in found {
        let marker = yaml(&fs::read(root.join(marker)).unwrap());
        for key in ["environment", "release", "namespace", "project"] {
            assert!(marker[key].as_str().is_some_and(|text| !text.is_empty()), "{key} in {marker}");
        }
        assert!(marker["destination"].is_object(), "{marker}");
    }
}
