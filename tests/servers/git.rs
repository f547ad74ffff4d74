//! Git against real servers: lighttpd with `git http-backend`, sshd, a bare repository with the `git` program beside us.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plainsail::files::Files as _;
use plainsail::git::{
    Access, Address, Commit, Credentials, Draft, Error, Id, Limits, Outcome, Person, Published, Publisher, RealPace,
    RefName, Remote, Rewritten, Store, Together, Update, connect,
};
use plainsail::http::Secret;
use plainsail::yaml::Str;

use crate::harness::{Server, free_port, have, run, tool};
use crate::proxy::{Action, Proxy, answer, redirect};

pub(crate) const PASSWORD: &str = "c4nary-password";

/// A bare repository `x.git`, and what serves it.
pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) port: u16,
    pub(crate) main: RefName,
    server: Option<Server>,
}

impl World {
    /// A repository with a seed of some files, not served.
    pub(crate) fn folder() -> Option<Self> {
        if !have(&["git"]) {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let world = Self { folder, port: 0, main: RefName::branch("main").unwrap(), server: None };
        std::fs::create_dir(world.folder.path().join("repos")).unwrap();
        run(world.git(Path::new("/")).args(["init", "-q", "--bare", "-b", "main"]).arg(world.bare()));
        world.config("uploadpack.allowFilter", "true");
        let seed = world.clone_at("seed");
        for (path, text) in
            [("environments/dev/api.yaml", "tag: \"0\"\n"), ("rendered/dev/api/x.yaml", "x\n"), ("big.bin", "big\n")]
        {
            std::fs::create_dir_all(seed.join(path).parent().unwrap()).unwrap();
            std::fs::write(seed.join(path), text).unwrap();
        }
        run(world.git(&seed).args(["add", "-A"]));
        run(world.git(&seed).args(["commit", "-qm", "seed"]));
        run(world.git(&seed).args(["push", "-q", "origin", "HEAD:main"]));
        Some(world)
    }

    /// The same behind lighttpd with a password.
    pub(crate) fn http() -> Option<Self> {
        if !have(&["git", "lighttpd", "htpasswd"]) {
            return None;
        }
        let mut world = Self::folder()?;
        let folder = world.folder.path().to_owned();
        let place = folder.display();
        world.port = free_port();
        run(Command::new(tool("htpasswd").unwrap())
            .args(["-bcB", "-C", "4"])
            .arg(folder.join("htpasswd"))
            .args(["bot", PASSWORD]));
        std::fs::write(folder.join(".gitconfig"), "[safe]\n\tdirectory = *\n").unwrap();
        let backend = run(Command::new("git").arg("--exec-path"));
        let port = world.port;
        let config = format!(
            r#"server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{place}/repos"
server.errorlog = "{place}/errors.log"
server.upload-dirs = ( "{place}" )
server.modules = ( "mod_auth", "mod_authn_file", "mod_setenv", "mod_alias", "mod_cgi" )
alias.url += ( "/git" => "{backend}/git-http-backend" )
$HTTP["url"] =~ "^/git" {{
  cgi.assign = ( "" => "" )
  setenv.add-environment = ( "GIT_PROJECT_ROOT" => "{place}/repos", "GIT_HTTP_EXPORT_ALL" => "1", "HOME" => "{place}" )
  auth.backend = "htpasswd"
  auth.backend.htpasswd.userfile = "{place}/htpasswd"
  auth.require = ( "" => ( "method" => "basic", "realm" => "git", "require" => "valid-user" ) )
}}
"#
        );
        let file = folder.join("lighttpd.conf");
        std::fs::write(&file, config).unwrap();
        world.config("http.receivepack", "true");
        let mut command = Command::new(tool("lighttpd").unwrap());
        world.server = Some(Server::start(command.arg("-D").arg("-f").arg(file), port));
        Some(world)
    }

    pub(crate) fn bare(&self) -> PathBuf {
        self.folder.path().join("repos/x.git")
    }

    pub(crate) fn config(&self, key: &str, value: &str) {
        run(self.git(&self.bare()).args(["config", key, value]));
    }

    pub(crate) fn git(&self, folder: &Path) -> Command {
        let mut command = Command::new("git");
        command.current_dir(folder).env("HOME", self.folder.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "human").env(format!("GIT_{who}_EMAIL"), "human@example.org");
        }
        command
    }

    pub(crate) fn clone_at(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join(name);
        run(self.git(self.folder.path()).args(["clone", "-q"]).arg(self.bare()).arg(&folder));
        folder
    }

    pub(crate) fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.bare().join("hooks").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn remote(&self, store: &Store) -> Box<dyn Remote> {
        remote_at(self.port, store)
    }

    pub(crate) fn tip(&self, branch: &str) -> Option<String> {
        let output = self
            .git(&self.bare())
            .args(["rev-parse", "-q", "--verify", &format!("refs/heads/{branch}")])
            .output()
            .unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    }

    /// The subjects on main, newest first.
    pub(crate) fn subjects(&self) -> Vec<String> {
        run(self.git(&self.bare()).args(["log", "--format=%s", "main"])).lines().map(str::to_owned).collect()
    }

    pub(crate) fn fsck(&self) {
        run(self.git(&self.bare()).args(["fsck", "--full", "--strict"]));
    }
}

pub(crate) fn remote_at(port: u16, store: &Store) -> Box<dyn Remote> {
    let address = Address::parse(&format!("http://127.0.0.1:{port}/git/x.git")).unwrap();
    connect(&address, store, &access()).unwrap()
}

pub(crate) fn access() -> Access {
    let credentials = Credentials::Basic { user: "bot".to_owned(), password: Secret::new(PASSWORD) };
    let limits = Limits { exchange: Duration::from_secs(20), ..Limits::default() };
    Access { credentials: Some(credentials), limits, ..Access::default() }
}

fn person() -> Person {
    Person::new("plainsail", "plainsail@example.org").unwrap()
}

/// Makes a commit that sets a file; none where it stands there already.
pub(crate) fn set(store: &Store, tip: Option<Id>, path: &str, text: &str) -> Result<Option<Id>, Error> {
    let changes = BTreeMap::from([(path.to_owned(), Some(Str::from(text)))]);
    let parents: Vec<Id> = tip.into_iter().collect();
    let person = person();
    let message = format!("set {path}");
    let draft = Draft {
        parents: &parents,
        base: tip,
        changes: &changes,
        message: &message,
        author: &person,
        committer: &person,
        time: 1_700_000_000,
    };
    store.write_commit(&draft)
}

pub(crate) fn publish(
    remote: &mut dyn Remote,
    store: &Store,
    branch: &RefName,
    path: &str,
) -> Result<Published, Error> {
    let mut pace = RealPace::new(7);
    let deadline = Duration::from_mins(2);
    Publisher { remote, store, branch, deadline, pace: &mut pace }.publish(|_, tip| set(store, tip, path, "x"))
}

fn tip_of(remote: &mut dyn Remote, branch: &RefName) -> Id {
    remote.tips(std::slice::from_ref(branch)).unwrap()[branch]
}

fn round_trip(world: &World, remote: &mut dyn Remote, store: &Store, blobless: bool) {
    assert_eq!(remote.default_branch().unwrap().unwrap(), world.main);
    let tip = tip_of(remote, &world.main);
    assert_eq!(Some(tip.to_string()), world.tip("main"));
    remote.fetch(&[tip], None).unwrap();
    let tree = store.tree(tip).unwrap();
    assert_eq!(tree.read("big.bin").is_err(), blobless, "the content of files is left out where it can be");
    tree.prefetch(remote, &|path| path.starts_with("environments/")).unwrap();
    assert_eq!(tree.read("environments/dev/api.yaml").unwrap().unwrap().as_utf8(), Some("tag: \"0\"\n"));
    assert_eq!(tree.read("rendered/dev/api/x.yaml").is_err(), blobless);

    let result = publish(remote, store, &world.main, "rendered/dev/api/new.yaml").unwrap();
    let Published::Pushed { commit, before, attempts } = result else { panic!("{result:?}") };
    assert_eq!((before, attempts), (Some(tip), 1));
    assert_eq!(world.tip("main"), Some(commit.to_string()));
    assert_eq!(
        publish(remote, store, &world.main, "rendered/dev/api/new.yaml").unwrap(),
        Published::Nothing { tip: Some(commit) }
    );

    // What others do comes in without the history before.
    let human = world.clone_at("human");
    for round in 0..5 {
        std::fs::write(human.join("human.txt"), round.to_string()).unwrap();
        run(world.git(&human).args(["add", "-A"]));
        run(world.git(&human).args(["commit", "-qm", "human"]));
    }
    run(world.git(&human).args(["push", "-q", "origin", "HEAD:main"]));
    let now = tip_of(remote, &world.main);
    remote.fetch(&[now], Some(commit)).unwrap();
    assert!(store.reaches(now, commit).unwrap() && store.reaches(now, tip).unwrap());
    assert_eq!(store.commits_since(now, commit).unwrap().len(), 5);
    remote.history(now, 0).unwrap();
    assert_eq!(store.history(now).unwrap().count(), 7);
    publish(remote, store, &world.main, "after").unwrap();

    let own = RefName::own("staging").unwrap();
    let rewrite = |remote: &mut dyn Remote, from, to| {
        let mut pace = RealPace::new(1);
        let deadline = Duration::from_secs(20);
        let ours = |commit: &Commit| commit.committer == person();
        Publisher { remote, store, branch: &own, deadline, pace: &mut pace }.rewrite(from, to, &ours)
    };
    let one = set(store, Some(now), "one", "1").unwrap();
    let two = set(store, Some(now), "two", "2").unwrap();
    assert_eq!(rewrite(remote, None, one).unwrap(), Rewritten::Created);
    assert_eq!(rewrite(remote, one, two).unwrap(), Rewritten::Updated);
    assert!(matches!(rewrite(remote, one, None), Err(Error::Moved { .. })));
    assert_eq!(world.tip("plainsail/staging"), two.map(|id| id.to_string()));
    assert_eq!(rewrite(remote, two, None).unwrap(), Rewritten::Deleted);
    assert_eq!(world.tip("plainsail/staging"), None);
    world.fsck();
}

#[test]
fn a_round_trip_over_http() {
    let Some(world) = World::http() else { return };
    let store = Store::new().unwrap();
    round_trip(&world, &mut *world.remote(&store), &store, true);
}

#[test]
fn a_round_trip_with_a_server_that_cannot_leave_files_out() {
    let Some(world) = World::http() else { return };
    world.config("uploadpack.allowFilter", "false");
    let store = Store::new().unwrap();
    round_trip(&world, &mut *world.remote(&store), &store, false);
}

#[test]
fn a_round_trip_with_a_server_of_protocol_version_0() {
    let Some(world) = World::http() else { return };
    let proxy = Proxy::start(world.port, |_| Action::Without("git-protocol"));
    let store = Store::new().unwrap();
    round_trip(&world, &mut *remote_at(proxy.port, &store), &store, false);
}

#[test]
fn a_round_trip_on_a_folder() {
    let Some(world) = World::folder() else { return };
    let store = Store::new().unwrap();
    let mut remote = connect(&Address::folder(&world.bare()), &store, &Access::default()).unwrap();
    round_trip(&world, &mut *remote, &store, false);
}

/// A person who pushes with `git` until told to stop, and counts.
fn human(world: &World, name: &str, stop: &Arc<AtomicBool>, most: u32) -> std::thread::JoinHandle<u32> {
    let folder = world.clone_at(name);
    let (home, stop, name) = (world.folder.path().to_owned(), Arc::clone(stop), name.to_owned());
    std::thread::spawn(move || {
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command
                .current_dir(&folder)
                .env("HOME", &home)
                .args(["-c", "user.name=human", "-c", "user.email=h@example.org"])
                .args(arguments);
            command.output().unwrap().status.success()
        };
        let mut done = 0;
        while !stop.load(Ordering::Relaxed) && done < most {
            std::fs::write(folder.join(format!("{name}-{done}")), "x").unwrap();
            assert!(git(&["add", "-A"]) && git(&["commit", "-qm", &format!("{name} {done}")]));
            while !git(&["push", "-q", "origin", "HEAD:main"]) {
                assert!(git(&["pull", "-q", "--rebase", "origin", "main"]));
            }
            done += 1;
            std::thread::sleep(Duration::from_millis(20));
        }
        done
    })
}

fn none_lost_none_doubled(world: &World, mine: &[String], theirs: &[String]) {
    let subjects = world.subjects();
    for expected in mine.iter().chain(theirs) {
        let count = subjects.iter().filter(|subject| *subject == expected).count();
        assert_eq!(count, 1, "{expected} is there {count} times");
    }
    assert_eq!(subjects.len(), 1 + mine.len() + theirs.len(), "nothing else is there");
    world.fsck();
}

#[test]
fn fifty_rounds_with_another_writer() {
    let Some(world) = World::http() else { return };
    let stop = Arc::default();
    let person = human(&world, "person", &stop, 500);
    let store = Store::new().unwrap();
    let mut remote = world.remote(&store);
    let mut attempts = 0;
    for round in 0..50 {
        match publish(&mut *remote, &store, &world.main, &format!("round-{round}")).unwrap() {
            Published::Pushed { attempts: more, .. } => attempts += more,
            Published::Nothing { .. } => panic!("nothing to do in round {round}"),
        }
    }
    stop.store(true, Ordering::Relaxed);
    let theirs: Vec<String> = (0..person.join().unwrap()).map(|done| format!("person {done}")).collect();
    let mine: Vec<String> = (0..50).map(|round| format!("set round-{round}")).collect();
    println!("50 commits in {attempts} pushes beside {} of another writer", theirs.len());
    assert!(!theirs.is_empty());
    none_lost_none_doubled(&world, &mine, &theirs);
}

#[test]
fn lost_cut_failed_and_doubled_answers_with_another_writer() {
    let Some(world) = World::http() else { return };
    let stop = Arc::default();
    let person = human(&world, "person", &stop, 200);
    let bad_gateway = answer("502 Bad Gateway", "text/html", b"<h1>bad</h1>");
    let faults = [
        Action::LoseAnswer,
        Action::CutAnswer(3),
        Action::CutAnswer(30),
        Action::AnswerInstead(bad_gateway.clone()),
        Action::Answer(bad_gateway),
        Action::Twice,
        Action::LoseRequest,
    ];
    let rounds = 4;
    let planned: Arc<Mutex<VecDeque<Action>>> = Arc::default();
    let mut plan = planned.lock().unwrap();
    (0..rounds).for_each(|_| plan.extend(faults.iter().cloned()));
    drop(plan);
    let plan = Arc::clone(&planned);
    // Every second push meets a fault.
    let count = AtomicU32::new(0);
    let proxy = Proxy::start(world.port, move |seen| {
        if seen.is_post("git-receive-pack") && count.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            return plan.lock().unwrap().pop_front().unwrap_or(Action::Pass);
        }
        Action::Pass
    });
    let store = Store::new().unwrap();
    let mut remote = remote_at(proxy.port, &store);
    let mut mine = Vec::new();
    while !planned.lock().unwrap().is_empty() {
        let path = format!("round-{}", mine.len());
        assert!(matches!(publish(&mut *remote, &store, &world.main, &path).unwrap(), Published::Pushed { .. }));
        mine.push(format!("set {path}"));
    }
    stop.store(true, Ordering::Relaxed);
    let theirs: Vec<String> = (0..person.join().unwrap()).map(|done| format!("person {done}")).collect();
    println!(
        "{} commits through {} faults beside {} of another writer",
        mine.len(),
        rounds * faults.len(),
        theirs.len()
    );
    none_lost_none_doubled(&world, &mine, &theirs);
}

#[test]
fn a_hook_that_refuses_is_quoted() {
    let Some(world) = World::http() else { return };
    world.hook("pre-receive", "#!/bin/sh\necho 'main is frozen until Monday, ask \u{1b}[31mAnna'\nexit 1\n");
    let store = Store::new().unwrap();
    let before = world.tip("main");
    let error = publish(&mut *world.remote(&store), &store, &world.main, "x").unwrap_err();
    let Error::Rejected { reason, remote_text, .. } = error else { panic!("{error:?}") };
    assert_eq!(reason, "pre-receive hook declined");
    assert!(remote_text.contains("main is frozen until Monday, ask") && remote_text.contains("Anna"), "{remote_text}");
    assert!(!remote_text.contains('\u{1b}'));
    assert_eq!(world.tip("main"), before);
}

#[test]
fn refusals_have_their_texts() {
    let Some(world) = World::http() else { return };
    let store = Store::new().unwrap();
    let mut remote = world.remote(&store);
    let tip = tip_of(&mut *remote, &world.main);
    remote.fetch(&[tip], None).unwrap();
    let new = set(&store, Some(tip), "x", "x").unwrap();
    let objects = store.objects_of(new.unwrap());
    let push = |remote: &mut dyn Remote, branch: &str, old, together| {
        let update = Update { branch: RefName::branch(branch).unwrap(), old, new };
        remote.push(&[update], &objects, together).unwrap().remove(0)
    };
    let refused = |outcome: Outcome| match outcome {
        Outcome::Refused { reason, .. } => reason,
        other => panic!("{other:?}"),
    };
    world.config("receive.hideRefs", "refs/heads/hidden");
    assert_eq!(refused(push(&mut *remote, "hidden/x", None, Together::Single)), "deny updating a hidden ref");
    // A branch in the way of a folder of branches.
    assert!(refused(push(&mut *remote, "main/x", None, Together::Single)).contains("failed to update ref"));
    // A stale lease: noticed before anything is sent, or by the server.
    assert!(!refused(push(&mut *remote, "main", None, Together::Single)).is_empty());
    assert!(refused(push(&mut *world.remote(&store), "main", None, Together::Single)).contains("expected"));
    world.hook("update", "#!/bin/sh\n[ \"$1\" != refs/heads/no ]\n");
    assert_eq!(refused(push(&mut *remote, "no", None, Together::Single)), "hook declined");
    let update = |branch: &str| Update { branch: RefName::branch(branch).unwrap(), old: None, new };
    let both = [update("yes"), update("no")];
    let outcomes = remote.push(&both, &objects, Together::Atomic).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Refused { .. })), "{outcomes:?}");
    assert_eq!(world.tip("yes"), None, "all or none");
    let outcomes = remote.push(&both, &objects, Together::Single).unwrap();
    assert!(matches!(outcomes.as_slice(), [Outcome::Applied, Outcome::Refused { .. }]), "{outcomes:?}");
    // Without the objects the server takes nothing.
    let other = set(&store, Some(tip), "y", "y").unwrap();
    let update = Update { branch: RefName::branch("lacking").unwrap(), old: None, new: other };
    let outcome = remote.push(&[update], &[], Together::Single).unwrap().remove(0);
    assert!(
        matches!(&outcome, Outcome::Refused { reason, .. } if reason.contains("missing necessary objects")),
        "{outcome:?}"
    );
    world.config("receive.maxInputSize", "10");
    let outcome = push(&mut *remote, "large", None, Together::Single);
    assert!(matches!(&outcome, Outcome::Refused { reason, .. } if reason.contains("unpack")), "{outcome:?}");
}

#[test]
fn who_may_not_come_in_is_told() {
    let Some(world) = World::http() else { return };
    let store = Store::new().unwrap();
    let address = Address::parse(&format!("http://127.0.0.1:{}/git/x.git", world.port)).unwrap();
    let wrong = Credentials::Basic { user: "bot".to_owned(), password: Secret::new("c4nary-wrong") };
    for credentials in [None, Some(wrong)] {
        let mut remote = connect(&address, &store, &Access { credentials, ..access() }).unwrap();
        let error = remote.tips(std::slice::from_ref(&world.main)).unwrap_err();
        assert!(matches!(error, Error::Denied { .. }), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("c4nary"));
    }
    let address = Address::parse(&format!("http://bot:{PASSWORD}@127.0.0.1:{}/git/nowhere.git", world.port)).unwrap();
    let error = connect(&address, &store, &Access::default()).unwrap().default_branch().unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    assert!(!format!("{error:?} {error} {address:?} {address}").contains("c4nary"));
    // Receiving is switched off: nothing is sent.
    world.config("http.receivepack", "false");
    let error = publish(&mut *world.remote(&store), &store, &world.main, "x").unwrap_err();
    assert!(matches!(error, Error::Denied { .. }), "{error:?}");
    let closed = free_port();
    let mut remote = remote_at(closed, &store);
    assert!(matches!(remote.default_branch(), Err(Error::Unavailable { .. })));
}

#[test]
fn redirects_do_not_carry_credentials_away() {
    let Some(world) = World::http() else { return };
    let other = Proxy::start(world.port, |_| Action::Answer(answer("401 Unauthorized", "text/plain", b"who")));
    let elsewhere = format!("http://127.0.0.1:{}/git/x.git/info/refs?service=git-upload-pack", other.port);
    let proxy = Proxy::start(world.port, |_| Action::Pass);
    let store = Store::new().unwrap();
    for status in ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = elsewhere.clone();
        proxy.rule(move |_| Action::Answer(redirect(status, &location)));
        let error = remote_at(proxy.port, &store).default_branch().unwrap_err();
        assert!(matches!(&error, Error::Redirected { to, .. } if to.ends_with(&other.port.to_string())), "{error:?}");
    }
    // Another name for the same machine is another host.
    let named = format!("http://localhost:{}/git/x.git/info/refs?service=git-upload-pack", proxy.port);
    proxy.rule(move |_| Action::Answer(redirect("302 Found", &named)));
    assert!(matches!(remote_at(proxy.port, &store).default_branch(), Err(Error::Redirected { .. })));
    // On the POST none is followed, and what became of the push is not known.
    let location = elsewhere.clone();
    let before = world.tip("main");
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    proxy.rule(move |seen| {
        if seen.is_post("git-receive-pack") && counted.fetch_add(1, Ordering::Relaxed) == 0 {
            return Action::Answer(redirect("307 Temporary Redirect", &location));
        }
        Action::Pass
    });
    let mut remote = remote_at(proxy.port, &store);
    let tip = tip_of(&mut *remote, &world.main);
    remote.fetch(&[tip], None).unwrap();
    let new = set(&store, Some(tip), "x", "x").unwrap();
    let update = Update { branch: world.main.clone(), old: Some(tip), new };
    let outcome = remote.push(&[update], &store.objects_of(new.unwrap()), Together::Single).unwrap().remove(0);
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    assert_eq!(world.tip("main"), before);
    assert!(other.seen.lock().unwrap().is_empty(), "the other host was never asked");
    let seen = proxy.seen.lock().unwrap().clone();
    assert!(seen.iter().all(|seen| seen.header("user-agent").is_some_and(|agent| agent.starts_with("git/"))));
    // On the same host the greeting may send us to another path.
    proxy.rule(|seen| {
        if seen.line.contains("/old.git/info/refs") {
            return Action::Answer(redirect("301 Moved", "/git/x.git/info/refs?service=git-upload-pack"));
        }
        Action::Pass
    });
    let address = Address::parse(&format!("http://127.0.0.1:{}/git/old.git", proxy.port)).unwrap();
    let mut remote = connect(&address, &store, &access()).unwrap();
    assert_eq!(tip_of(&mut *remote, &world.main), tip);
}

#[test]
fn rewritten_history_stops_the_run() {
    let Some(world) = World::http() else { return };
    let store = Store::new().unwrap();
    let mut remote = world.remote(&store);
    let bare = world.bare();
    let mut pace = RealPace::new(3);
    let deadline = Duration::from_secs(30);
    let mut rewritten = false;
    let mut publisher =
        Publisher { remote: &mut *remote, store: &store, branch: &world.main, deadline, pace: &mut pace };
    let result: Result<_, Error> = publisher.publish(|_, tip| {
        if !std::mem::replace(&mut rewritten, true) {
            let tree = run(world.git(&bare).args(["rev-parse", "main^{tree}"]));
            let orphan = run(world.git(&bare).args(["commit-tree", "-m", "another beginning", &tree]));
            run(world.git(&bare).args(["update-ref", "refs/heads/main", &orphan]));
        }
        set(&store, tip, "x", "x")
    });
    assert!(matches!(result, Err(Error::Rewritten { .. })), "{result:?}");
    assert_eq!(world.subjects(), ["another beginning"]);
}

#[test]
fn a_folder_with_two_writers_and_git_beside_them() {
    let Some(world) = World::folder() else { return };
    let stop = Arc::default();
    let person = human(&world, "person", &stop, 200);
    let writers: Vec<_> = ["a", "b"]
        .map(|name| {
            let (bare, main) = (world.bare(), world.main.clone());
            std::thread::spawn(move || {
                let store = Store::new().unwrap();
                let mut remote = connect(&Address::folder(&bare), &store, &Access::default()).unwrap();
                for round in 0..30 {
                    let mut pace = RealPace::new(u64::from(name.as_bytes()[0]) * 1000 + round);
                    let deadline = Duration::from_mins(1);
                    let path = format!("{name}-{round}");
                    let result: Result<_, Error> =
                        Publisher { remote: &mut *remote, store: &store, branch: &main, deadline, pace: &mut pace }
                            .publish(|_, tip| set(&store, tip, &path, "x"));
                    assert!(matches!(result, Ok(Published::Pushed { .. })), "{result:?}");
                    // Without a pause two programs leave no gap for a person's `git`.
                    std::thread::sleep(Duration::from_millis(120));
                }
            })
        })
        .into_iter()
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    let theirs: Vec<String> = (0..person.join().unwrap()).map(|done| format!("person {done}")).collect();
    let mine: Vec<String> =
        ["a", "b"].iter().flat_map(|name| (0..30).map(move |round| format!("set {name}-{round}"))).collect();
    println!("60 commits of two writers beside {} of git", theirs.len());
    none_lost_none_doubled(&world, &mine, &theirs);
}

#[test]
fn a_folder_where_branches_are_made_at_once() {
    let Some(world) = World::folder() else { return };
    for round in 0..20 {
        let own = RefName::own(&format!("race-{round}")).unwrap();
        let applied = Arc::new(AtomicU32::new(0));
        let barrier = Arc::new(std::sync::Barrier::new(4));
        let writers: Vec<_> = (0..4)
            .map(|name| {
                let (bare, main, own) = (world.bare(), world.main.clone(), own.clone());
                let (applied, barrier) = (Arc::clone(&applied), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    let store = Store::new().unwrap();
                    let mut remote = connect(&Address::folder(&bare), &store, &Access::default()).unwrap();
                    let tip = tip_of(&mut *remote, &main);
                    let new = set(&store, Some(tip), "who", &format!("{round} {name}")).unwrap();
                    barrier.wait();
                    let update = Update { branch: own, old: None, new };
                    let outcome =
                        remote.push(&[update], &store.objects_of(new.unwrap()), Together::Single).unwrap().remove(0);
                    applied.fetch_add(u32::from(matches!(outcome, Outcome::Applied)), Ordering::Relaxed);
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(applied.load(Ordering::Relaxed), 1, "one alone made it");
    }
}

#[test]
fn a_folder_with_hooks_or_a_work_tree_is_not_written_to() {
    let Some(world) = World::folder() else { return };
    let store = Store::new().unwrap();
    let clone = world.clone_at("clone");
    let error = connect(&Address::folder(&clone), &store, &Access::default()).err().unwrap();
    assert!(error.to_string().contains("work tree"), "{error}");
    let error = connect(&Address::folder(Path::new("/nowhere/x.git")), &store, &Access::default()).err().unwrap();
    assert!(matches!(error, Error::NotFound { .. }), "{error:?}");
    let canary = world.folder.path().join("ran");
    world.hook("pre-receive", &format!("#!/bin/sh\ntouch {}\nexit 0\n", canary.display()));
    let mut remote = connect(&Address::folder(&world.bare()), &store, &Access::default()).unwrap();
    let error = publish(&mut *remote, &store, &world.main, "x").unwrap_err();
    assert!(error.to_string().contains("pre-receive"), "{error}");
    assert!(!canary.exists());
    assert_eq!(world.subjects(), ["seed"]);
}

#[test]
fn configuration_that_runs_programs_is_not_heard() {
    let Some(world) = World::folder() else { return };
    let canary = world.folder.path().join("ran");
    let command = format!("touch {}", canary.display());
    for key in
        ["core.fsmonitor", "core.sshCommand", "filter.x.smudge", "credential.helper", "core.pager", "gpg.program"]
    {
        world.config(key, &command);
    }
    world.config("core.hooksPath", &world.folder.path().display().to_string());
    world.config("url./nowhere.insteadOf", "/");
    let store = Store::new().unwrap();
    let mut remote = connect(&Address::folder(&world.bare()), &store, &Access::default()).unwrap();
    publish(&mut *remote, &store, &world.main, "x").unwrap();
    assert!(!canary.exists());
    assert_eq!(world.subjects().len(), 2);
}

#[test]
fn a_folder_of_another_user_is_refused() {
    let Some(world) = World::folder() else { return };
    if !run(Command::new("id").arg("-u")).eq("0") {
        println!("skipped: only root can give a folder away");
        return;
    }
    run(Command::new("chown").args(["-R", "12345"]).arg(world.bare()));
    let error = connect(&Address::folder(&world.bare()), &Store::new().unwrap(), &Access::default()).err().unwrap();
    assert!(matches!(error, Error::Denied { .. }), "{error:?}");
}

#[test]
fn a_private_certificate_counts_where_it_is_given() {
    if !have(&["openssl"]) {
        return;
    }
    let Some(world) = World::http() else { return };
    let folder = world.folder.path().to_owned();
    let place = folder.display();
    let port = free_port();
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]);
    openssl.args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]);
    run(openssl.arg("-keyout").arg(folder.join("key.pem")).arg("-out").arg(folder.join("cert.pem")));
    let both = std::fs::read_to_string(folder.join("key.pem")).unwrap()
        + &std::fs::read_to_string(folder.join("cert.pem")).unwrap();
    std::fs::write(folder.join("both.pem"), both).unwrap();
    let plain = std::fs::read_to_string(folder.join("lighttpd.conf")).unwrap();
    let secure = plain
        .replace(&world.port.to_string(), &port.to_string())
        .replace("\"mod_cgi\"", "\"mod_cgi\", \"mod_openssl\"");
    let secure = format!("{secure}ssl.engine = \"enable\"\nssl.pemfile = \"{place}/both.pem\"\n");
    std::fs::write(folder.join("secure.conf"), secure).unwrap();
    let mut command = Command::new(tool("lighttpd").unwrap());
    let _server = Server::start(command.arg("-D").arg("-f").arg(folder.join("secure.conf")), port);
    let address = Address::parse(&format!("https://127.0.0.1:{port}/git/x.git")).unwrap();
    let store = Store::new().unwrap();
    let error = connect(&address, &store, &access()).unwrap().default_branch().unwrap_err();
    assert!(matches!(&error, Error::Unavailable { cause, .. } if cause.contains("ertificate")), "{error:?}");
    let mut given = access();
    given.http.ca_files.push(folder.join("cert.pem"));
    round_trip(&world, &mut *connect(&address, &store, &given).unwrap(), &store, true);
}

/// sshd with one key that may write and one that may not.
struct Sshd {
    world: World,
    port: u16,
    _server: Server,
}

impl Sshd {
    fn start() -> Option<Self> {
        if !have(&["git", "sshd", "ssh", "ssh-keygen", "git-shell"]) {
            return None;
        }
        let world = World::folder()?;
        let folder = world.folder.path().to_owned();
        let place = folder.display();
        for key in ["host", "writer", "reader", "stranger"] {
            run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(folder.join(key)));
        }
        let public = |key: &str| std::fs::read_to_string(folder.join(format!("{key}.pub"))).unwrap();
        let allowed = |key: &str, mode: &str| format!("restrict,command=\"{place}/wrap.sh {mode}\" {}", public(key));
        std::fs::write(folder.join("authorized_keys"), allowed("writer", "rw") + &allowed("reader", "ro")).unwrap();
        let wrap = format!(
            "#!/bin/sh\ncd {place}/repos || exit 1\ncase \"$SSH_ORIGINAL_COMMAND\" in\n \"git-upload-pack \"*) ;;\n \"git-receive-pack \"*) \
             [ \"$1\" = rw ] || {{ echo 'ERROR: read-only key' >&2; exit 1; }} ;;\n *) echo 'no shell' >&2; exit 128 ;;\nesac\n\
             export HOME={place}\nexec git-shell -c \"$SSH_ORIGINAL_COMMAND\"\n"
        );
        std::fs::write(folder.join(".gitconfig"), "[safe]\n\tdirectory = *\n").unwrap();
        std::fs::write(folder.join("wrap.sh"), wrap).unwrap();
        run(Command::new("chmod").arg("755").arg(folder.join("wrap.sh")));
        let port = free_port();
        let user = run(Command::new("id").arg("-un"));
        let config = format!(
            "ListenAddress 127.0.0.1\nPort {port}\nHostKey {place}/host\nPidFile none\nAuthorizedKeysFile {place}/authorized_keys\nStrictModes no\n\
             UsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nAllowUsers {user}\n\
             AcceptEnv GIT_PROTOCOL\n"
        );
        std::fs::write(folder.join("sshd.conf"), config).unwrap();
        std::fs::write(folder.join("known"), format!("[127.0.0.1]:{port} {}", public("host"))).unwrap();
        let _ = std::fs::create_dir_all("/run/sshd");
        let mut command = Command::new(tool("sshd").unwrap());
        command.arg("-D").arg("-E").arg(folder.join("sshd.log")).arg("-f").arg(folder.join("sshd.conf"));
        let server = Server::start(&mut command, port);
        Some(Self { world, port, _server: server })
    }

    fn remote(&self, store: &Store, key: &str, known: &str) -> Box<dyn Remote> {
        let folder = self.world.folder.path().display();
        let command = format!(
            "ssh -F none -i '{folder}/{key}' -o IdentitiesOnly=yes -o UserKnownHostsFile='{folder}/{known}' -o StrictHostKeyChecking=no"
        );
        let user = run(Command::new("id").arg("-un"));
        let address = Address::parse(&format!("ssh://{user}@127.0.0.1:{}/x.git", self.port)).unwrap();
        let address = Address::parse(&address.to_string()).unwrap();
        connect(&address, store, &Access { ssh_command: Some(command), ..access() }).unwrap()
    }
}

#[test]
fn a_round_trip_over_ssh() {
    let Some(sshd) = Sshd::start() else { return };
    // The forced command starts in the folder of the repositories; the path is asked for from the root.
    let root = sshd.world.folder.path().join("wrap.sh");
    let wrap = std::fs::read_to_string(&root).unwrap().replace(
        "exec git-shell",
        "SSH_ORIGINAL_COMMAND=$(echo \"$SSH_ORIGINAL_COMMAND\" | sed \"s|'/|'|\")\nexec git-shell",
    );
    std::fs::write(&root, wrap).unwrap();
    let store = Store::new().unwrap();
    let mut remote = sshd.remote(&store, "writer", "known");
    round_trip(&sshd.world, &mut *remote, &store, true);

    let stop = Arc::default();
    let person = human(&sshd.world, "person", &stop, 15);
    for round in 0..4 {
        let result = publish(&mut *remote, &store, &sshd.world.main, &format!("round-{round}")).unwrap();
        assert!(matches!(result, Published::Pushed { .. }), "{result:?}");
    }
    stop.store(true, Ordering::Relaxed);
    let theirs = person.join().unwrap() as usize;
    let subjects = sshd.world.subjects();
    let count = |start: &str| subjects.iter().filter(|subject| subject.starts_with(start)).count();
    assert_eq!((count("set round-"), count("person ")), (4, theirs));

    let refused = |remote: &mut dyn Remote| publish(remote, &store, &sshd.world.main, "more").unwrap_err();
    let before = sshd.world.tip("main");
    let error = refused(&mut *sshd.remote(&store, "reader", "known"));
    assert!(matches!(&error, Error::Denied { cause, .. } if cause.contains("read-only key")), "{error:?}");
    let error = refused(&mut *sshd.remote(&store, "stranger", "known"));
    assert!(matches!(&error, Error::Denied { cause, .. } if cause.contains("Permission denied")), "{error:?}");
    // The command asks for lax checking; the host is refused all the same.
    let error = refused(&mut *sshd.remote(&store, "writer", "unknown"));
    assert!(
        matches!(&error, Error::Denied { cause, .. } if cause.contains("Host key verification failed")),
        "{error:?}"
    );
    assert_eq!(sshd.world.tip("main"), before);

    sshd.world.hook("pre-receive", "#!/bin/sh\necho 'not today'\nexit 1\n");
    let error = refused(&mut *sshd.remote(&store, "writer", "known"));
    assert!(matches!(&error, Error::Rejected { remote_text, .. } if remote_text.contains("not today")), "{error:?}");
}
