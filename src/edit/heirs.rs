//! What passes from parents to their heirs: certified area, land-use rows, rights, mortgages, restrictions, houses.

use std::collections::BTreeMap;

use super::distribute::{rounded6, shares, table};
use super::records::{Records, UseArea};
use super::{Context, EditError, set};
use crate::domain::{Failure, ParcelRef, Polygon, Pt};
use crate::msg;
use crate::store::records as rows_of;
use crate::store::succession::{self, Use};
use crate::store::write::{self, Value};
use crate::topology::measure::common;
use crate::topology::ring::{Place, locate};
use crate::topology::{Coverage, NewShape, Plan, polylabel};

/// One who takes over a part of a parent: a child, or the parent itself where it stays.
pub struct Heir {
    pub fid: i64,
    polygon: Polygon,
    /// Share of the parent, in any unit.
    weight: f64,
}

impl Heir {
    /// A child; of several parents by what it has in common with this one.
    pub fn child(coverage: &Coverage, parent: i64, fid: i64, shape: &NewShape) -> Self {
        let weight = match shape.parents.as_slice() {
            [_] => shape.polygon.area_m2(),
            _ => coverage
                .get(parent)
                .and_then(|p| common(&p.polygon, &shape.polygon))
                .map_or(0.0, |c| c.area),
        };
        Self {
            fid,
            polygon: shape.polygon.clone(),
            weight,
        }
    }

    pub fn itself(fid: i64, polygon: &Polygon) -> Self {
        Self {
            fid,
            polygon: polygon.clone(),
            weight: polygon.area_m2(),
        }
    }
}

/// Parents with their heirs.
pub type Heirs = BTreeMap<i64, Vec<Heir>>;

/// Who takes over from whom by a plan. `children`: fids of the created parcels, in the plan's order.
pub fn of(coverage: &Coverage, plan: &Plan, children: &[i64]) -> Heirs {
    let mut heirs: Heirs = plan.retired.iter().map(|f| (*f, Vec::new())).collect();
    for (fid, shape) in children.iter().zip(&plan.created) {
        for parent in &shape.parents {
            let heir = Heir::child(coverage, *parent, *fid, shape);
            heirs.entry(*parent).or_default().push(heir);
        }
    }
    for (parent, list) in &mut heirs {
        if let Some((_, polygon)) = plan.changed.iter().find(|(f, _)| f == parent)
            && !list.is_empty()
        {
            list.push(Heir::itself(*parent, polygon));
        }
    }
    heirs
}

/// The land-use rows the created parcels would get, in the plan's order: what [`share_out`] writes where the
/// clerk corrects nothing. `uses`: code and area of each row of a parent.
pub fn expected_uses(
    coverage: &Coverage,
    plan: &Plan,
    uses: impl Fn(i64) -> Vec<UseArea>,
) -> Vec<Vec<UseArea>> {
    // No fid is that small; the fids of proposals are negative too.
    let children: Vec<i64> = (0..plan.created.len() as i64).map(|n| i64::MIN + n).collect();
    let mut rows = vec![Vec::<UseArea>::new(); children.len()];
    for (parent, list) in of(coverage, plan, &children) {
        let uses = uses(parent);
        let known: Vec<f64> = uses.iter().map(|u| u.area.unwrap_or(0.0)).collect();
        let parts = table(&known, &weights(&list));
        for (u, parts) in uses.iter().zip(&parts) {
            for (heir, part) in list.iter().zip(parts) {
                let Some(n) = children.iter().position(|c| *c == heir.fid) else {
                    continue;
                };
                let area = u.area.map(|_| *part);
                match rows[n].iter_mut().find(|r| r.code == u.code) {
                    Some(row) => row.area = row.area.zip(area).map(|(a, b)| rounded6(a + b)),
                    None => rows[n].push(UseArea {
                        code: u.code.clone(),
                        area,
                    }),
                }
            }
        }
    }
    rows
}

/// Writes all of it. `children`: fids of the created parcels, in the plan's order.
pub fn share_out(
    at: &Context<'_>,
    heirs: &Heirs,
    children: &[i64],
    records: &Records,
) -> Result<(), EditError> {
    let given = Given::of(at, children, records)?;
    legal_areas(at, heirs, children, records)?;
    let rows = land_uses(at, heirs, children, records)?;
    for (parent, list) in heirs.iter().filter(|(_, l)| !l.is_empty()) {
        rights(at, *parent, list, &rows, &given)?;
        for heir in list.iter().filter(|h| h.fid != *parent) {
            succession::carry(at.op, *parent, heir.fid, &|table, row| {
                given.goes(table, row, heir.fid)
            })?;
        }
        assets(at, *parent, list, &given, records.accounted)?;
    }
    Ok(())
}

fn weights(list: &[Heir]) -> Vec<f64> {
    list.iter().map(|h| h.weight).collect()
}

/// Certified areas: each parent's shared out, summed per heir; unknown where one parent's is.
fn legal_areas(
    at: &Context<'_>,
    heirs: &Heirs,
    children: &[i64],
    records: &Records,
) -> Result<(), EditError> {
    let mut sums: BTreeMap<i64, Option<f64>> = BTreeMap::new();
    for (parent, list) in heirs {
        let legal = at.coverage.get(*parent).and_then(|p| p.area_legal);
        let parts = legal.map(|a| shares(a, &weights(list)));
        for (i, heir) in list.iter().enumerate() {
            let sum = sums.entry(heir.fid).or_insert(Some(0.0));
            *sum = sum.zip(parts.as_ref()).map(|(s, p)| rounded6(s + p[i]));
        }
    }
    for (fid, sum) in sums {
        let given = children
            .iter()
            .position(|c| *c == fid)
            .and_then(|i| records.children.get(i))
            .is_some_and(|c| c.fields.area_legal.is_some());
        // No area is no zero area: a part too small for one decimal has none to certify.
        if let Some(area) = sum.filter(|a| !given && *a > 0.0) {
            write::set_parcel(at.op, fid, &[("area_legal", Value::Real(area))])?;
        }
    }
    Ok(())
}

/// Land-use row of a parent → row of an heir.
type RowMap = BTreeMap<(i64, i64), i64>;

/// A row an heir will have.
struct Row {
    like: Use,
    area: Option<f64>,
    from: Vec<i64>,
}

fn land_uses(
    at: &Context<'_>,
    heirs: &Heirs,
    children: &[i64],
    records: &Records,
) -> Result<RowMap, EditError> {
    let mut rows: BTreeMap<i64, Vec<Row>> = children.iter().map(|c| (*c, Vec::new())).collect();
    for (parent, list) in heirs {
        let uses = succession::uses(at.op, *parent)?;
        let known: Vec<f64> = uses.iter().map(|u| u.area.unwrap_or(0.0)).collect();
        let parts = table(&known, &weights(list));
        for (u, parts) in uses.iter().zip(&parts) {
            for (heir, part) in list.iter().zip(parts) {
                let area = u.area.map(|_| *part);
                if heir.fid == *parent {
                    succession::set_use_area(at.op, u.fid, area)?;
                } else {
                    add(rows.entry(heir.fid).or_default(), u, area);
                }
            }
        }
    }
    let mut map = RowMap::new();
    for (i, child) in children.iter().enumerate() {
        let given = records.children.get(i);
        let own = rows.remove(child).unwrap_or_default();
        let label = match given.and_then(|g| g.land_uses.as_ref()) {
            Some(wanted) => corrected(at, *child, &own, wanted, &mut map)?,
            None => {
                let label = distributed(at, *child, &own, &mut map)?;
                only_parent_label(at, heirs, *child).or(label)
            }
        };
        if let Some(label) = label.or_else(|| inherited_label(at, heirs, *child)) {
            succession::set_label(at.op, *child, &label)?;
        }
        // A label that a person gave decides over the rows, as in `set`.
        if let Some(label) = given.and_then(|g| g.fields.land_use.clone()) {
            let value = label.map_or(Value::Null, Value::Text);
            write::set_parcel(at.op, *child, &[("land_use", value)])?;
            let left = succession::uses(at.op, *child)?;
            map.retain(|(_, heir), row| heir != child || left.iter().any(|u| u.fid == *row));
        }
    }
    Ok(map)
}

/// The label of the only parent, as it is written there.
fn only_parent_label(at: &Context<'_>, heirs: &Heirs, child: i64) -> Option<String> {
    let mut parents = heirs.iter().filter(|(_, l)| l.iter().any(|h| h.fid == child));
    match (parents.next(), parents.next()) {
        (Some((parent, _)), None) => {
            let label = &at.coverage.get(*parent)?.land_use;
            (!label.is_empty()).then(|| label.to_string())
        }
        _ => None,
    }
}

/// The label of parents that have no rows.
fn inherited_label(at: &Context<'_>, heirs: &Heirs, child: i64) -> Option<String> {
    let of = |(parent, list): (&i64, &Vec<Heir>)| {
        let heir = list.iter().any(|h| h.fid == child);
        at.coverage
            .get(*parent)
            .filter(|p| heir && !p.land_use.is_empty())
    };
    let mut codes: Vec<&str> = Vec::new();
    for parent in heirs.iter().filter_map(of) {
        for code in crate::codes::land_use_codes(&parent.land_use) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    (!codes.is_empty()).then(|| codes.join("+"))
}

/// Rows that say the same of two parents become one.
fn add(rows: &mut Vec<Row>, like: &Use, area: Option<f64>) {
    match rows.iter_mut().find(|r| r.like.kind == like.kind) {
        Some(row) => {
            row.area = row.area.zip(area).map(|(a, b)| rounded6(a + b));
            row.from.push(like.fid);
        }
        None => rows.push(Row {
            like: like.clone(),
            area,
            from: vec![like.fid],
        }),
    }
}

/// Writes the rows as shared out. Gives the label they make.
fn distributed(
    at: &Context<'_>,
    child: i64,
    rows: &[Row],
    map: &mut RowMap,
) -> Result<Option<String>, EditError> {
    for (i, row) in rows.iter().enumerate() {
        let fid = succession::copy_use(at.op, row.like.fid, child, i + 1, row.area)?;
        map.extend(row.from.iter().map(|f| ((*f, child), fid)));
    }
    Ok(label(rows.iter().map(|r| r.like.code.as_str())))
}

/// Writes the rows a clerk gave; term and origin come from the parent's row of that code.
fn corrected(
    at: &Context<'_>,
    child: i64,
    rows: &[Row],
    wanted: &[UseArea],
    map: &mut RowMap,
) -> Result<Option<String>, EditError> {
    let all = label(wanted.iter().map(|w| w.code.as_str()));
    set::check_label(all.as_deref())?;
    for (i, want) in wanted.iter().enumerate() {
        set::check_area("land_uses", want.area)?;
        let like = rows.iter().find(|r| r.like.code == want.code);
        let fid = match like {
            Some(row) => succession::copy_use(at.op, row.like.fid, child, i + 1, want.area)?,
            None => succession::add_use(at.op, child, i + 1, &want.code, want.area)?,
        };
        if let Some(row) = like {
            map.extend(row.from.iter().map(|f| ((*f, child), fid)));
        }
    }
    Ok(all)
}

fn label<'a>(codes: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut all: Vec<&str> = Vec::new();
    codes.for_each(|c| {
        if !all.contains(&c) {
            all.push(c);
        }
    });
    (!all.is_empty()).then(|| all.join("+"))
}

/// Where a person said that a record goes: (table, row) → heirs. All others go to every heir.
struct Given(BTreeMap<(String, i64), Vec<i64>>);

impl Given {
    fn of(at: &Context<'_>, children: &[i64], records: &Records) -> Result<Self, EditError> {
        let mut all = BTreeMap::new();
        for a in &records.assign {
            let missing = || no_heir(&a.uid.to_string());
            let row = rows_of::find(at.op, &a.kind, a.uid)?.ok_or_else(missing)?;
            let mut heirs = Vec::new();
            for r in &a.to {
                let is = |fid: &&i64| match r {
                    ParcelRef::Uid(uid) => {
                        rows_of::uid_of(at.op, "parcel", **fid).ok().flatten() == Some(*uid)
                    }
                    ParcelRef::Key(_) => false,
                };
                let stays = || super::find(at.coverage, r).ok().map(|p| p.fid);
                heirs.push(
                    children
                        .iter()
                        .find(is)
                        .copied()
                        .or_else(stays)
                        .ok_or_else(missing)?,
                );
            }
            all.insert((a.kind.clone(), row), heirs);
        }
        Ok(Self(all))
    }

    fn goes(&self, table: &str, row: i64, heir: i64) -> bool {
        self.0
            .get(&(table.to_owned(), row))
            .is_none_or(|h| h.contains(&heir))
    }
}

fn not_accounted(at: &Context<'_>, parent: i64, asset: i64) -> Result<Failure, EditError> {
    let which = at.coverage.get(parent).map(super::short).unwrap_or_default();
    let uid = rows_of::uid_of(at.op, "asset", asset)?
        .map(|u| u.to_string())
        .unwrap_or_default();
    Ok(Failure::new(
        "NOT_ACCOUNTED",
        msg!(
            "Chưa biết tài sản {uid} trên thửa {which} thuộc phần nào sau khi tách.",
            "It is not known on which part of parcel {which} asset {uid} stands."
        ),
    )
    .remedy(msg!(
        "Chỉ định thửa nhận (assign) trong biến động của hồ sơ; xem bảng phân bổ của hồ sơ.",
        "Assign it (assign) in an act of the dossier; see the table of the dossier."
    )))
}

fn no_heir(uid: &str) -> Failure {
    Failure::new(
        "NO_HEIR",
        msg!(
            "Không phân bổ được bản ghi {uid}: không có bản ghi đó hoặc thửa nhận không phải phần của thửa gốc.",
            "Record {uid} cannot be assigned: there is none, or the parcel is no part of its parcel."
        ),
    )
    .field("assign")
}

fn rights(
    at: &Context<'_>,
    parent: i64,
    list: &[Heir],
    rows: &RowMap,
    given: &Given,
) -> Result<(), EditError> {
    for right in succession::rights(at.op, parent)? {
        let goes: Vec<f64> = list
            .iter()
            .map(|h| {
                if given.goes("right", right.fid, h.fid) {
                    h.weight
                } else {
                    0.0
                }
            })
            .collect();
        let parts = right.area.map(|a| shares(a, &goes));
        for (i, heir) in list.iter().enumerate() {
            if !given.goes("right", right.fid, heir.fid) && heir.fid != parent {
                continue;
            }
            let area = parts.as_ref().map(|p| p[i]);
            if heir.fid == parent {
                succession::set_right_area(at.op, right.fid, area)?;
            } else {
                let row = right.land_use_row.and_then(|r| rows.get(&(r, heir.fid))).copied();
                succession::copy_right(at.op, right, heir.fid, row, area)?;
            }
        }
    }
    Ok(())
}

/// A house goes with the part it stands on; without a shape only where there is one heir.
fn assets(
    at: &Context<'_>,
    parent: i64,
    list: &[Heir],
    given: &Given,
    accounted: bool,
) -> Result<(), EditError> {
    for (asset, shape) in succession::assets(at.op, parent)? {
        if let Some(to) = given.0.get(&("asset".to_owned(), asset)).and_then(|h| h.first()) {
            succession::move_asset(at.op, asset, *to)?;
            continue;
        }
        let place: Option<Pt> = shape.and_then(|s| polylabel::pole(&s, 10.0)).map(|p| p.at);
        let under = match (place, list) {
            (Some(p), _) => list.iter().find(|h| locate(&h.polygon, p) != Place::Outside),
            (None, [only]) => Some(only),
            _ => None,
        };
        if under.is_none() && accounted && list.len() > 1 {
            return Err(not_accounted(at, parent, asset)?.into());
        }
        if let Some(heir) = under.filter(|h| h.fid != parent) {
            succession::move_asset(at.op, asset, heir.fid)?;
        }
    }
    Ok(())
}
