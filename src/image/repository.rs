//! [`Repository`] and [`Reference`]: where an image lives.

use std::fmt;

use super::tag::cut;
use super::{Digest, Tag};

/// The place of images as a release file names it: `HOST[:PORT]/NAME`.
///
/// A name without a host means Docker Hub, as everywhere: `nginx` is `docker.io/library/nginx`. [`Repository::as_str`] stays
/// as written, because that text goes into the manifests.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Repository {
    written: String,
    host: String,
    name: String,
}

/// What the host name of a private Amazon ECR registry says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ecr {
    /// The account that owns the registry, twelve digits.
    pub account: String,
    /// The region.
    pub region: String,
    /// Whether it is a FIPS endpoint.
    pub fips: bool,
}

/// A text that names no repository.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{text:?} is no image repository: {reason}")]
pub struct RepositoryError {
    /// The text, cut where it is very long.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

const DOCKER_HUB: &str = "docker.io";

impl Repository {
    /// Reads a repository.
    pub fn parse(text: &str) -> Result<Self, RepositoryError> {
        let fail = |reason| Err(RepositoryError { text: cut(text), reason });
        if text.contains("://") {
            return fail("it is written without `https://`");
        }
        if text.contains('@') {
            return fail("tag, digest and user do not belong to it");
        }
        let (host, name) = match text.split_once('/') {
            Some((first, rest)) if first == "localhost" || first.contains(['.', ':', '[']) => (first, rest.to_owned()),
            Some(_) => (DOCKER_HUB, text.to_owned()),
            None => (DOCKER_HUB, format!("library/{text}")),
        };
        if !is_host(host) {
            return fail("its host is none");
        }
        if name.contains(':') {
            return fail("tag and digest do not belong to it");
        }
        if name.len() > 255 || !name.split('/').all(is_name_part) {
            return fail(
                "its name has lower-case letters and digits, parted by `/`, `.`, `_`, `__` or `-`, and 255 at most",
            );
        }
        Ok(Self { written: text.to_owned(), host: host.to_owned(), name })
    }

    /// Returns the text as written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// Returns the host with its port, if any: `registry.example.com:5000`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the name on that host: `team/api`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns account and region where the host is a private Amazon ECR registry.
    pub fn ecr(&self) -> Option<Ecr> {
        let (account, rest) = self.host.split_once(".dkr")?;
        let rest = rest.strip_prefix('.').or_else(|| rest.strip_prefix('-'))?.strip_prefix("ecr")?;
        let (fips, rest) = rest.strip_prefix("-fips").map_or((false, rest), |rest| (true, rest));
        let (region, domain) = rest.strip_prefix('.')?.split_once('.')?;
        let known = account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && !region.is_empty()
            && region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && ECR_DOMAINS.contains(&domain);
        known.then(|| Ecr { account: account.to_owned(), region: region.to_owned(), fips })
    }
}

/// The domains of the partitions of AWS, as its own credential helper for Docker lists them.
const ECR_DOMAINS: [&str; 9] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "on.aws",
    "on.amazonwebservices.com.cn",
    "sc2s.sgov.gov",
    "c2s.ic.gov",
    "cloud.adc-e.uk",
    "csp.hci.ic.gov",
];

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}

/// A repository with the tag or digest of one image: `HOST/NAME[:TAG][@DIGEST]`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Reference {
    /// Where the image lives.
    pub repository: Repository,
    /// Its label.
    pub tag: Option<Tag>,
    /// Its identity.
    pub digest: Option<Digest>,
}

impl Reference {
    /// Reads a reference.
    pub fn parse(text: &str) -> Result<Self, RepositoryError> {
        let fail = |reason| RepositoryError { text: cut(text), reason };
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(Digest::parse(digest).map_err(|_| fail("its digest is none"))?)),
            None => (text, None),
        };
        // A colon before the last `/` parts host and port.
        let name_at = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (repository, tag) = match rest[name_at..].find(':') {
            Some(colon) => {
                let (repository, tag) = rest.split_at(name_at + colon);
                (repository, Some(Tag::parse(&tag[1..]).map_err(|_| fail("its tag is none"))?))
            }
            None => (rest, None),
        };
        Ok(Self { repository: Repository::parse(repository)?, tag, digest })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.repository)?;
        if let Some(tag) = &self.tag {
            write!(formatter, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(formatter, "@{digest}")?;
        }
        Ok(())
    }
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, "")) => (address, None),
            Some((address, port)) => match port.strip_prefix(':') {
                Some(port) => (address, Some(port)),
                None => return false,
            },
            None => return false,
        },
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let address = text.starts_with('[');
    let good_host = if address {
        host.parse::<std::net::Ipv6Addr>().is_ok()
    } else {
        host.len() <= 253
            && host.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
    };
    good_host && port.is_none_or(|port| port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, the path component of the distribution specification.
fn is_name_part(part: &str) -> bool {
    let bytes = part.as_bytes();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if !bytes.first().copied().is_some_and(plain) || !bytes.last().copied().is_some_and(plain) {
        return false;
    }
    bytes
        .split(|&byte| plain(byte))
        .filter(|separator| !separator.is_empty())
        .all(|separator| matches!(separator, b"." | b"_" | b"__") || separator.iter().all(|&byte| byte == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_host_and_name() {
        for (text, host, name) in [
            ("registry.example.com:5000/team/api", "registry.example.com:5000", "team/api"),
            ("localhost/api", "localhost", "api"),
            ("[::1]:5000/api", "[::1]:5000", "api"),
            ("nginx", "docker.io", "library/nginx"),
            ("grafana/loki", "docker.io", "grafana/loki"),
            ("ghcr.io/a/b__c-d--e.f_g", "ghcr.io", "a/b__c-d--e.f_g"),
        ] {
            let repository = Repository::parse(text).unwrap();
            assert_eq!((repository.host(), repository.name(), repository.as_str()), (host, name, text));
        }
    }

    #[test]
    fn refuses_what_is_no_repository() {
        for text in [
            "",
            "/",
            "a/",
            "https://example.com/a",
            "example.com/A",
            "example.com/a:tag",
            "example.com/a@sha256:00",
            "user@example.com/a",
            "example.com:port/a",
            "example.com:99999/a",
            "-x.com/a",
            "[::1/a",
            "[::g]/a",
            "example.com/../a",
            "example.com/a/../b",
            "example.com/a b",
            "example.com/a._b",
            "example.com//a",
        ] {
            assert!(Repository::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_account_and_region_of_ecr() {
        let ecr = |text: &str| Repository::parse(text).unwrap().ecr();
        let found = ecr("123456789012.dkr.ecr.eu-west-1.amazonaws.com/api").unwrap();
        assert_eq!((found.account.as_str(), found.region.as_str(), found.fips), ("123456789012", "eu-west-1", false));
        assert!(ecr("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com/api").unwrap().fips);
        assert!(ecr("123456789012.dkr-ecr.eu-west-1.on.aws/a/b").is_some());
        assert!(ecr("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/a").is_some());
        for text in [
            "public.ecr.aws/x/y",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.com/api",
            "12345678901.dkr.ecr.eu-west-1.amazonaws.com/api",
            "evil.com/123456789012.dkr.ecr.eu-west-1.amazonaws.com/api",
        ] {
            assert!(ecr(text).is_none(), "{text}");
        }
    }

    #[test]
    fn reads_references() {
        let digest = Digest::of(b"x");
        let text = format!("localhost:5000/a:0012345@{digest}");
        let reference = Reference::parse(&text).unwrap();
        assert_eq!(reference.tag.as_ref().unwrap().as_str(), "0012345");
        assert_eq!(reference.to_string(), text);
        assert_eq!(Reference::parse("localhost:5000/a").unwrap().tag, None);
        assert!(Reference::parse("a:").is_err());
        assert!(Reference::parse("a@sha256:1").is_err());
    }
}
