//! A Helm chart and its Jinja twin (docs/jinja.md shows both): equal values give equal objects.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::template::Pure;
use plainsail::helm::{Capabilities, Options, Profile, Release, render};
use plainsail::jinja::ChartTemplates;
use plainsail::yaml::{Data, parse};

fn folder(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Renders a chart to its objects, by the name of the template without `.j2`.
fn objects(chart: &str, values: &[u8], profile: Profile) -> BTreeMap<String, Data> {
    let files = read_chart_folder(&Folder::new(folder("tests/jinja").join(chart)), "", Limits::default()).unwrap();
    let chart = Chart::load(files, profile, Limits::default()).unwrap();
    let limits = plainsail::yaml::Limits::default();
    let values = parse(values, &limits).unwrap();
    let release = Release { name: "eu".to_owned(), namespace: "shops".to_owned(), is_upgrade: false };
    let jinja = ChartTemplates;
    let options = Options { foreign: Some(&jinja), ..Options::new(profile) };
    let rendered = render(&chart, &values, &release, &Capabilities::default(), &options, &mut Pure).unwrap();
    let object = |source: &str, text: &[u8]| (source.trim_end_matches(".j2").to_owned(), parse(text, &limits).unwrap());
    rendered.manifests.iter().map(|manifest| object(&manifest.source, &manifest.text)).collect()
}

#[test]
fn the_twins_render_to_the_same_objects() {
    for profile in [Profile::V4, Profile::V3] {
        for (file, count) in [("defaults.yaml", 2), ("full.yaml", 3), ("bare.yaml", 3)] {
            let values = fs::read(folder("tests/jinja/values").join(file)).unwrap();
            let expected = objects("helm", &values, profile);
            assert_eq!(expected.len(), count, "{file}");
            assert_eq!(objects("twin", &values, profile), expected, "{file}");
        }
    }
}

#[test]
fn the_page_shows_the_twins_as_they_are() {
    let page = fs::read_to_string(folder("docs/jinja.md")).unwrap();
    for file in [
        "helm/templates/_helpers.tpl",
        "twin/templates/_helpers.j2",
        "helm/templates/deployment.yaml",
        "twin/templates/deployment.yaml.j2",
        "helm/templates/config.yaml",
        "twin/templates/config.yaml.j2",
    ] {
        let text = fs::read_to_string(folder("tests/jinja").join(file)).unwrap();
        assert!(page.contains(&text), "docs/jinja.md does not show {file} as it is");
    }
}
