//! `plainsail status`: which image runs where, since when, and what holds it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::cli::{CliError, ErrorKind, Exit, Session};
use crate::fleet::{Environment, Release};
use crate::render::hydrated;

/// What `plainsail status` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plainsail status --output json")]
pub struct Arguments {
    /// Only this environment.
    #[arg(value_name = "ENV")]
    environment: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    release: String,
    image: String,
    tag: Option<String>,
    digest: Option<String>,
    since: Option<String>,
    state: String,
}

/// Runs the command.
///
/// # Errors
/// Where the fleet cannot be read.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let folder = session.folder();
    let fleet = session.fleet()?;
    if let Some(name) = &arguments.environment
        && fleet.environment(name).is_none()
    {
        return Err(CliError::new(ErrorKind::Usage, format!("there is no environment {name}")));
    }
    let mut rows = Vec::new();
    for (environment, release) in fleet.releases() {
        if arguments.environment.as_ref().is_some_and(|wanted| environment.name != *wanted.as_str()) {
            continue;
        }
        let marker = hydrated::marker(&folder, &release.rendered_folder()).ok().flatten();
        for (name, image) in &release.file.images {
            let marked = marker
                .as_ref()
                .and_then(|marker| marker.images.get(name.as_str()))
                .map(|marked| marked.digest.as_str());
            let digest = image.digest.as_ref().map(ToString::to_string);
            rows.push(Row {
                release: release.address().to_string(),
                image: name.to_string(),
                tag: image.tag.as_ref().map(ToString::to_string),
                state: state(session, environment, release, digest.as_deref(), marked),
                digest,
                since: image.pushed_at.map(|time| time.to_string()),
            });
        }
    }
    for (environment, broken) in fleet.broken() {
        let release = format!("{}/{}", environment.name, broken.name);
        rows.push(Row {
            release,
            image: "?".to_owned(),
            tag: None,
            digest: None,
            since: None,
            state: "its file is wrong: plainsail lint".to_owned(),
        });
    }
    session.ui.result(&table(&rows), &rows);
    Ok(Exit::Done)
}

fn state(
    session: &Session,
    environment: &Environment,
    release: &Release,
    digest: Option<&str>,
    marked: Option<&str>,
) -> String {
    if let Some(hold) = environment.hold(release, session.world.now()) {
        let who = hold.who.as_ref().map(|who| format!(" by {who}")).unwrap_or_default();
        let until = hold.until.map(|until| format!(" until {until}")).unwrap_or_default();
        return format!("held{who}{until}: {}", hold.reason);
    }
    match (digest, marked) {
        (None, _) => "nothing is chosen yet".to_owned(),
        (Some(_), None) => "not rendered yet".to_owned(),
        (Some(digest), Some(marked)) if digest == marked || marked.is_empty() => "runs".to_owned(),
        _ => "held by hand: a person set another digest than plainsail did".to_owned(),
    }
}

fn table(rows: &[Row]) -> String {
    let cells: Vec<[String; 5]> = rows
        .iter()
        .map(|row| {
            let or_dash = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
            [row.release.clone(), row.image.clone(), or_dash(&row.tag), or_dash(&row.since), row.state.clone()]
        })
        .collect();
    let head = ["RELEASE", "IMAGE", "TAG", "PUSHED", "STATE"].map(str::to_owned);
    let mut widths = [0; 5];
    for row in std::iter::once(&head).chain(&cells) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(&head).chain(&cells) {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
