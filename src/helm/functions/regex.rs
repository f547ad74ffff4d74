//! sprig's functions on regular expressions, in Go's syntax.

use super::{Context, Failure, Function, Param, TEXT, arguments};
use crate::helm::go::regex::{self, Error, Regex};
use crate::helm::value::{List, ListType, Value};

const PATTERN_TEXT: &[Param] = &[Param::Str, Param::Str];
const PATTERN_TEXT_COUNT: &[Param] = &[Param::Str, Param::Str, Param::Int];
const PATTERN_TEXT_NEW: &[Param] = &[Param::Str, Param::Str, Param::Str];

/// The functions of this family; the plain ones panic with another text than what the `must` ones return.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "mustRegexFind",
        params: PATTERN_TEXT,
        variadic: None,
        body: |context, arguments| find(context, arguments, true),
    },
    Function {
        name: "mustRegexFindAll",
        params: PATTERN_TEXT_COUNT,
        variadic: None,
        body: |context, arguments| find_all(context, arguments, true),
    },
    Function { name: "mustRegexMatch", params: PATTERN_TEXT, variadic: None, body: must_match },
    Function {
        name: "mustRegexReplaceAll",
        params: PATTERN_TEXT_NEW,
        variadic: None,
        body: |context, arguments| replace(context, arguments, true, false),
    },
    Function {
        name: "mustRegexReplaceAllLiteral",
        params: PATTERN_TEXT_NEW,
        variadic: None,
        body: |context, arguments| replace(context, arguments, true, true),
    },
    Function {
        name: "mustRegexSplit",
        params: PATTERN_TEXT_COUNT,
        variadic: None,
        body: |context, arguments| split(context, arguments, true),
    },
    Function {
        name: "regexFind",
        params: PATTERN_TEXT,
        variadic: None,
        body: |context, arguments| find(context, arguments, false),
    },
    Function {
        name: "regexFindAll",
        params: PATTERN_TEXT_COUNT,
        variadic: None,
        body: |context, arguments| find_all(context, arguments, false),
    },
    Function { name: "regexMatch", params: PATTERN_TEXT, variadic: None, body: matches },
    Function { name: "regexQuoteMeta", params: &[Param::Str], variadic: None, body: quote_meta },
    Function {
        name: "regexReplaceAll",
        params: PATTERN_TEXT_NEW,
        variadic: None,
        body: |context, arguments| replace(context, arguments, false, false),
    },
    Function {
        name: "regexReplaceAllLiteral",
        params: PATTERN_TEXT_NEW,
        variadic: None,
        body: |context, arguments| replace(context, arguments, false, true),
    },
    Function {
        name: "regexSplit",
        params: PATTERN_TEXT_COUNT,
        variadic: None,
        body: |context, arguments| split(context, arguments, false),
    },
];

/// Compiles the first argument, and counts its length and that of the text.
fn compile(context: &mut dyn Context, arguments: &[Value], must: bool) -> Result<std::rc::Rc<Regex>, Failure> {
    let pattern = arguments::text(arguments, 0)?;
    let text = arguments::text(arguments, 1)?;
    context.spend(pattern.len() + text.len())?;
    let regex = Regex::cached(pattern, text).map_err(|error| match error {
        Error::TooLarge => Failure::Limit(error.to_string()),
        Error::Syntax { .. } if must => Failure::Error(error.to_string()),
        Error::Syntax { .. } => Failure::Error(error.panic_message(pattern)),
    })?;
    // Counted on every call, so that a limit does not depend on what a thread compiled before.
    context.spend(regex.size() / 64)?;
    context.spend(cost(&regex, text.len()))?;
    Ok(regex)
}

/// Returns the cost of a search in a text: matching is fast, but a hostile pattern looks at all of it every time, with all
/// of its program.
fn cost(regex: &Regex, length: usize) -> usize {
    1 + length / 256 + length.saturating_mul(regex.size() >> 10) / 1024
}

fn matches(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    // sprig drops the error here, and only here.
    match compile(context, arguments, true) {
        Ok(regex) => Ok(Value::Bool(regex.is_match(arguments::text(arguments, 1)?))),
        Err(Failure::Error(_)) => Ok(Value::Bool(false)),
        Err(other) => Err(other),
    }
}

fn must_match(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let regex = compile(context, arguments, true)?;
    Ok(Value::Bool(regex.is_match(arguments::text(arguments, 1)?)))
}

fn find(context: &mut dyn Context, arguments: &[Value], must: bool) -> Result<Value, Failure> {
    let regex = compile(context, arguments, must)?;
    Ok(Value::str(regex.find(arguments::text(arguments, 1)?).unwrap_or_default()))
}

fn find_all(context: &mut dyn Context, arguments: &[Value], must: bool) -> Result<Value, Failure> {
    let regex = compile(context, arguments, must)?;
    let limit = usize::try_from(arguments::int(arguments, 2)?).unwrap_or(usize::MAX);
    let subject = regex::Subject::new(arguments::text(arguments, 1)?);
    let found = regex.find_all(subject.text(), limit, |length| context.spend(cost(&regex, length) + TEXT))?;
    if found.is_empty() {
        return Ok(Value::List(List::nil(ListType::Strings)));
    }
    Ok(Value::strings(found.into_iter().map(|(start, end)| subject.part(start, end))))
}

fn replace(context: &mut dyn Context, arguments: &[Value], must: bool, literally: bool) -> Result<Value, Failure> {
    let regex = compile(context, arguments, must)?;
    let (text, new) = (arguments::text(arguments, 1)?, arguments::text(arguments, 2)?);
    let replaced = regex.replace_all(text, new, literally, |work| match work {
        regex::Work::Search(length) => context.spend(cost(&regex, length)),
        regex::Work::Output(length) => context.spend(length),
    })?;
    Ok(Value::str(replaced))
}

fn split(context: &mut dyn Context, arguments: &[Value], must: bool) -> Result<Value, Failure> {
    let regex = compile(context, arguments, must)?;
    let (text, limit) = (arguments::text(arguments, 1)?, arguments::int(arguments, 2)?);
    let parts = regex.split(text, limit, |length| context.spend(cost(&regex, length) + TEXT))?;
    Ok(match parts {
        None => Value::List(List::nil(ListType::Strings)),
        Some(parts) => Value::strings(parts),
    })
}

fn quote_meta(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(regex::quote_meta(arguments::text(arguments, 0)?)))
}
