//! [`EcdsaKey`]: keys on the curves of NIST.

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::der::{self, Malformed};
use super::seed::Stream;

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// Finds a curve by its name in DER.
    pub(super) fn named(object: &[u8]) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521].into_iter().find(|curve| curve.object() == object)
    }

    fn object(self) -> &'static [u8] {
        match self {
            Self::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
            Self::P384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
            Self::P521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
        }
    }

    /// Bytes of a secret.
    fn length(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The public point of a secret, uncompressed.
    fn point(self, secret: &[u8]) -> Option<Vec<u8>> {
        Some(match self {
            Self::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(secret).ok()?;
                key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
            }
            Self::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(secret).ok()?;
                key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
            }
            Self::P521 => {
                let key = p521::ecdsa::SigningKey::from_slice(secret).ok()?;
                key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
            }
        })
    }
}

/// A private key.
#[derive(Clone, Debug)]
pub(super) struct EcdsaKey {
    curve: Curve,
    secret: Vec<u8>,
    point: Vec<u8>,
}

impl EcdsaKey {
    /// Makes a key on P-256.
    pub(super) fn generate(stream: &mut Stream) -> Self {
        loop {
            // All but a tiny part of the numbers of this length are keys.
            if let Some(key) = Self::new(Curve::P256, stream.bytes(Curve::P256.length())) {
                return key;
            }
        }
    }

    fn new(curve: Curve, secret: Vec<u8>) -> Option<Self> {
        Some(Self { curve, point: curve.point(&secret)?, secret })
    }

    /// Takes a secret as it stands in a file: some programs drop leading zeros and some add them, and Go takes both.
    pub(super) fn of_secret(curve: Curve, secret: &[u8]) -> Result<Self, Malformed> {
        let zeros = secret.iter().take_while(|byte| **byte == 0).count();
        let secret = &secret[zeros..];
        let from = curve.length().checked_sub(secret.len()).ok_or("x509: invalid private key length")?;
        let mut padded = vec![0; from];
        padded.extend_from_slice(secret);
        Self::new(curve, padded).ok_or("crypto/ecdsa: invalid private key")
    }

    /// Returns the name of the curve as DER.
    pub(super) fn curve(&self) -> Vec<u8> {
        der::object(self.curve.object())
    }

    /// Returns the secret, of the length that is usual for the curve.
    pub(super) fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// Returns the public point, uncompressed.
    pub(super) fn point(&self) -> &[u8] {
        &self.point
    }

    /// Returns the name of the signatures of this curve, with the hash that Go takes for it.
    pub(super) fn signature_object(&self) -> &'static [u8] {
        match self.curve {
            Curve::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
            Curve::P384 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03],
            Curve::P521 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04],
        }
    }

    /// Signs a message; `None` cannot happen with a key that was made here.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        Some(match self.curve {
            Curve::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(&self.secret).ok()?;
                let signature: p256::ecdsa::Signature = key.sign_prehash(&Sha256::digest(message)).ok()?;
                signature.to_der().as_bytes().to_vec()
            }
            Curve::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(&self.secret).ok()?;
                let signature: p384::ecdsa::Signature = key.sign_prehash(&Sha384::digest(message)).ok()?;
                signature.to_der().as_bytes().to_vec()
            }
            Curve::P521 => {
                let key = p521::ecdsa::SigningKey::from_slice(&self.secret).ok()?;
                let signature: p521::ecdsa::Signature = key.sign_prehash(&Sha512::digest(message)).ok()?;
                signature.to_der().as_bytes().to_vec()
            }
        })
    }
}
