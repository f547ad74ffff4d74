//! Keys and certificates as sprig's `gen…` functions make them: RSA, ECDSA, Ed25519, DSA keys; X.509 v3 certificates.
//!
//! Everything is computed from a seed, so that the same seed gives the same key and the same certificate. Not a general
//! library: it writes what Go's `x509.CreateCertificate` writes for sprig's templates, and reads what is needed to sign
//! with a key and a certificate that were given.

mod certificate;
mod der;
mod dsa;
mod ecdsa;
mod key;
mod pem;
mod primes;
mod rsa;
mod seed;

pub use certificate::{Authority, Certificate, NO_END, Template, Usage};
pub use key::PrivateKey;
pub use pem::Block;
pub use seed::Seed;

/// Why a key or certificate was refused, in the words of Go and sprig.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no PEM block.
    #[error("no PEM data in input")]
    NoPem,
    /// The block is no private key.
    #[error("no private key data in PEM block of type {kind}")]
    NoKey {
        /// The type in the block's first line.
        kind: String,
    },
    /// The block is a private key of a type that sprig does not know.
    #[error("invalid private key type {kind}")]
    KeyType {
        /// The type in the block's first line, without ` PRIVATE KEY`.
        kind: String,
    },
    /// The DER inside is malformed, or not of the announced type.
    #[error("{context}: {reason}")]
    Malformed {
        /// What was being read, in sprig's words.
        context: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Go and sprig would take it.
    #[error("{0} is not built yet")]
    NotBuilt(&'static str),
    /// A name cannot be written into a certificate.
    #[error("error creating certificate: {reason}")]
    Name {
        /// Go's words.
        reason: String,
    },
    /// The signer's key cannot sign.
    #[error("error creating certificate: {0}")]
    Signer(&'static str),
}

/// Why the inside of a key was refused.
enum Refused {
    Malformed(der::Malformed),
    NotBuilt(&'static str),
}

impl From<der::Malformed> for Refused {
    fn from(reason: der::Malformed) -> Self {
        Self::Malformed(reason)
    }
}
