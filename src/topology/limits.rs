//! Boundaries of communes and frames of sheets, ready to be asked whether a parcel keeps inside them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::index::Tree;
use super::ring::{Place, distance_outside, locate_sides};
use super::segment;
use crate::domain::{BBox, Polygon, Pt, Territory};

/// The boundaries of a territory, where it has any.
#[derive(Debug, Default)]
pub struct Limits {
    communes: BTreeMap<String, Limit>,
    /// By commune, then sheet.
    sheets: BTreeMap<String, BTreeMap<String, Limit>>,
}

impl Limits {
    pub fn of(territory: &Territory) -> Self {
        let limit = |p: &Option<Polygon>| p.as_ref().map(Limit::new);
        let communes = territory.communes.iter();
        let sheets = territory.sheets.iter().map(|(commune, sheets)| {
            let framed = sheets
                .iter()
                .filter_map(|(n, s)| Some((n.clone(), limit(&s.frame)?)));
            (commune.clone(), framed.collect())
        });
        Self {
            communes: communes
                .filter_map(|(code, c)| Some((code.clone(), limit(&c.boundary)?)))
                .collect(),
            sheets: sheets.collect(),
        }
    }

    pub fn commune(&self, code: &str) -> Option<&Limit> {
        self.communes.get(code)
    }

    pub fn sheet(&self, commune: &str, number: &str) -> Option<&Limit> {
        self.sheets.get(commune)?.get(number)
    }
}

/// One boundary.
#[derive(Debug)]
pub struct Limit {
    sides: Vec<(Pt, Pt)>,
    tree: Tree,
    bbox: BBox,
}

impl Limit {
    pub fn new(polygon: &Polygon) -> Self {
        let sides: Vec<(Pt, Pt)> = polygon.sides().collect();
        let boxes: Vec<BBox> = sides.iter().map(|(a, b)| segment::bbox(*a, *b)).collect();
        Self {
            tree: Tree::build(&boxes),
            bbox: polygon.bbox(),
            sides,
        }
    }

    /// Where a parcel comes out of the boundary farthest, and how far, mm; `None` when nowhere farther than `tolerance`.
    ///
    /// Looked at are its points against the boundary, and points of the boundary inside it (a notch that no point of the
    /// parcel lies in).
    pub fn beyond(&self, parcel: &Polygon, tolerance: f64) -> Option<(Pt, f64)> {
        let bbox = parcel.bbox();
        if bbox.is_empty() {
            return None;
        }
        let near = self.near(&bbox.grown(tolerance.ceil() as i64 + 1));
        if near.is_empty() {
            // Wholly in or wholly out: any point tells which.
            let outside = self.locate(parcel.points().next()?) == Place::Outside;
            let far = parcel.points().map(|p| (p, distance(&self.sides, p)));
            return if outside { far.max_by(farther) } else { None };
        }
        let out = parcel
            .points()
            .filter(|p| self.locate(*p) == Place::Outside)
            .map(|p| (p, distance(&near, p)));
        let notch = near
            .iter()
            .map(|(a, _)| (*a, depth_inside(parcel, *a)))
            .filter(|(_, depth)| *depth > 0.0);
        let farthest = out
            .chain(notch)
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
        (farthest.1 > tolerance).then_some(farthest)
    }

    fn near(&self, window: &BBox) -> Vec<(Pt, Pt)> {
        let mut found = Vec::new();
        self.tree.query(window, |i| found.push(self.sides[i as usize]));
        found.sort_unstable();
        found
    }

    fn locate(&self, p: Pt) -> Place {
        if !self.bbox.contains(p) {
            return Place::Outside;
        }
        let ray = BBox {
            min: p,
            max: Pt::new(self.bbox.max.e, p.n),
        };
        locate_sides(self.near(&ray).into_iter(), p)
    }
}

/// By distance; of equal ones the place that comes first.
fn farther(a: &(Pt, f64), b: &(Pt, f64)) -> Ordering {
    a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))
}

fn distance(sides: &[(Pt, Pt)], p: Pt) -> f64 {
    sides
        .iter()
        .map(|(a, b)| segment::distance(p, *a, *b))
        .fold(f64::MAX, f64::min)
}

fn depth_inside(polygon: &Polygon, p: Pt) -> f64 {
    if distance_outside(polygon, p) > 0.0 {
        return 0.0;
    }
    let sides: Vec<(Pt, Pt)> = polygon.sides().collect();
    distance(&sides, p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::polygon;

    #[test]
    fn inside_touching_and_out() {
        let limit = Limit::new(&polygon(
            "0 0, 10000 0, 10000 10000, 5500 10000, 5000 4000, 4500 10000, 0 10000 | 1000 1000, 1000 2000, 2000 2000, 2000 1000",
        ));
        let told = |text: &str| {
            limit
                .beyond(&polygon(text), 200.0)
                .map_or("in".to_owned(), |(p, d)| format!("{} {} {d:.0}", p.e, p.n))
        };
        assert_eq!(told("3000 1000, 4000 1000, 4000 3000"), "in");
        assert_eq!(
            told("0 0, 1000 0, 1000 1000, 0 1000"),
            "in",
            "touches the line and the hole"
        );
        assert_eq!(told("-200 0, 1000 0, 1000 900"), "in", "within the tolerance");
        assert_eq!(told("-201 0, 1000 0, 1000 900"), "-201 0 201");
        assert_eq!(
            told("4000 3000, 6000 3000, 6000 5000, 4000 5000"),
            "5000 4000 1000",
            "over the notch"
        );
        assert_eq!(told("20000 0, 21000 0, 21000 900"), "21000 0 11000");
        assert_eq!(
            told("1300 1300, 1700 1300, 1500 1600"),
            "1500 1600 400",
            "in the hole"
        );
    }
}
