//! The plan of the edit in hand, made once per edit and state of the map, with what is shown of it.

use std::time::{Duration, Instant};

use crate::domain::{BBox, Polygon, Pt};
use crate::edit::{Below, Edit, EditError, Which};
use crate::text::{Lang, Msg, format};
use crate::topology::{Coverage, Plan, polylabel};
use crate::ui::look::Look;
use crate::validate;

/// What a plan says of one parcel.
#[derive(Clone, Debug)]
pub struct Line {
    /// "12/45", or the number to be.
    pub name: String,
    /// m²; `None`: does not exist.
    pub before: Option<f64>,
    pub after: Option<f64>,
}

/// A plan with what is drawn and listed of it.
#[derive(Debug)]
pub struct Shown {
    pub plan: Plan,
    /// Created parcels first, then retired, then changed with the largest change first.
    pub lines: Vec<Line>,
    /// Where the name of each created parcel stands.
    pub poles: Vec<Pt>,
    /// Fids that only receive points.
    pub receive: Vec<i64>,
    /// Land use each created parcel would get: "ONT 60; CLN 35,5". Only for edits with a table.
    pub uses: Vec<String>,
    /// What to be warned of: parts smaller than a split may leave them today.
    pub warnings: Vec<Msg>,
}

#[derive(Debug, Default)]
pub struct Preview {
    key: Option<(u64, Edit)>,
    outcome: Option<Result<Shown, EditError>>,
    /// What the last plan took.
    pub took: Duration,
}

impl Preview {
    /// Brings it up to the edit; true when it changed.
    pub fn follow(&mut self, edit: Option<Edit>, look: &Look<'_>) -> bool {
        let Some(edit) = edit else {
            self.outcome = None;
            return self.key.take().is_some();
        };
        let revision = look.coverage.revision();
        if self
            .key
            .as_ref()
            .is_some_and(|(r, e)| *r == revision && *e == edit)
        {
            return false;
        }
        let start = Instant::now();
        let plan = edit.plan(look.coverage);
        self.took = start.elapsed();
        self.outcome = Some(plan.map(|plan| shown(&edit, plan, look)));
        self.key = Some((revision, edit));
        true
    }

    pub fn edit(&self) -> Option<&Edit> {
        self.key.as_ref().map(|(_, e)| e)
    }

    /// The edit, when it may be done.
    pub fn ready(&self) -> Option<&Edit> {
        self.fits().and(self.edit())
    }

    pub fn fits(&self) -> Option<&Shown> {
        self.outcome.as_ref()?.as_ref().ok()
    }

    pub fn refusal(&self) -> Option<&EditError> {
        self.outcome.as_ref()?.as_ref().err()
    }
}

fn shown(edit: &Edit, plan: Plan, look: &Look<'_>) -> Shown {
    let coverage = look.coverage;
    let name = |fid: i64| {
        coverage
            .get(fid)
            .map(|p| short(&p.sheet, &p.number))
            .unwrap_or_default()
    };
    let area = |fid: i64| coverage.get(fid).map(|p| p.polygon.area_m2());
    let numbers = super::numbers::to_be(edit, &plan, look);
    let created = plan.created.iter().zip(numbers).map(|(c, name)| Line {
        name,
        before: None,
        after: Some(c.polygon.area_m2()),
    });
    let retired = plan.retired.iter().map(|fid| Line {
        name: name(*fid),
        before: area(*fid),
        after: None,
    });
    let mut changed: Vec<Line> = plan
        .changed
        .iter()
        .map(|(fid, polygon)| Line {
            name: name(*fid),
            before: area(*fid),
            after: Some(polygon.area_m2()),
        })
        .collect();
    changed.sort_by(|a, b| b.change().abs().total_cmp(&a.change().abs()));
    let mut lines: Vec<Line> = created.chain(retired).collect();
    lines.extend(changed);
    let below = edit.below_minimum(coverage, &plan, &look.today.to_string());
    let warning = |b: &Below| match b.which {
        Which::Created(n) => b.sentence(lines.get(n).map_or("", |l| &l.name)),
        Which::Stays(fid) => b.sentence(&name(fid)),
    };
    Shown {
        warnings: below.iter().map(warning).collect(),
        poles: plan.created.iter().map(|c| pole(&c.polygon)).collect(),
        receive: plan
            .changed
            .iter()
            .filter(|(f, p)| only_receives(coverage, *f, p))
            .map(|(f, _)| *f)
            .collect(),
        lines,
        uses: super::children::expected(edit, &plan, look),
        plan,
    }
}

impl Line {
    /// The number without the sheet.
    pub fn number(&self) -> &str {
        self.name.rsplit_once('/').map_or(&self.name, |(_, n)| n)
    }

    /// m² more than before.
    pub fn change(&self) -> f64 {
        self.after.unwrap_or_default() - self.before.unwrap_or_default()
    }
}

impl Shown {
    /// Around what the edit is about: the parcels to come, else those with another shape.
    pub fn bbox(&self) -> BBox {
        let created = self.plan.created.iter().map(|c| &c.polygon);
        let other = self
            .plan
            .changed
            .iter()
            .filter(|(f, _)| !self.receive.contains(f))
            .map(|(_, p)| p);
        let around = |all: &mut dyn Iterator<Item = &Polygon>| all.map(Polygon::bbox).reduce(BBox::union);
        around(&mut created.into_iter())
            .or_else(|| around(&mut other.into_iter()))
            .unwrap_or(BBox::EMPTY)
    }

    /// "3 thửa · thêm 2 đỉnh · dời 1 đỉnh · −0,3 m²".
    pub fn summary(&self, coverage: &Coverage, lang: Lang) -> String {
        let plan = &self.plan;
        let n = |n: usize| format::count(n as u64, lang);
        let mut parts = Vec::new();
        let mut say = |count: usize, text: Msg| {
            if count > 0 {
                parts.push(text.get(lang).to_owned());
            }
        };
        let (c, r, t) = (
            n(plan.created.len()),
            n(plan.retired.len()),
            n(plan.changed.len()),
        );
        say(plan.created.len(), crate::msg!("tạo {c} thửa", "{c} new"));
        say(
            plan.retired.len(),
            crate::msg!("{r} thửa thành lịch sử", "{r} historic"),
        );
        say(
            plan.changed.len(),
            crate::msg!("{t} thửa thay đổi", "{t} changed"),
        );
        let (i, m, d) = (n(plan.inserted.len()), n(plan.moved.len()), n(plan.removed.len()));
        say(plan.inserted.len(), crate::msg!("thêm {i} đỉnh", "{i} points in"));
        say(plan.moved.len(), crate::msg!("dời {m} đỉnh", "{m} points moved"));
        say(plan.removed.len(), crate::msg!("bỏ {d} đỉnh", "{d} points out"));
        let delta = plan.area_after() - plan.area_before(coverage);
        parts.push(signed(delta, lang));
        parts.join(" · ")
    }

    /// What to be warned of, a line each; none when there is nothing.
    pub fn warned(&self, lang: Lang) -> Option<String> {
        let lines: Vec<&str> = self.warnings.iter().map(|w| w.get(lang)).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

fn only_receives(coverage: &Coverage, fid: i64, new: &Polygon) -> bool {
    let Some(old) = coverage.get(fid) else {
        return false;
    };
    (new.area2() - old.polygon.area2()).abs() < 200_000 && new.point_count() > old.polygon.point_count()
}

fn pole(polygon: &Polygon) -> Pt {
    polylabel::pole(polygon, 100.0).map_or_else(|| polygon.bbox().centre(), |p| p.at)
}

/// "12/45"; unknown parts as "—".
pub fn short(sheet: &str, number: &str) -> String {
    let or = |s: &str| {
        if s.is_empty() {
            "—".to_owned()
        } else {
            s.to_owned()
        }
    };
    format!("{}/{}", or(sheet), or(number))
}

/// "+1,2 m²", "−0,3 m²"; less than that with more decimals: "+0,012 m²".
pub fn signed(m2: f64, lang: Lang) -> String {
    let sign = match m2 {
        m if m.abs() < 0.0005 => "",
        m if m < 0.0 => "−",
        _ => "+",
    };
    let decimals = if (0.0005..0.05).contains(&m2.abs()) { 3 } else { 1 };
    format!("{sign}{} m²", format::number(m2.abs(), decimals, lang))
}

/// Why an edit may not be, in full: the reason, what it would make, the way out.
pub fn reason(e: &EditError, lang: Lang) -> String {
    let mut lines = vec![e.failure.message().get(lang).to_owned()];
    lines.extend(
        e.findings
            .iter()
            .take(3)
            .map(|f| validate::message(f).get(lang).to_owned()),
    );
    lines.extend(e.failure.remedy_text().map(|r| r.get(lang).to_owned()));
    lines.join("\n")
}
