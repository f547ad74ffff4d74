//! Any bytes, wherever plainsail reads somebody's: nothing panics, and every other promise of the targets is kept.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::targets::TARGETS;

/// Pieces of which templates, YAML, flags, patterns, schemas and files of a fleet are made, so that more than the first byte
/// is looked at.
const PIECES: &[&[u8]] = &[
    b"{{",
    b"}}",
    b"{{- ",
    b" -}}",
    b"{{ if ",
    b"{{ end }}",
    b"{{ range $a, $b := ",
    b"{{ define \"a\" }}",
    b"include \"h\" .",
    b"tpl ",
    b".Values.a",
    b"$",
    b"(",
    b")",
    b"|",
    b"printf \"%5.2v\" ",
    b"\"",
    b"`",
    b"\n",
    b"\n",
    b"\n  ",
    b": ",
    b"- ",
    b"a",
    b"b: c",
    b"[",
    b"]",
    b"{",
    b"}",
    b"=",
    b",",
    b"\\",
    b"*",
    b"&a ",
    b"*a",
    b"!!int ",
    b"!x ",
    b"---\n",
    b"...",
    b"1.2.3",
    b">=",
    b"x",
    b"1e9",
    b"0x1",
    b"<<: ",
    b"#",
    b" #c",
    b"? ",
    b"\t",
    b"'",
    b"\xff",
    b"\xc3\xa9",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\r\n",
    b"|-\n",
    b">+2\n",
    b"!<x> ",
    b"!x!",
    b"\\x4",
    b"~",
    b"yes",
    b".inf",
    b"\x01",
    b"\xc2\x85",
    b"%YAML 1.1\n",
    b"%TAG ! x\n",
    b"toYaml ",
    b"fromYaml ",
    b"dict ",
    b"list ",
    b"regexMatch ",
    b"{% for a in values.a.b %}",
    b"{% endfor %}",
    b"{% set a = ",
    b" %}",
    b"{{ values.text | toyaml }}",
    b"apiVersion: ",
    b"kind: ",
    b"name: ",
    b"version: ",
    b"chart: charts/web\n",
    b"images:\n  web:\n    tag: ",
    b"values: ",
    b"promotesFrom: ",
    b"dependencies:\n- ",
    b"\"type\": ",
    b"\"$ref\": \"#\"",
    b"\"properties\": {\"a\": ",
    b"\n---\n",
    b"[[a]]\n",
    b"a = ",
    b"(?P<n>",
    b"{2,3}",
    b"[^a-z]",
    b"%",
    b"[1]",
    b"2006-01-02",
    b"h",
    b"/",
    b"..",
    b"**",
    b"!",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        12 => prop::sample::select(PIECES).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Gives each target texts of pieces, and bytes.
fn run(names: &[&str], count: u32) {
    let inputs = prop_oneof![9 => pieces(), 1 => prop::collection::vec(any::<u8>(), 0..2_000)];
    for name in names {
        let (_, target) = TARGETS.iter().find(|(target, _)| target == name).unwrap();
        let run = |input: Vec<u8>| {
            target(&input);
            Ok(())
        };
        if let Err(failure) = TestRunner::new(crate::inputs(count)).run(&inputs, run) {
            panic!("{name}: {failure}");
        }
    }
}

#[test]
fn charts_and_values() {
    run(&["archive", "values", "helmignore", "schema"], 100);
}

#[test]
fn templates() {
    run(&["template", "jinja"], 100);
}

#[test]
fn yaml_and_files_of_a_fleet() {
    run(&["yaml", "fleet", "bump"], 150);
}

#[test]
fn the_small_languages() {
    run(&["format", "glob", "regex", "semver", "time", "toml"], 300);
}
