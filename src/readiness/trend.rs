//! Work done by day and person, from the history, against the target of the campaign.
//!
//! A record counts once for a day and a person, however often it was touched. Imports and acts undone do not count.

use std::collections::{BTreeMap, HashSet};

use jiff::civil::Date;
use jiff::{Timestamp, tz};

use crate::domain::Failure;
use crate::store::{Reader, facts};

/// Records one person worked on in one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub day: Date,
    pub person: String,
    pub records: u32,
}

/// All work done, by day, then person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trend {
    pub done: Vec<Done>,
}

/// The day in Vietnam (UTC+7 all year).
pub fn day(at: Timestamp) -> Date {
    at.to_zoned(tz::TimeZone::fixed(tz::offset(7))).date()
}

impl Trend {
    /// From the whole history of a file.
    pub fn read(reader: &Reader) -> Result<Self, Failure> {
        let mut days: BTreeMap<(Date, String), HashSet<i64>> = BTreeMap::new();
        facts::worked(reader.conn(), &mut |w| {
            let at: Timestamp = w.at.parse().unwrap_or(Timestamp::UNIX_EPOCH);
            let key = (day(at), w.actor.to_owned());
            days.entry(key).or_default().insert(w.parcel);
        })?;
        let done = days.into_iter().map(|((day, person), parcels)| Done {
            day,
            person,
            records: parcels.len() as u32,
        });
        Ok(Self { done: done.collect() })
    }

    /// Records of a day by all, and how many people worked; 0 for a day without work.
    pub fn of_day(&self, day: Date) -> (u32, u32) {
        let from = self.done.partition_point(|d| d.day < day);
        let of_day = self.done[from..].iter().take_while(|d| d.day == day);
        of_day.fold((0, 0), |(n, people), d| (n + d.records, people + 1))
    }

    /// The people between two days, both included: records and days with work, most records first.
    pub fn people(&self, from: Date, to: Date) -> Vec<Person> {
        let mut all: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
        for d in self.done.iter().filter(|d| from <= d.day && d.day <= to) {
            let of = all.entry(&d.person).or_default();
            *of = (of.0 + d.records, of.1 + 1);
        }
        let mut all: Vec<Person> = all
            .into_iter()
            .map(|(name, (records, days))| Person {
                name: name.to_owned(),
                records,
                days,
            })
            .collect();
        all.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.name.cmp(&b.name)));
        all
    }
}

/// One person's work over some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub records: u32,
    /// Days on which something was done.
    pub days: u32,
}

/// What the office has set itself. Lies in the file's settings, not in the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Campaign {
    pub from: Option<Date>,
    pub to: Option<Date>,
    /// Records a person is to do in a day.
    pub target: Option<u32>,
}

impl Campaign {
    /// From the value of setting [`SETTING`]; what cannot be read is as if it were not there.
    pub fn parse(stored: &str) -> Self {
        let mut parts = stored.split('/');
        let mut next = || parts.next().unwrap_or_default();
        Self {
            from: next().parse().ok(),
            to: next().parse().ok(),
            target: next().parse().ok(),
        }
    }

    /// As it is stored: "2026-01-01/2026-12-31/40".
    pub fn stored(&self) -> String {
        let day = |d: Option<Date>| d.map(|d| d.to_string()).unwrap_or_default();
        let target = self.target.map(|t| t.to_string()).unwrap_or_default();
        format!("{}/{}/{target}", day(self.from), day(self.to))
    }

    /// Records a day that would finish `left` parcels by the end, counted from `today`; `None` without an end, or after it.
    pub fn needed(&self, left: u32, today: Date) -> Option<u32> {
        let days = today.until(self.to?).ok()?.get_days() + 1;
        u32::try_from(days)
            .ok()
            .filter(|d| *d > 0)
            .map(|d| left.div_ceil(d))
    }
}

/// Key of the campaign in the file's settings.
pub const SETTING: &str = "campaign";

#[cfg(test)]
mod tests {
    use super::*;

    fn date(s: &str) -> Date {
        s.parse().unwrap()
    }

    #[test]
    fn a_campaign_is_read_as_it_was_written() {
        let whole = Campaign {
            from: Some(date("2026-01-01")),
            to: Some(date("2026-12-31")),
            target: Some(40),
        };
        for c in [whole, Campaign::default(), Campaign { from: None, ..whole }] {
            assert_eq!(Campaign::parse(&c.stored()), c);
        }
        assert_eq!(Campaign::parse("x/2026-99-99/-3"), Campaign::default());
        assert_eq!(whole.needed(100, date("2026-12-22")), Some(10));
        assert_eq!(whole.needed(101, date("2026-12-31")), Some(101));
        assert_eq!(whole.needed(1, date("2027-01-01")), None);
    }

    #[test]
    fn the_day_is_that_of_vietnam() {
        assert_eq!(day("2026-11-22T17:00:00Z".parse().unwrap()), date("2026-11-23"));
        assert_eq!(day("2026-11-22T16:59:59Z".parse().unwrap()), date("2026-11-22"));
    }
}
