//! [`Certificate`]: writing a certificate as Go's `x509.CreateCertificate` does for sprig's templates.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::der::{self, Malformed, Reader, tag};
use super::pem::Block;
use super::{Error, PrivateKey, Seed};
use crate::helm::go::quote::quote_text;

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

/// The end of a certificate that has none, in seconds since 1970: RFC 5280 writes it as the last second of the year 9999.
pub const NO_END: i64 = 253_402_300_799;

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usage {
    /// An authority that signs others.
    Authority,
    /// A server or client.
    Leaf,
}

/// What is to be certified.
#[derive(Clone, Debug)]
pub struct Template {
    /// The serial number comes from it.
    pub seed: Seed,
    /// The subject's common name.
    pub common_name: String,
    /// The addresses of the subject.
    pub addresses: Vec<IpAddr>,
    /// The DNS names of the subject.
    pub names: Vec<String>,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
    /// Authority or not.
    pub usage: Usage,
}

impl Template {
    /// Checks the names, so that writing the certificate later cannot fail for them.
    pub fn check(&self) -> Result<(), Error> {
        match self.names.iter().find(|name| !name.is_ascii()) {
            Some(name) => {
                let reason = format!("x509: {} cannot be encoded as an IA5String", quote_text(name.as_bytes()));
                Err(Error::Name { reason })
            }
            None => Ok(()),
        }
    }

    /// Writes the certificate, as a PEM block.
    pub fn sign(&self, key: &PrivateKey, authority: Option<&Authority>) -> Result<String, Error> {
        self.check()?;
        let (public, bits) = key.public().ok_or(Error::Signer("x509: unsupported public key type: *dsa.PublicKey"))?;
        let subject = name(&self.common_name);
        let (issuer, signer) =
            authority.map_or((&subject, key), |authority| (&authority.certificate.subject, &authority.key));
        let authority_key_id = match authority {
            Some(authority) if *issuer != subject => authority.certificate.key_id.as_deref(),
            _ => None,
        };
        let algorithm = signer.signature_algorithm()?;
        let body = der::sequence(&[
            &der::element(tag::explicit(0), &der::integer(&[2])),
            &der::integer(&self.seed.stream("serial").array::<16>()),
            &algorithm,
            issuer,
            &der::sequence(&[&time(self.not_before), &time(self.not_after)]),
            &subject,
            &public,
            &der::element(tag::explicit(3), &der::sequence(&[&self.extensions(&bits, authority_key_id)])),
        ]);
        let signature = der::bit_string(&signer.sign(&body)?);
        let bytes = der::sequence(&[&body, &algorithm, &signature]);
        Ok(Block { kind: "CERTIFICATE".to_owned(), bytes }.encode())
    }

    fn extensions(&self, public_bits: &[u8], authority_key_id: Option<&[u8]>) -> Vec<u8> {
        let is_authority = self.usage == Usage::Authority;
        // digitalSignature and keyEncipherment; for an authority keyCertSign as well.
        let usage: &[u8] = if is_authority { &[2, 0xa4] } else { &[5, 0xa0] };
        let mut out = extension(KEY_USAGE, true, &der::element(tag::BIT_STRING, usage));
        let purposes = der::sequence(&[&der::object(SERVER_AUTH), &der::object(CLIENT_AUTH)]);
        out.extend(extension(EXTENDED_KEY_USAGE, false, &purposes));
        out.extend(extension(BASIC_CONSTRAINTS, true, &self.constraints()));
        if is_authority {
            let key_id = der::element(tag::OCTET_STRING, &Sha256::digest(public_bits)[..20]);
            out.extend(extension(SUBJECT_KEY_ID, false, &key_id));
        }
        if let Some(key_id) = authority_key_id {
            out.extend(extension(AUTHORITY_KEY_ID, false, &der::sequence(&[&der::element(tag::implicit(0), key_id)])));
        }
        if !self.names.is_empty() || !self.addresses.is_empty() {
            out.extend(extension(SUBJECT_ALT_NAME, self.common_name.is_empty(), &self.alternative_names()));
        }
        out
    }

    fn constraints(&self) -> Vec<u8> {
        let is_authority = self.usage == Usage::Authority;
        der::sequence(&[&if is_authority { der::element(tag::BOOLEAN, &[0xff]) } else { Vec::new() }])
    }

    fn alternative_names(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for name in &self.names {
            out.extend(der::element(tag::implicit(2), name.as_bytes()));
        }
        for address in &self.addresses {
            out.extend(match address.to_canonical() {
                IpAddr::V4(address) => der::element(tag::implicit(7), &address.octets()),
                IpAddr::V6(address) => der::element(tag::implicit(7), &address.octets()),
            });
        }
        der::sequence(&[&out])
    }
}

/// A certificate and key that sign others.
#[derive(Clone, Debug)]
pub struct Authority {
    key: PrivateKey,
    certificate: Certificate,
}

impl Authority {
    /// Takes a certificate that was read, and a key that fits it and is able to sign.
    pub fn new(certificate: Certificate, key: PrivateKey) -> Result<Self, Error> {
        if key.public().is_some_and(|(public, _)| public != certificate.public) {
            return Err(Error::Signer("x509: provided PrivateKey doesn't match parent's PublicKey"));
        }
        key.sign(b"")?;
        Ok(Self { key, certificate })
    }

    /// Returns the certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// What is needed of a certificate that was read.
#[derive(Clone, Debug)]
pub struct Certificate {
    issuer: Vec<u8>,
    subject: Vec<u8>,
    public: Vec<u8>,
    key_id: Option<Vec<u8>>,
    /// The key that signed it, as the certificate names it.
    authority_key_id: Option<Vec<u8>>,
    /// The alternative names, as they stand in the certificate.
    names: Option<Vec<u8>>,
    constraints: Option<Vec<u8>>,
}

impl Certificate {
    /// Reads a certificate from DER.
    pub fn from_der(bytes: &[u8]) -> Result<Self, &'static str> {
        Self::read(bytes).map_err(|_| "x509: malformed certificate")
    }

    fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut outer = Reader::of_sequence(bytes)?;
        let mut body = Reader::new(outer.expect(tag::SEQUENCE)?.content);
        outer.expect(tag::SEQUENCE)?;
        outer.bits()?;
        if body.peek() == Some(tag::explicit(0)) {
            body.next()?;
        }
        body.expect(tag::INTEGER)?;
        body.expect(tag::SEQUENCE)?;
        let issuer = body.expect(tag::SEQUENCE)?.whole.to_vec();
        body.expect(tag::SEQUENCE)?;
        let subject = body.expect(tag::SEQUENCE)?.whole.to_vec();
        let public = body.expect(tag::SEQUENCE)?.whole.to_vec();
        let mut found =
            Self { issuer, subject, public, key_id: None, authority_key_id: None, names: None, constraints: None };
        while !body.is_empty() {
            let element = body.next()?;
            if element.tag == tag::explicit(3) {
                found.read_extensions(element.content)?;
            }
        }
        Ok(found)
    }

    fn read_extensions(&mut self, extensions: &[u8]) -> Result<(), Malformed> {
        let mut extensions = Reader::of_sequence(extensions)?;
        while !extensions.is_empty() {
            let mut extension = Reader::new(extensions.expect(tag::SEQUENCE)?.content);
            let name = extension.expect(tag::OBJECT)?.content;
            if extension.peek() == Some(tag::BOOLEAN) {
                extension.next()?;
            }
            let value = extension.expect(tag::OCTET_STRING)?.content;
            match name {
                SUBJECT_KEY_ID => self.key_id = Some(Reader::new(value).expect(tag::OCTET_STRING)?.content.to_vec()),
                AUTHORITY_KEY_ID => {
                    let mut inner = Reader::of_sequence(value)?;
                    if inner.peek() == Some(tag::implicit(0)) {
                        self.authority_key_id = Some(inner.next()?.content.to_vec());
                    }
                }
                SUBJECT_ALT_NAME => self.names = Some(value.to_vec()),
                BASIC_CONSTRAINTS => self.constraints = Some(value.to_vec()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Tells whether a private key is the one of this certificate.
    pub fn is_of(&self, key: &PrivateKey) -> bool {
        key.public().is_some_and(|(public, _)| public == self.public)
    }

    /// Tells whether it says what a template asks for, by the names of the signer and of the signer's key; `None` for one that
    /// signs itself.
    pub fn fits(&self, template: &Template, signer: Option<&Self>) -> bool {
        let names = !template.names.is_empty() || !template.addresses.is_empty();
        let is_signed = match signer {
            None => self.issuer == self.subject,
            Some(signer) if signer.subject == self.subject => self.issuer == signer.subject,
            Some(signer) => self.issuer == signer.subject && self.authority_key_id == signer.key_id,
        };
        is_signed
            && self.subject == name(&template.common_name)
            && self.names == names.then(|| template.alternative_names())
            && self.constraints.as_deref() == Some(&template.constraints())
    }
}

fn extension(name: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical = if critical { der::element(tag::BOOLEAN, &[0xff]) } else { Vec::new() };
    der::sequence(&[&der::object(name), &critical, &der::element(tag::OCTET_STRING, value)])
}

/// Writes a name that has a common name only, or nothing.
fn name(common_name: &str) -> Vec<u8> {
    if common_name.is_empty() {
        return der::sequence(&[]);
    }
    let is_printable = |byte: u8| byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte);
    let string = if common_name.bytes().all(is_printable) { tag::PRINTABLE_STRING } else { tag::UTF8_STRING };
    let pair = der::sequence(&[&der::object(COMMON_NAME), &der::element(string, common_name.as_bytes())]);
    der::sequence(&[&der::element(tag::SET, &pair)])
}

/// Writes a time: two digits of the year between 1950 and 2049, four otherwise.
fn time(seconds: i64) -> Vec<u8> {
    if seconds == NO_END {
        return der::element(tag::GENERALIZED_TIME, b"99991231235959Z");
    }
    let timestamp = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    let civil = jiff::tz::TimeZone::UTC.to_datetime(timestamp);
    let rest =
        format!("{:02}{:02}{:02}{:02}{:02}Z", civil.month(), civil.day(), civil.hour(), civil.minute(), civil.second());
    if (1950..2050).contains(&civil.year()) {
        der::element(tag::UTC_TIME, format!("{:02}{rest}", civil.year() % 100).as_bytes())
    } else {
        der::element(tag::GENERALIZED_TIME, format!("{:04}{rest}", civil.year()).as_bytes())
    }
}
