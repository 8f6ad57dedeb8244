//! What becomes of findings: open, accepted or fixed, since when, and by whose decision. Findings are recomputed; this
//! is what is remembered about them.

use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{BBox, Finding, Polygon, Pt, Uid, finding_key};

/// How a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingState {
    /// It is there and nobody has accepted it.
    Open,
    /// It is there and was accepted; it blocks nothing.
    Accepted,
    /// It is no longer there.
    Fixed,
}

impl FindingState {
    pub const ALL: [Self; 3] = [Self::Open, Self::Accepted, Self::Fixed];

    /// As stored, and as in cli.md.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Fixed => "fixed",
        }
    }

    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// A moment of the file: the newest operation then, and the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub op: i64,
    pub at: Timestamp,
}

/// Somebody's decision to live with a finding (a row of `decision`).
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    pub fid: i64,
    pub code: String,
    /// Sorted.
    pub parcels: Vec<Uid>,
    /// [`Finding::mark`].
    pub mark: String,
    /// Where it was when it was accepted.
    pub at: Option<Pt>,
    /// How much was accepted, in the unit of the rule.
    pub amount: Option<f64>,
    pub reason: String,
    pub by: String,
    pub when: Timestamp,
    /// The last day it holds.
    pub until: Option<Date>,
}

impl Acceptance {
    /// [`Finding::key`] of the findings it can be about.
    pub fn key(&self) -> String {
        finding_key(&self.code, &self.parcels, &self.mark)
    }

    /// Whether it holds for this finding of its key on `today`: the day has not passed, the finding is still at the place
    /// accepted (to 1 m) and is no more than was accepted.
    pub fn covers(&self, finding: &Finding, today: Date) -> bool {
        self.until.is_none_or(|u| today <= u) && self.concerns(finding) && !self.is_outgrown(finding)
    }

    /// Whether it was given for this finding of its key: for one at this place (to 1 m).
    pub fn concerns(&self, finding: &Finding) -> bool {
        match (self.at, finding.bbox) {
            (Some(at), Some(bbox)) if !bbox.is_empty() => bbox.grown(PLACE_MM).contains(at),
            _ => true,
        }
    }

    /// By more than what the sixth decimal says.
    fn is_outgrown(&self, finding: &Finding) -> bool {
        match (self.amount, finding.amount) {
            (Some(accepted), Some(now)) => now.abs() > accepted.abs() + 2e-6,
            (None, Some(_)) => true,
            _ => false,
        }
    }
}

/// A finding accepted at one place is still there when its box is at most this far from that place, mm.
const PLACE_MM: i64 = 1000;

/// A finding and what is remembered of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracked {
    /// Number in this file, never used twice.
    pub id: i64,
    /// Stable: [`Finding::key`], with `~2`, `~3` … where there were several of one key at once.
    pub key: Arc<str>,
    pub finding: Finding,
    pub state: FindingState,
    /// When a check first told of it.
    pub first: Seen,
    /// When a check no longer found it; of one that is there: `None`.
    pub fixed: Option<Seen>,
    /// The decision it stands accepted by, or stood by: then [`Tracked::state`] is open.
    pub acceptance: Option<Arc<Acceptance>>,
}

impl Tracked {
    /// The part of the key without `~2`.
    pub fn base(&self) -> &str {
        base(&self.key)
    }
}

/// A tracked key without what tells several of one [`Finding::key`] apart.
pub fn base(key: &str) -> &str {
    key.split_once('~').map_or(key, |(base, _)| base)
}

impl Deref for Tracked {
    type Target = Finding;
    fn deref(&self) -> &Finding {
        &self.finding
    }
}

/// One change of state in the history of a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingEvent {
    pub seen: Seen,
    pub state: FindingState,
    /// How much it was then.
    pub amount: Option<f64>,
}

/// A gap that is right as it is: a street, a canal, land not yet surveyed (a row of `allowed_gap`).
#[derive(Clone, Debug, PartialEq)]
pub struct AllowedGap {
    pub fid: i64,
    pub uid: Uid,
    /// Exactly the gap it was given for.
    pub polygon: Polygon,
    pub bbox: BBox,
    pub commune: Option<String>,
    pub reason: String,
    pub by: String,
    pub when: Timestamp,
    /// The last day it holds.
    pub until: Option<Date>,
}

impl AllowedGap {
    pub fn holds_on(&self, today: Date) -> bool {
        self.until.is_none_or(|u| today <= u)
    }
}

/// The day of a moment in Vietnam (UTC+7, no summer time).
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(jiff::tz::Offset::constant(7).to_time_zone()).date()
}
