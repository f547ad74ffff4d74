//! [`Printing`]: what printing depends on beside the values.

use crate::helm::profile::Profile;

/// Between the addresses of two pointers in one text.
const APART: u64 = 0x10;

/// How values are printed.
#[derive(Clone, Copy, Debug)]
pub struct Printing {
    pub(super) profile: Profile,
    next_address: Option<u64>,
}

impl From<Profile> for Printing {
    /// As a Helm does; addresses of pointers are not shown.
    fn from(profile: Profile) -> Self {
        Self { profile, next_address: None }
    }
}

impl Printing {
    /// As a Helm does; the pointers in a text lie one behind the other from an address on.
    pub fn with_addresses(profile: Profile, from: u64) -> Self {
        Self { profile, next_address: Some(from) }
    }

    /// Returns the address of the next pointer, if addresses may be shown.
    pub(super) fn address(&mut self) -> Option<u64> {
        let address = self.next_address?;
        self.next_address = Some(address.wrapping_add(APART));
        Some(address)
    }
}
