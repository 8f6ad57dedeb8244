//! Decisions in place of repairs: a gap is right as it is, or somebody lives with the finding. Nothing on the map changes.
//! A decision needs a reason ([`Fix::because`]), so no batch takes one unasked.

use jiff::civil::Date;

use super::{Fix, number};
use crate::domain::Finding;
use crate::edit::{AcceptFinding, Edit};
use crate::msg;
use crate::text::{Msg, Text};
use crate::topology::findings::PARCEL_GAP;
use crate::validate;

pub(super) const ALLOW: (&str, Text) = (
    "allow_gap",
    Text::new("Công nhận là đường, mương…", "Allow as street, ditch…"),
);
pub(super) const ACCEPT: (&str, Text) = (
    "accept_finding",
    Text::new("Chấp nhận, ghi lý do", "Accept with a reason"),
);

/// What may be decided about a finding; where it blocks sending, nothing.
pub(super) fn options(finding: &Finding) -> Vec<Fix> {
    let mut all = Vec::new();
    if finding.code == PARCEL_GAP {
        all.extend(allow(finding));
    }
    if validate::may_be_accepted(finding) {
        all.push(accept(finding));
    }
    all
}

fn allow(finding: &Finding) -> Option<Fix> {
    let (at, land) = (finding.at?, number(finding.amount.unwrap_or_default(), 2));
    Some(Fix {
        name: ALLOW.0,
        title: ALLOW.1,
        what: Msg::new(
            format!(
                "Khoảng hở {} m² là đường, mương hoặc đất chưa đo: giữ nguyên, ghi lại thành một đối tượng có lý do.",
                land.vi
            ),
            format!(
                "The gap of {} m² is a street, a ditch or land not yet surveyed: it stays, and is kept as an object with a reason.",
                land.en
            ),
        ),
        edits: vec![Edit::AllowGap {
            at,
            reason: String::new(),
            until: None,
        }],
        certain: false,
        tolerance_mm: 0,
    })
}

fn accept(finding: &Finding) -> Fix {
    Fix {
        name: ACCEPT.0,
        title: ACCEPT.1,
        what: msg!(
            "Để nguyên và ghi ai chấp nhận, vì sao, đến khi nào; lỗi lớn hơn mức này hoặc quá hạn thì báo lại.",
            "It stays, with who accepted it, why and until when; it is told again once it grows or the day has passed."
        ),
        edits: vec![Edit::AcceptFinding(AcceptFinding::new(finding, "", None))],
        certain: false,
        tolerance_mm: 0,
    }
}

impl Fix {
    /// A decision: done with [`Fix::because`] only.
    pub fn needs_reason(&self) -> bool {
        self.edits.iter().any(Edit::is_decision)
    }

    /// The same with a reason, and the last day it holds.
    pub fn because(mut self, why: &str, last: Option<Date>) -> Self {
        for edit in &mut self.edits {
            match edit {
                Edit::AllowGap { reason, until, .. } => (*reason, *until) = (why.to_owned(), last),
                Edit::AcceptFinding(a) => (a.reason, a.until) = (why.to_owned(), last),
                _ => (),
            }
        }
        self
    }
}
