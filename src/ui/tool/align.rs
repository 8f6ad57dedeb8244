//! Bringing a stretch of boundary onto a given line, or onto points of a survey: the stretch by its two
//! ends, the line drawn, snapped to or typed, and a tolerance beyond which a point stays.

use super::entry::PointEntry;
use super::lists::{self, Points};
use super::{Asks, Input, Tool, bar::Bar, marks};
use crate::domain::Pt;
use crate::edit::{Align as Draw, Edit};
use crate::text::{Lang, Text, format};
use crate::topology::{Way, segment};
use crate::ui::draw::Wanted;
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::theme::Tokens;

const START: Text = Text::new("Từ", "From");
const END: Text = Text::new("Đến", "To");
const ONTO: Text = Text::new("Theo", "Onto");
const TO: Text = Text::new("Các điểm đích", "Target points");
const TOLERANCE: Text = Text::new("Dung sai (m)", "Tolerance (m)");
const FIRST: Text = Text::new(
    "Bấm đỉnh đầu của đoạn ranh cần nắn; hoặc F2 và gõ số đỉnh",
    "Click the first point of the stretch to align; or F2 and type its number",
);
const SECOND: Text = Text::new(
    "Bấm đỉnh cuối của đoạn ranh",
    "Click the last point of the stretch",
);
const DRAW: Text = Text::new(
    "Vẽ đường đích, bắt vào điểm đo hoặc ranh có sẵn; Enter hoặc bấm đúp để kết thúc",
    "Draw the target, snapping to survey points or boundaries; Enter or double click ends",
);
const CHECK: Text = Text::new(
    "Xem kết quả rồi Enter để ghi · Esc để làm lại",
    "Look at the result, Enter writes it · Esc to go back",
);

const PICK: Text = Text::new(
    "Chọn đường tham chiếu: bấm đường trên bản đồ; để trống: đường gần hai đỉnh nhất",
    "Choose a reference line: click it on the map; nothing: the line nearest to both points",
);
const NO_LAYER: Text = Text::new(
    "Chưa có lớp tham chiếu nào đang hiện: thêm bằng Ctrl+L",
    "No reference layer is shown: add one with Ctrl+L",
);
const RECORD: Text = Text::new("bản ghi", "record");

/// What the stretch is brought onto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Onto {
    #[default]
    Line,
    Points,
    /// A line of a reference layer.
    Reference,
}

const ONTOS: [(Onto, Text); 3] = [
    (Onto::Line, Text::new("đường", "line")),
    (Onto::Points, Text::new("từng điểm đo", "single points")),
    (Onto::Reference, Text::new("đường tham chiếu", "reference line")),
];

/// How far (mm) a reference line may be from an end to be taken unasked.
const NEAR: i64 = 20_000;

/// A line of the layers that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chosen {
    layer: usize,
    line: usize,
}

/// The part of a reference line that is the target, and what it was cut for.
#[derive(Clone, Debug, PartialEq)]
struct Target {
    key: (Pt, Pt, Option<Chosen>, usize),
    line: Option<Chosen>,
    points: Vec<Pt>,
}

pub struct Align {
    start: PointEntry,
    end: PointEntry,
    to: Points,
    onto: Onto,
    tolerance: String,
    live: Vec<Pt>,
    hot: Option<Pt>,
    /// The reference line clicked; none: the nearest.
    clicked: Option<Chosen>,
    target: Option<Target>,
}

impl Default for Align {
    fn default() -> Self {
        Self {
            start: PointEntry::default(),
            end: PointEntry::default(),
            to: Points::default(),
            onto: Onto::Line,
            tolerance: "0,5".to_owned(),
            live: Vec::new(),
            hot: None,
            clicked: None,
            target: None,
        }
    }
}

impl Align {
    fn metres(&self, lang: Lang) -> Option<f64> {
        let m = format::parse_number(&self.tolerance, lang).ok()?;
        (m > 0.0).then_some((m * 1000.0).round() / 1000.0)
    }

    /// Cuts the reference line to the stretch when anything given has changed.
    fn follow(&mut self, look: &Look<'_>) {
        let (Some(start), Some(end), Onto::Reference) = (self.start.at, self.end.at, self.onto) else {
            self.target = None;
            return;
        };
        let layers = look.layers();
        let there = |c: &Chosen| layers.get(c.layer).is_some_and(|l| c.line < l.len());
        self.clicked = self.clicked.filter(there);
        let key = (start, end, self.clicked, layers.len());
        if self.target.as_ref().is_some_and(|t| t.key == key) {
            return;
        }
        let line = self.clicked.or_else(|| nearest(look, start, end));
        let part = |c: Chosen| layers.get(c.layer).map(|l| l.part(c.line, start, end));
        self.target = Some(Target {
            key,
            line,
            points: line.and_then(part).unwrap_or_default(),
        });
    }

    /// Fewest points of a target.
    fn least(&self) -> usize {
        if self.onto == Onto::Points { 1 } else { 2 }
    }

    fn given(&self) -> Vec<Pt> {
        match (self.onto, self.to.points.is_empty()) {
            (Onto::Reference, _) => self.target.as_ref().map_or_else(Vec::new, |t| t.points.clone()),
            (_, true) => self.live.clone(),
            _ => self.to.points.clone(),
        }
    }
}

/// "ranh-qh · bản ghi 12".
fn name(c: Chosen, look: &Look<'_>) -> String {
    let record = look.layers().get(c.layer).map_or(0, |l| l.record(c.line));
    format!(
        "{} · {} {record}",
        look.layer_name(c.layer),
        RECORD.get(look.lang)
    )
}

/// The reference line nearest to both ends of the stretch.
fn nearest(look: &Look<'_>, start: Pt, end: Pt) -> Option<Chosen> {
    let mut found: Vec<(f64, usize, usize)> = Vec::new();
    for (n, layer) in look.layers().into_iter().enumerate() {
        for p in [start, end] {
            let Some((line, _)) = layer.nearest_line(p, NEAR) else {
                continue;
            };
            let points = layer.line(line);
            let to = |p: Pt| {
                points
                    .windows(2)
                    .map(|w| segment::distance(p, w[0], w[1]))
                    .fold(f64::MAX, f64::min)
            };
            found.push((to(start) + to(end), n, line));
        }
    }
    let best = found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, layer, line)| Chosen { layer, line })
}

impl Tool for Align {
    fn next(&self, look: &Look<'_>) -> Text {
        match (self.start.at, self.end.at) {
            (None, _) => FIRST,
            (_, None) => SECOND,
            _ if self.onto == Onto::Reference && look.layers().is_empty() => NO_LAYER,
            _ if self.onto == Onto::Reference && self.edit(look).is_none() => PICK,
            _ if self.draws(look).is_some() => DRAW,
            _ => CHECK,
        }
    }

    fn edit(&self, look: &Look<'_>) -> Option<Edit> {
        let (start, end, tolerance) = (self.start.at?, self.end.at?, self.metres(look.lang)?);
        let target = self.given();
        let enough = target.len() >= self.least();
        let (to, points) = match self.onto {
            Onto::Points => (Vec::new(), target),
            _ => (target, Vec::new()),
        };
        (enough && start != end).then_some(Edit::Align(Draw {
            parcel: look
                .selection
                .main()
                .and_then(|f| look.coverage.get(f))
                .map(lists::by_uid),
            start,
            end,
            to,
            points,
            tolerance,
            way: Way::Shorter,
        }))
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        bar.point(START, &mut self.start, None);
        bar.point(END, &mut self.end, self.start.at);
        bar.choice(ONTO, &ONTOS, &mut self.onto);
        match self.onto {
            Onto::Reference => {
                self.follow(bar.look);
                if let Some(c) = self.target.as_ref().and_then(|t| t.line) {
                    bar.say(&name(c, bar.look));
                }
            }
            _ => bar.points(TO, &mut self.to),
        }
        bar.text(TOLERANCE, "0,5", 56.0, &mut self.tolerance, None);
    }

    fn pointer(&mut self, input: &Input, look: &Look<'_>) -> Asks {
        let ends = self.start.at.is_some() && self.end.at.is_some();
        if ends && self.onto == Onto::Reference {
            if let Some(at) = input.at.filter(|_| input.clicked) {
                let line = look.reference_line(at, input.reach);
                self.clicked = line.map(|(layer, line)| Chosen { layer, line });
                self.follow(look);
            }
            return Asks::Nothing;
        }
        self.hot = marks::nearest(look, input);
        match (input.clicked, self.hot, input.at) {
            (true, Some(p), _) if self.start.at.is_none() => self.start.set(p, look.lang),
            (true, Some(p), _) => self.end.set(p, look.lang),
            (true, None, Some(at)) => return Asks::Pick(at),
            _ => (),
        }
        Asks::Nothing
    }

    fn draws(&self, _: &Look<'_>) -> Option<Wanted> {
        let ends = self.start.at.is_some() && self.end.at.is_some();
        let wanted = Wanted {
            least: self.least(),
            ..Wanted::LINE
        };
        (ends && self.onto != Onto::Reference && self.to.text.is_empty()).then_some(wanted)
    }

    fn drawn(&mut self, points: Vec<Pt>, ended: bool, look: &Look<'_>) {
        self.live = points;
        if ended {
            self.to.set(std::mem::take(&mut self.live), look);
        }
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        marks::handles(cx, look, self.hot.filter(|_| self.end.at.is_none()), t);
        let ends: Vec<Pt> = [&self.start, &self.end].iter().filter_map(|p| p.at).collect();
        marks::chosen(cx, &ends, t);
        match (self.onto, &self.target) {
            (Onto::Points, _) => marks::chosen(cx, &self.to.points, t),
            (Onto::Line, _) => marks::line(cx, &self.to.points, t),
            (Onto::Reference, target) => target
                .iter()
                .for_each(|target| marks::line(cx, &target.points, t)),
        }
    }

    fn back(&mut self) -> bool {
        self.live.clear();
        self.clicked.take().is_some() || self.to.clear() || self.end.clear() || self.start.clear()
    }

    fn done(&mut self) {
        *self = Self {
            onto: self.onto,
            tolerance: std::mem::take(&mut self.tolerance),
            ..Self::default()
        };
    }
}
