//! What an edit did, read back from the journal: drives the map, the findings and the strip after an edit.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Told, receive};
use crate::domain::{Parcel, Polygon, Pt, Uid};
use crate::register::Kind;
use crate::store::touched::{Touched, TouchedRecord};
use crate::text::Msg;

/// What an operation (or one edit of a gesture) did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Number of the operation.
    pub op: i64,
    pub label: Msg,
    /// Came in force; sorted, as are the next two.
    pub created: Vec<Uid>,
    /// Were and are in force.
    pub changed: Vec<Uid>,
    /// No longer in force.
    pub retired: Vec<Uid>,
    /// Row numbers of all of them.
    pub fids: Vec<i64>,
    /// Boundary points that moved: as many old places as were replaced by new ones.
    pub points_moved: usize,
    /// Boundary points that came in addition.
    pub points_inserted: usize,
    /// Area of the shapes of all touched parcels, m².
    pub area_before: f64,
    pub area_after: f64,
    /// How far the boundary of a parcel that stays was shifted at most, mm.
    pub shift_mm: f64,
    /// Parcel by parcel, by fid; the first [`MOST_DETAILS`].
    pub parcels: Vec<ParcelEffect>,
    /// Other records written, in order.
    pub records: Vec<RecordEffect>,
    /// Parcels in force (row, uid) that such records hang on, ascending.
    pub about: Vec<(i64, Uid)>,
    /// Code of the dossier that keeps this as a proposal; then nothing in force has changed yet.
    pub dossier: Option<String>,
    /// What the edit said besides.
    pub told: Told,
}

/// A record of the register that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordEffect {
    pub kind: Kind,
    pub uid: Uid,
    pub created: bool,
}

/// More parcels than this are not told one by one: an import.
pub const MOST_DETAILS: usize = 500;

/// What happened to one parcel.
#[derive(Clone, Debug, PartialEq)]
pub struct ParcelEffect {
    pub fid: i64,
    pub uid: Uid,
    /// "25747/12/45".
    pub reference: String,
    /// Area of its shape in force, m²; `None`: it was not.
    pub area_before: Option<f64>,
    pub area_after: Option<f64>,
    /// How far its boundary was shifted at most, mm; 0 for one that came or went.
    pub shift_mm: f64,
    pub points_inserted: usize,
    /// It only received points on its sides: a neighbour.
    pub only_points: bool,
    /// Its shape now agrees with its certified area and did not before, or the other way round.
    pub tolerance: Option<Tolerance>,
}

/// How a parcel passed the tolerance between certified and drawn area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    Left,
    Regained,
}

/// Tolerance between recorded and drawn area, m² and share: T9 of domain.md §5.8.
const TOLERANCE_M2: f64 = 0.1;
const TOLERANCE_SHARE: f64 = 0.005;

impl ParcelEffect {
    fn of(before: Option<&Parcel>, after: Option<&Parcel>) -> Option<Self> {
        let any = after.or(before)?;
        let area = |p: Option<&Parcel>| p.map(|p| p.polygon.area_m2());
        let mut out = Self {
            fid: any.fid,
            uid: any.uid,
            reference: any.reference(),
            area_before: area(before),
            area_after: area(after),
            shift_mm: 0.0,
            points_inserted: 0,
            only_points: false,
            tolerance: None,
        };
        if let (Some(b), Some(a)) = (before, after) {
            out.only_points = a.polygon != b.polygon && receive::only_receives(&b.polygon, &a.polygon);
            out.shift_mm = receive::shift(&b.polygon, &a.polygon);
            out.points_inserted = a.polygon.point_count().saturating_sub(b.polygon.point_count());
            out.tolerance = match (agrees(b), agrees(a)) {
                (Some(true), Some(false)) => Some(Tolerance::Left),
                (Some(false), Some(true)) => Some(Tolerance::Regained),
                _ => None,
            };
        }
        Some(out)
    }
}

/// Whether shape and certified area agree; `None` without one.
fn agrees(p: &Parcel) -> Option<bool> {
    let legal = p.area_legal?;
    let tolerance = TOLERANCE_M2.max(TOLERANCE_SHARE * legal.abs());
    Some((p.polygon.area_m2() - legal).abs() <= tolerance + 1e-9)
}

/// A parcel as it was and as it is in force.
pub type Pair = (Option<Arc<Parcel>>, Option<Arc<Parcel>>);

impl Effects {
    /// Adds what happened parcel by parcel: each as it was and as it is in force.
    pub fn detail(&mut self, pairs: &[Pair]) {
        let pairs = pairs.iter().take(MOST_DETAILS);
        let of = |(b, a): &Pair| ParcelEffect::of(b.as_deref(), a.as_deref());
        self.parcels = pairs.filter_map(of).collect();
        self.shift_mm = self.parcels.iter().map(|p| p.shift_mm).fold(0.0, f64::max);
    }

    /// Adds what was written of other records and the parcels they hang on.
    pub fn with_records(mut self, records: Vec<TouchedRecord>, about: Vec<(i64, Uid)>) -> Self {
        let of = |r: TouchedRecord| RecordEffect {
            kind: r.kind,
            uid: r.uid,
            created: r.created,
        };
        self.records = records.into_iter().map(of).collect();
        self.about = about;
        self
    }

    /// Sums up the touched parcels.
    pub fn of(op: i64, label: Msg, touched: &[Touched]) -> Self {
        let mut out = Self {
            op,
            label,
            fids: touched.iter().map(|t| t.fid).collect(),
            ..Self::default()
        };
        for t in touched {
            let list = match (&t.before, &t.after) {
                (None, Some(_)) => &mut out.created,
                (Some(_), None) => &mut out.retired,
                // Neither before nor after: a historic parcel whose details changed.
                _ => &mut out.changed,
            };
            list.push(t.uid);
        }
        for list in [&mut out.created, &mut out.changed, &mut out.retired] {
            list.sort_unstable();
        }
        (out.points_moved, out.points_inserted) = points(touched);
        out.area_before = area(touched.iter().filter_map(|t| t.before.as_ref()));
        out.area_after = area(touched.iter().filter_map(|t| t.after.as_ref()));
        out
    }
}

fn points(touched: &[Touched]) -> (usize, usize) {
    let moved = || touched.iter().filter(|t| t.before != t.after);
    if moved().all(|t| t.before.is_none()) || moved().all(|t| t.after.is_none()) {
        return (0, 0);
    }
    let set = |of: fn(&Touched) -> Option<&Polygon>| -> BTreeSet<Pt> {
        moved().filter_map(of).flat_map(Polygon::points).collect()
    };
    let (before, after) = (set(|t| t.before.as_ref()), set(|t| t.after.as_ref()));
    if before.is_empty() || after.is_empty() {
        return (0, 0);
    }
    let gone = before.difference(&after).count();
    let new = after.difference(&before).count();
    (gone.min(new), new.saturating_sub(gone))
}

/// Exact sum of doubled mm², then m².
fn area<'a>(polygons: impl Iterator<Item = &'a Polygon>) -> f64 {
    polygons.map(Polygon::area2).sum::<i128>() as f64 / 2e6
}
