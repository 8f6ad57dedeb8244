//! A point as it is given to a tool: clicked on the map, or typed.
//!
//! ```text
//! 5              point 5 of the selected parcel, numbered as in the inspector and on the map
//! 5-6            the middle of its side from 5 to 6        5-6 12,5   12,5 m from 5 on that side
//! X Y            coordinates, and all else that topology::entry reads, from the point before
//! ```

use crate::domain::{Failure, Pt};
use crate::msg;
use crate::text::{Lang, Msg, format};
use crate::topology::entry;
use crate::ui::look::Look;

/// A point field: what stands in it and what that means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointEntry {
    pub text: String,
    pub at: Option<Pt>,
    pub error: Option<Msg>,
}

impl PointEntry {
    /// Given with the pointer.
    pub fn set(&mut self, at: Pt, lang: Lang) {
        *self = Self {
            text: coordinates(at, lang),
            at: Some(at),
            error: None,
        };
    }

    /// Something was typed. `base`: the point an offset starts from.
    pub fn read(&mut self, look: &Look<'_>, base: Option<Pt>) {
        (self.at, self.error) = match self.text.trim() {
            "" => (None, None),
            typed => match point(typed, look, base) {
                Ok(at) => (Some(at), None),
                Err(f) => (None, Some(f.message().clone())),
            },
        };
    }

    /// Empties it; false when it was empty.
    pub fn clear(&mut self) -> bool {
        let had = !self.text.is_empty();
        *self = Self::default();
        had
    }
}

/// "1191500,250 586320,125": X (north) first, to be typed over.
pub fn coordinates(p: Pt, lang: Lang) -> String {
    let one = |mm: i64| {
        let plain = format!("{:.3}", mm as f64 / 1000.0);
        if lang == Lang::Vi {
            plain.replace('.', ",")
        } else {
            plain
        }
    };
    format!("{} {}", one(p.n), one(p.e))
}

/// The points of the parcel that typed numbers mean, in their order.
pub fn numbered(look: &Look<'_>) -> Vec<Pt> {
    let parcel = look.selection.main().and_then(|f| look.coverage.get(f));
    parcel.map(|p| p.polygon.points().collect()).unwrap_or_default()
}

/// What a typed text means.
pub fn point(typed: &str, look: &Look<'_>, base: Option<Pt>) -> Result<Pt, Failure> {
    let points = numbered(look);
    let vertex = |s: &str| -> Option<Result<Pt, Failure>> {
        let n: usize = s.trim().parse().ok()?;
        (n < 100_000).then(|| {
            points
                .get(n.wrapping_sub(1))
                .copied()
                .ok_or_else(|| no_vertex(n, points.len()))
        })
    };
    if let Some(found) = vertex(typed) {
        return found;
    }
    let (side, way) = typed.split_once(' ').unwrap_or((typed, ""));
    if let Some((a, b)) = side.split_once(['-', '–'])
        && let (Some(a), Some(b)) = (vertex(a), vertex(b))
    {
        return on_side(a?, b?, way.trim(), look.lang);
    }
    entry::parse(typed, look.lang)?
        .resolve(base, None)?
        .ok_or_else(|| unclear(typed))
}

/// A place on the side from `a` to `b`: its middle, or `way` metres from `a`.
fn on_side(a: Pt, b: Pt, way: &str, lang: Lang) -> Result<Pt, Failure> {
    let k = match way {
        "" => 0.5,
        way => format::parse_number(way, lang)? * 1000.0 / a.dist(b).max(1.0),
    };
    let along = |from: i64, to: i64| from + ((to - from) as f64 * k).round() as i64;
    Ok(Pt::new(along(a.e, b.e), along(a.n, b.n)))
}

fn no_vertex(n: usize, of: usize) -> Failure {
    let message = match of {
        0 => msg!(
            "Chưa chọn thửa nào để đếm đỉnh {n}.",
            "No parcel is selected whose point {n} could be meant."
        ),
        _ => msg!(
            "Thửa đã chọn có {of} đỉnh, không có đỉnh {n}.",
            "The selected parcel has {of} points; there is no point {n}."
        ),
    };
    Failure::new("NO_POINT", message)
}

fn unclear(typed: &str) -> Failure {
    let message = msg!(
        "Không hiểu “{typed}”: ghi số đỉnh (5), cạnh (5-6 hoặc 5-6 12,5) hay X Y.",
        "“{typed}” is not clear: give a point number (5), a side (5-6 or 5-6 12.5) or X Y."
    );
    Failure::new("ENTRY_UNREADABLE", message)
}
