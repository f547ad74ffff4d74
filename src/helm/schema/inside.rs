//! What a schema asks of a map, a list, a text, a number.

use std::cmp::Ordering;

use super::error::Stop;
use super::frame::{Group, Job, Purpose, Token, Work};
use super::instance::{Instance, Number, View, duplicates};
use super::machine::Machine;
use super::problem::ProblemId;
use super::rules::{Additional, Dependency, ListRules, MapRules, NumberRules, TextRules, exact};
use super::words;
use crate::helm::go::utf8;
use crate::yaml::{Str, StrMap};

/// Something is wrong, and is told between what other schemas say.
fn tell<T: Instance>(machine: &mut Machine<'_, '_, T>, text: impl FnOnce() -> String) -> Result<(), Stop> {
    match machine.problem(|_| text(), Vec::new())? {
        Some(problem) => {
            let Some(frame) = machine.frames.last() else { return Ok(()) };
            let job = Job::other(frame.value, Work::Problem(problem));
            machine.jobs.push(job);
        }
        None => machine.blame(None),
    }
    Ok(())
}

fn tell_size<T: Instance>(
    machine: &mut Machine<'_, '_, T>,
    got: usize,
    least: (&str, Option<i64>),
    most: (&str, Option<i64>),
) -> Result<(), Stop> {
    if let Some(want) = least.1.filter(|want| (got as i64) < *want) {
        tell(machine, || words::size(least.0, got, want))?;
    }
    if let Some(want) = most.1.filter(|want| got as i64 > *want) {
        tell(machine, || words::size(most.0, got, want))?;
    }
    Ok(())
}

pub(super) fn look_at_map<'v, T: Instance>(
    machine: &mut Machine<'_, 'v, T>,
    rules: &MapRules,
    map: &'v StrMap<T>,
) -> Result<(), Stop> {
    machine.charge(map.len() * (1 + rules.patterns.len()) + rules.required.len() + rules.dependencies.len())?;
    tell_size(machine, map.len(), ("minProperties", rules.least), ("maxProperties", rules.most))?;
    let missing: Vec<&Str> = missing(&rules.required, map).collect();
    if !missing.is_empty() {
        tell(machine, || words::required(&missing))?;
    }
    let value = View::Map(map);
    for (name, dependency) in rules.dependencies.iter().filter(|(name, _)| map.contains_key(name)) {
        match dependency {
            Dependency::Schema(id) => machine.jobs.push(Job::same(value, Purpose::Add, *id)),
            Dependency::Names(names) => tell_dependency(machine, name, names, map)?,
        }
    }
    look_at_entries(machine, rules, map)?;
    if let Some(id) = rules.names {
        let of_name = |name| Job::inside(View::Text(name), Token::None, Purpose::Name(name), id);
        machine.jobs.extend(map.keys().map(of_name));
    }
    let schemas = rules.dependent_schemas.iter().filter(|(name, _)| map.contains_key(name));
    machine.jobs.extend(schemas.map(|(_, id)| Job::same(value, Purpose::Add, *id)));
    for (name, names) in rules.dependent_names.iter().filter(|(name, _)| map.contains_key(name)) {
        tell_dependency(machine, name, names, map)?;
    }
    Ok(())
}

fn missing<'r, T>(names: &'r [Str], map: &StrMap<T>) -> impl Iterator<Item = &'r Str> {
    names.iter().filter(|name| !map.contains_key(name))
}

fn tell_dependency<T: Instance>(
    machine: &mut Machine<'_, '_, T>,
    name: &Str,
    names: &[Str],
    map: &StrMap<T>,
) -> Result<(), Stop> {
    let missing: Vec<&Str> = missing(names, map).collect();
    if missing.is_empty() { Ok(()) } else { tell(machine, || words::dependency(name, &missing)) }
}

fn look_at_entries<'v, T: Instance>(
    machine: &mut Machine<'_, 'v, T>,
    rules: &MapRules,
    map: &'v StrMap<T>,
) -> Result<(), Stop> {
    if rules.properties.is_empty() && rules.patterns.is_empty() && rules.additional == Additional::Unsaid {
        return Ok(());
    }
    let mut additional: Vec<&Str> = Vec::new();
    for (index, (name, entry)) in map.iter().enumerate() {
        let from = machine.jobs.len();
        let value = entry.view();
        let look = |id| Job::inside(value, Token::Name(name), Purpose::Add, id);
        machine.jobs.extend(rules.properties.get(name).copied().map(look));
        for (pattern, id) in &rules.patterns {
            if pattern.matches(name)? {
                machine.jobs.push(look(*id));
            }
        }
        if machine.jobs.len() == from {
            match rules.additional {
                Additional::Unsaid => continue,
                Additional::Allowed => {}
                Additional::Refused => additional.push(name),
                Additional::Schema(id) => machine.jobs.push(look(id)),
            }
        }
        if let Some(frame) = machine.frames.last_mut() {
            frame.evaluate(index);
        }
    }
    if additional.is_empty() { Ok(()) } else { tell(machine, || words::additional_properties(&additional)) }
}

pub(super) fn look_at_list<'v, T: Instance>(
    machine: &mut Machine<'_, 'v, T>,
    rules: &ListRules,
    items: &'v [T],
) -> Result<(), Stop> {
    machine.charge(items.len())?;
    tell_size(machine, items.len(), ("minItems", rules.least), ("maxItems", rules.most))?;
    if rules.unique
        && let Some((first, second)) = duplicates(items)
    {
        tell(machine, || words::duplicates(first, second))?;
    }
    let value = View::List(items);
    let look = |(index, item): (usize, &'v T), id| Job::inside(item.view(), Token::Index(index), Purpose::Add, id);
    if let Some(id) = rules.each {
        machine.jobs.extend(items.iter().enumerate().map(|item| look(item, id)));
    }
    let (first, rest) = items.split_at(rules.first.len().min(items.len()));
    machine.jobs.extend(first.iter().enumerate().zip(&rules.first).map(|(item, id)| look(item, *id)));
    match rules.rest {
        Additional::Refused if !rest.is_empty() => tell(machine, || words::additional_items(rest.len()))?,
        // The library counts them from 0 again.
        Additional::Schema(id) => machine.jobs.extend(rest.iter().enumerate().map(|item| look(item, id))),
        _ => {}
    }
    if let Some(contains) = &rules.contains {
        let look = |(index, item): (usize, &'v T)| {
            Job::inside(item.view(), Token::Index(index), Purpose::Contains(index), contains.schema)
        };
        machine.jobs.extend(items.iter().enumerate().map(look));
        machine.jobs.push(Job::other(value, Work::End(Group::Contains)));
    }
    Ok(())
}

/// Says what is wrong with the items that `contains` asks for.
pub(super) fn contained<T: Instance>(
    machine: &mut Machine<'_, '_, T>,
    held: Vec<ProblemId>,
    matched: &[usize],
) -> Result<(), Stop> {
    let Some(frame) = machine.frames.last() else { return Ok(()) };
    let rules = frame.schema.rules();
    let Some(contains) = rules.for_lists.as_ref().and_then(|rules| rules.contains.as_ref()) else { return Ok(()) };
    match contains.least {
        Some(want) if (matched.len() as i64) < want => {
            machine.find(|_| words::too_few_contained(matched, want), held)?;
        }
        None if matched.is_empty() => machine.find(|_| "no items match contains schema".to_owned(), held)?,
        _ => {}
    }
    match contains.most {
        Some(want) if matched.len() as i64 > want => {
            machine.find(|_| words::too_many_contained(matched, want), Vec::new())
        }
        _ => Ok(()),
    }
}

pub(super) fn look_at_text<T: Instance>(
    machine: &mut Machine<'_, '_, T>,
    rules: &TextRules,
    text: &Str,
) -> Result<(), Stop> {
    if rules.least.is_some() || rules.most.is_some() {
        let length = utf8::runes(text).count();
        tell_size(machine, length, ("minLength", rules.least), ("maxLength", rules.most))?;
    }
    if let Some(pattern) = &rules.pattern {
        machine.charge(text.len() / 64)?;
        if !pattern.matches(text)? {
            tell(machine, || words::pattern(text, &pattern.text))?;
        }
    }
    Ok(())
}

pub(super) fn look_at_number<T: Instance>(
    machine: &mut Machine<'_, '_, T>,
    rules: &NumberRules,
    number: Number<'_>,
) -> Result<(), Stop> {
    let bounds = [
        ("minimum", &rules.minimum, [Ordering::Less, Ordering::Less]),
        ("maximum", &rules.maximum, [Ordering::Greater, Ordering::Greater]),
        ("exclusiveMinimum", &rules.above, [Ordering::Less, Ordering::Equal]),
        ("exclusiveMaximum", &rules.below, [Ordering::Greater, Ordering::Equal]),
    ];
    for (keyword, bound, wrong) in bounds {
        if let Some(bound) = bound
            && wrong.contains(&bound.compare(number)?)
        {
            tell(machine, || words::bound(keyword, words::shown(number), bound.exact.to_f64()))?;
        }
    }
    if let Some(want) = &rules.multiple_of {
        // Long division.
        machine.charge(want.size() / 8 * (want.size() / 64 + 1))?;
        if !exact(number)?.is_multiple_of(want) {
            tell(machine, || words::bound("multipleOf", words::shown(number), want.to_f64()))?;
        }
    }
    Ok(())
}
