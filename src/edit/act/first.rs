//! Rights that come where there was none: first registration, a lease, a manager after a recovery.

use super::super::owners::rights_on;
use super::{Done, Run, missing, row, text};
use crate::domain::{Failure, Uid};
use crate::edit::{EditError, RecordFields};
use crate::msg;
use crate::register::{Kind, Share};
use crate::store::records;

pub(super) fn register(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    for p in &run.parcels {
        let held = rights_on(run.at, p.fid)?;
        if held.iter().any(|r| text(r.get("kind")) == Some("SU_DUNG")) {
            let which = p.reference();
            return Err(Failure::new(
                "RIGHTS_EXIST",
                msg!(
                    "Thửa {which} đã có người sử dụng đất đăng ký; không đăng ký lần đầu được nữa.",
                    "Parcel {which} has registered holders: it cannot be registered for the first time."
                ),
            )
            .field("parcels")
            .into());
        }
    }
    give(run, done, "SU_DUNG")
}

pub(super) fn lease(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    for p in &run.parcels {
        for r in rights_on(run.at, p.fid)? {
            done.gave(row(r.get("party")));
            done.old_paper(row(r.get("certificate")));
        }
    }
    give(run, done, "THUE")
}

/// New rights of a kind on each parcel, in the shares of the receivers.
pub(super) fn give(run: &Run<'_>, done: &mut Done, kind: &str) -> Result<(), EditError> {
    if run.act.to.is_empty() {
        return Err(missing("to", msg!("Phải chỉ ra người nhận.", "Name who receives.")).into());
    }
    for t in &run.act.to {
        let party = run.party(t.party, "to")?;
        let paper = match &t.certificate {
            Some(fields) => Some(super::papers::issue(run, fields, done)?),
            None => None,
        };
        for p in &run.parcels {
            let mut fields = run.act.right.clone().unwrap_or_default();
            let mut put = |name: &str, value: String| fields.0.insert(name.to_owned(), value.into());
            put("kind", kind.to_owned());
            put("party", t.party.to_string());
            put("parcel", p.uid.to_string());
            put("registered_on", run.day.clone());
            if let Some(share) = t
                .share
                .clone()
                .or((run.act.to.len() == 1).then(|| "1".to_owned()))
            {
                put("share", share);
            }
            if let Some(paper) = paper
                && let Some(uid) = records::uid_of(run.at.op, "certificate", paper)?
            {
                put("certificate", uid.to_string());
            }
            run.add(Kind::Right, Uid::fresh(), fields)?;
        }
        done.took.push((party, t.share.as_deref().and_then(Share::parse)));
    }
    Ok(())
}

/// Leases end: all on the parcels, or those of the parties named.
pub(super) fn lease_off(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    let from: Vec<i64> = run
        .act
        .from
        .iter()
        .map(|u| run.party(*u, "from"))
        .collect::<Result<_, _>>()?;
    for p in &run.parcels {
        for r in rights_on(run.at, p.fid)? {
            done.old_paper(row(r.get("certificate")));
            let party = row(r.get("party"));
            let named = from.is_empty() || party.is_some_and(|p| from.contains(&p));
            if text(r.get("kind")) == Some("THUE") && named {
                records::end(run.at.op, Kind::Right, r.fid, "DA_XOA", &run.day)?;
                done.gave(party);
            }
        }
    }
    match done.gave.is_empty() {
        true => Err(Failure::new(
            "NO_LEASE",
            msg!(
                "Trên thửa không có đăng ký cho thuê đang hiệu lực.",
                "There is no lease in force on the parcel."
            ),
        )
        .field("parcels")
        .into()),
        false => Ok(()),
    }
}

/// Fields with some of their own put in where they are not given.
pub(super) fn with(given: &RecordFields, more: &[(&str, String)]) -> RecordFields {
    let mut fields = given.clone();
    for (name, value) in more {
        fields
            .0
            .entry((*name).to_owned())
            .or_insert_with(|| value.clone().into());
    }
    fields
}
