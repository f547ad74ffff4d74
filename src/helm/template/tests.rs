//! What no table holds: texts and recursion of a depth that would overflow a thread, and the caps.

use super::{Error, Limits, Machine, Program, Pure, Source};
use crate::helm::profile::Profile;
use crate::helm::value::Value;

fn run_within(text: &str, limits: Limits) -> Result<String, Error> {
    let source = Source { name: "c/templates/a.yaml".into(), text: text.into() };
    let program = Program::compile(&[source], Profile::V3)?;
    let mut environment = Pure;
    let mut machine = Machine::new(&program, &mut environment, limits);
    machine.render("c/templates/a.yaml", Value::map()).map(|out| String::from_utf8_lossy(&out).into_owned())
}

fn run(text: &str) -> Result<String, Error> {
    run_within(text, Limits { steps: 100_000_000, ..Limits::default() })
}

/// Nests a text in itself.
fn nested(count: usize, before: &str, inner: &str, after: &str) -> String {
    [before.repeat(count).as_str(), inner, after.repeat(count).as_str()].concat()
}

#[test]
fn parentheses_nest_as_deep_as_in_go() {
    let text = |count| format!("{{{{ {} }}}}", nested(count, "(", "1", ")"));
    assert_eq!(run(&text(10_000)), Ok("1".to_owned()));
    let error = run(&text(10_001)).map_err(|error| error.to_string());
    assert_eq!(error, Err("parse error at (c/templates/a.yaml:1): max expression depth exceeded".to_owned()));
}

#[test]
fn blocks_nest_without_end() {
    assert_eq!(run(&nested(20_000, "{{if true}}", "x", "{{end}}")), Ok("x".to_owned()));
    assert_eq!(run(&nested(10_000, "{{with 1}}{{range 1}}", "x", "{{end}}{{end}}")), Ok("x".to_owned()));
    let chain = ["{{if false}}", &"{{else if false}}".repeat(20_000), "{{else}}x{{end}}"].concat();
    assert_eq!(run(&chain), Ok("x".to_owned()));
}

#[test]
fn errors_in_deep_texts_are_written_without_recursion() {
    let text = nested(10_000, "{{if true}}", "{{ (1).x }}", "{{end}}");
    assert!(matches!(run(&text), Err(Error::Execution { .. })));
    let text = format!("{{{{ index {} 5 }}}}", nested(9_999, "(", "1", ")"));
    assert!(matches!(run(&text), Err(Error::Execution { .. })));
}

#[test]
fn templates_nest_as_deep_as_go_lets_them() {
    let error = run("{{define \"t\"}}{{template \"t\" .}}{{end}}{{template \"t\" .}}").unwrap_err().to_string();
    assert!(error.ends_with("exceeded maximum template depth (100000)"), "{error}");
}

#[test]
fn includes_nest_as_deep_as_helm_lets_them() {
    let error = run("{{define \"t\"}}{{include \"t\" .}}{{end}}{{include \"t\" .}}").unwrap_err().to_string();
    let cause = "error calling include: rendering template has a nested reference name: t: unable to execute template";
    assert!(error.ends_with(cause));
    assert_eq!(error.matches("executing \"t\"").count(), 1001);
}

#[test]
fn a_tpl_that_runs_itself_ends_at_the_cap() {
    let text = "{{ $text := \"{{ tpl . . }}\" }}{{ tpl $text $text }}";
    assert!(matches!(run(text), Err(Error::Limit { .. })));
}

#[test]
fn loops_end_at_the_cap_of_steps() {
    let limits = Limits { steps: 10_000, ..Limits::default() };
    let endless = run_within("{{ range 1000000000 }}{{ end }}", limits);
    assert!(matches!(endless, Err(Error::Limit { limit, .. }) if limit.contains("10000 steps")));
    let limits = Limits { output: 1000, ..Limits::default() };
    let long = run_within("{{ range 1000000000 }}x{{ end }}", limits);
    assert!(matches!(long, Err(Error::Limit { limit, .. }) if limit.contains("1000 bytes")));
}

#[test]
fn a_clock_is_not_there_unless_it_is_given() {
    assert!(matches!(run("{{ now }}"), Err(Error::Impure { function: "now", .. })));
}

#[test]
fn places_are_data() {
    let Err(Error::Execution { trace, message, .. }) =
        run("{{define \"t\"}}\n  {{ fail \"no\" }}{{end}}{{ include \"t\" . }}")
    else {
        panic!("an execution error")
    };
    assert_eq!(message, "no");
    let places: Vec<_> = trace.iter().map(|place| (place.template.as_str(), place.line, place.column)).collect();
    assert_eq!(places, [("c/templates/a.yaml", 2, 27), ("t", 2, 5)]);
}

#[test]
fn a_variable_whose_declaration_was_skipped_is_not_there() {
    let error = run("{{ if or true ($x := 5) }}{{ $x }}{{ end }}").unwrap_err().to_string();
    assert!(error.ends_with("undefined variable: $x"), "{error}");
    let outer = run("{{ $x := 1 }}{{ range 2 }}{{ if or (eq . 1) ($x := 5) }}{{ $x }}{{ end }}{{ end }}");
    assert_eq!(outer, Ok("51".to_owned()));
}

/// Counts how often randomness is asked for, and gives the same again and again.
struct Counting(usize);

impl super::Environment for Counting {
    fn now(&mut self, _: &'static str) -> Result<i128, crate::helm::functions::Failure> {
        Ok(0)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), crate::helm::functions::Failure> {
        self.0 += 1;
        buffer.fill(7);
        Ok(())
    }
}

#[test]
fn a_key_that_waits_is_the_same_wherever_it_is_read() {
    let text = r#"{{ define "pair" }}cert: {{ .ca.Cert | b64enc }}
key: {{ .ca.Key | b64enc }}
{{ end -}}
{{ $ca := genCA "x" 1 -}}
{{ $read := fromYaml (include "pair" (dict "ca" $ca)) -}}
{{ $read.cert }} {{ $ca.Cert }} {{ len $read.cert }} {{ toJson $read }} {{ $read }} {{ range $k, $v := $read }}{{ $v }}{{ end -}}
{{ eq $read.key (b64enc (toString $ca.Key)) }}"#;
    // The same, with a function in between that wants the whole text at once.
    let at_once = text.replace("| b64enc", "| toString | b64enc").replace("{{ $ca.Cert }}", "{{ toString $ca.Cert }}");
    let run = |text: &str| {
        let source = Source { name: "a".into(), text: text.into() };
        let program = Program::compile(&[source], Profile::V4).unwrap();
        let mut environment = Counting(0);
        let out = Machine::new(&program, &mut environment, Limits::default()).render("a", Value::map()).unwrap();
        (String::from_utf8(out).unwrap(), environment.0)
    };
    let waited = run(text);
    assert!(waited.0.contains("-----BEGIN CERTIFICATE-----") && waited.0.ends_with("true"));
    assert_eq!(waited, run(&at_once));
}
