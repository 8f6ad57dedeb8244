//! Dividing one polygon as asked: by a line, by areas, into equal parts, by an offset.

use super::by::{Along, By};
use super::cut::{SidePoint, check_shape, cut};
use super::fit::{self, Goal, cut_off};
use super::list::{self, Part};
use super::pencil::{Pencil, way};
use super::slabs::{Slabs, Stop};
use super::sweep::Sweep;
use super::work::Work;
use super::{frontage, mirror, trouble};
use crate::domain::{Polygon, Pt};
use crate::msg;
use crate::topology::Refusal;

/// A polygon in parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// The polygon with the ends of the cuts in its sides; the parts add up to it exactly.
    pub densified: Polygon,
    /// In the order asked for; of a drawn line from north to south, then west to east.
    pub parts: Vec<Polygon>,
    /// Points that came into sides, in the order they were put in.
    pub inserted: Vec<SidePoint>,
    /// What was asked of the parts, where areas were.
    pub asked: Vec<Asked>,
}

/// An area asked for, m² (`None`: the rest), and the length of the cut that made the part, mm.
pub type Asked = (Option<f64>, f64);

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
                asked: Vec::new(),
            })
        }
        By::Areas { parts, along } => {
            check_shape(polygon)?;
            list::check(polygon.area_m2(), parts)?;
            areas(polygon, parts, along, false)
        }
        By::Equal { parts, along } => {
            check_count(*parts)?;
            check_shape(polygon)?;
            let each = polygon.area_m2() / f64::from(*parts);
            let mut list = vec![Part::Area(each); *parts as usize];
            list[*parts as usize - 1] = Part::Rest;
            areas(polygon, &list, along, true)
        }
        By::Frontage { parts, side, along } => {
            check_count(*parts)?;
            check_shape(polygon)?;
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
    check_shape(polygon)?;
    let (a, b) = own_side(polygon, side).ok_or_else(|| trouble::no_side(side.0))?;
    let slabs = Slabs::new(polygon, Pencil::parallel(polygon, a, way(a, b)));
    let mut work = Work::new(polygon);
    let fit = cut_off(polygon, &work.homes, Goal::Near, None, |_| {
        slabs.sweep(Some((a, b)), Stop::Offset(mm as f64))
    })?;
    work.take(&fit);
    work.finish()
}

/// The side in ring direction, however it was named.
pub(super) fn own_side(polygon: &Polygon, (a, b): (Pt, Pt)) -> Option<(Pt, Pt)> {
    polygon.sides().find(|s| *s == (a, b) || *s == (b, a))
}

/// Cuts off part after part from the start, up to the one that takes the rest; those after it from the far end. `even`:
/// each is its share of what is still left.
fn areas(polygon: &Polygon, parts: &[Part], along: &Along, even: bool) -> Result<Division, Refusal> {
    let mut work = Work::new(polygon);
    let sweep = Sweep::new(&mut work, along)?;
    if sweep.is_pivot() && parts.len() > 2 {
        let message = msg!(
            "Đường cắt qua một điểm bên trong thửa chỉ chia được hai phần.",
            "A line through a point inside the parcel makes two parts only."
        );
        return Err(trouble::bad("through", message));
    }
    let last = parts.len() - 1;
    let rest_at = parts.iter().position(|p| *p == Part::Rest).unwrap_or(last);
    // Without a rest the last part takes what is left; what the list is off the parcel is shared among all.
    let left = list::remainder(polygon.area_m2(), parts);
    let extra = if left.has_rest {
        0.0
    } else {
        left.left / parts.len() as f64
    };
    let goal = |k: usize, rest: &Polygon| match parts[k] {
        _ if even => Goal::Area(rest.area2() / (parts.len() - k) as i128),
        Part::Area(a) => Goal::Area(((a + extra) * 2e6).round() as i128),
        Part::Rest => Goal::Near,
    };
    let mut lengths = vec![0.0f64; parts.len()];
    let mut start = sweep.start();
    for (k, length) in lengths.iter_mut().enumerate().take(rest_at) {
        let fit = sweep.cut_off(&work.rest, &work.homes, goal(k, &work.rest), start)?;
        start = Some(fit.longest);
        *length = fit.length;
        work.take(&fit);
    }
    lengths[last] = lengths[rest_at.saturating_sub(1)].max(lengths[last]);
    let back = sweep.mirrored();
    let mut start = None;
    for k in (rest_at + 1..parts.len()).rev() {
        let seen = mirror::polygon(&work.rest);
        let fit = back.cut_off(&seen, &work.homes.mirrored(), goal(k, &work.rest), start)?;
        start = Some(fit.longest);
        lengths[k] = fit.length;
        work.take(&mirror::fit(&fit));
    }
    let mut division = work.finish()?;
    // They came from the start, from the end, and the rest.
    division.parts[rest_at..].reverse();
    let wanted = parts.iter().map(|p| match p {
        Part::Area(a) => Some(*a),
        Part::Rest => None,
    });
    division.asked = wanted.zip(lengths).collect();
    met(division.parts.iter().map(Polygon::area_m2), &division.asked)?;
    Ok(division)
}

/// Whether each area asked for is met within max(0.05 m², ½ mm × its cut).
pub(super) fn met(parts: impl Iterator<Item = f64>, asked: &[Asked]) -> Result<(), Refusal> {
    for (got, (wanted, length)) in parts.zip(asked) {
        let Some(wanted) = wanted else { continue };
        if (got - wanted).abs() * 1e6 > fit::bound(*length) + 1.0 {
            return Err(trouble::not_met(*wanted, got));
        }
    }
    Ok(())
}
