//! The formats of schemas as Helm's library checks them, with its words for what is wrong.
//!
//! Formats that are not here are those of the validator: they are checked by it, and have no reason.

use std::net::Ipv6Addr;

use crate::helm::go::quote::{append_quoted_rune, quote_text};
use crate::helm::go::regex::Regex;
use crate::helm::go::time::Time;
use crate::helm::go::url::Url;

/// Checks a text; the error is the reason.
pub(super) type Check = fn(&str) -> Result<(), String>;

/// The formats by name.
pub(super) const FORMATS: &[(&str, Check)] = &[
    ("json-pointer", json_pointer),
    ("relative-json-pointer", relative_json_pointer),
    ("uuid", uuid),
    ("duration", duration),
    ("ipv4", ipv4),
    ("hostname", hostname),
    ("email", email),
    ("date", date),
    ("time", time),
    ("date-time", date_time),
    ("regex", regex),
    ("ipv6", ipv6),
    ("uri", uri),
    ("iri", uri),
    ("uri-reference", uri_reference),
    ("iri-reference", uri_reference),
];

/// Returns why a text is not of a format, where Helm's library says it.
pub(super) fn reason(format: &str, text: &str) -> Option<String> {
    let (_, check) = FORMATS.iter().find(|(name, _)| *name == format)?;
    check(text).err()
}

fn fail(reason: &str) -> Result<(), String> {
    Err(reason.to_owned())
}

fn invalid_character(rune: char, before: &str) -> Result<(), String> {
    let mut quoted = Vec::new();
    append_quoted_rune(&mut quoted, u32::from(rune).into(), false);
    Err(format!("{before} {}", String::from_utf8_lossy(&quoted)))
}

fn json_pointer(text: &str) -> Result<(), String> {
    if !text.is_empty() && !text.starts_with('/') {
        return fail("not starting with /");
    }
    let mut escapes = text.split('~').skip(1);
    if escapes.any(|after| !after.starts_with(['0', '1'])) {
        return fail("~ must be followed by 0 or 1");
    }
    Ok(())
}

fn relative_json_pointer(text: &str) -> Result<(), String> {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    match text.len() - rest.len() {
        0 => fail("must start with non-negative integer"),
        2.. if text.starts_with('0') => fail("starts with zero"),
        _ if rest == "#" => Ok(()),
        _ => json_pointer(rest),
    }
}

fn uuid(text: &str) -> Result<(), String> {
    let lengths = [8, 4, 4, 4, 12];
    if text.split('-').count() != lengths.len() {
        return fail("must have 5 elements");
    }
    for (index, (group, length)) in text.split('-').zip(lengths).enumerate() {
        if group.len() != length {
            return Err(format!("element {} must be {length} characters long", index + 1));
        }
        if let Some(other) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return invalid_character(other, "non-hex character");
        }
    }
    Ok(())
}

fn duration(text: &str) -> Result<(), String> {
    let Some(text) = text.strip_prefix('P') else { return fail("must start with P") };
    if text.is_empty() {
        return fail("nothing after P");
    }
    if let Some(weeks) = text.strip_suffix('W') {
        let is_number = weeks.bytes().all(|byte| byte.is_ascii_digit());
        return match weeks {
            "" => fail("no number in week"),
            _ if is_number => Ok(()),
            _ => fail("invalid week"),
        };
    }
    for (index, mut part) in text.split('T').enumerate() {
        if index != 0 && part.is_empty() {
            return fail("no time elements");
        }
        let Some(all) = ["YMD", "HMS"].get(index) else { return fail("more than one T") };
        let mut units = *all;
        while !part.is_empty() {
            let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
            if rest.len() == part.len() {
                return fail("missing number");
            }
            let Some(unit) = rest.chars().next() else { return fail("missing unit") };
            let Some(place) = units.find(unit) else {
                let mut quoted = Vec::new();
                // The library looks at one byte.
                append_quoted_rune(&mut quoted, rest.as_bytes().first().copied().unwrap_or_default().into(), false);
                let quoted = String::from_utf8_lossy(&quoted).into_owned();
                let is_known = all.contains(unit);
                return Err(if is_known {
                    format!("unit {quoted} out of order")
                } else {
                    format!("invalid unit {quoted}")
                });
            };
            units = units.get(place + 1..).unwrap_or_default();
            part = rest.get(1..).unwrap_or_default();
        }
    }
    Ok(())
}

fn ipv4(text: &str) -> Result<(), String> {
    if text.split('.').count() != 4 {
        return fail("expected four decimals");
    }
    for group in text.split('.') {
        if group.len() > 1 && group.starts_with('0') {
            return fail("leading zeros");
        }
        let digits = group.strip_prefix(['+', '-']).unwrap_or(group);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let quoted = quote_text(group.as_bytes());
            return Err(format!("strconv.Atoi: parsing {quoted}: invalid syntax"));
        }
        if !group.parse::<i64>().is_ok_and(|number| (0..=255).contains(&number)) {
            return fail("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return fail("missing colon");
    }
    text.parse::<Ipv6Addr>()
        .map(|_| ())
        .map_err(|_| format!("ParseAddr({}): unable to parse IP", quote_text(text.as_bytes())))
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.as_bytes()).map_err(|error| error.to_string())?;
    let host = String::from_utf8_lossy(url.hostname()).into_owned();
    if host.contains(':') {
        if !url.host.contains(&b'[') || !url.host.contains(&b']') {
            return Err("ipv6 address not enclosed in brackets".to_owned());
        }
        ipv6(&host).map_err(|reason| format!("invalid ipv6 address: {reason}"))?;
    }
    Ok(url)
}

fn uri(text: &str) -> Result<(), String> {
    if address(text)?.scheme.is_empty() { fail("relative url") } else { Ok(()) }
}

fn uri_reference(text: &str) -> Result<(), String> {
    if text.contains('\\') {
        return fail("contains \\");
    }
    address(text).map(|_| ())
}

fn hostname(text: &str) -> Result<(), String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return fail("more than 253 characters long");
    }
    for label in text.split('.') {
        if label.is_empty() || label.len() > 63 {
            return fail("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return fail("label starts with hyphen");
        }
        if label.ends_with('-') {
            return fail("label ends with hyphen");
        }
        if let Some(other) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return invalid_character(other, "invalid character");
        }
    }
    Ok(())
}

fn email(text: &str) -> Result<(), String> {
    if text.len() > 254 {
        return fail("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return fail("missing @") };
    if local.len() > 64 {
        return fail("local part more than 64 characters long");
    }
    if local.len() > 1 && local.starts_with('"') {
        // The library takes the last character for the other quotation mark.
        let mut inner = local.chars();
        inner.next();
        inner.next_back();
        if inner.any(|c| matches!(c, '\\' | '"')) {
            return fail("backslash and quote are not allowed within quoted local part");
        }
    } else {
        if local.starts_with('.') {
            return fail("starts with dot");
        }
        if local.ends_with('.') {
            return fail("ends with dot");
        }
        if local.contains("..") {
            return fail("consecutive dots");
        }
        if let Some(other) = local.chars().find(|c| !c.is_ascii_alphanumeric() && !".!#$%&'*+-/=?^_`{|}~".contains(*c))
        {
            return invalid_character(other, "invalid character");
        }
    }
    if let Some(address) = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address).map_err(|reason| format!("invalid ipv6 address: {reason}")),
            None => ipv4(address).map_err(|reason| format!("invalid ipv4 address: {reason}")),
        };
    }
    hostname(domain).map_err(|reason| format!("invalid domain: {reason}"))
}

fn date(text: &str) -> Result<(), String> {
    Time::parse(b"2006-01-02", text.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
}

/// Two digits, as `Atoi` reads them.
fn pair(text: &str) -> Option<i64> {
    text.parse().ok()
}

fn time(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return fail("less than 9 characters long");
    }
    let bytes = text.as_bytes();
    if bytes.get(2) != Some(&b':') || bytes.get(5) != Some(&b':') {
        return fail("missing colon in correct place");
    }
    let part = |from: usize| text.get(from..from + 2).and_then(pair);
    let (Some(hour), Some(minute), Some(second)) = (part(0), part(3), part(6)) else {
        return fail("invalid hour/min/sec");
    };
    if hour < 0 || minute < 0 || second < 0 {
        return fail("non-positive hour/min/sec");
    }
    if hour > 23 || minute > 59 || second > 60 {
        return fail("hour/min/sec out of range");
    }
    let mut rest = text.get(8..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() == fraction.len() {
            return fail("no digits in second fraction");
        }
    }
    let minutes = match rest {
        "z" | "Z" => hour * 60 + minute,
        _ => (hour * 60 + minute + offset(rest)?).rem_euclid(24 * 60),
    };
    if second >= 60 && minutes != 24 * 60 - 1 { fail("invalid leap second") } else { Ok(()) }
}

/// Reads an offset, in minutes to UTC.
fn offset(text: &str) -> Result<i64, String> {
    if text.len() != 6 {
        return Err("offset must be 6 characters long".to_owned());
    }
    let sign = match text.as_bytes().first() {
        Some(b'+') => -1,
        Some(b'-') => 1,
        _ => return Err("offset must begin with plus/minus".to_owned()),
    };
    if text.as_bytes().get(3) != Some(&b':') {
        return Err("missing colon in offset in correct place".to_owned());
    }
    let (Some(hours), Some(minutes)) = (text.get(1..3).and_then(pair), text.get(4..6).and_then(pair)) else {
        return Err("invalid hour/min in offset".to_owned());
    };
    match (hours, minutes) {
        (..0, _) | (_, ..0) => Err("non-positive hour/min in offset".to_owned()),
        (0..24, 0..60) => Ok(sign * (hours * 60 + minutes)),
        _ => Err("hour/min in offset out of range".to_owned()),
    }
}

fn date_time(text: &str) -> Result<(), String> {
    if text.len() < 20 {
        return fail("less than 20 characters long");
    }
    if !matches!(text.as_bytes().get(10), Some(b't' | b'T')) {
        return fail("11th character must be t or T");
    }
    date(text.get(..10).unwrap_or_default()).map_err(|reason| format!("invalid date element: {reason}"))?;
    time(text.get(11..).unwrap_or_default()).map_err(|reason| format!("invalid time element: {reason}"))
}

fn regex(text: &str) -> Result<(), String> {
    Regex::new(text.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
}
