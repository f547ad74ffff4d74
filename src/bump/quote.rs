//! Double-quoted scalars that YAML 1.1, YAML 1.2 and JSON read alike.

use std::fmt::Write as _;

/// Returns a text in double quotes.
pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for value in text.chars() {
        match value {
            '"' | '\\' => out.extend(['\\', value]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(value));
            }
            _ => out.push(value),
        }
    }
    out.push('"');
    out
}
