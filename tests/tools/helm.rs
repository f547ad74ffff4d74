//! `helm template` of both releases against ours: the chart that each `helm create` writes, with its values and variations.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test panics, and says what it skips"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::template::Pure;
use plainsail::helm::values::UserValues;
use plainsail::helm::{Capabilities, KubeVersion, Options, PrintOptions, Profile, Release, render};

/// Values that reach every branch of the chart.
const VARIATIONS: &[&[&str]] = &[
    &[],
    &["ingress.enabled=true,ingress.className=alb,ingress.hosts[0].host=a.example.com"],
    &["autoscaling.enabled=true,autoscaling.targetMemoryUtilizationPercentage=70"],
    &["serviceAccount.create=false,serviceAccount.name=other", "nameOverride=web,fullnameOverride=web-full"],
    &["image.tag=0012345,replicaCount=3,podLabels.a=b,resources.limits.cpu=100m"],
    &["httpRoute.enabled=true,service.type=NodePort,service.port=8080,nodeSelector.disk=ssd,tolerations[0].key=k"],
];

fn helm(profile: Profile) -> Option<PathBuf> {
    let name = format!("helm-{}", profile.version());
    let tools = std::env::var_os("PLAINSAIL_TOOLS_DIR").map(|folder| PathBuf::from(folder).join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = tools.into_iter().chain(std::env::split_paths(&path)).map(|folder| folder.join(&name));
    let found = found.into_iter().find(|file| file.is_file());
    if found.is_none() {
        assert!(std::env::var("PLAINSAIL_TOOLS").as_deref() != Ok("require"), "{name} is missing");
        println!("skipped: {name} is not installed");
    }
    found
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.current_dir(folder).args(arguments).env("HOME", folder).env_remove("KUBECONFIG");
    command.output().expect("helm runs")
}

#[test]
fn prints_the_stock_chart_as_both_helms_do() {
    for profile in [Profile::V4, Profile::V3] {
        let Some(helm) = helm(profile) else { continue };
        let folder = tempfile::tempdir().unwrap();
        let created = run(&helm, folder.path(), &["create", "stock"]);
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
        for variation in VARIATIONS {
            let mut arguments = vec!["template", "api", "stock", "--namespace", "shop", "--kube-version", "1.33.1"];
            arguments.extend(variation.iter().flat_map(|line| ["--set", line]));
            let wanted = run(&helm, folder.path(), &arguments);
            assert!(wanted.status.success(), "{}", String::from_utf8_lossy(&wanted.stderr));
            let got = ours(&folder.path().join("stock"), variation, profile);
            let version = profile.version();
            assert_eq!(got, String::from_utf8_lossy(&wanted.stdout), "{version} {variation:?}");
        }
    }
}

fn ours(chart: &Path, set: &[&str], profile: Profile) -> String {
    let files = read_chart_folder(&Folder::new(chart), "", Limits::default()).unwrap();
    let chart = Chart::load(files, profile, Limits::default()).unwrap();
    let values = UserValues { set: set.iter().map(|line| (*line).to_owned()).collect(), ..UserValues::default() };
    let values = values.merge(profile, &|_| Err("no files".to_owned())).unwrap();
    let release = Release { name: "api".to_owned(), namespace: "shop".to_owned(), is_upgrade: false };
    let capabilities = Capabilities { kube_version: KubeVersion::parse("1.33.1").unwrap(), ..Capabilities::default() };
    let rendered = render(&chart, &values, &release, &capabilities, &Options::new(profile), &mut Pure).unwrap();
    String::from_utf8(rendered.print(&PrintOptions::default()).unwrap()).unwrap()
}
