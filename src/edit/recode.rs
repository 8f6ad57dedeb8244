//! `recode`: parcels get other communes, sheets or numbers by a decision on administrative units, many at once: one act,
//! with the change registered (DH) and undone as any other. The earlier codes stay in the versions of the parcels, where
//! search finds them; from these comes the table of comparison.
//!
//! It belongs to no dossier, in operation too: nobody's land or right changes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, EditError, find, forms, script};
use crate::domain::{Failure, Parcel, ParcelKey, ParcelRef};
use crate::msg;
use crate::store::{entries, proposal, recode as rows, succession};
use crate::text::Msg;
use crate::topology::Coverage;

/// New codes of many parcels: by rules for whole communes, or parcel by parcel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recode {
    /// The paper it rests on: "NQ 1656/NQ-UBTVQH15".
    pub decision: String,
    /// Day from which it holds; that of the operation when left out.
    #[serde(with = "forms::some_date", skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<NewCode>,
}

/// A commune that becomes (part of) another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    pub commune: String,
    /// Code it gets.
    pub to: String,
    /// Name of that one, where the district does not have it yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Added to the numbers of its sheets, so that they are no longer those of another.
    #[serde(skip_serializing_if = "is_zero")]
    pub sheet_add: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// New codes of one parcel; what is left out stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCode {
    #[serde(with = "script::reference")]
    pub parcel: ParcelRef,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

impl Recode {
    pub(super) fn label(&self) -> Msg {
        let decision = &self.decision;
        msg!(
            "Đổi mã đơn vị hành chính, tờ, thửa theo {decision}",
            "New codes of communes, sheets and parcels by {decision}"
        )
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        let decision = self.decision.trim();
        if decision.is_empty()
            || decision.chars().count() > 30
            || (self.rules.is_empty() && self.parcels.is_empty())
        {
            return Err(empty().into());
        }
        let table = self.table(at.coverage)?;
        unique(at, &table)?;
        unlocked(at, &table)?;
        self.communes(at, &table)?;
        let day = match self.on {
            Some(day) => day.to_string(),
            None => succession::date(at.op)?,
        };
        let entry = rows::entry(at.op, decision, &day)?;
        for (fid, key) in &table {
            rows::parcel(at.op, *fid, &key.commune, &key.sheet, &key.number)?;
            proposal::change_item(at.op, entry, "processed", *fid)?;
        }
        let label = self.label();
        entries::finish(at.op, entry, &format!("{}.", label.vi), "", "")?;
        for rule in &self.rules {
            rows::close_commune(at.op, &rule.commune, &day)?;
        }
        Ok(())
    }

    /// fid → new key of all that change.
    pub fn table(&self, coverage: &Coverage) -> Result<BTreeMap<i64, ParcelKey>, EditError> {
        let mut table = BTreeMap::new();
        for rule in &self.rules {
            code(&rule.to)?;
            let of = coverage.iter().filter(|p| *p.commune == *rule.commune);
            let n = table.len();
            for p in of {
                table.insert(p.fid, rule.key(p)?);
            }
            if table.len() == n {
                return Err(nothing_in(&rule.commune).into());
            }
        }
        for new in &self.parcels {
            let p = find(coverage, &new.parcel)?;
            if let Some(commune) = &new.commune {
                code(commune)?;
            }
            let old = table.get(&p.fid).cloned().unwrap_or_else(|| p.key());
            let or = |given: &Option<String>, old: &str| given.as_deref().unwrap_or(old).trim().into();
            let key = ParcelKey {
                commune: or(&new.commune, &old.commune),
                sheet: or(&new.sheet, &old.sheet),
                number: or(&new.number, &old.number),
            };
            table.insert(p.fid, key);
        }
        table.retain(|fid, key| coverage.get(*fid).is_some_and(|p| p.key() != *key));
        match table.is_empty() {
            true => Err(super::record::unchanged().into()),
            false => Ok(table),
        }
    }

    /// Communes and sheets that the new codes name.
    fn communes(&self, at: &Context<'_>, table: &BTreeMap<i64, ParcelKey>) -> Result<(), EditError> {
        for rule in &self.rules {
            if !succession::has_commune(at.op, &rule.to)? {
                rows::add_commune(
                    at.op,
                    &rule.to,
                    rule.name.as_deref().unwrap_or(&rule.to),
                    &rule.commune,
                )?;
            }
            for (fid, number) in rows::sheets(at.op, &rule.commune)? {
                let new = added(&number, rule.sheet_add)?;
                if rows::has_sheet(at.op, &rule.to, &new)? {
                    return Err(collision(&format!("{}/{new}", rule.to)).into());
                }
                rows::sheet(at.op, fid, &rule.to, &new)?;
            }
        }
        let places: BTreeSet<(&str, &str)> = table.values().map(|k| (&*k.commune, &*k.sheet)).collect();
        for (commune, sheet) in places {
            succession::place(at.op, commune, sheet)?;
        }
        Ok(())
    }
}

impl Rule {
    fn key(&self, p: &Parcel) -> Result<ParcelKey, EditError> {
        Ok(ParcelKey {
            commune: self.to.as_str().into(),
            sheet: added(&p.sheet, self.sheet_add)?.into(),
            number: p.number.clone(),
        })
    }
}

/// The number of a sheet with something added; one that is no number stays, but for an addition.
fn added(sheet: &str, add: u32) -> Result<String, EditError> {
    if add == 0 || sheet.is_empty() {
        return Ok(sheet.to_owned());
    }
    let number = sheet.parse::<u32>().ok().and_then(|n| n.checked_add(add));
    number.map(|n| n.to_string()).ok_or_else(|| {
        Failure::new(
            "RECODE_SHEET",
            msg!(
                "Tờ bản đồ {sheet} không mang số, không cộng thêm được.",
                "Sheet {sheet} is no number: nothing can be added to it."
            ),
        )
        .field("sheet_add")
        .remedy(msg!(
            "Ghi số tờ mới của các thửa đó trong bảng.",
            "Give the new sheet of these parcels in the table."
        ))
        .into()
    })
}

/// No two parcels may have one key, neither among themselves nor with those that keep theirs.
fn unique(at: &Context<'_>, table: &BTreeMap<i64, ParcelKey>) -> Result<(), EditError> {
    let mut taken: BTreeSet<&ParcelKey> = BTreeSet::new();
    for key in table.values().filter(|k| !k.number.is_empty()) {
        let others = at.coverage.by_key(key);
        if !taken.insert(key) || others.iter().any(|f| !table.contains_key(f)) {
            return Err(collision(&key.to_string()).into());
        }
    }
    Ok(())
}

/// What an open dossier is about keeps its codes until it is done.
fn unlocked(at: &Context<'_>, table: &BTreeMap<i64, ParcelKey>) -> Result<(), EditError> {
    if proposal::proposals(at.op, None)?.is_empty() && proposal::proposed_edits(at.op, None)?.is_empty() {
        return Ok(());
    }
    let fids: Vec<i64> = table.keys().copied().collect();
    super::proposal::refuse_locked(at, None, &fids)
}

fn code(commune: &str) -> Result<(), EditError> {
    match commune.len() == 5 && commune.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(()),
        false => Err(crate::register::bad(
            "commune",
            msg!(
                "Mã xã phải có 5 chữ số.",
                "The code of a commune has five digits."
            ),
        )
        .into()),
    }
}

fn collision(key: &str) -> Failure {
    Failure::new(
        "RECODE_COLLISION",
        msg!(
            "Mã mới {key} sẽ trùng với một thửa hoặc tờ bản đồ khác.",
            "The new code {key} would be that of another parcel or sheet."
        ),
    )
    .remedy(msg!(
        "Cộng thêm vào số tờ (sheet_add), hoặc ghi số mới của các thửa trùng trong bảng.",
        "Add to the numbers of the sheets (sheet_add), or give these parcels others in the table."
    ))
}

fn nothing_in(commune: &str) -> Failure {
    Failure::new(
        "NO_COMMUNE",
        msg!(
            "Không có thửa đất nào của xã {commune}.",
            "There is no parcel of commune {commune}."
        ),
    )
    .field("commune")
}

fn empty() -> Failure {
    Failure::new(
        "RECODE_EMPTY",
        msg!(
            "Phải ghi số văn bản (không quá 30 ký tự) và ít nhất một quy tắc hoặc một thửa.",
            "A decision (at most 30 characters) and at least one rule or parcel are needed."
        ),
    )
    .field("decision")
}
