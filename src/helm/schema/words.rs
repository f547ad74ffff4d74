//! The words of Helm's library for what does not fit. Numbers are in the English manner: `70,000`.

use super::instance::{Number, Types, View};
use super::json::Json;
use crate::helm::go::quote::quote_text;
use crate::helm::go::strconv::{FloatFormat, append_float};
use crate::yaml::Str;

/// `got 3, want 5`, of counts.
pub(super) fn size(keyword: &str, got: usize, want: i64) -> String {
    format!("{keyword}: got {}, want {}", count(got as i64), count(want))
}

/// `got 3, want 5`, of numbers.
pub(super) fn bound(keyword: &str, got: f64, want: f64) -> String {
    format!("{keyword}: got {}, want {}", number(got), number(want))
}

pub(super) fn types<T>(got: &View<'_, T>, want: Types) -> String {
    format!("got {}, want {}", got.types().words(), want.words())
}

pub(super) fn constant(want: &Json) -> String {
    if is_simple(want) { format!("value must be {}", display(want)) } else { "'const' failed".to_owned() }
}

pub(super) fn options(want: &[Json]) -> String {
    if !want.iter().all(is_simple) {
        return "'enum' failed".to_owned();
    }
    let shown: Vec<String> = want.iter().map(display).collect();
    match shown.as_slice() {
        [only] => format!("value must be {only}"),
        all => format!("value must be one of {}", all.join(", ")),
    }
}

pub(super) fn required(missing: &[&Str]) -> String {
    let noun = if missing.len() == 1 { "property" } else { "properties" };
    format!("missing {noun} {}", joined(missing))
}

pub(super) fn dependency(property: &Str, missing: &[&Str]) -> String {
    format!("properties {} required, if {} exists", joined(missing), quoted(property))
}

pub(super) fn additional_properties(names: &[&Str]) -> String {
    format!("additional properties {} not allowed", joined(names))
}

pub(super) fn additional_items(number: usize) -> String {
    format!("last {} additionalItem(s) not allowed", count(number as i64))
}

pub(super) fn property_name(name: &Str) -> String {
    format!("invalid propertyName {}", quoted(name))
}

pub(super) fn duplicates(first: usize, second: usize) -> String {
    format!("items at {} and {} are equal", count(first as i64), count(second as i64))
}

pub(super) fn too_few_contained(matched: &[usize], want: i64) -> String {
    let want = count(want);
    if matched.is_empty() {
        return format!("min {want} items required to match contains schema, but none matched");
    }
    format!("min {want} items required to match contains schema, but matched {}", places(matched))
}

pub(super) fn too_many_contained(matched: &[usize], want: i64) -> String {
    format!("max {} items required to match contains schema, but matched {}", count(want), places(matched))
}

fn places(matched: &[usize]) -> String {
    let places: Vec<String> = matched.iter().map(ToString::to_string).collect();
    format!("{} items at {}", count(matched.len() as i64), places.join(" "))
}

pub(super) fn two_matched(first: usize, second: usize) -> String {
    format!("'oneOf' failed, subschemas {}, {} matched", count(first as i64), count(second as i64))
}

pub(super) fn pattern(got: &Str, want: &Str) -> String {
    format!("{} does not match pattern {}", quoted(got), quoted(want))
}

pub(super) fn format<T>(got: &View<'_, T>, name: &str, reason: &str) -> String {
    let got = match got {
        View::Text(text) => quoted(text),
        _ => String::new(),
    };
    format!("{got} is not valid {name}: {reason}")
}

pub(super) fn cycle(first: &str, second: &str, location: &str) -> String {
    format!("both {first} and {second} resolve to {} causing reference cycle", quote_text(location.as_bytes()))
}

fn is_simple(value: &Json) -> bool {
    !matches!(value, Json::List(_) | Json::Map(_))
}

/// A simple value within a sentence, as Go prints it.
fn display(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Number(written) => written.lossy().into_owned(),
        Json::Bool(value) => value.to_string(),
        _ => "<nil>".to_owned(),
    }
}

fn joined(names: &[&Str]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

/// Quotes as the library does: Go's escapes, but with `'` around.
pub(super) fn quoted(text: &[u8]) -> String {
    let text = quote_text(text);
    // The library replaces within the quoted text, its last quotation mark included.
    let text = text.replace("\\\"", "\"").replace('\'', "\\'");
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text);
    format!("'{inner}'")
}

fn count(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", grouped(&value.unsigned_abs().to_string()))
}

fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `70,000.5`, `1.2×10⁰⁶`.
fn number(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    if value.is_infinite() {
        return format!("{sign}∞");
    }
    let mut text = Vec::new();
    append_float(&mut text, value.abs(), FloatFormat::General, None);
    let text = String::from_utf8_lossy(&text).into_owned();
    let raised =
        |digit: char| digit.to_digit(10).and_then(|digit| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(digit as usize)).unwrap_or('⁻');
    if let Some((mantissa, exponent)) = text.split_once('e') {
        let exponent: String = exponent.trim_start_matches('+').chars().map(raised).collect();
        return format!("{sign}{mantissa}×10{exponent}");
    }
    match text.split_once('.') {
        Some((whole, fraction)) => format!("{sign}{}.{fraction}", grouped(whole)),
        None => format!("{sign}{}", grouped(&text)),
    }
}

/// Returns a number for a message.
pub(super) fn shown(value: Number<'_>) -> f64 {
    match value {
        Number::Int(value) => value as f64,
        Number::Float(value) => value,
        Number::Written(written) => String::from_utf8_lossy(written).parse().unwrap_or_default(),
    }
}
