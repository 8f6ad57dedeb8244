//! Repairing the finding the person stands on: the ways there are, the best first, each tried out on a copy; before
//! and after on the map, and Enter.

use egui::{Color32, Stroke};

use super::{Asks, Input, Tool, bar::Bar, preview};
use crate::domain::{Failure, Finding, Polygon};
use crate::edit::Edit;
use crate::fix::{self, Fix, Preview};
use crate::text::{Lang, Msg, Text};
use crate::topology::{combine, noding, polylabel};
use crate::ui::look::Look;
use crate::ui::map_live::Canvas;
use crate::ui::panel::finding_card::{BAD_DAY, REASON, REASON_HINT, UNTIL, UNTIL_HINT, last_day};
use crate::ui::theme::Tokens;

const WAY: Text = Text::new("Cách sửa", "Fix");
const NEXT: Text = Text::new(
    "Đến một lỗi bằng F8 hoặc chọn trong danh sách lỗi",
    "Go to a finding with F8, or choose one in the list",
);
const CHECK: Text = Text::new(
    "Xem trước và sau trên bản đồ rồi Enter; F8 để sang lỗi khác",
    "Look at before and after on the map, then Enter; F8 for the next",
);
const BY_HAND: Text = Text::new(
    "Lỗi này sửa bằng tay, xem hướng dẫn",
    "This is corrected by hand, see how",
);
const MANUALLY: Text = Text::new("Sửa bằng tay", "By hand");
const WHY: Text = Text::new("Gõ lý do rồi Enter", "Type the reason, then Enter");
const NONE_FITS: Text = Text::new(
    "Không cách nào làm được ngay, xem lý do",
    "None can be done as it stands, see why",
);

/// A way with what it would do, or why it may not be.
type Tried = (Fix, Result<Preview, Failure>);
/// A piece of land and its m².
type Land = (Polygon, f64);

#[derive(Default)]
pub struct FixFinding {
    /// The finding and the state of the map that were looked at.
    key: Option<(u64, i64, &'static str)>,
    tried: Vec<Tried>,
    /// Past the end: by hand.
    chosen: usize,
    /// Of a decision.
    reason: String,
    until: String,
    gained: Vec<Land>,
    lost: Vec<Land>,
}

fn finding<'a>(look: &Look<'a>) -> Option<&'a Finding> {
    look.findings.get(look.finding?).map(|t| &t.finding)
}

impl FixFinding {
    fn follow(&mut self, look: &Look<'_>) {
        let key = finding(look).map(|f| (look.coverage.revision(), look.finding.unwrap_or_default(), f.code));
        if key == self.key {
            return;
        }
        self.key = key;
        self.chosen = 0;
        self.tried = finding(look).map(|f| tried(look, f)).unwrap_or_default();
        let fits = |t: &Tried| t.1.is_ok();
        // A decision is never taken by a mere Enter.
        let repairs = || self.tried.iter().take_while(|t| !t.0.needs_reason());
        let best = repairs().position(|t| fits(t) && t.0.certain);
        let first = best.or(repairs().position(fits)).or(repairs().next().map(|_| 0));
        self.choose(first.unwrap_or(usize::MAX));
        (self.reason, self.until) = Default::default();
    }

    fn choose(&mut self, n: usize) {
        self.chosen = n;
        (self.gained, self.lost) = match self.tried.get(n) {
            Some((_, Ok(preview))) => changes(preview),
            _ => Default::default(),
        };
    }

    fn now(&self) -> Option<&Tried> {
        self.tried.get(self.chosen)
    }
}

fn tried(look: &Look<'_>, f: &Finding) -> Vec<Tried> {
    let Ok(known) = look.project.known(std::slice::from_ref(f)) else {
        return Vec::new();
    };
    let options = fix::options(look.coverage, f, &known).into_iter();
    options
        .map(|x| {
            let outcome = fix::try_out(look.coverage, f, &x);
            (x, outcome)
        })
        .collect()
}

/// The land that parcels gain and lose.
fn changes(preview: &Preview) -> (Vec<Land>, Vec<Land>) {
    let (mut gained, mut lost) = (Vec::new(), Vec::new());
    for c in &preview.changes {
        if let (Some(old), Some(new)) = (&c.before, &c.after) {
            gained.extend(without(new, old));
            lost.extend(without(old, new));
        }
    }
    (gained, lost)
}

fn without(a: &Polygon, b: &Polygon) -> Vec<Land> {
    let sides = |p: &Polygon| p.sides().map(|(p, q)| noding::side(p, q)).collect::<Vec<_>>();
    let Ok(chains) = noding::node(sides(a), sides(b), &[]) else {
        return Vec::new();
    };
    let parts = combine::without(&chains.polygon(a), &chains.polygon(b)).unwrap_or_default();
    parts
        .into_iter()
        .map(|p| (p.area_m2(), p))
        .map(|(m2, p)| (p, m2))
        .collect()
}

impl FixFinding {
    /// Why, and until when; what it means stands beside.
    fn decision(&mut self, bar: &mut Bar<'_, '_, '_>) {
        let lang = bar.look.lang;
        bar.text(REASON, REASON_HINT.get(lang), 230.0, &mut self.reason, None);
        let bad = last_day(&self.until).is_none().then(|| Msg::from(BAD_DAY));
        bar.text(UNTIL, UNTIL_HINT.get(lang), 150.0, &mut self.until, bad.as_ref());
        if self.reason.trim().is_empty()
            && let Some((fix, _)) = self.tried.get(self.chosen)
        {
            bar.tell(fix.what.get(lang));
        }
    }
}

impl Tool for FixFinding {
    fn next(&self, look: &Look<'_>) -> Text {
        match (finding(look), self.now()) {
            (None, _) => NEXT,
            (_, None) => BY_HAND,
            (_, Some((fix, _))) if fix.needs_reason() => WHY,
            _ if self.tried.iter().all(|t| t.1.is_err() || t.0.needs_reason()) => NONE_FITS,
            _ => CHECK,
        }
    }

    fn edit(&self, _: &Look<'_>) -> Option<Edit> {
        let (fix, outcome) = self.now()?;
        outcome.as_ref().ok()?;
        if !fix.needs_reason() {
            return fix.edits.first().cloned();
        }
        let (reason, until) = (self.reason.trim(), last_day(&self.until)?);
        let decided = fix.clone().because(reason, until);
        decided.edits.into_iter().next().filter(|_| !reason.is_empty())
    }

    fn more(&self) -> Vec<Edit> {
        self.now()
            .map(|(f, _)| f.edits.iter().skip(1).cloned().collect())
            .unwrap_or_default()
    }

    fn fields(&mut self, bar: &mut Bar<'_, '_, '_>) {
        self.follow(bar.look);
        let (look, lang) = (bar.look, bar.look.lang);
        let Some(f) = finding(look) else { return };
        let name = |t: &Tried| match &t.1 {
            Ok(_) => t.0.title.get(lang).to_owned(),
            Err(_) => format!("× {}", t.0.title.get(lang)),
        };
        let mut all: Vec<(usize, String)> = self.tried.iter().map(name).enumerate().collect();
        all.push((usize::MAX, MANUALLY.get(lang).to_owned()));
        let mut chosen = self.chosen;
        bar.choice_named(WAY, &all, &mut chosen);
        if chosen != self.chosen {
            self.choose(chosen);
        }
        let by_hand = fix::by_hand(f);
        match self.tried.get(self.chosen) {
            Some((fix, Ok(_))) if fix.needs_reason() => self.decision(bar),
            Some((fix, Ok(p))) => bar.say(&format!("{}{}", fix.what.get(lang), far(p, lang))),
            Some((_, Err(e))) => bar.say(e.message().get(lang)),
            None => bar.tell(by_hand.map_or("", |t| t.get(lang))),
        }
    }

    fn pointer(&mut self, input: &Input, _: &Look<'_>) -> Asks {
        match input.at.filter(|_| input.clicked) {
            Some(at) => Asks::Pick(at),
            None => Asks::Nothing,
        }
    }

    fn paint(&self, cx: &Canvas<'_>, look: &Look<'_>, t: &Tokens) {
        let Some((_, Ok(p))) = self.now() else { return };
        for c in p.changes.iter().filter_map(|c| c.before.as_ref()) {
            for ring in &c.rings {
                let closed: Vec<_> = ring.iter().chain(ring.first()).copied().collect();
                cx.dashed(&closed, Stroke::new(1.5, t.text_weak));
            }
        }
        for (parts, colour, rising) in [(&self.gained, t.ok, true), (&self.lost, t.error, false)] {
            for (polygon, m2) in parts {
                hatch(cx, polygon, colour, rising);
                let m2 = if rising { *m2 } else { -*m2 };
                amount(cx, polygon, m2, [colour, t.surface], look.lang);
            }
        }
    }

    fn back(&mut self) -> bool {
        !std::mem::take(&mut self.reason).is_empty()
    }

    fn done(&mut self) {
        self.key = None;
        self.choose(usize::MAX);
        self.tried.clear();
    }
}

/// " Điểm dời xa nhất 4 mm."
fn far(p: &Preview, lang: Lang) -> String {
    let mm = p.farthest_mm().ceil();
    match lang {
        _ if mm < 1.0 => String::new(),
        Lang::Vi => format!(" Điểm dời xa nhất {mm} mm."),
        Lang::En => format!(" A point moves by {mm} mm at most."),
    }
}

/// Screen distance between hatch lines.
const APART: f32 = 7.0;
/// Lines drawn at most: land larger than the screen is cut to it.
const MOST: i32 = 400;

/// Slanted lines over a polygon: rising to the right for what is gained, falling for what is lost.
fn hatch(cx: &Canvas<'_>, polygon: &Polygon, colour: Color32, rising: bool) {
    cx.outline(polygon, Stroke::new(1.0, colour));
    // Lines x ∓ y = c; along each the crossings with the sides, even-odd.
    let sign = if rising { 1.0 } else { -1.0 };
    let turn = |p: egui::Pos2| (p.x + sign * p.y, p.x - sign * p.y);
    let sides: Vec<_> = polygon
        .sides()
        .map(|(a, b)| (turn(cx.pos(a)), turn(cx.pos(b))))
        .collect();
    let seen = cx.rect.expand(4.0);
    let corners = [
        seen.left_top(),
        seen.right_top(),
        seen.left_bottom(),
        seen.right_bottom(),
    ]
    .map(turn);
    let low = sides
        .iter()
        .map(|s| s.0.0)
        .fold(f32::MAX, f32::min)
        .max(corners.iter().map(|c| c.0).fold(f32::MAX, f32::min));
    let high = sides
        .iter()
        .map(|s| s.0.0)
        .fold(f32::MIN, f32::max)
        .min(corners.iter().map(|c| c.0).fold(f32::MIN, f32::max));
    let first = (low / APART).ceil() as i32;
    for k in first..first.saturating_add(MOST) {
        let c = k as f32 * APART;
        if c > high {
            break;
        }
        let mut met: Vec<f32> = sides
            .iter()
            .filter(|(a, b)| (a.0 <= c) != (b.0 <= c))
            .map(|(a, b)| a.1 + (b.1 - a.1) * (c - a.0) / (b.0 - a.0))
            .collect();
        met.sort_by(f32::total_cmp);
        for pair in met.chunks_exact(2) {
            let back = |d: f32| egui::pos2((c + d) / 2.0, (c - d) / 2.0 * sign);
            cx.painter
                .line_segment([back(pair[0]), back(pair[1])], Stroke::new(1.2, colour));
        }
    }
}

/// "+1,2 m²" where there is room for it.
fn amount(cx: &Canvas<'_>, polygon: &Polygon, m2: f64, [ground, ink]: [Color32; 2], lang: Lang) {
    let room = cx.frame(&polygon.bbox()).size();
    if room.x.max(room.y) < 24.0 {
        return;
    }
    let at = polylabel::pole(polygon, 50.0).map_or_else(|| polygon.bbox().centre(), |p| p.at);
    cx.plate_at(cx.pos(at), &preview::signed(m2, lang), ground, ink);
}
