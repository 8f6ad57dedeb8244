//! Boundary edits inside a dossier: kept as proposals, seen on the dossier's own view, entered by `approve`.
//!
//! The view is *in force − targets + proposals* (design.md §4): a parcel to come has the fid `-row` there. An edit is
//! planned on the view and folded into what the dossier intends already, so that `approve` is one plan: from the
//! parcels in force to the latest proposals, whatever way led there.

use serde_json::{Value as Json, json};

use super::receive::{inserted, only_receives, receive};
use super::records::{ChildFields, Numbering, Records};
use super::{Context, EditError, Told, numbering, pending, steps, write_plan};
use crate::domain::{BBox, Failure, Parcel, ParcelKey, Polygon, Pt, Uid};
use crate::msg;
use crate::store::lineage;
use crate::store::proposal::{self, Dossier, NewProposal, Proposal, Role};
use crate::text::{Msg, Text};
use crate::topology::ring::{Place, locate};
use crate::topology::{Coverage, NewShape, Plan, guard, polylabel};

/// The parcels as a dossier sees them.
pub fn view(in_force: &Coverage, proposals: &[Proposal]) -> Coverage {
    let mut coverage = in_force.clone();
    let gone = proposals
        .iter()
        .filter(|p| p.role == Role::Retire)
        .filter_map(|p| p.parcel);
    coverage.remove_all(gone);
    let parcels = proposals.iter().filter_map(|p| seen(in_force, p));
    coverage.replace_all(parcels.collect::<Vec<_>>());
    coverage
}

/// fid in the view of the parcel a proposal is about.
pub fn view_fid(p: &Proposal) -> i64 {
    p.parcel.unwrap_or(-p.fid)
}

/// fids of what differs between two views of a dossier, among the parcels that either proposes.
pub fn differing(before: (&Coverage, &[Proposal]), after: (&Coverage, &[Proposal])) -> Vec<i64> {
    let mut fids: Vec<i64> = before.1.iter().chain(after.1).map(view_fid).collect();
    fids.sort_unstable();
    fids.dedup();
    fids.retain(|f| before.0.get(*f) != after.0.get(*f));
    fids
}

fn seen(in_force: &Coverage, p: &Proposal) -> Option<Parcel> {
    match (p.role, p.parcel) {
        (Role::Retire, _) => None,
        (_, Some(fid)) => {
            let mut parcel = in_force.get(fid)?.clone();
            parcel.polygon = match &p.polygon {
                Some(polygon) => polygon.clone(),
                None => receive(&parcel.polygon, &points_of(p))?,
            };
            parcel.bbox = parcel.polygon.bbox();
            Some(parcel)
        }
        (_, None) => {
            let polygon = p.polygon.clone()?;
            Some(Parcel {
                fid: -p.fid,
                uid: p.uid,
                commune: p.commune.as_str().into(),
                sheet: p.sheet.as_str().into(),
                number: p.number.as_str().into(),
                land_use: p.land_use.as_str().into(),
                area_measured: Some(super::distribute::rounded(polygon.area_m2())),
                area_legal: None,
                is_parcel: p.is_parcel,
                bbox: polygon.bbox(),
                polygon,
            })
        }
    }
}

/// Points a neighbour receives, mm.
fn points_of(p: &Proposal) -> Vec<Pt> {
    let list = p.attributes.get("points").and_then(Json::as_array);
    let point = |v: &Json| Some(Pt::new(v.get(0)?.as_i64()?, v.get(1)?.as_i64()?));
    list.map(|l| l.iter().filter_map(point).collect())
        .unwrap_or_default()
}

/// Folds a plan made on the view into what the dossier intends.
pub(super) fn propose(
    at: &Context<'_>,
    dossier: &Dossier,
    in_force: &Coverage,
    plan: &Plan,
    records: &Records,
) -> Result<Told, EditError> {
    let before = proposal::proposals(at.op, Some(dossier.fid))?;
    for (fid, polygon) in &plan.changed {
        match *fid {
            new if new < 0 => proposal::reshape(at.op, -new, polygon, at.srs)?,
            old => change(at, dossier, in_force, old, polygon)?,
        }
    }
    // Numbers that stay are taken before their parcels go.
    let keys = numbering::keys(at, plan, records)?;
    for fid in &plan.retired {
        match *fid {
            new if new < 0 => {
                if !plan.created.iter().any(|c| c.parents.contains(fid)) {
                    return Err(proposed_only(at, new).into());
                }
                proposal::drop(at.op, -new)?;
            }
            old => {
                let attributes = json!({"version": proposal::version(at.op, old)?});
                proposal::put(at.op, dossier.fid, old, Role::Retire, None, &attributes, at.srs)?;
            }
        }
    }
    let mut rows = Vec::with_capacity(plan.created.len());
    for (i, shape) in plan.created.iter().enumerate() {
        rows.push(create(
            at,
            dossier,
            &before,
            shape,
            &fields_of(records, i),
            &keys[i],
        )?);
    }
    proposal::belongs(at.op, dossier.fid)?;
    if plan.created.iter().any(|c| c.parents.len() > 1) {
        let in_force = Context {
            coverage: in_force,
            dossier: None,
            ..*at
        };
        pending::owners_agree(&in_force, dossier)?;
    }
    write_plan::told(at, plan, records, &keys, |n| -rows[n])
}

/// A parcel that is not there yet cannot go: its land would have no heir.
fn proposed_only(at: &Context<'_>, fid: i64) -> Failure {
    let which = at.coverage.get(fid).map(Parcel::reference).unwrap_or_default();
    Failure::new(
        "PROPOSED_ONLY",
        msg!(
            "Thửa {which} mới chỉ được đề xuất trong hồ sơ này, chưa có để đưa vào lịch sử.",
            "Parcel {which} is only proposed in this dossier: it cannot be retired."
        ),
    )
    .remedy(msg!(
        "Hoàn tác bước đã tạo ra thửa này, hoặc đưa vào lịch sử sau khi phê duyệt.",
        "Undo the step that made it, or retire it once it is approved."
    ))
}

fn fields_of(records: &Records, i: usize) -> ChildFields {
    let mut fields = records.children.get(i).cloned().unwrap_or_default();
    fields.keeps_number |= i == 0 && matches!(records.numbers, Numbering::Keep(_));
    fields
}

fn change(
    at: &Context<'_>,
    dossier: &Dossier,
    in_force: &Coverage,
    fid: i64,
    polygon: &Polygon,
) -> Result<(), EditError> {
    let Some(parcel) = in_force.get(fid) else {
        return Ok(());
    };
    let version = proposal::version(at.op, fid)?;
    if only_receives(&parcel.polygon, polygon) {
        let points: Vec<[i64; 2]> = inserted(&parcel.polygon, polygon)
            .iter()
            .map(|p| [p.e, p.n])
            .collect();
        let attributes = json!({"version": version, "points": points});
        proposal::put(at.op, dossier.fid, fid, Role::Change, None, &attributes, at.srs)?;
    } else {
        let attributes = json!({"version": version});
        proposal::put(
            at.op,
            dossier.fid,
            fid,
            Role::Change,
            Some(polygon),
            &attributes,
            at.srs,
        )?;
    }
    Ok(())
}

/// Proposes a parcel; gives its row.
fn create(
    at: &Context<'_>,
    dossier: &Dossier,
    before: &[Proposal],
    shape: &NewShape,
    fields: &ChildFields,
    key: &ParcelKey,
) -> Result<i64, EditError> {
    let like = write_plan::largest(at.coverage, &shape.parents);
    let new = NewProposal {
        polygon: &shape.polygon,
        commune: &key.commune,
        sheet: &key.sheet,
        number: &key.number,
        land_use: like.map_or("", |p| &p.land_use),
        is_parcel: like.is_none_or(|p| p.is_parcel),
        attributes: json!({
            "parents": origins(at.coverage, before, &shape.parents),
            "fields": fields, "keeps_number": fields.keeps_number,
        }),
    };
    Ok(proposal::add(at.op, dossier.fid, &new, at.srs)?)
}

/// uids of the parcels in force that parents stand for: themselves, or what proposed ones are made of.
fn origins(view: &Coverage, before: &[Proposal], parents: &[i64]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for parent in parents {
        let of: Vec<String> = match before.iter().find(|p| p.parcel.is_none() && -p.fid == *parent) {
            Some(p) => parents_of(p),
            None => view.get(*parent).map(|p| p.uid.to_string()).into_iter().collect(),
        };
        for uid in of {
            if !all.contains(&uid) {
                all.push(uid);
            }
        }
    }
    all
}

fn parents_of(p: &Proposal) -> Vec<String> {
    let list = p.attributes.get("parents").and_then(Json::as_array);
    list.map(|l| l.iter().filter_map(Json::as_str).map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Whether a parcel to come is made of this one in force.
pub fn comes_from(p: &Proposal, parcel: Uid) -> bool {
    p.role == Role::Add && parents_of(p).contains(&parcel.to_string())
}

/// The one of several parcels to come that an asset of this shape stands on; `None` where that is not known.
pub fn under_asset<'p>(shape: Option<&Polygon>, heirs: &[&'p Proposal]) -> Option<&'p Proposal> {
    let place = polylabel::pole(shape?, 10.0)?.at;
    let over = |h: &&&Proposal| {
        h.polygon
            .as_ref()
            .is_some_and(|p| locate(p, place) != Place::Outside)
    };
    heirs.iter().find(over).copied()
}

/// Refuses a parcel that another dossier intends to change.
pub(super) fn refuse_locked(at: &Context<'_>, own: Option<i64>, targets: &[i64]) -> Result<(), EditError> {
    for fid in targets.iter().filter(|f| **f > 0) {
        if let Some(code) = proposal::locked_by(at.op, *fid, own)? {
            let which = at.coverage.get(*fid).map(Parcel::reference).unwrap_or_default();
            return Err(locked(&which, &code).into());
        }
    }
    Ok(())
}

fn locked(parcel: &str, code: &str) -> Failure {
    Failure::new(
        "PARCEL_IN_DOSSIER",
        msg!(
            "Thửa {parcel} đang được xử lý trong hồ sơ {code}.",
            "Parcel {parcel} is being dealt with in dossier {code}."
        ),
    )
    .remedy(msg!(
        "Chờ hồ sơ {code} được phê duyệt, hoặc hủy các đề xuất của hồ sơ đó.",
        "Wait until dossier {code} is approved, or revert its proposals."
    ))
}

const APPROVE: Text = Text::new("phê duyệt hồ sơ", "approve the dossier");

pub(super) fn approve_label(code: &str) -> Msg {
    msg!("Phê duyệt hồ sơ {code}", "Approve dossier {code}")
}

pub(super) fn revert_label(code: &str) -> Msg {
    msg!(
        "Hủy đề xuất của hồ sơ {code}",
        "Revert the proposals of dossier {code}"
    )
}

/// Deletes what a dossier intends; the dossier stays open.
pub(super) fn revert(at: &Context<'_>, code: &str) -> Result<(), EditError> {
    let dossier = super::dossier::open(at.op, code)?;
    if proposal::drop_all(at.op, dossier.fid)? + proposal::drop_edits(at.op, dossier.fid)? == 0 {
        return Err(nothing(code).into());
    }
    proposal::belongs(at.op, dossier.fid)?;
    Ok(())
}

pub(super) fn nothing(code: &str) -> Failure {
    Failure::new(
        "NO_PROPOSALS",
        msg!(
            "Hồ sơ {code} không có đề xuất nào.",
            "Dossier {code} proposes nothing."
        ),
    )
}

/// Enters what a dossier intends, checked once more against the parcels in force now: its boundaries and its acts, with
/// the steps that are left on its way, what these ask for checked.
pub(super) fn approve(at: &Context<'_>, code: &str) -> Result<Told, EditError> {
    let dossier = super::dossier::open(at.op, code)?;
    let edits = pending::edits_of(at, &dossier)?;
    if edits.is_empty() && proposal::proposals(at.op, Some(dossier.fid))?.is_empty() {
        return Err(nothing(code).into());
    }
    let way = steps::way_to_approval(&dossier)?;
    for what in way.iter().flat_map(|t| &t.requires) {
        steps::ask(at, &dossier, what)?;
    }
    let entered = pending::enter(at, &dossier, &edits, true)?;
    proposal::drop_edits(at.op, dossier.fid)?;
    steps::walk(at, &dossier, &way)?;
    proposal::belongs(at.op, dossier.fid)?;
    Ok(entered.told)
}

/// Whether the boundaries of a dossier still make no fault; asked only where something near has changed.
pub(super) fn check_again(at: &Context<'_>, dossier: &Dossier, plan: &Plan) -> Result<(), EditError> {
    if changed_around(at, dossier, plan)? {
        guard::check(at.coverage, plan, APPROVE)?;
    }
    Ok(())
}

/// Whether anything near has changed since the dossier's first proposal. Each of its edits was checked on the parcels
/// as they were; where they still are so, their sum needs no other check.
fn changed_around(at: &Context<'_>, dossier: &Dossier, plan: &Plan) -> Result<bool, EditError> {
    let old = plan
        .fids()
        .into_iter()
        .filter_map(|f| at.coverage.get(f))
        .map(|p| p.bbox);
    let changed = plan.changed.iter().map(|(_, p)| p.bbox());
    let new = plan.created.iter().map(|c| c.polygon.bbox());
    let place = old
        .chain(changed)
        .chain(new)
        .fold(BBox::EMPTY, BBox::union)
        .grown(NEAR_MM);
    let since = lineage::since(at.op, proposal::first_of(at.op, dossier.fid)?)?;
    let came = since.absent.iter().filter_map(|f| at.coverage.get(*f));
    Ok(came.chain(&since.present).any(|p| p.bbox.intersects(&place)))
}

/// How far from a plan something may happen without touching it, mm.
const NEAR_MM: i64 = 1000;

pub(super) fn plan_of(
    at: &Context<'_>,
    dossier: &Dossier,
    proposals: &[Proposal],
) -> Result<(Plan, Records), EditError> {
    let (mut plan, mut records) = (Plan::default(), Records::default());
    let (mut received, mut left) = (Vec::new(), Vec::new());
    for p in proposals {
        let stale = || {
            EditError::from(stale(
                &dossier.code,
                &format!("{}/{}/{}", p.commune, p.sheet, p.number),
            ))
        };
        match (p.role, p.parcel) {
            (Role::Add, _) => {
                let polygon = p.polygon.clone().ok_or_else(stale)?;
                let parents: Option<Vec<i64>> = parents_of(p)
                    .iter()
                    .map(|u| Some(at.coverage.by_uid(u.parse::<Uid>().ok()?)?.fid))
                    .collect();
                plan.created.push(NewShape {
                    polygon,
                    parents: parents.ok_or_else(stale)?,
                });
                records.children.push(child_of(p));
            }
            (Role::Change, Some(fid)) if p.polygon.is_none() && !is_as_it_was(at, p, fid)? => {
                left.extend(points_of(p).into_iter().map(|q| (q, p)));
            }
            (_, Some(fid)) => {
                let now = at.coverage.get(fid).ok_or_else(stale)?;
                received.extend(received_since(at, p, now)?.ok_or_else(stale)?);
                match (p.role, &p.polygon) {
                    (Role::Retire, _) => plan.retired.push(fid),
                    (_, Some(polygon)) => plan.changed.push((fid, polygon.clone())),
                    (_, None) => {
                        let polygon = receive(&now.polygon, &points_of(p)).ok_or_else(stale)?;
                        plan.changed.push((fid, polygon));
                    }
                }
            }
            (_, None) => return Err(stale()),
        }
    }
    for (point, p) in left {
        let which = format!("{}/{}/{}", p.commune, p.sheet, p.number);
        if !hand_on(at, &mut plan, point) {
            return Err(stale(&dossier.code, &which).into());
        }
    }
    let shapes = plan.changed.iter_mut().map(|(_, p)| p);
    for polygon in shapes.chain(plan.created.iter_mut().map(|c| &mut c.polygon)) {
        for point in &received {
            if let Some(with) = receive(polygon, &[*point]) {
                *polygon = with;
            }
        }
    }
    Ok((plan, records))
}

/// Whether the parcel is in force and has only received points since it was proposed on.
fn is_as_it_was(at: &Context<'_>, p: &Proposal, fid: i64) -> Result<bool, EditError> {
    match at.coverage.get(fid) {
        Some(now) => Ok(received_since(at, p, now)?.is_some()),
        None => Ok(false),
    }
}

/// A neighbour that was to receive a point was divided, joined or changed by somebody else meanwhile: the point goes
/// into the side of whoever has the side now. False when nobody has.
fn hand_on(at: &Context<'_>, plan: &mut Plan, point: Pt) -> bool {
    let mut taken = false;
    for fid in at.coverage.window(&BBox::EMPTY.with(point).grown(1)) {
        let Some(now) = at.coverage.get(fid).filter(|_| !plan.retired.contains(&fid)) else {
            continue;
        };
        let place = plan.changed.iter().position(|(f, _)| *f == fid);
        let polygon = place.map_or(&now.polygon, |i| &plan.changed[i].1);
        if polygon.points().any(|q| q == point) {
            taken = true;
        } else if let Some(with) = receive(polygon, &[point]) {
            taken = true;
            match place {
                Some(i) => plan.changed[i].1 = with,
                None => plan.changed.push((fid, with)),
            }
        }
    }
    taken
}

fn child_of(p: &Proposal) -> ChildFields {
    let mut fields: ChildFields = p
        .attributes
        .get("fields")
        .and_then(|f| serde_json::from_value(f.clone()).ok())
        .unwrap_or_default();
    fields.commune = Some(p.commune.clone());
    fields.fields.sheet = Some(Some(p.sheet.clone()));
    fields.fields.number = Some(Some(p.number.clone()));
    fields.keeps_number = p
        .attributes
        .get("keeps_number")
        .and_then(Json::as_bool)
        .unwrap_or(false);
    fields.uid = Some(p.uid);
    fields
}

/// Points the parcel received since it was proposed on; `None` when its shape changed in another way.
fn received_since(at: &Context<'_>, p: &Proposal, now: &Parcel) -> Result<Option<Vec<Pt>>, EditError> {
    let version = p.attributes.get("version").and_then(Json::as_i64).unwrap_or(0);
    let Some(then) = proposal::shape_at(at.op, now.fid, version)? else {
        return Ok(None);
    };
    Ok(only_receives(&then, &now.polygon).then(|| inserted(&then, &now.polygon)))
}

fn stale(code: &str, parcel: &str) -> Failure {
    Failure::new(
        "PROPOSAL_STALE",
        msg!(
            "Thửa {parcel} đã thay đổi kể từ khi hồ sơ {code} được lập.",
            "Parcel {parcel} has changed since dossier {code} was drawn up."
        ),
    )
    .remedy(msg!(
        "Hủy đề xuất của hồ sơ rồi lập lại trên bản đồ hiện hành.",
        "Revert the proposals and draw them up again on the map as it is."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::testing::{File, child, cut, shape};

    /// What a dossier proposes, a line each.
    fn told(f: &File, code: &str) -> Vec<String> {
        let line = |p: &Proposal| {
            let shape = p
                .polygon
                .as_ref()
                .map_or("-".to_owned(), |g| format!("{}", g.area_m2()));
            let points = points_of(p).len();
            format!("{} {} {shape} +{points}", p.role.name(), p.number)
        };
        f.proposals(code).iter().map(line).collect()
    }

    fn code(done: Result<i64, EditError>) -> &'static str {
        done.map_or_else(|e| e.failure.code(), |_| "")
    }

    fn approve_it(f: &mut File, dossier: &str) -> Result<i64, EditError> {
        f.run(None, |at| approve(at, dossier).map(drop))
    }

    /// Parcel 3 lies below parcel 1 and receives the point of a cut.
    fn cut_upright() -> Plan {
        Plan {
            created: vec![
                child("0 0, 4000 0, 4000 20000, 0 20000", &[1]),
                child("4000 0, 10000 0, 10000 20000, 4000 20000", &[1]),
            ],
            retired: vec![1],
            changed: vec![(3, shape("0 -5000, 20000 -5000, 20000 0, 10000 0, 4000 0, 0 0"))],
            ..Plan::default()
        }
    }

    #[test]
    fn a_boundary_in_operation_needs_a_dossier() {
        let mut f = File::new();
        assert_eq!(
            code(f.propose(None, &cut(), &Records::default())),
            "DOSSIER_NEEDED"
        );
        assert_eq!(code(approve_it(&mut f, "H1")), "NO_DOSSIER");
        f.receive("H1");
        assert_eq!(
            code(f.run(None, |at| crate::edit::testing::received("H1").run(at))),
            "DOSSIER_EXISTS"
        );
        assert_eq!(
            code(f.run(None, |at| crate::edit::testing::received(" ").run(at))),
            "BAD_DOSSIER"
        );
        assert_eq!(code(approve_it(&mut f, "H1")), "NO_PROPOSALS");
        assert_eq!(code(f.run(None, |at| revert(at, "H1"))), "NO_PROPOSALS");
    }

    #[test]
    fn proposals_are_seen_approved_and_registered() {
        let mut f = File::new();
        f.receive("H1");
        let before = f.dump();
        let op = f
            .propose(Some("H1"), &cut_upright(), &Records::default())
            .unwrap();
        assert_eq!(
            told(&f, "H1"),
            ["change 3 - +1", "retire 8 - +0", "add 10 80 +0", "add 11 120 +0"]
        );
        let (view, in_force) = (f.view("H1"), f.coverage());
        assert_eq!((view.len(), in_force.len()), (4, 3));
        assert_eq!(view.get(3).unwrap().polygon.point_count(), 6);
        assert_eq!(in_force.get(3).unwrap().polygon.point_count(), 5);
        let ids: Vec<i64> = f.proposals("H1").iter().map(view_fid).collect();
        let uid = view.get(ids[3]).unwrap().uid;
        assert_eq!(view.get(ids[3]).unwrap().reference(), "25747/1/11");
        f.undo(op);
        assert_eq!(f.dump(), before);
        f.propose(Some("H1"), &cut_upright(), &Records::default())
            .unwrap();
        let uid_now = f.proposals("H1")[3].uid;
        assert_ne!(uid, uid_now);
        approve_it(&mut f, "H1").unwrap();
        let (mut direct, told_so) = (File::new(), f.tell());
        direct.write(&cut_upright(), &Records::default()).unwrap();
        assert_eq!(told_so, direct.tell(), "approved is as done directly");
        assert_eq!(f.coverage().by_uid(uid_now).unwrap().reference(), "25747/1/11");
        assert!(f.proposals("H1").is_empty());
        assert_eq!(f.ask("SELECT state FROM dossier"), ["CAP_NHAT_CSDL"]);
        assert_eq!(
            f.ask("SELECT i.direction||' '||p.number FROM change_entry_item i JOIN change_entry e ON e.fid=i.change_entry AND e.kind='TN' JOIN parcel p ON p.fid=i.parcel ORDER BY i.fid"),
            ["in 8", "out 10", "out 11"]
        );
        assert_eq!(
            f.ask("SELECT DISTINCT 'e'||change_entry FROM parcel_lineage"),
            ["e1"]
        );
        assert_eq!(
            code(f.propose(Some("H1"), &Plan::default(), &Records::default())),
            "DOSSIER_CLOSED"
        );
    }

    #[test]
    fn edits_of_one_dossier_fold_into_one_change() {
        let mut f = File::new();
        f.receive("H1");
        f.propose(Some("H1"), &cut(), &Records::default()).unwrap();
        let [_, lower, upper] = [0, 1, 2].map(|i| view_fid(&f.proposals("H1")[i]));
        // The lower part is cut once more, one of its parts joined with parcel 2, and the other reshaped.
        let again = Plan {
            created: vec![
                child("0 0, 5000 0, 5000 7000, 0 7000", &[lower]),
                child("5000 0, 10000 0, 10000 7000, 5000 7000", &[lower]),
            ],
            retired: vec![lower],
            ..Plan::default()
        };
        f.propose(Some("H1"), &again, &Records::default()).unwrap();
        assert_eq!(
            told(&f, "H1"),
            ["retire 8 - +0", "add 11 130 +0", "add 12 35 +0", "add 13 35 +0"]
        );
        let east = view_fid(&f.proposals("H1")[3]);
        let join = Plan {
            created: vec![child(
                "5000 0, 10000 0, 20000 0, 20000 10000, 10000 10000, 10000 7000, 5000 7000",
                &[2, east],
            )],
            retired: vec![2, east],
            changed: vec![(
                upper,
                shape("0 7000, 5000 7000, 10000 7000, 10000 10000, 10000 20000, 0 20000"),
            )],
            ..Plan::default()
        };
        let keep = Records {
            numbers: Numbering::Keep(2),
            ..Records::default()
        };
        f.propose(Some("H1"), &join, &keep).unwrap();
        assert_eq!(
            told(&f, "H1"),
            [
                "retire 8 - +0",
                "add 11 130 +0",
                "add 12 35 +0",
                "retire 9a - +0",
                "add 9a 135 +0"
            ]
        );
        approve_it(&mut f, "H1").unwrap();
        let all = f.tell();
        assert_eq!(f.coverage().len(), 4);
        assert!(
            all[5].starts_with("9a HIEN_HANH 135.0") && all[5].contains("from 9a+8"),
            "{all:#?}"
        );
        assert!(
            all[3].contains("from 8 ") && all[4].contains("from 8 "),
            "{all:#?}"
        );
        // Three heirs of parcel 8 and its certified 200.3 m², the third together with the 99.9 m² of parcel 9a.
        assert_eq!(
            f.ask("SELECT printf('%.1f', sum(area_legal)) FROM parcel WHERE fid>3"),
            ["300.2"]
        );
    }

    #[test]
    fn another_dossier_is_named_and_a_neighbour_is_not_locked() {
        let mut f = File::new();
        for dossier in ["H1", "H2"] {
            f.receive(dossier);
        }
        f.propose(Some("H1"), &cut_upright(), &Records::default())
            .unwrap();
        let e = f.propose(Some("H2"), &cut(), &Records::default()).unwrap_err();
        assert_eq!(e.failure.code(), "PARCEL_IN_DOSSIER");
        assert!(e.failure.message().vi.contains("H1"));
        // Parcel 3 only received a point in H1: H2 may cut it. Its numbers do not collide with those of H1.
        let below = Plan {
            created: vec![
                child("0 -5000, 20000 -5000, 20000 -2000, 0 -2000", &[3]),
                child("0 -2000, 20000 -2000, 20000 0, 10000 0, 0 0", &[3]),
            ],
            retired: vec![3],
            ..Plan::default()
        };
        f.propose(Some("H2"), &below, &Records::default()).unwrap();
        assert_eq!(told(&f, "H2"), ["retire 3 - +0", "add 12 60 +0", "add 13 40 +0"]);
        // H1 is entered first: parcel 3 has its point, and the cut of H2 takes it over.
        approve_it(&mut f, "H1").unwrap();
        approve_it(&mut f, "H2").unwrap();
        let upper = f.coverage().by_key(
            &"25747/1/13"
                .parse()
                .map(|r| match r {
                    crate::domain::ParcelRef::Key(k) => k,
                    crate::domain::ParcelRef::Uid(_) => unreachable!("a key"),
                })
                .unwrap(),
        );
        assert_eq!(f.coverage().get(upper[0]).unwrap().polygon.point_count(), 6);
    }

    #[test]
    fn what_changed_meanwhile_is_not_overwritten() {
        let mut f = File::new();
        f.receive("H1");
        f.propose(Some("H1"), &cut(), &Records::default()).unwrap();
        let moved = Plan {
            changed: vec![
                (1, shape("0 0, 9000 0, 9000 10000, 10000 20000, 0 20000")),
                (2, shape("9000 0, 20000 0, 20000 10000, 9000 10000")),
            ],
            ..Plan::default()
        };
        assert_eq!(code(f.write(&moved, &Records::default())), "PARCEL_IN_DOSSIER");
        f.sql("UPDATE parcel SET geom=(SELECT geom FROM parcel WHERE fid=3), version=version+1 WHERE fid=1");
        let before = f.dump();
        assert_eq!(code(approve_it(&mut f, "H1")), "PROPOSAL_STALE");
        assert_eq!(f.dump(), before);
        f.run(None, |at| revert(at, "H1")).unwrap();
        assert!(f.proposals("H1").is_empty());
        assert_eq!(code(f.write(&moved, &Records::default())), "");
    }

    #[test]
    fn a_hold_that_comes_meanwhile_blocks_the_approval() {
        let mut f = File::new();
        f.receive("H1");
        f.propose(Some("H1"), &cut(), &Records::default()).unwrap();
        f.sql("INSERT INTO hold(uid, kind, parcel) VALUES ('h', 'TOA_AN', 1)");
        assert_eq!(code(approve_it(&mut f, "H1")), "PARCEL_ON_HOLD");
    }
}
