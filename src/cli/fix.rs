//! `fix P [--rule CODE]… [--commune C]… [--sheet S]… [--parcel REF]… [--choice NAME]… [--reason TEXT [--until DAY]]
//! [--dossier S] [--dry-run]`:
//! repairs findings in a batch, as one operation.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::args;
use super::district::{reading, writing};
use super::out::{Done, Out, finding, rounded};
use crate::domain::{Act, Failure, ParcelRef, day_of};
use crate::edit;
use crate::fix::{self, Batch, KINDS, Request};
use crate::msg;
use crate::project::Project;
use crate::text::{Lang, format};
use crate::validate::{self, Options};

pub fn run(a: &args::Fix, act: &Act, out: &Out) -> Result<Done, Failure> {
    known_choices(&a.choice)?;
    decided(a)?;
    let mut project = if a.dry_run {
        reading(&a.project, out)?
    } else {
        writing(&a.project, act, out)?
    };
    let request = request(a, &project)?;
    let options = Options {
        rules: a.rule.clone(),
        ..Options::default()
    };
    let coverage = match &a.dossier {
        Some(code) => project.view(code)?,
        None => project.coverage().clone(),
    };
    project.set_today(day_of(act.at))?;
    // A dossier sees other parcels than the register has.
    let mut found = match &a.dossier {
        Some(_) => validate::run(&coverage, &options, &out.progress())?,
        None => project.check(&options, &out.progress())?,
    };
    found.retain(|f| !project.accepts(f));
    let known = project.known(&found)?;
    let batch = fix::batch(&coverage, &found, &known, &request, &out.progress())?;
    drop(coverage);
    let op = if a.dry_run {
        None
    } else {
        let done = project.enter_fixes(&batch, act, &out.progress())?;
        done.map(|e| e.op)
    };
    project.close()?;
    out.result(&document(&batch, op), || lines(&batch, op, out.lang));
    Ok(if batch.left.is_empty() {
        Done::Clean
    } else {
        Done::Findings
    })
}

fn request(a: &args::Fix, project: &Project) -> Result<Request, Failure> {
    let parcels: Result<Vec<_>, Failure> = a
        .parcel
        .iter()
        .map(|text| {
            let reference: ParcelRef = text.parse().map_err(|()| no_reference(text))?;
            Ok(edit::find(project.coverage(), &reference)?.uid)
        })
        .collect();
    Ok(Request {
        rules: a.rule.clone(),
        communes: a.commune.clone(),
        sheets: a.sheet.clone(),
        parcels: parcels?,
        choices: a.choice.clone(),
        reason: reason(a)?,
        dossier: a.dossier.clone(),
    })
}

/// A decision needs a reason.
fn decided(a: &args::Fix) -> Result<(), Failure> {
    let decision = |c: &&String| fix::DECISIONS.contains(&c.as_str());
    match a.choice.iter().find(decision).filter(|_| a.reason.is_none()) {
        None => Ok(()),
        Some(name) => Err(Failure::new(
            "USAGE",
            msg!(
                "Chọn {name} thì phải ghi --reason: lý do.",
                "The choice {name} needs --reason: why."
            ),
        )),
    }
}

fn reason(a: &args::Fix) -> Result<Option<(String, Option<Date>)>, Failure> {
    let until = a.until.as_deref().map(super::rules::day).transpose()?;
    Ok(a.reason.clone().map(|why| (why, until)))
}

fn no_reference(text: &str) -> Failure {
    let message = msg!("\"{text}\" không chỉ thửa nào.", "\"{text}\" names no parcel.");
    Failure::new("USAGE", message).remedy(msg!(
        "Ghi mã xã/số tờ/số thửa hoặc uid.",
        "Write commune/sheet/number or a uid."
    ))
}

fn known_choices(names: &[String]) -> Result<(), Failure> {
    let Some(name) = names.iter().find(|n| !KINDS.iter().any(|k| k.0 == n.as_str())) else {
        return Ok(());
    };
    let list = KINDS.map(|k| k.0).join(", ");
    let message = msg!("Không có cách sửa {name}.", "There is no fix {name}.");
    Err(Failure::new("UNKNOWN_FIX", message).remedy(msg!("Các cách sửa: {list}", "The fixes are: {list}")))
}

/// As in docs/cli.md.
fn document(b: &Batch, op: Option<i64>) -> Value {
    let title = |name: &str| {
        KINDS
            .iter()
            .find(|k| k.0 == name)
            .map(|k| json!({"vi": k.1.vi, "en": k.1.en}))
    };
    let by = b.made_by();
    let by = by
        .iter()
        .map(|((rule, name), n)| json!({"rule": rule, "fix": name, "title": title(name), "findings": n}));
    let left = b.left_by();
    let left = left
        .iter()
        .map(|((rule, code), n)| json!({"rule": rule, "code": code, "findings": n}));
    let kept = b.left.iter().map(|l| {
        let mut value = finding(&l.finding);
        value["left"] = json!({"code": l.code, "reason": {"vi": l.reason.vi, "en": l.reason.en}});
        value
    });
    let (moved, most) = b.area_moved();
    json!({
        "committed": op.is_some(), "op": op,
        "findings": b.made.len() + b.settled + b.left.len(),
        "fixed": b.made.len(), "settled": b.settled, "left": b.left.len(),
        "fixed_by": by.collect::<Vec<_>>(), "left_by": left.collect::<Vec<_>>(),
        "parcels": b.parcels.len(), "area_moved_m2": rounded(moved), "area_moved_most_m2": rounded(most),
        "points_moved": b.points_moved, "farthest_m": rounded(b.farthest_mm / 1000.0),
        "points_inserted": b.points_inserted, "points_removed": b.points_removed,
        "left_findings": kept.collect::<Vec<_>>(),
    })
}

fn lines(b: &Batch, op: Option<i64>, lang: Lang) -> String {
    let mut lines = Vec::new();
    for ((rule, name), n) in b.made_by() {
        let title = KINDS.iter().find(|k| k.0 == name).map_or(name, |k| k.1.get(lang));
        lines.push(format!("{n:>6}  {rule}  {title} ({name})"));
    }
    for ((rule, code), n) in b.left_by() {
        let word = match lang {
            Lang::Vi => "còn lại",
            Lang::En => "left",
        };
        lines.push(format!("{n:>6}  {rule}  {word}: {code}"));
    }
    let (fixed, left) = (
        format::count(b.made.len() as u64, lang),
        format::count(b.left.len() as u64, lang),
    );
    let (moved, most) = b.area_moved();
    let (moved, most) = (format::area(moved, lang), format::area(most, lang));
    let far = format::number(b.farthest_mm, 0, lang);
    let points = format::count(b.points_moved as u64, lang);
    lines.push(match (lang, op) {
        (Lang::Vi, Some(op)) => format!("Thao tác {op}: đã sửa {fixed} lỗi, còn {left}; đất chuyển {moved}, nhiều nhất một thửa {most}; dời {points} điểm, xa nhất {far} mm"),
        (Lang::Vi, None) => format!("Sẽ sửa {fixed} lỗi, còn {left}; đất chuyển {moved}, nhiều nhất một thửa {most}; dời {points} điểm, xa nhất {far} mm"),
        (Lang::En, Some(op)) => format!("Operation {op}: {fixed} findings fixed, {left} left; {moved} change hands, at most {most} of one parcel; {points} points moved, by {far} mm at most"),
        (Lang::En, None) => format!("{fixed} findings would be fixed, {left} left; {moved} would change hands, at most {most} of one parcel; {points} points moved, by {far} mm at most"),
    });
    lines.join("\n")
}
