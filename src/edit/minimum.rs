//! Parcels that a split leaves smaller than the province allows (domain.md §5.8, §11.4): told, never refused. What
//! the list says is of low confidence, and whether an exception applies only the clerk knows.
//!
//! The rule in force on the day of the act applies. A part that becomes one with a neighbour in the same gesture is no
//! parcel of its own: only those are asked about of which every parent is divided. Nothing is said where the province
//! of the commune is not entered, nor of a front where a parcel lies along no road.

use super::distribute::rounded;
use super::receive::only_receives;
use super::write_plan::largest;
use super::{ChildFields, Coverage};
use crate::codes::{self, SplitMinimum, land_use_codes};
use crate::domain::Polygon;
use crate::msg;
use crate::text::{Lang, Msg, format};
use crate::topology::front::front;
use crate::topology::{NewShape, Plan};

/// Land-use code of a road.
const ROAD: &str = "DGT";

/// Which parcel of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The n-th it creates.
    Created(usize),
    /// A parent that keeps a part (fid).
    Stays(i64),
}

/// What falls short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// m².
    Area,
    /// Along a road, m.
    Front,
}

/// A parcel of a plan that is smaller than a split may leave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Below {
    pub which: Which,
    pub measure: Measure,
    pub is: f64,
    pub least: f64,
    pub rule: &'static SplitMinimum,
}

/// The same of a parcel that has a name.
#[derive(Clone, Debug, PartialEq)]
pub struct BelowMinimum {
    /// Row; of a parcel a dossier proposes its fid in the dossier's view.
    pub fid: i64,
    /// "25747/12/46".
    pub reference: String,
    pub below: Below,
}

impl Below {
    /// "Thửa 12/46: 31,5 m², nhỏ hơn diện tích tối thiểu …"
    pub fn sentence(&self, parcel: &str) -> Msg {
        let Msg {
            vi: kind,
            en: kind_en,
        } = land(self.rule);
        let decision = &self.rule.decision;
        let show = |v: f64, lang| match self.measure {
            Measure::Area => format::area(v, lang),
            Measure::Front => format::length(v, lang),
        };
        let ((iv, ie), (lv, le)) = (
            (show(self.is, Lang::Vi), show(self.is, Lang::En)),
            (show(self.least, Lang::Vi), show(self.least, Lang::En)),
        );
        let Msg { vi, en } = match self.measure {
            Measure::Area => msg!(
                "Thửa {parcel}: {iv}, nhỏ hơn diện tích tối thiểu được tách {lv} đối với {kind} ({decision})",
                "Parcel {parcel}: {ie}, less than the {le} that a split has to leave of {kind_en} ({decision})"
            ),
            Measure::Front => msg!(
                "Thửa {parcel}: mặt tiền giáp đường {iv}, ngắn hơn mức tối thiểu {lv} đối với {kind} ({decision})",
                "Parcel {parcel}: {ie} along the road, less than the {le} that a split has to leave of {kind_en} ({decision})"
            ),
        };
        match self.rule.is_doubtful() {
            true => msg!(
                "{vi}. Số liệu tham khảo: hãy đối chiếu văn bản của tỉnh.",
                "{en}. Not verified: check it against the province's decision."
            ),
            false => msg!("{vi}.", "{en}."),
        }
    }

    /// Whether it is so still when the parcel has this shape.
    pub fn holds(&self, polygon: &Polygon) -> bool {
        match self.measure {
            Measure::Area => rounded(polygon.area_m2()) < self.least,
            Measure::Front => true,
        }
    }
}

/// "đất ở tại đô thị (ODT)".
fn land(rule: &SplitMinimum) -> Msg {
    let name = |lang: Lang| {
        let of = |code: &String| {
            let known = codes::land_use(code).map(|(_, l)| if lang == Lang::Vi { &l.vi } else { &l.en });
            format!("{} ({code})", known.map_or("", |n| n).to_lowercase())
        };
        rule.land_use.iter().map(of).collect::<Vec<_>>().join(", ")
    };
    Msg::new(name(Lang::Vi), name(Lang::En))
}

/// The parcels of a plan that fall short of what is in force on `day` (yyyy-MM-dd), by their order in the plan.
/// `children`: what a person says of the created ones.
pub fn below(coverage: &Coverage, plan: &Plan, children: &[ChildFields], day: &str) -> Vec<Below> {
    let scene = Scene {
        coverage,
        plan,
        children,
    };
    let created = plan.created.iter().enumerate().filter(|(_, s)| scene.is_part(s));
    let mut found = Vec::new();
    for (n, shape) in created {
        let like = largest(coverage, &shape.parents);
        let given = children.get(n);
        let own_land = given.and_then(|c| c.fields.is_parcel);
        if own_land.unwrap_or(like.is_none_or(|p| p.is_parcel)) {
            let commune = given.and_then(|c| c.commune.as_deref());
            let commune = commune.or(like.map(|p| &*p.commune)).unwrap_or_default();
            found.extend(scene.short(Which::Created(n), &shape.polygon, commune, &scene.label(n), day));
        }
    }
    for (fid, polygon) in &plan.changed {
        if let Some(p) = coverage.get(*fid).filter(|p| p.is_parcel)
            && scene.keeps_a_part(*fid)
        {
            found.extend(scene.short(Which::Stays(*fid), polygon, &p.commune, &p.land_use, day));
        }
    }
    found
}

struct Scene<'a> {
    coverage: &'a Coverage,
    plan: &'a Plan,
    children: &'a [ChildFields],
}

impl Scene<'_> {
    /// Whether every parent of the shape is divided; new land has none.
    fn is_part(&self, shape: &NewShape) -> bool {
        !shape.parents.is_empty() && shape.parents.iter().all(|p| self.heirs(*p) > 1)
    }

    fn heirs(&self, parent: i64) -> usize {
        let children = self.plan.created.iter().filter(|c| c.parents.contains(&parent));
        children.count() + usize::from(self.changes(parent))
    }

    /// Whether the parcel stays with another shape, not only with more points.
    fn changes(&self, fid: i64) -> bool {
        let new = self.plan.changed.iter().find(|(f, _)| *f == fid);
        let old = self.coverage.get(fid);
        new.zip(old)
            .is_some_and(|((_, new), old)| !only_receives(&old.polygon, new))
    }

    fn keeps_a_part(&self, fid: i64) -> bool {
        self.changes(fid) && self.plan.created.iter().any(|c| c.parents.contains(&fid))
    }

    /// The land use of a created parcel: as given, else all that its parents have.
    fn label(&self, n: usize) -> String {
        let given = self.children.get(n);
        if let Some(label) = given.and_then(|c| c.fields.land_use.clone()) {
            return label.unwrap_or_default();
        }
        if let Some(rows) = given.and_then(|c| c.land_uses.as_ref()) {
            return rows.iter().map(|r| r.code.as_str()).collect::<Vec<_>>().join("+");
        }
        let parents = self.plan.created[n].parents.iter();
        let labels = parents
            .filter_map(|f| self.coverage.get(*f))
            .map(|p| &*p.land_use);
        labels.collect::<Vec<_>>().join("+")
    }

    fn short(&self, which: Which, polygon: &Polygon, commune: &str, label: &str, day: &str) -> Vec<Below> {
        let commune = self.coverage.territory().communes.get(commune);
        let Some(province) = commune.and_then(|c| c.province.as_deref()) else {
            return Vec::new();
        };
        let land: Vec<&str> = land_use_codes(label).collect();
        let mut found = Vec::new();
        for rule in codes::split_minimums(province, &land, day) {
            let mut tell = |measure, is: f64, least: f64| {
                if is < least {
                    found.push(Below {
                        which,
                        measure,
                        is,
                        least,
                        rule,
                    });
                }
            };
            tell(Measure::Area, rounded(polygon.area_m2()), rule.min_area);
            if let Some(least) = rule.min_front
                && let Some(mm) = front(polygon, &self.roads(polygon))
            {
                tell(Measure::Front, (mm / 10.0).round() / 100.0, least);
            }
        }
        found
    }

    /// The roads beside a shape, as they are after the plan.
    fn roads(&self, polygon: &Polygon) -> Vec<&Polygon> {
        let is_road = |label: &str| land_use_codes(label).any(|c| c == ROAD);
        let reach = polygon.bbox().grown(1);
        let mut roads: Vec<&Polygon> = Vec::new();
        for fid in self.coverage.window(&reach) {
            let Some(p) = self.coverage.get(fid).filter(|p| is_road(&p.land_use)) else {
                continue;
            };
            if !self.plan.retired.contains(&fid) {
                let new = self.plan.changed.iter().find(|(f, _)| *f == fid);
                roads.push(new.map_or(&p.polygon, |(_, polygon)| polygon));
            }
        }
        let come = self.plan.created.iter().enumerate();
        let come = come.filter(|(n, c)| c.polygon != *polygon && is_road(&self.label(*n)));
        roads.extend(come.map(|(_, c)| &c.polygon));
        roads
    }
}

/// Gives what is told of a plan the names its parcels have. `fid` and `reference` of the created ones in their order.
pub(super) fn named(
    coverage: &Coverage,
    found: Vec<Below>,
    created: impl Fn(usize) -> (i64, String),
) -> Vec<BelowMinimum> {
    let name = |below: Below| {
        let (fid, reference) = match below.which {
            Which::Created(n) => created(n),
            Which::Stays(fid) => (fid, coverage.get(fid).map(|p| p.reference()).unwrap_or_default()),
        };
        BelowMinimum {
            fid,
            reference,
            below,
        }
    };
    found.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::{Commune, Parcel, Territory};
    use crate::topology::testing::{parcel, polygon};

    const DAY: &str = "2026-11-23";

    /// Parcels with their land use, in a commune of this province.
    fn coverage(province: Option<&str>, parcels: &[(&str, &str)]) -> Coverage {
        let mut territory = Territory::default();
        let commune = Commune {
            province: province.map(str::to_owned),
            ..Commune::default()
        };
        territory.communes.insert("25747".into(), commune);
        let of = |((shape, label), fid): (&(&str, &str), i64)| Parcel {
            land_use: (*label).into(),
            ..parcel(fid, shape)
        };
        let all = parcels.iter().zip(1..).map(of).collect();
        Coverage::build(all).on(Arc::new(territory))
    }

    fn shape(text: &str, parents: &[i64]) -> NewShape {
        NewShape {
            polygon: polygon(text),
            parents: parents.to_vec(),
        }
    }

    /// "+0 31.5<40", "=1 front 2.5<3".
    fn told(coverage: &Coverage, plan: &Plan, children: &[ChildFields], day: &str) -> String {
        let one = |b: &Below| {
            let which = match b.which {
                Which::Created(n) => format!("+{n}"),
                Which::Stays(fid) => format!("={fid}"),
            };
            let front = if b.measure == Measure::Front { "front " } else { "" };
            format!("{which} {front}{}<{}", b.is, b.least)
        };
        let all = below(coverage, plan, children, day);
        all.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// A parcel of 10 × 8 m, its south side on a road, cut upright at `at` mm.
    fn cut(at: i64) -> Plan {
        Plan {
            created: vec![
                shape(&format!("0 0, {at} 0, {at} 8000, 0 8000"), &[1]),
                shape(&format!("{at} 0, 10000 0, 10000 8000, {at} 8000"), &[1]),
            ],
            retired: vec![1],
            ..Plan::default()
        }
    }

    const HOUSE: &str = "0 0, 10000 0, 10000 8000, 0 8000";
    const STREET: &str = "0 -5000, 10000 -5000, 10000 0, 0 0";

    #[test]
    fn parts_are_compared_with_the_rule_of_day_place_and_use() {
        let street = (STREET, "DGT");
        let odt = coverage(Some("38"), &[(HOUSE, "ODT"), street]);
        assert_eq!(told(&odt, &cut(5000), &[], DAY), "", "40 m² is enough");
        assert_eq!(told(&odt, &cut(4999), &[], DAY), "", "39.99 m² is 40.0 on paper");
        assert_eq!(told(&odt, &cut(4900), &[], DAY), "+0 39.2<40");
        assert_eq!(told(&odt, &cut(2500), &[], DAY), "+0 20<40, +0 front 2.5<3");
        assert_eq!(told(&odt, &cut(2500), &[], "2025-12-31"), "", "not decided yet");
        for (province, label) in [
            (None, "ODT"),
            (Some("79"), "ODT"),
            (Some("38"), "LUC"),
            (Some("38"), ""),
        ] {
            let c = coverage(province, &[(HOUSE, label), street]);
            assert_eq!(told(&c, &cut(2500), &[], DAY), "", "{province:?} {label}");
        }
        let mixed = coverage(Some("38"), &[(HOUSE, "ONT+CLN"), street]);
        assert_eq!(told(&mixed, &cut(5000), &[], DAY), "+0 40<50, +1 40<50");
        // without a road nothing is said of the front; a road to come is one
        let inland = coverage(Some("38"), &[(HOUSE, "ODT")]);
        assert_eq!(told(&inland, &cut(2500), &[], DAY), "+0 20<40");
        let forest = coverage(Some("38"), &[(HOUSE, "RSX")]);
        assert_eq!(told(&forest, &cut(5000), &[], DAY), "+0 40<3000, +1 40<3000");
    }

    #[test]
    fn what_a_person_says_of_a_part_counts() {
        let c = coverage(Some("38"), &[(HOUSE, "ODT")]);
        let with = |fields: super::super::Fields| ChildFields {
            fields,
            ..ChildFields::default()
        };
        let road = with(super::super::Fields {
            land_use: Some(Some("DGT".into())),
            ..Default::default()
        });
        // The strip is a road, and the other part has its front on it: 8 m.
        assert_eq!(told(&c, &cut(2500), &[road], DAY), "");
        let none = with(super::super::Fields {
            is_parcel: Some(false),
            ..Default::default()
        });
        assert_eq!(told(&c, &cut(2500), &[none], DAY), "");
        let rural = ChildFields {
            land_uses: Some(vec![super::super::UseArea {
                code: "ONT".into(),
                area: None,
            }]),
            ..ChildFields::default()
        };
        assert_eq!(told(&c, &cut(2500), &[rural], DAY), "+0 20<50");
    }

    #[test]
    fn a_part_that_joins_a_neighbour_is_no_parcel_of_its_own() {
        let beside = "-5000 0, 0 0, 0 8000, -5000 8000";
        let c = coverage(Some("38"), &[(HOUSE, "ODT"), (beside, "ODT")]);
        let mut plan = cut(2000);
        plan.created[0] = shape("-5000 0, 0 0, 2000 0, 2000 8000, 0 8000, -5000 8000", &[1, 2]);
        plan.retired.push(2);
        assert_eq!(told(&c, &plan, &[], DAY), "");
        // The part that is left alone does count.
        plan.created[1] = shape("6000 0, 10000 0, 10000 8000, 6000 8000", &[1]);
        assert_eq!(told(&c, &plan, &[], DAY), "+1 32<40");
        // Joined parcels, new land, a moved boundary: nothing is divided.
        let join = Plan {
            created: vec![shape("0 0, 3000 0, 3000 8000, 0 8000", &[1, 2])],
            retired: vec![1, 2],
            ..Plan::default()
        };
        assert_eq!(told(&c, &join, &[], DAY), "");
        let moved = Plan {
            changed: vec![(1, polygon("0 0, 3000 0, 3000 8000, 0 8000"))],
            ..Plan::default()
        };
        assert_eq!(told(&c, &moved, &[], DAY), "");
    }

    #[test]
    fn a_parent_that_keeps_a_part_is_asked_too() {
        let c = coverage(Some("38"), &[(HOUSE, "ODT")]);
        let plan = Plan {
            changed: vec![(1, polygon("0 0, 4000 0, 4000 8000, 0 8000"))],
            created: vec![shape("4000 0, 10000 0, 10000 8000, 4000 8000", &[1])],
            ..Plan::default()
        };
        assert_eq!(told(&c, &plan, &[], DAY), "=1 32<40");
        let all = below(&c, &plan, &[], DAY);
        let said = all[0].sentence("12/45");
        assert!(
            said.vi.contains("Thửa 12/45: 32,0 m²") && said.vi.contains("QĐ 18/2026"),
            "{said:?}"
        );
        assert!(said.vi.contains("đối chiếu"), "low confidence is said: {said:?}");
    }
}
