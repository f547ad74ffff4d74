//! One scalar of a hand-written file is replaced: to every reader this one value is another, and every other byte stays.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::targets::bump::{check_edit, targets};

/// How a value is written, and whether it can be replaced.
#[derive(Clone, Debug)]
enum Written {
    Scalar(&'static str),
    /// Cannot be replaced, and must not be.
    Other(&'static str),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
struct Entry {
    above: &'static str,
    key: &'static str,
    colon: &'static str,
    value: Written,
    comment: &'static str,
}

/// Keys, each used once in a map: those that are made the same key by quotes stand for one.
const KEYS: &[&str] =
    &["tag", "web", "images", "\"quoted key\"", "'it''s'", "é", "app.kubernetes.io/name", "a b", "digest", "x-y", "k1"];

fn scalar() -> impl Strategy<Value = Written> {
    prop::sample::select(vec![
        "f00ba47",
        "1234567",
        "0012345",
        "12e4567",
        "'f 00'",
        "\"f\\\"00\\u00e9\"",
        "&new f00",
        "&other 'x'",
        "!!str 12",
        "f#00",
        "'it''s'",
        "\"\"",
        "''",
        "",
        "~",
        "true",
        "1.5",
        "a:b",
        "http://x/y?z=#1",
        "日本",
        "! x",
        "-x",
        "?x",
        "&empty",
    ])
    .prop_map(Written::Scalar)
}

fn other() -> impl Strategy<Value = Written> {
    prop::sample::select(vec![
        "|\n      tag: x\n      # no comment\n",
        ">-\n      folded\n      text\n\n",
        "{tag: a, 'b': [1, 2], c: {d: e}}",
        "[a, {tag: b}, \"c\"]",
        "\n      - a\n      - tag: b\n        c: d",
        "*anchor",
        "two\n      lines",
        "\"two\n      lines\"",
        "!!int 3",
        "!!binary YQ==",
    ])
    .prop_map(Written::Other)
}

fn map(depth: u32) -> BoxedStrategy<Vec<Entry>> {
    let value = if depth == 0 {
        prop_oneof![4 => scalar(), 1 => other()].boxed()
    } else {
        prop_oneof![4 => scalar(), 1 => other(), 3 => map(depth - 1).prop_map(Written::Map)].boxed()
    };
    let above = prop::sample::select(vec!["", "", "", "# é: {\n", "\n", "\n   # odd\n", "#\n\n"]);
    let colon = prop::sample::select(vec![": ", ": ", ":   ", " : ", ":\t"]);
    let comment = prop::sample::select(vec!["", "", " # c", "   ", " #x: y", "\t# tab"]);
    let keys = prop::sample::subsequence(KEYS, 1..4).prop_shuffle();
    (keys, prop::collection::vec((above, colon, value, comment), 4))
        .prop_map(|(keys, rest)| {
            let entry = |(key, (above, colon, value, comment))| Entry { above, key, colon, value, comment };
            keys.into_iter().zip(rest).map(entry).collect()
        })
        .boxed()
}

/// Writes a map; `steps` are the widths of the indents, the outermost first.
fn write(out: &mut String, entries: &[Entry], indent: usize, steps: &[usize]) {
    for Entry { above, key, colon, value, comment } in entries {
        out.push_str(above);
        let _ = write!(out, "{:indent$}{key}", "");
        let (step, inner) = steps.split_first().map_or((2, steps), |(step, inner)| (*step, inner));
        match value {
            Written::Map(entries) => {
                let _ = writeln!(out, ":{comment}");
                write(out, entries, indent + step, inner);
            }
            Written::Scalar(text) => {
                // A plain scalar would take a comment without a blank before it for a part of itself.
                let _ = writeln!(out, "{colon}{text}{comment}");
            }
            Written::Other(text) => {
                // Continuation lines stand further in than any key.
                let deeper = text.replace("\n      ", &format!("\n{:1$}", "", indent + 6));
                let end = if text.contains('\n') || text.starts_with('*') { "\n" } else { comment };
                let _ = writeln!(out, "{colon}{deeper}{}", end.trim_end_matches('\n'));
            }
        }
    }
}

/// Returns how many scalars of the model can be replaced.
fn count(entries: &[Entry]) -> usize {
    let of = |entry: &Entry| match &entry.value {
        Written::Scalar(_) => 1,
        Written::Other(_) => 0,
        Written::Map(entries) => count(entries),
    };
    entries.iter().map(of).sum()
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["1234567", "0012345", "12e4567", "no", "~", "", "sha256:00ff", "0x1F", "1:30"])
            .prop_map(str::to_owned),
        "[ -~]{0,20}",
        prop::collection::vec(any::<char>(), 0..6).prop_map(String::from_iter),
    ]
}

proptest! {
    #![proptest_config(crate::inputs(150))]

    #[test]
    fn change_one_value_and_no_other_byte(
        entries in map(2),
        steps in prop::collection::vec(1..6_usize, 3),
        new in value(),
        line_break in prop::sample::select(vec!["\n", "\r\n"]),
        mark in prop::sample::select(vec!["", "\u{feff}"]),
        head in prop::sample::select(vec!["", "# head\n", "---\n", "%YAML 1.1\n---\n", "anchors: [&anchor x]\n"]),
        tail in prop::sample::select(vec!["", "\n", "# end", "...\n", "z: z", "\n\n\n"]),
    ) {
        let mut text = format!("{mark}{head}");
        // Without the anchor, its alias is no YAML.
        if !head.starts_with("anchors") {
            text.push_str("anchors: [&anchor x]\n");
        }
        write(&mut text, &entries, 0, &steps);
        text.push_str(tail);
        let text = text.replace('\n', line_break);
        let found = targets(text.as_bytes());
        let edited = found.iter().filter(|target| check_edit(text.as_bytes(), target, &new)).count();
        // What can be replaced is replaced, where the text is YAML at all.
        if !found.is_empty() {
            let expected = count(&entries);
            prop_assert!(edited >= expected, "{edited} of {expected} were edited: {text:?}");
        }
    }
}
