//! A side as it is given to a tool: clicked on the map, or typed as "5-6" with the point numbers of the
//! selected parcel, or as two points "X Y; X Y". Empty it stands for the longest side of the parcel.

use super::{Input, entry, marks};
use crate::domain::{Failure, Parcel, Pt};
use crate::msg;
use crate::text::Msg;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct SideEntry {
    pub text: String,
    given: Option<(Pt, Pt)>,
    pub error: Option<Msg>,
}

impl SideEntry {
    pub fn read(&mut self, look: &Look<'_>) {
        (self.given, self.error) = match self.text.trim() {
            "" => (None, None),
            typed => match side(typed, look) {
                Ok(side) => (Some(side), None),
                Err(f) => (None, Some(f.message().clone())),
            },
        };
    }

    /// The side meant; none while something unreadable stands in the field.
    pub fn of(&self, parcel: &Parcel) -> Option<(Pt, Pt)> {
        match self.text.trim().is_empty() {
            true => longest(parcel),
            false => self.given,
        }
    }

    /// A click near a side of the parcel.
    pub fn click(&mut self, input: &Input, parcel: &Parcel, look: &Look<'_>) -> bool {
        let Some(at) = input.at.filter(|_| input.clicked) else {
            return false;
        };
        let sides = parcel.polygon.sides();
        let near = sides.map(|(a, b)| (crate::topology::segment::distance(at, a, b), (a, b)));
        let near = near
            .min_by(|x, y| x.0.total_cmp(&y.0))
            .filter(|(d, _)| *d <= input.reach as f64);
        let Some((_, (a, b))) = near else { return false };
        *self = Self {
            text: named(parcel, a, b, look),
            given: Some((a, b)),
            error: None,
        };
        true
    }

    pub fn paint(&self, cx: &Canvas<'_>, parcel: &Parcel, t: &Tokens) {
        if let Some((a, b)) = self.of(parcel) {
            marks::line(cx, &[a, b], t);
        }
    }

    pub fn clear(&mut self) -> bool {
        let had = !self.text.is_empty();
        *self = Self::default();
        had
    }
}

/// "5-6", or the coordinates when the parcel is not the one whose points are numbered.
fn named(parcel: &Parcel, a: Pt, b: Pt, look: &Look<'_>) -> String {
    let number = |p: Pt| entry::numbered(look).iter().position(|q| *q == p).map(|n| n + 1);
    match (look.selection.main() == Some(parcel.fid), number(a), number(b)) {
        (true, Some(a), Some(b)) => format!("{a}-{b}"),
        _ => format!(
            "{}; {}",
            entry::coordinates(a, look.lang),
            entry::coordinates(b, look.lang)
        ),
    }
}

fn longest(parcel: &Parcel) -> Option<(Pt, Pt)> {
    parcel.polygon.sides().max_by_key(|(a, b)| (a.dist2(*b), *a))
}

fn side(typed: &str, look: &Look<'_>) -> Result<(Pt, Pt), Failure> {
    let parts = typed.split_once(';').or_else(|| typed.split_once(['-', '–']));
    let (a, b) = parts.ok_or_else(|| {
        let message = msg!(
            "Không hiểu cạnh “{typed}”: ghi 5-6 hoặc X Y; X Y.",
            "The side “{typed}” is not clear: give 5-6 or X Y; X Y."
        );
        Failure::new("ENTRY_UNREADABLE", message)
    })?;
    Ok((
        entry::point(a.trim(), look, None)?,
        entry::point(b.trim(), look, None)?,
    ))
}
