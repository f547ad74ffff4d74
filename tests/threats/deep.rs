//! D02 and D07: nesting without end, and texts that are long or broken.

use plainsail::helm;
use plainsail::helm::glob::Glob;
use plainsail::helm::semver::{Constraints, Version};
use plainsail::yaml::{Data, Limits, json, parse, parse_documents};

use crate::harness::*;

const DEEP: usize = 100_000;

#[test]
fn d02_deep_nesting() {
    let texts = [
        ("lists", "[".repeat(DEEP)),
        ("closed lists", "[".repeat(DEEP) + &"]".repeat(DEEP)),
        ("maps", "{a: ".repeat(DEEP)),
        ("closed maps", "{a: ".repeat(DEEP) + &"}".repeat(DEEP)),
        ("block lists", "- ".repeat(DEEP) + "a"),
        ("block maps", (0..3_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect()),
        ("keys", "? ".repeat(DEEP) + "a"),
        ("JSON", "{\"a\":".repeat(DEEP)),
        ("anchors", "&a ".repeat(DEEP) + "x"),
        ("tags", "!!str ".repeat(DEEP) + "x"),
    ];
    for (name, text) in &texts {
        guarded(&format!("d02 {name}"), || {
            let nests = !matches!(*name, "anchors" | "tags");
            assert!(!nests || parse(text.as_bytes(), &Limits::default()).is_err(), "{name} was read");
            let _ = parse_documents(text.as_bytes(), &Limits::default());
            let _ = json::parse(text.as_bytes(), &Limits::default());
            let files =
                vec![("Chart.yaml".to_owned(), CHART.into()), ("values.yaml".to_owned(), text.clone().into_bytes())];
            assert!(!nests || load(files).is_err(), "{name} as values");
            let files = vec![("Chart.yaml".to_owned(), text.clone().into_bytes())];
            assert!(load(files).is_err(), "{name} as Chart.yaml");
            // Printed by a template, and read by one.
            let files = vec![
                ("Chart.yaml".to_owned(), CHART.into()),
                ("templates/a.yaml".to_owned(), [b"a: ", text.as_bytes()].concat()),
            ];
            let _ = render_chart(&load(files).unwrap(), &Data::map(), &options(5_000_000));
            for function in ["fromYaml", "fromYamlArray", "fromJson", "fromJsonArray", "mustFromJson", "fromToml"] {
                let files = vec![
                    ("Chart.yaml".to_owned(), CHART.into()),
                    ("deep.txt".to_owned(), text.clone().into_bytes()),
                    (
                        "templates/a.yaml".to_owned(),
                        format!("{{{{ $x := .Files.Get \"deep.txt\" | {function} }}}}").into_bytes(),
                    ),
                ];
                let _ = render_chart(&load(files).unwrap(), &Data::map(), &options(5_000_000));
            }
        });
    }
}

#[test]
fn d02_values_of_the_deepest_depth_go_through_everything() {
    for depth in [100, 490] {
        guarded(&format!("d02 values {depth}"), || {
            let text = format!("a: {}1{}\n", "{a: ".repeat(depth), "}".repeat(depth));
            let list = format!("b: {}1{}\n", "[".repeat(depth), "]".repeat(depth));
            let files = vec![
                ("Chart.yaml".to_owned(), CHART.into()),
                ("values.yaml".to_owned(), (text.clone() + &list).into_bytes()),
                ("values.schema.json".to_owned(), br##"{"$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}, "items": {"$ref": "#/$defs/a"}}}, "properties": {"a": {"$ref": "#/$defs/a"}, "b": {"$ref": "#/$defs/a"}}}"##.to_vec()),
                (
                    "templates/a.yaml".to_owned(),
                    b"a: {{ .Values.a | toJson | quote }}\nb:\n  {{- .Values | toYaml | nindent 2 }}\nc: {{ .Values | toString | quote }}\nd: {{ deepEqual (deepCopy .Values.a) .Values.a }}\n{{ $m := mustMergeOverwrite (deepCopy .Values.a) .Values.a }}e: {{ toToml .Values | quote }}\nf: {{ .Values | toYaml | fromYaml | toJson | quote }}\n".to_vec(),
                ),
            ];
            let chart = load(files).unwrap();
            let user = values(&text).unwrap();
            let result = render_chart(&chart, &user, &options(50_000_000));
            if depth == 100 {
                result.unwrap();
            }
        });
    }
}

#[test]
fn d07_deep_long_and_broken_templates() {
    let texts: Vec<(&str, String)> = vec![
        ("if", "{{ if 1 }}".repeat(DEEP)),
        ("closed if", "{{ if 1 }}".repeat(DEEP) + &"{{ end }}".repeat(DEEP)),
        ("range", "{{ range .a }}".repeat(DEEP) + &"{{ end }}".repeat(DEEP)),
        ("else if", "{{ if 0 }}".to_owned() + &"{{ else if 0 }}".repeat(DEEP) + "{{ end }}"),
        ("define", "{{ define \"a\" }}".repeat(DEEP)),
        ("parentheses", "{{ ".to_owned() + &"(".repeat(DEEP)),
        ("closed parentheses", "{{ ".to_owned() + &"(".repeat(DEEP) + "1" + &")".repeat(DEEP) + " }}"),
        ("pipes", "{{ 1".to_owned() + &" | quote".repeat(DEEP) + " }}"),
        ("fields", "{{ ".to_owned() + &".a".repeat(DEEP) + " }}"),
        ("arguments", "{{ list".to_owned() + &" 1".repeat(DEEP) + " }}"),
        ("variables", (0..DEEP).map(|index| format!("{{{{ $a{index} := 1 }}}}")).collect()),
        ("definitions", (0..DEEP).map(|index| format!("{{{{ define \"a{index}\" }}}}{{{{ end }}}}")).collect()),
        ("unterminated", "{{ .a".to_owned()),
        ("unterminated comment", "{{/* ".to_owned() + &"a".repeat(DEEP)),
        ("unterminated text", "{{ \"".to_owned() + &"a".repeat(DEEP)),
        ("number", "{{ 1".to_owned() + &"0".repeat(DEEP) + " }}"),
        ("exponent", "{{ 1e999999999 }}".to_owned()),
        ("NUL", "{{ \0 }}".to_owned()),
    ];
    for (name, text) in &texts {
        guarded(&format!("d07 {name}"), || {
            let result = render_within(text, 5_000_000);
            if let Err(error) = result {
                assert!(error.to_string().len() < 5_000_000, "{name}: {} bytes", error.to_string().len());
            }
        });
        guarded(&format!("d07 {name} by tpl"), || {
            let files = vec![
                ("Chart.yaml".to_owned(), CHART.into()),
                ("text.txt".to_owned(), text.clone().into_bytes()),
                ("templates/a.yaml".to_owned(), b"{{ $x := tpl (.Files.Get \"text.txt\") . }}".to_vec()),
            ];
            let _ = render_chart(&load(files).unwrap(), &Data::map(), &options(20_000_000));
        });
    }
    // Invalid UTF-8, everywhere.
    guarded("d07 bytes", || {
        for piece in [
            &b"{{ \xff }}"[..],
            b"{{ .\xff }}",
            b"\xff{{ \"\xff\" }}",
            b"{{ define \"\xff\" }}{{ end }}",
            b"{{/* \xff */}}",
            b"{{ `\xff` }}",
        ] {
            let files = vec![("Chart.yaml".to_owned(), CHART.into()), ("templates/a.yaml".to_owned(), piece.to_vec())];
            let _ = render_chart(&load(files).unwrap(), &Data::map(), &options(5_000_000));
        }
    });
}

#[test]
fn d07_a_template_of_fifty_megabytes() {
    guarded("d07 50 MB", || {
        let text = "{{ . }}".repeat(50_000_000 / 7);
        let error = helm::chart::Chart::load(
            vec![
                helm::chart::File { name: "Chart.yaml".into(), data: CHART.into() },
                helm::chart::File { name: "templates/a.yaml".into(), data: text.as_str().into() },
            ],
            helm::Profile::V4,
            helm::chart::Limits::default(),
        )
        .map(drop);
        assert_refused("a template of 50 MB", error);
    });
    // The largest that is read.
    guarded("d07 5 MB", || {
        let _ = render_within(&"{{ . }}".repeat(5_000_000 / 7), 5_000_000);
    });
}

#[test]
fn d02_patterns_and_versions() {
    guarded("d02 globs", || {
        for pattern in [
            "*".repeat(10_000),
            "{".repeat(10_000),
            "{a,".repeat(500) + &"}".repeat(500),
            "[".repeat(10_000),
            "*a".repeat(400),
            "{*,".repeat(60) + "a" + &"}".repeat(60),
        ] {
            if let Ok(glob) = Glob::for_files(&pattern) {
                let _ = glob.matches("a".repeat(10_000));
            }
        }
    });
    guarded("d02 versions", || {
        for text in [
            "1".repeat(100_000),
            "1.".repeat(50_000),
            format!("1.0.0-{}", "a.".repeat(50_000)),
            ">1 || ".repeat(20_000),
            ">=1,".repeat(20_000),
            "(".repeat(50_000),
        ] {
            assert!(Version::parse(&text).is_err());
            let _ = Constraints::parse(&text);
        }
    });
}
