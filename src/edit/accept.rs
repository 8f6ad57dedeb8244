//! `accept_finding`, `withdraw_acceptance`, `allow_gap`, `disallow_gap`: decisions about findings. None of them changes
//! the map; all are journalled and undone like any edit.
//!
//! Whether the finding is there and may be accepted is for who sees the rules to check (`Project::apply`); here the row is
//! written.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Context, EditError, find, forms, script, short_list};
use crate::domain::{Acceptance, AllowedGap, Failure, Finding, Parcel, ParcelRef, Polygon, Pt, Uid, day_of};
use crate::msg;
use crate::store::decisions;
use crate::text::{Msg, Text};
use crate::topology::Coverage;
use crate::topology::allowed::gap_at;

/// Longest reason, characters.
const MAX_REASON: usize = 500;

/// Which finding is meant: its rule, its parcels, and where it is when there are several of those.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindingRef {
    pub code: String,
    #[serde(with = "forms::parcels")]
    pub parcels: Vec<ParcelRef>,
    /// [`Finding::mark`] where the rule has several kinds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
    #[serde(
        default,
        with = "script::maybe_metres",
        skip_serializing_if = "Option::is_none"
    )]
    pub at: Option<Pt>,
}

impl FindingRef {
    /// Exactly this one.
    pub fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code.to_owned(),
            parcels: finding.parcels.iter().map(|u| ParcelRef::Uid(*u)).collect(),
            mark: finding.mark(),
            at: finding.at,
        }
    }

    /// The parcels meant, sorted.
    pub fn uids(&self, coverage: &Coverage) -> Result<Vec<Uid>, Failure> {
        let all: Result<Vec<Uid>, Failure> =
            self.parcels.iter().map(|r| Ok(find(coverage, r)?.uid)).collect();
        let mut all = all?;
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    fn label(&self, coverage: &Coverage) -> (String, String) {
        (self.code.clone(), short_list(coverage, &self.parcels))
    }
}

/// Lives with a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptFinding {
    pub code: String,
    #[serde(with = "forms::parcels")]
    pub parcels: Vec<ParcelRef>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
    #[serde(
        default,
        with = "script::maybe_metres",
        skip_serializing_if = "Option::is_none"
    )]
    pub at: Option<Pt>,
    pub reason: String,
    /// The last day it holds; without one it holds until it is withdrawn.
    #[serde(default, with = "forms::some_date", skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// How much is accepted: as much as it is now. Known once the finding has been looked up.
    #[serde(skip)]
    pub amount: Option<f64>,
}

impl AcceptFinding {
    pub fn new(finding: &Finding, reason: impl Into<String>, until: Option<Date>) -> Self {
        let FindingRef {
            code,
            parcels,
            mark,
            at,
        } = FindingRef::of(finding);
        Self {
            code,
            parcels,
            mark,
            at,
            reason: reason.into(),
            until,
            amount: finding.amount,
        }
    }

    /// The finding it is about.
    pub fn finding(&self) -> FindingRef {
        FindingRef {
            code: self.code.clone(),
            parcels: self.parcels.clone(),
            mark: self.mark.clone(),
            at: self.at,
        }
    }

    pub(super) fn label(&self, coverage: &Coverage) -> Msg {
        let (code, parcels) = self.finding().label(coverage);
        msg!(
            "Chấp nhận lỗi {code} của thửa {parcels}",
            "Accept {code} of parcel {parcels}"
        )
    }

    pub(super) fn run(&self, at: &Context<'_>) -> Result<(), EditError> {
        let (by, when) = decisions::actor(at.op)?;
        let reason = reason(&self.reason)?;
        in_time(self.until, when)?;
        decisions::accept(
            at.op,
            &Acceptance {
                fid: 0,
                code: self.code.clone(),
                parcels: self.finding().uids(at.coverage)?,
                mark: self.mark.clone(),
                at: self.at,
                amount: self.amount,
                reason,
                by,
                when,
                until: self.until,
            },
        )?;
        Ok(())
    }
}

/// No longer lives with a finding.
pub(super) fn withdraw_label(coverage: &Coverage, finding: &FindingRef) -> Msg {
    let (code, parcels) = finding.label(coverage);
    msg!(
        "Thôi chấp nhận lỗi {code} của thửa {parcels}",
        "No longer accept {code} of parcel {parcels}"
    )
}

/// Takes away every acceptance of the finding; of several findings of that rule and those parcels, the acceptance
/// nearest to its place, and the earlier ones given there.
pub(super) fn withdraw(at: &Context<'_>, finding: &FindingRef) -> Result<(), EditError> {
    let parcels = finding.uids(at.coverage)?;
    let mut given = decisions::acceptances(at.op)?;
    given.retain(|a| a.code == finding.code && a.parcels == parcels && a.mark == finding.mark);
    let far = |a: &Acceptance| match (a.at, finding.at) {
        (Some(a), Some(b)) => a.dist2(b),
        _ => 0,
    };
    let nearest = given
        .iter()
        .min_by_key(|a| far(a))
        .ok_or_else(|| not_accepted(finding))?;
    for a in given.iter().filter(|a| a.at == nearest.at) {
        decisions::withdraw(at.op, a.fid)?;
    }
    Ok(())
}

pub(super) const ALLOW: Text = Text::new("Công nhận khoảng hở", "Allow a gap");
pub(super) const DISALLOW: Text = Text::new("Thôi công nhận khoảng hở", "No longer allow a gap");

/// Keeps the gap at a point as an object of its own: a street, a canal. Its reason says what it is.
pub(super) fn allow_gap(
    at: &Context<'_>,
    place: Pt,
    why: &str,
    until: Option<Date>,
) -> Result<(), EditError> {
    let (by, when) = decisions::actor(at.op)?;
    let why = reason(why)?;
    in_time(until, when)?;
    let gap = gap_at(at.coverage, place)?;
    let polygon = Polygon { rings: gap.rings };
    let there = decisions::allowed_gaps(at.op)?;
    if there
        .iter()
        .any(|a| a.polygon == polygon && a.holds_on(day_of(when)))
    {
        return Err(already_allowed().into());
    }
    let communes = gap.fids.iter().filter_map(|f| at.coverage.get(*f));
    decisions::allow_gap(
        at.op,
        &AllowedGap {
            fid: 0,
            uid: Uid::fresh(),
            bbox: polygon.bbox(),
            polygon,
            commune: most(communes),
            reason: why,
            by,
            when,
            until,
        },
        at.srs,
    )?;
    Ok(())
}

/// The commune of most parcels along it; of several the first by code.
fn most<'a>(parcels: impl Iterator<Item = &'a Parcel>) -> Option<String> {
    let mut count = std::collections::BTreeMap::new();
    parcels.for_each(|p| *count.entry(&p.commune).or_insert(0) += 1);
    let most = count.iter().map(|(c, n)| (*n, std::cmp::Reverse(*c))).max();
    most.map(|(_, c)| c.0.to_string())
}

/// Forgets the allowed gap at a point.
pub(super) fn disallow_gap(at: &Context<'_>, place: Pt) -> Result<(), EditError> {
    use crate::topology::ring::{Place, locate};
    let there = decisions::allowed_gaps(at.op)?;
    let here: Vec<_> = there
        .iter()
        .filter(|g| g.bbox.contains(place) && locate(&g.polygon, place) != Place::Outside)
        .collect();
    if here.is_empty() {
        return Err(not_allowed().into());
    }
    for gap in here {
        decisions::disallow_gap(at.op, gap.fid)?;
    }
    Ok(())
}

fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    let n = text.chars().count();
    if (1..=MAX_REASON).contains(&n) && !text.chars().any(|c| c.is_control() && c != '\n') {
        return Ok(text.to_owned());
    }
    Err(Failure::new(
        "BAD_REASON",
        msg!(
            "Phải ghi lý do, dài không quá {MAX_REASON} ký tự.",
            "A reason is needed, of at most {MAX_REASON} characters."
        ),
    )
    .field("reason"))
}

fn in_time(until: Option<Date>, now: jiff::Timestamp) -> Result<(), Failure> {
    match until.filter(|u| *u < day_of(now)) {
        None => Ok(()),
        Some(day) => Err(Failure::new(
            "BAD_UNTIL",
            msg!("Thời hạn {day} đã qua.", "The day {day} has passed already."),
        )
        .field("until")),
    }
}

fn not_accepted(finding: &FindingRef) -> Failure {
    let code = &finding.code;
    Failure::new(
        "NOT_ACCEPTED",
        msg!(
            "Lỗi {code} này chưa được chấp nhận.",
            "This {code} has not been accepted."
        ),
    )
}

fn already_allowed() -> Failure {
    Failure::new(
        "GAP_ALLOWED",
        msg!("Khoảng hở này đã được công nhận.", "This gap is allowed already."),
    )
    .field("at")
}

fn not_allowed() -> Failure {
    Failure::new(
        "GAP_NOT_ALLOWED",
        msg!(
            "Tại điểm này không có khoảng hở nào được công nhận.",
            "There is no allowed gap at this point."
        ),
    )
    .field("at")
}
