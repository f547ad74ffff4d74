//! Flags as Helm reads them, where clap does otherwise.

use clap::{Arg, ArgAction};

use crate::cli::{CliError, ErrorKind};

/// Makes an option take what Helm's takes: a switch may have a value (`--no-hooks=false`), and what follows an option is its value
/// even if it looks like another option.
pub(super) fn as_in_helm(argument: Arg) -> Arg {
    if argument.is_positional() {
        return argument;
    }
    match argument.get_action() {
        ArgAction::SetTrue => argument
            .action(ArgAction::Set)
            .num_args(0..=1)
            .require_equals(true)
            .value_name("BOOL")
            .default_value("false")
            .default_missing_value("true")
            .hide_default_value(true)
            .hide_possible_values(true)
            .value_parser(|text: &str| parse_bool(text)),
        ArgAction::Set | ArgAction::Append if !argument.is_require_equals_set() => argument.allow_hyphen_values(true),
        _ => argument,
    }
}

/// Go's `strconv.ParseBool`.
fn parse_bool(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(format!("strconv.ParseBool: parsing {text:?}: invalid syntax")),
    }
}

/// Reads the lists that an option was given, each a line of comma-separated values: what is in quotes may contain commas.
pub(super) fn lists(option: &str, given: &[String]) -> Result<Vec<String>, CliError> {
    let mut all = Vec::new();
    for text in given {
        let wrong = |message| {
            CliError::new(ErrorKind::Usage, format!("invalid argument {text:?} for {option:?} flag: {message}"))
        };
        all.extend(separated(text).map_err(wrong)?);
    }
    Ok(all)
}

/// Reads one line as Go's `encoding/csv` does.
fn separated(text: &str) -> Result<Vec<String>, String> {
    let line = text.trim_start_matches('\n').lines().next().unwrap_or_default();
    if line.is_empty() {
        return if text.is_empty() { Ok(Vec::new()) } else { Err("EOF".to_owned()) };
    }
    let column = |rest: &str| line.len() - rest.len() + 1;
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let Some(mut quoted) = rest.strip_prefix('"') else {
            let (field, after) = rest.split_once(',').map_or((rest, None), |(field, after)| (field, Some(after)));
            if let Some(quote) = field.find('"') {
                let column = column(&rest[quote..]);
                return Err(format!("parse error on line 1, column {column}: bare \" in non-quoted-field"));
            }
            fields.push(field.to_owned());
            match after {
                Some(after) => rest = after,
                None => return Ok(fields),
            }
            continue;
        };
        let mut field = String::new();
        loop {
            let Some((inside, after)) = quoted.split_once('"') else {
                let column = column("");
                return Err(format!(
                    "parse error on line 1, column {column}: extraneous or missing \" in quoted-field"
                ));
            };
            field.push_str(inside);
            if let Some(more) = after.strip_prefix('"') {
                field.push('"');
                quoted = more;
            } else if let Some(next) = after.strip_prefix(',') {
                rest = next;
                break;
            } else if after.is_empty() {
                fields.push(field);
                return Ok(fields);
            } else {
                let column = column(after) - 1;
                return Err(format!(
                    "parse error on line 1, column {column}: extraneous or missing \" in quoted-field"
                ));
            }
        }
        fields.push(field);
    }
}

#[cfg(test)]
mod tests {
    use super::separated;

    #[test]
    fn reads_lists_as_go_does() {
        let cases: [(&str, Result<&[&str], &str>); 9] = [
            ("", Ok(&[])),
            ("a,b", Ok(&["a", "b"])),
            (",", Ok(&["", ""])),
            ("\"a,b\",c", Ok(&["a,b", "c"])),
            ("\"a\"\"b\"", Ok(&["a\"b"])),
            (" \"a\"", Err("parse error on line 1, column 2: bare \" in non-quoted-field")),
            ("\"a", Err("parse error on line 1, column 3: extraneous or missing \" in quoted-field")),
            ("\"a\"b", Err("parse error on line 1, column 3: extraneous or missing \" in quoted-field")),
            ("\n", Err("EOF")),
        ];
        for (text, want) in cases {
            let want =
                want.map(|fields| fields.iter().map(|field| (*field).to_owned()).collect()).map_err(str::to_owned);
            assert_eq!(separated(text), want, "{text:?}");
        }
    }
}
