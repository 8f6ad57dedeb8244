//! One fix done on a copy: what it would change, or why it may not be.
//!
//! The rules are asked before and after about every parcel it touches. It is refused when the finding is no
//! longer there (`FIX_STALE`), would still be there (`FIX_NO_HELP`), when something as grave would be new or worse
//! (`FIX_WOULD_MAKE`), or when a point would go further than the tolerance (`FIX_TOO_FAR`).

use std::collections::BTreeSet;

use super::Fix;
use super::work::{Steps, Work, refused};
use crate::domain::{Failure, Finding, Polygon, Pt, Uid};
use crate::edit::Edit;
use crate::msg;
use crate::text::Msg;
use crate::topology::Coverage;
use crate::topology::allowed::gap_at;
use crate::validate;

/// One parcel before and afterwards; `None`: not in force then.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub fid: i64,
    pub uid: Uid,
    /// "25747/12/45"; of a parcel to come its commune and sheet.
    pub reference: String,
    pub before: Option<Polygon>,
    pub after: Option<Polygon>,
}

impl Change {
    /// Twice the area gained, mm²: exact.
    pub fn gained2(&self) -> i128 {
        let area = |p: &Option<Polygon>| p.as_ref().map_or(0, Polygon::area2);
        area(&self.after) - area(&self.before)
    }

    /// m².
    pub fn gained_m2(&self) -> f64 {
        self.gained2() as f64 / 2e6
    }
}

/// What a fix would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// By fid.
    pub changes: Vec<Change>,
    /// Points that go elsewhere, from and to.
    pub moved: Vec<(Pt, Pt)>,
    pub inserted: usize,
    pub removed: usize,
}

impl Preview {
    /// How far a point goes at most, mm.
    pub fn farthest_mm(&self) -> f64 {
        self.moved.iter().map(|(a, b)| a.dist(*b)).fold(0.0, f64::max)
    }
}

/// Does a fix on a copy of the map.
pub fn try_out(coverage: &Coverage, finding: &Finding, fix: &Fix) -> Result<Preview, Failure> {
    attempt(&mut Work::new(coverage), finding, fix)
}

/// Does a fix on the copy; it stays done. When refused, nothing has changed.
pub(super) fn attempt(work: &mut Work, finding: &Finding, fix: &Fix) -> Result<Preview, Failure> {
    if fix.needs_reason() {
        return decided(work, finding, fix);
    }
    let mut steps = Steps::default();
    let done = fix
        .edits
        .iter()
        .try_for_each(|e| work.apply(e, &mut steps).map_err(refused));
    let checked = done
        .and_then(|()| too_far(fix, &steps))
        .and_then(|()| improved(work, finding, &steps));
    match checked {
        Ok(()) => Ok(preview(work, steps)),
        Err(e) => {
            work.take_back(&steps);
            Err(e)
        }
    }
}

/// A decision changes nothing on the map; whether the finding still stands is asked of all rules when it is entered.
fn decided(work: &Work, finding: &Finding, fix: &Fix) -> Result<Preview, Failure> {
    let gone = |u: &Uid| work.coverage.by_uid(*u).is_none();
    if finding.parcels.iter().any(gone) {
        return Err(stale());
    }
    for edit in &fix.edits {
        if let Edit::AllowGap { at, .. } = edit {
            gap_at(&work.coverage, *at)?;
        }
    }
    Ok(Preview::default())
}

fn too_far(fix: &Fix, steps: &Steps) -> Result<(), Failure> {
    let most = steps.moved.iter().map(|(a, b)| a.dist2(*b)).max().unwrap_or(0);
    let mm = i128::from(fix.tolerance_mm);
    if most <= mm * mm {
        return Ok(());
    }
    let message = msg!(
        "Cách sửa này dời một điểm quá {mm} mm cho phép.",
        "This fix would move a point by more than the {mm} mm allowed."
    );
    Err(Failure::new("FIX_TOO_FAR", message))
}

/// Compares the findings about all parcels in question before and after.
fn improved(work: &mut Work, finding: &Finding, steps: &Steps) -> Result<(), Failure> {
    let about = finding
        .parcels
        .iter()
        .filter_map(|u| work.coverage.by_uid(*u))
        .map(|p| p.fid);
    let mut fids: BTreeSet<i64> = about.chain(steps.before.keys().copied()).collect();
    let after = work.findings(fids.iter().copied());
    let now: Vec<_> = steps
        .before
        .keys()
        .map(|f| (*f, work.coverage.get(*f).cloned()))
        .collect();
    work.take_back(steps);
    fids.extend(
        finding
            .parcels
            .iter()
            .filter_map(|u| work.coverage.by_uid(*u))
            .map(|p| p.fid),
    );
    let before = work.findings(fids.iter().copied());
    for (fid, parcel) in now {
        match parcel {
            Some(p) => work.coverage.replace(p),
            None => work.coverage.remove(fid),
        }
    }
    if !before.iter().any(|f| is_same(finding, f)) {
        return Err(stale());
    }
    if after.iter().any(|f| is_same(finding, f)) {
        return Err(no_help());
    }
    let unknown = |f: &Finding| {
        // What only a person knows of a new parcel.
        let new = |u: &Uid| work.coverage.by_uid(*u).is_some_and(|p| Work::is_to_come(p.fid));
        f.code == "LAND_USE_MISSING" && f.parcels.iter().all(new)
    };
    let worse =
        |f: &&Finding| f.severity >= finding.severity && !before.iter().any(|b| covers(b, f)) && !unknown(f);
    match after.iter().find(worse) {
        Some(f) => Err(would_make(f)),
        None => Ok(()),
    }
}

/// Whether `now` is the finding again: the same rule and parcels at the same place.
pub(super) fn is_same(finding: &Finding, now: &Finding) -> bool {
    let meet = match (&finding.bbox, &now.bbox) {
        (Some(a), Some(b)) => a.intersects(b),
        _ => true,
    };
    let kind = |f: &Finding| f.value("fault").to_owned();
    now.code == finding.code && now.parcels == finding.parcels && meet && kind(now) == kind(finding)
}

/// Points and boxes this near mean the same place, mm.
const SAME_PLACE: i64 = 5;

/// Whether an old finding covers a later one: the same rule at the same place, no larger and no graver. The
/// parcels may be others: a part carries the fault of what it was part of.
fn covers(old: &Finding, new: &Finding) -> bool {
    let meet = match (&old.bbox, &new.bbox) {
        (Some(a), Some(b)) if !a.is_empty() && !b.is_empty() => a.grown(SAME_PLACE).intersects(b),
        _ => true,
    };
    let size = |f: &Finding| f.amount.unwrap_or_default().abs();
    old.code == new.code && old.severity >= new.severity && meet && size(new) <= size(old) * 1.001 + 1e-3
}

fn preview(work: &Work, steps: Steps) -> Preview {
    let change = |(fid, old): (i64, Option<crate::domain::Parcel>)| {
        let new = work.coverage.get(fid);
        let any = new.or(old.as_ref())?;
        let reference = if old.is_some() {
            any.reference()
        } else {
            format!("{}/{}/+", any.commune, any.sheet)
        };
        Some(Change {
            fid,
            uid: any.uid,
            reference,
            after: new.map(|p| p.polygon.clone()),
            before: old.map(|p| p.polygon),
        })
    };
    Preview {
        changes: steps.before.into_iter().filter_map(change).collect(),
        moved: steps.moved,
        inserted: steps.inserted,
        removed: steps.removed,
    }
}

pub(super) fn stale() -> Failure {
    let message = msg!(
        "Lỗi này không còn: bản đồ đã thay đổi từ lúc kiểm tra.",
        "This finding is no longer there: the map has changed since the check."
    );
    let remedy = msg!(
        "Kiểm tra lại để có danh sách mới.",
        "Check again for the list of now."
    );
    Failure::new("FIX_STALE", message).remedy(remedy)
}

fn no_help() -> Failure {
    let message = msg!(
        "Cách sửa này không làm hết lỗi.",
        "This fix would not take the finding away."
    );
    let remedy = msg!(
        "Chọn cách khác, hoặc sửa bằng tay.",
        "Choose another, or correct it by hand."
    );
    Failure::new("FIX_NO_HELP", message).remedy(remedy)
}

fn would_make(f: &Finding) -> Failure {
    let Msg { vi, en } = validate::message(f);
    let message = msg!(
        "Cách sửa này gây lỗi khác: {vi}",
        "This fix would bring another fault: {en}"
    );
    let remedy = msg!(
        "Chọn cách khác, hoặc sửa bằng tay.",
        "Choose another, or correct it by hand."
    );
    Failure::new("FIX_WOULD_MAKE", message).remedy(remedy)
}
