//! Mortgages: their chain and rank, and their release (giao dịch bảo đảm, domain.md §3.6).
//!
//! A new mortgage ranks after those in force on the parcel. What changes one names it in `parent`: a change of terms or of
//! a party takes its place and rank, a supplement stands beside it. A release ends the whole chain on its parcel.

use std::collections::BTreeSet;

use super::super::owners::rights_on;
use super::super::record::no_record;
use super::first::with;
use super::{Done, Run, missing, row, text};
use crate::domain::{Failure, Uid};
use crate::edit::EditError;
use crate::msg;
use crate::register::{Kind, Value, bad};
use crate::store::entries;
use crate::store::records::{self, Of, Record, References};

/// Kinds that take the place of the one they change.
const REPLACES: [&str; 4] = [
    "THAY_DOI_NOI_DUNG",
    "THAY_DOI_BEN_THE_CHAP",
    "THAY_DOI_TT_BEN_NHAN",
    "THAY_DOI_BEN_NHAN",
];
/// Kinds that end the one they name on these parcels, or are a release: other acts.
const NO_MORTGAGE: [&str; 2] = ["XOA", "RUT_TAI_SAN"];

pub(super) fn mortgage(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    let Some(given) = &run.act.mortgage else {
        return Err(missing(
            "mortgage",
            msg!("Phải ghi nội dung thế chấp.", "Say what the mortgage is."),
        )
        .into());
    };
    for p in &run.parcels {
        let rights = rights_on(run.at, p.fid)?;
        let holder = rights.iter().find(|r| text(r.get("kind")) == Some("SU_DUNG"));
        let mut more = vec![
            ("kind", "THE_CHAP".to_owned()),
            ("parcel", p.uid.to_string()),
            ("registered_on", run.day.clone()),
        ];
        for (column, of) in [("mortgagor", "party"), ("certificate", "certificate")] {
            let fid = holder.and_then(|r| row(r.get(of)));
            if let Some(fid) = fid
                && let Some(uid) = records::uid_of(run.at.op, of, fid)?
            {
                more.push((column, uid.to_string()));
            }
        }
        let uid = Uid::fresh();
        let fields = with(given, &more);
        let fid = run.add(Kind::Mortgage, uid, fields)?;
        let new = read(run, fid)?;
        place(run, p.fid, &new)?;
        note(run, &new, done)?;
        done.old_paper(row(new.get("certificate")));
        done.gave(row(new.get("mortgagor")));
    }
    Ok(())
}

/// Gives a new mortgage its rank, and ends the one it replaces.
fn place(run: &Run<'_>, parcel: i64, new: &Record) -> Result<(), EditError> {
    let kind = text(new.get("kind")).unwrap_or_default().to_owned();
    if NO_MORTGAGE.contains(&kind.as_str()) {
        return Err(bad(
            "mortgage",
            msg!(
                "Xóa hoặc rút tài sản thế chấp được đăng ký bằng biến động XC.",
                "A release is registered as a change XC."
            ),
        )
        .into());
    }
    let parent = match row(new.get("parent")) {
        Some(fid) => Some(read(run, fid)?),
        None if kind == "THE_CHAP" || kind == "BAO_LANH" || kind == "TAI_SAN_TUONG_LAI" => None,
        None => {
            return Err(missing(
                "mortgage",
                msg!(
                    "Phải chỉ ra giao dịch trước (parent) mà giao dịch này thay đổi hoặc bổ sung.",
                    "Name the earlier transaction (parent) that this one changes or supplements."
                ),
            )
            .into());
        }
    };
    if let Some(p) = parent.as_ref().filter(|p| p.has_ended()) {
        return Err(super::super::record::ended(Kind::Mortgage, p.uid)
            .field("mortgage")
            .into());
    }
    let rank = match (new.get("rank"), &parent) {
        (Value::Whole(n), _) => *n,
        (_, Some(p)) if matches!(p.get("rank"), Value::Whole(_)) => match p.get("rank") {
            Value::Whole(n) => *n,
            _ => 1,
        },
        _ => entries::next_rank(run.at.op, parcel)? - 1,
    };
    if let Some(field) = Kind::Mortgage.field("rank") {
        records::update(
            run.at.op,
            Kind::Mortgage,
            new.fid,
            &[(field, Value::Whole(rank.max(1)))],
        )?;
    }
    if let Some(p) = parent.filter(|_| REPLACES.contains(&kind.as_str())) {
        records::end(run.at.op, Kind::Mortgage, p.fid, "LICH_SU", &run.day)?;
    }
    Ok(())
}

fn read(run: &Run<'_>, fid: i64) -> Result<Record, EditError> {
    let found = records::read(run.at.op, Kind::Mortgage, fid, References::Rows)?;
    Ok(found.ok_or_else(|| no_record(Kind::Mortgage, "?"))?)
}

/// Those in force on a parcel.
pub(super) fn on(run: &Run<'_>, parcel: i64) -> Result<Vec<Record>, EditError> {
    let Some(field) = Kind::Mortgage.field("parcel") else {
        return Ok(Vec::new());
    };
    let mut all = records::list(
        run.at.op,
        Kind::Mortgage,
        Of::Field(field, parcel),
        References::Rows,
        None,
    )?;
    all.retain(|m| !m.has_ended());
    Ok(all)
}

/// Ends all of them.
pub(super) fn end_all(run: &Run<'_>, parcel: i64, status: &str) -> Result<(), EditError> {
    for m in on(run, parcel)? {
        records::end(run.at.op, Kind::Mortgage, m.fid, status, &run.day)?;
    }
    Ok(())
}

pub(super) fn release(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    let mut released = BTreeSet::new();
    for p in &run.parcels {
        let all = on(run, p.fid)?;
        let named = |m: &&Record| run.act.release.is_empty() || run.act.release.contains(&m.uid);
        for m in all.iter().filter(named) {
            released.insert(m.uid);
            for of_chain in chain(&all, m) {
                records::end(run.at.op, Kind::Mortgage, of_chain.fid, "DA_XOA", &run.day)?;
            }
            note(run, m, done)?;
            done.old_paper(row(m.get("certificate")));
        }
    }
    let lost = run.act.release.iter().find(|u| !released.contains(u));
    match (lost, released.is_empty()) {
        (Some(uid), _) => Err(no_mortgage(&uid.to_string()).into()),
        (None, true) => Err(no_mortgage("").into()),
        _ => Ok(()),
    }
}

/// Those of one chain among `all`: what changes or supplements the same first one.
fn chain<'r>(all: &'r [Record], of: &'r Record) -> Vec<&'r Record> {
    let mut fids = BTreeSet::from([of.fid]);
    loop {
        let n = fids.len();
        for m in all {
            let parent = row(m.get("parent"));
            if parent.is_some_and(|p| fids.contains(&p)) {
                fids.insert(m.fid);
            }
            if fids.contains(&m.fid) {
                fids.extend(parent);
            }
        }
        if fids.len() == n {
            return all.iter().filter(|m| fids.contains(&m.fid)).collect();
        }
    }
}

/// Words for the sentence: with whom, and the number.
fn note(run: &Run<'_>, m: &Record, done: &mut Done) -> Result<(), EditError> {
    if !done.words.is_empty() {
        return Ok(());
    }
    let name = match row(m.get("mortgagee")) {
        Some(fid) => super::note::name(run, fid)?,
        None => None,
    };
    done.words
        .push(("mortgagee", name.unwrap_or_else(|| "…".to_owned())));
    done.words
        .push(("number", text(m.get("number")).unwrap_or("…").to_owned()));
    Ok(())
}

fn no_mortgage(uid: &str) -> Failure {
    Failure::new(
        "NO_MORTGAGE",
        msg!(
            "Trên thửa không có giao dịch bảo đảm {uid} đang hiệu lực.",
            "There is no mortgage {uid} in force on the parcel."
        ),
    )
    .field("release")
}
