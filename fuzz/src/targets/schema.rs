//! `values.schema.json`: the schema, a line `---`, the values.

use plainsail::helm::Profile;
use plainsail::helm::values::Layered;
use plainsail::yaml::Data;

use super::chart::{CHART, file, load};

/// Schemas of values.
pub(crate) fn schema(input: &[u8]) {
    let split = input.windows(5).position(|window| window == b"\n---\n");
    let (schema, values) = split.map_or((input, &b"a: 1\n"[..]), |at| (&input[..at], &input[at + 5..]));
    let files = [file("Chart.yaml", CHART), file("values.yaml", values), file("values.schema.json", schema)];
    let Ok(chart) = load(&files, Profile::V4) else { return };
    let Ok(layered) = Layered::new(&chart, &Data::map(), Profile::V4) else { return };
    let answer = layered.check_schemas();
    assert_eq!(answer, layered.check_schemas());
    if let Err(error) = answer {
        assert!(error.to_string().len() <= super::LONGEST_MESSAGE);
    }
}
