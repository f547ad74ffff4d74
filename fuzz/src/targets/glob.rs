//! Patterns of `.Files.Glob`: the first line is the pattern, each other line a name.

use plainsail::helm::glob::{Error, Glob};

/// Patterns of files.
pub(crate) fn glob(input: &[u8]) {
    let (pattern, names) = super::first_line(input);
    let compiled = Glob::compile(pattern, &['/']);
    let Ok(lenient) = Glob::for_files(pattern) else {
        assert!(matches!(compiled, Err(Error::Limit { .. })), "{compiled:?} is no reason to refuse");
        return;
    };
    for name in names.split(|byte| *byte == b'\n').take(8).chain([pattern]) {
        let answer = lenient.matches(name);
        assert_eq!(answer, lenient.matches(name));
        match &compiled {
            Ok(glob) => assert_eq!(answer, glob.matches(name)),
            Err(_) => assert_eq!(answer, Ok(true), "a malformed pattern matches everything"),
        }
    }
}
