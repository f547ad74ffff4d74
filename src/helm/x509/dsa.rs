//! DSA keys of 2048 and 256 bits, which sprig still makes.

use crypto_bigint::{BoxedUint, NonZero, Odd, Resize};
use crypto_primes::{Flavor, is_prime};

use super::der::{self, Malformed, Reader};
use super::primes;
use super::seed::Stream;

const P_BITS: u32 = 2048;
const Q_BITS: u32 = 256;

/// A DSA key: the numbers p, q, g, y, x as big-endian bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DsaKey {
    numbers: [Vec<u8>; 5],
}

impl DsaKey {
    /// Makes parameters and a key; `None` cannot happen.
    pub(super) fn generate(stream: &mut Stream) -> Option<Self> {
        let q = primes::search(stream, Q_BITS);
        let p = search_p(stream, &q)?;
        let odd_p = Option::<Odd<BoxedUint>>::from(p.to_odd())?;
        let one = BoxedUint::one_with_precision(P_BITS);
        let cofactor = p.wrapping_sub(&one).wrapping_div_vartime(&Option::<NonZero<BoxedUint>>::from(q.to_nz())?);
        let g = (2..u64::MAX)
            .map(|base| BoxedUint::from(base).resize(P_BITS).pow_mod(&cofactor, &odd_p))
            .find(|generator| *generator != one)?;
        let zero = BoxedUint::zero_with_precision(Q_BITS);
        let x = loop {
            let x = primes::from_bytes(&stream.bytes((Q_BITS / 8) as usize), Q_BITS);
            if x != zero && x < q {
                break x;
            }
        };
        let y = g.pow_mod(&x, &odd_p);
        Some(Self { numbers: [&p, &q, &g, &y, &x].map(|number| number.to_be_bytes().to_vec()) })
    }

    /// Reads the form that sprig writes.
    pub(super) fn from_der(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::of_sequence(bytes)?;
        reader.small()?;
        let mut next = || reader.unsigned().map(<[u8]>::to_vec);
        Ok(Self { numbers: [next()?, next()?, next()?, next()?, next()?] })
    }

    /// Writes the form that sprig writes: version 0, then the numbers.
    pub(super) fn to_der(&self) -> Vec<u8> {
        let numbers: Vec<u8> = self.numbers.iter().flat_map(|number| der::integer(number)).collect();
        der::sequence(&[&der::integer(&[]), &numbers])
    }
}

/// Finds a prime p such that q divides p - 1.
fn search_p(stream: &mut Stream, q: &BoxedUint) -> Option<BoxedUint> {
    let one = BoxedUint::one_with_precision(P_BITS);
    let double = q.resize(P_BITS).wrapping_shl_vartime(1);
    let double = Option::<NonZero<BoxedUint>>::from(double.to_nz())?;
    loop {
        let start = primes::random(stream, P_BITS) | &one;
        let p = start.wrapping_sub(start.rem_vartime(&double)).wrapping_add(&one);
        if p.bits_vartime() == P_BITS && !primes::has_small_divisor(&p) && is_prime(Flavor::Any, &p) {
            return Some(p);
        }
    }
}
