//! Faults of every kind on the way of a push, against a real store.

use std::collections::{BTreeMap, VecDeque};

use super::*;
use crate::git::{Access, Address, Draft, Person, RealPace, connect};
use crate::yaml::Str;

/// What happens to a push.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Applied, but the answer is lost.
    LostAnswer,
    /// Not applied, and the answer is lost.
    LostRequest,
    /// Delivered twice: the second answer, a refusal, arrives.
    Twice,
    /// Refused by a hook.
    Hook,
    /// Not applied, and the answer makes no sense.
    Nonsense,
    /// Refused for no reason that is known.
    Refused,
    /// Another writer is faster.
    Overtaken,
    /// The server cannot be reached, nothing is sent.
    Unreachable,
    /// Somebody rewrites the branch to its first commit's sibling, and the answer is lost.
    Rewritten,
}

/// A repository whose pushes go wrong in the ways that were written down.
struct Faulty {
    inner: Box<dyn Remote>,
    other: Box<dyn Remote>,
    store: Store,
    faults: VecDeque<Fault>,
    pushes: u32,
}

impl Faulty {
    fn overtake(&mut self, branch: &RefName) {
        let tip = self.other.tips(std::slice::from_ref(branch)).unwrap().get(branch).copied();
        let path = format!("other-{}", self.pushes);
        let commit = make(&self.store, tip, &path);
        let update = Update { branch: branch.clone(), old: tip, new: Some(commit) };
        let outcome = self.other.push(&[update], &self.store.objects_of(commit), Together::Single).unwrap();
        assert!(matches!(outcome[0], Outcome::Applied));
    }
}

impl Remote for Faulty {
    fn address(&self) -> &str {
        self.inner.address()
    }
    fn default_branch(&mut self) -> Result<Option<RefName>, Error> {
        self.inner.default_branch()
    }
    fn tips(&mut self, branches: &[RefName]) -> Result<BTreeMap<RefName, Id>, Error> {
        self.inner.tips(branches)
    }
    fn fetch(&mut self, commits: &[Id], since: Option<Id>) -> Result<(), Error> {
        self.inner.fetch(commits, since)
    }
    fn history(&mut self, commit: Id, since: i64) -> Result<(), Error> {
        self.inner.history(commit, since)
    }
    fn blobs(&mut self, ids: &[Id]) -> Result<(), Error> {
        self.inner.blobs(ids)
    }
    fn push(&mut self, updates: &[Update], objects: &[Id], together: Together) -> Result<Vec<Outcome>, Error> {
        self.pushes += 1;
        let cause = Error::Unavailable { remote: "server".to_owned(), cause: "the connection broke".to_owned() };
        let refused =
            |reason: &str| Ok(vec![Outcome::Refused { reason: reason.to_owned(), remote_text: "words".to_owned() }]);
        match self.faults.pop_front() {
            None => self.inner.push(updates, objects, together),
            Some(Fault::LostAnswer) => {
                self.inner.push(updates, objects, together)?;
                Ok(vec![Outcome::Unknown { cause }])
            }
            Some(Fault::Nonsense) => {
                let cause = Error::Protocol { remote: "server".to_owned(), cause: "a sign-in page".to_owned() };
                Ok(vec![Outcome::Unknown { cause }])
            }
            Some(Fault::LostRequest) => Ok(vec![Outcome::Unknown { cause }]),
            Some(Fault::Twice) => {
                self.inner.push(updates, objects, together)?;
                self.inner.push(updates, objects, together)
            }
            Some(Fault::Hook) => refused("pre-receive hook declined"),
            Some(Fault::Refused) => refused("failed to update ref"),
            Some(Fault::Overtaken) => {
                self.overtake(&updates[0].branch);
                self.inner.push(updates, objects, together)
            }
            Some(Fault::Unreachable) => Err(cause),
            Some(Fault::Rewritten) => {
                let branch = updates[0].branch.clone();
                let old = updates[0].old;
                let orphan = make(&self.store, None, "orphan");
                let update = Update { branch, old, new: Some(orphan) };
                self.other.push(&[update], &self.store.objects_of(orphan), Together::Single)?;
                Ok(vec![Outcome::Unknown { cause }])
            }
        }
    }
}

/// Time that passes only by waiting.
#[derive(Default)]
struct Still {
    now: Duration,
    waits: u32,
}

impl Pace for Still {
    fn elapsed(&self) -> Duration {
        self.now
    }
    fn sleep(&mut self, time: Duration) {
        self.now += time;
        self.waits += 1;
    }
    fn jitter(&mut self) -> f64 {
        0.5
    }
}

fn person() -> Person {
    Person::new("bot", "bot@example.org").unwrap()
}

/// Adds a file; none where it is there already.
fn add(store: &Store, tip: Option<Id>, path: &str) -> Result<Option<Id>, Error> {
    let changes = BTreeMap::from([(path.to_owned(), Some(Str::from("x")))]);
    let parents: Vec<Id> = tip.into_iter().collect();
    let person = person();
    let draft = Draft {
        parents: &parents,
        base: tip,
        changes: &changes,
        message: path,
        author: &person,
        committer: &person,
        time: 1_700_000_000,
    };
    store.write_commit(&draft)
}

fn make(store: &Store, tip: Option<Id>, path: &str) -> Id {
    add(store, tip, path).unwrap().unwrap()
}

struct World {
    folder: tempfile::TempDir,
    store: Store,
    main: RefName,
}

impl World {
    /// A bare repository with one commit on main.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        git2::Repository::init_bare(folder.path()).unwrap();
        let world = Self { folder, store: Store::new().unwrap(), main: RefName::branch("main").unwrap() };
        let (result, _) = world.publish(&[], "first");
        assert!(matches!(result, Ok(Published::Pushed { before: None, .. })));
        world
    }

    fn remote(&self, store: &Store) -> Box<dyn Remote> {
        connect(&Address::folder(self.folder.path()), store, &Access::default()).unwrap()
    }

    fn faulty(&self, faults: &[Fault]) -> Faulty {
        let other = Store::new().unwrap();
        Faulty {
            inner: self.remote(&self.store),
            other: self.remote(&other),
            store: other,
            faults: faults.iter().copied().collect(),
            pushes: 0,
        }
    }

    fn publish(&self, faults: &[Fault], path: &str) -> (Result<Published, Error>, u32) {
        let mut remote = self.faulty(faults);
        let mut pace = Still::default();
        let result = Publisher {
            remote: &mut remote,
            store: &self.store,
            branch: &self.main,
            deadline: Duration::from_mins(1),
            pace: &mut pace,
        }
        .publish(|_, tip| add(&self.store, tip, path));
        (result, remote.pushes)
    }

    fn tip(&self, branch: &RefName) -> Option<Id> {
        self.remote(&self.store).tips(std::slice::from_ref(branch)).unwrap().get(branch).copied()
    }

    /// The subjects on main, newest first.
    fn subjects(&self) -> Vec<String> {
        let store = Store::new().unwrap();
        let mut remote = self.remote(&store);
        let tip = remote.tips(std::slice::from_ref(&self.main)).unwrap()[&self.main];
        store.history(tip).unwrap().map(|commit| commit.unwrap().subject().to_owned()).collect()
    }

    fn rewrite(
        &self,
        branch: &RefName,
        faults: &[Fault],
        expected: Option<Id>,
        new: Option<Id>,
    ) -> Result<Rewritten, Error> {
        let mut remote = self.faulty(faults);
        let mut pace = Still::default();
        let deadline = Duration::from_mins(1);
        Publisher { remote: &mut remote, store: &self.store, branch, deadline, pace: &mut pace }.rewrite(
            expected,
            new,
            &|commit| commit.author == person(),
        )
    }
}

#[test]
fn every_fault_ends_with_exactly_one_commit() {
    use Fault::{LostAnswer, LostRequest, Overtaken, Refused, Twice, Unreachable};
    let each = [LostAnswer, LostRequest, Twice, Overtaken, Unreachable, Refused];
    for one in each {
        for two in each {
            let world = World::new();
            let (result, _) = world.publish(&[one, two], "mine");
            assert!(matches!(result, Ok(Published::Pushed { .. })), "{one:?} {two:?}: {result:?}");
            let mine = world.subjects().iter().filter(|subject| *subject == "mine").count();
            assert_eq!(mine, 1, "{one:?} {two:?}");
            let others = world.subjects().iter().filter(|subject| subject.starts_with("other")).count();
            let second_counts = !matches!(one, LostAnswer | Twice);
            let expected = usize::from(one == Overtaken) + usize::from(second_counts && two == Overtaken);
            assert_eq!(others, expected, "{one:?} {two:?}");
        }
    }
}

#[test]
fn a_lost_answer_is_found_by_looking() {
    let world = World::new();
    assert_eq!(world.publish(&[Fault::LostAnswer], "mine").1, 1);
    assert_eq!(world.publish(&[Fault::Twice], "mine too").1, 1);
}

#[test]
fn done_by_somebody_else_is_nothing_to_do() {
    let world = World::new();
    let (result, pushes) = world.publish(&[], "first");
    assert!(matches!(result, Ok(Published::Nothing { tip: Some(_) })));
    assert_eq!(pushes, 0);
}

#[test]
fn a_hook_is_believed_at_once_and_its_words_are_kept() {
    let world = World::new();
    let (result, pushes) = world.publish(&[Fault::Hook; 9], "mine");
    assert!(
        matches!(result, Err(Error::Rejected { reason, remote_text, .. }) if reason.contains("hook declined") && remote_text == "words")
    );
    assert_eq!(pushes, 1);
    assert_eq!(world.subjects(), ["first"]);
}

#[test]
fn an_unexplained_refusal_is_believed_after_three() {
    let world = World::new();
    let (result, pushes) = world.publish(&[Fault::Refused; 9], "mine");
    assert!(matches!(result, Err(Error::Rejected { .. })));
    assert_eq!(pushes, 3);
}

#[test]
fn an_answer_without_sense_is_believed_after_three() {
    let world = World::new();
    let (result, pushes) = world.publish(&[Fault::Nonsense; 9], "mine");
    assert!(matches!(result, Err(Error::Protocol { .. })));
    assert_eq!(pushes, 3);
    assert!(matches!(world.publish(&[Fault::Nonsense; 2], "mine").0, Ok(Published::Pushed { .. })));
}

#[test]
fn the_deadline_ends_it() {
    let world = World::new();
    let (result, _) = world.publish(&[Fault::LostRequest; 500], "mine");
    assert!(matches!(result, Err(Error::GaveUp { attempts, .. }) if attempts > 5));
    let (result, _) = world.publish(&[Fault::Overtaken; 500], "mine");
    assert!(matches!(result, Err(Error::GaveUp { .. })));
    let (result, _) = world.publish(&[Fault::Unreachable; 500], "mine");
    assert!(matches!(result, Err(Error::Unavailable { .. })), "nothing was sent");
}

#[test]
fn rewritten_history_stops() {
    let world = World::new();
    let (result, _) = world.publish(&[Fault::Rewritten], "mine");
    assert!(matches!(result, Err(Error::Rewritten { .. })), "{result:?}");
}

#[test]
fn a_commit_beside_the_tip_is_never_sent() {
    let world = World::new();
    let mut remote = world.faulty(&[]);
    let mut pace = RealPace::new(1);
    let deadline = Duration::from_secs(5);
    let mut publisher =
        Publisher { remote: &mut remote, store: &world.store, branch: &world.main, deadline, pace: &mut pace };
    let result: Result<_, Error> = publisher.publish(|_, _| add(&world.store, None, "beside"));
    assert!(matches!(result, Err(Error::NotOnTip { .. })));
    assert_eq!(remote.pushes, 0);
}

#[test]
fn an_own_branch_is_made_moved_and_deleted() {
    let world = World::new();
    let own = RefName::own("staging").unwrap();
    let tip = world.tip(&world.main);
    let one = make(&world.store, tip, "one");
    let two = make(&world.store, tip, "two");
    for faults in
        [vec![], vec![Fault::LostAnswer], vec![Fault::LostRequest], vec![Fault::Twice], vec![Fault::Refused; 2]]
    {
        assert_eq!(world.rewrite(&own, &faults, None, Some(one)).unwrap(), Rewritten::Created, "{faults:?}");
        assert_eq!(world.rewrite(&own, &faults, Some(one), Some(one)).unwrap(), Rewritten::Unchanged);
        assert_eq!(world.rewrite(&own, &faults, Some(one), Some(two)).unwrap(), Rewritten::Updated);
        assert!(matches!(world.rewrite(&own, &faults, Some(one), Some(one)), Ok(Rewritten::Unchanged)));
        assert!(matches!(world.rewrite(&own, &faults, Some(one), None), Err(Error::Moved { .. })));
        assert_eq!(world.rewrite(&own, &faults, Some(two), None).unwrap(), Rewritten::Deleted);
        assert_eq!(world.tip(&own), None);
    }
    assert!(matches!(world.rewrite(&own, &[Fault::Hook; 3], None, Some(one)), Err(Error::Rejected { .. })));
}

#[test]
fn a_foreign_commit_on_an_own_branch_stops() {
    let world = World::new();
    let own = RefName::own("staging").unwrap();
    let tip = world.tip(&world.main);
    let person = Person::new("human", "human@example.org").unwrap();
    let changes = BTreeMap::from([("theirs".to_owned(), Some(Str::from("x")))]);
    let parents: Vec<Id> = tip.into_iter().collect();
    let draft = Draft {
        parents: &parents,
        base: tip,
        changes: &changes,
        message: "m",
        author: &person,
        committer: &person,
        time: 1,
    };
    let theirs = world.store.write_commit(&draft).unwrap().unwrap();
    world.rewrite(&own, &[], None, Some(theirs)).unwrap();
    let mine = make(&world.store, tip, "mine");
    for expected in [None, Some(mine), Some(theirs)] {
        let result = world.rewrite(&own, &[], expected, Some(make(&world.store, tip, "new")));
        assert!(matches!(&result, Err(Error::Foreign { author, .. }) if author.contains("human")), "{result:?}");
    }
    assert!(matches!(world.rewrite(&world.main, &[], tip, Some(mine)), Err(Error::NotOwn { .. })));
}
