//! Reads a JSON value at the start of a text, as Go's `json.Decoder` does for `--set-json`.

use crate::yaml::{self, Data, Limits};

/// Reads one value; returns it and the text behind it.
pub(crate) fn read_prefix(text: &str) -> Result<(Data, &str), String> {
    let text = text.trim_start_matches([' ', '\t', '\r', '\n']);
    let end = value_end(text);
    let (value, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let value = yaml::json::parse(value.as_bytes(), &Limits::default()).map_err(|error| error.to_string())?;
    Ok((value, rest))
}

/// Returns where the value at the start of a text ends, without checking what is in it.
fn value_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'{' | b'[' | b'"') => {}
        Some(b't' | b'n' | b'f') => {
            let word = ["true", "null", "false"].into_iter().find(|word| text.starts_with(word));
            return word.map_or(text.len(), str::len);
        }
        _ => {
            let number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
            let end = bytes.iter().position(|byte| !number(byte)).unwrap_or(bytes.len());
            return if end == 0 { text.len() } else { end };
        }
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (position, byte) in bytes.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth == 0 && !in_string {
            return position + 1;
        }
    }
    text.len()
}
