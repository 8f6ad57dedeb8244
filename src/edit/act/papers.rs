//! Certificates in an act: a new one issued, the old one replaced once nothing stands on it, or noted upon.

use super::super::record::no_record;
use super::first::with;
use super::{Done, Effect, Run, missing};
use crate::domain::Uid;
use crate::edit::{EditError, RecordFields};
use crate::msg;
use crate::register::{Kind, bad};
use crate::store::entries;
use crate::store::records::{self, References};

/// A new certificate; gives its row.
pub(super) fn issue(run: &Run<'_>, fields: &RecordFields, done: &mut Done) -> Result<i64, EditError> {
    let more = [
        ("status", "DANG_HIEU_LUC".to_owned()),
        ("issued_on", run.day.clone()),
        ("entered_on", run.day.clone()),
    ];
    let fid = run.add(Kind::Certificate, Uid::fresh(), with(fields, &more))?;
    done.new_papers.push(fid);
    Ok(fid)
}

/// Issues the new certificate of an act, makes what is in force stand on it, and ends old ones that nothing stands on.
pub(super) fn settle(run: &Run<'_>, entry: i64, done: &mut Done) -> Result<(), EditError> {
    if run.kind.effect == Effect::Certificate {
        exchange(run, done)?;
    } else if let Some(fields) = &run.act.certificate {
        let new = issue(run, fields, done)?;
        onto(run, new, done)?;
    }
    let status = run.act.old_status.as_deref();
    for old in &done.old_papers {
        let (op, replaced) = (run.at.op, !done.new_papers.is_empty());
        for new in &done.new_papers {
            entries::descend(op, *old, *new, entry)?;
        }
        if let [new] = done.new_papers.as_slice() {
            mortgages_follow(run, *old, *new)?;
        }
        if !entries::rights_on(op, *old)?.is_empty() {
            continue;
        }
        let usual = if replaced {
            "BI_THAY_THE"
        } else {
            Kind::Certificate.usual_end()
        };
        let status = status.unwrap_or(usual);
        let ended = crate::codes::code("certificate_status", status).is_some_and(|c| c.group == "ended");
        if !ended {
            return Err(bad(
                "old_status",
                msg!(
                    "Không phải tình trạng kết thúc của giấy chứng nhận.",
                    "This is no status of a certificate that has ended."
                ),
            )
            .into());
        }
        records::end(op, Kind::Certificate, *old, status, &run.day)?;
    }
    Ok(())
}

/// Mortgages of a parcel on which no right stands on the old certificate any more stand on the new one.
fn mortgages_follow(run: &Run<'_>, old: i64, new: i64) -> Result<(), EditError> {
    for p in &run.parcels {
        let stands = |r: &records::Record| super::row(r.get("certificate")) == Some(old);
        if !super::super::owners::rights_on(run.at, p.fid)?.iter().any(stands) {
            entries::move_to(run.at.op, old, new, &[p.fid])?;
        }
    }
    Ok(())
}

/// Makes the rights the act made or changed stand on a new certificate: on its parcels, those of who received.
fn onto(run: &Run<'_>, new: i64, done: &mut Done) -> Result<(), EditError> {
    let Some(field) = Kind::Right.field("certificate") else {
        return Ok(());
    };
    let took: Vec<i64> = done.took.iter().map(|t| t.0).collect();
    for p in &run.parcels {
        for r in super::super::owners::rights_on(run.at, p.fid)? {
            let party = super::row(r.get("party"));
            let old = super::row(r.get("certificate"));
            let of_receiver = party.is_some_and(|p| took.contains(&p));
            let all = !matches!(run.kind.effect, Effect::Transfer | Effect::First | Effect::Lease);
            if all || of_receiver {
                done.old_paper(old);
                records::update(
                    run.at.op,
                    Kind::Right,
                    r.fid,
                    &[(field, crate::register::Value::Row(new))],
                )?;
            }
        }
    }
    Ok(())
}

/// A certificate given for another: worn, of an old form, or lost.
fn exchange(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    let Some(uid) = run.act.old_certificate else {
        return Err(missing(
            "old_certificate",
            msg!(
                "Phải chỉ ra giấy chứng nhận được cấp đổi, cấp lại.",
                "Name the certificate that is exchanged."
            ),
        )
        .into());
    };
    let Some(fields) = &run.act.certificate else {
        return Err(missing(
            "certificate",
            msg!(
                "Phải ghi giấy chứng nhận mới.",
                "Say what the new certificate is."
            ),
        )
        .into());
    };
    let gone = || no_record(Kind::Certificate, &uid.to_string()).field("old_certificate");
    let old = records::find(run.at.op, "certificate", uid)?.ok_or_else(gone)?;
    let record = records::read(run.at.op, Kind::Certificate, old, References::Rows)?.ok_or_else(gone)?;
    if record.has_ended() {
        return Err(super::super::record::ended(Kind::Certificate, uid)
            .field("old_certificate")
            .into());
    }
    done.old_paper(Some(old));
    let new = issue(run, fields, done)?;
    entries::move_all(run.at.op, old, new)?;
    Ok(())
}

/// Writes the sentence on every certificate concerned that is in force.
pub(super) fn note(run: &Run<'_>, done: &Done, note: &str) -> Result<(), EditError> {
    if note.is_empty() {
        return Ok(());
    }
    for fid in done.old_papers.iter().chain(&done.new_papers) {
        let record = records::read(run.at.op, Kind::Certificate, *fid, References::Rows)?;
        let first = run.kind.effect == Effect::First;
        if record.is_some_and(|r| !r.has_ended()) && !first {
            entries::add_note(run.at.op, *fid, note)?;
        }
    }
    Ok(())
}
