//! Rights pass to others (domain.md §11.3: sale, gift, inheritance …), whole or in part, in exact fractions; and the
//! recovery of land by the State, where they only end.
//!
//! Rights in one thing (kind, parcel or asset, land-use row) are a group. What the givers hold in it is ended; what stays
//! with them and what each receiver gets are new rights, so that the earlier ones can be read for ever. The parts of the
//! receivers must add up to 1: nothing is lost and nothing comes from nowhere.

use std::collections::BTreeSet;

use super::super::owners::rights_on;
use super::{Done, Receiver, Run, missing, row, text};
use crate::domain::{Failure, Uid};
use crate::edit::EditError;
use crate::msg;
use crate::register::{Kind, Share, Value, bad};
use crate::store::entries;
use crate::store::records::{self, Of, Record, References};

/// What identifies the thing a right is in.
const THING: [&str; 4] = ["kind", "parcel", "asset", "land_use_row"];

/// One who receives, looked up.
struct To<'a> {
    party: i64,
    share: Share,
    of: &'a Receiver,
}

pub(super) fn run(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    let to = receivers(run)?;
    let part = match &run.act.part {
        None => Share::WHOLE,
        Some(t) => Share::parse(t).ok_or_else(|| bad_share("part"))?,
    };
    let mut papers: Vec<Option<i64>> = vec![None; to.len()];
    for group in groups(run)? {
        let (given, rest): (Vec<&Record>, Vec<&Record>) = group.iter().partition(|r| gives(run, r));
        if given.is_empty() {
            continue;
        }
        let total = total(&given, &rest, part)?;
        for r in &given {
            done.gave(row(r.get("party")));
            done.old_paper(row(r.get("certificate")));
            end(run, r)?;
            if let Some(left) = own(r).unwrap_or(Share::WHOLE).without(part) {
                add(
                    run,
                    r,
                    row(r.get("party")).unwrap_or(0),
                    left,
                    row(r.get("certificate")),
                    r.get("origin").clone(),
                )?;
            }
        }
        let passes = total.times(part).ok_or_else(too_fine)?;
        for (i, t) in to.iter().enumerate() {
            let share = passes.times(t.share).ok_or_else(too_fine)?;
            let share = with_what_they_have(run, &rest, t.party, share)?;
            let paper = match (&t.of.certificate, papers[i]) {
                (Some(fields), None) => {
                    papers[i] = Some(super::papers::issue(run, fields, done)?);
                    papers[i]
                }
                (_, own) => own.or(row(given[0].get("certificate"))),
            };
            add(
                run,
                given[0],
                t.party,
                share,
                paper,
                origin(run.kind.code, given[0]),
            )?;
        }
    }
    if done.gave.is_empty() {
        return Err(no_right(run).into());
    }
    let nobody = run
        .act
        .from
        .iter()
        .map(|u| run.party(*u, "from"))
        .collect::<Result<Vec<_>, _>>()?;
    if nobody.iter().any(|p| !done.gave.contains(p)) {
        return Err(no_right(run).into());
    }
    done.took = to.iter().map(|t| (t.party, Some(t.share))).collect();
    Ok(())
}

fn receivers<'a>(run: &Run<'a>) -> Result<Vec<To<'a>>, EditError> {
    let mut out = Vec::new();
    for of in &run.act.to {
        let share = match (&of.share, run.act.to.len()) {
            (None, 1) => Share::WHOLE,
            (None, _) => return Err(bad_share("to").into()),
            (Some(t), _) => Share::parse(t).ok_or_else(|| bad_share("to"))?,
        };
        let party = run.party(of.party, "to")?;
        out.push(To { party, share, of });
    }
    if out.is_empty() {
        return Err(missing("to", msg!("Phải chỉ ra người nhận.", "Name who receives.")).into());
    }
    let different: BTreeSet<i64> = out.iter().map(|t| t.party).collect();
    match Share::sum(out.iter().map(|t| t.share)) {
        Some((1, 1)) if different.len() == out.len() => Ok(out),
        sum => Err(not_whole(sum).into()),
    }
}

/// The rights in force on the parcels and on what stands on them, by the thing they are in.
fn groups(run: &Run<'_>) -> Result<Vec<Vec<Record>>, EditError> {
    let mut all = Vec::new();
    for p in &run.parcels {
        all.extend(rights_on(run.at, p.fid)?);
        for asset in entries::assets_on(run.at.op, p.fid)? {
            if let Some(field) = Kind::Right.field("asset") {
                let of = records::list(
                    run.at.op,
                    Kind::Right,
                    Of::Field(field, asset),
                    References::Rows,
                    None,
                )?;
                all.extend(of.into_iter().filter(|r| !r.has_ended()));
            }
        }
    }
    let mut groups: Vec<Vec<Record>> = Vec::new();
    let mut seen = BTreeSet::new();
    for r in all
        .into_iter()
        .filter(|r| ["SU_DUNG", "SO_HUU"].contains(&text(r.get("kind")).unwrap_or_default()))
    {
        if !seen.insert(r.fid) {
            continue;
        }
        match groups
            .iter_mut()
            .find(|g| THING.iter().all(|f| g[0].get(f) == r.get(f)))
        {
            Some(group) => group.push(r),
            None => groups.push(vec![r]),
        }
    }
    Ok(groups)
}

/// Whether the holder of a right gives.
fn gives(run: &Run<'_>, r: &Record) -> bool {
    let from = &run.act.from;
    let is = |u: &Uid| records::find(run.at.op, "party", *u).ok().flatten() == row(r.get("party"));
    from.is_empty() || from.iter().any(is)
}

fn own(r: &Record) -> Option<Share> {
    match r.get("share") {
        Value::Share(s) => Some(*s),
        _ => None,
    }
}

/// What the givers hold together. Rights without a share are the whole when all of them give all.
fn total(given: &[&Record], rest: &[&Record], part: Share) -> Result<Share, EditError> {
    let shares: Option<Vec<Share>> = given.iter().map(|r| own(r)).collect();
    match shares {
        Some(shares) => Ok(Share::sum(shares).and_then(Share::of_sum).ok_or_else(too_fine)?),
        None if rest.is_empty() && (given.len() == 1 || part == Share::WHOLE) => Ok(Share::WHOLE),
        None => Err(share_unknown().into()),
    }
}

/// A receiver who holds a share already gets one right with both.
fn with_what_they_have(
    run: &Run<'_>,
    rest: &[&Record],
    party: i64,
    share: Share,
) -> Result<Share, EditError> {
    let mut sum = vec![share];
    for r in rest.iter().filter(|r| row(r.get("party")) == Some(party)) {
        sum.push(own(r).ok_or_else(share_unknown)?);
        end(run, r)?;
    }
    Ok(Share::sum(sum).and_then(Share::of_sum).ok_or_else(too_fine)?)
}

fn end(run: &Run<'_>, r: &Record) -> Result<(), EditError> {
    records::end(run.at.op, Kind::Right, r.fid, Kind::Right.usual_end(), &run.day)?;
    Ok(())
}

/// A right like another, of another party.
fn add(
    run: &Run<'_>,
    like: &Record,
    party: i64,
    share: Share,
    certificate: Option<i64>,
    origin: Value,
) -> Result<(), EditError> {
    let mut values = like.values.clone();
    let certificate = certificate.map_or(Value::Empty, Value::Row);
    for (name, value) in [
        ("party", Value::Row(party)),
        ("share", Value::Share(share)),
        ("shared", Value::Flag(share != Share::WHOLE)),
        ("certificate", certificate),
        ("origin", origin),
        ("registered_on", Value::Text(run.day.clone())),
    ] {
        if let Some(i) = Kind::Right.fields().iter().position(|f| f.name == name) {
            values[i] = value;
        }
    }
    if let Some(fields) = &run.act.right {
        super::super::record::put(run.at, Kind::Right, fields, &mut values)?;
    }
    records::insert(run.at.op, Kind::Right, Uid::fresh(), &values, &[])?;
    Ok(())
}

/// "CNQ-CTT" received by sale is "CN-CNQ-CTT"; what was received before loses its earlier code (domain.md §3.5).
fn origin(code: &str, given: &Record) -> Value {
    let Some(old) = text(given.get("origin")) else {
        return Value::Empty;
    };
    let base = match old.split_once('-') {
        Some((first, rest)) if super::act_of(first).is_some() && crate::codes::is_origin(rest) => rest,
        _ => old,
    };
    Value::Text(format!("{code}-{base}"))
}

/// Recovery by the State: every right ends, and with it what rests on it; a manager may come in.
pub(super) fn recover(run: &Run<'_>, done: &mut Done) -> Result<(), EditError> {
    let mut ended = 0;
    for p in &run.parcels {
        for r in rights_on(run.at, p.fid)? {
            done.gave(row(r.get("party")));
            done.old_paper(row(r.get("certificate")));
            end(run, &r)?;
            ended += 1;
        }
        super::encumber::end_all(run, p.fid, "LICH_SU")?;
    }
    if ended == 0 {
        return Err(no_right(run).into());
    }
    if !run.act.to.is_empty() {
        super::first::give(run, done, "QUAN_LY")?;
    }
    Ok(())
}

fn no_right(run: &Run<'_>) -> Failure {
    let which = run
        .parcels
        .iter()
        .map(|p| p.reference())
        .collect::<Vec<_>>()
        .join(", ");
    Failure::new(
        "NO_RIGHT_TO_GIVE",
        msg!(
            "Người chuyển quyền không có quyền đang hiệu lực trên thửa {which}.",
            "Who gives has no right in force on parcel {which}."
        ),
    )
    .field("from")
    .remedy(msg!(
        "Kiểm tra người sử dụng đất đang đăng ký trên thửa.",
        "Look at who is registered on the parcel."
    ))
}

fn bad_share(field: &'static str) -> Failure {
    bad(
        field,
        msg!(
            "Phần quyền phải là phân số lớn hơn 0, không quá 1, ví dụ 1/3; có nhiều người nhận thì mỗi người một phần.",
            "A share is a fraction more than 0 and at most 1, for example 1/3; with several receivers each has one."
        ),
    )
}

fn not_whole(sum: Option<(i128, i128)>) -> Failure {
    let sum = sum.map_or("?".to_owned(), |(n, d)| format!("{n}/{d}"));
    Failure::new(
        "SHARES_NOT_WHOLE",
        msg!(
            "Tổng các phần của người nhận là {sum}, phải đúng bằng 1, mỗi người một lần.",
            "The parts of the receivers add up to {sum}; it must be exactly 1, each named once."
        ),
    )
    .field("to")
}

fn too_fine() -> Failure {
    Failure::new(
        "SHARE_TOO_FINE",
        msg!(
            "Phần quyền còn lại nhỏ hơn một phần triệu.",
            "A share would be finer than a millionth."
        ),
    )
    .field("to")
}

fn share_unknown() -> Failure {
    Failure::new(
        "SHARE_UNKNOWN",
        msg!(
            "Phần quyền của người chuyển quyền chưa được ghi, nên không tính được phần chuyển.",
            "The share of who gives is not recorded, so the part that passes on cannot be computed."
        ),
    )
    .field("from")
    .remedy(msg!(
        "Đính chính phần quyền (SN) trước, hoặc tất cả người sử dụng cùng chuyển toàn bộ.",
        "Correct the shares first (SN), or let all holders give all."
    ))
}
