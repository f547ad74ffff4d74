//! A chart that calls every function whose result is another each time, with `seed`: the same each time, and valid where
//! something checks it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::{Capabilities, Options, PrintOptions, Profile, Release, Seed, impure_calls, render_seeded};
use plainsail::yaml::{self, Data, parse};

use crate::validity::examine;

fn chart(profile: Profile) -> Arc<Chart> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/chance");
    let files = read_chart_folder(&Folder::new(folder), "", Limits::default()).unwrap();
    Chart::load(files, profile, Limits::default()).unwrap()
}

fn print(profile: Profile, seed: &Seed) -> String {
    let release = Release { name: "rel".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
    let options = Options::new(profile);
    let rendered =
        render_seeded(&chart(profile), &Data::map(), &release, &Capabilities::default(), &options, seed).unwrap();
    String::from_utf8(rendered.print(&PrintOptions::default()).unwrap()).unwrap()
}

fn value(printed: &str, key: &str) -> String {
    let document = printed.split("\n---\n").find(|document| document.contains("kind: ConfigMap")).unwrap();
    let data = parse(document.as_bytes(), &yaml::Limits::default()).unwrap();
    data.get("data").and_then(|data| data.get(key)).and_then(Data::as_str).unwrap().lossy().into_owned()
}

#[test]
fn the_chart_calls_every_such_function() {
    let names: BTreeSet<String> =
        impure_calls(&chart(Profile::V4), Profile::V4).into_iter().map(|call| call.function).collect();
    let wanted = [
        "ago",
        "bcrypt",
        "encryptAES",
        "genCA",
        "genCAWithKey",
        "genPrivateKey",
        "genSelfSignedCert",
        "genSelfSignedCertWithKey",
        "genSignedCert",
        "genSignedCertWithKey",
        "htpasswd",
        "now",
        "randAlpha",
        "randAlphaNum",
        "randAscii",
        "randBytes",
        "randInt",
        "randNumeric",
        "shuffle",
        "uuidv4",
    ];
    assert_eq!(names, wanted.map(str::to_owned).into());
}

#[test]
fn seeded_values_are_the_same_each_time_and_sound() {
    let (first, second) = std::thread::scope(|scope| {
        let threads = [
            scope.spawn(|| print(Profile::V4, &Seed::default())),
            scope.spawn(|| print(Profile::V4, &Seed::default())),
        ];
        let [first, second] = threads.map(|thread| thread.join().unwrap());
        (first, second)
    });
    assert_eq!(first, second);
    let value = |key: &str| value(&first, key);
    for (key, length) in [("alpha", 12), ("alphaNum", 12), ("numeric", 12), ("bytes", 32), ("shuffled", 10)] {
        assert_eq!(value(key).len(), length, "{key}");
    }
    assert!((10..20).contains(&value("int").parse::<i32>().unwrap()));
    let uuid = value("uuid");
    assert!(uuid.len() == 36 && uuid.as_bytes()[14] == b'4' && b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
    assert_eq!(value("decrypted"), "attack at dawn");
    assert_eq!((value("time").as_str(), value("ago").as_str()), ("2020-01-01T00:00:00Z", "0s"));
    let found = examine(&first);
    assert!(found.wrong.is_empty(), "{:#?}", found.wrong);
    println!("{found:?}");
    assert!(found.certificates == 0 || (found.certificates, found.verified, found.keys, found.hashes) == (7, 7, 11, 2));
}

#[test]
fn passwords_log_in() {
    let printed = print(Profile::V4, &Seed { salt: "some".to_owned(), ..Seed::default() });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("users");
    fs::write(&file, format!("{}\nbob:{}\n", value(&printed, "htpasswd"), value(&printed, "bcrypt"))).unwrap();
    for user in ["alice", "bob"] {
        let Ok(output) = Command::new("htpasswd").arg("-vb").arg(&file).args([user, "correct horse"]).output() else {
            assert!(std::env::var("PLAINSAIL_TOOLS").as_deref() != Ok("require"), "passwords need htpasswd");
            println!("skipped: htpasswd is not installed");
            return;
        };
        assert!(output.status.success(), "{user}: {output:?}");
        let wrong = Command::new("htpasswd").arg("-vb").arg(&file).args([user, "battery staple"]).output().unwrap();
        assert!(!wrong.status.success(), "{user}: {wrong:?}");
    }
}
