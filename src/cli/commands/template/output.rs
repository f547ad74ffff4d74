//! What `plainsail template` prints or writes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Arguments, input_error};
use crate::cli::{CliError, ErrorKind, Exit, Session};
use crate::helm::manifests::{self, Manifest};
use crate::helm::{PrintOptions, Release, Rendered};

impl Arguments {
    /// Prints a release, or writes it.
    pub(super) fn print(
        &self,
        rendered: &Rendered,
        release: &Release,
        base: &Path,
        session: &mut Session,
    ) -> Result<Exit, CliError> {
        let options = PrintOptions {
            include_crds: self.include_crds,
            no_hooks: self.no_hooks,
            skip_tests: self.skip_tests,
            show_only: self.show_only.clone(),
        };
        if let Some(folder) = &self.output_dir {
            let folder = if self.release_name { folder.join(&release.name) } else { folder.clone() };
            let log = write_files(rendered, &options, base, &folder)?;
            session.ui.bytes(log.as_bytes());
            return Ok(Exit::Done);
        }
        let printed = rendered.print(&options).map_err(|error| input_error(&error.into()))?;
        if session.ui.is_json() {
            session.ui.result("", &documents_json(rendered, &options));
        } else {
            session.ui.bytes(&printed);
        }
        Ok(Exit::Done)
    }
}

/// Writes what is printed into files by template, as Helm does with `--output-dir`; returns what Helm says of it.
fn write_files(rendered: &Rendered, options: &PrintOptions, base: &Path, folder: &Path) -> Result<String, CliError> {
    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    let mut log = String::new();
    let crds = rendered.crds.iter().filter(|_| options.include_crds).map(|crd| (crd.source.as_str(), &crd.text));
    let plain = rendered.manifests.iter().map(|manifest| (manifest.source.as_str(), &manifest.text));
    let hooks = rendered.printed_hooks(options).map(|hook| (hook.manifest.source.as_str(), &hook.manifest.text));
    for (source, text) in crds.chain(plain).chain(hooks) {
        manifests::print_document(files.entry(source).or_default(), source, text);
        let _ = writeln!(log, "wrote {}", folder.join(source).display());
    }
    for (source, text) in files {
        let path = base.join(folder).join(source);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written
            .map_err(|error| CliError::new(ErrorKind::Input, format!("cannot write {}: {error}", path.display())))?;
    }
    log.push('\n');
    Ok(log)
}

fn documents_json(rendered: &Rendered, options: &PrintOptions) -> serde_json::Value {
    let document = |manifest: &Manifest| {
        json!({
            "source": manifest.source,
            "apiVersion": manifest.head.api_version.lossy(),
            "kind": manifest.head.kind.lossy(),
            "name": manifest.head.name.lossy(),
            "text": manifest.text.lossy(),
        })
    };
    let crds: Vec<_> = rendered
        .crds
        .iter()
        .filter(|_| options.include_crds)
        .map(|crd| json!({"source": crd.source, "text": crd.text.lossy()}))
        .collect();
    let hooks: Vec<_> = rendered.printed_hooks(options).map(|hook| document(&hook.manifest)).collect();
    json!({
        "crds": crds,
        "manifests": rendered.manifests.iter().map(document).collect::<Vec<_>>(),
        "hooks": hooks,
    })
}
