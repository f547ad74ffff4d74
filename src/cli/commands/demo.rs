//! `plainsail demo`: a small fleet in a folder, and the main job on it, shown stage by stage.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::cli::{CliError, ErrorKind, Exit, Session, report, running};
use crate::demo::{self, Demo, Error, Made};
use crate::git::RealPace;
use crate::plan::{BranchAction, Plan};

/// What `plainsail demo` takes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  plainsail demo /tmp/demo\n  plainsail demo /tmp/demo --push\n  plainsail reconcile -C /tmp/demo --repository repository.git"
)]
pub struct Arguments {
    /// The folder of the demo.
    #[arg(value_name = "DIR", default_value = "plainsail-demo")]
    folder: PathBuf,
    /// Only add an image to the demo's registry, as a CI job would.
    #[arg(long)]
    push: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the folder cannot be used, or the main job cannot be done.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let folder = match &session.global.directory {
        Some(directory) => directory.join(&arguments.folder),
        // As it was typed, for the commands to try next.
        None => arguments.folder.clone(),
    };
    let demo = Demo::new(folder);
    let mut pace = RealPace::new(session.world.jitter_seed());
    let made = demo.make(&mut pace).map_err(words)?;
    if arguments.push {
        return push(&demo, session);
    }
    session.global.directory = Some(demo.folder().to_owned());
    let plan = running::reconcile(session, &running::Target::of("repository.git"), None)?;
    if session.ui.is_json() {
        return Ok(report::plan(&session.ui, &plan, report::Detail::Names));
    }
    if made == Made::New {
        session.ui.out(&introduction(&demo));
    }
    let exit = report::plan(&session.ui, &plan, report::Detail::Names);
    if !plan.changes_something() {
        session.ui.status("up to date");
        return Ok(exit);
    }
    session.ui.out(&what_was_written(&plan));
    session.ui.out(&next(&demo));
    Ok(exit)
}

fn push(demo: &Demo, session: &Session) -> Result<Exit, CliError> {
    let image = demo.push_next().map_err(words)?;
    let text = format!("pushed {}:{} to {}\n", image.name, image.tag(), demo.registry().display());
    session
        .ui
        .result(&text, &serde_json::json!({"image": image.name, "tag": image.tag(), "pushedAt": image.pushed_at}));
    session.ui.hint(&format!("now: plainsail reconcile -C {} --repository repository.git", demo.folder().display()));
    Ok(Exit::Done)
}

fn introduction(demo: &Demo) -> String {
    let mut text = String::from("A GitOps repository and a registry, each a folder:\n");
    let _ = writeln!(text, "  {}\n  {}", demo.repository().display(), demo.registry().display());
    for (name, tags) in demo::images() {
        let _ = writeln!(text, "    {name}: {}", tags.join(", "));
    }
    text.push_str("\nThe main job: discover, select, bump, render, diff, commit, push.\n");
    text
}

fn what_was_written(plan: &Plan) -> String {
    let mut text = String::new();
    for branch in plan.branches.iter().filter(|branch| branch.action == BranchAction::Pushed) {
        let _ = writeln!(text, "\n--- commit {} on {}", branch.commit.as_deref().unwrap_or_default(), branch.branch);
        for line in branch.message.as_deref().unwrap_or_default().lines() {
            let _ = writeln!(text, "    {line}");
        }
        text.push_str("    files:\n");
        for path in &branch.paths {
            let _ = writeln!(text, "      {path}");
        }
        if let Some(pull_request) = &branch.pull_request {
            let _ = writeln!(
                text,
                "\n--- its pull request (a local repository has no forge, so this is the text)\n    {}\n",
                pull_request.title
            );
            for line in pull_request.body.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
    }
    text
}

fn next(demo: &Demo) -> String {
    let (folder, repository) = (demo.folder().display(), demo.repository().display().to_string());
    format!(
        "\nTry next:\n  plainsail demo {folder} --push\n  plainsail reconcile -C {folder} --repository repository.git\n  git --git-dir {repository} log --oneline --all --graph --stat\n"
    )
}

fn words(error: Error) -> CliError {
    let kind = match &error {
        Error::Embedded(_) => ErrorKind::Internal,
        Error::Git(_) => ErrorKind::Remote,
        Error::Folder { .. } | Error::NotADemo { .. } => ErrorKind::Usage,
    };
    let hint = matches!(error, Error::NotADemo { .. });
    let words = CliError::of(kind, &error);
    if hint { words.hint("name an empty folder: plainsail demo DIR") } else { words }
}
