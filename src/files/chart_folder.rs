//! Reads a chart's folder: follows links inside the chart, honours `.helmignore`, counts against the caps.

use super::{Files, Kind};
use crate::helm::Cap;
use crate::helm::chart::ignore::Rules;
use crate::helm::chart::{Error, File, Limits};
use crate::yaml::Str;

/// How many links are followed to find one file.
const MAX_HOPS: usize = 40;
/// How deep folders may lie in a chart.
const MAX_FOLDERS: usize = 64;

/// Returns the files of the chart in a folder of a tree, as Helm loads them.
///
/// # Errors
/// If a link leads out of the chart or nowhere, something is neither file nor folder, a file cannot be read, or a limit is
/// exceeded.
pub fn read_chart_folder(files: &dyn Files, folder: &str, limits: Limits) -> Result<Vec<File>, Error> {
    let mut walk = Walk { files, folder, limits, rules: Rules::default(), found: Vec::new(), bytes: 0 };
    walk.rules = walk.read_rules()?.with_defaults();
    walk.folder_at("", "", 0)?;
    Ok(walk.found)
}

struct Walk<'a> {
    files: &'a dyn Files,
    folder: &'a str,
    limits: Limits,
    rules: Rules,
    found: Vec<File>,
    bytes: u64,
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

fn unreadable(message: String) -> Error {
    Error::Read { message }
}

impl Walk<'_> {
    fn read_rules(&self) -> Result<Rules, Error> {
        let path = join(self.folder, ".helmignore");
        if self.files.kind(&path).map_err(|error| unreadable(error.to_string()))?.is_none() {
            return Ok(Rules::default());
        }
        let (place, kind) = self.resolve(".helmignore")?;
        if kind != Kind::File {
            return Ok(Rules::default());
        }
        let text = self.read(&place)?;
        Rules::parse(&text).map_err(|error| Error::Ignore { message: error.to_string() })
    }

    fn read(&self, place: &str) -> Result<Str, Error> {
        Self::there(place, self.files.read(&join(self.folder, place)))
    }

    fn there(place: &str, text: Result<Option<Str>, super::Error>) -> Result<Str, Error> {
        let text = text.map_err(|error| unreadable(error.to_string()))?;
        text.ok_or_else(|| unreadable(format!("error reading {place}: no such file")))
    }

    /// Finds where a path leads, following links part by part, and what is there.
    fn resolve(&self, path: &str) -> Result<(String, Kind), Error> {
        let mut parts: Vec<String> = path.rsplit('/').map(str::to_owned).collect();
        let mut place: Vec<String> = Vec::new();
        let mut kind = Kind::Folder;
        let mut hops = 0;
        let outside = || unreadable(format!("link {path} leads out of the chart"));
        while let Some(part) = parts.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    place.pop().ok_or_else(outside)?;
                    kind = Kind::Folder;
                    continue;
                }
                _ => place.push(part),
            }
            let here = place.join("/");
            let found = self.files.kind(&join(self.folder, &here)).map_err(|error| unreadable(error.to_string()))?;
            kind = found.ok_or_else(|| unreadable(format!("link {path} leads nowhere: there is no {here}")))?;
            if kind == Kind::Link {
                hops += 1;
                if hops > MAX_HOPS {
                    return Err(unreadable(format!("link {path} leads through more than {MAX_HOPS} links")));
                }
                let target = self.read(&here)?;
                let target = target.as_utf8().ok_or_else(|| unreadable(format!("link {path} is not UTF-8")))?;
                if target.starts_with('/') {
                    return Err(outside());
                }
                place.pop();
                kind = Kind::Folder;
                parts.extend(target.split('/').rev().map(str::to_owned));
            }
        }
        Ok((place.join("/"), kind))
    }

    /// Reads a folder: `path` is its name in the chart, `place` where it really lies.
    fn folder_at(&mut self, path: &str, place: &str, depth: usize) -> Result<(), Error> {
        if depth > MAX_FOLDERS {
            let limit = MAX_FOLDERS as u64;
            return Err(Error::TooLarge {
                what: format!("the nesting of folders at {path}"),
                unit: "depth",
                limit,
                cap: None,
            });
        }
        let entries = self.files.list(&join(self.folder, place)).map_err(|error| unreadable(error.to_string()))?;
        for entry in entries {
            let path = join(path, &entry.name);
            let mut place = join(place, &entry.name);
            let mut kind = entry.kind;
            let is_link = kind == Kind::Link;
            if is_link {
                (place, kind) = self.resolve(&place)?;
            }
            let is_folder = kind == Kind::Folder;
            if self.rules.ignores(path.as_bytes(), is_folder) {
                continue;
            }
            match kind {
                Kind::Folder => self.folder_at(&path, &place, depth + 1)?,
                Kind::File if is_link => self.add(path, self.read(&place)?)?,
                Kind::File => {
                    let text = self.files.read_listed(&join(self.folder, &place));
                    self.add(path, Self::there(&place, text)?)?;
                }
                Kind::Link | Kind::Other => {
                    let message = format!("cannot load irregular file {path} as it has file mode type bits set");
                    return Err(Error::Read { message });
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, path: String, data: Str) -> Result<(), Error> {
        let size = data.len() as u64;
        if size > self.limits.file_bytes {
            let what = format!("chart file {:?}", path.rsplit('/').next().unwrap_or(&path));
            return Err(Error::TooLarge {
                what,
                unit: "file size",
                limit: self.limits.file_bytes,
                cap: Some(Cap::FileBytes),
            });
        }
        self.bytes += size;
        if self.bytes > self.limits.chart_bytes {
            return Err(Error::TooLarge {
                what: "chart".to_owned(),
                unit: "size",
                limit: self.limits.chart_bytes,
                cap: Some(Cap::ChartBytes),
            });
        }
        if self.found.len() >= self.limits.entries {
            let what = "the number of files of the chart".to_owned();
            return Err(Error::TooLarge {
                what,
                unit: "count",
                limit: self.limits.entries as u64,
                cap: Some(Cap::ChartFiles),
            });
        }
        let data = match data.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => Str::from(rest),
            None => data,
        };
        self.found.push(File { name: path, data });
        Ok(())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;
    use crate::files::Folder;

    fn load(root: &Path) -> Result<Vec<String>, String> {
        read_chart_folder(&Folder::new(root), "chart", Limits::default())
            .map(|files| files.into_iter().map(|file| file.name).collect())
            .map_err(|error| error.to_string())
    }

    fn chart() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("chart/templates")).unwrap();
        fs::write(folder.path().join("chart/Chart.yaml"), "name: a\nversion: 1.0.0\n").unwrap();
        fs::write(folder.path().join("secret"), "canary").unwrap();
        folder
    }

    #[test]
    fn follows_links_inside_the_chart() {
        let folder = chart();
        symlink("../Chart.yaml", folder.path().join("chart/templates/a.yaml")).unwrap();
        symlink("templates", folder.path().join("chart/more")).unwrap();
        assert_eq!(load(folder.path()).unwrap(), ["Chart.yaml", "more/a.yaml", "templates/a.yaml"]);
    }

    #[test]
    fn refuses_links_out_of_the_chart() {
        for target in ["../../secret", "/etc/passwd", "../templates/../../secret"] {
            let folder = chart();
            symlink(target, folder.path().join("chart/templates/a.yaml")).unwrap();
            assert!(load(folder.path()).unwrap_err().contains("leads out of the chart"), "{target}");
        }
    }

    #[test]
    fn refuses_links_through_a_linked_folder_that_is_outside() {
        let folder = chart();
        symlink("../..", folder.path().join("chart/templates/up")).unwrap();
        assert!(load(folder.path()).is_err());
    }

    #[test]
    fn ends_on_links_that_never_end() {
        let folder = chart();
        symlink("self", folder.path().join("chart/self")).unwrap();
        let error = load(folder.path()).unwrap_err();
        assert!(error.contains("more than 40 links"), "{error}");
        let folder = chart();
        symlink(".", folder.path().join("chart/templates/loop")).unwrap();
        assert!(load(folder.path()).unwrap_err().contains("nesting of folders"));
    }
}
