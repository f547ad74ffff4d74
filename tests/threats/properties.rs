//! Any bytes: reading never panics, writing is read back equal, rendering twice gives the same bytes.

use plainsail::files::Memory;
use plainsail::fleet::Fleet;
use plainsail::helm::chart::{Limits as ChartLimits, ignore::Rules, unpack};
use plainsail::helm::glob::Glob;
use plainsail::helm::semver::{Constraints, Version};
use plainsail::helm::values::UserValues;
use plainsail::helm::{Profile, chart};
use plainsail::yaml::{Data, Limits, emit, json, parse};
use proptest::prelude::*;

use crate::harness::*;

/// Pieces of which templates, flags and patterns are made, so that more than the first byte is looked at.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"{{".to_vec()),
        Just(b"}}".to_vec()),
        Just(b"{{- ".to_vec()),
        Just(b" -}}".to_vec()),
        Just(b"if ".to_vec()),
        Just(b"{{ end }}".to_vec()),
        Just(b"{{ range $a, $b := ".to_vec()),
        Just(b"define \"a\"".to_vec()),
        Just(b"include \"a\" .".to_vec()),
        Just(b"tpl ".to_vec()),
        Just(b".Values.a".to_vec()),
        Just(b"$".to_vec()),
        Just(b"(".to_vec()),
        Just(b")".to_vec()),
        Just(b"|".to_vec()),
        Just(b"printf \"%5.2v\" ".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"`".to_vec()),
        Just(b"\n".to_vec()),
        Just(b": ".to_vec()),
        Just(b"- ".to_vec()),
        Just(b"a".to_vec()),
        Just(b"[".to_vec()),
        Just(b"]".to_vec()),
        Just(b"=".to_vec()),
        Just(b",".to_vec()),
        Just(b"\\".to_vec()),
        Just(b"*".to_vec()),
        Just(b"&a ".to_vec()),
        Just(b"!!int ".to_vec()),
        Just(b"---\n".to_vec()),
        Just(b"1.2.3".to_vec()),
        Just(b">=".to_vec()),
        Just(b"x".to_vec()),
        Just(b"1e9".to_vec()),
        Just(b"{".to_vec()),
        Just(b"}".to_vec()),
        Just(b"<<: ".to_vec()),
        Just(b"#".to_vec()),
        Just(b"? ".to_vec()),
        Just(b"\t".to_vec()),
        Just(b"'".to_vec()),
        Just(b"\xff".to_vec()),
        Just(b"toYaml ".to_vec()),
        Just(b"fromYaml ".to_vec()),
        Just(b"dict ".to_vec()),
        Just(b"list ".to_vec()),
        Just(b"regexMatch ".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

fn rendered(template: &[u8]) -> Result<Vec<u8>, String> {
    let files = vec![
        ("Chart.yaml".to_owned(), CHART.into()),
        ("values.yaml".to_owned(), b"a: {b: [1, x, null]}\n".to_vec()),
        ("templates/a.yaml".to_owned(), template.to_vec()),
    ];
    let chart = load(files).map_err(|error| error.to_string())?;
    let rendered = render_chart(&chart, &Data::map(), &options(200_000)).map_err(|error| error.to_string())?;
    rendered.print(&plainsail::helm::PrintOptions::default()).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_template_ends(template in pieces()) {
        let first = rendered(&template);
        prop_assert_eq!(&first, &rendered(&template));
        let other = std::thread::spawn(move || rendered(&template)).join().unwrap();
        prop_assert_eq!(first, other);
    }

    #[test]
    fn any_yaml_ends(text in pieces()) {
        let _ = parse(&text, &Limits::default());
        let _ = json::parse(&text, &Limits::default());
        let files: Memory = [("plainsail.yaml", &b""[..]), ("environments/dev/environment.yaml", &text), ("environments/dev/a.yaml", &text)].into_iter().collect();
        let _ = Fleet::load(&files);
    }

    #[test]
    fn any_flag_ends(line in pieces()) {
        let line = String::from_utf8_lossy(&line).into_owned();
        for profile in [Profile::V4, Profile::V3] {
            let lines = vec![line.clone()];
            for user in [
                UserValues { set: lines.clone(), ..UserValues::default() },
                UserValues { set_string: lines.clone(), ..UserValues::default() },
                UserValues { set_json: lines.clone(), ..UserValues::default() },
                UserValues { set_file: lines.clone(), ..UserValues::default() },
                UserValues { set_literal: lines, ..UserValues::default() },
            ] {
                let _ = user.merge(profile, &|_| Err("no files".to_owned()));
            }
        }
    }

    #[test]
    fn any_pattern_and_version_ends(text in pieces(), name in pieces()) {
        if let Ok(glob) = Glob::for_files(&text) {
            let _ = glob.matches(&name);
        }
        if let Ok(constraints) = Constraints::parse(&text)
            && let Ok(version) = Version::parse(&name)
        {
            constraints.check(&version);
        }
        let _ = Version::parse_strict(&text);
        if let Ok(rules) = Rules::parse(&text) {
            rules.with_defaults().ignores(&name, false);
        }
    }

    #[test]
    fn any_archive_ends(noise in proptest::collection::vec(any::<u8>(), 0..2_000), name in pieces()) {
        use std::io::Write as _;
        let _ = unpack(&noise, ChartLimits::default());
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&noise).unwrap();
        let _ = unpack(&encoder.finish().unwrap(), ChartLimits::default());
        let files = vec![("Chart.yaml".to_owned(), name)];
        let _: Result<_, chart::Error> = load(files);
    }

    #[test]
    fn a_text_that_is_written_is_read_equal(text in "\\PC{0,80}|[ -~\\n\\t]{0,200}|[0-9a-fxo_+.eE:-]{1,20}|(true|yes|No|null|~|\\.inf|on)") {
        let written = emit(&Data::Map(std::sync::Arc::new([("a".into(), Data::from(text.as_str()))].into_iter().collect()))).unwrap();
        let back = parse(&written, &Limits::default()).unwrap();
        prop_assert_eq!(back.get("a"), Some(&Data::from(text.as_str())), "{}", String::from_utf8_lossy(&written));
        let other: std::collections::BTreeMap<String, String> = serde_saphyr::from_slice(&written).map_err(|error| TestCaseError::fail(format!("{error}: {}", String::from_utf8_lossy(&written))))?;
        prop_assert_eq!(&other["a"], &text, "{}", String::from_utf8_lossy(&written));
    }
}
