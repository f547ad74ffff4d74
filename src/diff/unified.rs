//! [`unified`]: a change as a unified diff.

use std::fmt::Write as _;

use similar::TextDiff;

use super::ObjectChange;
use crate::yaml::Str;

/// Prints a change as a unified diff with `context` lines around each place; a Secret's values are masked.
pub fn unified(change: &ObjectChange, context: usize) -> String {
    let side = |text: &Option<Str>| text.as_ref().map(|text| text.lossy().into_owned()).unwrap_or_default();
    let (mut old, mut new) = (side(&change.old), side(&change.new));
    if change.is_secret() {
        // Text of a Secret may not be shown line by line; the fields that differ are named instead.
        old = masked(change, true);
        new = masked(change, false);
    }
    let header =
        |side: &str, present: bool| if present { format!("{side}/{}", change.path) } else { "/dev/null".to_owned() };
    TextDiff::from_lines(&old, &new)
        .unified_diff()
        .context_radius(context)
        .header(&header("a", change.old.is_some()), &header("b", change.new.is_some()))
        .to_string()
}

/// Lists the changed fields of a Secret, each side marked so that the lines differ.
fn masked(change: &ObjectChange, old: bool) -> String {
    let mut text = format!("# {}: values are not shown\n", change.object);
    for field in &change.fields {
        let side = if old { &field.old } else { &field.new };
        if side.is_some() {
            let _ = writeln!(text, "{}: *** ({})", field.path, if old { "old" } else { "new" });
        }
    }
    text
}
