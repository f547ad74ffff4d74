//! D06 in Jinja: small templates that grow something in a loop, nest something, or tie something into itself.

use std::collections::BTreeMap;

use plainsail::jinja::{Caps, render_with};

use crate::harness::*;

fn rendered(source: &str) -> Result<String, plainsail::jinja::Error> {
    let context = BTreeMap::from([("values", BTreeMap::from([("text", "abc"), ("name", "web")]))]);
    // Of what is large by nature less is enough to show that it ends.
    render_with("a.j2", source, context, Caps { output: 4 << 20, ..Caps::default() })
}

#[test]
fn d06_jinja_that_doubles_something() {
    let of_text = [
        "ns.x ~ ns.x",
        "ns.x + ns.x",
        "ns.x * 2",
        "[ns.x, ns.x] | join",
        "[ns.x, ns.x] | join(ns.x)",
        "ns.x | replace('x', 'xx')",
        "ns.x | replace('x', ns.x)",
        "('\"' ~ ns.x) | tojson | tojson",
        "('\"' ~ ns.x) | quote | quote",
        "[ns.x] | map('replace', 'x', 'xx') | first",
        "ns.x | indent(900) ~ '\\n' ~ ns.x | indent(900)",
        "(ns.x ~ '\\n') | nindent(900) ~ ns.x",
        "ns.x | b64encode | b64encode | b64encode ~ ns.x",
        "(ns.x, ns.x) | string ~ ns.x",
        "'' ~ ns.x[0:] ~ ns.x[0:]",
        "ns.x if false else (ns.x ~ ns.x)",
    ];
    for expression in of_text {
        let source = format!(
            "{{% set ns = namespace(x='xxxxxxxx') %}}{{% for i in range(1000) %}}{{% set ns.x = {expression} %}}{{% endfor %}}{{{{ ns.x | length }}}}"
        );
        guarded(&format!("d06 jinja {expression}"), || {
            let error = rendered(&source).unwrap_err();
            assert!(error.message.contains("cap"), "{expression}: {error}");
        });
    }
    let of_lists = [
        "ns.x + ns.x",
        "[ns.x, ns.x]",
        "[ns.x]",
        "{'a': ns.x, 'b': ns.x}",
        "{'a': ns.x}",
        "(ns.x, ns.x)",
        "ns.x, ns.x",
        "dict(a=ns.x, b=ns.x)",
        "(ns.x * 2) | list",
        "[ns.x] | batch(100000000, 'x') | list",
        "ns.x | batch(3, ns.x) | list",
        "ns.x | zip(ns.x) | list",
        "ns.x | chain(ns.x) | list",
        "[ns.x, ns.x] | sum(start=[])",
    ];
    for expression in of_lists {
        let source = format!(
            "{{% set ns = namespace(x=[1, 2]) %}}{{% for i in range(50000) %}}{{% set ns.x = {expression} %}}{{% endfor %}}{{{{ ns.x | length }}}}"
        );
        guarded(&format!("d06 jinja {expression}"), || {
            assert!(rendered(&source).is_err(), "{source}");
        });
    }
    let others = [
        "{% macro m(s) %}{{ m(s ~ s) }}{% endmacro %}{{ m('xxxxxxxx' * 1000000) }}".to_owned(),
        "{% macro m(s) %}{{ m([s, s, s, s, s, s, s, s]) }}{% endmacro %}{{ m('x') }}".to_owned(),
        format!("{{% set a = 'xxxxxxxx' %}}{}{{{{ a | length }}}}", "{% set a = a ~ a %}".repeat(60)),
        format!("{{% set a = 'xxxxxxxx' %}}{}{{{{ a | length }}}}", "{% set a %}{{ a }}{{ a }}{% endset %}".repeat(60)),
        format!("{{% set a = 'xxxxxxxx' %}}{}{{{{ a | length }}}}", "{%- set a = a~a -%}".repeat(60)),
        format!("{{% set a = 'xx' %}}{}", "{% with a = a ~ a %}".repeat(60) + &"{% endwith %}".repeat(60)),
        "{{ ('x' * 90000000) ~ ('x' * 90000000) ~ ('x' * 90000000) ~ ('x' * 90000000) ~ ('x' * 90000000) }}".to_owned(),
        "{{ ('x' * 1000000) | replace('x', 'y' * 1000000) }}".to_owned(),
        "{{ ([1] * 90000000) | list | length }}".to_owned(),
        "{{ ([1] * 90000000) | join('xxxxxxxxxx') | length }}".to_owned(),
        "{{ [1] | slice(1000000000) | list }}".to_owned(),
        "{{ [[1]] | tojson(indent=1000000000) }}".to_owned(),
        "{% for i in range(100000) %}{% for j in range(100000) %}{{ 'x' * 1000000 }}{% endfor %}{% endfor %}"
            .to_owned(),
    ];
    for source in &others {
        guarded(&format!("d06 jinja {source:.50}"), || {
            assert!(rendered(source).is_err(), "{source:.200}");
        });
    }
}

#[test]
fn d06_jinja_that_ties_something_into_itself() {
    for end in [
        "{{ ns ~ '' }}",
        "{{ ns | tojson }}",
        "{{ ns | string }}",
        "{{ ns == ns }}",
        "{{ ns | toyaml }}",
        "{{ [ns] | join }}",
        "x",
    ] {
        for knot in ["ns", "[ns]", "{'a': [ns]}", "dict(a=ns)"] {
            let source = format!("{{% set ns = namespace() %}}{{% set ns.me = {knot} %}}{end}");
            guarded(&format!("d06 jinja {knot} {end}"), || {
                assert!(rendered(&source).is_err(), "{source}");
            });
        }
    }
}

#[test]
fn d06_honest_jinja_is_as_it_was() {
    for (source, expected) in [
        ("{{ values.name ~ '-' ~ 1 + 2 }}", Err("")),
        ("{{ values.name ~ '-' ~ (1 + 2) ~ values.text | upper }}", Ok("web-3ABC")),
        ("{{ 'a' 'b' ~ \"c\" }}", Ok("abc")),
        ("{{ -1 + 2 * 3 - 4 // 3 }} {{ 2 ** 3 * 2 }} {{ 7 % 4 + 1.5 }}", Ok("4 16 4.5")),
        ("{{ [1, 2] + [3] | tojson }}", Err("")),
        ("{{ ([1, 2] + [3]) | tojson }}", Ok("[1,2,3]")),
        ("{{ 'x' * 3 }} {{ not true ~ 'a' }}", Ok("xxx false")),
        ("{{ 1 if values.name is defined and values.nope is not defined else 2 }}", Ok("1")),
        ("{{ values.nope | default('x') ~ 'y' }}", Ok("xy")),
        (
            "{{ 3 is divisibleby 3 }} {{ 'a' is not eq 'b' }} {{ 'a' in ['a', 'b'] }} {{ 1 not in [1] }}",
            Ok("true true true false"),
        ),
        ("{% for k, v in {'a': 1, 'b': 2} | items %}{{ k ~ v }};{% endfor %}", Ok("a1;b2;")),
        ("{% for (k, v) in [(1, 2)] %}{{ k }}{{ v }}{% endfor %}", Ok("12")),
        ("{% for x in [1, 2, 3] if x is odd %}{{ x }}{% else %}none{% endfor %}", Ok("13")),
        (
            "{% for x in [[1], [2, [3]]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}{% endif %}{% endfor %}",
            Ok("(1)(2(3))"),
        ),
        (
            "{% macro m(a, b=[1, 2]) %}{{ a }}{{ b | length }}{{ caller() }}{% endmacro %}{% call m('x' ~ 'y') %}z{% endcall %}",
            Ok("xy2z"),
        ),
        ("{% call(u) m2('q') %}{{ u }}!{% endcall %}{% macro m2(a) %}{% endmacro %}", Err("")),
        ("{% set a, b = 1, 2 %}{{ a + b }}{% set (c, d) = (3, 4) %}{{ c * d }}", Ok("312")),
        ("{% set a = 1, %}{{ a | length }}", Ok("1")),
        ("{% set a %}x{{ 1 }}{% endset %}{{ a }}{% set b | upper %}y{% endset %}{{ b }}", Ok("x1Y")),
        ("{% filter upper | replace('A', 'b') %}a{{ 'c' }}{% endfilter %}", Ok("bC")),
        ("{% raw %}{{ a ~ b }}{% set x = [1] %}{% endraw %}{# a ~ b #}", Ok("{{ a ~ b }}{% set x = [1] %}")),
        ("{%- set a = 'x' -%} {{- a ~ '}}' -}} \n", Ok("x}}")),
        (
            "{% set ns = namespace(l=[]) %}{% for i in range(3) %}{% set ns.l = ns.l + [i] %}{% endfor %}{{ ns.l | join(',') }}",
            Ok("0,1,2"),
        ),
        ("{% with a = 'x' ~ 'y', b = [1][0] %}{{ a }}{{ b }}{% endwith %}", Ok("xy1")),
        ("{{ {'a': {'b': [1, 2, 3]}}['a'].b[1:] | join('-') }} {{ 'abc'[::-1] }}", Ok("2-3 cba")),
        ("{{ dict(a=1, **{'b': 2}) | items | length }}", Ok("2")),
        ("{% if 1 < 2 <= 2 and 'a' ~ 'b' == 'ab' %}yes{% elif [] %}no{% endif %}", Ok("yes")),
        ("{{ values.nope ~ 'x' }}", Err("")),
    ] {
        match (rendered(source), expected) {
            (Ok(text), Ok(expected)) => assert_eq!(text, expected, "{source}"),
            (Err(_), Err(_)) => {}
            (found, expected) => panic!("{source}: {found:?}, not {expected:?}"),
        }
    }
    let error = rendered("a\n  b: {{ ('a' ~ 'b') ~ values.nope }}\n").unwrap_err();
    assert_eq!((error.line, error.line_text.as_str()), (Some(2), "  b: {{ ('a' ~ 'b') ~ values.nope }}"));
    assert!(error.column.unwrap() < error.line_text.len(), "{error:?}");
}
