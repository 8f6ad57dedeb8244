//! Bringing the edges of two sheets or communes together: which two, within what tolerance, which side
//! gives way. The residual vectors are drawn; surveyed points never move.

use std::collections::BTreeSet;

use egui::{Stroke, vec2};

use super::{Asks, Input, Tool, bar::Bar};
use crate::domain::{BBox, Parcel, Pt};
use crate::edit::{Edit, MatchEdge as Match};
use crate::text::{Lang, Text, format};
use crate::topology::match_edge::{self, Area, EdgeMatch, Mover};
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const A: Text = Text::new("Tờ A", "Sheet A");
const B: Text = Text::new("Tờ B", "Sheet B");
const HINT: Text = Text::new("mã xã/tờ", "commune/sheet");
const TOLERANCE: Text = Text::new("Dung sai (m)", "Tolerance (m)");
const MOVES: Text = Text::new("Dời", "Moves");
const NEXT: Text = Text::new(
    "Bấm một thửa của tờ A, rồi một thửa của tờ B; hoặc F2 và gõ mã xã/tờ (25747/12, hay 25747 cho cả xã)",
    "Click a parcel of sheet A, then one of sheet B; or F2 and type commune/sheet (25747/12, or 25747 for all of it)",
);
const CHECK: Text = Text::new(
    "Xem các véc-tơ chênh lệch rồi Enter để ghi · Esc để chọn lại",
    "Look at the residual vectors, Enter writes it · Esc to choose again",
);
const MOVERS: [(Mover, Text); 3] = [
    (Mover::B, Text::new("tờ B theo tờ A", "B to A")),
    (Mover::A, Text::new("tờ A theo tờ B", "A to B")),
    (Mover::Both, Text::new("cả hai, mỗi bên một nửa", "both half way")),
];

pub struct MatchEdge {
    a: String,
    b: String,
    tolerance: String,
    mover: Mover,
    /// What belongs together, and what it was found for.
    found: Option<(Key, Found)>,
}

/// Texts as typed, and the state of the map.
type Key = (String, String, String, u64);

struct Found {
    a: Area,
    b: Area,
    /// m.
    tolerance: f64,
    fixed: Vec<Pt>,
    edge: EdgeMatch,
}

impl Default for MatchEdge {
    fn default() -> Self {
        Self {
            a: String::new(),
            b: String::new(),
            tolerance: "0,5".to_owned(),
            mover: Mover::B,
            found: None,
        }
    }
}

/// "25747/12" or "25747".
fn area(typed: &str) -> Option<Area> {
    let (commune, sheet) = match typed.trim().split_once('/') {
        Some((c, s)) => (c, Some(s.trim().to_owned())),
        None => (typed.trim(), None),
    };
    (!commune.is_empty()).then(|| Area {
        commune: commune.trim().to_owned(),
        sheet,
    })
}

fn sheet_of(p: &Parcel) -> String {
    format!("{}/{}", p.commune, p.sheet)
}

/// Surveyed points that are boundary points where both areas come near.
fn surveyed(look: &Look<'_>, areas: [&Area; 2]) -> Vec<Pt> {
    let holds =
        |a: &Area, p: &Parcel| *p.commune == *a.commune && a.sheet.as_deref().is_none_or(|s| *p.sheet == *s);
    let [a, b] = areas.map(|a| {
        let all = look.coverage.iter().filter(|p| holds(a, p)).map(|p| p.bbox);
        all.reduce(BBox::union).unwrap_or(BBox::EMPTY).grown(5_000)
    });
    let mut points = Vec::new();
    look.survey.window_for_each(&a, |s| {
        if b.contains(s.at) && !look.coverage.users_of(s.at).is_empty() {
            points.push(s.at);
        }
    });
    points.sort_unstable();
    points.dedup();
    points
}

impl MatchEdge {
    /// Finds anew what belongs together when something given has changed.
    fn find(&mut self, look: &Look<'_>) {
        let key = (
            self.a.clone(),
            self.b.clone(),
            self.tolerance.clone(),
            look.coverage.revision(),
        );
        if self.found.as_ref().is_some_and(|(k, _)| *k == key) {
            return;
        }
        let found = || {
            let (a, b) = (area(&self.a)?, area(&self.b)?);
            let metres = format::parse_number(&self.tolerance, look.lang).ok()?;
            let mm = (metres * 1000.0).round();
            if a == b || !(1.0..=1e6).contains(&mm) {
                return None;
            }
            let fixed = surveyed(look, [&a, &b]);
            let set: BTreeSet<Pt> = fixed.iter().copied().collect();
            let edge = match_edge::pairs(look.coverage, &a, &b, mm as i64, &set).unwrap_or_default();
            let tolerance = mm / 1000.0;
            Some(Found {
                a,
                b,
                tolerance,
                fixed,
                edge,
            })
        };
        self.found = found().map(|f| (key, f));
    }
}

impl Tool for MatchEdge {
    fn next(&self, look: &Look<'_>) -> Text {
        if self.edit(look).is_some() { CHECK } else { NEXT }
    }

    fn edit(&self, _: &Look<'_>) -> Option<Edit> {
        let (_, f) = self.found.as_ref()?;
        Some(Edit::MatchEdge(Match {
            a: f.a.clone(),
            b: f.b.clone(),
            tolerance: f.tolerance,
            mover: self.mover,
            fixed: f.fixed.clone(),
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_>) {
        let hint = HINT.get(bar.look.lang);
        bar.text(A, hint, 120.0, &mut self.a, None);
        bar.text(B, hint, 120.0, &mut self.b, None);
        bar.text(TOLERANCE, "0,5", 56.0, &mut self.tolerance, None);
        bar.choice(MOVES, &MOVERS, &mut self.mover);
        self.find(bar.look);
        if let Some((_, f)) = &self.found {
            bar.say(&said(&f.edge, bar.look.lang));
        }
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let parcel = input
            .at
            .filter(|_| input.clicked)
            .and_then(|p| look.pick(p))
            .and_then(|f| look.coverage.get(f));
        if let Some(p) = parcel {
            match self.a.is_empty() {
                true => self.a = sheet_of(p),
                false => self.b = sheet_of(p),
            }
        }
        Asks::Nothing
    }

    fn paint(&self, cx: &Canvas<'_>, _: &Look<'_>, t: &Tokens) {
        let Some((_, f)) = &self.found else { return };
        let (largest, _) = f.edge.residuals();
        let line = Stroke::new(2.0, t.map_preview);
        for p in &f.edge.pairs {
            // A residual of centimetres is not to be seen at map scale: the longest is drawn 40 points long.
            let (a, b) = (cx.pos(p.a), cx.pos(p.b));
            let way = vec2((p.b.e - p.a.e) as f32, (p.a.n - p.b.n) as f32) * (40.0 / largest.max(1.0) as f32);
            cx.painter.arrow(
                a,
                if (b - a).length() > way.length() {
                    b - a
                } else {
                    way
                },
                line,
            );
        }
        for h in &f.edge.hanging {
            cx.painter.circle_stroke(cx.pos(h.at), 6.0, line);
        }
    }

    fn back(&mut self) -> bool {
        let last = if self.b.is_empty() {
            &mut self.a
        } else {
            &mut self.b
        };
        !std::mem::take(last).is_empty()
    }

    fn done(&mut self) {
        self.a.clear();
        self.b.clear();
    }
}

/// "12 cặp, 3 đỉnh vào cạnh; lớn nhất 0,42 m, trung phương 0,11 m".
fn said(edge: &EdgeMatch, lang: Lang) -> String {
    let n = |n: usize| format::count(n as u64, lang);
    let (largest, mean) = edge.residuals();
    let (largest, mean) = (
        format::length(largest / 1000.0, lang),
        format::length(mean / 1000.0, lang),
    );
    let (pairs, hanging) = (n(edge.pairs.len()), n(edge.hanging.len()));
    match lang {
        Lang::Vi => format!("{pairs} cặp, {hanging} đỉnh vào cạnh; lớn nhất {largest}, trung phương {mean}"),
        Lang::En => format!("{pairs} pairs, {hanging} points to sides; largest {largest}, RMS {mean}"),
    }
}
