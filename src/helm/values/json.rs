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

/// Returns where the number at the start of a text ends; `None` where there is none. What cannot belong to it ends it, as in
/// `01` and `1.5.5`.
fn number_end(bytes: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        let count = bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        (count > 0).then_some(from + count)
    };
    let start = usize::from(bytes.first() == Some(&b'-'));
    let mut end = if bytes.get(start) == Some(&b'0') { start + 1 } else { digits(start)? };
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        end = digits(end + 1 + sign)?;
    }
    Some(end)
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
        _ => return number_end(bytes).unwrap_or(text.len()),
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
