//! D01–D12: inputs that are small and ask for much.

use plainsail::helm::{self, Profile};
use plainsail::jinja;
use plainsail::yaml::{Data, parse};

use crate::harness::*;

/// Enough for any of these templates to show what it is, few enough for a build without optimisation.
const FEW: u64 = 2_000_000;

#[test]
fn d01_alias_bombs() {
    let mut billion = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..10 {
        let below = vec![format!("*a{}", level - 1); 10].join(",");
        billion.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    let quadratic = format!("a: &a [{}]\nb: [{}]\n", vec!["x"; 1_000].join(","), vec!["*a"; 5_000].join(","));
    let mut merge = "m0: &m0 {a: 1, b: 2}\n".to_owned();
    for level in 1..30 {
        let below = level - 1;
        merge.push_str(&format!("m{level}: &m{level} {{<<: [*m{below}, *m{below}], k{level}: {{<<: *m{below}}}}}\n"));
    }
    let itself = "a: &a [*a]\n".to_owned();
    for (name, text) in [("billion", billion), ("quadratic", quadratic), ("merge", merge), ("itself", itself)] {
        guarded(&format!("d01 {name}"), || {
            let direct = values(&text);
            assert!(direct.is_err(), "{name} was read: {} bytes", text.len());
            // As values of a chart, and read by a template.
            let files =
                vec![("Chart.yaml".to_owned(), CHART.into()), ("values.yaml".to_owned(), text.clone().into_bytes())];
            assert_refused(name, load(files));
            let files = vec![
                ("Chart.yaml".to_owned(), CHART.into()),
                ("bomb.txt".to_owned(), text.clone().into_bytes()),
                ("templates/a.yaml".to_owned(), b"a: {{ .Files.Get \"bomb.txt\" | fromYaml | len }}".to_vec()),
            ];
            let rendered = render_chart(&load(files).unwrap(), &Data::map(), &options(FEW));
            // `fromYaml` gives a map with the error's text.
            assert!(rendered.is_err() || rendered.is_ok_and(|rendered| rendered.manifests[0].text == "a: 1"));
        });
    }
}

#[test]
fn d03_nothing_and_wrong_types() {
    let heads = [
        "",
        "\n",
        "---\n",
        "null",
        "[]",
        "1",
        "- a\n",
        "name: [a]\n",
        "apiVersion: v2\nname: {a: b}\nversion: 1\n",
        "apiVersion: v2\nname: a\nversion: 0.1.0\ndependencies: [null, 1]\n",
        "apiVersion: v2\nname: a\nversion: 0.1.0\nmaintainers: [null]\n",
        "apiVersion: v2\nname: a\nversion: 0.1.0\nkeywords: {a: b}\n",
        "\u{feff}",
        "\0",
        "a: b\n---\na: c\n",
        "apiVersion: v2\nname: a\nversion: 0.1.0\nannotations: [a]\n",
    ];
    for (index, head) in heads.iter().enumerate() {
        guarded(&format!("d03 {index}"), || {
            for profile in [Profile::V4, Profile::V3] {
                let files = [("Chart.yaml", head.as_bytes()), ("values.yaml", b"[]"), ("templates/a.yaml", b"a: 1\n")];
                let files =
                    files.iter().map(|(name, data)| helm::chart::File { name: (*name).into(), data: (*data).into() });
                let loaded = helm::chart::Chart::load(files.collect(), profile, helm::chart::Limits::default());
                if let Ok(chart) = loaded {
                    let _ = render_chart(&chart, &Data::map(), &helm::Options::new(profile));
                }
            }
        });
    }
    for bytes in [&b"\xff\xfe"[..], b"a: \xff\xff", b"\0\0\0", b"a: [\xc0\x80]"] {
        guarded("d03 bytes", || {
            let _ = parse(bytes, &plainsail::yaml::Limits::default());
            let template = [b"a: {{ \"", bytes, b"\" | quote }}{{ .Values.", bytes, b" }}"].concat();
            let files = vec![("Chart.yaml".to_owned(), CHART.into()), ("templates/a.yaml".to_owned(), template)];
            assert_refused(
                "bytes",
                load(files)
                    .map_err(helm::Error::from)
                    .and_then(|chart| render_chart(&chart, &Data::map(), &options(FEW))),
            );
        });
    }
}

#[test]
fn d04_huge_indexes_and_deep_names() {
    use plainsail::helm::values::UserValues;
    let lines = [
        "a[2147483647]=1".to_owned(),
        "a[99999999999999999999]=1".to_owned(),
        "a[-1]=1".to_owned(),
        format!("{}a=1", "a.".repeat(100_000)),
        format!("a{}=1", "[0]".repeat(100_000)),
        format!("a{}=1", "[65536]".repeat(90)),
        (0..100).map(|index| format!("a{index}[65536]=1")).collect::<Vec<_>>().join(","),
        format!("a={}", "{".repeat(100_000)),
        format!("a{}", "[".repeat(100_000)),
        format!("a[0].{}b=1", "c[0].".repeat(50_000)),
    ];
    for (index, line) in lines.iter().enumerate() {
        guarded(&format!("d04 {index}"), || {
            for profile in [Profile::V4, Profile::V3] {
                let user = UserValues { set: vec![line.clone()], ..UserValues::default() };
                let result = user.merge(profile, &|_| Err("no files".to_owned()));
                // Helm 4 takes an index that never ends for the end of the line.
                let refused = result.is_err();
                if !refused && index == 8 {
                    continue;
                }
                assert!(refused, "{index} {profile:?}: {line:.80}");
                let text = result.unwrap_err().to_string();
                // The line is quoted in messages; all else is short.
                assert!(text.len() < 20 * line.len().max(1_000), "{index}: {} bytes", text.len());
            }
        });
    }
    guarded("d04 json", || {
        let user = UserValues { set_json: vec![format!("a={}", "[".repeat(100_000))], ..UserValues::default() };
        assert!(user.merge(Profile::V4, &|_| Err(String::new())).is_err());
    });
}

fn schema_chart(schema: &str, values: &str) -> Result<helm::Rendered, helm::Error> {
    let files = vec![
        ("Chart.yaml".to_owned(), CHART.into()),
        ("values.yaml".to_owned(), values.as_bytes().to_vec()),
        ("values.schema.json".to_owned(), schema.as_bytes().to_vec()),
        ("templates/a.yaml".to_owned(), b"a: 1\n".to_vec()),
    ];
    render_chart(&load(files)?, &Data::map(), &options(FEW))
}

#[test]
fn d05_schemas_that_lead_outside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret.json");
    std::fs::write(&file, format!("{{\"const\": \"{CANARY}\"}}")).unwrap();
    let outside = [
        format!("file://{}", file.display()),
        file.display().to_string(),
        "../secret.json".to_owned(),
        "file:///dev/zero".to_owned(),
        "http://127.0.0.1:9/x.json".to_owned(),
        "https://169.254.169.254/latest/meta-data".to_owned(),
    ];
    for reference in &outside {
        for keyword in ["$ref", "$dynamicRef", "$schema"] {
            guarded(&format!("d05 {keyword} {reference}"), || {
                let schema = format!("{{\"{keyword}\": \"{reference}\"}}");
                let result = schema_chart(&schema, "a: 1\n");
                let text = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
                assert!(!text.contains(CANARY), "{text}");
                assert!(result.is_err() || keyword == "$dynamicRef", "{schema} was accepted");
            });
        }
    }
}

#[test]
fn d05_values_that_miss_many_alternatives() {
    // Each element of the list fits none of the schemas, which is a line for each: 24 million in all.
    guarded("d05 alternatives", || {
        let alternatives: Vec<_> = (0..400).map(|index| format!(r#"{{"const": "x{index}"}}"#)).collect();
        let schema = format!(r#"{{"properties": {{"l": {{"items": {{"anyOf": [{}]}}}}}}}}"#, alternatives.join(", "));
        let values = format!("l: [{}]\n", "v, ".repeat(60_000));
        let error = schema_chart(&schema, &values).unwrap_err().to_string();
        assert!(error.contains("cap of") && error.len() < 10_000, "{} bytes", error.len());
    });
}

#[test]
fn d05_schemas_that_never_end() {
    let loops = [
        r##"{"$ref": "#"}"##,
        r##"{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}"##,
        r##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}"##,
        r##"{"anyOf": [{"$ref": "#"}, {"not": {"$ref": "#"}}]}"##,
        r##"{"$dynamicAnchor": "x", "$dynamicRef": "#x"}"##,
        r##"{"properties": {"a": {"$ref": "#/properties/a"}}}"##,
        r##"{"if": {"$ref": "#"}, "then": {"$ref": "#"}}"##,
    ];
    for schema in loops {
        guarded(&format!("d05 {schema}"), || {
            let result = schema_chart(schema, "a: {a: {a: 1}}\n");
            if let Err(error) = result {
                assert!(error.to_string().len() < 10_000, "{schema}");
            }
        });
    }
    // Each definition names the one below twice, or each value the schema.
    guarded("d05 doubled references", || {
        let levels = (0..60).map(|level| {
            format!(r##""a{level}": {{"allOf": [{{"$ref": "#/$defs/a{0}"}}, {{"$ref": "#/$defs/a{0}"}}]}}"##, level + 1)
        });
        let schema = format!(
            r##"{{"$defs": {{{}, "a60": {{}}}}, "$ref": "#/$defs/a0"}}"##,
            levels.collect::<Vec<_>>().join(", ")
        );
        assert!(schema_chart(&schema, "a: 1\n").unwrap_err().to_string().contains("cap of"));
        let schema =
            r##"{"additionalProperties": {"allOf": [{"$ref": "#"}, {"$ref": "#"}], "type": ["object", "number"]}}"##;
        let values = "{a: ".repeat(80) + "1" + &"}".repeat(80);
        assert!(schema_chart(schema, &values).unwrap_err().to_string().contains("cap of"));
    });
    // A pattern that would take for ever in a backtracking matcher.
    guarded("d05 pattern", || {
        let schema = r#"{"properties": {"a": {"pattern": "^(a+)+$"}}}"#;
        assert_refused("pattern", schema_chart(schema, &format!("a: {}b\n", "a".repeat(50_000))));
        let large = format!(r#"{{"properties": {{"a": {{"pattern": "^{}$"}}}}}}"#, "((a{1,100}){1,100}){1,100}");
        assert_refused("large pattern", schema_chart(&large, "a: b\n"));
    });
}

/// Templates that ask for more than they may have, each under its name; `benches/bounds` measures them with the usual caps.
fn templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    let cases = include_str!("cases/templates.txt").split("\n\n");
    cases.map(|case| case.trim_start_matches("# ").trim_end().split_once('\n').unwrap())
}

#[test]
fn d06_templates_that_never_end() {
    let cases = [
        ("itself", r#"{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#),
        (
            "each other",
            r#"{{ define "a" }}{{ include "b" . }}{{ end }}{{ define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}"#,
        ),
        ("template", r#"{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}"#),
    ];
    for (name, template) in cases {
        guarded(&format!("d06 {name}"), || assert_refused(name, render(template)));
    }
    let mut count = 0;
    let mut others = Vec::new();
    for (name, template) in templates() {
        match guarded(&format!("d06 {name}"), || render_within(template, FEW)) {
            Err(error) if is_cap(&error) => {}
            Err(error) => others.push(format!("{name}: {error:.200}")),
            Ok(_) => others.push(format!("{name}: rendered")),
        }
        count += 1;
    }
    assert!(others.is_empty(), "{others:#?}");
    assert!(count > 140, "{count} templates");
    // Go itself refuses such a width, in these words.
    guarded("d06 width", || {
        let rendered = render(r#"a: {{ printf "%2147483647d" 1 | quote }}"#).unwrap();
        assert_eq!(rendered.manifests[0].text, "a: \"%!(NOVERB)%!(EXTRA int=1)\"");
        let verbs =
            r#"{{ printf "FORMAT" }}"#.replace("FORMAT", &"%999999[1]d".repeat(2_000)).replace("\" }}", "\" 1 }}");
        assert_cap("many widths", render(&verbs));
    });
}

#[test]
fn d06_a_chain_of_signers_is_no_chain_of_calls() {
    guarded("d06 signers", || {
        let template = r#"{{ $c := genCA "x" 1 }}{{ range until 12 }}{{ $c = genSignedCert "x" nil nil 1 $c }}{{ end }}a: {{ len $c.Cert }}"#;
        assert!(render(template).is_ok());
    });
}

#[test]
fn d06_a_deadline_comes_from_outside() {
    use plainsail::helm::functions::Failure;
    use plainsail::helm::template::{Environment, Machine, Program, Source};
    struct Patient(u32);
    impl Environment for Patient {
        fn now(&mut self, function: &'static str) -> Result<i128, Failure> {
            Err(Failure::Impure(function))
        }
        fn random(&mut self, function: &'static str, _: &mut [u8]) -> Result<(), Failure> {
            Err(Failure::Impure(function))
        }
        fn may_go_on(&mut self) -> Result<(), Failure> {
            self.0 =
                self.0.checked_sub(1).ok_or_else(|| Failure::Limit("the cap of 10 s for one release".to_owned()))?;
            Ok(())
        }
    }
    let text = "{{ range until 100000 }}{{ range until 10 }}{{ end }}{{ end }}";
    let program = Program::compile(&[Source { name: "a".into(), text: text.into() }], Profile::V4).unwrap();
    for patience in [0, 3] {
        let mut environment = Patient(patience);
        let result = Machine::new(&program, &mut environment, helm::template::Limits::default())
            .render("a", helm::value::Value::Nil);
        assert_eq!(result.unwrap_err().to_string(), "the cap of 10 s for one release is reached");
    }
}

#[test]
fn d06_jinja_has_caps_too() {
    let cases = [
        "{{ 'x' * 10000000000 }}",
        "{{ [1] * 10000000000 }}",
        "{% for i in range(100000) %}{% for j in range(100000) %}{{ j }}{% endfor %}{% endfor %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ range(10000000000) | list }}",
        "{{ 'x' | indent(10000000000) }}",
        "{{ 'x' | nindent(10000000000) }}",
        "{{ 'x' | center(10000000000) }}",
        "{{ '%2147483647d' | format(1) }}",
        "{{ 10 ** 10000000000 }}",
    ];
    for source in cases {
        guarded(&format!("d06 jinja {source:.60}"), || {
            let result = jinja::render_with(
                "a.j2",
                source,
                std::collections::BTreeMap::<String, String>::new(),
                jinja::Caps::default(),
            );
            assert!(result.is_err(), "{source}");
        });
    }
    let deep = [
        format!("{}1{}", "{{ ".to_owned() + &"(".repeat(100_000), ")".repeat(100_000) + " }}"),
        format!("{}{}", "{% if 1 %}".repeat(100_000), "{% endif %}".repeat(100_000)),
        format!("{{{{ {}1{} }}}}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{{{{ {} 1 }}}}", "not ".repeat(100_000)),
        format!("{{{{ {} 1 }}}}", "-".repeat(100_000)),
        format!("{{{{ 1{} }}}}", "+1".repeat(100_000)),
        format!("{{{{ 1{} }}}}", "|abs".repeat(100_000)),
        format!("{{{{ a{} }}}}", ".a".repeat(100_000)),
        // As long as a tag may be, and hidden behind what looks like an end.
        format!("{{{{ {} 1 }}}}", "-".repeat(990)),
        format!("{{{{ {} 1 }}}}", "not ".repeat(240)),
        format!("{{{{ '}}}}' ~ {} 1 }}}}", "-".repeat(100_000)),
    ];
    for source in &deep {
        guarded(&format!("d06 jinja {source:.20}"), || {
            let _ = jinja::render_with(
                "a.j2",
                source,
                std::collections::BTreeMap::<String, String>::new(),
                jinja::Caps::default(),
            );
        });
    }
}

#[test]
fn d08_nothing_is_asked_of_the_world() {
    use plainsail::helm::chart::Limits;
    for call in [
        "now",
        "randAlpha 5",
        "randAlphaNum 5",
        "randNumeric 5",
        "randAscii 5",
        "randBytes 5",
        "randInt 1 5",
        "uuidv4",
        "shuffle \"abc\"",
        "genPrivateKey \"ecdsa\"",
        "genCA \"x\" 1",
        "genSelfSignedCert \"x\" nil nil 1",
        "htpasswd \"a\" \"b\"",
        "bcrypt \"a\"",
        "encryptAES \"a\" \"b\"",
        "ago (toDate \"2006\" \"2020\")",
    ] {
        guarded(&format!("d08 {call}"), || {
            let template = format!("a: {{{{ {call} | quote }}}}");
            let files = [("Chart.yaml", CHART), ("templates/a.yaml", &template)];
            let files =
                files.iter().map(|(name, data)| helm::chart::File { name: (*name).into(), data: (*data).into() });
            let chart = helm::chart::Chart::load(files.collect(), Profile::V4, Limits::default()).unwrap();
            let release = helm::Release { name: "r".into(), namespace: "n".into(), is_upgrade: false };
            let options = helm::Options::new(Profile::V4);
            let result = helm::render(
                &chart,
                &Data::map(),
                &release,
                &helm::Capabilities::default(),
                &options,
                &mut helm::template::Pure,
            );
            assert!(
                matches!(result, Err(helm::Error::Template(helm::template::Error::Impure { .. }))),
                "{call}: {result:?}"
            );
        });
    }
    // Helm has no such functions, or they find nothing.
    for call in ["env \"HOME\"", "expandenv \"$HOME\""] {
        assert_refused(call, render(&format!("a: {{{{ {call} }}}}")));
    }
    let rendered =
        render("a: {{ getHostByName \"localhost\" | quote }}\nb: {{ lookup \"v1\" \"Secret\" \"\" \"\" | toJson }}\n")
            .unwrap();
    assert_eq!(rendered.manifests[0].text, "a: \"\"\nb: {}\n");
}

#[test]
fn d10_many_objects_and_much_output() {
    guarded("d10 objects", || {
        let error = render("{{ range until 100000 }}---\na: {{ . }}\n{{ end }}").unwrap_err();
        assert_eq!(error.to_string(), "the cap of 20000 objects for one release is reached");
    });
    guarded("d10 output", || {
        let error = render(&format!("{{{{ range until 1000 }}}}{}{{{{ end }}}}", "x".repeat(1 << 20))).unwrap_err();
        assert_eq!(error.to_string(), "the cap of 67108864 bytes of output is reached");
    });
    guarded("d10 output of many files", || {
        let text = format!("# {}", "x".repeat(4 << 20)).into_bytes();
        let mut files = vec![("Chart.yaml".to_owned(), CHART.into())];
        files.extend((0..20).map(|index| (format!("templates/{index}.yaml"), text.clone())));
        let error = render_chart(&load(files).unwrap(), &Data::map(), &options(200_000_000)).unwrap_err();
        assert_eq!(error.to_string(), "the cap of 67108864 bytes of output is reached");
    });
}

#[test]
fn d12_yaml_is_read_as_kubernetes_reads_it() {
    // Two of a key: the reader of Kubernetes refuses them in strict reading, go-yaml v2 takes the last as Helm does.
    let cases = include_str!("cases/d12.txt");
    let mut count = 0;
    for case in cases.split("\n====\n") {
        let (name, rest) = case.split_once('\n').unwrap();
        let (text, expected) = rest.rsplit_once("\n->").unwrap();
        let text = text.replace("\\r", "\r").replace("\\ufeff", "\u{feff}");
        let shown = match parse(text.as_bytes(), &plainsail::yaml::Limits::default()) {
            Ok(data) => plainsail::yaml::json::encode(&data, plainsail::yaml::json::Html::Raw)
                .map(|json| String::from_utf8(json).unwrap())
                .unwrap(),
            Err(_) => "refused".to_owned(),
        };
        assert_eq!(shown, expected.trim(), "{name}");
        count += 1;
    }
    assert!(count >= 8, "{count} cases");
}
