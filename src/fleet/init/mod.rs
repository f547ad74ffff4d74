//! What `plainsail init` writes into an empty clone, and what `demo` starts from.
//!
//! Everything comes from this repository's own `charts/`, `environments/` and `templates/`, compiled in, so that what a
//! newcomer gets is what the tests render.

mod embedded;

use std::collections::BTreeMap;

pub use embedded::{APPLICATION_SET, COMMIT, PULL_REQUEST};

use crate::jinja;
use crate::yaml::{Data, DataMap, Str};

/// What a new repository is to be.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// With images that exist in the sample registry, so that it renders at once; otherwise nothing is chosen yet.
    pub sample: bool,
    /// The URL that Argo CD reads the repository from; without it a placeholder is written.
    pub repository: Option<&'a str>,
    /// The branch that Argo CD reads.
    pub branch: &'a str,
}

/// Why the files could not be made.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("cannot write the ApplicationSet: {cause}")]
pub struct Error {
    /// The reason, in words.
    pub cause: String,
}

const PLACEHOLDER_REPOSITORY: &str = "https://github.com/example/gitops.git";
/// Where images are in a repository without the sample's registry; a reader sees that it is to be changed.
const PLACEHOLDER_REGISTRY: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

/// Returns the files of a new repository by path.
///
/// # Errors
/// When the ApplicationSet's template does not run, which only a change to it can cause.
pub fn files(options: &Options<'_>) -> Result<BTreeMap<String, Str>, Error> {
    let mut files: BTreeMap<String, Str> = BTreeMap::new();
    for (path, text) in embedded::CHART.iter().chain(embedded::ENVIRONMENTS) {
        files.insert((*path).to_owned(), Str::from(*text));
    }
    if options.sample {
        files.insert("plainsail.yaml".to_owned(), embedded::SAMPLE_CONFIG.into());
    } else {
        files.insert("plainsail.yaml".to_owned(), embedded::CONFIG.into());
        // The second release of dev only exists to show that releases are independent.
        files.remove("environments/dev/worker.yaml");
        for (path, text) in embedded::ENVIRONMENTS {
            if let Some(file) = files.get_mut(*path) {
                *file = unchosen(text).into();
            }
        }
    }
    files.insert("renovate.json".to_owned(), embedded::RENOVATE.into());
    files.insert("applicationset.yaml".to_owned(), application_set(options)?.into());
    Ok(files)
}

/// Returns a release file of the sample without what was chosen there.
fn unchosen(text: &str) -> String {
    let mut result = String::new();
    for line in text.split_inclusive('\n') {
        let key = line.trim_start().split(':').next().unwrap_or_default();
        let indent = &line[..line.len() - line.trim_start().len()];
        match key {
            "tag" | "digest" | "pushedAt" => result.extend([indent, key, ": \"\"\n"]),
            "repository" => result.push_str(&line.replace(super::sample::SAMPLE_HOST, PLACEHOLDER_REGISTRY)),
            _ => result.push_str(line),
        }
    }
    result
}

fn application_set(options: &Options<'_>) -> Result<String, Error> {
    let context: DataMap = [
        ("repository", options.repository.unwrap_or(PLACEHOLDER_REPOSITORY)),
        ("branch", options.branch),
        ("namespace", "argocd"),
    ]
    .into_iter()
    .map(|(key, text)| (Str::from(key), Data::from(text)))
    .collect();
    let context = jinja::to_jinja(&Data::from(context));
    jinja::render("templates/applicationset.yaml.j2", APPLICATION_SET, context, jinja::Caps::default())
        .map_err(|error| Error { cause: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Memory;
    use crate::fleet::{Fleet, ImageSource, Policy};

    fn fleet(sample: bool) -> (Fleet, BTreeMap<String, Str>) {
        let files = files(&Options { sample, repository: None, branch: "main" }).unwrap();
        let tree: Memory = files.clone().into_iter().collect();
        (Fleet::load(&tree).unwrap_or_else(|found| panic!("{found:#?}")), files)
    }

    #[test]
    fn what_is_compiled_in_is_what_stands_in_the_repository() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for folder in ["charts/web", "environments"] {
            for entry in walkdir::WalkDir::new(root.join(folder)) {
                let entry = entry.unwrap();
                let path = entry.path().strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                if entry.file_type().is_file() && !path.starts_with("charts/web/ci/") {
                    found.insert(path, std::fs::read_to_string(entry.path()).unwrap());
                }
            }
        }
        let embedded: BTreeMap<String, String> = embedded::CHART
            .iter()
            .chain(embedded::ENVIRONMENTS)
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        assert_eq!(embedded.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
        assert_eq!(embedded, found);
    }

    #[test]
    fn the_sample_is_chosen_everywhere() {
        let (fleet, _) = fleet(true);
        assert_eq!(fleet.broken().count(), 0);
        let addresses: Vec<String> = fleet.releases().map(|(_, release)| release.address().to_string()).collect();
        assert_eq!(addresses, ["dev/web", "dev/worker", "staging/web", "prod/web"]);
        for (environment, release) in fleet.releases() {
            assert!(release.unchosen().is_empty(), "{}", release.address());
            let image = release.file.images.values().next().unwrap();
            let expected =
                if environment.name == "dev" { ImageSource::Policy(Policy::Pushed) } else { ImageSource::Promotion };
            assert_eq!(environment.image_source(image), expected);
        }
    }

    #[test]
    fn without_the_sample_nothing_is_chosen_and_nothing_is_broken() {
        let (fleet, files) = fleet(false);
        assert_eq!(fleet.broken().count(), 0);
        assert_eq!(fleet.releases().count(), 3);
        for (_, release) in fleet.releases() {
            assert_eq!(release.unchosen().len(), 1);
            assert!(release.file.images.values().all(|image| image.digest.is_none() && image.pushed_at.is_none()));
            assert!(release.file.images.values().all(|image| image.repository.ecr().is_some()));
        }
        assert!(
            !files.values().any(
                |text| text.lossy().contains(crate::fleet::sample::SAMPLE_HOST) && text.lossy().contains("policy:")
            )
        );
    }

    #[test]
    fn every_commented_key_of_plainsail_yaml_is_one() {
        let text: String = embedded::CONFIG
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| line.ends_with(':') || line.contains(": ") || line.trim_start().starts_with("- "))
            .filter(|line| !line.contains('.') || !line.ends_with('.'))
            .filter(|line| !line.starts_with("plainsail.yaml:"))
            .fold(String::new(), |text, line| text + line + "\n");
        let tree: Memory = [("plainsail.yaml".to_owned(), text.clone())].into_iter().collect();
        let fleet = Fleet::load(&tree).unwrap_or_else(|found| panic!("{text}\n{found:#?}"));
        assert_eq!(fleet.config.git.branch.as_deref(), Some("main"));
        assert!(fleet.config.forge.is_some() && !fleet.config.values.is_empty() && fleet.config.registries.len() == 1);
    }

    #[test]
    fn the_application_set_reads_the_markers_and_nothing_else() {
        let options =
            Options { sample: false, repository: Some("https://git.example.com/a/\"b\".git"), branch: "main" };
        let text = files(&options).unwrap()["applicationset.yaml"].lossy().into_owned();
        let data = crate::yaml::parse(text.as_bytes(), &crate::yaml::Limits::default()).unwrap();
        let spec = data.get("spec").unwrap();
        let git = spec.get("generators").and_then(|list| list.as_list()?.first()?.get("git").cloned()).unwrap();
        assert_eq!(git.get("repoURL").and_then(|text| text.as_str()).unwrap(), &"https://git.example.com/a/\"b\".git");
        let paths = git.get("files").and_then(|files| files.as_list()).unwrap();
        assert_eq!(paths.len(), 1);
        assert_eq!(paths[0].get("path").and_then(|text| text.as_str()).unwrap(), &"rendered/*/*/.plainsail");
        let source = spec.get("template").and_then(|template| template.get("spec")?.get("source")).unwrap();
        assert_eq!(source.get("path").and_then(|text| text.as_str()).unwrap(), &"{{ .path.path }}");
    }

    fn print(template: &str, context: serde_json::Value) -> String {
        let context = crate::yaml::parse(context.to_string().as_bytes(), &crate::yaml::Limits::default()).unwrap();
        jinja::render("x.j2", template, jinja::to_jinja(&context), jinja::Caps::default()).unwrap()
    }

    fn bump(release: &str, from: &str, to: &str, reason: &str) -> serde_json::Value {
        let side = |tag: &str| serde_json::json!({"tag": tag, "digest": format!("sha256:{tag}"), "pushed_at": "2026-11-21T06:20:01Z"});
        serde_json::json!({
            "environment": "dev", "release": release, "image": release, "repository": format!("example.com/{release}"),
            "from": side(from), "to": side(to),
            "reason": reason, "previous": if reason == "promotion" { "test".into() } else { serde_json::Value::Null },
        })
    }

    fn context(bumps: Vec<serde_json::Value>, rest: serde_json::Value) -> serde_json::Value {
        let mut context = serde_json::json!({
            "environments": ["dev"], "environment": "dev", "previous": null, "branch": "plainsail/dev", "base": "main", "bumps": bumps,
            "renders": [], "removals": [], "skipped": [], "objects": [], "objects_total": 0, "holds": [], "version": "0.1.0",
        });
        for (key, value) in rest.as_object().unwrap() {
            context[key] = value.clone();
        }
        context
    }

    #[test]
    fn the_commit_message_of_one_image() {
        let renders = serde_json::json!({"renders": [{"environment": "dev", "release": "web", "added": 0, "changed": 3, "removed": 0}]});
        assert_eq!(
            print(COMMIT, context(vec![bump("web", "f00ba47", "12e4567", "policy")], renders)),
            "dev/web: f00ba47 -> 12e4567\n\ndev/web: web f00ba47 -> 12e4567\n  example.com/web:12e4567@sha256:12e4567\n  \
             pushed 2026-11-21T06:20:01Z\n\nManifests:\n- dev/web: 0 added, 3 changed, 0 removed\n\n"
        );
    }

    #[test]
    fn the_commit_message_of_several_images_and_of_none() {
        let rest = serde_json::json!({
            "removals": [{"environment": "dev", "release": "old"}],
            "skipped": [{"environment": "dev", "release": "bad", "error": "not-deployed"}],
        });
        let bumps = vec![bump("web", "", "12e4567", "promotion"), bump("worker", "0012345", "0012345", "given")];
        assert_eq!(
            print(COMMIT, context(bumps, rest)),
            "dev: 2 images\n\ndev/web: web 12e4567\n  example.com/web:12e4567@sha256:12e4567\n  pushed 2026-11-21T06:20:01Z, promoted from \
             test\ndev/worker: worker 0012345, rebuilt\n  example.com/worker:0012345@sha256:0012345\n  pushed 2026-11-21T06:20:01Z, given by \
             hand\n\nRemoved:\n- dev/old\n\nLeft as committed:\n- dev/bad: not-deployed\n\n"
        );
        let renders = serde_json::json!({"renders": [{"environment": "dev", "release": "web", "added": 9, "changed": 0, "removed": 0}]});
        assert_eq!(
            print(COMMIT, context(vec![], renders)),
            "dev/web: render\n\nManifests:\n- dev/web: 9 added, 0 changed, 0 removed\n\n"
        );
    }

    #[test]
    fn the_pull_request_says_what_moves_and_what_stays() {
        let rest = serde_json::json!({
            "previous": "test", "objects_total": 5,
            "objects": [
                {"release": "web", "kind": "Deployment", "namespace": "web", "name": "web", "change": "changed"},
                {"release": "web", "kind": "ClusterRole", "namespace": null, "name": "web", "change": "added"},
            ],
            "skipped": [{"environment": "dev", "release": "bad", "error": "not-deployed"}],
            "holds": [{"release": "worker", "reason": "incident 7", "who": "mia", "until": null}],
        });
        let text = print(PULL_REQUEST, context(vec![bump("web", "f00ba47", "12e4567", "promotion")], rest));
        assert_eq!(
            text,
            "dev: web 12e4567\n\nBrings what **test** runs to **dev**.\n\n\
             | release | image | from | to | pushed |\n| --- | --- | --- | --- | --- |\n\
             | `web` | `web` | `f00ba47` | `12e4567` | 2026-11-21T06:20:01Z |\n\n\
             - `example.com/web:12e4567@sha256:12e4567`\n\n\
             ### Objects\n\n- changed: `Deployment` `web/web` of `web`\n- added: `ClusterRole` `web` of `web`\n\
             - and 3 more: the whole is in the changed files under `rendered/dev/`\n\n\
             ### Left as committed\n\nThese could not be selected or rendered; they keep their committed file and manifests.\n\n\
             - `bad`: `not-deployed`\n\n### Held\n\n- `worker`: `incident 7`, by `mia`\n\n\
             ---\nOne pull request lives here: new images update it, and a commit of somebody else on `plainsail/dev` stops that. To keep a \
             release where it is, add `hold: \"reason\"` to its file.\n\nplainsail 0.1.0\n"
        );
    }

    #[test]
    fn renovate_is_not_the_tools_own_and_is_json() {
        let (_, files) = fleet(false);
        let text = files["renovate.json"].lossy().into_owned();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["customManagers"].as_array().unwrap().len(), 2);
    }
}
