//! [`explain`]: what a person needs beside Helm's message: the line, how the templates came there, which value it is about.
//!
//! Only data: how it is shown is the command line's business.

mod advice;
mod blocks;
mod execution;
mod known;
mod names;
mod paths;
mod schema;
mod source;
mod spot;

use std::sync::Arc;

use self::known::Known;
pub use self::source::ValueSource;
pub use self::spot::{Spot, path_in};
use self::spot::{file_text, in_file, spot_of};
use super::chart::Chart;
use super::error::Error;
use super::foreign;
use super::manifests;
use super::profile::Profile;
use super::template;
use super::values;
use crate::yaml::Data;

/// How many of the templates that led to a place are named; of more, the outermost are left out.
const LONGEST_CHAIN: usize = 8;
/// How many of them are looked at: a `tpl` may be within itself 250,000 times.
const LONGEST_TRACE: usize = 64;

/// What a person needs beside Helm's message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What is wrong, without Helm's places.
    pub message: String,
    /// Where.
    pub spot: Spot,
    /// The `include`, `template` and `tpl` that led there, the innermost first.
    pub chain: Vec<Spot>,
    /// What to do about it, or what is known of the value.
    pub hint: Option<String>,
}

/// What is known of a release that could not be rendered.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The chart.
    pub chart: &'a Arc<Chart>,
    /// The user's values.
    pub values: &'a Data,
    /// What they were made of, the lowest first.
    pub sources: &'a [ValueSource],
    /// Which Helm was followed.
    pub profile: Profile,
    /// Where the chart lies, if it is a folder.
    pub folder: Option<&'a str>,
}

/// Explains why a release could not be rendered; `None` where the message says it all.
pub fn explain(error: &Error, release: Release<'_>) -> Option<Explanation> {
    let chart = release.chart;
    let known = || Known::new(release);
    match error {
        Error::Template(error) => of_template(error, chart, known),
        Error::Foreign(foreign::Error::Template { file, line, column, message, .. }) => {
            let spot = in_file(chart, file, line.unwrap_or_default(), *column);
            Some(Explanation { message: message.clone(), spot, chain: Vec::new(), hint: None })
        }
        Error::Manifest(manifests::Error::Yaml { source_path, cause, line, line_text, .. }) => {
            let text = line_text.clone();
            let hint = advice::on_printed(cause, &text);
            let column = text.len() - text.trim_start().len();
            let spot = Spot {
                file: source_path.clone(),
                line: line.unwrap_or_default(),
                column,
                start: column,
                length: text.trim_end().len().saturating_sub(column),
                text,
                is_printed: true,
                ..Spot::default()
            };
            Some(Explanation { message: cause.clone(), spot, chain: Vec::new(), hint })
        }
        Error::Values(values::Error::Schema { report }) => schema::explain(report, &known()?),
        Error::MissingDependencies { .. } | Error::KubeVersion { .. } | Error::NotInstallable { .. } => {
            let spot = Spot { file: format!("{}/Chart.yaml", chart.name().lossy()), ..Spot::default() };
            let hint = advice::on_chart(error);
            Some(Explanation { message: error.to_string(), spot, chain: Vec::new(), hint })
        }
        _ => None,
    }
}

fn of_template<'a>(
    error: &template::Error,
    chart: &Arc<Chart>,
    known: impl Fn() -> Option<Known<'a>>,
) -> Option<Explanation> {
    let message = error.message();
    let trace = match error {
        template::Error::Parse { file, line, .. } => {
            let text = file_text(chart, file).unwrap_or_default();
            let hint = names::hint(&message, chart).or_else(|| advice::on_parsing(&message, &text, *line as usize));
            let spot = in_file(chart, file, *line as usize, None);
            return Some(Explanation { message, spot, chain: Vec::new(), hint });
        }
        template::Error::Execution { trace, .. }
        | template::Error::Limit { trace, .. }
        | template::Error::Impure { trace, .. }
        | template::Error::Address { trace }
        | template::Error::NotBuilt { trace, .. } => trace,
    };
    let inner = trace.len().saturating_sub(LONGEST_TRACE)..trace.len();
    let mut spots: Vec<Spot> = inner.rev().filter_map(|index| spot_of(trace, index, chart)).collect();
    let hint = match error {
        template::Error::Impure { .. } => Some(
            "what is committed must be the same each time: give the value in a values file, so that the chart does not make it, \
             or let it follow from the release (`nonDeterminism: seed`)"
                .to_owned(),
        ),
        template::Error::Execution { .. } => names::hint(&message, chart).or_else(|| {
            let hint = execution::hint(&message, trace, &spots, &known()?);
            let late = trace.last().and_then(|place| advice::on_nil(&message, &place.node, &place.line_text));
            match (hint, late) {
                (Some(hint), Some(late)) => Some(format!("{hint}; {late}")),
                (hint, late) => hint.or(late),
            }
        }),
        _ => None,
    };
    if spots.is_empty() {
        return None;
    }
    let spot = spots.remove(0);
    spots.dedup();
    spots.truncate(LONGEST_CHAIN);
    Some(Explanation { message: message.trim().to_owned(), spot, chain: spots, hint })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::helm::chart::{File, Limits};
    use crate::helm::template::Pure;
    use crate::helm::{self, Capabilities, Options, render};
    use crate::yaml;

    /// Explains what is wrong with a chart and the values of a file `own.yaml`.
    fn explained(files: &[(&str, &str)]) -> Explanation {
        let chart = ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
        let has_chart = files.iter().any(|(name, _)| *name == chart.0);
        let own = files.iter().find(|(name, _)| *name == "own.yaml").map_or("{}", |(_, text)| text);
        let files = files.iter().filter(|(name, _)| *name != "own.yaml").chain((!has_chart).then_some(&chart));
        let files = files.map(|(name, text)| File { name: (*name).to_owned(), data: (*text).into() });
        let chart = Chart::load(files.collect(), Profile::V4, Limits::default()).unwrap();
        let release = helm::Release { name: "api".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let options = Options::new(Profile::V4);
        let values = yaml::parse(own.as_bytes(), &yaml::Limits::default()).unwrap();
        let sources =
            [ValueSource { name: "own.yaml".to_owned(), values: values.clone(), text: own.into(), below: &[] }];
        let error = render(&chart, &values, &release, &Capabilities::default(), &options, &mut Pure).unwrap_err();
        let known = Release { chart: &chart, values: &values, sources: &sources, profile: Profile::V4, folder: None };
        explain(&error, known).unwrap()
    }

    #[test]
    fn cases() {
        for case in include_str!("cases.txt").split("====\n") {
            let (name, rest) = case.split_once('\n').unwrap();
            let (files, expected) = rest.split_once("=> ").unwrap();
            let files = files.split("-- ").filter_map(|file| file.split_once('\n')).collect::<Vec<_>>();
            let Explanation { spot, chain, hint, .. } = explained(&files);
            let meant = &spot.text[spot.column..spot.column + spot.length];
            let mut found = format!("{}:{} `{meant}`\n", spot.file, spot.line);
            for outer in &chain {
                let _ = writeln!(found, "< {}:{}", outer.file, outer.line);
            }
            found.push_str(&hint.unwrap_or_default());
            assert_eq!(found, expected.trim_end(), "{name}");
        }
    }

    #[test]
    fn a_place_is_known_by_line_and_by_byte() {
        let found = explained(&[("templates/a.yaml", "a: 1\nb: {{ .Values.image.tag }}\n")]);
        assert_eq!((found.spot.column, found.spot.start, found.spot.length), (6, 11, 17));
        let found = explained(&[("templates/a.yaml", "a: {{ tpl \"x {{ .Values.a.b }}\" . }}\n")]);
        assert!(found.spot.is_in_tpl);
    }

    #[test]
    fn a_message_has_no_blank_lines_around_it() {
        let found = explained(&[("templates/a.yaml", "{{ fail \"\\nno\\n\\n\" }}")]);
        assert_eq!(found.message, "no");
    }

    #[test]
    fn a_printed_line_is_shown_where_the_manifest_is_no_yaml() {
        let found = explained(&[("templates/a.yaml", "{{ if true }}{{ end }}\na: 1\n b: {{ 2 }}\n")]);
        assert!(found.spot.is_printed && found.spot.text.contains("b: 2"), "{found:?}");
    }
}
