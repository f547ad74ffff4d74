//! The whole program against real servers: ECR's stand-in, git over HTTP, a forge. What the rooms' own tests show of one server
//! is not repeated here; this is about what is committed in the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plainsail::registry::{Tag, layout};
use serde_json::{Value, json};

use crate::ecr::{self, StandIn};
use crate::fake_github::{FakeGitHub, Fault, TOKEN};
use crate::git::{PASSWORD, World};
use crate::harness::{Server, free_port, have, run, tool};
use crate::proxy::{Action, Proxy};

const YEAR: i64 = 365 * 24 * 3600;
/// The clock is the real one here, and what was pushed in the future is no candidate.
const START: i64 = ecr::START - YEAR;
const API: &str = "environments/dev/api.yaml";
const STAGING: &str = "environments/staging/api.yaml";
const ECR: &str = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/api";
const LAYOUT: &str = "registry.example.com/api";

/// A GitOps repository behind lighttpd with the fleet of `tests/cli/fleet`, and a registry in a folder.
struct Fleet {
    world: World,
    work: tempfile::TempDir,
    port: u16,
    variables: Vec<(String, String)>,
}

/// What a call gave.
#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Fleet {
    /// Seeds the repository; `others` are more files, or other ones.
    fn new(repository: &str, others: &[(&str, &str)]) -> Option<Self> {
        let world = World::http()?;
        let clone = world.clone_at("fleet");
        for folder in ["environments", "rendered", "big.bin"] {
            run(world.git(&clone).args(["rm", "-rqf", folder]));
        }
        let fleet = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/fleet");
        run(Command::new("cp").arg("-R").arg(fleet.join(".")).arg(&clone));
        let release = format!(
            "chart: charts/app\nnamespace: api\nimages:\n  api:\n    repository: {repository}\n    policy: pushed\n    tag: \"\" # chosen\n"
        );
        for (path, text) in [(API, release.as_str())].iter().chain(others) {
            std::fs::create_dir_all(clone.join(path).parent().unwrap()).unwrap();
            std::fs::write(clone.join(path), text).unwrap();
        }
        run(world.git(&clone).args(["add", "-A"]));
        run(world.git(&clone).args(["commit", "-qm", "fleet"]));
        run(world.git(&clone).args(["push", "-q", "origin", "HEAD:main"]));
        let work = tempfile::tempdir().unwrap();
        std::fs::create_dir(work.path().join("work")).unwrap();
        let port = world.port;
        Some(Self { world, work, port, variables: Vec::new() })
    }

    fn with(mut self, variables: Vec<(&'static str, String)>) -> Self {
        self.variables.extend(variables.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self
    }

    fn push(&self, tag: &str, at: i64) {
        let (tag, at) = (Tag::parse(tag).unwrap(), jiff::Timestamp::from_second(at).unwrap());
        let labels = BTreeMap::from([("revision".to_owned(), tag.to_string())]);
        layout::push(&self.work.path().join("registry"), "api", &tag, at, &labels).unwrap();
    }

    fn reconcile(&self) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_plainsail"))
            .args(["reconcile", "--repository", &format!("http://127.0.0.1:{}/git/x.git", self.port)])
            .current_dir(self.work.path().join("work"))
            .env_clear()
            .env("HOME", "/nonexistent")
            .env("PLAINSAIL_GIT_USERNAME", "bot")
            .env("PLAINSAIL_GIT_PASSWORD", PASSWORD)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    fn reconcile_with(&self, code: i32) -> Ran {
        let ran = self.reconcile();
        assert_eq!(ran.code, Some(code), "out:\n{}\nerr:\n{}", ran.out, ran.err);
        ran
    }

    fn text(&self, branch: &str, path: &str) -> String {
        run(self.world.git(&self.world.bare()).args(["show", &format!("{branch}:{path}")]))
    }
}

/// 2,300 images of the year before.
fn many_of_the_past() -> Vec<(String, i64)> {
    ecr::many().into_iter().map(|(tag, at)| (tag, at - YEAR)).collect()
}

/// Many lists of ECR, then the whole chain once more: nothing is new.
#[test]
fn the_newest_of_2300_images_in_ecr_is_committed_over_http() {
    let Some(stand_in) = StandIn::start() else { return };
    let Some(fleet) = Fleet::new(ECR, &[]) else { return };
    let fleet = fleet.with(stand_in.environment());
    let digests = stand_in.push(&many_of_the_past());
    fleet.reconcile_with(0);
    let digest = digests["0012345"].as_str().unwrap();
    let release = fleet.text("main", API);
    assert!(release.contains("tag: \"0012345\" # chosen\n") && release.contains(digest), "{release}");
    let manifest = fleet.text("main", "rendered/dev/api/deployment.api.yaml");
    assert!(manifest.contains(&format!("{ECR}:0012345@{digest}")), "{manifest}");
    assert_eq!(stand_in.calls(), json!({ "DescribeImages": 4 }), "three pages and the last look at the tag");
    let tip = fleet.world.tip("main");
    assert_eq!(fleet.world.subjects().len(), 3);

    let again = fleet.reconcile_with(0);
    assert!(again.out.contains("main: up to date"), "{again:?}");
    assert_eq!(fleet.world.tip("main"), tip);
    assert_eq!(stand_in.calls(), json!({ "DescribeImages": 7 }), "nothing is chosen, so there is no last look");
}

#[test]
fn equal_push_times_in_ecr_are_settled_once_and_for_all() {
    let Some(stand_in) = StandIn::start() else { return };
    let Some(fleet) = Fleet::new(ECR, &[]) else { return };
    let fleet = fleet.with(stand_in.environment());
    let images: Vec<(String, i64)> = ["abc1234", "1234567", "0e12345"].map(|tag| (tag.to_owned(), START)).into();
    let digests = stand_in.push(&images);
    let highest = digests.as_object().unwrap().iter().max_by_key(|(_, digest)| digest.as_str().unwrap()).unwrap();
    let ran = fleet.reconcile_with(0);
    assert!(ran.out.contains("findings: tie"), "{ran:?}");
    let release = fleet.text("main", API);
    assert!(release.contains(&format!("tag: \"{}\"", highest.0)), "{release}");
    assert!(release.contains(highest.1.as_str().unwrap()), "{release}");
    let tip = fleet.world.tip("main");
    fleet.reconcile_with(0);
    assert_eq!(fleet.world.tip("main"), tip);
}

#[test]
fn throttling_that_lasts_commits_nothing_and_says_so() {
    let Some(stand_in) = StandIn::start() else { return };
    let Some(fleet) = Fleet::new(ECR, &[]) else { return };
    let fleet = fleet.with(stand_in.environment());
    stand_in.push(&many_of_the_past());
    stand_in.tell("faults", &json!({ "throttlePage": 2 }));
    let tip = fleet.world.tip("main");
    let ran = fleet.reconcile_with(8);
    assert!(ran.err.contains("dev/api: registry: ") && ran.err.contains("ThrottlingException"), "{ran:?}");
    assert_eq!(fleet.world.tip("main"), tip, "a part of a list is no list");
    // Once the registry answers again, the run goes through, with one more throttled call.
    stand_in.tell("reset", &json!({}));
    stand_in.tell("faults", &json!({ "throttleCall": 2 }));
    fleet.reconcile_with(0);
    assert!(fleet.text("main", API).contains("tag: \"0012345\""));
    assert_eq!(stand_in.calls()["throttled"], json!(1));
}

/// A person who commits to the same file, once between each look and push of the program.
struct Person {
    clone: PathBuf,
    home: PathBuf,
}

impl Person {
    fn commit(&self, round: usize) {
        let git = |arguments: &[&str]| {
            run(Command::new("git")
                .current_dir(&self.clone)
                .env("HOME", &self.home)
                .args(["-c", "user.name=human", "-c", "user.email=h@example.org"])
                .args(arguments))
        };
        git(&["fetch", "-q", "origin", "main"]);
        git(&["reset", "-q", "--hard", "FETCH_HEAD"]);
        let path = self.clone.join(API);
        let text = std::fs::read_to_string(&path).unwrap() + &format!("# person {round}\n");
        std::fs::write(path, text).unwrap();
        git(&["commit", "-qam", &format!("person {round}")]);
        git(&["push", "-q", "origin", "HEAD:main"]);
    }
}

#[test]
fn fifty_runs_beside_a_person_who_is_always_faster() {
    const ROUNDS: usize = 50;
    let Some(mut fleet) = Fleet::new(LAYOUT, &[]) else { return };
    let clone = fleet.world.clone_at("person");
    let person = Person { home: clone.parent().unwrap().to_owned(), clone };
    let mut pushes = 0;
    // Every other push to the server comes too late: the person pushes first.
    let proxy = Proxy::start(fleet.port, move |seen| {
        if seen.is_post("git-receive-pack") {
            pushes += 1;
            if pushes % 2 == 1 {
                person.commit(pushes / 2);
            }
        }
        Action::Pass
    });
    fleet.port = proxy.port;
    for round in 0..ROUNDS {
        fleet.push(&format!("{:07x}", 0x00e_1234 + round), START + 60 * i64::try_from(round).unwrap());
        fleet.reconcile_with(0);
    }
    let subjects = fleet.world.subjects();
    let count = |wanted: &str| subjects.iter().filter(|subject| subject.as_str() == wanted).count();
    let release = fleet.text("main", API);
    for round in 0..ROUNDS {
        assert_eq!(count(&format!("person {round}")), 1, "the person's commit {round}: {subjects:?}");
        assert_eq!(
            release.matches(&format!("# person {round}\n")).count()
                + usize::from(release.ends_with(&format!("# person {round}"))),
            1
        );
        let end = format!(" {:07x}", 0x00e_1234 + round);
        let mine =
            subjects.iter().filter(|subject| subject.starts_with("dev/api: ") && subject.ends_with(&end)).count();
        assert_eq!(mine, 1, "the commit of {end}: {subjects:?}");
    }
    assert_eq!(subjects.len(), 2 + 2 * ROUNDS, "nothing else is there");
    let tip = fleet.world.tip("main");
    fleet.reconcile_with(0);
    assert_eq!(fleet.world.tip("main"), tip);
    fleet.world.fsck();
}

#[test]
fn a_lost_answer_to_the_push_makes_no_second_commit() {
    let Some(mut fleet) = Fleet::new(LAYOUT, &[]) else { return };
    let mut lost = false;
    let proxy = Proxy::start(fleet.port, move |seen| {
        if seen.is_post("git-receive-pack") && !std::mem::replace(&mut lost, true) {
            Action::LoseAnswer
        } else {
            Action::Pass
        }
    });
    fleet.port = proxy.port;
    fleet.push("0012345", START);
    fleet.reconcile_with(0);
    assert_eq!(fleet.world.subjects(), ["dev/api: 0012345", "fleet", "seed"]);
}

#[test]
fn a_hook_that_refuses_is_quoted() {
    let Some(fleet) = Fleet::new(LAYOUT, &[]) else { return };
    fleet.world.hook("pre-receive", "#!/bin/sh\necho 'the freeze lasts until monday' >&2\nexit 1\n");
    fleet.push("0012345", START);
    let tip = fleet.world.tip("main");
    let ran = fleet.reconcile_with(7);
    assert!(ran.err.contains("the freeze lasts until monday"), "{ran:?}");
    assert_eq!(fleet.world.tip("main"), tip);
}

#[test]
fn wrong_credentials_are_a_failure_of_the_server_with_a_hint() {
    let Some(fleet) = Fleet::new(LAYOUT, &[]) else { return };
    let fleet = fleet.with(vec![("PLAINSAIL_GIT_PASSWORD", "c4nary-wrong".to_owned())]);
    let ran = fleet.reconcile_with(7);
    assert!(ran.err.contains("PLAINSAIL_GIT_PASSWORD") && !ran.err.contains("c4nary"), "{ran:?}");
}

/// The fleet with a staging that promotes, and a forge.
fn with_staging(api: &str) -> Option<Fleet> {
    let config = format!(
        "registries:\n  registry.example.com: {{ kind: layout, path: ../registry }}\nforge:\n  kind: github\n  repository: acme/fleet\n  url: {api}\n"
    );
    let release =
        "chart: charts/app\nnamespace: api\nimages:\n  api:\n    repository: registry.example.com/api\n    tag: \"\"\n";
    let others = [
        ("plainsail.yaml", config.as_str()),
        ("environments/staging/environment.yaml", "promotesFrom: dev\n"),
        (STAGING, release),
    ];
    Some(Fleet::new(LAYOUT, &others)?.with(vec![("PLAINSAIL_FORGE_TOKEN", TOKEN.to_owned())]))
}

/// One pull request for staging: opened, left alone, updated, left alone. `pulls` gives number, title and state of all.
fn one_living_pull_request(fleet: &Fleet, pulls: &dyn Fn() -> Vec<(u64, String, String)>) {
    let open = |number: u64, title: &str| (number, title.to_owned(), "open".to_owned());
    fleet.push("0012345", START);
    let ran = fleet.reconcile_with(0);
    assert!(ran.out.contains("created: staging: api 0012345"), "{ran:?}");
    let first = pulls();
    let [(number, ..)] = first.as_slice() else { panic!("{first:?}") };
    assert_eq!(first, [open(*number, "staging: api 0012345")]);

    let ran = fleet.reconcile_with(0);
    assert!(ran.out.contains(": unchanged: ") && ran.out.contains("plainsail/staging: up to date"), "{ran:?}");
    assert_eq!(pulls(), first);

    fleet.push("12e4567", START + 60);
    let before = fleet.world.tip("plainsail/staging");
    let ran = fleet.reconcile_with(0);
    assert!(ran.out.contains("updated: staging: api 12e4567"), "{ran:?}");
    assert_eq!(pulls(), [open(*number, "staging: api 12e4567")]);
    assert_ne!(fleet.world.tip("plainsail/staging"), before);
    assert!(fleet.text("plainsail/staging", STAGING).contains("tag: \"12e4567\""));
    assert!(fleet.text("main", STAGING).contains("tag: \"\""), "a person merges");
    fleet.reconcile_with(0);
    assert_eq!(pulls(), [open(*number, "staging: api 12e4567")]);
}

#[test]
fn one_pull_request_for_staging() {
    let fake = FakeGitHub::start();
    let Some(fleet) = with_staging(&fake.api()) else { return };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pulls = || -> Vec<(u64, String, String)> {
        let state = fake.state.lock().unwrap();
        state
            .pulls
            .iter()
            .map(|pull| (pull["number"].as_u64().unwrap(), text(&pull["title"]), text(&pull["state"])))
            .collect()
    };
    one_living_pull_request(&fleet, &pulls);
    assert_eq!(fake.state.lock().unwrap().writes, 2, "opened once, changed once");

    // Merged: the branch goes, and with it what is still open.
    run(fleet.world.git(&fleet.world.bare()).args(["update-ref", "refs/heads/main", "refs/heads/plainsail/staging"]));
    fleet.reconcile_with(0);
    assert_eq!(fleet.world.tip("plainsail/staging"), None);
    assert_eq!(pulls()[0].2, "closed");

    // The next image opens another one, and one alone though the answer is lost.
    fleet.push("00e1234", START + 120);
    fake.state.lock().unwrap().faults.push_back(Fault::LostAnswer);
    fleet.reconcile_with(0);
    let open: Vec<_> = pulls().into_iter().filter(|(_, _, state)| state == "open").collect();
    assert_eq!(open.len(), 1, "{open:?}");
    fleet.reconcile_with(0);
    assert_eq!(pulls().len(), 2);
}

#[test]
fn one_pull_request_for_staging_on_the_emulator() {
    if !have(&["emulate-github"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.yaml");
    let text = format!(
        "tokens:\n  {TOKEN}:\n    login: acme\n    scopes: [repo]\ngithub:\n  users:\n    - login: acme\n  repos:\n    - owner: acme\n      name: fleet\n      auto_init: true\n"
    );
    std::fs::write(&seed, text).unwrap();
    let port = free_port();
    let api = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(tool("emulate-github").unwrap());
    command.args(["--port", &port.to_string(), "--base-url", &api, "--seed"]).arg(seed).stdout(Stdio::null());
    let _server = Server::start(&mut command, port);
    let Some(fleet) = with_staging(&api) else { return };
    let pulls = || -> Vec<(u64, String, String)> {
        let client =
            plainsail::http::Client::new(&plainsail::http::Settings::default(), plainsail::http::Reach::Anywhere)
                .unwrap();
        let url = format!("{api}/repos/acme/fleet/pulls?state=all").parse().unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let request = plainsail::http::Request::get(url, deadline).header("authorization", format!("Bearer {TOKEN}"));
        let answer: Value = client.send(request).unwrap().json(1 << 20).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let pulls = answer.as_array().unwrap_or_else(|| panic!("{answer}"));
        pulls
            .iter()
            .map(|pull| (pull["number"].as_u64().unwrap(), text(&pull["title"]), text(&pull["state"])))
            .collect()
    };
    one_living_pull_request(&fleet, &pulls);
}

#[test]
fn a_forge_that_is_down_keeps_nothing_from_being_committed() {
    let Some(fleet) = with_staging(&format!("http://127.0.0.1:{}", free_port())) else { return };
    fleet.push("0012345", START);
    let ran = fleet.reconcile_with(8);
    assert!(ran.err.contains("plainsail/staging: forge: "), "{ran:?}");
    assert!(fleet.text("main", API).contains("tag: \"0012345\""));
    assert!(
        fleet.text("plainsail/staging", STAGING).contains("tag: \"0012345\""),
        "the branch is there for the next run"
    );
}

#[test]
fn a_hook_that_protects_the_branch_of_staging_stops_only_that() {
    let fake = FakeGitHub::start();
    let Some(fleet) = with_staging(&fake.api()) else { return };
    let script = "#!/bin/sh\nwhile read old new ref; do case $ref in refs/heads/plainsail/*) echo 'ask ann first' >&2; exit 1;; esac; done\n";
    fleet.world.hook("pre-receive", script);
    fleet.push("0012345", START);
    let ran = fleet.reconcile_with(8);
    assert!(ran.err.contains("plainsail/staging: rejected: ") && ran.err.contains("ask ann first"), "{ran:?}");
    assert!(fleet.text("main", API).contains("tag: \"0012345\""));
    assert_eq!(fleet.world.tip("plainsail/staging"), None);
    assert!(fake.state.lock().unwrap().pulls.is_empty(), "no branch, no pull request");
}
