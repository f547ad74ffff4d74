//! D02: values that a template nests deeper than any stack, given to every function that there is.

use plainsail::helm::Profile;
use plainsail::helm::functions;
use plainsail::helm::template::{Limits, Machine, Program, Source};
use plainsail::helm::value::{Map, MapType, Value};
use plainsail::yaml::Str;

use crate::harness::*;

/// A frame of a hundred bytes for each level would overflow.
const DEEP: usize = 40_000;

/// The ways to call a function with something deep.
const CALLS: &[&str] = &[
    "{{ FUNCTION $d }}",
    "{{ FUNCTION $d $e }}",
    "{{ FUNCTION \"a\" $d }}",
    "{{ FUNCTION $d \"a\" }}",
    "{{ FUNCTION \"a\" \"b\" $d }}",
    "{{ FUNCTION 1 $d }}",
    "{{ FUNCTION (list $d) }}",
    "{{ FUNCTION (list $d $e) (list $d $e) }}",
    "{{ FUNCTION (list $d $e) $d }}",
    "{{ FUNCTION (dict \"a\" $d \"b\" $e) (dict \"a\" $e) }}",
];

/// Other ways in which a value is looked at.
const USES: &[&str] = &[
    "{{ $d }}",
    "{{ range $d }}{{ . }}{{ end }}",
    "{{ if eq $d $e }}{{ end }}",
    "{{ with $d }}{{ .a.a.a }}{{ end }}",
    "{{ $c := deepCopy $d }}",
    "{{ printf \"%v %+v %#v %s %q %d %T\" $d $d $d $d $d $d $d }}",
    "{{ $_ := set $d \"b\" $d }}{{ unset $d \"b\" | kindOf }}",
    "{{ $_ := set $e \"b\" $e }}{{ toYaml $e }}",
    "{{ $_ := set $e \"b\" $e }}{{ toString $e }}",
    "{{ $_ := set $e \"b\" $e }}{{ deepEqual $e $d }}",
    "{{ $m := mergeOverwrite $e $d }}",
    "{{ tpl \"{{ toJson . }}\" $d }}",
    "{{ include \"shown\" $d }}",
    "{{ fail (toString $d) }}",
    "{{ index $d \"a\" \"a\" }}{{ dig \"a\" \"a\" 1 $d }}",
];

fn deep(depth: usize, name: &str) -> Value {
    let mut value = Value::str("end");
    for level in 0..depth {
        let outer = Map::new(MapType::Any);
        outer.insert(Str::from(name), if level % 2 == 0 { value } else { Value::list(vec![value]) });
        value = Value::Map(outer);
    }
    value
}

#[test]
fn d02_values_that_are_deeper_than_a_stack() {
    guarded("d02 deep values", || {
        let calls = functions::names().flat_map(|name| CALLS.iter().map(move |call| call.replace("FUNCTION", name)));
        let texts: Vec<String> = calls.chain(USES.iter().map(|text| (*text).to_owned())).collect();
        let (mut count, mut first, mut second) = (0, Value::Nil, Value::Nil);
        for (index, text) in texts.iter().enumerate() {
            let text =
                format!("{{{{ define \"shown\" }}}}{{{{ . }}}}{{{{ end }}}}{{{{ $d := .d }}}}{{{{ $e := .e }}}}{text}");
            let sources = [Source { name: "a".into(), text: text.as_str().into() }];
            // What takes no arguments is no template.
            let Ok(program) = Program::compile(&sources, Profile::V4) else { continue };
            let dot = Map::new(MapType::Any);
            // Building takes longer than refusing: only after what may have changed something they are made anew.
            if index == 0 || texts[index - 1].contains("set") || texts[index - 1].contains("erge") {
                (first, second) = (deep(DEEP, "a"), deep(DEEP, "a"));
            }
            dot.insert("d".into(), first.clone());
            dot.insert("e".into(), second.clone());
            let limits = Limits { steps: 20_000_000, ..Limits::default() };
            if let Err(error) = Machine::new(&program, &mut Fixed, limits).render("a", Value::Map(dot)) {
                assert!(error.to_string().len() < 5_000_000, "{text}: {} bytes", error.to_string().len());
            }
            count += 1;
        }
        println!("{count} of {} ran", texts.len());
        assert!(count > 1_500);
    });
}

#[test]
fn d02_a_value_that_is_deeper_than_any_stack_is_built_and_dropped() {
    for template in [
        "{{ $d := dict }}{{ range until 300000 }}{{ $d = dict \"a\" $d }}{{ end }}a: 1\n",
        "{{ $d := list }}{{ range until 300000 }}{{ $d = list $d }}{{ end }}a: 1\n",
        "{{ $d := dict }}{{ range until 300000 }}{{ $d = dict \"a\" (list $d) }}{{ end }}{{ $_ := set .Values \"x\" $d }}a: 1\n",
    ] {
        guarded("d02 300,000", || {
            render(template).unwrap();
        });
    }
    for (name, template) in [
        ("toYaml", "{{ $d := dict }}{{ range until 300000 }}{{ $d = dict \"a\" $d }}{{ end }}{{ toYaml $d }}"),
        ("printed", "{{ $d := list }}{{ range until 300000 }}{{ $d = list $d }}{{ end }}{{ $d }}"),
    ] {
        guarded(&format!("d02 300,000 {name}"), || {
            let result = render(template);
            assert!(result.is_err() || name == "toYaml", "{name}");
        });
    }
}
