//! Counts over parcels: of a sheet, a commune, the district. Sums of counts are counts.

use super::classify;
use super::criteria::Criteria;
use super::reason::{Group, REASONS, Reason, Reasons, WORKLISTS};

/// What is counted of some parcels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub parcels: u32,
    /// Holder and land use are there ("đã nhập biểu").
    pub entered: u32,
    /// Of [`Group::ALL`].
    groups: [u32; 4],
    /// Against how many parcels each reason stands.
    reasons: [u32; REASONS],
    /// For how many it is the only one.
    alone: [u32; REASONS],
    /// How many each worklist holds.
    worklists: [u32; WORKLISTS.len()],
    pub certificate: u32,
    pub missing_shape: u32,
    pub missing_attributes: u32,
    pub missing_scans: u32,
    /// A signed page of the electronic register is there ("đã ký").
    pub signed: u32,
    pub topology: u32,
}

impl Tally {
    pub fn group(&self, group: Group) -> u32 {
        self.groups[group as usize]
    }

    pub fn reason(&self, reason: Reason) -> u32 {
        self.reasons[reason as usize]
    }

    pub fn alone(&self, reason: Reason) -> u32 {
        self.alone[reason as usize]
    }

    /// `worklist` from 1.
    pub fn worklist(&self, worklist: u8) -> u32 {
        self.worklists
            .get(usize::from(worklist) - 1)
            .copied()
            .unwrap_or(0)
    }

    /// Share of group 1, 0–100; 0 without parcels.
    pub fn ready_percent(&self) -> f64 {
        percent(self.group(Group::One), self.parcels)
    }

    /// Share of parcels entered.
    pub fn entered_percent(&self) -> f64 {
        percent(self.entered, self.parcels)
    }

    /// Counts one parcel in.
    pub fn add(&mut self, r: Reasons, certificate: bool, criteria: &Criteria) {
        self.count(r, certificate, criteria, |n| *n += 1);
    }

    /// Takes out what [`Tally::add`] counted in.
    pub fn take(&mut self, r: Reasons, certificate: bool, criteria: &Criteria) {
        self.count(r, certificate, criteria, |n| *n = n.saturating_sub(1));
    }

    fn count(&mut self, r: Reasons, certificate: bool, criteria: &Criteria, step: impl Fn(&mut u32)) {
        let when = |on: bool, n: &mut u32| {
            if on {
                step(n);
            }
        };
        step(&mut self.parcels);
        step(&mut self.groups[classify::group(r, criteria) as usize]);
        when(classify::is_entered(r), &mut self.entered);
        when(certificate, &mut self.certificate);
        when(r.meets(criteria.missing_shape), &mut self.missing_shape);
        when(r.meets(criteria.missing_attributes), &mut self.missing_attributes);
        when(r.has(Reason::NoScan), &mut self.missing_scans);
        let signed = !r.has(Reason::NoPage) && !r.has(Reason::PageUnsigned);
        when(signed, &mut self.signed);
        when(r.meets(criteria.topology), &mut self.topology);
        for reason in r.iter() {
            step(&mut self.reasons[reason as usize]);
            when(r == reason.bit(), &mut self.alone[reason as usize]);
        }
        for (w, n) in (1..).zip(&mut self.worklists) {
            when(criteria.holds(w, r), n);
        }
    }

    /// Both together.
    pub fn join(&mut self, o: &Self) {
        let all = |a: &mut [u32], b: &[u32]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        all(&mut self.groups, &o.groups);
        all(&mut self.reasons, &o.reasons);
        all(&mut self.alone, &o.alone);
        all(&mut self.worklists, &o.worklists);
        for (a, b) in [
            (&mut self.parcels, o.parcels),
            (&mut self.entered, o.entered),
            (&mut self.certificate, o.certificate),
            (&mut self.missing_shape, o.missing_shape),
            (&mut self.missing_attributes, o.missing_attributes),
            (&mut self.missing_scans, o.missing_scans),
            (&mut self.signed, o.signed),
            (&mut self.topology, o.topology),
        ] {
            *a += b;
        }
    }
}

/// With one decimal, rounded down: 100 is everything.
fn percent(part: u32, of: u32) -> f64 {
    match of {
        0 => 0.0,
        of => (u64::from(part) * 1000 / u64::from(of)) as f64 / 10.0,
    }
}

/// One thing that keeps parcels from being ready.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blocker {
    pub reason: Reason,
    /// From 1.
    pub worklist: u8,
    /// Parcels it stands against.
    pub parcels: u32,
    /// Parcels that would be ready without it.
    pub alone: u32,
    /// Work on one parcel, and on all.
    pub minutes_each: f64,
    pub hours: f64,
}

/// What keeps parcels from being ready, least effort first.
pub fn blockers(tally: &Tally, criteria: &Criteria) -> Vec<Blocker> {
    let blocker = |reason: Reason| {
        let w = criteria.weight(reason);
        Blocker {
            reason,
            worklist: w.worklist,
            parcels: tally.reason(reason),
            alone: tally.alone(reason),
            minutes_each: w.minutes,
            hours: f64::from(tally.reason(reason)) * w.minutes / 60.0,
        }
    };
    let mut all: Vec<Blocker> = Reason::ALL
        .into_iter()
        .map(blocker)
        .filter(|b| b.parcels > 0)
        .collect();
    all.sort_by(|a, b| a.hours.total_cmp(&b.hours).then(a.worklist.cmp(&b.worklist)));
    all
}
