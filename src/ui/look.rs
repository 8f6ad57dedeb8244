//! What panels, tools and the map may see of the program: everything to read, nothing to change.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::action::Selection;
use super::command::Have;
use super::viewing::Scene;
use crate::domain::{BBox, Parcel, Pt};
use crate::project::{Project, SurveyPoints};
use crate::render::Style;
use crate::text::Lang;
use crate::topology::Coverage;
use crate::topology::ring::{Place, locate};
use crate::validate::Findings;

pub struct Look<'a> {
    pub project: &'a Project,
    /// The parcels on the screen: in force, of a dossier, or of an earlier moment.
    pub coverage: &'a Arc<Coverage>,
    pub scene: &'a Scene,
    pub lang: Lang,
    pub selection: &'a Selection,
    /// As they stand, with their state.
    pub findings: &'a Findings,
    /// The finding the person stands on.
    pub finding: Option<i64>,
    pub style: &'a Style,
    pub have: &'a Have,
    /// Changes whenever anything stored changed: what was read before may be old.
    pub revision: u64,
    /// Draw places with findings on the map.
    pub show_findings: bool,
    pub survey: &'a Arc<SurveyPoints>,
    /// Name of each commune by its code.
    pub communes: &'a BTreeMap<String, String>,
    pub references: &'a [super::reference::Layer],
    /// What an edit done now is dated.
    pub today: jiff::civil::Date,
}

impl<'a> Look<'a> {
    /// The parcel meant by a click: of several that lie there, the smallest.
    pub fn pick(&self, p: Pt) -> Option<i64> {
        let there = self
            .coverage
            .at(p)
            .into_iter()
            .filter_map(|f| self.coverage.get(f));
        there
            .min_by_key(|p| (p.polygon.area2().abs(), p.fid))
            .map(|p| p.fid)
    }

    /// The parcels a box touches, by fid.
    pub fn within(&self, frame: &BBox) -> Vec<i64> {
        let mut found = Vec::new();
        self.coverage.window_for_each(frame, |p| {
            if touches(p, frame) {
                found.push(p.fid);
            }
        });
        found.sort_unstable();
        found
    }

    /// "Xã Vĩnh An (25747)".
    pub fn commune(&self, code: &str) -> String {
        match self.communes.get(code) {
            Some(name) if name != code => format!("{name} ({code})"),
            _ => code.to_owned(),
        }
    }

    /// Whether the person may change the register now.
    pub fn editable(&self) -> bool {
        !self.have.read_only && !self.have.writing && !self.have.past
    }
}

/// Whether the parcel's surface and the closed box share a point.
fn touches(p: &Parcel, frame: &BBox) -> bool {
    if frame.contains(p.bbox.min) && frame.contains(p.bbox.max) {
        return true;
    }
    p.polygon.sides().any(|(a, b)| side_meets(a, b, frame)) || locate(&p.polygon, frame.min) != Place::Outside
}

/// Clips the side to the box (Liang–Barsky); pixel accuracy is enough for a dragged box.
fn side_meets(a: Pt, b: Pt, frame: &BBox) -> bool {
    let (mut t0, mut t1) = (0.0_f64, 1.0_f64);
    let axes = [
        (a.e, b.e, frame.min.e, frame.max.e),
        (a.n, b.n, frame.min.n, frame.max.n),
    ];
    for (from, to, low, high) in axes {
        let d = (to - from) as f64;
        let (near, far) = ((low - from) as f64, (high - from) as f64);
        if d == 0.0 {
            if near > 0.0 || far < 0.0 {
                return false;
            }
            continue;
        }
        let (u, v) = (near / d, far / d);
        t0 = t0.max(u.min(v));
        t1 = t1.min(u.max(v));
    }
    t0 <= t1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Polygon, Uid};

    fn parcel(rings: &[&[(i64, i64)]]) -> Parcel {
        let rings = rings
            .iter()
            .map(|r| r.iter().map(|(e, n)| Pt::new(*e, *n)).collect())
            .collect();
        let polygon = Polygon { rings };
        let bbox = polygon.bbox();
        Parcel {
            fid: 1,
            uid: Uid(uuid::Uuid::nil()),
            commune: "1".into(),
            sheet: "1".into(),
            number: "1".into(),
            land_use: "".into(),
            area_measured: None,
            area_legal: None,
            is_parcel: true,
            polygon,
            bbox,
        }
    }

    fn frame(a: (i64, i64), b: (i64, i64)) -> BBox {
        BBox {
            min: Pt::new(a.0, a.1),
            max: Pt::new(b.0, b.1),
        }
    }

    #[test]
    fn a_box_touches_sides_and_insides_but_not_holes_or_notches() {
        let square = [(0, 0), (100, 0), (100, 100), (0, 100)];
        let hole = [(20, 20), (20, 80), (80, 80), (80, 20)];
        let ring = parcel(&[&square, &hole]);
        assert!(touches(&ring, &frame((5, 5), (10, 10))), "inside the surface");
        assert!(!touches(&ring, &frame((40, 40), (60, 60))), "inside the hole");
        assert!(touches(&ring, &frame((-10, 40), (30, 60))), "across a side");
        assert!(touches(&ring, &frame((-10, -10), (110, 110))), "around all");
        let notch = parcel(&[&[(0, 0), (100, 0), (100, 100), (90, 100), (90, 10), (0, 10)]]);
        assert!(
            !touches(&notch, &frame((10, 50), (40, 80))),
            "in the notch of a concave parcel"
        );
        let sliver = parcel(&[&[(0, 0), (1000, 1), (1000, 2)]]);
        assert!(
            touches(&sliver, &frame((499, -5), (501, 5))),
            "a long thin parcel between its points"
        );
    }
}
