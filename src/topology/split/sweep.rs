//! How the line moves that cuts off part after part.

use super::by::Along;
use super::cut::{SidePoint, is_rounded_foot};
use super::divide::own_side;
use super::fit::{Fit, Goal, cut_off};
use super::homes::Homes;
use super::pencil::{Pencil, Way, way};
use super::slabs::{Slabs, Stop, Stuck};
use super::work::Work;
use super::{mirror, pivot, trouble};
use crate::domain::{Polygon, Pt};
use crate::msg;
use crate::topology::Refusal;
use crate::topology::ring::{Place, locate};

/// How the line moves that cuts off part after part.
pub(super) enum Sweep {
    /// Along a direction, to its left.
    Parallel { way: Way, side: Option<(Pt, Pt)> },
    /// Turning counter-clockwise about a point of the boundary or outside.
    Fan(Pt),
    /// Turning about a point inside, near a direction.
    Pivot(Pt, Way),
}

impl Sweep {
    pub fn new(work: &mut Work, along: &Along) -> Result<Self, Refusal> {
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
            Place::Inside => Self::Pivot(point, direction),
            _ => Self::Fan(point),
        }
    }

    /// What the first part begins with.
    pub fn start(&self) -> Option<(Pt, Pt)> {
        match self {
            Self::Parallel { side, .. } => *side,
            _ => None,
        }
    }

    pub fn is_pivot(&self) -> bool {
        matches!(self, Self::Pivot(..))
    }

    /// The same seen in a mirror: it comes from the far end, over a polygon that is mirrored, too.
    pub fn mirrored(&self) -> Self {
        let turned = |(e, n): Way| (-e, n);
        match *self {
            Self::Parallel { way, .. } => Self::Parallel {
                way: turned(way),
                side: None,
            },
            Self::Fan(p) => Self::Fan(mirror::point(p)),
            Self::Pivot(p, way) => Self::Pivot(mirror::point(p), turned(way)),
        }
    }

    pub fn cut_off(
        &self,
        rest: &Polygon,
        homes: &Homes,
        goal: Goal,
        start: Option<(Pt, Pt)>,
    ) -> Result<Fit, Refusal> {
        match self {
            Self::Parallel { way, .. } => {
                let slabs = Slabs::new(rest, Pencil::parallel(rest, rest.rings[0][0], *way));
                cut_off(rest, homes, goal, None, |want| {
                    slabs.sweep(start, Stop::Area(want))
                })
            }
            Self::Fan(apex) => {
                let slabs = fan(rest, *apex)?;
                cut_off(rest, homes, goal, None, |want| {
                    slabs.sweep(start, Stop::Area(want))
                })
            }
            Self::Pivot(apex, direction) => cut_off(rest, homes, goal, Some(*apex), |want| {
                pivot::find(rest, *apex, *direction, want)
            }),
        }
    }
}

/// The rays from `apex` beginning where the polygon does, seen counter-clockwise; anywhere when it lies all round.
fn fan(polygon: &Polygon, apex: Pt) -> Result<Slabs, Refusal> {
    let any = polygon.points().find(|p| *p != apex);
    let any = any.ok_or_else(|| trouble::stuck(Stuck::Nowhere))?;
    let slabs = Slabs::new(polygon, Pencil::fan(polygon, apex, way(apex, any)));
    Ok(match slabs.after_gap() {
        Some(start) => Slabs::new(polygon, Pencil::fan(polygon, apex, start)),
        None => slabs,
    })
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
