//! What a server says first: what it can do, and in the older protocol where all references stand.

use std::collections::BTreeMap;
use std::io::Read;

use super::Service;
use super::packet::{Packet, Packets};
use crate::git::{Error, Id, RefName};

/// What a server says first.
#[derive(Clone)]
pub(in crate::git) enum Greeting {
    /// Protocol version 2: what it can do.
    Two(BTreeMap<String, String>),
    /// Protocol version 0 or 1.
    Zero(Listing),
}

/// What a server of protocol version 0 says first.
#[derive(Clone, Default)]
pub(in crate::git) struct Listing {
    abilities: Vec<String>,
    references: BTreeMap<String, Id>,
    kept: bool,
}

impl Greeting {
    /// Returns what of a greeting holds for later conversations: what the server can do, never where references stand. In the
    /// older protocol that is of use for pushes alone.
    pub(super) fn lasting(&self, service: Service) -> Option<Self> {
        match (self, service) {
            (Self::Two(_), _) => Some(self.clone()),
            (Self::Zero(listing), Service::Receive) => {
                let abilities = listing.abilities.clone();
                Some(Self::Zero(Listing { abilities, references: BTreeMap::new(), kept: true }))
            }
            (Self::Zero(_), Service::Upload) => None,
        }
    }
}

impl Listing {
    pub(super) fn can(&self, ability: &str) -> bool {
        self.abilities.iter().any(|known| known == ability)
    }

    fn value(&self, ability: &str) -> impl Iterator<Item = &str> {
        self.abilities.iter().filter_map(move |known| known.strip_prefix(ability)?.strip_prefix('='))
    }

    /// Tells whether a branch stands elsewhere; a greeting that was kept does not know.
    pub(super) fn contradicts(&self, branch: &RefName, expected: Option<Id>) -> bool {
        !self.kept && self.tip(branch) != expected
    }

    pub(super) fn tip(&self, branch: &RefName) -> Option<Id> {
        self.references.get(branch.as_str()).copied()
    }

    pub(super) fn head(&self) -> Option<&str> {
        self.value("symref").find_map(|value| value.strip_prefix("HEAD:"))
    }
}

/// Reads the greeting.
pub(super) fn read<R: Read>(packets: &mut Packets<R>, service: Service, remote: &str) -> Result<Greeting, Error> {
    let mut first = packets.next()?;
    // Over HTTP a header comes before it, in most versions.
    if first.as_ref().and_then(Packet::text).is_some_and(|text| text == format!("# service={}", service.name())) {
        if packets.expect()? != Packet::Flush {
            return Err(packets.wrong("the header does not end"));
        }
        first = packets.next()?;
    }
    let sha256 = || Error::NotBuilt { remote: remote.to_owned(), what: "a repository with SHA-256 ids".to_owned() };
    match first.as_ref().and_then(Packet::text).as_deref() {
        Some("version 2") => {
            let abilities = read_abilities(packets)?;
            match abilities.get("object-format").map(String::as_str) {
                None | Some("sha1") => Ok(Greeting::Two(abilities)),
                Some(_) => Err(sha256()),
            }
        }
        Some("version 1") => {
            let first = packets.next()?;
            read_listing(packets, first, sha256).map(Greeting::Zero)
        }
        _ => read_listing(packets, first, sha256).map(Greeting::Zero),
    }
}

fn read_abilities<R: Read>(packets: &mut Packets<R>) -> Result<BTreeMap<String, String>, Error> {
    let mut abilities = BTreeMap::new();
    loop {
        match packets.expect()? {
            Packet::Flush => return Ok(abilities),
            packet => {
                let text = packet.text().ok_or_else(|| packets.wrong("the greeting has sections"))?;
                let (name, value) = text.split_once('=').unwrap_or((&text, ""));
                abilities.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

fn read_listing<R: Read>(
    packets: &mut Packets<R>,
    first: Option<Packet>,
    sha256: impl Fn() -> Error,
) -> Result<Listing, Error> {
    let mut listing = Listing::default();
    let mut next = first.ok_or_else(|| packets.wrong("nothing was said"))?;
    while next != Packet::Flush {
        let text = next.text().ok_or_else(|| packets.wrong("the list of references has sections"))?;
        let (reference, abilities) = text.split_once('\0').unwrap_or((&text, ""));
        listing.abilities.extend(abilities.split_whitespace().map(str::to_owned));
        if listing.value("object-format").any(|format| format != "sha1") {
            return Err(sha256());
        }
        let line = reference.split_once(' ').and_then(|(id, name)| Some((id.parse::<Id>().ok()?, name)));
        match line {
            // An empty repository has abilities but no references.
            Some((_, "capabilities^{}")) => {}
            Some((id, name)) => {
                listing.references.insert(name.to_owned(), id);
            }
            None if reference.starts_with("shallow ") => {
                let what = "a server whose own history is cut".to_owned();
                return Err(Error::NotBuilt { remote: String::new(), what });
            }
            None => return Err(packets.wrong("a reference has no id or no name")),
        }
        next = packets.expect()?;
    }
    Ok(listing)
}
