//! What the flags of `plainsail template` name: the chart, value files, capabilities, caps.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::flags::lists;
use super::{Arguments, input_error};
use crate::cli::{CliError, ErrorKind};
use crate::files::{Folder, read_chart_folder};
use crate::helm::chart::{self, Chart};
use crate::helm::values::{UserValues, ValueFile};
use crate::helm::{Cap, Capabilities, KubeVersion, Limits, Profile, Seed, ValueSource, nearest};
use crate::yaml::Str;

/// Largest value file and chart archive that is read.
const MAX_INPUT: u64 = 256 * 1024 * 1024;

impl Arguments {
    pub(super) fn capabilities(&self) -> Result<Capabilities, CliError> {
        let mut capabilities = Capabilities::default();
        if let Some(version) = self.kube_version.as_deref().filter(|version| !version.is_empty()) {
            capabilities.kube_version =
                KubeVersion::parse(version).map_err(|error| CliError::of(ErrorKind::Usage, &error))?;
        }
        capabilities.api_versions.extend(lists("-a, --api-versions", &self.api_versions)?);
        Ok(capabilities)
    }

    pub(super) fn limits(&self) -> Result<Limits, CliError> {
        let mut limits = Limits::default();
        for setting in &self.limit {
            let usage = |message: String| CliError::new(ErrorKind::Usage, message);
            let known = || format!("Limits: {}.", Cap::all().map(Cap::name).collect::<Vec<_>>().join(", "));
            let (name, value) = setting
                .split_once('=')
                .ok_or_else(|| usage(format!("--limit {setting} is not of the form NAME=VALUE")).hint(known()))?;
            let cap = Cap::named(name).map_err(|error| {
                let meant = nearest(name, Cap::all().map(Cap::name)).map(|meant| format!("did you mean `{meant}`?"));
                usage(error.to_string()).hint(meant.unwrap_or_else(known))
            })?;
            let value = value.parse().map_err(|_| usage(format!("--limit {setting}: {value:?} is no whole number")))?;
            limits.set(cap, value).map_err(|error| usage(error.to_string()))?;
        }
        Ok(limits)
    }

    pub(super) fn seed(&self) -> Seed {
        Seed {
            salt: self.seed_salt.clone().unwrap_or_default(),
            scope: String::new(),
            time: self.seed_time.map(jiff::Timestamp::as_second),
        }
    }

    pub(super) fn user_values(&self, base: &Path, limits: &Limits) -> Result<UserValues, CliError> {
        let file = |name: &String| match read_input(base, name) {
            Ok(text) => Ok(ValueFile { name: name.clone(), text: text.into() }),
            Err(message) => Err(CliError::new(ErrorKind::Input, message)),
        };
        Ok(UserValues {
            files: lists("-f, --values", &self.values)?.iter().map(file).collect::<Result<_, _>>()?,
            set_json: self.set_json.clone(),
            set: self.set.clone(),
            set_string: self.set_string.clone(),
            set_file: self.set_file.clone(),
            set_literal: self.set_literal.clone(),
            limits: limits.chart.yaml,
        })
    }
}

/// Loads the chart from a folder or an archive.
pub(super) fn load_chart(
    base: &Path,
    name: &str,
    profile: Profile,
    limits: chart::Limits,
) -> Result<Arc<Chart>, CliError> {
    let path = base.join(name.trim());
    let wrong = |error: chart::Error| input_error(&error.into());
    let Ok(found) = fs::metadata(&path) else {
        let error = CliError::new(ErrorKind::Input, format!("path {name:?} not found"));
        return Err(if name.contains("://") || !name.starts_with(['.', '/']) {
            error.hint("Charts are read from folders and .tgz files; fetch others with `helm pull` first.")
        } else {
            error
        });
    };
    if found.is_dir() {
        let files = read_chart_folder(&Folder::new(&path), "", limits).map_err(wrong)?;
        let place = path.join("Chart.yaml");
        if profile.rules().reads_chart_version_first && !place.exists() {
            let place = std::path::absolute(&place).unwrap_or(place);
            let place = place.display();
            let message = format!("unable to detect chart at {place}: open {place}: no such file or directory");
            return Err(CliError::new(ErrorKind::Input, message));
        }
        return Chart::load(files, profile, limits).map_err(wrong);
    }
    let bytes = read_file(&path).map_err(|error| CliError::new(ErrorKind::Input, open_error(name, &error)))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        let is_yaml = ["yaml", "yml"].iter().any(|end| path.extension().is_some_and(|found| found == *end));
        let place = std::path::absolute(&path).unwrap_or(path);
        let place = place.display();
        let message = if is_yaml {
            format!("file '{place}' seems to be a YAML file, but expected a gzipped archive")
        } else {
            format!("file '{place}' does not appear to be a gzipped archive")
        };
        return Err(CliError::new(ErrorKind::Input, message));
    }
    Chart::load_archive(&bytes, profile, limits).map_err(wrong)
}

/// Reads a value file, `-` for standard input.
pub(super) fn read_input(base: &Path, name: &str) -> Result<Vec<u8>, String> {
    if name.trim() == "-" {
        let mut text = Vec::new();
        let read = std::io::stdin().take(MAX_INPUT).read_to_end(&mut text);
        return read.map(|_| text).map_err(|error| format!("standard input: {error}"));
    }
    if ["http://", "https://", "oci://"].iter().any(|scheme| name.starts_with(scheme)) {
        return Err(format!("value files from URLs are not supported: {name}"));
    }
    read_file(&base.join(name)).map_err(|error| open_error(name, &error))
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    fs::File::open(path)?.take(MAX_INPUT + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_INPUT {
        return Err(std::io::Error::other(format!("larger than {MAX_INPUT} bytes")));
    }
    Ok(text)
}

/// Go's words for a file that cannot be opened.
fn open_error(name: &str, error: &std::io::Error) -> String {
    let reason = match error.kind() {
        std::io::ErrorKind::IsADirectory => return format!("read {name}: is a directory"),
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    format!("open {name}: {reason}")
}

/// Returns what the user's values are made of, the lowest first. Each has its values alone.
pub(super) fn sources(
    given: &UserValues,
    profile: Profile,
    read: &dyn Fn(&str) -> Result<Str, String>,
) -> Vec<ValueSource> {
    let mut found = Vec::new();
    let mut add = |name: String, text: Str, alone: UserValues| {
        if let Ok(values) = alone.merge(profile, read) {
            found.push(ValueSource { name, values, text, below: &[] });
        }
    };
    let empty = || UserValues { limits: given.limits, ..UserValues::default() };
    for file in &given.files {
        add(file.name.clone(), file.text.clone(), UserValues { files: vec![file.clone()], ..empty() });
    }
    let name = |flag: &str, line: &str| format!("--{flag} {}", line.split('=').next().unwrap_or(line));
    for line in &given.set_json {
        add(name("set-json", line), Str::default(), UserValues { set_json: vec![line.clone()], ..empty() });
    }
    for line in &given.set {
        add(name("set", line), Str::default(), UserValues { set: vec![line.clone()], ..empty() });
    }
    for line in &given.set_string {
        add(name("set-string", line), Str::default(), UserValues { set_string: vec![line.clone()], ..empty() });
    }
    for line in &given.set_file {
        add(name("set-file", line), Str::default(), UserValues { set_file: vec![line.clone()], ..empty() });
    }
    for line in &given.set_literal {
        add(name("set-literal", line), Str::default(), UserValues { set_literal: vec![line.clone()], ..empty() });
    }
    found
}
