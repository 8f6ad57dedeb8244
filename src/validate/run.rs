//! Running the rules: over everything, or around what an edit changed. The result does not depend on
//! the order of parcels or the number of threads.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, RandomState};

use jiff::civil::Date;
use rayon::prelude::*;

use super::rule::Facts;
use super::{Check, Parameters, RULES, sheet_edge};
use crate::domain::{Failure, Finding, Parcel, sort_findings};
use crate::job::Progress;
use crate::msg;
use crate::text::Text;
use crate::topology::faults::{self, Faults};
use crate::topology::gaps::Gap;
use crate::topology::{Coverage, findings};

/// What to check.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these rules; empty = all.
    pub rules: Vec<String>,
    /// Only findings about a parcel of these communes; empty = all.
    pub communes: Vec<String>,
    /// The rules in force on this day; `None` = the newest.
    pub date: Option<Date>,
}

const REGISTER: Text = Text::new("Đang kiểm tra thông tin thửa", "Checking attributes");

/// All findings of the coverage, in the order of cli.md. Fails with `UNKNOWN_RULE` or `CANCELLED`.
pub fn run(coverage: &Coverage, options: &Options, progress: &Progress) -> Result<Vec<Finding>, Failure> {
    let wanted = Wanted::new(options)?;
    let faults = if wanted.geometry() {
        faults::all(coverage, progress)?
    } else {
        Faults::default()
    };
    let parcels: Vec<&Parcel> = coverage.iter().collect();
    progress.stage(REGISTER, parcels.len() as u64)?;
    let parts: Result<Vec<Vec<Finding>>, Failure> = parcels
        .par_chunks(4096)
        .map(|chunk| {
            progress.step(chunk.len() as u64)?;
            Ok(chunk.iter().flat_map(|p| wanted.of_parcel(p, coverage)).collect())
        })
        .collect();
    let mut all: Vec<Finding> = parts?.into_iter().flatten().collect();
    all.extend(wanted.of_faults(&faults, coverage));
    if wanted.same_number().next().is_some() {
        let groups = same_numbers(parcels);
        all.extend(groups.iter().flat_map(|g| wanted.of_number(g)));
    }
    Ok(wanted.sorted(all))
}

/// All findings about any of these parcels, as [`run`] with default options tells of them.
pub fn affected(coverage: &Coverage, fids: &[i64]) -> Vec<Finding> {
    let options = Options::default();
    let Ok(wanted) = Wanted::new(&options) else {
        return Vec::new();
    };
    let touched: Vec<&Parcel> = fids
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|f| coverage.get(*f))
        .collect();
    let mut all: Vec<Finding> = touched
        .iter()
        .flat_map(|p| wanted.of_parcel(p, coverage))
        .collect();
    all.extend(wanted.of_faults(&faults::around(coverage, fids), coverage));
    let keys: BTreeSet<_> = touched
        .iter()
        .filter(|p| is_numbered(p))
        .map(|p| p.key())
        .collect();
    for key in keys {
        let same = coverage.by_key(&key).into_iter().filter_map(|f| coverage.get(f));
        let same: Vec<&Parcel> = same.filter(|p| is_numbered(p)).collect();
        all.extend(wanted.of_number(&same));
    }
    wanted.sorted(all)
}

pub(super) fn is_large_gap(f: &Finding) -> bool {
    is_gap(f) && !f.value("large").is_empty()
}

pub(super) fn is_small_gap(f: &Finding) -> bool {
    is_gap(f) && f.value("large").is_empty()
}

/// Also one at the edge of sheets.
fn is_gap(f: &Finding) -> bool {
    !f.value("width_mm").is_empty() && f.code != findings::PARCEL_OVERLAP
}

/// Whether `new` tells of all parcels of `old` at the same place.
pub(super) fn has_grown_from(new: &Finding, old: &Finding) -> bool {
    let meet = match (&new.bbox, &old.bbox) {
        (Some(a), Some(b)) => a.intersects(b),
        _ => true,
    };
    if is_large_gap(old) && is_large_gap(new) {
        return meet;
    }
    new.code == old.code && meet && old.parcels.iter().all(|p| new.parcels.contains(p))
}

/// The rules that were asked for.
pub(super) struct Wanted<'a> {
    pub rules: Vec<&'static super::Rule>,
    communes: &'a [String],
    pub parameters: Parameters,
}

impl<'a> Wanted<'a> {
    pub fn new(options: &'a Options) -> Result<Self, Failure> {
        if let Some(code) = options.rules.iter().find(|c| super::rule(c).is_none()) {
            let known = RULES.map(|r| r.code).join(", ");
            return Err(Failure::new(
                "UNKNOWN_RULE",
                msg!("Không có quy tắc “{code}”.", "There is no rule “{code}”."),
            )
            .remedy(msg!("Các quy tắc: {known}.", "The rules are: {known}.")));
        }
        let asked = |r: &&super::Rule| options.rules.is_empty() || options.rules.iter().any(|c| c == r.code);
        Ok(Self {
            rules: RULES.into_iter().filter(asked).collect(),
            communes: &options.communes,
            parameters: Parameters::on(options.date),
        })
    }

    fn geometry(&self) -> bool {
        self.rules.iter().any(|r| matches!(r.check, Check::Geometry))
    }

    fn same_number(&self) -> impl Iterator<Item = fn(&[&Parcel]) -> Option<Finding>> + '_ {
        self.rules.iter().filter_map(|r| match r.check {
            Check::SameNumber(f) => Some(f),
            _ => None,
        })
    }

    fn of_parcel<'s>(
        &'s self,
        parcel: &'s Parcel,
        coverage: &'s Coverage,
    ) -> impl Iterator<Item = Finding> + 's {
        let facts = Facts {
            parameters: &self.parameters,
            territory: coverage.territory(),
            limits: coverage.limits(),
        };
        self.rules.iter().filter_map(move |r| match r.check {
            Check::Parcel(f) => f(parcel, &facts),
            _ => None,
        })
    }

    fn of_number(&self, same: &[&Parcel]) -> Vec<Finding> {
        self.same_number().filter_map(|f| f(same)).collect()
    }

    fn of_faults(&self, faults: &Faults, coverage: &Coverage) -> Vec<Finding> {
        let mut found = findings::findings(faults, self.parameters.overlap_tolerance_mm, |f| coverage.get(f));
        let told = |g: &Gap| !coverage.allowed_gaps().covers(g);
        found.extend(findings::gaps(faults, &self.parameters.gap, told, |f| {
            coverage.get(f)
        }));
        let mut found: Vec<Finding> = found
            .into_iter()
            .map(|f| sheet_edge::taken(f, &self.parameters, coverage.territory()))
            .collect();
        found.retain(|f| self.rules.iter().any(|r| r.code == f.code));
        found
    }

    /// In the order of cli.md, without those of other communes.
    fn sorted(&self, mut all: Vec<Finding>) -> Vec<Finding> {
        all.retain(|f| self.in_scope(f));
        sort_findings(&mut all);
        all
    }

    /// Whether it is about a parcel of the communes asked for, or about such a commune.
    pub fn in_scope(&self, f: &Finding) -> bool {
        let wanted = |c: &str| self.communes.iter().any(|w| w == c);
        let of = |r: &String| r.split_once('/').is_some_and(|(c, _)| wanted(c));
        self.communes.is_empty() || f.refs.iter().any(of) || wanted(f.value("commune"))
    }
}

fn is_numbered(parcel: &Parcel) -> bool {
    parcel.is_parcel && !parcel.number.is_empty()
}

/// Groups of at least two numbered parcels with one key. Sorted by a hash first: comparing the texts of
/// all parcels would cost as much as checking all their sides.
fn same_numbers(mut parcels: Vec<&Parcel>) -> Vec<Vec<&Parcel>> {
    fn key(p: &Parcel) -> (&str, &str, &str) {
        (&p.commune, &p.sheet, &p.number)
    }
    parcels.retain(|p| is_numbered(p));
    let state = RandomState::new();
    let mut hashed: Vec<(u64, &Parcel)> = parcels.par_iter().map(|p| (state.hash_one(key(p)), *p)).collect();
    hashed.par_sort_unstable_by_key(|(hash, _)| *hash);
    let mut groups = Vec::new();
    for like in hashed.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1) {
        let mut like: Vec<&Parcel> = like.iter().map(|(_, p)| *p).collect();
        like.sort_unstable_by(|a, b| key(a).cmp(&key(b)).then(a.uid.cmp(&b.uid)));
        let same = like.chunk_by(|a, b| key(a) == key(b)).filter(|g| g.len() > 1);
        groups.extend(same.map(<[&Parcel]>::to_vec));
    }
    groups
}

/// Number of findings by code.
pub fn counts(findings: &[Finding]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    findings
        .iter()
        .for_each(|f| *counts.entry(f.code).or_default() += 1);
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Pt;
    use crate::text::Lang;
    use crate::topology::testing::grid;

    fn all(parcels: Vec<Parcel>) -> Vec<Finding> {
        run(&Coverage::build(parcels), &near_the_origin(), &Progress::none()).unwrap()
    }

    /// All rules but the window of coordinates.
    fn near_the_origin() -> Options {
        let rules = RULES.iter().map(|r| r.code).filter(|c| *c != "COORDINATE_WINDOW");
        Options {
            rules: rules.map(str::to_owned).collect(),
            ..Options::default()
        }
    }

    /// Severity and Vietnamese sentence of each finding.
    fn told(findings: &[Finding]) -> String {
        let lines = findings.iter().map(|f| {
            format!(
                "{} {}: {}",
                f.severity.name(),
                f.code,
                super::super::message(f).get(Lang::Vi)
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn clean() {
        assert_eq!(told(&all(grid(5, 5, 10_000))), "");
    }

    #[test]
    fn one_of_each() {
        let mut p = grid(8, 1, 10_000);
        p[0].area_measured = Some(100.1);
        p[1].area_measured = Some(107.0);
        p[2].land_use = "ONT+QQX".into();
        p[3].land_use = "".into();
        p[4].number = "1".into();
        p[5].polygon.rings[0][0] = Pt::new(49_000, 0);
        p[6].polygon.rings[0][2] = Pt::new(70_001, 10_000);
        p[7].polygon.rings[0].swap(1, 2);
        p.iter_mut().for_each(|p| p.bbox = p.polygon.bbox());
        let found = all(p);
        let want = "\
warning AREA_MISMATCH: Thửa 25747/1/2 tại X = 5,000, Y = 15,000: diện tích ghi 107,0 m², tính từ hình 100,0 m², lệch -7,0 m²; cho phép 0,535 m².
error DUPLICATE_NUMBER: 2 thửa hiện hành cùng mang số 25747/1/1 (mã xã/tờ/thửa); thửa đầu tiên tại X = 5,000, Y = 5,000.
warning LAND_USE_MISSING: Thửa 25747/1/4 tại X = 5,000, Y = 35,000 chưa có loại đất.
error LAND_USE_UNKNOWN: Thửa 25747/1/3 tại X = 5,000, Y = 25,000: mã loại đất “QQX” không có trong danh mục.
error PARCEL_OVERLAP: Thửa 25747/1/1 và 25747/1/6 chồng lên nhau 5,0 m², chỗ rộng nhất 0,950 m tại X = 0,475, Y = 49,525; cho phép rộng đến 0,010 m.
error RING_INVALID: Thửa 25747/1/8: đường bao tự cắt tại X = 5,000, Y = 75,000.
warning UNMATCHED_VERTEX: Thửa 25747/1/7 và 25747/1/8: 2 điểm ranh chưa khớp, lệch nhiều nhất 1,0 mm tại X = 10,000, Y = 70,001 (không quá 2 mm nên không tính là chồng hay hở).";
        assert_eq!(told(&found), want);
    }

    #[test]
    fn options() {
        let mut p = grid(2, 1, 10_000);
        p[0].land_use = "QQX".into();
        p[1].land_use = "".into();
        p[1].commune = "25750".into();
        let coverage = Coverage::build(p);
        let codes = |rules: &[&str], communes: &[&str]| {
            let own = |v: &[&str]| v.iter().map(|s| s.to_string()).collect();
            let options = Options {
                rules: own(rules),
                communes: own(communes),
                date: None,
            };
            run(&coverage, &options, &Progress::none())
                .map(|f| {
                    f.iter()
                        .map(|f| f.code)
                        .filter(|c| *c != "COORDINATE_WINDOW")
                        .collect::<Vec<_>>()
                        .join(" ")
                })
                .unwrap_or_else(|e| e.code().to_string())
        };
        assert_eq!(codes(&[], &[]), "LAND_USE_MISSING LAND_USE_UNKNOWN");
        assert_eq!(codes(&["LAND_USE_UNKNOWN"], &[]), "LAND_USE_UNKNOWN");
        assert_eq!(codes(&[], &["25750"]), "LAND_USE_MISSING");
        assert_eq!(codes(&["NO_SUCH"], &[]), "UNKNOWN_RULE");
        let progress = Progress::none();
        progress.cancel();
        let cancelled = run(&coverage, &Options::default(), &progress);
        assert_eq!(cancelled.unwrap_err().code(), "CANCELLED");
    }

    #[test]
    fn every_rule_speaks_both_languages() {
        for rule in RULES {
            let f = Finding::new(rule.code, rule.severity);
            let m = super::super::message(&f);
            assert!(
                !m.vi.is_empty() && !m.en.is_empty() && m.vi != m.en,
                "{}",
                rule.code
            );
            let gravest = rule.moments.iter().map(|m| m.1).max();
            assert!(gravest >= Some(rule.severity), "{}", rule.code);
            assert!(rule.moments.is_sorted_by(|a, b| a.0 < b.0), "{}", rule.code);
        }
    }
}
