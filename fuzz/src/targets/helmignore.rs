//! `.helmignore`: the rules alone, and a chart's folder read with them.

use plainsail::files::{Memory, read_chart_folder};
use plainsail::helm::chart::Limits;
use plainsail::helm::chart::ignore::Rules;

const PATHS: [&str; 8] = [
    "Chart.yaml",
    "a.txt",
    "a/b.txt",
    "a/b/c d.yaml",
    "templates/.hidden",
    "templates/x.yaml",
    "é/[x].txt",
    "charts/sub/values.yaml",
];

/// `.helmignore`.
pub(crate) fn helmignore(input: &[u8]) {
    let folder: Memory = PATHS
        .iter()
        .map(|path| (format!("web/{path}"), path.as_bytes()))
        .chain([("web/.helmignore".to_owned(), input)])
        .collect();
    let read = read_chart_folder(&folder, "web", Limits::default());
    let Ok(rules) = Rules::parse(input) else {
        assert!(read.is_err(), "a folder with malformed rules was read");
        return;
    };
    let rules = rules.with_defaults();
    let Ok(files) = read else { return };
    for path in PATHS {
        let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
        let is_ignored = rules.ignores(path.as_bytes(), false)
            || parents.into_iter().any(|parent| rules.ignores(parent.as_bytes(), true));
        let is_read = files.iter().any(|file| file.name == path);
        assert_eq!(is_read, !is_ignored, "{path}");
    }
}
