//! P01–P12 and D11: paths, links, archives and names that lead elsewhere, and one broken release among many.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::Path;

use plainsail::files::{Files, Folder, Memory, read_chart_folder};
use plainsail::fleet::Fleet;
use plainsail::helm::Profile;
use plainsail::helm::chart::{Chart, File, Limits, unpack};
use plainsail::render::Renderer;

use crate::harness::*;

const RELEASE: &str = "chart: charts/web\nnamespace: web\n";
const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

fn fleet_files(extra: &[(&str, &str)]) -> Memory {
    let mut files: Memory = [
        ("plainsail.yaml", ""),
        ("environments/dev/environment.yaml", ""),
        ("environments/dev/web.yaml", RELEASE),
        ("charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
        ("charts/web/templates/a.yaml", OBJECT),
    ]
    .into_iter()
    .collect();
    for (path, text) in extra {
        files.insert(*path, *text);
    }
    files
}

/// Renders all releases of a fleet: the files of each, or the text of its error.
fn render_fleet(files: &dyn Files) -> Result<BTreeMap<String, Result<Vec<String>, String>>, String> {
    let show = |found: &[plainsail::fleet::Diagnostic]| format!("{found:?}");
    let fleet = Fleet::load(files).map_err(|found| show(&found))?;
    let renderer = Renderer::new(files, &fleet);
    let mut results: BTreeMap<String, Result<Vec<String>, String>> = fleet
        .releases()
        .map(|(environment, release)| {
            let rendered = renderer
                .prepare(environment, release, BTreeMap::new())
                .and_then(|prepared| prepared.render(&Endless))
                .map(|rendered| rendered.manifests.into_keys().collect())
                .map_err(|error| format!("{error} {error:?}"));
            (release.name.to_string(), rendered)
        })
        .collect();
    results.extend(fleet.broken().map(|(_, broken)| (broken.name.clone(), Err(show(&broken.diagnostics)))));
    Ok(results)
}

fn outside() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret.yaml"), format!("a: {CANARY}\n")).unwrap();
    fs::write(folder.path().join("broken.yaml"), format!("a: [{CANARY}\n")).unwrap();
    folder
}

/// A repository on disk with its parent, where a secret lies.
fn repository() -> tempfile::TempDir {
    let parent = outside();
    let root = parent.path().join("repository");
    for (path, text) in fleet_files(&[]).files() {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.as_bytes()).unwrap();
    }
    parent
}

/// Everything below a folder with its bytes.
fn snapshot(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap();
            if kind.is_dir() {
                pending.push(path);
            } else if kind.is_file() {
                found.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn p01_paths_of_values_that_lead_outside() {
    let parent = repository();
    let root = parent.path().join("repository");
    let before = snapshot(parent.path());
    let absolute = parent.path().join("secret.yaml").display().to_string();
    let paths = [
        "../secret.yaml",
        "../../../secret.yaml",
        "../broken.yaml",
        "./../../../secret.yaml",
        "../../secret.yaml",
        absolute.as_str(),
        "%2e%2e/secret.yaml",
        "file:///etc/passwd",
        "https://127.0.0.1:9/x.yaml",
        "$HOME/x.yaml",
        "~/x.yaml",
        "/dev/zero",
        "/etc/passwd",
        "a\0b",
        "values/../../../secret.yaml",
        "",
    ];
    for path in paths {
        guarded(&format!("p01 {path:?}"), || {
            let release = format!(
                "{RELEASE}valueFiles: [{}]\n",
                plainsail::yaml::json::encode(&plainsail::yaml::Data::from(path), plainsail::yaml::json::Html::Raw)
                    .map(|json| String::from_utf8(json).unwrap())
                    .unwrap()
            );
            fs::write(root.join("environments/dev/web.yaml"), release).unwrap();
            let results = render_fleet(&Folder::new(&root)).unwrap();
            let error = results["web"].as_ref().unwrap_err();
            assert!(!error.contains(CANARY) && !error.contains("root:"), "{path}: {error}");
        });
    }
    fs::write(root.join("environments/dev/web.yaml"), RELEASE).unwrap();
    assert_eq!(snapshot(parent.path()), before);
}

#[test]
fn p02_links_that_lead_outside() {
    let links = [
        ("environments/dev/web.yaml", "../../../secret.yaml"),
        ("environments/dev/environment.yaml", "../../../secret.yaml"),
        ("plainsail.yaml", "../secret.yaml"),
        ("environments/dev", "../.."),
        ("charts/web/values.yaml", "../../../secret.yaml"),
        ("charts/web/templates/b.yaml", "../../../../secret.yaml"),
        ("charts/web/files/x", "../../../../secret.yaml"),
        ("charts/web/crds/x.yaml", "../../../../secret.yaml"),
        ("charts/web/Chart.yaml", "../../../secret.yaml"),
        ("charts/web/.helmignore", "../../../secret.yaml"),
        ("charts/web/values.schema.json", "../../../broken.yaml"),
        ("charts/web/charts/sub", "../../../.."),
        ("charts/web/templates", "../../.."),
        ("charts/web", "../.."),
        ("charts", ".."),
    ];
    for (path, target) in links {
        guarded(&format!("p02 {path}"), || {
            let parent = repository();
            let root = parent.path().join("repository");
            let link = root.join(path);
            if link.is_dir() {
                fs::remove_dir_all(&link).unwrap();
            } else if link.exists() {
                fs::remove_file(&link).unwrap();
            }
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(target, &link).unwrap();
            let shown = match render_fleet(&Folder::new(&root)) {
                Err(text) => text,
                // An environment that is a link is none.
                Ok(results) if results.is_empty() => String::new(),
                Ok(results) => results["web"].as_ref().expect_err(path).clone(),
            };
            assert!(!shown.contains(CANARY), "{path}: {shown}");
        });
    }
    // A values file that is a link, and one in a folder that is one.
    for (link, target, file) in [("v.yaml", "../../../secret.yaml", "./v.yaml"), ("v", "../../..", "./v/secret.yaml")] {
        guarded(&format!("p02 {file}"), || {
            let parent = repository();
            let root = parent.path().join("repository");
            symlink(target, root.join("environments/dev").join(link)).unwrap();
            fs::write(root.join("environments/dev/web.yaml"), format!("{RELEASE}valueFiles: [{file}]\n")).unwrap();
            let results = render_fleet(&Folder::new(&root)).unwrap();
            let error = results["web"].as_ref().expect_err(file);
            assert!(error.contains("symbolic link") && !error.contains(CANARY), "{file}: {error}");
        });
    }
}

#[test]
fn p03_links_without_end() {
    guarded("p03 loops", || {
        for (name, target) in [
            ("self", "self"),
            ("a", "b"),
            ("templates/loop", "."),
            ("templates/up", "../templates"),
            ("nowhere", "not-there"),
        ] {
            let parent = repository();
            let root = parent.path().join("repository");
            symlink(target, root.join("charts/web").join(name)).unwrap();
            if name == "a" {
                symlink("a", root.join("charts/web/b")).unwrap();
            }
            let results = render_fleet(&Folder::new(&root)).unwrap();
            let error = results["web"].as_ref().expect_err(name);
            assert!(error.len() < 20_000, "{name}");
        }
    });
    guarded("p03 10,000 hops", || {
        let parent = repository();
        let root = parent.path().join("repository/charts/web");
        fs::write(root.join("link0"), "x").unwrap();
        for hop in 1..=10_000 {
            symlink(format!("link{}", hop - 1), root.join(format!("link{hop}"))).unwrap();
        }
        let error = read_chart_folder(&Folder::new(&root), "", Limits::default()).unwrap_err();
        assert!(error.to_string().contains("more than 40 links"), "{error}");
    });
}

#[test]
fn p04_one_chart_does_not_reach_another() {
    let files = fleet_files(&[
        ("charts/other/Chart.yaml", "apiVersion: v2\nname: other\nversion: 0.1.0\n"),
        ("charts/other/files/x", CANARY),
        (
            "charts/web/templates/a.yaml",
            &format!(
                "{OBJECT}data:\n  a: {{{{ .Files.Get \"../other/files/x\" | quote }}}}\n  b: {{{{ .Files.Glob \"../**\" | len }}}}\n"
            ),
        ),
    ]);
    let fleet = Fleet::load(&files).unwrap();
    let renderer = Renderer::new(&files, &fleet);
    let (environment, release) = fleet.releases().next().unwrap();
    let rendered = renderer.prepare(environment, release, BTreeMap::new()).unwrap().render(&Endless).unwrap();
    for text in rendered.manifests.values() {
        assert!(!text.lossy().contains(CANARY));
    }
}

#[test]
fn p05_names_of_charts_that_lead_elsewhere() {
    let heads = [
        "name: ..",
        "name: .",
        "name: a/../../b",
        "name: /etc",
        "name: \"a\\0b\"",
        "name: ''",
        "name: a\nversion: \"1.0.0\\e[31m\"",
        "name: a\nversion: ../x",
        "name: a\ndependencies: [{name: b, alias: \"x\\ny\"}]",
        "name: a\ndependencies: [{name: b, alias: ../x}]",
        "name: a\ndependencies: [{name: ../x}]",
    ];
    for head in heads {
        guarded(&format!("p05 {head:?}"), || {
            for profile in [Profile::V4, Profile::V3] {
                let version = if head.contains("version") { "" } else { "\nversion: 0.1.0" };
                let head = format!("apiVersion: v2\n{head}{version}\n");
                let files = vec![File { name: "Chart.yaml".into(), data: head.as_str().into() }];
                let loaded = Chart::load(files, profile, Limits::default());
                let refused = match loaded {
                    Err(_) => true,
                    Ok(chart) if chart.name().iter().any(u8::is_ascii_control) => false,
                    Ok(_) if head.contains("\\0") || head.contains("\\e") || head.contains("\\n") => true,
                    Ok(chart) => {
                        render_chart(&chart, &plainsail::yaml::Data::map(), &plainsail::helm::Options::new(profile))
                            .is_err()
                    }
                };
                assert!(refused, "{head} {profile:?}");
            }
        });
    }
}

#[test]
fn p06_rendered_names_that_lead_elsewhere() {
    let names = [
        "../../.github/workflows/x",
        "..",
        ".git",
        ".GIT",
        "git~1",
        ".g\\u200cit",
        "a:b",
        "a/b",
        "a\\\\b",
        "a\\u0000b",
        "",
        "/etc/passwd",
        "caf\\u00e9",
        "cafe\\u0301",
        "-rf",
        " ",
        "x\\ny",
        "x\\e[31m",
    ];
    let long = "a".repeat(300);
    for name in names.iter().copied().chain([long.as_str(), "CON", "con", "nul"]) {
        for place in ["name", "namespace", "kind"] {
            guarded(&format!("p06 {place} {name:.20}"), || {
                let field =
                    |wanted: &str, usual: &str| if wanted == place { format!("\"{name}\"") } else { usual.to_owned() };
                // Two namespaces, so that the name of a file tells them apart.
                let text = format!(
                    "apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {own}\n  namespace: {space}\n---\napiVersion: v1\nkind: Role\nmetadata:\n  name: b\n  namespace: other\n---\napiVersion: v1\nkind: {kind}\nmetadata:\n  name: {own}\n  namespace: third\n",
                    kind = field("kind", "Role"),
                    own = field("name", "a"),
                    space = field("namespace", "b"),
                );
                let files = fleet_files(&[("charts/web/templates/a.yaml", &text)]);
                let results = render_fleet(&files).unwrap();
                let Ok(paths) = &results["web"] else { return };
                for path in paths {
                    let (folder, file) = path.rsplit_once('/').unwrap();
                    assert_eq!(folder, "rendered/dev/web", "{path}");
                    let is_plain = file
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
                    assert!(
                        is_plain && file.len() <= 255 && !file.starts_with(['.', '-']) && file.ends_with(".yaml"),
                        "{path:?}"
                    );
                }
            });
        }
    }
    let twins =
        "apiVersion: v1\nkind: Role\nmetadata: {name: x}\n---\napiVersion: v1\nkind: Role\nmetadata: {name: X}\n";
    let results = render_fleet(&fleet_files(&[("charts/web/templates/a.yaml", twins)])).unwrap();
    assert!(results["web"].is_err());
}

/// A tar entry by hand: libraries refuse to write what is wanted here.
fn entry(name: &[u8], kind: u8, link: &[u8], data: &[u8], size: u64) -> Vec<u8> {
    let mut head = [0_u8; 512];
    head[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    head[100..108].copy_from_slice(b"0000000\0");
    head[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    head[136..148].copy_from_slice(b"00000000000\0");
    head[156] = kind;
    head[157..157 + link.len().min(100)].copy_from_slice(&link[..link.len().min(100)]);
    head[257..265].copy_from_slice(b"ustar\x0000");
    head[148..156].fill(b' ');
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut out = head.to_vec();
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn packed(tar: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(tar).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn p07_archives_that_lead_outside() {
    let file = |name: &[u8]| entry(name, b'0', b"", b"x", 1);
    let link = |kind: u8, target: &[u8]| entry(b"web/a", kind, target, b"", 0);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("parent", file(b"web/../../x")),
        ("parent behind a folder", file(b"web/a/../../../x")),
        ("absolute below", file(b"web//etc/passwd")),
        ("backslashes", file(b"web\\..\\..\\x")),
        ("drive", file(b"web/c:/x")),
        ("no folder", file(b"Chart.yaml")),
        ("symlink, then file", [link(b'2', b"/etc"), file(b"web/a/passwd")].concat()),
        ("hard link", link(b'1', b"/etc/passwd")),
        ("device", link(b'3', b"")),
        ("block device", link(b'4', b"")),
        ("FIFO", link(b'6', b"")),
        ("size beyond the end", entry(b"web/a", b'0', b"", b"x", 1 << 20)),
        ("huge size", entry(b"web/a", b'0', b"", b"x", 0o77_777_777_777)),
        ("PAX size", [entry(b"p", b'x', b"", b"19 size=9999999999\n", 19), file(b"web/a")].concat()),
        ("not tar", b"hello".to_vec()),
        ("empty", Vec::new()),
    ];
    for (name, tar) in cases {
        guarded(&format!("p07 {name}"), || assert_refused(name, unpack(&packed(&tar), Limits::default()).map(drop)));
    }
    assert_refused("not gzip", unpack(b"hello", Limits::default()).map(drop));
    assert_refused("cut", unpack(&packed(&file(b"web/Chart.yaml"))[..20], Limits::default()).map(drop));
}

#[test]
fn p08_archives_that_grow() {
    let zeros = |size: usize| entry(b"web/a", b'0', b"", &vec![0; size], size as u64);
    guarded("p08 gzip bomb", || {
        let tar: Vec<u8> = (0..30).flat_map(|_| zeros(4 << 20)).collect();
        let error = unpack(&packed(&tar), Limits::default()).unwrap_err().to_string();
        assert!(names_a_cap(&error), "{error}");
    });
    guarded("p08 bomb in a bomb", || {
        let inner = packed(&packed(&vec![0; 64 << 20]));
        assert_refused("inner", unpack(&inner, Limits::default()).map(drop));
    });
    guarded("p08 10^6 entries", || {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for index in 0..200_000 {
            encoder.write_all(&entry(format!("web/{index}").as_bytes(), b'0', b"", b"", 0)).unwrap();
        }
        let error = unpack(&encoder.finish().unwrap(), Limits::default()).unwrap_err().to_string();
        assert!(names_a_cap(&error), "{error}");
    });
    guarded("p08 folders only", || {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for index in 0..200_000 {
            encoder.write_all(&entry(format!("web/{index}/").as_bytes(), b'5', b"", b"", 0)).unwrap();
        }
        assert_refused("folders", unpack(&encoder.finish().unwrap(), Limits::default()).map(drop));
    });
    guarded("p08 large file", || {
        assert_refused("large", unpack(&packed(&zeros(6 << 20)), Limits::default()).map(drop));
    });
    guarded("p08 charts in charts", || {
        let head = |name: &str| format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n").into_bytes();
        let mut inner = packed(&entry(b"c/Chart.yaml", b'0', b"", &head("c"), head("c").len() as u64));
        for _ in 0..100 {
            let chart = entry(b"c/Chart.yaml", b'0', b"", &head("c"), head("c").len() as u64);
            let sub = entry(b"c/charts/c-0.1.0.tgz", b'0', b"", &inner, inner.len() as u64);
            inner = packed(&[chart, sub].concat());
        }
        let files = unpack(&inner, Limits::default()).unwrap();
        let error = Chart::load(files, Profile::V4, Limits::default()).map(drop).unwrap_err();
        assert!(names_a_cap(&error.to_string()), "{error}");
    });
}

#[test]
fn p09_what_is_written_goes_through_no_link() {
    let parent = repository();
    let root = parent.path().join("repository");
    symlink("../secret.yaml", root.join("link.yaml")).unwrap();
    symlink("..", root.join("folder")).unwrap();
    let before = fs::read(parent.path().join("secret.yaml")).unwrap();
    for path in ["link.yaml", "folder/secret.yaml", "../secret.yaml", "/etc/x", "folder/new.yaml"] {
        guarded(&format!("p09 {path}"), || {
            let written = Folder::new(&root).apply(&BTreeMap::from([(path.to_owned(), Some("overwritten".into()))]));
            assert!(written.is_err(), "{path}");
        });
        assert_eq!(fs::read(parent.path().join("secret.yaml")).unwrap(), before, "{path}");
    }
    assert!(!parent.path().join("new.yaml").exists());
}

#[test]
fn p10_repositories_of_dependencies_are_never_asked() {
    for repository in
        ["https://127.0.0.1:9/charts?a;echo$IFS", "file:///etc", "oci://169.254.169.254/x", "file://../../.."]
    {
        guarded(&format!("p10 {repository}"), || {
            let head = format!(
                "apiVersion: v2\nname: web\nversion: 0.1.0\ndependencies: [{{name: b, version: 1.0.0, repository: \"{repository}\"}}]\n"
            );
            let results = render_fleet(&fleet_files(&[("charts/web/Chart.yaml", &head)])).unwrap();
            let error = results["web"].as_ref().unwrap_err();
            assert!(error.contains("missing in charts/ directory"), "{error}");
        });
    }
}

#[test]
fn p11_kustomize_bases_are_not_read() {
    let text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: a}\nresources: [https://127.0.0.1:9/x, ../..]\n";
    let files = fleet_files(&[("charts/web/kustomization.yaml", text), ("environments/dev/kustomization.yaml", text)]);
    let results = render_fleet(&files).unwrap();
    assert!(results["web"].is_ok());
    assert!(results["kustomization"].is_err());
}

#[test]
fn p12_what_is_not_a_release_is_not_counted_as_one() {
    // Files beside the environments, in folders that no environment is, and under names that are no YAML.
    let files = fleet_files(&[
        ("other/x.yaml", RELEASE),
        ("environments/x.yaml", RELEASE),
        ("environments/dev/more/x.yaml", RELEASE),
        ("environments/dev/x.txt", RELEASE),
    ]);
    let results = render_fleet(&files).unwrap();
    assert_eq!(results.keys().collect::<Vec<_>>(), ["web"]);
}

#[test]
fn d09_a_key_twice_in_a_release_is_refused() {
    let files = fleet_files(&[("environments/dev/x.yaml", &format!("{RELEASE}namespace: other\n"))]);
    assert!(render_fleet(&files).unwrap()["x"].is_err());
    let large = format!("{RELEASE}# {}\n", "x".repeat(6 << 20));
    let error = render_fleet(&fleet_files(&[("environments/dev/x.yaml", &large)])).unwrap()["x"].clone().unwrap_err();
    assert!(names_a_cap(&error));
}

#[test]
fn d11_one_broken_release_among_a_hundred() {
    let deep = "[".repeat(100_000);
    let breaks = [
        "chart: charts/nowhere\nnamespace: web\n",
        "- a\n",
        "\0",
        "chart: charts/broken\nnamespace: web\n",
        "a: &a [*a]\n",
        "",
        deep.as_str(),
    ];
    for broken in breaks {
        guarded(&format!("d11 {broken:.30?}"), || {
            let mut files = fleet_files(&[
                ("charts/broken/Chart.yaml", "apiVersion: v2\nname: broken\nversion: 0.1.0\n"),
                ("charts/broken/templates/a.yaml", "{{ fail \"no\" }}"),
            ]);
            for index in 0..98 {
                files.insert(format!("environments/dev/app-{index}.yaml"), RELEASE);
            }
            files.insert("environments/dev/broken.yaml", broken);
            let results = render_fleet(&files).unwrap();
            assert_eq!(results.len(), 100);
            assert!(results["broken"].is_err());
            assert_eq!(results.values().filter(|result| result.is_ok()).count(), 99);
        });
    }
}
