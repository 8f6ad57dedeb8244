//! What a drawn point means: the point, side, midpoint, crossing … of the map near the cursor.
//!
//! Everything comes from the coverage's index, so the cost depends on what lies near, not on the
//! district. Of the candidates within reach the kind of the highest rank wins ([`SnapKind::ALL`] is in that
//! order: a point before a crossing before a side), then the nearest, then the smallest point.
//! Places on a side are rounded to the lattice, at most 0.71 mm off it; [`Snap::side`] says which side, so
//! that an edit can insert the point into every parcel that has it.

use serde::{Deserialize, Serialize};

use super::Coverage;
use super::bearing;
use super::points::PointIndex;
use super::reference::Reference;
use super::segment::{self, Meet};
use crate::domain::{BBox, Pt};
use crate::text::Text;

/// What was snapped to. In order of rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnapKind {
    /// A point of a survey.
    Survey,
    /// A boundary point of a parcel.
    Point,
    /// A point of what is being drawn.
    Sketch,
    /// Where two sides cross, or a side and the line that is kept.
    Crossing,
    Midpoint,
    /// Foot of the perpendicular from the last point on a side, or from a point on the line that is kept.
    Perpendicular,
    /// Anywhere on a side.
    Side,
    /// On the prolongation of a side.
    Extension,
}

impl SnapKind {
    pub const ALL: [Self; 8] = [
        Self::Survey,
        Self::Point,
        Self::Sketch,
        Self::Crossing,
        Self::Midpoint,
        Self::Perpendicular,
        Self::Side,
        Self::Extension,
    ];

    pub fn name(self) -> Text {
        match self {
            Self::Survey => Text::new("Điểm đo", "Survey point"),
            Self::Point => Text::new("Đỉnh thửa", "Boundary point"),
            Self::Sketch => Text::new("Đỉnh đang vẽ", "Drawn point"),
            Self::Crossing => Text::new("Giao điểm", "Intersection"),
            Self::Midpoint => Text::new("Trung điểm", "Midpoint"),
            Self::Perpendicular => Text::new("Chân vuông góc", "Perpendicular"),
            Self::Side => Text::new("Trên cạnh", "On side"),
            Self::Extension => Text::new("Kéo dài cạnh", "Extension"),
        }
    }
}

/// A set of kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kinds(Vec<SnapKind>);

impl Default for Kinds {
    fn default() -> Self {
        Self(SnapKind::ALL.into())
    }
}

impl Kinds {
    pub fn none() -> Self {
        Self(Vec::new())
    }

    pub fn has(&self, kind: SnapKind) -> bool {
        self.0.contains(&kind)
    }

    pub fn set(&mut self, kind: SnapKind, on: bool) {
        self.0.retain(|k| *k != kind);
        if on {
            self.0.push(kind);
            self.0.sort_unstable();
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub cursor: Pt,
    /// mm on the ground that count as near (a few points on the screen).
    pub reach: i64,
    pub kinds: &'a Kinds,
    /// Points drawn so far; the last one is where the next line starts.
    pub drawn: &'a [Pt],
    /// The line the next point must lie on, as two of its points: a kept direction.
    pub line: Option<(Pt, Pt)>,
    /// Reference layers: their points and lines are snapped to as those of parcels; a parcel's comes first where
    /// both are equally near.
    pub layers: &'a [&'a Reference],
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snap {
    pub at: Pt,
    pub kind: SnapKind,
    /// The side it lies on, is the middle of, or prolongs; for a crossing one of the two.
    pub side: Option<(Pt, Pt)>,
    /// Number of the survey point in the index.
    pub survey: Option<usize>,
    /// Which of [`Ask::layers`] it belongs to; none: the map itself.
    pub layer: Option<usize>,
}

/// A side of a parcel, or a piece of a line of a reference layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Side {
    a: Pt,
    b: Pt,
    layer: Option<usize>,
}

/// How far beyond its end a side is prolonged, in reaches, and at most (mm).
const PROLONGED: i64 = 30;
const PROLONGED_MOST: i64 = 60_000;

/// Farther than this (mm) nothing is meant, however small the map is drawn.
const REACH_MOST: i64 = 20_000;

/// A point this near a kept line (mm) lies on it: rounding to the lattice, twice.
const ON_LINE: f64 = 1.5;

/// Sides within reach compared for crossings, at most: more only where the map is too small to draw.
const CROSSED: usize = 128;

/// What the cursor means, if anything near.
pub fn snap(coverage: &Coverage, survey: &PointIndex, ask: &Ask<'_>) -> Option<Snap> {
    let ask = &Ask {
        reach: ask.reach.min(REACH_MOST),
        ..*ask
    };
    let mut best = Best { ask, found: None };
    match ask.line {
        Some(line) if line.0 != line.1 => on_line(coverage, survey, line, &mut best),
        _ => free(coverage, survey, &mut best),
    }
    best.found.map(|(_, s)| s)
}

struct Best<'a> {
    ask: &'a Ask<'a>,
    found: Option<((SnapKind, i128, Pt), Snap)>,
}

impl Best<'_> {
    fn wants(&self, kind: SnapKind) -> bool {
        // A lower rank cannot win any more.
        self.ask.kinds.has(kind) && self.found.is_none_or(|(f, _)| kind <= f.0)
    }

    /// Takes a candidate whose distance is that from `to`.
    fn offer(&mut self, kind: SnapKind, at: Pt, to: Pt, side: Option<Side>, survey: Option<usize>) {
        let limit = i128::from(self.ask.reach) * i128::from(self.ask.reach);
        let (d, key) = (at.dist2(to), (kind, at.dist2(to), at));
        if d <= limit && self.wants(kind) && self.found.is_none_or(|(f, _)| key < f) {
            // A corner is named by its layer, not by one of its sides.
            let on = side.filter(|_| kind != SnapKind::Point);
            let snap = Snap {
                at,
                kind,
                side: on.map(|s| (s.a, s.b)),
                survey,
                layer: side.and_then(|s| s.layer),
            };
            self.found = Some((key, snap));
        }
    }
}

/// No direction kept: all kinds around the cursor.
fn free(coverage: &Coverage, survey: &PointIndex, best: &mut Best<'_>) {
    let (p, reach) = (best.ask.cursor, best.ask.reach);
    let window = BBox::of([p]).grown(reach);
    survey.window_for_each(&window, |i, at| {
        best.offer(SnapKind::Survey, at, p, None, Some(i))
    });
    let own = best.ask.drawn.split_last().map_or(&[][..], |(_, rest)| rest);
    own.iter()
        .for_each(|at| best.offer(SnapKind::Sketch, *at, p, None, None));
    let near = sides_near(coverage, best.ask.layers, &window, |a, b| {
        segment::within(p, a, b, reach)
    });
    for s in &near {
        [s.a, s.b]
            .into_iter()
            .for_each(|at| best.offer(SnapKind::Point, at, p, Some(*s), None));
    }
    // Points alone have no sides.
    let near: Vec<Side> = near.into_iter().filter(|s| s.a != s.b).collect();
    if best.wants(SnapKind::Crossing) {
        crossings(&near, p, best);
    }
    let last = best.ask.drawn.last().copied();
    for s in &near {
        let (a, b) = (s.a, s.b);
        best.offer(SnapKind::Midpoint, middle(a, b), p, Some(*s), None);
        if let Some(foot) = last.and_then(|from| proper_foot(from, a, b)) {
            best.offer(SnapKind::Perpendicular, foot, p, Some(*s), None);
        }
        best.offer(SnapKind::Side, segment::foot(p, a, b), p, Some(*s), None);
    }
    if best.wants(SnapKind::Extension) {
        extensions(coverage, best);
    }
}

/// The sides and pieces that reach into the window and pass the test, each once; those of parcels first.
fn sides_near(
    coverage: &Coverage,
    layers: &[&Reference],
    window: &BBox,
    near: impl Fn(Pt, Pt) -> bool,
) -> Vec<Side> {
    let mut sides = Vec::new();
    let mut take = |a: Pt, b: Pt, layer: Option<usize>| {
        if segment::bbox(a, b).intersects(window) && near(a, b) {
            let (a, b) = (a.min(b), a.max(b));
            sides.push(Side { a, b, layer });
        }
    };
    coverage.window_for_each(window, |parcel| {
        let all = parcel.polygon.sides().filter(|(a, b)| a != b);
        all.for_each(|(a, b)| take(a, b, None));
    });
    for (n, layer) in layers.iter().enumerate() {
        layer.window_for_each(window, |piece| take(piece.from, piece.to, Some(n)));
    }
    sides.sort_unstable_by_key(|s| (s.layer, s.a, s.b));
    sides.dedup();
    sides
}

fn crossings(sides: &[Side], p: Pt, best: &mut Best<'_>) {
    let sides = &sides[..sides.len().min(CROSSED)];
    for (i, s) in sides.iter().enumerate() {
        for o in &sides[i + 1..] {
            let at = match segment::meet(s.a, s.b, o.a, o.b) {
                Meet::Crossing => segment::crossing_point(s.a, s.b, o.a, o.b),
                Meet::Touch(at) => at,
                Meet::Nothing | Meet::Overlap(..) => continue,
            };
            // Named by the layer where one of the two is a layer's: those come last.
            best.offer(SnapKind::Crossing, at, p, Some(*o), None);
        }
    }
}

fn middle(a: Pt, b: Pt) -> Pt {
    Pt::new(i64::midpoint(a.e, b.e), i64::midpoint(a.n, b.n))
}

/// Foot of the perpendicular where it falls inside the side and is not the point itself.
fn proper_foot(from: Pt, a: Pt, b: Pt) -> Option<Pt> {
    let inside = segment::dot(a, b, from) >= 0 && segment::dot(b, a, from) >= 0;
    let foot = segment::foot(from, a, b);
    (inside && foot != from).then_some(foot)
}

/// Prolongations of sides whose end lies not too far from the cursor.
fn extensions(coverage: &Coverage, best: &mut Best<'_>) {
    let (p, reach) = (best.ask.cursor, best.ask.reach);
    let far = (reach.saturating_mul(PROLONGED)).min(PROLONGED_MOST);
    if far <= reach {
        return;
    }
    let window = BBox::of([p]).grown(far);
    coverage.window_for_each(&window, |parcel| {
        for (a, b) in parcel.polygon.sides().filter(|(a, b)| a != b) {
            for (from, end) in [(a, b), (b, a)] {
                // Ahead of the end, and near the line.
                if window.contains(end)
                    && segment::dot(end, from, p) < 0
                    && beside(from, end, p) <= reach as f64
                {
                    let at = foot_on_line(p, from, end);
                    let side = Side {
                        a: from,
                        b: end,
                        layer: None,
                    };
                    best.offer(SnapKind::Extension, at, p, Some(side), None);
                }
            }
        }
    });
}

/// Distance (mm) of `p` from the line through two points.
fn beside(a: Pt, b: Pt, p: Pt) -> f64 {
    segment::cross(a, b, p).unsigned_abs() as f64 / a.dist(b)
}

/// Foot of `p` on the line through two points, rounded to the lattice.
pub fn foot_on_line(p: Pt, a: Pt, b: Pt) -> Pt {
    let t = segment::dot(a, b, p) as f64 / a.dist2(b) as f64;
    let (de, dn) = ((b.e - a.e) as f64 * t, (b.n - a.n) as f64 * t);
    bearing::shifted(a, de, dn).unwrap_or(p)
}

/// A direction is kept: what lies on its line, and feet of points near the cursor.
fn on_line(coverage: &Coverage, survey: &PointIndex, (a, b): (Pt, Pt), best: &mut Best<'_>) {
    let (p, reach, layers) = (best.ask.cursor, best.ask.reach, best.ask.layers);
    let here = foot_on_line(p, a, b);
    let start = best.ask.drawn.last().copied();
    let fits = |at: Pt| Some(at) != start;
    let around = |c: Pt| BBox::of([c]).grown(reach);
    let mut point = |kind: SnapKind, at: Pt, side: Option<Side>, number: Option<usize>| {
        if beside(a, b, at) <= ON_LINE && fits(at) {
            best.offer(kind, at, here, side, number);
        }
        // A point beside the line is taken square to it, where the cursor itself stands near the point.
        let foot = foot_on_line(at, a, b);
        if at.dist2(p) <= i128::from(reach) * i128::from(reach) && fits(foot) {
            best.offer(SnapKind::Perpendicular, foot, foot, None, None);
        }
    };
    for window in [around(here), around(p)] {
        survey.window_for_each(&window, |i, at| point(SnapKind::Survey, at, None, Some(i)));
        for s in sides_near(coverage, layers, &window, |_, _| true) {
            [s.a, s.b]
                .into_iter()
                .for_each(|at| point(SnapKind::Point, at, Some(s), None));
        }
    }
    best.ask.drawn.iter().for_each(|at| {
        if beside(a, b, *at) <= ON_LINE && fits(*at) {
            best.offer(SnapKind::Sketch, *at, here, None, None);
        }
    });
    for s in sides_near(coverage, layers, &around(here), |_, _| true) {
        if let Some(at) = line_meets_side((a, b), (s.a, s.b)).filter(|at| fits(*at)) {
            best.offer(SnapKind::Crossing, at, here, Some(s), None);
        }
    }
}

/// Where the line through two points crosses a side, rounded to the lattice.
pub fn line_meets_side((a, b): (Pt, Pt), (c, d): (Pt, Pt)) -> Option<Pt> {
    let (sc, sd) = (segment::side_of(a, b, c), segment::side_of(a, b, d));
    match (sc, sd) {
        (0, 0) => None,
        (0, _) => Some(c),
        (_, 0) => Some(d),
        _ => (sc != sd).then(|| segment::crossing_point(c, d, a, b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::testing::{grid, parcel, point};
    use proptest::prelude::*;

    /// "Point (10000 10000)" of a question at `cursor` with reach 500.
    fn answer(coverage: &Coverage, cursor: &str, drawn: &str, line: &str, kinds: &Kinds) -> String {
        let survey = PointIndex::build(vec![Pt::new(3_000, 3_000), Pt::new(10_100, 10_100)]);
        let points = |s: &str| {
            s.split(',')
                .filter(|s| !s.is_empty())
                .map(point)
                .collect::<Vec<_>>()
        };
        let line = points(line);
        let ask = Ask {
            cursor: point(cursor),
            reach: 500,
            kinds,
            drawn: &points(drawn),
            line: (!line.is_empty()).then(|| (line[0], line[1])),
            layers: &[],
        };
        match snap(coverage, &survey, &ask) {
            Some(s) => format!("{:?} {:?}", s.kind, s.at),
            None => "-".to_owned(),
        }
    }

    #[test]
    fn table() {
        let holed = "0 0, 10000 0, 10000 10000, 0 10000 | 2000 2000, 2000 8000, 8000 8000, 8000 2000";
        // crosses the first: dirty, so that sides cross where no point is
        let dirty = "4000 -5000, 6000 -5000, 6000 1000, 4000 1000";
        let thin = "20000 0, 30000 1, 30000 2";
        let concave = "0 12000, 10000 12000, 10000 20000, 9000 20000, 9000 13000, 0 13000";
        let c = Coverage::build(vec![
            parcel(1, holed),
            parcel(2, dirty),
            parcel(3, thin),
            parcel(4, concave),
        ]);
        let all = Kinds::default();
        let mut no_survey = Kinds::default();
        no_survey.set(SnapKind::Survey, false);
        for (cursor, drawn, line, want) in [
            // a survey point before a boundary point, even if farther
            ("10010 10010", "", "", "Survey (10100 10100)"),
            ("3100 2900", "", "", "Survey (3000 3000)"),
            ("100 100", "", "", "Point (0 0)"),
            // a hole's point, midpoint and side
            ("2100 7800", "", "", "Point (2000 8000)"),
            ("2100 5100", "", "", "Midpoint (2000 5000)"),
            ("2100 6600", "", "", "Side (2000 6600)"),
            // crossing of the two parcels' sides
            ("4100 100", "", "", "Crossing (4000 0)"),
            ("5050 60", "", "", "Midpoint (5000 0)"),
            // foot from the last point before anywhere on the side
            ("8900 9900", "8700 20000", "", "Perpendicular (8700 10000)"),
            ("1300 2200", "900 9000", "", "Extension (1300 2000)"),
            // the sliver's long sides, and its prolongation
            ("25700 200", "", "", "Side (25700 1)"),
            ("17000 -100", "", "", "Extension (17000 -1)"),
            // prolonged beyond its end, in the line of the concave notch
            ("9100 10600", "", "", "Extension (9000 10600)"),
            // points drawn before the last one
            (
                "15100 15100",
                "15000 15000, 16000 16000",
                "",
                "Sketch (15000 15000)",
            ),
            ("16000 16100", "15000 15000, 16000 16000", "", "-"),
            // kept direction: where it crosses a side
            (
                "9900 5200",
                "20000 5000",
                "20000 5000, 0 5000",
                "Crossing (10000 5000)",
            ),
            ("8600 5300", "20000 5000", "20000 5000, 0 5000", "-"),
            // kept direction through a point of the map
            ("10200 -200", "20000 0", "20000 0, 0 0", "Point (10000 0)"),
            // kept direction, square from a point off the line
            (
                "9100 19900",
                "20000 22000",
                "20000 22000, 0 22000",
                "Perpendicular (9000 22000)",
            ),
        ] {
            let kinds = if want.starts_with("Survey") {
                &all
            } else {
                &no_survey
            };
            assert_eq!(
                answer(&c, cursor, drawn, line, kinds),
                want,
                "{cursor} {drawn} {line}"
            );
        }
        assert_eq!(answer(&c, "100 100", "", "", &Kinds::none()), "-");
        let mut only = Kinds::none();
        only.set(SnapKind::Side, true);
        assert_eq!(answer(&c, "100 110", "", "", &only), "Side (0 110)");
    }

    #[test]
    fn layers_are_snapped_to_and_named() {
        let c = Coverage::build(vec![parcel(1, "0 0, 10000 0, 10000 10000, 0 10000")]);
        let line = |points: &str| {
            let mut lines = crate::topology::reference::Lines::default();
            lines.push(1, points.split(',').map(point));
            Reference::build(lines)
        };
        let (road, survey) = (line("-2000 5000, 0 5000, 20000 5000"), line("15000 9000"));
        let kinds = Kinds::default();
        for (cursor, want) in [
            // where the road crosses the side it has no point of its own
            ("10100 5100", "Crossing (10000 5000) Some(0)"),
            ("20100 5100", "Point (20000 5000) Some(0)"),
            ("14100 5300", "Side (14100 5000) Some(0)"),
            ("15100 9100", "Point (15000 9000) Some(1)"),
            ("10100 10100", "Point (10000 10000) None"),
            ("9990 2500", "Side (10000 2500) None"),
        ] {
            let ask = Ask {
                cursor: point(cursor),
                reach: 500,
                kinds: &kinds,
                drawn: &[],
                line: None,
                layers: &[&road, &survey],
            };
            let s = snap(&c, &PointIndex::default(), &ask).unwrap();
            assert_eq!(format!("{:?} {:?} {:?}", s.kind, s.at, s.layer), want, "{cursor}");
            let kept = Ask {
                line: Some((point("14000 -9000"), point("14000 9000"))),
                ..ask
            };
            let s = snap(&c, &PointIndex::default(), &kept);
            assert!(s.is_none_or(|s| s.at.e == 14000), "{cursor}: {s:?}");
        }
    }

    #[test]
    fn kinds_are_kept_as_names() {
        let mut k = Kinds::default();
        k.set(SnapKind::Extension, false);
        k.set(SnapKind::Survey, false);
        let json = serde_json::to_string(&k).unwrap();
        assert_eq!(
            json,
            r#"["point","sketch","crossing","midpoint","perpendicular","side"]"#
        );
        assert_eq!(serde_json::from_str::<Kinds>(&json).unwrap(), k);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// What is answered is near (or square to the kept line), and of a kind that was asked for.
        #[test]
        fn an_answer_is_within_reach(e in -2000i64..14_000, n in -2000i64..14_000, reach in 1i64..3000, mask in 0u8..=255) {
            let c = Coverage::build(grid(4, 4, 3000));
            let mut kinds = Kinds::none();
            SnapKind::ALL.into_iter().enumerate().filter(|(i, _)| mask & (1 << i) != 0).for_each(|(_, k)| kinds.set(k, true));
            let ask = Ask { cursor: Pt::new(e, n), reach, kinds: &kinds, drawn: &[Pt::new(700, 800)], line: None, layers: &[] };
            let found = snap(&c, &PointIndex::default(), &ask);
            if let Some(s) = found {
                prop_assert!(kinds.has(s.kind));
                prop_assert!(s.at.dist(ask.cursor) <= reach as f64);
                if let (SnapKind::Side, Some((a, b))) = (s.kind, s.side) {
                    prop_assert!(segment::on_segment(s.at, a, b));
                }
            } else if kinds.has(SnapKind::Point) {
                prop_assert!(c.nearest_point(ask.cursor, reach).is_none());
            }
        }
    }
}
