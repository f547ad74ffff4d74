//! RSA keys: made from a seed, read, written, and used to sign.

use crypto_bigint::{BoxedUint, ConcatenatingMul, Limb, NonZero, Odd, Resize};
use sha2::{Digest, Sha256};

use super::Refused;
use super::der::{self, Reader};
use super::primes;
use super::seed::Stream;
use crate::helm::both;

/// The public exponent of keys that are made here.
const EXPONENT: u32 = 65537;

/// An RSA key with two primes; all numbers as big-endian bytes without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RsaKey {
    n: Vec<u8>,
    e: Vec<u8>,
    d: Vec<u8>,
    p: Vec<u8>,
    q: Vec<u8>,
    dp: Vec<u8>,
    dq: Vec<u8>,
    qinv: Vec<u8>,
}

impl RsaKey {
    /// Makes a key; `None` cannot happen for the sizes that sprig uses.
    pub(super) fn generate(stream: &mut Stream, bits: u32) -> Option<Self> {
        let half = bits / 2;
        // The exponent is prime, so it suffices that it does not divide p - 1.
        let accepts = |prime: &BoxedUint| primes::remainder(prime, EXPONENT) != 1;
        loop {
            let starts = [primes::random_odd(stream, half), primes::random_odd(stream, half)];
            let search = |start| primes::next(start, accepts);
            if let (Some(p), Some(q)) = both(|| search(&starts[0]), || search(&starts[1]))
                && p != q
            {
                return Self::from_primes(&p, &q);
            }
        }
    }

    fn from_primes(p: &BoxedUint, q: &BoxedUint) -> Option<Self> {
        let one = |number: &BoxedUint| BoxedUint::one_with_precision(number.bits_precision());
        let (p1, q1) = (p.wrapping_sub(one(p)), q.wrapping_sub(one(q)));
        let phi = p1.concatenating_mul(&q1);
        // d = (1 + k·phi) / e, with k such that the division has no remainder.
        let e = u64::from(EXPONENT);
        let k = e - inverse(u64::from(primes::remainder(&phi, EXPONENT)), e);
        let wide = phi.bits_precision() + 64;
        let product = phi.resize(wide).concatenating_mul(&BoxedUint::from(k)).resize(wide);
        let exponent = Option::<NonZero<Limb>>::from(Limb::from(EXPONENT).to_nz())?;
        let (d, _) = product.wrapping_add(one(&product)).div_rem_limb(exponent);
        let nonzero = |number: &BoxedUint| Option::<NonZero<BoxedUint>>::from(number.to_nz());
        let dp = d.rem_vartime(&nonzero(&p1)?);
        let dq = d.rem_vartime(&nonzero(&q1)?);
        let q_of_p = q.rem_vartime(&nonzero(p)?);
        let qinv =
            Option::<BoxedUint>::from(q_of_p.invert_odd_mod_vartime(&Option::<Odd<BoxedUint>>::from(p.to_odd())?))?;
        Some(Self {
            n: bytes(&p.concatenating_mul(q)),
            e: EXPONENT.to_be_bytes()[1..].to_vec(),
            d: bytes(&d),
            p: bytes(p),
            q: bytes(q),
            dp: bytes(&dp),
            dq: bytes(&dq),
            qinv: bytes(&qinv),
        })
    }

    /// Reads PKCS #1.
    pub(super) fn from_pkcs1(bytes: &[u8]) -> Result<Self, Refused> {
        let mut reader = Reader::of_sequence(bytes)?;
        match reader.small()? {
            0 => {}
            1 => return Err(Refused::NotBuilt("an RSA key of more than two primes")),
            _ => return Err("x509: unsupported private key version".into()),
        }
        let mut next = || reader.unsigned().map(<[u8]>::to_vec);
        let key = Self {
            n: next()?,
            e: next()?,
            d: next()?,
            p: next()?,
            q: next()?,
            dp: next()?,
            dq: next()?,
            qinv: next()?,
        };
        let is_sound = key.product_is_modulus() && [&key.e, &key.d, &key.p, &key.q].iter().all(|part| !part.is_empty());
        if is_sound { Ok(key) } else { Err("crypto/rsa: invalid private key".into()) }
    }

    fn product_is_modulus(&self) -> bool {
        let is_odd = |part: &[u8]| part.last().is_some_and(|byte| byte % 2 == 1);
        let product = number(&self.p).concatenating_mul(&number(&self.q));
        is_odd(&self.p) && is_odd(&self.q) && bytes(&product) == self.n
    }

    /// Writes PKCS #1.
    pub(super) fn to_pkcs1(&self) -> Vec<u8> {
        let parts = [&self.n, &self.e, &self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qinv];
        let numbers: Vec<u8> = parts.iter().flat_map(|part| der::integer(part)).collect();
        der::sequence(&[&der::integer(&[]), &numbers])
    }

    /// Writes the public key of PKCS #1.
    pub(super) fn public(&self) -> Vec<u8> {
        der::sequence(&[&der::integer(&self.n), &der::integer(&self.e)])
    }

    /// Signs by PKCS #1 v1.5 with SHA-256; `None` where the key is too short for it.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        const DIGEST_INFO: &[u8] = &[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
            0x20,
        ];
        let size = self.n.len();
        let filling = size.checked_sub(3 + DIGEST_INFO.len() + 32).filter(|filling| *filling >= 8)?;
        let mut block = vec![0, 1];
        block.resize(2 + filling, 0xff);
        block.push(0);
        block.extend_from_slice(DIGEST_INFO);
        block.extend_from_slice(&Sha256::digest(message));
        let signature = self.power(&number(&block))?;
        let mut out = vec![0; size.saturating_sub(signature.len())];
        out.extend_from_slice(&signature);
        Some(out)
    }

    /// Raises to the private exponent, by the Chinese remainder theorem.
    fn power(&self, message: &BoxedUint) -> Option<Vec<u8>> {
        let odd = |part: &[u8]| Option::<Odd<BoxedUint>>::from(number(part).to_odd());
        let (p, q) = (odd(&self.p)?, odd(&self.q)?);
        let modulo = |value: &BoxedUint, prime: &Odd<BoxedUint>| value.rem_vartime(prime.as_nz_ref());
        let by_p = modulo(message, &p).pow_mod(&number(&self.dp), &p);
        let by_q = modulo(message, &q).pow_mod(&number(&self.dq), &q);
        let difference = by_p.sub_mod(&modulo(&by_q, &p), p.as_nz_ref());
        let factor = difference.mul_mod(&modulo(&number(&self.qinv), &p), p.as_nz_ref());
        let product = q.as_ref().concatenating_mul(&factor);
        let wide = product.bits_precision() + 64;
        Some(bytes(&product.resize(wide).wrapping_add(by_q.resize(wide))))
    }
}

fn number(bytes: &[u8]) -> BoxedUint {
    primes::from_bytes(bytes, (bytes.len() as u32 * 8).max(64))
}

fn bytes(number: &BoxedUint) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

/// The inverse modulo a small prime, by Fermat.
fn inverse(number: u64, prime: u64) -> u64 {
    let (mut result, mut base, mut exponent) = (1, number % prime, prime - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % prime;
        }
        base = base * base % prime;
        exponent >>= 1;
    }
    result
}
