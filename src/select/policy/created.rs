//! `created`: the build date that an image states of itself.

use jiff::Timestamp;

use crate::select::filter::fits;
use crate::select::input::{Image, Input};

/// Returns the build date: of the platform asked for, else the latest of an index.
pub(in crate::select) fn date(input: &Input<'_>, image: &Image) -> Option<Timestamp> {
    if image.created_by.is_empty() {
        return image.created;
    }
    let counts = |platform: &str| match &input.settings.platform {
        Some(wanted) => fits(wanted, platform),
        None => true,
    };
    image.created_by.iter().filter(|(platform, _)| counts(platform)).map(|(_, date)| *date).max()
}
