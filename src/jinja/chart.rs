//! [`ChartTemplates`]: renders the `.j2` files of a chart with what Go templates see, in Jinja's words.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::Value;

use super::environment::{Caps, check_tags, environment, fuel};
use super::files::ChartFiles;
use super::meter::Metered;
use super::{Error, from_helm};
use crate::helm::foreign::{self, is_foreign};
use crate::helm::{Cap, Capabilities, ForeignTemplate, ForeignTemplates, Release};
use crate::yaml::{Data, DataMap, Str};

/// The engine for `.j2` files of charts.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChartTemplates;

impl ForeignTemplates for ChartTemplates {
    fn render(&self, template: &ForeignTemplate<'_>) -> Result<Vec<u8>, foreign::Error> {
        text_of(template).map(String::into_bytes).map_err(|error| foreign::Error::Template {
            file: error.file,
            line: error.line,
            column: error.column,
            message: error.message,
            cap: error.cap,
        })
    }
}

fn text_of(template: &ForeignTemplate<'_>) -> Result<String, Error> {
    let caps = Caps::of(template.limits);
    let sources = sources(template)?;
    let metered: BTreeMap<&str, Metered<'_>> =
        sources.iter().map(|(name, source)| (name.as_str(), Metered::new(source))).collect();
    let place = |error: &minijinja::Error| Error::of(error, template.path, |name| metered.get(name));
    if let Some(file) = sources.iter().find(|(_, source)| source.len() > caps.source) {
        return Err(Error::cap(file.0, "the template", caps.source, Some(Cap::FileBytes)));
    }
    let caps = Caps { fuel: fuel(caps, sources.values()), ..caps };
    let mut environment = environment(caps).map_err(|error| place(&error))?;
    let root = format!("{}/templates", template.folder);
    environment.set_path_join_callback(move |name, parent| Cow::Owned(joined(&root, name, parent)));
    for (name, source) in &sources {
        check_tags(name, source, caps)?;
        let text = metered.get(name.as_str()).map(|metered| metered.text.as_str()).unwrap_or_default();
        environment.add_template(name, text).map_err(|error| place(&error))?;
    }
    let context = context(template)?;
    let text = environment
        .get_template(template.path)
        .and_then(|found| found.render(context))
        .map_err(|error| place(&error))?;
    if text.len() > caps.output {
        return Err(Error::cap(template.path, "the output", caps.output, Some(Cap::OutputBytes)));
    }
    Ok(text)
}

/// Returns the file itself and those that it may import: the chart's own whose names begin with `_`.
fn sources(template: &ForeignTemplate<'_>) -> Result<BTreeMap<String, String>, Error> {
    let mut sources = BTreeMap::new();
    for file in template.chart.templates.iter().filter(|file| is_foreign(&file.name)) {
        let path = format!("{}/{}", template.folder, file.name);
        let is_partial = file.name.rsplit('/').next().is_some_and(|name| name.starts_with('_'));
        if !is_partial && path != template.path {
            continue;
        }
        let source = file.data.as_utf8().ok_or_else(|| Error::of_file(&path, "the file is not UTF-8"))?;
        sources.insert(path, source.to_owned());
    }
    Ok(sources)
}

/// Resolves a name in `import` or `include`: from the chart's `templates/`, or from the importing file where it begins with
/// a dot. What leads out of the folder names nothing.
fn joined(root: &str, name: &str, parent: &str) -> String {
    let folder = match parent.rsplit_once('/') {
        Some((folder, _)) if name.starts_with("./") || name.starts_with("../") => folder,
        _ => root,
    };
    let mut parts: Vec<&str> = folder.split('/').collect();
    let fewest = root.split('/').count();
    for part in name.split('/') {
        match part {
            "." | "" => {}
            ".." if parts.len() <= fewest => return name.to_owned(),
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns `values`, `release`, `chart`, `capabilities`, `template` and `files`.
fn context(template: &ForeignTemplate<'_>) -> Result<Value, Error> {
    let values = from_helm(template.values).map_err(|reason| Error::of_file(template.path, &reason))?;
    let own = [("name", text(template.path)), ("basePath", text(&format!("{}/templates", template.folder)))];
    Ok(Value::from_pairs([
        ("values", values),
        ("release", release(template.release)),
        ("chart", chart(template)),
        ("capabilities", capabilities(template.capabilities)),
        ("template", object(own)),
        ("files", Value::from_object(ChartFiles::new(&template.chart.files))),
    ]))
}

fn release(release: &Release) -> Value {
    object([
        ("name", text(&release.name)),
        ("namespace", text(&release.namespace)),
        ("isUpgrade", Value::from(release.is_upgrade)),
        ("isInstall", Value::from(!release.is_upgrade)),
        ("revision", Value::from(1)),
        ("service", text("Helm")),
    ])
}

/// Returns what Chart.yaml says, by its own keys; what it does not say is there and empty, as in Go templates.
fn chart(template: &ForeignTemplate<'_>) -> Value {
    let metadata = template.metadata;
    let annotations: DataMap =
        metadata.annotations.iter().flatten().map(|(key, value)| (key.clone(), Data::String(value.clone()))).collect();
    let list = |items: &Option<Vec<Str>>| {
        super::to_jinja(&Data::from(items.iter().flatten().cloned().map(Data::String).collect::<Vec<_>>()))
    };
    let is_root = !template.folder.contains('/');
    object([
        ("name", text(&metadata.name.lossy())),
        ("version", text(&metadata.version.lossy())),
        ("appVersion", text(&metadata.app_version.lossy())),
        ("apiVersion", text(&metadata.api_version.lossy())),
        ("description", text(&metadata.description.lossy())),
        ("type", text(&metadata.chart_type.lossy())),
        ("kubeVersion", text(&metadata.kube_version.lossy())),
        ("home", text(&metadata.home.lossy())),
        ("icon", text(&metadata.icon.lossy())),
        ("deprecated", Value::from(metadata.deprecated)),
        ("keywords", list(&metadata.keywords)),
        ("sources", list(&metadata.sources)),
        ("annotations", super::to_jinja(&Data::from(annotations))),
        ("isRoot", Value::from(is_root)),
    ])
}

fn capabilities(capabilities: &Capabilities) -> Value {
    let version = &capabilities.kube_version;
    let kube_version =
        object([("version", text(&version.version)), ("major", text(&version.major)), ("minor", text(&version.minor))]);
    let versions: Vec<Value> = capabilities.api_versions.iter().map(|version| text(version)).collect();
    object([("kubeVersion", kube_version), ("apiVersions", Value::from(versions))])
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::from_pairs(entries)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::helm::chart::{Chart, File, Limits};
    use crate::helm::template::Pure;
    use crate::helm::{self, Options, Profile};

    fn rendered(files: &[(&str, &str)], user: &str) -> Result<BTreeMap<String, String>, helm::Error> {
        let mut all = vec![("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\nappVersion: '7'\n")];
        all.extend_from_slice(files);
        let files = all.iter().map(|(name, text)| File { name: (*name).to_owned(), data: (*text).into() });
        let chart: Arc<Chart> = Chart::load(files.collect(), Profile::V4, Limits::default()).unwrap();
        let user = crate::yaml::parse(user.as_bytes(), &crate::yaml::Limits::default()).unwrap();
        let release = Release { name: "api".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let engine = ChartTemplates;
        let options = Options { foreign: Some(&engine), ..Options::new(Profile::V4) };
        let rendered = helm::render(&chart, &user, &release, &Capabilities::default(), &options, &mut Pure)?;
        Ok(rendered.manifests.into_iter().map(|found| (found.source, found.text.lossy().into_owned())).collect())
    }

    fn one(source: &str, others: &[(&str, &str)]) -> Result<String, String> {
        let mut files = vec![("templates/a.yaml.j2", source)];
        files.extend_from_slice(others);
        let found = rendered(&files, "a: 1\nnested: {b: [x, 2]}\n").map_err(|error| error.to_string())?;
        Ok(found["web/templates/a.yaml.j2"].clone())
    }

    #[test]
    fn sees_what_go_templates_see() {
        let source = "a: {{ values.a }} {{ values.nested | tojson }} {{ release.name }} {{ release.namespace }} \
                      {{ chart.name }} {{ chart.appVersion }} {{ capabilities.kubeVersion.major }} \
                      {{ 'apps/v1' in capabilities.apiVersions }} {{ template.name }}\n";
        let expected = "a: 1 {\"b\":[\"x\",2]} api ns web 7 1 true web/templates/a.yaml.j2\n";
        assert_eq!(one(source, &[]).unwrap(), expected);
    }

    #[test]
    fn reads_files_of_the_chart() {
        let others = [("conf/a.txt", "one\ntwo\n"), ("conf/b.txt", "b"), ("other.txt", "no")];
        let source = "a: {{ files.get('conf/a.txt') | b64encode }}\nb:\n{% for name, text in files.glob('conf/*') | items %}\n\
                      - {{ name }}={{ text | length }}\n{% endfor %}\nl: {{ files.lines('conf/a.txt') | join('-') }}\n\
                      {{ files.glob('conf/b*').asConfig() }}\n{{ files.glob('conf/b*').asSecrets() }}\n\
                      n: {{ files.get('none') | default('nothing') }}\n";
        let expected =
            "a: b25lCnR3bwo=\nb:\n- conf/a.txt=8\n- conf/b.txt=1\nl: one-two\nb.txt: b\nb.txt: Yg==\nn: nothing\n";
        assert_eq!(one(source, &others).unwrap(), expected);
        assert!(one("a: {{ files.get('none') }}\n", &others).unwrap_err().contains("undefined"));
    }

    #[test]
    fn imports_come_from_the_charts_own_partials() {
        let others = [
            ("templates/_helpers.j2", "{% macro name(release) %}{{ release.name }}-x{% endmacro %}\n"),
            ("templates/sub/_part.j2", "{% include './_inner.j2' %}"),
            ("templates/sub/_inner.j2", "i: {{ values.a }}"),
            ("secret.j2", "no"),
        ];
        let source = "{% import '_helpers.j2' as h %}\na: {{ h.name(release) }}\n{% include 'sub/_part.j2' %}\n";
        assert_eq!(one(source, &others).unwrap(), "a: api-x\ni: 1");
        for name in ["../secret.j2", "secret.j2", "/etc/passwd", "../../../etc/passwd", "nope.j2"] {
            let error = one(&format!("a: {{% include '{name}' %}}\n"), &others).unwrap_err();
            assert!(error.starts_with("web/templates/a.yaml.j2:1: "), "{error}");
        }
    }

    #[test]
    fn an_error_in_a_partial_names_its_own_line() {
        let others = [("templates/_helpers.j2", "\n{% macro name() %}\n  {{ values.nope.deep }}\n{% endmacro %}\n")];
        let source = "{% from '_helpers.j2' import name with context %}\na: {{ name() }}\n";
        let error = one(source, &others).unwrap_err();
        assert!(error.starts_with("web/templates/_helpers.j2:3: undefined value"), "{error}");
    }

    #[test]
    fn the_cap_of_work_falls_with_the_text_that_a_step_can_print() {
        let big = "x".repeat(100_000);
        let source = format!("{{% set a %}}{{% for i in range(100000) %}}{big}{{% endfor %}}{{% endset %}}a: 1\n");
        assert!(one(&source, &[]).unwrap_err().contains("fuel"));
    }

    #[test]
    fn values_tied_into_themselves_are_an_error() {
        let others = [("templates/z.yaml", "{{ $_ := set .Values \"self\" .Values }}\n")];
        let error = one("a: 1\n", &others).unwrap_err();
        assert!(error.contains("nested more than"), "{error}");
    }
}
