//! [`report`]: what does not fit a schema, as the library that Helm uses says it.
//!
//! The validator gives a flat list of errors, each with the way through the schema that led to it. Helm's library gives a tree: of
//! each schema in a schema its errors in a fixed order, under a line of their own where they are several. Where Go goes through a map
//! the order is random; here it is that of the names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::Value as Json;

use super::formats;
use crate::helm::go::quote::quote_text;
use crate::helm::go::strconv::{FloatFormat, append_float};

/// Writes the errors as a list with lists below.
pub(super) fn report(errors: &[ValidationError<'_>], schema: &Json) -> String {
    let errors: Vec<Step<'_>> = errors.iter().map(|error| Step::new(error, schema, 0)).collect();
    let problem = of_schema(&errors, &[]);
    let mut out = String::new();
    match problem.text {
        // The outermost group has no line.
        None => problem.causes.iter().for_each(|cause| cause.write(&mut out, 0)),
        Some(_) => problem.write(&mut out, 0),
    }
    out
}

const GROUP: &str = "validation failed";

/// A line of the report, with those below it.
struct Problem {
    at: Vec<String>,
    /// What is wrong; nothing for a group.
    text: Option<String>,
    causes: Vec<Self>,
}

impl Problem {
    fn leaf(at: &[String], text: impl Into<String>) -> Self {
        Self { at: at.to_vec(), text: Some(text.into()), causes: Vec::new() }
    }

    fn write(&self, out: &mut String, indent: usize) {
        let pointer: String =
            self.at.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect();
        let text = self.text.as_deref().unwrap_or(GROUP);
        let _ = writeln!(out, "{}- at {}: {text}", "  ".repeat(indent), quoted(&pointer));
        self.causes.iter().for_each(|cause| cause.write(out, indent + 1));
    }
}

/// An error, seen from a schema on its way.
#[derive(Clone)]
struct Step<'e> {
    error: &'e ValidationError<'e>,
    /// The whole schema.
    schema: &'e Json,
    /// The keywords and names that are still to go.
    way: Vec<String>,
    /// The place in the values.
    at: Vec<String>,
}

impl<'e> Step<'e> {
    fn new(error: &'e ValidationError<'e>, schema: &'e Json, passed: usize) -> Self {
        let parts = |location: &jsonschema::paths::Location| -> Vec<String> {
            location.iter().map(|segment| segment.to_string()).collect()
        };
        let way = parts(error.evaluation_path()).split_off(passed.min(parts(error.evaluation_path()).len()));
        Self { error, schema, way, at: parts(error.instance_path()) }
    }

    fn keyword(&self) -> &str {
        self.way.first().map_or("", String::as_str)
    }

    fn after(&self, count: usize) -> Self {
        Self { way: self.way.get(count..).unwrap_or_default().to_vec(), ..self.clone() }
    }
}

/// Keywords of which the first that fails is all that is said of a schema.
const FIRST: &[&str] = &["", "type", "const", "enum", "format"];

/// The order of the others.
const ORDER: &[&str] = &[
    "$ref",
    "minProperties",
    "maxProperties",
    "required",
    "dependencies",
    "properties",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
    "dependentSchemas",
    "dependentRequired",
    "minItems",
    "maxItems",
    "uniqueItems",
    "prefixItems",
    "items",
    "additionalItems",
    "contains",
    "minContains",
    "maxContains",
    "minLength",
    "maxLength",
    "pattern",
    "contentEncoding",
    "contentMediaType",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "$recursiveRef",
    "$dynamicRef",
    "not",
    "allOf",
    "anyOf",
    "oneOf",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
];

/// Says what is wrong with a value by one schema.
fn of_schema(errors: &[Step<'_>], at: &[String]) -> Problem {
    for keyword in FIRST {
        if let Some(step) = errors.iter().find(|step| step.keyword() == *keyword && step.way.len() <= 1) {
            return Problem::leaf(at, words(step.error));
        }
    }
    let mut by_keyword: BTreeMap<usize, Vec<&Step<'_>>> = BTreeMap::new();
    for step in errors {
        let place = ORDER.iter().position(|keyword| *keyword == step.keyword()).unwrap_or(ORDER.len());
        by_keyword.entry(place).or_default().push(step);
    }
    let mut problems: Vec<Problem> = by_keyword.values().flat_map(|steps| of_keyword(steps, at)).collect();
    match problems.pop() {
        Some(only) if problems.is_empty() => only,
        last => {
            problems.extend(last);
            Problem { at: at.to_vec(), text: None, causes: problems }
        }
    }
}

fn of_keyword(steps: &[&Step<'_>], at: &[String]) -> Vec<Problem> {
    let Some(first) = steps.first() else { return Vec::new() };
    match first.keyword() {
        "required" => {
            let missing: Vec<String> = steps.iter().filter_map(|step| missing(step.error)).collect();
            let noun = if missing.len() == 1 { "property" } else { "properties" };
            vec![Problem::leaf(at, format!("missing {noun} {}", missing.join(", ")))]
        }
        // A list of names; the way ends before it.
        "dependentRequired" | "dependencies" if first.way.len() == 1 => dependents(steps, at),
        "propertyNames" => names(steps),
        "allOf" => {
            let causes = inside(steps, 2, at.len());
            vec![Problem { at: at.to_vec(), text: Some("'allOf' failed".to_owned()), causes }]
        }
        // Schemas for the same value.
        "$ref" | "$dynamicRef" | "$recursiveRef" => {
            // A group behind a reference has its own line, even as the outermost one.
            let mut problems = inside(steps, 1, at.len());
            for problem in &mut problems {
                problem.text.get_or_insert_with(|| GROUP.to_owned());
            }
            problems
        }
        "then" | "else" => inside(steps, 1, at.len()),
        // The branch is a part of the condition's way.
        "if" | "dependentSchemas" | "dependencies" => inside(steps, 2, at.len()),
        // Schemas for what is in the value.
        "properties" | "patternProperties" | "prefixItems" => inside(steps, 2, at.len() + 1),
        "additionalProperties" | "items" | "additionalItems" if first.at.len() > at.len() => {
            let has_index = |step: &&&Step<'_>| step.way.get(1).is_some_and(|part| part.parse::<usize>().is_ok());
            let is_list = first.keyword() == "items" && steps.iter().all(|step| has_index(&step));
            inside(steps, if is_list { 2 } else { 1 }, at.len() + 1)
        }
        _ => steps.iter().flat_map(|step| of_error(step, at)).collect(),
    }
}

/// Names that other names need. The validator does not say which, but Helm does.
fn dependents(steps: &[&Step<'_>], at: &[String]) -> Vec<Problem> {
    let Some(first) = steps.first() else { return Vec::new() };
    let wanted = first.schema.pointer(&first.error.schema_path().to_string()).and_then(Json::as_object);
    let present = first.error.instance().as_object();
    let missing_of = |names: &Json| -> Vec<String> {
        let names = names.as_array().map(Vec::as_slice).unwrap_or_default().iter().filter_map(Json::as_str);
        names.filter(|name| present.is_some_and(|map| !map.contains_key(*name))).map(quoted).collect()
    };
    let entries = wanted.into_iter().flatten().filter(|(name, _)| present.is_some_and(|map| map.contains_key(*name)));
    let lines = entries.map(|(name, names)| (name, missing_of(names))).filter(|(_, missing)| !missing.is_empty());
    lines
        .map(|(name, missing)| {
            let text = format!("properties {} required, if {} exists", missing.join(", "), quoted(name));
            Problem::leaf(at, text)
        })
        .collect()
}

/// Names that do not fit a schema, each with all that is wrong with it.
fn names(steps: &[&Step<'_>]) -> Vec<Problem> {
    let mut by_name: BTreeMap<&str, Vec<Step<'_>>> = BTreeMap::new();
    for step in steps {
        let ValidationErrorKind::PropertyNames { error } = step.error.kind() else { continue };
        let way = error.evaluation_path().iter().position(|part| part.to_string() == "propertyNames");
        let name = error.instance().as_str().unwrap_or_default();
        // The name is a value of its own, and has no place in the others.
        let inner = Step { at: Vec::new(), ..Step::new(error, step.schema, way.map_or(0, |at| at + 1)) };
        by_name.entry(name).or_default().push(inner);
    }
    let of_name = |(name, steps): (&str, Vec<Step<'_>>)| {
        let inner = of_schema(&steps, &[]);
        let causes = if inner.text.is_none() { inner.causes } else { vec![inner] };
        Problem { at: Vec::new(), text: Some(format!("invalid propertyName {}", quoted(name))), causes }
    };
    by_name.into_iter().map(of_name).collect()
}

/// A place in the values, and the way to a schema for what is there.
type Key = (Vec<String>, Vec<String>);

/// Goes into the schemas behind some parts of the way, each with the value at which it stands, so deep in all values.
fn inside(steps: &[&Step<'_>], parts: usize, depth: usize) -> Vec<Problem> {
    // By place and schema, in the validator's order.
    let mut groups: Vec<(Key, Vec<Step<'_>>)> = Vec::new();
    for step in steps {
        let at: Vec<String> = step.at.iter().take(depth).cloned().collect();
        let schema: Vec<String> = step.way.iter().take(parts).cloned().collect();
        let key = (at, schema);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, group)) => group.push(step.after(parts)),
            None => groups.push((key, vec![step.after(parts)])),
        }
    }
    groups.into_iter().map(|((at, _), steps)| of_schema(&steps, &at)).collect()
}

/// What one error says by itself.
fn of_error(step: &Step<'_>, at: &[String]) -> Vec<Problem> {
    let branches = |context: &[Vec<ValidationError<'static>>]| -> Vec<Problem> {
        let passed = step.error.evaluation_path().iter().count() + 1;
        let of_branch = |errors: &Vec<ValidationError<'static>>| {
            let steps: Vec<Step<'_>> = errors.iter().map(|error| Step::new(error, step.schema, passed)).collect();
            of_schema(&steps, at)
        };
        context.iter().map(of_branch).collect()
    };
    let group = |text: &str, causes| vec![Problem { at: at.to_vec(), text: Some(text.to_owned()), causes }];
    match step.error.kind() {
        ValidationErrorKind::AnyOf { context } => group("'anyOf' failed", branches(context)),
        ValidationErrorKind::OneOfNotValid { context } => group("'oneOf' failed, none matched", branches(context)),
        ValidationErrorKind::OneOfMultipleValid { context } => {
            let mut matched =
                context.iter().enumerate().filter(|(_, errors)| errors.is_empty()).map(|(index, _)| index);
            let pair = (matched.next().unwrap_or_default(), matched.next().unwrap_or_default());
            group(&format!("'oneOf' failed, subschemas {}, {} matched", pair.0, pair.1), Vec::new())
        }
        ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let below = |name: &String| Problem::leaf(&[at, std::slice::from_ref(name)].concat(), "false schema");
            unexpected.iter().map(below).collect()
        }
        ValidationErrorKind::UnevaluatedItems { unexpected } => {
            // The validator names the items; they are the last ones, unless `contains` has taken some out.
            let count = step.error.instance().as_array().map_or(0, Vec::len);
            let below = |index: usize| Problem::leaf(&[at, &[index.to_string()]].concat(), "false schema");
            (count.saturating_sub(unexpected.len())..count).map(below).collect()
        }
        _ => vec![Problem::leaf(&step.at, words(step.error))],
    }
}

fn missing(error: &ValidationError<'_>) -> Option<String> {
    match error.kind() {
        ValidationErrorKind::Required { property } => Some(quoted(property.as_str().unwrap_or_default())),
        _ => None,
    }
}

/// The words for one error.
fn words(error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    let instance = error.instance();
    let length = |length: usize| count(length as u64);
    let bound = |name: &str, limit: &Json| {
        format!(
            "{name}: got {}, want {}",
            number(instance.as_f64().unwrap_or_default()),
            number(limit.as_f64().unwrap_or_default())
        )
    };
    let size = |name: &str, got: usize, want: u64| format!("{name}: got {}, want {}", length(got), count(want));
    let (items, members) =
        (instance.as_array().map_or(0, Vec::len), instance.as_object().map_or(0, serde_json::Map::len));
    let characters = instance.as_str().map_or(0, |text| text.chars().count());
    match error.kind() {
        Kind::FalseSchema => "false schema".to_owned(),
        Kind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or "),
            };
            format!("got {}, want {wanted}", type_name(instance))
        }
        Kind::Constant { expected_value } if is_simple(expected_value) => {
            format!("value must be {}", display(expected_value))
        }
        Kind::Constant { .. } => "'const' failed".to_owned(),
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            let shown: Vec<String> = options.iter().map(display).collect();
            match shown.as_slice() {
                _ if !options.iter().all(is_simple) => "'enum' failed".to_owned(),
                [only] => format!("value must be {only}"),
                all => format!("value must be one of {}", all.join(", ")),
            }
        }
        Kind::Minimum { limit } => bound("minimum", limit),
        Kind::Maximum { limit } => bound("maximum", limit),
        Kind::ExclusiveMinimum { limit } => bound("exclusiveMinimum", limit),
        Kind::ExclusiveMaximum { limit } => bound("exclusiveMaximum", limit),
        Kind::MultipleOf { multiple_of } => {
            format!("multipleOf: got {}, want {}", number(instance.as_f64().unwrap_or_default()), number(*multiple_of))
        }
        Kind::MinLength { limit } => size("minLength", characters, *limit),
        Kind::MaxLength { limit } => size("maxLength", characters, *limit),
        Kind::MinItems { limit } => size("minItems", items, *limit),
        Kind::MaxItems { limit } => size("maxItems", items, *limit),
        Kind::MinProperties { limit } => size("minProperties", members, *limit),
        Kind::MaxProperties { limit } => size("maxProperties", members, *limit),
        Kind::Pattern { pattern } => {
            format!("{} does not match pattern {}", quoted(instance.as_str().unwrap_or_default()), quoted(pattern))
        }
        Kind::AdditionalProperties { unexpected } => {
            let names: Vec<String> = unexpected.iter().map(|name| quoted(name)).collect();
            format!("additional properties {} not allowed", names.join(", "))
        }
        Kind::AdditionalItems { limit } => {
            format!("last {} additionalItem(s) not allowed", length(items.saturating_sub(*limit)))
        }
        Kind::UniqueItems => {
            let (first, second) = duplicates(instance).unwrap_or_default();
            format!("items at {} and {} are equal", length(first), length(second))
        }
        Kind::Not { .. } => "'not' failed".to_owned(),
        Kind::Contains => "no items match contains schema".to_owned(),
        Kind::Format { format } => {
            let reason = instance.as_str().and_then(|text| formats::reason(format, text));
            let reason = reason.map_or_else(String::new, |reason| format!(": {reason}"));
            format!("{} is not valid {format}{reason}", display(instance))
        }
        other => format!("{}: {error}", other.keyword()),
    }
}

/// The first item that is there before, with the place of that.
fn duplicates(instance: &Json) -> Option<(usize, usize)> {
    let items = instance.as_array()?;
    (1..items.len()).find_map(|second| {
        let first = items.iter().take(second).position(|item| items.get(second) == Some(item))?;
        Some((first, second))
    })
}

fn is_simple(value: &Json) -> bool {
    !value.is_array() && !value.is_object()
}

/// A value within a sentence, as Go prints it.
fn display(value: &Json) -> String {
    match value {
        Json::String(text) => quoted(text),
        Json::Null => "<nil>".to_owned(),
        Json::Array(_) | Json::Object(_) => "value".to_owned(),
        other => other.to_string(),
    }
}

/// Quotes as the library does: Go's escapes, but with `'` around.
fn quoted(text: &str) -> String {
    let text = quote_text(text.as_bytes());
    // The library replaces within the quoted text, its last quotation mark included.
    let text = text.replace("\\\"", "\"").replace('\'', "\\'");
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text);
    format!("'{inner}'")
}

/// A count in the English manner: `70,000`.
fn count(value: u64) -> String {
    grouped(&value.to_string())
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

/// A number in the English manner: `70,000.5`, `1.2×10⁰⁶`.
fn number(value: f64) -> String {
    let mut text = Vec::new();
    append_float(&mut text, value.abs(), FloatFormat::General, None);
    let text = String::from_utf8_lossy(&text).into_owned();
    let sign = if value < 0.0 { "-" } else { "" };
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

fn type_name(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
