//! The filters that people expect from Helm, for Jinja: `toyaml`, `nindent`, `quote`, `b64encode`, `required` and others.
//!
//! minijinja brings `default`, `upper`, `trim`, `replace`, `tojson`, `join` and the rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, Error, ErrorKind, Value};

use super::context::from_jinja;
use crate::yaml::json;

/// Adds all of them.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.add_filter("toyaml", to_yaml);
    environment.add_filter("fromyaml", from_yaml);
    environment.add_filter("tojson", to_json);
    environment.add_filter("indent", |text: String, width: usize| indent(&text, width));
    environment
        .add_filter("nindent", |text: String, width: usize| indent(&text, width).map(|text| format!("\n{text}")));
    environment.add_filter("quote", |value: Value| format!("{:?}", plain(&value)));
    environment.add_filter("squote", |value: Value| format!("'{}'", plain(&value)));
    environment.add_filter("b64encode", |value: Value| STANDARD.encode(plain(&value)));
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

/// Returns a scalar as it would be printed.
fn plain(value: &Value) -> String {
    match value.as_str() {
        Some(text) => text.to_owned(),
        None if value.is_none() => String::new(),
        None if value.kind() == minijinja::value::ValueKind::Bool => value.is_true().to_string(),
        None => value.to_string(),
    }
}

fn to_yaml(value: Value) -> Result<String, Error> {
    let text = crate::yaml::emit(&from_jinja(&value, 0)?)
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
