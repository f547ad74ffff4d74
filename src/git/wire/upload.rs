//! Fetching: the words of `git-upload-pack`, in protocol version 2 and, for servers without it, 0.

use std::collections::{BTreeMap, BTreeSet};

use super::greeting::{Greeting, Listing};
use super::packet::{Bands, Packet, Packets, Request};
use super::{Line, Service, Wire, from_reader, greeting};
use crate::git::store::PackError;
use crate::git::{Error, Id, RefName, Store};
use crate::http::USER_AGENT;

/// What is fetched.
pub(super) struct Wanted<'a> {
    pub(super) ids: &'a [Id],
    pub(super) depth: Depth,
    pub(super) content: Content,
}

/// How much history comes along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// All that is not here.
    New,
    /// The commits alone.
    One,
    /// What is younger, in seconds since 1970.
    Since(i64),
}

/// What of a commit comes along.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Its trees, no files.
    Trees,
    /// Neither trees nor files.
    Nothing,
    /// The objects themselves.
    Objects,
}

type Talk = Packets<Box<dyn Line>>;

/// Begins a conversation.
pub(super) fn greet(wire: &mut dyn Wire, service: Service) -> Result<(Talk, Greeting), Error> {
    if let Some((line, greeting)) = wire.resume(service) {
        return Ok((Packets::new(line, wire.address()), greeting));
    }
    let line = wire.call(service)?;
    let mut packets = Packets::new(line, wire.address());
    match greeting::read(&mut packets, service, wire.address()) {
        Ok(greeting) => {
            if let Some(lasting) = greeting.lasting(service) {
                wire.keep(service, lasting);
            }
            Ok((packets, greeting))
        }
        Err(cause) => Err(packets.inner().last_words().unwrap_or(cause)),
    }
}

fn say(packets: &mut Talk, request: &mut Request) -> Result<(), Error> {
    packets.inner().say(request.finish())
}

/// Where references stand, and which branch HEAD names.
#[derive(Default)]
pub(super) struct References {
    pub(super) tips: BTreeMap<RefName, Id>,
    pub(super) head: Option<String>,
}

/// Lists branches, or the branch that HEAD names where none are given.
pub(super) fn list(wire: &mut dyn Wire, branches: &[RefName]) -> Result<References, Error> {
    let (mut packets, greeting) = greet(wire, Service::Upload)?;
    let abilities = match greeting {
        Greeting::Two(abilities) => abilities,
        Greeting::Zero(listing) => {
            let tips = branches.iter().filter_map(|branch| Some((branch.clone(), listing.tip(branch)?))).collect();
            return Ok(References { tips, head: listing.head().map(str::to_owned) });
        }
    };
    let mut request = begin("ls-refs", &abilities);
    request.delimiter().line("symrefs\n");
    if abilities.get("ls-refs").is_some_and(|extras| extras.split(' ').any(|extra| extra == "unborn")) {
        request.line("unborn\n");
    }
    for branch in branches {
        request.line(&format!("ref-prefix {}\n", branch.as_str()));
    }
    if branches.is_empty() {
        request.line("ref-prefix HEAD\n");
    }
    say(&mut packets, request.flush())?;
    let mut found = References::default();
    loop {
        let packet = packets.expect()?;
        if packet == Packet::Flush {
            return Ok(found);
        }
        let text = packet.text().ok_or_else(|| packets.wrong("the list of references has sections"))?;
        let mut words = text.split(' ');
        let (Some(id), Some(name)) = (words.next(), words.next()) else {
            return Err(packets.wrong("a reference has no id or no name"));
        };
        if name == "HEAD" {
            found.head = words.find_map(|word| word.strip_prefix("symref-target:")).map(str::to_owned);
        }
        // A prefix also brings `refs/heads/main-2`.
        if let Some(branch) = branches.iter().find(|branch| branch.as_str() == name) {
            let id = id.parse().map_err(|_| packets.wrong("a reference has no id"))?;
            found.tips.insert(branch.clone(), id);
        }
    }
}

fn begin(command: &str, abilities: &BTreeMap<String, String>) -> Request {
    let mut request = Request::default();
    request.line(&format!("command={command}\n"));
    if abilities.contains_key("agent") {
        request.line(&format!("agent={USER_AGENT}\n"));
    }
    if abilities.contains_key("object-format") {
        request.line("object-format=sha1\n");
    }
    request
}

/// Fetches into the store.
pub(super) fn fetch(wire: &mut dyn Wire, store: &Store, wanted: &Wanted<'_>) -> Result<(), Error> {
    let remote = wire.address().to_owned();
    let (mut packets, greeting) = greet(wire, Service::Upload)?;
    let mut request = match &greeting {
        Greeting::Two(abilities) => request_two(abilities, store, wanted, &remote)?,
        Greeting::Zero(listing) => request_zero(listing, store, wanted, &remote)?,
    };
    say(&mut packets, &mut request)?;
    let (shallow, first) = match greeting {
        Greeting::Two(_) => answer_two(&mut packets)?,
        Greeting::Zero(_) => answer_zero(&mut packets, wanted.depth != Depth::New)?,
    };
    let mut bands = Bands::new(&mut packets, first);
    store.take_pack(&mut bands).map_err(|cause| match cause {
        PackError::Cut(cause) => from_reader(&remote, cause),
        PackError::Bad(cause) => {
            Error::Protocol { remote: remote.clone(), cause: format!("it sent a bad pack: {cause}") }
        }
    })?;
    if let Some(id) = wanted.ids.iter().find(|id| !store.has(**id)) {
        return Err(Error::Protocol { remote, cause: format!("it did not send {id}") });
    }
    // History without trees is for looking at: what is declared to the server must be whole.
    if wanted.content == Content::Trees {
        let mut known = store.shallow();
        known.retain(|id| !shallow.unshallow.contains(id));
        known.extend(shallow.shallow);
        store.known_tips().extend(wanted.ids);
    }
    Ok(())
}

/// What is said about history that was left out.
#[derive(Default)]
struct Cuts {
    shallow: BTreeSet<Id>,
    unshallow: BTreeSet<Id>,
}

impl Cuts {
    /// Takes a line about history; says whether it was one.
    fn take(&mut self, text: &str) -> bool {
        let Some((word, id)) = text.split_once(' ') else { return false };
        match (word, id.parse()) {
            ("shallow", Ok(id)) => self.shallow.insert(id),
            ("unshallow", Ok(id)) => self.unshallow.insert(id),
            _ => return false,
        };
        true
    }
}

fn want_lines(request: &mut Request, store: &Store, wanted: &Wanted<'_>) {
    if wanted.content == Content::Trees {
        for id in store.shallow().iter() {
            request.line(&format!("shallow {id}\n"));
        }
    }
    match wanted.depth {
        Depth::New => {}
        Depth::One => drop(request.line("deepen 1\n")),
        Depth::Since(time) => drop(request.line(&format!("deepen-since {time}\n"))),
    }
}

fn have_lines(request: &mut Request, store: &Store, wanted: &Wanted<'_>) {
    if wanted.content == Content::Trees {
        for id in store.known_tips().iter() {
            request.line(&format!("have {id}\n"));
        }
    }
}

fn filter(content: Content) -> Option<&'static str> {
    match content {
        Content::Trees => Some("filter blob:none\n"),
        Content::Nothing => Some("filter tree:0\n"),
        Content::Objects => None,
    }
}

fn request_two(
    abilities: &BTreeMap<String, String>,
    store: &Store,
    wanted: &Wanted<'_>,
    remote: &str,
) -> Result<Request, Error> {
    let missing = |what: &str| Error::NotBuilt { remote: remote.to_owned(), what: format!("a server without {what}") };
    let extras: Vec<&str> = abilities.get("fetch").ok_or_else(|| missing("the command fetch"))?.split(' ').collect();
    if wanted.depth != Depth::New && !extras.contains(&"shallow") {
        return Err(missing("shallow fetches"));
    }
    let mut request = begin("fetch", abilities);
    request.delimiter().line("no-progress\n").line("ofs-delta\n");
    if wanted.content == Content::Trees {
        request.line("thin-pack\n");
    }
    if let Some(filter) = filter(wanted.content).filter(|_| extras.contains(&"filter")) {
        request.line(filter);
    }
    want_lines(&mut request, store, wanted);
    for id in wanted.ids {
        request.line(&format!("want {id}\n"));
    }
    have_lines(&mut request, store, wanted);
    request.line("done\n").flush();
    Ok(request)
}

fn answer_two(packets: &mut Talk) -> Result<(Cuts, Option<Packet>), Error> {
    let mut cuts = Cuts::default();
    loop {
        let packet = packets.expect()?;
        match packet.text().as_deref() {
            Some("packfile") => return Ok((cuts, None)),
            Some("shallow-info" | "acknowledgments" | "NAK" | "ready") | None => {}
            Some(text) if text.starts_with("ACK ") || cuts.take(text) => {}
            Some(_) => return Err(packets.wrong("it answered a fetch with something else")),
        }
    }
}

fn request_zero(listing: &Listing, store: &Store, wanted: &Wanted<'_>, remote: &str) -> Result<Request, Error> {
    let missing = |what: &str| Error::NotBuilt { remote: remote.to_owned(), what: format!("a server without {what}") };
    if !listing.can("side-band-64k") {
        return Err(missing("side-band-64k"));
    }
    let needed = match wanted.depth {
        Depth::New => None,
        Depth::One => Some("shallow"),
        Depth::Since(_) => Some("deepen-since"),
    };
    if let Some(needed) = needed.filter(|needed| !listing.can(needed)) {
        return Err(missing(needed));
    }
    // Leaving files out is of use only where they can be asked for later.
    let any = listing.can("allow-tip-sha1-in-want") && listing.can("allow-reachable-sha1-in-want");
    let filter = filter(wanted.content).filter(|_| any && listing.can("filter"));
    if wanted.content == Content::Objects && !any {
        return Err(missing("requests for single objects"));
    }
    let mut abilities = String::from("side-band-64k");
    for ability in ["multi_ack", "ofs-delta", "thin-pack", "no-progress", "shallow", "deepen-since"] {
        let thin = ability == "thin-pack" && wanted.content != Content::Trees;
        if listing.can(ability) && !thin {
            abilities.push(' ');
            abilities.push_str(ability);
        }
    }
    if filter.is_some() {
        abilities.push_str(" filter");
    }
    let mut request = Request::default();
    for (at, id) in wanted.ids.iter().enumerate() {
        let abilities = if at == 0 { format!(" {abilities} agent={USER_AGENT}") } else { String::new() };
        request.line(&format!("want {id}{abilities}\n"));
    }
    want_lines(&mut request, store, wanted);
    if let Some(filter) = filter {
        request.line(filter);
    }
    request.flush();
    have_lines(&mut request, store, wanted);
    request.line("done\n");
    Ok(request)
}

fn answer_zero(packets: &mut Talk, deepened: bool) -> Result<(Cuts, Option<Packet>), Error> {
    let mut cuts = Cuts::default();
    let mut in_cuts = deepened;
    loop {
        let packet = packets.expect()?;
        let text = packet.text();
        match (&packet, text.as_deref()) {
            (Packet::Flush, _) if in_cuts => in_cuts = false,
            (Packet::Data(_), Some(text)) if cuts.take(text) => {}
            (Packet::Data(_), Some(text)) if text == "NAK" || text.starts_with("ACK ") => {}
            (Packet::Data(bytes), _) if matches!(bytes.first(), Some(1..=3)) => return Ok((cuts, Some(packet))),
            _ => return Err(packets.wrong("it answered a fetch with something else")),
        }
    }
}
