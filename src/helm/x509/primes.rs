//! Prime numbers from a stream of random bytes.
//!
//! The search is ours and the test is `crypto-primes` (Baillie–PSW), so that the prime that follows from a seed is a
//! matter of arithmetic and not of a crate's version.

use std::sync::LazyLock;

use crypto_bigint::{BoxedUint, Limb, Resize};
use crypto_primes::{Flavor, is_prime};

use super::seed::Stream;

/// How far from a random start a prime is looked for.
const REACH: usize = 1 << 16;

/// The odd primes below this divide most candidates: finding more of them costs more than the tests that they save.
const SMALL_BELOW: usize = 1 << 16;

static SMALL: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut composite = vec![false; SMALL_BELOW];
    let mut primes = Vec::new();
    for number in (3..SMALL_BELOW).step_by(2) {
        if !composite[number] {
            primes.push(number as u32);
            for multiple in (number * number..SMALL_BELOW).step_by(number) {
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

/// Returns a prime of exactly `bits` bits, with its two highest bits set.
pub(super) fn search(stream: &mut Stream, bits: u32) -> BoxedUint {
    loop {
        if let Some(prime) = next(&random_odd(stream, bits), |_| true) {
            return prime;
        }
    }
}

/// Returns an odd number of exactly `bits` bits (a multiple of 8) with its two highest bits set.
pub(super) fn random_odd(stream: &mut Stream, bits: u32) -> BoxedUint {
    random(stream, bits) | BoxedUint::one_with_precision(bits)
}

/// Returns the next prime from an odd number on that has as many bits and that `accepts` takes.
pub(super) fn next(start: &BoxedUint, accepts: impl Fn(&BoxedUint) -> bool) -> Option<BoxedUint> {
    let bits = start.bits_precision();
    let mut divided = vec![false; REACH / 2];
    for prime in SMALL.iter() {
        let left = remainder(start, *prime);
        // The first multiple from the start on that is odd as well.
        let away = if left.is_multiple_of(2) && left > 0 { 2 * prime - left } else { (prime - left) % prime };
        for step in divided.iter_mut().skip(away as usize / 2).step_by(*prime as usize) {
            *step = true;
        }
    }
    let steps = divided.iter().enumerate().filter(|(_, divided)| !**divided);
    let mut candidates = steps.map(|(step, _)| start.wrapping_add(BoxedUint::from(2 * step as u64).resize(bits)));
    candidates.find(|number| number.bits_vartime() == bits && accepts(number) && is_prime(Flavor::Any, number))
}

/// Tells whether a number has a divisor that is quick to find.
pub(super) fn has_small_divisor(number: &BoxedUint) -> bool {
    SMALL.iter().any(|prime| remainder(number, *prime) == 0)
}

/// Returns the remainder of a division by a small number that is not zero.
pub(super) fn remainder(number: &BoxedUint, divisor: u32) -> u32 {
    let divisor = Limb::from(divisor).to_nz().unwrap_or(crypto_bigint::NonZero::<Limb>::ONE);
    number.rem_limb(divisor).0 as u32
}

#[cfg(test)]
mod tests {
    use super::super::seed::Seed;
    use super::*;

    #[test]
    fn the_next_prime_is_the_first_that_is_one() {
        let mut stream = Seed::new([7; 32]).stream("primes");
        for _ in 0..20 {
            let start = random_odd(&mut stream, 64);
            let mut plain = start.clone();
            while !is_prime(Flavor::Any, &plain) {
                plain = plain.wrapping_add(BoxedUint::from(2_u64));
            }
            assert_eq!(next(&start, |_| true), Some(plain.clone()));
            assert_ne!(next(&start, |prime| *prime != plain), Some(plain));
        }
    }
}
