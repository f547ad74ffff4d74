//! [`PrivateKey`]: the four kinds of keys.

use ed25519_dalek::Signer as _;

use super::der::{self, Reader, tag};
use super::dsa::DsaKey;
use super::ecdsa::{Curve, EcdsaKey};
use super::pem::Block;
use super::rsa::RsaKey;
use super::{Error, Refused, Seed};

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P224: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x21];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const NULL: &[u8] = &[0x05, 0x00];

/// A private key.
#[derive(Clone, Debug)]
pub struct PrivateKey(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Rsa(RsaKey),
    Ecdsa(EcdsaKey),
    Ed25519(ed25519_dalek::SigningKey),
    Dsa(DsaKey),
}

impl PrivateKey {
    /// Makes an RSA key.
    pub fn rsa(seed: &Seed, bits: u32) -> Option<Self> {
        RsaKey::generate(&mut seed.stream("rsa"), bits).map(|key| Self(Kind::Rsa(key)))
    }

    /// Makes an ECDSA key on P-256.
    pub fn ecdsa(seed: &Seed) -> Self {
        Self(Kind::Ecdsa(EcdsaKey::generate(&mut seed.stream("ecdsa"))))
    }

    /// Makes an Ed25519 key.
    pub fn ed25519(seed: &Seed) -> Self {
        Self(Kind::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed.stream("ed25519").array())))
    }

    /// Makes DSA parameters and a key.
    pub fn dsa(seed: &Seed) -> Option<Self> {
        DsaKey::generate(&mut seed.stream("dsa")).map(|key| Self(Kind::Dsa(key)))
    }

    /// Reads the first PEM block of a text.
    pub fn from_pem(text: &[u8]) -> Result<Self, Error> {
        let block = Block::decode(text).ok_or(Error::NoPem)?;
        let refused = |context| {
            move |refused| match refused {
                Refused::Malformed(reason) => Error::Malformed { context, reason },
                Refused::NotBuilt(what) => Error::NotBuilt(what),
            }
        };
        let malformed = |context| move |reason| Error::Malformed { context, reason };
        if block.kind == "PRIVATE KEY" {
            return from_pkcs8(&block.bytes).map_err(refused("decoding PEM as PKCS#8"));
        }
        match block.kind.strip_suffix(" PRIVATE KEY") {
            None => Err(Error::NoKey { kind: block.kind }),
            Some("RSA") => RsaKey::from_pkcs1(&block.bytes)
                .map(|key| Self(Kind::Rsa(key)))
                .map_err(refused("parsing RSA private key from PEM")),
            Some("EC") => from_sec1(&block.bytes, None).map_err(refused("parsing EC private key from PEM")),
            Some("DSA") => DsaKey::from_der(&block.bytes)
                .map(|key| Self(Kind::Dsa(key)))
                .map_err(malformed("parsing DSA private key from PEM")),
            Some(kind) => Err(Error::KeyType { kind: kind.to_owned() }),
        }
    }

    /// Writes the PEM block that sprig writes for this kind of key.
    pub fn to_pem(&self) -> String {
        let (kind, bytes) = match &self.0 {
            Kind::Rsa(key) => ("RSA PRIVATE KEY", key.to_pkcs1()),
            Kind::Ecdsa(key) => ("EC PRIVATE KEY", to_sec1(key)),
            Kind::Ed25519(key) => ("PRIVATE KEY", ed25519_to_pkcs8(key)),
            Kind::Dsa(key) => ("DSA PRIVATE KEY", key.to_der()),
        };
        Block { kind: kind.to_owned(), bytes }.encode()
    }

    /// Returns the `SubjectPublicKeyInfo` and the key's bits within it; `None` for DSA, which Go does not write.
    pub(super) fn public(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let (algorithm, bits) = match &self.0 {
            Kind::Rsa(key) => (der::sequence(&[&der::object(RSA_ENCRYPTION), NULL]), key.public()),
            Kind::Ecdsa(key) => (der::sequence(&[&der::object(EC_PUBLIC_KEY), &key.curve()]), key.point().to_vec()),
            Kind::Ed25519(key) => (der::sequence(&[&der::object(ED25519)]), key.verifying_key().to_bytes().to_vec()),
            Kind::Dsa(_) => return None,
        };
        Some((der::sequence(&[&algorithm, &der::bit_string(&bits)]), bits))
    }

    /// Returns the identifier of the algorithm that the key signs with.
    pub(super) fn signature_algorithm(&self) -> Result<Vec<u8>, Error> {
        match &self.0 {
            Kind::Rsa(_) => Ok(der::sequence(&[&der::object(SHA256_WITH_RSA), NULL])),
            Kind::Ecdsa(key) => Ok(der::sequence(&[&der::object(key.signature_object())])),
            Kind::Ed25519(_) => Ok(der::sequence(&[&der::object(ED25519)])),
            Kind::Dsa(_) => Err(Error::Signer("x509: certificate private key does not implement crypto.Signer")),
        }
    }

    /// Signs a message.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        const TOO_SHORT: Error = Error::Signer("crypto/rsa: message too long for RSA key size");
        match &self.0 {
            Kind::Rsa(key) => key.sign(message).ok_or(TOO_SHORT),
            Kind::Ecdsa(key) => key.sign(message).ok_or(Error::Signer("crypto/ecdsa: invalid private key")),
            Kind::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Kind::Dsa(_) => Err(Error::Signer("x509: certificate private key does not implement crypto.Signer")),
        }
    }
}

fn to_sec1(key: &EcdsaKey) -> Vec<u8> {
    der::sequence(&[
        &der::integer(&[1]),
        &der::element(tag::OCTET_STRING, key.secret()),
        &der::element(tag::explicit(0), &key.curve()),
        &der::element(tag::explicit(1), &der::bit_string(key.point())),
    ])
}

fn from_sec1(bytes: &[u8], curve: Option<&[u8]>) -> Result<PrivateKey, Refused> {
    let mut reader = Reader::of_sequence(bytes)?;
    if reader.small()? != 1 {
        return Err("x509: unknown EC private key version".into());
    }
    let secret = reader.expect(tag::OCTET_STRING)?.content;
    let mut named = curve;
    if reader.peek() == Some(tag::explicit(0)) {
        let inner = Reader::new(reader.next()?.content).expect(tag::OBJECT)?.content;
        named = named.or(Some(inner));
    }
    if named == Some(P224) {
        return Err(Refused::NotBuilt("a key on the curve P-224"));
    }
    let curve = named.and_then(Curve::named).ok_or("x509: unknown elliptic curve")?;
    Ok(PrivateKey(Kind::Ecdsa(EcdsaKey::of_secret(curve, secret)?)))
}

fn from_pkcs8(bytes: &[u8]) -> Result<PrivateKey, Refused> {
    let mut reader = Reader::of_sequence(bytes)?;
    reader.small()?;
    let mut algorithm = Reader::new(reader.expect(tag::SEQUENCE)?.content);
    let name = algorithm.expect(tag::OBJECT)?.content;
    let inner = reader.expect(tag::OCTET_STRING)?.content;
    match name {
        RSA_ENCRYPTION => RsaKey::from_pkcs1(inner).map(|key| PrivateKey(Kind::Rsa(key))),
        EC_PUBLIC_KEY => {
            let curve = algorithm.expect(tag::OBJECT)?.content;
            from_sec1(inner, Some(curve))
        }
        ED25519 => {
            let seed = Reader::new(inner).expect(tag::OCTET_STRING)?.content;
            let seed = seed.try_into().map_err(|_| "x509: invalid Ed25519 private key length")?;
            Ok(PrivateKey(Kind::Ed25519(ed25519_dalek::SigningKey::from_bytes(seed))))
        }
        _ => Err("x509: PKCS#8 wrapping contained private key with unknown algorithm".into()),
    }
}

fn ed25519_to_pkcs8(key: &ed25519_dalek::SigningKey) -> Vec<u8> {
    let inner = der::element(tag::OCTET_STRING, &key.to_bytes());
    let algorithm = der::sequence(&[&der::object(ED25519)]);
    der::sequence(&[&der::integer(&[]), &algorithm, &der::element(tag::OCTET_STRING, &inner)])
}
