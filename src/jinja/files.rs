//! [`ChartFiles`]: `files` in a chart's Jinja, a map from paths to texts with the functions of Helm's `.Files`.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Enumerator, Object, ObjectRepr, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use crate::helm::chart::File;
use crate::helm::glob::Glob;
use crate::yaml::{Data, DataMap, Str};

/// Files of a chart by their paths.
#[derive(Clone, Debug)]
pub(super) struct ChartFiles {
    files: BTreeMap<String, Str>,
}

impl ChartFiles {
    /// Takes the files of a chart; of equal names the last one wins.
    pub(super) fn new(files: &[File]) -> Self {
        Self { files: files.iter().map(|file| (file.name.clone(), file.data.clone())).collect() }
    }

    fn get(&self, path: &str) -> Option<Value> {
        self.files.get(path).map(content)
    }

    fn glob(&self, pattern: &str) -> Result<Self, Error> {
        let failed = |error: crate::helm::glob::Error| Error::new(ErrorKind::InvalidOperation, error.to_string());
        let glob = Glob::for_files(pattern).map_err(failed)?;
        let mut files = BTreeMap::new();
        for (path, data) in &self.files {
            if glob.matches(path).map_err(failed)? {
                files.insert(path.clone(), data.clone());
            }
        }
        Ok(Self { files })
    }

    fn lines(&self, path: &str) -> Option<Value> {
        let data = self.files.get(path)?;
        let text = data.strip_suffix(b"\n").unwrap_or(data);
        Some(Value::from(text.split(|byte| *byte == b'\n').map(|line| content(&line.into())).collect::<Vec<_>>()))
    }

    /// Writes a YAML map of the files by their base names.
    fn flat(&self, shown: impl Fn(&Str) -> Data) -> Result<Value, Error> {
        let entry = |(path, data): (&String, &Str)| (path.rsplit('/').next().unwrap_or(path).into(), shown(data));
        let map: DataMap = self.files.iter().map(entry).collect();
        super::filters::yaml(&Data::from(map)).map(Value::from)
    }
}

/// Returns a file as text, or as bytes where it is none.
fn content(data: &Str) -> Value {
    data.as_utf8().map_or_else(|| Value::from_bytes(data.to_vec()), Value::from)
}

impl Object for ChartFiles {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.files.keys().map(|path| Value::from(path.as_str())).collect())
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, arguments: &[Value]) -> Result<Value, Error> {
        match method {
            "get" => from_args(arguments).map(|(path,): (&str,)| self.get(path).unwrap_or(Value::UNDEFINED)),
            "lines" => from_args(arguments).map(|(path,): (&str,)| self.lines(path).unwrap_or(Value::UNDEFINED)),
            "glob" => {
                let (pattern,): (&str,) = from_args(arguments)?;
                self.glob(pattern).map(Value::from_object)
            }
            "asConfig" => {
                from_args::<()>(arguments)?;
                self.flat(|data| Data::String(data.clone()))
            }
            "asSecrets" => {
                from_args::<()>(arguments)?;
                self.flat(|data| Data::String(STANDARD.encode(data).into()))
            }
            _ => Err(Error::new(ErrorKind::UnknownMethod, format!("files has no method named {method}"))),
        }
    }
}
