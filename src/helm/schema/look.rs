//! What a schema asks of a value, in the order in which Helm's library tells it. What needs another schema becomes a [`Job`].

use super::error::Stop;
use super::frame::{Frame, Group, Job, Purpose, Token, Work};
use super::inside::{look_at_list, look_at_map, look_at_number, look_at_text};
use super::instance::{Instance, View, equal};
use super::machine::Machine;
use super::rules::{Id, Schema};
use super::words;

/// Looks with the schema of the last frame.
pub(super) fn begin<T: Instance>(machine: &mut Machine<'_, '_, T>) -> Result<(), Stop> {
    let Some(frame) = machine.frames.last() else { return Ok(()) };
    let (schema, value) = (frame.schema.rules(), frame.value);
    match schema.always {
        Some(true) => return Ok(()),
        Some(false) => return machine.find(|_| "false schema".to_owned(), Vec::new()),
        None => {}
    }
    if let Some((first, second)) = cycle(machine)? {
        let location = machine.frames.last().map_or_else(String::new, |frame| frame.schema.location());
        return machine.find(|_| words::cycle(&first, &second, &location), Vec::new());
    }
    // The first of these that fails is all that is said.
    if !type_fits(schema, &value) {
        return machine.find(|value| words::types(value, schema.types), Vec::new());
    }
    if let Some(want) = schema.constant.as_deref().filter(|want| !equal(value, want.view())) {
        return machine.find(|_| words::constant(want), Vec::new());
    }
    if let Some(options) = schema.options.as_deref().filter(|options| {
        !options.types.contains(value.types()) || !options.values.iter().any(|want| equal(value, want.view()))
    }) {
        return machine.find(|_| words::options(&options.values), Vec::new());
    }
    if let (Some(format), View::Text(text)) = (schema.format, value)
        && let Err(reason) = (format.check)(&text.lossy())
    {
        return machine.find(|value| words::format(value, format.name, &reason), Vec::new());
    }
    let from = machine.jobs.len();
    if let Some(id) = schema.reference {
        machine.jobs.push(Job::same(value, Purpose::Ref, id));
    }
    if schema.reference.is_none() || schema.draft >= super::draft::Draft::Year2019 {
        match (value, &schema.for_maps, &schema.for_lists) {
            (View::Map(map), Some(rules), _) => look_at_map(machine, rules, map)?,
            (View::List(items), _, Some(rules)) => look_at_list(machine, rules, items)?,
            (View::Text(text), ..) => {
                if let Some(rules) = &schema.for_texts {
                    look_at_text(machine, rules, text)?;
                }
            }
            (View::Number(number), ..) => {
                if let Some(rules) = &schema.for_numbers {
                    look_at_number(machine, rules, number)?;
                }
            }
            _ => {}
        }
        if machine.frames.last().is_some_and(|frame| frame.has_failed) {
            return Ok(());
        }
        add_others(machine, schema, value);
    }
    if let Some(jobs) = machine.jobs.get_mut(from..) {
        jobs.reverse();
    }
    Ok(())
}

fn type_fits<T>(schema: &Schema, value: &View<'_, T>) -> bool {
    schema.types.is_empty() || schema.types.fit(value)
}

/// Tells whether a value fits, where that needs no other schema; nothing where it does.
pub(super) fn at_once<T: Instance>(schema: &Schema, value: View<'_, T>) -> Result<Option<bool>, Stop> {
    if schema.always.is_some() {
        return Ok(schema.always);
    }
    if !type_fits(schema, &value) {
        return Ok(Some(false));
    }
    if schema.leads_on() || schema.constant.is_some() || schema.options.is_some() || schema.format.is_some() {
        return Ok(None);
    }
    Ok(match value {
        View::Map(_) if schema.for_maps.is_some() => None,
        View::List(_) if schema.for_lists.is_some() => None,
        View::Text(_) if schema.for_texts.is_some() => None,
        View::Number(_) if schema.for_numbers.is_some() => None,
        _ => Some(true),
    })
}

/// Finds out whether the schema of the last frame is already being looked with, at the same value: the two ways to it.
fn cycle<T: Instance>(machine: &mut Machine<'_, '_, T>) -> Result<Option<(String, String)>, Stop> {
    let Some((last, before)) = machine.frames.split_last() else { return Ok(None) };
    let before = before.get(last.scope_from..).unwrap_or_default();
    let same_value = before.iter().rev().take_while(|frame| frame.depth == last.depth);
    let passed = same_value.clone().count();
    let found = same_value.clone().position(|frame| frame.scope == last.scope);
    machine.charge(passed)?;
    let (Some(found), Some(last)) = (found, machine.frames.last()) else { return Ok(None) };
    if last.is_quiet {
        return Ok(Some(Default::default()));
    }
    let scope = &machine.frames[last.scope_from..];
    Ok(Some((way(scope), way(&scope[..scope.len() - 1 - found]))))
}

/// Returns the keywords that lead to the last of some frames.
fn way<T>(frames: &[Frame<'_, '_, T>]) -> String {
    let mut way = String::new();
    for pair in frames.windows(2) {
        if let Some(keyword) = pair[1].purpose.reference() {
            way.push('/');
            way.push_str(keyword);
        } else {
            let (outer, inner) = (pair[0].scope.location(), pair[1].scope.location());
            way.push_str(inner.get(outer.len()..).unwrap_or_default());
        }
    }
    way
}

/// Returns what is to be looked at in a value, where that is to be known.
pub(super) fn unevaluated_of<T>(schema: &Schema, value: View<'_, T>, wants_rest: bool) -> Option<Box<[bool]>> {
    let own = schema.unevaluated.as_deref();
    match value {
        View::Map(map) => {
            let wants = wants_rest || own.is_some_and(|own| own.properties.is_some());
            (wants && !schema.evaluates_all_properties()).then(|| vec![true; map.len()].into())
        }
        View::List(items) => {
            let wants = wants_rest || own.is_some_and(|own| own.items.is_some());
            let evaluated = schema.evaluated_items().filter(|evaluated| wants && *evaluated < items.len())?;
            Some((0..items.len()).map(|index| index >= evaluated).collect())
        }
        _ => None,
    }
}

/// Adds the jobs of keywords for all types.
fn add_others<'v, T: Instance>(machine: &mut Machine<'_, 'v, T>, schema: &Schema, value: View<'v, T>) {
    let jobs = &mut machine.jobs;
    let mut look = |purpose, id: Id| jobs.push(Job::same(value, purpose, id));
    if let Some(dynamic) = &schema.dynamic {
        dynamic.recursive.into_iter().for_each(|id| look(Purpose::RecursiveRef, id));
        dynamic.reference.iter().for_each(|reference| look(Purpose::DynamicRef, reference.target));
    }
    if let Some(logic) = &schema.logic {
        logic.not.into_iter().for_each(|id| look(Purpose::Not, id));
        for (ids, group) in
            [(&logic.all_of, Group::AllOf), (&logic.any_of, Group::AnyOf), (&logic.one_of, Group::OneOf)]
        {
            for (index, &id) in ids.iter().enumerate() {
                let purpose = match group {
                    Group::AllOf => Purpose::AllOf,
                    Group::AnyOf => Purpose::AnyOf,
                    _ => Purpose::OneOf(index),
                };
                jobs.push(Job::same(value, purpose, id));
            }
            if !ids.is_empty() {
                jobs.push(Job::other(value, Work::End(group)));
            }
        }
        jobs.extend(logic.condition.map(|id| Job::same(value, Purpose::If, id)));
    }
    if schema.unevaluated.is_some() {
        jobs.push(Job::other(value, Work::Unevaluated));
    }
}

/// Looks at what nobody has looked at.
pub(super) fn unevaluated<'v, T: Instance>(machine: &mut Machine<'_, 'v, T>) -> Result<(), Stop> {
    let Some(frame) = machine.frames.last_mut() else { return Ok(()) };
    let Some(rules) = frame.schema.rules().unevaluated.as_deref() else { return Ok(()) };
    let value = frame.value;
    let asks =
        matches!((value, rules.properties, rules.items), (View::Map(_), Some(_), _) | (View::List(_), _, Some(_)));
    let Some(left) = frame.unevaluated.take_if(|_| asks) else { return Ok(()) };
    let from = machine.jobs.len();
    let mut look = |id, (entry, token): (&'v T, Token<'v>), is_left: bool| {
        if is_left {
            machine.jobs.push(Job::inside(entry.view(), token, Purpose::Add, id));
        }
    };
    match (value, rules.properties, rules.items) {
        (View::Map(map), Some(id), _) => {
            let entries = map.iter().map(|(name, entry)| (entry, Token::Name(name)));
            entries.zip(left).for_each(|(entry, is_left)| look(id, entry, is_left));
        }
        (View::List(items), _, Some(id)) => {
            let items = items.iter().enumerate().map(|(index, item)| (item, Token::Index(index)));
            items.zip(left).for_each(|(item, is_left)| look(id, item, is_left));
        }
        _ => {}
    }
    if let Some(jobs) = machine.jobs.get_mut(from..) {
        jobs.reverse();
    }
    Ok(())
}
