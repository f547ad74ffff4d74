//! The flags `--set`, `--set-string`, `--set-json`, `--set-file`, `--set-literal`: one a line, the first byte of a line says which.

use plainsail::helm::Profile;
use plainsail::helm::values::UserValues;
use plainsail::yaml::{Data, emit};

/// Values from flags.
pub(crate) fn values(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut user = UserValues::default();
    for line in text.lines() {
        let mut letters = line.chars();
        let lines = match letters.next() {
            Some('j') => &mut user.set_json,
            Some('t') => &mut user.set_string,
            Some('f') => &mut user.set_file,
            Some('l') => &mut user.set_literal,
            _ => &mut user.set,
        };
        lines.push(letters.as_str().to_owned());
    }
    for profile in [Profile::V4, Profile::V3] {
        let merge = || user.merge(profile, &|name| Ok(name.into()));
        let merged = merge();
        assert_eq!(merged, merge(), "the same flags give something else");
        match merged {
            Ok(values) => {
                assert!(matches!(values, Data::Map(_)), "{values:?} is no map");
                let _ = emit(&values);
            }
            Err(error) => assert!(error.to_string().len() <= super::LONGEST_MESSAGE),
        }
    }
}
