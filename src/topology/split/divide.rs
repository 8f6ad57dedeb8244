//! Dividing one polygon as asked: by a line, by areas, into equal parts, by an offset.

use super::by::{Along, By};
use super::cut::{Cut, SidePoint, cut, is_rounded_foot};
use super::fit::{self, Fit, Goal, cut_off, part_left_of};
use super::frontage;
use super::list::{self, Part};
use super::pencil::{Pencil, Way, way};
use super::pivot;
use super::slabs::{Slabs, Stop, Stuck};
use super::trouble;
use crate::domain::{Polygon, Pt};
use crate::msg;
use crate::topology::Refusal;
use crate::topology::ring::{Place, locate};

/// A polygon in parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// The polygon with the ends of the cuts in its sides; the parts add up to it exactly.
    pub densified: Polygon,
    /// In the order asked for; of a drawn line from north to south, then west to east.
    pub parts: Vec<Polygon>,
    /// Points that came into sides, in the order they were put in.
    pub inserted: Vec<SidePoint>,
}

/// Divides `polygon`. Nothing beside it is looked at.
pub fn divide(polygon: &Polygon, by: &By) -> Result<Division, Refusal> {
    match by {
        By::Line(line) => {
            let mut cut = cut(polygon, std::slice::from_ref(line))?;
            cut.pieces.sort_by_cached_key(|p| {
                let b = p.bbox();
                (-b.max.n, b.min.e, b.min.n)
            });
            Ok(Division {
                densified: cut.densified,
                parts: cut.pieces,
                inserted: cut.inserted,
            })
        }
        By::Areas { parts, along } => {
            super::cut::check_shape(polygon)?;
            list::check(polygon.area_m2(), parts)?;
            areas(polygon, parts, along)
        }
        By::Equal { parts, along } => {
            check_count(*parts)?;
            super::cut::check_shape(polygon)?;
            let each = polygon.area_m2() / f64::from(*parts);
            let mut list = vec![Part::Area(each); *parts as usize];
            list[*parts as usize - 1] = Part::Rest;
            areas(polygon, &list, along)
        }
        By::Frontage { parts, side, along } => {
            check_count(*parts)?;
            super::cut::check_shape(polygon)?;
            frontage::divide(polygon, *parts, *side, along.as_ref())
        }
        By::Offset { mm, side } => offset(polygon, *mm, *side),
    }
}

/// More parts than this are a typing error.
const MOST_PARTS: u32 = 200;

fn check_count(parts: u32) -> Result<(), Refusal> {
    if (2..=MOST_PARTS).contains(&parts) {
        return Ok(());
    }
    let message = msg!(
        "Số phần phải từ 2 đến {MOST_PARTS}.",
        "The number of parts is 2 to {MOST_PARTS}."
    );
    Err(trouble::bad("equal", message))
}

fn offset(polygon: &Polygon, mm: i64, side: (Pt, Pt)) -> Result<Division, Refusal> {
    if mm <= 0 {
        let message = msg!("Khoảng cách phải lớn hơn 0.", "The distance is more than 0.");
        return Err(trouble::bad("offset", message));
    }
    super::cut::check_shape(polygon)?;
    let (a, b) = own_side(polygon, side).ok_or_else(|| trouble::no_side(side.0))?;
    let slabs = Slabs::new(polygon, Pencil::parallel(polygon, a, way(a, b)));
    let fit = cut_off(polygon, Goal::Near, None, |_| {
        slabs.sweep(Some((a, b)), Stop::Offset(mm as f64))
    })?;
    let mut work = Work::new(polygon);
    work.take(&fit);
    work.finish()
}

/// The side in ring direction, however it was named.
pub(super) fn own_side(polygon: &Polygon, (a, b): (Pt, Pt)) -> Option<(Pt, Pt)> {
    polygon.sides().find(|s| *s == (a, b) || *s == (b, a))
}

/// Cuts found one after the other.
pub(super) struct Work {
    /// The polygon with the points so far.
    whole: Polygon,
    pub rest: Polygon,
    inserted: Vec<SidePoint>,
    paths: Vec<Vec<Pt>>,
    /// The first leg of each cut, with its part on the left.
    first: Vec<[Pt; 2]>,
}

impl Work {
    pub fn new(polygon: &Polygon) -> Self {
        Self {
            whole: polygon.clone(),
            rest: polygon.clone(),
            inserted: Vec::new(),
            paths: Vec::new(),
            first: Vec::new(),
        }
    }

    /// Doubled area of the polygon with the points so far, mm².
    fn area2(&self) -> i128 {
        self.whole.area2()
    }

    /// Puts a point in a side of the whole, or in an earlier cut.
    pub fn insert(&mut self, new: SidePoint) {
        if put(&mut self.whole, &new) {
            self.inserted.push(new);
        }
        put(&mut self.rest, &new);
        for path in &mut self.paths {
            let at = (1..path.len()).find(|&i| {
                (path[i - 1], path[i]) == (new.from, new.to) || (path[i - 1], path[i]) == (new.to, new.from)
            });
            if let Some(i) = at {
                path.insert(i, new.at);
            }
        }
    }

    pub fn take(&mut self, fit: &Fit) {
        for new in &fit.inserted {
            self.insert(*new);
        }
        self.rest = fit.rest.clone();
        self.first.push([fit.paths[0][0], fit.paths[0][1]]);
        self.paths.extend(fit.paths.iter().cloned());
    }

    /// All cuts at once, so that every part has every point.
    pub fn finish(self) -> Result<Division, Refusal> {
        let Cut {
            densified,
            pieces,
            inserted,
        } = cut(&self.whole, &self.paths)?;
        let mut left: Vec<Option<Polygon>> = pieces.into_iter().map(Some).collect();
        let mut parts = Vec::with_capacity(left.len());
        for path in &self.first {
            let there: Vec<Polygon> = left.iter().map(|p| p.clone().unwrap_or_default()).collect();
            let i = part_left_of(&densified, &there, path).ok_or_else(|| trouble::stuck(Stuck::Nowhere))?;
            parts.extend(left[i].take());
        }
        let rest: Vec<Polygon> = left.into_iter().flatten().collect();
        if rest.len() != 1 || parts.len() != self.first.len() {
            parts.extend(rest);
            return Err(trouble::several(&parts));
        }
        parts.extend(rest);
        let mut all = self.inserted;
        all.extend(inserted);
        Ok(Division {
            densified,
            parts,
            inserted: all,
        })
    }
}

/// Puts a point in its side, if the polygon has it.
fn put(polygon: &mut Polygon, new: &SidePoint) -> bool {
    for ring in &mut polygon.rings {
        let at = (0..ring.len()).find(|&i| ring[i] == new.from && ring[(i + 1) % ring.len()] == new.to);
        if let Some(i) = at {
            ring.insert(i + 1, new.at);
            return true;
        }
    }
    false
}

/// Cuts off part after part; where a rest stands in the list, what comes after it is measured from the end.
fn areas(polygon: &Polygon, parts: &[Part], along: &Along) -> Result<Division, Refusal> {
    let mut work = Work::new(polygon);
    let sweep = Sweep::new(&mut work, along)?;
    if matches!(sweep, Sweep::Pivot(..)) && parts.len() > 2 {
        let message = msg!(
            "Đường cắt qua một điểm bên trong thửa chỉ chia được hai phần.",
            "A line through a point inside the parcel makes two parts only."
        );
        return Err(trouble::bad("through", message));
    }
    let rest_at = parts.iter().position(|p| *p == Part::Rest).unwrap_or(parts.len());
    let sum = |parts: &[Part]| (list::remainder(0.0, parts).given * 2e6).round() as i128;
    let mut start = sweep.start();
    let mut lengths = Vec::new();
    for k in 0..parts.len() - 1 {
        let goal = if k < rest_at {
            Goal::Part(sum(&parts[..=k]) - (work.area2() - work.rest.area2()))
        } else {
            Goal::Rest(sum(&parts[k + 1..]))
        };
        let fit = sweep.cut_off(&work.rest, goal, start)?;
        start = Some(fit.longest);
        lengths.push(fit.length);
        work.take(&fit);
    }
    let division = work.finish()?;
    check_met(&division, parts, &lengths)?;
    Ok(division)
}

/// Each area asked for is met within max(0.05 m², ½ mm × the cut on either side of it).
fn check_met(division: &Division, parts: &[Part], lengths: &[f64]) -> Result<(), Refusal> {
    for (k, (polygon, part)) in division.parts.iter().zip(parts).enumerate() {
        let Part::Area(wanted) = part else { continue };
        let beside = [k.checked_sub(1), Some(k)]
            .into_iter()
            .flatten()
            .filter_map(|i| lengths.get(i));
        let length = beside.copied().fold(0.0, f64::max);
        let got = polygon.area_m2();
        if (got - wanted).abs() * 1e6 > fit::bound(length) + 1.0 {
            return Err(trouble::not_met(*wanted, got));
        }
    }
    Ok(())
}

/// How the line moves that cuts off part after part.
enum Sweep {
    /// Along a direction, to its left.
    Parallel { way: Way, side: Option<(Pt, Pt)> },
    /// Turning about a boundary point.
    Corner(Pt),
    /// Turning about a point outside.
    Outside(Pt),
    /// Turning about a point inside, near a direction.
    Pivot(Pt, Way),
}

impl Sweep {
    fn new(work: &mut Work, along: &Along) -> Result<Self, Refusal> {
        match *along {
            Along::Parallel(a, b) if a == b => {
                let message = msg!(
                    "Hai điểm của hướng trùng nhau.",
                    "The two points of the direction coincide."
                );
                Err(trouble::bad("parallel_to", message))
            }
            Along::Parallel(a, b) => Ok(match own_side(&work.whole, (a, b)) {
                Some((a, b)) => Self::Parallel {
                    way: way(a, b),
                    side: Some((a, b)),
                },
                // To the right of the direction, as with an azimuth: to the left of its opposite.
                None => Self::Parallel {
                    way: way(b, a),
                    side: None,
                },
            }),
            Along::Direction(azimuth) => {
                let (e, n) = heading(azimuth)?;
                Ok(Self::Parallel {
                    way: (-e, -n),
                    side: None,
                })
            }
            Along::Through(point, azimuth) => {
                let direction = heading(azimuth)?;
                Ok(Self::through(work, point, direction))
            }
        }
    }

    fn through(work: &mut Work, point: Pt, direction: Way) -> Self {
        let corner = work.whole.points().any(|p| p == point);
        let foot = work
            .whole
            .sides()
            .find(|(a, b)| !corner && is_rounded_foot(point, *a, *b));
        if let Some((from, to)) = foot {
            work.insert(SidePoint { from, to, at: point });
        }
        match locate(&work.whole, point) {
            _ if corner || foot.is_some() => Self::Corner(point),
            Place::Inside => Self::Pivot(point, direction),
            _ => Self::Outside(point),
        }
    }

    /// What the first part begins with.
    fn start(&self) -> Option<(Pt, Pt)> {
        match self {
            Self::Parallel { side, .. } => *side,
            _ => None,
        }
    }

    fn cut_off(&self, rest: &Polygon, goal: Goal, start: Option<(Pt, Pt)>) -> Result<Fit, Refusal> {
        match self {
            Self::Parallel { way, .. } => {
                let slabs = Slabs::new(rest, Pencil::parallel(rest, rest.rings[0][0], *way));
                cut_off(rest, goal, None, |want| slabs.sweep(start, Stop::Area(want)))
            }
            Self::Corner(apex) => {
                let next = rest.sides().find(|(a, b)| a == apex && b != apex);
                let next = next.ok_or_else(|| trouble::stuck(Stuck::Nowhere))?;
                let slabs = Slabs::new(rest, Pencil::fan(rest, *apex, way(next.0, next.1)));
                cut_off(rest, goal, None, |want| slabs.sweep(Some(next), Stop::Area(want)))
            }
            Self::Outside(apex) => {
                let first = first_seen(rest, *apex).ok_or_else(|| trouble::stuck(Stuck::Nowhere))?;
                let slabs = Slabs::new(rest, Pencil::fan(rest, *apex, way(*apex, first)));
                cut_off(rest, goal, None, |want| slabs.sweep(start, Stop::Area(want)))
            }
            Self::Pivot(apex, direction) => cut_off(rest, goal, Some(*apex), |want| {
                pivot::find(rest, *apex, *direction, want)
            }),
        }
    }
}

/// The point that has all others on its left, seen from outside.
fn first_seen(polygon: &Polygon, from: Pt) -> Option<Pt> {
    use crate::topology::segment::side_of;
    let first = polygon
        .points()
        .reduce(|a, b| if side_of(from, a, b) < 0 { b } else { a })?;
    polygon
        .points()
        .all(|p| side_of(from, first, p) >= 0)
        .then_some(first)
}

/// An azimuth (degrees from grid north, clockwise) as a direction.
pub(super) fn heading(azimuth: f64) -> Result<Way, Refusal> {
    if !azimuth.is_finite() || azimuth.abs() > 360.0 {
        let message = msg!(
            "Phương vị phải là số độ từ -360 đến 360.",
            "An azimuth is a number of degrees from -360 to 360."
        );
        return Err(trouble::bad("direction", message));
    }
    // Quarters exactly, others to a thousandth of a millionth.
    let (sin, cos) = azimuth.to_radians().sin_cos();
    let whole = |v: f64| (v * 1e9).round() as i64;
    Ok((whole(sin), whole(cos)))
}
