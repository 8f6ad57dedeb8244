//! What is too long for the gate: killing the program at random moments, bit rot, a whole district, the
//! comparison with peers. Run by `./test --slow`.

#![allow(clippy::unwrap_used, reason = "a test may panic: that is how it fails")]
#![allow(clippy::print_stdout, reason = "the comparison prints its table")]

#[path = "../it/support.rs"]
mod support;

#[path = "../it/fixes.rs"]
mod fixes;
#[path = "../it/kill_edits.rs"]
mod kill_edits;
#[path = "../it/split_areas.rs"]
mod split_areas;

mod fixes_115k;
#[path = "../it/quality.rs"]
mod quality;
#[path = "../it/register_truth.rs"]
mod register_truth;

mod geos;
mod ground_truth;
mod kill;
mod peers;
mod rot;
mod scale;
mod split;

/// A small deterministic generator: a failing run can be repeated from its seed.
pub struct Random(pub u64);

impl Random {
    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}
