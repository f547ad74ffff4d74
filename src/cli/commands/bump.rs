//! `plainsail bump`: the main job for one release and a tag that is given. The step that a CI job calls after its push.

use crate::choose::GivenImage;
use crate::cli::{CliError, ErrorKind, Exit, Session, report, running};
use crate::fleet::{Address, ImageName};
use crate::image::Tag;

/// What `plainsail bump` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  plainsail bump dev/api --image api=$(git rev-parse --short HEAD)\n\n\
    The tag must exist in the registry; its digest is pinned. Exit codes as of `reconcile`.")]
pub struct Arguments {
    /// The release.
    #[arg(value_name = "ENV/RELEASE")]
    release: String,
    /// An image of the release and its new tag; may be given several times.
    #[arg(long = "image", value_name = "NAME=TAG", required = true)]
    images: Vec<String>,
    /// Take the image even if it was pushed before the one that runs.
    #[arg(long)]
    allow_backwards: bool,
    #[command(flatten)]
    target: running::Target,
}

/// Runs the command.
///
/// # Errors
/// Where the arguments are wrong or the run as a whole cannot be done.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    let address: Address = arguments.release.parse().map_err(|error| CliError::of(ErrorKind::Usage, &error))?;
    let images =
        arguments.images.iter().map(|text| given(text, arguments.allow_backwards)).collect::<Result<Vec<_>, _>>()?;
    let plan = running::reconcile(session, &arguments.target, Some((address, images)))?;
    Ok(report::plan(&session.ui, &plan, report::Detail::Names))
}

fn given(text: &str, allow_backwards: bool) -> Result<GivenImage, CliError> {
    let usage = |error: &dyn std::error::Error| CliError::of(ErrorKind::Usage, error);
    let (name, tag) = text.split_once('=').ok_or_else(|| {
        CliError::new(ErrorKind::Usage, format!("`{text}` is not NAME=TAG")).hint("for example --image api=f00ba47")
    })?;
    let name: ImageName = name.parse().map_err(|error| usage(&error))?;
    let tag = Tag::parse(tag).map_err(|error| usage(&error))?;
    Ok(GivenImage { name, tag, allow_backwards })
}
