//! TOML: what is read is written, and read back equal.

use plainsail::helm::Profile;
use plainsail::helm::go::fmt::display;
use plainsail::helm::go::toml::{decode, encode};
use plainsail::helm::value::Value;

/// TOML.
pub(crate) fn toml(input: &[u8]) {
    let date = |time: plainsail::helm::go::time::Time| Value::str(time.text());
    let Ok(value) = decode(input, date) else { return };
    let Ok(written) = encode(&value) else { return };
    let shown = String::from_utf8_lossy(&written).into_owned();
    let back = decode(&written, date).unwrap_or_else(|stop| panic!("{stop:?}: {shown}"));
    assert_eq!(display(&value, Profile::V4), display(&back, Profile::V4), "{shown}");
    assert_eq!(encode(&back).as_deref(), Ok(&*written));
}
