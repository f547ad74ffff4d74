//! Prime numbers from a stream of random bytes.
//!
//! The search is ours and the test is `crypto-primes` (Baillie–PSW), so that the prime that follows from a seed is a
//! matter of arithmetic and not of a crate's version.

use std::sync::LazyLock;

use crypto_bigint::{BoxedUint, Limb, Resize};
use crypto_primes::{Flavor, is_prime};

use super::seed::Stream;

/// How far from a random start a prime is looked for.
const REACH: u32 = 1 << 16;

/// The odd primes that candidates are divided by before the real test.
static SMALL: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let limit = 1 << 14;
    let mut composite = vec![false; limit];
    let mut primes = Vec::new();
    for number in (3..limit).step_by(2) {
        if !composite[number] {
            primes.push(number as u32);
            for multiple in (number * number..limit).step_by(number) {
                composite[multiple] = true;
            }
        }
    }
    primes
});

/// Returns a number of exactly `bits` bits (a multiple of 8) with its two highest bits set.
pub(super) fn random(stream: &mut Stream, bits: u32) -> BoxedUint {
    let mut bytes = stream.bytes((bits / 8) as usize);
    if let Some(first) = bytes.first_mut() {
        *first |= 0xc0;
    }
    from_bytes(&bytes, bits)
}

/// Returns a number of a given width from big-endian bytes; what does not fit is cut off.
pub(super) fn from_bytes(bytes: &[u8], bits: u32) -> BoxedUint {
    BoxedUint::from_be_slice_truncated(bytes, bits)
}

/// Returns a prime of exactly `bits` bits, with its two highest bits set, that `accepts` takes.
pub(super) fn search(stream: &mut Stream, bits: u32, accepts: impl Fn(&BoxedUint) -> bool) -> BoxedUint {
    loop {
        let start = random(stream, bits) | BoxedUint::one_with_precision(bits);
        let remainders: Vec<u32> = SMALL.iter().map(|prime| remainder(&start, *prime)).collect();
        for step in (0..REACH).step_by(2) {
            let divided = SMALL.iter().zip(&remainders).any(|(prime, left)| (left + step) % prime == 0);
            if divided {
                continue;
            }
            let candidate = start.wrapping_add(BoxedUint::from(step).resize(bits));
            if candidate.bits_vartime() == bits && accepts(&candidate) && is_prime(Flavor::Any, &candidate) {
                return candidate;
            }
        }
    }
}

/// Returns the remainder of a division by a small number that is not zero.
pub(super) fn remainder(number: &BoxedUint, divisor: u32) -> u32 {
    let divisor = Limb::from(divisor).to_nz().unwrap_or(crypto_bigint::NonZero::<Limb>::ONE);
    number.rem_limb(divisor).0 as u32
}
