//! Pushing: the words of `git-receive-pack`.

use std::collections::BTreeMap;
use std::io::Read;

use super::greeting::{Greeting, Listing};
use super::packet::{Bands, Packet, Packets, Request};
use super::upload::greet;
use super::{Service, Wire};
use crate::git::name::printable;
use crate::git::{Error, Id, Outcome, Store, Together, Update};
use crate::http::USER_AGENT;

const ZERO: Id = Id::from_bytes([0; 20]);

/// What the server reported.
#[derive(Default)]
struct Report {
    unpacked: Option<String>,
    references: BTreeMap<String, Result<(), String>>,
}

/// Sends objects and updates. An error means that nothing was sent.
pub(super) fn push(
    wire: &mut dyn Wire,
    store: &Store,
    updates: &[Update],
    objects: &[Id],
    together: Together,
) -> Result<Vec<Outcome>, Error> {
    let remote = wire.address().to_owned();
    let pack = if updates.iter().any(|update| update.new.is_some()) { store.pack(objects)? } else { Vec::new() };
    let (mut packets, greeting) = greet(wire, Service::Receive)?;
    let Greeting::Zero(listing) = greeting else {
        return Err(packets.wrong("it answers a push in protocol version 2"));
    };
    check_abilities(&listing, updates, together, &remote)?;
    // Where the branch has moved already, sending the objects would be for nothing.
    let stale = |update: &Update| listing.contradicts(&update.branch, update.old);
    if updates.iter().any(stale) && (together == Together::Atomic || updates.len() == 1) {
        let reason = "the branch does not stand where it was expected".to_owned();
        return Ok(vec![Outcome::Refused { reason, remote_text: String::new() }; updates.len()]);
    }
    let banded = listing.can("side-band-64k");
    let request = request(&listing, updates, together, banded, &pack);
    let said = packets.inner().say(request);
    let report = said.and_then(|()| {
        if banded { banded_report(&mut packets) } else { Ok((read_report(&mut packets)?, String::new())) }
    });
    match report {
        Ok((report, words)) => Ok(updates.iter().map(|update| outcome(update, &report, &words, &remote)).collect()),
        Err(cause) => {
            Ok(vec![Outcome::Unknown { cause: packets.inner().last_words().unwrap_or(cause) }; updates.len()])
        }
    }
}

fn check_abilities(listing: &Listing, updates: &[Update], together: Together, remote: &str) -> Result<(), Error> {
    let deletes = updates.iter().any(|update| update.new.is_none());
    let needed = [("report-status", true), ("delete-refs", deletes), ("atomic", together == Together::Atomic)];
    match needed.iter().find(|(ability, needed)| *needed && !listing.can(ability)) {
        Some((ability, _)) => {
            Err(Error::NotBuilt { remote: remote.to_owned(), what: format!("a server without {ability}") })
        }
        None => Ok(()),
    }
}

fn request(listing: &Listing, updates: &[Update], together: Together, banded: bool, pack: &[u8]) -> Vec<u8> {
    let mut abilities = String::from("report-status");
    for (ability, wanted) in [("side-band-64k", banded), ("quiet", true), ("atomic", together == Together::Atomic)] {
        if wanted && listing.can(ability) {
            abilities.push(' ');
            abilities.push_str(ability);
        }
    }
    let mut request = Request::default();
    for (at, update) in updates.iter().enumerate() {
        let (old, new) = (update.old.unwrap_or(ZERO), update.new.unwrap_or(ZERO));
        let abilities = if at == 0 { format!("\0{abilities} agent={USER_AGENT}") } else { String::new() };
        request.line(&format!("{old} {new} {}{abilities}", update.branch.as_str()));
    }
    request.flush().raw(pack).finish()
}

/// In band 1 lie the packets of the report; in band 2 what hooks print.
fn banded_report<R: Read>(packets: &mut Packets<R>) -> Result<(Report, String), Error> {
    const MOST: u64 = 1 << 20;
    let mut report = Vec::new();
    let mut bands = Bands::new(packets, None);
    let read = (&mut bands).take(MOST).read_to_end(&mut report);
    let words = bands.words();
    if let Err(cause) = read {
        // A report that is whole counts, whatever happens to the end of the answer.
        let mut inner = Packets::new(report.as_slice(), "");
        return match read_report(&mut inner) {
            Ok(report) => Ok((report, words)),
            Err(_) => Err(super::from_reader("", cause)),
        };
    }
    let mut inner = Packets::new(report.as_slice(), "");
    let report = read_report(&mut inner).map_err(|_| packets.wrong("its report on the push is not whole"))?;
    Ok((report, words))
}

fn read_report<R: Read>(packets: &mut Packets<R>) -> Result<Report, Error> {
    let mut report = Report::default();
    loop {
        let packet = packets.expect()?;
        if packet == Packet::Flush {
            return Ok(report);
        }
        let text = packet.text().ok_or_else(|| packets.wrong("its report on the push has sections"))?;
        match text.split_once(' ') {
            Some(("unpack", state)) => report.unpacked = Some(state.to_owned()),
            Some(("ok", name)) => drop(report.references.insert(name.to_owned(), Ok(()))),
            Some(("ng", rest)) => {
                let (name, reason) = rest.split_once(' ').unwrap_or((rest, "no reason given"));
                report.references.insert(name.to_owned(), Err(printable(reason)));
            }
            _ => return Err(packets.wrong("its report on the push has other lines")),
        }
    }
}

fn outcome(update: &Update, report: &Report, words: &str, remote: &str) -> Outcome {
    let unknown = |cause: &str| {
        let cause = Error::Protocol { remote: remote.to_owned(), cause: cause.to_owned() };
        Outcome::Unknown { cause }
    };
    let refused = |reason: &str| Outcome::Refused { reason: reason.to_owned(), remote_text: words.to_owned() };
    match (report.references.get(update.branch.as_str()), report.unpacked.as_deref()) {
        (Some(Ok(())), Some("ok")) => Outcome::Applied,
        (Some(Ok(())), _) => unknown("it reports an update without the objects for it"),
        (Some(Err(reason)), Some(state)) if state != "ok" => refused(&format!("{reason} ({})", printable(state))),
        (Some(Err(reason)), _) => refused(reason),
        (None, Some(state)) if state != "ok" => refused(&printable(state)),
        (None, _) => unknown("it does not report on the branch"),
    }
}
