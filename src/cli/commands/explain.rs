//! `plainsail explain`: why a release runs what it runs, and which file set a value.

use std::fmt::Write as _;

use serde::Serialize;

use crate::choose::{self, Facts, Question};
use crate::cli::{CliError, ErrorKind, Exit, Session};
use crate::fleet::Address;
use crate::helm::ValueSource;
use crate::plan::{ImageDecision, Verdict};
use crate::render::{Renderer, hydrated};

/// What `plainsail explain` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  plainsail explain dev/api\n  plainsail explain dev/api --values image.tag")]
pub struct Arguments {
    /// The release.
    #[arg(value_name = "ENV/RELEASE")]
    release: String,
    /// Say which layer set this value (dots between keys) instead of asking registries.
    #[arg(long, value_name = "PATH")]
    values: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explanation {
    release: String,
    images: Vec<ImageDecision>,
}

/// Runs the command.
///
/// # Errors
/// Where the release does not exist or its files are wrong.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let address: Address = arguments.release.parse().map_err(|error| CliError::of(ErrorKind::Usage, &error))?;
    let folder = session.folder();
    let fleet = session.fleet()?;
    let broken = fleet.broken().find(|(environment, broken)| {
        environment.name == address.environment && broken.name == address.release.as_str()
    });
    if let Some((_, broken)) = broken {
        return Err(CliError::new(ErrorKind::Configuration, format!("the file of {address} is wrong"))
            .with_diagnostics(broken.diagnostics.clone()));
    }
    let (Some(environment), Some(release)) = (fleet.environment(address.environment.as_str()), fleet.release(&address))
    else {
        return Err(CliError::new(ErrorKind::Usage, format!("there is no release {address}")));
    };
    if let Some(path) = &arguments.values {
        let layers = Renderer::new(&folder, &fleet)
            .layers(environment, release)
            .map_err(|error| CliError::of(ErrorKind::Input, &error))?;
        return Ok(explain_value(session, path, &layers));
    }
    let registries = session.registries(&fleet.config).map_err(|error| CliError::of(ErrorKind::Remote, &error))?;
    let facts = Facts::new(&registries);
    let marker = hydrated::marker(&folder, &release.rendered_folder())
        .map_err(|error| CliError::of(ErrorKind::Input, &error))?;
    let question =
        Question { fleet: &fleet, environment, release, marker: marker.as_ref(), now: session.world.now(), given: &[] };
    let images = choose::images(&question, &facts);
    let text = describe(&address, &images);
    session.ui.result(&text, &Explanation { release: address.to_string(), images });
    Ok(Exit::Done)
}

fn describe(address: &Address, images: &[ImageDecision]) -> String {
    let mut text = format!("{address}\n");
    for image in images {
        let running = if image.from.tag.is_empty() {
            "nothing".to_owned()
        } else {
            format!("{} ({})", image.from.tag, image.from.digest)
        };
        let _ = writeln!(text, "  image {} of {}", image.image, image.repository);
        let _ = writeln!(
            text,
            "    runs: {running}{}",
            if image.from.pushed_at.is_empty() { String::new() } else { format!(", pushed {}", image.from.pushed_at) }
        );
        let next = match (image.verdict, &image.to) {
            (Verdict::Bump, Some(to)) => {
                format!("the next run sets {} ({}), pushed {}", to.tag, to.digest, to.pushed_at)
            }
            (Verdict::Error, _) => "the next run fails for this release".to_owned(),
            _ => "it stays".to_owned(),
        };
        let _ = writeln!(text, "    {next}: {} ({})", image.code, image.reason);
        for finding in &image.findings {
            let _ = writeln!(text, "    finding: {finding}");
        }
        for (tag, rule) in &image.dropped {
            let _ = writeln!(text, "    not a candidate: {tag}: {rule}");
        }
    }
    text
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LayerValue<'a> {
    layer: &'a str,
    value: String,
    wins: bool,
}

/// Names the layers that set a value, lowest first; the last one wins.
fn explain_value(session: &Session, path: &str, layers: &[ValueSource]) -> Exit {
    let mut found: Vec<LayerValue<'_>> = layers
        .iter()
        .filter_map(|layer| Some(LayerValue { layer: &layer.name, value: layer.shown(path)?, wins: false }))
        .collect();
    if let Some(last) = found.last_mut() {
        last.wins = true;
    }
    let mut text = String::new();
    for value in &found {
        let _ = writeln!(text, "{} {}: {}", if value.wins { "*" } else { " " }, value.layer, value.value);
    }
    if found.is_empty() {
        let _ = writeln!(text, "no layer sets {path}");
    }
    session.ui.result(&text, &found);
    Exit::Done
}
