//! Drawing on the map: one session for every tool that draws. Points come from the pointer (snapped) or
//! from the keyboard ([`bar`]); what the next point is held to is in the [`Sketch`].
//!
//! A tool in hand says what it wants ([`Draw::begin`]), gives each frame to [`Draw::ui`] and gets the points
//! back when the person ends (Enter, double click, or the last point wanted). Backspace takes back
//! one point, Esc drops all; Shift holds the line square, Ctrl lets go of snapping.

mod bar;
mod paint;
mod sketch;

use egui::{Context, Event, Id, Key};

use super::look::Look;
use super::map_live::Canvas;
use super::theme::Tokens;
use crate::domain::{Failure, Pt};
use crate::text::Text;
use crate::topology::entry::{self, Entry};
use crate::topology::snapping::{Ask, Kinds, Snap, snap};
use crate::topology::{bearing, offset, segment};

pub use sketch::Sketch;

/// What a tool wants drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// A ring, not a line: area shown, closed by a click on the first point.
    pub ring: bool,
    /// Fewest points that make sense.
    pub least: usize,
    /// Ends by itself with so many.
    pub most: usize,
}

impl Wanted {
    pub const LINE: Self = Self {
        ring: false,
        least: 2,
        most: usize::MAX,
    };
    pub const RING: Self = Self {
        ring: true,
        least: 3,
        most: usize::MAX,
    };
}

/// What the pointer does in this frame.
pub struct Hand {
    /// Ground under the pointer.
    pub at: Option<Pt>,
    /// Ground length that counts as near, mm.
    pub reach: i64,
    pub clicked: bool,
    pub double_clicked: bool,
    /// Shift: square to the line before.
    pub square: bool,
    /// Ctrl: no snapping.
    pub free: bool,
}

/// What the next click means.
#[derive(Clone, Debug, Default, PartialEq)]
enum Mode {
    #[default]
    Point,
    /// Choose a side to be parallel to, or perpendicular (true).
    Along(bool),
    /// Choose a side to copy at a distance.
    Copy,
    /// The line being copied: of the sketch itself, or a side of the map.
    Offset(Vec<Pt>),
}

/// Asked for by the keyboard or a button, done in the next frame of the map.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    End,
    Typed(Entry),
}

/// The drawing session.
#[derive(Debug)]
pub struct Draw {
    pub sketch: Sketch,
    /// What is snapped to, and whether at all. Kept in the settings.
    pub kinds: Kinds,
    pub snapping: bool,
    wanted: Wanted,
    mode: Mode,
    snap: Option<Snap>,
    /// Ground under the pointer, and where the next point would be.
    pointer: Option<Pt>,
    cursor: Option<Pt>,
    square: bool,
    wish: Option<Wish>,
    bar: bar::Bar,
}

impl Default for Draw {
    fn default() -> Self {
        Self {
            sketch: Sketch::default(),
            kinds: Kinds::default(),
            snapping: true,
            wanted: Wanted::LINE,
            mode: Mode::Point,
            snap: None,
            pointer: None,
            cursor: None,
            square: false,
            wish: None,
            bar: bar::Bar::default(),
        }
    }
}

impl Draw {
    /// A tool is taken in hand, or wants something else now; the points drawn so far stay.
    pub fn begin(&mut self, wanted: Wanted) {
        self.wanted = wanted;
    }

    /// Something is drawn or being chosen.
    pub fn is_busy(&self) -> bool {
        !self.sketch.is_empty() || self.mode != Mode::Point
    }

    /// Drops everything drawn, or only the choice of a side; false when there was nothing.
    pub fn drop_gesture(&mut self) -> bool {
        let had = self.is_busy();
        match self.mode {
            Mode::Point => self.sketch.clear(),
            _ => self.mode = Mode::Point,
        }
        self.wish = None;
        self.bar.clear();
        had
    }

    /// Everything drawn is gone, whatever the mode.
    pub fn reset(&mut self) {
        self.mode = Mode::Point;
        self.sketch.clear();
        self.wish = None;
        self.bar.clear();
    }

    /// Where the next point would be, snapped and held.
    pub fn cursor(&self) -> Option<Pt> {
        self.cursor
    }

    /// What the cursor is snapped to.
    pub fn snapped(&self) -> Option<&Snap> {
        self.snap.as_ref()
    }

    /// The points drawn with the cursor as the last: what a tool previews.
    pub fn preview(&self) -> Vec<Pt> {
        let mut all = self.sketch.points().to_vec();
        all.extend(self.cursor.filter(|c| self.sketch.last() != Some(*c)));
        all
    }

    /// One frame: moves, clicks and wishes are carried out, the sketch is painted. The points, once
    /// the person has ended; the session is empty then.
    pub fn ui(&mut self, cx: &Canvas<'_>, hand: &Hand, look: &Look<'_>, t: &Tokens) -> Option<Vec<Pt>> {
        self.follow(hand, look);
        let mut ended = match self.wish.take() {
            Some(Wish::Typed(e)) => self.typed(e),
            Some(Wish::End) => true,
            None => false,
        };
        if hand.double_clicked && self.mode == Mode::Point {
            ended = true;
        } else if hand.clicked {
            ended |= self.click(hand, look);
        }
        paint::sketch(cx, self, look, t);
        let enough = self.sketch.points().len() >= self.wanted.least;
        if ended && enough {
            return Some(self.take());
        }
        if ended && !self.sketch.is_empty() {
            self.bar.say(too_few(self.wanted.least));
        }
        None
    }

    /// Hands the points out.
    fn take(&mut self) -> Vec<Pt> {
        let points = self.sketch.points().to_vec();
        self.reset();
        points
    }

    /// The cursor follows the pointer.
    fn follow(&mut self, hand: &Hand, look: &Look<'_>) {
        self.square = hand.square;
        self.pointer = hand.at;
        self.snap = None;
        self.cursor = None;
        let Some(at) = hand.at else { return };
        if self.mode == Mode::Point && self.snapping && !hand.free && self.sketch.distance.is_none() {
            let ask = Ask {
                cursor: at,
                reach: hand.reach,
                kinds: &self.kinds,
                drawn: self.sketch.points(),
                line: self.sketch.line(at, hand.square),
                layers: &look.layers(),
            };
            self.snap = snap(look.coverage, &look.survey.index, &ask);
        }
        let meant = self.snap.map_or(at, |s| s.at);
        self.cursor = Some(self.sketch.constrain(meant, self.snap.is_some(), hand.square));
    }

    /// A click; true when the drawing ends with it.
    fn click(&mut self, hand: &Hand, look: &Look<'_>) -> bool {
        let Some(at) = hand.at else { return false };
        match std::mem::take(&mut self.mode) {
            Mode::Point => return self.cursor.is_some_and(|c| self.add(c)),
            Mode::Along(square) => match look.coverage.nearest_side(at, hand.reach * 2) {
                Some(side) => self.hold_along((side.from, side.to), square),
                None => self.mode = Mode::Along(square),
            },
            Mode::Copy => {
                self.mode = match look.coverage.nearest_side(at, hand.reach * 2) {
                    Some(side) => Mode::Offset(vec![side.from, side.to]),
                    None => Mode::Copy,
                };
            }
            Mode::Offset(base) => {
                let mm = from_line(&base, at);
                self.copy(&base, mm);
            }
        }
        false
    }

    /// Adds a point; true when the drawing ends with it.
    fn add(&mut self, at: Pt) -> bool {
        let points = self.sketch.points();
        if self.wanted.ring && points.len() >= self.wanted.least && points.first() == Some(&at) {
            return true;
        }
        self.sketch.push(at);
        self.sketch.points().len() >= self.wanted.most
    }

    fn hold_along(&mut self, (a, b): (Pt, Pt), square: bool) {
        let turned = if square { 90.0 } else { 0.0 };
        self.sketch.azimuth = bearing::azimuth(a, b).map(|z| bearing::normal(z + turned));
    }

    /// The sketch becomes the line `mm` to the left of `base`.
    fn copy(&mut self, base: &[Pt], mm: f64) {
        let ring = self.wanted.ring && base.len() > 2;
        match offset::offset(base, mm, ring) {
            Some(line) => self.sketch.replace(line),
            None => self.bar.say(no_copy()),
        }
    }

    /// Carries out what was typed; true when the drawing ends with it.
    fn typed(&mut self, e: Entry) -> bool {
        match (&self.mode, e) {
            (Mode::Offset(base), Entry::Distance(mm)) => {
                let base = base.clone();
                let right = self.pointer.is_some_and(|p| from_line(&base, p) < 0.0);
                self.mode = Mode::Point;
                self.copy(&base, if right { -mm } else { mm });
                return false;
            }
            (_, Entry::LockAzimuth(a)) => self.sketch.azimuth = Some(a),
            (_, Entry::LockDistance(mm)) => self.sketch.distance = Some(mm.abs()),
            _ => (),
        }
        let direction = self.sketch.direction(self.pointer, self.square);
        match e.resolve(self.sketch.last(), direction) {
            Ok(Some(at)) => {
                self.mode = Mode::Point;
                self.add(at)
            }
            Ok(None) => false,
            // Kept for the first line.
            Err(_) if matches!(e, Entry::LockAzimuth(_) | Entry::LockDistance(_)) => false,
            Err(why) => {
                self.bar.refuse(why);
                false
            }
        }
    }

    /// Keys while no field has the focus: Enter ends, Backspace takes one point back, what begins an
    /// entry goes to the entry field.
    pub fn keys(&mut self, ctx: &Context, map: Option<Id>) {
        if ctx.memory(|m| m.focused()).is_some_and(|f| Some(f) != map) {
            return;
        }
        let (enter, back) = ctx.input(|i| (i.key_pressed(Key::Enter), i.key_pressed(Key::Backspace)));
        if enter {
            self.wish = Some(Wish::End);
        }
        if back {
            self.sketch.pop();
        }
        let begin = |t: &str| t.starts_with(|c: char| c.is_ascii_digit() || "@<".contains(c));
        let typed: String = ctx.input_mut(|i| {
            let mut typed = String::new();
            i.events.retain(|e| match e {
                Event::Text(t) if !typed.is_empty() || begin(t) => {
                    typed.push_str(t);
                    false
                }
                _ => true,
            });
            typed
        });
        if !typed.is_empty() {
            self.bar.begin(&typed);
        }
    }
}

/// Signed distance (mm) of `p` from a line: positive on the left of its nearest piece.
fn from_line(line: &[Pt], p: Pt) -> f64 {
    let pieces = line.iter().zip(line.iter().skip(1));
    let near = pieces
        .map(|(a, b)| (segment::distance(p, *a, *b), segment::side_of(*a, *b, p)))
        .min_by(|x, y| x.0.total_cmp(&y.0));
    near.map_or(0.0, |(d, side)| if side < 0 { -d } else { d })
}

const NO_COPY: Text = Text::new(
    "Không sao chép được ở khoảng cách này.",
    "It cannot be copied at this distance.",
);

fn no_copy() -> Failure {
    Failure::new("NO_OFFSET", NO_COPY)
}

fn too_few(least: usize) -> Failure {
    let message = crate::msg!("Cần ít nhất {least} điểm.", "At least {least} points are needed.");
    Failure::new("TOO_FEW_POINTS", message)
}

/// Reads what was typed in the bar.
fn read(typed: &str, lang: crate::text::Lang) -> Result<Entry, Failure> {
    entry::parse(typed, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_of_a_line_is_signed() {
        let line = [Pt::new(0, 0), Pt::new(100, 0), Pt::new(100, 100)];
        assert_eq!(from_line(&line, Pt::new(50, 20)), 20.0);
        assert_eq!(from_line(&line, Pt::new(50, -20)), -20.0);
        assert_eq!(from_line(&line, Pt::new(130, 50)), -30.0);
    }
}
