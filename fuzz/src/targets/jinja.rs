//! Jinja: the text of a `.j2` file of a chart.

use plainsail::helm::Profile;

use super::chart::{CHART, check_chart, file};

const VALUES: &[u8] = b"a: {b: [1, x, null], c: {d: e}}\ntext: a b\nnumber: 7\nfloat: 1.5\nyes: true\nnothing: null\n";
const MACROS: &[u8] = b"{% macro m(x) %}[{{ x }}]{% endmacro %}";

/// Jinja text.
pub(crate) fn jinja(input: &[u8]) {
    let files = [
        file("Chart.yaml", CHART),
        file("values.yaml", VALUES),
        file("templates/_macros.j2", MACROS),
        file("templates/a.yaml.j2", input),
        file("a.txt", b"one\ntwo\n"),
    ];
    check_chart(&files, Profile::V4);
}
