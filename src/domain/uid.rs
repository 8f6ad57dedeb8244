//! Identity of a record, the same in every file and package.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// UUIDv7 of a record; printed in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub Uuid);

impl Uid {
    /// A fresh uid (time-ordered).
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }
}

/// Many fresh uids at once: one call of the system's clock and random source, then counting.
///
/// The low 62 bits begin at random, so two batches meet with a chance of 2⁻⁴⁰ or less per million.
#[derive(Clone, Copy, Debug)]
pub struct UidBatch(u128);

impl UidBatch {
    const COUNTED: u128 = (1 << 62) - 1;

    pub fn fresh() -> Self {
        Self(Uid::fresh().0.as_u128())
    }

    pub fn next_uid(&mut self) -> Uid {
        let uid = Uid(Uuid::from_u128(self.0));
        let next = self.0.wrapping_add(1) & Self::COUNTED;
        self.0 = (self.0 & !Self::COUNTED) | next;
        uid
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl FromStr for Uid {
    type Err = uuid::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(s).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_counts_and_stays_version_7() {
        let mut batch = UidBatch(Uid::fresh().0.as_u128() | UidBatch::COUNTED);
        let uids: Vec<Uid> = (0..3).map(|_| batch.next_uid()).collect();
        assert!(uids[0] != uids[1] && uids[1] != uids[2]);
        assert!(uids.iter().all(|u| u.0.get_version_num() == 7));
    }
}
