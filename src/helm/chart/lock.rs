//! Chart.lock: not used for rendering, but Helm refuses a chart whose lock cannot be read.

use super::metadata::Dependency;
use crate::helm::decode::Decoder;
use crate::helm::go::time::{RFC3339, Time};
use crate::helm::profile::Profile;
use crate::yaml::Data;
use crate::yaml::json::{self, Html};

/// Decodes a lock, and forgets it.
///
/// # Errors
/// Where Go could not decode it.
pub(super) fn check(data: &Data, profile: Profile) -> Result<(), String> {
    let mut decoder = Decoder::new("Lock");
    let types = &profile.rules().types;
    let Some(map) = decoder.object(data, "", types.lock) else { return decoder.finish(()) };
    for value in Decoder::values(map, "generated") {
        // A time that cannot be read ends the decoding, whatever else was wrong before.
        time(value).map_err(|error| format!("error unmarshaling JSON: while decoding JSON: {error}"))?;
    }
    decoder.string(map, "digest", "");
    for value in decoder.list(map, "dependencies", "", &format!("[]*{}", types.dependency)).unwrap_or_default() {
        Dependency::decode(value, &mut decoder, types.dependency, "Lock");
    }
    decoder.finish(())
}

/// Reads a `time.Time`.
fn time(data: &Data) -> Result<(), String> {
    if *data == Data::Null {
        return Ok(());
    }
    let text = json::encode(data, Html::Escaped).unwrap_or_default();
    let inner = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
    let inner = inner.ok_or("Time.UnmarshalJSON: input is not a JSON string")?;
    Time::parse(RFC3339, inner).map(|_| ()).map_err(|error| error.to_string())
}
