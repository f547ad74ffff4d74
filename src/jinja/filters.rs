//! The filters that people expect from Helm, for Jinja: `toyaml`, `nindent`, `quote`, `b64encode`, `required` and others.
//!
//! minijinja brings `default`, `upper`, `trim`, `replace`, `tojson`, `join` and the rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, Error, ErrorKind, Value};

use super::context::from_jinja;
use crate::helm::go::quote::quote_text;
use crate::yaml::{Data, json};

/// Adds all of them.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    // minijinja's own takes any width, and the memory for it.
    environment.add_filter("format", |_: Value| -> Result<String, Error> {
        Err(Error::new(ErrorKind::InvalidOperation, "the filter format is not built: join texts with ~"))
    });
    environment.add_filter("toyaml", to_yaml);
    environment.add_filter("fromyaml", from_yaml);
    environment.add_filter("tojson", to_json);
    environment.add_filter("indent", |text: String, width: usize| indent(&text, width));
    environment
        .add_filter("nindent", |text: String, width: usize| indent(&text, width).map(|text| format!("\n{text}")));
    environment.add_filter("code", |text: String| code(&text));
    environment.add_filter("quote", |value: Value| quote_text(plain(&value).as_bytes()));
    environment.add_filter("squote", |value: Value| format!("'{}'", plain(&value)));
    environment.add_filter("b64encode", |value: Value| match value.as_bytes() {
        Some(bytes) => STANDARD.encode(bytes),
        None => STANDARD.encode(plain(&value)),
    });
    environment.add_filter("b64decode", b64decode);
    environment.add_filter("required", required);
    environment.add_filter("trunc", |text: String, length: usize| text.chars().take(length).collect::<String>());
    environment
        .add_filter("trimsuffix", |text: String, end: String| text.strip_suffix(&end).unwrap_or(&text).to_owned());
    environment
        .add_filter("trimprefix", |text: String, start: String| text.strip_prefix(&start).unwrap_or(&text).to_owned());
    environment.add_filter("sha256sum", |text: String| {
        use sha2::Digest as _;
        sha2::Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    });
}

/// More blanks than this in front of a line is a mistake, not a layout.
const WIDEST: usize = 1000;

fn indent(text: &str, width: usize) -> Result<String, Error> {
    if width > WIDEST {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("an indentation of {width} is over the cap of {WIDEST}"),
        ));
    }
    let pad = " ".repeat(width);
    Ok(format!("{pad}{}", text.replace('\n', &format!("\n{pad}"))))
}

/// Returns a text as a code span of Markdown that nothing in it can end: no mention, link or command works in there.
fn code(text: &str) -> String {
    // Control characters and those that turn the direction of writing would show something else than what is there.
    let shown = |character: char| match character {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        other if other.is_control() => ' ',
        other => other,
    };
    let text: String = text.chars().map(shown).collect();
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let pad = if text.is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Returns what `join` makes of an element.
pub(super) fn joined(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns a scalar as it would be printed.
pub(super) fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_none() => String::new(),
        None if value.kind() == minijinja::value::ValueKind::Bool => value.is_true().to_string(),
        None => value.to_string(),
    }
}

fn to_yaml(value: Value) -> Result<String, Error> {
    yaml(&from_jinja(&value, 0)?)
}

/// Writes data as Helm's `toYaml` does.
pub(super) fn yaml(data: &Data) -> Result<String, Error> {
    let text = crate::yaml::emit(data)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("cannot write YAML: {error}")))?;
    let text = String::from_utf8_lossy(text.as_ref()).into_owned();
    Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
}

fn from_yaml(text: String) -> Result<Value, Error> {
    let data = crate::yaml::parse(text.as_bytes(), &crate::yaml::Limits::default())
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("cannot read YAML: {error}")))?;
    Ok(super::to_jinja(&data))
}

fn to_json(value: Value) -> Result<String, Error> {
    let bytes = json::encode(&from_jinja(&value, 0)?, json::Html::Raw)
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("cannot write JSON: {error}")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn b64decode(text: String) -> Result<String, Error> {
    let bytes = STANDARD
        .decode(text.trim())
        .map_err(|error| Error::new(ErrorKind::InvalidOperation, format!("this is not base64: {error}")))?;
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidOperation, "what was decoded is not text"))
}

fn required(value: Value, message: Option<String>) -> Result<Value, Error> {
    let empty = value.is_undefined() || value.is_none() || value.as_str() == Some("");
    if empty {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            message.unwrap_or_else(|| "a required value is missing".to_owned()),
        ));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn nothing_ends_a_code_span_from_within() {
        for (text, expected) in [
            ("web", "`web`"),
            ("a`b``c", "```a`b``c```"),
            ("`", "`` ` ``"),
            ("@team\n/approve", "`@team /approve`"),
            ("x\u{202e}y", "`x\u{fffd}y`"),
            ("", "`  `"),
        ] {
            assert_eq!(code(text), expected, "{text:?}");
        }
    }
}
