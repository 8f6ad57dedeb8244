//! `merge_parties`: several parties that are one person or organisation become one. Everything that named the others names
//! the one kept; what it lacks it takes from them; they stay, ended, and say into whom they went.

use serde::{Deserialize, Serialize};

use super::record::{ended, no_record, uid, uids};
use super::{Context, EditError, dossier};
use crate::domain::{Failure, Uid, day_of};
use crate::msg;
use crate::register::{Field, Kind, Value, duplicates, identity};
use crate::store::decisions;
use crate::store::records::{self, Of, Record, References};
use crate::text::Msg;

/// Status of a record that went into another.
const MERGED: &str = "DA_GOP";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeParties {
    /// The one that stays.
    #[serde(with = "uid")]
    pub keep: Uid,
    /// Those that go into it.
    #[serde(with = "uids")]
    pub others: Vec<Uid>,
}

impl MergeParties {
    pub(super) fn label(&self) -> Msg {
        let (keep, n) = (self.keep, self.others.len());
        msg!(
            "Gộp {n} người sử dụng vào {keep}",
            "Merge {n} parties into {keep}"
        )
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        if at.operating && at.dossier.is_none() {
            return Err(dossier::needed_for_register().into());
        }
        if self.others.is_empty() || self.others.contains(&self.keep) {
            return Err(refuse(
                "others",
                msg!(
                    "Chọn ít nhất một người khác để gộp.",
                    "Choose at least one other party."
                ),
            )
            .into());
        }
        let keep = party(at, self.keep)?;
        let (_, now) = decisions::actor(at.op)?;
        let today = day_of(now).to_string();
        for uid in &self.others {
            let keep = reread(at, &keep)?;
            let other = party(at, *uid)?;
            may_be_one(at, &keep, &other)?;
            take_over(at, &keep, &other)?;
            records::repoint(at.op, Kind::Party, other.fid, keep.fid)?;
            records::end(at.op, Kind::Party, other.fid, MERGED, &today)?;
            records::merged(at.op, other.fid, keep.fid)?;
        }
        end_doubles(at, keep.fid, &today)
    }
}

fn party(at: &Context<'_>, uid: Uid) -> Result<Record, EditError> {
    let missing = || no_record(Kind::Party, &uid.to_string()).field("others");
    let fid = records::find(at.op, "party", uid)?.ok_or_else(missing)?;
    let record = records::read(at.op, Kind::Party, fid, References::Rows)?.ok_or_else(missing)?;
    match record.has_ended() {
        true => Err(ended(Kind::Party, uid).into()),
        false => Ok(record),
    }
}

fn reread(at: &Context<'_>, record: &Record) -> Result<Record, EditError> {
    let again = records::read(at.op, record.kind, record.fid, References::Rows)?;
    Ok(again.ok_or_else(|| no_record(record.kind, &record.uid.to_string()))?)
}

fn text<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    match record.get(name) {
        Value::Text(t) => Some(t),
        _ => None,
    }
}

/// Two kinds are never one, but for the unknown; neither are two citizens' numbers, nor a group and its member.
fn may_be_one(at: &Context<'_>, keep: &Record, other: &Record) -> Result<(), EditError> {
    let kinds = (text(keep, "kind"), text(other, "kind"));
    if kinds.0 != kinds.1 && kinds.1 != Some("KHONG_RO") {
        return Err(refuse(
            "kind",
            msg!(
                "Hai người sử dụng khác loại, không gộp được.",
                "The two parties are of different kinds and cannot be merged."
            ),
        )
        .into());
    }
    let numbers = (citizens_number(at, keep)?, citizens_number(at, other)?);
    if let (Some(a), Some(b)) = numbers
        && a != b
    {
        return Err(refuse(
            "personal_code",
            msg!(
                "Hai số định danh (CCCD) khác nhau: là hai người.",
                "Two citizens' numbers: they are two people."
            ),
        )
        .remedy(msg!(
            "Nếu một số ghi sai thì sửa số đó trước khi gộp.",
            "If one of them is wrong, correct it before merging."
        ))
        .into());
    }
    if let Some(field) = Kind::PartyMember.field("party") {
        for (a, b) in [(keep, other), (other, keep)] {
            let members = records::list(
                at.op,
                Kind::PartyMember,
                Of::Field(field, a.fid),
                References::Rows,
                None,
            )?;
            if members
                .iter()
                .any(|m| !m.has_ended() && *m.get("member") == Value::Row(b.fid))
            {
                return Err(refuse(
                    "others",
                    msg!(
                        "Một bên là thành viên của bên kia, không gộp được.",
                        "One is a member of the other; they cannot be merged."
                    ),
                )
                .into());
            }
        }
    }
    Ok(())
}

/// The number of the CCCD, or the personal number.
fn citizens_number(at: &Context<'_>, party: &Record) -> Result<Option<String>, EditError> {
    if let Some(code) = text(party, "personal_code") {
        return Ok(Some(code.to_owned()));
    }
    let papers = papers(at, party.fid)?;
    let card = papers.iter().find(|p| text(p, "kind") == Some("CCCD"));
    Ok(card
        .and_then(|p| text(p, "number"))
        .map(|n| identity::tidy("CCCD", n)))
}

fn papers(at: &Context<'_>, party: i64) -> Result<Vec<Record>, EditError> {
    of(at, Kind::IdentityDocument, "party", party)
}

/// Records in force of a kind that refer to a row by a field.
fn of(at: &Context<'_>, kind: Kind, field: &str, fid: i64) -> Result<Vec<Record>, EditError> {
    let Some(field) = kind.field(field) else {
        return Ok(Vec::new());
    };
    let mut all = records::list(at.op, kind, Of::Field(field, fid), References::Rows, None)?;
    all.retain(|r| !r.has_ended());
    Ok(all)
}

/// What the one kept does not say it takes from the other; a full day of birth instead of the year alone.
fn take_over(at: &Context<'_>, keep: &Record, other: &Record) -> Result<(), EditError> {
    let taken: Vec<(&'static Field, Value)> = keep
        .fields()
        .zip(&other.values)
        .filter(|((f, mine), theirs)| duplicates::gives_way(f.name, mine, theirs))
        .map(|((f, _), theirs)| (f, theirs.clone()))
        .collect();
    records::update(at.op, Kind::Party, keep.fid, &taken)?;
    Ok(())
}

/// Of records that now say the same the first stays: papers, memberships, rights without shares of their own.
fn end_doubles(at: &Context<'_>, keep: i64, today: &str) -> Result<(), EditError> {
    let same: [(Kind, &str, &[&str]); 4] = [
        (Kind::IdentityDocument, "party", &["kind", "number"]),
        (Kind::PartyMember, "party", &["member"]),
        (Kind::PartyMember, "member", &["party"]),
        (
            Kind::Right,
            "party",
            &[
                "kind",
                "parcel",
                "land_use_row",
                "asset",
                "certificate",
                "share",
                "area",
            ],
        ),
    ];
    for (kind, field, told_by) in same {
        let all = of(at, kind, field, keep)?;
        for (i, record) in all.iter().enumerate() {
            let says_the_same = |o: &Record| told_by.iter().all(|f| o.get(f) == record.get(f));
            let plain = kind != Kind::Right || *record.get("share") == Value::Empty;
            if plain && all[..i].iter().any(says_the_same) {
                records::end(at.op, kind, record.fid, MERGED, today)?;
            }
        }
    }
    Ok(())
}

fn refuse(field: &'static str, message: Msg) -> Failure {
    Failure::new("CANNOT_MERGE", message).field(field)
}
