//! The files of a fleet and of a chart: any bytes in each place where plainsail reads a file of somebody's.

use plainsail::files::{Files as _, Memory};
use plainsail::fleet::{Diagnostic, Fleet};
use plainsail::helm::Profile;
use plainsail::render::Marker;

use super::chart::{check_chart, file};

/// Files of a fleet.
pub(crate) fn fleet(input: &[u8]) {
    let good: [(&str, &[u8]); 4] = [
        ("plainsail.yaml", b""),
        ("environments/dev/environment.yaml", b""),
        (
            "environments/dev/web.yaml",
            b"chart: charts/web\nimages:\n  web: {repository: example.com/web, tag: \"1\"}\n",
        ),
        ("charts/web/Chart.yaml", super::chart::CHART),
    ];
    for (place, _) in good {
        let mut files: Memory = good.into_iter().collect();
        files.insert(place, input);
        match Fleet::load(&files) {
            Ok(fleet) => {
                for (_, broken) in fleet.broken() {
                    for diagnostic in &broken.diagnostics {
                        check(&files, diagnostic);
                    }
                }
                for diagnostic in &plainsail::fleet::lint::lint(&fleet, &files, jiff::Timestamp::UNIX_EPOCH) {
                    check(&files, diagnostic);
                }
            }
            Err(found) => {
                for diagnostic in &found {
                    check(&files, diagnostic);
                }
            }
        }
    }
    if let Ok(marker) = Marker::read(input) {
        assert_eq!(Marker::read(&marker.to_text()).as_ref(), Ok(&marker), "a marker is not read back");
    }
    check_chart(&[file("Chart.yaml", input), file("templates/a.yaml", b"a: {{ .Chart | toJson }}\n")], Profile::V4);
}

/// A finding lies inside its file.
fn check(files: &Memory, diagnostic: &Diagnostic) {
    let Some(span) = diagnostic.span else { return };
    let text = files.read(&diagnostic.file).ok().flatten().unwrap_or_default();
    assert!(span.start <= span.end && span.end <= text.len(), "{diagnostic:?}");
    let lines = text.split(|byte| *byte == b'\n').count();
    assert!((1..=lines).contains(&span.line), "{diagnostic:?}");
}
