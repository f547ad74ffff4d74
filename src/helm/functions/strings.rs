//! sprig's functions on texts: cutting, trimming, padding, joining, quoting. Those that look at words are in `words`.

use memchr::memmem;

use super::{Context, ELEMENT, Failure, Function, Param, TEXT, arguments, convert};
use crate::helm::go::{quote as literal, unicode, utf8};
use crate::helm::value::{ListType, Map, MapType, Value};
use crate::yaml::Str;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "cat", params: &[], variadic: Some(Param::Any), body: cat },
    Function { name: "contains", params: &[Param::Str, Param::Str], variadic: None, body: contains },
    Function { name: "hasPrefix", params: &[Param::Str, Param::Str], variadic: None, body: has_prefix },
    Function { name: "hasSuffix", params: &[Param::Str, Param::Str], variadic: None, body: has_suffix },
    Function { name: "hello", params: &[], variadic: None, body: hello },
    Function { name: "indent", params: &[Param::Int, Param::Str], variadic: None, body: indent },
    Function { name: "join", params: &[Param::Str, Param::Any], variadic: None, body: join },
    Function { name: "lower", params: &[Param::Str], variadic: None, body: lower },
    Function { name: "nindent", params: &[Param::Int, Param::Str], variadic: None, body: nindent },
    Function { name: "plural", params: &[Param::Str, Param::Str, Param::Int], variadic: None, body: plural },
    Function { name: "quote", params: &[], variadic: Some(Param::Any), body: quote },
    Function { name: "repeat", params: &[Param::Int, Param::Str], variadic: None, body: repeat },
    Function { name: "replace", params: &[Param::Str, Param::Str, Param::Str], variadic: None, body: replace },
    Function { name: "sortAlpha", params: &[Param::Any], variadic: None, body: sort_alpha },
    Function { name: "split", params: &[Param::Str, Param::Str], variadic: None, body: split },
    Function { name: "splitList", params: &[Param::Str, Param::Str], variadic: None, body: split_list },
    Function { name: "splitn", params: &[Param::Str, Param::Int, Param::Str], variadic: None, body: splitn },
    Function { name: "squote", params: &[], variadic: Some(Param::Any), body: squote },
    Function { name: "substr", params: &[Param::Int, Param::Int, Param::Str], variadic: None, body: substr },
    Function { name: "toString", params: &[Param::Any], variadic: None, body: to_string },
    Function { name: "toStrings", params: &[Param::Any], variadic: None, body: to_strings },
    Function { name: "trim", params: &[Param::Str], variadic: None, body: trim },
    Function { name: "trimAll", params: &[Param::Str, Param::Str], variadic: None, body: trim_all },
    Function { name: "trimPrefix", params: &[Param::Str, Param::Str], variadic: None, body: trim_prefix },
    Function { name: "trimSuffix", params: &[Param::Str, Param::Str], variadic: None, body: trim_suffix },
    Function { name: "trimall", params: &[Param::Str, Param::Str], variadic: None, body: trim_all },
    Function { name: "trunc", params: &[Param::Int, Param::Str], variadic: None, body: trunc },
    Function { name: "upper", params: &[Param::Str], variadic: None, body: upper },
];

/// Returns a part of an argument, which is shared where the part is the whole.
fn part(arguments: &[Value], index: usize, part: &[u8]) -> Value {
    match arguments.get(index) {
        Some(whole @ Value::Str(text)) if text.len() == part.len() => whole.clone(),
        _ => Value::str(part),
    }
}

fn hello(_: &mut dyn Context, _: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str("Hello!"))
}

fn to_string(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Str(convert::text(context, arguments::any(arguments, 0))?))
}

fn to_strings(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let value = arguments::any(arguments, 0);
    if matches!(value, Value::List(list) if list.list_type() == ListType::Strings) {
        return Ok(value.clone());
    }
    Ok(Value::strings(convert::texts(context, value)?))
}

fn quote(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut out = Vec::new();
    for value in arguments.iter().filter(|value| !matches!(value, Value::Nil)) {
        if !out.is_empty() {
            out.push(b' ');
        }
        let before = out.len();
        literal::append_quoted(&mut out, &convert::text(context, value)?, false);
        context.spend(out.len() - before)?;
    }
    Ok(Value::str(out))
}

fn squote(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut out = Vec::new();
    for value in arguments.iter().filter(|value| !matches!(value, Value::Nil)) {
        let before = out.len();
        out.extend_from_slice(if out.is_empty() { b"'" } else { b" '" });
        convert::append_text(context, &mut out, value)?;
        out.push(b'\'');
        context.spend(out.len() - before)?;
    }
    Ok(Value::str(out))
}

fn cat(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let mut out = Vec::new();
    for (index, value) in arguments.iter().filter(|value| !matches!(value, Value::Nil)).enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        let before = out.len();
        convert::append_text(context, &mut out, value)?;
        context.spend(out.len() - before)?;
    }
    Ok(Value::str(out))
}

fn contains(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (needle, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(Value::Bool(memmem::find(text, needle).is_some()))
}

fn has_prefix(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(arguments::text(arguments, 1)?.starts_with(arguments::text(arguments, 0)?)))
}

fn has_suffix(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(Value::Bool(arguments::text(arguments, 1)?.ends_with(arguments::text(arguments, 0)?)))
}

fn indent(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    indented(context, arguments, b"")
}

fn nindent(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    indented(context, arguments, b"\n")
}

fn indented(context: &mut dyn Context, arguments: &[Value], head: &[u8]) -> Result<Value, Failure> {
    let spaces = repeat_count(arguments::int(arguments, 0)?)?;
    let text = arguments::text(arguments, 1)?;
    let lines = 1 + memchr::memchr_iter(b'\n', text).count();
    let size = spaces.saturating_mul(lines).saturating_add(text.len() + head.len());
    context.spend(size)?;
    let mut out = Vec::with_capacity(size);
    out.extend_from_slice(head);
    let mut start = 0;
    for newline in memchr::memchr_iter(b'\n', text) {
        out.resize(out.len() + spaces, b' ');
        out.extend_from_slice(&text[start..=newline]);
        start = newline + 1;
    }
    out.resize(out.len() + spaces, b' ');
    out.extend_from_slice(&text[start..]);
    Ok(Value::str(out))
}

/// Returns a count for `strings.Repeat`, which panics on a negative one.
fn repeat_count(count: i64) -> Result<usize, Failure> {
    usize::try_from(count).map_err(|_| Failure::from("strings: negative Repeat count"))
}

fn repeat(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (count, text) = (repeat_count(arguments::int(arguments, 0)?)?, arguments::text(arguments, 1)?);
    let size = count.checked_mul(text.len()).filter(|&size| i64::try_from(size).is_ok());
    context.spend(size.ok_or("strings: Repeat output length overflow")?)?;
    Ok(Value::str(text.repeat(if text.is_empty() { 0 } else { count })))
}

fn replace(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let [old, new] = [arguments::text(arguments, 0)?, arguments::text(arguments, 1)?];
    let text = arguments::text(arguments, 2)?;
    let mut out = Vec::with_capacity(text.len());
    if old.is_empty() {
        for (position, _, width) in utf8::runes(text) {
            out.extend_from_slice(new);
            out.extend_from_slice(&text[position..position + width]);
            context.spend(new.len() + width)?;
        }
        out.extend_from_slice(new);
        return Ok(Value::str(out));
    }
    let mut start = 0;
    for found in memmem::find_iter(text, old) {
        context.spend(found - start + new.len())?;
        out.extend_from_slice(&text[start..found]);
        out.extend_from_slice(new);
        start = found + old.len();
    }
    if start == 0 {
        return Ok(arguments::any(arguments, 2).clone());
    }
    out.extend_from_slice(&text[start..]);
    Ok(Value::str(out))
}

fn plural(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let chosen = usize::from(arguments::int(arguments, 2)? != 1);
    Ok(arguments::any(arguments, chosen).clone())
}

fn join(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let separator = arguments::text(arguments, 0)?;
    let texts = convert::texts(context, arguments::any(arguments, 1))?;
    let size = texts.iter().map(|text| text.len() + separator.len()).sum();
    context.spend(size)?;
    let mut out = Vec::with_capacity(size);
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(text);
    }
    Ok(Value::str(out))
}

fn sort_alpha(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let value = arguments::any(arguments, 0);
    if let Value::List(list) = value
        && list.list_type() == ListType::Strings
    {
        let length = |item: &Value| if let Value::Str(text) = item { text.len() } else { 0 };
        let work = list.items().iter().map(|item| 1 + length(item) / ELEMENT).sum();
        context.spend(work)?;
        // sprig sorts the list that it was given, and others see it.
        list.items_mut().sort_by(|a, b| match (a, b) {
            (Value::Str(a), Value::Str(b)) => a.cmp(b),
            _ => std::cmp::Ordering::Equal,
        });
        return Ok(value.clone());
    }
    if convert::elements(value).is_none() {
        return Ok(Value::strings([convert::text(context, value)?]));
    }
    let mut texts = convert::texts(context, value)?;
    // Texts with long common beginnings are compared byte by byte.
    context.spend(texts.iter().map(|text| ELEMENT + text.len() / ELEMENT).sum())?;
    texts.sort_unstable();
    Ok(Value::strings(texts))
}

/// Splits as `strings.SplitN`; a negative count means all.
pub(super) fn split_text<'a>(text: &'a [u8], separator: &[u8], count: i64) -> Option<Vec<&'a [u8]>> {
    let limit = match count {
        0 => return None,
        count => usize::try_from(count).unwrap_or(usize::MAX),
    };
    let mut parts = Vec::new();
    if separator.is_empty() {
        for (position, _, width) in utf8::runes(text) {
            if parts.len() + 1 == limit {
                parts.push(&text[position..]);
                break;
            }
            parts.push(&text[position..position + width]);
        }
        return Some(parts);
    }
    let mut start = 0;
    for found in memmem::find_iter(text, separator).take(limit - 1) {
        parts.push(&text[start..found]);
        start = found + separator.len();
    }
    parts.push(&text[start..]);
    Some(parts)
}

fn split_list(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let parts = split_text(arguments::text(arguments, 1)?, arguments::text(arguments, 0)?, -1).unwrap_or_default();
    context.spend(parts.len() * TEXT)?;
    Ok(Value::strings(parts))
}

fn split(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let parts = split_text(arguments::text(arguments, 1)?, arguments::text(arguments, 0)?, -1).unwrap_or_default();
    numbered(context, &parts)
}

fn splitn(context: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (separator, count) = (arguments::text(arguments, 0)?, arguments::int(arguments, 1)?);
    let parts = split_text(arguments::text(arguments, 2)?, separator, count).unwrap_or_default();
    numbered(context, &parts)
}

/// Returns `map[_0:… _1:…]`.
fn numbered(context: &mut dyn Context, parts: &[&[u8]]) -> Result<Value, Failure> {
    context.spend(parts.len() * 2 * TEXT)?;
    let entries = parts.iter().enumerate().map(|(index, part)| (Str::from(format!("_{index}")), Value::str(*part)));
    Ok(Value::Map(Map::from_entries(MapType::Strings, entries)))
}

fn substr(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (start, end, text) =
        (arguments::int(arguments, 0)?, arguments::int(arguments, 1)?, arguments::text(arguments, 2)?);
    let length = text.len() as i64;
    let (start, end) = match (start, end) {
        (..0, end) => (0, end),
        (start, end) if end < 0 || end > length => (start, length),
        bounds => bounds,
    };
    let complaint = if !(0..=length).contains(&end) {
        if end < 0 { format!("[:{end}]") } else { format!("[:{end}] with length {length}") }
    } else if start > end {
        format!("[{start}:{end}]")
    } else {
        return Ok(part(arguments, 2, &text[start as usize..end as usize]));
    };
    Err(Failure::Error(format!("runtime error: slice bounds out of range {complaint}")))
}

fn trunc(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (count, text) = (arguments::int(arguments, 0)?, arguments::text(arguments, 1)?);
    let size = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let kept = match count {
        _ if size >= text.len() => text,
        ..0 => &text[text.len() - size..],
        _ => &text[..size],
    };
    Ok(part(arguments, 1, kept))
}

fn trim(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    Ok(part(arguments, 0, unicode::trim_space(arguments::text(arguments, 0)?)))
}

fn trim_all(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (cutset, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    let mut runes: Vec<char> = utf8::runes(cutset).map(|(_, rune, _)| rune).collect();
    runes.sort_unstable();
    Ok(part(arguments, 1, unicode::trim(text, |rune| runes.binary_search(&rune).is_ok())))
}

fn trim_prefix(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (prefix, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(part(arguments, 1, text.strip_prefix(prefix).unwrap_or(text)))
}

fn trim_suffix(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let (suffix, text) = (arguments::text(arguments, 0)?, arguments::text(arguments, 1)?);
    Ok(part(arguments, 1, text.strip_suffix(suffix).unwrap_or(text)))
}

fn upper(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    Ok(Value::str(if text.is_ascii() { text.to_ascii_uppercase() } else { unicode::map(text, unicode::to_upper) }))
}

fn lower(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let text = arguments::text(arguments, 0)?;
    Ok(Value::str(if text.is_ascii() { text.to_ascii_lowercase() } else { unicode::map(text, unicode::to_lower) }))
}
