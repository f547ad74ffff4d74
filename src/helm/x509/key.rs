//! [`PrivateKey`]: the four kinds of keys.

use p256::ecdsa::signature::Signer;

use super::der::{self, Malformed, Reader, tag};
use super::dsa::DsaKey;
use super::pem::Block;
use super::rsa::RsaKey;
use super::{Error, Seed};

const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const SHA256_WITH_RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ECDSA_WITH_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const NULL: &[u8] = &[0x05, 0x00];

/// A private key.
#[derive(Clone, Debug)]
pub struct PrivateKey(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Rsa(RsaKey),
    Ecdsa(p256::ecdsa::SigningKey),
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
        let mut stream = seed.stream("ecdsa");
        loop {
            // All but a tiny part of the 32-byte numbers are keys.
            if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&stream.bytes(32)) {
                return Self(Kind::Ecdsa(key));
            }
        }
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
        let malformed = |context| move |reason| Error::Malformed { context, reason };
        if block.kind == "PRIVATE KEY" {
            return from_pkcs8(&block.bytes).map_err(malformed("decoding PEM as PKCS#8"));
        }
        match block.kind.strip_suffix(" PRIVATE KEY") {
            None => Err(Error::NoKey { kind: block.kind }),
            Some("RSA") => RsaKey::from_pkcs1(&block.bytes)
                .map(|key| Self(Kind::Rsa(key)))
                .map_err(malformed("parsing RSA private key from PEM")),
            Some("EC") => from_sec1(&block.bytes, None).map_err(malformed("parsing EC private key from PEM")),
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
            Kind::Ecdsa(key) => (der::sequence(&[&der::object(EC_PUBLIC_KEY), &der::object(P256)]), point(key)),
            Kind::Ed25519(key) => (der::sequence(&[&der::object(ED25519)]), key.verifying_key().to_bytes().to_vec()),
            Kind::Dsa(_) => return None,
        };
        Some((der::sequence(&[&algorithm, &der::bit_string(&bits)]), bits))
    }

    /// Returns the identifier of the algorithm that the key signs with.
    pub(super) fn signature_algorithm(&self) -> Result<Vec<u8>, Error> {
        match &self.0 {
            Kind::Rsa(_) => Ok(der::sequence(&[&der::object(SHA256_WITH_RSA), NULL])),
            Kind::Ecdsa(_) => Ok(der::sequence(&[&der::object(ECDSA_WITH_SHA256)])),
            Kind::Ed25519(_) => Ok(der::sequence(&[&der::object(ED25519)])),
            Kind::Dsa(_) => Err(Error::Signer("x509: certificate private key does not implement crypto.Signer")),
        }
    }

    /// Signs a message.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        const TOO_SHORT: Error = Error::Signer("crypto/rsa: message too long for RSA key size");
        match &self.0 {
            Kind::Rsa(key) => key.sign(message).ok_or(TOO_SHORT),
            Kind::Ecdsa(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Kind::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Kind::Dsa(_) => Err(Error::Signer("x509: certificate private key does not implement crypto.Signer")),
        }
    }
}

/// The public point, uncompressed.
fn point(key: &p256::ecdsa::SigningKey) -> Vec<u8> {
    key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
}

fn to_sec1(key: &p256::ecdsa::SigningKey) -> Vec<u8> {
    der::sequence(&[
        &der::integer(&[1]),
        &der::element(tag::OCTET_STRING, &key.to_bytes()),
        &der::element(tag::explicit(0), &der::object(P256)),
        &der::element(tag::explicit(1), &der::bit_string(&point(key))),
    ])
}

fn from_sec1(bytes: &[u8], curve: Option<&[u8]>) -> Result<PrivateKey, Malformed> {
    let mut reader = Reader::of_sequence(bytes)?;
    if reader.small()? != 1 {
        return Err("x509: unknown EC private key version");
    }
    let secret = reader.expect(tag::OCTET_STRING)?.content;
    let mut named = curve;
    if reader.peek() == Some(tag::explicit(0)) {
        let inner = Reader::new(reader.next()?.content).expect(tag::OBJECT)?.content;
        named = named.or(Some(inner));
    }
    if named != Some(P256) {
        return Err("only the curve P-256 is supported");
    }
    // Some programs drop leading zeros and some add them; Go takes both.
    let zeros = secret.iter().take_while(|byte| **byte == 0).count();
    let secret = &secret[zeros..];
    let mut padded = [0; 32];
    let from = 32usize.checked_sub(secret.len()).ok_or("x509: invalid private key length")?;
    padded[from..].copy_from_slice(secret);
    let key = p256::ecdsa::SigningKey::from_slice(&padded).map_err(|_| "crypto/ecdsa: invalid private key")?;
    Ok(PrivateKey(Kind::Ecdsa(key)))
}

fn from_pkcs8(bytes: &[u8]) -> Result<PrivateKey, Malformed> {
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
        _ => Err("x509: PKCS#8 wrapping contained private key with unknown algorithm"),
    }
}

fn ed25519_to_pkcs8(key: &ed25519_dalek::SigningKey) -> Vec<u8> {
    let inner = der::element(tag::OCTET_STRING, &key.to_bytes());
    let algorithm = der::sequence(&[&der::object(ED25519)]);
    der::sequence(&[&der::integer(&[]), &algorithm, &der::element(tag::OCTET_STRING, &inner)])
}
