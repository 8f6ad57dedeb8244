//! Points and polygons on the 1 mm lattice of the district's VN-2000 zone.
//!
//! A point *is* its (easting, northing) in millimetres: same point means same integers. Equality
//! is exact, points hash, undo is exact. `f64` metres appear only at the edges.

use std::fmt;

/// A point: easting and northing in whole millimetres, in the project's VN-2000 zone.
///
/// Vietnamese tables print X = north, Y = east; the fields are named by direction to keep that
/// apart. Ordered by easting, then northing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pt {
    /// Easting, mm.
    pub e: i64,
    /// Northing, mm.
    pub n: i64,
}

/// Largest coordinate we accept, mm (100 000 km): products of differences stay far inside `i128`,
/// and every value is exact as `f64` metres with three decimals.
pub const MAX_COORDINATE: i64 = 100_000_000_000;

impl Pt {
    pub const fn new(e: i64, n: i64) -> Self {
        Self { e, n }
    }

    /// Rounds metres to the lattice. `None` for NaN, infinities and values beyond [`MAX_COORDINATE`].
    pub fn from_metres(e: f64, n: f64) -> Option<Self> {
        let (em, nm) = ((e * 1000.0).round(), (n * 1000.0).round());
        let max = MAX_COORDINATE as f64;
        // A NaN compares false and is refused with the rest.
        (em.abs() <= max && nm.abs() <= max).then_some(Self {
            e: em as i64,
            n: nm as i64,
        })
    }

    /// (easting, northing) in metres; `from_metres` of it is the same point.
    pub fn metres(self) -> (f64, f64) {
        (self.e as f64 / 1000.0, self.n as f64 / 1000.0)
    }

    /// Squared distance, mm².
    pub fn dist2(self, o: Self) -> i128 {
        let (de, dn) = ((self.e - o.e) as i128, (self.n - o.n) as i128);
        de * de + dn * dn
    }

    /// Distance, mm.
    pub fn dist(self, o: Self) -> f64 {
        (self.dist2(o) as f64).sqrt()
    }
}

impl fmt::Debug for Pt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} {})", self.e, self.n)
    }
}

/// An axis-parallel box on the lattice, both corners included. Empty when `min` > `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BBox {
    pub min: Pt,
    pub max: Pt,
}

impl BBox {
    /// The box of nothing: extending it by a point gives that point.
    pub const EMPTY: Self = Self {
        min: Pt::new(i64::MAX, i64::MAX),
        max: Pt::new(i64::MIN, i64::MIN),
    };

    pub fn of(points: impl IntoIterator<Item = Pt>) -> Self {
        points.into_iter().fold(Self::EMPTY, Self::with)
    }

    pub fn is_empty(&self) -> bool {
        self.min.e > self.max.e || self.min.n > self.max.n
    }

    #[must_use]
    pub fn with(self, p: Pt) -> Self {
        Self {
            min: Pt::new(self.min.e.min(p.e), self.min.n.min(p.n)),
            max: Pt::new(self.max.e.max(p.e), self.max.n.max(p.n)),
        }
    }

    #[must_use]
    pub fn union(self, o: Self) -> Self {
        Self {
            min: Pt::new(self.min.e.min(o.min.e), self.min.n.min(o.min.n)),
            max: Pt::new(self.max.e.max(o.max.e), self.max.n.max(o.max.n)),
        }
    }

    /// Grown by `mm` on every side. Call on non-empty boxes.
    #[must_use]
    pub fn grown(self, mm: i64) -> Self {
        Self {
            min: Pt::new(self.min.e - mm, self.min.n - mm),
            max: Pt::new(self.max.e + mm, self.max.n + mm),
        }
    }

    /// Whether the closed boxes share a point.
    pub fn intersects(&self, o: &Self) -> bool {
        self.min.e <= o.max.e && o.min.e <= self.max.e && self.min.n <= o.max.n && o.min.n <= self.max.n
    }

    pub fn contains(&self, p: Pt) -> bool {
        self.min.e <= p.e && p.e <= self.max.e && self.min.n <= p.n && p.n <= self.max.n
    }

    pub fn width(&self) -> i64 {
        self.max.e - self.min.e
    }

    pub fn height(&self) -> i64 {
        self.max.n - self.min.n
    }

    pub fn centre(&self) -> Pt {
        Pt::new(
            i64::midpoint(self.min.e, self.max.e),
            i64::midpoint(self.min.n, self.max.n),
        )
    }
}

/// A closed ring, the first point not repeated at the end.
pub type Ring = Vec<Pt>;

/// A parcel's surface: one shell and its holes.
///
/// OGC ring model: `rings[0]` is the shell, counter-clockwise; the others are holes, clockwise.
/// Dirty data may break validity (that is a finding), never this orientation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Polygon {
    pub rings: Vec<Ring>,
}

impl Polygon {
    pub fn bbox(&self) -> BBox {
        BBox::of(self.rings.iter().flatten().copied())
    }

    pub fn shell(&self) -> &[Pt] {
        self.rings.first().map_or(&[], Vec::as_slice)
    }

    pub fn holes(&self) -> &[Ring] {
        self.rings.get(1..).unwrap_or(&[])
    }

    pub fn points(&self) -> impl Iterator<Item = Pt> + '_ {
        self.rings.iter().flatten().copied()
    }

    pub fn point_count(&self) -> usize {
        self.rings.iter().map(Vec::len).sum()
    }

    /// Every side in ring order as (from, to); the parcel lies on its left.
    pub fn sides(&self) -> impl Iterator<Item = (Pt, Pt)> + '_ {
        self.rings.iter().flat_map(|r| ring_sides(r))
    }

    /// Twice the signed area, mm²: exact. Positive for a well-oriented polygon.
    pub fn area2(&self) -> i128 {
        self.rings.iter().map(|r| ring_area2(r)).sum()
    }

    /// Area, m².
    pub fn area_m2(&self) -> f64 {
        self.area2() as f64 / 2e6
    }
}

/// The sides of a ring as (from, to), closing side last.
pub fn ring_sides(ring: &[Pt]) -> impl Iterator<Item = (Pt, Pt)> + '_ {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// Twice the signed area of a ring, mm² (shoelace formula, exact); positive when counter-clockwise.
pub fn ring_area2(ring: &[Pt]) -> i128 {
    let Some(&o) = ring.first() else { return 0 };
    ring_sides(ring)
        .map(|(a, b)| (a.e - o.e) as i128 * (b.n - o.n) as i128 - (b.e - o.e) as i128 * (a.n - o.n) as i128)
        .sum()
}
