//! Entry of a traverse: start, legs, closing point; closure and adjustment as one types; the adjusted points
//! become what is being drawn.

use egui::{Grid, RichText, Ui};
use egui_material_icons::icons as i;

use super::import::files::choice;
use super::new::field;
use super::{Cx, Flow, frame, hint};
use crate::codes;
use crate::domain::{Failure, Pt};
use crate::text::{Lang, Text, format};
use crate::topology::bearing;
use crate::topology::entry::{self, Entry};
use crate::topology::traverse::{
    AngularClosure, ClosingSight, Closure, Computed, Direction, Leg, Refused, Traverse,
};
use crate::ui::action::Action;
use crate::ui::theme::{M, S, bold, tokens};
use crate::ui::widgets::{self, Tone};

const TITLE: Text = Text::new("Nhập đường chuyền", "Enter a traverse");
const START: Text = Text::new("Điểm đầu (X Y)", "Start (X Y)");
const POINT_HINT: Text = Text::new("2325000,5 587000,12", "2325000.5 587000.12");
const KIND: Text = Text::new("Hướng đo theo", "Directions are");
const BACK: Text = Text::new(
    "Hướng ngược: điểm X Y hoặc phương vị",
    "Back sight: point X Y, or azimuth",
);
const BACK_HINT: Text = Text::new("Điểm sau trạm đầu", "What the first angle starts from");
const LEGS: Text = Text::new("Các cạnh", "Legs");
const AZIMUTH: Text = Text::new("Phương vị", "Azimuth");
const ANGLE: Text = Text::new("Góc", "Angle");
const DISTANCE: Text = Text::new("Dài (m)", "Distance (m)");
const ADD: Text = Text::new("Thêm cạnh", "Add a leg");
const REMOVE: Text = Text::new("Bỏ cạnh", "Remove leg");
const CLOSE: Text = Text::new("Khép về", "Closes on");
const CLOSE_AT: Text = Text::new("Điểm khép (X Y)", "Closing point (X Y)");
const ALLOWED: Text = Text::new("Cho phép 1 :", "Allowed 1 :");
const SIGHT: Text = Text::new("Góc khép (không bắt buộc)", "Closing angle (optional)");
const SIGHT_HINT: Text = Text::new(
    "Tại điểm cuối, từ hướng ngược",
    "At the last point, from the sight back",
);
const SIGHT_TO: Text = Text::new(
    "Hướng khép: điểm X Y hoặc phương vị",
    "Closing sight: point X Y, or azimuth",
);
const SIGHT_BACK: Text = Text::new(
    "Trống: hướng ngược tại điểm đầu",
    "Empty: the sight back at the start",
);
const RESULT: Text = Text::new("Kết quả", "Result");
const USE: Text = Text::new("Đưa vào bản vẽ", "Take into the drawing");
const NO_CLOSURE: Text = Text::new(
    "Không có điểm khép: tọa độ chưa được kiểm tra và không bình sai.",
    "No closing point: the coordinates are neither checked nor adjusted.",
);
const GIVE: Text = Text::new(
    "Nhập điểm đầu và ít nhất một cạnh. Góc: độ hoặc 45-30-15; góc bằng đo theo chiều kim đồng hồ từ hướng ngược.",
    "Type the start and at least one leg. Angles: degrees or 45-30-15; clockwise from the sight back.",
);
const NO_BACK: Text = Text::new(
    "Đo theo góc thì cần hướng ngược tại điểm đầu.",
    "With angles a sight back is needed at the start.",
);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Azimuth,
    Angle,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Closes {
    #[default]
    Start,
    Point,
    Nothing,
}

impl Kind {
    fn text(self) -> Text {
        match self {
            Self::Azimuth => Text::new("Phương vị từ bắc", "Azimuths from north"),
            Self::Angle => Text::new("Góc bằng từ hướng ngược", "Angles from the sight back"),
        }
    }
}

impl Closes {
    fn text(self) -> Text {
        match self {
            Self::Start => Text::new("Điểm đầu (khép kín)", "The start (a loop)"),
            Self::Point => Text::new("Điểm đã biết", "A known point"),
            Self::Nothing => Text::new("Không khép", "Nothing"),
        }
    }
}

pub struct TraverseDialog {
    start: String,
    kind: Kind,
    back: String,
    /// (direction, distance) as typed.
    legs: Vec<(String, String)>,
    closes: Closes,
    close_at: String,
    allowed: String,
    /// Angle of the closing sight, and what it goes to, as typed.
    sight: String,
    sight_to: String,
    /// Leg whose direction gets the focus.
    focus: Option<usize>,
    fresh: bool,
}

impl TraverseDialog {
    /// `start`: the last point of what is being drawn.
    pub fn new(start: Option<Pt>, lang: Lang) -> Self {
        let shown = |p: Pt| {
            format!(
                "{} {}",
                format::coordinate(p.n, lang),
                format::coordinate(p.e, lang)
            )
        };
        Self {
            start: start.map(shown).unwrap_or_default(),
            kind: Kind::default(),
            back: String::new(),
            legs: vec![Default::default(); 3],
            closes: Closes::default(),
            close_at: String::new(),
            allowed: codes::traverse_allowed().to_string(),
            sight: String::new(),
            sight_to: String::new(),
            focus: start.map(|_| 0),
            fresh: true,
        }
    }

    pub fn ui(&mut self, cx: &mut Cx<'_>) -> Flow {
        let lang = cx.lang;
        let computed = self.compute(lang);
        let ready = computed.as_ref().ok().map(|c| c.adjusted.clone());
        let mut state = (self, false);
        let flow = frame(
            (cx.ctx, lang),
            TITLE.get(lang),
            [760.0, 660.0],
            &mut state,
            |ui, (this, _)| this.body(ui, &computed, lang),
            |ui, (_, used)| {
                *used = widgets::primary(ui, ready.is_some(), Some(i::ICON_DRAW), USE.get(lang));
                match ui.button(super::CANCEL.get(lang)).clicked() {
                    true => Flow::Close,
                    false => Flow::Stay,
                }
            },
        );
        match ready.filter(|_| state.1) {
            Some(points) => {
                cx.out.push(Action::Sketch(points));
                Flow::Close
            }
            None => flow,
        }
    }

    fn body(&mut self, ui: &mut Ui, computed: &Result<Computed, Option<Failure>>, lang: Lang) {
        let fresh = std::mem::take(&mut self.fresh);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(340.0);
                let r = captioned(ui, START, &mut self.start, POINT_HINT, 320.0, lang);
                if fresh && self.focus.is_none() {
                    r.request_focus();
                }
                point_read(ui, &self.start, lang);
                self.directions(ui, lang);
            });
            ui.vertical(|ui| self.closing(ui, lang));
        });
        ui.add_space(M);
        ui.horizontal_top(|ui| {
            ui.vertical(|ui| {
                ui.set_width(340.0);
                self.legs(ui, lang);
            });
            ui.vertical(|ui| {
                widgets::section(ui, RESULT.get(lang));
                match computed {
                    Ok(c) => self.result(ui, c, lang),
                    Err(None) => hint(ui, GIVE.get(lang)),
                    Err(Some(why)) => widgets::note(ui, Tone::Warning, &why.describe(lang)),
                }
            });
        });
    }

    fn directions(&mut self, ui: &mut Ui, lang: Lang) {
        ui.label(RichText::new(KIND.get(lang)).text_style(bold()));
        let all = [Kind::Azimuth, Kind::Angle];
        choice(ui, KIND.get(lang), &mut self.kind, &all, |k| k.text().get(lang));
        if self.kind == Kind::Angle {
            captioned(ui, BACK, &mut self.back, BACK_HINT, 320.0, lang);
        }
    }

    fn closing(&mut self, ui: &mut Ui, lang: Lang) {
        ui.label(RichText::new(CLOSE.get(lang)).text_style(bold()));
        let all = [Closes::Start, Closes::Point, Closes::Nothing];
        choice(ui, CLOSE.get(lang), &mut self.closes, &all, |c| {
            c.text().get(lang)
        });
        if self.closes == Closes::Point {
            field(
                ui,
                &mut self.close_at,
                CLOSE_AT.get(lang),
                POINT_HINT.get(lang),
                320.0,
            );
            point_read(ui, &self.close_at, lang);
        }
        if self.closes != Closes::Nothing {
            ui.horizontal(|ui| {
                ui.label(ALLOWED.get(lang));
                field(ui, &mut self.allowed, ALLOWED.get(lang), "", 80.0);
            });
        }
        if self.checks_angles() {
            captioned(ui, SIGHT, &mut self.sight, SIGHT_HINT, 320.0, lang);
            let example = if self.closes == Closes::Start {
                SIGHT_BACK
            } else {
                POINT_HINT
            };
            captioned(ui, SIGHT_TO, &mut self.sight_to, example, 320.0, lang);
        }
    }

    fn legs(&mut self, ui: &mut Ui, lang: Lang) {
        widgets::section(ui, LEGS.get(lang));
        let direction = if self.kind == Kind::Azimuth {
            AZIMUTH
        } else {
            ANGLE
        };
        let mut gone = None;
        let focus = self.focus.take();
        let last = self.legs.len().saturating_sub(1);
        let mut add = false;
        ui.horizontal(|ui| {
            let weak = tokens(ui).text_weak;
            let widths = [
                (24.0, ""),
                (140.0, direction.get(lang)),
                (100.0, DISTANCE.get(lang)),
            ];
            for (width, caption) in widths {
                widgets::fixed(ui, width, RichText::new(caption).small().color(weak));
            }
        });
        for (n, (angle, distance)) in self.legs.iter_mut().enumerate() {
            ui.horizontal(|ui| {
                let numbered = |t: Text| format!("{} {}", t.get(lang), n + 1);
                widgets::fixed(ui, 24.0, RichText::new((n + 1).to_string()));
                let r = field(ui, angle, &numbered(direction), "45-30-15", 132.0);
                if focus == Some(n) {
                    r.request_focus();
                }
                let r = field(ui, distance, &numbered(DISTANCE), "12,5", 92.0);
                // Enter behind the last distance begins the next leg.
                add |= n == last && r.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
                if widgets::icon_button(ui, i::ICON_CLOSE, &numbered(REMOVE)) {
                    gone = Some(n);
                }
            });
        }
        gone.map(|n| self.legs.remove(n));
        add |= widgets::button(ui, true, i::ICON_ADD, ADD.get(lang));
        if add {
            self.legs.push(Default::default());
            self.focus = Some(self.legs.len() - 1);
        }
    }

    fn result(&self, ui: &mut Ui, c: &Computed, lang: Lang) {
        match &c.closure {
            Some(closure) => {
                let allowed = format::parse_number(&self.allowed, lang).unwrap_or(0.0);
                let tone = if closure.within(allowed) {
                    Tone::Ok
                } else {
                    Tone::Error
                };
                widgets::note(ui, tone, &closure_text(closure, allowed, lang));
            }
            None => widgets::note(ui, Tone::Info, NO_CLOSURE.get(lang)),
        }
        if let Some(angular) = &c.angular {
            let seconds = f64::from(codes::traverse_seconds());
            let tone = if angular.within(seconds) {
                Tone::Ok
            } else {
                Tone::Error
            };
            widgets::note(ui, tone, &angular_text(angular, seconds, lang));
        }
        ui.add_space(S);
        let weak = tokens(ui).text_weak;
        Grid::new("traverse points")
            .num_columns(4)
            .striped(true)
            .spacing([14.0, 2.0])
            .show(ui, |ui| {
                for caption in ["", "X", "Y", "v (mm)"] {
                    ui.label(RichText::new(caption).small().color(weak));
                }
                ui.end_row();
                for (n, (at, raw)) in c.adjusted.iter().zip(&c.measured).enumerate() {
                    ui.label((n + 1).to_string());
                    ui.label(format::coordinate(at.n, lang));
                    ui.label(format::coordinate(at.e, lang));
                    ui.label(format::number(at.dist(*raw), 0, lang));
                    ui.end_row();
                }
            });
    }

    /// `Err(None)`: something is still missing.
    fn compute(&self, lang: Lang) -> Result<Computed, Option<Failure>> {
        let start = point(&self.start, lang)?.ok_or(None)?;
        let close = match self.closes {
            Closes::Start => Some(start),
            Closes::Point => Some(point(&self.close_at, lang)?.ok_or(None)?),
            Closes::Nothing => None,
        };
        let back = self.back_sight(start, lang)?;
        let traverse = Traverse {
            start,
            back,
            legs: self.read_legs(lang)?,
            close,
            sight: match close.filter(|_| self.checks_angles()) {
                Some(end) => self.closing_sight(end, back, lang)?,
                None => None,
            },
        };
        traverse.compute().map_err(|why| match why {
            Refused::NoLegs => None,
            Refused::NoBack => Some(Failure::new("NO_BACK_SIGHT", NO_BACK)),
            Refused::Leg(n) => Some(bad_leg(n)),
        })
    }

    fn back_sight(&self, start: Pt, lang: Lang) -> Result<Option<f64>, Option<Failure>> {
        match self.kind {
            Kind::Azimuth => Ok(None),
            Kind::Angle => direction(&self.back, start, lang),
        }
    }

    fn checks_angles(&self) -> bool {
        self.kind == Kind::Angle && self.closes != Closes::Nothing
    }

    /// The sight that checks the angles; without a direction of its own that of the sight back, in a loop.
    fn closing_sight(
        &self,
        end: Pt,
        back: Option<f64>,
        lang: Lang,
    ) -> Result<Option<ClosingSight>, Option<Failure>> {
        if self.sight.trim().is_empty() {
            return Ok(None);
        }
        let angle = entry::angle(&self.sight, lang).map_err(Some)?;
        let same = back.filter(|_| self.closes == Closes::Start);
        let azimuth = direction(&self.sight_to, end, lang)?.or(same).ok_or(None)?;
        Ok(Some(ClosingSight { angle, azimuth }))
    }

    /// The legs with both values; a leg with one of them is still being typed.
    fn read_legs(&self, lang: Lang) -> Result<Vec<Leg>, Option<Failure>> {
        let mut legs = Vec::new();
        for (n, (direction, distance)) in self.legs.iter().enumerate() {
            match (direction.trim().is_empty(), distance.trim().is_empty()) {
                (true, true) => continue,
                (false, false) => (),
                _ => return Err(None),
            }
            let placed = |e: Failure| Some(e.record(n as u64 + 1));
            let angle = entry::angle(direction, lang).map_err(placed)?;
            let metres = format::parse_number(distance, lang).map_err(placed)?;
            legs.push(Leg {
                direction: match self.kind {
                    Kind::Azimuth => Direction::Azimuth(angle),
                    Kind::Angle => Direction::Angle(angle),
                },
                distance: metres * 1000.0,
            });
        }
        Ok(legs)
    }
}

fn captioned(
    ui: &mut Ui,
    caption: Text,
    text: &mut String,
    example: Text,
    width: f32,
    lang: Lang,
) -> egui::Response {
    ui.label(RichText::new(caption.get(lang)).text_style(bold()));
    field(ui, text, caption.get(lang), example.get(lang), width)
}

/// Azimuth from a point, typed as one or as the point sighted; `Ok(None)` for nothing.
fn direction(typed: &str, from: Pt, lang: Lang) -> Result<Option<f64>, Option<Failure>> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    match entry::parse(typed.trim(), lang) {
        Ok(Entry::Point { at, .. }) => Ok(bearing::azimuth(from, at)),
        _ => entry::angle(typed.trim(), lang).map(Some).map_err(Some),
    }
}

/// A point as typed; `Ok(None)` for nothing.
fn point(typed: &str, lang: Lang) -> Result<Option<Pt>, Option<Failure>> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    match entry::parse(typed, lang).map_err(Some)? {
        Entry::Point { at, .. } => Ok(Some(at)),
        _ => Err(None),
    }
}

/// What was understood of a point, below its field.
fn point_read(ui: &mut Ui, typed: &str, lang: Lang) {
    if let Ok(e @ Entry::Point { .. }) = entry::parse(typed, lang) {
        let text = RichText::new(format!("= {}", e.describe(lang))).small();
        ui.label(text.color(tokens(ui).text_weak));
    }
}

/// "fx = …, fy = …, fs = … m trên … m, 1 : 30.000 (cho phép 1 : 2.000)".
fn closure_text(c: &Closure, allowed: f64, lang: Lang) -> String {
    // The sign as in the line of the angles.
    let m = |mm: f64| format::number(mm / 1000.0, 3, lang).replace('-', "−");
    let (fx, fy, fs, length) = (m(c.dn), m(c.de), m(c.linear()), m(c.length));
    let count = |n: f64| format::number(n, 0, lang);
    let relative = c
        .relative()
        .map_or_else(|| "0".to_owned(), |n| format!("1 : {}", count(n)));
    let allowed = count(allowed);
    crate::msg!(
        "fx = {fx} m · fy = {fy} m · fs = {fs} m trên {length} m = {relative} (cho phép 1 : {allowed})",
        "fx = {fx} m · fy = {fy} m · fs = {fs} m in {length} m = {relative} (allowed 1 : {allowed})"
    )
    .get(lang)
    .to_owned()
}

/// "fβ = +100″ trên 5 góc (cho phép ±134″); mỗi góc hiệu chỉnh −20,0″".
fn angular_text(a: &AngularClosure, seconds: f64, lang: Lang) -> String {
    let signed = |degrees: f64, decimals| {
        let sign = if degrees < 0.0 { "−" } else { "+" };
        format!(
            "{sign}{}″",
            format::number(degrees.abs() * 3600.0, decimals, lang)
        )
    };
    let (miss, each, n) = (signed(a.degrees, 0), signed(a.each(), 1), a.angles);
    let limit = format::number(a.limit(seconds) * 3600.0, 0, lang);
    crate::msg!(
        "fβ = {miss} trên {n} góc (cho phép ±{limit}″) · mỗi góc hiệu chỉnh {each}",
        "fβ = {miss} over {n} angles (allowed ±{limit}″) · each angle corrected by {each}"
    )
    .get(lang)
    .to_owned()
}

fn bad_leg(n: usize) -> Failure {
    let message = crate::msg!(
        "Cạnh {n}: chiều dài phải lớn hơn 0 và nằm trong phạm vi tọa độ.",
        "Leg {n}: the distance must be above 0 and stay within the coordinates."
    );
    Failure::new("BAD_LEG", message)
}
