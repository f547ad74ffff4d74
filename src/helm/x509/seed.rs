//! [`Seed`]: 32 bytes from which any number of bytes follow.

/// The root of all random choices of one key or certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// Takes random bytes as a seed.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the bytes that follow from the seed for one purpose.
    pub(super) fn stream(&self, purpose: &str) -> Stream {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(purpose.as_bytes());
        Stream(hasher.finalize_xof())
    }
}

/// An endless sequence of bytes.
pub(super) struct Stream(blake3::OutputReader);

impl Stream {
    /// Returns the next bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.fill(&mut bytes);
        bytes
    }

    /// Returns the next bytes as an array.
    pub(super) fn array<const COUNT: usize>(&mut self) -> [u8; COUNT] {
        let mut bytes = [0; COUNT];
        self.0.fill(&mut bytes);
        bytes
    }
}
