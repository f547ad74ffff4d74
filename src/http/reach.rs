//! [`Reach`]: which addresses a client may talk to.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::Error;
use super::error::shown;

/// Which addresses a client may talk to. Addresses come from repository files and from servers, so some must not be
/// followed: the metadata service of a cloud hands out credentials to whoever asks from inside. Private networks are fine:
/// many registries live there.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Reach {
    /// Neither this machine nor its link (metadata services).
    #[default]
    Beyond,
    /// This machine too, but not its link. For hosts that a person named in the settings.
    Machine,
    /// Everything. For addresses that a person typed.
    Anywhere,
}

impl Reach {
    /// Fails where the address is no `http` or `https` address, or names a host outside the reach.
    pub fn check(self, url: &Url) -> Result<(), Error> {
        let forbid = |reason| Err(Error::Forbidden { address: shown(url), reason });
        if !matches!(url.scheme(), "http" | "https") {
            return forbid("it is neither http nor https");
        }
        let allowed = match url.host() {
            None => return forbid("it has no host"),
            Some(Host::Ipv4(address)) => self.allows(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => self.allows(IpAddr::V6(address)),
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                let local = name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
                !local || self != Self::Beyond
            }
        };
        if allowed { Ok(()) } else { forbid(OUT_OF_REACH) }
    }

    fn allows(self, address: IpAddr) -> bool {
        let address = match address {
            IpAddr::V6(inner) => embedded(inner).map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        let (link, machine) = match address {
            IpAddr::V4(inner) => (
                inner.is_link_local() || inner.is_unspecified() || inner.is_broadcast() || inner.is_multicast(),
                inner.is_loopback(),
            ),
            IpAddr::V6(inner) => (
                inner.is_unicast_link_local()
                    || inner.is_unspecified()
                    || inner.is_multicast()
                    // The metadata services of AWS (instance, pod identity) have unique local addresses.
                    || inner.segments()[..2] == [0xfd00, 0x0ec2],
                inner.is_loopback(),
            ),
        };
        match self {
            Self::Anywhere => true,
            Self::Machine => !link,
            Self::Beyond => !link && !machine,
        }
    }
}

/// The rule that an address outside the [`Reach`] breaks.
pub const OUT_OF_REACH: &str = "it belongs to this machine or its link";

/// The IPv4 address inside `::ffff:a.b.c.d`, `::a.b.c.d` and `64:ff9b::a.b.c.d`.
fn embedded(address: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    let [.., high, low] = address.segments();
    let from_words = || std::net::Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(from_words()),
        [0, 0, 0, 0, 0, 0, ..] if !address.is_loopback() && !address.is_unspecified() => Some(from_words()),
        _ => None,
    }
}

/// Resolves names and keeps to the reach, so that a name cannot lead where its address may not.
pub(super) struct Resolver {
    pub(super) reach: Reach,
    /// Hosts of proxies: a person named them, wherever they are.
    pub(super) proxies: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
#[error("{OUT_OF_REACH}")]
pub(super) struct OutOfReach;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let proxy = self.proxies.iter().any(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        let reach = if proxy { Reach::Anywhere } else { self.reach };
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found = tokio::task::spawn_blocking(move || {
                (host.as_str(), 0).to_socket_addrs().map(Iterator::collect::<Vec<SocketAddr>>)
            })
            .await??;
            if !found.iter().all(|address| reach.allows(address.ip())) {
                return Err(OutOfReach.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reaches(reach: Reach, text: &str) -> bool {
        reach.check(&Url::parse(text).unwrap()).is_ok()
    }

    #[test]
    fn metadata_services_are_out_of_reach_however_they_are_spelled() {
        for text in [
            "http://169.254.169.254/latest",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://[::ffff:169.254.169.254]/",
            "http://[64:ff9b::169.254.169.254]/",
            "http://[fd00:ec2::254]/",
            "http://[fe80::1]/",
            "http://0.0.0.0/",
            "http://[::]/",
            "ftp://example.com/",
        ] {
            assert!(!reaches(Reach::Beyond, text), "{text}");
            assert!(!reaches(Reach::Machine, text), "{text}");
        }
    }

    #[test]
    fn loopback_needs_a_person_and_private_networks_do_not() {
        for text in
            ["http://127.0.0.1:5000/", "http://localhost/", "http://[::1]/", "http://127.1/", "http://a.localhost/"]
        {
            assert!(!reaches(Reach::Beyond, text), "{text}");
            assert!(reaches(Reach::Machine, text), "{text}");
        }
        for text in ["https://10.0.0.1/", "https://192.168.1.1/", "https://[fd12::1]/", "https://example.com/"] {
            assert!(reaches(Reach::Beyond, text), "{text}");
        }
    }
}
