//! [`Format`]: what texts can be asked to look like, checked as Helm's library does, with its words for what is wrong.

mod times;

use times::{date, date_time, duration, period, time};

use crate::helm::go::netip;
use crate::helm::go::quote::append_quoted_rune;
use crate::helm::go::regex::Regex;
use crate::helm::go::strconv::parse_int;
use crate::helm::go::url::{Url, path_unescape};

/// A format that texts can have.
#[derive(Debug)]
pub(super) struct Format {
    pub(super) name: &'static str,
    /// Checks a text; the error is the reason.
    pub(super) check: fn(&str) -> Result<(), String>,
}

impl Format {
    /// Returns the format of a name; unknown ones ask for nothing.
    pub(super) fn named(name: &[u8]) -> Option<&'static Self> {
        FORMATS.iter().find(|format| format.name.as_bytes() == name)
    }
}

const FORMATS: &[Format] = &[
    Format { name: "json-pointer", check: json_pointer },
    Format { name: "relative-json-pointer", check: relative_json_pointer },
    Format { name: "uuid", check: uuid },
    Format { name: "duration", check: duration },
    Format { name: "period", check: period },
    Format { name: "ipv4", check: ipv4 },
    Format { name: "ipv6", check: ipv6 },
    Format { name: "hostname", check: hostname },
    Format { name: "email", check: email },
    Format { name: "date", check: date },
    Format { name: "time", check: time },
    Format { name: "date-time", check: date_time },
    Format { name: "regex", check: regex },
    Format { name: "uri", check: uri },
    Format { name: "iri", check: uri },
    Format { name: "uri-reference", check: uri_reference },
    Format { name: "iri-reference", check: uri_reference },
    Format { name: "uri-template", check: uri_template },
    Format { name: "semver", check: semver },
];

fn fail(reason: &str) -> Result<(), String> {
    Err(reason.to_owned())
}

fn quoted_character(character: impl Into<u64>) -> String {
    let mut quoted = Vec::new();
    append_quoted_rune(&mut quoted, character.into(), false);
    String::from_utf8_lossy(&quoted).into_owned()
}

fn invalid_character(character: char, before: &str) -> Result<(), String> {
    Err(format!("{before} {}", quoted_character(u32::from(character))))
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

fn ipv4(text: &str) -> Result<(), String> {
    if text.split('.').count() != 4 {
        return fail("expected four decimals");
    }
    for group in text.split('.') {
        if group.len() > 1 && group.starts_with('0') {
            return fail("leading zeros");
        }
        let number = parse_int(group.as_bytes(), 10);
        match number {
            Ok(0..=255) => {}
            Ok(_) => return fail("decimal must be between 0 and 255"),
            Err(error) => return Err(error.message("Atoi", group.as_bytes())),
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return fail("missing colon");
    }
    match netip::parse(text.as_bytes()) {
        Err(error) => Err(error.to_string()),
        Ok(netip::Address::V6 { has_zone: true }) => fail("zone id is not a part of ipv6 address"),
        Ok(_) => Ok(()),
    }
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

fn regex(text: &str) -> Result<(), String> {
    Regex::check(text.as_bytes()).map_err(|error| error.to_string())
}

fn uri_template(text: &str) -> Result<(), String> {
    let url = address(text)?;
    for escaped in url.raw_path().split(|&byte| byte == b'/') {
        let token = path_unescape(escaped).map_err(|error| format!("percent decode failed: {error}"))?;
        let mut is_open = false;
        for byte in token.iter().filter(|byte| b"{}".contains(byte)) {
            if (*byte == b'{') == is_open {
                return fail("nested curly braces");
            }
            is_open = !is_open;
        }
        if is_open {
            return fail("no matching closing brace");
        }
    }
    Ok(())
}

fn semver(text: &str) -> Result<(), String> {
    let (rest, build) = text.split_once('+').map_or((text, None), |(rest, build)| (rest, Some(build)));
    if build == Some("") {
        return fail("build is empty");
    }
    for identifier in build.into_iter().flat_map(|build| build.split('.')) {
        if identifier.is_empty() {
            return fail("build identifier is empty");
        }
        no_other_than_identifier(identifier, "build")?;
    }
    let (core, before) = rest.split_once('-').map_or((rest, None), |(core, before)| (core, Some(before)));
    for identifier in before.into_iter().flat_map(|before| before.split('.')) {
        if identifier.is_empty() {
            return fail("pre-release identifier is empty");
        }
        no_other_than_identifier(identifier, "pre-release")?;
        let is_number = identifier.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && identifier.len() > 1 && identifier.starts_with('0') {
            return fail("pre-release numeric identifier starts with zero");
        }
    }
    if core.split('.').count() != 3 {
        return fail("versionCore must have 3 numbers separated by dot");
    }
    for (name, number) in ["major", "minor", "patch"].iter().zip(core.split('.')) {
        if number.is_empty() {
            return Err(format!("{name} is empty"));
        }
        if number.len() > 1 && number.starts_with('0') {
            return Err(format!("{name} starts with zero"));
        }
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("{name} contains non-digit"));
        }
    }
    Ok(())
}

fn no_other_than_identifier(identifier: &str, kind: &str) -> Result<(), String> {
    match identifier.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
        Some(other) => Err(format!("invalid character {} in {kind} identifier", quoted_character(u32::from(other)))),
        None => Ok(()),
    }
}
