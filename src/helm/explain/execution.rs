//! What to say of a template that ran into an error: which values it is about, by what its message, its expressions, its
//! variables and the conditions around it name.

use super::LONGEST_TRACE;
use super::blocks::{self, Block};
use super::known::{Known, Owner};
use super::paths;
use super::spot::{Spot, file_text};
use crate::helm::template::Place;

/// Of more values only so many are described.
const MOST: usize = 3;

/// Finds a hint. `spots` are the places of the trace, the innermost first.
pub(super) fn hint(message: &str, trace: &[Place], spots: &[Spot], known: &Known<'_>) -> Option<String> {
    let is_of_the_chart = trace.last().is_some_and(|place| says_its_own(&place.node));
    let by_message = || is_of_the_chart.then(|| in_message(message, trace, known)).flatten();
    // What is nil in the innermost expression says most; that a value is there says least.
    let (nil, set) = in_expressions(trace, known);
    by_message()
        .or(nil)
        .or_else(|| in_variables(trace, spots, known))
        .or_else(|| is_of_the_chart.then(|| in_conditions(spots, known)).flatten())
        .or(set)
        .or_else(|| in_dot(message, spots, known))
        .or_else(|| in_action(spots, known))
}

/// Tells whether an expression gives an error that the author of the chart has written.
fn says_its_own(node: &str) -> bool {
    let mut words = node.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|'));
    words.any(|word| matches!(word, "fail" | "required"))
}

fn in_message(message: &str, trace: &[Place], known: &Known<'_>) -> Option<String> {
    let owners = known.owners(trace);
    let mut found: Vec<String> = Vec::new();
    for path in paths::in_message(message) {
        // Where a chart has something by that name it is what the message means.
        let has = |owner: &&Owner<'_>| known.values_of(owner).get(path[0]).is_some();
        let Some(owner) = owners.iter().find(has) else { continue };
        let hint = known.describe_wanted(owner, &path);
        if !found.contains(&hint) {
            found.push(hint);
        }
    }
    found.truncate(MOST);
    (!found.is_empty()).then(|| found.join("; "))
}

/// Says of the innermost path that is nil what is known, and of the innermost that is set.
fn in_expressions(trace: &[Place], known: &Known<'_>) -> (Option<String>, Option<String>) {
    let mut set = None;
    for place in trace.iter().rev().take(LONGEST_TRACE) {
        let Some(owner) = known.owner(&place.file) else { continue };
        for path in paths::in_expression(&place.node) {
            let described = || known.describe(&owner, &path);
            if known.is_nil(&owner, &path) {
                return (Some(described()), set);
            }
            set = set.or_else(|| Some(described()));
        }
    }
    (None, set)
}

/// Says what the variables in the innermost expression were made of.
fn in_variables(trace: &[Place], spots: &[Spot], known: &Known<'_>) -> Option<String> {
    let (place, spot) = (trace.last()?, spots.first()?);
    if spot.is_in_tpl {
        return None;
    }
    let owner = known.owner(&place.file)?;
    let text = file_text(known.chart, &spot.file)?;
    let mut hints = Vec::new();
    for variable in paths::variables_in(&place.node) {
        let Some((line, value)) = blocks::assigned(&text, spot.start, variable) else { continue };
        for path in paths::in_expression(value) {
            hints.push(format!("`{variable}` comes from line {line}: {}", known.describe(&owner, &path)));
        }
    }
    hints.truncate(MOST);
    (!hints.is_empty()).then(|| hints.join("; "))
}

/// Says of an error that the chart gives by itself under which conditions it does.
fn in_conditions(spots: &[Spot], known: &Known<'_>) -> Option<String> {
    let spot = spots.iter().find(|spot| !spot.is_in_tpl)?;
    let text = file_text(known.chart, &spot.file)?;
    let owner = known.owner(&spot.file)?;
    let mut hints: Vec<String> = Vec::new();
    for block in blocks::around(&text, spot.start).iter().rev().filter(|block| block.keyword == "if") {
        for condition in &block.conditions {
            if let Some(version) = asked_version(condition) {
                hints.push(format!(
                    "line {} asks for `{version}`: `--api-versions`, or `apiVersions` in environment.yaml, says that the cluster has it",
                    block.line
                ));
            }
            for path in paths::in_expression(condition) {
                hints.push(format!("line {} asks `{condition}`: {}", block.line, known.describe(&owner, &path)));
            }
        }
    }
    hints.dedup();
    hints.truncate(MOST);
    (!hints.is_empty()).then(|| hints.join("; "))
}

/// Returns what a condition asks of the cluster.
fn asked_version(condition: &str) -> Option<&str> {
    let (_, rest) = condition.split_once(".APIVersions.Has")?;
    Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0)
}

/// Says of the paths in the same action what is known, where the expression at fault names none, as the end of a pipeline.
fn in_action(spots: &[Spot], known: &Known<'_>) -> Option<String> {
    let spot = spots.first().filter(|spot| !spot.is_in_tpl)?;
    let (before, after) = spot.text.split_at_checked(spot.column)?;
    let start = before.rfind("{{")?;
    let end = after.find("}}").map_or(spot.text.len(), |end| spot.column + end);
    let owner = known.owner(&spot.file)?;
    let paths = paths::in_expression(spot.text.get(start..end)?).into_iter().take(MOST);
    let hints: Vec<String> = paths.map(|path| known.describe(&owner, &path)).collect();
    (!hints.is_empty()).then(|| hints.join("; "))
}

/// Says what the dot is where a field of it is nil.
fn in_dot(message: &str, spots: &[Spot], known: &Known<'_>) -> Option<String> {
    let spot = spots.first().filter(|spot| !spot.is_in_tpl && spot.node.starts_with('.'))?;
    if !message.starts_with("nil pointer evaluating") {
        return None;
    }
    let text = file_text(known.chart, &spot.file)?;
    let blocks = blocks::around(&text, spot.start);
    let block = blocks.iter().rev().find(|block| matches!(block.keyword, "with" | "range"))?;
    let Block { keyword, conditions, line } = block;
    let condition = conditions.last()?;
    let hint = format!("`.` is what line {line} gives it: `{keyword} {condition}`");
    let owner = known.owner(&spot.file)?;
    let path = paths::in_expression(condition).into_iter().next();
    Some(path.map_or_else(|| hint.clone(), |path| format!("{hint}; {}", known.describe(&owner, &path))))
}
