//! Two other readers of YAML: the events of granit-parser with the core schema of YAML 1.2, and serde-saphyr.

use granit_parser::{Event, Parser, ScalarStyle};
use plainsail::yaml::Data;
use serde_json::Value as Json;

/// A step through a text as granit-parser sees it. Comments are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A scalar: its text, and whether a reader may take it for something else than a string.
    Scalar {
        /// After unquoting.
        text: String,
        /// Without quotes and without a tag.
        is_plain: bool,
    },
    /// What a list or a map begins or ends with, or an alias.
    Other(&'static str),
}

/// Reads the steps through all documents of a text.
///
/// # Errors
/// The parser refuses the text.
pub(crate) fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    for event in Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        steps.push(match event {
            Event::Scalar(text, style, _, tag) => {
                Step::Scalar { text: text.into_owned(), is_plain: style == ScalarStyle::Plain && tag.is_none() }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => Step::Other("alias"),
            Event::SequenceStart(..) => Step::Other("list"),
            Event::MappingStart(..) => Step::Other("map"),
            Event::SequenceEnd | Event::MappingEnd => Step::Other("end"),
            Event::DocumentStart(..) => Step::Other("document"),
            _ => continue,
        });
    }
    Ok(steps)
}

/// Reads a text by the core schema of YAML 1.2, without aliases, tags and documents.
///
/// # Errors
/// The parser refuses the text.
pub(crate) fn core_value(text: &str) -> Result<Json, String> {
    let mut open: Vec<(bool, Vec<Json>)> = Vec::new();
    let mut root = Json::Null;
    for step in steps(text)? {
        let value = match step {
            Step::Scalar { text, is_plain: true } => core_scalar(text),
            Step::Scalar { text, .. } => Json::String(text),
            Step::Other("list") => {
                open.push((false, Vec::new()));
                continue;
            }
            Step::Other("map") => {
                open.push((true, Vec::new()));
                continue;
            }
            Step::Other("end") => match open.pop() {
                Some((true, items)) => map_of(items)?,
                Some((false, items)) => Json::Array(items),
                None => return Err("an end without a beginning".to_owned()),
            },
            Step::Other(_) => continue,
        };
        match open.last_mut() {
            Some((_, items)) => items.push(value),
            None => root = value,
        }
    }
    Ok(root)
}

/// Makes a map of keys and values in turn.
fn map_of(items: Vec<Json>) -> Result<Json, String> {
    let mut map = serde_json::Map::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        let Json::String(key) = key else { return Err(format!("the key {key} is no string")) };
        map.insert(key, value);
    }
    Ok(Json::Object(map))
}

/// What the core schema makes of a scalar without quotes.
fn core_scalar(text: String) -> Json {
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => return Json::Null,
        "true" | "True" | "TRUE" => return Json::Bool(true),
        "false" | "False" | "FALSE" => return Json::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Json::String("not a number".to_owned()),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(&text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Json::String("an infinite number".to_owned());
    }
    let digits = |digits: &str, radix| {
        let is_number = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
        is_number.then(|| u64::from_str_radix(digits, radix).map_or(Json::Null, Json::from))
    };
    let based = text.strip_prefix("0o").and_then(|rest| digits(rest, 8));
    if let Some(number) = based.or_else(|| text.strip_prefix("0x").and_then(|rest| digits(rest, 16))) {
        return number;
    }
    // Rust reads more than the schema has: words, and nothing else that consists of these letters.
    let is_number = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && unsigned.chars().all(|letter| matches!(letter, '0'..='9' | '.' | 'e' | 'E' | '+' | '-'));
    match text.parse::<f64>() {
        Ok(number) if is_number => serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number),
        _ => Json::String(text),
    }
}

/// Reads the value of a text as serde-saphyr does.
///
/// # Errors
/// The reader refuses the text.
pub(crate) fn saphyr_value(text: &str) -> Result<Json, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

/// Tells whether another reader read what was written. It counts integers apart from other numbers, Helm does not.
pub(crate) fn is_same(read: &Json, written: &Data) -> bool {
    match (read, written) {
        (Json::Null, Data::Null) => true,
        (Json::Bool(left), Data::Bool(right)) => left == right,
        (Json::Number(left), Data::Float(right)) => left.as_f64() == Some(*right),
        (Json::Number(left), Data::Int(right)) => left.as_i64() == Some(*right),
        (Json::String(left), Data::String(right)) => *left == *right.lossy(),
        (Json::Array(left), Data::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| is_same(left, right))
        }
        (Json::Object(left), Data::Map(right)) => {
            let is_same_at = |(key, value): (&String, &Json)| {
                right.get(key.as_bytes()).is_some_and(|written| is_same(value, written))
            };
            left.len() == right.len() && left.iter().all(is_same_at)
        }
        _ => false,
    }
}
