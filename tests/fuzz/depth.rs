//! Depth and aliases: what is just not too much goes through everything, what is too much is refused, and the stack is never used up.

use std::fmt::Write as _;

use plainsail::yaml::json::{self, Html};
use plainsail::yaml::{Error, Limits, emit, emit_pretty, parse};

#[test]
fn deep_texts_are_refused_and_never_exhaust_the_stack() {
    for text in ["[", "{a: ", "- ", "? ", "[{", "!!x [", "&a ["] {
        let text = text.repeat(200_000);
        assert!(parse(text.as_bytes(), &Limits::default()).is_err());
    }
    let mut text = String::from("a0: &a0 [x]\n");
    for index in 1..40 {
        writeln!(text, "a{index}: &a{index} [*a{}]", index - 1).unwrap();
    }
    let limits = Limits { depth: 30, ..Limits::default() };
    assert_eq!(parse(text.as_bytes(), &limits), Err(Error::TooDeep { limit: 30 }));
}

#[test]
fn what_is_just_not_too_deep_is_read_and_written() {
    let text = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let value = parse(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(parse(&emit(&value).unwrap(), &Limits::default()).unwrap(), value);
    assert_eq!(json::encode(&value, Html::Raw).unwrap(), text.as_bytes());
    assert!(emit_pretty(&value).is_ok());
    assert_eq!(value.clone(), value);
}

#[test]
fn a_document_of_aliases_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for index in 1..10 {
        let before = vec![format!("*a{}", index - 1); 10].join(", ");
        writeln!(text, "a{index}: &a{index} [{before}]").unwrap();
    }
    let error = parse(text.as_bytes(), &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "error converting YAML to JSON: yaml: document contains excessive aliasing");
}
