//! The cases whose output differs from run to run in Helm itself: with `seed` they are the same under any settings of a
//! machine, differ from Helm's in those lines only, and what is checked by somebody is valid.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use plainsail::helm::Profile;
use rayon::prelude::*;

use crate::folders::{Case, Corpus, Wanted, difference, values_path};
use crate::validity::{Found, examine};

type Machine = (&'static [(&'static str, &'static str)], &'static str, &'static str);

/// Settings of a machine: what `env` sets, the umask, the folder.
const MACHINES: [Machine; 2] = [
    (&[("TZ", "UTC"), ("LC_ALL", "C"), ("RAYON_NUM_THREADS", "1"), ("HOME", "/nonexistent")], "0022", "/"),
    (
        &[("TZ", "Pacific/Chatham"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "de_DE.UTF-8"), ("RAYON_NUM_THREADS", "7")],
        "0777",
        "/tmp",
    ),
];

/// Renders a case as a process of its own.
fn print(corpus: &Corpus, case: &Case, profile: Profile, machine: usize) -> Result<Vec<u8>, String> {
    let (variables, umask, folder) = MACHINES[machine];
    let absolute = |path: &std::path::Path| std::path::absolute(path).unwrap();
    let mut command = Command::new("/bin/sh");
    // The shell sets what no safe call of this language can.
    command.arg0("sh").args(["-c", &format!("umask {umask} && exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_plainsail")]);
    command.args(["template", "rel"]).arg(absolute(&corpus.charts.join(&case.chart))).args(["--namespace", "ns"]);
    command.args(["--helm", profile.version(), "--non-determinism", "seed"]).args(case.flags());
    // Nothing is measured here, and a machine may be busy.
    command.args(["--limit", "seconds=3600"]);
    if let Some(path) = values_path(corpus, case) {
        command.arg("-f").arg(absolute(&path));
    }
    let output = command.env_clear().envs(variables.iter().copied()).current_dir(folder).output().unwrap();
    if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn check(profile: Profile) {
    let what = format!("seeded output of the corpus as Helm {} renders it", profile.version());
    let Some(corpus) = Corpus::find(&what) else { return };
    let results: Vec<(usize, Found, Vec<String>)> = corpus
        .cases
        .par_iter()
        .filter_map(|case| match corpus.wanted(case, profile) {
            Wanted::Output(wanted, wild) if wild > 0 => Some((case, wanted)),
            _ => None,
        })
        .map(|(case, wanted)| {
            let (first, second) = (print(&corpus, case, profile, 0), print(&corpus, case, profile, 1));
            let Ok(text) = &first else { return (1, Found::default(), vec![format!("{}: {first:?}", case.id)]) };
            let mut wrong = Vec::new();
            if first != second {
                wrong.push(format!("{}: another machine gives something else", case.id));
            }
            if let Some(difference) = difference(&wanted, text) {
                wrong.push(format!("{}: {difference}", case.id));
            }
            let found = examine(&String::from_utf8_lossy(text));
            wrong.extend(found.wrong.iter().map(|wrong| format!("{}: {wrong}", case.id)));
            (1, found, wrong)
        })
        .collect();
    let cases: usize = results.iter().map(|(cases, ..)| cases).sum();
    let sum = |of: fn(&Found) -> usize| results.iter().map(|(_, found, _)| of(found)).sum::<usize>();
    let wrong: Vec<&String> = results.iter().flat_map(|(.., wrong)| wrong).collect();
    println!(
        "{}: {cases} cases with seed: {} certificates, {} of them verified, {} keys, {} hashes of passwords, {} wrong",
        profile.version(),
        sum(|found| found.certificates),
        sum(|found| found.verified),
        sum(|found| found.keys),
        sum(|found| found.hashes),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn seeded_cases_are_the_same_everywhere_and_valid_with_helm_4() {
    check(Profile::V4);
}

#[test]
fn seeded_cases_are_the_same_everywhere_and_valid_with_helm_3() {
    check(Profile::V3);
}
