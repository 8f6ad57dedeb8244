//! Random numbers and smooth noise that give the same bits on every machine: integer mixing and
//! the exactly rounded operations `+ - * / sqrt floor` only, no `sin` or `exp` of a C library.

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, good enough to invent a district.
#[derive(Clone, Debug)]
pub struct Random(u64);

/// The finaliser of SplitMix64.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// An independent stream for each (seed, stream).
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(mix(seed.wrapping_add(mix(stream.wrapping_add(GOLDEN)))))
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Uniform in 0..n; 0 when n is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.bits()) * n as u128) >> 64) as usize
    }

    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of `items`, which is not empty.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Smooth value noise in one and two dimensions, in [-1, 1], with continuous slope.
#[derive(Clone, Copy, Debug)]
pub struct Noise(pub u64);

impl Noise {
    fn knot(self, i: i64, j: i64) -> f64 {
        let h = mix(self.0 ^ mix((i as u64).wrapping_mul(GOLDEN) ^ mix((j as u64).wrapping_add(GOLDEN))));
        (h >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    pub fn at1(self, x: f64) -> f64 {
        let i = x.floor();
        let t = fade(x - i);
        let i = i as i64;
        self.knot(i, 0) * (1.0 - t) + self.knot(i + 1, 0) * t
    }

    pub fn at2(self, x: f64, y: f64) -> f64 {
        let (i, j) = (x.floor(), y.floor());
        let (t, u) = (fade(x - i), fade(y - j));
        let (i, j) = (i as i64, j as i64);
        let low = self.knot(i, j) * (1.0 - t) + self.knot(i + 1, j) * t;
        let high = self.knot(i, j + 1) * (1.0 - t) + self.knot(i + 1, j + 1) * t;
        low * (1.0 - u) + high * u
    }
}

/// Quintic ease between two knots: slope and curvature vanish at both ends.
fn fade(t: f64) -> f64 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_same_numbers_and_streams_differ() {
        let take = |seed, stream| {
            let mut r = Random::new(seed, stream);
            (0..5).map(|_| r.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(take(7, 1), take(7, 1));
        assert_ne!(take(7, 1), take(7, 2));
        assert_ne!(take(7, 1), take(8, 1));
    }

    #[test]
    fn noise_is_bounded_and_smooth() {
        let n = Noise(5);
        let mut last = n.at2(-3.0, 0.5);
        for i in 0..6000 {
            let v = n.at2(-3.0 + f64::from(i) / 1000.0, 0.5);
            assert!(v.abs() <= 1.0 && (v - last).abs() < 0.005);
            last = v;
        }
    }
}
