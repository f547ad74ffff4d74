//! Every cap on what a chart may ask for, by both ways to set it; and what is said of a release that goes over one or is broken.

use std::io::Write as _;

use crate::program::{files_of, run, write};

const CHART: &str = "apiVersion: v2\nname: app\nversion: 0.1.0\n";

type Files = Vec<(String, Vec<u8>)>;

fn files(list: &[(&str, &str)]) -> Files {
    let chart = [("Chart.yaml", CHART)];
    chart.iter().chain(list).map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn template(text: &str) -> Files {
    files(&[("templates/a.yaml", text)])
}

/// For each cap, a low value that can be set and a chart that goes over it.
fn caps() -> Vec<(&'static str, u64, Files)> {
    let long = "# a comment\n".repeat(200);
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n---\n";
    vec![
        ("fileBytes", 1024, files(&[("long.txt", &long)])),
        ("chartBytes", 1024, files(&[("one.txt", &long[..700]), ("two.txt", &long[..700])])),
        ("chartFiles", 2, files(&[("one.txt", ""), ("two.txt", "")])),
        ("chartDepth", 0, files(&[("charts/sub/Chart.yaml", CHART)])),
        ("archiveRatio", 1, vec![("Chart.yaml".to_owned(), CHART.into()), ("charts/sub.tgz".to_owned(), archive())]),
        ("yamlBytes", 1024, files(&[("values.yaml", &long)])),
        ("yamlDepth", 10, files(&[("values.yaml", &format!("a: {}{}", "[".repeat(12), "]".repeat(12)))])),
        ("yamlValues", 100, files(&[("values.yaml", &format!("a: [{}]", "1, ".repeat(200)))])),
        ("steps", 1_000, template("{{ range until 10000 }}{{ end }}")),
        ("outputBytes", 1024, template("a: {{ repeat 2000 \"x\" }}")),
        ("templateDepth", 10, template("{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}")),
        ("objects", 1, template(&(object.replace("NAME", "one") + &object.replace("NAME", "two")))),
    ]
}

/// A chart that is small as an archive and large without.
fn archive() -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    // Some times smaller, but not hundreds of times.
    let large: Vec<u8> = (0..700_000_u32).flat_map(|number| format!("{number}\n").into_bytes()).collect();
    {
        let mut tar = tar::Builder::new(&mut gzip);
        let names = ["sub/Chart.yaml", "sub/one.txt", "sub/two.txt", "sub/three.txt"];
        for name in names {
            let data = if name.ends_with("Chart.yaml") { CHART.as_bytes() } else { &large };
            let mut header = tar::Header::new_ustar();
            header.set_size(data.len() as u64);
            header.set_mode(0o644);
            header.set_entry_type(tar::EntryType::Regular);
            tar.append_data(&mut header, name, data).unwrap();
        }
        tar.finish().unwrap();
    }
    gzip.flush().unwrap();
    gzip.finish().unwrap()
}

/// A fleet with one environment, a release of the chart `app` and one that is always right.
fn fleet(settings: &str, of_environment: &str, chart: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(path, "plainsail.yaml", format!("registries: {{}}\n{settings}").as_bytes());
    write(
        path,
        "environments/dev/environment.yaml",
        format!("destination: {{ name: dev }}\n{of_environment}").as_bytes(),
    );
    write(path, "environments/dev/api.yaml", b"chart: charts/app\n");
    write(path, "environments/dev/right.yaml", b"chart: charts/right\n");
    write(path, "charts/right/Chart.yaml", CHART.as_bytes());
    write(path, "charts/right/templates/a.yaml", b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: right}\n");
    for (name, bytes) in chart {
        write(path, &format!("charts/app/{name}"), bytes);
    }
    folder
}

#[test]
fn every_cap_is_reached_by_the_flag_and_named() {
    for (name, value, chart) in caps() {
        let folder = fleet("", "", &chart);
        let limit = format!("{name}={value}");
        let ran = run(folder.path(), &["template", "r", "charts/app", "--limit", &limit]).code(4);
        assert!(ran.err.contains(&format!("--limit {name}=NUMBER, at most ")), "{limit}: {}", ran.err);
        // It is this cap, and no other, that ends it.
        run(folder.path(), &["template", "r", "charts/app"]).code(if name == "templateDepth" { 4 } else { 0 });
    }
}

#[test]
fn every_cap_is_reached_by_the_setting_and_named() {
    for (name, value, chart) in caps() {
        let setting = format!("limits: {{ {name}: {value} }}\n");
        let raised = format!("limits: {{ {name}: 5000 }}\n");
        for (of_fleet, of_environment) in [(setting.as_str(), ""), (&raised, setting.as_str())] {
            // A chart within its bounds for the other release.
            let folder = fleet(of_fleet, of_environment, &chart);
            let out_of_range = name == "chartDepth" || name == "yamlDepth";
            if out_of_range && !of_environment.is_empty() {
                continue;
            }
            let ran = run(folder.path(), &["render"]).code(8);
            assert!(ran.err.contains(&format!("`limits: {{{name}: NUMBER}}`")), "{name}: {}", ran.err);
            let written = files_of(&folder.path().join("rendered/dev"));
            assert!(written.keys().any(|path| path.starts_with("right/")), "{name}: {written:?}");
        }
    }
}

#[test]
fn a_rendering_that_takes_too_long_is_given_up() {
    let chart = template("{{ range until 1000000 }}{{ range until 1000000 }}{{ end }}{{ end }}");
    let folder = fleet("limits: { seconds: 1, steps: 20000000000 }\n", "", &chart);
    let limits = ["--limit", "seconds=1", "--limit", "steps=20000000000"];
    let ran = run(folder.path(), &[&["template", "r", "charts/app"], &limits[..]].concat()).code(4);
    assert!(ran.err.contains("the cap of 1 seconds for one release is reached"), "{}", ran.err);
    let ran = run(folder.path(), &["render"]).code(8);
    assert!(ran.err.contains("`limits: {seconds: NUMBER}`"), "{}", ran.err);
}

#[test]
fn a_limit_that_is_none_is_refused_with_those_that_are() {
    let folder = fleet("", "", &template("a: 1"));
    for (limit, says) in [
        ("stepz=5000", "did you mean `steps`?"),
        ("steps", "--limit steps is not of the form NAME=VALUE"),
        ("steps=many", "\"many\" is no whole number"),
        ("steps=1", "the limit `steps` must be between 1000 and 20000000000, not 1"),
        ("steps=-1", "\"-1\" is no whole number"),
    ] {
        let ran = run(folder.path(), &["template", "r", "charts/app", "--limit", limit]).code(2);
        assert!(ran.err.contains(says), "{limit}: {}", ran.err);
    }
    let folder = fleet("limits: { stepz: 5000 }\n", "", &template("a: 1"));
    let ran = run(folder.path(), &["render"]).code(3);
    assert!(ran.err.contains("did you mean `steps`?") && ran.err.contains("plainsail.yaml:2"), "{}", ran.err);
}

#[test]
fn all_broken_files_of_a_release_are_told_and_the_others_render() {
    let chart = files(&[
        ("templates/a.yaml", "a: {{ .Values.x.y }}\n"),
        ("templates/b.yaml", "b: 1\n"),
        ("templates/c.yaml", "c: 1\nd: {{ required \"say d\" .Values.d }}\n"),
        ("templates/d.yaml", "d: [\n"),
    ]);
    let folder = fleet("", "", &chart);
    for (arguments, code) in [(&["render"][..], 8), (&["template", "r", "charts/app"], 4)] {
        let ran = run(folder.path(), arguments).code(code);
        for says in ["charts/app/templates/a.yaml:1:", "charts/app/templates/c.yaml:2:", "charts/app/templates/d.yaml"]
        {
            assert!(ran.err.contains(says), "{arguments:?}: {says}: {}", ran.err);
        }
        assert!(ran.err.contains("`.Values.d` is nil"), "{}", ran.err);
    }
    let written = files_of(&folder.path().join("rendered"));
    assert!(written.keys().all(|path| path.starts_with("dev/right/")) && !written.is_empty(), "{written:?}");
    let json = run(folder.path(), &["render", "--output", "json"]).code(8).json().to_string();
    assert!(json.contains("templates/a.yaml") && json.contains("templates/d.yaml"), "{json}");
}
