//! The one set-up of minijinja, and how a template is rendered with it.

use std::sync::Arc;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior, Value};

use super::measure::{self, Meter};
use super::meter::Metered;
use super::{Error, filters};
use crate::helm::go::fmt::display;
use crate::helm::value as helm;
use crate::helm::{Cap, Limits, Profile};

/// What a Jinja template may use up.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Steps of minijinja's machine.
    pub fuel: u64,
    /// Depth of macros and includes.
    pub depth: usize,
    /// Bytes of source.
    pub source: usize,
    /// Bytes of one tag (`{{ … }}` or `{% … %}`). minijinja follows operators by calling itself, without a cap of its own:
    /// a chain of a hundred thousand `not` would end the process.
    pub tag: usize,
    /// Bytes of output.
    pub output: usize,
}

impl Caps {
    /// Returns the caps of a release's `.j2` files. A step of minijinja is worth some of a Go template's.
    pub fn of(limits: &Limits) -> Self {
        Self {
            fuel: limits.template.steps / STEPS_PER_FUEL,
            source: usize::try_from(limits.chart.file_bytes).unwrap_or(usize::MAX),
            output: limits.template.output,
            ..Self::default()
        }
    }
}

/// How many steps of a Go template one of minijinja's counts.
const STEPS_PER_FUEL: u64 = 4;

impl Default for Caps {
    fn default() -> Self {
        Self { fuel: 50_000_000, depth: 100, source: 5 << 20, tag: 1000, output: 64 << 20 }
    }
}

/// Renders a template.
///
/// # Errors
/// The place and the reason; reaching a cap is one.
pub fn render(file: &str, source: &str, context: Value, caps: Caps) -> Result<String, Error> {
    if source.len() > caps.source {
        return Err(Error::cap(file, "the template", caps.source, Some(Cap::FileBytes)));
    }
    check_tags(file, source, caps)?;
    let metered = Metered::new(source);
    let text = environment(caps)
        .and_then(|environment| environment.render_named_str(file, &metered.text, context))
        .map_err(|error| Error::of(&error, file, |_| Some(&metered)))?;
    if text.len() > caps.output {
        return Err(Error::cap(file, "the output", caps.output, Some(Cap::OutputBytes)));
    }
    Ok(text)
}

/// Refuses a template with a tag that is over the cap. Comments may be as long as they like.
pub(super) fn check_tags(file: &str, source: &str, caps: Caps) -> Result<(), Error> {
    let mut rest = source;
    while let Some(start) = rest.find('{') {
        rest = rest.get(start + 1..).unwrap_or_default();
        let end = match rest.as_bytes().first() {
            Some(b'#') => {
                rest = rest.find("#}").and_then(|end| rest.get(end + 2..)).unwrap_or_default();
                continue;
            }
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => continue,
        };
        let length = tag_length(rest, end);
        if length > caps.tag {
            return Err(Error::cap(file, "a tag", caps.tag, None));
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// Returns how far a tag reaches; what looks like its end within quotes is none.
pub(super) fn tag_length(text: &str, end: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut quote) = (0, None);
    while let Some(byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, _) if bytes.get(at..).is_some_and(|rest| rest.starts_with(end.as_bytes())) => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Renders a template with anything that serialises as its context.
///
/// # Errors
/// As [`render`].
pub fn render_with(file: &str, source: &str, context: impl serde::Serialize, caps: Caps) -> Result<String, Error> {
    render(file, source, Value::from(minijinja::value::Serde(context)), caps)
}

/// Returns how many steps may be taken. A step prints at most the longest run of plain text, so fewer steps are allowed
/// where that is long; what no step prints (a capture within a loop) is bounded by nothing else.
pub(super) fn fuel<'s>(caps: Caps, sources: impl Iterator<Item = &'s String>) -> u64 {
    const MOST: usize = 1 << 28;
    // Between the marks of `raw`, braces are plain text.
    let run = |source: &String| {
        if source.contains("raw") { source.len() } else { source.split('{').map(str::len).max().unwrap_or_default() }
    };
    let longest = sources.map(run).max().unwrap_or_default();
    caps.fuel.min((MOST / longest.max(1)) as u64)
}

/// Returns the set-up.
pub(super) fn environment<'s>(caps: Caps) -> Result<Environment<'s>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    // Block tags on lines of their own leave no trace, as people expect in YAML; the last newline stays.
    environment
        .set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_fuel(Some(caps.fuel));
    environment.set_recursion_limit(caps.depth);
    let meter = Arc::new(Meter::new(caps));
    measure::add_to(&mut environment, &meter);
    environment.set_formatter(move |out, state, value| {
        meter.charge(value.as_str().map_or(0, str::len) as u64)?;
        print(out, state, value)
    });
    // Errors know their columns then; what else it collects is never shown.
    environment.set_debug(true);
    // Prints whatever is there, in minijinja's own notation.
    environment.remove_global("debug");
    filters::add_to(&mut environment);
    Ok(environment)
}

/// Prints a value as YAML would write it. minijinja's own way is Python's: `True`, `None`, `[1, 'a']`, which a manifest
/// would carry as strings; so lists and maps need a filter that says how.
fn print(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    match value.kind() {
        ValueKind::None => out.write_str("null").map_err(minijinja::Error::from),
        ValueKind::Bool => {
            out.write_str(if value.is_true() { "true" } else { "false" }).map_err(minijinja::Error::from)
        }
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => Err(minijinja::Error::new(
            ErrorKind::InvalidOperation,
            format!("a {} cannot be printed as it is: use the filter toyaml or tojson", value.kind()),
        )),
        ValueKind::Bytes if value.as_str().is_none() => Err(minijinja::Error::new(
            ErrorKind::InvalidOperation,
            "bytes that are no text cannot be printed: use the filter b64encode",
        )),
        // In Go's notation, as people know it from Helm: 1e+21.
        ValueKind::Number if !value.is_integer() => {
            let number = helm::Value::Float(f64::try_from(value.clone())?);
            let text = display(&number, Profile::default())
                .map_err(|_| minijinja::Error::from(ErrorKind::InvalidOperation))?;
            out.write_str(&text.lossy()).map_err(minijinja::Error::from)
        }
        _ => minijinja::escape_formatter(out, state, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jinja::to_jinja;
    use crate::yaml::{self, parse};

    fn rendered(source: &str) -> Result<String, Error> {
        let values = parse(
            b"num: 3\nf: 1.5\nyes: true\nnothing: null\nlist: [a, b]\nmap: {b: 1, a: {c: x}}\ntext: hello world\n",
            &yaml::Limits::default(),
        )
        .unwrap();
        let context = Value::from(std::collections::BTreeMap::from([("values", to_jinja(&values))]));
        render("a.yaml.j2", source, context, Caps::default())
    }

    #[test]
    fn prints_scalars_as_yaml() {
        assert_eq!(
            rendered("{{ values.num }} {{ values.f }} {{ values.true }} {{ values.nothing }}\n").unwrap(),
            "3 1.5 true null\n"
        );
    }

    #[test]
    fn refuses_to_print_lists_and_maps_without_a_filter() {
        let error = rendered("\n{{ values.list }}").unwrap_err();
        assert_eq!(error.line, Some(2));
        assert!(error.message.contains("toyaml"), "{error}");
    }

    #[test]
    fn an_undefined_value_is_an_error_with_its_line() {
        let error = rendered("a\nb: {{ values.nope }}\n").unwrap_err();
        assert_eq!((error.line, error.line_text.as_str()), (Some(2), "b: {{ values.nope }}"));
    }

    #[test]
    fn has_the_filters_that_people_know_from_helm() {
        assert_eq!(rendered("{{ values.map | toyaml | nindent(2) }}").unwrap(), "\n  a:\n    c: x\n  b: 1");
        assert_eq!(
            rendered("{{ values.text | quote }} {{ 'YQ==' | b64decode }} {{ 'a' | b64encode }}").unwrap(),
            "\"hello world\" a YQ=="
        );
        assert_eq!(rendered("{{ values.nope | default('x') }}").unwrap(), "x");
        assert!(rendered("{{ values.nothing | required('set it') }}").unwrap_err().message.contains("set it"));
    }

    #[test]
    fn an_endless_loop_runs_out_of_fuel() {
        let caps = Caps { fuel: 10_000, ..Caps::default() };
        let error =
            render("a.j2", "{% for i in range(100000) %}{{ i }}{% endfor %}", Value::from(()), caps).unwrap_err();
        assert!(error.message.contains("fuel"), "{error}");
    }
}
