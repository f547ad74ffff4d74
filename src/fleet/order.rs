//! The order of environments: each after the one it promotes from.

use std::collections::BTreeSet;

use super::Environment;
use super::decode::suggestion;
use super::diagnostic::{Diagnostic, Severity};

/// Sorts environments so that each comes after the one it promotes from, by name where that leaves a choice.
///
/// # Errors
/// An unknown environment, or a circle.
pub(super) fn order(mut environments: Vec<Environment>) -> Result<Vec<Environment>, Vec<Diagnostic>> {
    let problems = unknown(&environments);
    if !problems.is_empty() {
        return Err(problems);
    }
    environments.sort_by(|left, right| left.name.cmp(&right.name));
    let mut placed = BTreeSet::new();
    let mut ordered = Vec::new();
    while !environments.is_empty() {
        let ready = environments.iter().position(|environment| {
            environment.file.promotes_from.as_ref().is_none_or(|previous| placed.contains(previous))
        });
        let Some(index) = ready else { return Err(environments.iter().map(circle).collect()) };
        let environment = environments.remove(index);
        placed.insert(environment.name.clone());
        ordered.push(environment);
    }
    Ok(ordered)
}

fn unknown(environments: &[Environment]) -> Vec<Diagnostic> {
    let names: Vec<&str> = environments.iter().map(|environment| environment.name.as_str()).collect();
    let mut problems = Vec::new();
    for environment in environments {
        let Some(previous) = &environment.file.promotes_from else { continue };
        if !names.contains(&previous.as_str()) {
            let others: Vec<&str> = names.iter().copied().filter(|name| *name != environment.name.as_str()).collect();
            let span = environment.source.span(&["promotesFrom"]);
            let message = format!("there is no environment `{previous}`");
            let problem = environment.source.diagnostic(Severity::Error, "unknown-environment", span, message);
            problems.push(if others.is_empty() {
                problem
            } else {
                problem.with_hint(suggestion(previous.as_str(), &others))
            });
        }
    }
    problems
}

fn circle(environment: &Environment) -> Diagnostic {
    let span = environment.source.span(&["promotesFrom"]);
    let message = format!("the environment `{}` promotes from itself, in a circle", environment.name);
    environment.source.diagnostic(Severity::Error, "promotion-circle", span, message)
}
