//! Bringing the edges of two sheets or communes together: which two, within what tolerance, which side
//! gives way. The residual vectors are drawn; surveyed points never move.

use std::cell::Cell;
use std::collections::BTreeSet;

use egui::{RichText, ScrollArea, Stroke, Ui, vec2};

use super::{Asks, Input, Tool, bar::Bar};
use crate::domain::{BBox, Parcel, Pt};
use crate::edit::{Edit, MatchEdge as Match};
use crate::text::{Lang, Text, format};
use crate::topology::bearing;
use crate::topology::match_edge::{self, Area, EdgeMatch, Mover};
use crate::ui::action::Action;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::{self, Tokens, tokens};
use crate::ui::widgets;

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

const FAULTY: Text = Text::new("Cặp sinh lỗi", "Faulty pairs");
const FAULTS: [(bool, Text); 2] = [
    (false, Text::new("dừng cả lần ghép", "stop it all")),
    (true, Text::new("để lại", "leave them")),
];

pub struct MatchEdge {
    a: String,
    b: String,
    tolerance: String,
    mover: Mover,
    /// What would make a fault is left as it is.
    skip: bool,
    /// What belongs together, and what it was found for.
    found: Option<(Key, Found)>,
    /// The entry of the list the person stands on.
    at: Option<Pt>,
    /// How many times longer than they are the vectors were drawn.
    times: Cell<f32>,
}

/// Texts as typed, and the state of the map.
type Key = (String, String, String, Mover, bool, u64);

struct Found {
    a: Area,
    b: Area,
    /// m.
    tolerance: f64,
    fixed: Vec<Pt>,
    edge: EdgeMatch,
    /// Places left as they are.
    left: BTreeSet<Pt>,
}

impl Default for MatchEdge {
    fn default() -> Self {
        Self {
            a: String::new(),
            b: String::new(),
            tolerance: "0,5".to_owned(),
            mover: Mover::B,
            skip: false,
            found: None,
            at: None,
            times: Cell::new(1.0),
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
            self.mover,
            self.skip,
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
            let most = self
                .skip
                .then(|| match_edge::plan_most(look.coverage, &edge, self.mover));
            let left = most.and_then(Result::ok).map_or(Vec::new(), |(_, left)| left);
            Some(Found {
                left: left.iter().map(|l| l.at).collect(),
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
            skip: self.skip,
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        let hint = HINT.get(bar.look.lang);
        bar.text(A, hint, 120.0, &mut self.a, None);
        bar.text(B, hint, 120.0, &mut self.b, None);
        bar.text(TOLERANCE, "0,5", 56.0, &mut self.tolerance, None);
        bar.choice(MOVES, &MOVERS, &mut self.mover);
        bar.choice(FAULTY, &FAULTS, &mut self.skip);
        self.find(bar.look);
        if let Some((_, f)) = &self.found {
            bar.say(&said(&f.edge, f.left.len(), bar.look.lang));
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

    fn has_list(&self) -> bool {
        self.found.is_some()
    }

    fn list(&mut self, ui: &mut Ui, look: &Look<'_>, out: &mut Vec<Action>) {
        let Some((_, f)) = &self.found else { return };
        let rows = rows(&f.edge, &f.left);
        if let Some(at) = list(ui, &rows, self.at, self.times.get(), look.lang) {
            self.at = Some(at);
            out.push(Action::ShowPlace(at));
        }
    }

    fn paint(&self, cx: &Canvas<'_>, _: &Look<'_>, t: &Tokens) {
        let Some((_, f)) = &self.found else { return };
        let (largest, _) = f.edge.residuals();
        let (line, bold) = (Stroke::new(2.0, t.map_preview), Stroke::new(4.0, t.map_preview));
        let pixel = cx.view.metres_per_pixel * f64::from(cx.view.pixels_per_point) * 1000.0;
        self.times
            .set((LONGEST as f64 * pixel / largest.max(1.0)).max(1.0) as f32);
        for p in &f.edge.pairs {
            // A residual of centimetres is not to be seen at map scale.
            let mut line = if self.at == Some(p.a) { bold } else { line };
            if f.left.contains(&p.a) {
                line.color = t.error;
            }
            let (a, b) = (cx.pos(p.a), cx.pos(p.b));
            let way =
                vec2((p.b.e - p.a.e) as f32, (p.a.n - p.b.n) as f32) * (LONGEST / largest.max(1.0) as f32);
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
            let mut line = if self.at == Some(h.at) { bold } else { line };
            if f.left.contains(&h.at) {
                line.color = t.error;
            }
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
        self.at = None;
    }
}

/// "12 cặp, 3 đỉnh vào cạnh; lớn nhất 0,42 m, trung phương 0,11 m".
fn said(edge: &EdgeMatch, left: usize, lang: Lang) -> String {
    let n = |n: usize| format::count(n as u64, lang);
    let (largest, mean) = edge.residuals();
    let (largest, mean) = (
        format::length(largest / 1000.0, lang),
        format::length(mean / 1000.0, lang),
    );
    let (pairs, hanging) = (n(edge.pairs.len()), n(edge.hanging.len()));
    let said = match lang {
        Lang::Vi => format!("{pairs} cặp, {hanging} đỉnh vào cạnh; lớn nhất {largest}, trung phương {mean}"),
        Lang::En => format!("{pairs} pairs, {hanging} points to sides; largest {largest}, RMS {mean}"),
    };
    match (left, lang) {
        (0, _) => said,
        (_, Lang::Vi) => format!("{said}; để lại {}", n(left)),
        (_, Lang::En) => format!("{said}; {} left", n(left)),
    }
}

/// The longest vector is drawn so long, points.
const LONGEST: f32 = 40.0;
/// Room of the list, points.
const ROOM: f32 = 190.0;

const TITLE: Text = Text::new("Chênh lệch tại biên", "Residuals along the edge");
const NOTHING: Text = Text::new(
    "Không có cặp đỉnh nào trong dung sai.",
    "No pair of points lies within the tolerance.",
);
const LEFT: Text = Text::new("để lại: sẽ sinh lỗi", "left: would make a fault");
const ON_SIDE: Text = Text::new("vào cạnh", "to side");
const SURVEYED: [Text; 3] = [
    Text::new("A đã đo", "A surveyed"),
    Text::new("B đã đo", "B surveyed"),
    Text::new("A, B đã đo: giữ nguyên", "A, B surveyed: stays"),
];

/// One line of the list.
struct Row {
    at: Pt,
    /// mm.
    residual: f64,
    /// Degrees from north, from A to B; none for a point to a side.
    azimuth: Option<f64>,
    surveyed: Option<Text>,
    /// It stays as it is: it would make a fault.
    left: bool,
}

/// Those left as they are first, then the largest residual.
fn rows(edge: &EdgeMatch, left: &BTreeSet<Pt>) -> Vec<Row> {
    let pairs = edge.pairs.iter().map(|p| Row {
        at: p.a,
        residual: p.residual(),
        azimuth: bearing::azimuth(p.a, p.b),
        surveyed: match p.fixed {
            [true, true] => Some(SURVEYED[2]),
            [true, false] => Some(SURVEYED[0]),
            [false, true] => Some(SURVEYED[1]),
            [false, false] => None,
        },
        left: left.contains(&p.a),
    });
    let hanging = edge.hanging.iter().map(|h| Row {
        at: h.at,
        residual: h.residual(),
        azimuth: None,
        surveyed: h.fixed.then_some(SURVEYED[usize::from(!h.of_a)]),
        left: left.contains(&h.at),
    });
    let mut all: Vec<Row> = pairs.chain(hanging).collect();
    all.sort_by(|a, b| {
        let size = b.residual.total_cmp(&a.residual);
        b.left.cmp(&a.left).then(size).then(a.at.cmp(&b.at))
    });
    all
}

/// The list; the place of the line that was clicked.
fn list(ui: &mut Ui, rows: &[Row], at: Option<Pt>, times: f32, lang: Lang) -> Option<Pt> {
    let weak = tokens(ui).text_weak;
    let n = format::count(rows.len() as u64, lang);
    ui.label(RichText::new(format!("{} ({n})", TITLE.get(lang))).text_style(theme::bold()));
    if rows.is_empty() {
        ui.label(RichText::new(NOTHING.get(lang)).color(weak));
        return None;
    }
    let times = format::number(f64::from(times), 0, lang);
    let scale = crate::msg!(
        "Mũi tên trên bản đồ dài gấp {times} lần",
        "Arrows on the map are {times} times as long"
    );
    ui.label(RichText::new(scale.get(lang)).small().color(weak));
    let mut clicked = None;
    let area = ScrollArea::vertical().id_salt("residuals").max_height(ROOM);
    area.auto_shrink([false, true])
        .show_rows(ui, 24.0, rows.len(), |ui, range| {
            for (n, row) in range.clone().zip(&rows[range]) {
                let text = said_row(n, row, lang);
                let ink = match row.left {
                    true => tokens(ui).error,
                    false => tokens(ui).text,
                };
                let button = egui::Button::new(RichText::new(&text).size(13.0).color(ink))
                    .selected(at == Some(row.at))
                    .frame_when_inactive(at == Some(row.at))
                    .truncate()
                    .min_size(vec2(ui.available_width(), 24.0));
                if widgets::named(ui.add(button), egui::accesskit::Role::Button, &text).clicked() {
                    clicked = Some(row.at);
                }
            }
        });
    clicked
}

/// "3. 0,42 m · 135°00′00″ · A đã đo".
fn said_row(n: usize, row: &Row, lang: Lang) -> String {
    let way = match row.azimuth {
        Some(azimuth) => format::angle(azimuth),
        None => ON_SIDE.get(lang).to_owned(),
    };
    let length = format::number(row.residual / 1000.0, 3, lang);
    let mut text = format!("{}. {length} m · {way}", n + 1);
    if let Some(surveyed) = row.surveyed {
        text += &format!(" · {}", surveyed.get(lang));
    }
    if row.left {
        text += &format!(" · {}", LEFT.get(lang));
    }
    text
}
