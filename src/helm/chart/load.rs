//! [`Chart`]: files sorted into what they are for, with the charts below `charts/`.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::archive::unpack_within;
use super::lock;
use super::metadata::api_version;
use super::programs::Programs;
use super::{Budget, Error, Limits, Metadata, unpack};
use crate::helm::limits::Cap;
use crate::helm::profile::Profile;
use crate::helm::read;
use crate::helm::values::{CompiledSchema, read_values};
use crate::yaml::{Data, Str};

/// A file of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path in the chart, parts joined by `/`.
    pub name: String,
    /// The contents.
    pub data: Str,
}

/// A chart as it was loaded: it never changes, and releases share it.
#[derive(Debug)]
pub struct Chart {
    /// What Chart.yaml says.
    pub metadata: Metadata,
    /// Everything below `templates/`, in the order in which it was found.
    pub templates: Vec<File>,
    /// What values.yaml says: always a map.
    pub values: Data,
    /// The text of values.yaml, for messages.
    pub values_text: Str,
    /// values.schema.json
    pub schema: Option<Str>,
    /// The schema, compiled when it is first needed.
    pub(crate) compiled_schema: OnceLock<CompiledSchema>,
    /// All other files, which is what `.Files` gives; CRDs are among them.
    pub files: Vec<File>,
    /// The charts below `charts/`, by the name of their folder or archive.
    pub subcharts: Vec<Arc<Self>>,
    /// The folder or archive below its parent's `charts/` that it was found in; empty for the chart itself.
    pub entry: String,
    /// Things that Helm warns of while it loads a chart.
    pub warnings: Vec<String>,
    /// The templates, compiled when they are first needed.
    pub(crate) programs: Programs,
}

impl Chart {
    /// Loads a chart from its files, which were already sifted by `.helmignore`.
    ///
    /// # Errors
    /// Where Helm refuses the chart, or a limit is exceeded.
    pub fn load(files: Vec<File>, profile: Profile, limits: Limits) -> Result<Arc<Self>, Error> {
        let mut budget = Budget::new(limits);
        for file in &files {
            let size = file.data.len() as u64;
            if size > limits.file_bytes {
                let what = format!("chart file {:?}", file.name);
                return Err(Error::TooLarge {
                    what,
                    unit: "file size",
                    limit: limits.file_bytes,
                    cap: Some(Cap::FileBytes),
                });
            }
            if size > budget.bytes_left {
                return Err(Error::TooLarge {
                    what: "chart".to_owned(),
                    unit: "size",
                    limit: limits.chart_bytes,
                    cap: Some(Cap::ChartBytes),
                });
            }
            budget.bytes_left -= size;
        }
        if files.len() > budget.entries_left {
            let what = "the number of files of the chart".to_owned();
            return Err(Error::TooLarge {
                what,
                unit: "count",
                limit: limits.entries as u64,
                cap: Some(Cap::ChartFiles),
            });
        }
        budget.entries_left -= files.len();
        Self::load_root(files, profile, &mut budget)
    }

    /// Loads a chart from the bytes of a `.tgz`.
    ///
    /// # Errors
    /// Where Helm refuses the chart, the archive is unsafe, or a limit is exceeded.
    pub fn load_archive(bytes: &[u8], profile: Profile, limits: Limits) -> Result<Arc<Self>, Error> {
        let files = unpack(bytes, limits)?;
        Self::load(files, profile, limits)
    }

    fn load_root(files: Vec<File>, profile: Profile, budget: &mut Budget) -> Result<Arc<Self>, Error> {
        if profile.rules().reads_chart_version_first
            && let Some(file) = files.iter().find(|file| file.name == "Chart.yaml")
        {
            match &read_api_version(file, &budget.limits)?[..] {
                b"" | b"v1" | b"v2" => {}
                b"v3" => return Err(Error::ApiVersionNotInstallable),
                _ => return Err(Error::ApiVersion),
            }
        }
        Ok(Arc::new(load_files(files, profile, budget, 0)?))
    }

    /// Returns the name that Chart.yaml gives.
    pub fn name(&self) -> &Str {
        &self.metadata.name
    }
}

/// Takes away the mark that some editors put before UTF-8.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn file_error(file: &str, error: &read::Error) -> Error {
    Error::File { file: file.to_owned(), cause: error.message.clone(), line: error.line, cap: error.cap }
}

fn read_api_version(file: &File, limits: &Limits) -> Result<Str, Error> {
    let data = read::typed(&file.data, &limits.yaml).map_err(|error| file_error("Chart.yaml", &error))?;
    api_version(&data).map_err(|cause| mismatch("Chart.yaml", cause))
}

fn mismatch(file: &str, cause: String) -> Error {
    Error::File { file: file.to_owned(), cause, line: None, cap: None }
}

fn read_metadata(file: &File, profile: Profile, limits: &Limits) -> Result<Metadata, Error> {
    let data = read::typed(&file.data, &limits.yaml).map_err(|error| file_error("Chart.yaml", &error))?;
    let mut metadata = Metadata::default();
    metadata.decode(&data, profile).map_err(|cause| mismatch("Chart.yaml", cause))?;
    if metadata.api_version.is_empty() {
        metadata.api_version = "v1".into();
    }
    Ok(metadata)
}

fn load_files(files: Vec<File>, profile: Profile, budget: &mut Budget, depth: usize) -> Result<Chart, Error> {
    if depth > budget.limits.depth {
        let limit = budget.limits.depth as u64;
        return Err(Error::TooLarge {
            what: "the nesting of charts".to_owned(),
            unit: "depth",
            limit,
            cap: Some(Cap::ChartDepth),
        });
    }
    // Of several files with that name (in an archive) the later ones are decoded over the earlier.
    let mut metadata = None;
    for file in files.iter().filter(|file| file.name == "Chart.yaml") {
        metadata = Some(read_metadata(file, profile, &budget.limits)?);
    }
    let mut chart = Chart {
        metadata: metadata.clone().unwrap_or_default(),
        templates: Vec::new(),
        values: Data::map(),
        values_text: Str::default(),
        schema: None,
        compiled_schema: OnceLock::new(),
        files: Vec::new(),
        subcharts: Vec::new(),
        entry: String::new(),
        warnings: Vec::new(),
        programs: Programs::default(),
    };
    let mut below: BTreeMap<String, Vec<File>> = BTreeMap::new();
    for file in files {
        chart.sort_in(file, profile, &budget.limits, &mut below)?;
    }
    if metadata.is_none() && chart.metadata == Metadata::default() {
        return Err(Error::NoChartFile);
    }
    if chart.metadata.api_version.is_empty() {
        return Err(Error::Validation { message: "chart.metadata.apiVersion is required".to_owned() });
    }
    chart.metadata.validate()?;
    for (name, files) in below {
        if let Some(subchart) = load_subchart(&name, files, &chart, profile, budget, depth)? {
            chart.subcharts.push(Arc::new(subchart));
        }
    }
    Ok(chart)
}

impl Chart {
    /// Puts a file where it belongs.
    fn sort_in(
        &mut self,
        file: File,
        profile: Profile,
        limits: &Limits,
        below: &mut BTreeMap<String, Vec<File>>,
    ) -> Result<(), Error> {
        let is_v1 = self.metadata.api_version == "v1";
        match file.name.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" => check_lock(&file, profile, limits)?,
            "values.yaml" => {
                let wrong = |error: read::Error| file_error("values.yaml", &error);
                self.values = read_values(&file.data, profile, &limits.yaml).map_err(wrong)?;
                self.values_text = file.data;
            }
            "values.schema.json" => self.schema = Some(file.data),
            "requirements.yaml" => {
                if !is_v1 {
                    self.warnings.push(REQUIREMENTS_WARNING.to_owned());
                }
                let data =
                    read::typed(&file.data, &limits.yaml).map_err(|error| file_error("requirements.yaml", &error))?;
                self.metadata.decode(&data, profile).map_err(|cause| mismatch("requirements.yaml", cause))?;
                if is_v1 {
                    self.files.push(file);
                }
            }
            "requirements.lock" => {
                if !is_v1 {
                    self.warnings.push(REQUIREMENTS_LOCK_WARNING.to_owned());
                }
                check_lock(&file, profile, limits)?;
                if is_v1 {
                    self.files.push(file);
                }
            }
            name if name.starts_with("templates/") => self.templates.push(file),
            name => match name.strip_prefix("charts/") {
                Some(_) if extension(name) == ".prov" => self.files.push(file),
                Some(rest) => {
                    let first = rest.split('/').next().unwrap_or_default().to_owned();
                    below.entry(first).or_default().push(File { name: rest.to_owned(), data: file.data });
                }
                None => self.files.push(file),
            },
        }
        Ok(())
    }
}

const REQUIREMENTS_WARNING: &str = "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". \
    We recommend migrating dependencies to Chart.yaml.";
const REQUIREMENTS_LOCK_WARNING: &str = "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to Chart.lock.";

fn check_lock(file: &File, profile: Profile, limits: &Limits) -> Result<(), Error> {
    let data = read::typed(&file.data, &limits.yaml).map_err(|error| file_error(&file.name, &error))?;
    lock::check(&data, profile).map_err(|cause| mismatch(&file.name, cause))
}

fn load_subchart(
    name: &str,
    files: Vec<File>,
    parent: &Chart,
    profile: Profile,
    budget: &mut Budget,
    depth: usize,
) -> Result<Option<Chart>, Error> {
    if name.starts_with(['_', '.']) {
        return Ok(None);
    }
    let parent_name = parent.name().lossy().into_owned();
    let loaded = if extension(name) == ".tgz" {
        let Some(file) = files.first() else { return Ok(None) };
        if file.name != name {
            let got = file.name.clone();
            return Err(Error::NotAnArchive { parent: parent_name, name: name.to_owned(), got });
        }
        unpack_within(&file.data, budget).and_then(|files| load_files(files, profile, budget, depth + 1))
    } else {
        let inner = files
            .into_iter()
            .filter_map(|file| {
                let (_, rest) = file.name.split_once('/')?;
                Some(File { name: rest.to_owned(), data: file.data })
            })
            .collect();
        load_files(inner, profile, budget, depth + 1)
    };
    let named = loaded.map(|chart| Some(Chart { entry: name.to_owned(), ..chart }));
    named.map_err(|cause| Error::Subchart { name: name.to_owned(), parent: parent_name, cause: Box::new(cause) })
}

/// Go's `filepath.Ext`: from the last dot of the last part on.
pub(crate) fn extension(path: &str) -> &str {
    let base = path.rsplit('/').next().unwrap_or(path);
    base.rfind('.').map_or("", |dot| &base[dot..])
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn file(name: &str, text: &str) -> File {
        File { name: name.to_owned(), data: text.into() }
    }

    fn load(files: Vec<File>) -> Result<Arc<Chart>, String> {
        Chart::load(files, Profile::V4, Limits::default()).map_err(|error| error.to_string())
    }

    fn chart_file(name: &str) -> String {
        format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
    }

    fn packed(name: &str, files: &[(&str, &[u8])]) -> Str {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, format!("{name}/{path}"), *text).unwrap();
        }
        let mut encoder = builder.into_inner().unwrap();
        encoder.flush().unwrap();
        Str::from(encoder.finish().unwrap())
    }

    #[test]
    fn loads_archives_in_archives() {
        let leaf = packed("leaf", &[("Chart.yaml", chart_file("leaf").as_bytes())]);
        let middle = [("Chart.yaml", chart_file("middle")), ("values.yaml", "x: 1\n".to_owned())];
        let mut entries: Vec<(&str, &[u8])> = middle.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        entries.push(("charts/leaf-0.1.0.tgz", &leaf));
        let middle = File { name: "charts/middle-0.1.0.tgz".to_owned(), data: packed("middle", &entries) };
        let root = load(vec![file("Chart.yaml", &chart_file("root")), middle]).unwrap();
        assert_eq!(*root.subcharts[0].name(), "middle");
        assert_eq!(root.subcharts[0].values.get("x"), Some(&Data::Float(1.0)));
        assert_eq!(*root.subcharts[0].subcharts[0].name(), "leaf");
    }

    #[test]
    fn reads_keys_of_any_case_and_makes_numbers_texts() {
        let text = "ApiVersion: v2\nNAME: 12\nversion: 1.0\nappVersion: 20240101\ndeprecated: true\n";
        let chart = load(vec![file("Chart.yaml", text)]).unwrap();
        let metadata = &chart.metadata;
        assert_eq!((&metadata.name, &metadata.version), (&"12".into(), &"1".into()));
        assert_eq!(metadata.app_version, "20240101");
        assert!(metadata.deprecated);
    }

    #[test]
    fn requirements_of_an_old_chart_are_laid_over_chart_yaml() {
        let chart = load(vec![
            file("Chart.yaml", "apiVersion: v1\nname: a\nversion: 1.0.0\nkeywords: [k]\nsources: [s]\n"),
            file("requirements.yaml", "dependencies:\n- {name: b, version: 1.0.0}\n"),
        ]);
        let metadata = &chart.unwrap().metadata;
        assert_eq!(
            (metadata.keywords.as_ref().map(Vec::len), metadata.sources.as_ref().map(Vec::len)),
            (Some(1), Some(1))
        );
        assert_eq!(metadata.dependencies().count(), 1);
    }

    #[test]
    fn refuses_names_that_are_paths() {
        for name in ["..", ".", "a/../../b", "/", "\"a\\u0000/b\"", "a/b"] {
            let error = load(vec![file("Chart.yaml", &chart_file(name))]).unwrap_err();
            assert!(error.starts_with("validation: chart.metadata.name"), "{name}: {error}");
        }
        for version in ["\"1.0.0\\e[31m\"", "\"1.0.0\\n\"", "x"] {
            let text = format!("apiVersion: v2\nname: a\nversion: {version}\n");
            let error = load(vec![file("Chart.yaml", &text)]).unwrap_err();
            assert!(error.starts_with("validation: chart.metadata.version"), "{version}: {error}");
        }
        for alias in ["\"a\\nb\"", "../b", "a.b"] {
            let text = chart_file("root") + &format!("dependencies:\n- {{name: a, alias: {alias}}}\n");
            let error = load(vec![file("Chart.yaml", &text)]).unwrap_err();
            assert!(error.contains("disallowed characters in the alias"), "{alias}: {error}");
        }
    }

    #[test]
    fn names_the_chart_and_the_line_of_an_error() {
        let bad = file("charts/sub/values.yaml", "a: 1\nb: [\n");
        let files =
            vec![file("Chart.yaml", &chart_file("root")), file("charts/sub/Chart.yaml", &chart_file("sub")), bad];
        let error = crate::helm::Error::from(Chart::load(files, Profile::V4, Limits::default()).unwrap_err());
        assert!(
            error.to_string().starts_with("error unpacking subchart sub in root: cannot load values.yaml:"),
            "{error}"
        );
        let place = error.place().unwrap();
        assert_eq!(place.file, "charts/sub/values.yaml");
        assert!(place.line.is_some());
    }

    #[test]
    fn caps_the_nesting_of_charts() {
        let mut files = Vec::new();
        let mut folder = String::new();
        for _ in 0..50 {
            files.push(file(&format!("{folder}Chart.yaml"), &chart_file("a")));
            folder += "charts/a/";
        }
        assert!(load(files).unwrap_err().contains("the nesting of charts"));
    }

    #[test]
    fn never_panics_on_broken_charts() {
        let good = "apiVersion: v1\nname: a\nversion: 1.0.0\nmaintainers: [{name: x}]\ndependencies:\n- {name: b, tags: [c]}\n";
        for at in 0..good.len() {
            for byte in [b' ', b'\n', b'[', b'}', 0xff, 0] {
                let mut text = good.as_bytes().to_vec();
                text[at] = byte;
                for name in ["Chart.yaml", "requirements.yaml", "values.yaml", "Chart.lock"] {
                    let files =
                        vec![file("Chart.yaml", good), File { name: name.to_owned(), data: text.clone().into() }];
                    let _ = load(files);
                }
            }
        }
    }
}
