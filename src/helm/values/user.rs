//! [`UserValues`]: what the user gives on top of a chart's defaults, layered in Helm's order.

use std::sync::Arc;

use super::files::read_values;
use super::merge::merge_maps;
use super::set::{self, Kind};
use super::{Error, json};
use crate::helm::profile::Profile;
use crate::yaml::{self, Data, Str};

/// A value file with the name by which messages call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFile {
    /// The name for messages.
    pub name: String,
    /// The contents.
    pub text: Str,
}

/// The inputs of `helm template` that make the user's values. They count by kind, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserValues {
    /// `-f`: value files, later ones over earlier ones.
    pub files: Vec<ValueFile>,
    /// `--set-json`
    pub set_json: Vec<String>,
    /// `--set`
    pub set: Vec<String>,
    /// `--set-string`
    pub set_string: Vec<String>,
    /// `--set-file`; the files are read by the function given to [`UserValues::merge`].
    pub set_file: Vec<String>,
    /// `--set-literal`
    pub set_literal: Vec<String>,
    /// The caps of reading value files.
    pub limits: yaml::Limits,
}

impl UserValues {
    /// Layers everything into one map. `read` gives the text of a file that `--set-file` names, or says why not.
    ///
    /// # Errors
    /// If a value file cannot be read or a line is malformed.
    pub fn merge(&self, profile: Profile, read: &dyn Fn(&str) -> Result<Str, String>) -> Result<Data, Error> {
        let mut base = Data::map();
        for file in &self.files {
            let values = read_values(&file.text, profile, &self.limits).map_err(|error| Error::File {
                name: file.name.clone(),
                cause: error.message,
                line: error.line,
                cap: error.cap,
            })?;
            base = merge_maps(base, &values);
        }
        for line in &self.set_json {
            base = set_json(line, base, profile)?;
        }
        apply_all("--set", &self.set, &Kind::Typed, &mut base, profile)?;
        apply_all("--set-string", &self.set_string, &Kind::Text, &mut base, profile)?;
        apply_all("--set-file", &self.set_file, &Kind::File(read), &mut base, profile)?;
        apply_all("--set-literal", &self.set_literal, &Kind::Literal, &mut base, profile)?;
        Ok(base)
    }
}

fn apply_all(
    flag: &'static str,
    lines: &[String],
    kind: &Kind<'_>,
    base: &mut Data,
    profile: Profile,
) -> Result<(), Error> {
    let Data::Map(map) = base else { return Ok(()) };
    for line in lines {
        set::apply(line, Arc::make_mut(map), kind, profile).map_err(|cause| Error::Set {
            flag,
            line: line.clone(),
            cause,
        })?;
    }
    Ok(())
}

/// Applies a line of `--set-json`: `key=json`, or in Helm 4 a whole object.
fn set_json(line: &str, mut base: Data, profile: Profile) -> Result<Data, Error> {
    let trimmed = line.trim();
    if profile.rules().set_json_takes_objects && trimmed.starts_with('{') {
        let wrong = |cause| Error::SetJsonObject { line: line.to_owned(), cause };
        let (object, rest) = json::read_prefix(trimmed).map_err(wrong)?;
        if !rest.is_empty() {
            return Err(wrong("data after the object".to_owned()));
        }
        return Ok(merge_maps(base, &object));
    }
    if let Data::Map(map) = &mut base {
        set::apply(line, Arc::make_mut(map), &Kind::Json, profile)
            .map_err(|cause| Error::SetJson { line: line.to_owned(), cause })?;
    }
    Ok(base)
}
