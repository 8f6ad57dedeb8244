//! `advance_dossier`: the way of a dossier from state to state (domain.md §11.1), as the table of
//! `assets/codes/procedures.json` allows it, and what each step asks for.
//!
//! Any open dossier may be suspended and goes back to where it was, or be rejected; both with a reason. The days of the
//! office do not run while it is suspended, returned, or waits for payment: the day of result moves by as many.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, EditError, dossier, pending};
use crate::codes::{self, Requirement, Transition};
use crate::domain::Failure;
use crate::msg;
use crate::store::proposal::{self, Dossier, ENTERED};
use crate::store::{decisions, succession};
use crate::text::{Lang, Msg};

/// State of a dossier that is suspended, and of one that is rejected.
const SUSPENDED: &str = "TAM_DUNG";
const REJECTED: &str = "TU_CHOI";

/// A step of a dossier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvanceDossier {
    pub dossier: String,
    /// State to go to; the next on the straight way when left out. A suspended dossier goes on where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Stands in the history: no personal values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl AdvanceDossier {
    pub(super) fn label(&self) -> Msg {
        let code = &self.dossier;
        let Some(to) = &self.to else {
            return msg!("Chuyển bước hồ sơ {code}", "Next step of dossier {code}");
        };
        let (vi, en) = titles(to);
        msg!("Hồ sơ {code}: {vi}", "Dossier {code}: {en}")
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        let of = dossier::any(at.op, &self.dossier)?;
        let before = came_from(at, &of)?;
        let to = match self.to.as_deref() {
            Some(typed) => codes::meant("dossier_state", typed).map_or(typed, |i| &i.code),
            None => next(&of, before.as_deref()).ok_or_else(|| no_step(&of, "?", before.as_deref()))?,
        };
        if to == ENTERED {
            return Err(by_approval(&of).into());
        }
        let asked = may(&of, to, before.as_deref()).ok_or_else(|| no_step(&of, to, before.as_deref()))?;
        let reason = self.reason.as_deref().map(str::trim).filter(|r| !r.is_empty());
        if asked.contains(&Requirement::Reason) && reason.is_none_or(|r| r.chars().count() > 500) {
            return Err(reason_needed().into());
        }
        for what in asked {
            ask(at, &of, what)?;
        }
        if asked.contains(&Requirement::Content) {
            pending::try_all(at, &of)?;
        }
        if to == REJECTED {
            proposal::drop_all(at.op, of.fid)?;
            proposal::drop_edits(at.op, of.fid)?;
        }
        go(at, &of, to, reason)?;
        proposal::belongs(at.op, of.fid)?;
        Ok(())
    }
}

/// Where a suspended dossier was.
fn came_from(at: &Context<'_>, of: &Dossier) -> Result<Option<String>, EditError> {
    let steps = proposal::steps(at.op, of.fid)?;
    let last = steps.into_iter().rev().find(|s| s.to == of.state);
    Ok(last.filter(|_| of.state == SUSPENDED).map(|s| s.from))
}

/// Writes a step and moves the day of result by the days that did not count.
fn go(at: &Context<'_>, of: &Dossier, to: &str, reason: Option<&str>) -> Result<(), EditError> {
    let (actor, _) = decisions::actor(at.op)?;
    let today = succession::date(at.op)?;
    if codes::is_stopped(&of.state)
        && !codes::is_stopped(to)
        && let Some(due) = later(at, of, &today)?
    {
        proposal::set_due(at.op, of.fid, &due)?;
    }
    proposal::step(at.op, of, to, &today, &actor, reason)?;
    Ok(())
}

/// The day of result when the days since the dossier stood still do not count.
fn later(at: &Context<'_>, of: &Dossier, today: &str) -> Result<Option<String>, EditError> {
    let steps = proposal::steps(at.op, of.fid)?;
    let stood = steps.iter().rev().take_while(|s| codes::is_stopped(&s.to)).last();
    let day = |t: &str| t.parse::<Date>().ok();
    let (Some(stood), Some(due), Some(today)) = (
        stood.and_then(|s| day(&s.day)),
        of.due_on.as_deref().and_then(day),
        day(today),
    ) else {
        return Ok(None);
    };
    let lost = codes::working_days_between(stood, today);
    Ok((lost > 0).then(|| codes::working_days_after(due, lost).to_string()))
}

/// What a step asks for; `None`: it is not allowed.
fn may<'a>(of: &Dossier, to: &str, before: Option<&str>) -> Option<&'a [Requirement]> {
    const WITH_REASON: &[Requirement] = &[Requirement::Reason];
    match to {
        SUSPENDED if of.is_open() && of.state != SUSPENDED => Some(WITH_REASON),
        REJECTED if of.is_open() => Some(WITH_REASON),
        to if of.state == SUSPENDED => (before == Some(to)).then_some(&[]),
        to => {
            let mut all = codes::transitions().iter();
            all.find(|t| t.from == of.state && t.to == to)
                .map(|t| t.requires.as_slice())
        }
    }
}

/// The next state on the straight way: through the tax office where the procedure asks and nothing says it is done.
fn next<'a>(of: &Dossier, before: Option<&'a str>) -> Option<&'a str> {
    if of.state == SUSPENDED {
        return before;
    }
    let day = of.received_on.as_deref().unwrap_or_default();
    let tax = codes::procedure(&of.kind, day).is_some_and(|p| p.tax);
    let mut onward = codes::transitions()
        .iter()
        .filter(|t| t.from == of.state && !t.requires.contains(&Requirement::Reason));
    let first = onward.next()?;
    let skip = first.to == "CHUYEN_THUE" && !tax;
    Some(if skip {
        onward.next().map_or(&first.to, |t| &t.to)
    } else {
        &first.to
    })
}

/// The states a dossier may go to now, with what each asks for, in the order of the table.
pub fn onward(of: &Dossier, steps: &[proposal::Step]) -> Vec<(&'static str, &'static [Requirement])> {
    let before = steps
        .iter()
        .rev()
        .find(|s| s.to == of.state)
        .map(|s| s.from.as_str());
    let all = codes::code_lists("dossier_state").flat_map(|l| &l.items);
    all.filter_map(|s| may(of, &s.code, before).map(|r| (s.code.as_str(), r)))
        .collect()
}

/// The steps from the state of a dossier to its approval, by the shortest way.
pub(super) fn way_to_approval(of: &Dossier) -> Result<Vec<&'static Transition>, Failure> {
    let mut came: BTreeMap<&str, &'static Transition> = BTreeMap::new();
    let mut queue = VecDeque::from([of.state.as_str()]);
    while let Some(state) = queue.pop_front() {
        let onward = codes::transitions().iter().filter(|t| t.from == state);
        for t in onward.filter(|t| !t.requires.contains(&Requirement::Reason)) {
            if t.to != of.state && !came.contains_key(t.to.as_str()) {
                came.insert(&t.to, t);
                queue.push_back(&t.to);
            }
        }
    }
    let (mut way, mut state) = (Vec::new(), ENTERED);
    while state != of.state {
        let Some(t) = came.get(state) else {
            return Err(no_step(of, ENTERED, None));
        };
        way.push(*t);
        state = &t.from;
    }
    way.reverse();
    Ok(way)
}

/// Makes those steps, once what they ask for is there. `content` has been checked by entering it.
pub(super) fn walk(at: &Context<'_>, of: &Dossier, way: &[&'static Transition]) -> Result<(), EditError> {
    let mut of = of.clone();
    for t in way {
        go(at, &of, &t.to, None)?;
        of = dossier::any(at.op, &of.code)?;
    }
    Ok(())
}

/// What a step asks for beside a reason and content.
pub(super) fn ask(at: &Context<'_>, of: &Dossier, what: &Requirement) -> Result<(), EditError> {
    let lacking = match what {
        Requirement::Papers => lacking_papers(of, &proposal::papers(at.op, of)?),
        Requirement::Paid => lacking_proof(of, &proposal::papers(at.op, of)?),
        Requirement::Reason | Requirement::Content => None,
    };
    match lacking {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

/// The papers of the procedure that are not among `there`: of each group the titles of those that would do.
pub fn lacking_papers(of: &Dossier, there: &[String]) -> Option<Failure> {
    let day = of.received_on.as_deref().unwrap_or_default();
    let procedure = codes::procedure(&of.kind, day)?;
    let lacking: Vec<&Vec<String>> = procedure
        .papers
        .iter()
        .filter(|group| !group.iter().any(|p| there.contains(p)))
        .collect();
    if lacking.is_empty() {
        return None;
    }
    let list = |lang: Lang| {
        let one = |p: &String| format!("{} ({p})", codes::code_title("document_kind", p, lang));
        let or = match lang {
            Lang::Vi => " hoặc ",
            Lang::En => " or ",
        };
        let groups = lacking
            .iter()
            .map(|g| g.iter().map(one).collect::<Vec<_>>().join(or));
        groups.collect::<Vec<_>>().join("; ")
    };
    let (vi, en, code) = (list(Lang::Vi), list(Lang::En), &of.code);
    Some(
        Failure::new(
            "PAPERS_MISSING",
            msg!("Hồ sơ {code} còn thiếu: {vi}.", "Dossier {code} lacks: {en}."),
        )
        .field("papers")
        .remedy(msg!(
            "Thêm bản quét vào hồ sơ, hoặc ghi đã nhận bản giấy (trường papers).",
            "Add a scan to the dossier, or tick the paper as received (field papers)."
        )),
    )
}

/// What is owed is not shown to be paid.
pub fn lacking_proof(of: &Dossier, there: &[String]) -> Option<Failure> {
    let day = of.received_on.as_deref().unwrap_or_default();
    let tax = codes::procedure(&of.kind, day).is_some_and(|p| p.tax);
    if !tax || codes::proofs_of_payment().iter().any(|p| there.contains(p)) {
        return None;
    }
    let (code, list) = (&of.code, codes::proofs_of_payment().join(", "));
    Some(
        Failure::new(
            "TAX_OPEN",
            msg!(
                "Hồ sơ {code} chưa có chứng từ hoàn thành nghĩa vụ tài chính ({list}).",
                "Dossier {code} has no proof that what is owed was paid ({list})."
            ),
        )
        .field("papers")
        .remedy(msg!(
            "Chuyển thông tin sang cơ quan thuế; khi có chứng từ nộp hoặc miễn thì ghi nhận vào hồ sơ.",
            "Pass the dossier to the tax office; add the proof of payment or exemption once it is there."
        )),
    )
}

fn titles(state: &str) -> (String, String) {
    let of = |lang| codes::code_title("dossier_state", state, lang).to_owned();
    (of(Lang::Vi), of(Lang::En))
}

fn no_step(of: &Dossier, to: &str, before: Option<&str>) -> Failure {
    let all = codes::code_lists("dossier_state").flat_map(|l| &l.items);
    let allowed = all.filter(|s| may(of, &s.code, before).is_some());
    let allowed = allowed.map(|s| s.code.as_str()).collect::<Vec<_>>().join(", ");
    let (code, (vi, en)) = (&of.code, titles(&of.state));
    Failure::new(
        "DOSSIER_STEP",
        msg!(
            "Hồ sơ {code} đang ở bước “{vi}”, không chuyển được sang {to}.",
            "Dossier {code} is in state \"{en}\" and cannot go to {to}."
        ),
    )
    .field("to")
    .remedy(msg!("Có thể chuyển sang: {allowed}.", "It may go to: {allowed}."))
}

fn by_approval(of: &Dossier) -> Failure {
    let code = &of.code;
    Failure::new(
        "DOSSIER_STEP",
        msg!(
            "Cơ sở dữ liệu được cập nhật khi phê duyệt hồ sơ {code}.",
            "The register is brought up to date by approving dossier {code}."
        ),
    )
    .field("to")
    .remedy(msg!("Dùng lệnh phê duyệt (approve).", "Use approve."))
}

fn reason_needed() -> Failure {
    Failure::new(
        "BAD_REASON",
        msg!(
            "Phải ghi lý do, dài không quá 500 ký tự.",
            "A reason is needed, of at most 500 characters."
        ),
    )
    .field("reason")
}
