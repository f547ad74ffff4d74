//! `plainsail init`: writes the files of a new GitOps repository into an empty clone.

use std::collections::BTreeMap;

use crate::cli::{CliError, ErrorKind, Exit, Session};
use crate::files::Files;
use crate::fleet::init;
use crate::git;
use crate::yaml::Str;

/// What `plainsail init` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  git clone https://github.com/acme/gitops.git && cd gitops && plainsail init && plainsail lint\n\n\
    Files that are there already are never overwritten: the command then writes nothing and names them."
)]
pub struct Arguments {
    /// With demo images, so that the fleet renders at once.
    #[arg(long)]
    sample: bool,
    /// The URL that Argo CD reads the repository from. Default: the remote of the clone.
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// The branch that Argo CD reads.
    #[arg(long, value_name = "NAME", default_value = "main")]
    branch: String,
}

/// Runs the command.
///
/// # Errors
/// Where a file is there already or cannot be written.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let folder = session.folder();
    let of_clone = git::remote_of_clone(&session.directory()).ok().flatten();
    // An address may carry credentials; what goes into a file is the form without.
    let repository =
        arguments.repository.clone().or(of_clone).and_then(|text| Some(git::Address::parse(&text).ok()?.to_string()));
    let options =
        init::Options { sample: arguments.sample, repository: repository.as_deref(), branch: &arguments.branch };
    let files = init::files(&options).map_err(|error| CliError::of(ErrorKind::Internal, &error))?;
    let mut there = Vec::new();
    for path in files.keys() {
        if folder.kind(path).map_err(|error| CliError::of(ErrorKind::Input, &error))?.is_some() {
            there.push(path.clone());
        }
    }
    if !there.is_empty() {
        return Err(CliError::new(
            ErrorKind::Input,
            format!("these files are there already, so nothing was written: {}", there.join(", ")),
        )
        .hint("run it in an empty clone, or move them away"));
    }
    let changes: BTreeMap<String, Option<Str>> = files.into_iter().map(|(path, text)| (path, Some(text))).collect();
    folder.apply(&changes).map_err(|error| CliError::of(ErrorKind::Input, &error))?;
    let paths: Vec<&str> = changes.keys().map(String::as_str).collect();
    let text = format!("{}\n", paths.join("\n"));
    session.ui.result(&text, &serde_json::json!({"written": paths}));
    session.ui.hint("next: plainsail lint; then name your images in environments/dev, and plainsail render");
    Ok(Exit::Done)
}
