//! What to say of values that break a schema: where each is set and to what, and what the schema allows there.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Explanation;
use super::known::{Known, Owner};
use super::spot::{self, Spot, subchart};
use crate::helm::chart::Chart;

/// Of more problems only so many are explained; the report has them all.
const MOST: usize = 3;

/// A line of Helm's report.
struct Problem<'r> {
    /// The chart whose schema it is.
    chart: &'r str,
    path: Vec<String>,
    text: &'r str,
}

/// Explains Helm's report.
pub(super) fn explain(report: &str, known: &Known<'_>) -> Option<Explanation> {
    let problems = problems(report);
    let first = problems.first()?;
    let mut spot = None;
    let mut hints: Vec<String> = Vec::new();
    for problem in problems.iter().take(MOST) {
        let owner = owner(known.chart, problem.chart)?;
        let path: Vec<&str> = problem.path.iter().map(String::as_str).collect();
        let unknown = unknown_key(problem.text);
        let meant: Vec<&str> = path.iter().copied().chain(unknown).collect();
        if spot.is_none() && !meant.is_empty() && !known.is_nil(&owner, &meant) {
            spot = known.origin(&owner, &meant.join(".")).and_then(|origin| spot::of_key(&origin));
        }
        if let Some(hint) = hint(problem, &owner, &path, known).filter(|hint| !hints.contains(hint)) {
            hints.push(hint);
        }
    }
    let owner = owner(known.chart, first.chart)?;
    let folder: String = owner.keys.iter().map(|key| format!("/charts/{key}")).collect();
    let file = format!("{}{folder}/values.schema.json", known.chart.name().lossy());
    let (message, spot) = match spot {
        Some(spot) => (format!("this does not fit {file}"), spot),
        None => ("the values do not fit this schema".to_owned(), Spot { file, ..Spot::default() }),
    };
    let hint = (!hints.is_empty()).then(|| hints.join("; "));
    Some(Explanation { message, spot, chain: Vec::new(), hint })
}

/// Reads the lines of a report that say what is wrong; those above others only group them.
fn problems(report: &str) -> Vec<Problem<'_>> {
    let mut found = Vec::new();
    let mut chart = "";
    for line in report.lines() {
        if let Some((pointer, text)) = line.trim_start().strip_prefix("- at '").and_then(|rest| rest.split_once("': "))
        {
            let path = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
            if !text.ends_with(" failed") {
                found.push(Problem { chart, path, text });
            }
        } else if let Some(name) = line.strip_suffix(':') {
            chart = name;
        }
    }
    found
}

/// Finds a chart by the name with which the report begins.
fn owner<'a>(root: &'a Arc<Chart>, name: &str) -> Option<Owner<'a>> {
    let mut pending = vec![Owner { chart: root, keys: Vec::new() }];
    while let Some(owner) = pending.pop() {
        if owner.keys.last().map_or(*owner.chart.name() == *name, |key| *key == name) {
            return Some(owner);
        }
        let aliases = owner.chart.metadata.dependencies().filter_map(|found| found.alias.as_utf8());
        let names = owner.chart.subcharts.iter().filter_map(|chart| chart.name().as_utf8());
        for key in names.chain(aliases).filter(|key| !key.is_empty()) {
            if let Some(chart) = subchart(owner.chart, key) {
                pending.push(Owner { chart, keys: owner.keys.iter().copied().chain([key]).collect() });
            }
        }
    }
    None
}

fn hint(problem: &Problem<'_>, owner: &Owner<'_>, path: &[&str], known: &Known<'_>) -> Option<String> {
    let whole = |path: &[&str]| owner.keys.iter().chain(path).copied().collect::<Vec<_>>().join(".");
    let schema = || serde_json::from_slice::<Json>(owner.chart.schema.as_ref()?).ok();
    let allowed = |path: &[&str]| allowed(below(&schema()?, path)?);
    if let Some(name) = problem.text.strip_prefix("missing property '").and_then(|rest| rest.strip_suffix('\'')) {
        let path: Vec<&str> = path.iter().copied().chain([name]).collect();
        let allowed = allowed(&path).map(|allowed| format!(" to {allowed}")).unwrap_or_default();
        return Some(format!("set `{}` in a values file{allowed}", whole(&path)));
    }
    if let Some(name) = unknown_key(problem.text) {
        let meant: Vec<&str> = path.iter().copied().chain([name]).collect();
        let place = known.origin(owner, &meant.join(".")).map(|origin| format!(", set in {}", known.words(&origin)));
        let near = schema().and_then(|schema| {
            let keys = below(&schema, path)?.get("properties")?.as_object()?.keys().map(String::as_str);
            crate::helm::nearest(name, keys).map(|near| format!("is `{near}` meant?"))
        });
        let near = near.unwrap_or_else(|| "is it misspelt, or one level too high?".to_owned());
        return Some(format!("the schema does not know `{}`{}: {near}", whole(&meant), place.unwrap_or_default()));
    }
    if path.is_empty() {
        return None;
    }
    let text = problem.text;
    let cure = if text.contains("got string, want integer") || text.contains("got string, want number") {
        "; a number has no quotes, and is set by `--set`, not `--set-string`"
    } else if text.ends_with("want string") && !text.contains("got null") {
        "; a text of digits needs quotes, or `--set-string`"
    } else {
        ""
    };
    let allowed = allowed(path).map(|allowed| format!("; the schema wants {allowed}")).unwrap_or_default();
    Some(format!("{}{allowed}{cure}", known.describe(owner, path)))
}

/// Returns the first key of those that the schema does not know.
fn unknown_key(text: &str) -> Option<&str> {
    Some(text.strip_prefix("additional properties '")?.split_once('\'')?.0)
}

/// Follows a path of values into a schema, through references within it.
fn below<'s>(root: &'s Json, path: &[&str]) -> Option<&'s Json> {
    let mut at = referred(root, root)?;
    for key in path {
        let next = at
            .get("properties")
            .and_then(|properties| properties.get(key))
            .or_else(|| at.get("items").filter(|_| key.parse::<usize>().is_ok()))
            .or_else(|| at.get("additionalProperties").filter(|schema| schema.is_object()))?;
        at = referred(root, next)?;
    }
    Some(at)
}

fn referred<'s>(root: &'s Json, mut schema: &'s Json) -> Option<&'s Json> {
    // More in a row are a circle.
    for _ in 0..16 {
        let Some(pointer) = schema.get("$ref").and_then(Json::as_str) else { return Some(schema) };
        schema = root.pointer(pointer.strip_prefix('#')?)?;
    }
    None
}

/// Says what a schema allows.
fn allowed(schema: &Json) -> Option<String> {
    if let Some(values) = schema.get("enum").and_then(Json::as_array) {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        return Some(format!("one of {}", values.join(", ")));
    }
    if let Some(value) = schema.get("const") {
        return Some(value.to_string());
    }
    let types: Vec<&str> = match schema.get("type")? {
        Json::String(name) => vec![name],
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => return None,
    };
    let names: Vec<&str> = types
        .into_iter()
        .map(|name| match name {
            "string" => "a string",
            "integer" => "an integer",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "a list",
            "object" => "a map",
            other => other,
        })
        .collect();
    let mut words = names.join(" or ");
    for (keyword, says) in
        [("pattern", "that matches"), ("minimum", "of at least"), ("maximum", "of at most"), ("format", "that is a")]
    {
        if let Some(value) = schema.get(keyword) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            words = format!("{words} {says} {value}");
        }
    }
    Some(words)
}
