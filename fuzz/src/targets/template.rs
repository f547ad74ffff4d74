//! Template text: parsed, compiled and run with a small context, by both Helms.

use plainsail::helm::{Profile, impure_calls};

use super::chart::{CHART, check_chart, file, load};

const VALUES: &[u8] = b"a: {b: [1, x, null, 2.5], c: {d: e}}\nlist: [c, a, b]\nmap: {z: 1, y: two}\ntext: |\n  a\n  b\n\
    number: 7\nfloat: 1.5e3\nyes: true\nnothing: null\ntpl: '{{ .Values.number }}'\nversion: 1.2.3\ndate: 2020-01-02T03:04:05Z\n";
const HELPERS: &[u8] =
    b"{{ define \"h\" }}h={{ . | toJson }}{{ end }}{{ define \"again\" }}{{ include \"again\" . }}{{ end }}";

/// Template text.
pub(crate) fn template(input: &[u8]) {
    let files = [
        file("Chart.yaml", CHART),
        file("values.yaml", VALUES),
        file("templates/_helpers.tpl", HELPERS),
        file("templates/a.yaml", input),
        file("a.txt", b"one\ntwo\n"),
        file("b.yaml", b"k: [1, {v: x}]\n"),
    ];
    for profile in [Profile::V4, Profile::V3] {
        check_chart(&files, profile);
    }
    if let Ok(chart) = load(&files, Profile::V4) {
        for call in impure_calls(&chart, Profile::V4) {
            let text = files.iter().find(|file| file.name == call.file).map(|file| &file.data);
            assert!(text.is_some_and(|text| call.start < text.len()), "{call:?} lies outside of its file");
        }
    }
}
