//! What blocks an act (domain.md §11.4), named: holds, disputes, mortgages without consent, certificates not in force, what
//! is owed, another dossier. Papers and tax belong to the dossier (`steps`).

use super::super::owners::rights_on;
use super::super::{proposal as boundaries, write_plan};
use super::{Effect, Run, Stop, encumber, row, text};
use crate::domain::{Failure, Parcel};
use crate::edit::EditError;
use crate::msg;
use crate::register::Kind;
use crate::store::holds::{self, Stops};
use crate::store::records::{self, Of, References};
use crate::text::{Lang, Msg};

/// One thing that blocks.
#[derive(Clone, Debug)]
pub struct Block {
    pub failure: Failure,
}

/// All that blocks an act, the gravest first.
pub(super) fn all(run: &Run<'_>) -> Result<Vec<Block>, EditError> {
    let mut out = Vec::new();
    for p in &run.parcels {
        held(run, p, &mut out)?;
        mortgaged(run, p, &mut out)?;
        owed(run, p, &mut out)?;
        papers(run, p, &mut out)?;
    }
    let own = run.at.dossier.as_ref().map(|d| d.dossier.fid);
    let fids: Vec<i64> = run.parcels.iter().map(|p| p.fid).collect();
    if let Err(e) = boundaries::refuse_locked(run.at, own, &fids) {
        out.push(Block { failure: e.failure });
    }
    Ok(out)
}

fn held(run: &Run<'_>, p: &Parcel, out: &mut Vec<Block>) -> Result<(), EditError> {
    let what = match run.kind.stop {
        Stop::Nothing => return Ok(()),
        Stop::Transfer => Stops::Transfer,
        Stop::Change => Stops::Change,
        Stop::Issue => Stops::Issue,
    };
    let all = holds::all(run.at.op, p.fid, &run.day, what)?;
    let stops = all
        .iter()
        .filter(|h| !(run.kind.settles && h.kind == holds::DISPUTE));
    out.extend(stops.map(|h| Block {
        failure: on_hold(run, p, h),
    }));
    Ok(())
}

fn on_hold(run: &Run<'_>, p: &Parcel, hold: &holds::Hold) -> Failure {
    let of = |lang| crate::codes::code_title("change_kind", run.kind.code, lang).to_lowercase();
    let (vi, en) = (of(Lang::Vi), of(Lang::En));
    write_plan::on_hold(
        &p.reference(),
        hold,
        &Msg::new(
            format!("không đăng ký được {vi}"),
            format!("a change \"{en}\" cannot be registered"),
        ),
    )
}

/// A mortgage stops the holder from giving the land away, unless those who hold it agree; a foreclosure settles it.
fn mortgaged(run: &Run<'_>, p: &Parcel, out: &mut Vec<Block>) -> Result<(), EditError> {
    let consent = run.act.consent.as_deref().is_some_and(|c| !c.trim().is_empty());
    if run.kind.effect != Effect::Transfer || run.kind.settles || consent {
        return Ok(());
    }
    let of_parcel = encumber::on(run, p.fid)?;
    let mut all: Vec<_> = of_parcel;
    if let Some(field) = Kind::Mortgage.field("certificate") {
        for paper in papers_of(run, p)? {
            let of = Of::Field(field, paper);
            let found = records::list(run.at.op, Kind::Mortgage, of, References::Rows, None)?;
            all.extend(
                found
                    .into_iter()
                    .filter(|m| !m.has_ended() && row(m.get("parcel")).is_none()),
            );
        }
    }
    if let Some(m) = all.first() {
        let (which, number) = (p.reference(), text(m.get("number")).unwrap_or("?").to_owned());
        let on = text(m.get("registered_on")).unwrap_or("?").to_owned();
        let uid = m.uid;
        out.push(Block {
            failure: Failure::new(
                "PARCEL_MORTGAGED",
                msg!(
                    "Thửa {which} đang thế chấp (số đăng ký {number}, ngày {on}, {uid}) và chưa xóa đăng ký.",
                    "Parcel {which} is mortgaged (number {number}, of {on}, {uid}) and not released."
                ),
            )
            .field("parcels")
            .remedy(msg!(
                "Đăng ký xóa thế chấp (XC) trước, hoặc ghi số văn bản đồng ý của bên nhận thế chấp (consent).",
                "Register the release (XC) first, or give the number of the mortgagee's consent (consent)."
            )),
        });
    }
    Ok(())
}

/// What is owed to the State stops giving and mortgaging.
fn owed(run: &Run<'_>, p: &Parcel, out: &mut Vec<Block>) -> Result<(), EditError> {
    if !matches!(
        run.kind.effect,
        Effect::Transfer | Effect::Mortgage | Effect::Lease
    ) || run.kind.settles
    {
        return Ok(());
    }
    let Some(field) = Kind::Restriction.field("parcel") else {
        return Ok(());
    };
    let all = records::list(
        run.at.op,
        Kind::Restriction,
        Of::Field(field, p.fid),
        References::Rows,
        None,
    )?;
    let owed = |r: &&records::Record| !r.has_ended() && text(r.get("kind")) == Some("NGHIA_VU");
    if let Some(r) = all.iter().find(owed) {
        let (which, number) = (
            p.reference(),
            text(r.get("document_number")).unwrap_or("?").to_owned(),
        );
        out.push(Block {
            failure: Failure::new(
                "OBLIGATION_OPEN",
                msg!(
                    "Thửa {which} chưa hoàn thành nghĩa vụ tài chính (văn bản số {number}).",
                    "Parcel {which} has a financial obligation outstanding (document {number})."
                ),
            )
            .field("parcels")
            .remedy(msg!(
                "Khi đã hoàn thành thì kết thúc ghi nhận nghĩa vụ (HC).",
                "End its entry (HC) once it is met."
            )),
        });
    }
    Ok(())
}

/// Rights stand on a certificate that is in force.
fn papers(run: &Run<'_>, p: &Parcel, out: &mut Vec<Block>) -> Result<(), EditError> {
    if !matches!(
        run.kind.effect,
        Effect::Transfer | Effect::Mortgage | Effect::Lease
    ) || run.kind.settles
    {
        return Ok(());
    }
    for fid in papers_of(run, p)? {
        let record = records::read(run.at.op, Kind::Certificate, fid, References::Rows)?;
        if let Some(r) = record.filter(|r| r.has_ended()) {
            let serial = text(r.get("serial")).unwrap_or("?").to_owned();
            let state = r.status.clone().unwrap_or_default();
            let title = |lang| crate::codes::code_title("certificate_status", &state, lang).to_owned();
            let (vi, en, which) = (title(Lang::Vi), title(Lang::En), p.reference());
            out.push(Block {
                failure: Failure::new(
                    "CERTIFICATE_NOT_IN_FORCE",
                    msg!(
                        "Giấy chứng nhận {serial} của thửa {which} không còn hiệu lực ({vi}).",
                        "Certificate {serial} of parcel {which} is not in force ({en})."
                    ),
                )
                .field("parcels")
                .remedy(msg!(
                    "Cấp đổi, cấp lại giấy chứng nhận (CL) trước.",
                    "Have the certificate exchanged or issued again (CL) first."
                )),
            });
        }
    }
    Ok(())
}

/// Certificates the rights on a parcel stand on.
fn papers_of(run: &Run<'_>, p: &Parcel) -> Result<Vec<i64>, EditError> {
    let mut all: Vec<i64> = rights_on(run.at, p.fid)?
        .iter()
        .filter_map(|r| row(r.get("certificate")))
        .collect();
    all.sort_unstable();
    all.dedup();
    Ok(all)
}
